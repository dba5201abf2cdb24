# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Granting, updating, revoking and listing entitlements, each rule with its source beside it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.tests.world import World, refused

pytestmark = pytest.mark.conformance

API = "API Reference"
GUIDE = "User Guide"
MODEL = "service model"
CFN = "AWS::MediaConnect::FlowEntitlement"
CDK = "the CDK's validators"
ASSUMED = "assumption"

ROLE = "arn:aws:iam::{account}:role/MediaConnect-ASM"
SECRET = "arn:aws:secretsmanager:{region}:{account}:secret:key-AbCdEf"
SPEKE = {
    "KeyType": "speke",
    "RoleArn": ROLE,
    "Url": "https://x.execute-api.us-west-2.amazonaws.com/a",
    "ResourceId": "r",
    "DeviceId": "d",
    "Region": "us-west-2",
}
STATIC = {"RoleArn": ROLE, "SecretArn": SECRET, "Algorithm": "aes256"}

REFUSED = [
    pytest.param(MODEL, {"Subscribers": None}, id="no subscribers member"),
    pytest.param(GUIDE, {"Subscribers": []}, id="no subscriber"),
    pytest.param(GUIDE, {"Subscribers": ["44445555666"]}, id="11 digits"),
    pytest.param(GUIDE, {"Subscribers": ["4444-5555-6666"]}, id="hyphens"),
    pytest.param(GUIDE, {"Subscribers": ["44445555666a"]}, id="a letter"),
    pytest.param(ASSUMED, {"Subscribers": ["444455556666", "444455556666"]}, id="the same subscriber twice"),
    pytest.param(ASSUMED, {"Subscribers": ["{account}"]}, id="the owner as subscriber"),
    pytest.param(ASSUMED, {"Name": None}, id="no name"),
    pytest.param(CFN, {"Name": "has space"}, id="a space in the name"),
    pytest.param(CFN, {"Name": "dotted.name"}, id="a dot in the name"),
    pytest.param(CFN, {"Name": ""}, id="an empty name"),
    pytest.param(CDK, {"Name": "n" * 65}, id="65 characters in the name"),
    pytest.param(CDK, {"Description": "d" * 1025}, id="1025 characters in the description"),
    pytest.param(API, {"DataTransferSubscriberFeePercent": 101}, id="101 percent"),
    pytest.param(API, {"DataTransferSubscriberFeePercent": -1}, id="-1 percent"),
    pytest.param(MODEL, {"EntitlementStatus": "MAYBE"}, id="another status"),
    pytest.param(MODEL, {"Encryption": {"Algorithm": "aes256", "SecretArn": SECRET}}, id="encryption without a role"),
    pytest.param(MODEL, {"Encryption": {**STATIC, "Algorithm": "aes999"}}, id="another algorithm"),
    pytest.param(MODEL, {"Encryption": {**STATIC, "KeyType": "rot13"}}, id="another key type"),
    pytest.param(API, {"Encryption": {**STATIC, "KeyType": "srt-password"}}, id="srt-password"),
    pytest.param(API, {"Encryption": {"RoleArn": ROLE, "Algorithm": "aes256"}}, id="static key without a secret"),
    pytest.param(CFN, {"Encryption": {"RoleArn": ROLE, "SecretArn": SECRET}}, id="static key without an algorithm"),
    *(
        pytest.param(API, {"Encryption": {**STATIC, field: "x"}}, id=f"static key with {field}")
        for field in ("DeviceId", "ResourceId", "Region", "Url")
    ),
    pytest.param(
        API, {"Encryption": {**STATIC, "ConstantInitializationVector": "0" * 32}}, id="static key with a vector"
    ),
    *(
        pytest.param(
            API,
            {"Encryption": {key: value for key, value in SPEKE.items() if key != field}},
            id=f"speke without {field}",
        )
        for field in ("DeviceId", "ResourceId", "Region", "Url")
    ),
    pytest.param(API, {"Encryption": {**SPEKE, "SecretArn": SECRET}}, id="speke with a secret"),
    pytest.param(GUIDE, {"Encryption": {**SPEKE, "ConstantInitializationVector": "0" * 31}}, id="a short vector"),
    pytest.param(
        GUIDE,
        {"Encryption": {**SPEKE, "ConstantInitializationVector": "g" * 32}},
        id="a vector that is not hexadecimal",
    ),
    pytest.param(
        GUIDE,
        {"Encryption": {**STATIC, "SecretArn": "arn:aws:secretsmanager:eu-west-1:{account}:secret:key-AbCdEf"}},
        id="a secret of another Region",
    ),
    pytest.param(
        GUIDE,
        {"Encryption": {**STATIC, "SecretArn": "arn:aws:secretsmanager:{region}:444455556666:secret:key-AbCdEf"}},
        id="a secret of another account",
    ),
    pytest.param(CFN, {"Encryption": {**STATIC, "SecretArn": "key"}}, id="a secret by name"),
    pytest.param(
        ASSUMED,
        {"Encryption": {**STATIC, "RoleArn": "arn:aws:iam::444455556666:role/MediaConnect-ASM"}},
        id="a role of another account",
    ),
    pytest.param(
        CFN,
        {"Encryption": {**STATIC, "RoleArn": "arn:aws:iam::{account}:role/path/MediaConnect-ASM"}},
        id="a role with a path",
    ),
    pytest.param(CFN, {"Encryption": {**STATIC, "RoleArn": "MediaConnect-ASM"}}, id="a role by name"),
    pytest.param(GUIDE, {"EntitlementTags": {"aws:x": "y"}}, id="a reserved tag key"),
    pytest.param(API, {"EntitlementTags": {"k" * 129: "y"}}, id="a long tag key"),
    pytest.param(API, {"EntitlementTags": {"k": "y" * 257}}, id="a long tag value"),
    pytest.param(GUIDE, {"EntitlementTags": {f"k{n}": "" for n in range(51)}}, id="51 tags"),
]


def filled(value: Any, world: World) -> Any:
    """The value with the world's own account and Region in it."""
    if isinstance(value, dict):
        return {key: filled(item, world) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, world) for item in value]
    return value.format(account=world.account, region=world.region) if isinstance(value, str) else value


@pytest.mark.parametrize(("source", "change"), REFUSED)
def test_a_bad_grant_is_refused_whole(
    world: World, mediaconnect: Any, flow: str, source: str, change: dict[str, Any]
) -> None:
    good = {"Name": "good", "Subscribers": [world.subscriber]}
    bad = {"Name": "bad", "Subscribers": [world.subscriber], **filled(change, world)}
    bad = {key: value for key, value in bad.items() if value is not None}
    with refused("BadRequestException", 400):
        mediaconnect.grant_flow_entitlements(FlowArn=flow, Entitlements=[good, bad])
    assert world.entitlements(flow) == {}


def test_a_grant_is_answered_with_what_was_granted(world: World, mediaconnect: Any, flow: str) -> None:
    """API Reference, GrantFlowEntitlements: FlowArn and Entitlements; status ENABLED when it is left out."""
    answer = mediaconnect.grant_flow_entitlements(
        FlowArn=flow,
        Entitlements=[
            {
                "Name": "AnyCompany_Entitlement",
                "Subscribers": [world.subscriber, world.other_subscriber],
                "Description": "For AnyCompany",
                "DataTransferSubscriberFeePercent": 15,
            },
            {"Name": "ExampleCorp", "Subscribers": [world.subscriber], "EntitlementStatus": "DISABLED"},
        ],
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["FlowArn"] == flow
    first, second = answer["Entitlements"]
    flow_id = flow.split(":")[6]
    assert (
        first["EntitlementArn"]
        == f"arn:aws:mediaconnect:{world.region}:{world.account}:entitlement:{flow_id}:AnyCompany_Entitlement"
    )
    assert (first["Subscribers"], first["Description"], first["EntitlementStatus"]) == (
        [world.subscriber, world.other_subscriber],
        "For AnyCompany",
        "ENABLED",
    )
    assert first["DataTransferSubscriberFeePercent"] == 15
    assert second["EntitlementStatus"] == "DISABLED"
    assert world.entitlements(flow) == {"AnyCompany_Entitlement": first, "ExampleCorp": second}


def test_names_are_unique_within_the_flow(world: World, flow: str) -> None:
    """API Reference, GrantEntitlementRequest: "This value must be unique within the current flow"."""
    world.grant(flow, "twin")
    with refused("BadRequestException", 400):
        world.grant(flow, "twin")
    assert list(world.entitlements(flow)) == ["twin"]
    world.grant(world.make_flow(), "twin")


def test_names_are_unique_within_the_request(world: World, mediaconnect: Any, flow: str) -> None:
    twin = {"Name": "twin", "Subscribers": [world.subscriber]}
    with refused("BadRequestException", 400):
        mediaconnect.grant_flow_entitlements(FlowArn=flow, Entitlements=[twin, twin])
    assert world.entitlements(flow) == {}


def test_a_flow_has_fifty_entitlements_at_most(world: World, mediaconnect: Any, flow: str) -> None:
    """User Guide, quotas: 50 per flow; service model: GrantFlowEntitlements420Exception."""
    requests = [{"Name": f"e{number}", "Subscribers": [world.subscriber]} for number in range(51)]
    with refused("GrantFlowEntitlements420Exception", 420):
        mediaconnect.grant_flow_entitlements(FlowArn=flow, Entitlements=requests)
    assert world.entitlements(flow) == {}
    mediaconnect.grant_flow_entitlements(FlowArn=flow, Entitlements=requests[:50])
    with refused("GrantFlowEntitlements420Exception", 420):
        mediaconnect.grant_flow_entitlements(FlowArn=flow, Entitlements=requests[50:])
    assert len(world.entitlements(flow)) == 50


def test_a_request_without_entitlements_is_refused(mediaconnect: Any, flow: str) -> None:
    with refused("BadRequestException", 400):
        mediaconnect.grant_flow_entitlements(FlowArn=flow, Entitlements=[])


def test_an_update_keeps_what_it_does_not_name(world: World, mediaconnect: Any, flow: str) -> None:
    """API Reference: "If you don't specify the entitlementStatus field in your request, MediaConnect leaves the value unchanged"."""
    before = world.grant(flow, Description="before", EntitlementStatus="DISABLED", DataTransferSubscriberFeePercent=15)
    answer = mediaconnect.update_flow_entitlement(
        FlowArn=flow, EntitlementArn=before["EntitlementArn"], Description="after"
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["FlowArn"] == flow
    assert answer["Entitlement"] == {**before, "Description": "after"} == world.entitlements(flow)["AnyCompany"]
    mediaconnect.update_flow_entitlement(
        FlowArn=flow, EntitlementArn=before["EntitlementArn"], EntitlementStatus="ENABLED"
    )
    mediaconnect.update_flow_entitlement(
        FlowArn=flow, EntitlementArn=before["EntitlementArn"], Subscribers=[world.other_subscriber]
    )
    expected = {
        **before,
        "Description": "after",
        "EntitlementStatus": "ENABLED",
        "Subscribers": [world.other_subscriber],
    }
    assert world.entitlements(flow)["AnyCompany"] == expected


@pytest.mark.parametrize(
    "change",
    [
        {"Subscribers": []},
        {"Subscribers": ["1"]},
        {"EntitlementStatus": "GONE"},
        {"Description": "d" * 1025},
        {"Encryption": {}},
    ],
)
def test_a_bad_update_changes_nothing(world: World, mediaconnect: Any, flow: str, change: dict[str, Any]) -> None:
    before = world.grant(flow, Description="before")
    with refused("BadRequestException", 400):
        mediaconnect.update_flow_entitlement(FlowArn=flow, EntitlementArn=before["EntitlementArn"], **change)
    assert world.entitlements(flow)["AnyCompany"] == before


@pytest.mark.parametrize("member", ["name", "dataTransferSubscriberFeePercent", "entitlementTags"])
def test_what_is_set_for_good_cannot_be_updated(world: World, flow: str, member: str) -> None:
    """AWS::MediaConnect::FlowEntitlement, createOnlyProperties: Name, DataTransferSubscriberFeePercent."""
    arn = world.grant(flow)["EntitlementArn"]
    value: Any = {"name": "x", "dataTransferSubscriberFeePercent": 1, "entitlementTags": {"a": "b"}}[member]
    answer = world.raw(
        "PUT", f"/v1/flows/{flow.replace(':', '%3A')}/entitlements/{arn.replace(':', '%3A')}", {member: value}
    )
    assert (answer.status, answer.error) == (400, "BadRequestException")


def test_a_revoked_entitlement_goes(world: World, mediaconnect: Any, flow: str) -> None:
    """User Guide, entitlements-revoke; 202 by the service model: the name is free again once it has gone."""
    arn = world.grant(flow)["EntitlementArn"]
    answer = mediaconnect.revoke_flow_entitlement(FlowArn=flow, EntitlementArn=arn)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (answer["FlowArn"], answer["EntitlementArn"]) == (flow, arn)
    world.eventually(lambda: world.entitlements(flow) == {})
    with refused("NotFoundException", 404):
        mediaconnect.revoke_flow_entitlement(FlowArn=flow, EntitlementArn=arn)
    with refused("NotFoundException", 404):
        mediaconnect.update_flow_entitlement(FlowArn=flow, EntitlementArn=arn, EntitlementStatus="ENABLED")
    with refused("NotFoundException", 404):
        mediaconnect.list_tags_for_resource(ResourceArn=arn)
    world.grant(flow)


def test_an_entitlement_of_another_flow_is_not_found(world: World, mediaconnect: Any, flow: str) -> None:
    arn = world.grant(world.make_flow())["EntitlementArn"]
    with refused("NotFoundException", 404):
        mediaconnect.update_flow_entitlement(FlowArn=flow, EntitlementArn=arn, Description="x")
    with refused("NotFoundException", 404):
        mediaconnect.revoke_flow_entitlement(FlowArn=flow, EntitlementArn=arn)


def test_a_flow_that_does_not_exist_is_not_found(world: World, mediaconnect: Any) -> None:
    """Service model: NotFoundException is 404."""
    flow = f"arn:aws:mediaconnect:{world.region}:{world.account}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Nowhere"
    with refused("NotFoundException", 404):
        world.grant(flow)
    with refused("NotFoundException", 404):
        mediaconnect.describe_flow(FlowArn=flow)


@pytest.mark.emulated
def test_a_cdi_flow_has_no_entitlements(world: World) -> None:
    """User Guide, entitlements: "MediaConnect doesn't support entitlements on CDI flows"."""
    flow = world.make_flow(Source={"Name": "feed", "Protocol": "cdi"})
    with refused("BadRequestException", 400):
        world.grant(flow)
