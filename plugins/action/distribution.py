# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task of the module distribution, on the controller."""

from __future__ import annotations

from ..module_utils._distribution.options import EXCLUSIVE, TASK
from ..module_utils._entitlements.reading import as_declared
from ..plugin_utils.checked import CheckedAction


class ActionModule(CheckedAction):
    """Check the options, then run the module."""

    spec = TASK
    exclusive = EXCLUSIVE
    readers = {"flows": as_declared}  # noqa: RUF012
