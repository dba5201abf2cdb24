# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge the built tarball as Ansible Galaxy does. The importer's exit code does not tell of logged errors, so its words are read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

COMPLAINT = re.compile(r"\b(ERROR|WARNING|CRITICAL)\b")


def main() -> int:
    """Import the tarball named on the command line, and fail on any complaint."""
    tarball = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as result_directory:
        importer = subprocess.run(
            [sys.executable, "-m", "galaxy_importer.main", tarball],
            cwd=result_directory,
            env={**os.environ, "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    print(importer.stdout)
    return int(importer.returncode != 0 or bool(COMPLAINT.search(importer.stdout)))


if __name__ == "__main__":
    sys.exit(main())
