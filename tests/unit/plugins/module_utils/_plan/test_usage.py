# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.usage import used_by

MINE, OTHER = {"SecretArn": "arn:mine", "RoleArn": "arn:role"}, {"SecretArn": "arn:other", "RoleArn": "arn:role"}


@pytest.mark.parametrize(
    ("flow", "places"),
    [
        ({}, []),
        ({"Entitlements": [{"Name": "E", "Encryption": MINE}]}, ["entitlement E of flow F"]),
        ({"Entitlements": [{"Name": "E"}, {"Name": "G", "Encryption": OTHER}]}, []),
        ({"Source": {"Name": "S", "Decryption": MINE}}, ["source S of flow F"]),
        (
            {"Source": {"Name": "S", "Decryption": MINE}, "Sources": [{"Name": "S", "Decryption": MINE}]},
            ["source S of flow F"],
        ),
        ({"Sources": [{"Name": "S"}, {"Name": "T", "Decryption": MINE}]}, ["source T of flow F"]),
        ({"Outputs": [{"Encryption": MINE}]}, ["output ? of flow F"]),
        ({"Source": None, "Entitlements": None, "Outputs": None}, []),
        (
            {"Entitlements": [{"Name": "E", "Encryption": MINE}], "Outputs": [{"Name": "O", "Encryption": MINE}]},
            ["entitlement E of flow F", "output O of flow F"],
        ),
    ],
)
def test_places_that_name_a_secret(flow: dict[str, Any], places: list[str]) -> None:
    assert used_by([{"Name": "F", **flow}], "SecretArn", "arn:mine") == places


def test_roles_are_found_in_several_flows() -> None:
    flows = [
        {"Name": name, "Entitlements": [{"Name": "E", "Encryption": encryption}]}
        for name, encryption in (("A", MINE), ("B", OTHER))
    ]
    assert used_by(flows, "RoleArn", "arn:role") == ["entitlement E of flow A", "entitlement E of flow B"]
