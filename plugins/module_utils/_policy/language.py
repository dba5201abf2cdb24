# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of IAM policies: statements, patterns, and whether two documents mean the same."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterable, Iterator

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies

Document = Dict[str, Any]  # noqa: UP006  evaluated on hosts whose Python may be older


def strings(value: Any) -> list[str]:
    """A policy element that may be one string or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def statements(document: Any) -> list[Document]:
    """The statements of a document, which may have one or a list of them; none if it is not a document."""
    found = document.get("Statement") if isinstance(document, dict) else None
    return [statement for statement in (found if isinstance(found, list) else [found]) if isinstance(statement, dict)]


def texts(value: Any) -> list[str]:
    """As strings, with numbers and booleans as IAM writes them, which are legal as the values of conditions."""
    values = value if isinstance(value, list) else [value]
    return [_text(item) for item in values if isinstance(item, (str, int, float))]


def allowing(document: Any) -> Iterator[Document]:
    """The statements of a document that allow something."""
    return (statement for statement in statements(document) if statement.get("Effect") == "Allow")


def allows(statement: Document, action: str) -> bool:
    """Whether a statement's list of actions has this one, literally or by a pattern."""
    return any(matches(pattern.lower(), action.lower()) for pattern in strings(statement.get("Action")))


def same_meaning(one: Any, other: Any) -> bool:
    """Whether two documents say the same, however they are written.

    amazon.aws's comparison allows for the order of lists and for one-element lists. IAM also ignores the case of actions and
    of condition keys, repetition, statement ids and empty conditions; these differences are removed first.
    """
    return not compare_policies(_levelled(one), _levelled(other))


def size(document: Document) -> int:
    """The characters that IAM counts."""
    return len(re.sub(r"\s", "", json.dumps(document, separators=(",", ":"))))


def without_covered(patterns: Iterable[str]) -> set[str]:
    """The patterns without those that another one covers; of two that cover each other, one stays."""
    patterns = set(patterns)

    def replaces(other: str, one: str) -> bool:
        return covers(other, one) and (other < one or not covers(one, other))

    return {one for one in patterns if not any(replaces(other, one) for other in patterns)}


def covers(pattern: str, arn: str) -> bool:
    """Whether a pattern covers an ARN, compared part by part as ArnLike does."""
    parts, there = pattern.split(":", 5), arn.split(":", 5)
    return pattern == "*" or (len(parts) == len(there) and all(matches(one, other) for one, other in zip(parts, there)))


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches an IAM pattern, in which * stands for any characters and ? for one.

    The text may itself be a pattern; it matches if everything that it stands for does, so ? does not match a *.
    """
    expression = "".join({"*": ".*", "?": "[^*]"}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _levelled(document: Any) -> Document:
    if not isinstance(document, dict):
        return {}
    levelled = {json.dumps(levelled_statement(statement), sort_keys=True) for statement in statements(document)}
    version = document.get("Version", "2008-10-17")
    return {"Version": version, "Statement": [json.loads(text) for text in sorted(levelled)]}


def levelled_statement(statement: Document) -> Document:
    """A statement without what IAM does not distinguish."""
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


def _sorted(value: Any, lower: bool = False) -> list[str]:
    values = value if isinstance(value, list) else [value]
    texts = {_text(item) for item in values}
    return sorted({text.lower() for text in texts} if lower else texts)


def _text(value: Any) -> str:
    """The value as IAM writes it: numbers and booleans become strings."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
