# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from scripts import Problem
from scripts.build import Build
from scripts.mutants import explained, run
from scripts.mutants.changes import Function, change
from scripts.mutants.explained import Explained, Told
from scripts.mutants.room import UTILITIES, Mutant, Room, function_of, rooms

FUNCTION = '''
def resolve(arn, name, limit=3):
    """What a name stands for."""
    if not arn or name:
        entry = {"Version": name, "Statement": [read(text) for text in sorted(arn) if text.startswith("a long word that is the same in both")]}
    for part in arn.split(":"):
        if part == name:
            break
        lowered = sorted({one.lower() for one in part} if name else part)
    total = 0
    total += 1
    raise Refusal(f"{arn}: this is a long sentence about {name!r} and about {total}.", fee=3)
'''
RENAMED = {
    "arn": "resource",
    "part": "piece",
    "total": "sum_of_them_all",
    "one": "x",
    "text": "t",
    "name": "called",
    "entry": "e",
}
# What is changed, into what, and how it is told.
CHANGES = [
    ("not arn", "arn", "not $1 or $2 -> $1 or $2"),
    ("arn or name", "arn and name", "not $1 or $2 -> not $1 and $2"),
    ('"Version"', '"XXVersionXX"', "{'Version': $1} -> {'XXVersionXX': $1}"),
    ("sorted(arn)", "None", "[read($1) for $1 in sorted($2) if ...] -> [read($1) for $1 in None if ...]"),
    ('arn.split(":")', "arn.split(None)", "$1.split(':') -> $1.split(None)"),
    ('arn.split(":")', 'arn.rsplit(":")', "$1.split(':') -> $1.rsplit(':')"),
    ("part == name", "part != name", "$1 == $2 -> $1 != $2"),
    ("break", "return", "break -> return"),
    ("one.lower()", "one.upper()", "$1.lower() -> $1.upper()"),
    ("total = 0", "total = None", "$1 = 0 -> $1 = None"),
    ("total = 0", "total = 1", "$1 = 0 -> $1 = 1"),
    ("total += 1", "total = 1", "$1 += 1 -> $1 = 1"),
    ("fee=3", "fee=-3", "Refusal(..., fee=3) -> Refusal(..., fee=-3)"),
    (", fee=3", "", "Refusal(..., fee=3) -> Refusal(...)"),
    ("limit=3", "limit=4", "def _($1, $2, $3=3): -> def _($1, $2, $3=4):"),
]


def function(source: str) -> Function:
    (node,) = ast.parse(source).body
    assert isinstance(node, Function)
    return node


def renamed(source: str) -> str:
    return re.sub(r"\b({})\b".format("|".join(RENAMED)), lambda word: RENAMED[word[0]], source)


@pytest.mark.parametrize(("old", "new", "told"), CHANGES)
def test_a_change_is_told(old: str, new: str, told: str) -> None:
    assert FUNCTION.count(old) == 1
    assert change(function(FUNCTION), function(FUNCTION.replace(old, new))).told == told


@pytest.mark.parametrize(("old", "new", "told"), CHANGES)
def test_an_explanation_outlives_new_local_names(old: str, new: str, told: str) -> None:
    before, after = renamed(FUNCTION), renamed(FUNCTION.replace(old, new))
    assert not re.search(r"\b(arn|part|total|one|entry)\b", before)
    survivor = Told("_plan/flows.py", "resolve", change(function(before), function(after)).told)
    known = Explained(["_plan/*.py"], Counter([Told("_plan/flows.py", "resolve", told)]))
    assert known.covers([survivor]) == [True]
    assert known.left([survivor]) == []


@pytest.mark.parametrize(("old", "new", "told"), CHANGES)
def test_an_explanation_outlives_new_lines_and_statements(old: str, new: str, told: str) -> None:
    def rewritten(source: str) -> str:
        first, rest = source.split("    if not" if "if not" in source else "    if arn", 1)
        return (
            first
            + "    log(\n        name,\n    )\n    other = limit\n    if"
            + (" not" if "if not" in source else " arn")
            + rest
        )

    assert change(function(rewritten(FUNCTION)), function(rewritten(FUNCTION.replace(old, new)))).told == told


def test_the_real_names_and_the_line_are_known_too() -> None:
    found = change(function(FUNCTION), function(FUNCTION.replace("part == name", "part != name")))
    assert found.plain == "part == name -> part != name"
    assert FUNCTION.splitlines()[1 + found.line].strip() == "if part == name:"


def test_names_of_the_module_are_no_local_names() -> None:
    source = "def f(self, one):\n    global COUNT\n    COUNT = table(self.one, one, LIMIT, key=one)\n"
    found = change(function(source), function(source.replace("LIMIT", "None")))
    assert found.told == "table(self.one, $1, LIMIT, key=$1) -> table(self.one, $1, None, key=$1)"


def test_a_stanza_is_what_the_file_takes(tmp_path: Path) -> None:
    told = Told("_plan/keys.py", "Key.of", """$1.get("it's", 'a\\\\b') -> $1.get(None, 'ä')""")
    entry = tomllib.loads(told.stanza("It is thrown away."))["equivalent"][0]
    assert entry == {
        "file": told.file,
        "function": told.function,
        "because": "It is thrown away.",
        "changes": [told.change],
    }
    file = tmp_path / "mutants.toml"
    file.write_text(f'pure = ["_plan/*.py"]\n{told.stanza("It is thrown away.")}\n')
    assert explained.read(file) == Explained(["_plan/*.py"], Counter([told]))


@pytest.mark.parametrize("because", ["", " "])
def test_a_stanza_without_a_reason_is_refused(because: str, tmp_path: Path) -> None:
    file = tmp_path / "mutants.toml"
    file.write_text(f"pure = []\n{Told('_plan/keys.py', 'normalise', '$1 -> $2').stanza(because)}\n")
    with pytest.raises(Problem, match=r"mutants\.toml does not say why _plan/keys\.py, normalise"):
        explained.read(file)


def test_one_explanation_does_for_one_survivor() -> None:
    told = Told("_plan/keys.py", "normalise", "$1.lower() -> $1.upper()")
    other = told._replace(function="check")
    assert Explained([], Counter([told])).covers([told, told, other]) == [True, False, False]
    assert Explained([], Counter([told, told])).covers([told, told]) == [True, True]
    assert Explained([], Counter([told, told, other])).left([told]) == [other, told]


def test_the_projects_explanations_can_be_read() -> None:
    known = explained.read()
    assert known.pure
    for told in known.equivalent:
        assert " -> " in told.change


def mutant(name: str, verdict: str, file: str = "_plan/keys.py", told: str = "$1 -> $2") -> Mutant:
    source = "def f(a, b):\n    return a\n"
    found = change(function(source), function(source.replace("return a", "return b")))
    return Mutant(file, f"x_{name}__mutmut_1", verdict, found._replace(told=told))


def test_survivors_are_explained_before_what_does_not_end() -> None:
    found = [mutant("f", "timeout"), mutant("f", "survived")]
    known = Explained([], Counter([Told("_plan/keys.py", "f", "$1 -> $2")]))
    assert run.sort(found, known, ["_plan/keys.py"]) == ([found[1]], [], [])
    assert run.sort(found, Explained([], Counter()), ["_plan/keys.py"]) == ([], [found[1]], [])


def test_explanations_are_stale_when_all_of_a_file_was_tried_or_the_file_is_gone() -> None:
    here, gone = Told("_plan/keys.py", "f", "$1 -> $2"), Told("_plan/old.py", "f", "$1 -> $2")
    known = Explained([], Counter([here, gone]))
    assert run.sort([mutant("f", "killed")], known, ["_plan/keys.py"])[2] == [here, gone]
    found = [mutant("f", "killed"), mutant("g", "not run")]
    assert run.sort(found, known, ["_plan/keys.py"])[2] == [gone]


@pytest.mark.parametrize(
    ("planners", "files"),
    [
        ([], ["_plan/keys.py", "_plan/flows.py", "_secrets/plan.py"]),
        (["keys"], ["_plan/keys.py"]),
        (["_plan"], ["_plan/keys.py", "_plan/flows.py"]),
        (["_secrets/plan", "keys"], ["_plan/keys.py", "_secrets/plan.py"]),
        (["_secrets/plan.py"], ["_secrets/plan.py"]),
    ],
)
def test_planners_are_chosen_by_room_and_name(planners: list[str], files: list[str]) -> None:
    assert run.chosen(["_plan/keys.py", "_plan/flows.py", "_secrets/plan.py"], planners) == files


def test_an_unknown_planner_is_told() -> None:
    with pytest.raises(Problem, match=r"no planner is called kesy: there are _plan/keys\.py\."):
        run.chosen(["_plan/keys.py"], ["kesy"])


@pytest.mark.parametrize(
    ("name", "qualified"),
    [("x_plan__mutmut_12", "plan"), ("x__x_ray__mutmut_orig", "_x_ray"), ("xǁStateǁread__mutmut_1", "State.read")],
)
def test_mutants_tell_their_function(name: str, qualified: str) -> None:
    assert function_of(name) == qualified


def test_a_room_reads_what_mutmut_has_found(tmp_path: Path) -> None:
    collection = tmp_path / "dependencies" / "ansible_collections" / "mediaops" / "mediaconnect"
    planner = 'class Key:\n    def of(self, text):\n        return text.split(":", 1)[0]\n'
    for file in ("_plan/__init__.py", "_plan/keys.py", "_api/iam.py"):
        (collection / "plugins" / "module_utils" / file).parent.mkdir(parents=True, exist_ok=True)
        (collection / "plugins" / "module_utils" / file).write_text(planner)
    tests = collection / "tests" / "unit" / "plugins" / "module_utils"
    (tests / "_plan").mkdir(parents=True)
    (room,) = rooms(Build(tmp_path), ["_plan/*.py"])
    assert (room.name, room.files) == ("_plan", ["_plan/keys.py"])
    room.prepare()
    assert f'"{UTILITIES}/_plan/keys.py"' in (room.directory / "pyproject.toml").read_text()

    mutated = "class Key:\n" + "".join(
        f"    def xǁKeyǁof__mutmut_{number}(self, text):\n        return {result}\n"
        for number, result in [("orig", 'text.split(":", 1)[0]'), ("1", 'text.split(":", 2)[0]'), ("2", "None")]
    )
    file = room.directory / "mutants" / UTILITIES / "_plan" / "keys.py"
    file.parent.mkdir(parents=True)
    file.write_text(mutated)
    prefix = UTILITIES.replace("/", ".")
    codes = {f"{prefix}._plan.keys.xǁKeyǁof__mutmut_1": 0, f"{prefix}._plan.keys.xǁKeyǁof__mutmut_2": None}
    file.with_name("keys.py.meta").write_text(json.dumps({"exit_code_by_key": codes}))
    survivor, other = room.mutants("_plan/keys.py")
    assert survivor.told == Told("_plan/keys.py", "Key.of", "$1.split(':', 1) -> $1.split(':', 2)")
    assert (survivor.verdict, survivor.line) == ("survived", 3)
    assert (other.verdict, other.change) == ("not run", None)

    room.prepare()
    assert file.exists(), "no test has changed"
    (tests / "_plan" / "test_keys.py").write_text("# new\n")
    room.prepare()
    assert not file.exists(), "a test has changed"


def test_a_room_without_tests_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there are no tests of _secrets: "):
        Room(Build(tmp_path), "_secrets", ["_secrets/plan.py"]).prepare()
