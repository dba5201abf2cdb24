# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test needs: the emulator as an object, and the accounts that it knows from the start."""

from __future__ import annotations

from ..wire.accounts import DEFAULT_REGION, ORIGINATOR, SUBSCRIBERS, credentials
from .emulator import Emulator

__all__ = ["DEFAULT_REGION", "ORIGINATOR", "SUBSCRIBERS", "Emulator", "credentials"]
