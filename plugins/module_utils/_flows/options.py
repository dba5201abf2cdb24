# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be asked of flows. Pure."""

from __future__ import annotations

from typing import Any

# The options of the module flow_info.
INFO_TASK: dict[str, Any] = {
    "flows": {"type": "list", "elements": "str"},
    "include_tags": {"type": "bool", "default": False},
}
