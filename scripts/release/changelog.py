# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the changelog fragments, and that CHANGELOG.md says what changelogs/changelog.yaml does."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from scripts import ROOT
from scripts.build import Build


def check_changelog(build: Build) -> int:
    """Lint, write the changelog elsewhere, and compare."""
    linted = build.run("antsibull-changelog", "lint", check=False).returncode
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory, "CHANGELOG.md")
        build.run("antsibull-changelog", "generate", "--output", written)
        same = written.read_bytes() == (ROOT / "CHANGELOG.md").read_bytes()
    if not same:
        print("CHANGELOG.md differs from changelogs/changelog.yaml: run antsibull-changelog generate", file=sys.stderr)
    return int(linted != 0 or not same)
