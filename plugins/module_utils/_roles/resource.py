# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles for the loop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Callable, Mapping, Sequence

from .._aws.client import Clients
from .._policy.judge import Role as JudgedRole
from .._policy.judge import predicted_role
from .._reconcile.model import Stage, Unit, WorldChanged, distinct
from .._streams.observe import Answer, Change, Changes, Streams
from .apply import Applier
from .observe import Observer, Seen
from .options import DeclaredRole, declare, name_and_path
from .plan import (
    STATE_FIELDS,
    ObservedRole,
    cut_off_refusal,
    is_as_seen,
    lost_in,
    plan,
    told_of,
    unknown_cut_off_refusal,
    unknown_use_refusal,
    use_refusal,
)


@dataclass
class Pair:
    """A role as declared and as observed."""

    declared: DeclaredRole
    observed: ObservedRole


class Roles:
    """The roles of a task.

    items: the options of each role, as the module trust_role takes them. in_two_steps: see plan. alias_regions: see Observer.
    """

    def __init__(
        self,
        clients: Clients,
        streams: Streams,
        items: Sequence[Mapping[str, Any]],
        wait: bool,
        timeout: int,
        in_two_steps: bool = False,
        alias_regions: Mapping[str, Sequence[str]] | None = None,
    ):
        self.clients, self.streams, self.in_two_steps = clients, streams, in_two_steps
        self._items = {name_and_path(item)[0]: item for item in items}
        self._observer = Observer(clients, alias_regions or {})
        self._applier = Applier(clients, wait, timeout)
        self.operations: Mapping[str, Callable[..., None]] = self._applier.operations

    def workers(self, _stage: Stage) -> int:
        """One after the other."""
        return 1

    def observe(self, again: Sequence[Unit] = ()) -> dict[str, Pair]:
        """What AWS has, by name of the role."""
        return self.complete(self.see(again), {})

    def see(self, again: Sequence[Unit] = ()) -> dict[str, Seen]:
        """The part of observe that needs nothing but the roles' names."""
        self.streams.forget()
        self._applier.forget()
        names = [unit.identity["name"] for unit in again] or self._items
        return {name: self._observer.see(name) for name in names}

    def complete(self, seen: Mapping[str, Seen], known_secrets: Mapping[str, list[str]]) -> dict[str, Pair]:
        """The rest of observe. known_secrets: ARNs of secrets by name, for which no look-up is needed."""
        return {
            name: Pair(declared, self._observer.observe(declared, found))
            for name, found in seen.items()
            for declared in [self._declare(name, known_secrets)]
        }

    def _declare(self, name: str, known_secrets: Mapping[str, list[str]]) -> DeclaredRole:
        declared = declare(self._items[name], self.clients.account, self.clients.partition, self.clients.region)
        self._observer.look_up(declared, known_secrets)
        return declared

    def plan(self, observed: Mapping[str, Pair]) -> list[Unit]:
        """A unit per role."""
        return [plan(pair.declared, pair.observed, self.in_two_steps) for pair in observed.values()]

    def judge(self, units: Sequence[Unit], observed: Mapping[str, Pair]) -> None:
        """Refuse what would take a key away from a stream. Flows are read only when a role is deleted or narrowed."""
        changes = self.changes(units)
        self.refuse(units, changes, self.streams.ask(changes))

    def changes(self, units: Sequence[Unit]) -> Changes:
        """What the plan does to roles."""
        changed = [unit for unit in units if unit.actions and not unit.refusals]
        return Changes(roles={_arn(unit): self._change(unit) for unit in changed if _arn(unit)})

    def _change(self, unit: Unit) -> Change:
        forced = self._items[unit.identity["name"]]["force_in_use"]
        return Change(lambda seen: self._after(unit, seen), set() if forced else lost_in(unit))

    def _after(self, unit: Unit, seen: JudgedRole) -> JudgedRole:
        """What becomes of the role. It is read anew for this; if it is not what the plan saw, the plan is made anew."""
        if not is_as_seen(unit.before, seen):
            raise WorldChanged
        if not unit.after:
            return replace(seen, exists=False)
        limit = unit.after["permissions_boundary"] or ""
        boundary = (
            seen.boundary if limit == seen.boundary_arn else self.streams.reader.managed_policy(limit) if limit else {}
        )
        return predicted_role(seen, [told_of(unit)], boundary)

    def refuse(self, units: Sequence[Unit], changes: Changes, answer: Answer) -> None:
        """Refuse what the answer says of roles."""
        for unit in units:
            name, change = unit.identity["name"], changes.roles.get(_arn(unit))
            if not change or not change.regions:
                continue
            losses = answer.of("role", [_arn(unit)])
            places, problems = distinct(str(loss.before) for loss in losses), distinct(loss.reason for loss in losses)
            if answer.error:
                refusal = unknown_cut_off_refusal if unit.after else unknown_use_refusal
                unit.refusals.append(refusal(name, answer.error.sentence()))
            elif losses and unit.after:
                unit.refusals.append(cut_off_refusal(name, places, problems, all(loss.certain for loss in losses)))
            elif losses:
                unit.refusals.append(use_refusal(name, places))

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        """The return value: one entry per role."""
        return {"roles": [_returned(unit) for unit in units]}


class Role(Roles):
    """The one role of a task."""

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        """The return value."""
        return {"role": _returned(units[0])}


def _returned(unit: Unit) -> dict[str, Any]:
    return {**dict.fromkeys(STATE_FIELDS), **unit.identity, **(unit.after or {}), "action": unit.action}


def _arn(unit: Unit) -> str:
    return str((unit.after or unit.before or {}).get("arn", ""))
