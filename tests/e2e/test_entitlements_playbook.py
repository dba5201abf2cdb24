# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module and its role by ansible-playbook: a dozen tasks in one play each, since Ansible's start takes most of the time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.entitlement_runs import (
    ALICE,
    BOB,
    FLOW_ARN,
    KEY,
    REGION,
    ROLE_ARN,
    SPEKE,
    STATIC,
    Aws,
    entitlement,
    flow,
    keys_and_role,
)
from tests.e2e.sandbox import Run, Sandbox


@pytest.fixture
def aws(emulator: Emulator) -> Aws:
    emulator.settings(revoke_delay=0.05)
    found = Aws(emulator)
    found.seed(**keys_and_role())
    return found


def results(run: Run) -> dict[str, dict[str, Any]]:
    assert "Traceback" not in run.output, run.output
    return {task["task"]: task["result"] for task in run.tasks}


def task(name: str, *declared: dict[str, Any], check: bool = False, **options: Any) -> dict[str, Any]:
    flows = {} if "flows_file" in options else {"flows": list(declared)}
    return {"name": name, "entitlements": {**flows, **options}, "check_mode": check, "ignore_errors": True}


def action(result: dict[str, Any]) -> str:
    (found,) = result["flows"][0]["entitlements"]
    return found["action"]


@pytest.mark.slow
def test_a_dozen_tasks(sandbox: Sandbox, aws: Aws) -> None:
    full = entitlement("E", description="d", encryption=STATIC, resource_tags={"event": "baseball", "number": 1})
    unencrypted = {"name": "E", "encryption": {}}
    run = sandbox.tasks(
        [
            task("predict", flow(full), check=True),
            task("grant", flow(full)),
            task("again", flow(full)),
            task(
                "by ARN",
                {"flow_arn": FLOW_ARN, "entitlements": [{"name": "E", "tags": {"event": "baseball", "number": "1"}}]},
            ),
            task("another key", flow({"name": "E", "encryption": {"secret": "other", "algorithm": "aes128"}})),
            task("SPEKE", flow({"name": "E", "encryption": SPEKE})),
            task("unencrypted", flow(unencrypted)),
            task("replaced", flow(unencrypted), allow_replacement=True),
            task("two", flow({"name": "E", "subscribers": [int(ALICE), BOB]})),
            task("one", flow({"name": "E", "remove_subscribers": [BOB]})),
            task("nobody", flow({"name": "E", "subscribers": []})),
            task("no encryption", flow(entitlement("F", encryption="no"))),
            task("purge", flow(purge_entitlements=True)),
        ],
        "--diff",
        "-vvv",
    )
    found = results(run)
    assert [task["task"] for task in run.tasks if task["outcome"] == "failed"] == [
        "unencrypted",
        "nobody",
        "no encryption",
    ]
    assert [name for name, result in found.items() if not result.get("changed")] == [
        "again",
        "by ARN",
        "unencrypted",
        "nobody",
        "no encryption",
    ]
    assert "it is encrypted and would not be" in found["unencrypted"]["msg"]
    assert "empty list of subscribers" in found["nobody"]["msg"]
    assert action(found["predict"]) == action(found["grant"]) == "granted"
    assert action(found["replaced"]) == "replaced"
    assert found["grant"]["flows"][0]["entitlements"][0]["tags"] == {"event": "baseball", "number": "1"}
    assert aws.entitlements() == {}
    assert aws.operations(writes_only=True) == [
        *aws.grant_with_tags,
        "UpdateFlowEntitlement",
        "UpdateFlowEntitlement",
        "RevokeFlowEntitlement",
        *aws.grant_with_tags,
        "UpdateFlowEntitlement",
        "UpdateFlowEntitlement",
        "RevokeFlowEntitlement",
    ]
    assert KEY not in run.output
    assert not sandbox.leftovers()
    assert aws.emulator.problems() == []


def test_the_role_with_a_file_and_hand_over_files(sandbox: Sandbox, aws: Aws) -> None:
    estate = sandbox.write(
        "estate.yml", {"entitlements_flows": [flow(entitlement("E", encryption=STATIC), entitlement("F"))]}
    )
    directory = sandbox.directory / "handover"
    directory.mkdir()
    role = {
        "name": "mediaops.mediaconnect.entitlements",
        "public": True,
    }
    variables = {
        "entitlements_region": REGION,
        "entitlements_flows_file": str(estate),
        "entitlements_handover_dir": str(directory),
    }
    play = [{"include_role": role, "vars": variables}, {"debug": {"msg": "{{ entitlements_result }}"}}]
    first = sandbox.tasks(play).ok()
    assert first.changed == 1
    result = first.result("entitlements")
    assert result["handover"] == []
    assert result["counts"]["granted"] == 2
    assert sorted(path.name for path in directory.iterdir()) == [f"{ALICE}-{REGION}.json", f"{ALICE}-{REGION}.md"]
    handed = json.loads((directory / f"{ALICE}-{REGION}.json").read_text())
    assert [one["entitlement_name"] for one in handed["entitlements"]] == ["E", "F"]
    assert ROLE_ARN not in (directory / f"{ALICE}-{REGION}.md").read_text()
    aws.emulator.clear_calls()
    second = sandbox.tasks(play).ok()
    assert second.changed == 0
    assert aws.operations() == ["ListFlows", "DescribeFlow"]
    assert second.result("entitlements")["flows"] == []


def test_bad_files_and_directories_are_told(sandbox: Sandbox, aws: Aws) -> None:
    bad = sandbox.write("bad.yml", [{"flow": "BaseballGame", "entitlements": [{"name": "E", "encryption": False}]}])
    tasks = [
        task("no file", flows_file=str(sandbox.directory / "none.json")),
        task("bad file", flows_file=str(bad)),
        task("both", flow(), flows_file=str(bad)) | {"entitlements": {"flows_file": str(bad), "flows": []}},
        task("no directory", flow(entitlement("E")), handover_dir="/nowhere/at/all"),
        task("neither") | {"entitlements": {}},
    ]
    found = results(sandbox.tasks(tasks))
    for name, said in {
        "no file": "No such file or directory",
        "bad file": "encryption must be a dictionary, but is",
        "both": "flows and flows_file exclude each other; give one of them.",
        "no directory": "is not a directory on this host",
        "neither": "Give one of flows and flows_file.",
    }.items():
        assert said in found[name]["msg"]
    assert aws.operations() == []
