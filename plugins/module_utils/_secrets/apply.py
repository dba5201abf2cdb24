# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out what was planned for secrets, one function for each operation."""

from __future__ import annotations

import uuid
from typing import Any, Callable

from .._aws import secretsmanager as api
from .._aws.client import Clients
from .._aws.errors import ApiError
from .._reconcile.arn import region_of
from .._reconcile.fields import to_api
from .._reconcile.model import Unit, WorldChanged
from .._reconcile.wait import tries
from . import keys
from .keys import Keyring
from .options import SECRET, DeclaredSecret

SECONDS_BETWEEN_TRIES = 2
NAME_TAKEN = ("InvalidRequestException", "ResourceExistsException")


class Applier:
    """The operations of the plan. timeout: how many seconds to wait for a name to become free again."""

    def __init__(self, clients: Clients, keyring: Keyring, timeout: int):
        self.clients, self.keyring, self.timeout = clients, keyring, timeout
        self.operations: dict[str, Callable[..., None]] = {
            "create": self._create,
            "restore": self._restore,
            "put_value": self._put_value,
            "update": self._update,
            "tag": self._tag,
            "delete": self._delete,
        }

    def _create(self, unit: Unit, secret: DeclaredSecret, region: str, generate: bool) -> None:
        """Create it. The name of a secret that was deleted for good stays taken for a while."""
        client = self.clients.get("secretsmanager", region)
        fields = {member: value for member, value in to_api(SECRET, secret.fields).items() if value}
        key, token = self.keyring.key(secret.name, secret.algorithm, make=generate), str(uuid.uuid4())
        for last in tries(self.timeout, SECONDS_BETWEEN_TRIES):
            try:
                answer = api.create_secret(client, secret.name, key, token, secret.tags, **fields)
                break
            except ApiError as error:
                if error.code not in NAME_TAKEN:
                    raise
                found = api.describe_secret(client, secret.name)
                if found is not None and "DeletedDate" not in found:
                    raise WorldChanged from error  # somebody else made it meanwhile
                if last:
                    raise
        self.keyring.stored(secret.name)
        unit.learned[unit.after["arn"]] = answer["ARN"]
        unit.after.update(
            arn=answer["ARN"],
            version_id=answer["VersionId"],
            key_fingerprint=keys.describe(key, secret.algorithm).fingerprint,
        )

    def _restore(self, _unit: Unit, arn: str, look_again: bool) -> None:
        api.restore_secret(self._client_of(arn), arn)
        if look_again:
            raise WorldChanged(done=True)  # its value can be read now

    def _put_value(self, unit: Unit, secret: DeclaredSecret, arn: str, generate: bool) -> None:
        key = self.keyring.key(secret.name, secret.algorithm, make=generate)
        answer = api.put_secret_value(self._client_of(arn), arn, key, str(uuid.uuid4()))
        self.keyring.stored(secret.name)
        unit.after.update(
            version_id=answer["VersionId"], key_fingerprint=keys.describe(key, secret.algorithm).fingerprint
        )

    def _update(self, _unit: Unit, arn: str, changes: dict[str, str]) -> None:
        api.update_secret(self._client_of(arn), arn, **to_api(SECRET, changes))

    def _tag(self, _unit: Unit, arn: str, to_set: dict[str, str], to_remove: list[str]) -> None:
        if to_remove:
            api.untag_secret(self._client_of(arn), arn, to_remove)
        if to_set:
            api.tag_secret(self._client_of(arn), arn, to_set)

    def _delete(self, _unit: Unit, arn: str, recovery_window_in_days: int | None) -> None:
        api.delete_secret(self._client_of(arn), arn, recovery_window_in_days)

    def _client_of(self, arn: str) -> Any:
        return self.clients.get("secretsmanager", region_of(arn))
