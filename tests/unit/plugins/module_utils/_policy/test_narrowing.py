# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where policies allow less than before."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import trust_document
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.narrowing import lost_regions

ACCOUNT, US, EU = "111122223333", "us-west-2", "eu-west-1"


def secret(name: str, region: str = US) -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-7g8H9i"


def flow(name: str, region: str = US) -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}"


def allow(actions: Any, resources: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


GET = "secretsmanager:GetSecretValue"
VIA = {"StringEquals": {"kms:ViaService": ["a", "b"]}}
DENY = {"Effect": "Deny", "Action": GET, "Resource": secret("a")}
# Statements before and after, and where less is allowed.
CASES: dict[str, tuple[list[Any], list[Any], set[str]]] = {
    "nothing": ([], [], set()),
    "the same": ([allow(GET, secret("a"))], [allow(GET, secret("a"))], set()),
    "written otherwise": ([allow([GET], [secret("a")])], [allow(GET.upper(), secret("a"), Sid="x")], set()),
    "in two statements": (
        [allow([GET, "x:Y"], secret("a"))],
        [allow(GET, secret("a")), allow("x:Y", secret("a"))],
        set(),
    ),
    "gone": ([allow(GET, [secret("a"), secret("b", EU)])], [], {US, EU}),
    "one of two": ([allow(GET, [secret("a"), secret("b", EU)])], [allow(GET, secret("a"))], {EU}),
    "one of two actions": ([allow([GET, "x:Y"], secret("a"))], [allow(GET, secret("a"))], {US}),
    "wider": ([allow(GET, secret("a"))], [allow("secretsmanager:*", "*")], set()),
    "narrower": ([allow("secretsmanager:*", "*")], [allow(GET, secret("a"))], {"*"}),
    "all Regions": ([allow(GET, secret("a", "*"))], [], {"*"}),
    "a condition more": ([allow(GET, secret("a"))], [allow(GET, secret("a"), Condition=VIA)], {US}),
    "a condition less": ([allow(GET, secret("a"), Condition=VIA)], [allow(GET, secret("a"))], set()),
    "a value more": (
        [allow(GET, secret("a"), Condition={"StringEquals": {"kms:ViaService": "a"}})],
        [allow(GET, secret("a"), Condition=VIA)],
        set(),
    ),
    "a value less": (
        [allow(GET, secret("a"), Condition=VIA)],
        [allow(GET, secret("a"), Condition={"StringEquals": {"kms:viaservice": "a"}})],
        {US},
    ),
    "a wider pattern": (
        [allow(GET, secret("a"), Condition={"StringLike": {"k": "a*"}})],
        [allow(GET, secret("a"), Condition={"StringLike": {"k": "*"}})],
        set(),
    ),
    "a value more that must not be": (
        [allow(GET, secret("a"), Condition={"StringNotEquals": {"k": "a"}})],
        [allow(GET, secret("a"), Condition={"StringNotEquals": {"k": ["a", "b"]}})],
        {US},
    ),
    "a new Deny": ([allow(GET, secret("a"))], [allow(GET, secret("a")), DENY], {"*"}),
    "a Deny less": ([allow(GET, secret("a")), DENY], [allow(GET, secret("a"))], set()),
    "all but": ([{"Effect": "Allow", "NotAction": "x:Y", "Resource": "*"}], [allow(GET, "*")], {"*"}),
    "all but the same": (
        [{"Effect": "Allow", "NotAction": "x:Y", "Resource": "*"}],
        [{"Effect": "Allow", "NotAction": ["x:Y"], "Resource": "*"}],
        set(),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_permissions(case: str) -> None:
    before, after, regions = CASES[case]
    assert lost_regions([{"Statement": before}], [{"Statement": after}]) == regions
    assert lost_regions([{"Statement": one} for one in before], [{"Statement": one} for one in after]) == regions


@pytest.mark.parametrize(
    ("before", "after", "regions"),
    [
        ([flow("A")], [flow("A")], set()),
        ([flow("A")], [flow("A"), flow("B")], set()),
        ([flow("A"), flow("B", EU)], [flow("A")], {EU}),
        ([flow("A")], [f"arn:aws:mediaconnect:{US}:{ACCOUNT}:flow:*"], set()),
        ([flow("A")], [], set()),
        ([], [flow("A")], {"*"}),
    ],
)
def test_trust(before: list[str], after: list[str], regions: set[str]) -> None:
    had, has = (trust_document(ACCOUNT, True, flows) for flows in (before, after))
    assert lost_regions([had], [has]) == regions
    assert lost_regions([had], []) == ({arn.split(":")[3] for arn in before} or {"*"})
    assert lost_regions([trust_document(ACCOUNT, False)], [has]) == {"*"}


@pytest.mark.parametrize(
    "odd", [None, {}, [], {"Statement": ["x"]}, {"Statement": [{"Effect": "Allow", "Condition": []}]}]
)
def test_what_is_no_policy_allows_nothing(odd: Any) -> None:
    assert lost_regions([odd], [odd]) == set()
