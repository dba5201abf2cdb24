# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run molecule's scenarios, two at a time and each against an emulator of its own; all of them, or those that are named.

scripts/molecule.py [--build DIR] [SCENARIO ...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from environment import ROOT, Build

from mediaconnect_emulator.client import Emulator

SCENARIOS = ROOT / "extensions" / "molecule"
SEED = "baseball"


def run(scenario: str, build: Build) -> bool:
    """Run one scenario and tell whether it succeeded. Only the exit code is to be trusted, not the closing table."""
    with tempfile.TemporaryDirectory(prefix=f"molecule-{scenario}-") as directory, Emulator.start(SEED) as emulator:
        done = subprocess.run(
            [build.bin / "molecule", "test", "--scenario-name", scenario],
            cwd=ROOT,
            env=build.environment()
            | emulator.environment()
            | {"MOLECULE_EPHEMERAL_DIRECTORY": directory, "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    passed = done.returncode == 0
    print(f"--- {scenario}: passed" if passed else f"{done.stdout}\n--- {scenario}: FAILED", flush=True)
    return passed


def main() -> int:
    """Run the scenarios, show the output of those that failed, and count."""
    every = sorted(file.parent.name for file in SCENARIOS.glob("*/molecule.yml"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / ".build", help="the build directory (default: .build)")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(every))
    arguments = parser.parse_args()
    build = Build(arguments.build)
    names = arguments.scenarios or every
    with ThreadPoolExecutor(max_workers=2) as pool:
        passed = list(pool.map(lambda name: run(name, build), names))
    print(f"{sum(passed)} passed, {len(names) - sum(passed)} failed")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
