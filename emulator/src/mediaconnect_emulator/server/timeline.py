# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From when to when a flow streamed, so that a gap is a number in a test."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable

SECONDS_BETWEEN_SAMPLES = 0.01


@dataclasses.dataclass
class Recording:
    """The periods of one flow; times are those of the monotonic clock, and the last period may not have ended."""

    began: float
    periods: list[list[float | None]] = dataclasses.field(default_factory=list)

    def add(self, now: float, streams: bool) -> None:
        """Note whether it streams now."""
        running = bool(self.periods) and self.periods[-1][1] is None
        if streams and not running:
            self.periods.append([now, None])
        elif running and not streams:
            self.periods[-1][1] = now

    def told(self) -> list[dict[str, float | None]]:
        """The periods in seconds since the recording began."""
        return [
            {"from": (start or 0) - self.began, "until": None if end is None else end - self.began}
            for start, end in self.periods
        ]


class Timeline:
    """The recordings. streams: tells whether a flow streams now.

    `look` is called after each request, so that what a request changes is noted at once; a thread looks in between, for what
    changes with time alone. Nothing is done as long as nothing is recorded.
    """

    def __init__(self, streams: Callable[[str], bool]) -> None:
        self._streams = streams
        self._recordings: dict[str, Recording] = {}
        self._lock = threading.RLock()

    def of(self, flow_arn: str) -> list[dict[str, float | None]]:
        """The periods in which the flow streamed since this was asked for the first time."""
        self.look()
        with self._lock:
            recording = self._recordings.get(flow_arn)
            if recording is None:
                streams = self._streams(flow_arn)
                recording = Recording(time.monotonic())
                recording.add(recording.began, streams)
                self._recordings[flow_arn] = recording
                if len(self._recordings) == 1:
                    threading.Thread(target=self._sample, daemon=True).start()
            return recording.told()

    def look(self) -> None:
        """Note which of the flows stream now."""
        if not self._recordings:
            return
        with self._lock:
            for flow_arn, recording in self._recordings.items():
                recording.add(time.monotonic(), self._streams(flow_arn))

    def clear(self) -> None:
        """End all recordings."""
        with self._lock:
            self._recordings.clear()

    def _sample(self) -> None:
        while self._recordings:
            self.look()
            time.sleep(SECONDS_BETWEEN_SAMPLES)
