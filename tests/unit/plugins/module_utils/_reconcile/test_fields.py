# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of options, and what is made of it for Ansible, for AWS and for the planner."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import (
    Field,
    api_name,
    argument_spec,
    declared_values,
    defaults,
    differing,
    from_api,
    options_of,
    spellings,
    to_api,
)

TABLE = (
    Field("name", {"type": "str", "required": True}),
    Field("description", member="Description", default=""),
    Field("path", member="Path", updatable=False, default="/"),
    Field("fee", {"type": "int"}, member="Fee", default=0, updatable=False, form=int),
    Field("members", {"type": "list", "elements": "str"}, member="MemberList", default=[], form=sorted),
    Field("boundary", {"type": "str"}, member="PermissionsBoundary", returned_as="boundary_arn"),
    Field("force", {"type": "bool", "default": False}),
)
NOTHING = {"description": "", "path": "/", "fee": 0, "members": [], "boundary_arn": None}


def test_what_ansible_takes() -> None:
    assert argument_spec(TABLE) == {
        "name": {"type": "str", "required": True},
        "description": {"type": "str"},
        "path": {"type": "str"},
        "fee": {"type": "int"},
        "members": {"type": "list", "elements": "str"},
        "boundary": {"type": "str"},
        "force": {"type": "bool", "default": False},
    }


@pytest.mark.parametrize(
    ("item", "values"),
    [
        ({}, {}),
        ({"description": None, "members": None, "boundary": None}, {}),
        ({"description": "", "members": [], "fee": 0}, {"description": "", "members": [], "fee": 0}),
        ({"fee": "10", "members": ["b", "a"]}, {"fee": 10, "members": ["a", "b"]}),
        ({"boundary": "arn:b"}, {"boundary_arn": "arn:b"}),
        # what the API does not know
        ({"name": "n", "force": True, "other": 1}, {}),
    ],
)
def test_what_is_declared(item: dict[str, Any], values: dict[str, Any]) -> None:
    assert declared_values(TABLE, item) == values


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ({}, {}),
        ({"Description": None, "MemberList": None, "Path": ""}, {}),
        (
            {"Description": "d", "Path": "/p/", "Fee": "7", "MemberList": ["b", "a"], "PermissionsBoundary": "arn:b"},
            {"description": "d", "path": "/p/", "fee": 7, "members": ["a", "b"], "boundary_arn": "arn:b"},
        ),
        ({"Name": "n", "Force": True, "description": "d"}, {}),
    ],
)
def test_what_aws_answers(answer: dict[str, Any], values: dict[str, Any]) -> None:
    assert from_api(TABLE, answer) == {**NOTHING, **values}


def test_what_a_new_thing_has_where_nothing_is_declared() -> None:
    assert defaults(TABLE) == from_api(TABLE, {}) == NOTHING


@pytest.mark.parametrize(
    ("values", "request_"),
    [
        ({}, {}),
        ({"description": "", "fee": 0}, {"Description": "", "Fee": 0}),
        ({"boundary_arn": "arn:b"}, {"PermissionsBoundary": "arn:b"}),
        ({"boundary": "arn:b", "name": "n", "force": True, "arn": "arn:x"}, {}),
    ],
)
def test_what_is_sent(values: dict[str, Any], request_: dict[str, Any]) -> None:
    assert to_api(TABLE, values) == request_


def test_what_was_declared_comes_back_as_it_was_sent() -> None:
    wanted = declared_values(TABLE, {"description": "d", "fee": 7, "members": ["b", "a"], "boundary": "arn:b"})
    assert from_api(TABLE, to_api(TABLE, wanted)) == {**NOTHING, **wanted}


@pytest.mark.parametrize(
    ("wanted", "current", "changes", "stuck"),
    [
        ({}, {"description": "d"}, {}, {}),
        ({"description": "d"}, {"description": "d"}, {}, {}),
        ({"description": "d"}, {"description": "e"}, {"description": "d"}, {}),
        ({"description": ""}, {"description": "e"}, {"description": ""}, {}),
        ({"description": ""}, {}, {"description": ""}, {}),
        ({"boundary_arn": "arn:b"}, {"boundary_arn": None}, {"boundary_arn": "arn:b"}, {}),
        ({"members": []}, {"members": ["a"]}, {"members": []}, {}),
        ({"fee": 0}, {"fee": 0}, {}, {}),
        ({"fee": 0}, {"fee": 7}, {}, {"fee": 0}),
        ({"description": "d", "path": "/p/"}, NOTHING, {"description": "d"}, {"path": "/p/"}),
        ({"name": "n", "force": True}, {}, {}, {}),
    ],
)
def test_what_differs(wanted: Any, current: Any, changes: Any, stuck: Any) -> None:
    """Of what AWS can change in place, and of what it cannot."""
    assert differing(TABLE, wanted, current) == changes
    assert differing(TABLE, wanted, current, updatable=False) == stuck


def test_changes_come_in_the_order_of_the_table() -> None:
    assert list(differing(TABLE, {"boundary_arn": "b", "description": "d"}, {})) == ["description", "boundary_arn"]


def test_options_that_steer_what_is_done() -> None:
    item = {"name": "n", "force": False, "description": "d", "other": 1}
    assert options_of(TABLE, ("name", "force", "other"), item) == {"name": "n", "force": False}


def test_a_field_is_called_in_results_as_its_option_or_by_another_name() -> None:
    assert [row.result for row in TABLE] == ["name", "description", "path", "fee", "members", "boundary_arn", "force"]


def test_an_option_has_its_own_name_its_aliases_and_those_of_the_api() -> None:
    table = (
        Field("role", {"type": "str", "aliases": ["role_arn"]}, member="RoleArn"),
        Field("tags", {"type": "dict"}, read_as=("Tags", "RoleTags")),
        Field("force", {"type": "bool"}),
    )
    assert spellings(table) == {
        **dict.fromkeys(("role", "role_arn", "RoleArn"), "role"),
        **dict.fromkeys(("tags", "Tags", "RoleTags"), "tags"),
        "force": "force",
    }


def test_the_api_s_spelling() -> None:
    assert [api_name(name) for name in ("url", "flow_arn", "egress_ip")] == ["Url", "FlowArn", "EgressIp"]
