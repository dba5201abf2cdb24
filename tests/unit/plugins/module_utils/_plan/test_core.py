# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Action, Unit, differing, repeated


@pytest.mark.parametrize(
    ("declared", "observed", "expected"),
    [
        ({}, {"a": 1}, {}),
        ({"a": None}, {"a": 1}, {}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 2}, {"a": 1}, {"a": 2}),
        ({"a": ""}, {"a": "text"}, {"a": ""}),
        ({"a": ""}, {}, {"a": ""}),
        ({"a": 0}, {"a": 0}, {}),
        ({"a": []}, {"a": [1]}, {"a": []}),
    ],
)
def test_what_is_left_out_does_not_differ_and_what_is_empty_does(declared, observed, expected) -> None:
    assert differing(declared, observed) == expected


@pytest.mark.parametrize(
    ("names", "twice"),
    [("", ""), ("abc", ""), ("aba", "a"), ("abbaab", "ba"), ("aaaa", "a")],
)
def test_names_that_occur_more_than_once_are_told_once(names: str, twice: str) -> None:
    assert repeated(names) == list(twice)


def test_what_is_not_done_is_what_follows_the_last_action_done() -> None:
    actions = [Action("a", "do a"), Action("b", "do b"), Action("c", "do c")]
    unit = Unit("thing", actions=actions, done=actions[:1])
    assert unit.not_done == actions[1:]


def test_a_unit_shows_one_difference() -> None:
    assert Unit("thing", before={"a": 1}, after=None).differences() == [("thing", {"a": 1}, None)]
