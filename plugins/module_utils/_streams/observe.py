# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the streams of this account, when they are asked for."""

from __future__ import annotations

from typing import Any, Mapping

from .._aws import mediaconnect
from .._aws.client import Clients
from .world import Use, uses_of


class Streams:
    """Which flows use which keys, read once per Region in each round.

    planned: by ARN of a flow and name of an entitlement, the Encryption that this task will leave it with.
    """

    def __init__(self, clients: Clients):
        self._clients = clients
        self._flows: dict[str, list[dict[str, Any]]] = {}
        self.planned: dict[str, Mapping[str, Any]] = {}

    def uses(self, region: str) -> list[Use]:
        """The uses of keys in a Region. Raises ApiError where its flows cannot be read."""
        if region not in self._flows:
            self._flows[region] = mediaconnect.all_flows(self._clients.get("mediaconnect", region))
        return uses_of(self._flows[region], self.planned)

    def forget(self) -> None:
        """Forget what was read, so that it is read again when asked for."""
        self._flows.clear()
