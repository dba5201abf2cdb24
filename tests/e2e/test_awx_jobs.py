# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates of the pattern, run by ansible-runner as AWX runs them: what the events of the jobs tell, and what they must not."""

from __future__ import annotations

import base64
import json
import re
import secrets
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator, credentials
from tests.awx.definitions import definitions, inventory
from tests.awx.jobs import Awx, Job, Template, aws_environment, credential_environment
from tests.e2e.sandbox import Sandbox
from tests.e2e.slow import slow_but

HOST = "sports-us-west-2"
ANY, CORP = "444455556666", "123456789012"
OWN = "111122223333"
KEY = secrets.token_hex(32)
SECRET_ACCESS_KEY = credentials(OWN)["aws_secret_access_key"]
FORMS = (KEY, KEY.upper(), base64.b64encode(KEY.encode()).decode(), base64.b64encode(bytes.fromhex(KEY)).decode())


IDLE = {"ansible_connection": "local", "entitlements_flows": []}


@pytest.fixture
def awx(sandbox: Sandbox) -> Awx:
    return Awx(sandbox, inventory())


def template(emulator: Emulator, name: str, session: bool = False) -> Template:
    """A job template with its credentials: an IAM user's keys, or a session's."""
    found = definitions()
    (definition,) = (item for item in found["controller_templates"] if item["name"] == f"MediaConnect - {name}")
    keys = credentials(OWN)
    if session:
        answer = emulator.client("sts").assume_role(RoleArn=f"arn:aws:iam::{OWN}:role/operator", RoleSessionName="awx")
        made = answer["Credentials"]
        keys = {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
            "aws_session_token": made["SessionToken"],
        }
    environment = aws_environment(keys)
    if "MediaConnect static key" in definition.get("credentials", []):
        (kind,) = found["controller_credential_types"]
        environment |= credential_environment(kind, {"static_key": KEY})
    return Template(definition, environment)


def silent(job: Job) -> Job:
    """No event and no line of output has the key, in any form, or the AWS credential's secret."""
    told = json.dumps(job.events) + job.stdout
    for form in (*FORMS, SECRET_ACCESS_KEY):
        assert form not in told
    return job


def subscribers(emulator: Emulator, flow: str = "BaseballGame") -> dict[str, list[str]]:
    client = emulator.client("mediaconnect")
    listed = client.get_paginator("list_flows").paginate().build_full_result()["Flows"]
    (arn,) = (found["FlowArn"] for found in listed if found["Name"] == flow)
    found = client.describe_flow(FlowArn=arn)["Flow"]["Entitlements"]
    return {entitlement["Name"]: sorted(entitlement["Subscribers"]) for entitlement in found}


@pytest.mark.slow
def test_distribute_after_a_failed_check_for_drift(awx: Awx, emulator: Emulator) -> None:
    awx.inventory = {**awx.inventory, "idle": {**IDLE, "mediaconnect_region": "eu-west-1"}}
    drift = silent(awx.launch(template(emulator, "Check drift")).failed())
    assert drift.hosts == {HOST, "idle"}
    assert "secret 2018-12-01_baseball-game-source (created)" in drift.failure
    assert "entitlement AnyCompany_Entitlement of flow BaseballGame (granted)" in drift.failure
    assert "run distribute" in drift.failure
    assert emulator.calls(writes_only=True) == []
    assert {name.rpartition("_digest_")[0] for name in drift.artifacts} == {"mediaconnect_plan"}

    done = silent(awx.launch(template(emulator, "Distribute"), limit=HOST).ok())
    assert done.hosts == {HOST}
    assert done.changed == [f"{HOST}: Make keys, role and entitlements as declared"]
    assert re.search(rf'^\+.*"{ANY}"', done.stdout, re.MULTILINE)  # the diff
    assert subscribers(emulator) == {"AnyCompany_Entitlement": [ANY]}

    secret = done.handed_on("mediaconnect_secrets", HOST)["2018-12-01_baseball-game-source"]["us-west-2"]
    assert secret["arn"] == emulator.client("secretsmanager").list_secrets()["SecretList"][0]["ARN"]
    assert done.handed_on("mediaconnect_role_arns", HOST) == [f"arn:aws:iam::{OWN}:role/MediaConnect-ASM"]
    (handover,) = done.handed_on("mediaconnect_handover", HOST)
    assert handover["subscriber"] == ANY
    assert handover["entitlements"][0]["key_fingerprint"] == secret["key_fingerprint"]

    silent(awx.launch(template(emulator, "Check drift")).ok())
    next_node = awx.launch(template(emulator, "Hand over"), artifacts=done.artifacts).ok()
    assert handover["entitlements"][0]["entitlement_arn"] in next_node.stdout


def test_grant_and_revoke_from_a_survey_with_a_sessions_credentials(awx: Awx, emulator: Emulator) -> None:
    answers = {
        "mediaconnect_hosts": HOST,
        "mediaconnect_flow": "BaseballGame",
        "mediaconnect_entitlement": "Final",
        "mediaconnect_subscribers": f"{ANY}\n{CORP}\n",
        "mediaconnect_description": "{{ lookup('ansible.builtin.env', 'HOME') }}",
    }
    grant = template(emulator, "Grant", session=True)
    rehearsed = awx.launch(grant, answers=answers, job_type="check").ok()
    assert rehearsed.changed == [f"{HOST}: Grant the entitlement"]
    assert emulator.calls("mediaconnect", writes_only=True) == []

    granted = silent(awx.launch(grant, answers=answers).ok())
    assert subscribers(emulator) == {"Final": [CORP, ANY]}
    (listed,) = emulator.client("mediaconnect").list_flows()["Flows"]
    (entitlement,) = emulator.client("mediaconnect").describe_flow(FlowArn=listed["FlowArn"])["Flow"]["Entitlements"]
    assert entitlement["Description"] == answers["mediaconnect_description"]  # what a person types in is no template
    assert [given["subscriber"] for given in granted.handed_on("mediaconnect_handover", HOST)] == [CORP, ANY]

    emulator.client("mediaconnect", account=ANY).create_flow(
        Name="received", Source={"Name": "in", "EntitlementArn": entitlement["EntitlementArn"]}
    )
    revoke = template(emulator, "Revoke", session=True)
    named = {name: answers[name] for name in ("mediaconnect_hosts", "mediaconnect_flow", "mediaconnect_entitlement")}
    refused = silent(awx.launch(revoke, answers={**named, "mediaconnect_subscribers": ANY}).failed())
    assert "is in use" in refused.failure
    assert "Set mediaconnect_force_in_use: true if that is meant." in refused.failure
    assert subscribers(emulator) == {"Final": [CORP, ANY]}

    revoked = awx.launch(
        revoke, answers={**named, "mediaconnect_subscribers": ANY, "mediaconnect_force_in_use": "true"}
    ).ok()
    assert subscribers(emulator) == {"Final": [CORP]}
    (taken,) = revoked.handed_on("mediaconnect_taken_away", HOST)
    assert taken["subscribers"] == [ANY]
    assert taken["entitlement_arn"] == entitlement["EntitlementArn"]


REVOKE = {"mediaconnect_hosts": HOST, "mediaconnect_flow": "BaseballGame"}


@pytest.mark.parametrize("typed", slow_but(["011", "2026_11_25", "12:30", "on", "0x1F"], "011"))
def test_no_answer_becomes_another_text(awx: Awx, emulator: Emulator, typed: str) -> None:
    """ansible-core reads them as 9, 20261125, 750, true and 31; entitlements of these names are there."""
    arn = emulator.client("mediaconnect").list_flows()["Flows"][0]["FlowArn"]
    names = ["9", "20261125", "750", "True", "true", "31", typed.replace(":", "_")]
    requests = [{"Name": name, "Subscribers": [ANY]} for name in dict.fromkeys(names)]
    emulator.client("mediaconnect").grant_flow_entitlements(FlowArn=arn, Entitlements=requests)
    emulator.clear_calls()
    refused = awx.launch(template(emulator, "Revoke"), answers={**REVOKE, "mediaconnect_entitlement": typed}).failed()
    assert "mediaconnect_entitlement was read as " in refused.failure
    assert "type a blank after it, or put it in quotation marks" in refused.failure
    assert emulator.calls(writes_only=True) == []
    if ":" not in typed:
        awx.launch(template(emulator, "Revoke"), answers={**REVOKE, "mediaconnect_entitlement": f"{typed} "}).ok()
        assert set(subscribers(emulator)) == set(names) - {typed}


def test_a_host_that_is_not_there_fails_the_job(awx: Awx, emulator: Emulator) -> None:
    awx.inventory = {**awx.inventory, "sports-eu-west-1": {**IDLE, "mediaconnect_region": "eu-west-1"}}
    for name, options in (
        (
            "Grant",
            {
                "answers": {
                    "mediaconnect_hosts": "sports-us-west2",
                    "mediaconnect_flow": "F",
                    "mediaconnect_subscribers": ANY,
                }
            },
        ),
        ("Distribute", {"extra_vars": {"mediaconnect_hosts": HOST}, "limit": "sports-eu-west-1"}),
    ):
        failed = awx.launch(template(emulator, name), **options).failed()
        assert "matches no host" in failed.failure
        assert f"sports-eu-west-1, {HOST}" in failed.failure
    assert emulator.calls(writes_only=True) == []


def test_nothing_declared_fails_the_job(awx: Awx, emulator: Emulator) -> None:
    """host_vars under a wrong file name, and a misspelt variable."""
    here = {"ansible_connection": "local", "mediaconnect_region": "us-west-2"}
    for declared, said in (
        ({}, f"Nothing is declared for {HOST}: none of static_key_encryption_secrets"),
        ({"static_key_encryption_secrets": None}, f"Nothing is declared for {HOST}"),
        (
            {"entitlement_flows": [], "static_key_encryption_secrets": []},
            "The variable entitlement_flows does not exist; entitlements_flows is",
        ),
        ({"entitlements_flow": [], "entitlements_flows": []}, "The variable entitlements_flow does not exist"),
    ):
        awx.inventory = {HOST: {**here, **declared}}
        assert said in awx.launch(template(emulator, "Check drift")).failed().failure


@pytest.mark.slow
def test_what_was_approved_is_done_or_refused(awx: Awx, emulator: Emulator) -> None:
    """The nodes of the workflow: rehearse, run; an approval hands on what was handed on to it."""
    approved = template(emulator, "Distribute what was approved")
    assert "no job in check mode has handed on what it looked at" in awx.launch(approved).failed().failure
    rehearsed = awx.launch(template(emulator, "Distribute"), job_type="check").ok()
    assert list(rehearsed.artifacts) == ["mediaconnect_plan_digest_sports_us_west_2"]
    assert "  secret 2018-12-01_baseball-game-source (created)" in rehearsed.stdout
    assert emulator.calls(writes_only=True) == []

    secret = emulator.client("secretsmanager").create_secret(Name="2018-12-01_baseball-game-source", SecretString=KEY)
    assert secret["ARN"]
    refused = awx.launch(approved, artifacts=rehearsed.artifacts).failed()
    assert "something has changed since" in refused.failure
    assert subscribers(emulator) == {}
    again = awx.launch(template(emulator, "Distribute"), job_type="check").ok()
    awx.launch(approved, artifacts=again.artifacts).ok()
    assert subscribers(emulator) == {"AnyCompany_Entitlement": [ANY]}


@pytest.mark.slow
def test_two_slices_side_by_side_under_throttling(sandbox: Sandbox, emulator: Emulator) -> None:
    """20 hosts, a flow each, in two slices of 10 forks: every flow gets its own, and no slice touches the other's."""
    flows = [f"Game{number:02}" for number in range(20)]
    source = {"name": "court", "protocol": "rtp", "whitelist_cidr": "203.0.113.0/24"}
    seed = {
        "regions": {"us-west-2": {"flows": [{"name": name, "status": "ACTIVE", "source": source} for name in flows]}}
    }
    emulator.seed({"accounts": {OWN: seed}})
    emulator.settings(rate_limits=True)
    emulator.clear_calls()
    emulator.fault("GrantFlowEntitlements", "TooManyRequestsException", times=8)
    hosts: dict[str, dict[str, Any]] = {
        name.lower(): {"ansible_connection": "local", "mediaconnect_region": "us-west-2", "flow_name": name}
        for name in flows
    }
    awx = Awx(sandbox, hosts)
    grant = template(emulator, "Grant")
    grant.definition = {**grant.definition, "forks": 10, "survey_spec": {}}
    variables = {
        "mediaconnect_hosts": "all",
        "mediaconnect_flow": "{{ flow_name }}",
        "mediaconnect_subscribers": ANY,
    }
    started = [awx.start(grant, extra_vars=variables, slice_number=number, slice_count=2) for number in (1, 2)]
    first, second = (awx.finish(*job).ok() for job in started)
    touched = [{line.split(":")[0] for line in job.changed} for job in (first, second)]
    assert [len(names) for names in touched] == [10, 10]
    assert not touched[0] & touched[1]
    handed_on = {**first.artifacts, **second.artifacts}  # as AWX merges what the slices of a job hand on
    assert len([name for name in handed_on if name.startswith("mediaconnect_handover_")]) == 20
    granted = [call for call in emulator.calls("mediaconnect", writes_only=True) if call["status"] == 200]
    assert len(granted) == 20
    assert [subscribers(emulator, name) for name in flows] == [{f"subscriber-{ANY}": [ANY]}] * 20
    throttled = [call for call in emulator.calls("mediaconnect") if call["status"] == 429]
    assert len(throttled) >= 8
