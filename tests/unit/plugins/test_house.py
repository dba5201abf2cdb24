# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps the rooms of the house apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[3] / "plugins"
FILES = sorted(PLUGINS.rglob("*.py"))
NAMES = ("plan.py", "options.py", "judge.py", "evaluation.py", "narrowing.py", "world.py", "dark.py", "keys.py")
PURE = [file for file in FILES if file.name in NAMES]


def imported(file: Path) -> Iterator[str]:
    """What a file imports absolutely, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_the_house_is_found() -> None:
    assert PURE


@pytest.mark.parametrize("file", PURE, ids=lambda file: str(file.relative_to(PLUGINS)))
def test_what_decides_knows_neither_aws_nor_ansible(file: Path) -> None:
    roots = {name.split(".")[0] for name in imported(file)}
    assert not roots & {"ansible", "ansible_collections", "boto", "boto3", "botocore"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PLUGINS)))
def test_the_collection_imports_itself_relatively(file: Path) -> None:
    assert not [name for name in imported(file) if name.startswith("ansible_collections.mediaops")]
