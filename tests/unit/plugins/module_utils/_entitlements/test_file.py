# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declared flows from a file: what is understood, and what is said of the rest."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements import file
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.file import declared_flows
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import DeclaredFlow, from_api
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
NO_LIST = "does not hold a list of flows; give a list, a mapping with one of flows, entitlements_flows, or one flow with its flow_arn."
NO_TEXT = "cannot be read: it is not a UTF-8 text."
BAD_OPTIONS = "is not as it should be: "
TOO_DEEP = "cannot be understood: it is nested too deeply."
FEE = '[{"flow": "G", "entitlements": [{"name": "E", "data_transfer_subscriber_fee_percent": %s}]}]'
NO_FEE = f"{BAD_OPTIONS}flows, item 1, entitlements, item 1, data_transfer_subscriber_fee_percent must be a whole number, but is "
BOMB = "\n".join(f"- &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 20))
MERGES = "\n".join(f"- &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 9)}], b{level}: 1}}" for level in range(1, 20))
TOO_MUCH = f"{PARSER}its aliases, written out, amount to more than 5000000 values; use fewer of them."
DIGITS = f"{PARSER}line 1, column 9 has a number of too many digits; correct it."
KEY = "0f" * 16


def no_json(line: int, column: int) -> str:
    return f"{PARSER}line {line}, column {column} is not valid JSON."


def no_yaml(line: int, column: int) -> str:
    return f"{PARSER}line {line}, column {column} is not valid YAML."


# The file's name, its content, and the sentence; where that does not end, somebody else's words follow.
BAD: dict[str, tuple[str, bytes, str]] = {
    "empty JSON": ("f.json", b"", no_json(1, 1)),
    "empty YAML": ("f.yml", b"", NO_LIST),
    "no JSON": ("f.json", b"- flow: Game\n", no_json(1, 1)),
    "half JSON": ("f.json", b'[{"flow": "Game"', no_json(1, 17)),
    "deep JSON": ("f.json", b"[" * 200_000, TOO_DEEP),
    "deep YAML": ("f.yml", b"[" * 200_000, TOO_DEEP),
    "deep YAML that ends": ("f.yml", b"[" * 20_000 + b"]" * 20_000, TOO_DEEP),
    "a number without end": ("f.json", b"1" * 5000, f"{PARSER}it has a number of too many digits; correct it."),
    "a number without end in YAML": ("f.yml", b"- flow: " + b"1" * 5000, DIGITS),
    "digits without end": ("f.yml", b"- flow: 0x" + b"f" * 5000, DIGITS),
    "minutes without end": ("f.yml", b"- flow: 1" + b":1" * 100_000, DIGITS),
    "an option twice in JSON": (
        "f.json",
        b'[{"flow": "G", "flow": "H"}]',
        f"{PARSER}a mapping has the option flow twice; keep one of them.",
    ),
    "a key twice in JSON": (
        "f.json",
        f'[{{"flow": "G", "{KEY}": 1, "{KEY}": 2}}]'.encode(),
        f"{PARSER}a mapping has the same name twice; keep one of them.",
    ),
    "an option twice in YAML": (
        "f.yml",
        b"- flow: G\n  entitlements:\n    - name: E\n      name: F\n",
        f"{PARSER}line 4, column 7: the mapping has the option name twice; keep one of them.",
    ),
    "a key twice in YAML": (
        "f.yml",
        f"- flow: G\n  {KEY}: 1\n  '{KEY}': 1\n".encode(),
        f"{PARSER}line 3, column 3: the mapping has the same name twice; keep one of them.",
    ),
    "both lists": (
        "f.json",
        b'{"flows": [], "entitlements_flows": []}',
        "has both flows and entitlements_flows; give one of them.",
    ),
    "a bomb": ("f.yml", f"- &a0 [x]\n{BOMB}\n".encode(), TOO_MUCH),
    "a bomb of merges": ("f.yml", f"- &a0 {{b: 1}}\n{MERGES}\n".encode(), TOO_MUCH),
    "true as a fee": ("f.json", (FEE % "true").encode(), f"{NO_FEE}true or false."),
    "a part of a fee": ("f.json", (FEE % "1.5").encode(), f"{NO_FEE}a number."),
    "infinite fee": ("f.json", (FEE % "Infinity").encode(), f"{NO_FEE}a number."),
    "no number for a fee": ("f.json", (FEE % "NaN").encode(), f"{NO_FEE}a number."),
    "no YAML": ("f.yml", b"- flow: [Game\n", no_yaml(2, 1)),
    "tabs": ("f.yml", b"- flow: Game\n\tentitlements: []\n", no_yaml(2, 1)),
    "two documents": ("f.yml", b"[]\n---\n[]\n", no_yaml(2, 1)),
    "unknown alias": ("f.yml", b"- *flow\n", no_yaml(1, 3)),
    "an alias in itself": (
        "f.yml",
        b"- &a {flow: Game, entitlements: [{name: E, tags: *a}]}\n",
        f"{PARSER}the alias at line 1, column 50 stands for what it is part of; write out what is meant.",
    ),
    "a mapping as a key": ("f.yml", b"- ? {a: b}\n  : c\n", no_yaml(1, 5)),
    "a tag of Ansible": ("f.yml", b"- flow: !vault x\n", no_yaml(1, 9)),
    "a Python object": ("f.yml", b"!!python/object/apply:os.getcwd []\n", no_yaml(1, 1)),
    "a time that is none": ("f.yml", b"- flow: !!timestamp soon\n", no_yaml(1, 9)),
    "an empty number": ("f.yml", b"- flow: !!int ''\n", no_yaml(1, 9)),
    "a date that is none": ("f.yml", b"- flow: 2018-13-45\n", no_yaml(1, 9)),
    "control characters": (
        "f.yml",
        b"- flow: \x00\x01\n",
        f"{PARSER}it has a character that YAML does not allow; remove it.",
    ),
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


def test_not_everything_is_told_of_a_file_in_which_everything_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps(["Game"] * 1000))
    message = refusal(path)
    assert "flows, item 20 must be" in message
    assert message.endswith(" 980 more things are wrong.")


@pytest.mark.parametrize(
    "content", ["%s", "- flow: [%s", "- %s: 1\n  %s: 1\n", "- !!int %s", "[{%s", "- {flow: '%s}", "- *%s"]
)
@pytest.mark.parametrize("name", ["f.json", "f.yml"])
def test_a_key_in_a_file_that_is_not_understood_is_not_repeated(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content.replace("%s", f"k{KEY}"))
    assert KEY not in refusal(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    none = tmp_path / "none.json"
    assert refusal(none) == f"The file {none} cannot be read: No such file or directory."
    assert refusal("a\0b") == "The file 'a\\x00b' cannot be read: a path cannot have a NUL in it."


def test_what_is_not_a_regular_file_is_not_opened(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe.json", tmp_path / "link.yml"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (tmp_path, pipe, link, "/dev/zero"):
        assert (
            refusal(path) == f"The file {path} cannot be read: it is not a regular file; give one that is JSON or YAML."
        )


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(json.dumps(FLOWS))
    (tmp_path / "link.json").symlink_to("f.json")
    assert len(read(tmp_path / "link.json")) == 2


def test_a_file_without_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.json"
    path.write_text("[]        ")
    monkeypatch.setattr(file, "MAX_BYTES", 10)
    assert read(path) == []
    monkeypatch.setattr(file, "MAX_BYTES", 9)
    assert refusal(path) == f"The file {path} cannot be read: it has more than 9 bytes; divide it."


@pytest.mark.parametrize(("name", "dump"), [("f.json", json.dumps), ("f.yml", yaml.safe_dump)])
def test_a_file_as_other_programs_mark_it(tmp_path: Path, name: str, dump: Any) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xef\xbb\xbf" + dump(FLOWS).encode())
    assert [flow.flow for flow in read(path)] == ["Game", "Show"]


def test_merged_mappings_may_be_overridden(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_text(
        """
        - flow: Game
          entitlements:
            - &e {name: E, subscribers: ["444455556666"], description: D}
            - {<<: *e, name: F, <<: {description: G}}
        """
    )
    assert [entitlement.name for entitlement in read(path)[0].entitlements] == ["E", "F"]


def test_aliases_in_a_large_estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of 1,000 flows with 50 entitlements each, which share whatever can be shared."""
    monkeypatch.setattr(file, "MAX_BY_ALIASES", file.MAX_BY_ALIASES // 10)
    path = tmp_path / "f.yml"
    entitlements = [
        f"- {{name: E{number}, subscribers: *s, encryption: *e, description: D, entitlement_status: ENABLED, tags: *t}}"
        for number in range(50)
    ]
    shared = [
        "&s ['444455556666', '777788889999']",
        "&e {key_type: static-key, role: R, secret: s, algorithm: aes256}",
        "&t {a: 1, b: 2, c: 3}",
        "&all\n" + "\n".join(f"    {line}" for line in entitlements),
    ]
    flows = "\n".join(f"- {{flow: F{number}, entitlements: *all}}" for number in range(100))
    path.write_text("shared:\n" + "\n".join(f"  - {one}" for one in shared) + "\nflows:\n" + flows)
    assert sum(len(flow.entitlements) for flow in read(path)) == 5_000


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
    for name, content, said in BAD.values():
        if name == "f.yml" and content and said != NO_LIST:
            path.write_bytes(content)
            assert "understood" in refusal(path) or said == NO_TEXT


ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ROLE_ARN = "arn:aws:iam::111122223333:role/R"
SECRET_ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:s-7g8H9i"
E_ARN = "arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-11aa22bb11aa22bb-3333cccc4444:E"
DECLARED = [
    {
        "flow": ARN,
        "entitlements": [
            {
                "name": "E",
                "subscribers": ["444455556666"],
                "description": "D",
                "data_transfer_subscriber_fee_percent": 15,
                "entitlement_status": "DISABLED",
                "encryption": {"algorithm": "aes256", "role": ROLE_ARN, "secret": SECRET_ARN},
            },
            {
                "name": "S",
                "encryption": {
                    "key_type": "speke",
                    "role": ROLE_ARN,
                    "resource_id": "r",
                    "device_id": "d",
                    "url": "https://x",
                    "region": "us-west-2",
                    "constant_initialization_vector": "0" * 32,
                },
            },
        ],
    }
]
GRANTED = [
    {
        "Name": "E",
        "Subscribers": ["444455556666"],
        "Description": "D",
        "DataTransferSubscriberFeePercent": 15,
        "EntitlementStatus": "DISABLED",
        "Encryption": {"Algorithm": "aes256", "KeyType": "static-key", "RoleArn": ROLE_ARN, "SecretArn": SECRET_ARN},
    },
    {
        "Name": "S",
        "Encryption": {
            "KeyType": "speke",
            "RoleArn": ROLE_ARN,
            "ResourceId": "r",
            "DeviceId": "d",
            "Url": "https://x",
            "Region": "us-west-2",
            "ConstantInitializationVector": "0" * 32,
        },
    },
]
TOLD = [{**one, "EntitlementArn": E_ARN} for one in GRANTED]
FLOW = {
    "FlowArn": ARN,
    "Name": "Game",
    "Status": "ACTIVE",
    "AvailabilityZone": "us-west-2a",
    "Source": {},
    "Outputs": [],
}
SAMPLES: dict[str, Any] = {
    "what grant-flow-entitlements takes": {"FlowArn": ARN, "Entitlements": GRANTED},
    "a list of them": [{"FlowArn": ARN, "Entitlements": GRANTED}],
    "what it answers": {"FlowArn": ARN, "Entitlements": TOLD},
    "what describe-flow answers": {"Flow": {**FLOW, "Entitlements": TOLD}, "Messages": {"Errors": []}},
    "a list of such answers": [{"Flow": {**FLOW, "Entitlements": TOLD}}],
    "what the API calls a flow": {**FLOW, "Entitlements": TOLD},
    "entitlements as the API has them": {"flows": [{"flow": ARN, "Entitlements": GRANTED}]},
    "one flow as it is declared": DECLARED[0],
    "what is null": [{**FLOW, "Entitlements": [{**one, "EntitlementTags": None} for one in TOLD]}],
}


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(("name", "dump"), [("f.json", json.dumps), ("f.yml", yaml.safe_dump)])
def test_what_the_aws_cli_takes_and_tells(tmp_path: Path, sample: str, name: str, dump: Any) -> None:
    declared, path = tmp_path / "declared.json", tmp_path / name
    declared.write_text(json.dumps(DECLARED))
    path.write_text(dump(SAMPLES[sample]))
    assert read(path) == read(declared)


def results(*actions: str) -> list[dict[str, Any]]:
    """What the module entitlements returns for the flow of the samples."""
    entitlements = [
        {**from_api(one), "tags": {"a": "b"}, "in_use": True, "removed_subscribers": ["1"], "action": action}
        for one, action in zip(TOLD, actions, strict=True)
    ]
    return [{"flow_arn": ARN, "flow_name": "Game", "region": "us-west-2", "entitlements": entitlements}]


def facts() -> list[dict[str, Any]]:
    """What the module flow_info returns for it, with its tags."""
    (result,) = results("unchanged", "unchanged")
    told = {"name": "Game", "status": "ACTIVE", "sources": [], "outputs": [], "messages": [], "tags": {"c": "d"}}
    entitlements = [
        {name: value for name, value in one.items() if name not in ("removed_subscribers", "action")}
        for one in result["entitlements"]
    ]
    return [{"flow_arn": ARN, "region": "us-west-2", **told, "entitlements": entitlements}]


@pytest.mark.parametrize("returned", [results("granted", "unchanged"), results("updated", "failed"), facts()])
def test_what_modules_return(tmp_path: Path, returned: list[dict[str, Any]]) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"changed": True, "flows": returned, "counts": {}, "handover": []}))
    (flow,) = read(path)
    assert flow.flow == ARN
    for entitlement, told in zip(flow.entitlements, TOLD, strict=True):
        assert entitlement.state == "present"
        assert entitlement.tags == {"a": "b"}
        observed = from_api(told)
        assert {**entitlement.fields, "encryption": entitlement.encryption, "entitlement_arn": E_ARN} == observed


def test_a_result_that_tells_what_is_gone_declares_that_it_is(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    (result,) = results("revoked", "replaced")
    result["entitlements"] += [{"name": "A", "action": "unchanged"}, {"name": "B", "action": "failed"}]
    path.write_text(json.dumps([result]))
    states = {entitlement.name: entitlement.state for entitlement in read(path)[0].entitlements}
    assert states == {"E": "absent", "S": "present", "A": "absent", "B": "present"}


@pytest.mark.parametrize(
    ("item", "flow"),
    [
        ({"flow_name": "Game", "region": "us-west-2"}, "Game"),
        ({"name": "Game", "status": "ACTIVE"}, "Game"),
        ({"Name": "Game"}, "Game"),
        ({"Name": "Other", "FlowArn": ARN}, ARN),
        ({"Name": "Game", "FlowArn": None}, "Game"),
        ({"flow": None, "flow_name": "Game", "region": "us-west-2"}, "Game"),
    ],
)
def test_a_flow_is_named_by_what_is_told_of_it(tmp_path: Path, item: dict[str, Any], flow: str) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps([item]))
    assert [one.flow for one in read(path)] == [flow]


SIMILAR: dict[str, tuple[dict[str, Any], str]] = {
    "two names of a flow": ({"flow": "G", "FlowArn": ARN}, "flows, item 1 has flow under two names; keep one of them."),
    "two names of an option": (
        {"flow": "G", "entitlements": [{"name": "E"}, {"name": "F", "Name": "F"}]},
        "flows, item 1, entitlements, item 2 has name under two names; keep one of them.",
    ),
    "two names of an encryption's role": (
        {"flow": "G", "entitlements": [{"name": "E", "encryption": {"role": "R", "role_arn": ROLE_ARN}}]},
        "flows, item 1, entitlements, item 1, encryption has role under two names; keep one of them.",
    ),
    # Whoever writes flow has not read it anywhere, and could believe that it does something.
    "a region that is meant": ({"flow": "G", "region": "eu-west-1"}, "flows, item 1 has an option that does not exist"),
    "a name of the API with a slip": (
        {"FlowArn": ARN, "Entitlements": [{"Name": "E", "Subscriber": []}]},
        "flows, item 1, entitlements, item 1 has the option Subscriber, which does not exist; subscribers is ",
    ),
    "no name of the API": ({"FlowArn": ARN, "Purge": True}, "flows, item 1 has the option Purge, which does not exist"),
    "more than an answer": ({"Flow": {"FlowArn": ARN}, "purge_entitlements": True}, "flows, item 1"),
    "a list for encryption": (
        {"FlowArn": ARN, "Entitlements": [{"Name": "E", "Encryption": [{"Algorithm": "aes256"}]}]},
        "flows, item 1, entitlements, item 1, encryption must be a dictionary, but is a list",
    ),
}


@pytest.mark.parametrize("case", SIMILAR)
def test_what_only_resembles_it(tmp_path: Path, case: str) -> None:
    item, said = SIMILAR[case]
    path = tmp_path / "f.json"
    path.write_text(json.dumps([item]))
    assert refusal(path).startswith(f"The file {path} {BAD_OPTIONS}{said}")


def test_a_name_that_is_null_is_no_option(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_text("- {flow: Game, null: 1, no: 2}\n")
    assert "two names" not in refusal(path)


@pytest.mark.parametrize(("flows", "names"), [(None, []), ([], []), (["Game", "Show"], ["Game", "Show"])])
def test_without_a_file_the_task_has_them(flows: list[str] | None, names: list[str]) -> None:
    items = flows and [{"flow": name, "purge_entitlements": None, "entitlements": []} for name in flows]
    declared = declared_flows({"flows_file": None, "flows": items, "purge_entitlements": True})
    assert [flow.flow for flow in declared] == names
    assert all(flow.purge_entitlements for flow in declared)
