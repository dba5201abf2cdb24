# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan what is to be done to a flow's entitlements. Pure."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from .._encryption.resolve import References, Resolver
from .._reconcile.arn import UNKNOWN
from .._reconcile.fields import defaults, differing
from .._reconcile.model import ABSENT, Action
from .._reconcile.tags import RESERVED, tag_change, tag_refusals
from .._streams.dark import Cause, Loss
from .._streams.world import Use
from .options import ENTITLEMENT, MAX_ENTITLEMENTS, DeclaredEntitlement, DeclaredFlow, Options
from .state import FlowUnit, Item, ObservedFlow

# Not among the fields that the table compares, but updatable like most of them.
ENCRYPTION = "encryption"


def needs_tags(declared: DeclaredEntitlement, before: Mapping[str, Any], allow_replacement: bool) -> bool:
    """Whether the tags of an entitlement must be read: they are declared, or they would be lost when it is replaced."""
    if declared.state == ABSENT:
        return False
    return declared.tags is not None or (allow_replacement and bool(create_only_differences(declared, before)))


def create_only_differences(declared: DeclaredEntitlement, before: Mapping[str, Any]) -> list[str]:
    """What AWS cannot change in place."""
    changes = differing(ENTITLEMENT, declared.fields, before, updatable=False)
    lost = [f"{name} is {before[name]} and would be {value}" for name, value in changes.items()]
    if before[ENCRYPTION] and declared.encryption == {}:
        lost.append("it is encrypted and would not be")
    return lost


def changed_uses(unit: FlowUnit) -> Iterator[tuple[Use, Use | None]]:
    """The uses that the plan changes, each as it is and as it will be.

    One that is replaced is gone in between. One that stands by with what is granted must not lose what the same task takes away.
    """
    for name, item in unit.items.items():
        before = _use(unit, name, item.before) if item.before else None
        later = _use(unit, name, item.after) if item.after else None
        if before and item.action != "unchanged" and (before.runs or not item.new_encryption):
            yield before, None if item.action == "replaced" else later
        elif later and item.new_encryption and not unit.refusals:
            yield later, later


def _use(unit: FlowUnit, name: str, shown: Mapping[str, Any]) -> Use:
    observed, accounts = unit.observed, unit.observed.watching.get(name, ())
    return Use(
        observed.arn,
        observed.name,
        f"entitlement {name}",
        shown[ENCRYPTION],
        runs=bool(accounts),
        enabled=shown["entitlement_status"] != "DISABLED",
        watching=tuple(account for account in accounts if account in shown["subscribers"]),
    )


def dark_refusal(unit: FlowUnit, loss: Loss) -> str:
    """Why an entitlement that is in use is not changed."""
    name = loss.before.place.split(" ", 1)[1]
    action, lost = unit.items[name].action, ", ".join(loss.accounts)
    if loss.cause is Cause.GONE:
        doing = {"revoked": "revoking it", "replaced": "replacing it"}.get(action, f"removing the subscriber {lost}")
    else:
        doing = "disabling it" if loss.cause is Cause.OFF else loss.reason
    if loss.cause is Cause.UNREADABLE:
        doing = (
            f"changing its encryption as declared would leave MediaConnect without the key ({loss.reason}), and that"
        )
    would = "would" if loss.certain else "might"
    return f"The {loss.before} is in use; {doing} {would} make the picture of account {lost} go dark. Set force_in_use: true if that is meant."


def plan(
    flow: DeclaredFlow,
    observed: ObservedFlow,
    names: References,
    options: Options,
    replacing: Mapping[str, dict[str, Any]] | None = None,
) -> FlowUnit:
    """The unit of one flow: what to do, and the state that will result.

    replacing: entitlements that this run has revoked in order to grant them again, as they were.
    """
    unit = FlowUnit(label=f"flow {observed.name}", subject=f"flow {observed.arn}", observed=observed)
    if observed.error:
        unit.failure = f"{unit.label}: {observed.error.rstrip('.')}."
        unit.items = {declared.name: Item(action="failed") for declared in flow.entitlements}
        return unit
    if flow.takes_away and (observed.gone_from or observed.status == "DELETING"):
        unit.items = {declared.name: Item() for declared in flow.entitlements}
        state = f"is not in {observed.gone_from}" if observed.gone_from else "is being deleted"
        unit.warnings.append(f"The {unit.label} {state}: there is nothing to take away.")
        return unit
    if observed.status == "DELETING":
        unit.refusals.append(f"The {unit.label} is being deleted; nothing can be granted on it.")
    if observed.protocol == "cdi":
        unit.refusals.append(
            f"The {unit.label} is a CDI flow; MediaConnect grants entitlements on transport stream flows only."
        )
    planner = _FlowPlanner(unit, names, options, replacing or {})
    for declared in flow.entitlements:
        planner.entitlement(declared)
    if flow.purge_entitlements:
        declared_names = {declared.name for declared in flow.entitlements}
        for name in observed.entitlements:
            if name not in declared_names:
                planner.revoke(name)
    planner.finish()
    return unit


class _FlowPlanner:
    """Collects the actions of one flow in the order in which they are safe: change, revoke, wait, grant, tag."""

    def __init__(self, unit: FlowUnit, names: References, options: Options, replacing: Mapping[str, dict[str, Any]]):
        self.unit, self.observed, self.names, self.options = unit, unit.observed, names, options
        self.replacing = replacing
        self.updates: list[Action] = []
        self.revocations: list[Action] = []
        self.grants: list[str] = []
        self.tags: list[Action] = []

    def entitlement(self, declared: DeclaredEntitlement) -> None:
        before = self.observed.entitlements.get(declared.name)
        self.unit.items[declared.name] = Item(before=before, after=before)
        if declared.state == ABSENT or self._loses_all(declared, before):
            if before:
                self.revoke(declared.name)
            return
        wanted = self._wanted(declared, before)
        if before is None:
            self._grant(declared, wanted)
            return
        lost = create_only_differences(declared, before)
        if lost:
            self._replace(declared, before, wanted, lost)
        else:
            self._update(declared, before, wanted)
            self._tag(declared, before)

    def revoke(self, name: str) -> None:
        before = self.observed.entitlements[name]
        self.unit.items[name] = Item(before=before, action="revoked")
        self._add_revocation(before)

    def finish(self) -> None:
        unit, revoked = self.unit, [action.params["arn"] for action in self.revocations]
        count = sum(1 for item in unit.items.values() if item.after) + sum(
            1 for name in self.observed.entitlements if name not in unit.items
        )
        if self.grants and count > MAX_ENTITLEMENTS:
            unit.refusals.append(
                f"The {unit.label} would have {count} entitlements, but MediaConnect allows {MAX_ENTITLEMENTS} per flow and does not raise that; "
                "revoke some first, or set purge_entitlements: true to revoke what is not declared."
            )
        unit.actions = [*self.updates, *self.revocations]
        if revoked and (self.options.wait or self.grants):
            unit.actions.append(
                Action("wait", f"wait until what was revoked is gone from {unit.label}", {"arns": revoked})
            )
        if self.grants:
            unit.actions.append(
                Action("grant", f"grant {', '.join(self.grants)} on {unit.label}", {"names": list(self.grants)})
            )
        unit.actions.extend(self.tags)
        if any(item.new_encryption for item in unit.items.values()):
            unit.actions.append(Action("look", f"see what MediaConnect reports of {unit.label}"))

    # what is wanted

    @staticmethod
    def _loses_all(declared: DeclaredEntitlement, before: dict[str, Any] | None) -> bool:
        """Whether nobody would be left after remove_subscribers; also if there is no entitlement, since there is nothing to remove."""
        if declared.remove_subscribers is None:
            return False
        return before is None or set(before["subscribers"]) <= set(declared.remove_subscribers)

    def _wanted(self, declared: DeclaredEntitlement, before: dict[str, Any] | None) -> dict[str, Any]:
        """The whole entitlement as declared, with AWS's values, or AWS's defaults, where nothing is declared."""
        base = before or {
            **defaults(ENTITLEMENT),
            "name": declared.name,
            "encryption": None,
            **self.replacing.get(declared.name, {}),
            "entitlement_arn": self._predicted_arn(declared.name),
            "in_use": False,
        }
        wanted = {**base, **declared.fields}
        if declared.remove_subscribers is not None:
            wanted["subscribers"] = [one for one in base["subscribers"] if one not in declared.remove_subscribers]
        elif not declared.purge_subscribers:
            wanted["subscribers"] = sorted({*base["subscribers"], *wanted["subscribers"]})
        if declared.encryption is not None:
            resolver = Resolver(self.names, self._where(declared.name), self.observed.arn, self.unit.refusals.append)
            wanted[ENCRYPTION] = resolver.complete(declared.encryption, base[ENCRYPTION])
        return wanted

    def _predicted_arn(self, name: str) -> str:
        prefix = self.observed.arn.split(":flow:")[0]
        return f"{prefix}:entitlement:{UNKNOWN}:{name}"

    # what to do

    def _grant(self, declared: DeclaredEntitlement, wanted: dict[str, Any]) -> None:
        if not wanted["subscribers"]:
            self.unit.refusals.append(
                f"The {self._where(declared.name)} does not exist yet and has no subscribers; give at least one account id."
            )
        if declared.tags is not None or wanted.get("tags"):
            wanted["tags"] = self._own_tags(declared, wanted.get("tags", {}))
        self.unit.items[declared.name] = Item(after=wanted, action="granted", exists=False)
        self.grants.append(declared.name)
        self._warn_shared(wanted)

    def _replace(
        self, declared: DeclaredEntitlement, before: dict[str, Any], wanted: dict[str, Any], lost: list[str]
    ) -> None:
        where = self._where(declared.name)
        if not self.options.allow_replacement:
            self.unit.refusals.append(
                f"The {where} cannot be changed in place ({' and '.join(lost)}): it would be revoked and granted again, the stream of "
                f"{', '.join(before['subscribers'])} would stop, and the subscriber's flow would have to be started again by hand. "
                "Set allow_replacement: true if that is meant, or declare what AWS has."
            )
        self.unit.warnings.append(
            f"The {where} is revoked and granted again: {', '.join(wanted['subscribers'])} must start the flow that uses it again."
        )
        after = {**wanted, "entitlement_arn": self._predicted_arn(declared.name), "in_use": False}
        tags = self._own_tags(declared, before.get("tags", {}))
        if tags or declared.tags is not None:
            after["tags"] = tags
        self.unit.items[declared.name] = Item(before=before, after=after, action="replaced")
        self._add_revocation(before)
        self.grants.append(declared.name)
        self._warn_shared(wanted)

    def _update(self, declared: DeclaredEntitlement, before: dict[str, Any], wanted: dict[str, Any]) -> None:
        changes = differing(ENTITLEMENT, wanted, before)
        if wanted[ENCRYPTION] != before[ENCRYPTION]:
            changes[ENCRYPTION] = wanted[ENCRYPTION]
        if not changes:
            return
        where = self._where(declared.name)
        removed = [account for account in before["subscribers"] if account not in wanted["subscribers"]]
        if removed:
            self.unit.warnings.append(
                f"The {where} loses the subscriber {', '.join(removed)}: the content becomes unavailable there at once."
            )
        if "subscribers" in changes:
            self._warn_shared(wanted)
        self.unit.items[declared.name] = Item(before=before, after=wanted, action="updated")
        summary = f"change {', '.join(changes)} of {where}"
        params = {"name": declared.name, "arn": before["entitlement_arn"], "changes": changes}
        self.updates.append(Action("update", summary, params))

    def _tag(self, declared: DeclaredEntitlement, before: dict[str, Any]) -> None:
        change = tag_change(before.get("tags", {}), declared.tags, self.options.purge_tags)
        self.unit.refusals.extend(tag_refusals(self._where(declared.name), change))
        if not change:
            return
        item = self.unit.items[declared.name]
        item.after, item.action = {**item.after, "tags": change.after}, "updated"
        params = {
            "name": declared.name,
            "arn": before["entitlement_arn"],
            "to_set": change.to_set,
            "to_remove": change.to_remove,
        }
        self.tags.append(Action("tag", f"change the tags of {self._where(declared.name)}", params))

    def _own_tags(self, declared: DeclaredEntitlement, current: dict[str, str]) -> dict[str, str]:
        """The tags of an entitlement that is granted, or granted again, without those that only AWS may write."""
        change = tag_change(current, declared.tags, self.options.purge_tags)
        self.unit.refusals.extend(tag_refusals(self._where(declared.name), change))
        return {key: value for key, value in change.after.items() if not key.lower().startswith(RESERVED)}

    def _add_revocation(self, before: dict[str, Any]) -> None:
        params = {"name": before["name"], "arn": before["entitlement_arn"]}
        self.revocations.append(Action("revoke", f"revoke {self._where(before['name'])}", params))

    def _warn_shared(self, wanted: dict[str, Any]) -> None:
        subscribers = wanted["subscribers"]
        if self.options.warn_shared and len(subscribers) > 1:
            self.unit.warnings.append(
                f"The {self._where(wanted['name'])} has {len(subscribers)} subscribers, but an entitlement can be used only once; "
                "grant one entitlement per subscriber, or set warn_shared: false."
            )
        if self.observed.account in subscribers:
            self.unit.warnings.append(
                f"The {self._where(wanted['name'])} has this very account, {self.observed.account}, as a subscriber; entitlements are for other accounts."
            )

    def _where(self, name: str) -> str:
        return f"entitlement {name} of flow {self.observed.name}"
