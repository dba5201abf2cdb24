# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/iam-permissions.md against what the role really calls. tests/iam proves the same policy where IAM is enforced."""

from __future__ import annotations

from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Sandbox
from tests.iam import life
from tests.iam.documented import optional_actions, required_actions


@pytest.mark.slow
def test_the_role_calls_what_is_documented_and_nothing_else(sandbox: Sandbox, emulator: Emulator) -> None:
    emulator.clear_calls()
    run = sandbox.tasks(life.TASKS)
    assert run.rc == 0, run.output
    called = {action for call in emulator.calls() for action in actions_of(call)}
    assert called - required_actions() - optional_actions() == set(), "called, but not documented"
    assert required_actions() - called == set(), "documented as required, but not called"


def actions_of(call: dict[str, Any]) -> set[str]:
    """The IAM actions that a call needs: its own, and that of tagging where it makes something with tags."""
    if call["service"] == "sts":  # GetCallerIdentity needs no permission
        return set()
    actions = {f"{call['service']}:{call['operation']}"}
    tagging = {"CreateSecret": "TagResource", "CreateRole": "TagRole", "CreatePolicy": "TagPolicy"}
    if call["operation"] in tagging and any(name.startswith("Tags") for name in call["params"]):
        actions.add(f"{call['service']}:{tagging[call['operation']]}")
    return actions
