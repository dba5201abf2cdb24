# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaConnect's documented request rates, per account and Region. User Guide, quotas, "API request throttling"."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..wire.protocols import AwsError

BURST = 30.0
READS_PER_SECOND = 30.0
OTHERS_PER_SECOND = 5.0
_FAST = frozenset({"DescribeFlow", "DescribeFlowSourceMetadata", "DescribeFlowSourceThumbnail"})


class RateLimits:
    """Two token buckets for each account and Region: one for DescribeFlow and similar operations, one for everything else."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str, bool], tuple[float, float]] = {}

    def take(self, account: str, region: str, operation: str) -> None:
        """Take a token, or refuse the call with 429."""
        fast = operation in _FAST
        rate = READS_PER_SECOND if fast else OTHERS_PER_SECOND
        now = self._clock()
        with self._lock:
            tokens, filled_at = self._buckets.get((account, region, fast), (BURST, now))
            tokens = min(BURST, tokens + (now - filled_at) * rate)
            refused = tokens < 1
            self._buckets[account, region, fast] = (tokens if refused else tokens - 1, now)
        if refused:
            raise AwsError("TooManyRequestsException", "Too many requests", 429)

    def clear(self) -> None:
        """Fill all buckets."""
        with self._lock:
            self._buckets.clear()
