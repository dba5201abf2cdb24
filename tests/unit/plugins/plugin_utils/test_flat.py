# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line and a survey give, read: each answer in each form in which it may come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mediaops.mediaconnect.plugins.plugin_utils.flat import grant_request, revoke_request

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
            [
                "mediaconnect_subscribers has 4444-5555-6666, 11122223333; account ids have 12 digits, without hyphens; put a comma "
                "after one that begins with a zero."
            ],
        ),
        (
            {"mediaconnect_subscribers": f"game2018 {'0f' * 16} 1", "mediaconnect_entitlement": "E"},
            [
                "mediaconnect_subscribers has something else, something else, 1; account ids have 12 digits, without hyphens; put a comma "
                "after one that begins with a zero."
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
