# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the judge needs to know is read once, and what may not be read is told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.observe import Reader

ACCOUNT = "111122223333"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
KMS = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1"
KEY = "0f" * 32
OWN, INLINE, LIMIT = ({"Version": "2012-10-17", "Statement": [], "Id": name} for name in ("own", "inline", "limit"))


@pytest.fixture
def reader(aws: Any) -> Reader:
    limit = aws.iam.add_policy("Limit", LIMIT)
    aws.iam.add_role("R", {"Id": "trust"}, [aws.iam.add_policy("Own", OWN)], inline={"i": INLINE}, boundary=limit)
    aws.kms.keys["alias/video"] = KMS
    aws.secretsmanager.add("game", KEY, kms_key="alias/video", policy={"Id": "resource"})
    return Reader(aws.clients(), set().add)


def test_a_role(aws: Any, reader: Reader) -> None:
    role = reader.role(ROLE_ARN)
    assert role.trust_policy == {"Id": "trust"}
    assert role.policies == {f"arn:aws:iam::{ACCOUNT}:policy/Own": OWN, "i": INLINE}
    assert (role.exists, role.complete, role.boundary) == (True, True, LIMIT)
    aws.calls.clear()
    assert reader.role(ROLE_ARN) == role
    assert aws.calls == []
    reader.forget()
    assert reader.role(ROLE_ARN) == role
    assert aws.calls


@pytest.mark.parametrize("arn", [f"{ROLE_ARN}2", f"arn:aws:iam::{ACCOUNT}:role/media/R"])
def test_a_role_that_is_not_there(reader: Reader, arn: str) -> None:
    assert reader.role(arn).exists is False


@pytest.mark.parametrize(
    ("call", "action", "fields"),
    [
        ("iam.get_role", "iam:GetRole", {"trust_policy": None, "boundary": None}),
        ("iam.list_attached_role_policies", "iam:ListAttachedRolePolicies", {"complete": False, "boundary": LIMIT}),
        ("iam.list_role_policies", "iam:ListRolePolicies", {"complete": False}),
        ("iam.get_role_policy", "iam:GetRolePolicy", {"complete": False}),
        ("iam.get_policy", "iam:GetPolicy", {"complete": False}),
    ],
)
def test_what_may_not_be_read_of_a_role(
    aws: Any, reader: Reader, call: str, action: str, fields: dict[str, Any]
) -> None:
    aws.fails(call, "AccessDenied")
    role = reader.role(ROLE_ARN)
    assert {name: getattr(role, name) for name in fields} == fields
    assert list(reader.lacking) == [action]


def test_a_secret(aws: Any, reader: Reader) -> None:
    arn = aws.secretsmanager.arn("game")
    secret = reader.secret(arn)
    assert (secret.arn, secret.exists, secret.resource_policy) == (arn, True, {"Id": "resource"})
    assert secret.kms_key
    assert (secret.kms_key.arn, secret.kms_key.state) == (KMS, "Enabled")
    assert (secret.fingerprint, secret.misfits) == (None, None)
    assert "secretsmanager.get_secret_value" not in aws.calls
    aws.calls.clear()
    secret = reader.secret(arn, with_value=True)
    assert secret.fingerprint
    assert (secret.misfits or {})["aes256"] == ""
    assert aws.calls == ["secretsmanager.get_secret_value"]


@pytest.mark.parametrize(
    ("call", "action", "fields"),
    [
        ("secretsmanager.describe_secret", "secretsmanager:DescribeSecret", {"exists": None, "resource_policy": None}),
        ("secretsmanager.get_resource_policy", "secretsmanager:GetResourcePolicy", {"resource_policy": None}),
        ("secretsmanager.get_secret_value", "secretsmanager:GetSecretValue", {"misfits": None, "fingerprint": None}),
    ],
)
def test_what_may_not_be_read_of_a_secret(aws: Any, reader: Reader, call: str, action: str, fields: Any) -> None:
    aws.fails(call, "AccessDeniedException")
    secret = reader.secret(aws.secretsmanager.arn("game"), with_value=True)
    assert {name: getattr(secret, name) for name in fields} == fields
    assert list(reader.lacking) == [action]


def test_what_may_not_be_read_of_a_kms_key(aws: Any, reader: Reader) -> None:
    arn = aws.secretsmanager.arn("game")
    aws.fails("kms.describe_key", "AccessDeniedException")
    key = reader.kms_key("alias/video", arn)
    assert key
    assert (key.exists, key.policy) == (None, None)
    assert reader.kms_key("alias/none", arn) != key
    assert reader.kms_key(None, arn) is None


def test_secrets_that_nobody_can_use(aws: Any, reader: Reader) -> None:
    arn = aws.secretsmanager.arn("game")
    assert reader.secret(f"{arn[:-6]}999999").exists is False
    aws.secretsmanager.secrets["us-west-2", "game"]["deleted"] = True
    assert reader.secret(arn, with_value=True).deletion_scheduled is True
    assert "secretsmanager.get_secret_value" not in aws.calls


def test_other_errors_are_not_swallowed(aws: Any, reader: Reader) -> None:
    aws.fails("iam.get_role", "ServiceFailure")
    with pytest.raises(ApiError, match="ServiceFailure"):
        reader.role(ROLE_ARN)
