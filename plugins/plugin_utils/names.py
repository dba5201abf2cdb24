# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the roles and playbooks: which there are, and what the options of the modules are called there."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Iterable, Mapping, Sequence

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
    "purge_policies": "purge_policies",
    "allow_shared_policy": "allow_shared_policy",
    "confused_deputy_protection": "confused_deputy_protection",
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


# What sentences of the modules call an option, and the option; where something else can have the same one, the sentence says whose it is.
SAID = re.compile(
    r"\b(?P<option>force_in_use|allow_replacement|verify_encryption|warn_shared|purge_entitlements|purge|purge_policies|allow_shared_policy|"
    r"confused_deputy_protection)(?P<value>: (?:true|false))(?: for the (?P<whose>role|secret))?\b"
    r"|\b(?P<bare>policy_name|purge_policies|handover_dir|flows_file|only_plan)\b"
)
OF_ENTITLEMENTS = (
    "allow_replacement",
    "verify_encryption",
    "warn_shared",
    "purge_entitlements",
    "handover_dir",
    "flows_file",
)
# The variables of grant and revoke for options; what else there is belongs to distribute.
FLAT: Mapping[str, Sequence[str]] = {
    "grant": ("force_in_use", "allow_replacement", "verify_encryption"),
    "revoke": ("force_in_use",),
}


def retold(sentence: str, caller: str) -> str:
    """A sentence of a module with the names that the user of a role or playbook can type.

    caller: static_key_encryption, entitlements, distribute, grant or revoke; "" for a task, where the options have their own names.
    """
    return SAID.sub(lambda found: _retold(found, caller), sentence) if caller else sentence


def _retold(found: re.Match[str], caller: str) -> str:
    option, value = found["option"] or found["bare"], found["value"] or ""
    if option in FLAT.get(caller, ()) or (option == "only_plan" and caller == "distribute"):
        return f"mediaconnect_{option}{value}"
    ours = option in OF_ENTITLEMENTS or (option == "force_in_use" and not found["whose"])
    if caller == KEYS and ours and option != "force_in_use":
        return found[0]
    role = KEYS if caller == KEYS or not ours else GRANTS
    name = f"{role}_{'purge' if option == 'purge_entitlements' else option}{value}"
    return f"{name} in distribute" if caller in FLAT else name


# Every variable that a playbook or role takes or sets, by prefix. A test compares them with the playbooks and the roles' specs.
VARIABLES: dict[str, Sequence[str]] = {
    "mediaconnect": (
        *("hosts", "region", "profile", "assume_role_arn", "endpoint_url", "aws_config", "fail_on_drift", "only_plan"),
        *("flow", "subscribers", "entitlement", "description", "fee_percent", "status", "algorithm", "secret", "role"),
        *("force_in_use", "allow_replacement", "verify_encryption", "missing_ok"),
        *("account", "facts"),  # of the inventory plugin's hosts
    ),
    KEYS: (
        *(
            "region",
            "secrets",
            "additional_regions",
            "role_name",
            "role_description",
            "permissions_boundary",
            "policy_name",
            "flows",
        ),
        *("kms_keys", "speke_apis", "purge", "tags", "state", "force_in_use", "wait_timeout", "secure_logging"),
        *("purge_policies", "allow_shared_policy", "confused_deputy_protection"),
        "result",
    ),
    GRANTS: (
        *(
            "region",
            "flows",
            "flows_file",
            "handover_dir",
            "verify_encryption",
            "purge",
            "allow_replacement",
            "force_in_use",
        ),
        *("warn_shared", "wait_timeout"),
        *("result", "handover"),
    ),
}
# Beginnings of what is not known by its whole name: the definitions for AWX, and what a job hands on, with the host's name behind it.
OPEN = (
    "mediaconnect_awx_",
    "mediaconnect_handover_",
    "mediaconnect_role_arns_",
    "mediaconnect_secrets_",
    "mediaconnect_taken_away_",
    "mediaconnect_summary_",
    "mediaconnect_plan_digest_",
)
KNOWN = [f"{prefix}_{name}" for prefix, names in VARIABLES.items() for name in names]
ALIKE = 0.9  # how much a name without a prefix of ours must resemble one of ours to be taken for a slip


def unknown_variables(names: Iterable[str]) -> list[str]:
    """A sentence for each variable that nothing reads: one with a prefix of ours, or one whose name is nearly that of one of ours."""
    given = set(names)
    return [found for name in sorted(given - set(KNOWN)) if (found := _unknown(name, given))]


def _nearest(name: str, known: Sequence[str]) -> list[str]:
    """The known names with the same prefix that begin like this one, or else the one that is nearest."""
    prefix = next(f"{prefix}_" for prefix in VARIABLES if name.startswith(prefix))
    parts = {one.removeprefix(prefix): one for one in known if one.startswith(prefix)}
    part = name.removeprefix(prefix)
    longer = [one for short, one in parts.items() if short.startswith(f"{part}_") or part.startswith(f"{short}_")]
    return longer or [parts[short] for short in get_close_matches(part, parts, n=1)]


def _unknown(name: str, given: set[str]) -> str:
    if name.startswith(("_", *OPEN)):
        return ""
    ours = name.startswith(tuple(f"{prefix}_" for prefix in VARIABLES))
    unused = [known for known in KNOWN if known not in given]
    near = _nearest(name, unused) if ours else get_close_matches(name, unused, n=1, cutoff=ALIKE)
    if near:
        return f"The variable {name} does not exist; {near[0]} is probably meant."
    if ours:
        prefix = next(prefix for prefix in VARIABLES if name.startswith(prefix))
        return f"The variable {name} does not exist; names that begin with {prefix}_ are kept for this collection, so give yours another."
    return ""
