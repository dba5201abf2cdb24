# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry out what was planned for a flow, through what goes wrong on the way: answers that are lost, names that others
granted in between, roles that AWS does not see everywhere yet.
"""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Dict, Iterable, List, Sequence

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import mediaconnect as api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError, Clients
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows.preflight import changed_recently
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal, differing
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import (
    FEE,
    MAX_ENTITLEMENTS,
    from_api,
    to_api,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import (
    UNKNOWN_ID,
    UPDATABLE,
    FlowUnit,
    Names,
)

SECONDS_BETWEEN_LOOKS = 1
SECONDS_BETWEEN_TRIES = 3
QUOTA_EXCEEDED = "GrantFlowEntitlements420Exception"
BAD_REQUEST = "BadRequestException"
NOT_DECLARED = ("entitlement_arn", "in_use")  # what a result shows beside the options


class Applier:
    """The operations of the plan.

    client: the paced MediaConnect client. names: which roles were changed earlier in the play.
    timeout: how many seconds to wait for AWS.
    """

    def __init__(self, clients: Clients, client: Any, names: Names, timeout: int):
        self.clients, self.client, self.names, self.timeout = clients, client, names, timeout
        self.operations: Dict[str, Callable[..., None]] = {
            "update": self._update,
            "revoke": _telling_what_is_lost(self._revoke),
            "wait": _telling_what_is_lost(self._wait),
            "grant": _telling_what_is_lost(self._grant),
            "tag": self._tag,
            "look": self._look,
        }

    def _update(self, unit: FlowUnit, name: str, arn: str, changes: Dict[str, Any]) -> None:
        roles = _roles([changes])
        deadline = time.monotonic() + self.timeout
        while True:
            try:
                answer = api.update_entitlement(self.client, unit.observed.arn, arn, **to_api(changes))
                break
            except ApiError as error:
                if not self._may_pass(error, roles, deadline):
                    raise Refusal(_sentence(unit, error, roles)) from error
            time.sleep(SECONDS_BETWEEN_TRIES)
        unit.items[name].after.update(from_api(answer))

    def _revoke(self, unit: FlowUnit, name: str, arn: str) -> None:
        api.revoke_entitlement(self.client, unit.observed.arn, arn)

    def _wait(self, unit: FlowUnit, arns: List[str]) -> None:
        """Revoking is asynchronous: look until the flow has none of these any more."""
        deadline = time.monotonic() + self.timeout
        while True:
            left = sorted({entitlement["entitlement_arn"] for entitlement in self._now(unit).values()} & set(arns))
            if not left:
                return
            if time.monotonic() > deadline:
                raise Refusal(
                    f"On {unit.label} {', '.join(left)} was revoked but is not gone after {self.timeout} seconds."
                )
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _grant(self, unit: FlowUnit, names: List[str]) -> None:
        """Grant all of them in one call; those that are there by the time it fails are made as planned instead."""
        roles = _roles([unit.items[name].after for name in names])
        deadline = time.monotonic() + self.timeout
        pending = list(names)
        while pending:
            try:
                self._grant_once(unit, pending)
                break
            except ApiError as error:
                present = self._present(unit, pending, error)
                if not present and not self._may_pass(error, roles, deadline):
                    raise Refusal(_sentence(unit, error, roles)) from error
            for name, entitlement in present.items():
                self._adopt(unit, name, entitlement)
            pending = [name for name in pending if name not in present]
            if not present:
                time.sleep(SECONDS_BETWEEN_TRIES)

    def _grant_once(self, unit: FlowUnit, names: Sequence[str]) -> None:
        tags_on_grant = api.grants_take_tags(self.client)
        requests = [_grant_request(unit.items[name].after, tags_on_grant) for name in names]
        for entitlement in api.grant_entitlements(self.client, unit.observed.arn, requests):
            unit.items[entitlement["Name"]].after.update(from_api(entitlement))
        for name in names:
            after = unit.items[name].after
            if after.get("tags") and not tags_on_grant:
                api.tag_resource(self.client, after["entitlement_arn"], after["tags"])

    def _present(self, unit: FlowUnit, names: List[str], error: ApiError) -> Dict[str, Dict[str, Any]]:
        """Which of these the flow has after all: the answer was lost, or somebody else granted them in between."""
        if error.denied or error.code == QUOTA_EXCEEDED:
            return {}
        try:
            now = self._now(unit)
        except ApiError:
            return {}  # the error that led here says more
        return {name: entitlement for name, entitlement in now.items() if name in names}

    def _adopt(self, unit: FlowUnit, name: str, present: Dict[str, Any]) -> None:
        after = unit.items[name].after
        if present[FEE] != after[FEE]:
            raise Refusal(
                f"The entitlement {name} of {unit.label} was granted by somebody else meanwhile, with {FEE} "
                f"{present[FEE]} where {after[FEE]} is declared; agree with them and run again."
            )
        if unit.items[name].adds:
            after["subscribers"] = sorted({*after["subscribers"], *present["subscribers"]})
        changes = differing({field: after[field] for field in UPDATABLE}, present)
        after["entitlement_arn"] = present["entitlement_arn"]
        if changes:
            self._update(unit, name, present["entitlement_arn"], changes)
        if after.get("tags"):
            api.tag_resource(self.client, present["entitlement_arn"], after["tags"])

    def _tag(self, unit: FlowUnit, name: str, arn: str, to_set: Dict[str, str], to_remove: List[str]) -> None:
        if to_remove:
            api.untag_resource(self.client, arn, to_remove)
        if to_set:
            api.tag_resource(self.client, arn, to_set)

    def _look(self, unit: FlowUnit) -> None:
        """MediaConnect says in the flow's messages, not in its answers, that it cannot use a key."""
        try:
            flow = api.describe_flow(self.client, unit.observed.arn) or {}
        except ApiError as error:
            unit.messages.append(f"The messages of {unit.label} could not be read after the change. {error.sentence()}")
            return
        errors = flow.get("Messages", {}).get("Errors", [])
        unit.messages.extend(f"MediaConnect reports of {unit.label}: {message}" for message in errors)

    def _now(self, unit: FlowUnit) -> Dict[str, Dict[str, Any]]:
        flow = api.describe_flow(self.client, unit.observed.arn) or {}
        shown = [from_api(entitlement) for entitlement in flow.get("Entitlements") or []]
        return {entitlement["name"]: entitlement for entitlement in shown}

    def _may_pass(self, error: ApiError, roles: List[str], deadline: float) -> bool:
        """Whether AWS may only refuse because it does not see a role as it is now; a lasting denial fails at once."""
        suspicious = roles and (error.denied or error.code == BAD_REQUEST) and time.monotonic() < deadline
        return bool(suspicious) and any(
            role in self.names.changed or changed_recently(self.clients, role, self.timeout) for role in roles
        )


def _grant_request(after: Dict[str, Any], tags_on_grant: bool) -> Dict[str, Any]:
    request = to_api(after)
    if tags_on_grant and after.get("tags"):
        request["EntitlementTags"] = after["tags"]
    return request


def _roles(entitlements: Iterable[Dict[str, Any]]) -> List[str]:
    """The roles that the encryption of these entitlements names, each once."""
    return sorted(
        {entitlement["encryption"]["role_arn"] for entitlement in entitlements if entitlement.get("encryption")}
    )


def _sentence(unit: FlowUnit, error: ApiError, roles: List[str]) -> str:
    sentence = f"{unit.label}: {error.sentence().rstrip('.')}."
    if error.code == QUOTA_EXCEEDED:
        return f"{sentence} MediaConnect allows {MAX_ENTITLEMENTS} entitlements per flow; revoke some first."
    if roles and (error.denied or error.code == BAD_REQUEST):
        named = ", ".join(roles)
        return (
            f"{sentence} If it is about the role {named}, look at three things: whether the caller has iam:PassRole on it, whether its "
            "trust policy lets mediaconnect.amazonaws.com assume it for this flow, and whether its policies let it read the secret."
        )
    return sentence


def _telling_what_is_lost(operation: Callable[..., None]) -> Callable[..., None]:
    """When an operation fails half-way through a replacement, add what the next run cannot know any more."""

    def operate(unit: FlowUnit, **params: Any) -> None:
        try:
            operation(unit, **params)
        except (ApiError, Refusal) as error:
            lost = _half_replaced(unit)
            if not lost:
                raise
            text = _sentence(unit, error, []) if isinstance(error, ApiError) else str(error)
            raise Refusal(" ".join([text, *lost])) from error

    return operate


def _half_replaced(unit: FlowUnit) -> List[str]:
    """One sentence for each entitlement that was revoked and is not granted again yet."""
    revoked = [unit.items[action.params["name"]] for action in unit.done if action.operation == "revoke"]
    lost = [item.after for item in revoked if item.after and UNKNOWN_ID in item.after["entitlement_arn"]]
    return [
        f"The entitlement {after['name']} was revoked and is not granted again yet: run again with all of it declared, "
        f"which is {json.dumps({field: value for field, value in after.items() if field not in NOT_DECLARED and value is not None})}."
        for after in lost
    ]
