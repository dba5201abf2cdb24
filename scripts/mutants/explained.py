# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/mutants.toml: which files are mutated, and which mutants no test can notice, with the reason for each.

An explanation is found by the file, the qualified name of the function, and the change as scripts/mutants/changes.py tells it. A
change that a function has twice is listed twice.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from scripts import ROOT, Problem

FILE = ROOT / "tests" / "mutants.toml"


class Told(NamedTuple):
    """A mutant as it can be explained. file: below plugins/module_utils."""

    file: str
    function: str
    change: str

    def stanza(self, because: str = "") -> str:
        """What to write into tests/mutants.toml."""
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in self._asdict().items()][:2]
        lines += [f"because = {json.dumps(because, ensure_ascii=False)}"]
        lines += [f"changes = [{json.dumps(self.change, ensure_ascii=False)}]"]
        return "\n".join(["[[equivalent]]", *lines])


class Explained(NamedTuple):
    """What tests/mutants.toml says. pure: patterns of files. equivalent: how many mutants are explained alike."""

    pure: list[str]
    equivalent: Counter[Told]

    def covers(self, survivors: list[Told]) -> list[bool]:
        """Whether each of these is explained; one explanation does for one survivor."""
        left = Counter(self.equivalent)
        explained = []
        for told in survivors:
            explained.append(left[told] > 0)
            left[told] -= 1
        return explained

    def left(self, survivors: list[Told]) -> list[Told]:
        """The explanations that are not needed for these."""
        return sorted((self.equivalent - Counter(survivors)).elements())


def read(file: Path = FILE) -> Explained:
    """Read the file, and refuse an explanation without a reason."""
    content = tomllib.loads(file.read_text())
    equivalent: Counter[Told] = Counter()
    for entry in content["equivalent"]:
        if not entry["because"].strip():
            raise Problem(f"{file.name} does not say why {entry['file']}, {entry['function']} cannot be noticed.")
        equivalent.update(Told(entry["file"], entry["function"], change) for change in entry["changes"])
    return Explained(content["pure"], equivalent)
