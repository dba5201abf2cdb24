# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operator's policy of docs/iam-permissions.md, where IAM is enforced: it is enough, and each action in it is needed."""

from __future__ import annotations

import pytest

from tests.e2e.sandbox import Sandbox
from tests.iam import life
from tests.iam.documented import policy, required_actions, without
from tests.iam.ministack import Ministack


def test_the_documented_policy_is_enough(sandbox: Sandbox, ministack: Ministack, account: str) -> None:
    """None of the optional actions is in it, so this is also the proof that they may be missing."""
    ministack.operator(account, policy(account))
    run = sandbox.tasks(life.TASKS, account=account).ok()
    assert run.changed == life.CHANGES


@pytest.mark.parametrize("action", sorted(required_actions()))
def test_without_one_action_the_run_fails_and_names_it(
    sandbox: Sandbox, ministack: Ministack, account: str, action: str
) -> None:
    ministack.operator(account, without(policy(account), action))
    run = sandbox.tasks(life.TASKS, account=account).failed()
    assert f"(the caller needs {action})" in run.message


@pytest.mark.parametrize("action", ["mediaconnect:ListFlows", "mediaconnect:DescribeFlow"])
def test_force_in_use_needs_no_look_at_the_flows(
    sandbox: Sandbox, ministack: Ministack, account: str, action: str
) -> None:
    ministack.operator(account, without(policy(account), action))
    run = sandbox.tasks([life.MADE, life.forced(life.GONE)], account=account)
    assert run.rc == 0, run.output
