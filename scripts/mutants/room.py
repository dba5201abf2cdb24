# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A room is a folder of plugins/module_utils. mutmut changes its pure files, in a directory of its own, and the room's tests judge."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from scripts import Problem
from scripts.build import Build

from .changes import Change, Function, change
from .explained import Told

COLLECTION = "ansible_collections/mediaops/mediaconnect"
UTILITIES = f"{COLLECTION}/plugins/module_utils"
TESTS = "tests/unit/plugins/module_utils"
CONFIGURATION = """
[tool.pytest.ini_options]
addopts = "--import-mode=importlib -p no:cacheprovider -p no:xdist -q"

[tool.mutmut]
source_paths = ["ansible_collections"]
only_mutate = {files}
also_copy = ["tests"]
pytest_add_cli_args_test_selection = ["{tests}"]
"""
# What the exit codes that mutmut keeps mean.
VERDICTS = {
    None: "not run",
    0: "survived",
    1: "killed",
    3: "killed",
    5: "without test",
    33: "without test",
    34: "skipped",
    24: "timeout",
    -24: "timeout",
    36: "timeout",
    152: "timeout",
}
UNNOTICED = ("survived", "without test")
# A mutant that does not end has been noticed, but may be explained.
ALIVE = (*UNNOTICED, "timeout")


@dataclass(frozen=True)
class Mutant:
    """One mutant.

    file: below plugins/module_utils. name: what mutmut calls it. change, line: of what is alive, what it changes and where.
    """

    file: str
    name: str
    verdict: str
    change: Change | None = None
    line: int = 0

    @property
    def function(self) -> str:
        """The qualified name of its function."""
        return function_of(self.name)

    @property
    def told(self) -> Told:
        """How it is explained."""
        return Told(self.file, self.function, self.change.told if self.change else "")


class Room:
    """One room and its directory."""

    def __init__(self, build: Build, name: str, files: list[str]) -> None:
        self.build = build
        self.name = name
        self.files = files
        self.tests = f"{TESTS}/{name}"
        self.directory = build.directory / "mutants" / name
        self.mutated = self.directory / "mutants" / UTILITIES

    def prepare(self) -> None:
        """Copy what is mutated, what it needs, and the tests."""
        if not (self.build.collection / self.tests).is_dir():
            raise Problem(f"there are no tests of {self.name}: {self.tests} does not exist.")
        self.directory.mkdir(parents=True, exist_ok=True)
        for old in (self.directory / "ansible_collections", self.directory / "tests"):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(self.build.collection / "plugins", self.directory / COLLECTION / "plugins")
        shutil.copytree(self.build.collection / "tests" / "unit", self.directory / "tests" / "unit")
        # mutmut notices a planner that has changed, and no test that has.
        digest, judged_by = self.digest_of_tests(), self.directory / "tests.sha256"
        if not judged_by.exists() or judged_by.read_text() != digest:
            shutil.rmtree(self.directory / "mutants", ignore_errors=True)
            judged_by.write_text(digest)
        files = json.dumps([f"{UTILITIES}/{file}" for file in self.files])
        (self.directory / "pyproject.toml").write_text(CONFIGURATION.format(files=files, tests=self.tests))

    def digest_of_tests(self) -> str:
        """Equal as long as neither the room's tests nor what all tests share has changed."""
        content = hashlib.sha256()
        unit = self.directory / "tests" / "unit"
        for file in sorted(unit.rglob("*.py")):
            if file.is_relative_to(self.directory / self.tests) or not file.name.startswith("test_"):
                content.update(f"{file.relative_to(unit)}\n{file.read_text()}".encode())
        return content.hexdigest()

    def run(self, files: list[str], minutes: float) -> int:
        """Run mutmut on these files until it is done or the time is up; its exit code."""
        names = [f"{UTILITIES}/{file.removesuffix('.py')}".replace("/", ".") + ".*" for file in files]
        # mutmut tries anew whatever it is given by name.
        command = ["run", "--max-children", "2", *(names if files != self.files else [])]
        log = self.directory / "mutmut.log"
        print(f"mutants: {self.name}: at most {minutes:.3g} minutes; tail -f {log}", flush=True)
        with log.open("wb") as output:
            mutmut = subprocess.Popen(
                [self.build.bin / "mutmut", *command],
                cwd=self.directory,
                env=self.build.environment() | {"PYTHONPATH": str(self.build.dependencies)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                code = mutmut.wait(minutes * 60)
            except subprocess.TimeoutExpired:
                print("mutants: the time is up", flush=True)
                mutmut.send_signal(signal.SIGINT)
                mutmut.wait()
                return 0
        if code:
            print(log.read_text(errors="replace")[-4000:])
        return code

    def codes(self, file: str) -> dict[str, int | None] | None:
        """What mutmut has noted for each mutant of a file; None if it has not come to the file."""
        meta = self.mutated / f"{file}.meta"
        return dict(json.loads(meta.read_text())["exit_code_by_key"]) if meta.exists() else None

    def mutants(self, file: str) -> list[Mutant]:
        """What is known of each mutant of a file."""
        codes = self.codes(file) or {}
        verdicts = {name.rpartition(".")[2]: VERDICTS.get(code, f"exit code {code}") for name, code in codes.items()}
        if not set(ALIVE) & set(verdicts.values()):
            return [Mutant(file, name, verdict) for name, verdict in verdicts.items()]
        # The mutated file has each function once for each mutant, and once unchanged.
        mutated = {node.name: node for __, node in functions((self.mutated / file).read_text())}
        starts = {name: node.lineno for name, node in functions((self.directory / UTILITIES / file).read_text())}
        known = []
        for name, verdict in verdicts.items():
            if verdict in ALIVE:
                original = mutated[f"{name.partition('__mutmut_')[0]}__mutmut_orig"]
                changed = change(original, mutated[name])
                known.append(Mutant(file, name, verdict, changed, starts[function_of(name)] + changed.line))
            else:
                known.append(Mutant(file, name, verdict))
        return known


def function_of(mutant: str) -> str:
    """The qualified name of the function that a mutant was made of: mutmut calls them x_function and xǁClassǁmethod."""
    return mutant.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def functions(source: str) -> Iterator[tuple[str, Function]]:
    """The functions of a module and the methods of its classes, with their qualified names."""
    for node in ast.parse(source).body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{one.name}", one) for one in node.body if isinstance(one, Function))


def rooms(build: Build, patterns: list[str]) -> list[Room]:
    """All rooms that have pure files; patterns: of files below plugins/module_utils."""
    utilities = build.collection / "plugins" / "module_utils"
    files = {file.relative_to(utilities) for pattern in patterns for file in utilities.glob(pattern)}
    by_room: dict[str, list[str]] = {}
    for file in sorted(file for file in files if file.name != "__init__.py"):
        by_room.setdefault(file.parent.as_posix(), []).append(file.as_posix())
    return [Room(build, name, names) for name, names in by_room.items()]
