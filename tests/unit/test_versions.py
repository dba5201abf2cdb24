# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection says it supports, what it is tested with and what its pages promise must be the same."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MATRIX = tomllib.loads((ROOT / "tests" / "matrix.toml").read_text())
OLDEST, NEWEST = MATRIX["oldest"], MATRIX["newest"]


def collection_info() -> dict[str, Any]:
    """galaxy.yml, or what becomes of it in an installed collection."""
    manifest = ROOT / "MANIFEST.json"
    if manifest.exists():
        return json.loads(manifest.read_text())["collection_info"]
    return yaml.safe_load((ROOT / "galaxy.yml").read_text())


def pins(file: str, package: str) -> dict[str, str]:
    """The pinned versions of a package in a requirements file, by their environment marker."""
    pattern = rf"^{re.escape(package)}==(\S+)(?: ; (.*))?$"
    return {
        marker: version for version, marker in re.findall(pattern, (ROOT / "tests" / file).read_text(), re.MULTILINE)
    }


def minimum(requirement: str) -> str:
    """The version of a requirement like >=1.2.3, the only kind that is used."""
    assert re.fullmatch(r">=\d+(\.\d+)+", requirement)
    return requirement.removeprefix(">=")


def release(version: str) -> list[str]:
    """The first two numbers of a version."""
    return version.split(".")[:2]


def test_ansible_core() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    assert release(minimum(runtime["requires_ansible"])) == release(OLDEST["ansible_core"])


def test_amazon_aws() -> None:
    assert release(minimum(collection_info()["dependencies"]["amazon.aws"])) == release(OLDEST["amazon_aws"])


@pytest.mark.parametrize("package", ["boto3", "botocore"])
@pytest.mark.parametrize("file", ["requirements.txt", "tests/unit/requirements.txt"])
def test_boto(package: str, file: str) -> None:
    assert f"{package}>={OLDEST['boto3']}" in (ROOT / file).read_text().splitlines()


@pytest.mark.parametrize(
    ("file", "package", "key"),
    [("requirements.txt", "ansible-core", "ansible_core"), ("requirements-collections.txt", "ansible", "ansible")],
)
def test_pins(file: str, package: str, key: str) -> None:
    expected = {'python_version < "3.12"': OLDEST[key], 'python_version >= "3.12"': NEWEST[key]}
    assert pins(file, package) == expected


def test_newest_boto3_is_the_everyday_one() -> None:
    assert pins("requirements.txt", "boto3") == {"": NEWEST["boto3"]}


@pytest.mark.parametrize(
    ("name", "oldest", "newest"),
    [
        ("Python", OLDEST["pythons"][0], NEWEST["pythons"][0]),
        ("ansible-core", OLDEST["ansible_core"], NEWEST["ansible_core"]),
        ("amazon.aws", OLDEST["amazon_aws"], NEWEST["amazon_aws"]),
        ("boto3", OLDEST["boto3"], NEWEST["boto3"]),
    ],
)
def test_readme(name: str, oldest: str, newest: str) -> None:
    """The README has a row with the oldest and the newest tested release of each."""
    row = rf"^\| {re.escape(name)}\b[^|]*\| {'.'.join(release(oldest))} \| {'.'.join(release(newest))} \|$"
    assert re.search(row, (ROOT / "README.md").read_text(), re.MULTILINE)


def test_the_collection_s_own_version_is_named_alike() -> None:
    version = collection_info()["version"]
    environment = yaml.safe_load((ROOT / "execution-environment.yml").read_text())
    collections = {one["name"]: one["version"] for one in environment["dependencies"]["galaxy"]["collections"]}
    assert collections["mediaops.mediaconnect"] == version
    assert f'version: ">={version}"' in (ROOT / "README.md").read_text()
