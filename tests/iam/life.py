# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A life of the role static_key_encryption in which it does all that it can do: made, changed, taken down, restored, and looked at."""

from __future__ import annotations

from typing import Any

KEYS = ("0123456789abcdef" * 2, "fedcba9876543210" * 2)
ROLE = "MediaConnect-ASM"
POLICY = "SecretsManagerForMediaConnect"


def step(secret: dict[str, Any], **variables: Any) -> dict[str, Any]:
    """The role, once, with two secrets."""
    given = {
        "secrets": [{"name": name, "algorithm": "aes128", **secret} for name in ("game", "final")],
        "role_name": ROLE,
        "policy_name": POLICY,
        **variables,
    }
    return {
        "ansible.builtin.include_role": {"name": "mediaops.mediaconnect.static_key_encryption"},
        "vars": {f"static_key_encryption_{name}": value for name, value in given.items()},
    }


def forced(task: dict[str, Any]) -> dict[str, Any]:
    return {**task, "vars": {**task["vars"], "static_key_encryption_force_in_use": True}}


MADE = step({"value": KEYS[0]}, flows=["BaseballGame"], tags={"team": "sports"})
CHANGED = step(
    {"value": KEYS[1], "replace_value": True, "description": "Key of the game"},
    flows=["BaseballGame", "TennisFinal"],
    speke_apis=["1abcdefghi"],
    tags={"event": "baseball"},
    role_description="Reads the keys of the game",
)
GONE = step({}, state="absent")
RESTORED = step({"value": KEYS[1]}, role_name="")
ONE = step({}, secrets=[{"name": "game", "algorithm": "aes128", "value": KEYS[1]}], role_name="")
TASKS = [MADE, CHANGED, GONE, RESTORED, ONE]
CHANGES = 4  # tasks that change something
