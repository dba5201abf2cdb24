# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the project's private environment in the build directory from nothing but python3 and a package index.

venv            the tools that tests/requirements.txt pins, and tests/requirements-NAME.txt for each NAME; and the emulator
dependencies    the collections that ours needs

Only the standard library is used here. Nothing is done when everything is there already.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

from . import ROOT, Problem
from .offline import collections, pip

UV = "uv==0.13.9"
EMULATOR = ROOT / "emulator"


class Builder:
    """One build directory and what has been put into it."""

    def __init__(self, build: Path) -> None:
        self.build = build
        self.venv = build / "venv"
        self.python = self.venv / "bin" / "python"
        self.dependencies = build / "dependencies"
        self.download = build / "download"
        self.stamp = build / "stamp.json"

    def make(self, sets: list[str]) -> None:
        """Bring the virtual environment and the collections up to date."""
        done = self.read_stamp()
        # Another patch release is no reason to take the environment away from whoever works with it at the moment.
        python = "{}.{}".format(*sys.version_info)
        if done.get("python") != python or not attempt([self.python, "-c", ""], quiet=True):
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
        collections_file = requirement_file("collections")
        if done.get(collections_file.name) != digest(collections_file) or not collections.are_in(self.dependencies):
            say("fetching amazon.aws inside the `ansible` package (50 MB)")
            collections.fetch(self.python, collections_file, self.download, self.dependencies)
            done[collections_file.name] = digest(collections_file)
        if done != self.read_stamp():
            self.stamp.write_text(json.dumps(done, indent=2))
            say(f"ready: {self.venv}")

    def read_stamp(self) -> dict[str, str]:
        """What the last run left behind: a hash for each requirements file."""
        try:
            return dict(json.loads(self.stamp.read_text()))
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
        pip.put_into(self.python, self.download)

    def install(self, requirements: list[str]) -> None:
        """Install by uv where it can be had, else by pip."""
        if self.has_uv() and attempt(
            [self.python, "-m", "uv", "pip", "install", *uv_options(self.python), *requirements]
        ):
            return
        say("uv is not to be had or failed: going on with pip, which takes a minute or two longer")
        if not attempt([self.python, "-m", "pip", "install", "--quiet", "--compile", *requirements]):
            raise Problem(
                "the packages could not be installed: see pip's words above (is the package index reachable?)."
            )

    def has_uv(self) -> bool:
        """Whether uv is in the virtual environment, after trying to put it there."""
        return attempt([self.python, "-m", "pip", "install", "--quiet", "--only-binary=:all:", UV], quiet=True)


def requirement_file(name: str) -> Path:
    """The file of a set of requirements; the empty name is the set that everything needs."""
    file = ROOT / "tests" / (f"requirements-{name}.txt" if name else "requirements.txt")
    if not file.exists():
        raise Problem(f"there is no set of requirements called {name}: {file} does not exist.")
    return file


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def uv_options(python: Path) -> list[str]:
    """uv does not read pip's configuration: hand the index over."""
    options = ["--quiet", "--python", str(python), "--compile-bytecode", "--system-certs"]
    index = pip.setting("index-url")
    return [*options, "--default-index", index] if index else options


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


def set_up(build: Path, sets: list[str]) -> int:
    """Let only one process at a time work in the build directory, and tell how long it took."""
    started = time.monotonic()
    os.environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    os.environ.setdefault("PIP_RETRIES", "1")
    build.mkdir(parents=True, exist_ok=True)
    with (build / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        Builder(build.resolve()).make(sets)
    if time.monotonic() - started > 1:
        say(f"took {time.monotonic() - started:.0f} s")
    return 0
