# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: revoke_request
version_added: 2.0.0
short_description: Read the flat variables of the playbook revoke
description:
  - Reads what the command line or the survey of an AWX job template says about one revocation, and turns it into options of the module
    M(mediaops.mediaconnect.entitlements). Values may all be text; null or empty text means not set.
positional: variables
options:
  _input:
    description: The variables that are set, by name.
    type: dict
    required: true
  variables:
    description: The variables that the playbook takes, by name, each with its C(type), and C(required) and C(choices) if it has them.
    type: dict
    required: true
author:
  - mediaops.mediaconnect contributors (@mediaops)
"""

EXAMPLES = r"""
- name: Read what is to be taken away
  ansible.builtin.set_fact:
    request: "{{ values | mediaops.mediaconnect.revoke_request(variables) }}"
  vars:
    values:
      mediaconnect_flow: BaseballGame
      mediaconnect_entitlement: AnyCompany
    variables:
      mediaconnect_flow: {type: str, required: true}
      mediaconnect_subscribers: {type: list}
      mediaconnect_entitlement: {type: str}
"""

RETURN = r"""
_value:
  description:
    - C(wrong), a list of sentences that say what is wrong with the variables.
    - C(region), C(flows) and C(force_in_use), options of the module.
    - C(entitlement) and C(accounts), the name of the entitlement and the account ids of the subscribers.
  type: dict
"""

from typing import Any, Callable

from ..plugin_utils.flat import revoke_request


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"revoke_request": revoke_request}
