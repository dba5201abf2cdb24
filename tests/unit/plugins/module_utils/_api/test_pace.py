# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token bucket, by a clock of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import pace as module
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.pace import BURST, TokenBucket, pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_a_burst_goes_at_once_and_the_rest_as_fast_as_tokens_come_back(clock: Clock) -> None:
    bucket = TokenBucket(burst=3, rate=2)
    for dummy in range(3):
        bucket.take()
    assert clock.slept == []
    for dummy in range(4):
        bucket.take()
    assert clock.slept == pytest.approx([0.5] * 4)


def test_tokens_come_back_up_to_the_burst(clock: Clock) -> None:
    bucket = TokenBucket(burst=3, rate=2)
    for dummy in range(3):
        bucket.take()
    clock.now += 1000
    for dummy in range(4):
        bucket.take()
    assert clock.slept == pytest.approx([0.5])


def test_those_who_wait_are_served_one_after_the_other(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes while others wait waits longer than they."""
    monkeypatch.setattr(clock, "sleep", clock.slept.append)  # time stands still, as for threads that come at once
    bucket = TokenBucket(burst=1, rate=10)
    for dummy in range(4):
        bucket.take()
    assert clock.slept == pytest.approx([0.1, 0.2, 0.3])


@pytest.mark.parametrize(
    ("documented", "operation", "calls"),
    [(30, "DescribeFlow", 300), (5, "GrantFlowEntitlements", 100), (5, "ListFlows", 60)],
)
def test_the_documented_rates_are_never_exceeded(clock: Clock, documented: int, operation: str, calls: int) -> None:
    handlers: list[Any] = []
    events = SimpleNamespace(register=lambda name, handler: handlers.append(handler))
    client = SimpleNamespace(meta=SimpleNamespace(events=events))
    assert pace(client) is client
    (wait,) = handlers
    at = []
    for dummy in range(calls):
        wait(event_name=f"before-send.mediaconnect.{operation}", request=None)
        at.append(clock.now)
    allowed = 30.0  # AWS's bucket
    for earlier, later in zip([at[0], *at], at, strict=False):
        allowed = min(30.0, allowed + (later - earlier) * documented) - 1
        assert allowed >= 0
    # and hardly slower than they allow
    assert at[-1] - at[0] <= (calls - BURST) / documented * 1.1


def test_operations_do_not_use_up_each_other_s_tokens(clock: Clock) -> None:
    handlers: list[Any] = []
    events = SimpleNamespace(register=lambda name, handler: handlers.append(handler))
    pace(SimpleNamespace(meta=SimpleNamespace(events=events)))
    for dummy in range(int(BURST)):
        handlers[0](event_name="before-send.mediaconnect.DescribeFlow")
    handlers[0](event_name="before-send.mediaconnect.UpdateFlowEntitlement")
    assert clock.slept == []
