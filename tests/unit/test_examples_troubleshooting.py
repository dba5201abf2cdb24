# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences in the troubleshooting guide are those of the code."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.plugin_utils.names import retold

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "troubleshooting.md"
QUOTED = re.findall(r"^\| `([^`]+)` \|", GUIDE.read_text(), re.MULTILINE)


def words(node: ast.AST) -> str | None:
    """The text of a string, with an ellipsis for what is put in when it runs."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@functools.cache
def sentences() -> list[str]:
    """Every text in the plugins."""
    trees = [ast.parse(file.read_text()) for file in (ROOT / "plugins").rglob("*.py")]
    return [text for tree in trees for node in ast.walk(tree) if (text := words(node))]


@pytest.mark.parametrize("quoted", QUOTED)
def test_the_code_says_it(quoted: str) -> None:
    pattern = re.compile(".*".join(re.escape(part) for part in quoted.split("…")), re.DOTALL)
    assert any(pattern.search(sentence) for sentence in sentences())


NAMES = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", GUIDE.read_text().partition("| Task | Roles")[2], re.MULTILINE)


@pytest.mark.parametrize(("option", "roles", "flat"), NAMES)
def test_the_options_names_are_those_of_the_sentences(option: str, roles: str, flat: str) -> None:
    said = option if option in ("policy_name", "flows_file", "handover_dir") else f"{option}: true"
    told = {retold(one, "distribute").removesuffix(": true") for one in (said, f"{said} for the role")}
    assert {name.removesuffix(" for the role") for name in told} == set(re.findall(r"`(\w+)`", roles))
    assert retold(said, "grant").startswith(f"mediaconnect_{option}") is (f"`mediaconnect_{option}`" in flat)


def test_there_is_something_to_check() -> None:
    assert len(QUOTED) > 30
    assert len(NAMES) == 12
