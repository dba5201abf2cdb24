# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets for the loop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Iterable, Mapping, Optional, Sequence

from .._aws.client import Clients
from .._policy.judge import Secret, predicted_secret
from .._reconcile.model import ABSENT, PRESENT, Refusal, Stage, Unit, distinct
from .._streams.observe import Answer, Change, Changes, Streams
from .apply import Applier
from .keys import Keyring
from .observe import Observer
from .options import declare, has_source
from .plan import ObservedSecret, arns_of, plan, predicted_arn, unknown_use_refusal, unreadable_refusal, use_refusal
from .sources import read_source

# By name of the secret and Region; None where there is none.
Observed = Mapping[str, Mapping[str, Optional[ObservedSecret]]]  # noqa: UP045  evaluated on hosts whose Python may be older


class Secrets:
    """The secrets of a task.

    common: the task's options for all of them. masked: what Ansible keeps out of all output. declared: all texts of the task, read once
    the values have been taken out of its options. Raises one Refusal with everything that is wrong whatever AWS has.
    """

    def __init__(
        self,
        clients: Clients,
        streams: Streams,
        items: Sequence[dict[str, Any]],
        common: Mapping[str, Any],
        masked: set[str],
        declared: Iterable[str],
    ):
        self.clients, self.streams = clients, streams
        self.keyring = Keyring(masked)
        refused: list[str] = []
        items = [self._filled(item, common, refused) for item in items]
        try:
            self.declared = declare(items, common, clients.region, self.keyring, declared)
        except Refusal as refusal:
            refused.append(str(refusal))
        if refused:
            raise Refusal(" ".join(refused))
        self._timeout: int = common["wait_timeout"]
        self.operations: Mapping[str, Callable[..., None]] = Applier(clients, self.keyring, self._timeout).operations

    def _filled(self, item: dict[str, Any], common: Mapping[str, Any], refused: list[str]) -> dict[str, Any]:
        """The item with its value in place of value_from. What cannot be read is added to `refused`."""
        if (item["state"] or common["state"]) == ABSENT or not has_source(item):
            return item
        try:
            value = read_source(item["value_from"], f"secret {item['name']}", self.clients)
        except Refusal as refusal:
            refused.append(str(refusal))
            return item
        return {**item, "value": value, "value_from": None}

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
        """Refuse what would take a key away from a stream. Flows are read only when something is taken away."""
        changes = self.changes(units, observed)
        self.refuse(units, changes, self.streams.ask(changes))

    def changes(self, units: Sequence[Unit], observed: Observed) -> Changes:
        """What the plan does to secrets."""
        changed = [unit for unit in units if unit.actions and not unit.refusals]
        return Changes(
            secrets={arn: self._change(unit, arn, observed) for unit in changed for arn in arns_of(_arn(unit))}
        )

    def _change(self, unit: Unit, arn: str, observed: Observed) -> Change:
        def after(seen: Secret) -> Secret:
            if not unit.after:
                return replace(seen, exists=False)
            told = predicted_secret(seen, [unit.after], self.streams.reader.kms_key(unit.after["kms_key_id"], arn))
            writes = any(action.operation in ("create", "put_value") for action in unit.actions)
            return told if writes else replace(told, fingerprint=seen.fingerprint, misfits=seen.misfits)

        name, region = unit.identity["name"], unit.identity["region"]
        forced = any(secret.force_in_use for secret in self.declared if secret.name == name)
        return Change(after, set() if forced or not _takes_away(unit, observed[name][region]) else {region})

    def refuse(self, units: Sequence[Unit], changes: Changes, answer: Answer) -> None:
        """Refuse what the answer says of secrets."""
        for unit in units:
            if not any(changes.secrets[arn].regions for arn in arns_of(_arn(unit)) if arn in changes.secrets):
                continue
            losses = answer.of("secret", arns_of(_arn(unit)))
            places = distinct(str(loss.before) for loss in losses)
            if answer.error:
                unit.refusals.append(unknown_use_refusal(unit.label, answer.error.sentence()))
            elif losses and not unit.after:
                unit.refusals.append(use_refusal(unit.label, places))
            elif losses:
                unit.refusals.append(unreadable_refusal(unit.label, places, distinct(loss.reason for loss in losses)))

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        """The return value: one entry per secret and Region."""
        return {"secrets": [_returned(unit) for unit in units]}


def _returned(unit: Unit) -> dict[str, Any]:
    if unit.failure:
        return {**unit.identity, "action": "failed"}
    return {**(unit.after or unit.before or unit.identity), "action": unit.action}


def _arn(unit: Unit) -> str:
    return str((unit.after or unit.before or {}).get("arn", ""))


def _takes_away(unit: Unit, observed: ObservedSecret | None) -> bool:
    """Whether a stream might miss what the plan does to a secret. That a value is replaced was agreed to by replace_value."""
    if observed is None or observed.deletion_scheduled:
        return False  # nobody can use it
    kms_key = unit.after["kms_key_id"] if unit.after else None
    return not unit.after or bool(kms_key and kms_key != observed.fields["kms_key_id"])
