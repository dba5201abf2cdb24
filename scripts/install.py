# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection's tarball and install it beside amazon.aws, so that tests and tools meet what a user gets."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from . import ROOT, Problem
from .build import Build

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
    result = build.run("ansible-galaxy", "collection", *arguments, check=False, capture_output=True)
    if result.returncode:
        raise Problem(f"ansible-galaxy collection {arguments[0]} failed:\n{result.stdout}{result.stderr}")


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


def bring_up_to_date(directory: Path) -> int:
    """Install unless the working tree is as it was at the last installation."""
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build = Build(directory)
        tree = build.trees / fingerprint()[:16]
        if build.collections != tree:
            install(build, tree)
            remove_old_trees(build)
    return 0
