# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure by line and branch how much of the plugins the unit and end-to-end tests run through, also where Ansible runs a module
in a process of its own.

It works in a virtual environment of its own, on top of the everyday one, in which every Python process is measured.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import venv
from pathlib import Path

from scripts import ROOT
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
STARTED_BY_SITE = (
    "import os; os.environ['COVERAGE_PROCESS_START'] = {configuration!r}; import coverage; coverage.process_startup()"
)


def make_measured_python(build: Build, directory: Path, configuration: Path) -> Path:
    """A virtual environment with the everyday one's packages and commands, whose every process is measured; its bin."""
    venv.create(directory / "venv", clear=True, symlinks=True)
    measured = directory / "venv" / "bin"
    (packages,) = (build.bin.parent / "lib").glob("python*/site-packages")
    (own,) = (directory / "venv" / "lib").glob("python*/site-packages")
    lines = [
        f"import site; site.addsitedir({str(packages)!r})",
        STARTED_BY_SITE.format(configuration=str(configuration)),
    ]
    (own / "measured.pth").write_text("\n".join(lines) + "\n")
    for command in build.bin.iterdir():
        target = measured / command.name
        if command.is_symlink() or target.exists():
            continue
        content = command.read_bytes()
        target.write_bytes(content.replace(str(build.bin).encode(), str(measured).encode(), 1))
        target.chmod(0o755)
    return measured


def measure(build: Build, more: list[str]) -> int:
    """Run the tests, or those that pytest's arguments choose, put the measurements together, print them."""
    directory = build.directory / "coverage"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    configuration = directory / "coveragerc"
    plugins = build.collection / "plugins"
    configuration.write_text(CONFIGURATION.format(data=directory / "data", plugins=plugins))
    measured = make_measured_python(build, directory, configuration)
    # The emulator need not be measured, and should not be slow.
    environment = build.environment() | {"EMULATOR_PYTHON": str(build.bin / "python")}
    environment["PATH"] = environment["PATH"].replace(str(build.bin), str(measured))
    # One after the other, as make test runs them: what a unit test imports would turn the modules that the end-to-end tests fork
    # into controllers.
    pytest = [str(measured / "python"), "-m", "pytest", "-o", "pythonpath=", "-n", "2"]
    passed = True
    for tests in [more] if more else TESTS:
        run = subprocess.run([*pytest, *tests], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
        passed = passed and run.returncode == 0

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
    return int(not passed)
