# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of the modules are called where roles and playbooks give them."""

from __future__ import annotations

KEYS = "static_key_encryption"
GRANTS = "entitlements"

# Options of the IAM role, by the variables of static_key_encryption that give them, without their prefix.
ROLE_OPTIONS = {
    "role_name": "name",
    "state": "state",
    "role_description": "description",
    "permissions_boundary": "permissions_boundary",
    "policy_name": "policy_name",
    "kms_keys": "kms_keys",
    "speke_apis": "speke_apis",
    "flows": "flows",
    "purge": "purge",
    "force_in_use": "force_in_use",
}
OF_KEYS = ("secrets", "additional_regions", "tags")


def variable(option: str, caller: str) -> str:
    """The variable that gives an option, "role, purge" for example; the option itself where a task gives it.

    caller: the role, or the playbook distribute, which takes the variables of both roles.
    """
    if option.startswith("role, "):
        found = [name for name, one in ROLE_OPTIONS.items() if f"role, {one}" == option]
        return f"{KEYS}_{found[0]}" if found and caller in (KEYS, "distribute") else option
    if caller == KEYS or (caller == "distribute" and option in OF_KEYS):
        return f"{KEYS}_{option}"
    if caller in (GRANTS, "distribute"):
        return f"{GRANTS}_{'purge' if option == 'purge_entitlements' else option}"
    return option
