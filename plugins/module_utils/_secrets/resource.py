# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets for the loop."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence

from .._aws.client import Clients
from .._aws.errors import ApiError
from .._reconcile.arn import region_of
from .._reconcile.model import PRESENT, Stage, Unit
from .._streams.observe import Streams
from .._streams.world import used_by
from .apply import Applier
from .keys import Keyring
from .observe import Observer
from .options import declare
from .plan import ObservedSecret, arns_of, plan, predicted_arn, unknown_use_refusal, use_refusal

# By name of the secret and Region; None where there is none.
Observed = Mapping[str, Mapping[str, Optional[ObservedSecret]]]  # noqa: UP045  evaluated on hosts whose Python may be older


class Secrets:
    """The secrets of a task."""

    def __init__(
        self,
        clients: Clients,
        streams: Streams,
        items: Sequence[dict[str, Any]],
        common: Mapping[str, Any],
        masked: set[str],
    ):
        self.clients, self.streams = clients, streams
        self.keyring = Keyring(masked)
        self.declared = declare(items, common, clients.region, self.keyring)
        self._timeout: int = common["wait_timeout"]
        self.operations: Mapping[str, Callable[..., None]] = Applier(clients, self.keyring, self._timeout).operations

    def workers(self, _stage: Stage) -> int:
        """One after the other: a new key is made for the first Region and then stored in the others."""
        return 1

    def observe(self, again: Sequence[Unit] = ()) -> Observed:
        """What AWS has, by name and Region."""
        self.streams.forget()
        names = {unit.identity["name"] for unit in again}
        observer = Observer(self.clients, self.keyring, patience=self._timeout if again else 0)
        return observer.observe([secret for secret in self.declared if not again or secret.name in names])

    def plan(self, observed: Observed) -> list[Unit]:
        """A unit per secret and Region."""
        observed_and_declared = [secret for secret in self.declared if secret.name in observed]
        return [unit for secret in observed_and_declared for unit in plan(secret, observed[secret.name], self._predict)]

    def arns(self, observed: Observed) -> dict[str, list[str]]:
        """The ARNs that each secret declared as present has, or will have, in the order of its Regions."""
        return {
            secret.name: [
                state.arn if state else self._predict(region, secret.name)
                for region, state in observed[secret.name].items()
            ]
            for secret in self.declared
            if secret.state == PRESENT and secret.name in observed
        }

    def _predict(self, region: str, name: str) -> str:
        return predicted_arn(self.clients.partition, region, self.clients.account, name)

    def judge(self, units: Sequence[Unit], observed: Observed) -> None:
        """Refuse to delete what a stream needs. Flows are read only when something is to be deleted."""
        forced = {secret.name: secret.force_in_use for secret in self.declared}
        for unit in units:
            name, region = unit.identity["name"], unit.identity["region"]
            state = observed[name][region]
            if unit.action == "deleted" and not forced[name] and state and not state.deletion_scheduled:
                unit.refusals.extend(self._use(unit, state.arn))

    def _use(self, unit: Unit, arn: str) -> list[str]:
        try:
            places = used_by(self.streams.uses(region_of(arn)), secret_arns=arns_of(arn))
        except ApiError as error:
            return [unknown_use_refusal(unit.label, error.sentence())]
        return [use_refusal(unit.label, places)] if places else []

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        """The return value: one entry per secret and Region."""
        return {"secrets": [_returned(unit) for unit in units]}


def _returned(unit: Unit) -> dict[str, Any]:
    if unit.failure:
        return {**unit.identity, "action": "failed"}
    return {**(unit.after or unit.before or unit.identity), "action": unit.action}
