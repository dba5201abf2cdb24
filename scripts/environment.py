# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The surroundings in which every tool and every test of this project runs: none of the user's AWS or Ansible settings get in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from private_home import prepare_home

ROOT = Path(__file__).resolve().parent.parent
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
    """Where things lie in a build directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.bin = self.directory / "venv" / "bin"
        self.collections = self.directory / "collections"
        self.collection = self.collections / "ansible_collections" / "mediaops" / "mediaconnect"
        self.dist = self.directory / "dist"
        self.home = self.directory / "home"

    def tarball(self) -> Path:
        """The collection as it was last built."""
        (tarball,) = self.dist.glob("*.tar.gz")
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
