# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan's digest: equal plans have equal digests, whenever and wherever they are made. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, is_dataclass
from typing import Any, Iterable

from .._entitlements.state import FlowUnit
from .._reconcile.model import Unit
from .._secrets.keys import Value

LEFT_OUT = ("in_use",)  # it says nothing about what is to be done


def plan_digest(units: Iterable[Unit]) -> str:
    """64 hexadecimal digits: SHA-256 over what is to be done to which units. No key goes into it, only fingerprints."""
    text = json.dumps([_content(unit) for unit in units if unit.actions], sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(unit: Unit) -> list[Any]:
    actions = [[action.operation, action.summary, _params(action.params)] for action in unit.actions]
    changed = {}
    if isinstance(unit, FlowUnit):
        changed = {
            name: [item.action, _shown(item.after)] for name, item in unit.items.items() if item.action != "unchanged"
        }
    arn = (unit.after or unit.before or {}).get("arn")
    return [unit.subject, unit.label, arn, unit.action, actions, changed]


def _params(params: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) if is_dataclass(value) else value for name, value in params.items()}


def _shown(after: dict[str, Any] | None) -> Any:
    return after and {name: value for name, value in after.items() if name not in LEFT_OUT}


def _plain(value: Any) -> Any:
    """A declared secret, with the key's fingerprint in place of everything else that is known about the key."""
    key = getattr(value, "value", None)
    fields = {name: item for name, item in asdict(value).items() if name != "value"}
    return {**fields, "key_fingerprint": key.fingerprint if isinstance(key, Value) else None}
