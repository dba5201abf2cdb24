# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: key_request
version_added: 2.0.0
short_description: Turn the variables of static_key_encryption into options of the module distribution
description:
  - Gives the secrets and the role that the variables of the role C(mediaops.mediaconnect.static_key_encryption) declare, as the module
    M(mediaops.mediaconnect.distribution) takes them. What is not set is left out.
  - Nothing is checked here, since a message of Ansible's own could repeat a key. What does not have the right shape is passed on as it is,
    for the module to refuse.
options:
  _input:
    description: The variables by name, without the prefix C(static_key_encryption_).
    type: dict
    required: true
author:
  - mediaops.mediaconnect contributors (@mediaops)
"""

EXAMPLES = r"""
- name: Show which secrets the role would read
  ansible.builtin.debug:
    msg: "{{ ({'secrets': [{'name': 'game'}], 'role_name': 'MediaConnect-ASM'} | mediaops.mediaconnect.key_request).role.secrets }}"
"""

RETURN = r"""
_value:
  description: C(secrets), and C(role), which is null if no role is named.
  type: dict
"""

from typing import Any, Callable, Mapping

from ..module_utils._secrets.options import ACCOUNT_KEY
from ..plugin_utils.names import ROLE_OPTIONS


def key_request(values: Mapping[str, Any]) -> dict[str, Any]:
    """The secrets and the role."""
    given = {name: value for name, value in values.items() if value is not None and value != ""}
    secrets = given.get("secrets", [])
    declared = [item for item in secrets if isinstance(item, Mapping)] if isinstance(secrets, (list, tuple)) else []
    if len(declared) == len(secrets):
        secrets = [{**item, **_for_all(given)} for item in declared]
    return {"secrets": secrets, "role": _role(given, declared) if "role_name" in given else None}


def _for_all(given: Mapping[str, Any]) -> dict[str, Any]:
    """What applies to every secret. When everything is taken down, a secret's own state does not count."""
    state = given.get("state", "present")
    return {"force_in_use": given.get("force_in_use", False), **({} if state == "present" else {"state": state})}


def _role(given: Mapping[str, Any], secrets: list[Mapping[str, Any]]) -> dict[str, Any]:
    role = {option: given[name] for name, option in ROLE_OPTIONS.items() if name in given}
    keys = role.get("kms_keys", [])
    keys = keys.split(",") if isinstance(keys, str) else keys
    # The role must also be able to decrypt with the keys that the secrets name.
    named = [item["kms_key_id"] for item in secrets if item.get("kms_key_id") not in (None, "", ACCOUNT_KEY)]
    return {
        "speke_apis": [],
        "flows": [],
        **role,
        "secrets": [item["name"] for item in secrets if item.get("name")],
        "kms_keys": [*keys, *named] if isinstance(keys, (list, tuple)) else keys,
    }


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By name."""
        return {"key_request": key_request}
