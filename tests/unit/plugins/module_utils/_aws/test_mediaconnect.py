# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request each, judged by botocore's own model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import mediaconnect as api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError

FLOW = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ARN = "arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-23aBC45dEF67hiJ8-12AbC34DE5fG:E"
ENTITLEMENT = {"EntitlementArn": ARN, "Name": "E", "Subscribers": ["444455556666"]}


@pytest.fixture
def client() -> Any:
    return boto3.client("mediaconnect", region_name="us-west-2", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def aws(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def listed(name: str) -> dict[str, Any]:
    return {
        "FlowArn": f"arn:{name}",
        "Name": name,
        "Status": "ACTIVE",
        "SourceType": "OWNED",
        "AvailabilityZone": "us-west-2a",
        "Description": "d",
    }


def test_all_pages_of_flows_with_a_thousand_each(client: Any, aws: Stubber) -> None:
    aws.add_response("list_flows", {"Flows": [listed("A")], "NextToken": "t"}, {"MaxResults": 1000})
    aws.add_response("list_flows", {"Flows": [listed("B")]}, {"MaxResults": 1000, "NextToken": "t"})
    assert [flow["Name"] for flow in api.list_flows(client)] == ["A", "B"]


def test_no_flows(client: Any, aws: Stubber) -> None:
    aws.add_response("list_flows", {}, {"MaxResults": 1000})
    assert api.list_flows(client) == []


def test_all_pages_of_received_entitlements(client: Any, aws: Stubber) -> None:
    found = {"EntitlementArn": ARN, "EntitlementName": "E"}
    aws.add_response("list_entitlements", {"Entitlements": [found], "NextToken": "t"}, {"MaxResults": 1000})
    aws.add_response("list_entitlements", {"Entitlements": [found]}, {"MaxResults": 1000, "NextToken": "t"})
    assert len(api.list_entitlements(client)) == 2


@pytest.mark.parametrize(("answer", "messages"), [({}, {}), ({"Messages": {"Errors": ["bad"]}}, {"Errors": ["bad"]})])
def test_a_flow_with_its_messages(client: Any, aws: Stubber, answer: Any, messages: Any) -> None:
    flow = {
        "AvailabilityZone": "us-west-2a",
        "Entitlements": [],
        "FlowArn": FLOW,
        "Name": "Game",
        "Outputs": [],
        "Source": {"Name": "s", "SourceArn": "arn:s"},
        "Status": "ACTIVE",
    }
    aws.add_response("describe_flow", {"Flow": flow, **answer}, {"FlowArn": FLOW})
    assert api.describe_flow(client, FLOW) == {**flow, "Messages": messages}


def test_granting(client: Any, aws: Stubber) -> None:
    request = [{"Name": "E", "Subscribers": ["444455556666"]}]
    aws.add_response(
        "grant_flow_entitlements",
        {"Entitlements": [ENTITLEMENT], "FlowArn": FLOW},
        {"FlowArn": FLOW, "Entitlements": request},
    )
    assert api.grant_entitlements(client, FLOW, request) == [ENTITLEMENT]


def test_an_update_sends_what_is_given(client: Any, aws: Stubber) -> None:
    aws.add_response(
        "update_flow_entitlement",
        {"Entitlement": ENTITLEMENT, "FlowArn": FLOW},
        {"FlowArn": FLOW, "EntitlementArn": ARN, "Description": ""},
    )
    assert api.update_entitlement(client, FLOW, ARN, Description="") == ENTITLEMENT


def test_revoking(client: Any, aws: Stubber) -> None:
    expected = {"FlowArn": FLOW, "EntitlementArn": ARN}
    aws.add_response("revoke_flow_entitlement", expected, expected)
    api.revoke_entitlement(client, FLOW, ARN)


def test_tags(client: Any, aws: Stubber) -> None:
    aws.add_response("list_tags_for_resource", {"Tags": {"a": "1"}}, {"ResourceArn": ARN})
    aws.add_response("list_tags_for_resource", {}, {"ResourceArn": ARN})
    aws.add_response("tag_resource", {}, {"ResourceArn": ARN, "Tags": {"a": "1"}})
    aws.add_response("untag_resource", {}, {"ResourceArn": ARN, "TagKeys": ["a"]})
    assert api.list_tags(client, ARN) == {"a": "1"}
    assert api.list_tags(client, ARN) == {}
    api.tag_resource(client, ARN, {"a": "1"})
    api.untag_resource(client, ARN, ["a"])


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("describe_flow", lambda client: api.describe_flow(client, FLOW)),
        ("revoke_flow_entitlement", lambda client: api.revoke_entitlement(client, FLOW, ARN)),
        ("list_tags_for_resource", lambda client: api.list_tags(client, ARN)),
    ],
)
def test_what_is_not_there_is_no_error(client: Any, aws: Stubber, operation: str, call: Any) -> None:
    aws.add_client_error(operation, "NotFoundException", http_status_code=404)
    assert call(client) is None


@pytest.mark.parametrize(
    ("operation", "call", "said"),
    [
        ("list_flows", api.list_flows, "Could not list the flows"),
        ("list_entitlements", api.list_entitlements, "Could not list the entitlements granted to this account"),
        ("list_tags_for_resource", lambda client: api.list_tags(client, ARN), f"Could not read the tags of {ARN}"),
        ("describe_flow", lambda client: api.describe_flow(client, FLOW), f"Could not read the flow {FLOW}"),
        (
            "grant_flow_entitlements",
            lambda client: api.grant_entitlements(client, FLOW, []),
            f"Could not grant entitlements on {FLOW}",
        ),
        (
            "update_flow_entitlement",
            lambda client: api.update_entitlement(client, FLOW, ARN, Description="d"),
            f"Could not update the entitlement {ARN}",
        ),
        (
            "revoke_flow_entitlement",
            lambda client: api.revoke_entitlement(client, FLOW, ARN),
            f"Could not revoke the entitlement {ARN}",
        ),
        ("tag_resource", lambda client: api.tag_resource(client, ARN, {}), f"Could not tag {ARN}"),
        ("untag_resource", lambda client: api.untag_resource(client, ARN, []), f"Could not remove tags from {ARN}"),
    ],
)
def test_what_is_denied_names_the_permission(client: Any, aws: Stubber, operation: str, call: Any, said: str) -> None:
    aws.add_client_error(operation, "ForbiddenException", "no", 403)
    with pytest.raises(ApiError) as failed:
        call(client)
    action = client.meta.method_to_api_mapping[operation]
    assert failed.value.sentence() == f"{said}: ForbiddenException: no (the caller needs mediaconnect:{action})"
    assert failed.value.denied


def test_an_update_of_what_is_not_there_is_an_error(client: Any, aws: Stubber) -> None:
    aws.add_client_error("update_flow_entitlement", "NotFoundException", "gone", 404)
    with pytest.raises(ApiError, match="Could not update") as failed:
        api.update_entitlement(client, FLOW, ARN, Description="d")
    assert not failed.value.denied


def test_whether_a_grant_takes_tags_is_asked_of_the_model(client: Any) -> None:
    members = client.meta.service_model.shape_for("GrantEntitlementRequest").members
    assert api.grants_take_tags(client) is ("EntitlementTags" in members)


class Flows:
    """MediaConnect with flows by ARN: an answer, an error's code, or nothing."""

    def __init__(self, **flows: Any):
        self.flows = flows
        pages = mock.Mock()
        pages.build_full_result.return_value = {"Flows": [{"FlowArn": arn} for arn in flows]}
        self.get_paginator = mock.Mock(return_value=mock.Mock(paginate=mock.Mock(return_value=pages)))

    def describe_flow(self, FlowArn: str) -> dict[str, Any]:  # noqa: N803  as botocore calls it
        found = self.flows.get(FlowArn, "NotFoundException")
        if isinstance(found, str):
            raise ClientError({"Error": {"Code": found, "Message": "no"}}, "DescribeFlow")
        return {"Flow": found}


def test_flows_come_in_order_with_what_kept_them_from_being_read() -> None:
    aws = Flows(a={"Name": "A"}, b="ForbiddenException", c={"Name": "C"})
    a, b, gone, c = api.describe_flows(aws, ["a", "b", "gone", "c"])
    assert (a, gone, c) == ({"Name": "A", "Messages": {}}, None, {"Name": "C", "Messages": {}})
    assert isinstance(b, ApiError)
    assert b.sentence().startswith("Could not read the flow b: ForbiddenException")


def test_flows_that_are_read_are_those_that_are_there() -> None:
    aws = Flows(a={"Name": "A"}, c={"Name": "C"})
    assert [flow["Name"] for flow in api.read_flows(aws, ["a", "gone", "c"])] == ["A", "C"]


def test_flows_that_must_be_read_and_cannot_be() -> None:
    aws = Flows(a={"Name": "A"}, b="ForbiddenException", c="InternalServerErrorException")
    with pytest.raises(ApiError, match="Could not read the flow b"):
        api.read_flows(aws, ["a", "b", "c"])


def test_all_flows_of_a_region_are_read_less_those_that_vanish_meanwhile() -> None:
    aws = Flows(a={"Name": "A"}, gone="NotFoundException", c={"Name": "C"})
    assert [flow["Name"] for flow in api.all_flows(aws)] == ["A", "C"]
