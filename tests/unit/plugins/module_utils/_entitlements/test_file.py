# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declared flows from a file: what is understood, and what is said of the rest."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.file import declared_flows
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import DeclaredFlow
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal

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


def read(path: Path | str, purge_entitlements: bool = True) -> list[DeclaredFlow]:
    params = {"flows_file": str(path), "flows": None, "purge_entitlements": purge_entitlements}
    return declared_flows(params)


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
    fee = second.fields["data_transfer_subscriber_fee_percent"]
    assert (second.tags, fee, second.encryption) == ({"number": "1"}, 15, {})


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


PARSER = "cannot be understood: "
NO_LIST = "does not hold a list of flows; give a list, or a mapping with one of flows, entitlements_flows."
NO_TEXT = "cannot be read: it is not a UTF-8 text."
BAD_OPTIONS = "is not as it should be: "
# The file's name, its content, and the sentence; where that does not end, somebody else's words follow.
BAD: dict[str, tuple[str, bytes, str]] = {
    "empty JSON": ("f.json", b"", f"{PARSER}Expecting value: line 1 column 1 (char 0)."),
    "empty YAML": ("f.yml", b"", NO_LIST),
    "no JSON": ("f.json", b"- flow: Game\n", PARSER),
    "half JSON": ("f.json", b'[{"flow": "Game"', PARSER),
    "JSON as another program marks it": ("f.json", b"\xef\xbb\xbf[]", PARSER),
    "deep JSON": ("f.json", b"[" * 200_000, "cannot be understood: it is nested too deeply."),
    "infinite fee": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "data_transfer_subscriber_fee_percent": Infinity}]}]',
        BAD_OPTIONS,
    ),
    "no number for a fee": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "data_transfer_subscriber_fee_percent": NaN}]}]',
        BAD_OPTIONS,
    ),
    "no YAML": ("f.yml", b"- flow: [Game\n", f"{PARSER}while parsing a flow sequence in "),
    "tabs": ("f.yml", b"- flow: Game\n\tentitlements: []\n", PARSER),
    "two documents": ("f.yml", b"[]\n---\n[]\n", PARSER),
    "unknown alias": ("f.yml", b"- *flow\n", PARSER),
    "an alias in itself": (
        "f.yml",
        b"- &a {flow: Game, entitlements: [{name: E, tags: *a}]}\n",
        BAD_OPTIONS,
    ),
    "a mapping as a key": ("f.yml", b"- ? {a: b}\n  : c\n", PARSER),
    "a tag of Ansible": ("f.yml", b"- flow: !vault x\n", PARSER),
    "a Python object": ("f.yml", b"!!python/object/apply:os.getcwd []\n", PARSER),
    "a time that is none": ("f.yml", b"- flow: !!timestamp soon\n", PARSER),
    "an empty number": ("f.yml", b"- flow: !!int ''\n", PARSER),
    "a date that is none": ("f.yml", b"- flow: 2018-13-45\n", PARSER),
    "control characters": ("f.yml", b"- flow: \x00\x01\n", PARSER),
    "Latin 1": ("f.yml", "- flow: Zürich\n".encode("latin-1"), NO_TEXT),
    "binary": ("f.json", bytes(range(256)), NO_TEXT),
    "vaulted": ("f.yml", b"$ANSIBLE_VAULT;1.1;AES256\n6134\n", NO_LIST),
    "text": ("f.yml", b"Game", NO_LIST),
    "number": ("f.json", b"5", NO_LIST),
    "null": ("f.json", b'{"flows": null}', NO_LIST),
    "other mapping": ("f.json", b'{"entitlements": []}', NO_LIST),
    "mapping of flows": ("f.json", b'{"flows": {"Game": []}}', NO_LIST),
    "list of texts": ("f.json", b'["Game"]', BAD_OPTIONS),
    "no name": ("f.json", b'[{"entitlements": []}]', f"{BAD_OPTIONS}flows, item 1, flow is missing."),
    "unknown option": (
        "f.json",
        b'[{"flow": "G", "purge": true}]',
        f"{BAD_OPTIONS}flows, item 1 has the option purge, which does not exist; purge_entitlements is ",
    ),
    "unknown option of an entitlement": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "account": 1}]}]',
        f"{BAD_OPTIONS}flows, item 1, entitlements, item 1 has an option that does not exist, and whose name is not shown here",
    ),
    "unknown choice": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "state": "gone"}]}]',
        f"{BAD_OPTIONS}flows, item 1, entitlements, item 1, state must be present or absent.",
    ),
    "encryption that is none": (
        "f.json",
        b'[{"flow": "G", "entitlements": [{"name": "E", "encryption": false}]}]',
        f"{BAD_OPTIONS}flows, item 1, entitlements, item 1, encryption must be a dictionary, but is true or false",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files(tmp_path: Path, case: str) -> None:
    name, content, said = BAD[case]
    path = tmp_path / name
    path.write_bytes(content)
    message = refusal(path)
    assert message.startswith(f"The file {path} {said}")
    assert message == f"The file {path} {said}" or not said.endswith(".")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('[{"entitlements": []}, {"flow": "G", "purge": true}]')
    message = refusal(path)
    assert "flows, item 1, flow is missing." in message
    assert "flows, item 2 has the option purge" in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    none = tmp_path / "none.json"
    assert refusal(none) == f"The file {none} cannot be read: No such file or directory."
    assert refusal(tmp_path) == f"The file {tmp_path} cannot be read: Is a directory."
    assert refusal("a\0b") == "The file 'a\\x00b' cannot be read: embedded null byte."


def test_yaml_without_pyyaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.yml"
    path.write_text("[]")
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert refusal(path) == (
        f"The file {path} cannot be understood: PyYAML is not installed on this host; give a .json file instead."
    )


def test_yaml_without_libyaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.yml"
    path.write_text(yaml.safe_dump(FLOWS))
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert [flow.flow for flow in read(path)] == ["Game", "Show"]


@pytest.mark.parametrize(("flows", "names"), [(None, []), ([], []), (["Game", "Show"], ["Game", "Show"])])
def test_without_a_file_the_task_has_them(flows: list[str] | None, names: list[str]) -> None:
    items = flows and [{"flow": name, "purge_entitlements": None, "entitlements": []} for name in flows]
    declared = declared_flows({"flows_file": None, "flows": items, "purge_entitlements": True})
    assert [flow.flow for flow in declared] == names
    assert all(flow.purge_entitlements for flow in declared)
