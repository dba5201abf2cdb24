# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation testing of the planners: mutmut changes them in one place at a time, and the unit tests have to notice.

scripts/mutants.py [--build DIR] [--minutes N] [PLANNER ...]

PLANNER is a file of plugins/module_utils/_plan without its ending, such as keys; by default all. What was found before the time is
up is kept in the build directory, and the next run goes on there as long as neither planners nor tests have changed.
Survivors are read by hand: .build/venv/bin/mutmut show NAME, in the directory that is printed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from environment import ROOT, Build

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


def prepare(build: Build) -> Path:
    """A working directory with what is mutated, what it needs, and the tests."""
    directory = build.directory / "mutants"
    directory.mkdir(exist_ok=True)
    for old in (directory / "ansible_collections", directory / "tests"):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(build.collection / "plugins", directory / PLANNERS.partition("/module_utils")[0])
    shutil.copytree(build.collection / TESTS, directory / TESTS)
    (directory / "pyproject.toml").write_text(CONFIGURATION.format(planners=PLANNERS, tests=TESTS))
    return directory


def verdicts(directory: Path) -> dict[str, str]:
    """What is known of each mutant."""
    known = {}
    for file in sorted((directory / "mutants" / PLANNERS).glob("*.meta")):
        codes = json.loads(file.read_text())["exit_code_by_key"]
        known |= {name: UNDECIDED.get(code) or VERDICTS.get(code, f"exit code {code}") for name, code in codes.items()}
    return known


def main() -> int:
    """Run mutmut until it is done or the time is up, and sum up for each planner."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / ".build", help="the build directory (default: .build)")
    parser.add_argument("--minutes", type=float, default=30, help="the time after which to stop (default: 30)")
    parser.add_argument("planners", nargs="*")
    arguments = parser.parse_args()
    build = Build(arguments.build)
    directory = prepare(build)
    module = PLANNERS.replace("/", ".")
    names = [f"{module}.{planner}.*" for planner in arguments.planners]
    environment = build.environment() | {"PYTHONPATH": str(build.dependencies)}
    command = [build.bin / "mutmut", "run", "--max-children", "2", *names]
    log = directory / "mutmut.log"
    print(f"mutants: at most {arguments.minutes:g} minutes; tail -f {log}", flush=True)
    with log.open("wb") as output:
        mutmut = subprocess.Popen(
            command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            code = mutmut.wait(arguments.minutes * 60)
        except subprocess.TimeoutExpired:
            print("mutants: the time is up", flush=True)
            mutmut.send_signal(signal.SIGINT)
            mutmut.wait()
            code = 0
    if code:
        print(log.read_text(errors="replace")[-4000:])
    found = verdicts(directory)
    survivors = [name for name, verdict in found.items() if verdict == "survived"]
    print("\n=== mutants ===")
    print("\n".join(name.removeprefix(f"{module}.") for name in survivors))
    planners = sorted({name.removeprefix(f"{module}.").partition(".")[0] for name in found})
    for planner in planners:
        counted = Counter(verdict for name, verdict in found.items() if name.startswith(f"{module}.{planner}."))
        print(f"{planner:<16} {', '.join(f'{number} {verdict}' for verdict, number in sorted(counted.items()))}")
    counted = Counter(found.values())
    judged = counted["killed"] + counted["timeout"] + counted["survived"]
    if judged:
        print(
            f"{judged} of {len(found)} mutants judged, {100 * (judged - counted['survived']) / judged:.1f} % of them noticed; {directory}"
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
