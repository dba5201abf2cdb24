# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The vocabulary of the planners: what is to be done, to what, and what will result.

Nothing in this package calls AWS or knows AnsibleModule. A planner takes what was declared and what was observed and
returns units; key material is in none of these structures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

ABSENT = "absent"
PRESENT = "present"


class Refusal(Exception):
    """What was declared cannot be done. The text is one sentence: what is wrong, where, and what to do."""


@dataclass
class Action:
    """One call, or one inseparable group of calls, that changes AWS.

    operation: key of the module's table of operations.
    summary: what it does, for reports: "grant ExampleCorp".
    params: arguments of the operation; never key material.
    """

    operation: str
    summary: str
    params: Dict[str, Any] = field(default_factory=dict)


@dataclass
class Unit:
    """One thing that converges on its own: a secret in a Region, a role, a flow.

    label: how it is called in messages ("secret baseball in us-west-2").
    identity: the fields that name it, for the result when it neither exists nor will.
    before, after: its state as observed and as predicted, a dictionary, or None where it does not exist. The operations correct `after`
        by what only AWS can tell (ARNs, version ids).
    actions: what to do, in order; none when it is as declared.
    action: the one word that the module returns for it.
    refusals: why nothing may be done; any refusal of any unit stops the task before its first change.
    """

    label: str
    identity: Dict[str, Any] = field(default_factory=dict)
    before: Any = None
    after: Any = None
    actions: List[Action] = field(default_factory=list)
    action: str = "unchanged"
    warnings: List[str] = field(default_factory=list)
    refusals: List[str] = field(default_factory=list)
    done: List[Action] = field(default_factory=list)
    failure: Optional[str] = None

    @property
    def not_done(self) -> List[Action]:
        return self.actions[len(self.done) :]

    def differences(self) -> List[Tuple[str, Any, Any]]:
        """What the diff shows: label, before and after of each thing that changes."""
        return [(self.label, self.before, self.after)]


def differing(declared: Dict[str, Any], observed: Dict[str, Any]) -> Dict[str, Any]:
    """The declared fields whose value differs from the observed one. None means: not declared, leave AWS's value alone."""
    return {name: value for name, value in declared.items() if value is not None and value != observed.get(name)}


def repeated(names: Iterable[str]) -> List[str]:
    """The names that occur more than once, each once, in order of their second appearance."""
    seen: Set[str] = set()
    twice: Dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return list(twice)
