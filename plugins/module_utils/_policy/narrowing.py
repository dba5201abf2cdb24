# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether policies allow less than before, and in which Regions. Pure.

This is a look at the documents alone, before anything is read that may depend on them, and it errs towards "less".
"""

from __future__ import annotations

import itertools
import json
from typing import Any, Iterable, NamedTuple, Sequence

from .._reconcile.arn import region_of
from .language import Document, levelled_statement, matches, statements, texts

EVERYWHERE = "*"
# Of these, any of several values will do, and a value may be a pattern.
POSITIVE = ("stringequals", "stringlike", "arnequals", "arnlike")


class Condition(NamedTuple):
    """One value of one condition; of an operator that is not split up, all of its values."""

    operator: str
    key: str
    value: str

    def covers(self, other: Condition) -> bool:
        """Whether it is met whenever the other one is."""
        same = (self.operator, self.key) == (other.operator, other.key)
        return self == other or (same and self.operator.endswith("like") and matches(self.value, other.value))


class Right(NamedTuple):
    """One thing that a statement allows: who may do what with what, and on which conditions."""

    who: str
    action: str
    resource: str
    conditions: frozenset[Condition]

    def covers(self, other: Right) -> bool:
        """Whether it allows all that the other one does."""
        return (
            self.who == other.who
            and matches(self.action, other.action)
            and matches(self.resource, other.resource)
            and all(any(mine.covers(theirs) for theirs in other.conditions) for mine in self.conditions)
        )

    @property
    def region(self) -> str:
        """Where it is of use."""
        flows = [one.value for one in self.conditions if one.key == "aws:sourcearn" and one.operator in POSITIVE]
        arn = flows[0] if flows else self.resource
        return region_of(arn) or EVERYWHERE if arn.count(":") >= 5 else EVERYWHERE


def lost_regions(before: Sequence[Any], after: Sequence[Any]) -> set[str]:
    """The Regions in which documents allow less than before; EVERYWHERE stands for all of them."""
    had, has = set(_rights(before, "Allow")), set(_rights(after, "Allow"))
    lost = {right for right in had - has if not any(other.covers(right) for other in has)}
    denied = set(_rights(after, "Deny")) - set(_rights(before, "Deny"))
    return {right.region for right in lost} | {EVERYWHERE for dummy in denied}


def _rights(documents: Iterable[Any], effect: str) -> Iterable[Right]:
    for document in documents:
        for statement in statements(document):
            if statement.get("Effect") == effect:
                yield from _split(levelled_statement(statement))


def _split(statement: Document) -> Iterable[Right]:
    who = json.dumps([statement.get("Principal"), statement.get("NotPrincipal")], sort_keys=True)
    actions, resources = _either(statement, "Action"), _either(statement, "Resource")
    conditions = [list(tests) for tests in _conditions(statement.get("Condition"))]
    for action, resource in itertools.product(actions, resources):
        for tests in itertools.product(*conditions):
            yield Right(who, action, resource, frozenset(tests))


def _either(statement: Document, element: str) -> list[str]:
    """The patterns of an element; of its Not form, which is not split up, one text that is no pattern of the other kind."""
    negated = f"Not{element}"
    return (
        [f"{negated}: {json.dumps(statement[negated])}"] if negated in statement else texts(statement.get(element, ""))
    )


def _conditions(condition: Any) -> Iterable[list[Condition]]:
    if not isinstance(condition, dict):
        return
    for operator, tests in condition.items():
        if not isinstance(tests, dict):
            yield [Condition(operator, "", json.dumps(tests))]
            continue
        for key, values in tests.items():
            if operator.lower() in POSITIVE:
                yield [Condition(operator.lower(), key.lower(), value) for value in texts(values)]
            else:
                yield [Condition(operator.lower(), key.lower(), json.dumps(values))]
