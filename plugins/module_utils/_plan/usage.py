# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where flows name a secret or a role."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Tuple


def used_by(flows: Iterable[Dict[str, Any]], field: str, arn: str) -> List[str]:
    """Places in flows (as DescribeFlow returns them) whose encryption or decryption has this ARN.

    field: "SecretArn" or "RoleArn".
    """
    return [
        f"{place} of flow {flow['Name']}"
        for flow in flows
        for place, encryption in encryptions(flow)
        if encryption.get(field) == arn
    ]


def encryptions(flow: Dict[str, Any]) -> Iterator[Tuple[str, Dict[str, Any]]]:
    """Each place in a flow that encrypts or decrypts ("entitlement ExampleCorp"), with its Encryption."""
    sources = flow.get("Sources") or [flow.get("Source") or {}]
    for kind, parts, member in (
        ("entitlement", flow.get("Entitlements") or [], "Encryption"),
        ("source", sources, "Decryption"),
        ("output", flow.get("Outputs") or [], "Encryption"),
    ):
        for part in parts:
            if part.get(member):
                yield f"{kind} {part.get('Name', '?')}", part[member]
