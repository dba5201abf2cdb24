# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole distribution as declared: how its secrets, roles and flows fit together. Pure."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from .._entitlements.options import ONE_OF, DeclaredEntitlement, DeclaredFlow
from .._entitlements.options import TASK as GRANTS
from .._reconcile.arn import iam_name, is_arn, names_secret
from .._reconcile.fields import argument_spec
from .._reconcile.model import ABSENT, PRESENT
from .._reconcile.tags import declared_tags
from .._roles.options import ROLE
from .._secrets.options import SECRET, DeclaredSecret, customer_key

# Where a role leaves these out, the task's own options apply.
INHERITED = ("purge_tags", "force_in_use")
ROLE_SPEC = {**argument_spec(ROLE), **{option: {"type": "bool"} for option in INHERITED}}
# The options of the module distribution.
TASK: dict[str, Any] = {
    **GRANTS,
    "secrets": {"type": "list", "elements": "dict", "default": [], "no_log": False, "options": argument_spec(SECRET)},
    "role": {"type": "dict", "options": ROLE_SPEC},
    "roles": {"type": "list", "elements": "dict", "options": ROLE_SPEC},
    "additional_regions": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "only_plan": {"type": "str"},
}
EXCLUSIVE = [("role", "roles"), ONE_OF]


def role_items(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options of each role, with the task's own where the role leaves one out."""
    items = params["roles"] or ([params["role"]] if params["role"] else [])
    return [
        {
            **item,
            "tags": declared_tags(params["tags"], item["tags"]),
            **{option: params[option] if item[option] is None else item[option] for option in INHERITED},
        }
        for item in items
    ]


def completed(
    item: Mapping[str, Any], secrets: Sequence[DeclaredSecret], flows: Sequence[DeclaredFlow]
) -> dict[str, Any]:
    """The options of a role. If it leaves out secrets, flows or KMS keys, they follow from the entitlements that name it.

    Secrets that the same task deletes are left out.
    """
    if item["state"] == ABSENT:
        return dict(item)
    uses = [
        (flow.flow, entitlement) for flow in flows for entitlement in flow.entitlements if _names(entitlement, item)
    ]
    read, served = item["secrets"], item["flows"]
    if uses and read is None:
        read = _distinct((entitlement.encryption or {}).get("secret_arn") for dummy, entitlement in uses)
    if uses and served is None:
        served = _distinct(flow for flow, dummy in uses)
    gone = {secret.name for secret in secrets if secret.state == ABSENT}
    return {
        **item,
        "secrets": None if read is None else [secret for secret in read if secret not in gone],
        "flows": served,
        "kms_keys": _kms_keys(secrets, read or []) if item["kms_keys"] is None else item["kms_keys"],
    }


def _kms_keys(secrets: Sequence[DeclaredSecret], read: Sequence[str]) -> list[str] | None:
    """The KMS keys of the secrets that are read; None where not all of these are declared here, so that no key is taken away."""
    if not read or not all(any(_is_among(secret, [one]) for secret in secrets) for one in read):
        return None
    return _distinct(customer_key(secret.kms_key_id) for secret in secrets if _is_among(secret, read))


def _names(entitlement: DeclaredEntitlement, item: Mapping[str, Any]) -> bool:
    """Whether an entitlement's encryption names a role, by name or ARN on either side."""
    if entitlement.state != PRESENT or not entitlement.encryption:
        return False
    return iam_name(entitlement.encryption.get("role_arn", "")) == iam_name(item["name"])


def _is_among(secret: DeclaredSecret, named: Iterable[str]) -> bool:
    return any(names_secret(secret.name, one) if is_arn(one) else secret.name == one for one in named)


def _distinct(texts: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
