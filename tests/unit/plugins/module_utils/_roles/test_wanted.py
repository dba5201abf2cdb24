# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role should permit and whom it should trust, by decision tables: what is declared, what it serves already, what comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    Trust,
    permissions_document,
    read_trust,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.language import size
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.options import DeclaredRole
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.wanted import (
    wanted_permissions,
    wanted_trust,
)

ACCOUNT, EU, US = "111122223333", "eu-west-1", "us-west-2"
KEY, KEY_2, KEY_EU = (
    f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}" for region, name in ((US, "1a"), (US, "2b"), (EU, "3c"))
)
API, API_2, API_EU = (
    f"arn:aws:execute-api:{region}:{ACCOUNT}:{name}/*/POST/*" for region, name in ((US, "1a"), (US, "2b"), (EU, "3c"))
)


def secret(name: str, region: str = US, suffix: str = "7g8H9i") -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-{suffix}"


def flow(name: str, region: str = US) -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}"


def any_flow(region: str = US) -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*"


def declared(**options: Any) -> DeclaredRole:
    return DeclaredRole(**{"name": "R", "account": ACCOUNT, "partition": "aws", "region": US, **options})


def access(*secrets: str, kms_keys: Any = (), speke_apis: Any = ()) -> Access:
    return Access(frozenset(secrets), frozenset(kms_keys), frozenset(speke_apis))


def trusting(*flows: str) -> Trust:
    """What a role that was made for these flows trusts; without any, it serves every flow."""
    return read_trust(trust_document(ACCOUNT, True, flows), ACCOUNT)


UNGUARDED = read_trust(trust_document(ACCOUNT, False), ACCOUNT)
A, B = secret("a"), secret("b")
ANY_SECRET = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:*"
B_ANYWHERE = f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:b-??????"
# Which option, what it declares, what the role has, whether that is purged, and what the role may use then.
PERMITTED: list[tuple[str, list[str] | None, list[str], bool, list[str]]] = [
    ("secrets", [A], [B], True, [A]),
    ("secrets", [A], [B], False, [A, B]),
    ("secrets", None, [B], True, [B]),
    ("secrets", [], [B], True, []),
    ("secrets", [], [B], False, [B]),
    ("secrets", [A], [secret("b", EU)], True, [A, secret("b", EU)]),
    ("secrets", [A, secret("c", EU)], [secret("b", EU)], True, [A, secret("c", EU)]),
    ("secrets", [secret("c", EU)], [B], True, [secret("c", EU)]),
    ("secrets", [secret("a", suffix="NEWNEW")], [A, B], False, [secret("a", suffix="NEWNEW"), B]),
    ("secrets", [secret("a", suffix="??????")], [A], False, [secret("a", suffix="??????")]),
    ("secrets", [A], [secret("a", suffix="??????")], False, [A]),
    ("secrets", [A], [secret("a", EU)], False, [A, secret("a", EU)]),
    ("secrets", [A], [ANY_SECRET], True, [A]),
    ("secrets", [A], [B_ANYWHERE], True, [A]),
    ("secrets", [A], [B_ANYWHERE], False, [A, B_ANYWHERE]),
    *[
        ("secrets", [A], [f"{ANY_SECRET[:-1]}a{end}"], False, [A, f"{ANY_SECRET[:-1]}a{end}"])
        for end in ("???????", "-final*", "-abc", "-abcdefg")
    ],
    *[
        (option, *case)
        for option, one, other, abroad in (("kms_keys", KEY, KEY_2, KEY_EU), ("speke_apis", API, API_2, API_EU))
        for case in (
            (None, [one], True, [one]),
            ([], [one], True, []),
            ([], [one], False, [one]),
            ([one], [other], True, [one]),
            ([one], [other], False, [one, other]),
            ([one], [abroad], True, [one, abroad]),
        )
    ],
]


@pytest.mark.parametrize(("option", "wanted", "there", "purge", "result"), PERMITTED)
def test_what_a_role_may_use(
    option: str, wanted: list[str] | None, there: list[str], purge: bool, result: list[str]
) -> None:
    unit, had = Unit("role R"), Access(**{option: frozenset(there)})
    has, document = wanted_permissions(unit, declared(**{option: wanted, "purge": purge}), had)
    assert has == Access(**{option: frozenset(result)})
    assert document == permissions_document(has)
    assert unit.refusals == []


def test_purging_one_option_leaves_the_others() -> None:
    had = access(A, kms_keys=[KEY], speke_apis=[API])
    has, dummy = wanted_permissions(Unit("role R"), declared(kms_keys=[]), had)
    assert has == access(A, speke_apis=[API])


# What is declared, what the role has, whether that is purged, and the flows that it trusts then.
SERVED: list[tuple[list[str] | None, list[str], bool, list[str]]] = [
    ([flow("A")], [flow("B")], True, [flow("A")]),
    ([flow("A")], [flow("B")], False, [flow("A"), flow("B")]),
    (None, [flow("B")], True, [flow("B")]),
    (None, [], True, []),
    ([], [flow("B")], True, []),
    ([], [flow("B")], False, [flow("B")]),
    ([flow("A")], [flow("B", EU)], True, [flow("B", EU), flow("A")]),
    ([flow("A"), flow("C", EU)], [flow("B", EU)], True, [flow("C", EU), flow("A")]),
    ([], [flow("B", EU)], True, [flow("B", EU), any_flow()]),
    ([flow("A")], [], True, [flow("A")]),
    ([flow("A")], [], False, []),
    ([], [], True, []),
    ([flow("A")], [any_flow()], True, [flow("A")]),
    ([flow("A")], [any_flow()], False, [any_flow()]),
    ([flow("A")], [any_flow("*")], True, [flow("A")]),
    ([flow("A")], [any_flow(EU)], True, [any_flow(EU), flow("A")]),
    # Of two patterns that mean the same, one stays.
    (None, [flow("A"), flow("A").replace("*", "**")], True, [flow("A").replace("*", "**")]),
]


@pytest.mark.parametrize(("wanted", "there", "purge", "result"), SERVED)
def test_which_flows_a_role_serves(wanted: list[str] | None, there: list[str], purge: bool, result: list[str]) -> None:
    document = wanted_trust(Unit("role R"), declared(flows=wanted, purge=purge), trusting(*there), access(A))
    assert document == trust_document(ACCOUNT, True, result)


def test_a_role_that_mediaconnect_may_not_assume_yet_serves_the_declared_flows_alone() -> None:
    document = wanted_trust(Unit("role R"), declared(flows=[flow("B")], purge=False), Trust(), access(A))
    assert document == trust_document(ACCOUNT, True, [flow("B")])


@pytest.mark.parametrize(
    ("options", "trust", "serves", "guarded"),
    [
        ({}, Trust(), access(A), True),
        ({}, Trust(), access(), True),
        ({}, Trust(), access(speke_apis=[API]), False),
        ({"flows": []}, Trust(), access(speke_apis=[API]), False),
        ({}, Trust(), access(A, speke_apis=[API]), True),
        ({}, Trust(), access(kms_keys=[KEY], speke_apis=[API]), True),
        ({"flows": [flow("A")]}, Trust(), access(speke_apis=[API]), True),
        ({"confused_deputy_protection": True}, Trust(), access(speke_apis=[API]), True),
        ({"confused_deputy_protection": False}, Trust(), access(A), False),
        # A role for SPEKE alone stays as it is.
        ({}, trusting(flow("A")), access(speke_apis=[API]), True),
        ({}, UNGUARDED, access(speke_apis=[API]), False),
        # Others are mended, unless that is switched off.
        ({}, UNGUARDED, access(A), True),
        ({"confused_deputy_protection": False}, trusting(flow("A")), access(A), False),
    ],
)
def test_confused_deputy_protection(options: dict[str, Any], trust: Trust, serves: Access, guarded: bool) -> None:
    document = wanted_trust(Unit("role R"), declared(**options), trust, serves)
    assert ("Condition" in document["Statement"][0]) is guarded
    assert guarded or document == trust_document(ACCOUNT, False)


# What is declared, what the role permits and trusts already, and each warning.
EVERY_FLOW = "The role R serves every flow of account 111122223333: declare flows to name those that may use it."
NOTHING = "The role R lets MediaConnect read nothing: declare secrets or speke_apis."
WITH_SPEKE = (
    "The role R serves SPEKE too, and AWS does not document that key requests carry the conditions of its trust "
    "policy: should they fail, use a role of its own for SPEKE, or set confused_deputy_protection: false."
)
WARNINGS: dict[str, tuple[dict[str, Any], Access, Trust, list[str]]] = {
    "all is well": ({"secrets": [A], "flows": [flow("A")]}, access(), Trust(), []),
    "nothing to read": ({"flows": [flow("A")]}, access(), Trust(), [NOTHING]),
    "nothing to read any more": ({"secrets": []}, access(A), trusting(flow("A")), [NOTHING]),
    "every flow": ({"secrets": [A]}, access(), Trust(), [EVERY_FLOW]),
    "every flow without protection": ({"secrets": [A], "confused_deputy_protection": False}, access(), Trust(), []),
    "every flow already": (
        {"flows": [flow("B")], "purge": False},
        access(A),
        trusting(),
        [
            "The role R serves every flow already, and purge: false takes nothing away: "
            "declare all its flows with purge: true to narrow it.",
            EVERY_FLOW,
        ],
    ),
    "every flow already, and none named": ({"flows": [], "purge": False}, access(A), trusting(), [EVERY_FLOW]),
    "SPEKE under conditions": ({"speke_apis": [API], "flows": [flow("A")]}, access(A), UNGUARDED, [WITH_SPEKE]),
    "static keys beside SPEKE": (
        {"secrets": [A], "flows": [flow("A")]},
        access(speke_apis=[API]),
        UNGUARDED,
        [WITH_SPEKE],
    ),
    "SPEKE under conditions that are wanted": (
        {"speke_apis": [API], "flows": [flow("A")], "confused_deputy_protection": True},
        access(A),
        UNGUARDED,
        [],
    ),
    "SPEKE under conditions as before": (
        {"speke_apis": [API], "flows": [flow("B")]},
        access(A),
        trusting(flow("A")),
        [],
    ),
    "too many flows": (
        {"flows": [*(flow(f"{number:040}") for number in range(20)), flow("B", EU)]},
        access(A),
        trusting(flow("A")),
        [
            "The trust policy of the role R cannot name 21 flows in IAM's 2048 characters: "
            "it serves every flow of account 111122223333 in eu-west-1, us-west-2. Use more roles to name the flows of each."
        ],
    ),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_warnings(case: str) -> None:
    options, permits, trusts, sentences = WARNINGS[case]
    unit = Unit("role R")
    serves, dummy = wanted_permissions(unit, declared(**options), permits)
    wanted_trust(unit, declared(**options), trusts, serves)
    assert (unit.warnings, unit.refusals) == (sentences, [])


MANY_REGIONS = [f"us-somewhere-{number:02}" for number in range(40)]
SHORTEST = size(trust_document(ACCOUNT, True, [any_flow(region) for region in MANY_REGIONS]))
MANY_APIS = [f"arn:aws:execute-api:us-west-2:{ACCOUNT}:{number:060}/*" for number in range(60)]
MANY_SECRETS = [secret(f"{number:050}") for number in range(60)]
# What is declared, and the one refusal.
REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "too many Regions": (
        {"secrets": [A], "flows": [flow("A", region) for region in MANY_REGIONS]},
        f"The trust policy of the role R would have {SHORTEST} characters, and IAM takes 2048: use more roles.",
    ),
    "too many secrets": (
        {"secrets": MANY_SECRETS, "flows": [flow("A")]},
        f"The policy of the role R would have {size(permissions_document(access(*MANY_SECRETS)))} characters, and IAM takes 6144: "
        "of its 60 secrets about 52 fit. Give some of them to another role, which the entitlements then name.",
    ),
    "too many APIs": (
        {"speke_apis": MANY_APIS, "confused_deputy_protection": False},
        f"The policy of the role R would have {size(permissions_document(access(speke_apis=MANY_APIS)))} characters, "
        "and IAM takes 6144: its APIs are too many. "
        "Give some of them to another role, which the entitlements then name.",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case: str) -> None:
    options, sentence = REFUSALS[case]
    unit = Unit("role R")
    serves, dummy = wanted_permissions(unit, declared(**options), access())
    wanted_trust(unit, declared(**options), Trust(), serves)
    assert (unit.refusals, unit.warnings) == ([sentence], [])


def trust_of(there: list[str], **options: Any) -> tuple[Any, list[str]]:
    """The trust policy, and the warnings, of a role that serves these flows already."""
    unit = Unit("role R")
    document = wanted_trust(unit, declared(**options), trusting(*there) if there else Trust(), access(A))
    assert unit.refusals == []
    return document, unit.warnings


def fitting(count: int, most: int, region: str = US, around: tuple[str, ...] = ()) -> list[str]:
    """So many flows that the trust policy with them, and with those around, has this many characters."""
    names = [f"{number:03}" for number in range(count)]
    lacking = most - size(trust_document(ACCOUNT, True, [*around, *(flow(name, region) for name in names)]))
    assert lacking >= 0
    return [flow(name, region) for name in [*names[:-1], names[-1] + "x" * lacking]]


class TestLimits:
    @pytest.mark.parametrize(("characters", "refused"), [(6144, 0), (6145, 1)])
    def test_of_the_permissions(self, characters: int, refused: int) -> None:
        names = [f"{number:03}" for number in range(60)]
        lacking = characters - size(permissions_document(access(*map(secret, names))))
        secrets = [secret(name) for name in [*names[:-1], names[-1] + "x" * lacking]]
        unit = Unit("role R")
        dummy, document = wanted_permissions(unit, declared(secrets=secrets), access())
        assert size(document) == characters
        assert len(unit.refusals) == refused

    def test_sixty_secrets_fit(self) -> None:
        unit, secrets = Unit("role R"), [secret(f"event-{number:03}-game-source") for number in range(60)]
        wanted_permissions(unit, declared(secrets=secrets), access())
        assert unit.refusals == []

    def test_of_the_trust(self) -> None:
        fits, exceeds = fitting(20, 2048), fitting(20, 2049)
        assert trust_of([], flows=fits) == (trust_document(ACCOUNT, True, fits), [])
        assert trust_of([], flows=exceeds) == (
            trust_document(ACCOUNT, True, [any_flow()]),
            [
                "The trust policy of the role R cannot name 20 flows in IAM's 2048 characters: "
                "it serves every flow of account 111122223333 in us-west-2. Use more roles to name the flows of each."
            ],
        )

    def test_of_the_trust_where_the_flows_of_one_region_give_way(self) -> None:
        ours = [flow(f"{number:03}") for number in range(40)]
        fits, exceeds = (fitting(20, characters, EU, (any_flow(),)) for characters in (2048, 2049))
        document, warnings = trust_of(fits, flows=ours)
        assert document == trust_document(ACCOUNT, True, [*fits, any_flow()])
        assert warnings == [
            "The trust policy of the role R cannot name 60 flows in IAM's 2048 characters: "
            "it serves every flow of account 111122223333 in us-west-2. Use more roles to name the flows of each."
        ]
        document, warnings = trust_of(exceeds, flows=ours)
        assert document == trust_document(ACCOUNT, True, [any_flow(EU), any_flow()])

    def test_of_the_trust_where_the_flows_of_a_region_that_is_named_give_way(self) -> None:
        ours = [flow(f"{number:03}", EU) for number in range(40)]
        document, dummy = trust_of([flow("A", "us-east-1")], flows=ours)
        assert document == trust_document(ACCOUNT, True, [flow("A", "us-east-1"), any_flow(EU)])

    def test_the_other_regions_give_way_at_last(self) -> None:
        theirs = [flow(f"a-flow-with-a-name-of-some-length-{number:02}", EU) for number in range(20)]
        document, dummy = trust_of(theirs, flows=[flow("A"), flow("B")])
        assert document == trust_document(ACCOUNT, True, [any_flow(EU), any_flow()])

    def test_what_iam_has_taken_already_stays(self) -> None:
        flows = [flow(f"flow-{number:03}") for number in range(40)]
        assert trust_of(flows, flows=flows) == (trust_document(ACCOUNT, True, flows), [])

    def test_two_regions_that_do_not_fit_come_to_rest(self) -> None:
        here = declared(flows=[flow(f"flow-{number:03}") for number in range(15)])
        there = declared(region=EU, flows=[flow(f"flow-{number:03}", EU) for number in range(15)])
        unit, trust, seen = Unit("role R"), trusting(), []
        for task in (here, there, here, there, here, there):
            document = wanted_trust(unit, task, trust, access(A))
            trust = read_trust(document, ACCOUNT)
            seen.append(document)
        assert unit.refusals == []
        assert seen[2:] == [seen[2]] * 4
