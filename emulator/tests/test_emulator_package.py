# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The package: what it says of itself, which of its groups knows which, and the seeds in it."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import mediaconnect_emulator
from mediaconnect_emulator.seeds import load

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(mediaconnect_emulator.__file__).parent
PROJECT = tomllib.loads((ROOT / "emulator" / "pyproject.toml").read_text())["project"]
MAY_IMPORT = {
    "wire": set(),
    "seeds": set(),
    "beside": {"settings", "wire"},
    "mediaconnect": {"settings", "wire", "beside"},
    "server": {"settings", "wire", "seeds", "beside", "mediaconnect"},
    "client": {"wire", "seeds"},
}


def test_the_version_is_the_collection_s() -> None:
    manifest = ROOT / "MANIFEST.json"  # what galaxy.yml becomes in an installed collection
    if manifest.exists():
        version = json.loads(manifest.read_text())["collection_info"]["version"]
    else:
        version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    assert PROJECT["version"] == version


def test_the_tests_run_with_what_it_depends_on() -> None:
    lines = (ROOT / "tests" / "requirements.txt").read_text().splitlines()
    pins = {pin.name: pin for pin in map(Requirement, (line for line in lines if not line.startswith("#")))}
    for dependency in map(Requirement, PROJECT["dependencies"]):
        (pin,) = pins[dependency.name].specifier
        assert dependency.specifier.contains(pin.version), dependency


@pytest.mark.parametrize("group", MAY_IMPORT)
def test_no_group_imports_one_that_stands_above_it(group: str) -> None:
    for file in (PACKAGE / group).glob("*.py"):
        imports = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)]
        others = {(node.module or "").partition(".")[0] for node in imports if node.level == 2}
        assert others <= MAY_IMPORT[group], file.name


def test_a_seed_has_a_path_or_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load("baseball") == load(PACKAGE / "seeds" / "baseball.yml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError):
        load("football")
    Path("baseball").write_text("accounts: {}")
    assert load("baseball") == {"accounts": {}}
