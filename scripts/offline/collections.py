# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collections that ours needs, out of the `ansible` package: Ansible Galaxy need not be reachable."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

from scripts import Problem

AMAZON = "ansible_collections/amazon/aws/"
COMMUNITY = "ansible_collections/community/aws/"  # only the benchmark wants it, to compare with
AWX = "ansible_collections/awx/awx/"  # only tests want it, and the newest `ansible` no longer has it


def are_in(directory: Path) -> bool:
    """Whether they have been put there."""
    return (directory / AMAZON).is_dir()


def fetch(python: Path, requirements: Path, download: Path, directory: Path) -> None:
    """Take them out of the wheel (50 MB, of which 5 MB are needed) that the requirements pin."""
    shutil.rmtree(download, ignore_errors=True)
    pip = [
        str(python),
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(download),
        "-r",
        str(requirements),
    ]
    if subprocess.run(pip, stdin=subprocess.DEVNULL, check=False).returncode:
        raise Problem("the `ansible` package could not be downloaded: see pip's words above.")
    shutil.rmtree(directory / AMAZON, ignore_errors=True)
    with zipfile.ZipFile(next(download.glob("ansible-*.whl"))) as wheel:
        wanted = (AMAZON, AWX, COMMUNITY)
        wheel.extractall(directory, [name for name in wheel.namelist() if name.startswith(wanted)])
    shutil.rmtree(download)
    subprocess.run([python, "-m", "compileall", "-q", directory / AMAZON / "plugins"], check=True)
