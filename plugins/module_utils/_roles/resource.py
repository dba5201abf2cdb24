# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles for the loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

from .._aws.client import Clients
from .._aws.errors import ApiError
from .._policy.documents import read_trust
from .._reconcile.model import ABSENT, Stage, Unit
from .._streams.dark import cut_off, narrows
from .._streams.observe import Streams
from .._streams.world import Use, used_by
from .apply import Applier
from .observe import Observer, Seen
from .options import DeclaredRole, declare, name_and_path
from .plan import (
    STATE_FIELDS,
    ObservedRole,
    cut_off_refusal,
    other_service_refusal,
    plan,
    regions_served,
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

    items: the options of each role, as the module trust_role takes them. in_two_steps: see plan.
    """

    def __init__(
        self,
        clients: Clients,
        streams: Streams,
        items: Sequence[Mapping[str, Any]],
        wait: bool,
        timeout: int,
        in_two_steps: bool = False,
    ):
        self.clients, self.streams, self.in_two_steps = clients, streams, in_two_steps
        self._items = {name_and_path(item)[0]: item for item in items}
        self._observer = Observer(clients)
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
        """Refuse what would take a key away from a running stream. Flows are read only when a role is deleted or narrowed."""
        for unit in units:
            pair = observed[unit.identity["name"]]
            if unit.refusals or pair.declared.force_in_use or not pair.observed.role:
                continue
            if pair.declared.state == ABSENT:
                unit.refusals.extend(self._deletion(pair, pair.observed.role.arn))
            elif unit.before and unit.after and narrows(unit.before, unit.after, pair.declared.account):
                unit.refusals.extend(self._narrowing(pair, unit))

    def _uses(self, pair: Pair) -> list[Use]:
        return [use for region in regions_served(pair.declared, pair.observed) for use in self.streams.uses(region)]

    def _deletion(self, pair: Pair, role_arn: str) -> list[str]:
        name = pair.declared.name
        try:
            places = used_by(self._uses(pair), role_arn=role_arn)
        except ApiError as error:
            return [unknown_use_refusal(name, error.sentence())]
        if places:
            return [use_refusal(name, places)]
        trust_policy = pair.observed.role.trust_policy if pair.observed.role else None
        return [] if read_trust(trust_policy, pair.declared.account).mediaconnect else [other_service_refusal(name)]

    def _narrowing(self, pair: Pair, unit: Unit) -> list[str]:
        try:
            lost = cut_off(self._uses(pair), unit.before, unit.after)
        except ApiError as error:
            return [unknown_cut_off_refusal(pair.declared.name, error.sentence())]
        return [cut_off_refusal(pair.declared.name, lost)] if lost else []

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
