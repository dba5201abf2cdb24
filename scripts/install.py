# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection's tarball and install it beside amazon.aws, so that tests and tools meet what a user gets."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment import ROOT, Build

NO_SOURCE = {".build", ".git", "__pycache__", "output"}


def fingerprint() -> str:
    """Changes whenever a file of the working tree is added, removed or written."""
    hasher = hashlib.sha256()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(name for name in folders if name not in NO_SOURCE and not name.endswith("_cache"))
        for file in sorted(files):
            state = Path(folder, file).lstat()
            hasher.update(f"{folder}/{file} {state.st_mtime_ns} {state.st_size} {state.st_mode}\n".encode())
    return hasher.hexdigest()


def galaxy(build: Build, *arguments: str | Path) -> None:
    """Run ansible-galaxy collection; its words are shown only when it fails."""
    command = [build.bin / "ansible-galaxy", "collection", *arguments]
    result = subprocess.run(command, env=build.environment(), capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"install: ansible-galaxy collection {arguments[0]} failed:\n{result.stdout}{result.stderr}")


def install(build: Build) -> None:
    """Build, install into a staging directory, then swap: a run that is under way never sees half a collection."""
    shutil.rmtree(build.dist, ignore_errors=True)
    galaxy(build, "build", "--force", "--output-path", build.dist, ROOT)
    stage = build.directory / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    tarball = build.tarball()
    galaxy(build, "install", "--force", "--offline", "--collections-path", stage, tarball)
    build.collection.parent.mkdir(parents=True, exist_ok=True)
    if build.collection.exists():
        build.collection.rename(stage / "old")
    (stage / "ansible_collections" / "mediaops" / "mediaconnect").rename(build.collection)
    shutil.rmtree(stage)
    print(f"install: {tarball.name} -> {build.collection}")


def main() -> None:
    """Install unless the working tree is as it was at the last installation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / ".build", help="the build directory (default: .build)")
    build = Build(parser.parse_args().build)
    stamp = build.directory / "installed.stamp"
    with (build.directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        current = fingerprint()
        if build.collection.is_dir() and stamp.exists() and stamp.read_text() == current:
            return
        install(build)
        stamp.write_text(current)


if __name__ == "__main__":
    main()
