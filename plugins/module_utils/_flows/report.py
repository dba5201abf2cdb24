# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The return values of the entitlements module, and what MediaConnect reports after a change."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Set

from ansible.module_utils.common.warnings import warn

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import mediaconnect as api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows.handover_files import write
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import FlowUnit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.handover import by_subscriber, handover

ACTIONS = ("granted", "updated", "replaced", "revoked", "unchanged", "failed")


class Report:
    """Builds the result from the units, once they are applied. client: the paced MediaConnect client."""

    def __init__(self, module: Any, client: Any):
        self.check_mode: bool = module.check_mode
        self.full: bool = module.params["return_unchanged"]
        self.handover_dir: str = module.params["handover_dir"]
        self.fingerprints = {
            secret.get("arn"): secret.get("key_fingerprint") for secret in module.params["known_secrets"]
        }
        self.client = client

    def __call__(self, units: Sequence[FlowUnit]) -> Dict[str, Any]:
        if not self.check_mode:
            self._read_messages(units)
        accounts = by_subscriber(self._entries(units))
        flows = [self._flow(unit) for unit in units]
        result: Dict[str, Any] = {
            "flows": [flow for flow in flows if flow["entitlements"] or self.full],
            "counts": _counts(units),
            "handover": accounts if self.full else [],
        }
        if self.handover_dir and units:
            files, written = write(self.handover_dir, units[0].observed.region, accounts, dry=self.check_mode)
            result.update(handover_files=files, **({"changed": True} if written else {}))
        return result

    def _entries(self, units: Sequence[FlowUnit]) -> List[Dict[str, Any]]:
        entries = []
        for unit in units:
            present = [item.after for name, item in unit.items.items() if item.after and name not in _unfinished(unit)]
            entries.extend(handover(unit.observed.name, unit.observed.region, present, self.fingerprints))
        return entries

    def _read_messages(self, units: Sequence[FlowUnit]) -> None:
        """MediaConnect says in the flow's messages, not in its answers, that it cannot use a key."""
        for unit in units:
            if unit.done and any(item.new_encryption for item in unit.items.values()):
                try:
                    flow = api.describe_flow(self.client, unit.observed.arn) or {}
                except ApiError as error:
                    warn(f"{unit.label}: its messages could not be read after the change: {error.sentence()}")
                    continue
                for message in flow.get("Messages", {}).get("Errors", []):
                    warn(f"MediaConnect reports of {unit.label}: {message}")

    def _flow(self, unit: FlowUnit) -> Dict[str, Any]:
        unfinished = _unfinished(unit)
        entitlements = [
            {**(item.after or item.before or {"name": name}), "action": "failed" if name in unfinished else item.action}
            for name, item in unit.items.items()
            if item.action != "unchanged" or self.full
        ]
        observed = unit.observed
        return {
            "flow_arn": observed.arn,
            "flow_name": observed.name,
            "region": observed.region,
            "entitlements": entitlements,
        }


def _unfinished(unit: FlowUnit) -> Set[str]:
    """The entitlements to which not all was done."""
    if not unit.failure:
        return set()
    return {name for action in unit.not_done for name in action.params.get("names", [action.params.get("name")])}


def _counts(units: Sequence[FlowUnit]) -> Dict[str, int]:
    counts = dict.fromkeys(ACTIONS, 0)
    for unit in units:
        unfinished = _unfinished(unit)
        for name, item in unit.items.items():
            counts["failed" if name in unfinished else item.action] += 1
    return counts
