# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subscriber's side: what it was granted, the flow that it makes of it, and when video runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from emulator.tests.world import SOURCE, UNCHECKED, refused
from mediaconnect_emulator.client import Emulator

ORIGINATOR, SUBSCRIBER, OTHER = "111122223333", "444455556666", "123456789012"
KEY = "0123456789abcdef" * 4
ASM = {
    "name": "MediaConnect-ASM",
    "policies": {
        "read": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}],
        }
    },
}


class Stream:
    """An originator's live flow with one encrypted entitlement, and a subscriber that has the key."""

    def __init__(self, emulator: Emulator) -> None:
        emulator.settings(transition_delay=0.0, revoke_delay=0.0)
        self.emulator = emulator
        made = emulator.seed(
            {
                "accounts": {
                    account: {
                        "roles": [ASM],
                        "regions": {"us-west-2": {"secrets": [{"name": "key", "value": KEY}], "flows": flows}},
                    }
                    for account, flows in (
                        (ORIGINATOR, [{"name": "BaseballGame", "status": "ACTIVE"}]),
                        (SUBSCRIBER, []),
                        (OTHER, []),
                    )
                }
            }
        )
        self.secrets = dict(zip((ORIGINATOR, SUBSCRIBER, OTHER), made["secrets"], strict=True))
        self.flow = made["flows"][0]
        self.originator = emulator.client("mediaconnect", config=UNCHECKED)
        self.subscriber = emulator.client("mediaconnect", account=SUBSCRIBER, config=UNCHECKED)

    def encryption(self, account: str = ORIGINATOR, algorithm: str = "aes256") -> dict[str, Any]:
        return {
            "RoleArn": f"arn:aws:iam::{account}:role/MediaConnect-ASM",
            "SecretArn": self.secrets[account],
            "Algorithm": algorithm,
        }

    def grant(self, name: str = "AnyCompany", **params: Any) -> str:
        request = {"Name": name, "Subscribers": [SUBSCRIBER], "Encryption": self.encryption(), **params}
        request = {key: value for key, value in request.items() if value is not None}
        return str(
            self.originator.grant_flow_entitlements(FlowArn=self.flow, Entitlements=[request])["Entitlements"][0][
                "EntitlementArn"
            ]
        )

    def subscribe(
        self, arn: str, account: str = SUBSCRIBER, start: bool = True, name: str = "received", **source: Any
    ) -> str:
        client = self.emulator.client("mediaconnect", account=account, config=UNCHECKED)
        source = {"EntitlementArn": arn, "Decryption": self.encryption(account), **source}
        source = {key: value for key, value in source.items() if value is not None}
        flow = str(client.create_flow(Name=name, Source=source)["Flow"]["FlowArn"])
        if start:
            client.start_flow(FlowArn=flow)
        return flow

    def outputs(self) -> list[dict[str, Any]]:
        return list(self.originator.describe_flow(FlowArn=self.flow)["Flow"]["Outputs"])

    def errors(self, flow: str, account: str = SUBSCRIBER) -> list[str]:
        client = self.emulator.client("mediaconnect", account=account)
        return list(client.describe_flow(FlowArn=flow).get("Messages", {}).get("Errors", []))

    def update(self, arn: str, **params: Any) -> None:
        self.originator.update_flow_entitlement(FlowArn=self.flow, EntitlementArn=arn, **params)

    def revoke(self, arn: str) -> None:
        self.originator.revoke_flow_entitlement(FlowArn=self.flow, EntitlementArn=arn)

    def delete_secret(self, account: str) -> None:
        self.emulator.client("secretsmanager", account=account).delete_secret(SecretId="key")

    def put(self, account: str, value: str) -> None:
        self.emulator.client("secretsmanager", account=account).put_secret_value(SecretId="key", SecretString=value)


@pytest.fixture
def stream(emulator: Emulator) -> Stream:
    return Stream(emulator)


def test_a_declared_stream_runs(stream: Stream) -> None:
    """User Guide, entitlements-originator: the subscriber's flow generates an output on the originator's."""
    arn = stream.grant()
    assert stream.outputs() == []
    flow = stream.subscribe(arn)
    (output,) = stream.outputs()
    assert output["EntitlementArn"] == arn
    assert output["OutputArn"].split(":")[4:6] == [ORIGINATOR, "output"]
    assert stream.errors(flow) == stream.errors(stream.flow, ORIGINATOR) == []
    assert stream.emulator.streams(flow) == {"streams": True, "reasons": []}
    assert stream.emulator.streams(stream.flow) == {"streams": True, "reasons": []}
    listed = stream.subscriber.list_flows()["Flows"]
    assert [(item["FlowArn"], item["SourceType"], item["Status"]) for item in listed] == [(flow, "ENTITLED", "ACTIVE")]


def test_a_subscriber_sees_what_it_was_granted_and_no_more(stream: Stream) -> None:
    """API Reference, ListedEntitlement: ARN, name and fee; "granted to you from other AWS accounts"."""
    arn = stream.grant(DataTransferSubscriberFeePercent=15, Description="For AnyCompany")
    stream.grant("Other", Subscribers=[OTHER])
    expected = {"EntitlementArn": arn, "EntitlementName": "AnyCompany", "DataTransferSubscriberFeePercent": 15}
    assert stream.subscriber.list_entitlements()["Entitlements"] == [expected]
    assert stream.originator.list_entitlements()["Entitlements"] == []
    assert (
        stream.emulator.client("mediaconnect", account=SUBSCRIBER, region="eu-west-1").list_entitlements()[
            "Entitlements"
        ]
        == []
    )
    stream.revoke(arn)
    assert stream.subscriber.list_entitlements()["Entitlements"] == []


def test_entitlements_are_listed_page_by_page(stream: Stream) -> None:
    """API Reference, ListEntitlements: 20 a page by default."""
    requests = [{"Name": f"e{number}", "Subscribers": [SUBSCRIBER]} for number in range(25)]
    stream.originator.grant_flow_entitlements(FlowArn=stream.flow, Entitlements=requests)
    first = stream.subscriber.list_entitlements()
    assert len(first["Entitlements"]) == 20
    rest = stream.subscriber.list_entitlements(NextToken=first["NextToken"])
    assert len(rest["Entitlements"]) == 5
    assert "NextToken" not in rest
    every = (
        stream.subscriber.get_paginator("list_entitlements")
        .paginate(PaginationConfig={"PageSize": 7})
        .build_full_result()
    )
    assert [item["EntitlementName"] for item in every["Entitlements"]] == [request["Name"] for request in requests]


BREAKS: dict[str, tuple[str, Callable[[Stream, str], Any]]] = {
    "another key at the subscriber": ("isn't valid", lambda stream, arn: stream.put(SUBSCRIBER, "f" * 64)),
    "another key at the originator": ("isn't valid", lambda stream, arn: stream.put(ORIGINATOR, "f" * 64)),
    "a short key at the subscriber": ("has 32 hexadecimal digits", lambda stream, arn: stream.put(SUBSCRIBER, "f" * 32)),
    "the secret deleted at the subscriber": ("Permission denied", lambda stream, arn: stream.delete_secret(SUBSCRIBER)),
    "the entitlement disabled": ("is disabled", lambda stream, arn: stream.update(arn, EntitlementStatus="DISABLED")),
    "the entitlement revoked": ("no longer exists", lambda stream, arn: stream.revoke(arn)),
    "the subscriber removed": ("no longer exists", lambda stream, arn: stream.update(arn, Subscribers=[OTHER])),
    "the originator stopped": ("doesn't have an active source", lambda stream, arn: stream.originator.stop_flow(FlowArn=stream.flow)),
    "another algorithm at the originator": ("isn't valid", lambda stream, arn: stream.update(arn, Encryption=stream.encryption(algorithm="aes128"))),
}  # fmt: skip


@pytest.mark.parametrize(("error", "change"), BREAKS.values(), ids=BREAKS)
def test_what_breaks_the_stream_shows_in_the_messages(
    stream: Stream, error: str, change: Callable[[Stream, str], Any]
) -> None:
    """User Guide, monitor-flow-health: the alerts of an entitled flow."""
    arn = stream.grant()
    flow = stream.subscribe(arn)
    change(stream, arn)
    assert any(error in message for message in stream.errors(flow))
    answer = stream.emulator.streams(flow)
    assert answer["streams"] is False
    errors = stream.errors(flow)
    # The subscriber is not told what the originator lacks.
    assert answer["reasons"][: len(errors)] == errors
    assert all(reason.startswith(f"originator {ORIGINATOR}: ") for reason in answer["reasons"][len(errors) :])
    assert KEY not in json.dumps(answer)


@pytest.mark.parametrize(
    ("granted", "received", "runs"),
    [
        ({}, {}, True),
        ({"Encryption": None}, {"Decryption": None}, True),
        ({"Encryption": None}, {}, False),
        ({}, {"Decryption": None}, False),
    ],
)
def test_both_ends_encrypt_or_neither(
    stream: Stream, granted: dict[str, Any], received: dict[str, Any], runs: bool
) -> None:
    flow = stream.subscribe(stream.grant(**granted), **received)
    assert stream.emulator.streams(flow)["streams"] is runs


def test_a_key_that_the_role_cannot_read_shows_on_the_originators_flow(stream: Stream) -> None:
    """User Guide, monitoring events: "Permission denied accessing encryption key", with the secret and the role."""
    stream.grant()
    stream.emulator.client("iam").delete_role_policy(RoleName="MediaConnect-ASM", PolicyName="read")
    (error,) = stream.errors(stream.flow, ORIGINATOR)
    assert error.startswith("Permission denied accessing encryption key for entitlement AnyCompany")
    assert stream.secrets[ORIGINATOR] in error
    stream.originator.stop_flow(FlowArn=stream.flow)
    assert stream.errors(stream.flow, ORIGINATOR) == []


def test_a_removed_subscriber_loses_its_output_and_only_it(stream: Stream) -> None:
    """API Reference, UpdateFlowEntitlement: "the service will remove the outputs that are used by the subscribers that are removed"."""
    arn = stream.grant(Subscribers=[SUBSCRIBER, OTHER])
    stream.subscribe(arn)
    stream.subscribe(arn, OTHER, start=False)
    assert len(stream.outputs()) == 2
    stream.update(arn, Subscribers=[OTHER])
    (left,) = stream.outputs()
    assert OTHER in left["Name"]
    stream.update(arn, EntitlementStatus="DISABLED")
    assert stream.outputs() == [
        left
    ]  # User Guide, entitlements-disable: "the entitlement and the associated output remain"
    stream.revoke(arn)
    assert stream.outputs() == []


def test_a_granted_again_entitlement_needs_a_restart(stream: Stream) -> None:
    """User Guide, entitlements-revoke: "the subscriber's flow must be manually restarted"."""
    arn = stream.grant()
    flow = stream.subscribe(arn)
    stream.revoke(arn)
    assert stream.grant() == arn
    assert any("must be restarted" in error for error in stream.errors(flow))
    stream.subscriber.stop_flow(FlowArn=flow)
    stream.subscriber.start_flow(FlowArn=flow)
    assert stream.emulator.streams(flow)["streams"] is True


def test_an_entitlement_feeds_one_running_flow_only(stream: Stream) -> None:
    """User Guide, monitor-flow-health: an alert "if you try to start the second flow"."""
    arn = stream.grant()
    stream.subscribe(arn)
    second = stream.subscribe(arn, name="second", start=False)
    stream.subscriber.start_flow(FlowArn=second)
    assert stream.subscriber.describe_flow(FlowArn=second)["Flow"]["Status"] == "ERROR"
    assert any("already in use" in error for error in stream.errors(second))
    stream.subscriber.stop_flow(FlowArn=second)
    assert stream.errors(second) == []


def test_an_output_of_an_entitlement_is_not_the_originators_to_change(stream: Stream) -> None:
    """API Reference, RemoveFlowOutput: "only on an output that does not have an entitlement associated with it"."""
    flow = stream.subscribe(stream.grant())
    (output,) = stream.outputs()
    with refused("BadRequestException", 400):
        stream.originator.remove_flow_output(FlowArn=stream.flow, OutputArn=output["OutputArn"])
    with refused("BadRequestException", 400):
        stream.originator.update_flow_output(FlowArn=stream.flow, OutputArn=output["OutputArn"], Port=1)
    stream.subscriber.stop_flow(FlowArn=flow)
    stream.subscriber.delete_flow(FlowArn=flow)
    assert stream.outputs() == []


def test_a_full_flow_takes_no_more_subscribers(stream: Stream) -> None:
    """User Guide, monitor-flow-health: the originator "already has the maximum number of outputs"."""
    outputs = [
        {"Name": f"o{number}", "Protocol": "rtp", "Destination": "192.0.2.1", "Port": 5000} for number in range(50)
    ]
    stream.originator.add_flow_outputs(FlowArn=stream.flow, Outputs=outputs)
    flow = stream.subscribe(stream.grant())
    assert any("maximum number of outputs" in error for error in stream.errors(flow))


@pytest.mark.parametrize(
    ("account", "region", "source"),
    [
        pytest.param(OTHER, "us-west-2", {}, id="another account"),
        pytest.param(SUBSCRIBER, "eu-west-1", {}, id="another Region"),
        pytest.param(SUBSCRIBER, "us-west-2", {"Protocol": "rtp"}, id="a protocol too"),
    ],
)
def test_who_may_not_use_an_entitlement(stream: Stream, account: str, region: str, source: dict[str, Any]) -> None:
    """User Guide, entitlements-subscriber: granted to this account, used "in the same AWS Region"."""
    client = stream.emulator.client("mediaconnect", account=account, region=region, config=UNCHECKED)
    with refused("BadRequestException", 400):
        client.create_flow(Name="received", Source={"EntitlementArn": stream.grant(), **source})
    assert stream.outputs() == []


def test_a_flow_can_turn_to_another_entitlement(stream: Stream) -> None:
    """API Reference, UpdateFlowSource: EntitlementArn."""
    first, second = stream.grant("first"), stream.grant("second")
    flow = stream.subscribe(first, start=False)
    source = stream.subscriber.describe_flow(FlowArn=flow)["Flow"]["Source"]["SourceArn"]
    stream.subscriber.update_flow_source(FlowArn=flow, SourceArn=source, EntitlementArn=second)
    assert [output["EntitlementArn"] for output in stream.outputs()] == [second]


@pytest.mark.parametrize(
    ("protocol", "encryption", "fine"),
    [
        ("zixi-push", {"Algorithm": "aes256"}, True),
        ("zixi-push", {}, False),
        ("rtp", {"Algorithm": "aes256"}, False),
        ("srt-caller", {"KeyType": "srt-password"}, True),
        ("srt-caller", {"KeyType": "srt-password", "Algorithm": "aes256"}, False),
        ("zixi-push", {"KeyType": "srt-password"}, False),
        (
            "zixi-push",
            {"KeyType": "speke", "Url": "u", "ResourceId": "r", "DeviceId": "d", "Region": "us-west-2"},
            False,
        ),
    ],
)
def test_outputs_and_sources_encrypt_by_protocol(
    stream: Stream, protocol: str, encryption: dict[str, Any], fine: bool
) -> None:
    """User Guide, data protection: static keys for Zixi, passwords for SRT; SPEKE is for entitlements only."""
    whole = {
        "RoleArn": f"arn:aws:iam::{ORIGINATOR}:role/MediaConnect-ASM",
        "SecretArn": stream.secrets[ORIGINATOR],
        **encryption,
    }
    calls: list[Callable[[], Any]] = [
        lambda: stream.originator.add_flow_outputs(
            FlowArn=stream.flow,
            Outputs=[{"Name": "NYC", "Protocol": protocol, "Port": 1, "Destination": "192.0.2.1", "Encryption": whole}],
        ),
        lambda: stream.originator.create_flow(
            Name="decrypting", Source={**SOURCE, "Protocol": protocol, "Decryption": whole}
        ),
    ]
    for call in calls:
        if fine:
            call()
        else:
            with refused("BadRequestException", 400):
                call()


def test_a_revoked_entitlement_lingers_and_keeps_its_name(stream: Stream) -> None:
    """202 means that it is not done yet: how long, no source says."""
    stream.emulator.settings(revoke_delay=60.0)
    arn = stream.grant()
    stream.subscribe(arn)
    stream.revoke(arn)
    assert [
        item["EntitlementArn"] for item in stream.originator.describe_flow(FlowArn=stream.flow)["Flow"]["Entitlements"]
    ] == [arn]
    assert stream.outputs() == []
    assert stream.subscriber.list_entitlements()["Entitlements"] == []
    stream.revoke(arn)
    with refused("BadRequestException", 400):
        stream.grant()
    with refused("NotFoundException", 404):
        stream.update(arn, EntitlementStatus="ENABLED")
