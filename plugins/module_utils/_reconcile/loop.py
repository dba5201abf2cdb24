# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one loop: observe, plan, judge, refuse and warn, apply, report.

Check mode is the same run without apply. When an operation finds that the world has changed, its unit gets a new round:
it is observed, planned and judged again. The same is done to read back what was written where AWS has no compare-and-set.
Nothing else makes a plan once the first change is made.
"""

from __future__ import annotations

import random
import time
from typing import Any, Callable, Iterable, Mapping, Protocol, Sequence

from ansible.module_utils.common.warnings import warn

from .._aws.client import in_parallel
from .._aws.errors import ApiError
from .model import Action, Refusal, Stage, Unit, WorldChanged, distinct, replaced

# How many times one thing is looked at again when somebody else writes at the same time.
MAX_ROUNDS = 16
SECONDS_BEFORE_READING_BACK = 0.5
SECONDS_BETWEEN_ROUNDS = 0.2
RUN_AGAIN = "Running again finishes the job."
TIME_AND_AGAIN = "by somebody else at the same time, time and again; run again when they are done."


class Resource(Protocol):
    """What a room provides for the loop.

    operations: by name, functions (unit, **action.params) that make the calls and correct unit.after. They raise
        ApiError or Refusal when they fail, and WorldChanged when the plan no longer fits.
    """

    operations: Mapping[str, Callable[..., None]]

    def workers(self, stage: Stage) -> int:
        """How many units are applied at a time."""

    def observe(self, again: Sequence[Unit]) -> Any:
        """Read what AWS has: for all that is declared, or in a new round for these units. Raises Refusal."""

    def plan(self, observed: Any) -> list[Unit]:
        """The units for what was observed. Pure."""

    def judge(self, units: Sequence[Unit], observed: Any) -> None:
        """Add refusals and warnings that need a look beyond what is declared. Raises WorldChanged if the plan no longer fits."""

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        """The return values. Writes nothing."""


def run(module: Any, body: Callable[[Any], None]) -> None:
    """Call body(module) and turn what it raises into one sentence.

    A refusal does not repeat the task's options, which Ansible shows as `invocation`: what was refused may be a key in a place where
    Ansible does not mask it, such as the name of a tag.
    """
    try:
        body(module)
    except ApiError as error:
        module.fail_json(msg=error.sentence(), invocation={})
    except Refusal as refusal:
        module.fail_json(msg=str(refusal), invocation={})


def converge(module: Any, resource: Resource) -> None:
    """Make the resource as declared, and end the module with its report."""
    units = _look(resource, ())
    refusals = distinct(refusal for unit in units for refusal in unit.refusals)
    if refusals:
        module.fail_json(msg=" ".join(refusals), changed=False)
    _warn(units)
    if not module.check_mode:
        _Application(resource, units).run()
    _leave(module, units, resource.report(units))


def _look(resource: Resource, again: Sequence[Unit]) -> list[Unit]:
    """One round up to its plan. It begins anew when the judge finds the world different from what was observed."""
    for dummy in range(MAX_ROUNDS):
        observed = resource.observe(again)
        units = resource.plan(observed)
        try:
            resource.judge(units, observed)
        except WorldChanged:
            continue
        return units
    raise Refusal(f"Something is being changed {TIME_AND_AGAIN}")


def _warn(units: Iterable[Unit]) -> None:
    for text in distinct(text for unit in units for text in unit.warnings):
        warn(text)  # AnsibleAWSModule.warn passes warnings to exit_json too, which ansible-core deprecates


class _Application:
    """Carries out a plan, stage by stage, with the new rounds that this may need."""

    def __init__(self, resource: Resource, units: Sequence[Unit]):
        self.resource, self.units = resource, units
        self.learned: dict[str, str] = {}
        self._overtaken: set[str] = set()  # subjects of which a unit found the world changed before it did anything

    def run(self) -> None:
        """Apply all units. A unit stops at its first failure, and the run stops after a stage in which a unit failed.

        A unit that failed before, because it could not even be read, does not stop the others.
        """
        able = [unit for unit in self.units if not unit.failure]
        while stages := [action.stage for unit in able for action in unit.not_done]:  # a new round may bring any
            self._apply(min(stages), able)
            self._settle(min(stages))
            if any(unit.failure for unit in able):
                return
        written = [unit for unit in able if unit.read_back and unit.done]
        if written:
            self._read_back(written)

    def _apply(self, stage: Stage, units: Sequence[Unit]) -> None:
        """Carry out what these units have to do up to this stage."""
        pending = [unit for unit in units if not unit.failure and any(a.stage <= stage for a in unit.not_done)]
        pending.sort(key=lambda unit: unit.turn)
        in_parallel(lambda unit: self._carry_out(unit, stage), pending, self.resource.workers(stage))
        for unit in self.units:
            self.learned.update(unit.learned)
        for unit in self.units:
            unit.replace_predictions(self.learned)

    def _carry_out(self, unit: Unit, stage: Stage) -> None:
        if unit.subject in self._overtaken:
            return  # it was planned together with what is to be planned anew
        for action in [action for action in unit.not_done if action.stage <= stage]:
            try:
                self.resource.operations[action.operation](unit, **replaced(action.params, self.learned))
            except WorldChanged as change:
                unit.stale = True
                if change.done:
                    unit.done.append(action)
                else:
                    self._overtaken.add(unit.subject)
                return
            except ApiError as error:
                unit.failure, unit.lasting = f"{unit.label}: {error.sentence().rstrip('.')}.", not error.passing
                return
            except Refusal as refusal:
                unit.failure, unit.lasting = str(refusal), True
                return
            unit.done.append(action)

    def _settle(self, stage: Stage) -> None:
        """Start new rounds for units that an operation found changed, until there are none left."""
        for number in range(MAX_ROUNDS):
            stale = [unit for unit in self.units if unit.stale and not unit.failure]
            if not stale:
                return
            # At a random moment, so that several writers do not meet again and again.
            time.sleep(random.uniform(0, SECONDS_BETWEEN_ROUNDS * number))  # noqa: S311
            renewed = self._renew(stale)
            self._overtaken.clear()
            _warn(renewed)
            self._apply(stage, renewed)
        _give_up(unit for unit in self.units if unit.stale and not unit.failure)

    def _renew(self, stale: Sequence[Unit]) -> list[Unit]:
        """Look at these units again; returns them and all units that are planned together with them."""
        subjects = {unit.subject for unit in stale}
        renewed = [unit for unit in self.units if unit.subject in subjects]
        try:
            fresh = {unit.key: unit for unit in _look(self.resource, renewed)}
        except (ApiError, Refusal) as error:
            reason = error.sentence() if isinstance(error, ApiError) else str(error)
            for unit in stale:
                unit.failure = f"{unit.label}: {reason.rstrip('.')}."
                unit.lasting = not (isinstance(error, ApiError) and error.passing)
            return []
        for unit in renewed:
            seen = fresh.get(unit.key)
            if seen and seen.failure:
                unit.failure = unit.failure or seen.failure
            elif seen:
                unit.renew(seen)
                unit.lasting = unit.lasting or bool(unit.refusals)
                unit.failure = unit.failure or " ".join(unit.refusals) or None
        return renewed

    def _read_back(self, written: Sequence[Unit]) -> None:
        """Read back what was written where AWS has no compare-and-set, and write again what somebody else has overwritten.

        A difference must be read twice before it is believed, because a read may be out of date.
        """
        doubted: dict[tuple[str, str], list[Action]] = {}
        for dummy in range(MAX_ROUNDS):
            time.sleep(SECONDS_BEFORE_READING_BACK)
            self._renew(written)
            written = [unit for unit in written if unit.not_done and not unit.failure]
            if not written:
                return
            self._overtaken.clear()
            believed = [unit for unit in written if doubted.get(unit.key) == unit.not_done]
            doubted = {unit.key: unit.not_done for unit in written}
            _warn(believed)
            self._apply(max(action.stage for unit in written for action in unit.not_done), believed)
        _give_up(written)


def _give_up(units: Iterable[Unit]) -> None:
    for unit in units:
        unit.failure = f"The {unit.label} is being changed {TIME_AND_AGAIN}"


def _leave(module: Any, units: Sequence[Unit], report: dict[str, Any]) -> None:
    for text in distinct(text for unit in units for text in unit.messages):
        warn(text)
    changed = [unit for unit in units if (unit.actions if module.check_mode else unit.done)]
    result = {"changed": bool(changed), **report}
    if module._diff:
        result["diff"] = [diff for unit in changed if not unit.failure for diff in _diff(unit)]
    failures = [unit.failure for unit in units if unit.failure]
    if not failures:
        module.exit_json(**result)
    done = distinct(action.summary for unit in units for action in unit.done)
    not_done = distinct(action.summary for unit in units for action in unit.not_done)
    before = f"Done before or beside that: {'; '.join(done)}." if done else "Nothing was changed."
    again = "Once that is mended, running again does the rest." if any(unit.lasting for unit in units) else RUN_AGAIN
    after = f"Not done: {'; '.join(not_done)}. {again}" if not_done else ""
    module.fail_json(
        msg=" ".join(filter(None, [*distinct(failures), before, after])), done=done, not_done=not_done, **result
    )


def _diff(unit: Unit) -> list[dict[str, Any]]:
    return [
        {"before_header": label, "after_header": label, "before": before or {}, "after": after or {}}
        for label, before, after in unit.differences()
    ]
