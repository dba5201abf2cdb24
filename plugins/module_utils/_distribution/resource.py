# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole distribution for the loop: secrets, roles and entitlements, planned as one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any, Callable, Mapping, Sequence

from .._aws.client import Clients, in_parallel
from .._encryption.resolve import References, references
from .._entitlements.file import declared_flows
from .._entitlements.observe import WORKERS, Pairs
from .._entitlements.options import DeclaredFlow, validate
from .._entitlements.resource import Entitlements, setting
from .._reconcile.model import PRESENT, Refusal, Stage, Unit
from .._roles.options import name_and_path, role_arn
from .._roles.plan import told_of
from .._roles.resource import Pair, Roles
from .._secrets.resource import Observed as ObservedSecrets
from .._secrets.resource import Secrets
from .._secrets.returned import texts_in
from .._streams.observe import Streams
from .digest import plan_digest
from .options import completed, role_items

# The options of the task that apply to every secret.
COMMON_OPTIONS = ("additional_regions", "tags", "purge_tags", "force_in_use", "fingerprints", "wait_timeout")


@dataclass
class Observed:
    """What AWS has of all three."""

    secrets: ObservedSecrets
    roles: Mapping[str, Pair]
    flows: Pairs


class Distribution:
    """The secrets, roles and entitlements of a task. Names resolve among them, whether or not they exist yet."""

    def __init__(self, module: Any):
        params = module.params
        self.only_plan: str | None = params["only_plan"]
        self.digest = ""
        self.clients = Clients(module)
        self.streams = Streams(self.clients, module.no_log_values.add)
        refused: list[str] = []
        wrong_flows: list[str] = []
        flows = _collected(wrong_flows, lambda: self._flows(module))
        secrets = _collected(refused, lambda: self._secrets(module, flows or []))
        refused.extend(wrong_flows)
        settings = _collected(refused, lambda: setting(module))
        roles = _collected(refused, lambda: self._roles(params, secrets, flows))
        if refused:
            raise Refusal(" ".join(refused))
        self.secrets: Secrets = secrets
        self.roles: Roles = roles
        self.entitlements = Entitlements(self.clients, flows, References(), settings, self._fingerprints, self.streams)
        self._rooms = {"secret": self.secrets, "role": self.roles}
        self._units: dict[tuple[str, str], Unit] = {}  # those of the first plan; the loop keeps them up to date
        self._fresh: dict[tuple[str, str], Unit] = {}  # those of the newest plan
        self._looked_at: set[str] = set()
        names = {name for room in (self.secrets, self.roles, self.entitlements) for name in room.operations}
        self.operations: Mapping[str, Callable[..., None]] = {name: self._operation(name) for name in names}

    def _secrets(self, module: Any, flows: Sequence[DeclaredFlow]) -> Secrets:
        params = module.params
        declared = chain(texts_in(params), texts_in(flows))
        common = {**{name: params[name] for name in COMMON_OPTIONS}, "state": PRESENT}
        return Secrets(self.clients, self.streams, params["secrets"] or [], common, module.no_log_values, declared)

    def _flows(self, module: Any) -> Any:
        flows = declared_flows(module.params)
        validate(flows, self.clients.region, predicted=module.check_mode)
        return flows

    def _roles(self, params: Mapping[str, Any], secrets: Secrets | None, flows: Any) -> Roles:
        declared = secrets.declared if secrets else []
        items = [completed(item, declared, flows or []) for item in role_items(params)]
        names = [name_and_path(item)[0] for item in items]
        if len(set(names)) < len(names):
            raise Refusal("A role is declared more than once; declare it once.")
        regions = {
            secret.kms_key_id: secret.regions for secret in declared if secret.state == PRESENT and secret.kms_key_id
        }
        wait = params["wait"], params["wait_timeout"]
        return Roles(self.clients, self.streams, items, *wait, in_two_steps=True, alias_regions=regions)

    def _operation(self, name: str) -> Callable[..., None]:
        def operate(unit: Unit, **params: Any) -> None:
            self._room(unit).operations[name](unit, **params)

        return operate

    def _room(self, unit: Unit) -> Any:
        return self._rooms.get(unit.subject.split(" ", 1)[0], self.entitlements)

    def workers(self, stage: Stage) -> int:
        """Flows many at a time, the rest one after the other."""
        return WORKERS if stage == Stage.GRANT else 1

    def observe(self, again: Sequence[Unit] = ()) -> Observed:
        """All that AWS has; in a new round, what it has for these units."""
        self._fresh, self._units = {}, self._units if again else {}
        rooms = (self.secrets, self.roles, self.entitlements)
        mine = [self._mine(again, room) for room in rooms]
        looks: list[Callable[[], Any]] = [
            lambda: self.secrets.observe(mine[0]) if mine[0] or not again else {},
            lambda: self.roles.see(mine[1]) if mine[1] or not again else {},
            lambda: self.entitlements.read(mine[2]) if mine[2] or not again else [],
        ]
        secrets, seen, flows = in_parallel(lambda look: look(), looks, len(looks))
        arns = {**self._known_arns(), **self.secrets.arns(secrets)}
        roles = self.roles.complete(seen, arns)
        self._refer_to_declared(arns, roles)
        self.entitlements.look_up(flows)
        return Observed(secrets, roles, flows)

    def _known_arns(self) -> dict[str, list[str]]:
        """The ARNs of the secrets, as planned last or as learned since then."""
        arns: dict[str, list[str]] = {}
        for unit in self._units_of(self.secrets):
            if unit.after:
                arns.setdefault(unit.after["name"], []).append(unit.after["arn"])
        return arns

    def _refer_to_declared(self, arns: Mapping[str, list[str]], roles: Mapping[str, Pair]) -> None:
        """Let the entitlements know what is declared here, so that it need not be looked up."""
        known_roles = {unit.after["name"]: unit.after["arn"] for unit in self._units_of(self.roles) if unit.after}
        known_roles |= {name: role_arn(pair.declared) for name, pair in roles.items() if pair.declared.state == PRESENT}
        known = {"secret_arn": {name: found[0] for name, found in arns.items()}, "role_arn": known_roles}
        self.entitlements.names = References(known=known, looked_up=self.entitlements.names.looked_up)

    def plan(self, observed: Observed) -> list[Unit]:
        """Plan first the secrets and roles, then the entitlements, for which these count as they are planned."""
        keys = [*self.secrets.plan(observed.secrets), *self.roles.plan(observed.roles)]
        self._fresh = {unit.key: unit for unit in keys}
        self.entitlements.names = self._references()
        flows = self.entitlements.plan(observed.flows)
        self._fresh.update({unit.key: unit for unit in flows})
        self._units = self._units or dict(self._fresh)
        return [*keys, *flows]

    def _mine(self, units: Sequence[Unit], room: Any) -> list[Unit]:
        return [unit for unit in units if self._room(unit) is room]

    def _units_of(self, room: Any) -> list[Unit]:
        """The units of a room; those of the newest plan take precedence."""
        return [unit for unit in {**self._units, **self._fresh}.values() if self._room(unit) is room]

    def _references(self) -> References:
        """The roles and secrets of this distribution as they will be."""
        secrets, roles = (
            [(unit, {**unit.after, "action": unit.action}) for unit in self._units_of(room) if unit.after]
            for room in (self.secrets, self.roles)
        )
        read = {secret.name for secret in self.secrets.declared if secret.reads_value}
        names = references((state for dummy, state in secrets), (state for dummy, state in roles), self.clients.region)
        names.expect(
            # A key that is neither read nor written may not be one of the declared algorithm.
            (state for unit, state in secrets if state["name"] in read or _will_be_read(unit)),
            (told_of(unit) for unit, state in roles if state["action"] != "unchanged"),
            self.clients.region,
        )
        names.looked_up = self.entitlements.names.looked_up
        return names

    def judge(self, units: Sequence[Unit], observed: Observed) -> None:
        """Refuse what would take a key away from a stream, as the streams will be after this task, and what could not be encrypted."""
        changes = self.secrets.changes(self._mine(units, self.secrets), observed.secrets)
        changes.add(self.roles.changes(self._mine(units, self.roles)))
        changes.add(self.entitlements.changes(self._units_of(self.entitlements)))
        answer = self.streams.ask(changes)
        self.secrets.refuse(self._mine(units, self.secrets), changes, answer)
        self.roles.refuse(self._mine(units, self.roles), changes, answer)
        self.entitlements.refuse(units, answer)
        self.entitlements.verify(units)
        self._hold_to_plan(units)

    def _hold_to_plan(self, units: Sequence[Unit]) -> None:
        """With only_plan, refuse anything that differs from what was looked at before."""
        if not self.digest:
            self.digest = plan_digest(units)
            self._looked_at = {action.summary for unit in units for action in unit.actions}
            if self.only_plan not in (None, self.digest) and not any(unit.refusals for unit in units):
                raise Refusal(
                    f"What is to be done now (plan_digest {self.digest}) is not what was looked at (only_plan): "
                    "something has changed since. Look again with check mode, and give its plan_digest."
                )
        elif self.only_plan:
            for unit in units:
                if not {action.summary for action in unit.actions} <= self._looked_at:
                    unit.refusals.append(
                        f"The {unit.label} has been changed by somebody else since it was looked at. Look again with check mode."
                    )

    def _fingerprints(self) -> dict[str, str | None]:
        units = {**self._fresh, **self._units}.values()  # while the first plan is made, there are only fresh ones
        secrets = (unit.after for unit in units if self._room(unit) is self.secrets and unit.after)
        return {secret["arn"]: secret["key_fingerprint"] for secret in secrets}

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        """The return values of all three, and the digest of the plan."""
        return {
            **self.secrets.report(self._mine(units, self.secrets)),
            **self.roles.report(self._mine(units, self.roles)),
            **self.entitlements.report(units),
            "plan_digest": self.digest,
        }


def _will_be_read(secret: Unit) -> bool:
    """Whether a secret gets a value by the plan, or has one that can then be read again."""
    return any(action.operation in ("create", "restore", "put_value") for action in [*secret.actions, *secret.done])


def _collected(refused: list[str], read: Callable[[], Any]) -> Any:
    """What `read` returns. If it raises Refusal, None; the reason is added to `refused`."""
    try:
        return read()
    except Refusal as refusal:
        refused.append(str(refusal))
        return None
