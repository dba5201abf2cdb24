# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each function is one call with these parameters, judged by botocore's own model of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import secretsmanager as api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError

ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-7g8H9i"
KEY = "the key itself"
TOKEN = "2c3d4e5f-1a2b-4c3d-8e9f-0a1b2c3d4e5f"
STORED = {"ARN": ARN, "Name": "game", "VersionId": TOKEN}


@pytest.fixture
def stub() -> Iterator[Stubber]:
    credentials = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    with Stubber(boto3.client("secretsmanager", region_name="us-west-2", **credentials)) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("function", "operation", "answer", "params", "result"),
    [
        (lambda c: api.describe_secret(c, "game"), "describe_secret", {"ARN": ARN}, {"SecretId": "game"}, {"ARN": ARN}),
        (
            lambda c: api.get_secret_value(c, ARN),
            "get_secret_value",
            {**STORED, "SecretString": "x"},
            {"SecretId": ARN},
            {**STORED, "SecretString": "x"},
        ),
        (
            lambda c: api.batch_get_secret_values(c, [ARN]),
            "batch_get_secret_value",
            {"SecretValues": [STORED], "Errors": [{"SecretId": "other", "ErrorCode": "no"}]},
            {"SecretIdList": [ARN]},
            [STORED],
        ),
        (lambda c: api.batch_get_secret_values(c, [ARN]), "batch_get_secret_value", {}, {"SecretIdList": [ARN]}, []),
        (
            lambda c: api.create_secret(c, "game", "x", TOKEN, None),
            "create_secret",
            STORED,
            {"Name": "game", "SecretString": "x", "ClientRequestToken": TOKEN},
            STORED,
        ),
        (
            lambda c: api.create_secret(c, "game", "x", TOKEN, {"a": "1"}, Description="d", KmsKeyId="alias/k"),
            "create_secret",
            STORED,
            {
                "Name": "game",
                "SecretString": "x",
                "ClientRequestToken": TOKEN,
                "Tags": [{"Key": "a", "Value": "1"}],
                "Description": "d",
                "KmsKeyId": "alias/k",
            },
            STORED,
        ),
        (
            lambda c: api.put_secret_value(c, ARN, "x", TOKEN),
            "put_secret_value",
            STORED,
            {"SecretId": ARN, "SecretString": "x", "ClientRequestToken": TOKEN},
            STORED,
        ),
        (
            lambda c: api.update_secret(c, ARN, Description="", KmsKeyId=""),
            "update_secret",
            {},
            {"SecretId": ARN, "Description": "", "KmsKeyId": ""},
            None,
        ),
        (
            lambda c: api.tag_secret(c, ARN, {"a": ""}),
            "tag_resource",
            {},
            {"SecretId": ARN, "Tags": [{"Key": "a", "Value": ""}]},
            None,
        ),
        (lambda c: api.untag_secret(c, ARN, ["a"]), "untag_resource", {}, {"SecretId": ARN, "TagKeys": ["a"]}, None),
        (lambda c: api.restore_secret(c, ARN), "restore_secret", {}, {"SecretId": ARN}, None),
        (
            lambda c: api.delete_secret(c, ARN, 7),
            "delete_secret",
            {},
            {"SecretId": ARN, "RecoveryWindowInDays": 7},
            None,
        ),
        (
            lambda c: api.delete_secret(c, ARN, None),
            "delete_secret",
            {},
            {"SecretId": ARN, "ForceDeleteWithoutRecovery": True},
            None,
        ),
    ],
)
def test_call(
    stub: Stubber, function: Callable[[Any], Any], operation: str, answer: Any, params: Any, result: Any
) -> None:
    stub.add_response(operation, answer, params)
    found = function(stub.client)
    if isinstance(found, dict):
        found.pop("ResponseMetadata", None)
    assert found == result


@pytest.mark.parametrize(
    ("function", "operation"),
    [
        (lambda c: api.describe_secret(c, "game"), "describe_secret"),
        (lambda c: api.get_secret_value(c, "game"), "get_secret_value"),
        (lambda c: api.delete_secret(c, "game", 30), "delete_secret"),
    ],
)
def test_what_is_not_there_is_no_error(stub: Stubber, function: Callable[[Any], Any], operation: str) -> None:
    stub.add_client_error(operation, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    assert function(stub.client) is None


@pytest.mark.parametrize(
    ("function", "operation", "says"),
    [
        (lambda c: api.describe_secret(c, "game"), "describe_secret", "look up the secret game"),
        (lambda c: api.get_secret_value(c, ARN), "get_secret_value", f"read the value of the secret {ARN}"),
        (
            lambda c: api.batch_get_secret_values(c, [ARN]),
            "batch_get_secret_value",
            f"read the values of {[ARN]}",
        ),
        (lambda c: api.create_secret(c, "game", KEY, TOKEN, None), "create_secret", "create the secret game"),
        (
            lambda c: api.put_secret_value(c, ARN, KEY, TOKEN),
            "put_secret_value",
            f"store a new value in the secret {ARN}",
        ),
        (lambda c: api.update_secret(c, ARN, Description="d"), "update_secret", f"update the secret {ARN}"),
        (lambda c: api.tag_secret(c, ARN, {"a": "1"}), "tag_resource", f"tag the secret {ARN}"),
        (lambda c: api.untag_secret(c, ARN, ["a"]), "untag_resource", f"remove tags from the secret {ARN}"),
        (lambda c: api.restore_secret(c, ARN), "restore_secret", f"restore the secret {ARN}"),
        (lambda c: api.delete_secret(c, ARN, 7), "delete_secret", f"delete the secret {ARN}"),
    ],
)
def test_an_error_names_the_secret_and_the_action_and_no_value(
    stub: Stubber, function: Callable[[Any], Any], operation: str, says: str
) -> None:
    stub.add_client_error(operation, "AccessDeniedException", "no")
    with pytest.raises(ApiError) as caught:
        function(stub.client)
    action = stub.client.meta.method_to_api_mapping[operation]
    assert caught.value.sentence() == (
        f"Could not {says}: AccessDeniedException: no (the caller needs secretsmanager:{action})"
    )
