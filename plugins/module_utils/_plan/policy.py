# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two policy documents of a role that MediaConnect assumes: written, read back, compared by meaning, measured."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterable, Iterator, List, Optional, Set

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies

Document = Dict[str, Any]

SERVICE = "mediaconnect.amazonaws.com"
ASSUME_ROLE = "sts:AssumeRole"
# What the MediaConnect user guide has the role do with each secret.
SECRET_ACTIONS = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]
KMS_ACTION = "kms:Decrypt"
API_ACTION = "execute-api:Invoke"
MAX_PERMISSIONS = 6144  # IAM quota: characters of a managed policy, white space not counted
MAX_TRUST = 2048  # IAM quota: characters of a trust policy, likewise


@dataclass(frozen=True)
class Access:
    """What a permissions policy lets the role use: ARNs of secrets, of the KMS keys that encrypt them, and of SPEKE APIs."""

    secrets: FrozenSet[str] = frozenset()
    kms_keys: FrozenSet[str] = frozenset()
    speke_apis: FrozenSet[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.secrets or self.kms_keys or self.speke_apis)


@dataclass
class Trust:
    """Whom a trust policy lets in.

    mediaconnect: whether MediaConnect may assume the role at all.
    guarded: whether a condition on SourceAccount or SourceArn is in force for it.
    flows: the SourceArn patterns; every_flow: some statement has none, so that every flow is served.
    others: principals other than MediaConnect.
    """

    mediaconnect: bool = False
    guarded: bool = False
    every_flow: bool = False
    flows: Set[str] = field(default_factory=set)
    others: Set[str] = field(default_factory=set)


def permissions_document(access: Access) -> Optional[Document]:
    """The permissions policy, or None when there is nothing to permit: IAM has no empty policy."""
    statements: List[Document] = []
    if access.secrets:
        statements.append(_allow(SECRET_ACTIONS, access.secrets))
    if access.kms_keys:
        regions = {region_of(arn) for arn in access.kms_keys}
        through = {"kms:ViaService": _one_or_many(f"secretsmanager.{region}.amazonaws.com" for region in regions)}
        operator = "StringLike" if "*" in regions else "StringEquals"
        statements.append({**_allow([KMS_ACTION], access.kms_keys), "Condition": {operator: through}})
    if access.speke_apis:
        statements.append(_allow([API_ACTION], access.speke_apis))
    return _document(statements) if statements else None


def trust_document(account: str, guarded: bool, flows: Iterable[str] = ()) -> Document:
    """The trust policy. guarded: only on behalf of this account and, if any are given, of these flows."""
    statement: Document = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": ASSUME_ROLE}
    if guarded:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account}}
        patterns = _one_or_many(flows)
        if patterns:
            statement["Condition"]["ArnLike"] = {"aws:SourceArn": patterns}
    return _document([statement])


def read_access(document: Any, account: str) -> Access:
    """What a policy permits of what this collection would have written, of this account's secrets. The rest is not looked at."""
    found: Dict[str, Set[str]] = {"secretsmanager": set(), "kms": set(), "execute-api": set()}
    wanted = {"secretsmanager": SECRET_ACTIONS[1], "kms": KMS_ACTION, "execute-api": API_ACTION}
    for statement in _allowing(document):
        for arn in strings(statement.get("Resource")):
            parts = arn.split(":", 5)
            service = parts[2] if len(parts) == 6 else ""
            if service in wanted and _allows(statement, wanted[service]):
                found[service].add(arn)
    secrets = {arn for arn in found["secretsmanager"] if arn.split(":")[4] == account}
    return Access(frozenset(secrets), frozenset(found["kms"]), frozenset(found["execute-api"]))


def reads_keys_only(document: Any) -> bool:
    """Whether a policy does nothing but what this collection writes into one, and does some of it."""
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
    for statement in _allowing(document):
        principals = _principals(statement.get("Principal"))
        trust.others |= principals - {SERVICE}
        if SERVICE not in principals or not _allows(statement, ASSUME_ROLE):
            continue
        arns = _condition(statement, "aws:sourcearn")
        trust.mediaconnect = True
        trust.guarded = trust.guarded or bool(arns or _condition(statement, "aws:sourceaccount"))
        trust.every_flow = trust.every_flow or not arns
        trust.flows |= {arn for arn in arns if _is_flow_pattern(arn, account)}
    return trust


def same_meaning(one: Any, other: Any) -> bool:
    """Whether two documents say the same, however they are written.

    amazon.aws's comparison knows the order of lists and one-element lists. IAM also ignores the case of actions and of
    condition keys, repetition, statement ids and empty conditions; those are levelled first.
    """
    return not compare_policies(_levelled(one), _levelled(other))


def size(document: Document) -> int:
    """The characters that IAM counts."""
    return len(re.sub(r"\s", "", json.dumps(document, separators=(",", ":"))))


def region_of(arn: str) -> str:
    """The Region of an ARN or of an ARN pattern; "*" for a pattern that spans several."""
    region = arn.split(":")[3]
    return "*" if set(region) & set("*?") else region


def without_covered(patterns: Iterable[str]) -> Set[str]:
    """The patterns less those that another one covers; of two that cover each other, one stays."""
    patterns = set(patterns)

    def replaces(other: str, one: str) -> bool:
        return covers(other, one) and (other < one or not covers(one, other))

    return {one for one in patterns if not any(replaces(other, one) for other in patterns)}


def covers(pattern: str, arn: str) -> bool:
    """As ArnLike compares: part by part."""
    return all(matches(here, there) for here, there in zip(pattern.split(":", 5), arn.split(":", 5)))


def matches(pattern: str, text: str) -> bool:
    """Whether a text is of an IAM pattern, in which * stands for any characters and ? for one.

    The text may be a pattern too; all that it stands for is then of the first, so that ? does not cover its *.
    """
    expression = "".join({"*": ".*", "?": "[^*]"}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _document(statements: List[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}


def _allow(actions: List[str], resources: Iterable[str]) -> Document:
    return {"Effect": "Allow", "Action": list(actions), "Resource": sorted(resources)}


def _one_or_many(texts: Iterable[str]) -> Any:
    texts = sorted(set(texts))
    return texts[0] if len(texts) == 1 else texts


def strings(value: Any) -> List[str]:
    """A policy element that may be one string or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def statements(document: Any) -> List[Document]:
    """The statements of a document, which may be one or a list of them; nothing of what is no document."""
    found = document.get("Statement") if isinstance(document, dict) else None
    return [statement for statement in (found if isinstance(found, list) else [found]) if isinstance(statement, dict)]


def _allowing(document: Any) -> Iterator[Document]:
    return (statement for statement in statements(document) if statement.get("Effect") == "Allow")


def _allows(statement: Document, action: str) -> bool:
    return any(matches(pattern.lower(), action.lower()) for pattern in strings(statement.get("Action")))


def _principals(principal: Any) -> Set[str]:
    if isinstance(principal, dict):
        return {text for value in principal.values() for text in strings(value)}
    return set(strings(principal))


def _condition(statement: Document, key: str) -> Set[str]:
    """The values that a statement's conditions compare a key with, where they are of a kind that lets these values in."""
    conditions = statement.get("Condition")
    return {
        value
        for operator, tests in (conditions.items() if isinstance(conditions, dict) else ())
        if operator.lower() in ("arnlike", "arnequals", "stringlike", "stringequals")
        for name, values in (tests.items() if isinstance(tests, dict) else ())
        if name.lower() == key
        for value in strings(values)
    }


def _is_flow_pattern(arn: str, account: str) -> bool:
    parts = arn.split(":", 5)
    return len(parts) == 6 and parts[2] == "mediaconnect" and parts[4] == account


def _levelled(document: Any) -> Document:
    if not isinstance(document, dict):
        return {}
    texts = {json.dumps(_levelled_statement(statement), sort_keys=True) for statement in statements(document)}
    version = document.get("Version", "2008-10-17")
    return {"Version": version, "Statement": [json.loads(text) for text in sorted(texts)]}


def _levelled_statement(statement: Document) -> Document:
    levelled: Document = {}
    for element, value in statement.items():
        if element in ("Action", "NotAction"):
            levelled[element] = _sorted(value, lower=True)
        elif element in ("Principal", "NotPrincipal"):
            principals = value if isinstance(value, dict) else {"AWS": value}
            levelled[element] = {kind: _sorted(names) for kind, names in principals.items()}
        elif element == "Condition":
            if value:
                levelled[element] = _levelled_condition(value)
        elif element != "Sid":
            levelled[element] = _sorted(value)
    return levelled


def _levelled_condition(condition: Any) -> Any:
    if not isinstance(condition, dict):
        return _sorted(condition)
    return {
        operator: {key.lower(): _sorted(values) for key, values in tests.items()}
        if isinstance(tests, dict)
        else _sorted(tests)
        for operator, tests in condition.items()
    }


def _sorted(value: Any, lower: bool = False) -> List[str]:
    values = value if isinstance(value, list) else [value]
    texts = {_text(item) for item in values}
    return sorted({text.lower() for text in texts} if lower else texts)


def _text(value: Any) -> str:
    """As IAM writes it: numbers and booleans become strings."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
