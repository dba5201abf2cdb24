# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks grant and revoke: they change the one entitlement that was named, read back by boto3, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Run, Sandbox

ANY, CORP, OTHER = "444455556666", "123456789012", "777788889999"
OWN = "111122223333"


@pytest.fixture
def estate(emulator: Emulator) -> Emulator:
    """Somebody else's entitlement, subscribers, secret and role are there already."""
    court = {"name": "court", "protocol": "rtp", "whitelist_cidr": "203.0.113.0/24"}
    region = {
        "secrets": [{"name": name, "value": "0f" * 32} for name in ("tennis-key", "baseball-key")],
        "flows": [{"name": "TennisFinal", "status": "ACTIVE", "source": court}],
    }
    emulator.seed({"accounts": {OWN: {"regions": {"us-west-2": region}}}})
    client = emulator.client("mediaconnect")
    client.grant_flow_entitlements(
        FlowArn=flow_arn(emulator, "BaseballGame"),
        Entitlements=[
            {"Name": "Shared", "Subscribers": [ANY, CORP], "Description": "both"},
            {"Name": "Alone", "Subscribers": [OTHER], "DataTransferSubscriberFeePercent": 20},
        ],
    )
    emulator.clear_calls()
    return emulator


def flow_arn(emulator: Emulator, name: str) -> str:
    (arn,) = (flow["FlowArn"] for flow in emulator.client("mediaconnect").list_flows()["Flows"] if flow["Name"] == name)
    return str(arn)


def entitlements(emulator: Emulator, flow: str = "BaseballGame") -> dict[str, dict[str, Any]]:
    found = emulator.client("mediaconnect").describe_flow(FlowArn=flow_arn(emulator, flow))["Flow"]["Entitlements"]
    return {
        entitlement["Name"]: {**entitlement, "Subscribers": sorted(entitlement["Subscribers"])} for entitlement in found
    }


def subscribers(emulator: Emulator) -> dict[str, list[str]]:
    return {name: entitlement["Subscribers"] for name, entitlement in entitlements(emulator).items()}


def policies(emulator: Emulator, role: str = "MediaConnect-ASM") -> tuple[list[str], list[str]]:
    """The flows that a role trusts and the secrets that it may read, by name."""
    iam = emulator.client("iam")
    trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    (attached,) = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    arn = attached["PolicyArn"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    flows, secrets = trust["ArnLike"]["aws:SourceArn"], document["Statement"][0]["Resource"]
    return names(flows), [name[:-7] for name in names(secrets)]


def names(arns: str | list[str]) -> list[str]:
    return sorted(arn.split(":")[-1] for arn in ([arns] if isinstance(arns, str) else arns))


def tennis_role(sandbox: Sandbox) -> None:
    options = {"name": "MediaConnect-ASM", "secrets": ["tennis-key"], "flows": ["TennisFinal"]}
    sandbox.tasks([{"trust_role": options}]).ok()


def play(sandbox: Sandbox, name: str, *arguments: str, **answers: Any) -> Run:
    """Run grant or revoke as an AWX survey would: every answer is text."""
    variables = {
        "mediaconnect_flow": "BaseballGame",
        **{f"mediaconnect_{key}": value for key, value in answers.items()},
    }
    return sandbox.playbook(f"mediaops.mediaconnect.{name}", "-e", json.dumps(variables), "--diff", *arguments)


def writes(emulator: Emulator) -> list[str]:
    made = [call["operation"] for call in emulator.calls(writes_only=True)]
    emulator.clear_calls()
    return made


# What an untouched survey sends.
EMPTY = {
    "region": "",
    "entitlement": "",
    "description": "",
    "fee_percent": "",
    "status": "unchanged",
    "algorithm": "none",
    "secret": "",
    "role": "",
    "force_in_use": "false",
}


@pytest.mark.slow
def test_a_subscriber_is_all_that_a_grant_needs(sandbox: Sandbox, estate: Emulator) -> None:
    before = entitlements(estate)
    predicted = play(sandbox, "grant", "--check", **EMPTY, subscribers=f" {OTHER}\n").ok()
    assert predicted.changed == 1
    assert writes(estate) == []

    granted = play(sandbox, "grant", **EMPTY, subscribers=f" {OTHER}\n").ok()
    assert granted.changed == 1
    assert writes(estate) == ["GrantFlowEntitlements"]
    after = entitlements(estate)
    new = after.pop(f"subscriber-{OTHER}")
    assert after == before
    assert new["Subscribers"] == [OTHER]
    assert new["EntitlementStatus"] == "ENABLED"
    assert "Encryption" not in new
    assert f"+++ after: entitlement subscriber-{OTHER} of flow BaseballGame" in granted.output
    assert new["EntitlementArn"] in granted.output

    assert play(sandbox, "grant", **EMPTY, subscribers=f" {OTHER}\n").ok().changed == 0
    assert writes(estate) == []


def test_grant_adds_subscribers_and_keeps_the_others(sandbox: Sandbox, estate: Emulator) -> None:
    before = entitlements(estate)
    run = play(sandbox, "grant", **{**EMPTY, "entitlement": "Alone"}, subscribers=f"{ANY},\n{CORP}").ok()
    assert writes(estate) == ["UpdateFlowEntitlement"]
    after = entitlements(estate)
    assert after["Alone"] == {**before["Alone"], "Subscribers": sorted([ANY, CORP, OTHER])}
    assert after["Shared"] == before["Shared"]
    # only those that were named are told what to hand over
    shown = run.output.partition("What each subscriber needs")[2]
    assert ANY in shown
    assert CORP in shown
    assert OTHER not in shown


def test_grant_with_everything_lets_the_role_read_one_secret_more_for_one_flow_more(
    sandbox: Sandbox, estate: Emulator
) -> None:
    tennis_role(sandbox)
    assert policies(estate) == (["TennisFinal"], ["tennis-key"])
    writes(estate)
    answers = {
        "region": "us-west-2",
        "subscribers": ANY,
        "entitlement": "AnyCompany_Entitlement",
        "description": "For AnyCompany",
        "fee_percent": "15",
        "status": "DISABLED",
        "algorithm": "aes256",
        "secret": "baseball-key",
        "role": "MediaConnect-ASM",
        "force_in_use": "",
    }
    predicted = play(sandbox, "grant", "--check", **answers).ok()
    assert predicted.changed == 1
    assert writes(estate) == []

    assert play(sandbox, "grant", **answers).ok().changed == 1
    assert writes(estate) == ["CreatePolicyVersion", "UpdateAssumeRolePolicy", "GrantFlowEntitlements"]
    assert policies(estate) == (["BaseballGame", "TennisFinal"], ["baseball-key", "tennis-key"])
    granted = entitlements(estate)["AnyCompany_Entitlement"]
    assert granted["Description"] == "For AnyCompany"
    assert granted["DataTransferSubscriberFeePercent"] == 15
    assert granted["EntitlementStatus"] == "DISABLED"
    encryption = granted["Encryption"]
    assert encryption["Algorithm"] == "aes256"
    readable = estate.could_read(
        encryption["RoleArn"], encryption["SecretArn"], flow_arn(estate, "BaseballGame"), "aes256"
    )
    assert readable["allowed"], readable

    assert play(sandbox, "grant", **answers).ok().changed == 0
    assert writes(estate) == []


def test_a_grant_that_is_refused_leaves_the_role_alone(sandbox: Sandbox, estate: Emulator) -> None:
    tennis_role(sandbox)
    writes(estate)
    run = play(
        sandbox,
        "grant",
        entitlement="Alone",
        fee_percent="15",
        secret="baseball-key",
        role="MediaConnect-ASM",
        algorithm="aes256",
    ).failed()
    assert "cannot be changed in place" in run.message
    assert writes(estate) == []


@pytest.mark.parametrize(
    ("name", "answers", "told"),
    [
        (
            "grant",
            {
                "flow": "",
                "subscribers": f"4444-5555-6666 {ANY}",
                "secret": "baseball-key",
                "status": "on",
                "fee_percent": "1.5",
                "force_in_use": "maybe",
            },
            [
                "mediaconnect_flow is empty; set it.",
                "mediaconnect_fee_percent is 1.5; give a whole number.",
                "mediaconnect_status is on; choose ENABLED, DISABLED, unchanged.",
                "mediaconnect_force_in_use is maybe; give true or false.",
                "mediaconnect_subscribers has 4444-5555-6666; account ids have 12 digits",
                "one subscriber only and mediaconnect_subscribers has 2.",
                "To encrypt, set mediaconnect_secret, mediaconnect_role and mediaconnect_algorithm",
            ],
        ),
        ("grant", {"subscribers": ANY, "algorithm": "aes256"}, ["To encrypt, set mediaconnect_secret"]),
        ("revoke", {"subscribers": ""}, ["from one subscriber only and mediaconnect_subscribers has none."]),
        (
            "revoke",
            {"entitlement": "Share", "subscribers": ANY},
            [
                "There is no entitlement Share of flow BaseballGame; Shared is probably meant.",
                f"Account {ANY} still receives flow BaseballGame, by the entitlement Shared.",
                "set mediaconnect_missing_ok: true",
            ],
        ),
        ("revoke", {"entitlement": "E", "flow": "Baseball-Game"}, ["There is no flow Baseball-Game; BaseballGame is"]),
        (
            "revoke",
            {"entitlement": "Shared", "subscribers": ", "},
            ["mediaconnect_subscribers is not empty, but has no"],
        ),
        (
            "grant",
            {"subscribers": ANY, "fee": "15"},
            ["The variable mediaconnect_fee does not exist; mediaconnect_fee_p"],
        ),
        ("grant", {"subscribers": ANY, "hosts": "sports"}, ["mediaconnect_hosts is sports, and that matches no host"]),
    ],
)
def test_a_wrong_answer_is_told_in_a_sentence(
    sandbox: Sandbox, estate: Emulator, name: str, answers: dict[str, str], told: list[str]
) -> None:
    message = play(sandbox, name, **answers).failed().message
    for sentence in told:
        assert sentence in message
    assert writes(estate) == []


@pytest.mark.slow
def test_revoke_takes_an_entitlement_from_the_named_subscribers_only(sandbox: Sandbox, estate: Emulator) -> None:
    before = entitlements(estate)
    answers = {"entitlement": "Shared", "subscribers": ANY, "region": "", "force_in_use": "false"}
    assert play(sandbox, "revoke", "--check", **answers).ok().changed == 1
    assert writes(estate) == []

    run = play(sandbox, "revoke", **answers).ok()
    assert writes(estate) == ["UpdateFlowEntitlement"]
    assert entitlements(estate) == {**before, "Shared": {**before["Shared"], "Subscribers": [CORP]}}
    assert f"taken from {ANY}" in run.output

    again = play(sandbox, "revoke", **answers).ok()
    assert again.changed == 0
    assert f"nothing. {ANY} did not have" in again.output
    assert writes(estate) == []

    last = play(sandbox, "revoke", **{**answers, "subscribers": CORP}).ok()
    assert writes(estate) == ["RevokeFlowEntitlement"]
    assert "nobody, it is revoked" in last.output
    assert entitlements(estate) == {"Alone": before["Alone"]}


@pytest.mark.slow
def test_revoke_without_subscribers_revokes_the_named_entitlement(sandbox: Sandbox, estate: Emulator) -> None:
    before = entitlements(estate)
    answers = {"entitlement": "Shared", "subscribers": ""}
    run = play(sandbox, "revoke", **answers).ok()
    assert writes(estate) == ["RevokeFlowEntitlement"]
    assert entitlements(estate) == {"Alone": before["Alone"]}
    assert f"taken from {CORP}, {ANY}" in run.output
    again = play(sandbox, "revoke", **answers).ok()
    assert again.changed == 0
    assert "There is no entitlement Shared" in again.output


def test_a_running_stream_is_stopped_only_with_force(sandbox: Sandbox, estate: Emulator) -> None:
    arn = entitlements(estate)["Shared"]["EntitlementArn"]
    subscriber = estate.client("mediaconnect", account=ANY)
    subscriber.create_flow(Name="received", Source={"Name": "in", "EntitlementArn": arn})
    writes(estate)
    refused = play(sandbox, "revoke", entitlement="Shared", subscribers=ANY).failed()
    assert "is in use" in refused.message
    assert writes(estate) == []
    play(sandbox, "revoke", entitlement="Shared", subscribers=ANY, force_in_use="true").ok()
    assert subscribers(estate)["Shared"] == [CORP]


def test_another_account_through_a_role(sandbox: Sandbox, estate: Emulator) -> None:
    """The credentials are of one account, the flow is of another."""
    hosts = {"all": {"hosts": {"baseball": {"mediaconnect_assume_role_arn": f"arn:aws:iam::{OWN}:role/operator"}}}}
    run = play(
        sandbox,
        "grant",
        "-i",
        str(sandbox.write("inventory.yml", hosts)),
        "-e",
        "mediaconnect_hosts=all",
        subscribers=OTHER,
    )
    run.ok()
    assert run.stats["baseball"]["changed"] == 1
    assert f"subscriber-{OTHER}" in entitlements(estate)
