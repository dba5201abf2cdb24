# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the oldest and the newest supported versions for real, and run the unit and end-to-end tests with each.

Pythons are looked for on PATH and among pyenv's. An entry without one is left out, and the last lines say so. The
emulator always runs with the Python and the botocore of the everyday environment: what it takes for AWS must not grow old
with the client.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from scripts import ROOT, Problem
from scripts.build import Build

MATRIX = ROOT / "tests" / "matrix.toml"


def find_python(versions: list[str]) -> str | None:
    """The first of these Pythons that is there and really starts (a pyenv shim may not)."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for version in versions:
        name = f"python{version}"
        for python in (shutil.which(name), *map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/{name}")))):
            if python and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
                return python
    return None


def run(*command: str | Path) -> bool:
    """Run a step and tell whether it succeeded."""
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode == 0


def installed(build: Build) -> dict[str, str]:
    """What really lies in the build directory."""
    script = "import json, ansible.release, boto3; print(json.dumps([ansible.release.__version__, boto3.__version__]))"
    answer = subprocess.run([build.bin / "python", "-c", script], capture_output=True, text=True, check=True)
    ansible_core, boto3 = json.loads(answer.stdout)
    manifest = build.dependencies / "ansible_collections" / "amazon" / "aws" / "MANIFEST.json"
    amazon_aws = json.loads(manifest.read_text())["collection_info"]["version"]
    return {"ansible_core": ansible_core, "amazon_aws": amazon_aws, "boto3": boto3}


def check(name: str, entry: dict[str, Any], build: Build) -> str:
    """Install one entry, see that it is what was asked for, and run the tests."""
    python = find_python(entry["pythons"])
    if not python:
        return f"left out: no Python {' or '.join(entry['pythons'])} here"
    print(f"\n##### {name}: {python} #####", flush=True)
    scripts = ["-m", "scripts", "--build", str(build.directory)]
    boto3 = ["-m", "pip", "install", "--quiet", f"boto3=={entry['boto3']}"]
    own_python = build.bin / "python"
    if not run(python, *scripts, "setup") or not run(own_python, *boto3):
        return "FAILED to install"
    found = installed(build)
    if found != {key: entry[key] for key in found}:
        return f"FAILED: installed {found}"
    passed = run(own_python, *scripts, "install") and run(own_python, *scripts, "check", "unit", "e2e")
    return f"{'passed' if passed else 'FAILED'} with {' '.join(f'{key} {value}' for key, value in found.items())}"


def try_versions(build: Build, names: list[str]) -> int:
    """Run the entries that were asked for, by default all, and sum up."""
    entries = tomllib.loads(MATRIX.read_text())
    unknown = sorted(set(names) - set(entries))
    if unknown:
        raise Problem(f"there is no entry called {unknown[0]} in {MATRIX.name}: there are {', '.join(entries)}.")
    os.environ["EMULATOR_PYTHON"] = str(build.bin / "python")
    verdicts = {name: check(name, entries[name], Build(build.directory / "matrix" / name)) for name in names or entries}
    print("\n=== version matrix ===")
    for name, verdict in verdicts.items():
        print(f"{name}: {verdict}")
    passed = sum(verdict.startswith("passed") for verdict in verdicts.values())
    failed = sum(verdict.startswith("FAILED") for verdict in verdicts.values())
    print(f"{passed} passed, {failed} failed, {len(verdicts) - passed - failed} skipped")
    return int(failed > 0 or passed == 0)
