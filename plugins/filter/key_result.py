# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: key_result
version_added: 2.0.0
short_description: Get the keys and the role from a result of the module distribution
description:
  - Turns the result of the module M(mediaops.mediaconnect.distribution) into what the role C(mediaops.mediaconnect.static_key_encryption)
    returns as C(static_key_encryption_result). What was deleted is not part of it.
options:
  _input:
    description: The result of the module.
    type: dict
    required: true
author:
  - mediaops.mediaconnect contributors (@mediaops)
"""

EXAMPLES = r"""
- name: Show the fingerprint of a key
  ansible.builtin.debug:
    msg: "{{ (distributed | mediaops.mediaconnect.key_result).secrets['tennis-final']['us-west-2'].key_fingerprint }}"
"""

RETURN = r"""
_value:
  description:
    - C(role), what the module returned for the first role that exists, and C(role_arn); both are null if there is none.
    - C(secrets), by name and Region, with C(arn), C(algorithm) and C(key_fingerprint).
  type: dict
"""

from typing import Any, Callable, Mapping

SHOWN = ("arn", "algorithm", "key_fingerprint")


def key_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """The role, and the secrets by name and Region."""
    role = next((role for role in result.get("roles", []) if role.get("arn")), None)
    secrets: dict[str, dict[str, Any]] = {}
    for secret in result.get("secrets", []):
        if secret.get("arn") and secret["action"] != "deleted":
            copies = secrets.setdefault(secret["name"], {})
            copies[secret["region"]] = {name: secret[name] for name in SHOWN}
    return {"role": role, "role_arn": role["arn"] if role else None, "secrets": secrets}


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"key_result": key_result}
