# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From names of roles and secrets to the encryption that AWS is sent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.resolve import (
    NAMED_BY,
    References,
    Resolver,
    references,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
E = "entitlement E of flow Game"
FLOW_ARN = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ROLE_ARN, OTHER_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM", f"arn:aws:iam::{ACCOUNT}:role/Other"
SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:game-AbCdEf"
OTHER_SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:other-AbCdEf"
STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": SECRET_ARN}
NAMED = {**STATIC, "role_arn": "MediaConnect-ASM", "secret_arn": "game"}
SPEKE = {
    "key_type": "speke",
    "role_arn": ROLE_ARN,
    "resource_id": "game",
    "device_id": "d1",
    "url": "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/x",
    "region": "us-west-2",
}
VECTOR = {"constant_initialization_vector": "0" * 32}
NO_VECTOR = {"constant_initialization_vector": ""}
LOOKED_UP = {
    "role_arn": {"MediaConnect-ASM": ROLE_ARN, "Other": OTHER_ROLE_ARN, "nosuch": None},
    "secret_arn": {"game": SECRET_ARN, "other": OTHER_SECRET_ARN, "nosuch": None},
}


def complete(declared: Any, current: Any = None, names: References | None = None) -> tuple[Any, list[str]]:
    """The whole encryption, and what is refused."""
    refusals: list[str] = []
    resolver = Resolver(names or References(looked_up=LOOKED_UP), E, FLOW_ARN, refusals.append)
    return resolver.complete(declared, current), refusals


def static(**fields: str) -> dict[str, str]:
    return {"key_type": "static-key", **fields}


# What is declared, what AWS has, and what AWS is sent.
COMPLETE: list[tuple[dict[str, str], dict[str, str] | None, dict[str, str] | None]] = [
    ({}, None, None),
    ({}, STATIC, None),
    (STATIC, None, STATIC),
    (NAMED, None, STATIC),
    (STATIC, STATIC, STATIC),
    (NAMED, STATIC, STATIC),
    (static(), STATIC, STATIC),
    (static(algorithm="aes128"), STATIC, {**STATIC, "algorithm": "aes128"}),
    (static(secret_arn="other"), STATIC, {**STATIC, "secret_arn": OTHER_SECRET_ARN}),
    (static(secret_arn=OTHER_SECRET_ARN), STATIC, {**STATIC, "secret_arn": OTHER_SECRET_ARN}),
    (static(role_arn="Other"), STATIC, {**STATIC, "role_arn": OTHER_ROLE_ARN}),
    (SPEKE, None, SPEKE),
    (SPEKE, SPEKE, SPEKE),
    (SPEKE, STATIC, SPEKE),
    (STATIC, SPEKE, STATIC),
    ({**SPEKE, **VECTOR}, SPEKE, {**SPEKE, **VECTOR}),
    (SPEKE, {**SPEKE, **VECTOR}, {**SPEKE, **VECTOR}),
    ({"key_type": "speke", **NO_VECTOR}, {**SPEKE, **VECTOR}, SPEKE),
    ({"key_type": "speke", **NO_VECTOR}, SPEKE, SPEKE),
    ({**STATIC, **NO_VECTOR}, None, STATIC),
    (
        {"key_type": "speke", "device_id": "d2"},
        {**SPEKE, "algorithm": "aes128"},
        {**SPEKE, "algorithm": "aes128", "device_id": "d2"},
    ),
]


@pytest.mark.parametrize(("declared", "current", "sent"), COMPLETE)
def test_complete(declared: dict[str, str], current: dict[str, str] | None, sent: dict[str, str] | None) -> None:
    before = (dict(declared), dict(current or {}))
    assert complete(declared, current) == (sent, [])
    assert (declared, current or {}) == before


@pytest.mark.parametrize(
    ("declared", "current"),
    [
        ({**SPEKE, "role_arn": "MediaConnect-ASM"}, STATIC),
        ({**STATIC, "role_arn": "MediaConnect-ASM"}, SPEKE),
        (NAMED, STATIC),
    ],
)
def test_a_name_that_aws_shows_needs_no_look_up_in_an_encryption_of_another_kind_either(
    declared: dict[str, str], current: dict[str, str]
) -> None:
    sent, refusals = complete(declared, current, References())
    assert (sent["role_arn"], refusals) == (ROLE_ARN, [])


def lacks(missing: str, key_type: str = "static-key") -> str:
    return f"The encryption of the {E} lacks {missing}; key_type {key_type} needs it."


# What is declared, what AWS has, and each refusal.
REFUSALS: dict[str, tuple[dict[str, str], dict[str, str] | None, list[str]]] = {
    "nothing": (static(), None, [lacks("role, secret, algorithm")]),
    "a role alone": (static(role_arn=ROLE_ARN), None, [lacks("secret, algorithm")]),
    "no algorithm": (static(role_arn=ROLE_ARN, secret_arn=SECRET_ARN), None, [lacks("algorithm")]),
    "no secret in place of SPEKE": (static(role_arn=ROLE_ARN, algorithm="aes128"), SPEKE, [lacks("secret")]),
    "nothing of SPEKE": ({"key_type": "speke"}, None, [lacks("role, resource_id, device_id, url, region", "speke")]),
    "half of SPEKE": (
        {"key_type": "speke", "url": "u", "region": "us-west-2"},
        STATIC,
        [lacks("role, resource_id, device_id", "speke")],
    ),
    **{
        f"SPEKE without {name}": (
            {key: value for key, value in SPEKE.items() if key != member},
            None,
            [lacks(name, "speke")],
        )
        for member, name in {
            "role_arn": "role",
            **{name: name for name in ("resource_id", "device_id", "url", "region")},
        }.items()
    },
    "a role that is not there": (
        static(role_arn="nosuch"),
        STATIC,
        [f"The {E} names the role nosuch, which does not exist; create it first or correct the name."],
    ),
    "a secret that is not there": (
        static(secret_arn="nosuch"),
        STATIC,
        [f"The {E} names the secret nosuch, which does not exist in us-west-2; create it first or correct the name."],
    ),
    "names that were never looked up": (
        static(role_arn="R", secret_arn="S", algorithm="aes128"),
        None,
        [
            f"The {E} names the role R, which does not exist; create it first or correct the name.",
            f"The {E} names the secret S, which does not exist in us-west-2; create it first or correct the name.",
        ],
    ),
    "another account's role and secret": (
        static(
            algorithm="aes128",
            role_arn=ROLE_ARN.replace(ACCOUNT, OTHER_ACCOUNT),
            secret_arn=SECRET_ARN.replace(ACCOUNT, OTHER_ACCOUNT),
        ),
        STATIC,
        [
            f"The {E} names {wrong.replace(ACCOUNT, OTHER_ACCOUNT)}, which is not in the flow's account {ACCOUNT}; MediaConnect takes "
            "roles and secrets of the same account only."
            for wrong in (ROLE_ARN, SECRET_ARN)
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case: str) -> None:
    declared, current, sentences = REFUSALS[case]
    assert complete(declared, current)[1] == sentences


PREDICTED_SECRET = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:S-??????"


DECLARED = static(algorithm="aes128", role_arn="R", secret_arn="S")


class TestNames:
    def test_that_are_expected_have_an_arn_as_it_will_look(self) -> None:
        names = References(expected={"role_arn": {"R": []}, "secret_arn": {"S": []}})
        made = {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/R", "secret_arn": PREDICTED_SECRET}
        assert complete(DECLARED, None, names) == ({**DECLARED, **made}, [])

    def test_that_aws_has_go_before_those_that_are_expected(self) -> None:
        names = References(
            expected={"role_arn": {"R": []}, "secret_arn": {"S": []}},
            looked_up={"role_arn": {"R": OTHER_ROLE_ARN}, "secret_arn": {"S": OTHER_SECRET_ARN}},
        )
        found = {"role_arn": OTHER_ROLE_ARN, "secret_arn": OTHER_SECRET_ARN}
        assert complete(DECLARED, None, names) == ({**DECLARED, **found}, [])

    def test_that_are_known_stand_for_their_arns_from_the_start(self) -> None:
        known = {"role_arn": {"R": OTHER_ROLE_ARN}, "secret_arn": {"S": OTHER_SECRET_ARN}}
        current = {**STATIC, "role_arn": f"arn:aws:iam::{ACCOUNT}:role/R"}
        sent, refusals = complete(DECLARED, current, References(known=known))
        assert (sent["role_arn"], sent["secret_arn"], refusals) == (OTHER_ROLE_ARN, OTHER_SECRET_ARN, [])

    def test_that_are_known_of_another_account_are_refused(self) -> None:
        foreign = OTHER_ROLE_ARN.replace(ACCOUNT, OTHER_ACCOUNT)
        names = References(known={"role_arn": {"R": foreign}}, looked_up=LOOKED_UP)
        (refusal,) = complete(static(role_arn="R"), STATIC, names)[1]
        assert foreign in refusal

    @pytest.mark.parametrize(
        ("known", "member", "name", "arn"),
        [
            ({}, "role_arn", "R", "R"),
            ({"secret_arn": {"R": "arn:S"}}, "role_arn", "R", "R"),
            ({"role_arn": {"R": "arn:R"}}, "role_arn", "R", "arn:R"),
            ({"role_arn": {"R": "arn:R"}}, "role_arn", "S", "S"),
        ],
    )
    def test_known_or_not(self, known: Any, member: str, name: str, arn: str) -> None:
        assert References(known=known).named(member, name) == arn

    @pytest.mark.parametrize(
        ("declared", "current", "needed"),
        [
            (None, STATIC, []),
            ({}, STATIC, []),
            (static(), None, []),
            # a secret of this name may have another ARN by now; whoever may not look keeps the one that is there
            (NAMED, STATIC, [("secret_arn", NAMED["secret_arn"], False)]),
            ({**NAMED, "secret_arn": "other"}, STATIC, [("secret_arn", "other", True)]),
            (STATIC, None, []),
            (static(role_arn="R", secret_arn="S"), None, [("role_arn", "R", True), ("secret_arn", "S", True)]),
            (static(role_arn="MediaConnect-ASM"), SPEKE, []),
            (static(role_arn="known", secret_arn="known"), STATIC, []),
        ],
    )
    def test_only_those_that_nothing_has_the_arn_of_are_looked_up(
        self, declared: Any, current: Any, needed: list[tuple[str, str, bool]]
    ) -> None:
        names = References(known={"role_arn": {"known": OTHER_ROLE_ARN}, "secret_arn": {"known": OTHER_SECRET_ARN}})
        assert names.to_look_up(declared, current) == needed

    @pytest.mark.parametrize(
        ("member", "name", "arn", "same"),
        [
            ("role_arn", "R", None, False),
            ("role_arn", "R", f"arn:aws:iam::{ACCOUNT}:role/R", True),
            ("role_arn", "R", f"arn:aws:iam::{ACCOUNT}:role/media/R", True),
            ("role_arn", "R", f"arn:aws:iam::{ACCOUNT}:role/SR", False),
            ("secret_arn", "game", None, False),
            ("secret_arn", "game", SECRET_ARN, True),
            ("secret_arn", "gam", SECRET_ARN, False),
            ("secret_arn", "game-AbCdEf", SECRET_ARN + "-123456", True),
            ("secret_arn", "game", SECRET_ARN + "-123456", False),
            ("secret_arn", "a/game", SECRET_ARN.replace("game", "a/game"), True),
            ("secret_arn", "game", SECRET_ARN.replace("game", "a/game"), False),
        ],
    )
    def test_whether_an_arn_is_of_a_name(self, member: str, name: str, arn: str | None, same: bool) -> None:
        assert NAMED_BY[member](name, arn) is same


SECRET = {"name": "game", "arn": SECRET_ARN, "region": "us-west-2", "algorithm": "aes256"}
ABROAD = {"name": "game", "arn": SECRET_ARN.replace("us-west-2", "eu-west-1"), "region": "eu-west-1"}
TRUST = {"Statement": []}
MADE = {"name": "R", "arn": f"arn:aws:iam::{ACCOUNT}:role/R", "action": "created", "trust_policy": TRUST}
KEPT = {"name": "Other", "arn": OTHER_ROLE_ARN, "action": "unchanged", "trust_policy": None}


class TestReferences:
    """From what modules return, or plan, of roles and secrets."""

    def test_have_all_that_is_told(self) -> None:
        again = {**MADE, "action": "updated", "trust_policy": None}
        assert references([SECRET, ABROAD], [MADE, again, KEPT], "us-west-2") == References(
            known={
                "secret_arn": {"game": SECRET_ARN},
                "role_arn": {"R": MADE["arn"], "Other": OTHER_ROLE_ARN},
            },
            changed={MADE["arn"]},
            unchanged={OTHER_ROLE_ARN},
            trust_policies={MADE["arn"]: [TRUST, None], OTHER_ROLE_ARN: [None]},
        )

    @pytest.mark.parametrize("role", [{"name": "R"}, {"name": "R", "arn": None}, {"name": "R", "arn": ""}])
    def test_know_nothing_of_what_has_no_arn(self, role: dict[str, Any]) -> None:
        names = references([{"name": "game", "arn": None}], [{**role, "action": "created"}], "us-west-2")
        assert names == References(known={"secret_arn": {}, "role_arn": {}})

    def test_know_nothing_of_what_a_role_without_an_action_becomes(self) -> None:
        names = references([], [{"name": "R", "arn": "arn:R"}], "us-west-2")
        assert (names.known["role_arn"], names.changed, names.unchanged, names.trust_policies) == (
            {"R": "arn:R"},
            set(),
            set(),
            {},
        )

    @pytest.mark.parametrize(
        ("secret", "counts"),
        [
            (SECRET, True),
            (ABROAD, False),
            ({"name": "game"}, True),
            ({"name": "game", "region": "us-west-2"}, True),
            ({"name": "game", "region": "eu-west-1"}, False),
            ({"name": "game", "region": None, "arn": None}, True),
            ({"name": "game", "region": "eu-west-1", "arn": SECRET_ARN}, True),
        ],
    )
    def test_expect_secrets_of_the_region_alone(self, secret: dict[str, Any], counts: bool) -> None:
        names = References()
        names.expect([secret], [], "us-west-2")
        assert names.expected == {"secret_arn": {"game": [secret]} if counts else {}, "role_arn": {}}

    def test_expect_what_all_entries_say_together(self) -> None:
        names, other = References(), {**MADE, "action": "updated"}
        names.expect([SECRET, {**SECRET, "algorithm": "aes128"}], [MADE, other, KEPT], "us-west-2")
        assert names.expected_of("role_arn", MADE["arn"]) == [MADE, other]
        assert names.expected_of("role_arn", OTHER_ROLE_ARN) == [KEPT]
        assert names.expected_of("role_arn", ROLE_ARN) == []
        assert [one["algorithm"] for one in names.expected_of("secret_arn", SECRET_ARN)] == ["aes256", "aes128"]
        assert names.expected_of("secret_arn", f"{SECRET_ARN[:-6]}??????") == [
            SECRET,
            {**SECRET, "algorithm": "aes128"},
        ]
        assert References().expected_of("role_arn", ROLE_ARN) == []

    @pytest.mark.parametrize("entry", [{}, {"name": None}, {"name": 5}, {"name": "R", "arn": 5}, {"arn": "arn:R"}])
    @pytest.mark.parametrize("kind", ["secrets", "roles"])
    def test_refuse_what_a_module_never_returned(self, kind: str, entry: dict[str, Any]) -> None:
        given = {"secrets": [], "roles": [], kind: [entry]}
        for read in (
            lambda: references(given["secrets"], given["roles"], "us-west-2"),
            lambda: References().expect(given["secrets"], given["roles"], "us-west-2"),
        ):
            with pytest.raises(Refusal) as refused:
                read()
            assert str(refused.value) == (
                f"An entry of known_{kind} has no name, or its name or arn is not a text; give what the module returned."
            )
