# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a release: changelog, version, commit, tag, tarball and checksum. Nothing is pushed or published."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from scripts import ROOT, Problem
from scripts.build import Build

GALAXY = ROOT / "galaxy.yml"
# Files that name the version beside galaxy.yml.
NAMING = [ROOT / "README.md", ROOT / "execution-environment.yml", ROOT / "emulator" / "pyproject.toml"]
FRAGMENTS = ROOT / "changelogs" / "fragments"
VERSION_LINE = re.compile(r"^version: (\d+\.\d+\.\d+)$", re.MULTILINE)


def git(*arguments: str | Path) -> str:
    """What git answers."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def number(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared."""
    return tuple(int(part) for part in version.split("."))


def current_version() -> str:
    """The version in galaxy.yml."""
    return VERSION_LINE.findall(GALAXY.read_text())[0]


def objections(version: str) -> list[str]:
    """What speaks against making this release now."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return [f"{version!r} is not a version: say make release VERSION=1.2.3"]
    found = []
    if number(version) < number(current_version()):
        found.append(f"{version} is older than the version in galaxy.yml, {current_version()}")
    if git("tag", "--list", version):
        found.append(f"the tag {version} exists already")
    if git("status", "--porcelain"):
        found.append("there are changes that are not committed")
    if not any(FRAGMENTS.glob("*.y*ml")):
        found.append("there is no changelog fragment in changelogs/fragments")
    return found


def release(version: str, build: Build) -> Path:
    """Write changelog and version, commit and tag them, and build the tarball from the tag's tree."""
    named = re.compile(rf"(?<![\d.]){re.escape(current_version())}(?!\.?\d)")
    for file in NAMING:
        file.write_text(named.sub(version, file.read_text()))
    GALAXY.write_text(VERSION_LINE.sub(f"version: {version}", GALAXY.read_text(), count=1))
    build.run("antsibull-changelog", "release", "--version", version)
    git("add", "CHANGELOG.md", "changelogs", GALAXY, *NAMING)
    git("commit", "--message", f"Release {version}")
    git("tag", "--annotate", version, "--message", f"mediaops.mediaconnect {version}")
    export = build.directory / "release"
    shutil.rmtree(export, ignore_errors=True)
    git("clone", "--quiet", "--branch", version, ROOT, export)
    dist = ROOT / "dist"
    build.run("ansible-galaxy", "collection", "build", "--force", "--output-path", dist, export)
    return dist / f"mediaops-mediaconnect-{version}.tar.gz"


def make_release(build: Build, version: str) -> int:
    """Refuse with every objection at once, or release."""
    against = objections(version)
    if against:
        raise Problem(f"not made, since {'; '.join(against)}")
    tarball = release(version, build)
    checksum = tarball.with_name(f"{tarball.name}.sha256")
    checksum.write_text(f"{hashlib.sha256(tarball.read_bytes()).hexdigest()}  {tarball.name}\n")
    made = tarball.relative_to(ROOT)
    print(f"release: {made} and {checksum.name} are made, and the tag {version} is set.")
    print(f"release: to publish, push the branch and the tag, then: ansible-galaxy collection publish {made}")
    return 0
