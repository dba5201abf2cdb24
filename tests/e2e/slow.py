# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Long matrices: make test runs some rows of each, make test-all the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def slow_but(cases: Iterable[str], *quick: str) -> list[Any]:
    """The cases as parameters, all but some of them left to make test-all."""
    cases = list(cases)
    assert set(quick) <= set(cases)
    return [pytest.param(case, marks=[] if case in quick else [pytest.mark.slow]) for case in cases]
