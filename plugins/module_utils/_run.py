# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell that every writing module shares: plan, apply, report.

A module observes AWS and plans; `converge` refuses, warns, applies (not in check mode) and reports. Check mode is
therefore the same run less the calls that change anything.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterable, List, Mapping, Sequence

from ansible.module_utils.common.warnings import warn

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Action, Refusal, Unit

Operations = Mapping[str, Callable[..., Any]]
Report = Callable[[Sequence[Any]], Dict[str, Any]]


def run(module: Any, body: Callable[[Any], None]) -> None:
    """Call body(module) and turn what it raises into one sentence."""
    try:
        body(module)
    except ApiError as error:
        module.fail_json(msg=error.sentence())
    except Refusal as refusal:
        module.fail_json(msg=str(refusal))


def converge(module: Any, units: Sequence[Unit], operations: Operations, report: Report, workers: int = 1) -> None:
    """Apply the plan and leave the module.

    operations: per operation name a function (unit, **action.params) that makes the call and corrects unit.after.
    report: builds the module's return values from the units.
    workers: how many units are applied at a time. One unit's actions are applied in order, up to its first failure;
        it does not stop the other units, but the task then fails, saying what was done and what was not.
    """
    refusals = _distinct(refusal for unit in units for refusal in unit.refusals)
    if refusals:
        module.fail_json(msg=" ".join(refusals), changed=False)
    for text in _distinct(text for unit in units for text in unit.warnings):
        warn(text)  # AnsibleAWSModule.warn passes warnings to exit_json too, which ansible-core deprecates

    if not module.check_mode:
        _apply(units, operations, workers)
    applied = [unit for unit in units if (unit.actions if module.check_mode else unit.done)]
    result = {"changed": bool(applied), **report(units)}
    if module._diff:
        result["diff"] = [diff for unit in applied if not unit.failure for diff in _diff(unit)]
    failures = [unit.failure for unit in units if unit.failure]
    if failures:
        done = _summaries(unit.done for unit in units)
        not_done = _summaries(unit.not_done for unit in units)
        message = f"{' '.join(failures)} {_progress(done, not_done)}"
        module.fail_json(msg=message, done=done, not_done=not_done, **result)
    module.exit_json(**result)


def _apply(units: Sequence[Unit], operations: Operations, workers: int) -> None:
    def apply(unit: Unit) -> None:
        for action in unit.actions:
            try:
                operations[action.operation](unit, **action.params)
            except ApiError as error:
                unit.failure = f"{unit.label}: {error.sentence().rstrip('.')}."
                return
            except Refusal as refusal:
                unit.failure = str(refusal)
                return
            unit.done.append(action)

    pending = [unit for unit in units if unit.actions]
    if workers == 1 or len(pending) < 2:
        for unit in pending:
            apply(unit)
    else:
        with ThreadPoolExecutor(max_workers=workers) as pool:
            list(pool.map(apply, pending))


def _progress(done: List[str], not_done: List[str]) -> str:
    before = f"Done before or beside that: {'; '.join(done)}." if done else "Nothing was changed."
    return f"{before} Not done: {'; '.join(not_done)}. Running again finishes the job."


def _summaries(actions: Iterable[Sequence[Action]]) -> List[str]:
    return [action.summary for sequence in actions for action in sequence]


def _diff(unit: Unit) -> List[Dict[str, Any]]:
    return [
        {"before_header": label, "after_header": label, "before": before or {}, "after": after or {}}
        for label, before, after in unit.differences()
    ]


def _distinct(texts: Iterable[str]) -> List[str]:
    return list(dict.fromkeys(texts))
