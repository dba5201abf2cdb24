# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that DescribeFlow shows beside a flow."""

from __future__ import annotations

from .estate import Flow
from .registry import Call


def messages(call: Call, flow: Flow) -> list[str]:
    """What is wrong with the flow now."""
    return [flow.failure] if flow.failure else []
