# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: revocation_doubts
version_added: 2.0.0
short_description: Find what was probably meant by an entitlement or flow that is not there
description:
  - Of what is to be revoked and is not there, tells whether something of nearly the same name is there, and whether an account that is to lose
    it still receives the flow by another entitlement.
positional: request
options:
  _input:
    description: What M(mediaops.mediaconnect.flow_info) returns as C(flows), for the flow, or for all of a Region if there is no such flow.
    type: list
    elements: dict
    required: true
  request:
    description: What C(mediaops.mediaconnect.revoke_request) returned.
    type: dict
    required: true
author:
  - mediaops.mediaconnect contributors (@mediaops)
"""

EXAMPLES = r"""
- name: See what may have been meant
  ansible.builtin.debug:
    msg: "{{ there.flows | mediaops.mediaconnect.revocation_doubts(request) }}"
  vars:
    there:
      flows:
        - {name: BaseballGame, flow_arn: "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-a-b:BaseballGame", entitlements: []}
    request: {flows: [{flow: Baseball-Game}], entitlement: AnyCompany, accounts: []}
"""

RETURN = r"""
_value:
  description: A sentence for each doubt, and how to overrule them; nothing if there is none.
  type: list
  elements: str
"""

from typing import Any, Callable

from ..plugin_utils.flat import revocation_doubts


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"revocation_doubts": revocation_doubts}
