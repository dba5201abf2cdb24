# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the changelog fragments, and that CHANGELOG.md says what changelogs/changelog.yaml does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from environment import ROOT


def main() -> int:
    """Lint, write the changelog elsewhere, and compare."""
    linted = subprocess.run(["antsibull-changelog", "lint"], cwd=ROOT, check=False).returncode
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory, "CHANGELOG.md")
        subprocess.run(["antsibull-changelog", "generate", "--output", written], cwd=ROOT, check=True)
        same = written.read_bytes() == (ROOT / "CHANGELOG.md").read_bytes()
    if not same:
        print("CHANGELOG.md differs from changelogs/changelog.yaml: run antsibull-changelog generate", file=sys.stderr)
    return int(linted != 0 or not same)


if __name__ == "__main__":
    sys.exit(main())
