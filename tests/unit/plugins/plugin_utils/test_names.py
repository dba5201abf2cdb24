# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the roles and playbooks: that all are known, and that sentences name those that can be typed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mediaops.mediaconnect.plugins.plugin_utils.names import (
    GRANTS,
    KEYS,
    KNOWN,
    VARIABLES,
    retold,
    unknown_variables,
)

ROOT = Path(__file__).resolve().parents[4]
ROLES = {
    role: yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"][
        "options"
    ]
    for role in (KEYS, GRANTS)
}
PLAYBOOKS = sorted((ROOT / "playbooks").glob("*.yml"))
FLAT = {
    name: yaml.safe_load((ROOT / "playbooks" / "vars" / f"{name}.yml").read_text())["__mediaconnect_variables"]
    for name in ("grant", "revoke")
}


@pytest.mark.parametrize("role", [KEYS, GRANTS])
def test_the_variables_of_a_role_are_known(role: str) -> None:
    known = {f"{role}_{name}" for name in VARIABLES[role]}
    assert known - {f"{role}_result", f"{role}_handover"} == set(ROLES[role])


def test_every_variable_that_a_playbook_reads_is_known() -> None:
    files = [*PLAYBOOKS, *(ROOT / "playbooks" / "tasks").glob("*.yml")]
    read = {name for file in files for name in re.findall(r"(?<![\w.])mediaconnect_\w+", file.read_text())}
    handed_on = {
        "mediaconnect_handover",
        "mediaconnect_role_arns",
        "mediaconnect_secrets",
        "mediaconnect_taken_away",
        "mediaconnect_summary",
        "mediaconnect_plan_digest",
    }
    flat = {name for variables in FLAT.values() for name in variables}
    ours = {f"mediaconnect_{name}" for name in VARIABLES["mediaconnect"]} - {
        "mediaconnect_account",
        "mediaconnect_facts",
    }
    assert ours == (read | flat) - handed_on - {"mediaconnect_flows"}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([*KNOWN, "__mediaconnect_x", "ansible_host", "inventory_hostname", "flow_name", "mediaconnect_awx_image"], []),
        (["mediaconnect_handover_sports_us_west_2"], []),
        (
            ["mediaconnect_fee"],
            ["The variable mediaconnect_fee does not exist; mediaconnect_fee_percent is probably meant."],
        ),
        (
            ["entitlement_flows"],
            ["The variable entitlement_flows does not exist; entitlements_flows is probably meant."],
        ),
        (["entitlement_flows", "entitlements_flows"], []),
        (
            ["entitlements_flow"],
            ["The variable entitlements_flow does not exist; entitlements_flows is probably meant."],
        ),
        (["static_key_encryption_secret"], ["static_key_encryption_secrets is probably meant."]),
        (["mediaconnect_zzz"], ["names that begin with mediaconnect_ are kept for this collection"]),
    ],
)
def test_variables_that_nothing_reads(names: list[str], said: list[str]) -> None:
    found = unknown_variables(names)
    assert len(found) == len(said)
    for sentence, words in zip(found, said, strict=True):
        assert words in sentence


def sentences() -> Iterator[str]:
    """Every text of the modules' rooms, with an ellipsis for what is put in when it runs."""
    for file in sorted((ROOT / "plugins" / "module_utils").rglob("*.py")):
        tree = ast.parse(file.read_text())
        told = {id(one) for node in ast.walk(tree) if isinstance(node, ast.Expr) for one in ast.walk(node)}
        for node in ast.walk(tree):
            if id(node) in told:
                continue
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield node.value


OPTION = re.compile(r"\b([a-z_]+): (?:true|false)\b")
# Options of one item of a list, which are typed where the item is declared, whoever reads it.
OF_AN_ITEM = {
    "generate",
    "replace_value",
    "allow_rotation",
    "force_delete_without_recovery",
    "deletion_scheduled",
    "mediaconnect_missing_ok",
}
MENTIONED = sorted({sentence for sentence in sentences() if OPTION.search(sentence)})


@pytest.mark.parametrize(
    ("sentence", "caller", "told"),
    [
        ("set force_in_use: true.", "", "set force_in_use: true."),
        ("set force_in_use: true for the role.", KEYS, "set static_key_encryption_force_in_use: true."),
        ("set force_in_use: true for the secret.", "distribute", "set static_key_encryption_force_in_use: true."),
        ("set force_in_use: true.", "distribute", "set entitlements_force_in_use: true."),
        ("set force_in_use: true for the role.", "grant", "set mediaconnect_force_in_use: true."),
        (
            "set purge: false, or purge_entitlements: true",
            "distribute",
            "set static_key_encryption_purge: false, or entitlements_purge: true",
        ),
        ("Give another policy_name.", "grant", "Give another static_key_encryption_policy_name in distribute."),
        ("Set allow_replacement: true if", "revoke", "Set entitlements_allow_replacement: true in distribute if"),
        ("looked at (only_plan): something", "distribute", "looked at (mediaconnect_only_plan): something"),
        ("The secret purge is used.", "distribute", "The secret purge is used."),
    ],
)
def test_what_a_sentence_calls_an_option(sentence: str, caller: str, told: str) -> None:
    assert retold(sentence, caller) == told


def test_there_are_sentences_that_name_options() -> None:
    assert len(MENTIONED) > 15


@pytest.mark.parametrize("caller", [KEYS, GRANTS, "distribute", "grant", "revoke"])
@pytest.mark.parametrize("sentence", MENTIONED)
def test_what_a_sentence_names_can_be_typed_there(sentence: str, caller: str) -> None:
    told = retold(sentence, caller)
    typed = set(OPTION.findall(told)) - OF_AN_ITEM
    there: dict[str, Any] = {
        KEYS: ROLES[KEYS],
        GRANTS: ROLES[GRANTS],
        "distribute": {**ROLES[KEYS], **ROLES[GRANTS]},
        "grant": {
            **FLAT["grant"],
            **ROLES[KEYS],
            **ROLES[GRANTS],
        },  # the roles' variables are said to be those of distribute
        "revoke": {**FLAT["revoke"], **ROLES[KEYS], **ROLES[GRANTS]},
    }
    ours = {name for name in typed if name in there[caller]}
    of_others = {"allow_replacement", "verify_encryption", "warn_shared", "purge_entitlements"}
    elsewhere = {name for name in typed if caller == KEYS and name in of_others}  # the role has no entitlements
    role_only = {name for name in typed if caller == GRANTS and name in ROLES[KEYS]}  # nor has this one a role of IAM
    assert typed == ours | elsewhere | role_only
    if caller in FLAT:
        for name in typed - set(FLAT[caller]):
            assert re.search(rf"\b{name}: (?:true|false) in distribute\b", told)
