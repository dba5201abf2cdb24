# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""key_secrets in real playbooks against the emulator; versions, tags and calls are read back by boto3 and the call log."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import ROOT, Run, Sandbox

FLOW_ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
A, B = "0123456789abcdef" * 2, "fedcba9876543210" * 2


class Aws:
    """Secrets Manager of one Region, read and changed by somebody else."""

    def __init__(self, emulator: Emulator, region: str = "us-west-2"):
        self.client = emulator.client("secretsmanager", region=region)

    def value(self, name: str, stage: str = "AWSCURRENT") -> str:
        return self.client.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"]

    def stages(self, name: str) -> dict[str, list[str]]:
        """Version ids with their stages, and those that have none left."""
        versions = self.client.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"]
        return {version["VersionId"]: version.get("VersionStages", []) for version in versions}

    def describe(self, name: str) -> dict[str, Any]:
        return self.client.describe_secret(SecretId=name)

    def tags(self, name: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.describe(name).get("Tags", [])}


@pytest.fixture
def aws(emulator: Emulator) -> Aws:
    return Aws(emulator)


def steps(sandbox: Sandbox, *tasks: dict[str, Any], ignore_errors: bool = False) -> list[dict[str, Any]]:
    """Run key_secrets once for each of these, in one playbook; their results."""
    listed = [{"mediaops.mediaconnect.key_secrets": task, "ignore_errors": ignore_errors} for task in tasks]
    return [task["result"] for task in sandbox.tasks(listed, "--diff", "-vvv").ok().tasks]


def one(name: str = "game", **options: Any) -> dict[str, Any]:
    return {"secrets": [{"name": name, "algorithm": "aes128", **options}]}


def operations(emulator: Emulator, **which: Any) -> list[str]:
    """What was called since, less the question who is asking."""
    return [call["operation"] for call in emulator.calls(**which) if call["service"] != "sts"]


@pytest.mark.slow
def test_values_and_versions(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    """Create, nothing, other digits' case, refused, A to B to A: read back by version ids."""
    created, again, upper, refused = steps(
        sandbox, one(value=A), one(value=A), one(value=A.upper() + "\n"), one(value=B), ignore_errors=True
    )
    assert operations(emulator) == ["DescribeSecret", "CreateSecret"] + ["DescribeSecret", "GetSecretValue"] * 3
    assert [task["changed"] for task in (created, again, upper, refused)] == [True, False, False, False]
    (first,) = aws.stages("game")
    assert created["secrets"][0]["version_id"] == first
    assert again["secrets"][0]["version_id"] == first
    assert "holds another key than the declared key (fingerprint" in refused["msg"]
    assert created["secrets"][0]["key_fingerprint"] in refused["msg"]

    emulator.clear_calls()
    to_b, to_a, same = steps(sandbox, *(one(value=value, replace_value=True) for value in (B, A, A)))
    assert [task["changed"] for task in (to_b, to_a, same)] == [True, True, False]
    assert aws.value("game") == A
    assert aws.value("game", "AWSPREVIOUS") == B
    third = to_a["secrets"][0]["version_id"]
    assert aws.stages("game")[third] == ["AWSCURRENT"]
    assert aws.stages("game")[to_b["secrets"][0]["version_id"]] == ["AWSPREVIOUS"]
    assert third != first
    assert operations(emulator, writes_only=True) == ["PutSecretValue", "PutSecretValue"]
    (diff,) = to_b["diff"]
    assert diff["before"]["key_fingerprint"] != diff["after"]["key_fingerprint"]
    assert "value" not in diff["after"]


@pytest.mark.slow
def test_metadata(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    """Description, tags and the resource policy: what is left out is left alone, what is empty empties."""
    steps(sandbox, {**one(value=A, description="first", tags={"a": "1"}), "tags": {"team": "sports"}})
    statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "secretsmanager:DeleteSecret", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client.put_resource_policy(SecretId="game", ResourcePolicy=policy)
    assert aws.tags("game") == {"team": "sports", "a": "1"}
    versions = aws.stages("game")
    emulator.clear_calls()

    omitted, same = steps(sandbox, one(), one(value=A, description="first", tags={"team": "sports", "a": "1"}))
    assert not omitted["changed"]
    assert not same["changed"]
    assert operations(emulator) == ["DescribeSecret", "DescribeSecret", "GetSecretValue"]
    emulator.clear_calls()

    added, purged, emptied = steps(
        sandbox,
        {**one(tags={"b": "2"}), "purge_tags": False},
        one(tags={"b": "3"}, description="second"),
        one(tags={}, description=""),
    )
    assert [task["secrets"][0]["tags"] for task in (added, purged, emptied)] == [
        {"team": "sports", "a": "1", "b": "2"},
        {"b": "3"},
        {},
    ]
    assert [task["secrets"][0]["description"] for task in (added, purged, emptied)] == ["first", "second", ""]
    assert aws.tags("game") == {}
    assert not aws.describe("game").get("Description")
    assert operations(emulator, writes_only=True) == [
        "TagResource",
        "UpdateSecret",
        "UntagResource",
        "TagResource",
        "UpdateSecret",
        "UntagResource",
    ]
    assert aws.stages("game") == versions
    assert aws.client.get_resource_policy(SecretId="game")["ResourcePolicy"] == policy


@pytest.mark.slow
def test_kms_keys_are_compared_by_meaning(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    kms = emulator.client("kms")
    video, other = (kms.create_key()["KeyMetadata"] for dummy in "12")
    kms.create_alias(AliasName="alias/video", TargetKeyId=video["KeyId"])
    spellings = ["alias/video", video["Arn"], video["KeyId"], video["Arn"].split("key/")[0] + "alias/video"]
    *same, moved, back, unknown = steps(
        sandbox,
        *(one(value=A, kms_key_id=spelling) for spelling in spellings),
        one(value=A),
        one(value=A, kms_key_id=other["KeyId"]),
        one(value=A, kms_key_id=""),
        one(value=A, kms_key_id="alias/nothing"),
        ignore_errors=True,
    )
    assert [task["changed"] for task in same] == [True, False, False, False, False]
    assert moved["secrets"][0]["kms_key_id"] == other["KeyId"]
    assert back["secrets"][0]["kms_key_id"] is None
    assert moved["changed"]
    assert back["changed"]
    assert "There is no KMS key alias/nothing in us-west-2" in unknown["msg"]
    assert len(aws.stages("game")) == 1
    assert operations(emulator, service="secretsmanager", writes_only=True) == [
        "CreateSecret",
        "UpdateSecret",
        "UpdateSecret",
    ]


def test_generated_keys_and_two_regions(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    away = Aws(emulator, "eu-west-1")
    both = {"generate": True, "additional_regions": ["eu-west-1"]}
    made, again = steps(sandbox, one(**both), one(**both))
    key = aws.value("game")
    assert away.value("game") == key
    assert len(bytes.fromhex(key)) == 16
    assert [secret["region"] for secret in made["secrets"]] == ["us-west-2", "eu-west-1"]
    assert not again["changed"]
    assert {secret["key_fingerprint"] for secret in made["secrets"] + again["secrets"]} == {
        made["secrets"][0]["key_fingerprint"]
    }

    # Somebody changes one copy: nothing is touched, until the home Region's is said to be the right one.
    away.client.put_secret_value(SecretId="game", SecretString=B)
    emulator.clear_calls()
    refused, mended, third = steps(
        sandbox,
        one(**both),
        one(**both, replace_value=True),
        one(generate=True, additional_regions=["eu-west-1", "eu-central-1"]),
        ignore_errors=True,
    )
    assert (
        "The secret game in eu-west-1 holds another key than the key of its other Region (fingerprint" in refused["msg"]
    )
    assert mended["changed"]
    assert [secret["action"] for secret in third["secrets"]] == ["unchanged", "unchanged", "created"]
    assert away.value("game") == key
    assert Aws(emulator, "eu-central-1").value("game") == key
    assert operations(emulator, writes_only=True) == ["PutSecretValue", "CreateSecret"]
    assert len(aws.stages("game")) == 1


def test_the_other_party_computes_the_same_fingerprint(sandbox: Sandbox, tmp_path: Path) -> None:
    """By the command in the guide, from a file that the AWS CLI has written."""
    guide = (ROOT / "docs" / "guides" / "static-key.md").read_text()
    (command,) = re.findall(r"```shell\n(python3 .*?)```", guide, re.DOTALL)
    (tmp_path / "tennis-final.key").write_text(f"{A.upper()}\n")
    told = subprocess.run(["bash", "-c", command], cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True).stdout
    (made,) = steps(sandbox, one(value=A))
    assert made["secrets"][0]["key_fingerprint"] == told.strip()


@pytest.mark.slow
def test_many_secrets_are_read_in_batches(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    for number in range(25):
        aws.client.create_secret(Name=f"game-{number:06}", SecretString=A)
    task = {"secrets": [{"name": f"game-{number:06}", "algorithm": "aes128", "value": A} for number in range(25)]}
    emulator.clear_calls()
    (result,) = steps(sandbox, task)
    assert not result["changed"]
    assert [secret["name"] for secret in result["secrets"]] == [secret["name"] for secret in task["secrets"]]
    assert sorted(operations(emulator)) == ["BatchGetSecretValue"] * 2 + ["DescribeSecret"] * 25

    emulator.fault("BatchGetSecretValue", "AccessDeniedException", times=1, service="secretsmanager")
    emulator.clear_calls()
    (result,) = steps(sandbox, {"secrets": task["secrets"][:2]})
    assert not result["changed"]
    assert operations(emulator)[2:] == ["BatchGetSecretValue", "GetSecretValue", "GetSecretValue"]


@pytest.mark.slow
def test_scheduled_deletion(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    """Deleted, deleted again, restored, converged; and for good, also while the deletion is scheduled."""
    aws.client.create_secret(Name="game", SecretString=A)
    absent = one(state="absent", recovery_window_in_days=7)
    deleted, again = steps(sandbox, absent, absent)
    assert [task["secrets"][0]["action"] for task in (deleted, again)] == ["deleted", "unchanged"]
    assert "DeletedDate" in aws.describe("game")

    emulator.clear_calls()
    restored, refused, converged = steps(
        sandbox,
        one(value=A, tags={"a": "1"}),
        one(value=B),
        one(value=B, replace_value=True),
        ignore_errors=True,
    )
    assert restored["secrets"][0]["action"] == "restored"
    assert restored["diff"][0]["before"]["deletion_scheduled"] is True
    assert "holds another key" in refused["msg"]
    assert converged["secrets"][0]["action"] == "updated"
    assert operations(emulator, writes_only=True) == ["RestoreSecret", "TagResource", "PutSecretValue"]

    steps(sandbox, absent)
    changed, refused = steps(sandbox, one(value=B, replace_value=True), one(value=A), ignore_errors=True)
    assert changed["secrets"][0]["action"] == "restored"
    assert "holds another key" in refused["msg"]

    (for_good, nothing) = steps(sandbox, *[one(state="absent", force_delete_without_recovery=True)] * 2)
    assert for_good["secrets"][0]["action"] == "deleted"
    assert not nothing["changed"]
    with pytest.raises(aws.client.exceptions.ResourceNotFoundException):
        aws.describe("game")


def test_a_restored_secret_with_another_key_is_told_and_not_overwritten(sandbox: Sandbox, aws: Aws) -> None:
    aws.client.create_secret(Name="game", SecretString=A)
    aws.client.delete_secret(SecretId="game")
    run = sandbox.module("key_secrets", **one(value=B, description="new")).failed()
    assert "Done before or beside that: restore the secret game in us-west-2." in run.message
    assert "Not done: change description" in run.message
    assert aws.value("game") == A


def test_in_use(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    """By its full ARN, by a partial one, or nobody can tell: each time nothing is deleted before force_in_use."""
    arns = [aws.client.create_secret(Name=name, SecretString=A)["ARN"] for name in ("full", "partial")]
    mediaconnect = emulator.client("mediaconnect")
    reads = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    role = {"name": "MediaConnect-ASM", "policies": {"read": {"Version": "2012-10-17", "Statement": [reads]}}}
    (role_arn,) = emulator.seed({"accounts": {"111122223333": {"roles": [role]}}})["roles"]
    for name, arn in (("Full", arns[0]), ("Partial", arns[1][:-7])):
        encryption = {"Algorithm": "aes128", "RoleArn": role_arn, "SecretArn": arn, "KeyType": "static-key"}
        grant = {"Name": name, "Subscribers": ["444455556666"], "Encryption": encryption}
        mediaconnect.grant_flow_entitlements(FlowArn=FLOW_ARN, Entitlements=[grant])
    both = {"secrets": [{"name": "full"}, {"name": "partial"}], "state": "absent"}
    emulator.clear_calls()
    emulator.fault("ListFlows", "ForbiddenException", times=1)
    denied, refused = steps(sandbox, both, both, ignore_errors=True)
    assert "Whether a flow still uses the secret full in us-west-2 cannot be told." in denied["msg"]
    assert "(the caller needs mediaconnect:ListFlows)" in denied["msg"]
    assert "set force_in_use: true" in denied["msg"]
    assert "secret full in us-west-2 is used by entitlement Full of flow BaseballGame" in refused["msg"]
    assert "secret partial in us-west-2 is used by entitlement Partial of flow BaseballGame" in refused["msg"]
    assert operations(emulator, writes_only=True) == []
    (forced,) = steps(sandbox, {**both, "force_in_use": True})
    assert [secret["action"] for secret in forced["secrets"]] == ["deleted", "deleted"]


def test_check_mode_tells_what_will_be(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    aws.client.create_secret(Name="old", SecretString=A, Description="old")
    task = {
        "secrets": [
            {"name": "new", "algorithm": "aes256", "generate": True, "tags": {"a": "1"}},
            {"name": "old", "algorithm": "aes128", "value": B, "replace_value": True, "description": "new"},
            {"name": "none", "state": "absent"},
        ]
    }
    emulator.clear_calls()
    predicted = sandbox.module("key_secrets", "--check", "--diff", "-vvv", **task).ok().result("key_secrets")
    assert operations(emulator, writes_only=True) == []
    final = sandbox.module("key_secrets", "--diff", "-vvv", **task).ok().result("key_secrets")
    assert predicted["changed"]
    new, none = predicted["secrets"][0], predicted["secrets"][2]
    assert new["arn"] == "arn:aws:secretsmanager:us-west-2:111122223333:secret:new-??????"
    assert none == {"name": "none", "region": "us-west-2", "action": "unchanged"}
    assert [diff["before"] for diff in predicted["diff"]] == [diff["before"] for diff in final["diff"]]
    for told, seen in zip(predicted["secrets"], final["secrets"], strict=True):
        unknown = {"version_id"} | ({"arn", "key_fingerprint"} if told is new else set())
        assert {name for name in seen if seen[name] != told[name]} == unknown & set(told)


def test_all_that_is_wrong_is_told_at_once(sandbox: Sandbox, emulator: Emulator) -> None:
    tasks = """
    - key_secrets:
        secrets:
          - {name: number, algorithm: aes128, value: 01234567012345670123456701234567}
          - {name: short, algorithm: aes256, value: "a"}
          - {name: no hex, algorithm: aes192, value: "zz112233445566778899aabbccddeeff0011223344556677"}
          - {name: both, algorithm: aes128, value: "0123456789abcdef0123456789abcdef", generate: true}
          - {name: twice, algorithm: aes128, generate: true}
          - {name: twice, algorithm: aes128, generate: true}
          - {name: none, value: "0123456789abcdef0123456789abcdef"}
          - {name: empty, algorithm: srt-password, value: ""}
          - {name: shown, algorithm: srt-password, value: ice hockey final, tags: {event: The ice hockey final}}
    """
    run = sandbox.tasks(tasks, "-vvv").failed()
    for sentence in (
        "The value for the secret number is not a text",
        "The value for the secret short has 1 hexadecimal digits, but aes256 needs 64",
        "The value for the secret no hex is not hexadecimal",
        "'no hex' is not a valid name of a secret",
        "The secret both has both value and generate",
        "The secret twice is declared more than once",
        "The secret none has a value but no algorithm",
        "The value for the secret empty is empty",
        "The value for the secret 9 in the list is also a part of what the task returns",
    ):
        assert sentence in run.message
    assert "0123456789abcdef0123456789abcdef" not in run.output
    assert "zz112233445566778899" not in run.output
    assert "ice hockey final" not in run.output
    assert operations(emulator) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ({"SecretString": '{"username": "a", "password": "b"}'}, "holds JSON, so it may belong to something else"),
        ({"SecretBinary": bytes.fromhex(A)}, "holds binary data"),
    ],
)
def test_anothers_secret_is_not_overwritten(
    sandbox: Sandbox, emulator: Emulator, aws: Aws, stored: dict[str, Any], says: str
) -> None:
    aws.client.create_secret(Name="game", **stored)
    run = sandbox.module("key_secrets", **one(value=A, replace_value=True)).failed()
    assert says in run.message
    assert len(aws.stages("game")) == 1


def test_rotation_is_refused(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    aws.client.create_secret(Name="game", SecretString=A)
    aws.client.rotate_secret(SecretId="game", RotationRules={"AutomaticallyAfterDays": 30}, RotateImmediately=False)
    refused, accepted = steps(sandbox, one(value=A), one(value=A, allow_rotation=True), ignore_errors=True)
    assert "has automatic rotation switched on" in refused["msg"]
    assert not accepted["changed"]
    assert "failed" not in accepted


@pytest.mark.slow
def test_srt_passwords(sandbox: Sandbox, aws: Aws) -> None:
    password = {"name": "srt", "algorithm": "srt-password"}
    generated, same = steps(
        sandbox, {"secrets": [{**password, "generate": True}]}, {"secrets": [{**password, "generate": True}]}
    )
    assert 10 <= len(aws.value("srt")) <= 79
    assert generated["secrets"][0]["key_fingerprint"] is None
    assert not same["changed"]
    task = {"secrets": [{**password, "value": "correct horse battery", "replace_value": True}]}
    replaced, same = steps(sandbox, task, task)
    assert [replaced["changed"], same["changed"]] == [True, False]
    assert replaced["secrets"][0]["key_fingerprint"] is None
    assert aws.value("srt") == "correct horse battery"


def three() -> dict[str, Any]:
    return {"secrets": [{"name": name, "algorithm": "aes128", "value": A} for name in ("first", "second", "third")]}


def failed_once(sandbox: Sandbox, **task: Any) -> tuple[Run, Run]:
    return sandbox.module("key_secrets", **task).failed(), sandbox.module("key_secrets", **task).ok()


@pytest.mark.slow
def test_the_second_of_three_fails(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    """The others are made all the same; the message tells what was done and what was not; running again finishes."""
    aws.client.create_secret(Name="second", SecretString=B)
    task = three()
    task["secrets"][1]["replace_value"] = True
    emulator.fault("PutSecretValue", "EncryptionFailure", times=1, service="secretsmanager")
    failed, again = failed_once(sandbox, **task)
    assert "Could not store a new value in the secret" in failed.message
    assert (
        "Done before or beside that: create the secret first in us-west-2; create the secret third in us-west-2."
        in (failed.message)
    )
    assert "Not done: store the key in the secret second in us-west-2." in failed.message
    result = failed.result("key_secrets")
    assert result["changed"]
    assert [secret["action"] for secret in result["secrets"]] == ["created", "failed", "created"]
    finished = again.result("key_secrets")["secrets"]
    assert [secret["action"] for secret in finished] == ["unchanged", "updated", "unchanged"]
    assert aws.value("second") == A


def test_a_lost_answer_is_not_a_second_version(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    """The connection breaks after the effect; the try that follows carries the same token."""
    emulator.fault("CreateSecret", None, after_effect=True, drop_connection=True, service="secretsmanager")
    emulator.fault("PutSecretValue", None, after_effect=True, drop_connection=True, service="secretsmanager")
    created, replaced = steps(sandbox, one(value=A), one(value=B, replace_value=True))
    assert created["secrets"][0]["action"] == "created"
    assert replaced["secrets"][0]["action"] == "updated"
    assert aws.stages("game") == {
        created["secrets"][0]["version_id"]: ["AWSPREVIOUS"],
        replaced["secrets"][0]["version_id"]: ["AWSCURRENT"],
    }


@pytest.mark.slow
def test_a_run_that_died_after_creating_is_taken_up(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    """The error comes after the effect, as if the run had died there: the next one re-reads, and writes nothing."""
    emulator.fault("CreateSecret", "EncryptionFailure", after_effect=True, service="secretsmanager")
    task = one(generate=True)
    failed, again = failed_once(sandbox, **task)
    assert "EncryptionFailure" in failed.message
    assert again.changed == 0
    assert len(aws.stages("game")) == 1


@pytest.mark.slow
def test_the_name_of_a_secret_deleted_for_good_is_waited_for(sandbox: Sandbox, emulator: Emulator, aws: Aws) -> None:
    emulator.fault("CreateSecret", "InvalidRequestException", times=1, service="secretsmanager")
    (created,) = steps(sandbox, one(value=A))
    assert created["secrets"][0]["action"] == "created"
    emulator.clear_faults()
    emulator.fault("CreateSecret", "InvalidRequestException", times=9, service="secretsmanager")
    run = sandbox.module("key_secrets", **one(name="late", value=A), wait_timeout=0).failed()
    assert "Could not create the secret late: InvalidRequestException" in run.message
