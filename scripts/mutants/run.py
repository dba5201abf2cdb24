# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation testing of the planners: mutmut changes them in one place at a time, and the unit tests have to notice.

PLANNER is a file of plugins/module_utils/_plan without its ending, such as keys; by default all. What was found before the time is
up is kept in the build directory, and the next run goes on there as long as no test has changed.

A mutant that no test can notice, because nothing that can be observed has changed, is explained in tests/mutants.toml. Any other
survivor fails the run: it asks for a test, or for simpler code.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts import ROOT
from scripts.build import Build

EXPLAINED = ROOT / "tests" / "mutants.toml"

PLANNERS = "ansible_collections/mediaops/mediaconnect/plugins/module_utils/_plan"
TESTS = "tests/unit/plugins/module_utils/_plan"
CONFIGURATION = """
[tool.pytest.ini_options]
addopts = "--import-mode=importlib -p no:cacheprovider -p no:xdist -q"

[tool.mutmut]
source_paths = ["ansible_collections"]
only_mutate = ["{planners}/*.py"]
also_copy = ["tests"]
pytest_add_cli_args_test_selection = ["{tests}"]
"""
# The exit codes that mutmut keeps for each mutant, as far as they are not a test's failure.
UNDECIDED = {None: "not run", 33: "without test", 34: "skipped"}
UNNOTICED = ("survived", "without test")
VERDICTS = {
    0: "survived",
    1: "killed",
    3: "killed",
    5: "without test",
    36: "timeout",
    24: "timeout",
    -24: "timeout",
    152: "timeout",
}


def digest_of(tests: Path) -> str:
    """Equal as long as no test has changed."""
    content = hashlib.sha256()
    for file in sorted(tests.rglob("*.py")):
        content.update(f"{file.relative_to(tests)}\n{file.read_text()}".encode())
    return content.hexdigest()


def prepare(build: Build) -> Path:
    """A working directory with what is mutated, what it needs, and the tests."""
    directory = build.directory / "mutants"
    directory.mkdir(exist_ok=True)
    for old in (directory / "ansible_collections", directory / "tests"):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(build.collection / "plugins", directory / PLANNERS.partition("/module_utils")[0])
    shutil.copytree(build.collection / TESTS, directory / TESTS)
    # mutmut notices a planner that has changed, and no test that has.
    digest, judged_by = digest_of(directory / TESTS), directory / "tests.sha256"
    if not judged_by.exists() or judged_by.read_text() != digest:
        shutil.rmtree(directory / "mutants", ignore_errors=True)
        judged_by.write_text(digest)
    (directory / "pyproject.toml").write_text(CONFIGURATION.format(planners=PLANNERS, tests=TESTS))
    return directory


def verdicts(directory: Path) -> dict[str, str]:
    """What is known of each mutant."""
    known: dict[str, str] = {}
    for file in sorted((directory / "mutants" / PLANNERS).glob("*.meta")):
        codes = json.loads(file.read_text())["exit_code_by_key"]
        known |= {name: UNDECIDED.get(code) or VERDICTS.get(code, f"exit code {code}") for name, code in codes.items()}
    return known


def change(build: Build, directory: Path, name: str) -> str:
    """What a mutant changes: the lines that it puts in, or those that it leaves out."""
    command = [str(build.bin / "mutmut"), "show", name]
    diff = subprocess.run(
        command, cwd=directory, env=environment(build), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    lines = {sign: [line[1:].strip() for line in diff if line.startswith(sign)] for sign in "+-"}
    return " ".join(lines["+"][1:]) or f"without {' '.join(lines['-'][1:])}"


def explanations() -> set[tuple[str, str]]:
    """(planner, change) of the mutants that are known to be equivalent."""
    entries = tomllib.loads(EXPLAINED.read_text())["equivalent"]
    return {(entry["planner"], text) for entry in entries for text in entry["changes"]}


def environment(build: Build) -> dict[str, str]:
    """What mutmut runs with."""
    return build.environment() | {"PYTHONPATH": str(build.dependencies)}


def run_mutmut(build: Build, directory: Path, names: list[str], minutes: float) -> int:
    """Run mutmut until it is done or the time is up; its exit code."""
    command = [str(build.bin / "mutmut"), "run", "--max-children", "2", *names]
    log = directory / "mutmut.log"
    print(f"mutants: at most {minutes:g} minutes; tail -f {log}", flush=True)
    with log.open("wb") as output:
        mutmut = subprocess.Popen(
            command,
            cwd=directory,
            env=environment(build),
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
            code = 0
    if code:
        print(log.read_text(errors="replace")[-4000:])
    return code


def judge(build: Build, planners: list[str], minutes: float) -> int:
    """Judge the mutants, and sum up for each planner."""
    directory = prepare(build)
    prefix = f"{PLANNERS.replace('/', '.')}."
    code = run_mutmut(build, directory, [f"{prefix}{planner}.*" for planner in planners], minutes)
    found = {name.removeprefix(prefix): verdict for name, verdict in verdicts(directory).items()}
    if planners:
        found = {name: verdict for name, verdict in found.items() if name.partition(".")[0] in planners}
    alive = [name for name, verdict in found.items() if verdict in (*UNNOTICED, "timeout")]
    with ThreadPoolExecutor(max_workers=2) as pool:
        changes = dict(zip(alive, pool.map(lambda name: change(build, directory, prefix + name), alive), strict=True))
    known, here = explanations(), {(name.partition(".")[0], text) for name, text in changes.items()}
    found |= {name: "equivalent" for name, text in changes.items() if (name.partition(".")[0], text) in known}
    unexplained = [f"{name}: {text}" for name, text in changes.items() if found[name] in UNNOTICED]
    judged = {name.partition(".")[0] for name in found} - {
        name.partition(".")[0] for name, verdict in found.items() if verdict == "not run"
    }
    stale = [f"{EXPLAINED.name}: {planner}: {text}" for planner, text in sorted(known - here) if planner in judged]

    print("\n=== mutants ===")
    print("\n".join([*unexplained, *(f"no longer a survivor: {entry}" for entry in stale)]))
    for planner in sorted({name.partition(".")[0] for name in found}):
        counted = Counter(verdict for name, verdict in found.items() if name.startswith(f"{planner}."))
        print(f"{planner:<16} {', '.join(f'{number} {verdict}' for verdict, number in sorted(counted.items()))}")
    counted = Counter(found.values())
    print(
        f"{len(found) - counted['not run']} of {len(found)} mutants judged, {counted['equivalent']} of them equivalent, "
        f"{len(unexplained)} not noticed by any test; {directory}"
    )
    return code or int(bool(unexplained or stale))
