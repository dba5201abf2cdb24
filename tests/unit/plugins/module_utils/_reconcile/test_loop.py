# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one loop of every writing module: observe, plan, judge, refuse and warn, apply, report; and its rounds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile import loop
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import (
    Action,
    Refusal,
    Stage,
    Unit,
    WorldChanged,
)


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


STAGES = {"restore": Stage.RESTORE, "make": Stage.MAKE, "narrow": Stage.NARROW, "delete": Stage.DELETE}


def unit(name: str, *operations: str, **fields: Any) -> Unit:
    """A unit of its own subject, with these operations, each in its own stage, or when things are granted."""
    actions = [
        Action(operation, f"{operation} {name}", {"name": name}, STAGES.get(operation, Stage.GRANT))
        for operation in operations
    ]
    described = {"before": {"old": name}, "after": {"new": name}, "actions": actions, "subject": name, **fields}
    return Unit(name, **described)


def denied() -> ApiError:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "no."}}, "Op")
    return ApiError("Could not do it", error, "x:Op")


DENIED = "Could not do it: AccessDenied: no. (the caller needs x:Op)."


class Things:
    """A resource whose plans are given, one for each round; the last one is that of all further rounds too.

    failing: by operation and name what it raises, one after the other; None is for nothing. calls: what was called.
    rounds: by round the labels of what was to be looked at again.
    """

    def __init__(self, *plans: Callable[[], Sequence[Unit]], workers: int = 1, **failing: Any):
        self.plans, self.failing = list(plans), failing
        self.calls: list[str] = []
        self.rounds: list[list[str]] = []
        self.asked: list[Stage] = []
        self._workers = workers
        names = {action.operation for plan in plans for one in plan() for action in one.actions}
        self.operations = {name: self._operation(name) for name in names}
        self.judged: list[tuple[list[str], Any]] = []

    def _operation(self, operation: str) -> Callable[..., None]:
        def operate(unit: Unit, name: str, **params: Any) -> None:
            self.calls.append(f"{operation} {name}")
            raising = self.failing.get(f"{operation}_{name}", [])
            error = raising.pop(0) if raising else None
            if isinstance(error, Exception):
                raise error
            if error:
                error(unit, **params)

        return operate

    def workers(self, stage: Stage) -> int:
        self.asked.append(stage)
        return self._workers

    def observe(self, again: Sequence[Unit]) -> int:
        self.rounds.append([one.label for one in again])
        return len(self.rounds)

    def plan(self, observed: int) -> list[Unit]:
        plan = self.plans[min(observed, len(self.plans)) - 1]
        return list(plan())

    def judge(self, units: Sequence[Unit], observed: int) -> None:
        self.judged.append(([one.label for one in units], observed))

    def report(self, units: Sequence[Unit]) -> dict[str, Any]:
        return {"things": [one.label for one in units], "after": [one.after for one in units]}


class Doubting(Things):
    """The judge finds the world different from what was observed, as often as that."""

    def __init__(self, times: int, *plans: Callable[[], Sequence[Unit]], **failing: Any):
        super().__init__(*plans, **failing)
        self.times = times

    def judge(self, units: Sequence[Unit], observed: int) -> None:
        super().judge(units, observed)
        if observed <= self.times:
            raise WorldChanged


def converge(things: Any, **module: Any) -> Ended:
    """How it ended. The warnings are kept as ansible-core keeps them, which drops what is repeated."""
    warned: dict[str, None] = {}
    with (
        pytest.raises(Ended) as ended,
        mock.patch.object(loop, "warn", side_effect=warned.setdefault),
        mock.patch.object(loop.time, "sleep") as slept,
    ):
        loop.converge(Module(**module), things)
    ended.value.result["warned"] = list(warned)
    ended.value.result["slept"] = [call.args[0] for call in slept.call_args_list]
    return ended.value


def always(*units: Callable[[], Unit]) -> Callable[[], list[Unit]]:
    return lambda: [one() for one in units]


def plans(*units: Any) -> Callable[[], list[Unit]]:
    """A plan of units given by name and operations: ("a", "make")."""
    return lambda: [unit(*((one,) if isinstance(one, str) else one)) for one in units]


class TestJudge:
    @pytest.mark.parametrize("check_mode", [True, False])
    def test_a_plan_that_no_longer_fits_is_made_anew(self, check_mode: bool) -> None:
        things = Doubting(2, plans(("a", "make")), plans(("a", "make", "narrow")), plans(("a", "narrow")))
        ended = converge(things, check_mode=check_mode)
        assert things.rounds == [[], [], []]
        assert [observed for dummy, observed in things.judged] == [1, 2, 3]
        assert things.calls == ([] if check_mode else ["narrow a"])
        assert ended.result["changed"] is True

    def test_it_is_not_made_for_ever(self) -> None:
        things = Doubting(100, plans(("a", "make")))
        with pytest.raises(
            Refusal, match="by somebody else at the same time, time and again; run again when they are done"
        ):
            loop.converge(Module(), things)
        assert len(things.rounds) == loop.MAX_ROUNDS
        assert things.calls == []

    def test_in_a_new_round_it_fails_the_unit(self) -> None:
        things = Doubting(0, plans(("a", "make"), ("b", "grant")), make_a=[WorldChanged()])
        things.judge = lambda units, observed: None if observed == 1 else _raise(WorldChanged())  # type: ignore[method-assign]
        ended = converge(things)
        assert ended.failed
        assert "a: Something is being changed by somebody else" in ended.result["msg"]


def _raise(error: Exception) -> None:
    raise error


class TestOneRound:
    def test_actions_are_done_in_order_and_reported(self) -> None:
        things = Things(plans(("a", "grant", "tag"), "b", ("c", "grant")))
        ended = converge(things)
        assert things.calls == ["grant a", "tag a", "grant c"]
        assert not ended.failed
        assert ended.result["changed"] is True
        assert ended.result["things"] == ["a", "b", "c"]
        assert ended.result["diff"] == [
            {"before_header": name, "after_header": name, "before": {"old": name}, "after": {"new": name}}
            for name in "ac"
        ]
        assert (things.rounds, things.judged) == ([[]], [(["a", "b", "c"], 1)])
        assert ended.result["slept"] == []

    def test_nothing_to_do(self) -> None:
        ended = converge(Things(plans("a")))
        assert (ended.failed, ended.result["changed"], ended.result["diff"]) == (False, False, [])

    def test_nothing_is_declared(self) -> None:
        ended = converge(Things(plans()))
        assert (ended.failed, ended.result["changed"], ended.result["things"]) == (False, False, [])

    def test_what_does_not_exist_is_shown_as_nothing(self) -> None:
        things = Things(always(lambda: unit("a", "make", before=None), lambda: unit("b", "delete", after=None)))
        made, deleted = converge(things).result["diff"]
        assert (made["before"], made["after"]) == ({}, {"new": "a"})
        assert (deleted["before"], deleted["after"]) == ({"old": "b"}, {})

    def test_without_diff_there_is_none(self) -> None:
        assert "diff" not in converge(Things(plans(("a", "make"))), diff=False).result

    def test_check_mode_does_nothing_and_reports_the_same(self) -> None:
        things, really = Things(plans(("a", "make"), "b")), Things(plans(("a", "make"), "b"))
        predicted = converge(things, check_mode=True)
        assert things.calls == []
        assert (things.rounds, things.judged) == (really.rounds or [[]], [(["a", "b"], 1)])
        assert predicted.result == converge(really).result

    @pytest.mark.parametrize("check_mode", [False, True])
    def test_any_refusal_stops_everything_before_the_first_change(self, check_mode: bool) -> None:
        things = Things(
            always(
                lambda: unit("a", "make", warnings=["Careful."]),
                lambda: unit("b", refusals=["No b.", "No c."]),
                lambda: unit("c", refusals=["No c."]),
            )
        )
        ended = converge(things, check_mode=check_mode)
        assert (ended.failed, ended.result["msg"], ended.result["changed"]) == (True, "No b. No c.", False)
        assert (things.calls, ended.result["warned"]) == ([], [])

    def test_what_a_judge_refuses_is_refused(self) -> None:
        things = Things(plans(("a", "make")))
        things.judge = lambda units, observed: units[0].refusals.append("A stream needs it.")  # type: ignore[method-assign]
        assert converge(things).result["msg"] == "A stream needs it."
        assert things.calls == []

    def test_warnings_are_given_once_each_and_then_what_aws_says(self) -> None:
        things = Things(
            always(
                lambda: unit("a", warnings=["One.", "Two."], messages=["AWS says so."]),
                lambda: unit("b", warnings=["One."], messages=["AWS says so.", "And more."]),
            )
        )
        with mock.patch.object(loop, "warn") as warn, pytest.raises(Ended):
            loop.converge(Module(), things)
        assert [call.args[0] for call in warn.call_args_list] == ["One.", "Two.", "AWS says so.", "And more."]

    def test_one_failure_stops_its_unit_only(self) -> None:
        things = Things(plans(("a", "grant"), ("b", "clean", "grant", "tag"), ("c", "grant")), grant_b=[denied()])
        ended = converge(things)
        assert ended.failed
        assert things.calls == ["grant a", "clean b", "grant b", "grant c"]
        assert ended.result["msg"] == (
            f"b: {DENIED} Done before or beside that: grant a; clean b; grant c. "
            "Not done: grant b; tag b. Once that is mended, running again does the rest."
        )
        assert ended.result["done"] == ["grant a", "clean b", "grant c"]
        assert ended.result["not_done"] == ["grant b", "tag b"]
        assert ended.result["changed"] is True
        assert [diff["before_header"] for diff in ended.result["diff"]] == ["a", "c"]

    def test_nothing_done(self) -> None:
        ended = converge(Things(plans(("a", "make")), make_a=[Refusal("It cannot be.")]))
        assert ended.result["changed"] is False
        assert ended.result["msg"] == (
            "It cannot be. Nothing was changed. Not done: make a. Once that is mended, running again does the rest."
        )

    def test_a_sentence_of_aws_s_that_has_a_full_stop_gets_no_second_one(self) -> None:
        error = ApiError("Could not do it", ClientError({"Error": {"Code": "Bad", "Message": "no X."}}, "Op"), "x:Op")
        things = Things(plans(("a", "grant"), ("b", "grant")), grant_a=[error], grant_b=[WorldChanged()])
        things.plan = mock.Mock(side_effect=[things.plan(1), error])  # type: ignore[method-assign]
        assert (
            converge(things)
            .result["msg"]
            .startswith(
                "a: Could not do it: Bad: no X. b: Could not do it: Bad: no X. Nothing was changed. Not done: grant a;"
            )
        )

    def test_what_failed_and_what_was_done_alike_is_told_once(self) -> None:
        shared = Action("grant", "grant both", {"name": "x"})
        things = Things(
            always(
                lambda: unit("a", "tag", actions=[shared, *unit("a", "tag").actions]),
                lambda: unit("b", "tag", actions=[shared, *unit("b", "tag").actions]),
            ),
            tag_a=[Refusal("No.")],
            tag_b=[Refusal("No.")],
        )
        assert converge(things).result["msg"] == (
            "No. Done before or beside that: grant both. Not done: tag a; tag b. Once that is mended, running again does the rest."
        )

    def test_units_are_applied_side_by_side_and_told_in_order(self) -> None:
        together = threading.Barrier(3, timeout=10)
        meet = [lambda _unit: together.wait()]
        things = Things(
            plans(*((name, "grant", "tag") for name in "abc")),
            workers=3,
            grant_a=meet[:],
            grant_b=meet[:],
            grant_c=meet[:],
            tag_b=[denied()],
        )
        ended = converge(things)
        assert ended.failed
        assert ended.result["done"] == ["grant a", "tag a", "grant b", "grant c", "tag c"]
        assert ended.result["not_done"] == ["tag b"]

    def test_a_mistake_of_ours_is_not_taken_for_a_failure_of_aws(self) -> None:
        things = Things(plans(("a", "make")), make_a=[ZeroDivisionError()])
        with pytest.raises(ZeroDivisionError):
            loop.converge(Module(), things)


class TestStages:
    def test_a_stage_begins_when_all_of_the_one_before_is_done(self) -> None:
        things = Things(plans(("a", "delete"), ("b", "grant", "narrow"), ("c", "make", "grant"), ("d", "restore")))
        assert not converge(things).failed
        assert things.calls == ["restore d", "make c", "grant b", "grant c", "narrow b", "delete a"]
        assert things.asked == [Stage.RESTORE, Stage.MAKE, Stage.GRANT, Stage.NARROW, Stage.DELETE]

    def test_the_resource_says_how_many_at_a_time_in_each(self) -> None:
        things = Things(plans(*((name, "make", "grant") for name in "ab")))
        threads: dict[str, set[int]] = {"make": set(), "grant": set()}
        things.workers = lambda stage: 2 if stage == Stage.GRANT else 1  # type: ignore[method-assign]
        together = threading.Barrier(2, timeout=10)

        def at_work(operation: str) -> Callable[[Unit], None]:
            def note(_unit: Unit) -> None:
                threads[operation].add(threading.get_ident())
                if operation == "grant":
                    together.wait()

            return note

        things.failing = {f"{operation}_{name}": [at_work(operation)] for operation in threads for name in "ab"}
        assert not converge(things).failed
        assert {operation: len(idents) for operation, idents in threads.items()} == {"make": 1, "grant": 2}

    def test_a_failure_ends_the_stage_in_which_it_happens(self) -> None:
        things = Things(
            plans(("a", "make", "grant"), ("b", "make", "grant"), ("c", "make"), ("d", "delete")), make_b=[denied()]
        )
        ended = converge(things)
        assert things.calls == ["make a", "make b", "make c"]
        assert ended.result["msg"] == (
            f"b: {DENIED} Done before or beside that: make a; make c. "
            "Not done: grant a; make b; grant b; delete d. Once that is mended, running again does the rest."
        )

    def test_what_could_not_even_be_read_stops_nothing(self) -> None:
        things = Things(
            always(
                lambda: unit("a", failure="a cannot be read."),
                lambda: unit("b", "make"),
                lambda: unit("c", "grant", "delete"),
            )
        )
        ended = converge(things)
        assert ended.failed
        assert things.calls == ["make b", "grant c", "delete c"]
        assert ended.result["msg"] == ("a cannot be read. Done before or beside that: make b; grant c; delete c.")


class TestRounds:
    """What becomes of a unit when an operation finds the world changed."""

    def test_it_is_planned_again(self) -> None:
        things = Things(plans(("a", "grant", "tag"), ("b", "grant")), plans(("a", "update")), grant_a=[WorldChanged()])
        ended = converge(things)
        assert things.rounds == [[], ["a"]]
        assert things.judged == [(["a", "b"], 1), (["a"], 2)]
        assert things.calls == ["grant a", "grant b", "update a"]
        assert (ended.failed, ended.result["changed"]) == (False, True)

    def test_what_turns_out_to_be_done_already_is_not_done_again(self) -> None:
        things = Things(plans(("a", "grant", "tag")), plans("a"), grant_a=[WorldChanged()])
        ended = converge(things)
        assert things.calls == ["grant a"]
        assert (ended.failed, ended.result["changed"], ended.result["diff"]) == (False, False, [])

    def test_what_counts_as_done_is_told_as_done(self) -> None:
        things = Things(
            plans(("a", "restore")), plans(("a", "tag")), restore_a=[WorldChanged(done=True)], tag_a=[denied()]
        )
        ended = converge(things)
        assert things.calls == ["restore a", "tag a"]
        assert ended.result["done"] == ["restore a"]
        assert ended.result["not_done"] == ["tag a"]
        assert ended.result["changed"] is True

    def test_what_counts_as_done_and_leaves_nothing_to_do(self) -> None:
        things = Things(plans(("a", "restore")), plans("a"), restore_a=[WorldChanged(done=True)])
        ended = converge(things)
        assert (ended.failed, ended.result["changed"]) == (False, True)
        assert [diff["before"] for diff in ended.result["diff"]] == [{"old": "a"}]

    def test_the_others_of_its_subject_are_planned_again_with_it_and_no_more(self) -> None:
        def first() -> list[Unit]:
            return [
                unit("a1", "make", subject="a"),
                unit("b", "make", subject="b"),
                unit("a2", "restore", subject="a"),
            ]

        def second() -> list[Unit]:
            return [unit("a1", "copy", subject="a"), unit("a2", subject="a")]

        things = Things(first, second, restore_a2=[WorldChanged(done=True)])
        assert not converge(things).failed
        assert things.rounds == [[], ["a1", "a2"]]
        assert things.calls == ["restore a2", "make b", "copy a1"]

    def test_what_is_found_changed_at_the_same_time_has_one_round(self) -> None:
        things = Things(plans(*((name, "grant") for name in "abc")), grant_a=[WorldChanged()], grant_c=[WorldChanged()])
        assert not converge(things).failed
        assert things.rounds == [[], ["a", "c"]]
        assert things.calls == ["grant a", "grant b", "grant c", "grant a", "grant c"]

    def test_a_stage_is_not_over_before_its_rounds_are(self) -> None:
        things = Things(
            plans(("a", "make"), ("b", "delete")),
            plans(("a", "make")),
            make_a=[WorldChanged(), WorldChanged()],
        )
        assert not converge(things).failed
        assert things.calls == ["make a", "make a", "make a", "delete b"]

    @pytest.mark.parametrize("done", [True, False])
    def test_a_new_plan_may_need_a_later_stage(self, done: bool) -> None:
        things = Things(
            plans(("a", "restore")), plans(("a", "make", "grant", "delete")), restore_a=[WorldChanged(done=done)]
        )
        assert not converge(things).failed
        assert things.calls == ["restore a", "make a", "grant a", "delete a"]

    def test_a_new_plan_may_need_an_earlier_stage(self) -> None:
        things = Things(plans(("a", "narrow")), plans(("a", "make", "grant", "narrow")), narrow_a=[WorldChanged()])
        assert not converge(things).failed
        assert things.calls == ["narrow a", "make a", "grant a", "narrow a"]

    def test_what_a_new_plan_leaves_for_later_waits_for_its_stage(self) -> None:
        things = Things(plans(("a", "make"), ("b", "grant")), plans(("a", "make", "delete")), make_a=[WorldChanged()])
        assert not converge(things).failed
        assert things.calls == ["make a", "make a", "grant b", "delete a"]

    def test_a_refusal_is_now_a_failure_that_tells_what_was_done(self) -> None:
        things = Things(
            plans(("a", "restore", "tag"), ("b", "restore"), ("c", "delete")),
            always(lambda: unit("a", "tag", refusals=["It holds another key.", "It rotates."])),
            restore_a=[WorldChanged(done=True)],
        )
        ended = converge(things)
        assert things.calls == ["restore a", "restore b"]
        assert ended.result["msg"] == (
            "It holds another key. It rotates. Done before or beside that: restore a; restore b. "
            "Not done: tag a; delete c. Once that is mended, running again does the rest."
        )
        assert ended.result["changed"] is True

    @pytest.mark.parametrize("done", [True, False])
    def test_a_refusal_ends_the_stage_even_where_nothing_is_left_to_do(self, done: bool) -> None:
        things = Things(
            plans(("a", "make"), ("b", "grant")),
            always(lambda: unit("a", refusals=["It holds another key."])),
            make_a=[WorldChanged(done=done)],
        )
        ended = converge(things)
        assert things.calls == ["make a"]
        assert ended.result["msg"] == (
            f"It holds another key. {'Done before or beside that: make a.' if done else 'Nothing was changed.'} "
            "Not done: grant b. Once that is mended, running again does the rest."
        )

    @pytest.mark.parametrize(
        ("error", "said"),
        [(denied(), f"a: {DENIED}"), (Refusal("There is no such key."), "a: There is no such key.")],
    )
    def test_what_cannot_be_looked_at_again_fails(self, error: Exception, said: str) -> None:
        things = Things(plans(("a", "make", "tag"), ("b", "grant")), make_a=[WorldChanged()])
        things.plan = mock.Mock(side_effect=[things.plan(1), error])  # type: ignore[method-assign]
        ended = converge(things)
        assert things.calls == ["make a"]
        assert ended.result["msg"] == (
            f"{said} Nothing was changed. Not done: make a; tag a; grant b. Once that is mended, running again does the rest."
        )

    def test_nor_can_one_of_several_that_cannot_be_read_again_pass_for_done(self) -> None:
        things = Things(
            plans(("a", "grant", "tag"), ("b", "grant"), ("c", "delete")),
            always(lambda: unit("a", failure="a cannot be read."), lambda: unit("b")),
            grant_a=[WorldChanged()],
            grant_b=[WorldChanged(done=True)],
        )
        ended = converge(things)
        assert things.calls == ["grant a", "grant b"]
        assert ended.result["msg"] == (
            "a cannot be read. Done before or beside that: grant b. "
            "Not done: grant a; tag a; delete c. Running again finishes the job."
        )

    def test_it_is_given_up_when_it_never_ends(self) -> None:
        things = Things(plans(("a", "tag", "grant"), ("b", "delete")), grant_a=[WorldChanged() for dummy in range(99)])
        ended = converge(things)
        assert things.calls.count("grant a") == 1 + loop.MAX_ROUNDS
        assert things.rounds == [[], *[["a"]] * loop.MAX_ROUNDS]
        assert ended.result["msg"] == (
            "The a is being changed by somebody else at the same time, time and again; run again when they are done. "
            "Done before or beside that: tag a. Not done: grant a; delete b. Running again finishes the job."
        )

    def test_the_last_round_may_be_the_one_that_does_it(self) -> None:
        things = Things(plans(("a", "grant")), grant_a=[WorldChanged() for dummy in range(loop.MAX_ROUNDS)])
        assert not converge(things).failed

    def test_a_failure_in_a_new_round_is_one(self) -> None:
        things = Things(plans(("a", "grant")), plans(("a", "update")), grant_a=[WorldChanged()], update_a=[denied()])
        ended = converge(things)
        assert ended.result["msg"] == (
            f"a: {DENIED} Nothing was changed. Not done: update a. Once that is mended, running again does the rest."
        )

    def test_what_has_failed_is_not_taken_up_again_with_the_others_of_its_subject(self) -> None:
        def plan() -> list[Unit]:
            return [unit("a1", "grant", subject="a"), unit("a2", "grant", subject="a")]

        things = Things(plan, grant_a1=[denied()], grant_a2=[WorldChanged()])
        ended = converge(things)
        assert things.calls == ["grant a1", "grant a2", "grant a2"]
        assert ended.result["msg"].startswith(f"a1: {DENIED} Done before or beside that: grant a2.")

    def test_warnings_of_a_new_plan_are_given_and_the_old_ones_not_again(self) -> None:
        things = Things(
            always(lambda: unit("a", "grant", warnings=["One."]), lambda: unit("b", warnings=["Two."])),
            always(lambda: unit("a", warnings=["One.", "Three."])),
            grant_a=[WorldChanged()],
        )
        assert converge(things).result["warned"] == ["One.", "Two.", "Three."]

    def test_the_diff_shows_what_was_first_and_what_is_last(self) -> None:
        things = Things(
            plans(("a", "make")),
            always(lambda: unit("a", "tag", before={"old": "restored"}, after={"new": "tagged"})),
            make_a=[WorldChanged(done=True)],
        )
        (diff,) = converge(things).result["diff"]
        assert (diff["before"], diff["after"]) == ({"old": "a"}, {"new": "tagged"})


def told(arn: str) -> Callable[..., None]:
    """An operation to which AWS tells the ARN of what it has made."""

    def operate(unit: Unit, **_params: Any) -> None:
        unit.learned[unit.after["arn"]] = arn
        unit.after["arn"] = arn

    return operate


class TestPredictions:
    """ARNs that only AWS can tell."""

    @staticmethod
    def plan() -> list[Unit]:
        secret = unit("a", "make", before=None, after={"arn": "arn:??????"})
        role = unit("b", "grant", after={"secrets": ["arn:??????", "arn:known"]})
        role.actions[0].params["arns"] = {"of": ["arn:??????", "arn:known"]}
        return [role, secret]

    def test_what_was_learned_goes_into_what_follows_and_into_the_results(self) -> None:
        seen: list[Any] = []
        things = Things(self.plan, make_a=[told("arn:real")], grant_b=[lambda unit, **params: seen.append(params)])
        ended = converge(things)
        assert seen == [{"arns": {"of": ["arn:real", "arn:known"]}}]
        assert ended.result["after"] == [{"secrets": ["arn:real", "arn:known"]}, {"arn": "arn:real"}]
        assert [diff["after"] for diff in ended.result["diff"]] == ended.result["after"]

    def test_so_does_what_a_new_round_has_found(self) -> None:
        def second() -> list[Unit]:
            return [unit("a", after={"arn": "arn:theirs"})]

        seen: list[Any] = []
        things = Things(
            self.plan, second, make_a=[WorldChanged()], grant_b=[lambda unit, **params: seen.append(params)]
        )
        ended = converge(things)
        assert seen == [{"arns": {"of": ["arn:theirs", "arn:known"]}}]
        assert ended.result["after"] == [{"secrets": ["arn:theirs", "arn:known"]}, {"arn": "arn:theirs"}]

    def test_the_plan_itself_is_left_as_it_was_told(self) -> None:
        things = Things(self.plan, make_a=[told("arn:real")], grant_b=[denied()])
        assert converge(things).result["not_done"] == ["grant b"]

    def test_check_mode_shows_what_is_predicted(self) -> None:
        ended = converge(Things(self.plan), check_mode=True)
        assert ended.result["after"] == [{"secrets": ["arn:??????", "arn:known"]}, {"arn": "arn:??????"}]


def written(*operations: str, **fields: Any) -> Callable[[], list[Unit]]:
    """A plan for the one thing that somebody else may write too without either noticing."""
    return lambda: [unit("a", *operations, read_back=bool(operations), **fields)]


class TestReadBack:
    def test_what_is_as_it_was_written_is_read_once(self) -> None:
        things = Things(written("grant"), written())
        ended = converge(things)
        assert not ended.failed
        assert (things.rounds, things.calls) == ([[], ["a"]], ["grant a"])
        assert ended.result["slept"] == [loop.SECONDS_BEFORE_READING_BACK]

    def test_it_is_read_when_all_is_done(self) -> None:
        things = Things(always(lambda: unit("a", "make", read_back=True), lambda: unit("b", "delete")), written())
        observe = things.observe
        things.observe = lambda again: (things.calls.append("look"), observe(again))[1]  # type: ignore[method-assign]
        assert not converge(things).failed
        assert things.calls == ["look", "make a", "delete b", "look"]

    def test_what_somebody_else_has_overwritten_is_written_again_and_read_again(self) -> None:
        things = Things(written("grant"), written("grant"), written("grant"), written())
        assert not converge(things).failed
        assert things.calls == ["grant a", "grant a"]
        assert len(things.rounds) == 4

    def test_a_difference_that_is_read_once_is_not_believed(self) -> None:
        things = Things(written("grant"), written("grant"), written())
        assert not converge(things).failed
        assert things.calls == ["grant a"]
        assert len(things.rounds) == 3

    def test_nor_is_one_that_is_another_each_time(self) -> None:
        things = Things(written("grant"), written("grant"), written("update"), written("tag"), written())
        assert not converge(things).failed
        assert things.calls == ["grant a"]

    def test_what_is_written_again_may_need_several_stages(self) -> None:
        things = Things(written("grant"), written("make", "narrow"), written("make", "narrow"), written())
        assert not converge(things).failed
        assert things.calls == ["grant a", "make a", "narrow a"]

    def test_it_is_given_up_when_it_never_ends(self) -> None:
        things = Things(written("grant"))
        ended = converge(things)
        assert ended.result["msg"].startswith(
            "The a is being changed by somebody else at the same time, time and again; run again when they are done. "
            "Done before or beside that: grant a."
        )
        assert len(things.rounds) == 1 + loop.MAX_ROUNDS
        assert ended.result["slept"] == [loop.SECONDS_BEFORE_READING_BACK] * loop.MAX_ROUNDS

    def test_what_cannot_be_read_back_is_told(self) -> None:
        things = Things(written("grant"))
        things.plan = mock.Mock(side_effect=[things.plan(1), denied()])  # type: ignore[method-assign]
        ended = converge(things)
        assert ended.result["msg"] == f"a: {DENIED} Done before or beside that: grant a."

    def test_what_is_refused_then_is_told(self) -> None:
        things = Things(written("grant"), written(refusals=["A stream needs it."]))
        ended = converge(things)
        assert ended.result["msg"] == "A stream needs it. Done before or beside that: grant a."

    def test_what_fails_when_it_is_written_again_is_told(self) -> None:
        things = Things(written("grant"), grant_a=[None, denied()])
        ended = converge(things)
        assert ended.result["msg"] == (
            f"a: {DENIED} Done before or beside that: grant a. Not done: grant a. Once that is mended, running again does the rest."
        )

    def test_only_what_has_been_written_is_read(self) -> None:
        things = Things(
            always(
                lambda: unit("a", read_back=True),
                lambda: unit("b", "grant", read_back=True),
                lambda: unit("c", "grant"),
            ),
            plans("b"),
        )
        assert not converge(things).failed
        assert things.rounds == [[], ["b"]]

    def test_nothing_is_read_in_check_mode(self) -> None:
        things = Things(written("grant"))
        assert converge(things, check_mode=True).result["slept"] == []
        assert things.rounds == [[]]

    def test_nor_when_something_has_failed(self) -> None:
        things = Things(
            always(lambda: unit("a", "grant", read_back=True), lambda: unit("b", "grant")), grant_b=[denied()]
        )
        assert converge(things).result["slept"] == []
        assert things.rounds == [[]]

    def test_what_could_not_even_be_read_first_does_not_keep_the_rest_from_it(self) -> None:
        things = Things(
            always(lambda: unit("a", "grant", read_back=True), lambda: unit("b", failure="b cannot be read.")),
            written(),
        )
        ended = converge(things)
        assert things.rounds == [[], ["a"]]
        assert ended.result["msg"] == "b cannot be read. Done before or beside that: grant a."


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refusal("No."), "No."),
        (denied(), "Could not do it: AccessDenied: no. (the caller needs x:Op)"),
    ],
)
def test_what_a_module_raises_is_one_sentence(error: Exception, said: str) -> None:
    with pytest.raises(Ended) as ended:
        loop.run(Module(), mock.Mock(side_effect=error))
    assert ended.value.failed
    assert ended.value.result == {"msg": said, "invocation": {}}


def test_a_module_that_raises_nothing_is_left_to_itself() -> None:
    module, body = Module(), mock.Mock()
    loop.run(module, body)
    body.assert_called_once_with(module)
