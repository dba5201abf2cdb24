# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags: one rule for every resource."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.tags import (
    TagChange,
    declared_tags,
    reserved_problems,
    tag_change,
    tag_problems,
)

STACK = "aws:cloudformation:stack-name"


@pytest.mark.parametrize(
    ("given", "declared"),
    [
        ([], None),
        ([None], None),
        ([None, None], None),
        ([{}], {}),
        ([None, {}], {}),
        ([{"a": "1"}, None], {"a": "1"}),
        ([{"a": "1", "b": "2"}, {"b": "3", "c": "4"}], {"a": "1", "b": "3", "c": "4"}),
        ([{"a": None}], {"a": ""}),
        ([{"a": "1"}, {"a": None}], {"a": ""}),
        ([{1: 2, "x": 1.5, False: True}], {"1": "2", "x": "1.5", "False": "True"}),
        ([{"day": 7}], {"day": "7"}),
    ],
)
def test_what_is_declared(given: list[Any], declared: Any) -> None:
    assert declared_tags(*given) == declared


@pytest.mark.parametrize(
    ("declared", "current", "purge", "to_set", "to_remove", "after"),
    [
        (None, {}, True, {}, [], {}),
        (None, {"a": "1"}, True, {}, [], {"a": "1"}),
        ({}, {}, True, {}, [], {}),
        ({}, {"a": "1"}, True, {}, ["a"], {}),
        ({}, {"a": "1"}, False, {}, [], {"a": "1"}),
        ({"a": "1"}, {"a": "1"}, True, {}, [], {"a": "1"}),
        ({"a": "1"}, {}, True, {"a": "1"}, [], {"a": "1"}),
        ({"a": "1"}, {"a": "2"}, True, {"a": "1"}, [], {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, True, {"a": "1"}, ["b"], {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, False, {"a": "1"}, [], {"a": "1", "b": "2"}),
        ({"a": ""}, {"a": "1"}, True, {"a": ""}, [], {"a": ""}),
        ({"a": ""}, {}, True, {"a": ""}, [], {"a": ""}),
        ({"a": "1"}, {"A": "1"}, True, {"a": "1"}, ["A"], {"a": "1"}),
        # what AWS alone may write stays
        ({}, {STACK: "x"}, True, {}, [], {STACK: "x"}),
        ({"a": "1"}, {STACK: "x", "b": "2"}, True, {"a": "1"}, ["b"], {"a": "1", STACK: "x"}),
        ({STACK: "x"}, {STACK: "x"}, True, {}, [], {STACK: "x"}),
    ],
)
def test_what_is_to_be_done(declared: Any, current: Any, purge: bool, to_set: Any, to_remove: Any, after: Any) -> None:
    change = tag_change(current, declared, purge)
    assert change == TagChange(to_set, to_remove, after)
    assert bool(change) is bool(to_set or to_remove)


def test_changes_come_in_order_whatever_the_order_of_the_tags() -> None:
    change = tag_change({"z": "1", "y": "1"}, {"c": "1", "a": "1", "b": "1"}, purge=True)
    assert (list(change.to_set), change.to_remove) == (["a", "b", "c"], ["y", "z"])


def test_what_was_given_is_not_changed() -> None:
    current, declared = {"a": "1"}, {"b": "2"}
    tag_change(current, declared, purge=True).after["c"] = "3"
    tag_change(current, None, purge=True).after["c"] = "3"
    assert (current, declared) == ({"a": "1"}, {"b": "2"})


TOO_LONG = "the tag '%s' is too long: AWS takes keys of 1 to 128 characters and values of up to 256"


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (None, []),
        ({}, []),
        ({"k" * 128: "v" * 256, "k": ""}, []),
        ({"": "v"}, [TOO_LONG % ""]),
        ({"k" * 129: ""}, [TOO_LONG % ("k" * 129)]),
        ({"k": "v" * 257, "l": "v", "m": "v" * 300}, [TOO_LONG % "k", TOO_LONG % "m"]),
        ({f"k{number}": "" for number in range(50)}, []),
        ({f"k{number}": "" for number in range(51)}, ["it has 51 tags, and AWS takes 50"]),
        ({"": "", **{f"k{number}": "" for number in range(50)}}, [TOO_LONG % "", "it has 51 tags, and AWS takes 50"]),
    ],
)
def test_what_is_said_of_tags_that_aws_would_not_take(tags: Any, said: list[str]) -> None:
    assert tag_problems(tags) == said


@pytest.mark.parametrize(
    ("current", "declared", "said"),
    [
        ({}, {"awsome": "1", "a": "aws:"}, []),
        ({STACK: "x"}, {STACK: "x"}, []),
        ({STACK: "x"}, {}, []),
        ({}, {STACK: "x"}, [f"the tag {STACK} begins with aws:, which AWS reserves"]),
        ({STACK: "x"}, {STACK: "y"}, [f"the tag {STACK} begins with aws:, which AWS reserves"]),
        (
            {},
            {"AWS:b": "", "aws:a": ""},
            [
                "the tag AWS:b begins with aws:, which AWS reserves",
                "the tag aws:a begins with aws:, which AWS reserves",
            ],
        ),
    ],
)
def test_what_is_said_of_tags_that_aws_alone_may_write(current: Any, declared: Any, said: list[str]) -> None:
    assert reserved_problems(tag_change(current, declared, purge=True)) == said
