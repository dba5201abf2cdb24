# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge the built tarball as Ansible Galaxy does. The importer's exit code does not tell of logged errors, so its words are read."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from scripts.build import Build

COMPLAINT = re.compile(r"\b(ERROR|WARNING|CRITICAL)\b")


def judge(build: Build) -> int:
    """Import the tarball, and fail on any complaint."""
    with tempfile.TemporaryDirectory() as directory:
        importer = build.run(
            "python",
            *("-m", "galaxy_importer.main", build.tarball()),
            cwd=Path(directory),
            check=False,
            environment={"GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    print(importer.stdout)
    return int(importer.returncode != 0 or bool(COMPLAINT.search(importer.stdout)))
