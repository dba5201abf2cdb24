# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which flows are read by those who only look, and how they are shown."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows.observe import flow_facts, read, read_tags

PREFIX = "arn:aws:mediaconnect:us-west-2:111122223333"
FLOW = {
    "FlowArn": f"{PREFIX}:flow:1-id:Game",
    "Name": "Game",
    "Status": "ACTIVE",
    "Source": {"Name": "first", "SourceArn": f"{PREFIX}:source:1-a:first"},
    "Outputs": [{"Name": "used", "EntitlementArn": f"{PREFIX}:entitlement:1-id:E"}],
    "Entitlements": [
        {"Name": "E", "EntitlementArn": f"{PREFIX}:entitlement:1-id:E", "Subscribers": ["444455556666"]},
    ],
    "Messages": {"Errors": ["no source"]},
}
FACTS = {
    "flow_arn": f"{PREFIX}:flow:1-id:Game",
    "name": "Game",
    "region": "us-west-2",
    "status": "ACTIVE",
    "description": "",
    **dict.fromkeys(("availability_zone", "egress_ip", "maintenance", "flow_size", "ndi_config", "encoding_config")),
    **dict.fromkeys(("source_failover_config", "source_monitoring_config")),
    "vpc_interfaces": [],
    "media_streams": [],
    "sources": [{"name": "first", "source_arn": f"{PREFIX}:source:1-a:first"}],
    "outputs": [{"name": "used", "entitlement_arn": f"{PREFIX}:entitlement:1-id:E"}],
    "entitlements": [
        {
            "name": "E",
            "entitlement_arn": f"{PREFIX}:entitlement:1-id:E",
            "subscribers": ["444455556666"],
            "description": "",
            "data_transfer_subscriber_fee_percent": 0,
            "entitlement_status": "ENABLED",
            "encryption": None,
            "in_use": True,
        }
    ],
    "messages": ["no source"],
}


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ({}, {}),
        ({"Sources": []}, {}),
        ({"Sources": [{"Name": "a"}, {"Name": "b"}]}, {"sources": [{"name": "a"}, {"name": "b"}]}),
        ({"Messages": {}}, {"messages": []}),
        (
            {
                "EgressIp": "203.0.113.10",
                "VpcInterfaces": [{"SubnetId": "s"}],
                "Maintenance": {"MaintenanceDay": "Monday"},
            },
            {
                "egress_ip": "203.0.113.10",
                "vpc_interfaces": [{"subnet_id": "s"}],
                "maintenance": {"maintenance_day": "Monday"},
            },
        ),
        ({"Outputs": None, "Entitlements": None}, {"outputs": [], "entitlements": []}),
    ],
)
def test_all_of_it(seen: dict[str, Any], shown: dict[str, Any]) -> None:
    assert flow_facts({**FLOW, **seen}) == {**FACTS, **shown}


class TestRead:
    def test_all_of_the_region(self, aws: Any) -> None:
        names = {aws.mediaconnect.add(name): name for name in ("Game", "Show")}
        aws.mediaconnect.add("Clip", region="eu-west-1")
        assert {flow["FlowArn"]: flow["Name"] for flow in read(aws.clients().get("mediaconnect"), None)} == names

    @pytest.mark.parametrize("wanted", [["Game"], ["Game", "Game", "none"]])
    def test_every_one_of_a_name_and_none_if_there_is_none(self, aws: Any, wanted: list[str]) -> None:
        arns = [aws.mediaconnect.add("Game", number=number) for number in "12"]
        aws.mediaconnect.add("Show")
        flows = read(aws.clients().get("mediaconnect"), wanted)
        assert [flow["FlowArn"] for flow in flows] == arns
        assert aws.calls.count("mediaconnect.describe_flow") == 2

    def test_by_arn_needs_no_list(self, aws: Any) -> None:
        game, gone = aws.mediaconnect.add("Game"), f"{PREFIX}:flow:1-id:Gone"
        flows = read(aws.clients().get("mediaconnect"), [game, gone])
        assert [flow["Name"] for flow in flows] == ["Game"]
        assert "mediaconnect.list_flows" not in aws.calls
        assert read(aws.clients().get("mediaconnect"), []) == []

    def test_by_name_and_arn_once(self, aws: Any) -> None:
        game, show = aws.mediaconnect.add("Game"), aws.mediaconnect.add("Show")
        flows = read(aws.clients().get("mediaconnect"), [show, "Game", "Show"])
        assert [flow["FlowArn"] for flow in flows] == [show, game]

    def test_one_that_cannot_be_read_fails(self, aws: Any) -> None:
        aws.mediaconnect.add("Game")
        aws.fails("mediaconnect.describe_flow", "ForbiddenException")
        with pytest.raises(ApiError, match="Could not read the flow"):
            read(aws.clients().get("mediaconnect"), None)


def test_tags(aws: Any) -> None:
    entitlements = [{"Name": name, "Subscribers": [], "tags": tags} for name, tags in (("E", {"c": "d"}), ("F", {}))]
    game = aws.mediaconnect.add("Game", *entitlements, tags={"a": "b"})
    client = aws.clients().get("mediaconnect")
    shown = flow_facts(read(client, [game])[0])
    gone = {"flow_arn": f"{PREFIX}:flow:1-id:Gone", "entitlements": []}
    read_tags(client, [shown, gone])
    assert (shown["tags"], gone["tags"]) == ({"a": "b"}, {})
    assert [entitlement["tags"] for entitlement in shown["entitlements"]] == [{"c": "d"}, {}]


class TestModule:
    """flow_info from its options to its result."""

    def test_flows_are_sorted_and_nothing_is_changed(self, aws: Any) -> None:
        arns = [aws.mediaconnect.add(name, number=number) for name, number in (("B", "1"), ("A", "2"), ("A", "1"))]
        for check_mode in (False, True):
            result = aws.run("flow_info", check_mode=check_mode).ok()
            assert [flow["flow_arn"] for flow in result["flows"]] == [arns[2], arns[1], arns[0]]
            assert result["changed"] is False
        assert all("tags" not in flow for flow in result["flows"])

    def test_tags_are_read_if_they_are_asked_for(self, aws: Any) -> None:
        aws.mediaconnect.add("Game", {"Name": "E", "Subscribers": []}, tags={"a": "b"})
        (flow,) = aws.run("flow_info", flows=["Game"], include_tags=True).ok()["flows"]
        assert (flow["tags"], flow["entitlements"][0]["tags"]) == ({"a": "b"}, {})

    def test_a_failure_is_one_sentence(self, aws: Any) -> None:
        aws.fails("mediaconnect.list_flows", "ForbiddenException")
        assert aws.run("flow_info").message == (
            "Could not list the flows: ForbiddenException: no (the caller needs mediaconnect:ListFlows)"
        )
