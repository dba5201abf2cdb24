# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that MediaConnect assumes, run as a user runs it and read back by boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Run, Sandbox
from tests.e2e.trust_roles import (
    ACCOUNT,
    FOUR_READS,
    NAME,
    NO_OP,
    OTHER_ACCOUNT,
    POLICY_ARN,
    POLICY_NAME,
    ROLE_ARN,
    SOURCE_ARN,
    Iam,
    calls,
    make_secret,
)

SECRET = "2018-12-01_baseball-game-source"


@pytest.fixture
def role(sandbox: Sandbox, emulator: Emulator) -> Callable[..., Run]:
    """Run trust_role for the role of the user guide; the call log then holds this run alone."""

    def run(*arguments: str, **options: Any) -> Run:
        emulator.clear_calls()
        given = {"name": NAME, "policy_name": POLICY_NAME, **options}
        given = {option: value for option, value in given.items() if value is not None}
        return sandbox.tasks([{"mediaops.mediaconnect.trust_role": given}], *arguments)

    return run


def state(run: Run) -> dict[str, Any]:
    return run.ok().result("trust_role")["role"]


def warnings(run: Run) -> str:
    """What was warned of, without the line breaks of the terminal."""
    lines = run.ok().output.splitlines()
    first = next((number for number, line in enumerate(lines) if line.startswith("[WARNING]")), len(lines))
    last = next((number for number, line in enumerate(lines) if line.startswith(("ok:", "changed:"))), len(lines))
    return " ".join(" ".join(lines[first:last]).split())


def diff(run: Run) -> str:
    return run.ok().output.partition("--- before")[2].partition("changed:")[0]


@pytest.mark.slow
def test_create_check_again_change_remove(role: Callable[..., Run], emulator: Emulator) -> None:
    iam, secret = Iam(emulator), make_secret(emulator, SECRET)
    wanted = {
        "description": "Allows MediaConnect to view secrets",
        "secrets": [SECRET],
        "flows": ["BaseballGame"],
        "tags": {"event": "baseball"},
    }
    before = iam.names()
    predicted = role("--check", "--diff", **wanted)
    assert predicted.changed == 1
    assert calls(emulator, writes_only=True) == []
    assert iam.names() == before

    made = role("--diff", **wanted)
    assert state(made) == state(predicted)
    assert diff(made) == diff(predicted) != ""
    assert calls(emulator, writes_only=True) == ["iam:CreatePolicy", "iam:CreateRole", "iam:AttachRolePolicy"]
    assert iam.role()["AssumeRolePolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "mediaconnect.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": SOURCE_ARN},
                },
            }
        ],
    }
    assert iam.document() == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": FOUR_READS, "Resource": [secret]}],
    }
    assert iam.role()["Description"] == "Allows MediaConnect to view secrets"
    assert iam.role()["Tags"] == iam.policy()["Tags"] == [{"Key": "event", "Value": "baseball"}]
    assert iam.attached() == [POLICY_ARN]
    assert state(made) == {
        "name": NAME,
        "arn": ROLE_ARN,
        "path": "/",
        "description": "Allows MediaConnect to view secrets",
        "max_session_duration": 3600,
        "permissions_boundary": None,
        "policy_name": POLICY_NAME,
        "policy_arn": POLICY_ARN,
        "policy_version": "v1",
        "trust_policy": iam.role()["AssumeRolePolicyDocument"],
        "permissions_policy": iam.document(),
        "attached_policies": [POLICY_ARN],
        "tags": {"event": "baseball"},
        "action": "created",
    }

    again = role("--diff", **wanted)
    assert (again.changed, state(again)) == (0, {**state(made), "action": "unchanged"})
    # One more read than a role costs, since the secret was given by name.
    assert sorted(calls(emulator)) == sorted([*NO_OP, "secretsmanager:DescribeSecret"])
    assert iam.versions() == ["v1"]

    changes = {
        "description": "",
        "max_session_duration": 7200,
        "tags": {"event": "tennis"},
        "flows": ["TennisFinal"],
    }
    predicted = role("--check", "--diff", **{**wanted, **changes})
    assert calls(emulator, writes_only=True) == []
    changed = role("--diff", **{**wanted, **changes})
    assert state(changed) == state(predicted)
    assert state(changed)["action"] == "updated"
    assert iam.role().get("Description", "") == ""
    assert iam.role()["MaxSessionDuration"] == 7200
    assert iam.role()["Tags"] == iam.policy()["Tags"] == [{"Key": "event", "Value": "tennis"}]
    assert iam.condition()["ArnLike"] == {"aws:SourceArn": SOURCE_ARN.replace("BaseballGame", "TennisFinal")}

    predicted = role("--check", "--diff", state="absent")
    assert (predicted.changed, state(predicted)["action"]) == (1, "deleted")
    assert calls(emulator, writes_only=True) == []
    removed = role("--diff", state="absent")
    assert state(removed) == state(predicted)
    assert calls(emulator, writes_only=True) == ["iam:DetachRolePolicy", "iam:DeleteRole", "iam:DeletePolicy"]
    assert iam.names() == before
    again = role("--diff", state="absent")
    assert (again.changed, state(again)["action"], state(again)["arn"]) == (0, "unchanged", None)


@pytest.mark.slow
def test_writers_at_the_same_time_lose_nothing(sandbox: Sandbox, emulator: Emulator) -> None:
    """Both hosts make the role at once, then each adds to it at once; the reads are slowed so that they overlap."""
    iam = Iam(emulator)
    secrets = {name: make_secret(emulator, name) for name in ("a", "b", "c", "d")}

    def play(*names: str) -> Run:
        task = {
            "mediaops.mediaconnect.trust_role": {
                "region": "us-west-2",
                "name": NAME,
                "policy_name": POLICY_NAME,
                "secrets": ["{{ item }}"],
                "flows": ["{{ item }}"],
                "purge": False,
            }
        }
        plays = {
            "hosts": "all",
            "gather_facts": False,
            "connection": "local",
            "vars": {
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "item": "{{ inventory_hostname }}",
            },
            "tasks": [task],
        }
        return sandbox.playbook(sandbox.write("play.yml", [plays]), "-i", ",".join(names) + ",")

    for names in (("a", "b"), ("c", "d")):
        for operation in ("GetRole", "GetPolicy", "CreateRole", "CreatePolicyVersion"):
            emulator.fault(operation, error=None, latency=0.3, times=4, service="iam")
        assert play(*names).ok().changed == 2
        emulator.clear_faults()
    assert iam.secrets() == sorted(secrets.values())
    assert [arn.rsplit(":", 1)[1] for arn in iam.condition()["ArnLike"]["aws:SourceArn"]] == ["a", "b", "c", "d"]


@pytest.mark.slow
def test_eight_hosts_share_a_role(sandbox: Sandbox, emulator: Emulator) -> None:
    """Each adds its own secret and flow to one role, at the same time."""
    hosts = [f"h{number}" for number in range(8)]
    secrets = {name: make_secret(emulator, name) for name in hosts}
    for operation in ("GetRole", "GetPolicy", "CreateRole", "CreatePolicyVersion", "UpdateAssumeRolePolicy"):
        emulator.fault(operation, error=None, latency=0.3, times=200, service="iam")
    task = {
        "mediaops.mediaconnect.trust_role": {
            "region": "us-west-2",
            "name": NAME,
            "policy_name": POLICY_NAME,
            "secrets": ["{{ inventory_hostname }}"],
            "flows": ["{{ inventory_hostname }}"],
            "purge": False,
        }
    }
    play = {"hosts": "all", "gather_facts": False, "connection": "local", "tasks": [task]}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    run = sandbox.playbook(sandbox.write("eight.yml", [play]), "-i", ",".join(hosts) + ",", "-f", "8").ok()
    assert run.changed == 8
    emulator.clear_faults()
    iam = Iam(emulator)
    assert iam.secrets() == sorted(secrets.values())
    assert [arn.rsplit(":", 1)[1] for arn in iam.condition()["ArnLike"]["aws:SourceArn"]] == hosts


BAD_INPUT = {
    "reserved name": ({"name": "mediaconnectACCESSrole"}, "reserved by MediaConnect"),
    "another account's role": ({"name": f"arn:aws:iam::{OTHER_ACCOUNT}:role/R"}, f"lies in account {OTHER_ACCOUNT}"),
    "no name": ({"name": "Media Connect"}, "'Media Connect' is not a valid name of a role"),
    "no such secret": ({"secrets": ["nosuch"]}, f"The role {NAME}: there is no secret nosuch in us-west-2"),
    "another account's secret": (
        {"secrets": [f"arn:aws:secretsmanager:us-west-2:{OTHER_ACCOUNT}:secret:a-abcdef"]},
        f"lies in account {OTHER_ACCOUNT}",
    ),
    "wildcard secret": ({"secrets": [f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:*"]}, "is not a full ARN"),
    "wildcard flow": ({"flows": ["Base*"]}, "'Base*' is not a usable name of a flow"),
    "too many secrets": (
        {"secrets": [f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:event-{n:03}-abcdef" for n in range(90)]},
        "IAM takes 6144: of its 90 secrets about ",
    ),
    "flows without conditions": ({"flows": ["A"], "confused_deputy_protection": False}, "drop one of the two"),
    "too long a session": ({"max_session_duration": 50000}, "IAM takes 3600 to 43200 seconds"),
    "bad path": ({"path": "media"}, "'media' is not a valid path"),
    "bad policy name": ({"policy_name": "a b"}, "'a b' is not a valid name of a policy"),
    "bad boundary": (
        {"permissions_boundary": f"arn:aws:iam::{OTHER_ACCOUNT}:policy/B"},
        f"lies in account {OTHER_ACCOUNT}",
    ),
    "reserved tag": ({"tags": {"aws:a": "b"}}, "the tag aws:a begins with aws:"),
}


@pytest.mark.slow
def test_bad_input_ends_in_one_sentence_before_anything_is_changed(sandbox: Sandbox, emulator: Emulator) -> None:
    tasks = [
        {
            "name": case,
            "mediaops.mediaconnect.trust_role": {"name": NAME, **options},
            "ignore_errors": True,
        }
        for case, (options, _said) in BAD_INPUT.items()
    ]
    run = sandbox.tasks(tasks).ok()
    assert "Traceback" not in run.output
    said = [(task["task"], task["result"]["msg"]) for task in run.tasks]
    assert len(said) == len(BAD_INPUT)
    for case, message in said:
        assert BAD_INPUT[case][1] in message, case
        assert message.count(". ") <= 2, message
    assert calls(emulator, writes_only=True) == []
