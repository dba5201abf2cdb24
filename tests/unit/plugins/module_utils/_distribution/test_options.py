# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role takes from the task, and what follows for it from the entitlements that name it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._distribution.options import (
    ROLE_SPEC,
    completed,
    role_items,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import (
    DeclaredEntitlement,
    DeclaredFlow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import DeclaredSecret

ROLE_ARN = "arn:aws:iam::111122223333:role/media/R"
SECRET_ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:s-AbCdEf"
FLOW_ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-id:Show"


def role(name: str = "R", **options: Any) -> dict[str, Any]:
    """The options of a role, as Ansible fills them in."""
    return {**{option: spec.get("default") for option, spec in ROLE_SPEC.items()}, "name": name, **options}


def task(**params: Any) -> dict[str, Any]:
    return {"role": None, "roles": None, "tags": None, "purge_tags": True, "force_in_use": False, **params}


class TestItems:
    @pytest.mark.parametrize(
        ("params", "names"),
        [
            ({}, []),
            ({"roles": []}, []),
            ({"role": role()}, ["R"]),
            ({"roles": [role("A"), role("B")]}, ["A", "B"]),
        ],
    )
    def test_there_is_none_or_one_or_several(self, params: dict[str, Any], names: list[str]) -> None:
        assert [item["name"] for item in role_items(task(**params))] == names

    @pytest.mark.parametrize("option", ["purge_tags", "force_in_use"])
    @pytest.mark.parametrize(
        ("own", "common", "meant"),
        [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
    )
    def test_what_a_role_leaves_out_the_task_says(self, option: str, own: Any, common: bool, meant: bool) -> None:
        (item,) = role_items(task(role=role(**{option: own}), **{option: common}))
        assert item[option] is meant

    @pytest.mark.parametrize(
        ("own", "common", "meant"),
        [
            (None, None, None),
            (None, {"a": 1}, {"a": "1"}),
            ({"a": 1, "b": None}, None, {"a": "1", "b": ""}),
            ({"a": 2}, {"a": 1, "b": 1}, {"a": "2", "b": "1"}),
            ({}, None, {}),
        ],
    )
    def test_its_tags_are_added_to_those_of_the_task(self, own: Any, common: Any, meant: Any) -> None:
        (item,) = role_items(task(role=role(tags=own), tags=common))
        assert item["tags"] == meant

    def test_nothing_else_is_changed(self) -> None:
        given = role(secrets=["s"], purge=False, path="/media/", force_in_use=True, purge_tags=False)
        assert role_items(task(role=given)) == [given]


def encrypted(name: str, role: str = "R", secret: str | None = "s", **fields: Any) -> DeclaredEntitlement:
    encryption = {"key_type": "static-key", "role_arn": role, **({"secret_arn": secret} if secret else {})}
    return DeclaredEntitlement(name, encryption=encryption, **fields)


def secret(name: str, kms_key_id: str | None = None, state: str = "present") -> DeclaredSecret:
    fields = {} if kms_key_id is None else {"kms_key_id": kms_key_id}
    return DeclaredSecret(name, ["us-west-2"], state, fields=fields)


Case = tuple[dict[str, Any], list[DeclaredSecret], list[DeclaredFlow], Any, Any, Any]
# The role's own options, the secrets and flows of the task; and the role's secrets, flows and KMS keys.
CASES: dict[str, Case] = {
    "nobody names it": ({}, [], [], None, None, None),
    "one entitlement": ({}, [], [DeclaredFlow("Game", [encrypted("E")])], ["s"], ["Game"], None),
    "several": (
        {},
        [],
        [
            DeclaredFlow("Game", [encrypted("E"), encrypted("F", secret="t"), encrypted("G")]),
            DeclaredFlow(FLOW_ARN, [encrypted("E", secret=SECRET_ARN), encrypted("F", secret="u", role="Other")]),
            DeclaredFlow("Clip", [DeclaredEntitlement("E"), DeclaredEntitlement("F", encryption={})]),
        ],
        ["s", "t", SECRET_ARN],
        ["Game", FLOW_ARN],
        None,
    ),
    "by its ARN": ({}, [], [DeclaredFlow("Game", [encrypted("E", role=ROLE_ARN)])], ["s"], ["Game"], None),
    "by its name, while it is declared by its ARN": (
        {"name": ROLE_ARN},
        [],
        [DeclaredFlow("Game", [encrypted("E")])],
        ["s"],
        ["Game"],
        None,
    ),
    "another one": ({}, [], [DeclaredFlow("Game", [encrypted("E", role="Other")])], None, None, None),
    "an encryption without a role": (
        {},
        [],
        [DeclaredFlow("Game", [DeclaredEntitlement("E", encryption={"key_type": "static-key", "secret_arn": "s"})])],
        None,
        None,
        None,
    ),
    "one that is to be revoked": ({}, [], [DeclaredFlow("Game", [encrypted("E", state="absent")])], None, None, None),
    "one without a secret of its own": (
        {},
        [],
        [DeclaredFlow("Game", [encrypted("E", secret=None)])],
        [],
        ["Game"],
        None,
    ),
    "a role that is to go": (
        {"state": "absent"},
        [secret("s", "alias/video")],
        [DeclaredFlow("Game", [encrypted("E")])],
        None,
        None,
        None,
    ),
    "secrets of its own": (
        {"secrets": ["x"]},
        [],
        [DeclaredFlow("Game", [encrypted("E")])],
        ["x"],
        ["Game"],
        None,
    ),
    "flows of its own": ({"flows": []}, [], [DeclaredFlow("Game", [encrypted("E")])], ["s"], [], None),
    "the key of a secret that is declared": (
        {},
        [secret("s", "alias/video"), secret("t", "alias/other")],
        [DeclaredFlow("Game", [encrypted("E")])],
        ["s"],
        ["Game"],
        ["alias/video"],
    ),
    "the keys of several, each once": (
        {"secrets": [SECRET_ARN, "t", "u"]},
        [secret("s", "alias/video"), secret("t", "alias/other"), secret("u", "alias/video")],
        [],
        [SECRET_ARN, "t", "u"],
        None,
        ["alias/video", "alias/other"],
    ),
    "the account's own key": (
        {},
        [secret("s"), secret("t", ""), secret("u", "alias/aws/secretsmanager")],
        [DeclaredFlow("Game", [encrypted("E"), encrypted("F", secret="t"), encrypted("G", secret="u")])],
        ["s", "t", "u"],
        ["Game"],
        [],
    ),
    "keys of its own": (
        {"kms_keys": ["k"]},
        [secret("s", "alias/video")],
        [DeclaredFlow("Game", [encrypted("E")])],
        ["s"],
        ["Game"],
        ["k"],
    ),
    "keys of secrets that are not read": (
        {"secrets": ["x"]},
        [secret("s", "alias/video")],
        [],
        ["x"],
        None,
        None,
    ),
    "keys of secrets whose names look like ARNs of others": (
        {"secrets": ["s-AbCdEf"]},
        [secret("s", "alias/video")],
        [],
        ["s-AbCdEf"],
        None,
        None,
    ),
    "no key is taken away with secrets that are declared elsewhere": (
        {"secrets": ["s", "elsewhere"]},
        [secret("s", "alias/video")],
        [],
        ["s", "elsewhere"],
        None,
        None,
    ),
    "secrets that this task deletes": (
        {"secrets": ["s", "t"]},
        [secret("s", state="absent"), secret("t")],
        [],
        ["t"],
        None,
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_follows_for_a_role(case: str) -> None:
    options, secrets, flows, read, served, keys = CASES[case]
    item = role(**options)
    before = dict(item)
    assert completed(item, secrets, flows) == {**item, "secrets": read, "flows": served, "kms_keys": keys}
    assert item == before
