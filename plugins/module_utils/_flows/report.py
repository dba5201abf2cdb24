# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The return values of the entitlements module."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Set

from ansible.module_utils.common.warnings import warn

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows.handover_files import write
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import FlowUnit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.handover import by_subscriber, handover

ACTIONS = ("granted", "updated", "replaced", "revoked", "unchanged", "failed")


class Report:
    """Builds the result from the units, once they are applied."""

    def __init__(self, module: Any):
        self.check_mode: bool = module.check_mode
        self.full: bool = module.params["return_unchanged"]
        self.handover_dir: str = module.params["handover_dir"]
        self.fingerprints = {
            secret.get("arn"): secret.get("key_fingerprint") for secret in module.params["known_secrets"]
        }

    def __call__(self, units: Sequence[FlowUnit]) -> Dict[str, Any]:
        for text in (text for unit in units for text in unit.messages):
            warn(text)
        accounts = by_subscriber(self._entries(units))
        flows = [self._flow(unit) for unit in units]
        result: Dict[str, Any] = {
            "flows": [flow for flow in flows if flow["entitlements"] or self.full],
            "counts": _counts(units),
            "handover": accounts if self.full else [],
        }
        if self.handover_dir:
            # What could not be read or done would be missing in them.
            whole = [] if any(unit.failure for unit in units) else accounts
            region = units[0].observed.region if units else ""
            files, written = write(self.handover_dir, region, whole, dry=self.check_mode)
            result.update(handover_files=files, **({"changed": True} if written else {}))
        return result

    def _entries(self, units: Sequence[FlowUnit]) -> List[Dict[str, Any]]:
        entries = []
        for unit in units:
            present = [item.after for name, item in unit.items.items() if item.after and name not in _unfinished(unit)]
            entries.extend(handover(unit.observed.name, unit.observed.region, present, self.fingerprints))
        return entries

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
