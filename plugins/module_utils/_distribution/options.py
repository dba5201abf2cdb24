# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole distribution as declared: how its secrets, roles and flows hang together. Pure."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Sequence

from .._entitlements.options import DeclaredEntitlement, DeclaredFlow
from .._reconcile.arn import iam_name, is_arn, names_secret
from .._reconcile.fields import argument_spec
from .._reconcile.model import ABSENT, PRESENT
from .._reconcile.tags import declared_tags
from .._roles.options import ROLE
from .._secrets.options import SECRET, DeclaredSecret, customer_key

# What a role leaves out of these, the task's own options say.
INHERITED = ("purge_tags", "force_in_use")
ROLE_SPEC = {**argument_spec(ROLE), **{option: {"type": "bool"} for option in INHERITED}}
SECRET_SPEC = argument_spec(SECRET)


def role_items(params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options of each role, with the task's own where the role leaves them out."""
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
    """The options of a role. Secrets, flows and KMS keys that it leaves out follow from the entitlements that name it."""
    uses = [
        (flow.flow, entitlement) for flow in flows for entitlement in flow.entitlements if _names(entitlement, item)
    ]
    if not uses or item["state"] == ABSENT:
        return dict(item)
    named = _distinct(entitlement.encryption.get("secret_arn") for dummy, entitlement in uses if entitlement.encryption)
    read = named if item["secrets"] is None else item["secrets"]
    keys = _distinct(customer_key(secret.kms_key_id) for secret in secrets if _is_among(secret, read))
    return {
        **item,
        "secrets": read,
        "flows": _distinct(flow for flow, dummy in uses) if item["flows"] is None else item["flows"],
        "kms_keys": keys if item["kms_keys"] is None else item["kms_keys"],
    }


def _names(entitlement: DeclaredEntitlement, item: Mapping[str, Any]) -> bool:
    """Whether an entitlement's encryption names a role, by name or ARN on either side."""
    if entitlement.state != PRESENT or not entitlement.encryption:
        return False
    return iam_name(entitlement.encryption.get("role_arn", "")) == iam_name(item["name"])


def _is_among(secret: DeclaredSecret, named: Iterable[str]) -> bool:
    return any(names_secret(secret.name, one) if is_arn(one) else secret.name == one for one in named)


def _distinct(texts: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
