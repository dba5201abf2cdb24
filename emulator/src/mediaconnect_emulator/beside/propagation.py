# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's eventual consistency: what MediaConnect still sees in IAM while a change is being propagated."""

from __future__ import annotations

import collections
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from ..wire.accounts import partition_of
from ..wire.protocols import Request

# Which part of IAM an operation writes, and which parameter names it.
_WRITES = {
    "CreateRole": (("trust", "policies"), "RoleName"),
    "UpdateAssumeRolePolicy": (("trust",), "RoleName"),
    "PutRolePolicy": (("policies",), "RoleName"),
    "DeleteRolePolicy": (("policies",), "RoleName"),
    "AttachRolePolicy": (("policies",), "RoleName"),
    "DetachRolePolicy": (("policies",), "RoleName"),
    "CreatePolicyVersion": (("document",), "PolicyArn"),
    "SetDefaultPolicyVersion": (("document",), "PolicyArn"),
}
_REMEMBERED = 20


class IamHistory:
    """Remembers what each write to IAM has replaced, and when. backend: IAM of an account in a partition."""

    def __init__(self, backend: Callable[[str, str], Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._backend = backend
        self._clock = clock
        self._replaced: dict[tuple[str, ...], collections.deque[tuple[float, Any]]] = {}

    @contextlib.contextmanager
    def recording(self, request: Request) -> Iterator[None]:
        """Record what changes while IAM answers the request."""
        kinds, member = _WRITES.get(request.operation, ((), "")) if request.service == "iam" else ((), "")
        name = str(request.params.get(member))
        place = request.account, partition_of(request.region)
        before = {kind: self._current(*place, kind, name) for kind in kinds}
        yield
        for kind, value in before.items():
            if self._current(*place, kind, name) != value:
                replaced = self._replaced.setdefault((*place, kind, name), collections.deque(maxlen=_REMEMBERED))
                replaced.append((self._clock(), value))

    def seen(self, account: str, partition: str, kind: str, name: str, delay: float) -> Any:
        """A role's trust policy or its policies, or a managed policy's document, as they were that long ago; None if there was none."""
        now = self._clock()
        for at, value in self._replaced.get((account, partition, kind, name), ()):
            if now - at < delay:
                return value
        return self._current(account, partition, kind, name)

    def clear(self) -> None:
        """Forget all changes."""
        self._replaced.clear()

    def _current(self, account: str, partition: str, kind: str, name: str) -> Any:
        backend = self._backend(account, partition)
        if backend is None:
            return None
        if kind == "document":
            policy = backend.managed_policies.get(name)
            return default_document(policy) if policy is not None else None
        role = next((role for role in backend.roles.values() if role.name == name), None)
        if role is None:
            return None
        return (
            role.assume_role_policy_document
            if kind == "trust"
            else (dict(role.policies), list(role.managed_policies.values()))
        )


def default_document(policy: Any) -> str:
    """The document of a managed policy's default version."""
    return str(next(version.document for version in policy.versions if version.version_id == policy.default_version_id))
