# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: unknown_variables
version_added: 2.0.0
short_description: Find variables that nothing reads
description:
  - Of the names of variables, finds those that begin with C(mediaconnect_), C(static_key_encryption_) or C(entitlements_) and that no role or
    playbook of this collection takes, and those that are nearly called like one that is not set. A misspelt variable would do nothing.
options:
  _input:
    description: The names of the variables.
    type: list
    elements: str
    required: true
author:
  - mediaops.mediaconnect contributors (@mediaops)
"""

EXAMPLES = r"""
- name: Refuse variables that nothing reads
  ansible.builtin.assert:
    that: wrong | length == 0
    fail_msg: "{{ wrong | join(' ') }}"
  vars:
    wrong: "{{ query('ansible.builtin.varnames', '^mediaconnect_') | mediaops.mediaconnect.unknown_variables }}"
"""

RETURN = r"""
_value:
  description: A sentence for each of them.
  type: list
  elements: str
  sample: ["The variable mediaconnect_fee does not exist; mediaconnect_fee_percent is probably meant."]
"""

from typing import Any, Callable

from ..plugin_utils.names import unknown_variables


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"unknown_variables": unknown_variables}
