# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line and a survey give, read: each answer in each form in which it may come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.plugin_utils.flat import (
    OtherwiseTyped,
    as_typed,
    grant_request,
    revocation_doubts,
    revoke_request,
)

ROOT = Path(__file__).resolve().parents[4]
ANY, CORP = "444455556666", "123456789012"
PLAIN = {"mediaconnect_flow": "BaseballGame", "mediaconnect_subscribers": ANY}
ENCRYPTED = {
    "mediaconnect_secret": "baseball-key",
    "mediaconnect_role": "MediaConnect-ASM",
    "mediaconnect_algorithm": "aes256",
}
TOGETHER = (
    "To encrypt, set mediaconnect_secret, mediaconnect_role and mediaconnect_algorithm; if that is not meant, leave the first two empty "
    "and the last at none."
)
ONE_ONLY = (
    "mediaconnect_entitlement is empty; name the entitlement, since a name can be derived from one subscriber only and "
    "mediaconnect_subscribers has {}."
)


def variables(playbook: str) -> dict[str, Any]:
    found = yaml.safe_load((ROOT / "playbooks" / "vars" / f"{playbook}.yml").read_text())
    return found["__mediaconnect_variables"]


def grant(**values: Any) -> dict[str, Any]:
    return grant_request({**PLAIN, **values}, variables("grant"))


def revoke(**values: Any) -> dict[str, Any]:
    return revoke_request({**PLAIN, **values}, variables("revoke"))


def granted(**values: Any) -> dict[str, Any]:
    (flow,) = grant(**values)["flows"]
    (entitlement,) = flow["entitlements"]
    return entitlement


def test_the_least_that_can_be_asked() -> None:
    entitlement = {"name": f"subscriber-{ANY}", "subscribers": [ANY], "purge_subscribers": False}
    assert grant() == {
        "wrong": [],
        "region": "",
        "accounts": [ANY],
        "entitlement": f"subscriber-{ANY}",
        "force_in_use": False,
        "allow_replacement": False,
        "verify_encryption": True,
        "missing_ok": False,
        "role": None,
        "flows": [{"flow": "BaseballGame", "purge_entitlements": False, "entitlements": [entitlement]}],
    }


def test_all_that_can_be_asked() -> None:
    request = grant(
        mediaconnect_region=" us-west-2\n",
        mediaconnect_entitlement="AnyCompany",
        mediaconnect_description="For AnyCompany",
        mediaconnect_fee_percent=15,
        mediaconnect_status="DISABLED",
        mediaconnect_force_in_use=True,
        **ENCRYPTED,
    )
    assert request["wrong"] == []
    assert (request["region"], request["force_in_use"], request["entitlement"]) == ("us-west-2", True, "AnyCompany")
    assert request["role"] == {
        "name": "MediaConnect-ASM",
        "secrets": ["baseball-key"],
        "flows": ["BaseballGame"],
        "purge": False,
        "force_in_use": True,
    }
    assert request["flows"][0]["entitlements"] == [
        {
            "name": "AnyCompany",
            "subscribers": [ANY],
            "purge_subscribers": False,
            "description": "For AnyCompany",
            "data_transfer_subscriber_fee_percent": "15",
            "entitlement_status": "DISABLED",
            "encryption": {"algorithm": "aes256", "role": "MediaConnect-ASM", "secret": "baseball-key"},
        }
    ]


@pytest.mark.parametrize("empty", [None, "", "  ", "\n"])
def test_an_empty_answer_is_not_set(empty: Any) -> None:
    names = [name for name in variables("grant") if name not in PLAIN]
    assert grant(**dict.fromkeys(names, empty)) == grant()
    assert grant(mediaconnect_flow=empty)["wrong"] == ["mediaconnect_flow is empty; set it."]


@pytest.mark.parametrize(
    "subscribers",
    [
        f"{ANY},{CORP}",
        f" {ANY} {CORP} ",
        f"{ANY};\n{CORP}\n",
        [ANY, CORP],
        [int(ANY), CORP],
        [f"{ANY}, {CORP}"],
        (ANY, CORP, ANY),
    ],
    ids=str,
)
def test_account_ids_however_they_are_listed(subscribers: Any) -> None:
    assert granted(mediaconnect_subscribers=subscribers, mediaconnect_entitlement="E")["subscribers"] == [ANY, CORP]


def test_unchanged_is_no_status() -> None:
    assert "entitlement_status" not in granted(mediaconnect_status="unchanged")


@pytest.mark.parametrize("yes", [True, "true", "True", "yes", "on", "1", 1])
def test_what_ansible_takes_for_true(yes: Any) -> None:
    assert revoke(mediaconnect_force_in_use=yes)["force_in_use"] is True


@pytest.mark.parametrize("no", [False, "false", "no", "off", "0", 0, "", None])
def test_what_ansible_takes_for_false(no: Any) -> None:
    request = revoke(mediaconnect_force_in_use=no)
    assert (request["force_in_use"], request["wrong"]) == (False, [])


def test_revoke_takes_away_from_the_named_accounts_or_as_a_whole() -> None:
    assert revoke()["flows"][0]["entitlements"] == [{"name": f"subscriber-{ANY}", "remove_subscribers": [ANY]}]
    whole = revoke(mediaconnect_subscribers="", mediaconnect_entitlement="E")
    assert whole["flows"][0]["entitlements"] == [{"name": "E", "state": "absent"}]
    assert whole["role"] is None


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"mediaconnect_fee_percent": "1.5"}, ["mediaconnect_fee_percent is 1.5; give a whole number."]),
        ({"mediaconnect_fee_percent": "-1"}, ["mediaconnect_fee_percent is -1; give a whole number."]),
        (
            {"mediaconnect_status": "on"},
            ["mediaconnect_status is on; choose ENABLED, DISABLED, unchanged."],
        ),
        ({"mediaconnect_force_in_use": "maybe"}, ["mediaconnect_force_in_use is maybe; give true or false."]),
        (
            {"mediaconnect_description": "two\nlines"},
            ["mediaconnect_description is two\nlines; give text of one line."],
        ),
        (
            {"mediaconnect_subscribers": f"4444-5555-6666 {ANY} 11122223333", "mediaconnect_entitlement": "E"},
            ["mediaconnect_subscribers has 4444-5555-6666, 11122223333; account ids have 12 digits, without hyphens."],
        ),
        (
            {"mediaconnect_subscribers": f"game2018 {'0f' * 16} 1", "mediaconnect_entitlement": "E"},
            [
                "mediaconnect_subscribers has something else, something else, 1; account ids have 12 digits, without hyphens."
            ],
        ),
        (
            {**ENCRYPTED, "mediaconnect_secret": "0F" * 32},
            ["mediaconnect_secret looks like a key, and is not shown; give what mediaconnect_secret asks for."],
        ),
        (
            {"mediaconnect_status": "curling2026"},
            ["mediaconnect_status is wrong; choose ENABLED, DISABLED, unchanged."],
        ),
        ({"mediaconnect_subscribers": ""}, [ONE_ONLY.format("none")]),
        ({"mediaconnect_subscribers": [ANY, CORP]}, [ONE_ONLY.format(2)]),
        ({"mediaconnect_algorithm": "aes256"}, [TOGETHER]),
        ({**ENCRYPTED, "mediaconnect_algorithm": "none"}, [TOGETHER]),
        ({**ENCRYPTED, "mediaconnect_role": ""}, [TOGETHER]),
        ({"mediaconnect_algorithm": "none"}, []),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence_each(values: dict[str, Any], wrong: list[str]) -> None:
    assert grant(**values)["wrong"] == wrong


def as_read(typed: str) -> Any:
    """What ansible-core 2.19 to 2.21 make of an answer that AWX has written as !unsafe: as if it had no quotation marks."""
    loader = yaml.SafeLoader("")
    tag = loader.resolve(yaml.nodes.ScalarNode, typed, (True, False))
    try:
        return loader.construct_object(yaml.nodes.ScalarNode(tag, typed))
    except (ValueError, OverflowError, LookupError, yaml.YAMLError):
        return typed  # ansible-core itself would refuse it


typed_texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.from_regex(r"[-+]?[0-9][0-9_:.xXbeE+-]{0,12}", fullmatch=True),
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.sampled_from(
        [
            "on",
            "off",
            "Yes",
            "no",
            "true",
            "False",
            "2026-11-25",
            "2026-11-25 12:30:00",
            "1e3",
            "0o17",
            "=",
            "<<",
            ".inf",
        ]
    ),
)


@given(typed=typed_texts, kind=st.sampled_from(["str", "int", "bool", "account"]))
def test_no_answer_becomes_another_text(typed: str, kind: str) -> None:
    """It is read as it was typed, as nothing where it is one of YAML's words for nothing, or refused."""
    value = as_read(typed)
    try:
        text = as_typed(value, kind)
    except OtherwiseTyped:
        return
    same = {typed.strip(), typed.strip().strip("'\"")}
    if value is None:
        assert text == ""
    elif kind == "int" and isinstance(value, int):
        assert int(text) == value  # a number is meant, however it is spelt
    elif kind == "bool" and isinstance(value, int):
        assert text in ("true", "false", "0", "1")
    elif kind == "account" and isinstance(value, int):
        assert text in (typed.replace("_", "").lstrip("+"), str(value))
        assert len(text) == 12
    else:
        assert text in same


@given(typed=typed_texts.filter(lambda text: text.strip() and not text.strip().startswith(("'", '"'))))
def test_the_way_to_type_it_that_a_refusal_names_works(typed: str) -> None:
    """A blank after it, or quotation marks."""
    assert as_typed(as_read(f"{typed} ")) == typed.strip()
    quoted = as_typed(as_read(f'"{typed}"'))
    assert quoted in (typed, f'"{typed}"')
    if '"' not in typed and not isinstance(as_read(typed), str):
        assert quoted == typed


@pytest.mark.parametrize(
    ("value", "read_as", "way"),
    [
        (9, "a number", "a blank"),
        (True, "true or false", "a blank"),
        (7.5, "a number", "a blank"),
        ({}, "something else", "a blank"),
    ],
)
def test_an_answer_that_may_have_been_typed_in_several_ways_is_refused(value: Any, read_as: str, way: str) -> None:
    (wrong,) = revoke(mediaconnect_entitlement=value)["wrong"]
    assert wrong.startswith(f"mediaconnect_entitlement was read as {read_as}")
    assert f"type {way} after it, or put it in quotation marks." in wrong


def test_account_ids_that_begin_with_a_zero() -> None:
    """In base 8 they are shorter numbers."""
    (wrong,) = grant(mediaconnect_subscribers=as_read("012345670123"))["wrong"]
    assert "type a comma after it" in wrong
    assert grant(mediaconnect_subscribers="012345670123,")["accounts"] == ["012345670123"]
    assert grant(mediaconnect_subscribers="'012345670123'")["accounts"] == ["012345670123"]
    assert grant(mediaconnect_subscribers=as_read("089999999999"))["accounts"] == ["089999999999"]


@pytest.mark.parametrize("answer", [", ", ";", [""], [None]])
def test_an_answer_without_an_account_id_is_not_everybody(answer: Any) -> None:
    (wrong,) = revoke(mediaconnect_entitlement="E", mediaconnect_subscribers=answer)["wrong"]
    assert wrong == "mediaconnect_subscribers is not empty, but has no account id; give account ids, or clear it."


GAME = {
    "name": "BaseballGame",
    "flow_arn": "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-a-b:BaseballGame",
    "entitlements": [
        {"name": "AnyCompany_Final", "subscribers": [ANY]},
        {"name": "Corp", "subscribers": [CORP]},
    ],
}
OVERRULE = "If nothing is to be taken away, set mediaconnect_missing_ok: true."


@pytest.mark.parametrize(
    ("values", "doubts"),
    [
        ({"entitlement": "Nobody"}, []),
        (
            {"entitlement": "anycompany-final"},
            ["entitlement anycompany-final of flow BaseballGame; AnyCompany_Final is"],
        ),
        ({"entitlement": "AnyCompany_Fianl"}, ["AnyCompany_Final is probably meant."]),
        (
            {"entitlement": "Nobody", "subscribers": CORP},
            [f"Account {CORP} still receives flow BaseballGame, by the entitlement Corp."],
        ),
        ({"entitlement": "Nobody", "flow": GAME["flow_arn"]}, []),
        (
            {"entitlement": "Corp", "flow": "Baseball-Game"},
            ["There is no flow Baseball-Game; BaseballGame is probably meant."],
        ),
        ({"entitlement": "Corp", "flow": "TennisFinal"}, []),
    ],
)
def test_what_was_probably_meant(values: dict[str, str], doubts: list[str]) -> None:
    named = {"mediaconnect_subscribers": "", **{f"mediaconnect_{name}": value for name, value in values.items()}}
    found = revocation_doubts([GAME], revoke(**named))
    assert len(found) == (len(doubts) + 1 if doubts and "flow" not in values else len(doubts))
    for doubt, sentence in zip(doubts, found, strict=False):
        assert doubt in sentence
    assert not found or found[-1].endswith(OVERRULE)
