# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The look-up of KMS keys, judged by botocore's own model of the service."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import kms
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError


@pytest.fixture
def stub() -> Iterator[Stubber]:
    credentials = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    with Stubber(boto3.client("kms", region_name="us-west-2", **credentials)) as stub:
        yield stub
        stub.assert_no_pending_responses()


def test_a_key_by_its_alias(stub: Stubber) -> None:
    key = {"KeyId": "1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d", "KeyManager": "CUSTOMER"}
    stub.add_response("describe_key", {"KeyMetadata": key}, {"KeyId": "alias/video"})
    assert kms.describe_key(stub.client, "alias/video") == key


def test_a_key_that_is_not_there_is_no_error(stub: Stubber) -> None:
    stub.add_client_error("describe_key", "NotFoundException", "Alias is not found.")
    assert kms.describe_key(stub.client, "alias/nothing") is None


def test_an_error_names_the_key_and_the_action(stub: Stubber) -> None:
    stub.add_client_error("describe_key", "AccessDeniedException", "no")
    with pytest.raises(ApiError) as failed:
        kms.describe_key(stub.client, "alias/video")
    assert failed.value.sentence() == (
        "Could not look up the KMS key alias/video: AccessDeniedException: no (the caller needs kms:DescribeKey)"
    )
