# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters, as Jinja finds them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.filter.drift import drift
from ansible_collections.mediaops.mediaconnect.plugins.filter.key_request import key_request
from ansible_collections.mediaops.mediaconnect.plugins.filter.key_result import key_result

PLUGINS = "ansible_collections.mediaops.mediaconnect.plugins"
NAMES = sorted(path.stem for path in (Path(__file__).resolve().parents[4] / "plugins" / "filter").glob("*.py"))
SECRET = {"name": "game", "region": "us-west-2", "arn": "arn:1", "algorithm": "aes256", "key_fingerprint": "a-b"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_the_filter_of_its_name(name: str) -> None:
    assert list(importlib.import_module(f"{PLUGINS}.filter.{name}").FilterModule().filters()) == [name]


def test_drift_names_what_is_not_unchanged() -> None:
    def entitlement(name: str, action: str) -> dict[str, Any]:
        return {"name": name, "action": action}

    result = {
        "secrets": [{"name": "game", "action": "created"}, {"name": "other", "action": "unchanged"}],
        "roles": [{"name": "R", "action": "updated"}, {"name": "Q", "action": "unchanged"}],
        "flows": [
            {"flow_name": "F", "entitlements": [entitlement("A", "granted"), entitlement("B", "unchanged")]},
            {"flow_name": "G", "entitlements": [entitlement("A", "revoked")]},
        ],
    }
    assert drift(result) == [
        "secret game (created)",
        "role R (updated)",
        "entitlement A of flow F (granted)",
        "entitlement A of flow G (revoked)",
    ]
    assert drift({}) == []


def test_the_result_of_the_role_is_what_is_there_by_name_and_region() -> None:
    role = {"name": "R", "arn": "arn:r", "action": "created"}
    copy = {**SECRET, "region": "eu-west-1", "arn": "arn:2"}
    secrets = [
        {**SECRET, "action": "created", "tags": {}},
        {**copy, "action": "unchanged"},
        {**SECRET, "name": "gone", "action": "deleted"},
        {"name": "never", "region": "us-west-2", "action": "unchanged"},
    ]
    assert key_result({"roles": [role], "secrets": secrets}) == {
        "role": role,
        "role_arn": "arn:r",
        "secrets": {
            "game": {
                "us-west-2": {"arn": "arn:1", "algorithm": "aes256", "key_fingerprint": "a-b"},
                "eu-west-1": {"arn": "arn:2", "algorithm": "aes256", "key_fingerprint": "a-b"},
            }
        },
    }


@pytest.mark.parametrize("roles", [[], [{"name": "R", "arn": None, "action": "deleted"}]])
def test_without_a_role_there_is_none(roles: list[dict[str, Any]]) -> None:
    assert key_result({"roles": roles, "secrets": []}) == {"role": None, "role_arn": None, "secrets": {}}


ROLE = {"name": "R", "secrets": ["a", "b"], "kms_keys": [], "speke_apis": [], "flows": []}


@pytest.mark.parametrize(
    ("values", "secrets", "role"),
    [
        ({}, [], None),
        ({"secrets": "", "role_name": "", "state": None, "purge": ""}, [], None),
        (
            {"secrets": [{"name": "a"}, {"name": "b", "state": "absent"}], "role_name": "R"},
            [{"name": "a", "force_in_use": False}, {"name": "b", "state": "absent", "force_in_use": False}],
            ROLE,
        ),
        (
            {
                "secrets": [{"name": "a"}, {"name": "b", "state": "present"}],
                "role_name": "R",
                "state": "absent",
                "force_in_use": True,
            },
            [{"name": name, "state": "absent", "force_in_use": True} for name in "ab"],
            {**ROLE, "state": "absent", "force_in_use": True},
        ),
        (
            {"secrets": [{"name": "a"}], "state": "gone"},  # for the module to refuse
            [{"name": "a", "state": "gone", "force_in_use": False}],
            None,
        ),
        (
            {
                "role_name": "R",
                "role_description": "d",
                "permissions_boundary": "B",
                "policy_name": "P",
                "purge": False,
                "kms_keys": ["k"],
                "speke_apis": ["s"],
                "flows": ["F"],
                "state": "present",
                "secrets": [
                    {"name": "a", "kms_key_id": "alias/x"},
                    {"name": "b", "kms_key_id": "alias/aws/secretsmanager"},
                ],
            },
            [
                {"name": "a", "kms_key_id": "alias/x", "force_in_use": False},
                {"name": "b", "kms_key_id": "alias/aws/secretsmanager", "force_in_use": False},
            ],
            {
                "name": "R",
                "description": "d",
                "permissions_boundary": "B",
                "policy_name": "P",
                "purge": False,
                "kms_keys": ["k", "alias/x"],
                "speke_apis": ["s"],
                "flows": ["F"],
                "state": "present",
                "secrets": ["a", "b"],
            },
        ),
        (
            {"secrets": [{"name": "a", "kms_key_id": "alias/x"}], "role_name": "R", "kms_keys": "k,l"},
            [{"name": "a", "kms_key_id": "alias/x", "force_in_use": False}],
            {**ROLE, "secrets": ["a"], "kms_keys": ["k", "l", "alias/x"]},
        ),
        # What does not have the right shape is passed on as it is.
        ({"secrets": [[{"name": "a"}]]}, [[{"name": "a"}]], None),
        ({"secrets": [{"name": "a"}, None]}, [{"name": "a"}, None], None),
        (
            {"secrets": {"name": "a"}, "role_name": "R", "kms_keys": {}},
            {"name": "a"},
            {**ROLE, "secrets": [], "kms_keys": {}},
        ),
        ({"secrets": "a"}, "a", None),
        (
            {"secrets": [{"algorithm": "aes128"}], "role_name": "R"},
            [{"algorithm": "aes128", "force_in_use": False}],
            {**ROLE, "secrets": []},
        ),
    ],
)
def test_the_variables_of_the_role_as_options_of_the_module(values: Any, secrets: Any, role: Any) -> None:
    assert key_request(values) == {"secrets": secrets, "role": role}
