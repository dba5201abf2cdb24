# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change of a role would take away from flows that use it. Pure."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import read_access, read_trust
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.preflight import READ_VALUE, reads, trusts
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.usage import encryptions

State = Mapping[str, Any]


def narrows(before: State, after: State, account: str) -> bool:
    """Whether the role would come to serve less: a cheap look at its two documents, before any flow is read."""
    had, has = (read_access(state["permissions_policy"], account) for state in (before, after))
    trusted, trusts_now = (read_trust(state["trust_policy"], account) for state in (before, after))
    return bool(
        had.secrets - has.secrets
        or had.kms_keys - has.kms_keys
        or had.speke_apis - has.speke_apis
        or (not trusts_now.every_flow and (trusted.every_flow or trusted.flows - trusts_now.flows))
    )


def cut_off(flows: Iterable[Dict[str, Any]], before: State, after: State) -> List[str]:
    """The places in flows (as DescribeFlow returns them) that the role serves before, and would not serve after."""
    return [
        f"{place} of flow {flow['Name']}"
        for flow in flows
        for place, encryption in encryptions(flow)
        if encryption.get("RoleArn") == before["arn"]
        and _serves(before, flow["FlowArn"], encryption)
        and not _serves(after, flow["FlowArn"], encryption)
    ]


def _serves(role: State, flow_arn: str, encryption: Mapping[str, Any]) -> bool:
    secret_arn = encryption.get("SecretArn")
    can_read = secret_arn is None or reads([role["permissions_policy"]], secret_arn)[READ_VALUE]
    return can_read and trusts(role["trust_policy"], flow_arn)
