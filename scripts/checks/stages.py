# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the project's checks and sum them up: each stage, its time, the processors' time, its verdict."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

from scripts import ROOT, Problem
from scripts.build import Build


@dataclass(frozen=True)
class Stage:
    """One check. In its command and directory, {name} stands for what `placeholders` gives.

    alone: it keeps all processors busy by itself.
    """

    title: str
    command: str
    cwd: str = "{root}"
    alone: bool = False

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
        return process.returncode, used[2].ru_utime + used[2].ru_stime


@dataclass(frozen=True)
class Result:
    """How a stage went."""

    title: str
    seconds: float
    busy: float
    passed: bool


PYTEST = "python -m pytest -o pythonpath="
ANSIBLE_TEST = "--python {python_version} --color no"
MYPY = "mypy --config-file {root}/pyproject.toml --cache-dir {build}/mypy_cache"
SCRIPTS = "python -m scripts --build {build}"
STAGES = {
    "unit": Stage("unit tests", f"{PYTEST} -n 2 tests/unit tests/scripts", alone=True),
    "emulator": Stage("emulator's tests", f"{PYTEST} emulator/tests"),
    "e2e": Stage("end-to-end tests", f"{PYTEST} -n 2 -m 'not slow' tests/e2e", alone=True),
    "e2e-slow": Stage("slow end-to-end tests", f"{PYTEST} -n 2 -m slow tests/e2e", alone=True),
    "iam": Stage("operator's policy", f"{PYTEST} -n 2 tests/iam", alone=True),
    "bench": Stage("benchmarks", "python -m tests.benchmarks"),
    "ruff": Stage("ruff", "ruff check ."),
    "format": Stage("ruff's formatter", "ruff format --check --output-format concise ."),
    "mypy": Stage(
        "mypy", f"{MYPY} {{collection}}/plugins {{collection}}/emulator/src {{root}}/scripts", cwd="{collections}"
    ),
    "yamllint": Stage("yamllint", "yamllint --strict ."),
    "ansible-lint": Stage("ansible-lint", "ansible-lint --strict --nocolor"),
    "changelog": Stage("changelog", f"{SCRIPTS} changelog"),
    "licences": Stage("licence headers (REUSE)", "reuse lint --lines"),
    "docs-lint": Stage(
        "antsibull-docs",
        "antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --validate-collection-refs=all {collection}",
    ),
    "docs": Stage("documentation site", f"{SCRIPTS} docs"),
    "importer": Stage("galaxy-importer", f"{SCRIPTS} importer"),
    "sanity": Stage("ansible-test sanity", f"ansible-test sanity {ANSIBLE_TEST}", cwd="{collection}"),
    "coverage": Stage("coverage", f"{SCRIPTS} coverage --", alone=True),
    "mutants": Stage("mutants", f"{SCRIPTS} mutants"),
    "integration": Stage("ansible-test integration", f"{SCRIPTS} integration --"),
    "integration-quick": Stage(
        "ansible-test integration, two targets", f"{SCRIPTS} integration -- module_trust_role module_flow_info"
    ),
    "molecule": Stage("molecule", f"{SCRIPTS} molecule", alone=True),
    "units": Stage("ansible-test units", f"ansible-test units {ANSIBLE_TEST}", cwd="{collection}"),
}
LINT = ["ruff", "format", "mypy", "yamllint", "licences", "changelog", "docs-lint", "ansible-lint"]
ALWAYS = ["unit", "emulator", "e2e", *LINT, "sanity", "molecule"]
GROUPS = {
    "lint": LINT,
    "test": [*ALWAYS, "integration-quick"],
    "test-all": [*ALWAYS, "e2e-slow", "importer", "integration", "units", "iam", "docs", "coverage"],
}


def placeholders(build: Build) -> dict[str, str]:
    """What may stand in a stage's command or directory."""
    return {
        "build": str(build.directory),
        "collection": str(build.collection),
        "collections": str(build.collections),
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "root": str(ROOT),
    }


def expand(names: list[str]) -> list[str]:
    """Stages and groups to stages, each once and in order."""
    unknown = [name for name in names if name not in GROUPS and name not in STAGES]
    if unknown:
        raise Problem(f"there is no stage called {unknown[0]}: there are {', '.join([*GROUPS, *STAGES])}.")
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


def run_checks(names: list[str], build: Build, more: list[str]) -> int:
    """Run what was asked for, a single stage with more arguments; a failure does not keep the later stages from running."""
    started = time.monotonic()
    results = run_stages(expand(names), build, more)
    if len(results) > 1:
        print(summary(results, time.monotonic() - started), flush=True)
    return int(not all(result.passed for result in results))
