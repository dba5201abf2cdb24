# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Estates of any size: what is declared, and what the emulator has."""

from __future__ import annotations

import copy
from typing import Any

ACCOUNT = "111122223333"
REGION = "us-west-2"
ROLE = "MediaConnect-ASM"
SECRET = "benchmark"
TRUSTED = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
READS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}],
}


def declared(flows: int, entitlements: int, encrypted: bool = True) -> list[dict[str, Any]]:
    """The flows as the module takes them; every second entitlement is encrypted, or none."""
    return [
        {
            "flow": f"flow-{flow}",
            "entitlements": [_entitlement(number, encrypted and number % 2 == 1) for number in range(entitlements)],
        }
        for flow in range(flows)
    ]


def _entitlement(number: int, encrypted: bool) -> dict[str, Any]:
    entitlement: dict[str, Any] = {
        "name": f"entitlement-{number}",
        "description": f"For subscriber {number}",
        "subscribers": [f"{222200000000 + number}"],
        "data_transfer_subscriber_fee_percent": number % 100,
    }
    if encrypted:
        entitlement["encryption"] = {"algorithm": "aes256", "role": ROLE, "secret": SECRET}
    return entitlement


def seed(flows: int, granted: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Flows, with these entitlements on each of them, a role and a secret."""
    names = [{"name": f"flow-{flow}", "status": "ACTIVE", "entitlements": granted or []} for flow in range(flows)]
    region = {"flows": names, "secrets": [{"name": SECRET, "value": "0f" * 32}]}
    role = {"name": ROLE, "trust_policy": TRUSTED, "policies": {"read": READS}}
    return {"accounts": {ACCOUNT: {"roles": [role], "regions": {REGION: region}}}}


def drifted(estate: list[dict[str, Any]], share: float) -> list[dict[str, Any]]:
    """The same with another description on this share of each flow's entitlements."""
    changed = copy.deepcopy(estate)
    for flow in changed:
        for entitlement in flow["entitlements"][: int(len(flow["entitlements"]) * share)]:
            entitlement["description"] += ", changed"
    return changed


def revoked(estate: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same flows with nothing granted on them."""
    return [{"flow": flow["flow"], "purge_entitlements": True, "entitlements": []} for flow in estate]
