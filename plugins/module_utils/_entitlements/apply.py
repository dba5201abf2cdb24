# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry out what was planned for a flow, and cope with what can go wrong: answers that are lost, entitlements that others
granted in the meantime, roles that are not known everywhere in AWS yet.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Iterable, Sequence

from .._aws import mediaconnect as api
from .._aws.client import Clients
from .._aws.errors import ApiError
from .._encryption.preflight import changed_recently
from .._encryption.resolve import References
from .._reconcile.model import Refusal, WorldChanged
from .._reconcile.wait import tries
from .options import FEE, MAX_ENTITLEMENTS, from_api, to_api
from .state import FlowUnit

SECONDS_BETWEEN_LOOKS = 1
SECONDS_BETWEEN_TRIES = 3
QUOTA_EXCEEDED = "GrantFlowEntitlements420Exception"
BAD_REQUEST = "BadRequestException"
NOT_DECLARED = ("entitlement_arn", "in_use")  # what a result shows besides the options


class Applier:
    """The operations of the plan.

    names: returns the references, which say which roles this run changes. timeout: how many seconds to wait for AWS.
    """

    def __init__(self, clients: Clients, names: Callable[[], References], timeout: int):
        self.clients, self.names, self.timeout = clients, names, timeout
        self.operations: dict[str, Callable[..., None]] = {
            "update": self._update,
            "revoke": _telling_what_is_lost(self._revoke),
            "wait": _telling_what_is_lost(self._wait),
            "grant": _telling_what_is_lost(self._grant),
            "tag": self._tag,
            "look": self._look,
        }

    @property
    def _client(self) -> Any:
        return self.clients.get("mediaconnect")

    def _update(self, unit: FlowUnit, name: str, arn: str, changes: dict[str, Any]) -> None:
        roles = _roles([changes])
        for last in tries(self.timeout, SECONDS_BETWEEN_TRIES):
            try:
                answer = api.update_entitlement(self._client, unit.observed.arn, arn, **to_api(changes))
                break
            except ApiError as error:
                if last or not self._may_pass(error, roles):
                    raise Refusal(_sentence(unit, error, roles)) from error
        unit.items[name].after.update(from_api(answer))

    def _revoke(self, unit: FlowUnit, name: str, arn: str) -> None:
        api.revoke_entitlement(self._client, unit.observed.arn, arn)
        unit.items[name].exists = False

    def _wait(self, unit: FlowUnit, arns: list[str]) -> None:
        """Revoking is asynchronous: look until the flow no longer has any of these."""
        left: list[str] = []
        for dummy in tries(self.timeout, SECONDS_BETWEEN_LOOKS):
            left = sorted({entitlement["entitlement_arn"] for entitlement in self._now(unit).values()} & set(arns))
            if not left:
                return
        raise Refusal(f"On {unit.label} {', '.join(left)} was revoked but is not gone after {self.timeout} seconds.")

    def _grant(self, unit: FlowUnit, names: list[str]) -> None:
        """Grant all of them in one call. If it fails although the flow now has some of them, the flow gets a new round."""
        roles = _roles([unit.items[name].after for name in names])
        for last in tries(self.timeout, SECONDS_BETWEEN_TRIES):
            try:
                self._grant_once(unit, names)
                break
            except ApiError as error:
                if self._appeared(unit, names, error):
                    raise WorldChanged(done=True) from error
                if last or not self._may_pass(error, roles):
                    raise Refusal(_sentence(unit, error, roles)) from error

    def _grant_once(self, unit: FlowUnit, names: Sequence[str]) -> None:
        tags_on_grant = api.grants_take_tags(self._client)
        requests = [_grant_request(unit.items[name].after, tags_on_grant) for name in names]
        for entitlement in api.grant_entitlements(self._client, unit.observed.arn, requests):
            item = unit.items[entitlement["Name"]]
            item.after.update(from_api(entitlement))
            item.exists = True
        for name in names:
            after = unit.items[name].after
            if after.get("tags") and not tags_on_grant:
                api.tag_resource(self._client, after["entitlement_arn"], after["tags"])

    def _appeared(self, unit: FlowUnit, names: list[str], error: ApiError) -> bool:
        """Whether the flow has any of these after all: the answer was lost, or somebody else granted them in the meantime.

        Raises Refusal if one of them can no longer be made as declared without being revoked.
        """
        if error.denied or error.code == QUOTA_EXCEEDED:
            return False
        try:
            now = self._now(unit)
        except ApiError:
            return False  # the first error says more than this one
        present = [name for name in names if name in now]
        for name in present:
            theirs, ours = now[name][FEE], unit.items[name].after[FEE]
            if theirs != ours:
                raise Refusal(
                    f"The entitlement {name} of {unit.label} was granted by somebody else meanwhile, with {FEE} "
                    f"{theirs} where {ours} is declared; agree with them and run again."
                )
        return bool(present)

    def _tag(self, unit: FlowUnit, name: str, arn: str, to_set: dict[str, str], to_remove: list[str]) -> None:
        if to_remove:
            api.untag_resource(self._client, arn, to_remove)
        if to_set:
            api.tag_resource(self._client, arn, to_set)

    def _look(self, unit: FlowUnit) -> None:
        """Read the flow's messages: MediaConnect says there, not in its answers, that it cannot use a key."""
        try:
            flow = api.describe_flow(self._client, unit.observed.arn) or {}
        except ApiError as error:
            unit.messages.append(f"The messages of {unit.label} could not be read after the change. {error.sentence()}")
            return
        errors = flow.get("Messages", {}).get("Errors", [])
        unit.messages.extend(f"MediaConnect reports of {unit.label}: {message}" for message in errors)

    def _now(self, unit: FlowUnit) -> dict[str, dict[str, Any]]:
        flow = api.describe_flow(self._client, unit.observed.arn) or {}
        shown = [from_api(entitlement) for entitlement in flow.get("Entitlements") or []]
        return {entitlement["name"]: entitlement for entitlement in shown}

    def _may_pass(self, error: ApiError, roles: list[str]) -> bool:
        """Whether AWS may have refused only because it does not yet see a role as it is now; any other denial fails at once."""
        if not roles or not (error.denied or error.code == BAD_REQUEST):
            return False
        changed = self.names().changed
        return any(role in changed or changed_recently(self.clients, role, self.timeout) for role in roles)


def _grant_request(after: dict[str, Any], tags_on_grant: bool) -> dict[str, Any]:
    request = to_api(after)
    if tags_on_grant and after.get("tags"):
        request["EntitlementTags"] = after["tags"]
    return request


def _roles(entitlements: Iterable[dict[str, Any]]) -> list[str]:
    """The roles that the encryption of these entitlements names, each of them once."""
    return sorted(
        {entitlement["encryption"]["role_arn"] for entitlement in entitlements if entitlement.get("encryption")}
    )


def _sentence(unit: FlowUnit, error: ApiError, roles: list[str]) -> str:
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
    """When an operation fails half-way through a replacement, add to the error what the next run can no longer know."""

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


def _half_replaced(unit: FlowUnit) -> list[str]:
    """One sentence for each entitlement that was revoked and is not granted again yet."""
    lost = [unit.items[name].after for name in unit.replacing]
    return [
        f"The entitlement {after['name']} was revoked and is not granted again yet: run again with all of it declared, "
        f"which is {json.dumps({field: value for field, value in after.items() if field not in NOT_DECLARED and value is not None})}."
        for after in lost
    ]
