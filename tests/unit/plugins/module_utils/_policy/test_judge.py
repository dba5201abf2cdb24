# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether MediaConnect could read a key, judged from what the caller could read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import (
    Role,
    Secret,
    access_doubts,
    access_problems,
    predicted_secret,
    reads,
    role_problems,
    secret_problems,
    together,
    trusts,
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


# One statement that allows, and whether it admits MediaConnect for the flow.
ALLOWING: dict[str, tuple[dict[str, Any], bool]] = {
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
    "a key that cannot be judged": (statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), True),
    "an operator that cannot be judged": (statement(Condition={"Null": {"aws:SourceArn": "false"}}), True),
}
# A statement that denies beside the plain one, and whether MediaConnect is still admitted.
DENYING: dict[str, tuple[dict[str, Any], bool]] = {
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
    "what cannot be judged": (statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}), True),
    "our account, and what cannot be judged": (
        statement("Deny", Condition={"StringEquals": {**OURS, "aws:PrincipalOrgID": "o-1"}}),
        True,
    ),
}


class TestTrust:
    @pytest.mark.parametrize("case", ALLOWING)
    def test_allowing(self, case: str) -> None:
        allowing, admitted = ALLOWING[case]
        allowing = {"Effect": "Allow", **allowing}
        assert trusts(document(allowing), FLOW_ARN) is admitted
        assert trusts(document(statement(Principal={"Service": "ec2.amazonaws.com"}), allowing), FLOW_ARN) is admitted

    @pytest.mark.parametrize("case", DENYING)
    def test_denying(self, case: str) -> None:
        denying, admitted = DENYING[case]
        assert trusts(document(statement(), denying), FLOW_ARN) is admitted
        assert trusts(document(denying, statement()), FLOW_ARN) is admitted

    @pytest.mark.parametrize("odd", [None, "", {}, {"Statement": None}, {"Statement": ["x"]}, document(), []])
    def test_what_is_no_policy_admits_nobody(self, odd: Any) -> None:
        assert trusts(odd, FLOW_ARN) is False

    def test_a_single_statement_needs_no_list(self) -> None:
        assert trusts({"Statement": statement()}, FLOW_ARN)


@pytest.mark.parametrize(
    ("algorithms", "misfit"),
    [
        ([None], None),
        ([""], None),
        (["aes256"], None),
        (["aes128", "aes256"], None),
        (["aes128", None], None),
        (["aes128"], "is to hold a key of aes128, not of aes256: declare the algorithm that fits it"),
    ],
)
def test_a_secret_that_is_still_to_be_made(algorithms: list[str | None], misfit: str | None) -> None:
    assert predicted_secret(algorithms, "aes256") == Secret(misfit=misfit)


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


class TestAccess:
    @pytest.mark.parametrize("case", READING)
    def test_reading_of_policies(self, case: str) -> None:
        statements, allowed = READING[case]
        expected = {action: action in allowed for action in FOUR}
        assert reads([document(*statements)], SECRET_ARN) == expected
        assert reads([document(one) for one in statements], SECRET_ARN) == expected


# What is said, word for word. Nothing is said of what is fine, nor of what could not be read.

NOT_TRUSTED = f"the role {ROLE_ARN} does not trust {SERVICE}: let that service assume it"
NOT_ADMITTED = (
    f"the conditions in the trust policy of the role {ROLE_ARN} do not admit this flow: add {FLOWS} to aws:SourceArn"
)


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role(trust_policy=document(statement())), []),
        (Role(trust_policy=None), []),
        (
            Role(exists=False),
            [f"the role {ROLE_ARN} does not exist: create it, with mediaops.mediaconnect.trust_role for example"],
        ),
        (Role(trust_policy=document()), [NOT_TRUSTED]),
        (Role(trust_policy=document(statement(Principal={"Service": "ec2.amazonaws.com"}))), [NOT_TRUSTED]),
        (Role(trust_policy=document(statement("Deny"))), [NOT_TRUSTED]),
        (
            Role(trust_policy=document(statement(Condition={"StringEquals": {"aws:SourceAccount": "4"}}))),
            [NOT_ADMITTED],
        ),
        (Role(trust_policy=document(statement(), statement("Deny"))), [NOT_ADMITTED]),
    ],
)
def test_what_is_said_of_a_role(role: Role, said: list[str]) -> None:
    assert role_problems(role, ROLE_ARN, FLOW_ARN) == said


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (Secret(), []),
        (
            Secret(exists=False),
            [f"the secret {SECRET_ARN} does not exist: create it, with mediaops.mediaconnect.key_secrets for example"],
        ),
        (Secret(deletion_scheduled=True), [f"the secret {SECRET_ARN} is scheduled for deletion: restore it"]),
        (Secret(misfit="holds JSON"), [f"the secret {SECRET_ARN} holds JSON"]),
        # the first thing to mend
        (
            Secret(exists=False, deletion_scheduled=True, misfit="x"),
            [f"the secret {SECRET_ARN} does not exist: create it, with mediaops.mediaconnect.key_secrets for example"],
        ),
        (
            Secret(deletion_scheduled=True, misfit="x"),
            [f"the secret {SECRET_ARN} is scheduled for deletion: restore it"],
        ),
    ],
)
def test_what_is_said_of_a_secret(secret: Secret, said: list[str]) -> None:
    assert secret_problems(secret, SECRET_ARN) == said


NOT_READ = f"the policies of the role {ROLE_ARN} do not allow secretsmanager:GetSecretValue on {SECRET_ARN}: add the secret to its policy"
DOUBTED = (
    f"The policies of the role {ROLE_ARN} do not allow %s on {SECRET_ARN}, which the MediaConnect user guide asks for."
)


@pytest.mark.parametrize(
    ("decisions", "problems", "doubts"),
    [
        (None, [], []),
        ({}, [], []),
        (dict.fromkeys(FOUR, True), [], []),
        (dict.fromkeys(FOUR, False), [NOT_READ], []),
        ({**dict.fromkeys(FOUR, True), FOUR[1]: False}, [NOT_READ], []),
        ({FOUR[1]: True, FOUR[2]: False}, [], [DOUBTED % FOUR[2]]),
        ({**dict.fromkeys(FOUR, False), FOUR[1]: True}, [], [DOUBTED % f"{FOUR[0]}, {FOUR[2]}, {FOUR[3]}"]),
        # what the caller may not find out is not held against the role
        ({FOUR[0]: True}, [], []),
    ],
)
def test_what_is_said_of_a_role_s_access(
    decisions: dict[str, bool] | None, problems: list[str], doubts: list[str]
) -> None:
    assert access_problems(decisions, ROLE_ARN, SECRET_ARN) == problems
    assert access_doubts(decisions, ROLE_ARN, SECRET_ARN) == doubts
