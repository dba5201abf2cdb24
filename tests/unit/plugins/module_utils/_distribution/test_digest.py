# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One word for a plan: the same for the same plan, another one for another."""

from __future__ import annotations

import hashlib
from typing import Any
from unittest import mock

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._distribution import digest
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._distribution.digest import plan_digest
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.state import (
    FlowUnit,
    Item,
    ObservedFlow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Action, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import DeclaredSecret

KEY, OTHER_KEY = "1a" * 32, "2b" * 32


def secret_unit(key: str | None = KEY, region: str = "us-west-2", **fields: Any) -> Unit:
    """One that is to be created."""
    value = keys.describe(key, "aes256") if key else None
    declared = DeclaredSecret("game", [region], algorithm="aes256", value=value, **fields)
    params = {"secret": declared, "region": region, "generate": key is None}
    arn = f"arn:aws:secretsmanager:{region}:111122223333:secret:game-??????"
    return Unit(
        f"secret game in {region}",
        after={"arn": arn},
        actions=[Action("create", f"create the secret game in {region}", params)],
        action="created",
        subject="secret game",
    )


def role_unit(account: str = "111122223333", **params: Any) -> Unit:
    return Unit(
        "role R",
        after={"arn": f"arn:aws:iam::{account}:role/R"},
        actions=[Action("create_role", "create the role R", {"name": "R", "trust_policy": {"a": 1}, **params})],
        action="created",
        subject="role R",
    )


def flow_unit(number: str = "1", in_use: bool = False, **after: Any) -> FlowUnit:
    shown = {"name": "E", "subscribers": ["444455556666"], "encryption": None, "in_use": in_use, **after}
    kept = {"name": "F", "in_use": in_use}
    arn = f"arn:aws:mediaconnect:us-west-2:111122223333:flow:1-{number}:Game"
    return FlowUnit(
        "flow Game",
        actions=[Action("grant", "grant E on flow Game", {"names": ["E"]})],
        observed=ObservedFlow(arn, "Game"),
        items={"E": Item(None, shown, "granted"), "F": Item(kept, kept)},
        subject=f"flow {arn}",
    )


def plan() -> list[Unit]:
    return [secret_unit(), role_unit(), flow_unit()]


def test_equal_plans_have_equal_digests() -> None:
    assert plan_digest(plan()) == plan_digest(plan())
    kind, digits = plan_digest(plan()).split(":")
    assert (kind, len(digits), int(digits, 16) >= 0) == ("sha256", 64, True)


def test_the_order_of_what_has_no_order_does_not_count() -> None:
    one, other = ([role_unit(trust_policy=policy)] for policy in ({"a": 1, "b": 2}, {"b": 2, "a": 1}))
    assert plan_digest(one) == plan_digest(other)


# Other plans than the one above.
OTHERS: dict[str, list[Unit]] = {
    "nothing": [],
    "less": [secret_unit(), role_unit()],
    "another order": [role_unit(), secret_unit(), flow_unit()],
    "another key": [secret_unit(OTHER_KEY), role_unit(), flow_unit()],
    "a key that is made": [secret_unit(None), role_unit(), flow_unit()],
    "another Region": [secret_unit(region="eu-west-1"), role_unit(), flow_unit()],
    "another description of the secret": [secret_unit(fields={"description": "d"}), role_unit(), flow_unit()],
    "other tags of the secret": [secret_unit(tags={"a": "b"}), role_unit(), flow_unit()],
    "another trust policy": [secret_unit(), role_unit(trust_policy={"a": 2}), flow_unit()],
    "another account": [secret_unit(), role_unit(account="444455556666"), flow_unit()],
    "another flow of the same name": [secret_unit(), role_unit(), flow_unit(number="2")],
    "another subscriber": [secret_unit(), role_unit(), flow_unit(subscribers=["777788889999"])],
    "an encryption": [secret_unit(), role_unit(), flow_unit(encryption={"key_type": "speke"})],
}


@pytest.mark.parametrize("case", OTHERS)
def test_other_plans_have_other_digests(case: str) -> None:
    assert plan_digest(OTHERS[case]) != plan_digest(plan())
    assert plan_digest(OTHERS[case]) == plan_digest(OTHERS[case])


def test_what_is_done_counts() -> None:
    revoked, action, summary = plan(), plan(), plan()
    revoked[2].items["E"] = Item(revoked[2].items["E"].after, None, "revoked")
    action[1].action = "updated"
    summary[1].actions[0].summary = "make the role R"
    assert len({plan_digest(one) for one in (plan(), revoked, action, summary)}) == 4


def test_what_does_not_say_what_is_to_be_done_does_not_count() -> None:
    idle = Unit("role S", before={"a": 1}, after={"a": 1})
    warned = plan()
    warned[0].warnings.append("Careful.")
    another_description = plan()
    another_description[2].items["F"].after["description"] = "theirs"
    assert (
        plan_digest([*plan(), idle]) == plan_digest(warned) == plan_digest(another_description) == plan_digest(plan())
    )
    assert plan_digest([secret_unit(), role_unit(), flow_unit(in_use=True)]) == plan_digest(plan())


@pytest.mark.parametrize("algorithm", ["aes256", "srt-password", None])
def test_no_key_is_part_of_it_not_even_as_a_digest(algorithm: str | None) -> None:
    value = keys.describe(KEY, algorithm)
    declared = DeclaredSecret("game", ["us-west-2"], algorithm=algorithm, value=value)
    actions = [Action(operation, "", {"secret": declared, "generate": False}) for operation in ("create", "put_value")]
    hashed: list[bytes] = []

    def sha256(text: bytes) -> Any:
        hashed.append(text)
        return hashlib.sha256(text)

    with mock.patch.object(digest, "hashlib", mock.Mock(sha256=sha256)):
        plan_digest([Unit("secret game", actions=actions)])
    (text,) = hashed
    assert KEY.encode() not in text.lower()
    assert value.digest.encode() not in text
    if value.fingerprint:
        assert value.fingerprint.encode() in text
