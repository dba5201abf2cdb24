# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what the judge needs to know of roles, secrets and KMS keys: each of them once, and only when it is asked for."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, Callable

from .._aws import iam, kms, secretsmanager
from .._aws.client import Clients
from .._aws.errors import ApiError, unless_denied
from .._reconcile.arn import UNKNOWN, iam_name, region_of
from .._secrets import keys
from .documents import SECRET_ACTIONS
from .judge import KmsKey, Role, Secret


class Reader:
    """What the caller may read of roles, secrets and KMS keys.

    mask: is given each key that is read, and keeps it out of all output.
    lacking: the IAM actions that the caller lacked.
    """

    def __init__(self, clients: Clients, mask: Callable[[str], None]):
        self.clients, self._mask = clients, mask
        self.lacking: dict[str, None] = {}
        self._seen: dict[tuple[Any, ...], Any] = {}

    def forget(self) -> None:
        """Forget what was read, so that it is read again when asked for."""
        self._seen.clear()

    def _once(self, look: Callable[..., Any], *arguments: Any) -> Any:
        key = (look.__name__, *arguments)
        if key not in self._seen:
            self._seen[key] = look(*arguments)
        return self._seen[key]

    def _unless_denied(self, look: Callable[[], Any], otherwise: Any) -> Any:
        """What `look` returns, or `otherwise` where the caller may not look."""
        return unless_denied(look, otherwise, lambda error: self.lacking.setdefault(error.action))

    # Roles

    def trust(self, arn: str) -> Role:
        """The role with its trust policy alone."""
        return self._once(self._trust, arn)

    def role(self, arn: str) -> Role:
        """The role with all its policies and its permissions boundary."""
        return self._once(self._role, arn)

    def role_for(self, arn: str, secret: Secret) -> Role:
        """The role with what IAM itself says about reading the secret; where the caller may not ask that, with its policies."""
        role = self.trust(arn)
        if not role.exists or secret.arn.endswith(UNKNOWN):  # IAM knows nothing of a secret that is not there yet
            return self.role(arn)
        try:
            simulated = self._once(self._simulated, arn, secret.arn)
        except ApiError as error:
            if not error.denied:
                raise
            return self.role(arn)
        return replace(self.role(arn) if secret.kms_key else role, simulated=simulated)

    def _trust(self, arn: str) -> Role:
        name = iam_name(arn)
        unread = Role(arn, complete=False, boundary=None)
        found = self._unless_denied(lambda: iam.get_role(self.clients.get("iam"), name), unread)
        if isinstance(found, Role):
            return found
        if found is None or found["Arn"] != arn:
            return Role(arn, exists=False)
        limit = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "")
        trust = found["AssumeRolePolicyDocument"]
        return replace(unread, trust_policy=trust, boundary=None if limit else {}, boundary_arn=limit)

    def _role(self, arn: str) -> Role:
        role = self.trust(arn)
        if not role.exists:
            return role
        client, name = self.clients.get("iam"), iam_name(arn)
        attached = self._unless_denied(lambda: iam.list_attached_policies(client, name), None)
        inline = self._unless_denied(lambda: iam.list_inline_policies(client, name), None)
        policies = {one["PolicyArn"]: self.managed_policy(one["PolicyArn"]) for one in attached or []}
        for one in inline or []:
            policies[one] = self._unless_denied(functools.partial(iam.get_inline_policy, client, name, one), None)
        return replace(
            role,
            policies={key: document for key, document in policies.items() if document},
            complete=None not in (attached, inline, *policies.values()),
            boundary=self.managed_policy(role.boundary_arn) if role.boundary_arn else role.boundary,
        )

    def managed_policy(self, arn: str) -> Any:
        """The document of a managed policy in its default version; None where it is not to be had."""
        return self._once(self._managed_policy, arn)

    def _managed_policy(self, arn: str) -> Any:
        client = self.clients.get("iam")

        def look() -> Any:
            policy = iam.get_policy(client, arn)
            return iam.get_policy_document(client, arn, policy["DefaultVersionId"]) if policy else None

        return self._unless_denied(look, None)

    def _simulated(self, role_arn: str, secret_arn: str) -> dict[tuple[str, str], str]:
        decisions = iam.simulate(self.clients.get("iam"), role_arn, SECRET_ACTIONS, secret_arn)
        return {(action, secret_arn): decision for action, decision in decisions.items()}

    # Secrets

    def secret(self, arn: str, with_value: bool = False) -> Secret:
        """The secret with its resource policy and its KMS key; with_value: also what may be known about its value."""
        secret = self._once(self._secret, arn)
        if with_value and secret.exists and not secret.deletion_scheduled:
            misfits, fingerprint = self._once(self._value, arn)
            return replace(secret, misfits=misfits, fingerprint=fingerprint)
        return secret

    def fingerprint(self, arn: str) -> str | None:
        """The fingerprint of the key in a secret; None where there is none, or the caller may not read it."""
        return self._once(self._value, arn)[1]

    def _secret(self, arn: str) -> Secret:
        client = self.clients.get("secretsmanager", region_of(arn))
        unread = Secret(arn, exists=None, resource_policy=None)
        found = self._unless_denied(lambda: secretsmanager.describe_secret(client, arn), unread)
        if isinstance(found, Secret):
            return found
        if found is None:
            return Secret(arn, exists=False)
        return Secret(
            found["ARN"],
            deletion_scheduled="DeletedDate" in found,
            resource_policy=self._unless_denied(lambda: secretsmanager.get_resource_policy(client, arn), None),
            kms_key=self.kms_key(found.get("KmsKeyId"), arn),
        )

    def _value(self, arn: str) -> tuple[dict[str, str] | None, str | None]:
        """Why the value is not a key, by algorithm, and its fingerprint."""
        client = self.clients.get("secretsmanager", region_of(arn))
        denied: dict[str, Any] = {}
        answer = self._unless_denied(lambda: secretsmanager.get_secret_value(client, arn), denied)
        if answer is denied:
            return None, None
        for form in keys.masks(answer.get("SecretString", "")) if answer else ():
            self._mask(form)
        return keys.stored_misfits(answer), keys.describe_stored(answer, None).fingerprint if answer else None

    def kms_key(self, key_id: str | None, secret_arn: str) -> KmsKey | None:
        """The KMS key of a secret, by whatever name; None for the account's own key, which needs no permission."""
        return self._once(self._kms_key, key_id, region_of(secret_arn)) if key_id else None

    def _kms_key(self, key_id: str, region: str) -> KmsKey | None:
        client = self.clients.get("kms", region)
        unread: dict[str, Any] = {}
        found = self._unless_denied(lambda: kms.describe_key(client, key_id), unread)
        if found is unread:
            return KmsKey(key_id, exists=None, state="")
        if found is None:
            return KmsKey(key_id, exists=False)
        if found.get("KeyManager") == "AWS":
            return None
        policy = self._unless_denied(lambda: kms.get_key_policy(client, found["Arn"]), None)
        return KmsKey(found["Arn"], state=found["KeyState"], policy=policy)
