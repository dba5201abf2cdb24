# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which streams use which keys by which roles, as flows tell it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import Use, used_by, uses_of

FLOW = "arn:flow:F"
MINE, OTHER = {"SecretArn": "arn:mine", "RoleArn": "arn:role"}, {"SecretArn": "arn:other", "RoleArn": "arn:role"}


def flow(name: str = "F", **parts: Any) -> dict[str, Any]:
    return {"FlowArn": f"arn:flow:{name}", "Name": name, **parts}


def granting(**encryptions: Any) -> dict[str, Any]:
    return {"Entitlements": [{"Name": name, "Encryption": encryption} for name, encryption in encryptions.items()]}


@pytest.mark.parametrize(
    ("parts", "places"),
    [
        ({}, []),
        (granting(E=MINE), ["entitlement E of flow F"]),
        ({"Entitlements": [{"Name": "E"}, {"Name": "G", "Encryption": OTHER}]}, []),
        ({"Source": {"Name": "S", "Decryption": MINE}}, ["source S of flow F"]),
        (
            {"Source": {"Name": "S", "Decryption": MINE}, "Sources": [{"Name": "S", "Decryption": MINE}]},
            ["source S of flow F"],
        ),
        ({"Sources": [{"Name": "S"}, {"Name": "T", "Decryption": MINE}]}, ["source T of flow F"]),
        ({"Outputs": [{"Encryption": MINE}]}, ["output ? of flow F"]),
        ({"Source": None, "Entitlements": None, "Outputs": None}, []),
        # each end has its own word for it
        ({"Source": {"Name": "S", "Encryption": MINE}, "Outputs": [{"Name": "O", "Decryption": MINE}]}, []),
        (
            {**granting(E=MINE), "Outputs": [{"Name": "O", "Encryption": MINE}]},
            ["entitlement E of flow F", "output O of flow F"],
        ),
    ],
)
def test_places_that_name_a_secret(parts: dict[str, Any], places: list[str]) -> None:
    assert used_by(uses_of([flow(**parts)]), secret_arns=["arn:mine"]) == places


def test_any_of_several_secrets() -> None:
    uses = uses_of([flow(**granting(A=MINE, B=OTHER, C={"SecretArn": "arn:third"}))])
    assert used_by(uses, secret_arns=["arn:third", "arn:mine"]) == [
        "entitlement A of flow F",
        "entitlement C of flow F",
    ]


def test_roles_are_found_in_several_flows() -> None:
    uses = uses_of(
        [flow("A", **granting(E=MINE)), flow("B", **granting(E=OTHER)), flow("C", **granting(E={"RoleArn": "x"}))]
    )
    assert used_by(uses, role_arn="arn:role") == ["entitlement E of flow A", "entitlement E of flow B"]


def test_nothing_is_looked_for() -> None:
    speke = {"KeyType": "speke", "Url": "https://x"}
    assert used_by(uses_of([flow(**granting(E=MINE, S=speke))])) == []


def test_what_is_known_of_a_use() -> None:
    assert uses_of([flow(**granting(E=MINE, S={"KeyType": "speke", "RoleArn": "arn:role"}))]) == [
        Use(FLOW, "F", "entitlement E", "arn:role", "arn:mine"),
        Use(FLOW, "F", "entitlement S", "arn:role", None),
    ]


@pytest.mark.parametrize(
    ("planned", "places"),
    [
        # the entitlements are as they will be: E moves to another secret, G is granted, H is left without encryption
        ({FLOW: {"E": OTHER, "G": MINE, "H": None}}, ["entitlement G of flow F", "output O of flow F"]),
        # all of them are revoked; what is no entitlement stays
        ({FLOW: {}}, ["output O of flow F"]),
        # nothing is known of this flow
        ({"arn:flow:other": {}}, ["entitlement E of flow F", "output O of flow F"]),
        ({}, ["entitlement E of flow F", "output O of flow F"]),
        (None, ["entitlement E of flow F", "output O of flow F"]),
    ],
)
def test_what_is_planned_stands_for_what_is(planned: Any, places: list[str]) -> None:
    flows = [flow(**granting(E=MINE), Outputs=[{"Name": "O", "Encryption": MINE}])]
    assert used_by(uses_of(flows, planned), secret_arns=["arn:mine"]) == places
