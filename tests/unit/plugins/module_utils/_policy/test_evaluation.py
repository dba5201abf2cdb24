# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What effect policy documents have on a request: by tables, and against an evaluator that nobody here has written it by."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.evaluation import (
    NO,
    UNKNOWN,
    YES,
    Effect,
    Request,
    effect,
    unknown,
)
from mediaconnect_emulator.beside.policy import Inquiry, MalformedPolicy, Principal, evaluate

GET, ARN = "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-AbCdEf"
ROLE_ARN = "arn:aws:iam::111122223333:role/R"
CONTEXT = {"aws:requestedregion": "us-west-2", "aws:sourcearn": "arn:aws:mediaconnect:us-west-2:1:flow:1-a:Game"}


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": GET, "Resource": ARN, **elements}


def verdict(*statements: Any, **request: Any) -> Any:
    asked = Request(**{"action": GET, "resource": ARN, "context": CONTEXT, **request})
    return effect([{"Version": "2012-10-17", "Statement": list(statements)}], asked).verdict


@pytest.mark.parametrize(
    ("operator", "key", "values", "met"),
    [
        ("StringEquals", "aws:RequestedRegion", "us-west-2", YES),
        ("stringequals", "AWS:requestedregion", ["x", "us-west-2"], YES),
        ("StringEquals", "aws:RequestedRegion", "eu-west-1", NO),
        ("StringNotEquals", "aws:RequestedRegion", "eu-west-1", YES),
        ("StringLike", "aws:RequestedRegion", "us-*", YES),
        ("StringEqualsIfExists", "aws:RequestedRegion", "us-west-2", YES),
        ("StringEqualsIfExists", "aws:RequestedRegion", "x", NO),
        ("ForAnyValue:StringEquals", "aws:RequestedRegion", "us-west-2", UNKNOWN),
        ("ForAllValues:StringLike", "aws:RequestedRegion", "x", UNKNOWN),
        ("Null", "aws:RequestedRegion", "false", YES),
        ("Null", "aws:RequestedRegion", False, YES),
        ("Null", "aws:RequestedRegion", "true", NO),
        ("Null", "aws:PrincipalOrgID", "true", UNKNOWN),
        ("StringEquals", "aws:PrincipalOrgID", "o", UNKNOWN),
        ("StringEquals", "aws:RequestedRegion", "${aws:username}", UNKNOWN),
        ("ArnLike", "aws:SourceArn", "arn:aws:mediaconnect:*:1:flow:*", YES),
        ("ArnLike", "aws:SourceArn", "arn:aws:mediaconnect", NO),
        ("NumericEquals", "aws:RequestedRegion", 1, UNKNOWN),
        ("StringEquals", "aws:RequestedRegion", 1, NO),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", UNKNOWN),
    ],
)
def test_conditions(operator: str, key: str, values: Any, met: Any) -> None:
    assert verdict(allow(Condition={operator: {key: values}})) is met
    denied = {YES: NO, UNKNOWN: UNKNOWN, NO: YES}[met]
    assert verdict(allow(), {**allow(Condition={operator: {key: values}}), "Effect": "Deny"}) is denied


@pytest.mark.parametrize("odd", ["x", [], [1], {"StringEquals": "x"}])
def test_a_condition_that_is_none_is_not_understood(odd: Any) -> None:
    assert verdict(allow(Condition=odd)) in (UNKNOWN, YES if not odd else UNKNOWN)


@pytest.mark.parametrize(
    ("elements", "covered"),
    [
        ({"Resource": "arn:aws:secretsmanager:*:*:secret:game-??????"}, YES),
        ({"Resource": "arn:aws:secretsmanager:us-west-2:${aws:PrincipalAccount}:secret:game-AbCdEf"}, UNKNOWN),
        ({"Resource": "arn:aws:secretsmanager:us-west-2:${aws:PrincipalAccount}:secret:other-AbCdEf"}, NO),
        ({"Action": "SECRETSMANAGER:get*"}, YES),
        ({"Action": ["a:b", "*"]}, YES),
    ],
)
def test_actions_and_resources(elements: Any, covered: Any) -> None:
    assert verdict(allow(**elements)) is covered
    for element, patterns in elements.items():
        negated = {name: value for name, value in allow().items() if name != element}
        assert verdict({**negated, f"Not{element}": patterns}) is covered.opposite


def test_a_resource_that_is_not_known() -> None:
    assert verdict(allow(Resource="*"), resource=None) is YES
    assert verdict(allow(), resource=None) is UNKNOWN
    assert verdict(allow(Action="x:y", Resource="*"), resource=None) is NO


@pytest.mark.parametrize("missing", ["Action", "Effect"])
def test_a_statement_that_says_half_allows_nothing(missing: str) -> None:
    statement = {name: value for name, value in allow().items() if name != missing}
    assert verdict(statement) is NO
    assert verdict({**allow(), "Principal": "*"}, role_arn=ROLE_ARN) is YES
    assert verdict(allow(), role_arn=ROLE_ARN) is NO


def test_one_of_two_has_to_allow() -> None:
    yes, no, denied, cannot_tell = Effect(YES), Effect(NO), Effect(NO, YES), unknown("x")
    assert yes.either(no).verdict is no.either(yes).verdict is YES
    assert yes.either(denied).verdict is NO
    assert yes.either(cannot_tell).verdict is UNKNOWN
    assert yes.within(no).verdict is NO
    assert yes.within(yes).denies == frozenset()
    assert yes.within(cannot_tell).denies


# Against the emulator's evaluator, which was written for another purpose.

KNOWN = {"aws:RequestedRegion": "us-west-2", "aws:SourceAccount": "111122223333"}
UNKNOWN_KEYS = ("aws:PrincipalOrgID", "aws:username")
values = st.sampled_from(["us-west-2", "us-*", "111122223333", "o-1", "x", "*"])
operators = st.sampled_from(
    [
        f"{quantifier}{operator}{suffix}"
        for quantifier in ("", "ForAnyValue:", "ForAllValues:")
        for operator in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
        for suffix in ("", "IfExists")
    ]
)
conditions = st.dictionaries(
    operators,
    st.dictionaries(
        st.sampled_from([*KNOWN, *UNKNOWN_KEYS]), st.lists(values, min_size=1, max_size=2), min_size=1, max_size=2
    ),
    max_size=2,
)
resources = st.lists(
    st.sampled_from([ARN, "*", "arn:aws:secretsmanager:*:*:secret:*", f"{ARN}x", f"{ARN[:-6]}??????"]),
    min_size=1,
    max_size=2,
)
actions = st.lists(
    st.sampled_from([GET, "secretsmanager:*", "*", "s3:*", "SecretsManager:Get*"]), min_size=1, max_size=2
)
principals = st.sampled_from(
    [
        "*",
        {"AWS": ROLE_ARN},
        {"AWS": f"{ROLE_ARN}2"},
        {"AWS": "111122223333"},
        {"AWS": [ROLE_ARN, "arn:aws:iam::111122223333:root"]},
    ]
)


@st.composite
def statements(draw: Any, with_principal: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    made[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(actions)
    made[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(resources)
    if with_principal:
        made["Principal"] = draw(principals)
    found = draw(conditions)
    return {**made, "Condition": found} if found else made


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.booleans().flatmap(lambda named: st.tuples(st.just(named), st.lists(statements(named), max_size=3))),
    st.dictionaries(st.sampled_from(UNKNOWN_KEYS), st.sampled_from(["o-1", "x"])),
)
def test_what_is_told_is_so_whatever_the_unknown_keys_are(case: Any, rest: dict[str, str]) -> None:
    named, made = case
    document = {"Version": "2012-10-17", "Statement": made}
    context = {name.lower(): value for name, value in KNOWN.items()}
    ours = effect([document], Request(GET, ARN, role_arn=ROLE_ARN if named else "", context=context)).verdict
    inquiry = Inquiry(GET, ARN, {**KNOWN, **rest}, Principal("AWS", ROLE_ARN) if named else None)
    try:
        theirs = evaluate([("p", json.dumps(document))], inquiry).allowed
    except MalformedPolicy:
        return
    assert ours is UNKNOWN or (ours is YES) is theirs
