# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A key that is a part of what a task returns is recognised beforehand."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.returned import Returned, texts_in

REGION = "us-west-2"
KEY = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"a": ["b", {"c": 1}], "d": None, "e": True, "f": ("g",)}, ["a", "b", "c", "1", "d", "e", "f", "g"]),
        ("a", ["a"]),
        ([], []),
        (None, []),
    ],
)
def test_the_texts_of_a_task(data: Any, expected: list[str]) -> None:
    assert list(texts_in(data)) == expected


@pytest.mark.parametrize(
    "key",
    [
        *(
            "secretsmanager",
            "SecretsManager",
            "arn:aws:secretsmanager",
            "mediaconnect",
            "us-west-2:111122223333:secret",
        ),
        *("111122223333", "1111222233", ":444455556666:role/", "arn:aws-us-gov:iam::", "secret:game-"),
        *(
            "t:game-final",
            "role/MediaConnect-R",
            ":policy/SecretsManagerForMediaConnect-MediaConnect-R",
            "/service/MediaConnect",
        ),
        *("srt-password", "static-key", "2012-10-17", "aws:SourceArn", "eu-west-1.amazonaws.com", "GetSecretValue"),
        *("Key of the game", "key of the"),
        KEY,
    ],
)
def test_a_part_of_what_is_returned(key: str) -> None:
    texts = [
        "game",
        "game-final",
        "MediaConnect-R",
        "/service/",
        "eu-west-1",
        "Key of the game",
        f"The key is {KEY.upper()}.",
    ]
    assert Returned(texts, REGION).holds(key)


@pytest.mark.parametrize(
    "text",
    [
        ":".join(KEY[start : start + 2] for start in range(0, 32, 2)).upper(),
        " ".join(KEY[start : start + 4] for start in range(0, 32, 4)),
        f"x {base64.b64encode(bytes.fromhex(KEY)).decode()} y",
    ],
)
def test_a_key_that_was_pasted_in_another_spelling(text: str) -> None:
    assert Returned([text], REGION).holds(KEY)
    assert not Returned([text], REGION).holds("f" * 32)


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "curling Final 2026",
        "correct-horse-battery",
        "1111222233334",
        "arn:aws:nothing",
        "secret:other",
        "eu-west-1:1111",
    ],
)
def test_no_part_of_what_is_returned(key: str) -> None:
    assert not Returned(["game", "R", "", "eu-central-1"], REGION).holds(key)


KEYS = {"s": "0f" * 32, "t": "1e" * 32}
RANDOM = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=:secret:s)-\w{6}|(?<=:secret:t)-\w{6}|(?<=:1-)[\w-]+|sha256:\w+|(\w{4}-){3}\w{4}|v\d+"
)


def results(aws: Any) -> tuple[list[str], list[str]]:
    """The texts of a result in which everything is declared, and the declared texts."""
    aws.mediaconnect.add("Game")
    encryption = {"algorithm": "aes256", "role": "MediaConnect-R", "secret": "s"}
    entitlement = {
        "name": "ExampleCorp",
        "subscribers": ["444455556666"],
        "encryption": encryption,
        "description": "For us",
    }
    task = {
        "secrets": [
            {"name": name, "algorithm": "aes256", "value": key, "tags": {"Owner": "Sports"}}
            for name, key in KEYS.items()
        ],
        "role": {"name": "MediaConnect-R", "path": "/service/", "description": "It reads keys"},
        "flows": [{"flow": "Game", "entitlements": [entitlement]}],
    }
    done = aws.run("distribution", **task).ok()
    returned = {name: done[name] for name in ("secrets", "roles", "flows", "handover")}
    told = [text for text in values_in(returned) if len(text) >= 10 and not text.startswith("Watch ")]
    return told, list(texts_in({**task, "secrets": [{**one, "value": ""} for one in task["secrets"]]}))


def values_in(data: Any) -> list[str]:
    """The texts that Ansible would mask: values, not names."""
    if isinstance(data, dict):
        return [text for item in data.values() for text in values_in(item)]
    if isinstance(data, list):
        return [text for item in data for text in values_in(item)]
    return [data] if isinstance(data, str) else []


@pytest.mark.parametrize("length", [10, 13, 20, 32])
def test_no_part_of_a_result_could_be_a_password(aws: Any, length: int) -> None:
    """Except in what AWS invents, which nobody knows beforehand."""
    told, declared = results(aws)
    returned = Returned(declared, REGION)
    missing = {
        part[start : start + length]
        for text in told
        for part in RANDOM.sub("\0", text).split("\0")
        for start in range(len(part) - length + 1)
        if not returned.holds(part[start : start + length])
    }
    assert sorted(missing) == []
