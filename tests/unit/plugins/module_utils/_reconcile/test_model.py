# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions and units: what is still to be done, and what a new plan changes of the old one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import (
    Action,
    Stage,
    Unit,
    WorldChanged,
    distinct,
    repeated,
    replaced,
)


@pytest.mark.parametrize(
    ("names", "twice"),
    [("", ""), ("abc", ""), ("aba", "a"), ("abbaab", "ba"), ("aaaa", "a")],
)
def test_names_that_occur_more_than_once_are_told_once(names: str, twice: str) -> None:
    assert repeated(names) == list(twice)


@pytest.mark.parametrize(("texts", "once"), [("", ""), ("abc", "abc"), ("cabac", "cab")])
def test_texts_once_each_in_order(texts: str, once: str) -> None:
    assert distinct(iter(texts)) == list(once)


@pytest.mark.parametrize(
    ("value", "texts", "result"),
    [
        ("arn:a", {}, "arn:a"),
        ("arn:a", {"arn:a": "arn:b"}, "arn:b"),
        ("the arn:a", {"arn:a": "arn:b"}, "the arn:a"),
        (
            {"k": ["arn:a", {"l": "arn:a"}], "arn:a": 1},
            {"arn:a": "arn:b"},
            {"k": ["arn:b", {"l": "arn:b"}], "arn:a": 1},
        ),
        (None, {"arn:a": "arn:b"}, None),
        (7, {"7": "8"}, 7),
        ({"arn:a"}, {"arn:a": "arn:b"}, {"arn:a"}),
        ([True], {"True": "x"}, [True]),
    ],
)
def test_texts_in_place_of_others(value: Any, texts: dict[str, str], result: Any) -> None:
    assert replaced(value, texts) == result


def test_the_value_itself_is_not_changed() -> None:
    value = {"k": ["a"]}
    replaced(value, {"a": "b"})
    assert value == {"k": ["a"]}


def test_stages_come_in_the_order_that_is_safe() -> None:
    assert sorted(Stage) == [
        Stage.RESTORE,
        Stage.MAKE,
        Stage.WIDEN,
        Stage.REENCRYPT,
        Stage.GRANT,
        Stage.NARROW,
        Stage.DELETE,
        Stage.HAND_OVER,
    ]


@pytest.mark.parametrize(("change", "done"), [(WorldChanged(), False), (WorldChanged(done=True), True)])
def test_what_found_the_world_changed_may_count_as_done(change: WorldChanged, done: bool) -> None:
    assert change.done is done


# what is not done


def test_what_is_not_done_is_told_by_the_action_itself() -> None:
    """Equal actions may be done one after the other, and in any order."""
    one, other, same = Action("a", "do a"), Action("b", "do b"), Action("a", "do a")
    unit = Unit("thing", actions=[one, other, same])
    assert unit.not_done == [one, other, same]
    unit.done = [other, same]
    assert len(unit.not_done) == 1
    assert unit.not_done[0] is one


def test_what_was_done_by_an_earlier_plan_does_not_count_as_done_by_this_one() -> None:
    unit = Unit("thing", actions=[Action("a", "do a")], done=[Action("a", "do a")])
    assert unit.not_done == unit.actions


def test_a_unit_shows_one_difference() -> None:
    assert Unit("thing", before={"a": 1}, after=None).differences() == [("thing", {"a": 1}, None)]


def test_what_aws_told_replaces_what_was_predicted() -> None:
    unit = Unit("thing", before={"arn": "new"}, after={"arn": "new", "uses": ["new", "old"]})
    unit.replace_predictions({"new": "arn:real"})
    assert unit.after == {"arn": "arn:real", "uses": ["arn:real", "old"]}
    assert unit.before == {"arn": "new"}
    gone = Unit("thing", after=None)
    gone.replace_predictions({"new": "arn:real"})
    assert gone.after is None


# a new plan


def test_a_new_plan_is_what_is_to_be_done_from_now_on() -> None:
    made, then = Action("make", "make it"), Action("tag", "tag it")
    unit = Unit(
        "thing",
        before=None,
        after={"arn": "arn:new", "size": 1},
        actions=[made],
        action="created",
        warnings=["Careful."],
        refusals=[],
        done=[made],
        stale=True,
        read_back=True,
    )
    fresh = Unit(
        "thing",
        before={"arn": "arn:new", "size": 2},
        after={"arn": "arn:new", "size": 3},
        actions=[then],
        action="updated",
        warnings=["Careful now."],
        refusals=["No."],
    )
    unit.renew(fresh)
    assert (unit.after, unit.actions, unit.read_back) == (fresh.after, [then], False)
    assert (unit.warnings, unit.refusals, unit.stale) == (["Careful now."], ["No."], False)
    # what was there first and what has been done
    assert (unit.before, unit.action, unit.done) == (None, "created", [made])


@pytest.mark.parametrize("action", ["created", "updated", "unchanged"])
def test_what_somebody_else_has_done_is_not_called_after_what_was_planned(action: str) -> None:
    unit = Unit("thing", before=None, after={"size": 1}, action=action)
    unit.renew(Unit("thing", before={"size": 1}, after={"size": 1}, action="unchanged"))
    assert (unit.before, unit.after, unit.action) == ({"size": 1}, {"size": 1}, "unchanged")


def test_what_turns_out_to_need_something_is_called_after_that() -> None:
    unit = Unit("thing", action="unchanged", done=[Action("tag", "tag it")])
    unit.renew(Unit("thing", action="updated"))
    assert unit.action == "updated"


@pytest.mark.parametrize(
    ("after", "fresh", "learned"),
    [
        ({"arn": "arn:??????"}, {"arn": "arn:real"}, {"arn:??????": "arn:real"}),
        ({"arn": "arn:real"}, {"arn": "arn:real"}, {}),
        ({"arn": "arn:??????"}, None, {}),
        (None, {"arn": "arn:real"}, {}),
        ({}, {}, {}),
        ({"size": 1}, {"size": 2}, {}),
    ],
)
def test_a_new_plan_may_know_the_arn_that_was_predicted(after: Any, fresh: Any, learned: dict[str, str]) -> None:
    unit = Unit("thing", after=after)
    unit.renew(Unit("thing", after=fresh))
    assert unit.learned == learned
    assert unit.after == fresh
