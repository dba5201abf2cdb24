# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declared flows from a file: what is understood, and what is said of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows.document import declared_flows
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import Flow
from ansible_collections.mediaops.mediaconnect.plugins.modules.entitlements import FLOW_SPEC

FLOWS = [
    {
        "flow_arn": "Game",
        "entitlements": [
            {
                "name": "E",
                "subscribers": [444455556666],
                "encryption": {"role_arn": "R", "secret": "s", "algorithm": "aes256"},
            },
            {
                "name": "F",
                "resource_tags": {"number": 1},
                "data_transfer_subscriber_fee_percent": "15",
                "encryption": {},
            },
        ],
    },
    {"flow": "Show", "purge_entitlements": "no"},
]


def read(path: Path | str, purge_entitlements: bool = True) -> list[Flow]:
    params = {"flows_file": str(path), "flows": None, "purge_entitlements": purge_entitlements}
    return declared_flows(params, FLOW_SPEC)


def refusal(path: Path | str) -> str:
    with pytest.raises(Refusal) as refused:
        read(path)
    message = str(refused.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("key", [None, "flows", "entitlements_flows"])
@pytest.mark.parametrize(("name", "dump"), [("f.json", json.dumps), ("f.yml", yaml.safe_dump), ("f", yaml.safe_dump)])
def test_a_list_alone_or_in_a_mapping(tmp_path: Path, key: str | None, name: str, dump: Any) -> None:
    path = tmp_path / name
    path.write_text(dump(FLOWS if key is None else {"other": 1, key: FLOWS}))
    game, show = read(path)
    assert (game.flow, game.purge_entitlements, show.flow, show.purge_entitlements) == ("Game", True, "Show", False)
    first, second = game.entitlements
    assert first.subscribers == ["444455556666"]
    assert first.encryption == {"key_type": "static-key", "role_arn": "R", "secret_arn": "s", "algorithm": "aes256"}
    assert (second.tags, second.data_transfer_subscriber_fee_percent, second.encryption) == ({"number": "1"}, 15, {})


def test_aliases_share_a_block_between_entitlements(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_text(
        """
        - flow: Game
          entitlements:
            - {name: E, subscribers: &all ["444455556666"], encryption: &key {role: R, secret: s, algorithm: aes256}}
            - {name: F, subscribers: *all, encryption: *key}
        - {flow: Show, entitlements: [{name: E, subscribers: *all, encryption: *key}]}
        """
    )
    entitlements = [entitlement for flow in read(path) for entitlement in flow.entitlements]
    assert len({json.dumps(entitlement.encryption) for entitlement in entitlements}) == 1
    assert len({id(entitlement.encryption) for entitlement in entitlements}) == 3


def test_an_empty_list_is_no_flow(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text("[]")
    assert read(path) == []


# The file's name, its content, and what the sentence must say.
BAD: dict[str, tuple[str, bytes, str]] = {
    "empty JSON": ("f.json", b"", "cannot be understood: Expecting value"),
    "empty YAML": ("f.yml", b"", "holds no list of flows"),
    "no JSON": ("f.json", b"- flow: Game\n", "cannot be understood"),
    "half JSON": ("f.json", b'[{"flow": "Game"', "cannot be understood"),
    "JSON as another program marks it": ("f.json", b"\xef\xbb\xbf[]", "cannot be understood"),
    "deep JSON": ("f.json", b"[" * 200_000, "nested too deeply"),
    "infinite fee": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "data_transfer_subscriber_fee_percent": Infinity}]}]',
        "is not as it should be",
    ),
    "no number for a fee": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "data_transfer_subscriber_fee_percent": NaN}]}]',
        "is not as it should be",
    ),
    "no YAML": ("f.yml", b"- flow: [Game\n", "cannot be understood"),
    "tabs": ("f.yml", b"- flow: Game\n\tentitlements: []\n", "cannot be understood"),
    "two documents": ("f.yml", b"[]\n---\n[]\n", "cannot be understood"),
    "unknown alias": ("f.yml", b"- *flow\n", "cannot be understood"),
    "an alias in itself": (
        "f.yml",
        b"- &a {flow: Game, entitlements: [{name: E, tags: *a}]}\n",
        "is not as it should be",
    ),
    "a mapping as a key": ("f.yml", b"- ? {a: b}\n  : c\n", "cannot be understood"),
    "a tag of Ansible": ("f.yml", b"- flow: !vault x\n", "cannot be understood"),
    "a Python object": ("f.yml", b"!!python/object/apply:os.getcwd []\n", "cannot be understood"),
    "a time that is none": ("f.yml", b"- flow: !!timestamp soon\n", "cannot be understood"),
    "an empty number": ("f.yml", b"- flow: !!int ''\n", "cannot be understood"),
    "a date that is none": ("f.yml", b"- flow: 2018-13-45\n", "cannot be understood"),
    "control characters": ("f.yml", b"- flow: \x00\x01\n", "cannot be understood"),
    "Latin 1": ("f.yml", "- flow: Zürich\n".encode("latin-1"), "is no UTF-8 text"),
    "binary": ("f.json", bytes(range(256)), "is no UTF-8 text"),
    "vaulted": ("f.yml", b"$ANSIBLE_VAULT;1.1;AES256\n6134\n", "holds no list of flows"),
    "text": ("f.yml", b"Game", "holds no list of flows"),
    "number": ("f.json", b"5", "holds no list of flows"),
    "null": ("f.json", b'{"flows": null}', "holds no list of flows"),
    "other mapping": ("f.json", b'{"entitlements": []}', "one of flows, entitlements_flows"),
    "mapping of flows": ("f.json", b'{"flows": {"Game": []}}', "holds no list of flows"),
    "list of texts": ("f.json", b'["Game"]', "is not as it should be"),
    "no name": ("f.json", b'[{"entitlements": []}]', "missing required arguments: flow"),
    "unknown option": ("f.json", b'[{"flow": "G", "purge": true}]', "purge"),
    "unknown option of an entitlement": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "account": 1}]}]',
        "account",
    ),
    "unknown choice": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "state": "gone"}]}]',
        "state must be one of: present, absent",
    ),
    "encryption that is none": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "encryption": false}]}]',
        "a value where a mapping belongs",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files(tmp_path: Path, case: str) -> None:
    name, content, said = BAD[case]
    path = tmp_path / name
    path.write_bytes(content)
    message = refusal(path)
    assert said in message
    assert str(path) in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "cannot be read: No such file or directory" in refusal(tmp_path / "none.json")
    assert "cannot be read: Is a directory" in refusal(tmp_path)
    assert "cannot be read: embedded null byte" in refusal("a\0b")
