# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would fail half-way fails before the first change, and check mode says the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.streaming import (
    ACCOUNT,
    FLOW,
    KEY,
    POLICY_ARN,
    REGION,
    ROLE,
    SHORT_KEY,
    AnyModule,
    Streaming,
    allow,
    document,
    refusal,
    trusting,
)

NEW = {"name": "New", "secrets": ["new"]}
NEW_SECRET = {"name": "new", "algorithm": "aes256", "value": KEY}
SERVED = {"secrets": ["game"], "flows": [FLOW]}


@dataclass
class Row:
    """A task that AWS would refuse in the middle of it, or obey in a way that nobody wants.

    arrange: what is there before, besides the role and the secret game. said: what the refusal says.
    """

    module: str
    options: dict[str, Any]
    said: str
    arrange: Callable[[Streaming], Any] = field(default=lambda streaming: None)


def secret(said: str, arrange: Callable[[Streaming], Any] = lambda streaming: None, **options: Any) -> Row:
    return Row("key_secrets", {"secrets": [{"name": "new", "algorithm": "aes256", **options}]}, said, arrange)


def role(said: str, arrange: Callable[[Streaming], Any] = lambda streaming: None, **options: Any) -> Row:
    return Row("trust_role", {"name": ROLE, **options}, said, arrange)


def distribution(said: str, arrange: Callable[[Streaming], Any] = lambda streaming: None, **options: Any) -> Row:
    """A secret and a role that have to be made, so that something would be done before what fails."""
    made = {"secrets": [NEW_SECRET], "role": NEW}
    return Row("distribution", {**made, **options}, said, arrange)


def unusable_kms_key(streaming: Streaming) -> None:
    key = streaming.kms_key()
    streaming.kms.create_alias(AliasName="alias/off", TargetKeyId=key)
    streaming.kms.disable_key(KeyId=key.rpartition("/")[2])


def dying_kms_key(streaming: Streaming) -> None:
    key = streaming.kms_key()
    streaming.kms.create_alias(AliasName="alias/dying", TargetKeyId=key)
    streaming.kms.schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)


def boundary_under_a_path(streaming: Streaming) -> None:
    text = document(allow("*", "*"))
    streaming.iam.create_policy(PolicyName="Limit", Path="/media/", PolicyDocument=text)


def policy_under_a_path(streaming: Streaming) -> None:
    text = document(allow("*", "*"))
    streaming.iam.create_policy(PolicyName="secretsmanagerformediaconnect-NEW", Path="/x/", PolicyDocument=text)


def many_policies(streaming: Streaming) -> None:
    streaming.without_own_policy()
    for number in range(10):
        streaming.managed(f"P{number}", allow("s3:GetObject", "*"))


def replicated(streaming: Streaming) -> None:
    streaming.secret("many", AddReplicaRegions=[{"Region": "eu-west-1"}])


def ends_like_an_arn(streaming: Streaming) -> None:
    streaming.secret("xyz-secret")


ROWS = {
    "KMS key of a new secret that is not there": secret(
        "There is no KMS key alias/none", value=KEY, kms_key_id="alias/none"
    ),
    "KMS key of a new secret that is disabled": secret(
        "is in the state Disabled", unusable_kms_key, value=KEY, kms_key_id="alias/off"
    ),
    "KMS key of a new secret that is pending deletion": secret(
        "is in the state PendingDeletion", dying_kms_key, value=KEY, kms_key_id="alias/dying"
    ),
    "another KMS key that is disabled": secret(
        "is in the state Disabled", unusable_kms_key, name="game", kms_key_id="alias/off"
    ),
    "a long description": secret("takes 2048", value=KEY, description="d" * 2049),
    "a window of no days": secret("set force_delete_without_recovery: true", state="absent", recovery_window_in_days=0),
    "a key that does not fit, generated": secret(
        "holds no key for aes256", lambda streaming: streaming.secret("new", SHORT_KEY), generate=True
    ),
    "replicas": secret("has replicas in eu-west-1", replicated, name="many", state="absent"),
    "no such boundary": role("there is no policy arn:aws:iam::111122223333:policy/Limit", permissions_boundary="Limit"),
    "a boundary under a path": role(
        "there is arn:aws:iam::111122223333:policy/media/Limit, if that is meant",
        boundary_under_a_path,
        permissions_boundary="Limit",
    ),
    "a tag that IAM does not take": role("has '&' in its value", tags={"owner": "Sports & Live (EMEA)"}),
    "tags that are one for IAM": role("are one for IAM", tags={"Owner": "a", "owner": "b"}),
    "a reserved tag": role("begins with aws:", tags={"aws:x": "y"}),
    "tags that do not fit with those that are there": role(
        "it would have 51 tags, and AWS takes 50",
        lambda streaming: streaming.iam.tag_role(RoleName=ROLE, Tags=[{"Key": "k", "Value": "v"}]),
        tags={f"t{number}": "" for number in range(50)},
        purge_tags=False,
    ),
    "a role in another case": role("exists already, which for IAM is the same name", name=ROLE.lower(), **SERVED),
    "a policy in another case and path": role(
        "exists already, as arn:aws:iam::111122223333:policy/x/secretsmanagerformediaconnect-NEW",
        policy_under_a_path,
        name="New",
        **SERVED,
    ),
    "no room for a policy": role("has 10 managed policies attached, and IAM takes 10", many_policies, **SERVED),
    "a partial ARN": role(
        "is not the whole ARN of a secret",
        ends_like_an_arn,
        secrets=[f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:xyz-secret"],
        force_in_use=True,
    ),
    # the same in a task that would have made something before
    "distribution, boundary": distribution("there is no policy", role={**NEW, "permissions_boundary": "Limit"}),
    "distribution, tag": distribution("has '(' in its value", tags={"owner": "Live (EMEA)"}),
    "distribution, policy": distribution("exists already, as", policy_under_a_path),
    "distribution, a key that does not fit": distribution(
        "holds no key for aes256",
        lambda streaming: streaming.secret("old", SHORT_KEY),
        secrets=[NEW_SECRET, {"name": "old", "algorithm": "aes256"}],
        fingerprints=True,
    ),
    "distribution, replicas": distribution(
        "has replicas in eu-west-1",
        replicated,
        secrets=[NEW_SECRET, {"name": "many", "state": "absent"}],
    ),
    "distribution, no such folder": distribution("is not a directory", handover_dir="/nowhere/at/all"),
}


@pytest.mark.parametrize("case", ROWS)
def test_it_is_refused_before_the_first_change(streaming: Streaming, module: AnyModule, case: str) -> None:
    row = ROWS[case]
    row.arrange(streaming)
    refusal(streaming, module, row.module, row.options, row.said)


def test_purging_makes_room_for_the_role_s_own_policy(streaming: Streaming, module: AnyModule) -> None:
    many_policies(streaming)
    assert module.run("trust_role", name=ROLE, purge_policies=True, **SERVED).changed
    attached = streaming.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [POLICY_ARN]
    assert not module.run("trust_role", name=ROLE, purge_policies=True, **SERVED).changed


def test_an_alias_names_a_key_in_each_region(streaming: Streaming, module: AnyModule, emulator: Emulator) -> None:
    """The role may decrypt with both."""
    keys = []
    for region in (REGION, "eu-west-1"):
        kms = emulator.client("kms", region=region)
        keys.append(kms.create_key()["KeyMetadata"]["Arn"])
        kms.create_alias(AliasName="alias/video", TargetKeyId=keys[-1])
    made = {
        "name": "two",
        "algorithm": "aes256",
        "value": KEY,
        "kms_key_id": "alias/video",
        "additional_regions": ["eu-west-1"],
    }
    options = {"secrets": [made], "role": {"name": "Two", "secrets": ["two"], "kms_keys": ["alias/video"]}}
    done = module.run("distribution", **options)
    (told,) = done.result["roles"]
    assert all(key in str(told["permissions_policy"]) for key in keys)
    assert not module.run("distribution", **options).changed


def test_a_vanished_alias_does_not_keep_a_secret_from_being_deleted(streaming: Streaming, module: AnyModule) -> None:
    streaming.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trusting())
    assert module.run("key_secrets", secrets=[{"name": "game", "state": "absent", "kms_key_id": "alias/none"}]).changed


def test_a_fingerprint_is_to_be_had_where_the_caller_may_read(streaming: Streaming, module: AnyModule) -> None:
    generated = {"name": "made", "algorithm": "aes256", "generate": True}
    first = module.run("key_secrets", secrets=[generated]).result["secrets"][0]
    again = module.run("key_secrets", secrets=[generated])
    assert first["key_fingerprint"]
    assert again.result["secrets"][0]["key_fingerprint"] == first["key_fingerprint"]
    assert not again.changed
    other = {"secrets": [{"name": "made"}]}
    assert module.run("key_secrets", **other).result["secrets"][0]["key_fingerprint"] is None
    told = module.run("key_secrets", fingerprints=True, **other).result["secrets"][0]
    assert told["key_fingerprint"] == first["key_fingerprint"]


def test_after_a_grant_the_fingerprint_is_told(streaming: Streaming, module: AnyModule) -> None:
    encryption = {"algorithm": "aes256", "role": ROLE, "secret": "game"}
    entitlement = {"name": "E", "subscribers": ["444455556666"], "encryption": encryption}
    flows = [{"flow": FLOW, "entitlements": [entitlement]}]
    told = module.run("entitlements", flows=flows, fingerprints=True).result["handover"][0]["entitlements"][0]
    mine = module.run("key_secrets", fingerprints=True, secrets=[{"name": "game"}]).result["secrets"][0]
    assert mine["key_fingerprint"]
    assert told["key_fingerprint"] == mine["key_fingerprint"]
