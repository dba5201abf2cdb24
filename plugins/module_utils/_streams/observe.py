# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask what would go dark, and read for that no more than the question takes: nothing at all unless something is taken away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping

from .._aws import mediaconnect
from .._aws.client import Clients, in_parallel
from .._aws.errors import ApiError
from .._policy.judge import Secret
from .._policy.narrowing import EVERYWHERE
from .._policy.observe import Reader
from .._reconcile.arn import UNKNOWN
from .dark import Cause, Loss, losses
from .world import Use, UseKey, World, uses_of

PARALLEL_REGIONS = 8
# What AWS answers in a Region that is not enabled for the account, which therefore has no flows there.
NOT_ENABLED = ("UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure")


@dataclass
class Change:
    """What a task does to a role or a secret.

    after: what becomes of it. May raise WorldChanged if it is no longer what the plan saw.
    regions: where this may take something away from a stream, EVERYWHERE for all Regions; empty if it takes nothing away.
    """

    after: Callable[[Any], Any]
    regions: set[str] = field(default_factory=set)


@dataclass
class Changes:
    """What a task does: to roles and secrets, by ARN, and to uses, by their keys, each as it is and as it will be."""

    roles: dict[str, Change] = field(default_factory=dict)
    secrets: dict[str, Change] = field(default_factory=dict)
    uses: dict[UseKey, tuple[Use, Use | None]] = field(default_factory=dict)

    def add(self, other: Changes) -> None:
        """Let these be done too."""
        self.roles.update(other.roles)
        self.secrets.update(other.secrets)
        self.uses.update(other.uses)

    @property
    def regions(self) -> set[str]:
        """Where something may be taken away by what is done to roles and secrets."""
        return {region for change in [*self.roles.values(), *self.secrets.values()] for region in change.regions}

    def bears_on(self, use: Use) -> bool:
        """Whether a use may depend on what is taken away."""
        changed = [self.roles.get(use.role_arn or ""), self.secrets.get(use.secret_arn or "")]
        return any(change and change.regions for change in changed)


@dataclass
class Answer:
    """What would go dark, or why that cannot be told."""

    losses: list[Loss] = field(default_factory=list)
    error: ApiError | None = None

    def of(self, kind: str, names: Iterable[str]) -> list[Loss]:
        """The losses that are due to what is done to these: to a role or a secret, by ARN, or to a flow, by ARN."""
        owners = {(kind, name) for name in names}
        return [loss for loss in self.losses if self._owner(loss) in owners]

    @staticmethod
    def _owner(loss: Loss) -> tuple[str, str]:
        """What the loss is due to: kind and ARN."""
        use, later = loss.before, loss.after
        if loss.cause in (Cause.GONE, Cause.OFF) or later is None or later.encryption != use.encryption:
            return "flow", use.flow_arn
        name = loss.link.name if loss.link else "value"
        same_kms_key = loss.link and loss.held and loss.link.asked == loss.held.asked
        if name in ("trust", "policies") or (name == "decryption" and same_kms_key):
            return "role", str(use.role_arn)
        return "secret", str(use.secret_arn)


class Streams:
    """The streams of this account, read once in each round.

    mask: is given each key that is read, and keeps it out of all output.
    """

    def __init__(self, clients: Clients, mask: Callable[[str], None]):
        self._clients = clients
        self.reader = Reader(clients, mask)
        self._flows: dict[str, list[dict[str, Any]]] = {}

    def forget(self) -> None:
        """Forget what was read, so that it is read again when asked for."""
        self._flows.clear()
        self.reader.forget()

    def ask(self, changes: Changes) -> Answer:
        """What would go dark by these changes."""
        try:
            used = self._uses(changes)
        except ApiError as error:
            return Answer(error=error)
        before, after = World(dict(used)), World()
        for use in used.values():
            later = changes.uses[use.key][1] if use.key in changes.uses else use
            if later:
                after.uses[use.key] = later
            moves = bool(later and later.runs and later.enabled and later.encryption != use.encryption)
            if moves or changes.bears_on(use):
                self._read(before, use, moves)
                self._read(after, later or use, moves)
        after.roles = {arn: self._after(changes.roles, arn, role) for arn, role in after.roles.items()}
        after.secrets = {arn: self._after(changes.secrets, arn, secret) for arn, secret in after.secrets.items()}
        return Answer(losses(before, after))

    @staticmethod
    def _after(changes: Mapping[str, Change], arn: str, thing: Any) -> Any:
        return changes[arn].after(thing) if arn in changes else thing

    def _read(self, world: World, use: Use, with_value: bool) -> None:
        if use.role_arn:
            world.roles[use.role_arn] = self.reader.role(use.role_arn)
        arn = use.secret_arn
        if arn and arn.endswith(UNKNOWN):
            world.secrets[arn] = Secret(arn, exists=False)
        elif arn:
            world.secrets[arn] = self.reader.secret(arn, with_value)

    def _uses(self, changes: Changes) -> dict[UseKey, Use]:
        """The uses that may be concerned."""
        used = {key: before for key, (before, dummy) in changes.uses.items()}
        for use in self.uses(changes.regions).values():
            if changes.bears_on(use):
                used.setdefault(use.key, use)
        return used

    def uses(self, regions: Iterable[str]) -> dict[UseKey, Use]:
        """The uses in these Regions. Raises ApiError where the flows cannot be read."""
        wanted = set(regions)
        if EVERYWHERE in wanted:
            wanted = (wanted - {EVERYWHERE}) | self._clients.regions("mediaconnect")
        missing = sorted(wanted - set(self._flows))
        self._flows.update(zip(missing, in_parallel(self._read_flows, missing, PARALLEL_REGIONS)))
        return uses_of(flow for region in sorted(wanted) for flow in self._flows[region])

    def _read_flows(self, region: str) -> list[dict[str, Any]]:
        try:
            return mediaconnect.all_flows(self._clients.get("mediaconnect", region))
        except ApiError as error:
            if error.code in NOT_ENABLED and region != self._clients.region:
                return []
            raise
