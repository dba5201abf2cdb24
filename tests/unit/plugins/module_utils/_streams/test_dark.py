# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes dark, by a table: each use by each kind of change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import trust_document
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import KmsKey, Role, Secret
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.dark import Cause, losses
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import Use, World

ACCOUNT, ALICE, BOB = "111122223333", "444455556666", "123456789012"
FLOW_ARN = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:1-id:Game"
ROLE_ARN, OTHER_ROLE = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("R", "Other"))
GAME, SAME, OTHER, SECRET_READ_BY_NOBODY = (
    f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:{name}-AbCdEf" for name in ("game", "same", "other", "nobody")
)
KMS, OTHER_KMS = (f"arn:aws:kms:us-west-2:{ACCOUNT}:key/{number}" for number in "12")
URL = "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/live/speke"
API = f"arn:aws:execute-api:us-west-2:{ACCOUNT}:1abcdefghi/*/POST/*"
STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": GAME}
SPEKE = {"key_type": "speke", "role_arn": ROLE_ARN, "resource_id": "r", "device_id": "d", "url": URL}
NEVER = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}  # nobody can tell whether it is met


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


READ = allow("secretsmanager:GetSecretValue", [GAME, SAME, OTHER])
DECRYPT, INVOKE, NETWORK = allow("kms:Decrypt", KMS), allow("execute-api:Invoke", API), allow("ec2:*")
IAM_DECIDES = document({**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}})


def use(place: str, encryption: Any, **more: Any) -> Use:
    return Use(FLOW_ARN, "Game", place, encryption, **more)


# Each kind of use, and whether it reads a secret.
USES: dict[str, Use] = {
    "entitlement": use("entitlement E", STATIC, watching=(ALICE, BOB)),
    "standing by": use("entitlement E", STATIC, runs=False),
    "disabled": use("entitlement E", STATIC, enabled=False, watching=(ALICE,)),
    "unencrypted": use("entitlement E", None, watching=(ALICE,)),
    "source": use("source S", STATIC),
    "output": use("output O", STATIC),
    "SPEKE": use("entitlement E", SPEKE, watching=(ALICE,)),
    "VPC": use("VPC interface V", {"role_arn": ROLE_ARN}),
}
READING = ("entitlement", "standing by", "disabled", "source", "output")
RUNNING = ("entitlement", "unencrypted", "source", "output", "SPEKE", "VPC")


def world(one: Use) -> World:
    """Everything serves."""
    trust = trust_document(ACCOUNT, True, [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:Game"])
    role = Role(ROLE_ARN, trust_policy=trust, policies={"own": document(READ, DECRYPT, INVOKE, NETWORK)})
    secrets = {arn: Secret(arn, fingerprint="1", misfits={"aes256": "", "aes128": ""}) for arn in (GAME, SAME)}
    secrets[OTHER] = Secret(OTHER, fingerprint="2", misfits={"aes256": "", "aes128": ""})
    secrets[SECRET_READ_BY_NOBODY] = Secret(SECRET_READ_BY_NOBODY, fingerprint="1", misfits={"aes256": ""})
    roles = {ROLE_ARN: role, OTHER_ROLE: replace(role, arn=OTHER_ROLE, policies={})}
    return World({one.key: one}, roles, secrets)


Change = Callable[[World], Any]


def to_use(**fields: Any) -> Change:
    def change(after: World) -> None:
        after.uses = {key: replace(one, **fields) for key, one in after.uses.items()}

    return change


def to_encryption(**members: Any) -> Change:
    def change(after: World) -> None:
        for key, one in after.uses.items():
            encryption = {**(one.encryption or {}), **members}
            after.uses[key] = replace(one, encryption={name: value for name, value in encryption.items() if value})

    return change


def to_role(**fields: Any) -> Change:
    def change(after: World) -> None:
        after.roles[ROLE_ARN] = replace(after.roles[ROLE_ARN], **fields)

    return change


def to_secret(**fields: Any) -> Change:
    def change(after: World) -> None:
        after.secrets[GAME] = replace(after.secrets[GAME], **fields)

    return change


def trust(*flows: str) -> Change:
    arns = [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:{name}" for name in flows]
    return to_role(trust_policy=trust_document(ACCOUNT, True, arns))


def policies(*statements: Any, **fields: Any) -> Change:
    return to_role(policies={"p": document(*statements)}, **fields)


def only_watched_by(*accounts: str) -> Change:
    return to_use(watching=accounts)


EVERYBODY, DARK = tuple(USES), (Cause.UNREADABLE, True)
PERHAPS = (Cause.UNREADABLE, False)
ANOTHER, PERHAPS_ANOTHER = (Cause.KEY, True), (Cause.KEY, False)
KEYED = tuple(name for name in EVERYBODY if name != "unencrypted")
DENY_TRUST = {"Effect": "Deny", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
# Each change, which uses go dark by it, and how. All other uses do not.
CHANGES: dict[str, tuple[Change, dict[str, tuple[Cause, bool]]]] = {
    "nothing": (lambda after: None, {}),
    "gone": (lambda after: after.uses.clear(), dict.fromkeys((*RUNNING, "disabled"), (Cause.GONE, True))),
    "switched off": (
        to_use(enabled=False),
        dict.fromkeys(RUNNING, (Cause.OFF, True)),
    ),
    "one subscriber less": (only_watched_by(ALICE), {"entitlement": (Cause.GONE, True)}),
    "the same key elsewhere": (to_encryption(secret_arn=SAME), dict.fromkeys(("SPEKE", "unencrypted"), ANOTHER)),
    "the same key where the role cannot read it": (
        to_encryption(secret_arn=SECRET_READ_BY_NOBODY),
        {
            **dict.fromkeys(("entitlement", "disabled", "source", "output"), DARK),
            **dict.fromkeys(("SPEKE", "unencrypted"), ANOTHER),
        },
    ),
    "another role that may not read it": (
        to_encryption(role_arn=OTHER_ROLE),
        {
            **dict.fromkeys(("entitlement", "disabled", "source", "output", "SPEKE", "VPC"), DARK),
            "unencrypted": ANOTHER,
        },
    ),
    "trust for other flows": (trust("Tennis"), dict.fromkeys(KEYED, DARK)),
    "trust for more flows": (trust("Game", "Tennis"), {}),
    "trust for every flow": (to_role(trust_policy=trust_document(ACCOUNT, False)), {}),
    "trust for nobody": (to_role(trust_policy=document()), dict.fromkeys(KEYED, DARK)),
    "trust that is denied": (
        to_role(trust_policy=document(*trust_document(ACCOUNT, False)["Statement"], DENY_TRUST)),
        dict.fromkeys(KEYED, DARK),
    ),
    "trust of which nobody knows": (to_role(trust_policy=None), dict.fromkeys(KEYED, PERHAPS)),
    "trust on a condition": (
        to_role(trust_policy=document({**trust_document(ACCOUNT, False)["Statement"][0], "Condition": NEVER})),
        dict.fromkeys(KEYED, PERHAPS),
    ),
    "no policies": (to_role(policies={}), dict.fromkeys(KEYED, DARK)),
    "policies of which nobody knows": (to_role(policies={}, complete=False), dict.fromkeys(KEYED, PERHAPS)),
    "more policies": (policies(READ, DECRYPT, INVOKE, NETWORK, allow("s3:*")), {}),
    "another policy that says so": (policies(allow("*")), {}),
    "secrets less": (policies(DECRYPT, INVOKE, NETWORK), dict.fromkeys(READING, DARK)),
    "APIs less": (policies(READ, DECRYPT, NETWORK), {"SPEKE": DARK}),
    "networks less": (policies(READ, DECRYPT, INVOKE), {"VPC": DARK}),
    "reading on a condition": (
        policies({**READ, "Condition": NEVER}, INVOKE, NETWORK),
        dict.fromkeys(READING, PERHAPS),
    ),
    "reading denied": (policies(allow("*"), {**READ, "Effect": "Deny"}), dict.fromkeys(READING, DARK)),
    "reading perhaps denied": (
        policies(allow("*"), {**READ, "Effect": "Deny", "Condition": NEVER}),
        dict.fromkeys(READING, PERHAPS),
    ),
    "a boundary that forbids": (to_role(boundary=document(allow("s3:*"))), dict.fromkeys(KEYED, DARK)),
    "a boundary that allows": (to_role(boundary=document(allow("*"))), {}),
    "a boundary of which nobody knows": (to_role(boundary=None), dict.fromkeys(KEYED, PERHAPS)),
    "the role deleted": (to_role(exists=False), dict.fromkeys(KEYED, DARK)),
    "the secret deleted": (to_secret(exists=False), dict.fromkeys(READING, DARK)),
    "the secret scheduled for deletion": (to_secret(deletion_scheduled=True), dict.fromkeys(READING, DARK)),
    "another value": (
        to_secret(fingerprint="3"),
        dict.fromkeys(("entitlement", "source", "output"), ANOTHER),
    ),
    "a value that is no key": (
        to_secret(misfits={"aes256": "holds JSON"}),
        dict.fromkeys(READING, DARK),
    ),
    "a KMS key that the role may use": (to_secret(kms_key=KmsKey(KMS, policy=IAM_DECIDES)), {}),
    "a KMS key that it may not use": (
        to_secret(kms_key=KmsKey(OTHER_KMS, policy=IAM_DECIDES)),
        dict.fromkeys(READING, DARK),
    ),
    "a KMS key whose policy nobody knows": (to_secret(kms_key=KmsKey(KMS)), dict.fromkeys(READING, PERHAPS)),
    "a KMS key that is disabled": (
        to_secret(kms_key=KmsKey(KMS, state="Disabled", policy=IAM_DECIDES)),
        dict.fromkeys(READING, DARK),
    ),
    "a resource policy that denies": (
        to_secret(resource_policy=document({**READ, "Effect": "Deny", "Principal": "*"})),
        dict.fromkeys(READING, DARK),
    ),
    "a resource policy that allows": (
        to_secret(resource_policy=document({**READ, "Principal": "*"})),
        {},
    ),
    "another algorithm": (
        to_encryption(algorithm="aes128"),
        dict.fromkeys(("entitlement", "source", "output", "SPEKE", "unencrypted"), ANOTHER),
    ),
    "a vector": (
        to_encryption(constant_initialization_vector="0" * 32),
        dict.fromkeys(("entitlement", "source", "output", "SPEKE", "unencrypted"), ANOTHER),
    ),
    "another key": (
        to_encryption(secret_arn=OTHER),
        dict.fromkeys(("entitlement", "source", "output", "SPEKE", "unencrypted"), ANOTHER),
    ),
}
# Interfaces in a VPC have no key, and no uses but these are ever changed in these ways.
SKIPPED = {
    (change, "VPC")
    for change in CHANGES
    if change in ("the same key elsewhere", "another algorithm", "a vector", "another key")
    or change == "the same key where the role cannot read it"
}
ROWS = [(kind, change) for kind in USES for change in CHANGES if (change, kind) not in SKIPPED]


def found(before: World, after: World) -> set[tuple[Cause, bool]]:
    return {(loss.cause, loss.certain) for loss in losses(before, after)}


@pytest.mark.parametrize(("kind", "change"), ROWS)
def test_each_use_by_each_change(kind: str, change: str) -> None:
    do, dark = CHANGES[change]
    before, after = world(USES[kind]), world(USES[kind])
    do(after)
    expected = {dark[kind]} if kind in dark else set()
    assert expected <= found(before, after)
    # Nothing else is said, but that what has another key may also not be readable.
    assert {cause for cause, dummy in found(before, after) - expected} <= ({Cause.UNREADABLE} if expected else set())


# What could not be served before.
UNSERVED: dict[str, Change] = {
    "trust": trust("Tennis"),
    "policies": to_role(policies={}),
    "a boundary": to_role(boundary=document()),
    "the role": to_role(exists=False),
    "the secret": to_secret(exists=False),
    "the secret for now": to_secret(deletion_scheduled=True),
    "a key": to_secret(misfits={"aes256": "holds JSON"}),
    "the KMS key": to_secret(kms_key=KmsKey(OTHER_KMS, policy=IAM_DECIDES)),
}


@pytest.mark.parametrize(
    "change", [name for name in CHANGES if name not in ("gone", "switched off", "one subscriber less")]
)
@pytest.mark.parametrize("lacks", UNSERVED)
def test_what_could_not_be_served_before_cannot_go_dark(lacks: str, change: str) -> None:
    before, after = world(USES["entitlement"]), world(USES["entitlement"])
    UNSERVED[lacks](before)
    UNSERVED[lacks](after)
    CHANGES[change][0](after)
    assert found(before, after) == set()


@pytest.mark.parametrize(
    "doubt", [policies({**READ, "Condition": NEVER}), to_role(complete=False, policies={}), to_role(trust_policy=None)]
)
def test_what_cannot_be_told_before_or_after_is_no_loss_while_it_rests_on_the_same(doubt: Change) -> None:
    before, after = world(USES["entitlement"]), world(USES["entitlement"])
    doubt(before)
    doubt(after)
    assert found(before, after) == set()
    to_role(policies={**after.roles[ROLE_ARN].policies, "more": document(allow("s3:*"))})(after)
    assert found(before, after) == set()
    to_role(exists=False)(after)
    assert found(before, after) == {DARK}


@pytest.mark.parametrize(
    ("fingerprints", "cause"), [(("1", None), PERHAPS_ANOTHER), ((None, "1"), PERHAPS_ANOTHER), (("1", "1"), None)]
)
def test_a_key_is_the_same_where_both_fingerprints_are_known(fingerprints: Any, cause: Any) -> None:
    before, after = world(USES["entitlement"]), world(USES["entitlement"])
    for each in (before, after):
        each.secrets[GAME] = replace(each.secrets[GAME], fingerprint=fingerprints[0])
        each.secrets[SAME] = replace(each.secrets[SAME], fingerprint=fingerprints[1], misfits=None)
    to_encryption(secret_arn=SAME)(after)
    assert (cause in found(before, after)) is (cause is not None)


def test_who_loses_the_picture_is_told() -> None:
    before, after = world(USES["entitlement"]), world(USES["entitlement"])
    only_watched_by(BOB)(after)
    (loss,) = losses(before, after)
    assert (loss.cause, loss.accounts) == (Cause.GONE, (ALICE,))
    (loss,) = losses(before, World())
    assert loss.accounts == (ALICE, BOB)
