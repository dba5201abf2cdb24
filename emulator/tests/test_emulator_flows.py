# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a flow, its sources and outputs, each rule with its source beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.tests.world import SOURCE, World, refused
from mediaconnect_emulator.server.planting import MEDIACONNECT_TRUST

pytestmark = pytest.mark.conformance

OUTPUT = {"Name": "NYC", "Protocol": "srt-caller", "Destination": "192.0.2.0", "Port": 5020}


def statuses(world: World, flow: str) -> str:
    return str(world.client("mediaconnect").describe_flow(FlowArn=flow)["Flow"]["Status"])


def test_a_new_flow_stands_by(world: World, mediaconnect: Any) -> None:
    """API Reference, CreateFlow and Flow: 201, and all required members of the answer."""
    wanted = f"{world.prefix}Game_1"
    answer = mediaconnect.create_flow(Name=wanted, Source=SOURCE, FlowTags={"event": "baseball"})
    flow = answer["Flow"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    prefix, flow_id, name = flow["FlowArn"].rsplit(":", 2)
    assert (prefix, name) == (f"arn:aws:mediaconnect:{world.region}:{world.account}:flow", wanted)
    assert set("1-").issubset(flow_id)
    assert (flow["Status"], flow["Entitlements"], flow["Outputs"]) == ("STANDBY", [], [])
    assert flow["AvailabilityZone"].startswith(world.region)
    assert flow["Source"]["Transport"]["Protocol"] == "srt-listener"
    assert flow["Source"]["SourceArn"].split(":")[5] == "source"
    assert mediaconnect.describe_flow(FlowArn=flow["FlowArn"])["Flow"]["Name"] == wanted
    assert mediaconnect.list_tags_for_resource(ResourceArn=flow["FlowArn"])["Tags"] == {"event": "baseball"}


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({}, id="no source"),
        pytest.param({"Name": "", "Source": SOURCE}, id="no name"),
        pytest.param({"Name": "Baseball Game", "Source": SOURCE}, id="a space in the name"),
        pytest.param({"Name": "game.v1", "Source": SOURCE}, id="a dot in the name"),
        pytest.param({"Name": "g" * 65, "Source": SOURCE}, id="a long name"),
        pytest.param({"Source": {"Protocol": "rtp"}}, id="a source without a name"),
        pytest.param({"Source": {"Name": "feed"}}, id="a source without a protocol"),
        pytest.param({"Source": {**SOURCE, "Protocol": "carrier-pigeon"}}, id="another protocol"),
        pytest.param({"Source": SOURCE, "AvailabilityZone": "xx-west-9a"}, id="a zone elsewhere"),
        pytest.param({"Sources": [SOURCE, {**SOURCE, "Name": "second"}]}, id="two sources without failover"),
        pytest.param(
            {"Source": {"EntitlementArn": "arn:aws:mediaconnect:us-west-2:777788889999:entitlement:1-a-b:none"}},
            id="an unknown entitlement",
        ),
        pytest.param({"Source": SOURCE, "Outputs": [OUTPUT, OUTPUT]}, id="two outputs of one name"),
        pytest.param({"Source": SOURCE, "Entitlements": [{"Name": "a", "Subscribers": ["1"]}]}, id="a bad entitlement"),
        pytest.param({"Source": SOURCE, "FlowTags": {"aws:a": "b"}}, id="a reserved tag"),
    ],
)
def test_a_bad_flow_is_refused(world: World, mediaconnect: Any, params: dict[str, Any]) -> None:
    with refused("BadRequestException", 400):
        mediaconnect.create_flow(**{"Name": f"{world.prefix}bad", **params})
    flows = mediaconnect.get_paginator("list_flows").paginate().build_full_result()["Flows"]
    assert [flow for flow in flows if flow["Name"] == f"{world.prefix}bad"] == []


def test_a_flow_starts_with_entitlements_and_outputs(world: World, mediaconnect: Any) -> None:
    """API Reference, CreateFlow: "outputs (up to 50) and entitlements (up to 50)"."""
    requests = [
        {"Name": f"e{number}", "Subscribers": [world.subscriber], "EntitlementTags": {"n": str(number)}}
        for number in range(51)
    ]
    with refused("CreateFlow420Exception", 420):
        world.make_flow(Entitlements=requests)
    with refused("CreateFlow420Exception", 420):
        world.make_flow(Outputs=[{**OUTPUT, "Name": f"o{number}"} for number in range(51)])
    flow = world.make_flow(Entitlements=requests[:2], Outputs=[OUTPUT])
    entitlements = world.entitlements(flow)
    assert list(entitlements) == ["e0", "e1"]
    assert mediaconnect.list_tags_for_resource(ResourceArn=entitlements["e1"]["EntitlementArn"])["Tags"] == {"n": "1"}
    assert [output["Name"] for output in mediaconnect.describe_flow(FlowArn=flow)["Flow"]["Outputs"]] == ["NYC"]


def test_names_of_flows_are_not_unique(world: World) -> None:
    """User Guide, flows: "MediaConnect allows you to create multiple flows with the same name"."""
    assert world.make_flow(Name=f"{world.prefix}twin") != world.make_flow(Name=f"{world.prefix}twin")


@pytest.mark.emulated
def test_a_running_flow_is_stopped_before_it_is_deleted(world: World, mediaconnect: Any) -> None:
    """API Reference, DeleteFlow: "Before you can delete a flow, you must stop the flow"; statuses by the service model."""
    flow = world.make_flow()
    with refused("BadRequestException", 400):
        mediaconnect.stop_flow(FlowArn=flow)
    answer = mediaconnect.start_flow(FlowArn=flow)
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["FlowArn"], answer["Status"]) == (
        202,
        flow,
        "STARTING",
    )
    with refused("BadRequestException", 400):
        mediaconnect.start_flow(FlowArn=flow)
    world.eventually(lambda: statuses(world, flow) == "ACTIVE")
    world.grant(
        flow
    )  # User Guide: "You can grant, update, and revoke entitlements at any time, even on an active flow"
    with refused("BadRequestException", 400):
        mediaconnect.delete_flow(FlowArn=flow)
    assert mediaconnect.stop_flow(FlowArn=flow)["Status"] == "STOPPING"
    world.eventually(lambda: statuses(world, flow) == "STANDBY")
    answer = mediaconnect.delete_flow(FlowArn=flow)
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Status"]) == (202, "DELETING")
    mediaconnect.get_waiter("flow_deleted").wait(FlowArn=flow, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    with refused("NotFoundException", 404):
        mediaconnect.describe_flow(FlowArn=flow)
    with refused("NotFoundException", 404):
        mediaconnect.delete_flow(FlowArn=flow)


def test_a_flow_of_another_region_is_not_found(world: World, flow: str) -> None:
    elsewhere = world.client("mediaconnect", region="eu-west-1" if world.region != "eu-west-1" else "us-east-1")
    with refused("NotFoundException", 404):
        elsewhere.describe_flow(FlowArn=flow)


def test_outputs_come_change_and_go(world: World, mediaconnect: Any, flow: str) -> None:
    """API Reference, AddFlowOutputs (201), UpdateFlowOutput (202), RemoveFlowOutput (202); names unique within the flow."""
    answer = mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=[OUTPUT])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    (output,) = answer["Outputs"]
    assert (output["OutputStatus"], output["Transport"]["Protocol"], output["Port"]) == ("ENABLED", "srt-caller", 5020)
    with refused("BadRequestException", 400):
        mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=[{**OUTPUT, "Name": "LA"}, OUTPUT])
    with refused("BadRequestException", 400):
        mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=[{"Protocol": "rtp"}])
    answer = mediaconnect.update_flow_output(FlowArn=flow, OutputArn=output["OutputArn"], Port=5021, MinLatency=200)
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Output"]["Port"]) == (202, 5021)
    assert answer["Output"]["Transport"] == {**output["Transport"], "MinLatency": 200}
    assert mediaconnect.describe_flow(FlowArn=flow)["Flow"]["Outputs"] == [answer["Output"]]
    answer = mediaconnect.remove_flow_output(FlowArn=flow, OutputArn=output["OutputArn"])
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["OutputArn"]) == (202, output["OutputArn"])
    with refused("NotFoundException", 404):
        mediaconnect.remove_flow_output(FlowArn=flow, OutputArn=output["OutputArn"])


def test_a_flow_has_fifty_outputs_at_most(mediaconnect: Any, flow: str) -> None:
    """User Guide, quotas: 50 per transport stream flow; service model: AddFlowOutputs420Exception."""
    outputs = [{**OUTPUT, "Name": f"o{number}"} for number in range(51)]
    with refused("AddFlowOutputs420Exception", 420):
        mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=outputs)
    mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=outputs[:50])
    with refused("AddFlowOutputs420Exception", 420):
        mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=outputs[50:])


def test_a_second_source_needs_failover(mediaconnect: Any, flow: str) -> None:
    """API Reference, FailoverConfig: "If the state is inactive, the flow can have only one source"; quotas: 2 sources."""
    second = {**SOURCE, "Name": "second"}
    with refused("BadRequestException", 400):
        mediaconnect.add_flow_sources(FlowArn=flow, Sources=[second])
    answer = mediaconnect.update_flow(FlowArn=flow, SourceFailoverConfig={"State": "ENABLED"})
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Flow"]["SourceFailoverConfig"]["State"]) == (
        202,
        "ENABLED",
    )
    answer = mediaconnect.add_flow_sources(FlowArn=flow, Sources=[second])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    with refused("BadRequestException", 400):
        mediaconnect.add_flow_sources(FlowArn=flow, Sources=[{**SOURCE, "Name": "third"}])
    described = mediaconnect.describe_flow(FlowArn=flow)["Flow"]
    assert [source["Name"] for source in described["Sources"]] == ["feed", "second"]
    answer = mediaconnect.update_flow_source(
        FlowArn=flow, SourceArn=answer["Sources"][0]["SourceArn"], Description="backup"
    )
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Source"]["Description"]) == (202, "backup")
    mediaconnect.remove_flow_source(FlowArn=flow, SourceArn=answer["Source"]["SourceArn"])
    with refused(
        "BadRequestException", 400
    ):  # API Reference, RemoveFlowSource: "only if there is more than one source"
        mediaconnect.remove_flow_source(FlowArn=flow, SourceArn=described["Source"]["SourceArn"])


def test_tags_merge_and_go(world: World, mediaconnect: Any, flow: str) -> None:
    """API Reference, TagResource: existing tags that are not in the request "are not changed"; 204 by the service model."""
    for arn in (flow, world.grant(flow, EntitlementTags={"a": "1"})["EntitlementArn"]):
        answer = mediaconnect.tag_resource(ResourceArn=arn, Tags={"a": "2", "B": ""})
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        mediaconnect.tag_resource(ResourceArn=arn, Tags={"c": "3", "b": "4"})
        assert mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "2", "B": "", "c": "3", "b": "4"}
        answer = mediaconnect.untag_resource(ResourceArn=arn, TagKeys=["a", "c", "not-there"])
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"B": "", "b": "4"}
        with refused("BadRequestException", 400):
            mediaconnect.tag_resource(ResourceArn=arn, Tags={f"k{number}": "" for number in range(49)})


def test_what_does_not_exist_has_no_tags(world: World, mediaconnect: Any, flow: str) -> None:
    missing = flow.replace(":flow:", ":entitlement:")
    for call in (
        lambda: mediaconnect.list_tags_for_resource(ResourceArn=missing),
        lambda: mediaconnect.tag_resource(ResourceArn=missing, Tags={"a": "b"}),
        lambda: mediaconnect.untag_resource(ResourceArn=missing, TagKeys=["a"]),
    ):
        with refused("NotFoundException", 404):
            call()
    assert mediaconnect.list_tags_for_resource(ResourceArn=flow)["Tags"] == {}


def test_flows_are_listed_page_by_page(world: World, mediaconnect: Any) -> None:
    """API Reference, ListFlows: 10 a page by default, NextToken while there are more, MaxResults 1-1000."""
    made = {world.make_flow() for dummy in range(12)}
    first = mediaconnect.list_flows()
    assert len(first["Flows"]) == 10
    assert first["NextToken"]
    listed = (
        mediaconnect.get_paginator("list_flows").paginate(PaginationConfig={"PageSize": 5}).build_full_result()["Flows"]
    )
    assert made <= {flow["FlowArn"] for flow in listed}
    assert len({flow["FlowArn"] for flow in listed}) == len(listed)
    assert {flow["SourceType"] for flow in listed if flow["FlowArn"] in made} == {"OWNED"}
    assert len(mediaconnect.list_flows(MaxResults=1)["Flows"]) == 1
    for wrong in (0, 1001):
        with refused("BadRequestException", 400):
            mediaconnect.list_flows(MaxResults=wrong)
    with refused("BadRequestException", 400):
        mediaconnect.list_flows(NextToken="made-up")
    with refused("BadRequestException", 400):
        mediaconnect.list_entitlements(NextToken=first["NextToken"])


@pytest.mark.emulated
def test_vpc_interfaces_come_and_go(world: World, mediaconnect: Any, flow: str) -> None:
    """API Reference: AddFlowVpcInterfaces (201), RemoveFlowVpcInterface (200), not while a source or output uses it. MediaConnect
    makes the network interfaces "by assuming the IAM role" (VpcInterfaceRequest), which it can at that moment or not.
    """
    role = f"arn:aws:iam::{world.account}:role/MediaConnect-VPC"
    request = {
        "Name": "inside",
        "RoleArn": role,
        "SubnetId": "subnet-0123456789abcdef0",
        "SecurityGroupIds": ["sg-0123456789abcdef0"],
    }
    with refused("ForbiddenException", 403):
        mediaconnect.add_flow_vpc_interfaces(FlowArn=flow, VpcInterfaces=[request])
    with refused("ForbiddenException", 403):
        world.make_flow(VpcInterfaces=[request])
    world.client("iam").create_role(
        RoleName="MediaConnect-VPC", AssumeRolePolicyDocument=json.dumps(MEDIACONNECT_TRUST)
    )
    answer = mediaconnect.add_flow_vpc_interfaces(FlowArn=flow, VpcInterfaces=[request])
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["VpcInterfaces"][0]["NetworkInterfaceType"] == "ena"
    with refused("BadRequestException", 400):
        mediaconnect.add_flow_vpc_interfaces(FlowArn=flow, VpcInterfaces=[request])
    with refused("BadRequestException", 400):
        mediaconnect.add_flow_vpc_interfaces(
            FlowArn=flow, VpcInterfaces=[{**request, "Name": "twin"}, {**request, "Name": "twin"}]
        )
    output = {**OUTPUT, "VpcInterfaceAttachment": {"VpcInterfaceName": "inside"}}
    added = mediaconnect.add_flow_outputs(FlowArn=flow, Outputs=[output])["Outputs"][0]
    with refused("BadRequestException", 400):
        mediaconnect.remove_flow_vpc_interface(FlowArn=flow, VpcInterfaceName="inside")
    mediaconnect.remove_flow_output(FlowArn=flow, OutputArn=added["OutputArn"])
    answer = mediaconnect.remove_flow_vpc_interface(FlowArn=flow, VpcInterfaceName="inside")
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["VpcInterfaceName"]) == (200, "inside")
    with refused("NotFoundException", 404):
        mediaconnect.remove_flow_vpc_interface(FlowArn=flow, VpcInterfaceName="inside")


def test_what_is_asked_for_is_described(world: World, mediaconnect: Any) -> None:
    """API Reference, CreateFlow: maintenance, failover; Output: the address that a receiver connects to."""
    maintenance = {"MaintenanceDay": "Tuesday", "MaintenanceStartHour": "02:00"}
    listener = {"Name": "listener", "Protocol": "srt-listener", "Port": 5030, "CidrAllowList": ["10.0.0.0/16"]}
    failover = {"State": "DISABLED"}
    flow = world.make_flow(
        Source=SOURCE, Sources=[], Outputs=[listener], Maintenance=maintenance, SourceFailoverConfig=failover
    )
    described = mediaconnect.describe_flow(FlowArn=flow)["Flow"]
    assert described["Maintenance"].items() >= maintenance.items()
    assert described["SourceFailoverConfig"]["State"] == "DISABLED"
    assert described["Outputs"][0]["ListenerAddress"]
    assert described["Outputs"][0]["Transport"]["CidrAllowList"] == ["10.0.0.0/16"]
    assert described["Source"]["IngestIp"]
    assert described["Source"]["WhitelistCidr"] == "10.24.34.0/23"
