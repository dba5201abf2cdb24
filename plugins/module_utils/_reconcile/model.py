# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vocabulary of the planners: what is to be done, to what, and what will result.

A planner takes what was declared and what was observed, and returns units. It calls neither AWS nor Ansible, and none of
these structures holds key material.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Iterable

ABSENT = "absent"
PRESENT = "present"


class Refusal(Exception):
    """What was declared cannot be done. The text is one sentence: what is wrong, where, and what to do."""


class WorldChanged(Exception):
    """Raised by an operation that found the world different from what the plan assumed: look, plan and judge again.

    done: whether the operation counts as done all the same: because it did its work, because a call whose answer was lost
    did it, or because somebody else was faster.
    """

    def __init__(self, done: bool = False):
        super().__init__()
        self.done = done


class Stage(IntEnum):
    """The order that is safe across services. A stage begins only when the one before it is done."""

    RESTORE = 0  # secrets, so that they can be read again
    MAKE = 1  # create and change secrets
    WIDEN = 2  # create roles, and extend what they may read and which flows they serve
    REENCRYPT = 3  # give secrets other KMS keys, which their roles may use by now
    GRANT = 4  # grant, change and revoke entitlements
    NARROW = 5  # take away from roles what no entitlement needs any more, and delete roles
    DELETE = 6  # secrets
    HAND_OVER = 7  # files for the subscribers


@dataclass
class Action:
    """One call, or one inseparable group of calls, that changes something.

    operation: its name among the resource's operations.
    summary: what it does, for reports: "grant ExampleCorp".
    params: the operation's arguments; never key material.
    """

    operation: str
    summary: str
    params: dict[str, Any] = field(default_factory=dict)
    stage: Stage = Stage.GRANT


@dataclass
class Unit:
    """One thing that converges on its own: a secret in a Region, a role, a flow.

    label: what it is called in messages ("secret baseball in us-west-2").
    identity: the fields that name it, for the result when it neither exists nor will exist.
    before, after: its state as observed and as predicted, a dictionary, or None where it does not exist. The operations
        put into `after` what only AWS can tell (ARNs, version ids).
    actions: what to do; empty when it is as declared.
    action: the one word that the module returns for it.
    refusals: why nothing may be done; any refusal of any unit stops the task before its first change.
    subject: units with the same subject are observed and planned together.
    turn: units are carried out in the order of this, which is the same in every run, so that two runs at once do not cross.
    read_back: whether somebody else could overwrite what is written without either side noticing.
    done, failure: what was carried out, in all rounds, and why it ended early.
    lasting: whether the same would fail again, until somebody mends the reason.
    stale: whether an operation found the world changed.
    learned: real ARNs by predicted ones.
    messages: what AWS reports after the change, for warnings.
    """

    label: str
    identity: dict[str, Any] = field(default_factory=dict)
    before: Any = None
    after: Any = None
    actions: list[Action] = field(default_factory=list)
    action: str = "unchanged"
    warnings: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    subject: str = ""
    turn: str = ""
    read_back: bool = False
    done: list[Action] = field(default_factory=list)
    failure: str | None = None
    lasting: bool = False
    stale: bool = False
    learned: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others: two flows may have one name, and the copies of a secret are one subject."""
        return self.subject, self.label

    @property
    def not_done(self) -> list[Action]:
        """The actions of the last plan that were not carried out."""
        return [action for action in self.actions if not any(action is done for done in self.done)]

    def renew(self, fresh: Unit) -> None:
        """Go on with a new plan for the same thing. Once something has been done, the first state is kept."""
        if self.after and fresh.after and self.after.get("arn") != fresh.after.get("arn"):
            self.learned[self.after["arn"]] = fresh.after["arn"]
        if not self.done:
            self.before, self.action = fresh.before, fresh.action
        elif self.action == "unchanged":
            self.action = fresh.action
        self.after, self.actions, self.read_back = fresh.after, fresh.actions, fresh.read_back
        self.warnings, self.refusals, self.stale = fresh.warnings, fresh.refusals, False

    def replace_predictions(self, learned: dict[str, str]) -> None:
        """Replace predictions by what AWS has told."""
        self.after = replaced(self.after, learned)

    def differences(self) -> list[tuple[str, Any, Any]]:
        """What the diff shows: label, before and after of each thing that changes."""
        return [(self.label, self.before, self.after)]


def replaced(value: Any, texts: dict[str, str]) -> Any:
    """A value made of dictionaries, lists and texts, in which texts that are keys of `texts` are replaced."""
    if not texts:
        return value
    if isinstance(value, dict):
        return {key: replaced(item, texts) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, texts) for item in value]
    return texts.get(value, value) if isinstance(value, str) else value


def repeated(names: Iterable[str]) -> list[str]:
    """The names that occur more than once, each of them once, in order of their second occurrence."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return list(twice)


def distinct(texts: Iterable[str]) -> list[str]:
    """The texts in order, each of them once."""
    return list(dict.fromkeys(texts))
