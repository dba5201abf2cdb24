# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: artifacts
version_added: 2.0.0
short_description: Name what a job hands on, so that nothing is overwritten or read as something else
description:
  - Turns values into what C(ansible.builtin.set_stats) may hand on to the next job of a workflow in AWX.
  - Each value becomes JSON text. AWX writes artifacts into a file of which ansible-core would otherwise read C(012345670123) as another number.
  - Each name gets the host's behind it, so that hosts, slices of a job, accounts and Regions do not overwrite each other.
positional: host
options:
  _input:
    description: The values by name.
    type: dict
    required: true
  host:
    description: The host whose values they are.
    type: str
    required: true
author:
  - mediaops.mediaconnect contributors (@mediaops)
"""

EXAMPLES = r"""
- name: Hand the list over to what runs next in a workflow
  ansible.builtin.set_stats:
    data: "{{ {'mediaconnect_handover': entitlements_handover} | mediaops.mediaconnect.artifacts(inventory_hostname) }}"

- name: Show what the jobs before have handed on
  ansible.builtin.debug:
    msg: "{{ query('ansible.builtin.vars', *query('ansible.builtin.varnames', '^mediaconnect_handover_')) | map('from_json') | flatten }}"
"""

RETURN = r"""
_value:
  description: JSON text by name, such as C(mediaconnect_handover_sports_us_west_2) for the host C(sports-us-west-2).
  type: dict
"""

import hashlib
import json
import re
from typing import Any, Callable, Mapping

PLAIN = re.compile(r"[A-Za-z0-9-]+")


def artifacts(values: Mapping[str, Any], host: str) -> dict[str, str]:
    """The values as JSON text, under names with the host's. A host name with other characters than letters, digits and hyphens gets a digest too."""
    digest = "" if PLAIN.fullmatch(host) else f"_{hashlib.sha256(host.encode()).hexdigest()[:8]}"
    place = re.sub(r"[^A-Za-z0-9]", "_", host) + digest
    return {f"{name}_{place}": json.dumps(value) for name, value in values.items()}


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"artifacts": artifacts}
