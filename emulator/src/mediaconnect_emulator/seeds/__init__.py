# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seed files: what is there at the start, and the seeds that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_OWN = {file.stem: file for file in Path(__file__).parent.glob("*.yml")}


def load(seed: str | Path) -> dict[str, Any]:
    """A seed file, YAML and so JSON too, by its path; a seed of this package by its name, such as ``baseball``."""
    path = Path(seed)
    if not path.is_file():
        path = _OWN.get(str(seed), path)
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as exc:
        raise ValueError(f"the seed file {path} is not YAML: {exc}") from exc
    if not isinstance(value, dict):
        raise ValueError(f"the seed file {path} must hold a mapping")  # noqa: TRY004  (the file is wrong, not the call)
    return value
