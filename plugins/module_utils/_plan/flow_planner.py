# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan what is to be done to a flow's entitlements. Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.arn import is_arn
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT, Action, differing
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import (
    MAX_ENTITLEMENTS,
    REFERENCES,
    SPEKE,
    SPEKE_REQUIRED,
    VECTOR,
    Declared,
    Flow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import (
    UNKNOWN_ID,
    UPDATABLE,
    FlowUnit,
    Item,
    Names,
    Observed,
    Options,
    create_only_differences,
    names_arn,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.secrets import predicted_arn

RESERVED_TAGS = "aws:"


def plan(flow: Flow, observed: Observed, names: Names, options: Options) -> FlowUnit:
    """The unit of one flow: what to do, and the state that will result."""
    unit = FlowUnit(label=f"flow {observed.name}", observed=observed)
    if observed.error:
        unit.failure = f"{unit.label}: {observed.error.rstrip('.')}."
        unit.items = {declared.name: Item(action="failed") for declared in flow.entitlements}
        return unit
    if observed.status == "DELETING":
        unit.refusals.append(f"The {unit.label} is being deleted; nothing can be granted on it.")
    if observed.protocol == "cdi":
        unit.refusals.append(
            f"The {unit.label} is a CDI flow; MediaConnect grants entitlements on transport stream flows only."
        )
    planner = _FlowPlanner(unit, observed, names, options)
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

    def __init__(self, unit: FlowUnit, observed: Observed, names: Names, options: Options):
        self.unit, self.observed, self.names, self.options = unit, observed, names, options
        self.updates: List[Action] = []
        self.revocations: List[Action] = []
        self.grants: List[str] = []
        self.tags: List[Action] = []

    def entitlement(self, declared: Declared) -> None:
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
        self._refuse_in_use(before, "revoking it", before["subscribers"])
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
    def _loses_all(declared: Declared, before: Optional[Dict[str, Any]]) -> bool:
        """Whether nobody would be left after remove_subscribers; where there is no entitlement there is nothing to remove."""
        if declared.remove_subscribers is None:
            return False
        return before is None or set(before["subscribers"]) <= set(declared.remove_subscribers)

    def _wanted(self, declared: Declared, before: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        """The whole entitlement as declared, with AWS's values, or AWS's defaults, where nothing is declared."""
        base = before or {
            "name": declared.name,
            "entitlement_arn": self._predicted_arn(declared.name),
            "subscribers": [],
            "description": "",
            "data_transfer_subscriber_fee_percent": 0,
            "entitlement_status": "ENABLED",
            "encryption": None,
            "in_use": False,
        }
        subscribers = declared.subscribers
        if declared.remove_subscribers is not None:
            subscribers = [account for account in base["subscribers"] if account not in declared.remove_subscribers]
        elif subscribers is not None and not declared.purge_subscribers:
            subscribers = [*base["subscribers"], *subscribers]
        simple = {
            "subscribers": None if subscribers is None else sorted(set(subscribers)),
            "description": declared.description,
            "data_transfer_subscriber_fee_percent": declared.data_transfer_subscriber_fee_percent,
            "entitlement_status": declared.entitlement_status,
        }
        wanted = {**base, **{name: value for name, value in simple.items() if value is not None}}
        if declared.encryption is not None:
            wanted["encryption"] = self._wanted_encryption(declared, base["encryption"])
        return wanted

    def _wanted_encryption(self, declared: Declared, current: Optional[Dict[str, str]]) -> Optional[Dict[str, str]]:
        """The complete block, since it is sent whole: what is declared, over what AWS has if that is of the same type."""
        if not declared.encryption:
            return None
        where = self._where(declared.name)
        current = current or {}
        kept = current if current.get("key_type") == declared.encryption["key_type"] else {}
        wanted = {**kept, **declared.encryption}
        if not wanted.get(VECTOR):
            wanted.pop(VECTOR, None)
        for member in REFERENCES:
            if member in declared.encryption:
                wanted[member] = self._arn(member, declared.encryption[member], current.get(member), where)
        required = (
            ("role_arn", *SPEKE_REQUIRED) if wanted["key_type"] == SPEKE else ("role_arn", "secret_arn", "algorithm")
        )
        missing = [REFERENCES.get(name, name) for name in required if name not in wanted]
        if missing:
            self.unit.refusals.append(
                f"The encryption of the {where} lacks {', '.join(missing)}; key_type {wanted['key_type']} needs it."
            )
        return wanted

    def _arn(self, member: str, wanted: str, current: Optional[str], where: str) -> str:
        if not is_arn(wanted):
            if current and names_arn(member, wanted, current):
                return current
            arn = self.names.looked_up.get(member, {}).get(wanted)
            if arn is None and wanted in self.names.expected.get(member, ()):
                return self._expected_arn(member, wanted)
            if arn is None:
                kind, place = ("role", "") if member == "role_arn" else ("secret", f" in {self.observed.region}")
                self.unit.refusals.append(
                    f"The {where} names the {kind} {wanted}, which does not exist{place}; create it first or correct the name."
                )
                return wanted
            return arn
        if wanted.split(":")[4] != self.observed.account:
            self.unit.refusals.append(
                f"The {where} names {wanted}, which is not in the flow's account {self.observed.account}; MediaConnect takes roles and secrets of "
                "the same account only."
            )
        return wanted

    def _expected_arn(self, member: str, name: str) -> str:
        partition, region, account = self.observed.arn.split(":")[1], self.observed.region, self.observed.account
        if member == "role_arn":
            return f"arn:{partition}:iam::{account}:role/{name}"
        return predicted_arn(partition, region, account, name)

    def _predicted_arn(self, name: str) -> str:
        prefix = self.observed.arn.split(":flow:")[0]
        return f"{prefix}:entitlement:{UNKNOWN_ID}:{name}"

    # what to do

    def _grant(self, declared: Declared, wanted: Dict[str, Any]) -> None:
        if not wanted["subscribers"]:
            self.unit.refusals.append(
                f"The {self._where(declared.name)} does not exist yet and has no subscribers; give at least one account id."
            )
        if declared.tags is not None:
            wanted["tags"] = self._tags_after(declared.name, {}, declared.tags)
        self.unit.items[declared.name] = Item(after=wanted, action="granted", adds=not declared.purge_subscribers)
        self.grants.append(declared.name)
        self._warn_shared(wanted)

    def _replace(self, declared: Declared, before: Dict[str, Any], wanted: Dict[str, Any], lost: List[str]) -> None:
        where = self._where(declared.name)
        if not self.options.allow_replacement:
            self.unit.refusals.append(
                f"The {where} cannot be changed in place ({' and '.join(lost)}): it would be revoked and granted again, the stream of "
                f"{', '.join(before['subscribers'])} would stop, and the subscriber's flow would have to be started again by hand. "
                "Set allow_replacement: true if that is meant, or declare what AWS has."
            )
        self._refuse_in_use(before, "replacing it", before["subscribers"])
        self.unit.warnings.append(
            f"The {where} is revoked and granted again: {', '.join(wanted['subscribers'])} must start the flow that uses it again."
        )
        after = {**wanted, "entitlement_arn": self._predicted_arn(declared.name), "in_use": False}
        tags = before.get("tags", {})
        if declared.tags is not None:
            tags = self._tags_after(declared.name, tags, declared.tags)
        tags = {key: value for key, value in tags.items() if not key.startswith(RESERVED_TAGS)}
        if tags or declared.tags is not None:
            after["tags"] = tags
        self.unit.items[declared.name] = Item(before=before, after=after, action="replaced")
        self._add_revocation(before)
        self.grants.append(declared.name)
        self._warn_shared(wanted)

    def _update(self, declared: Declared, before: Dict[str, Any], wanted: Dict[str, Any]) -> None:
        changes = differing({name: wanted[name] for name in UPDATABLE}, before)
        if not changes:
            return
        where = self._where(declared.name)
        removed = [account for account in before["subscribers"] if account not in wanted["subscribers"]]
        if removed:
            self._refuse_in_use(before, f"removing the subscriber {', '.join(removed)}", removed)
            self.unit.warnings.append(
                f"The {where} loses the subscriber {', '.join(removed)}: the content becomes unavailable there at once."
            )
        if changes.get("entitlement_status") == "DISABLED":
            self._refuse_in_use(before, "disabling it", before["subscribers"])
        if "subscribers" in changes:
            self._warn_shared(wanted)
        self.unit.items[declared.name] = Item(before=before, after=wanted, action="updated")
        summary = f"change {', '.join(changes)} of {where}"
        params = {"name": declared.name, "arn": before["entitlement_arn"], "changes": changes}
        self.updates.append(Action("update", summary, params))

    def _tag(self, declared: Declared, before: Dict[str, Any]) -> None:
        if declared.tags is None:
            return
        current = before.get("tags", {})
        to_set, to_remove = compare_aws_tags(current, declared.tags, purge_tags=self.options.purge_tags)
        if not to_set and not to_remove:
            return
        item = self.unit.items[declared.name]
        item.after = {**item.after, "tags": self._tags_after(declared.name, current, declared.tags)}
        item.action = "updated"
        params = {"name": declared.name, "arn": before["entitlement_arn"], "to_set": to_set, "to_remove": to_remove}
        self.tags.append(Action("tag", f"change the tags of {self._where(declared.name)}", params))

    def _tags_after(self, name: str, current: Dict[str, str], declared: Dict[str, str]) -> Dict[str, str]:
        to_set, to_remove = compare_aws_tags(current, declared, purge_tags=self.options.purge_tags)
        reserved = sorted(key for key in to_set if key.startswith(RESERVED_TAGS))
        if reserved:
            self.unit.refusals.append(
                f"The {self._where(name)} has the tag {', '.join(reserved)}; names that begin with {RESERVED_TAGS} are reserved by AWS."
            )
        return {**{key: value for key, value in current.items() if key not in to_remove}, **to_set}

    def _add_revocation(self, before: Dict[str, Any]) -> None:
        params = {"name": before["name"], "arn": before["entitlement_arn"]}
        self.revocations.append(Action("revoke", f"revoke {self._where(before['name'])}", params))

    def _refuse_in_use(self, before: Dict[str, Any], doing: str, accounts: List[str]) -> None:
        if before["in_use"] and not self.options.force_in_use:
            self.unit.refusals.append(
                f"The {self._where(before['name'])} is in use; {doing} would make the picture of account {', '.join(accounts)} go dark. "
                "Set force_in_use: true if that is meant."
            )

    def _warn_shared(self, wanted: Dict[str, Any]) -> None:
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
