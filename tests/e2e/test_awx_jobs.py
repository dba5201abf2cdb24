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

HOST = "sports-us-west-2"
ANY, CORP = "444455556666", "123456789012"
OWN = "111122223333"
KEY = secrets.token_hex(32)
SECRET_ACCESS_KEY = credentials(OWN)["aws_secret_access_key"]
FORMS = (KEY, KEY.upper(), base64.b64encode(KEY.encode()).decode(), base64.b64encode(bytes.fromhex(KEY)).decode())


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


def test_distribute_after_a_failed_check_for_drift(awx: Awx, emulator: Emulator) -> None:
    awx.inventory = {**awx.inventory, "idle": {"ansible_connection": "local", "mediaconnect_region": "eu-west-1"}}
    drift = silent(awx.launch(template(emulator, "Check drift")).failed())
    assert drift.hosts == {HOST, "idle"}
    assert "secret 2018-12-01_baseball-game-source (created)" in drift.failure
    assert "entitlement AnyCompany_Entitlement of flow BaseballGame (granted)" in drift.failure
    assert "run distribute" in drift.failure
    assert emulator.calls(writes_only=True) == []
    assert drift.artifacts == {}

    done = silent(awx.launch(template(emulator, "Distribute"), limit=HOST).ok())
    assert done.hosts == {HOST}
    assert done.changed == [f"{HOST}: Make keys, role and entitlements as declared"]
    assert re.search(rf'^\+.*"{ANY}"', done.stdout, re.MULTILINE)  # the diff
    assert subscribers(emulator) == {"AnyCompany_Entitlement": [ANY]}

    secret = done.artifacts["mediaconnect_secrets"]["2018-12-01_baseball-game-source"]["us-west-2"]
    assert secret["arn"] == emulator.client("secretsmanager").list_secrets()["SecretList"][0]["ARN"]
    assert done.artifacts["mediaconnect_role_arns"] == [f"arn:aws:iam::{OWN}:role/MediaConnect-ASM"]
    (handover,) = done.artifacts["mediaconnect_handover"]
    assert handover["subscriber"] == ANY
    assert handover["entitlements"][0]["key_fingerprint"] == secret["key_fingerprint"]

    silent(awx.launch(template(emulator, "Check drift")).ok())
    next_node = awx.launch(template(emulator, "Hand over"), extra_vars=done.artifacts).ok()
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
    assert [given["subscriber"] for given in granted.artifacts["mediaconnect_handover"]] == [CORP, ANY]

    emulator.client("mediaconnect", account=ANY).create_flow(
        Name="received", Source={"Name": "in", "EntitlementArn": entitlement["EntitlementArn"]}
    )
    revoke = template(emulator, "Revoke", session=True)
    named = {name: answers[name] for name in ("mediaconnect_hosts", "mediaconnect_flow", "mediaconnect_entitlement")}
    refused = silent(awx.launch(revoke, answers={**named, "mediaconnect_subscribers": ANY}).failed())
    assert "is in use" in refused.failure
    assert "Set force_in_use: true if that is meant." in refused.failure
    assert subscribers(emulator) == {"Final": [CORP, ANY]}

    revoked = awx.launch(
        revoke, answers={**named, "mediaconnect_subscribers": ANY, "mediaconnect_force_in_use": "true"}
    ).ok()
    assert subscribers(emulator) == {"Final": [CORP]}
    (taken,) = revoked.artifacts["mediaconnect_taken_away"]
    assert taken["subscribers"] == [ANY]
    assert taken["entitlement_arn"] == entitlement["EntitlementArn"]


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
    assert [len(job.artifacts["mediaconnect_handover"]) for job in (first, second)] == [10, 10]
    granted = [call for call in emulator.calls("mediaconnect", writes_only=True) if call["status"] == 200]
    assert len(granted) == 20
    assert [subscribers(emulator, name) for name in flows] == [{f"subscriber-{ANY}": [ANY]}] * 20
    throttled = [call for call in emulator.calls("mediaconnect") if call["status"] == 429]
    assert len(throttled) >= 8
