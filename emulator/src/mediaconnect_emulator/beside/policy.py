# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's policy language: what effect a set of policies has on a request.

IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements": an explicit Deny wins, then any Allow; otherwise
the request is denied implicitly.
"""

from __future__ import annotations

import dataclasses
import functools
import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

ALLOWED = "allowed"
EXPLICIT_DENY = "explicitDeny"
IMPLICIT_DENY = "implicitDeny"
OLDER_VERSION, NEWEST_VERSION = "2008-10-17", "2012-10-17"  # IAM User Guide, Version: the older one is the default
_DOCUMENT_MEMBERS = {"Version", "Id", "Statement"}
_MEMBERS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}


class MalformedPolicy(ValueError):
    """The document is not a policy."""


@dataclasses.dataclass(frozen=True)
class Principal:
    """Who asks: a service by name, or the ARN of a role or user."""

    kind: str
    name: str
    delegated: bool = False
    """Whether an Allow for the whole account counts: it delegates to the account's own IAM policies."""

    @property
    def account(self) -> str:
        """The account of an ARN."""
        return self.name.split(":")[4] if self.name.startswith("arn:") else ""


@dataclasses.dataclass(frozen=True)
class Inquiry:
    """What is asked of the policies."""

    action: str
    resource: str
    context: Mapping[str, str | list[str]] = dataclasses.field(default_factory=dict)
    principal: Principal | None = None


@dataclasses.dataclass
class Verdict:
    """The decision, and the statements that led to it as (policy, index)."""

    decision: str
    matched: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    missing: list[str] = dataclasses.field(default_factory=list)

    @property
    def allowed(self) -> bool:
        """Whether the request goes through."""
        return self.decision == ALLOWED


def listed(value: Any) -> list[Any]:
    """A value that the grammar lets stand alone or in a list."""
    return value if isinstance(value, list) else [value]


@functools.lru_cache(maxsize=4096)
def _document(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(text)
    except ValueError as exc:
        raise MalformedPolicy("Syntax errors in policy.") from exc
    if (
        not isinstance(policy, dict)
        or set(policy) - _DOCUMENT_MEMBERS
        or policy.get("Version", OLDER_VERSION) not in (OLDER_VERSION, NEWEST_VERSION)
        or not policy.get("Statement")
        or not all(map(_is_statement, listed(policy["Statement"])))
    ):
        raise MalformedPolicy("Syntax errors in policy.")
    return policy


def statements(document: str) -> tuple[dict[str, Any], ...]:
    """The statements of a policy document."""
    found = tuple(listed(_document(document)["Statement"]))
    if not all(
        statement["Effect"] in ("Allow", "Deny") for statement in found
    ):  # IAM User Guide, Effect: "case sensitive"
        raise MalformedPolicy("The policy failed legacy parsing")
    return found


def version_of(document: str) -> str:
    """The version of the language in which a policy document is written."""
    return str(_document(document).get("Version", OLDER_VERSION))


def _is_statement(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and not set(value) - _MEMBERS
        and str(value.get("Effect")).lower() in ("allow", "deny")
        and _is_condition(value.get("Condition", {}))
    )


def _is_condition(value: Any) -> bool:
    """IAM User Guide, grammar: operators, in each of them keys, for each of these a string, a number, a boolean, or a list of them."""
    return isinstance(value, dict) and all(
        isinstance(block, dict)
        and (not block or _is_operator(operator))
        and all(isinstance(one, (str, int, float)) for values in block.values() for one in listed(values))
        for operator, block in value.items()
    )


def _is_operator(name: str) -> bool:
    plain = name.rpartition(":")[2].removesuffix("IfExists")
    return plain in _OPERATORS or plain in _NEGATED or plain.startswith(("Null", "Date", "Binary"))


def evaluate(policies: Iterable[tuple[str, str]], inquiry: Inquiry) -> Verdict:
    """The effect of named policy documents on an inquiry."""
    allows: list[tuple[str, int]] = []
    denies: list[tuple[str, int]] = []
    missing: set[str] = set()
    for name, document in policies:
        for index, statement in enumerate(statements(document)):
            if _applies(statement, inquiry, missing):
                (allows if statement["Effect"] == "Allow" else denies).append((name, index))
    decision = EXPLICIT_DENY if denies else ALLOWED if allows else IMPLICIT_DENY
    return Verdict(decision, denies or allows, sorted(missing))


def _applies(statement: dict[str, Any], inquiry: Inquiry, missing: set[str]) -> bool:
    return (
        _names(statement, "Action", lambda pattern: like(pattern.lower(), inquiry.action.lower()))
        and _names(statement, "Resource", lambda pattern: arn_like(_with_variables(pattern, inquiry), inquiry.resource))
        and _principal_matches(statement, inquiry)
        and all(
            _condition(operator, key, listed(values), inquiry, missing)
            for operator, block in statement.get("Condition", {}).items()
            for key, values in block.items()
        )
    )


def _names(statement: dict[str, Any], element: str, matches: Callable[[str], bool]) -> bool:
    """Whether Action or Resource covers the request, or its Not form does not; a trust policy has no Resource."""
    if element in statement:
        return any(matches(pattern) for pattern in listed(statement[element]))
    if f"Not{element}" in statement:
        return not any(matches(pattern) for pattern in listed(statement[f"Not{element}"]))
    return element == "Resource"


def _principal_matches(statement: dict[str, Any], inquiry: Inquiry) -> bool:
    """Identity policies have no principal; resource and trust policies must name the caller."""
    if "Principal" not in statement and "NotPrincipal" not in statement:
        return inquiry.principal is None
    if inquiry.principal is None:
        return False
    whole_account = inquiry.principal.delegated or statement["Effect"] == "Deny"
    if "Principal" in statement:
        return _is_named(statement["Principal"], inquiry.principal, whole_account)
    return not _is_named(statement["NotPrincipal"], inquiry.principal, whole_account=True)


def _is_named(element: Any, principal: Principal, whole_account: bool) -> bool:
    if element == "*":
        return True
    if not isinstance(element, dict):
        return False
    for name in listed(element.get(principal.kind, [])):
        is_account = name == principal.account or re.fullmatch(rf"arn:[^:]+:iam::{principal.account or '-'}:root", name)
        if name in ("*", principal.name) or (whole_account and is_account):
            return True
    return False


@functools.lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(
        "".join(".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern), re.DOTALL
    )


def like(pattern: str, value: str) -> bool:
    """``*`` stands for any characters, ``?`` for one."""
    return _pattern(pattern).fullmatch(value) is not None


def arn_like(pattern: str, value: str) -> bool:
    """IAM User Guide, condition operators: each of the six parts of an ARN is matched by itself."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) and all(like(mine, theirs) for mine, theirs in zip(wanted, given, strict=True))


def _with_variables(pattern: str, inquiry: Inquiry) -> str:
    def value(match: re.Match[str]) -> str:
        found = _context(inquiry, match.group(1).split(",")[0].strip())
        return found[0] if found else match.group(0)

    return re.sub(r"\$\{([^}]+)\}", value, pattern)


def _context(inquiry: Inquiry, key: str) -> list[str] | None:
    """A context key's values; keys are not case-sensitive."""
    for name, value in inquiry.context.items():
        if name.lower() == key.lower():
            return value if isinstance(value, list) else [value]
    return None


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, given: wanted == given,
    "StringEqualsIgnoreCase": lambda wanted, given: wanted.lower() == given.lower(),
    "StringLike": like,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
    "Bool": lambda wanted, given: wanted.lower() == given.lower(),
    "NumericEquals": lambda wanted, given: float(wanted) == float(given),
    "NumericLessThan": lambda wanted, given: float(given) < float(wanted),
    "NumericLessThanEquals": lambda wanted, given: float(given) <= float(wanted),
    "NumericGreaterThan": lambda wanted, given: float(given) > float(wanted),
    "NumericGreaterThanEquals": lambda wanted, given: float(given) >= float(wanted),
    "IpAddress": lambda wanted, given: ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "NotIpAddress": "IpAddress",
}


def _condition(operator: str, key: str, wanted: list[Any], inquiry: Inquiry, missing: set[str]) -> bool:
    """One condition: any of its values will do; a key that the request lacks fails it, unless negated or IfExists."""
    quantifier, __, plain = operator.rpartition(":")
    if_exists = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    given = _context(inquiry, key)
    texts = [
        _with_variables(str(value).lower() if isinstance(value, bool) else str(value), inquiry) for value in wanted
    ]
    if plain == "Null":
        return (given is None) == (texts[0].lower() == "true")
    negated = plain in _NEGATED
    matches = _OPERATORS.get(_NEGATED.get(plain, plain))
    if matches is None:
        raise MalformedPolicy(f"Invalid Condition type : {operator}")
    if given is None:
        missing.add(key)
        return if_exists or negated or quantifier == "ForAllValues"
    hits = [any(matches(text, value) for text in texts) != negated for value in given]
    return any(hits) if quantifier == "ForAnyValue" else all(hits)
