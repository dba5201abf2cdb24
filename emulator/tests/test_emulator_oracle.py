# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a stream runs is asked of the whole chain, and from when to when it ran can be told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from emulator.tests.test_emulator_subscribers import KEY, ORIGINATOR, OTHER, SUBSCRIBER, Stream
from mediaconnect_emulator.client import Emulator

ROLE = "MediaConnect-ASM"
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture
def stream(emulator: Emulator) -> Stream:
    return Stream(emulator)


def permit_nothing(stream: Stream, account: str = ORIGINATOR) -> None:
    stream.emulator.client("iam", account=account).put_role_policy(
        RoleName=ROLE, PolicyName="read", PolicyDocument=json.dumps(NOTHING)
    )


def trust_another(stream: Stream) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [EC2]})
    stream.emulator.client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)


def limit(stream: Stream) -> None:
    iam = stream.emulator.client("iam")
    arn = iam.create_policy(PolicyName="Boundary", PolicyDocument=json.dumps(NOTHING))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=arn)


def encrypt(stream: Stream) -> None:
    """The role may not use the key."""
    key = stream.emulator.client("kms").create_key()["KeyMetadata"]["KeyId"]
    stream.emulator.client("secretsmanager").update_secret(SecretId="key", KmsKeyId=key)


def deny(stream: Stream) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stream.emulator.client("secretsmanager").put_resource_policy(SecretId="key", ResourcePolicy=document)


# What the originator lacks, and what is said.
LACKS: dict[str, tuple[Callable[[Stream], Any], str]] = {
    "trust": (trust_another, "does not trust"),
    "policies": (permit_nothing, "no policy allows it"),
    "a boundary": (limit, "no policy allows it"),
    "a resource policy": (deny, "a policy denies it"),
    "the KMS key": (encrypt, "kms:Decrypt"),
    "the secret": (lambda stream: stream.delete_secret(ORIGINATOR), "scheduled for deletion"),
    "a key": (lambda stream: stream.put(ORIGINATOR, "0f" * 8), "hexadecimal digits"),
}


@pytest.mark.parametrize("case", LACKS)
def test_what_the_originator_lacks_stops_the_subscriber_s_stream(stream: Stream, case: str) -> None:
    change, said = LACKS[case]
    flow = stream.subscribe(stream.grant())
    assert stream.emulator.streams(flow)["streams"]
    change(stream)
    answer = stream.emulator.streams(flow)
    assert not answer["streams"]
    assert any(said in reason for reason in answer["reasons"])
    # What the originator has is not for the subscriber to see.
    assert not any(f":{ORIGINATOR}:secret:" in text or f":{ORIGINATOR}:role/" in text for text in stream.errors(flow))


def test_other_entitlements_do_not_matter(stream: Stream) -> None:
    flow = stream.subscribe(stream.grant())
    iam = stream.emulator.client("iam")
    assume = {**EC2, "Principal": {"Service": "mediaconnect.amazonaws.com"}}
    iam.create_role(
        RoleName="Other", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [assume]})
    )
    encryption = {**stream.encryption(), "RoleArn": f"arn:aws:iam::{ORIGINATOR}:role/Other"}
    stream.grant("Broken", Encryption=encryption, Subscribers=[OTHER])
    assert stream.errors(stream.flow, ORIGINATOR)
    assert stream.emulator.streams(flow) == {"streams": True, "reasons": []}


def test_an_unencrypted_entitlement_needs_no_role(stream: Stream) -> None:
    flow = stream.subscribe(stream.grant(Encryption=None), Decryption=None)
    trust_another(stream)
    assert stream.emulator.streams(flow)["streams"]


def test_what_is_handed_on_needs_the_first_one_too(stream: Stream) -> None:
    """User Guide, flows-create-entitled-source: a subscriber's flow may itself grant entitlements."""
    flow = stream.subscribe(stream.grant())
    request = {"Name": "Onward", "Subscribers": [OTHER], "Encryption": stream.encryption(SUBSCRIBER)}
    granted = stream.subscriber.grant_flow_entitlements(FlowArn=flow, Entitlements=[request])["Entitlements"][0]
    last = stream.subscribe(granted["EntitlementArn"], OTHER)
    assert stream.emulator.streams(last)["streams"]
    permit_nothing(stream)
    (reason,) = stream.emulator.streams(last)["reasons"]
    assert reason.startswith(f"originator {ORIGINATOR}: ")


def test_the_role_of_an_interface_in_a_vpc(stream: Stream) -> None:
    """ASSUMPTION 33."""
    flow = stream.subscribe(stream.grant(Encryption=None), Decryption=None)
    role = f"arn:aws:iam::{ORIGINATOR}:role/{ROLE}"
    interface = {"Name": "vpc", "RoleArn": role, "SecurityGroupIds": ["sg-1"], "SubnetId": "subnet-1"}
    stream.originator.add_flow_vpc_interfaces(FlowArn=stream.flow, VpcInterfaces=[interface])
    assert stream.emulator.streams(flow)["streams"]
    trust_another(stream)
    for asked in (flow, stream.flow):
        assert any("VPC interface vpc" in reason for reason in stream.emulator.streams(asked)["reasons"])


# The timeline


def test_a_gap_is_a_number(stream: Stream) -> None:
    flow = stream.subscribe(stream.grant())
    assert stream.emulator.timeline(flow) == [{"from": 0.0, "until": None}]
    before = time.monotonic()
    stream.put(ORIGINATOR, "1e" * 32)
    time.sleep(0.2)
    stream.put(SUBSCRIBER, "1e" * 32)
    took = time.monotonic() - before
    first, second = stream.emulator.timeline(flow)
    gap = second["from"] - first["until"]
    assert 0.2 <= gap <= took
    assert second["until"] is None


def test_one_that_never_ran_has_no_periods(stream: Stream) -> None:
    flow = stream.subscribe(stream.grant(), start=False)
    assert stream.emulator.timeline(flow) == []


def test_what_time_alone_changes_is_seen(stream: Stream) -> None:
    flow = stream.subscribe(stream.grant(), start=False)
    stream.emulator.settings(transition_delay=0.2)
    assert stream.emulator.timeline(flow) == []
    stream.subscriber.start_flow(FlowArn=flow)
    time.sleep(0.5)
    (period,) = stream.emulator.timeline(flow)
    assert 0.2 <= period["from"] < 0.45
    assert period["until"] is None


def test_a_recording_ends_with_a_reset(stream: Stream) -> None:
    flow = stream.subscribe(stream.grant())
    stream.emulator.timeline(flow)
    stream.emulator.reset()
    with pytest.raises(ValueError, match="there is no flow"):
        stream.emulator.timeline(flow)


def test_keys_are_in_no_answer(stream: Stream) -> None:
    flow = stream.subscribe(stream.grant())
    stream.put(ORIGINATOR, "1e" * 32)
    assert KEY not in json.dumps(stream.emulator.streams(flow))
