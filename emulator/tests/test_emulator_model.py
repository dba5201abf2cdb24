# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that no client would make, judged by the service model; and the model's own routes and statuses."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any, cast

import pytest

import mediaconnect_emulator.server.app  # noqa: F401  # pylint: disable=unused-import  # it registers the operations
from emulator.tests.world import World
from mediaconnect_emulator.beside.keys import READABLE, KeyReader, Reading
from mediaconnect_emulator.mediaconnect.estate import Estate
from mediaconnect_emulator.mediaconnect.registry import OPERATIONS, Call, run
from mediaconnect_emulator.settings import Settings
from mediaconnect_emulator.wire.model import MediaConnectModel
from mediaconnect_emulator.wire.protocols import AwsError

conformance = pytest.mark.conformance


def quoted(arn: str) -> str:
    return arn.replace(":", "%3A")


@conformance
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="no JSON"),
        pytest.param([], id="a list"),
        pytest.param({}, id="a required member is missing"),
        pytest.param({"entitlements": "a"}, id="text for a list"),
        pytest.param({"entitlements": [{"name": "a", "subscribers": "444455556666"}]}, id="text for a list of texts"),
        pytest.param({"entitlements": [{"name": 1, "subscribers": ["444455556666"]}]}, id="a number for text"),
        pytest.param(
            {"entitlements": [{"name": "a", "subscribers": [444455556666]}]}, id="a number in a list of texts"
        ),
        pytest.param(
            {"entitlements": [{"name": "a", "subscribers": ["444455556666"], "dataTransferSubscriberFeePercent": "5"}]},
            id="text for a number",
        ),
        pytest.param(
            {
                "entitlements": [
                    {"name": "a", "subscribers": ["444455556666"], "dataTransferSubscriberFeePercent": True}
                ]
            },
            id="true for a number",
        ),
        pytest.param(
            {"entitlements": [{"name": "a", "subscribers": ["444455556666"], "entitlementTags": ["a"]}]},
            id="a list for a map",
        ),
        pytest.param(
            {"entitlements": [{"name": "a", "subscribers": ["444455556666"], "encryption": []}]},
            id="a list for an object",
        ),
        pytest.param(
            {"entitlements": [{"name": "a", "subscribers": ["444455556666"], "encryption": {"algorithm": "aes256"}}]},
            id="no role",
        ),
    ],
)
def test_a_body_that_does_not_fit_the_model_is_refused(world: World, flow: str, body: Any) -> None:
    answer = world.raw("POST", f"/v1/flows/{quoted(flow)}/entitlements", body)
    assert (answer.status, answer.error) == (400, "BadRequestException")
    assert answer.body["message"]
    assert world.entitlements(flow) == {}


@pytest.mark.parametrize(
    "body",
    [{"entitlements": [], "more": 1}, {"entitlements": [{"name": "a", "subscribers": ["444455556666"], "Name": "a"}]}],
)
def test_an_unknown_member_is_refused(world: World, flow: str, body: Any) -> None:
    """An assumption: a misspelt member is worth an error."""
    answer = world.raw("POST", f"/v1/flows/{quoted(flow)}/entitlements", body)
    assert (answer.status, answer.error) == (400, "BadRequestException")
    assert "unknown member" in answer.body["message"]


@conformance
def test_null_stands_for_an_absent_member(world: World, flow: str) -> None:
    body = {"entitlements": [{"name": "a", "subscribers": [world.subscriber], "description": None}]}
    answer = world.raw("POST", f"/v1/flows/{quoted(flow)}/entitlements", body)
    assert answer.status == 200
    assert "description" not in answer.body["entitlements"][0]
    assert set(answer.body) == {"entitlements", "flowArn"}


@conformance
@pytest.mark.parametrize(
    "path",
    [
        "/v1/flows/BaseballGame",
        "/v1/flows/arn%3Aaws%3Amediaconnect%3Aus-west-2%3A1%3Aoutput%3Ax",
        "/v1/flows?maxResults=ten",
    ],
)
def test_a_path_that_does_not_fit_the_model_is_refused(world: World, path: str) -> None:
    answer = world.raw("GET", path)
    assert (answer.status, answer.error) == (400, "BadRequestException")


@conformance
def test_an_arn_may_come_unquoted(world: World, flow: str) -> None:
    assert world.raw("GET", f"/v1/flows/{flow}").status == 200


def test_a_path_of_no_operation_is_not_found(world: World) -> None:
    assert world.raw("GET", "/v1/nothing").status == 404
    assert world.raw("PATCH", "/v1/flows").status == 404


def test_an_operation_that_is_not_emulated_says_so(world: World) -> None:
    answer = world.raw("GET", "/v1/offerings")
    assert (answer.status, answer.error) == (400, "BadRequestException")
    assert "ListOfferings is not part of the emulator" in answer.body["message"]


def test_every_operation_of_ours_is_one_of_the_service() -> None:
    model = MediaConnectModel()
    for name in OPERATIONS:
        operation = model.operation(name)
        path = "/" + "/".join(segment if not segment.startswith("{") else "x" for segment in operation.segments)
        assert model.route(operation.method, path) is not None
    assert len(OPERATIONS) == 22


def test_a_response_that_breaks_the_model_is_a_problem() -> None:
    model = MediaConnectModel()
    __, problems = model.write(
        model.operation("GrantFlowEntitlements"),
        {"flow_arn": "x", "Entitlements": [{"Name": "a", "EntitlementStatus": "GONE"}]},
    )
    assert problems == [
        "GrantFlowEntitlements: unknown member 'flow_arn'",
        "GrantFlowEntitlements: Value 'GONE' at 'entitlements.1.member.entitlementStatus' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ENABLED, DISABLED]",
        "GrantFlowEntitlements: Value null at 'entitlements.1.member.entitlementArn' failed to satisfy constraint: Member must not be null",
        "GrantFlowEntitlements: Value null at 'entitlements.1.member.subscribers' failed to satisfy constraint: Member must not be null",
    ]


def test_operations_take_turns() -> None:
    """However long one takes between looking and writing, another does not come in between."""

    class SlowKeys:
        def assume(self, role_arn: str, flow_arn: str) -> Reading:
            time.sleep(0.005)
            return READABLE

    estate = Estate(Settings())

    def call(operation: str, **params: Any) -> dict[str, Any]:
        return run(Call(operation, "111122223333", "us-west-2", params, estate, cast(KeyReader, SlowKeys())))

    flow = call("CreateFlow", Name="crowded", Source={"Name": "feed", "Protocol": "rtp"})["Flow"]["FlowArn"]
    secret = "arn:aws:secretsmanager:us-west-2:111122223333:secret:key-AbCdEf"
    encryption = {"RoleArn": "arn:aws:iam::111122223333:role/R", "SecretArn": secret, "Algorithm": "aes256"}
    granted: list[str] = []

    def grant(number: int) -> None:
        for name in ("twin", f"own-{number}"):
            with contextlib.suppress(AwsError):
                call(
                    "GrantFlowEntitlements",
                    FlowArn=flow,
                    Entitlements=[{"Name": name, "Subscribers": ["444455556666"], "Encryption": encryption}],
                )
                granted.append(name)

    threads = [threading.Thread(target=grant, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(granted) == sorted(["twin", *(f"own-{number}" for number in range(20))])
