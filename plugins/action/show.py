# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text on the screen as it is, which debug would show as JSON, and what a job hands on."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display


class ActionModule(ActionBase):
    """Show the text. Nothing is done on the host."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result, after the text has been shown."""
        result = super().run(tmp, task_vars)
        spec = {"text": {"type": "str", "required": True}, "artifacts": {"type": "dict", "default": {}}}
        __, args = self.validate_argument_spec(argument_spec=spec)
        text = args["text"].rstrip("\n")
        if text:
            Display().display(f"\n{text}\n")
        handed_on = {"data": args["artifacts"], "per_host": False, "aggregate": True}
        return {**result, "changed": False, **({"ansible_stats": handed_on} if args["artifacts"] else {})}
