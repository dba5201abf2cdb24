# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.dark import cut_off, narrows
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import Use, uses_of

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


def using(role_arn: str = ROLE, secret_arn: str | None = GAME) -> Use:
    return Use(FLOW, "BaseballGame", "entitlement A", role_arn, secret_arn)


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


WHERE = "entitlement A of flow BaseballGame"


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (role(), []),
        (role(secrets=(GAME, LEAGUE)), []),
        (role(flows=(PATTERN, OTHER)), []),
        (role(flows=()), []),
        (role(secrets=(LEAGUE,)), [WHERE]),
        (role(secrets=()), [WHERE]),
        (role(flows=(OTHER,)), [WHERE]),
    ],
)
def test_what_is_cut_off(after: dict[str, Any], lost: list[str]) -> None:
    assert cut_off([using()], role(), after) == lost


@pytest.mark.parametrize("use", [using(ROLE + "2"), using(secret_arn=LEAGUE)])
def test_what_the_role_does_not_serve_is_not_cut_off(use: Use) -> None:
    assert cut_off([use], role(), role(secrets=(), flows=(OTHER,))) == []


def test_speke_needs_the_trust_alone() -> None:
    speke = using(secret_arn=None)
    assert cut_off([speke], role(), role(secrets=())) == []
    assert cut_off([speke], role(), role(flows=(OTHER,))) == [WHERE]


def test_all_that_is_cut_off_is_told_as_flows_have_it() -> None:
    encryption = {"RoleArn": ROLE, "SecretArn": GAME}
    flow = {
        "FlowArn": FLOW,
        "Name": "BaseballGame",
        "Entitlements": [{"Name": "A", "Encryption": encryption}, {"Name": "B"}],
        "Outputs": [{"Name": "O", "Encryption": encryption}],
    }
    assert cut_off(uses_of([flow]), role(), role(secrets=())) == [WHERE, "output O of flow BaseballGame"]
