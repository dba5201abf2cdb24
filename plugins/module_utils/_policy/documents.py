# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two policy documents of a role that MediaConnect assumes: how they are written, and what they mean when they are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable

from .._reconcile.arn import region_of
from .language import Document, allowing, allows, statements, strings
from .narrowing import POSITIVE

SERVICE = "mediaconnect.amazonaws.com"
# Reserved by the MediaConnect user guide; IAM does not distinguish names by case.
RESERVED_ROLE_NAME = "mediaconnectaccessrole"
ASSUME_ROLE = "sts:AssumeRole"
# What the role in the MediaConnect user guide may do with each secret.
SECRET_ACTIONS = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]
KMS_ACTION = "kms:Decrypt"
API_ACTION = "execute-api:Invoke"
GUARDS = {"aws:sourceaccount", "aws:sourcearn"}
MAX_PERMISSIONS = 6144  # IAM quota: characters of a managed policy, white space not counted
MAX_TRUST = 2048  # IAM quota: characters of a trust policy, likewise


@dataclass(frozen=True)
class Access:
    """What a permissions policy lets the role use: ARNs of secrets, of the KMS keys that encrypt them, and of SPEKE APIs."""

    secrets: frozenset[str] = frozenset()
    kms_keys: frozenset[str] = frozenset()
    speke_apis: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.secrets or self.kms_keys or self.speke_apis)


@dataclass
class Trust:
    """Whom a trust policy lets in.

    mediaconnect: whether a statement lets MediaConnect assume the role.
    guarded: whether a condition on SourceAccount or SourceArn applies to it.
    flows: the SourceArn patterns. every_flow: whether some statement has none, so that every flow is served.
    others: principals other than MediaConnect.
    unclear: the statements that let MediaConnect in on conditions that are not understood here.
    """

    mediaconnect: bool = False
    guarded: bool = False
    every_flow: bool = False
    flows: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    unclear: list[Document] = field(default_factory=list)


def permissions_document(access: Access) -> Document | None:
    """The permissions policy, or None when there is nothing to permit: IAM does not take an empty policy."""
    statements: list[Document] = []
    if access.secrets:
        statements.append(_allow(SECRET_ACTIONS, access.secrets))
    if access.kms_keys:
        regions = {region_of(arn) for arn in access.kms_keys}
        through = {"kms:ViaService": _one_or_many(f"secretsmanager.{region}.amazonaws.com" for region in regions)}
        operator = "StringLike" if "*" in regions else "StringEquals"
        statements.append({**_allow([KMS_ACTION], access.kms_keys), "Condition": {operator: through}})
    if access.speke_apis:
        statements.append(_allow([API_ACTION], access.speke_apis))
    return document_of(statements) if statements else None


def trust_document(account: str, guarded: bool, flows: Iterable[str] = (), kept: Iterable[Document] = ()) -> Document:
    """The trust policy. guarded: only on behalf of this account and, if any are given, of these flows. kept: more statements."""
    statement: Document = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": ASSUME_ROLE}
    if guarded:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
        patterns = _one_or_many(flows)
        if patterns:
            statement["Condition"]["ArnLike"] = {"aws:SourceArn": patterns}
    return document_of([statement, *kept])


def read_access(document: Any, account: str) -> Access:
    """What a policy permits, as far as this collection writes such permissions; of secrets, only this account's. The rest is ignored."""
    found: dict[str, set[str]] = {"secretsmanager": set(), "kms": set(), "execute-api": set()}
    wanted = {"secretsmanager": SECRET_ACTIONS[1], "kms": KMS_ACTION, "execute-api": API_ACTION}
    for statement in allowing(document):
        for arn in strings(statement.get("Resource")):
            parts = arn.split(":", 5)
            service = parts[2] if len(parts) == 6 else ""
            if service in wanted and allows(statement, wanted[service]):
                found[service].add(arn)
    secrets = {arn for arn in found["secretsmanager"] if arn.split(":")[4] == account}
    return Access(frozenset(secrets), frozenset(found["kms"]), frozenset(found["execute-api"]))


def reads_keys_only(document: Any) -> bool:
    """Whether a policy permits nothing but what this collection would permit, and at least some of that."""
    ours = {action.lower() for action in [*SECRET_ACTIONS, KMS_ACTION, API_ACTION]}
    found = statements(document)
    return bool(found) and all(
        statement.get("Effect") == "Allow"
        and {action.lower() for action in strings(statement.get("Action"))} <= ours
        and "NotAction" not in statement
        and "NotResource" not in statement
        for statement in found
    )


def read_trust(document: Any, account: str) -> Trust:
    """Whom a trust policy lets in. SourceArn patterns of other accounts are left out: they can never apply."""
    trust = Trust()
    for statement in allowing(document):
        principals = _principals(statement.get("Principal"))
        trust.others |= principals - {SERVICE}
        if SERVICE not in principals or not allows(statement, ASSUME_ROLE):
            continue
        if not _is_clear(statement):
            trust.unclear.append(statement)
            continue
        arns = _condition(statement, "aws:sourcearn")
        trust.mediaconnect = True
        trust.guarded = trust.guarded or bool(arns or _condition(statement, "aws:sourceaccount"))
        trust.every_flow = trust.every_flow or not arns
        trust.flows |= {arn for arn in arns if _is_flow_pattern(arn, account)}
    return trust


def document_of(statements: list[Document]) -> Document:
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(actions: list[str], resources: Iterable[str]) -> Document:
    return {"Effect": "Allow", "Action": list(actions), "Resource": sorted(resources)}


def _one_or_many(texts: Iterable[str]) -> Any:
    texts = sorted(set(texts))
    return texts[0] if len(texts) == 1 else texts


def _principals(principal: Any) -> set[str]:
    if isinstance(principal, dict):
        return {text for value in principal.values() for text in strings(value)}
    return set(strings(principal))


def _is_clear(statement: Document) -> bool:
    """Whether the conditions of a statement are such as trust_document writes."""
    condition = statement.get("Condition") or {}
    return isinstance(condition, dict) and all(
        operator.lower() in POSITIVE and isinstance(tests, dict) and {key.lower() for key in tests} <= GUARDS
        for operator, tests in condition.items()
    )


def _condition(statement: Document, key: str) -> set[str]:
    """The values that a statement's conditions compare a key with, where the operator admits these values."""
    conditions = statement.get("Condition")
    return {
        value
        for operator, tests in (conditions.items() if isinstance(conditions, dict) else ())
        if operator.lower() in POSITIVE
        for name, values in (tests.items() if isinstance(tests, dict) else ())
        if name.lower() == key
        for value in strings(values)
    }


def _is_flow_pattern(arn: str, account: str) -> bool:
    parts = arn.split(":", 5)
    return len(parts) == 6 and parts[2] == "mediaconnect" and parts[4] == account
