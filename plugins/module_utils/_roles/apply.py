# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out what was planned for a role, one function for each operation."""

from __future__ import annotations

from typing import Any, Callable

from .._aws import iam
from .._aws.client import Clients
from .._aws.errors import ApiError
from .._policy.language import same_meaning
from .._reconcile.model import Refusal, Unit, WorldChanged

MAX_VERSIONS = 5  # IAM quota: versions of a managed policy, not raisable


class Applier:
    """The operations of the plan.

    wait, timeout: whether, and for how many seconds, to wait until IAM answers for a new role or policy.
    """

    def __init__(self, clients: Clients, wait: bool, timeout: int):
        self.clients, self.wait, self.timeout = clients, wait, timeout
        # What this run has written since the plan was made: the version of a policy by ARN, the trust policy by the role's name.
        self._written: dict[str, Any] = {}
        self.operations: dict[str, Callable[..., None]] = {
            "create_policy": self._create_policy,
            "write_policy": self._write_policy,
            "delete_policy": self._delete_policy,
            "tag_policy": self._calls(iam.tag_policy),
            "untag_policy": self._calls(iam.untag_policy),
            "create_role": self._create_role,
            "write_trust": self._write_trust,
            "update_role": self._calls(iam.update_role),
            "set_boundary": self._set_boundary,
            "tag_role": self._calls(iam.tag_role),
            "untag_role": self._calls(iam.untag_role),
            "attach_policy": self._calls(iam.attach_policy),
            "detach_policy": self._calls(iam.detach_policy),
            "delete_inline_policy": self._calls(iam.delete_inline_policy),
            "leave_instance_profile": self._calls(iam.remove_from_instance_profile),
            "delete_role": self._calls(iam.delete_role),
        }

    @property
    def _iam(self) -> Any:
        return self.clients.get("iam")

    def forget(self) -> None:
        """Forget what was written: a new plan will see it."""
        self._written.clear()

    def _calls(self, function: Callable[..., Any]) -> Callable[..., None]:
        """An operation that is a single call and nothing else."""

        def operation(_unit: Unit, **params: Any) -> None:
            function(self._iam, **params)

        return operation

    def _create_policy(
        self, unit: Unit, name: str, arn: str, path: str, document: Any, description: str, tags: Any
    ) -> None:
        try:
            iam.create_policy(self._iam, name, document, tags, Path=path, Description=description)
        except ApiError as error:
            if error.code != iam.ALREADY_EXISTS:
                raise
            if iam.get_policy(self._iam, arn) is None:
                raise Refusal(
                    f"The policy {name} of the {unit.label} exists already, under another path or in different case; "
                    "give another policy_name."
                ) from error
            raise WorldChanged(done=True) from error
        if self.wait:
            iam.wait_until_policy_exists(self._iam, arn, self.timeout)

    def _create_role(self, unit: Unit, name: str, trust_policy: Any, tags: Any, fields: dict[str, Any]) -> None:
        try:
            unit.after["arn"] = iam.create_role(self._iam, name, trust_policy, tags, **fields)["Arn"]
        except ApiError as error:
            if error.code != iam.ALREADY_EXISTS:
                raise
            if iam.get_role(self._iam, name) is None:
                raise Refusal(
                    f"A role whose name differs from {name} only in case exists already; give its exact name."
                ) from error
            raise WorldChanged(done=True) from error
        if self.wait:
            iam.wait_until_role_exists(self._iam, name, self.timeout)

    def _write_trust(self, _unit: Unit, name: str, trust_policy: Any, seen: Any) -> None:
        role = iam.get_role(self._iam, name)
        expected = self._written.get(name, seen)
        if role is None or not same_meaning(role.get("AssumeRolePolicyDocument"), expected):
            raise WorldChanged
        iam.update_trust_policy(self._iam, name, trust_policy)
        self._written[name] = trust_policy

    def _write_policy(self, unit: Unit, arn: str, document: Any, seen: str) -> None:
        versions = iam.list_policy_versions(self._iam, arn)
        if self._written.get(arn, seen) not in [one["VersionId"] for one in versions if one["IsDefaultVersion"]]:
            raise WorldChanged
        spare = sorted((one["VersionId"] for one in versions if not one["IsDefaultVersion"]), key=_version_number)
        try:
            for version in spare[: max(0, len(versions) - MAX_VERSIONS + 1)]:
                iam.delete_policy_version(self._iam, arn, version)
            self._written[arn] = iam.create_policy_version(self._iam, arn, document)
        except ApiError as error:
            if error.code not in iam.OVERTAKEN or (error.code == iam.LIMIT and not self._has_others(arn, versions)):
                raise
            raise WorldChanged from error
        unit.after["policy_version"] = self._written[arn]

    def _has_others(self, arn: str, seen: list[dict[str, Any]]) -> bool:
        """Whether a policy has versions that were not seen. Otherwise it is not somebody else who reached the limit."""
        return not {one["VersionId"] for one in iam.list_policy_versions(self._iam, arn)} <= {
            one["VersionId"] for one in seen
        }

    def _delete_policy(self, _unit: Unit, arn: str) -> None:
        for version in iam.list_policy_versions(self._iam, arn):
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(self._iam, arn, version["VersionId"])
        iam.delete_policy(self._iam, arn)

    def _set_boundary(self, _unit: Unit, name: str, arn: str) -> None:
        if arn:
            iam.put_permissions_boundary(self._iam, name, arn)
        else:
            iam.delete_permissions_boundary(self._iam, name)


def _version_number(version_id: str) -> int:
    return int(version_id.lstrip("v"))
