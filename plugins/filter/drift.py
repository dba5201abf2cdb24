# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: drift
version_added: 2.0.0
short_description: List what a distribution has changed, or would change in check mode
description:
  - Lists the secrets, roles and entitlements to which the module M(mediaops.mediaconnect.distribution) did something, or would do
    something in check mode.
options:
  _input:
    description: The result of the module.
    type: dict
    required: true
author:
  - mediaops.mediaconnect contributors (@mediaops)
"""

EXAMPLES = r"""
- name: Fail if AWS is not as declared
  ansible.builtin.assert:
    that: checked | mediaops.mediaconnect.drift | length == 0
    fail_msg: "{{ checked | mediaops.mediaconnect.drift | join(', ') }}"
"""

RETURN = r"""
_value:
  description: One text for each of them.
  type: list
  elements: str
  sample: ["entitlement ExampleCorp of flow BaseballGame (updated)"]
"""

from typing import Any, Callable, Mapping


def drift(result: Mapping[str, Any]) -> list[str]:
    """What differs, in the order of the result."""
    named = [
        *((f"secret {secret['name']}", secret) for secret in result.get("secrets", [])),
        *((f"role {role['name']}", role) for role in result.get("roles", [])),
        *(
            (f"entitlement {entitlement['name']} of flow {flow['flow_name']}", entitlement)
            for flow in result.get("flows", [])
            for entitlement in flow["entitlements"]
        ),
    ]
    return [f"{name} ({state['action']})" for name, state in named if state["action"] != "unchanged"]


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"drift": drift}
