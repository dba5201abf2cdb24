# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Could MediaConnect read this key through the role that was made? The emulator judges trust, policy, key and KMS for real."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Sandbox

OWNER, OTHER = "111122223333", "444455556666"
KEY = "0123456789abcdef" * 2
TASKS = """
- ansible.builtin.include_role: {name: mediaops.mediaconnect.static_key_encryption}
  vars:
    static_key_encryption_role_name: MediaConnect-ASM
    static_key_encryption_flows: [BaseballGame]
    static_key_encryption_secrets:
      - {name: game, algorithm: aes128, generate: true}
      - {name: final, algorithm: aes256, generate: true}
      - {name: encrypted, algorithm: aes128, generate: true, kms_key_id: alias/video}
- ansible.builtin.debug: {var: static_key_encryption_result}
"""
SOURCE = {"Name": "source", "Protocol": "rtp", "IngestPort": 5000, "WhitelistCidr": "203.0.113.0/24"}


def flow(emulator: Emulator, name: str, account: str = OWNER, region: str = "us-west-2") -> str:
    client = emulator.client("mediaconnect", account, region)
    return client.create_flow(Name=name, Source=SOURCE)["Flow"]["FlowArn"]


def secret(emulator: Emulator, name: str, account: str = OWNER, region: str = "us-west-2", **more: Any) -> str:
    client = emulator.client("secretsmanager", account, region)
    return client.create_secret(Name=name, SecretString=KEY, **more)["ARN"]


@pytest.mark.slow
def test_only_the_declared_secrets_for_the_declared_flow(sandbox: Sandbox, emulator: Emulator) -> None:
    kms = emulator.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/video", TargetKeyId=key)
    (listed,) = emulator.client("mediaconnect").list_flows()["Flows"]
    ours = listed["FlowArn"]
    made = sandbox.tasks(TASKS).ok().result("ansible.builtin.debug")["static_key_encryption_result"]
    role = made["role_arn"]
    arns = {name: copies["us-west-2"]["arn"] for name, copies in made["secrets"].items()}

    def reading(secret_arn: str, flow_arn: str = ours, algorithm: str | None = None) -> tuple[bool, str]:
        answer = emulator.could_read(role, secret_arn, flow_arn, algorithm)
        return answer["allowed"], answer["reason"]

    # yes: the declared secrets, with the declared algorithms
    for name, algorithm in (("game", "aes128"), ("final", "aes256"), ("encrypted", "aes128")):
        assert reading(arns[name], algorithm=algorithm)[0], reading(arns[name], algorithm=algorithm)

    # no: another secret, also one whose name begins alike; another Region's, another account's
    for arn in (
        secret(emulator, "another"),
        secret(emulator, "game-2"),
        secret(emulator, "game", region="eu-west-1"),
        secret(emulator, "game", account=OTHER),
    ):
        assert not reading(arn)[0], arn
    # no: another flow of the account, one whose name begins alike, another account's flow of the same name
    for other in (
        flow(emulator, "TennisFinal"),
        flow(emulator, "BaseballGame2"),
        flow(emulator, "BaseballGame", account=OTHER),
    ):
        allowed, reason = reading(arns["game"], other)
        assert not allowed
        assert "does not trust" in reason
    # no: another algorithm than the key is for
    assert not reading(arns["game"], algorithm="aes256")[0]
    # no: a secret with another customer managed key, although its ARN is in the policy
    emulator.client("secretsmanager").update_secret(SecretId="game", KmsKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    allowed, reason = reading(arns["game"])
    assert not allowed
    assert "kms:Decrypt" in reason
    # no: a secret that is scheduled for deletion
    emulator.client("secretsmanager").delete_secret(SecretId="final")
    assert not reading(arns["final"])[0]

    # no: another service. The trust policy names MediaConnect alone, and asks for this account and this flow.
    document = emulator.client("iam").get_role(RoleName="MediaConnect-ASM")["Role"]["AssumeRolePolicyDocument"]
    (statement,) = document["Statement"]
    assert statement["Principal"] == {"Service": "mediaconnect.amazonaws.com"}
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": OWNER},
        "ArnLike": {"aws:SourceArn": f"arn:aws:mediaconnect:us-west-2:{OWNER}:flow:*:BaseballGame"},
    }
    changed = json.loads(json.dumps(document).replace("mediaconnect.amazonaws.com", "lambda.amazonaws.com"))
    emulator.client("iam").update_assume_role_policy(RoleName="MediaConnect-ASM", PolicyDocument=json.dumps(changed))
    assert not reading(arns["encrypted"])[0], "the emulator does look at the principal"
    # and the role mends that
    assert sandbox.tasks(TASKS.replace("alias/video", key)).ok().changed >= 1
    assert reading(arns["encrypted"])[0]
