# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell of every writing module: refuse, warn, apply, report."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils import _run
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Action, Refusal, Unit


class Ended(Exception):
    def __init__(self, failed: bool, result: dict[str, Any]):
        super().__init__(result)
        self.failed, self.result = failed, result


class Module:
    def __init__(self, check_mode: bool = False, diff: bool = True):
        self.check_mode, self._diff = check_mode, diff

    def exit_json(self, **result: Any) -> None:
        raise Ended(False, result)

    def fail_json(self, **result: Any) -> None:
        raise Ended(True, result)


def unit(name: str, *operations: str, **fields: Any) -> Unit:
    actions = [Action(operation, f"{operation} {name}", {"name": name}) for operation in operations]
    return Unit(name, before={"old": name}, after={"new": name}, actions=actions, **fields)


def denied() -> ApiError:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "no."}}, "Op")
    return ApiError("Could not do it", error, "x:Op")


class Operations:
    """Notes what is called; what fails raises."""

    def __init__(self, **failing: Callable[[str], Any]):
        self.calls: list[tuple[str, str]] = []
        self.failing = failing

    def __getitem__(self, operation: str) -> Callable[..., None]:
        def operate(unit: Unit, name: str) -> None:
            self.calls.append((operation, name))
            if operation in self.failing:
                self.failing[operation](name)

        return operate


def converge(units: list[Unit], operations: Any = None, workers: int = 1, **module: Any) -> Ended:
    report = mock.Mock(return_value={"things": [one.label for one in units]})
    with pytest.raises(Ended) as ended, mock.patch.object(_run, "warn") as warn:
        _run.converge(Module(**module), units, operations or Operations(), report, workers=workers)
    ended.value.result["warned"] = [call.args[0] for call in warn.call_args_list]
    return ended.value


def fail_for(name: str, error: Exception) -> Callable[[str], None]:
    def fail(which: str) -> None:
        if which == name:
            raise error

    return fail


class TestConverge:
    def test_actions_are_done_in_order_and_reported(self) -> None:
        operations = Operations()
        ended = converge([unit("a", "make", "tag"), unit("b"), unit("c", "make")], operations)
        assert operations.calls == [("make", "a"), ("tag", "a"), ("make", "c")]
        assert not ended.failed
        assert ended.result["changed"] is True
        assert ended.result["things"] == ["a", "b", "c"]
        assert [diff["before_header"] for diff in ended.result["diff"]] == ["a", "c"]
        assert ended.result["diff"][0]["after"] == {"new": "a"}

    def test_nothing_to_do(self) -> None:
        ended = converge([unit("a")])
        assert (ended.failed, ended.result["changed"], ended.result["diff"]) == (False, False, [])

    def test_without_diff_there_is_none(self) -> None:
        assert "diff" not in converge([unit("a", "make")], diff=False).result

    def test_check_mode_does_nothing_and_reports_the_same(self) -> None:
        operations = Operations()
        ended = converge([unit("a", "make")], operations, check_mode=True)
        assert operations.calls == []
        assert (ended.result["changed"], len(ended.result["diff"])) == (True, 1)

    @pytest.mark.parametrize("check_mode", [False, True])
    def test_any_refusal_stops_everything_before_the_first_change(self, check_mode: bool) -> None:
        operations = Operations()
        units = [
            unit("a", "make", warnings=["Careful."]),
            unit("b", refusals=["No b.", "No c."]),
            unit("c", refusals=["No c."]),
        ]
        ended = converge(units, operations, check_mode=check_mode)
        assert (ended.failed, ended.result["msg"], ended.result["changed"]) == (True, "No b. No c.", False)
        assert (operations.calls, ended.result["warned"]) == ([], [])

    def test_warnings_are_given_once_each(self) -> None:
        units = [unit("a", warnings=["One.", "Two."]), unit("b", warnings=["One."])]
        assert converge(units).result["warned"] == ["One.", "Two."]

    def test_one_failure_stops_its_unit_only(self) -> None:
        operations = Operations(make=fail_for("b", denied()))
        ended = converge([unit("a", "make"), unit("b", "clean", "make", "tag"), unit("c", "make")], operations)
        assert ended.failed
        assert operations.calls == [("make", "a"), ("clean", "b"), ("make", "b"), ("make", "c")]
        assert ended.result["msg"] == (
            "b: Could not do it: AccessDenied: no. (the caller needs x:Op). Done before or beside that: make a; clean b; make c. "
            "Not done: make b; tag b. Running again finishes the job."
        )
        assert ended.result["done"] == ["make a", "clean b", "make c"]
        assert ended.result["not_done"] == ["make b", "tag b"]
        assert ended.result["changed"] is True
        assert [diff["before_header"] for diff in ended.result["diff"]] == ["a", "c"]

    def test_nothing_done(self) -> None:
        ended = converge([unit("a", "make")], Operations(make=fail_for("a", Refusal("It cannot be."))))
        assert ended.result["changed"] is False
        assert (
            ended.result["msg"]
            == "It cannot be. Nothing was changed. Not done: make a. Running again finishes the job."
        )

    def test_a_unit_that_failed_before_fails_the_task_but_does_not_stop_it(self) -> None:
        operations = Operations()
        ended = converge([unit("a", failure="a cannot be read."), unit("b", "make")], operations)
        assert ended.failed
        assert operations.calls == [("make", "b")]
        assert ended.result["msg"].startswith("a cannot be read. Done before or beside that: make b.")

    def test_units_are_applied_side_by_side_and_told_in_order(self) -> None:
        together = threading.Barrier(3, timeout=10)
        operations = Operations(make=lambda name: together.wait(), tag=fail_for("b", denied()))
        ended = converge([unit(name, "make", "tag") for name in "abc"], operations, workers=3)
        assert ended.failed
        assert ended.result["done"] == ["make a", "tag a", "make b", "make c", "tag c"]
        assert ended.result["not_done"] == ["tag b"]

    def test_a_mistake_of_ours_is_not_taken_for_a_failure_of_aws(self) -> None:
        with pytest.raises(ZeroDivisionError):
            _run.converge(
                Module(), [unit("a", "make")], Operations(make=fail_for("a", ZeroDivisionError())), mock.Mock()
            )


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refusal("No."), "No."),
        (denied(), "Could not do it: AccessDenied: no. (the caller needs x:Op)"),
    ],
)
def test_what_a_module_raises_is_one_sentence(error: Exception, said: str) -> None:
    with pytest.raises(Ended) as ended:
        _run.run(Module(), mock.Mock(side_effect=error))
    assert ended.value.failed
    assert ended.value.result["msg"] == said
