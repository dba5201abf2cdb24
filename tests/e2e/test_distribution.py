# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module distribution: secrets, role and grants planned as one, refused before the first write, done in a safe order."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Run, Sandbox
from tests.e2e.slow import slow_but

FLOW_ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
SUBSCRIBER = "444455556666"
ROLE = "MediaConnect-ASM"
KEY, OTHER_KEY = "0f" * 32, "1e" * 32


def encrypted(secret: str, name: str = "E", **options: Any) -> dict[str, Any]:
    encryption = {"algorithm": "aes256", "role": ROLE, "secret": secret}
    return {"name": name, "subscribers": [SUBSCRIBER], "encryption": encryption, **options}


def game(secret: str = "game", key: str = KEY, **options: Any) -> dict[str, Any]:
    """One secret, one role, one entitlement."""
    return {
        "secrets": [{"name": secret, "algorithm": "aes256", "value": key}],
        "role": {"name": ROLE},
        "flows": [{"flow": "BaseballGame", "entitlements": [encrypted(secret)]}],
        **options,
    }


def distribution(sandbox: Sandbox, *arguments: str, **options: Any) -> Run:
    run = sandbox.module("distribution", *arguments, **options)
    assert KEY not in run.output
    assert OTHER_KEY not in run.output
    return run


def writes(emulator: Emulator) -> list[str]:
    made = [call["operation"] for call in emulator.calls(writes_only=True)]
    emulator.clear_calls()
    return made


def readable(emulator: Emulator) -> list[str]:
    """The names of the secrets that the role may read."""
    iam = emulator.client("iam")
    (attached,) = iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
    return [arn.split(":")[-1][:-7] for arn in document["Statement"][0]["Resource"]]


@pytest.fixture
def running(sandbox: Sandbox, emulator: Emulator) -> str:
    """The ARN of a subscriber's flow that streams, by what `game` declares."""
    emulator.settings(transition_delay=0.0, revoke_delay=0.0)
    distribution(sandbox, **game()).ok()
    iam, keys = (emulator.client(service, account=SUBSCRIBER) for service in ("iam", "secretsmanager"))
    trust = {"Effect": "Allow", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
    read = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="R", PolicyName="read", PolicyDocument=document(read))
    secret = keys.create_secret(Name="received", SecretString=KEY)["ARN"]
    (received,) = emulator.client("mediaconnect", account=SUBSCRIBER).list_entitlements()["Entitlements"]
    decryption = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": role, "SecretArn": secret}
    source = {"EntitlementArn": received["EntitlementArn"], "Decryption": decryption}
    subscriber = emulator.client("mediaconnect", account=SUBSCRIBER)
    flow: str = subscriber.create_flow(Name="Received", Source=source)["Flow"]["FlowArn"]
    subscriber.start_flow(FlowArn=flow)
    assert emulator.streams(flow)["streams"]
    emulator.clear_calls()
    return flow


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.slow
def test_names_resolve_within_the_declaration_and_the_role_follows_from_it(
    sandbox: Sandbox, emulator: Emulator
) -> None:
    predicted = distribution(sandbox, "--check", **game()).ok().result("distribution")
    assert writes(emulator) == []
    done = distribution(sandbox, "--diff", **game(only_plan=predicted["plan_digest"])).ok().result("distribution")
    assert done["plan_digest"] == predicted["plan_digest"]
    assert writes(emulator) == [
        "CreateSecret",
        "CreatePolicy",
        "CreateRole",
        "AttachRolePolicy",
        "GrantFlowEntitlements",
    ]
    (secret,), (role,), (flow,) = done["secrets"], done["roles"], done["flows"]
    assert flow["entitlements"][0]["encryption"]["secret_arn"] == secret["arn"]
    assert role["permissions_policy"]["Statement"][0]["Resource"] == [secret["arn"]]
    assert emulator.could_read(role["arn"], secret["arn"], FLOW_ARN, "aes256")["allowed"]
    assert done["handover"][0]["entitlements"][0]["key_fingerprint"] == secret["key_fingerprint"]
    assert distribution(sandbox, **game()).ok().changed == 0
    assert writes(emulator) == []


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "short key": ({"secrets": [{"name": "game", "algorithm": "aes256", "value": KEY[:-1]}]}, "aes256 needs 64"),
    "reserved name": ({"role": {"name": "MediaConnectAccessRole"}}, "is reserved by MediaConnect"),
    "other flow": ({"role": {"name": ROLE, "flows": ["BaseballGam"]}}, "do not admit this flow"),
    "role's secret": ({"role": {"name": ROLE, "secrets": ["nothing"]}}, "there is no secret nothing"),
    "no flow": ({"flows": [{"flow": "BaseballGam"}]}, "There is no flow BaseballGam"),
    "secret": (
        {"flows": [{"flow": "BaseballGame", "entitlements": [encrypted("nothing")]}]},
        "there is no secret nothing",
    ),
    "no subscribers": (
        {"flows": [{"flow": "BaseballGame", "entitlements": [encrypted("game", subscribers=[])]}]},
        "has an empty list of subscribers",
    ),
}


@pytest.mark.parametrize("case", slow_but(MISTAKES, "secret"))
@pytest.mark.parametrize("mode", ["--check", "--diff"])
def test_what_one_of_the_three_refuses_stops_all_before_the_first_write(
    sandbox: Sandbox, emulator: Emulator, case: str, mode: str
) -> None:
    mistake, said = MISTAKES[case]
    assert said in distribution(sandbox, mode, **{**game(), **mistake}).failed().message
    assert writes(emulator) == []


def test_all_that_is_declared_wrong_is_told_at_once(sandbox: Sandbox, emulator: Emulator) -> None:
    wrong = {
        "secrets": [{"name": "no name!", "algorithm": "aes256", "generate": True}],
        "role": {"name": "no name!"},
        "flows": [{"flow": "BaseballGame", "entitlements": [{"name": "no name!", "subscribers": [SUBSCRIBER]}]}],
    }
    message = distribution(sandbox, **wrong).failed().message
    for said in ("not a valid name of a secret", "not a valid name of a role", "The name of the entitlement no name!"):
        assert said in message
    assert emulator.calls() == []


@pytest.mark.slow
def test_an_entitlement_moves_to_another_key_while_its_role_may_read_both(
    sandbox: Sandbox, emulator: Emulator, running: str
) -> None:
    """Make the key, widen the role, change the entitlement, narrow the role, delete the key."""
    moved = game("other", OTHER_KEY, force_in_use=True)
    moved["secrets"].append({"name": "game", "state": "absent"})
    assert distribution(sandbox, **moved).ok().changed == 1
    assert writes(emulator) == [
        "CreateSecret",
        "CreatePolicyVersion",
        "UpdateFlowEntitlement",
        "CreatePolicyVersion",
        "DeleteSecret",
    ]
    assert readable(emulator) == ["other"]
    assert distribution(sandbox, **moved).ok().changed == 0


@pytest.mark.slow
def test_what_a_stream_needs_is_not_taken_away_unless_the_same_task_frees_it(
    sandbox: Sandbox, emulator: Emulator, running: str
) -> None:
    gone = {"secrets": [{"name": "game", "state": "absent"}], "role": {"name": ROLE, "state": "absent"}}
    for mode in ("--check", "--diff"):
        message = distribution(sandbox, mode, **gone).failed().message
        assert "The secret game in us-west-2 is used by entitlement E of flow BaseballGame" in message
        assert f"The role {ROLE} is used by entitlement E of flow BaseballGame" in message
    revoked = {**gone, "flows": [{"flow": "BaseballGame", "purge_entitlements": True}]}
    assert "is in use" in distribution(sandbox, **revoked).failed().message
    assert writes(emulator) == []
    assert emulator.streams(running)["streams"]

    done = distribution(sandbox, **revoked, force_in_use=True).ok()
    assert done.changed == 1
    assert [one for one in writes(emulator) if not one.startswith("Detach")] == [
        "RevokeFlowEntitlement",
        "DeleteRole",
        "DeletePolicy",
        "DeleteSecret",
    ]
    assert distribution(sandbox, **revoked).ok().changed == 0


@pytest.mark.slow
def test_only_what_was_looked_at_is_done(sandbox: Sandbox, emulator: Emulator) -> None:
    looked_at = distribution(sandbox, "--check", **game()).ok().result("distribution")["plan_digest"]
    emulator.client("secretsmanager").create_secret(Name="game", SecretString=KEY)
    emulator.clear_calls()
    message = distribution(sandbox, **game(only_plan=looked_at)).failed().message
    assert "is not what was looked at (only_plan)" in message
    assert "something has changed since" in message
    assert writes(emulator) == []
    again = distribution(sandbox, "--check", **game()).ok().result("distribution")["plan_digest"]
    assert distribution(sandbox, **game(only_plan=again)).ok().changed == 1


@pytest.mark.slow
def test_a_secret_that_somebody_makes_in_between_is_adopted(sandbox: Sandbox, emulator: Emulator) -> None:
    """The name appeared after the look: the loop looks again, and the role reads the secret that there is."""
    emulator.fault("GetRole", error=None, latency=3.0, service="iam")
    keys = emulator.client("secretsmanager")  # made beforehand, which takes a while on a busy machine
    made: list[str] = []

    def somebody() -> None:
        while "DescribeSecret" not in [call["operation"] for call in emulator.calls()]:
            time.sleep(0.02)
        made.append(keys.create_secret(Name="game", SecretString=KEY)["ARN"])

    other = threading.Thread(target=somebody)
    other.start()
    run = distribution(sandbox, **game()).ok()
    other.join()
    result = run.result("distribution")
    assert result["secrets"][0]["arn"] == made[0]
    assert result["roles"][0]["permissions_policy"]["Statement"][0]["Resource"] == made
    assert result["flows"][0]["entitlements"][0]["encryption"]["secret_arn"] == made[0]
    assert distribution(sandbox, **game()).ok().changed == 0


@pytest.mark.slow
@pytest.mark.parametrize("deleted", [False, True])
def test_a_secret_that_has_no_value_yet_or_cannot_be_read_yet_counts_as_it_will_be(
    sandbox: Sandbox, emulator: Emulator, deleted: bool
) -> None:
    keys = emulator.client("secretsmanager")
    keys.create_secret(Name="game", **({"SecretString": KEY} if deleted else {}))
    if deleted:
        keys.delete_secret(SecretId="game")
    declared = game()
    declared["secrets"] = [{"name": "game", "algorithm": "aes256", "generate": True}]
    for mode in ("--check", "--diff"):
        assert distribution(sandbox, mode, **declared).ok().changed == 1
    assert len(keys.get_secret_value(SecretId="game")["SecretString"]) == 64
    assert distribution(sandbox, **declared).ok().changed == 0


def test_what_fails_tells_what_was_done_and_the_next_run_finishes(sandbox: Sandbox, emulator: Emulator) -> None:
    emulator.fault("AttachRolePolicy", error="AccessDenied", service="iam")
    run = distribution(sandbox, **game()).failed()
    assert "(the caller needs iam:AttachRolePolicy)" in run.message
    result = run.result("distribution")
    assert result["done"][0] == "create the secret game in us-west-2"
    assert result["not_done"][-2:] == [
        "grant E on flow BaseballGame",
        "see what MediaConnect reports of flow BaseballGame",
    ]
    assert result["changed"] is True
    assert "GrantFlowEntitlements" not in writes(emulator)
    assert distribution(sandbox, **game()).ok().changed == 1
    assert writes(emulator) == ["AttachRolePolicy", "GrantFlowEntitlements"]
