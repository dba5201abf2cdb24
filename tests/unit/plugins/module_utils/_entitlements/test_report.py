# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is returned of the entitlements: each with what was done to it, counted, and what to hand over."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.handover import METRICS
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.report import report, subscribers
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.state import (
    FlowUnit,
    Item,
    ObservedFlow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Action

ALICE, BOB = "123456789012", "444455556666"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-AbCdEf"
FINGERPRINTS = {SECRET: "9f3a-1c44-07be-d215"}
NONE = {"granted": 0, "updated": 0, "replaced": 0, "revoked": 0, "unchanged": 0, "failed": 0}


def has(name: str, *accounts: str, **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "entitlement_arn": f"arn:{name}",
        "subscribers": list(accounts or [ALICE]),
        "description": "internal",
        "data_transfer_subscriber_fee_percent": 0,
        "entitlement_status": "ENABLED",
        "encryption": None,
        "in_use": False,
        **fields,
    }


def flow(name: str, **items: Item) -> FlowUnit:
    arn = f"arn:aws:mediaconnect:us-west-2:111122223333:flow:1-id:{name}"
    return FlowUnit(f"flow {name}", observed=ObservedFlow(arn, name), items=items)


def shown(name: str, *entitlements: dict[str, Any]) -> dict[str, Any]:
    arn = f"arn:aws:mediaconnect:us-west-2:111122223333:flow:1-id:{name}"
    return {"flow_arn": arn, "flow_name": name, "region": "us-west-2", "entitlements": list(entitlements)}


def to_hand_over(flow_name: str, name: str, fingerprint: str | None = None, **encryption: str) -> dict[str, Any]:
    return {
        "entitlement_name": name,
        "entitlement_arn": f"arn:{name}",
        "entitlement_status": "ENABLED",
        "flow_name": flow_name,
        "region": "us-west-2",
        "key_type": encryption.get("key_type"),
        "algorithm": encryption.get("algorithm"),
        "key_fingerprint": fingerprint,
        "data_transfer_subscriber_fee_percent": 0,
        "metrics": METRICS,
    }


STATIC = {"key_type": "static-key", "algorithm": "aes256", "secret_arn": SECRET, "role_arn": "arn:R"}
KEPT, NEW = Item(has("kept"), has("kept")), Item(None, has("new", BOB, encryption=STATIC), "granted")
GONE = Item(has("gone", BOB, ALICE), None, "revoked")
LESS = Item(has("less", ALICE, BOB), has("less", BOB), "updated")


def everything() -> list[FlowUnit]:
    return [
        flow("Game", kept=KEPT, new=NEW, gone=GONE),
        flow("Show", less=LESS, missing=Item()),
        flow("Calm", kept=KEPT),
        flow("Empty"),
    ]


def test_all_of_it() -> None:
    assert report(everything(), True, FINGERPRINTS) == {
        "flows": [
            shown(
                "Game",
                {**has("kept"), "action": "unchanged"},
                {**has("new", BOB, encryption=STATIC), "action": "granted"},
                {**has("gone", BOB, ALICE), "removed_subscribers": [BOB, ALICE], "action": "revoked"},
            ),
            shown(
                "Show",
                {**has("less", BOB), "removed_subscribers": [ALICE], "action": "updated"},
                {"name": "missing", "action": "unchanged"},
            ),
            shown("Calm", {**has("kept"), "action": "unchanged"}),
            shown("Empty"),
        ],
        "counts": {**NONE, "granted": 1, "updated": 1, "revoked": 1, "unchanged": 3},
        "handover": [
            {"subscriber": ALICE, "entitlements": [to_hand_over("Calm", "kept"), to_hand_over("Game", "kept")]},
            {
                "subscriber": BOB,
                "entitlements": [
                    to_hand_over("Game", "new", FINGERPRINTS[SECRET], **STATIC),
                    to_hand_over("Show", "less"),
                ],
            },
        ],
    }


def test_only_what_changed() -> None:
    full, short = (report(everything(), full, {}) for full in (True, False))
    assert short["flows"] == [
        {**one, "entitlements": [item for item in one["entitlements"] if item["action"] != "unchanged"]}
        for one in full["flows"][:2]
    ]
    assert (short["counts"], short["handover"]) == (full["counts"], [])


@pytest.mark.parametrize(
    ("action", "unfinished"),
    [
        (Action("grant", "", {"names": ["new", "other"]}), ["new", "other"]),
        (Action("update", "", {"name": "less"}), ["less"]),
        (Action("look", ""), []),
    ],
)
def test_what_was_not_done_has_failed(action: Action, unfinished: list[str]) -> None:
    unit = flow("Game", kept=KEPT, new=NEW, less=LESS, other=Item(None, has("other"), "granted"))
    unit.actions, unit.failure = [action], "It failed."
    told = report([unit], True, {})
    (one,) = told["flows"]
    actions = {"kept": "unchanged", "new": "granted", "less": "updated", "other": "granted"}
    expected = {name: "failed" if name in unfinished else done for name, done in actions.items()}
    assert {item["name"]: item["action"] for item in one["entitlements"]} == expected
    assert told["counts"] == {**NONE, **{done: list(expected.values()).count(done) for done in expected.values()}}
    handed = {one["entitlement_name"] for account in told["handover"] for one in account["entitlements"]}
    assert handed == set(actions) - set(unfinished)


def test_a_flow_that_could_not_be_read() -> None:
    unit = flow("Game", E=Item(action="failed"))
    unit.observed.error = unit.failure = "Could not read it."
    assert report([unit], False, {}) == {
        "flows": [shown("Game", {"name": "E", "action": "failed"})],
        "counts": {**NONE, "failed": 1},
        "handover": [],
    }
    assert subscribers([unit], {}) == []
