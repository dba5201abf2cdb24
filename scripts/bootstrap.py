# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the project's private environment under .build from nothing but python3 and a package index.

    python3 scripts/bootstrap.py [--build DIR] [lint ...]

.build/venv            the tools that tests/requirements.txt pins, and tests/requirements-NAME.txt for each NAME; and the emulator
.build/dependencies    amazon.aws, taken out of the `ansible` package, since Ansible Galaxy need not be reachable

Only the standard library is used here. Nothing is done when everything is there already.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

from fetch_pip import download_pip, pip_setting

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
UV = "uv==0.13.9"
EMULATOR = ROOT / "emulator"
AMAZON = "ansible_collections/amazon/aws/"
COMMUNITY = "ansible_collections/community/aws/"  # only the benchmark wants it, to compare with
AWX = "ansible_collections/awx/awx/"  # only tests want it, and the newest `ansible` no longer has it


class SetupError(Exception):
    """What is missing, in one sentence for the person at the terminal."""


class Builder:
    """One build directory and what has been put into it."""

    def __init__(self, build: Path) -> None:
        self.build = build
        self.venv = build / "venv"
        self.python = self.venv / "bin" / "python"
        self.dependencies = build / "dependencies"
        self.stamp = build / "stamp.json"

    def make(self, sets: list[str]) -> None:
        """Bring the virtual environment and the collections up to date."""
        done = self.read_stamp()
        # Another patch release is no reason to take the environment away from whoever works with it at the moment.
        python = "{}.{}".format(*sys.version_info)
        if not done.get("python", "").startswith(python) or not attempt([self.python, "-c", ""], quiet=True):
            done = {"python": python}
            self.make_venv()
        files = [requirement_file(name) for name in ["", *sets]]
        wanted = {file.name: digest(file) for file in files}
        if any(done.get(name) != value for name, value in wanted.items()):
            say(f"installing {', '.join(file.name for file in files)}")
            self.install([word for file in files for word in ("-r", str(file))])
            done |= wanted
        # Editable: a change of its code needs no new installation. What it depends on is pinned in requirements.txt.
        emulator = f"{EMULATOR} {digest(EMULATOR / 'pyproject.toml')}"
        if done.get("emulator") != emulator:
            say("installing the emulator")
            self.install(["--no-deps", "--editable", str(EMULATOR)])
            done["emulator"] = emulator
        collections = requirement_file("collections")
        if done.get(collections.name) != digest(collections) or not (self.dependencies / AMAZON).is_dir():
            self.unpack_amazon(collections)
            done[collections.name] = digest(collections)
        if done != self.read_stamp():
            self.stamp.write_text(json.dumps(done, indent=2))
            say(f"ready: {self.venv}")

    def read_stamp(self) -> dict[str, str]:
        """What the last run left behind: a hash for each requirements file."""
        try:
            return json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return {}

    def make_venv(self) -> None:
        """A virtual environment with pip in it, also where Python came without ensurepip."""
        say(f"making a virtual environment with Python {sys.version.split()[0]}")
        self.stamp.unlink(missing_ok=True)
        venv.create(self.venv, clear=True, symlinks=True)
        if attempt([self.python, "-m", "ensurepip"], quiet=True):
            return
        say("this Python has no ensurepip: taking pip from the package index")
        try:
            wheel = download_pip(self.build / "download")
        except OSError as error:
            raise SetupError(f"pip could not be fetched from the package index: {error}.") from error
        run([self.python, "-m", "pip", "install", "--quiet", "--no-index", wheel], PYTHONPATH=str(wheel))

    def install(self, requirements: list[str]) -> None:
        """Install by uv where it can be had, else by pip."""
        if self.has_uv() and attempt(
            [self.python, "-m", "uv", "pip", "install", *uv_options(self.python), *requirements]
        ):
            return
        say("uv is not to be had or failed: going on with pip, which takes a minute or two longer")
        if not attempt([self.python, "-m", "pip", "install", "--quiet", "--compile", *requirements]):
            raise SetupError(
                "the packages could not be installed: see pip's words above (is the package index reachable?)."
            )

    def has_uv(self) -> bool:
        """Whether uv is in the virtual environment, after trying to put it there."""
        return attempt([self.python, "-m", "pip", "install", "--quiet", "--only-binary=:all:", UV], quiet=True)

    def unpack_amazon(self, requirements: Path) -> None:
        """Take amazon.aws out of the `ansible` wheel (50 MB, of which 5 MB are needed)."""
        say("fetching amazon.aws inside the `ansible` package (50 MB)")
        download = self.build / "download"
        shutil.rmtree(download, ignore_errors=True)
        command = [self.python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", download, "-r", requirements]
        if not attempt(command):
            raise SetupError("the `ansible` package could not be downloaded: see pip's words above.")
        shutil.rmtree(self.dependencies / AMAZON, ignore_errors=True)
        with zipfile.ZipFile(next(download.glob("ansible-*.whl"))) as wheel:
            wanted = (AMAZON, AWX, COMMUNITY)
            wheel.extractall(self.dependencies, [name for name in wheel.namelist() if name.startswith(wanted)])
        shutil.rmtree(download)
        run([self.python, "-m", "compileall", "-q", self.dependencies / AMAZON / "plugins"])


def requirement_file(name: str) -> Path:
    """The file of a set of requirements; the empty name is the set that everything needs."""
    file = ROOT / "tests" / (f"requirements-{name}.txt" if name else "requirements.txt")
    if not file.exists():
        raise SetupError(f"there is no set of requirements called {name}: {file} does not exist.")
    return file


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def uv_options(python: Path) -> list[str]:
    """uv does not read pip's configuration: hand the index over."""
    options = ["--quiet", "--python", str(python), "--compile-bytecode", "--system-certs"]
    index = pip_setting("index-url")
    return [*options, "--default-index", index] if index else options


def run(command: list[str | Path], **environment: str) -> None:
    """Run a command that must succeed."""
    result = subprocess.run(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, check=False)
    if result.returncode:
        raise SetupError(f"this command failed: {' '.join(map(str, command))}")


def attempt(command: list[str | Path], quiet: bool = False) -> bool:
    """Run a command that may fail, and tell whether it succeeded."""
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def say(text: str) -> None:
    """One line of progress."""
    print(f"setup: {text}", flush=True)


def main() -> int:
    """Read the command line, and let only one process at a time work in a build directory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--build", type=Path, default=ROOT / ".build", help="the directory to work in (default: .build)"
    )
    parser.add_argument("sets", nargs="*", help="further sets of requirements, such as lint")
    arguments = parser.parse_args()
    started = time.monotonic()
    os.environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    os.environ.setdefault("PIP_RETRIES", "1")
    try:
        arguments.build.mkdir(parents=True, exist_ok=True)
        with (arguments.build / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            Builder(arguments.build.resolve()).make(arguments.sets)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    if time.monotonic() - started > 1:
        say(f"took {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"setup: Python 3.11 or newer is needed and this is {sys.version.split()[0]}: say make PYTHON=python3.12, for example."
        )
    sys.exit(main())
