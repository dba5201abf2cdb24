# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.narrowing import cut_off, narrows
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import (
    Access,
    permissions_document,
    trust_document,
)

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
GAME, LEAGUE = (f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:{name}-AbCdEf" for name in ("game", "league"))
FLOW = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
KEY, API = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1a2b", f"arn:aws:execute-api:us-west-2:{ACCOUNT}:1abcdefghi/*/POST/*"
PATTERN, OTHER = (f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:{name}" for name in ("BaseballGame", "Other"))


def role(
    secrets: tuple[str, ...] = (GAME,), flows: tuple[str, ...] = (PATTERN,), **access: frozenset[str]
) -> dict[str, Any]:
    return {
        "arn": ROLE,
        "permissions_policy": permissions_document(Access(frozenset(secrets), **access)),
        "trust_policy": trust_document(ACCOUNT, True, flows),
    }


def flow(**encryption: str) -> dict[str, Any]:
    return {"FlowArn": FLOW, "Name": "BaseballGame", "Entitlements": [{"Name": "A", "Encryption": encryption}]}


@pytest.mark.parametrize(
    ("after", "narrower"),
    [
        (role(), False),
        (role(secrets=(GAME, LEAGUE)), False),
        (role(flows=(PATTERN, OTHER)), False),
        (role(flows=()), False),
        (role(secrets=(LEAGUE,)), True),
        (role(secrets=()), True),
        (role(flows=(OTHER,)), True),
    ],
)
def test_narrows(after: dict[str, Any], narrower: bool) -> None:
    assert narrows(role(), after, ACCOUNT) is narrower


@pytest.mark.parametrize(("kind", "arn"), [("kms_keys", KEY), ("speke_apis", API)])
def test_a_role_that_loses_a_key_or_an_api_is_narrower(kind: str, arn: str) -> None:
    wide = role(**{kind: frozenset({arn})})
    assert narrows(wide, role(), ACCOUNT)
    assert not narrows(role(), wide, ACCOUNT)


def test_a_role_for_every_flow_that_comes_to_serve_one_is_narrower() -> None:
    assert narrows(role(flows=()), role(), ACCOUNT)


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (role(secrets=(GAME, LEAGUE)), []),
        (role(secrets=(LEAGUE,)), ["entitlement A of flow BaseballGame"]),
        (role(flows=(OTHER,)), ["entitlement A of flow BaseballGame"]),
    ],
)
def test_what_is_cut_off(after: dict[str, Any], lost: list[str]) -> None:
    assert cut_off([flow(RoleArn=ROLE, SecretArn=GAME)], role(), after) == lost


def test_what_the_role_does_not_serve_is_not_cut_off() -> None:
    after = role(secrets=(), flows=(OTHER,))
    assert cut_off([flow(RoleArn=ROLE + "2", SecretArn=GAME)], role(), after) == []
    assert cut_off([flow(RoleArn=ROLE, SecretArn=LEAGUE)], role(), after) == []


def test_speke_needs_the_trust_alone() -> None:
    speke = flow(RoleArn=ROLE, KeyType="speke")
    assert cut_off([speke], role(), role(secrets=())) == []
    assert cut_off([speke], role(), role(flows=(OTHER,))) == ["entitlement A of flow BaseballGame"]
