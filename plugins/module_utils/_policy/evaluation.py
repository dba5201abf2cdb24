# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What effect policy documents have on a request, as far as that can be told from the documents. Pure.

IAM User Guide, "Policy evaluation logic": an explicit Deny wins, then any Allow; otherwise the request is denied. What is not
understood, such as a condition on a key whose value is not known here, neither admits nor refuses: the answer is UNKNOWN.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Callable, Iterable, Mapping

from .language import Document, covers, levelled_statement, matches, statements, texts


class Verdict(IntEnum):
    """An answer; the least of several is what they say together."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def opposite(self) -> Verdict:
        """The answer to the negated question."""
        return Verdict(Verdict.YES - self)


NO, UNKNOWN, YES = Verdict

# How condition operators compare: in lower case, without Not and IfExists.
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": lambda wanted, value: wanted == value,
    "stringequalsignorecase": lambda wanted, value: wanted.lower() == value.lower(),
    "stringlike": matches,
    "arnequals": covers,
    "arnlike": covers,
    "bool": lambda wanted, value: wanted.lower() == value,
}
VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Request:
    """Who wants to do what with what.

    resource: None if it is not known.
    service, role_arn: the principal, one of the two; neither for policies that have none.
    context: the values of condition keys, which are in lower case, that are known to be in the request.
    delegated: whether an Allow for the whole account counts, as in the policy of a KMS key, which then leaves it to IAM.
    """

    action: str
    resource: str | None = ""
    service: str = ""
    role_arn: str = ""
    context: Mapping[str, str] = field(default_factory=dict)
    delegated: bool = False


@dataclass(frozen=True)
class Effect:
    """The effect of documents on a request.

    allowance, denial: whether something allows it, and whether something denies it explicitly.
    allows, denies: the statements, in a form that can be compared, that do or may allow or deny it.
    """

    allowance: Verdict
    denial: Verdict = NO
    allows: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()

    @property
    def verdict(self) -> Verdict:
        """Whether it is allowed in the end."""
        return min(self.allowance, self.denial.opposite)

    @property
    def bears(self) -> bool:
        """Whether any statement allows or denies it, or may do so."""
        return bool(self.allows or self.denies)

    def either(self, other: Effect) -> Effect:
        """That of two groups of documents, of which one has to allow it."""
        allowance, denial = max(self.allowance, other.allowance), max(self.denial, other.denial)
        return Effect(allowance, denial, self.allows | other.allows, self.denies | other.denies)

    def within(self, limit: Effect) -> Effect:
        """That of documents within a limit, which has to allow it too. A limit that may not allow it counts among what denies it."""
        denies = self.denies | limit.denies
        if limit.allowance is not YES:
            denies |= {"limit", *limit.allows}
        return Effect(min(self.allowance, limit.allowance), max(self.denial, limit.denial), self.allows, denies)


def unknown(what: str) -> Effect:
    """The effect of documents that could not be read. what: which ones."""
    return Effect(UNKNOWN, UNKNOWN, denies=frozenset([f"unknown: {what}"]))


def effect(documents: Iterable[Any], request: Request) -> Effect:
    """The effect that these documents have together."""
    allows: dict[str, Verdict] = {}
    denies: dict[str, Verdict] = {}
    for document in documents:
        for statement in statements(document):
            applies = _applies(statement, request)
            found = {"Allow": allows, "Deny": denies}.get(str(statement.get("Effect")))
            if applies and found is not None:
                found[json.dumps(levelled_statement(statement), sort_keys=True)] = applies
    allowance, denial = (max(found.values(), default=NO) for found in (allows, denies))
    return Effect(allowance, denial, frozenset(allows), frozenset(denies))


def _applies(statement: Document, request: Request) -> Verdict:
    return min(
        _is_for(statement, request),
        _listed(statement, "Action", request.action.lower(), lower=True),
        _listed(statement, "Resource", request.resource),
        _is_met(statement.get("Condition") or {}, request),
    )


def _listed(statement: Document, element: str, text: str | None, lower: bool = False) -> Verdict:
    """Whether a statement's element covers the text; its Not form covers what it does not list. A trust policy has no resource."""
    for name in (element, f"Not{element}"):
        if name in statement:
            patterns = [pattern.lower() if lower else pattern for pattern in texts(statement[name])]
            found = max((_matches(pattern, text) for pattern in patterns), default=NO)
            return found if name == element else found.opposite
    return YES if element == "Resource" else NO


def _matches(pattern: str, text: str | None) -> Verdict:
    """Whether the pattern matches. What a policy variable in it stands for is not known, and neither may be the text."""
    if text is None:
        return YES if pattern == "*" else UNKNOWN
    found = matches(VARIABLE.sub("*", pattern), text)
    return NO if not found else UNKNOWN if VARIABLE.search(pattern) else YES


# Principals


def _is_for(statement: Document, request: Request) -> Verdict:
    if "NotPrincipal" in statement:
        return _names(statement["NotPrincipal"], request, whole_account=True).opposite
    if "Principal" not in statement:
        return NO if request.service or request.role_arn else YES
    return _names(statement["Principal"], request, request.delegated or statement.get("Effect") == "Deny")


def _names(principal: Any, request: Request, whole_account: bool) -> Verdict:
    """Whether a principal element names the one who asks."""
    if not isinstance(principal, dict):
        named = texts(principal)
        return YES if "*" in named or request.service in named else NO
    if request.service:
        services, others = texts(principal.get("Service")), texts(principal.get("AWS"))
        return YES if request.service in services or "*" in services else UNKNOWN if "*" in others else NO
    return max((_names_role(name, request.role_arn, whole_account) for name in texts(principal.get("AWS"))), default=NO)


def _names_role(name: str, role_arn: str, whole_account: bool) -> Verdict:
    account, role = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    if name in ("*", role_arn):
        return YES
    if name == account or name.endswith(f":iam::{account}:root"):
        return YES if whole_account else NO
    # A session of the role: what MediaConnect calls its own is not documented.
    return UNKNOWN if f":sts::{account}:assumed-role/{role}/" in name else NO


# Conditions


def _is_met(condition: Any, request: Request) -> Verdict:
    if not isinstance(condition, dict):
        return UNKNOWN
    return min(
        (
            _compare(operator.lower(), texts(values), request.context.get(key.lower()))
            for operator, tests in condition.items()
            for key, values in (tests.items() if isinstance(tests, dict) else [("", [])])
        ),
        default=YES,
    )


def _compare(operator: str, wanted: list[str], value: str | None) -> Verdict:
    """One condition: any of its values will do, or, if it is negated, none of them may."""
    operator = operator[: -len("ifexists")] if operator.endswith("ifexists") else operator
    if value is None or any(VARIABLE.search(one) for one in wanted):
        return UNKNOWN
    if operator == "null":
        return YES if wanted == ["false"] else NO
    compare = COMPARISONS.get(operator.replace("not", "", 1))
    if compare is None:  # also a set operator, such as ForAnyValue:ArnLike
        return UNKNOWN
    return YES if any(compare(one, value) for one in wanted) != ("not" in operator) else NO
