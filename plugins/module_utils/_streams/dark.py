# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change of a role would take away from streams that need it. Pure."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from .._policy.documents import read_access, read_trust
from .._policy.judge import READ_VALUE, reads, trusts
from .world import Use

State = Mapping[str, Any]


def narrows(before: State, after: State, account: str) -> bool:
    """Whether the role would serve less than before: a cheap look at its two documents, before any flow is read."""
    had, has = (read_access(state["permissions_policy"], account) for state in (before, after))
    trusted, trusts_now = (read_trust(state["trust_policy"], account) for state in (before, after))
    return bool(
        had.secrets - has.secrets
        or had.kms_keys - has.kms_keys
        or had.speke_apis - has.speke_apis
        or (not trusts_now.every_flow and (trusted.every_flow or trusted.flows - trusts_now.flows))
    )


def cut_off(uses: Iterable[Use], before: State, after: State) -> list[str]:
    """The uses that the role serves before the change and would not serve after it."""
    return [
        str(use) for use in uses if use.role_arn == before["arn"] and _serves(before, use) and not _serves(after, use)
    ]


def _serves(role: State, use: Use) -> bool:
    can_read = use.secret_arn is None or reads([role["permissions_policy"]], use.secret_arn)[READ_VALUE]
    return can_read and trusts(role["trust_policy"], use.flow_arn)
