# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bulk read of tags, judged by botocore's own model of the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.tagging import tags_by_arn


@pytest.fixture
def stub() -> Iterator[Stubber]:
    credentials = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
    with Stubber(boto3.client("resourcegroupstaggingapi", region_name="us-west-2", **credentials)) as stub:
        yield stub
        stub.assert_no_pending_responses()


def mapping(arn: str, **tags: str) -> dict[str, Any]:
    return {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def test_all_pages(stub: Stubber) -> None:
    first = {"PaginationToken": "t", "ResourceTagMappingList": [mapping("arn:a", event="game", stage="")]}
    second = {"PaginationToken": "", "ResourceTagMappingList": [mapping("arn:b")]}
    stub.add_response("get_resources", first, {"ResourceTypeFilters": ["mediaconnect"]})
    stub.add_response("get_resources", second, {"ResourceTypeFilters": ["mediaconnect"], "PaginationToken": "t"})
    assert tags_by_arn(stub.client) == {"arn:a": {"event": "game", "stage": ""}, "arn:b": {}}


def test_nothing_is_tagged(stub: Stubber) -> None:
    stub.add_response("get_resources", {}, {"ResourceTypeFilters": ["mediaconnect"]})
    assert tags_by_arn(stub.client) == {}


def test_an_error_names_the_action(stub: Stubber) -> None:
    stub.add_client_error("get_resources", "AccessDeniedException", "no")
    with pytest.raises(ApiError) as failed:
        tags_by_arn(stub.client)
    assert failed.value.sentence() == (
        "Could not read the tags of all MediaConnect resources: AccessDeniedException: no (the caller needs tag:GetResources)"
    )
