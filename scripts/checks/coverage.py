# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure by line and branch how much of the plugins the unit and end-to-end tests run through, also where Ansible runs a module
in a process of its own.

Every Python process is measured that has the environment variable of coverage.py: the tests' sandbox hands it on.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from scripts.build import Build

TESTS = [["tests/unit"], ["tests/e2e"]]
CONFIGURATION = """
[run]
branch = true
parallel = true
data_file = {data}
concurrency = multiprocessing,thread
patch = _exit,fork
include = */ansible_collections/mediaops/mediaconnect/plugins/*
disable_warnings = no-data-collected,module-not-measured,couldnt-parse

[paths]
plugins =
    {plugins}
    */ansible_collections/mediaops/mediaconnect/plugins

[report]
precision = 1
show_missing = true
skip_covered = true
ignore_errors = true
exclude_also =
    if TYPE_CHECKING:
    except ImportError:
    raise NotImplementedError
"""


def measure(build: Build, more: list[str]) -> int:
    """Run the tests, or those that pytest's arguments choose, put the measurements together, print them."""
    directory = build.directory / "coverage"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    configuration = directory / "coveragerc"
    plugins = build.collection / "plugins"
    configuration.write_text(CONFIGURATION.format(data=directory / "data", plugins=plugins))
    measured = {"COVERAGE_PROCESS_START": str(configuration)}
    # One after the other, as make test runs them: what a unit test imports would turn the modules that the end-to-end tests fork
    # into controllers.
    pytest = ["-m", "pytest", "-o", "pythonpath=", "-n", "2"]
    runs = [
        build.run("python", *pytest, *tests, check=False, environment=measured) for tests in ([more] if more else TESTS)
    ]

    def coverage(command: str, *words: str | Path) -> None:
        build.run("python", "-m", "coverage", command, f"--rcfile={configuration}", *words, cwd=plugins)

    coverage("combine", "--quiet")
    for cut_short in directory.glob("data.*"):  # of processes that tests have killed
        cut_short.unlink()
    coverage("html", "--quiet", "--directory", directory / "html")
    coverage("json", "--quiet", "-o", directory / "coverage.json")
    coverage("report")
    totals = json.loads((directory / "coverage.json").read_text())["totals"]
    lines = 100 * totals["covered_lines"] / totals["num_statements"]
    branches = 100 * totals["covered_branches"] / totals["num_branches"]
    print(
        f"coverage of the plugins: {lines:.1f} % of the lines, {branches:.1f} % of the branches; {directory / 'html' / 'index.html'}"
    )
    return int(any(run.returncode for run in runs))
