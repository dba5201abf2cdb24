# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How often something is tried again, by a clock of its own."""

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile import wait


class Clock:
    look = 0.001  # a look at the clock takes time too

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        self.now += self.look
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(wait, "time", clock)
    return clock


@pytest.mark.parametrize(
    ("seconds", "pause", "expected"),
    [
        (0, 2, [True]),
        (1, 2, [False, True]),
        (5, 2, [False, False, False, True]),
        (120, 30, [False, False, False, False, True]),
    ],
)
def test_tries_until_the_time_is_up_and_once_more(
    clock: Clock, seconds: float, pause: float, expected: list[bool]
) -> None:
    assert list(wait.tries(seconds, pause)) == expected
    assert clock.slept == [pause] * (len(expected) - 1)


@pytest.mark.parametrize(("seconds", "expected"), [(0, [False, True]), (4, [False, False, False, True])])
def test_when_the_time_is_just_up_there_is_still_time(clock: Clock, seconds: float, expected: list[bool]) -> None:
    clock.look = 0
    assert list(wait.tries(seconds, 2)) == expected


def test_the_first_try_waits_for_nothing(clock: Clock) -> None:
    tries = wait.tries(120, 2)
    next(tries)
    assert clock.slept == []
    next(tries)
    assert clock.slept == [2]


def test_a_try_that_takes_long_uses_up_the_time(clock: Clock) -> None:
    tries = wait.tries(10, 2)
    assert next(tries) is False
    clock.now += 60
    assert list(tries) == [True]
