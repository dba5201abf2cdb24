# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie in a build directory, and the surroundings in which every tool and every test of this project runs: none of the
user's AWS or Ansible settings get in."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import ROOT
from .offline.home import prepare_home

KEPT = (
    "CI",
    "COLUMNS",
    "EMULATOR_PYTHON",
    "LOGNAME",
    "PYTHONUNBUFFERED",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TERM",
    "TMPDIR",
    "USER",
)
KEPT_PREFIXES = ("PIP_", "UV_")


class Build:
    """Where things lie in a build directory.

    The collection is installed into a tree of its own whenever it has changed, and `collections` is a link to the newest
    one. Who has made a Build keeps the tree that it found: a demo that is started beside a test run takes nothing away.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.bin = self.directory / "venv" / "bin"
        self.home = self.directory / "home"
        self.dependencies = self.directory / "dependencies"
        self.trees = self.directory / "trees"
        self.link = self.directory / "collections"
        self.collections = self._keep_tree()
        self.collection = self.collections / "ansible_collections" / "mediaops" / "mediaconnect"

    def _keep_tree(self) -> Path:
        """The newest tree, locked until this process ends; before the first installation only what it depends on."""
        while self.link.is_symlink():
            tree = self.link.resolve()
            try:
                self._lock = os.open(tree, os.O_RDONLY)
            except FileNotFoundError:
                continue
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            if tree.is_dir():
                return tree
            os.close(self._lock)
        return self.dependencies

    def tarball(self) -> Path:
        """The collection as it was last built."""
        (tarball,) = self.collections.glob("*.tar.gz")
        return tarball

    def environment(self) -> dict[str, str]:
        """A small environment with a home of its own, in which no AWS account can be found or reached by accident."""
        prepare_home(self.home, self.bin / "python")
        kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
        real_python = Path(os.path.realpath(sys.executable)).parent
        return kept | {
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CONFIG": str(self.home / "ansible.cfg"),
            # Without this it would look at the repository around the build directory, which ignores what lies in there.
            "ANSIBLE_TEST_CONTENT_ROOT": str(self.collection),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "PATH": os.pathsep.join([str(self.bin), str(real_python), "/usr/local/bin", "/usr/bin", "/bin"]),
            "PYTHONPATH": os.pathsep.join([str(self.collections), str(ROOT)]),
        }

    def run(
        self,
        tool: str,
        *arguments: str | Path,
        cwd: Path = ROOT,
        check: bool = True,
        environment: dict[str, str] | None = None,
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        """Run a tool of the virtual environment in these surroundings, with what `environment` adds; it can ask nobody anything."""
        return subprocess.run(
            [self.bin / tool, *arguments],
            cwd=cwd,
            env=self.environment() | (environment or {}),
            stdin=subprocess.DEVNULL,
            text=True,
            check=check,
            **options,
        )
