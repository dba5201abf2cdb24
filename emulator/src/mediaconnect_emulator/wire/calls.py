# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log of every AWS call that the emulator has answered, without the secrets in them."""

from __future__ import annotations

import collections
import json
import threading
import zlib
from typing import Any

SECRET_MEMBERS = frozenset(
    {"SecretString", "SecretBinary", "RotationToken", "Plaintext", "Password", "NewPassword", "OldPassword"}
)
MASK = "********"
READS = ("Describe", "List", "Get", "BatchGet", "Simulate", "Validate", "Search", "Lookup")
KEPT = 100_000


def masked(value: Any) -> Any:
    """The parameters with every secret member replaced."""
    if isinstance(value, dict):
        return {name: MASK if name in SECRET_MEMBERS else masked(member) for name, member in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


class CallLog:
    """Keeps the newest calls, packed: an estate of fifty thousand grants has to fit in memory."""

    def __init__(self) -> None:
        self._calls: collections.deque[bytes] = collections.deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def add(self, **call: Any) -> None:
        """Log one call; params may still hold secrets."""
        call["params"] = masked(call["params"])
        line = json.dumps(call, separators=(",", ":"), ensure_ascii=False, default=str).encode()
        packed = zlib.compress(line, level=1)
        with self._lock:
            self._calls.append(packed)

    def select(self, service: str | None = None, writes_only: bool = False) -> list[dict[str, Any]]:
        """The calls in the order of their answers."""
        with self._lock:
            lines = list(self._calls)
        calls = [json.loads(zlib.decompress(line)) for line in lines]
        return [
            call
            for call in calls
            if (service is None or call["service"] == service)
            and not (writes_only and call["operation"].startswith(READS))
        ]

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()
