# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the project's checks and sum them up: each stage, its time, the processors' time, its verdict.

scripts/stages.py [--build DIR] STAGE-OR-GROUP ... [-- ARGUMENTS FOR A SINGLE STAGE]
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from environment import ROOT, Build


@dataclass(frozen=True)
class Stage:
    """One check. In its command and directory, {name} stands for what `placeholders` gives.

    alone: it keeps all processors busy by itself. may_be_empty: pytest need not find a test.
    """

    title: str
    command: str
    cwd: str = "{root}"
    alone: bool = False
    may_be_empty: bool = False

    def run(self, build: Build, more: list[str], output: IO[bytes] | None = None) -> tuple[int, float]:
        """Run it in the clean environment; its exit code, and for how long it kept processors busy."""
        places = placeholders(build)
        words = [word.format(**places) for word in shlex.split(self.command)]
        process = subprocess.Popen(
            [*words, *more],
            cwd=self.cwd.format(**places),
            env=build.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
        )
        used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(used[1])
        passed = process.returncode == 0 or (self.may_be_empty and process.returncode == NO_TESTS)
        return 0 if passed else process.returncode, used[2].ru_utime + used[2].ru_stime


@dataclass(frozen=True)
class Result:
    """How a stage went."""

    title: str
    seconds: float
    busy: float
    passed: bool


NO_TESTS = 5
PYTEST = "python -m pytest -o pythonpath="
ANSIBLE_TEST = "--python {python_version} --color no"
MYPY = "mypy --config-file {root}/pyproject.toml --cache-dir {build}/mypy_cache"
STAGES = {
    "unit": Stage("unit tests", f"{PYTEST} -n 2 tests/unit", alone=True),
    "emulator": Stage("emulator's tests", f"{PYTEST} emulator/tests"),
    "e2e": Stage("end-to-end tests", f"{PYTEST} -n 2 -m 'not slow' tests/e2e", alone=True),
    "e2e-slow": Stage("slow end-to-end tests", f"{PYTEST} -n 2 -m slow tests/e2e", alone=True, may_be_empty=True),
    "iam": Stage("operator's policy", f"{PYTEST} -n 2 tests/iam", alone=True),
    "bench": Stage("benchmarks", "python -m tests.benchmarks"),
    "ruff": Stage("ruff", "ruff check ."),
    "format": Stage("ruff's formatter", "ruff format --check --output-format concise ."),
    "mypy": Stage("mypy", f"{MYPY} {{collection}}/plugins {{collection}}/emulator/src", cwd="{collections}"),
    "yamllint": Stage("yamllint", "yamllint --strict ."),
    "ansible-lint": Stage("ansible-lint", "ansible-lint --strict --nocolor"),
    "changelog": Stage("changelog", "python scripts/changelog.py"),
    "licences": Stage("licence headers (REUSE)", "reuse lint --lines"),
    "docs-lint": Stage(
        "antsibull-docs",
        "antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --validate-collection-refs=all {collection}",
    ),
    "docs": Stage("documentation site", "python scripts/docs.py --build {build}"),
    "importer": Stage("galaxy-importer", "python scripts/importer.py {tarball}"),
    "sanity": Stage("ansible-test sanity", f"ansible-test sanity {ANSIBLE_TEST}", cwd="{collection}"),
    "coverage": Stage("coverage", "python scripts/covered.py --build {build}", alone=True),
    "mutants": Stage("mutants", "python scripts/mutants.py --build {build}"),
    "integration": Stage("ansible-test integration", "python scripts/integration.py --build {build}"),
    "molecule": Stage("molecule", "python scripts/molecule.py --build {build}", alone=True),
    "units": Stage("ansible-test units", f"ansible-test units {ANSIBLE_TEST}", cwd="{collection}"),
}
LINT = ["ruff", "format", "mypy", "yamllint", "licences", "changelog", "docs-lint", "ansible-lint"]
TEST = ["unit", "emulator", "e2e", *LINT, "importer", "sanity", "integration", "molecule"]
GROUPS = {
    "lint": LINT,
    "test": [*TEST],
    "test-all": [*TEST, "e2e-slow", "units", "iam", "docs", "coverage"],
}


def placeholders(build: Build) -> dict[str, str]:
    """What may stand in a stage's command or directory."""
    return {
        "build": str(build.directory),
        "collection": str(build.collection),
        "collections": str(build.collections),
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "root": str(ROOT),
        "tarball": str(build.tarball()),
    }


def expand(names: list[str]) -> list[str]:
    """Stages and groups to stages, each once and in order."""
    return list(dict.fromkeys(stage for name in names for stage in GROUPS.get(name, [name])))


def run_stage(name: str, build: Build, more: list[str], quiet: bool = False) -> Result:
    """Run one stage under a heading; quietly, its output is shown when it is done."""
    stage = STAGES[name]
    heading = f"\n=== {stage.title} ==="
    started = time.monotonic()
    if quiet:
        with tempfile.TemporaryFile() as output:
            code, busy = stage.run(build, more, output)
            output.seek(0)
            print(f"{heading}\n{output.read().decode(errors='replace')}", end="", flush=True)
    else:
        print(heading, flush=True)
        code, busy = stage.run(build, more)
    return Result(stage.title, time.monotonic() - started, busy, code == 0)


def run_stages(names: list[str], build: Build, more: list[str]) -> list[Result]:
    """Run what keeps all processors busy by itself first, then the rest two at a time; the results in the order of the names."""
    results = {}
    together = [name for name in names if not STAGES[name].alone] if len(names) > 1 else []
    for name in names:
        if name not in together:
            results[name] = run_stage(name, build, more)
    with ThreadPoolExecutor(max_workers=2) as pool:
        results |= zip(together, pool.map(lambda name: run_stage(name, build, more, quiet=True), together), strict=True)
    return [results[name] for name in names]


def summary(results: list[Result], seconds: float) -> str:
    """A table of stages, and a last line that counts them."""
    width = max(len(result.title) for result in results)
    lines = [
        f"{result.title:<{width}}  {result.seconds:7.1f} s  {result.busy:7.1f} s  {'passed' if result.passed else 'FAILED'}"
        for result in results
    ]
    failed = sum(not result.passed for result in results)
    heading = f"{'=== summary ===':<{width}}  {'time':>9}  {'processor':>9}"
    total = f"{'in all':<{width}}  {seconds:7.1f} s  {sum(one.busy for one in results):7.1f} s"
    return "\n".join(["", heading, *lines, total, f"{len(results) - failed} passed, {failed} failed"])


def main() -> int:
    """Run what was asked for; a failure does not keep the later stages from running."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / ".build", help="the build directory (default: .build)")
    parser.add_argument(
        "stages", nargs="+", choices=[*GROUPS, *STAGES], metavar="STAGE", help=", ".join([*GROUPS, *STAGES])
    )
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    arguments = parser.parse_args(words[:cut])
    build = Build(arguments.build)
    started = time.monotonic()
    results = run_stages(expand(arguments.stages), build, words[cut + 1 :])
    if len(results) > 1:
        print(summary(results, time.monotonic() - started), flush=True)
    return int(not all(result.passed for result in results))


if __name__ == "__main__":
    sys.exit(main())
