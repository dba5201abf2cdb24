# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator of AWS, for the commands that need one."""

from __future__ import annotations

from tests.emulator.accounts import DEFAULT_REGION, ORIGINATOR, SUBSCRIBERS
from tests.emulator.client import Emulator

from . import ROOT

BASEBALL = ROOT / "tests" / "emulator" / "seeds" / "baseball.yml"

__all__ = ["BASEBALL", "DEFAULT_REGION", "ORIGINATOR", "SUBSCRIBERS", "Emulator"]
