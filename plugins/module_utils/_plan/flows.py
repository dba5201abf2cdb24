# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flows as data: as AWS has them, by which names they and what they need are found, and what a task makes of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.arn import is_arn
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import (
    ABSENT,
    Action,
    Refusal,
    Unit,
    repeated,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import (
    FEE,
    REFERENCES,
    Declared,
    Flow,
    from_api,
)

# What only AWS can tell of an ARN, as check mode shows it.
UNKNOWN_ID = "??????"
UPDATABLE = ("description", "subscribers", "entitlement_status", "encryption")


@dataclass
class Options:
    """The task's options that bear on every flow."""

    allow_replacement: bool = False
    force_in_use: bool = False
    warn_shared: bool = True
    purge_tags: bool = True
    wait: bool = True


@dataclass
class Names:
    """The ARNs of the roles and secrets that were declared by name; None for one that does not exist.

    known: from what earlier tasks returned; these stand for the name from the start.
    expected: names that will exist by the time of the real run, with what each earlier task predicts of them; for check mode only.
    changed, unchanged: ARNs of roles of which earlier tasks said that they changed them or left them as they were.
    trust_policies: by ARN of the role, as each earlier task left it.
    looked_up: from AWS; only names that an entitlement does not have already.
    """

    known: Dict[str, Dict[str, str]] = field(default_factory=dict)
    expected: Dict[str, Dict[str, List[Dict[str, Any]]]] = field(default_factory=dict)
    looked_up: Dict[str, Dict[str, Optional[str]]] = field(default_factory=dict)
    changed: Set[str] = field(default_factory=set)
    unchanged: Set[str] = field(default_factory=set)
    trust_policies: Dict[str, List[Any]] = field(default_factory=dict)


@dataclass
class Observed:
    """A flow as AWS has it: its entitlements by name, in the form of the result. error: why it could not be read."""

    arn: str
    name: str
    status: str = ""
    error: Optional[str] = None
    protocol: str = ""
    entitlements: Dict[str, Dict[str, Any]] = field(default_factory=dict)

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]


@dataclass
class Item:
    """One entitlement of a flow: before, after (dictionaries, or None where it does not exist), and what the task does to it.

    adds: whether the declared subscribers are added to those that it has.
    """

    before: Any = None
    after: Any = None
    action: str = "unchanged"
    adds: bool = False

    @property
    def new_encryption(self) -> Optional[Dict[str, str]]:
        """The encryption that is granted or changed, if any."""
        if self.after is None or self.action == "unchanged":
            return None
        kept = self.action == "updated" and self.before and self.before["encryption"] == self.after["encryption"]
        return None if kept else self.after["encryption"]


@dataclass
class FlowUnit(Unit):
    """A flow converges on its own. messages: what MediaConnect reports of it after the change."""

    observed: Observed = field(default_factory=lambda: Observed("", ""))
    items: Dict[str, Item] = field(default_factory=dict)
    messages: List[str] = field(default_factory=list)

    @property
    def not_done(self) -> List[Action]:
        if self.observed.error:
            return [Action("look", f"all that is declared on {self.label}")]
        return super().not_done

    def differences(self) -> List[Tuple[str, Any, Any]]:
        """One for each entitlement to which something is done."""
        return [
            (f"entitlement {name} of {self.label}", item.before, item.after)
            for name, item in self.items.items()
            if item.action != "unchanged"
        ]


def observed_flow(flow: Dict[str, Any]) -> Observed:
    """AWS's Flow as the planner sees it. An entitlement is in use when an output of the flow carries its ARN."""
    used = {output["EntitlementArn"] for output in flow.get("Outputs") or [] if output.get("EntitlementArn")}
    entitlements = [from_api(entitlement) for entitlement in flow.get("Entitlements") or []]
    source = flow.get("Source") or {}
    return Observed(
        arn=flow["FlowArn"],
        name=flow["Name"],
        status=flow["Status"],
        protocol=(source.get("Transport") or {}).get("Protocol", ""),
        entitlements={shown["name"]: {**shown, "in_use": shown["entitlement_arn"] in used} for shown in entitlements},
    )


def resolve_flow(name: str, arns_by_name: Dict[str, List[str]], region: str) -> str:
    """The ARN of the one flow of this name. Flow names are not unique. Raises Refusal."""
    arns = arns_by_name.get(name, [])
    if not arns:
        raise Refusal(f"There is no flow {name} in {region}; check the name, the Region and the account.")
    if len(arns) > 1:
        raise Refusal(
            f"{len(arns)} flows in {region} are named {name}; give the ARN of the one that is meant: {', '.join(sorted(arns))}."
        )
    return arns[0]


def tags_differ(current: Dict[str, str], declared: Dict[str, str], purge_tags: bool) -> bool:
    """Whether an entitlement's tags are not as declared."""
    return any(compare_aws_tags(current, declared, purge_tags=purge_tags))


def needs_tags(declared: Declared, before: Dict[str, Any], allow_replacement: bool) -> bool:
    """Whether the tags of an entitlement must be read: they are declared, or they would be lost when it is replaced."""
    if declared.state == ABSENT:
        return False
    return declared.tags is not None or (allow_replacement and bool(create_only_differences(declared, before)))


def create_only_differences(declared: Declared, before: Dict[str, Any]) -> List[str]:
    """What AWS cannot change in place."""
    lost = []
    fee = declared.data_transfer_subscriber_fee_percent
    if fee is not None and fee != before[FEE]:
        lost.append(f"{FEE} is {before[FEE]} and would be {fee}")
    if before["encryption"] and declared.encryption == {}:
        lost.append("it is encrypted and would not be")
    return lost


def refuse_repeated(arns: Iterable[str]) -> None:
    """The same flow may have been declared by name and by ARN."""
    twice = repeated(arns)
    if twice:
        raise Refusal(f"The flow {', '.join(twice)} is declared more than once, by name and by ARN; declare it once.")


def substitute_known(flows: Iterable[Flow], names: Names) -> None:
    """Put the ARNs that earlier tasks returned in place of declared names."""
    for flow in flows:
        for declared in flow.entitlements:
            for member in REFERENCES:
                if declared.encryption and member in declared.encryption:
                    name = declared.encryption[member]
                    declared.encryption[member] = names.known.get(member, {}).get(name, name)


def names_to_look_up(flow: Flow, observed: Observed) -> Set[Tuple[str, str]]:
    """(member, name) of the roles and secrets whose ARN is needed: a no-op needs none, since the observed ARN names them."""
    needed = set()
    for declared in flow.entitlements:
        if declared.state == ABSENT or not declared.encryption:
            continue
        current = (observed.entitlements.get(declared.name) or {}).get("encryption") or {}
        for member in REFERENCES:
            wanted = declared.encryption.get(member)
            if wanted and not is_arn(wanted) and not names_arn(member, wanted, current.get(member)):
                needed.add((member, wanted))
    return needed


def names_arn(member: str, name: str, arn: Optional[str]) -> bool:
    """Whether a role's or secret's name is that of the ARN. A secret's ARN ends in a hyphen and six random characters."""
    if not arn:
        return False
    if member == "role_arn":
        return arn.rsplit("/", 1)[-1] == name
    resource = arn.split(":", 6)[-1]
    return resource == name or (resource[:-7] == name and resource[-7:-6] == "-")
