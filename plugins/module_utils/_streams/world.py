# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The streams of flows as far as keys are concerned: who uses which key, through which role. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Use:
    """One place in a flow that encrypts or decrypts. place: "entitlement ExampleCorp"."""

    flow_arn: str
    flow_name: str
    place: str
    role_arn: str | None
    secret_arn: str | None

    def __str__(self) -> str:
        return f"{self.place} of flow {self.flow_name}"


def uses_of(flows: Iterable[Mapping[str, Any]], planned: Mapping[str, Mapping[str, Any]] | None = None) -> list[Use]:
    """All uses of flows as DescribeFlow returns them.

    planned: by ARN of a flow and name of an entitlement, the Encryption that a task will leave it with; these replace the
    entitlements that the flow has now.
    """
    return [use for flow in flows for use in _uses(flow, (planned or {}).get(flow["FlowArn"]))]


def used_by(uses: Iterable[Use], secret_arns: Iterable[str] = (), role_arn: str | None = None) -> list[str]:
    """Where one of these secrets, or this role, is used."""
    arns = set(secret_arns)
    return [str(use) for use in uses if use.secret_arn in arns or (role_arn and use.role_arn == role_arn)]


def _uses(flow: Mapping[str, Any], planned: Mapping[str, Any] | None) -> Iterator[Use]:
    sources = flow.get("Sources") or [flow.get("Source") or {}]
    entitlements = flow.get("Entitlements") or []
    if planned is not None:
        entitlements = [{"Name": name, "Encryption": encryption} for name, encryption in planned.items()]
    for kind, parts, member in (
        ("entitlement", entitlements, "Encryption"),
        ("source", sources, "Decryption"),
        ("output", flow.get("Outputs") or [], "Encryption"),
    ):
        for part in parts:
            encryption = part.get(member)
            if encryption:
                place = f"{kind} {part.get('Name', '?')}"
                role_arn, secret_arn = encryption.get("RoleArn"), encryption.get("SecretArn")
                yield Use(flow["FlowArn"], flow["Name"], place, role_arn, secret_arn)
