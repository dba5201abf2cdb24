# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job: the baseball game is distributed from one variables file, and read back by boto3."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Run, Sandbox
from tests.e2e.slow import slow_but

EXAMPLE = ("-e", "@docs/examples/baseball.yml")
FLOW_ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
SECRET = "2018-12-01_baseball-game-source"


@pytest.fixture
def key() -> str:
    return secrets.token_hex(32)


def distribute(sandbox: Sandbox, key: str, *arguments: str) -> Run:
    run = sandbox.playbook("mediaops.mediaconnect.distribute", *EXAMPLE, *arguments, BASEBALL_KEY=key).ok()
    for form in (
        key,
        key.upper(),
        base64.b64encode(key.encode()).decode(),
        base64.b64encode(bytes.fromhex(key)).decode(),
    ):
        assert form not in run.output
    assert not sandbox.leftovers()
    return run


def state(emulator: Emulator) -> dict[str, Any]:
    """What AWS has, read by boto3."""
    iam, keys = emulator.client("iam"), emulator.client("secretsmanager")
    flow = emulator.client("mediaconnect").describe_flow(FlowArn=FLOW_ARN)["Flow"]
    return {
        "entitlements": {entitlement["Name"]: entitlement for entitlement in flow["Entitlements"]},
        "roles": [role["RoleName"] for role in iam.list_roles()["Roles"]],
        "policies": [policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]],
        "secrets": [secret["Name"] for secret in keys.list_secrets()["SecretList"]],
    }


def calls(emulator: Emulator, writes_only: bool = False) -> list[str]:
    """The calls since the last look, as service:Operation."""
    made = [f"{call['service']}:{call['operation']}" for call in emulator.calls(writes_only=writes_only)]
    emulator.clear_calls()
    return made


def test_check_mode_on_the_first_run_changes_nothing_and_predicts_what_then_happens(
    sandbox: Sandbox, emulator: Emulator, key: str
) -> None:
    before = state(emulator)
    emulator.clear_calls()
    predicted = distribute(sandbox, key, "--check", "--diff")
    assert predicted.changed == 1
    assert calls(emulator, writes_only=True) == []
    assert state(emulator) == before
    assert f"secret:{SECRET}-??????" in predicted.output

    done = distribute(sandbox, key, "--diff")
    assert done.changed == 1
    assert shape(predicted.result("distribution")) == shape(done.result("distribution"))
    assert [secret["action"] for secret in done.result("distribution")["secrets"]] == ["created"]


def shape(result: dict[str, Any]) -> Any:
    """A result without what only AWS can tell and without how the module was called."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: plain(item)
                for name, item in value.items()
                if name not in ("invocation", "version_id", "warnings")
            }
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, str) and value.startswith("arn:aws:secretsmanager:"):
            return value[:-6]
        if isinstance(value, str) and ":entitlement:" in value:
            return value.rsplit(":", 1)[-1]
        return value

    return plain(result)


@pytest.mark.parametrize("mode", slow_but(["--check", "--diff"], "--check"))
@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ({"static_key_encryption_flows": ["BaseballGaem"]}, "do not admit this flow"),
        (
            {"static_key_encryption_secrets": [{"name": SECRET, "algorithm": "aes128", "generate": True}]},
            "is to hold a key of aes128, not of aes256",
        ),
    ],
)
def test_parts_that_do_not_fit_each_other(
    sandbox: Sandbox, emulator: Emulator, key: str, mode: str, mistake: dict[str, Any], said: str
) -> None:
    emulator.clear_calls()
    given = ["-e", json.dumps(mistake), mode]
    run = sandbox.playbook("mediaops.mediaconnect.distribute", *EXAMPLE, *given, BASEBALL_KEY=key).failed()
    assert said in run.message
    assert "mediaconnect:GrantFlowEntitlements" not in calls(emulator, writes_only=True)


def test_distribute_and_again(sandbox: Sandbox, emulator: Emulator, key: str) -> None:
    first = distribute(sandbox, key, "-vvvv", "--diff")
    assert first.changed == 1
    assert calls(emulator, writes_only=True) == [
        "secretsmanager:CreateSecret",
        "iam:CreatePolicy",
        "iam:CreateRole",
        "iam:AttachRolePolicy",
        "mediaconnect:GrantFlowEntitlements",
    ]

    found = state(emulator)
    assert found["roles"] == ["MediaConnect-ASM"]
    assert found["policies"] == ["SecretsManagerForMediaConnect"]
    assert found["secrets"] == [SECRET]
    secret = emulator.client("secretsmanager").get_secret_value(SecretId=SECRET)
    assert secret["SecretString"] == key
    role = emulator.client("iam").get_role(RoleName="MediaConnect-ASM")["Role"]
    any_company, example_corp = found["entitlements"]["AnyCompany_Entitlement"], found["entitlements"]["ExampleCorp"]
    assert sorted(any_company["Subscribers"]) == ["123456789012", "444455556666"]
    assert any_company["DataTransferSubscriberFeePercent"] == 15
    assert any_company["EntitlementStatus"] == "ENABLED"
    assert any_company["Encryption"] == {
        "Algorithm": "aes256",
        "KeyType": "static-key",
        "RoleArn": role["Arn"],
        "SecretArn": secret["ARN"],
    }
    assert example_corp["Subscribers"] == ["777788889999"]
    assert "Encryption" not in example_corp
    assert emulator.could_read(role["Arn"], secret["ARN"], FLOW_ARN, "aes256")["allowed"]
    emulator.clear_calls()

    second = distribute(sandbox, key, "-vvvv", "--diff")
    assert second.changed == 0
    # Each once, and in no order: secrets, role and flows are read at a time.
    assert sorted(calls(emulator)) == [
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "mediaconnect:DescribeFlow",
        "mediaconnect:ListFlows",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
    ]
    assert state(emulator) == found
    assert emulator.client("secretsmanager").get_secret_value(SecretId=SECRET)["VersionId"] == secret["VersionId"]
    assert emulator.problems() == []


def test_the_hand_over_list_says_what_a_subscriber_needs(sandbox: Sandbox, key: str) -> None:
    run = distribute(sandbox, key)
    handover = run.result("distribution")["handover"]
    assert [account["subscriber"] for account in handover] == ["123456789012", "444455556666", "777788889999"]
    (granted,) = handover[1]["entitlements"]
    fingerprint = run.result("distribution")["secrets"][0]["key_fingerprint"]
    assert granted == {
        "entitlement_arn": FLOW_ARN.replace(":flow:", ":entitlement:").replace(
            "BaseballGame", "AnyCompany_Entitlement"
        ),
        "entitlement_name": "AnyCompany_Entitlement",
        "entitlement_status": "ENABLED",
        "flow_name": "BaseballGame",
        "region": "us-west-2",
        "key_type": "static-key",
        "algorithm": "aes256",
        "key_fingerprint": fingerprint,
        "data_transfer_subscriber_fee_percent": 15,
        "metrics": ["SourceBitRate", "SourceContinuityCounter", "SourceNotRecoveredPackets"],
    }
    assert f"static-key aes256, key fingerprint {fingerprint}" in run.output


@pytest.mark.slow
def test_the_subscriber_sees_what_was_granted(sandbox: Sandbox, key: str) -> None:
    distribute(sandbox, key)
    for account, names in (
        ("444455556666", ["AnyCompany_Entitlement"]),
        ("777788889999", ["ExampleCorp"]),
        ("999900001111", []),
    ):
        received = sandbox.module("received_entitlement_info", account=account).ok().result("received_entitlement_info")
        assert [entitlement["entitlement_name"] for entitlement in received["entitlements"]] == names
        assert all(entitlement["originator"] == "111122223333" for entitlement in received["entitlements"])


@pytest.mark.slow
def test_what_was_read_can_be_declared_as_it_is(sandbox: Sandbox, emulator: Emulator, key: str) -> None:
    """What the modules return, and what the API itself tells, by a task, by the role and by distribution."""
    distribute(sandbox, key)
    described = emulator.client("mediaconnect").describe_flow(FlowArn=FLOW_ARN)
    tasks = """
    - flow_info: {flows: [BaseballGame], include_tags: true}
      register: read
    - entitlements: {flows: "{{ read.flows }}"}
      register: granted
    - entitlements: {flows: "{{ granted.flows }}"}
    - entitlements: {flows: ["{{ described.Flow }}"]}
      vars: {described: %s}
    - distribution: {flows: "{{ read.flows }}"}
    - ansible.builtin.include_role: {name: mediaops.mediaconnect.entitlements}
      vars: {entitlements_flows: "{{ read.flows }}"}
    """
    run = sandbox.tasks(tasks % json.dumps({"Flow": described["Flow"]}, default=str)).ok()
    assert run.changed == 0
    (flow,) = run.result("flow_info")["flows"]
    assert (flow["status"], flow["messages"], len(flow["entitlements"])) == ("ACTIVE", [], 2)


def test_drift_is_found_and_mended_in_place(sandbox: Sandbox, emulator: Emulator, key: str) -> None:
    distribute(sandbox, key)
    arn = state(emulator)["entitlements"]["ExampleCorp"]["EntitlementArn"]
    emulator.client("mediaconnect").update_flow_entitlement(
        FlowArn=FLOW_ARN, EntitlementArn=arn, Description="by hand", EntitlementStatus="DISABLED"
    )
    emulator.clear_calls()
    run = distribute(sandbox, key, "--diff")
    assert run.changed == 1
    assert calls(emulator, writes_only=True) == ["mediaconnect:UpdateFlowEntitlement"]
    example_corp = state(emulator)["entitlements"]["ExampleCorp"]
    # The status was not declared, so it is left alone.
    assert (example_corp["Description"], example_corp["EntitlementStatus"]) == ("For Example Corp", "DISABLED")


def test_the_playbook_works_by_its_own_variables_and_in_an_assumed_role(
    sandbox: Sandbox, emulator: Emulator, key: str
) -> None:
    """The endpoint comes from a variable and the account from a role, as for many accounts from one inventory."""
    emulator.seed({"accounts": {"222233334444": {"regions": {"us-west-2": {"flows": [{"name": "BaseballGame"}]}}}}})
    variables = {
        "mediaconnect_endpoint_url": emulator.endpoint,
        "mediaconnect_aws_config": {"retries": {"mode": "standard"}},
        "mediaconnect_assume_role_arn": "arn:aws:iam::222233334444:role/Distributor",
    }
    run = sandbox.playbook(
        "mediaops.mediaconnect.distribute",
        *EXAMPLE,
        "-e",
        json.dumps(variables),
        "-vvvv",
        BASEBALL_KEY=key,
        AWS_ENDPOINT_URL="",
    ).ok()
    assert run.changed == 1
    assert key not in run.output
    assert run.result("distribution")["flows"][0]["flow_arn"].split(":")[4] == "222233334444"
    assert state(emulator)["entitlements"] == {}


@pytest.mark.slow
def test_unfinished_work_is_finished_by_the_next_run(sandbox: Sandbox, emulator: Emulator, key: str) -> None:
    emulator.fault("GrantFlowEntitlements", error="ForbiddenException", times=100)
    impatient = ("-e", "entitlements_wait_timeout=1")
    failed = sandbox.playbook("mediaops.mediaconnect.distribute", *EXAMPLE, *impatient, BASEBALL_KEY=key).failed()
    assert "flow BaseballGame" in failed.message
    assert "mediaconnect:GrantFlowEntitlements" in failed.message
    assert "iam:PassRole" in failed.message
    emulator.clear_faults()
    again = distribute(sandbox, key)
    assert again.changed == 1
    assert sorted(state(emulator)["entitlements"]) == ["AnyCompany_Entitlement", "ExampleCorp"]
