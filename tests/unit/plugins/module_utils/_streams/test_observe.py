# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flows are read when somebody asks, once per Region and round."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import mediaconnect
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.observe import Streams

HOME, AWAY = "us-west-2", "eu-west-1"


class Clients:
    """A client is the name of its service and Region."""

    def get(self, service: str, region: str) -> str:
        return f"{service} in {region}"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clients that were asked for all flows; each has one flow, with one entitlement."""
    asked: list[str] = []

    def all_flows(client: str) -> list[dict[str, Any]]:
        asked.append(client)
        entitlement = {"Name": "E", "Encryption": {"SecretArn": "arn:s", "RoleArn": "arn:r"}}
        return [{"FlowArn": f"arn:{client}", "Name": client[-9:], "Entitlements": [entitlement]}]

    monkeypatch.setattr(mediaconnect, "all_flows", all_flows)
    return asked


def uses(streams: Streams, region: str) -> list[str]:
    return [str(use) for use in streams.uses(region)]


def test_a_region_s_flows_are_read_once(asked: list[str]) -> None:
    streams = Streams(Clients())
    assert asked == []
    for dummy in range(2):
        assert uses(streams, HOME) == ["entitlement E of flow us-west-2"]
    assert asked == ["mediaconnect in us-west-2"]


def test_each_region_has_its_own(asked: list[str]) -> None:
    streams = Streams(Clients())
    assert uses(streams, HOME) != uses(streams, AWAY)
    assert asked == ["mediaconnect in us-west-2", "mediaconnect in eu-west-1"]


def test_they_are_read_again_in_a_new_round(asked: list[str]) -> None:
    streams = Streams(Clients())
    for dummy in range(2):
        streams.uses(HOME)
        streams.forget()
    assert len(asked) == 2


def test_what_is_planned_counts_though_the_flows_were_read_before(asked: list[str]) -> None:
    streams = Streams(Clients())
    streams.uses(HOME)
    streams.planned = {"arn:mediaconnect in us-west-2": {"G": {"SecretArn": "arn:s"}}}
    assert uses(streams, HOME) == ["entitlement G of flow us-west-2"]
    assert uses(streams, AWAY) == ["entitlement E of flow eu-west-1"]


def test_what_cannot_be_read_is_told_and_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ApiError("Could not list the flows", ClientError({"Error": {"Code": "ForbiddenException"}}, "x"), "x:y")
    answers: list[Any] = [error, []]

    def all_flows(_client: str) -> list[dict[str, Any]]:
        answer = answers.pop(0)
        if isinstance(answer, ApiError):
            raise answer
        return answer

    monkeypatch.setattr(mediaconnect, "all_flows", all_flows)
    streams = Streams(Clients())
    with pytest.raises(ApiError):
        streams.uses(HOME)
    assert streams.uses(HOME) == []
