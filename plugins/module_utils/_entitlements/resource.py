# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entitlements for the loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Sequence

from ansible.module_utils.common.warnings import warn

from .._aws.client import Clients, in_parallel
from .._encryption.preflight import Grant, Preflight
from .._encryption.resolve import References
from .._reconcile.model import Stage, Unit
from .._streams.observe import Answer, Changes, Streams
from . import handover
from .apply import Applier
from .handover_files import FilesUnit, plan_files, refuse_unusable, write_files
from .observe import WORKERS, Observer, Pairs, secret_arns
from .options import DeclaredFlow, Options
from .plan import changed_uses, dark_refusal, plan
from .report import report, subscribers
from .state import FlowUnit

READ_VALUE = "secretsmanager:GetSecretValue"


@dataclass
class Setting:
    """What a task says about entitlements besides the flows.

    return_unchanged, handover_dir, verify_encryption, fingerprints, wait_timeout: the options of the module.
    check_mode: whether the task runs in check mode. mask: keeps a key that has been read out of all output.
    """

    options: Options
    return_unchanged: bool
    handover_dir: str | None
    verify_encryption: bool
    fingerprints: bool
    wait_timeout: int
    check_mode: bool
    mask: Callable[[str], None] = field(repr=False)


def setting(module: Any) -> Setting:
    """The setting of a task. Raises Refusal where hand-over files could not be written."""
    params = module.params
    if params["handover_dir"]:
        refuse_unusable(params["handover_dir"])
    return Setting(
        options=Options(**{option: params[option] for option in Options.__annotations__}),
        check_mode=module.check_mode,
        mask=module.no_log_values.add,
        **{
            option: params[option]
            for option in ("return_unchanged", "handover_dir", "verify_encryption", "fingerprints", "wait_timeout")
        },
    )


class Entitlements:
    """The entitlements of a task's flows.

    names: the roles and secrets that are known beforehand. fingerprints: returns those of keys, by ARN of the secret.
    """

    def __init__(
        self,
        clients: Clients,
        flows: Sequence[DeclaredFlow],
        names: References,
        setting: Setting,
        fingerprints: Callable[[], Mapping[str, str | None]],
        streams: Streams | None = None,
    ):
        self.clients, self.flows, self.names, self.setting = clients, flows, names, setting
        self._known_fingerprints = fingerprints
        self._read_fingerprints: dict[str, str | None] = {}
        self.streams = streams or Streams(clients, setting.mask)
        self._observer = Observer(clients)
        self._arns: list[str] = []
        self._replacing: dict[str, dict[str, dict[str, Any]]] = {}
        self._units: list[FlowUnit] | None = None
        self.operations: Mapping[str, Callable[..., None]] = {
            **Applier(clients, lambda: self.names, setting.wait_timeout).operations,
            "write_files": self._write_files,
        }

    def workers(self, _stage: Stage) -> int:
        """Many flows at a time."""
        return WORKERS

    def observe(self, again: Sequence[Unit] = ()) -> Pairs:
        """The flows as declared and as AWS has them."""
        self.streams.forget()
        pairs = self.read(again)
        self.look_up(pairs)
        return pairs

    def read(self, again: Sequence[Unit] = ()) -> Pairs:
        """The part of observe for which the names of roles and secrets are not needed."""
        self._units = self._units if again else None
        self._replacing = {unit.observed.arn: unit.replacing for unit in again if isinstance(unit, FlowUnit)}
        self._arns = self._arns or self._observer.arns(self.flows)
        wanted = [(arn, flow) for arn, flow in zip(self._arns, self.flows) if not again or arn in self._replacing]
        may_be_gone = {arn for arn, flow in wanted if flow.takes_away}
        observed = self._observer.flows([arn for arn, dummy in wanted], may_be_gone)
        pairs = [(flow, state) for (dummy, flow), state in zip(wanted, observed)]
        self._observer.tags(pairs, self.setting.options)
        return pairs

    def look_up(self, pairs: Pairs) -> None:
        """The rest of observe."""
        self._observer.look_up(self.names, pairs)
        if self.setting.fingerprints:
            known = set(self.names.known.get("secret_arn", {}).values())
            arns = sorted(secret_arns(pairs, self.names) - known)
            self._read_fingerprints = dict(zip(arns, in_parallel(self.streams.reader.fingerprint, arns, WORKERS)))
            if READ_VALUE in self.streams.reader.lacking:
                warn(f"Not every key_fingerprint is known: the caller needs {READ_VALUE} on the secrets.")

    def _fingerprints(self) -> dict[str, str | None]:
        """The fingerprints of keys, by ARN of the secret."""
        return {**self._read_fingerprints, **self._known_fingerprints()}

    def plan(self, observed: Pairs) -> list[Unit]:
        """A unit per flow and, in the first round, one for the hand-over files."""
        options = self.setting.options
        units = [plan(flow, state, self.names, options, self._replacing.get(state.arn)) for flow, state in observed]
        if self._units is not None:
            return list(units)
        self._units = units
        return [*units, *self._files()]

    def _files(self) -> list[Unit]:
        directory = self.setting.handover_dir
        return [plan_files(directory, self._contents())] if directory else []

    def _contents(self) -> dict[str, str]:
        """The texts of the hand-over files; none if something could not be read or done, since it would be missing from them."""
        if not self._units or any(unit.failure for unit in self._units):
            return {}
        return handover.files(subscribers(self._units, self._fingerprints()), self._units[0].observed.region)

    def _write_files(self, unit: FilesUnit) -> None:
        write_files(unit, str(self.setting.handover_dir), self._contents())

    def judge(self, units: Sequence[Unit], _observed: Pairs) -> None:
        """Refuse what would make a picture go dark, and what MediaConnect could not encrypt."""
        self.refuse(units, self.streams.ask(self.changes(units)))
        self.verify(units)

    def changes(self, units: Sequence[Unit]) -> Changes:
        """What the plan does to entitlements."""
        flows = [unit for unit in units if isinstance(unit, FlowUnit) and not unit.observed.error]
        return Changes(
            uses={
                before.key: (before, after)
                for unit in flows
                for before, after in changed_uses(unit)
                # What is refused may name roles and secrets that do not exist.
                if not unit.refusals or after is None or after.encryption == before.encryption
            }
        )

    def refuse(self, units: Sequence[Unit], answer: Answer) -> None:
        """Refuse what the answer says of flows."""
        for unit in units:
            if isinstance(unit, FlowUnit) and not self.setting.options.force_in_use:
                unit.refusals.extend(dark_refusal(unit, loss) for loss in answer.of("flow", [unit.observed.arn]))

    def verify(self, units: Sequence[Unit]) -> None:
        """Refuse what MediaConnect could not encrypt. Only encryption that would be granted or changed is checked."""
        if not self.setting.verify_encryption:
            return
        # When nothing will be granted, there is nothing to wait for.
        hopeless = self.setting.check_mode or any(unit.refusals for unit in units)
        patience = 0 if hopeless else self.setting.wait_timeout
        grants = [
            Grant(unit, f"entitlement {name} of {unit.label}", unit.observed.arn, item.new_encryption)
            for unit in units
            if isinstance(unit, FlowUnit) and not unit.refusals
            for name, item in unit.items.items()
            if item.new_encryption
        ]
        Preflight(self.streams.reader, self.names, patience).judge(grants)

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        """The return values."""
        flows = [unit for unit in units if isinstance(unit, FlowUnit)]
        result = report(flows, self.setting.return_unchanged, self._fingerprints())
        for unit in units:
            if isinstance(unit, FilesUnit):
                result["handover_files"] = [] if any(flow.failure for flow in flows) else unit.paths
        return result
