# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/iam-permissions.md says about the role static_key_encryption."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "iam-permissions.md"
HEADING = "## The role static_key_encryption"


def section() -> str:
    """The text from the role's heading to the next of the same level."""
    return PAGE.read_text(encoding="utf-8").partition(f"{HEADING}\n")[2].partition("\n## ")[0]


def policy(account: str) -> dict[str, Any]:
    """The policy in the page, for this account."""
    (block,) = re.findall(r"```json\n(.*?)```", section(), re.DOTALL)
    return json.loads(block.replace("111122223333", account))


def required_actions() -> set[str]:
    return {action for statement in policy("111122223333")["Statement"] for action in statement["Action"]}


def optional_actions() -> set[str]:
    """The actions in the table of those that may be missing."""
    return set(re.findall(r"^\| `([a-z-]+:\w+)`", section(), re.MULTILINE))


def without(document: dict[str, Any], action: str) -> dict[str, Any]:
    """The policy less one action."""
    return {
        **document,
        "Statement": [
            {**statement, "Action": [name for name in statement["Action"] if name != action]}
            for statement in document["Statement"]
            if statement["Action"] != [action]
        ],
    }
