# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether MediaConnect could read a key, judged from what the caller could read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.evaluation import NO, UNKNOWN, YES
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import (
    KmsKey,
    Link,
    Role,
    Secret,
    chain,
    doubts,
    predicted_role,
    predicted_secret,
    problems,
    serves,
    together,
    trust_of,
)

ACCOUNT = "111122223333"
FLOW_ARN = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:game-AbCdEf"
SERVICE = "mediaconnect.amazonaws.com"
FOUR = [
    f"secretsmanager:{name}"
    for name in ("GetResourcePolicy", "GetSecretValue", "DescribeSecret", "ListSecretVersionIds")
]
OURS = {"aws:SourceAccount": ACCOUNT}
FLOWS = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:Game"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole", **elements}


def without(element: str, **elements: Any) -> dict[str, Any]:
    made = statement(**elements)
    del made[element]
    return made


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


# One statement that allows, and whether it admits MediaConnect for the flow; None where that cannot be told.
ALLOWING: dict[str, tuple[dict[str, Any], bool | None]] = {
    "plain": (statement(), True),
    "list of services": (statement(Principal={"Service": ["ec2.amazonaws.com", SERVICE]}), True),
    "service and accounts": (statement(Principal={"AWS": "arn:x", "Service": SERVICE}), True),
    "another service": (statement(Principal={"Service": "medialive.amazonaws.com"}), False),
    "an account": (statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), False),
    "everybody": (statement(Principal="*"), True),
    "nobody but": (without("Principal", NotPrincipal={"Service": "ec2.amazonaws.com"}), True),
    "anybody but MediaConnect": (without("Principal", NotPrincipal={"Service": SERVICE}), False),
    "list of actions": (statement(Action=["sts:TagSession", "sts:AssumeRole"]), True),
    "actions in other letters": (statement(Action="STS:assumerole"), True),
    "all of STS": (statement(Action="sts:*"), True),
    "question mark": (statement(Action="sts:AssumeRol?"), True),
    "another action": (statement(Action="sts:TagSession"), False),
    "all actions but": (without("Action", NotAction="sts:TagSession"), True),
    "all actions but this": (without("Action", NotAction=["sts:Assume*"]), False),
    "account": (statement(Condition={"StringEquals": OURS}), True),
    "key in other letters": (statement(Condition={"StringEquals": {"AWS:sourceaccount": ACCOUNT}}), True),
    "operator in other letters": (statement(Condition={"stringequals": {"aws:SourceAccount": "1"}}), False),
    "one of several accounts": (statement(Condition={"StringEquals": {"aws:SourceAccount": ["1", ACCOUNT]}}), True),
    "another account": (statement(Condition={"StringEquals": {"aws:SourceAccount": "444455556666"}}), False),
    "account pattern": (statement(Condition={"StringLike": {"aws:SourceAccount": "1111*"}}), True),
    "account pattern of others": (statement(Condition={"StringLike": {"aws:SourceAccount": "2*"}}), False),
    "pattern without StringLike": (statement(Condition={"StringEquals": {"aws:SourceAccount": "1111*"}}), False),
    "if it exists": (statement(Condition={"StringEqualsIfExists": {"aws:SourceAccount": "444455556666"}}), False),
    "flow": (statement(Condition={"ArnLike": {"aws:SourceArn": FLOWS}}), True),
    "the flow's own ARN": (statement(Condition={"ArnEquals": {"aws:SourceArn": FLOW_ARN}}), True),
    "its text": (statement(Condition={"StringEquals": {"aws:SourceArn": FLOW_ARN}}), True),
    "its text in other letters": (
        statement(Condition={"StringEqualsIgnoreCase": {"aws:SourceArn": FLOW_ARN.upper()}}),
        True,
    ),
    "every flow": (statement(Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:mediaconnect:*:{ACCOUNT}:*"}}), True),
    "StringLike over colons": (statement(Condition={"StringLike": {"aws:SourceArn": "arn:aws:media*"}}), True),
    "ArnLike not over colons": (statement(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:media*:Game"}}), False),
    "another flow": (statement(Condition={"ArnLike": {"aws:SourceArn": FLOWS.replace("Game", "Show")}}), False),
    "another Region": (
        statement(Condition={"ArnLike": {"aws:SourceArn": FLOWS.replace("us-west-2", "eu-west-1")}}),
        False,
    ),
    "one of several flows": (
        statement(Condition={"ArnLike": {"aws:SourceArn": [FLOWS.replace("Game", "Show"), FLOWS]}}),
        True,
    ),
    "account and flow": (statement(Condition={"StringEquals": OURS, "ArnLike": {"aws:SourceArn": FLOWS}}), True),
    "account and another flow": (
        statement(Condition={"StringEquals": OURS, "ArnLike": {"aws:SourceArn": FLOWS.replace("Game", "Show")}}),
        False,
    ),
    "not of others": (statement(Condition={"StringNotEquals": {"aws:SourceAccount": "444455556666"}}), True),
    "not of ours": (statement(Condition={"StringNotEquals": OURS}), False),
    "not like the flow": (statement(Condition={"ArnNotLike": {"aws:SourceArn": FLOWS}}), False),
    "not like another": (statement(Condition={"StringNotLike": {"aws:SourceArn": "*:Show"}}), True),
    "a key that cannot be judged": (statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), None),
    "an operator that cannot be judged": (statement(Condition={"ForAnyValue:ArnLike": {"aws:SourceArn": FLOWS}}), None),
    "everybody with an account": (statement(Principal={"AWS": "*"}), None),
    "a key that is there": (statement(Condition={"Null": {"aws:SourceArn": "false"}}), True),
    "a key that must not be there": (statement(Condition={"Null": {"aws:SourceArn": "true"}}), False),
    "what cannot be judged, for another account": (
        statement(Condition={"StringEquals": {"aws:SourceAccount": "4", "aws:PrincipalOrgID": "o-1"}}),
        False,
    ),
}
# A statement that denies beside the plain one, and whether MediaConnect is still admitted.
DENYING: dict[str, tuple[dict[str, Any], bool | None]] = {
    "plain": (statement("Deny"), False),
    "everybody": (statement("Deny", Principal="*"), False),
    "another service": (statement("Deny", Principal={"Service": "ec2.amazonaws.com"}), True),
    "anybody but MediaConnect": (without("Principal", Effect="Deny", NotPrincipal={"Service": SERVICE}), True),
    "anybody but another": (without("Principal", Effect="Deny", NotPrincipal={"Service": "ec2.amazonaws.com"}), False),
    "another action": (statement("Deny", Action="sts:TagSession"), True),
    "all but another action": (without("Action", Effect="Deny", NotAction="sts:TagSession"), False),
    "for our account": (statement("Deny", Condition={"StringEquals": OURS}), False),
    "for another account": (statement("Deny", Condition={"StringEquals": {"aws:SourceAccount": "4"}}), True),
    "for any but our account": (statement("Deny", Condition={"StringNotEquals": OURS}), True),
    "for any but another account": (
        statement("Deny", Condition={"StringNotEquals": {"aws:SourceAccount": "4"}}),
        False,
    ),
    "for any but this flow": (statement("Deny", Condition={"ArnNotLikeIfExists": {"aws:SourceArn": FLOWS}}), True),
    "what cannot be judged": (statement("Deny", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}), None),
    "our account, and what cannot be judged": (
        statement("Deny", Condition={"StringEquals": {**OURS, "aws:PrincipalOrgID": "o-1"}}),
        None,
    ),
}


def verdict(answer: bool | None) -> Any:
    return UNKNOWN if answer is None else YES if answer else NO


class TestTrust:
    @pytest.mark.parametrize("case", ALLOWING)
    def test_allowing(self, case: str) -> None:
        allowing, admitted = ALLOWING[case]
        allowing = {"Effect": "Allow", **allowing}
        for others in ([], [statement(Principal={"Service": "ec2.amazonaws.com"})]):
            assert trust_of(document(*others, allowing), FLOW_ARN).verdict is verdict(admitted)

    @pytest.mark.parametrize("case", DENYING)
    def test_denying(self, case: str) -> None:
        denying, admitted = DENYING[case]
        assert trust_of(document(statement(), denying), FLOW_ARN).verdict is verdict(admitted)
        assert trust_of(document(denying, statement()), FLOW_ARN).verdict is verdict(admitted)

    @pytest.mark.parametrize("odd", ["", {}, {"Statement": None}, {"Statement": ["x"]}, document(), []])
    def test_what_is_no_policy_admits_nobody(self, odd: Any) -> None:
        assert trust_of(odd, FLOW_ARN).verdict is NO

    def test_of_what_is_not_known_nothing_can_be_told(self) -> None:
        assert trust_of(None, FLOW_ARN).verdict is UNKNOWN

    def test_a_single_statement_needs_no_list(self) -> None:
        assert trust_of({"Version": "2008-10-17", "Statement": statement()}, FLOW_ARN).verdict is YES


@pytest.mark.parametrize("unknown", [None, {}])
def test_policies_together(unknown: Any) -> None:
    one, other = statement(), statement("Deny")
    assert together([document(one), document(other)]) == {"Statement": [one, other]}
    assert together([document(one), unknown]) is None


def permission(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": FOUR, "Resource": SECRET_ARN, **elements}


def not_listed(element: str, patterns: Any, effect: str = "Allow") -> dict[str, Any]:
    made = permission(effect)
    del made[element]
    return {**made, f"Not{element}": patterns}


# Statements, and the read actions that they allow.
READING: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "nothing": ([], []),
    "the guide's": ([permission()], FOUR),
    "value only": ([permission(Action="secretsmanager:GetSecretValue")], FOUR[1:2]),
    "in other letters": ([permission(Action="SecretsManager:getsecretvalue")], FOUR[1:2]),
    "all of the service": ([permission(Action="secretsmanager:*")], FOUR),
    "everything": ([permission(Action="*", Resource="*")], FOUR),
    "wildcard actions": ([permission(Action=["secretsmanager:Get*"])], FOUR[:2]),
    "any suffix": ([permission(Resource=SECRET_ARN[:-6] + "??????")], FOUR),
    "one of several": ([permission(Resource=["arn:x", SECRET_ARN])], FOUR),
    "another secret": ([permission(Resource=SECRET_ARN.replace("game", "other"))], []),
    "the secret in other letters": ([permission(Resource=SECRET_ARN.replace("game", "Game"))], []),
    "all actions but": ([not_listed("Action", "secretsmanager:Delete*")], FOUR),
    "all actions but some": ([not_listed("Action", ["secretsmanager:List*"])], FOUR[:3]),
    "all secrets but": ([not_listed("Resource", SECRET_ARN.replace("game", "other"))], FOUR),
    "all secrets but this": ([not_listed("Resource", SECRET_ARN[:-6] + "*")], []),
    "on a condition": ([permission(Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})], FOUR),
    "in two statements": (
        [permission(Action=FOUR[:2]), permission(Action=FOUR[2:])],
        FOUR,
    ),
    "denied": ([permission(), permission("Deny")], []),
    "one denied": ([permission(), permission("Deny", Action=FOUR[3])], FOUR[:3]),
    "all but denied": ([permission(), not_listed("Action", FOUR[:2], "Deny")], FOUR[:2]),
    "another secret denied": ([permission(), permission("Deny", Resource="arn:x")], FOUR),
    "denied on a condition": ([permission(), permission("Deny", Condition={"Bool": {"a": "b"}})], FOUR),
    "only denied": ([permission("Deny")], []),
}


STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": SECRET_ARN}
KMS_ARN = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1"
IAM_DECIDES = document(
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
)
GOOD = Secret(SECRET_ARN, misfits={"aes256": "", "aes128": "holds no key of aes128"})


def role(*statements: Any, **fields: Any) -> Role:
    policies = {str(number): document(one) for number, one in enumerate(statements or [permission()])}
    return Role(ROLE_ARN, **{"trust_policy": document(statement()), "policies": policies, **fields})


def links(one: Role, secret: Secret | None = GOOD, **encryption: Any) -> dict[str, Link]:
    return {link.name: link for link in chain(FLOW_ARN, {**STATIC, **encryption}, one, secret)}


def said(one: Role, secret: Secret | None = GOOD, **encryption: Any) -> list[str]:
    return problems(chain(FLOW_ARN, {**STATIC, **encryption}, one, secret))


def by_secret(effect: str, principal: Any = "*", **more: Any) -> Any:
    return document(permission(effect, Principal=principal, **more))


class TestAccess:
    @pytest.mark.parametrize("case", READING)
    def test_reading_of_policies(self, case: str) -> None:
        statements, allowed = READING[case]
        conditional = any("Condition" in one for one in statements)
        expected = NO if FOUR[1] not in allowed else UNKNOWN if conditional else YES
        for policies in ({"p": document(*statements)}, {str(i): document(one) for i, one in enumerate(statements)}):
            assert links(role(policies=policies))["policies"].verdict is expected

    @pytest.mark.parametrize(
        ("policy", "own", "expected"),
        [
            ({}, True, YES),
            (None, True, UNKNOWN),
            (None, False, UNKNOWN),
            (by_secret("Allow", {"AWS": ROLE_ARN}), False, YES),
            (by_secret("Allow", {"AWS": [f"{ROLE_ARN}2", ROLE_ARN]}), False, YES),
            (by_secret("Allow", "*"), False, YES),
            (by_secret("Allow", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), False, NO),
            (by_secret("Allow", {"AWS": ACCOUNT}), False, NO),
            (by_secret("Allow", {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/MediaConnect-ASM/x"}), False, UNKNOWN),
            (by_secret("Allow", {"AWS": f"{ROLE_ARN}2"}), False, NO),
            (by_secret("Deny", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), True, NO),
            (by_secret("Deny", {"AWS": f"{ROLE_ARN}2"}), True, YES),
            (by_secret("Deny", Condition={"Bool": {"aws:SecureTransport": False}}), True, YES),
            (by_secret("Deny", Condition={"StringNotEquals": {"aws:PrincipalArn": ROLE_ARN}}), True, YES),
            (by_secret("Deny", Condition={"StringEquals": {"aws:PrincipalOrgID": "o"}}), True, UNKNOWN),
        ],
    )
    def test_the_secret_s_own_policy(self, policy: Any, own: bool, expected: Any) -> None:
        one = role() if own else role(permission(Resource="arn:x"))
        assert links(one, replace(GOOD, resource_policy=policy))["policies"].verdict is expected

    @pytest.mark.parametrize(
        ("boundary", "own", "expected"),
        [
            ({}, True, YES),
            (None, True, UNKNOWN),
            (document(permission()), True, YES),
            (document(permission(Resource="arn:x")), True, NO),
            (document(permission(), permission("Deny")), True, NO),
            (document(permission(Condition={"Bool": {"a": "b"}})), True, UNKNOWN),
            (document(permission()), False, NO),
        ],
    )
    def test_a_permissions_boundary(self, boundary: Any, own: bool, expected: Any) -> None:
        one = role(boundary=boundary) if own else role(permission(Resource="arn:x"), boundary=boundary)
        assert links(one)["policies"].verdict is expected

    def test_whether_a_boundary_limits_what_the_secret_allows_is_not_told(self) -> None:
        one = role(permission(Resource="arn:x"), boundary=document(permission(Resource="arn:x")))
        allowing = replace(GOOD, resource_policy=by_secret("Allow", {"AWS": ROLE_ARN}))
        assert links(one, allowing)["policies"].verdict is UNKNOWN
        denying = replace(one, boundary=document(permission("Deny")))
        assert links(denying, allowing)["policies"].verdict is NO

    @pytest.mark.parametrize(
        ("decision", "allowing", "expected"),
        [("allowed", False, YES), ("implicitDeny", False, NO), ("implicitDeny", True, YES), ("explicitDeny", True, NO)],
    )
    def test_what_iam_itself_answers_counts(self, decision: str, allowing: bool, expected: Any) -> None:
        one = Role(ROLE_ARN, trust_policy=document(statement()), complete=False, boundary=None)
        one = replace(one, simulated={(FOUR[1], SECRET_ARN): decision})
        secret = replace(GOOD, resource_policy=by_secret("Allow", {"AWS": ROLE_ARN}) if allowing else {})
        assert links(one, secret)["policies"].verdict is expected

    @pytest.mark.parametrize(
        ("policy", "permitted", "expected", "likely"),
        [
            (IAM_DECIDES, True, YES, False),
            (IAM_DECIDES, False, NO, False),
            (document(), True, NO, False),
            (None, True, UNKNOWN, False),
            (None, False, UNKNOWN, True),
            (document(permission(Principal={"AWS": ROLE_ARN}, Action="kms:Decrypt", Resource="*")), False, YES, False),
            (document(permission("Deny", Principal="*", Action="kms:*", Resource="*")), True, NO, False),
        ],
    )
    def test_a_customer_managed_key(self, policy: Any, permitted: bool, expected: Any, likely: bool) -> None:
        through = {"StringEquals": {"kms:ViaService": "secretsmanager.us-west-2.amazonaws.com"}}
        using = permission(Action="kms:Decrypt", Resource=KMS_ARN, Condition=through)
        one = role(permission(), using) if permitted else role()
        link = links(one, replace(GOOD, kms_key=KmsKey(KMS_ARN, policy=policy)))["decryption"]
        assert (link.verdict, link.likely) == (expected, likely)

    def test_speke_calls_a_proxy(self) -> None:
        speke = {"key_type": "speke", "url": "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/live/speke"}
        api = f"arn:aws:execute-api:us-west-2:{ACCOUNT}:1abcdefghi/*/POST/*"
        for resource, expected in (
            (api, YES),
            (api.replace("1abc", "2abc"), NO),
            (api.replace(ACCOUNT, "444455556666"), YES),  # whose it is, is not known
        ):
            one = role(permission(Action="execute-api:Invoke", Resource=resource))
            assert links(one, None, **speke)["policies"].verdict is expected
        custom = {**speke, "url": "https://keys.example.com/speke"}
        assert links(one, None, **custom)["policies"].verdict is UNKNOWN

    def test_an_interface_in_a_vpc(self) -> None:
        for one, expected in (
            (role(permission(Action="ec2:*", Resource="*")), YES),
            (role(permission(Action="ec2:*", Resource="arn:aws:ec2:*:*:subnet/1")), UNKNOWN),
            (role(), NO),
        ):
            found = chain(FLOW_ARN, {"role_arn": ROLE_ARN}, one, None)
            assert {link.name: link.verdict for link in found} == {"trust": YES, "policies": expected}


# What is said, word for word. Nothing is said of what is fine, nor of what could not be read.

NOT_TRUSTED = f"the role {ROLE_ARN} does not trust {SERVICE}: let that service assume it"
NOT_ADMITTED = (
    f"the conditions in the trust policy of the role {ROLE_ARN} do not admit this flow: add {FLOWS} to aws:SourceArn"
)
NOT_READ = f"the policies of the role {ROLE_ARN} do not allow {FOUR[1]} on {SECRET_ARN}: add the secret to its policy"
NO_ROLE = f"the role {ROLE_ARN} does not exist: create it, with mediaops.mediaconnect.trust_role for example"
NO_SECRET = f"the secret {SECRET_ARN} does not exist: create it, with mediaops.mediaconnect.key_secrets for example"


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (role(), []),
        (Role(ROLE_ARN, complete=False, boundary=None), []),
        (Role(ROLE_ARN, exists=False), [NO_ROLE]),
        (role(trust_policy=document()), [NOT_TRUSTED]),
        (role(trust_policy=document(statement(Principal={"Service": "ec2.amazonaws.com"}))), [NOT_TRUSTED]),
        (role(trust_policy=document(statement("Deny"))), [NOT_TRUSTED]),
        (
            role(trust_policy=document(statement(Condition={"StringEquals": {"aws:SourceAccount": "4"}}))),
            [NOT_ADMITTED],
        ),
        (role(trust_policy=document(statement(), statement("Deny"))), [NOT_ADMITTED]),
        (role(permission(Resource="arn:x"), trust_policy=document()), [NOT_TRUSTED, NOT_READ]),
    ],
)
def test_what_is_said_of_a_role(one: Role, told: list[str]) -> None:
    assert said(one) == told
    assert serves(chain(FLOW_ARN, STATIC, one, GOOD)) is not told


@pytest.mark.parametrize(
    ("secret", "told"),
    [
        (GOOD, []),
        (Secret(SECRET_ARN), []),
        (Secret(SECRET_ARN, exists=None, resource_policy=None), []),
        (Secret(SECRET_ARN, exists=False), [NO_SECRET]),
        (
            Secret(SECRET_ARN, deletion_scheduled=True),
            [f"the secret {SECRET_ARN} is scheduled for deletion: restore it"],
        ),
        (Secret(SECRET_ARN, misfits={"aes256": "holds JSON"}), [f"the secret {SECRET_ARN} holds JSON"]),
        (Secret(SECRET_ARN, exists=False, misfits={"aes256": "x"}), [NO_SECRET]),
    ],
)
def test_what_is_said_of_a_secret(secret: Secret, told: list[str]) -> None:
    assert said(role(), secret) == told


DOUBTED = (
    f"The policies of the role {ROLE_ARN} do not allow %s on {SECRET_ARN}, which the MediaConnect user guide asks for."
)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (role(), []),
        (role(permission(Action=FOUR[1])), [DOUBTED % f"{FOUR[0]}, {FOUR[2]}, {FOUR[3]}"]),
        (role(permission(Action=[FOUR[0]])), []),  # that is a problem
        (Role(ROLE_ARN, complete=False), []),
    ],
)
def test_what_is_doubted_of_a_role(one: Role, told: list[str]) -> None:
    assert doubts(one, GOOD) == told


# Links are compared between two pictures of the world.


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ([permission(Condition={"Bool": {"a": "b"}})], [permission(Condition={"Bool": {"a": "b"}})], True),
        ([permission(Condition={"Bool": {"a": "b"}})], [permission()], True),
        ([permission(Condition={"Bool": {"a": "b"}})], [permission(Condition={"Bool": {"a": "c"}})], False),
        ([permission(Condition={"Bool": {"a": "b"}})], [], False),
        ([permission()], [permission(Condition={"Bool": {"a": "b"}})], False),
        ([permission()], [permission(), permission("Deny", Condition={"Bool": {"a": "b"}})], False),
    ],
)
def test_a_link_of_which_nothing_can_be_told_holds_while_it_rests_on_the_same(
    before: list[Any], after: list[Any], holds: bool
) -> None:
    had, has = (links(role(policies={"p": document(*one)}))["policies"] for one in (before, after))
    assert has.holds_like(had) is holds
    assert has.holds_like(None) is (has.verdict is YES)


def test_what_a_boundary_adds_counts_against_it() -> None:
    conditional = permission(Condition={"Bool": {"a": "b"}})
    had = links(role(conditional))["policies"]
    has = links(role(conditional, boundary=document(conditional)))["policies"]
    assert (had.verdict, has.verdict) == (UNKNOWN, UNKNOWN)
    assert not has.holds_like(had)
    assert had.holds_like(has)


def test_another_question_is_not_compared() -> None:
    one = role(permission(Resource="*", Condition={"Bool": {"a": "b"}}))
    other = Secret(SECRET_ARN.replace("game", "other"))
    assert not links(one, other)["policies"].holds_like(links(one)["policies"])


# Predictions


def told(**entry: Any) -> dict[str, Any]:
    own = document(permission())
    return {"trust_policy": document(statement()), "permissions_policy": own, "policy_arn": "arn:own", **entry}


SEEN = Role(
    ROLE_ARN, trust_policy=document(), policies={"arn:own": document(), "arn:p": document(), "inline": document()}
)


@pytest.mark.parametrize(
    ("entries", "policies", "complete"),
    [
        ([told(action="created")], {"own 0"}, True),
        ([told(action="created"), told(action="created")], {"own 0", "own 1"}, True),
        ([told(action="created", permissions_policy=None)], set(), False),
        ([told(action="updated", attached_policies=["arn:own"])], {"own 0", "inline"}, True),
        ([told(action="updated", attached_policies=["arn:own", "arn:p"])], {"own 0", "arn:p", "inline"}, True),
        ([told(action="updated")], {"own 0", "arn:p", "inline"}, True),
    ],
)
def test_a_role_as_tasks_will_leave_it(entries: list[Any], policies: set[str], complete: bool) -> None:
    made = predicted_role(SEEN, entries, {})
    assert (set(made.policies), made.complete, made.exists, made.boundary) == (policies, complete, True, {})
    assert trust_of(made.trust_policy, FLOW_ARN).verdict is YES


@pytest.mark.parametrize(
    ("algorithms", "misfit"),
    [
        ([None], None),
        ([""], None),
        (["aes256"], ""),
        (["aes128", "aes256"], ""),
        (["aes128", None], None),
        (["aes128"], "is to hold a key of aes128, not of aes256: declare the algorithm that fits it"),
    ],
)
def test_a_secret_as_tasks_will_leave_it(algorithms: list[str | None], misfit: str | None) -> None:
    seen = Secret(SECRET_ARN, exists=False, deletion_scheduled=True)
    entries = [{"algorithm": algorithm, "key_fingerprint": "f"} for algorithm in algorithms]
    made = predicted_secret(seen, entries, None)
    assert (made.exists, made.deletion_scheduled, made.fingerprint) == (True, False, "f")
    assert (made.misfits or {}).get("aes256") == misfit
