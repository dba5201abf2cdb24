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

NO_SOURCE = {".ansible", ".build", ".git", ".hypothesis", "__pycache__", "dist", "output"}


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


def install(build: Build, tree: Path) -> None:
    """Build and install into a new tree, then let the link point to it: a run that is under way keeps the tree that it has."""
    shutil.rmtree(tree, ignore_errors=True)
    stage = tree.with_suffix(".stage")
    shutil.rmtree(stage, ignore_errors=True)
    galaxy(build, "build", "--force", "--output-path", stage, ROOT)
    (tarball,) = stage.glob("*.tar.gz")
    galaxy(build, "install", "--force", "--offline", "--collections-path", stage, tarball)
    (stage / "ansible_collections" / "amazon").symlink_to(build.dependencies / "ansible_collections" / "amazon")
    stage.rename(tree)
    link = build.link.with_suffix(".new")
    link.unlink(missing_ok=True)
    link.symlink_to(tree.relative_to(build.directory))
    if build.link.is_dir() and not build.link.is_symlink():
        shutil.rmtree(build.link)
    link.replace(build.link)
    print(f"install: {tarball.name} -> {build.link}")


def remove_old_trees(build: Build) -> None:
    """Remove the trees that nobody works with any more; the one before the newest, which this process has, is left to the next time."""
    newest = build.link.resolve()
    for tree in build.trees.iterdir():
        if tree == newest:
            continue
        descriptor = os.open(tree, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(tree)
        finally:
            os.close(descriptor)


def main() -> None:
    """Install unless the working tree is as it was at the last installation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / ".build", help="the build directory (default: .build)")
    directory = parser.parse_args().build
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build = Build(directory)
        tree = build.trees / fingerprint()[:16]
        if build.collections == tree:
            return
        install(build, tree)
        remove_old_trees(build)


if __name__ == "__main__":
    main()
