# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run molecule's scenarios, two at a time and each against an emulator of its own; all of them, or those that are named."""

from __future__ import annotations

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

from mediaconnect_emulator.client import Emulator
from scripts import ROOT, Problem
from scripts.build import Build

SCENARIOS = ROOT / "extensions" / "molecule"


def run(scenario: str, build: Build) -> bool:
    """Run one scenario and tell whether it succeeded. Only the exit code is to be trusted, not the closing table."""
    with (
        tempfile.TemporaryDirectory(prefix=f"molecule-{scenario}-") as directory,
        Emulator.start("baseball") as emulator,
    ):
        done = build.run(
            "molecule",
            *("test", "--scenario-name", scenario),
            check=False,
            environment=emulator.environment()
            | {"MOLECULE_EPHEMERAL_DIRECTORY": directory, "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    passed = done.returncode == 0
    print(f"--- {scenario}: passed" if passed else f"{done.stdout}\n--- {scenario}: FAILED", flush=True)
    return passed


def run_scenarios(build: Build, names: list[str]) -> int:
    """Run the scenarios, show the output of those that failed, and count."""
    every = sorted(file.parent.name for file in SCENARIOS.glob("*/molecule.yml"))
    unknown = sorted(set(names) - set(every))
    if unknown:
        raise Problem(f"there is no scenario called {unknown[0]}: there are {', '.join(every)}.")
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(lambda name: run(name, build), names or every))
    print(f"{sum(passed)} passed, {len(passed) - sum(passed)} failed")
    return int(not all(passed))
