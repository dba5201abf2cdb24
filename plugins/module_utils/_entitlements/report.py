# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The return values for entitlements. Pure: nothing is written here."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from .._reconcile.arn import is_arn
from .handover import by_subscriber, handover
from .state import FlowUnit

ACTIONS = ("granted", "updated", "replaced", "revoked", "unchanged", "failed")


def report(units: Sequence[FlowUnit], full: bool, fingerprints: Mapping[str, str | None]) -> dict[str, Any]:
    """The flows, counts and handover. full: whether they include what is unchanged. fingerprints: by ARN of the secret."""
    flows = [_flow(unit, full) for unit in units]
    return {
        "flows": [flow for flow in flows if flow["entitlements"] or full],
        "counts": _counts(units),
        "handover": subscribers(units, fingerprints) if full else [],
    }


def subscribers(units: Iterable[FlowUnit], fingerprints: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """What to hand over, by subscriber; what was not done is left out."""
    entries = []
    for unit in units:
        present = [item.after for name, item in unit.items.items() if item.after and name not in unit.unfinished]
        entries.extend(handover(unit.observed.name, unit.observed.region, present, fingerprints))
    return by_subscriber(entries)


def _flow(unit: FlowUnit, full: bool) -> dict[str, Any]:
    return {
        "flow_arn": unit.observed.arn if is_arn(unit.observed.arn) else None,
        "flow_name": unit.observed.name,
        "region": unit.observed.region,
        "entitlements": [
            _entitlement(unit, name) for name, item in unit.items.items() if full or item.action != "unchanged"
        ],
    }


def _entitlement(unit: FlowUnit, name: str) -> dict[str, Any]:
    item = unit.items[name]
    removed = {"removed_subscribers": item.removed_subscribers} if item.removed_subscribers else {}
    action = "failed" if name in unit.unfinished else item.action
    return {**(item.after or item.before or {"name": name}), **removed, "action": action}


def _counts(units: Iterable[FlowUnit]) -> dict[str, int]:
    counts = dict.fromkeys(ACTIONS, 0)
    for unit in units:
        unfinished = unit.unfinished
        for name, item in unit.items.items():
            counts["failed" if name in unfinished else item.action] += 1
    return counts
