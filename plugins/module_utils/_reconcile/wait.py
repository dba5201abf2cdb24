# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Try again for a while."""

from __future__ import annotations

import time
from typing import Iterator


def tries(seconds: float, pause: float) -> Iterator[bool]:
    """One item for each try: False while there is time for another one, then True for the last.

    Sleeps `pause` seconds before each try except the first. There is always at least one try.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() <= deadline:
        yield False
        time.sleep(pause)
    yield True
