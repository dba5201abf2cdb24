# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep under MediaConnect's documented request rates before it throttles.

DescribeFlow may be called 30 times a second, every other operation 5 times, with a burst of 30
(https://docs.aws.amazon.com/mediaconnect/latest/ug/quotas.html). What other clients of the account use up is left to
botocore's adaptive retries.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import Any

BURST = 28.0
DESCRIBE_FLOW_RATE = 29.0
OTHER_RATE = 4.8


class TokenBucket:
    """`take` returns at once while there are tokens and then as fast as they come back, in order of arrival."""

    def __init__(self, burst: float, rate: float):
        self._burst, self._rate = burst, rate
        self._tokens, self._filled = burst, time.monotonic()
        self._lock = Lock()

    def take(self) -> None:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate) - 1
            self._filled = now
            wait = -self._tokens / self._rate
        if wait > 0:
            time.sleep(wait)


def pace(client: Any) -> Any:
    """Have every request of a MediaConnect client, retries included, wait for its turn; returns the client."""
    describe_flow, others = TokenBucket(BURST, DESCRIBE_FLOW_RATE), TokenBucket(BURST, OTHER_RATE)

    def wait(event_name: str, **dummy: Any) -> None:
        bucket = describe_flow if event_name.endswith(".DescribeFlow") else others
        bucket.take()

    client.meta.events.register("before-send.mediaconnect", wait)
    return client
