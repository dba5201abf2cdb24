# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options are checked as strictly as ansible-core does it, and nothing that was given is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._distribution.options import TASK as DISTRIBUTION
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import ENTITLEMENTS_TASK
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.arguments import (
    looks_like_a_key,
    problems,
    without_nulls,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.options import TASK as ROLE
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import TASK as SECRETS

SPECS = {"distribution": DISTRIBUTION, "entitlements": ENTITLEMENTS_TASK, "trust_role": ROLE, "key_secrets": SECRETS}
KEY = "0f" * 32
LIKE_A_KEY = (
    "{} looks like a key, and is not shown. A key belongs in the value of a secret, or where value_from points to."
)
KINDS = "; a variable that holds a list of them is given as it is, without a hyphen before it"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (KEY, True),
        (f" {KEY.upper()}\n", True),
        ("0" * 32, True),
        ("a" * 48, True),
        ("a" * 33, False),
        ("a" * 40, False),  # such as a commit of Git
        ("g" * 64, False),
        ("8f0fbb4e-3bd1-4d7a-9c4e-6a1f6a5bd0aa", False),
        ("", False),
        (None, False),
        (int("1" * 32), False),
    ],
)
def test_what_looks_like_a_key(value: Any, expected: bool) -> None:
    assert looks_like_a_key(value) is expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"secrets": [{"name": "s", "algorithm": "aes256", "value": KEY}]}, []),
        (
            {"secrets": [{"name": "s", "value": 1, "generate": "yes", "recovery_window_in_days": "7", "tags": "a=b"}]},
            [],
        ),
        ({"secrets": [{"name": "s", "description": None}], "resource_tags": {"a": KEY}, "wait_timeout": None}, []),
        ({"secrets": []}, []),
        ({}, ["secrets is missing."]),
        ({"secrets": None}, ["secrets is missing."]),
        ({"secrets": [{}]}, ["secrets, item 1, name is missing."]),
        ({"secrets": {"name": "s"}}, ["secrets must be a list, but is a dictionary."]),
        ({"secrets": [[{"name": "s"}]]}, [f"secrets, item 1 must be a dictionary, but is a list{KINDS}."]),
        ({"secrets": [], "tags": []}, ["tags must be a dictionary, but is a list."]),
        ({"secrets": [], "resource_tags": [], "tags": "a=b"}, ["tags must be a dictionary, but is a list."]),
        (
            {"secrets": [{"name": "s", "generate": "never"}]},
            ["secrets, item 1, generate must be true or false, but is a text."],
        ),
        (
            {"secrets": [{"name": "s", "generate": [True]}]},
            ["secrets, item 1, generate must be true or false, but is a list."],
        ),
        ({"secrets": [], "wait_timeout": "soon"}, ["wait_timeout must be a whole number, but is a text."]),
        ({"secrets": [], "wait_timeout": True}, ["wait_timeout must be a whole number, but is true or false."]),
        ({"secrets": [], "wait_timeout": 1.5}, ["wait_timeout must be a whole number, but is a number."]),
        ({"secrets": [], "wait_timeout": float("inf")}, ["wait_timeout must be a whole number, but is a number."]),
        ({"secrets": [{"name": ["s"]}]}, ["secrets, item 1, name must be a text, but is a list."]),
        (
            {"secrets": [{"name": "s", "algorithm": "des"}, {"name": "t", "algorithm": "des"}]},
            [f"secrets, item {number}, algorithm must be aes128, aes192, aes256 or srt-password." for number in (1, 2)],
        ),
        ({"secrets": [], "state": KEY}, ["state must be present or absent."]),
        ({"secrets": [{"name": KEY}]}, [LIKE_A_KEY.format("secrets, item 1, name")]),
        (
            {"secrets": [{"name": "s", "value_from": {"env": KEY}}]},
            [LIKE_A_KEY.format("secrets, item 1, value_from, env")],
        ),
        ({"secrets": [], "additional_regions": ["us-west-2", KEY]}, [LIKE_A_KEY.format("additional_regions, item 2")]),
        (
            {"secrets": [], "tags": {KEY: "a"}},
            [LIKE_A_KEY.format("tags has a name that")],
        ),
        (
            {"secrets": [{"name": "s", "vaule": KEY}]},
            ["secrets, item 1 has the option vaule, which does not exist; value is probably meant."],
        ),
        (
            {"secrets": [], "secret": KEY},
            ["The task has the option secret, which does not exist; secrets is probably meant."],
        ),
        ({"secrets": [], "value": KEY}, ["The task has the option value, which belongs in secrets."]),
        (
            {"secrets": [{"name": "s", "window": 7}]},
            ["secrets, item 1 has the option window, which does not exist; recovery_window_in_days is probably meant."],
        ),
        (
            {"secrets": [{"name": "s", "value_from": {KEY[:31]: 1}}]},
            [
                "secrets, item 1, value_from has an option that does not exist, and whose name is not shown here because it could be a key. "
                "There are env, file, region and secret."
            ],
        ),
    ],
)
def test_what_is_said_of_the_options_of_key_secrets(given: dict[str, Any], said: list[str]) -> None:
    assert problems(SECRETS, given) == said


def test_an_option_that_takes_what_looks_like_a_key() -> None:
    encryption = {"constant_initialization_vector": "0" * 32, "url": "https://x"}
    flows = [{"flow": "F", "entitlements": [{"name": "E", "encryption": encryption}]}]
    assert problems(ENTITLEMENTS_TASK, {"flows": flows}) == []
    encryption["secret"] = KEY
    where = "flows, item 1, entitlements, item 1, encryption, secret"
    assert problems(ENTITLEMENTS_TASK, {"flows": flows}) == [LIKE_A_KEY.format(where)]


def test_null_counts_as_left_out() -> None:
    entitlement = {
        "name": "E",
        "purge_subscribers": None,
        "encryption": {"role_arn": None, "secret": "s"},
        "tags": {"a": None},
    }
    flows = [{"flow": "F", "entitlements": [entitlement, None]}, None, "text"]
    kept = {"name": "E", "encryption": {"secret": "s"}, "tags": {"a": None}}
    expected = {"flows": [{"flow": "F", "entitlements": [kept, None]}, None, "text"], "unknown": None}
    assert without_nulls(ENTITLEMENTS_TASK, {"flows": flows, "wait": None, "unknown": None}) == expected


# Whatever is given. The marker stands for a key.
MARKER = "k3y-M4terial"
SCALARS = st.one_of(
    st.sampled_from(
        [
            MARKER,
            f" {MARKER}\n",
            f"'{MARKER}\\",
            KEY,
            KEY.upper(),
            "yes",
            "present",
            "aes256",
            "",
            "a=b",
            "7",
            "{}",
            "a,b",
        ]
    ),
    st.integers(-1, 40),
    st.booleans(),
    st.none(),
    st.floats(),
)


def options(spec: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Options as somebody who has read the documentation, or half of it, could give them."""
    names = [*spec, *[alias for one in spec.values() for alias in one.get("aliases", ())]]

    def value(name: str) -> st.SearchStrategy[Any]:
        inner = spec.get(name, {}).get("options")
        below = options(inner) if inner else st.dictionaries(st.sampled_from(["a", MARKER, KEY]), SCALARS, max_size=2)
        return st.one_of(
            SCALARS,
            below,
            st.lists(st.one_of(below, SCALARS), max_size=2),
            st.lists(st.lists(below, max_size=1), max_size=1),
        )

    chosen = st.lists(st.sampled_from(names), max_size=4, unique=True)
    known = chosen.flatmap(lambda some: st.fixed_dictionaries({name: value(name) for name in some}))
    wrong = st.dictionaries(st.sampled_from([MARKER, KEY, "vaule", 5]), SCALARS, max_size=1)
    return st.builds(lambda *parts: {name: one for part in parts for name, one in part.items()}, known, wrong)


@pytest.mark.parametrize("module", SPECS)
@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_nothing_that_was_given_is_repeated_and_nothing_that_core_refuses_passes(
    module: str, data: st.DataObject
) -> None:
    given = data.draw(options(dict(SPECS[module])))
    said = problems(SPECS[module], given)
    told = json.dumps(said).lower()
    assert MARKER.lower() not in told
    assert KEY not in told
    if not said:
        assert ArgumentSpecValidator(SPECS[module]).validate(without_nulls(SPECS[module], given)).error_messages == []
