# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and ARNs, and which of them mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.arn import (
    account_of,
    flow_name,
    iam_name,
    is_arn,
    names_role,
    names_secret,
    parse_arn,
    region_of,
)

FLOW = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ROLE = "arn:aws-cn:iam::111122223333:role/media/MediaConnect-ASM"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-7g8H9i"


@pytest.mark.parametrize(("text", "arn"), [(FLOW, True), ("arn:", True), ("arn", False), ("Game", False), ("", False)])
def test_what_is_meant_as_an_arn(text: str, arn: bool) -> None:
    assert is_arn(text) is arn


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (ROLE, ("aws-cn", "iam", "", "111122223333", "role/media/MediaConnect-ASM")),
        (SECRET, ("aws", "secretsmanager", "us-west-2", "111122223333", "secret:game-7g8H9i")),
        (
            "arn:aws:iam::aws:policy/SecretsManagerReadWrite",
            ("aws", "iam", "", "aws", "policy/SecretsManagerReadWrite"),
        ),
        (f" {ROLE}", None),
        (f"{ROLE}\nmore", None),
        (f"the role {ROLE}", None),
        ("arn:aws:iam::x:role/R", None),
        ("arn:aws:iam", None),
        ("Game", None),
    ],
)
def test_an_arn_is_the_whole_text(text: str, parts: Any) -> None:
    arn = parse_arn(text)
    assert (arn and tuple(arn[part] for part in ("partition", "service", "region", "account_id", "resource"))) == parts


@pytest.mark.parametrize(
    ("arn", "region"),
    [
        (FLOW, "us-west-2"),
        (ROLE, ""),
        (FLOW.replace("us-west-2", "X"), "X"),
        ("arn:aws:mediaconnect:*:1:*", "*"),
        ("arn:aws:mediaconnect:us-*:1:*", "*"),
        ("arn:aws:mediaconnect:us-west-?:1:*", "*"),
    ],
)
def test_the_region_is_the_arn_s_or_any(arn: str, region: str) -> None:
    assert region_of(arn) == region


@pytest.mark.parametrize("arn", [FLOW, ROLE, SECRET])
def test_account(arn: str) -> None:
    assert account_of(arn) == "111122223333"


@pytest.mark.parametrize(
    ("given", "name"),
    [(ROLE, "MediaConnect-ASM"), ("arn:aws:iam::1:policy/P", "P"), ("MediaConnect-ASM", "MediaConnect-ASM"), ("", "")],
)
def test_names_of_roles_and_policies(given: str, name: str) -> None:
    assert iam_name(given) == name


@pytest.mark.parametrize(
    ("given", "name"),
    [("Game", "Game"), (FLOW, "Game"), (FLOW + ":two", "Game:two"), ("a:b:c:d:e:f:g:h", "a:b:c:d:e:f:g:h")],
)
def test_names_of_flows(given: str, name: str) -> None:
    assert flow_name(given) == name


@pytest.mark.parametrize(
    ("name", "arn", "named"),
    [
        ("MediaConnect-ASM", ROLE, True),
        ("ASM", ROLE, False),
        ("media/MediaConnect-ASM", ROLE, False),
        ("MediaConnect-ASM", None, False),
        ("", "", False),
    ],
)
def test_whether_an_arn_is_that_of_a_role(name: str, arn: str | None, named: bool) -> None:
    assert names_role(name, arn) is named


@pytest.mark.parametrize(
    ("name", "arn", "named"),
    [
        ("game", SECRET, True),
        ("game", SECRET[:-7], True),
        ("game-7g8H9i", SECRET, True),
        ("game", SECRET.replace("-7g8H9i", "-??????"), True),
        ("game", SECRET.replace("-7g8H9i", "_7g8H9i"), False),
        ("game", SECRET.replace("7g8H9i", "7g8H9"), False),
        ("gam", SECRET, False),
        ("events/game", SECRET.replace("game", "events/game"), True),
        ("game", SECRET.replace("game", "events/game"), False),
        ("game", None, False),
        ("", "", False),
    ],
)
def test_whether_an_arn_is_that_of_a_secret(name: str, arn: str | None, named: bool) -> None:
    assert names_secret(name, arn) is named
