# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes every task's result as a line of JSON, so that a test can look at what a playbook did rather than at how it prints it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: e2e_results
type: notification
short_description: Write task results as lines of JSON
description: Writes one JSON object per task and host, and one with the totals, to the file that E2E_RESULTS names.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "e2e_results"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, entry):
        with Path(os.environ["E2E_RESULTS"]).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(entry, default=str) + "\n")

    def _result(self, result, outcome):
        task = result._task
        self._write(
            {
                "task": task.get_name(),
                "action": task.action,
                "host": result._host.get_name(),
                "outcome": outcome,
                "result": json.loads(self._dump_results(result._result)),
            }
        )

    def v2_runner_on_ok(self, result):
        self._result(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, "failed")

    def v2_runner_on_skipped(self, result):
        self._result(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self._result(result, "unreachable")

    def v2_playbook_on_stats(self, stats):
        self._write({"stats": {host: stats.summarize(host) for host in stats.processed}})
