# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan's digest: equal plans have equal digests, whenever and wherever they are made. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any, Iterable

from .._entitlements.state import FlowUnit
from .._reconcile.model import Unit
from .._secrets.options import DeclaredSecret

LEFT_OUT = ("in_use",)  # it says nothing about what is to be done


def plan_digest(units: Iterable[Unit]) -> str:
    """sha256: and 64 hexadecimal digits, over what is to be done to what. No key is part of it, not even as a digest."""
    text = json.dumps([_content(unit) for unit in units if unit.actions], sort_keys=True, default=_without_key)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _content(unit: Unit) -> list[Any]:
    actions = [[action.operation, action.summary, action.params] for action in unit.actions]
    items = unit.items.items() if isinstance(unit, FlowUnit) else ()
    changed = {name: [item.action, _shown(item.after)] for name, item in items if item.action != "unchanged"}
    arn = (unit.after or unit.before or {}).get("arn")
    return [unit.subject, unit.label, arn, unit.action, actions, changed]


def _shown(after: dict[str, Any] | None) -> Any:
    return after and {name: value for name, value in after.items() if name not in LEFT_OUT}


def _without_key(secret: DeclaredSecret) -> list[Any]:
    """A declared secret, with its key's fingerprint in place of what is known of the key."""
    fields = {name: item for name, item in asdict(secret).items() if name != "value"}
    return [fields, secret.value.fingerprint if secret.value else None]
