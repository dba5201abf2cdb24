# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role from plain variables, against the emulator; what it made is read back by boto3."""

from __future__ import annotations

from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Run, Sandbox

KEY = "00112233445566778899aabbccddeeff" * 2
ACCOUNT = "111122223333"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerForMediaConnect"
FLOW_ARN = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
VARIABLES = {
    "static_key_encryption_region": "us-west-2",
    "static_key_encryption_role_name": "MediaConnect-ASM",
    "static_key_encryption_policy_name": "SecretsManagerForMediaConnect",
    "static_key_encryption_flows": ["BaseballGame"],
    "static_key_encryption_tags": {"team": "sports"},
    "static_key_encryption_secrets": [
        {"name": "game", "algorithm": "aes256", "value": KEY, "tags": {"event": "baseball"}},
        {"name": "spare", "algorithm": "aes128", "generate": True, "additional_regions": ["eu-west-1"]},
    ],
}
# What AWX surveys leave for questions without an answer.
UNANSWERED = dict.fromkeys(
    (
        "static_key_encryption_role_description",
        "static_key_encryption_permissions_boundary",
        "static_key_encryption_kms_keys",
        "static_key_encryption_speke_apis",
        "static_key_encryption_additional_regions",
    ),
    "",
)


def converge(sandbox: Sandbox, *arguments: str, **variables: Any) -> Run:
    """Run the role and show its result."""
    given = {"static_key_encryption_" + name: value for name, value in variables.items()}
    return sandbox.tasks(
        [
            {
                "ansible.builtin.include_role": {"name": "mediaops.mediaconnect.static_key_encryption"},
                "vars": {**VARIABLES, **given},
            },
            {"ansible.builtin.debug": {"var": "static_key_encryption_result"}},
        ],
        *arguments,
    )


def fact(run: Run) -> dict[str, Any]:
    return run.result("ansible.builtin.debug")["static_key_encryption_result"]


def secret(emulator: Emulator, name: str, region: str = "us-west-2") -> dict[str, Any] | None:
    client = emulator.client("secretsmanager", ACCOUNT, region)
    found = client.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    return next((client.describe_secret(SecretId=entry["ARN"]) for entry in found if entry["Name"] == name), None)


@pytest.mark.slow
def test_the_whole_life(sandbox: Sandbox, emulator: Emulator) -> None:
    iam = emulator.client("iam")

    # Check mode on the first run: nothing is there, nothing is made, and the ARNs are told as far as they can be.
    check = converge(sandbox, "--check", "--diff").ok()
    assert emulator.calls(writes_only=True) == []
    assert check.changed == 1
    told = fact(check)
    arn = "arn:aws:secretsmanager:{}:111122223333:secret:{}-??????"
    assert told["role_arn"] == ROLE_ARN
    assert told["secrets"]["game"]["us-west-2"]["arn"] == arn.format("us-west-2", "game")
    assert told["secrets"]["spare"]["eu-west-1"] == {
        "arn": arn.format("eu-west-1", "spare"),
        "algorithm": "aes128",
        "key_fingerprint": None,
    }

    # The first run: the secrets, and the role that may read exactly these.
    first = converge(sandbox, "--diff").ok()
    made = fact(first)
    assert first.changed == 1
    assert KEY not in first.output + check.output
    assert (
        made["secrets"]["game"]["us-west-2"]["key_fingerprint"]
        == told["secrets"]["game"]["us-west-2"]["key_fingerprint"]
    )
    game, spare, copy = secret(emulator, "game"), secret(emulator, "spare"), secret(emulator, "spare", "eu-west-1")
    assert made == {
        "role": {**made["role"], "name": "MediaConnect-ASM", "arn": ROLE_ARN, "action": "created"},
        "role_arn": ROLE_ARN,
        "secrets": {
            "game": {
                "us-west-2": {"arn": game["ARN"], "algorithm": "aes256", "key_fingerprint": "4ee5-ab3a-2ce8-b7b2"}
            },
            "spare": {
                "us-west-2": {
                    "arn": spare["ARN"],
                    "algorithm": "aes128",
                    "key_fingerprint": made["secrets"]["spare"]["eu-west-1"]["key_fingerprint"],
                },
                "eu-west-1": made["secrets"]["spare"]["eu-west-1"],
            },
        },
    }
    assert sorted((tag["Key"], tag["Value"]) for tag in game["Tags"]) == [("event", "baseball"), ("team", "sports")]
    version = iam.get_policy(PolicyArn=POLICY_ARN)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=POLICY_ARN, VersionId=version)["PolicyVersion"]["Document"]
    (statement,) = document["Statement"]
    assert sorted(statement["Resource"]) == sorted([game["ARN"], spare["ARN"], copy["ARN"]])
    for name, algorithm in (("game", "aes256"), ("spare", "aes128")):
        answer = emulator.could_read(ROLE_ARN, made["secrets"][name]["us-west-2"]["arn"], FLOW_ARN, algorithm)
        assert answer["allowed"], answer

    # The second run, with a survey's empty answers, changes nothing and calls nothing that writes.
    emulator.clear_calls()
    again = converge(sandbox, **{name.removeprefix("static_key_encryption_"): "" for name in UNANSWERED}).ok()
    assert again.changed == 0
    assert emulator.calls(writes_only=True) == []
    assert fact(again)["secrets"]["game"] == made["secrets"]["game"]

    # A flow uses the secret, though not this role: nothing is taken down, neither secrets nor role.
    flow = emulator.client("mediaconnect")
    encryption = {"Algorithm": "aes256", "RoleArn": ROLE_ARN, "SecretArn": game["ARN"], "KeyType": "static-key"}
    grant = {"Name": "Any", "Subscribers": ["444455556666"], "Encryption": encryption}
    (entitlement,) = flow.grant_flow_entitlements(FlowArn=FLOW_ARN, Entitlements=[grant])["Entitlements"]
    emulator.clear_calls()
    refused = converge(sandbox, state="absent").failed()
    assert "The secret game in us-west-2 is used by entitlement Any of flow BaseballGame" in refused.message
    assert emulator.calls(writes_only=True) == []

    # Nothing uses it any more: role, policy, then secrets; a secret's own state does not count; once more is nothing.
    flow.revoke_flow_entitlement(FlowArn=FLOW_ARN, EntitlementArn=entitlement["EntitlementArn"])
    emulator.clear_calls()
    own_state = [{**item, "state": "present"} for item in VARIABLES["static_key_encryption_secrets"]]
    gone = converge(sandbox, state="absent", secrets=own_state).ok()
    assert gone.changed == 1
    written = [call["operation"] for call in emulator.calls(writes_only=True)]
    assert written == ["DetachRolePolicy", "DeleteRole", "DeletePolicy", "DeleteSecret", "DeleteSecret", "DeleteSecret"]
    assert fact(gone) == {"role": None, "role_arn": None, "secrets": {}}
    assert [name["RoleName"] for name in iam.list_roles()["Roles"]] == []
    assert "DeletedDate" in secret(emulator, "game")
    assert converge(sandbox, state="absent").ok().changed == 0

    # And back again: restored, with the key that they had.
    back = fact(converge(sandbox).ok())
    assert back["secrets"]["spare"] == made["secrets"]["spare"]
    assert secret(emulator, "game")["VersionIdsToStages"] == game["VersionIdsToStages"]


def test_what_the_role_module_refuses_is_refused_before_a_secret_is_made(sandbox: Sandbox, emulator: Emulator) -> None:
    refused = converge(sandbox, role_name="MediaConnectAccessRole").failed()
    assert "MediaConnectAccessRole is reserved" in refused.message
    assert emulator.calls(writes_only=True) == []


@pytest.mark.slow
def test_the_role_may_decrypt_with_the_keys_of_its_secrets(sandbox: Sandbox, emulator: Emulator) -> None:
    kms = emulator.client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/video", TargetKeyId=key["KeyId"])
    secrets = [{"name": "game", "algorithm": "aes256", "value": KEY, "kms_key_id": "alias/video"}]
    made = fact(converge(sandbox, secrets=secrets).ok())
    answer = emulator.could_read(ROLE_ARN, made["secrets"]["game"]["us-west-2"]["arn"], FLOW_ARN, "aes256")
    assert answer["allowed"], answer
    assert converge(sandbox, secrets=[{**secrets[0], "kms_key_id": key["Arn"]}]).ok().changed == 0


def test_secure_logging_hides_what_the_secrets_tasks_say(sandbox: Sandbox) -> None:
    run = converge(sandbox, "-vvv", "--diff", secure_logging=True).ok()
    assert "the output has been hidden" in run.output
    assert "secret game in us-west-2" not in run.output


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["--check", "--diff"])
def test_one_role_for_two_regions_and_then_the_entitlements_of_the_first(sandbox: Sandbox, mode: str) -> None:
    """In check mode the second run does not see what the first would have made."""

    def keys(region: str, flow: str) -> dict[str, Any]:
        secrets = [{"name": f"key-{region}", "algorithm": "aes256", "generate": True}]
        given = {"region": region, "flows": [flow], "secrets": secrets, "role_name": "MediaConnect-ASM"}
        return {
            "ansible.builtin.include_role": {"name": "mediaops.mediaconnect.static_key_encryption"},
            "vars": {"static_key_encryption_" + name: value for name, value in given.items()},
        }

    encryption = {"algorithm": "aes256", "role": "MediaConnect-ASM", "secret": "key-us-west-2"}
    entitlement = {"name": "E", "subscribers": ["444455556666"], "encryption": encryption}
    grants = {
        "ansible.builtin.include_role": {"name": "mediaops.mediaconnect.entitlements"},
        "vars": {
            "entitlements_region": "us-west-2",
            "entitlements_flows": [{"flow": "BaseballGame", "entitlements": [entitlement]}],
        },
    }
    run = sandbox.tasks([keys("us-west-2", "BaseballGame"), keys("eu-west-1", "Tennis"), grants], mode).ok()
    assert run.result("entitlements")["counts"]["granted"] == 1
