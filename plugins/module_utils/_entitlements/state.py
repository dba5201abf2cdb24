# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entitlements of a flow: as AWS has them, and what a task does to them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping

from .._reconcile.arn import account_of, region_of
from .._reconcile.model import Action, Refusal, Unit, repeated, replaced
from .._streams.world import watching
from .options import from_api


@dataclass
class ObservedFlow:
    """A flow as AWS has it: its entitlements by name, in the form of the result.

    error: why it could not be read. gone_from: the Region in which there is no such flow, where that is allowed.
    watching: by name, the accounts that use the entitlement, as far as that can be told.
    """

    arn: str
    name: str
    status: str = ""
    error: str | None = None
    protocol: str = ""
    entitlements: dict[str, dict[str, Any]] = field(default_factory=dict)
    watching: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gone_from: str = ""

    @property
    def region(self) -> str:
        """The flow's Region."""
        return self.gone_from or region_of(self.arn)

    @property
    def account(self) -> str:
        """The flow's account."""
        return account_of(self.arn)


@dataclass
class Item:
    """One entitlement of a flow: before, after (dictionaries, or None where it does not exist), and what the task does to it.

    exists: whether AWS has it at this moment, while the plan is carried out.
    """

    before: Any = None
    after: Any = None
    action: str = "unchanged"
    exists: bool = True

    @property
    def new_encryption(self) -> dict[str, str] | None:
        """The encryption that is granted or changed, if any."""
        if self.after is None or self.action == "unchanged":
            return None
        kept = self.action == "updated" and self.before and self.before["encryption"] == self.after["encryption"]
        return None if kept else self.after["encryption"]

    @property
    def removed_subscribers(self) -> list[str]:
        """The accounts that lose it."""
        left = self.after["subscribers"] if self.after else []
        had = self.before["subscribers"] if self.before and self.action != "unchanged" else []
        return [account for account in had if account not in left]


@dataclass
class FlowUnit(Unit):
    """A flow, which converges on its own."""

    observed: ObservedFlow = field(default_factory=lambda: ObservedFlow("", ""))
    items: dict[str, Item] = field(default_factory=dict)

    @property
    def not_done(self) -> list[Action]:
        """As for any unit; for a flow that could not be read, it is everything that is declared."""
        if self.observed.error:
            return [Action("look", f"all that is declared on {self.label}")]
        return super().not_done

    @property
    def replacing(self) -> dict[str, dict[str, Any]]:
        """The entitlements that were revoked in order to be granted again and are not granted again yet, as they were."""
        return {
            name: item.before for name, item in self.items.items() if item.before and item.after and not item.exists
        }

    def renew(self, fresh: Unit) -> None:
        """As for any unit; each entitlement keeps its first state, and what the task does to it."""
        super().renew(fresh)
        for name, item in fresh.items.items() if isinstance(fresh, FlowUnit) else ():
            mine = self.items.setdefault(name, item)
            mine.after, mine.exists = item.after, item.exists
            if mine.action == "unchanged":
                mine.action, mine.before = item.action, item.before

    def replace_predictions(self, learned: dict[str, str]) -> None:
        """Replace predictions by what AWS has told."""
        for item in self.items.values():
            item.after = replaced(item.after, learned)

    def differences(self) -> list[tuple[str, Any, Any]]:
        """One for each entitlement to which something is done."""
        return [
            (f"entitlement {name} of {self.label}", item.before, item.after)
            for name, item in self.items.items()
            if item.action != "unchanged"
        ]

    @property
    def unfinished(self) -> set[str]:
        """The entitlements to which not everything was done, or which AWS was not seen to have in the end."""
        if not self.failure:
            return set()
        unseen = {name for name, item in self.items.items() if item.after and not item.exists}
        return unseen.union(*(action.params.get("names", [action.params.get("name")]) for action in self.not_done))


def observed_flow(flow: Mapping[str, Any]) -> ObservedFlow:
    """AWS's Flow as the planner sees it. An entitlement is in use when an output of the flow carries its ARN."""
    accounts = {entitlement["Name"]: watching(flow, entitlement) for entitlement in flow.get("Entitlements") or []}
    entitlements = [from_api(entitlement) for entitlement in flow.get("Entitlements") or []]
    source = flow.get("Source") or {}
    return ObservedFlow(
        arn=flow["FlowArn"],
        name=flow["Name"],
        status=flow["Status"],
        protocol=(source.get("Transport") or {}).get("Protocol", ""),
        entitlements={shown["name"]: {**shown, "in_use": bool(accounts[shown["name"]])} for shown in entitlements},
        watching=accounts,
    )


def resolve_flow(name: str, arns_by_name: Mapping[str, list[str]], region: str) -> str:
    """The ARN of the one flow of this name. Flow names are not unique. Raises Refusal."""
    arns = arns_by_name.get(name, [])
    if not arns:
        raise Refusal(f"There is no flow {name} in {region}; check the name, the Region and the account.")
    if len(arns) > 1:
        raise Refusal(
            f"{len(arns)} flows in {region} are named {name}; give the ARN of the one that is meant: {', '.join(sorted(arns))}."
        )
    return arns[0]


def refuse_repeated(arns: Iterable[str]) -> None:
    """Raise Refusal if a flow was declared more than once, which may have been by name and by ARN."""
    twice = repeated(arns)
    if twice:
        raise Refusal(f"The flow {', '.join(twice)} is declared more than once, by name and by ARN; declare it once.")
