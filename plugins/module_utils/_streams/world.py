# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A picture of the world as far as streams depend on it: who uses which key, and the roles and secrets that this takes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterable, Iterator, Mapping, Tuple

from .._encryption.options import encryption_from_api
from .._policy.judge import Role, Secret

ACCOUNT_ID = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")

UseKey = Tuple[str, str]  # noqa: UP006  evaluated on hosts whose Python may be older


@dataclass(frozen=True)
class Use:
    """One place in a flow from which a stream goes on.

    place: "entitlement ExampleCorp". encryption: in the form of the result, or None; of an interface in a VPC only role_arn.
    runs: whether it is in use; otherwise it stands by. enabled: False for an entitlement that is disabled.
    watching: the accounts that use an entitlement, or may: which one an output belongs to need not be known.
    """

    flow_arn: str
    flow_name: str
    place: str
    encryption: Mapping[str, str] | None = None
    runs: bool = True
    enabled: bool = True
    watching: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.place} of flow {self.flow_name}"

    @property
    def key(self) -> UseKey:
        """What tells it from all others."""
        return self.flow_arn, self.place

    @property
    def role_arn(self) -> str | None:
        return (self.encryption or {}).get("role_arn")

    @property
    def secret_arn(self) -> str | None:
        return (self.encryption or {}).get("secret_arn")


@dataclass
class World:
    """The uses by their keys, and what they take, by ARN."""

    uses: dict[UseKey, Use] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)


def uses_of(flows: Iterable[Mapping[str, Any]]) -> dict[UseKey, Use]:
    """All uses of flows as DescribeFlow returns them."""
    return {use.key: use for flow in flows for use in _uses(flow)}


def watching(flow: Mapping[str, Any], entitlement: Mapping[str, Any]) -> tuple[str, ...]:
    """The subscribers of an entitlement that have, or may have, an output of the flow.

    User Guide, entitlements-originator: a subscriber's flow generates an output on the originator's. The API does not say
    whose it is: unless its name or destination holds the account, it may be any subscriber's.
    """
    subscribers = tuple(entitlement.get("Subscribers") or ())
    outputs = [one for one in flow.get("Outputs") or [] if one.get("EntitlementArn") == entitlement["EntitlementArn"]]
    named = [
        set(ACCOUNT_ID.findall(f"{output.get('Name', '')} {output.get('Destination', '')}")) & set(subscribers)
        for output in outputs
    ]
    if not outputs or not all(len(accounts) == 1 for accounts in named):
        return subscribers if outputs else ()
    return tuple(account for account in subscribers if any(account in accounts for accounts in named))


def _uses(flow: Mapping[str, Any]) -> Iterator[Use]:
    def use(place: str, encryption: Mapping[str, str] | None, **more: Any) -> Use:
        return Use(flow["FlowArn"], flow["Name"], place, encryption, **more)

    runs = flow.get("Status") != "STANDBY"
    for part in flow.get("Entitlements") or []:
        accounts = watching(flow, part)
        enabled = part.get("EntitlementStatus") != "DISABLED"
        encryption = encryption_from_api(part.get("Encryption"))
        yield use(f"entitlement {part['Name']}", encryption, runs=bool(accounts), enabled=enabled, watching=accounts)
    for part in flow.get("Sources") or [flow.get("Source") or {}]:
        if part.get("Decryption"):
            yield use(f"source {part.get('Name', '?')}", encryption_from_api(part["Decryption"]), runs=runs)
    for part in flow.get("Outputs") or []:
        if part.get("Encryption"):
            yield use(f"output {part.get('Name', '?')}", encryption_from_api(part["Encryption"]), runs=runs)
    for part in flow.get("VpcInterfaces") or []:
        if part.get("RoleArn"):
            yield use(f"VPC interface {part.get('Name', '?')}", {"role_arn": part["RoleArn"]}, runs=runs)
