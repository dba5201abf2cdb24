# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS takes and moto refuses or cannot answer: mended in moto itself, once, when it is loaded."""

from __future__ import annotations

import functools
import json
from typing import Any


def mend() -> None:
    """Mend moto's classes in this process."""
    _policy_language()
    _kms_keys_by_arn()
    _policies_of_replicas()
    _answers_of_replication()


def _policy_language() -> None:
    """IAM User Guide, grammar and Action: an older version, numbers as the values of conditions, action names in any case.

    Which version a managed policy may have, and which actions a trust policy, is among this emulator's own checks.
    """
    from moto.iam.policy_validation import BaseIAMPolicyValidator as Validator
    from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator as TrustValidator

    by_type = Validator._validate_condition_syntax  # noqa: SLF001  (there is no other place where it can be mended)

    def validate_condition_syntax(statement: dict[str, Any]) -> None:
        condition = statement.get("Condition")
        if isinstance(condition, dict):
            blocks = {name: _as_texts(block) for name, block in condition.items()}
            statement = {**statement, "Condition": blocks}
        by_type(statement)

    for validator, name, mended in (
        (Validator, "_validate_version", lambda self: None),
        (Validator, "_validate_condition_syntax", staticmethod(validate_condition_syntax)),
        (TrustValidator, "_validate_trust_policy_action", staticmethod(lambda action: None)),
    ):
        setattr(validator, name, mended)


def _as_texts(block: Any) -> Any:
    """A condition with its numbers as the texts that they stand for."""
    if not isinstance(block, dict):
        return block
    return {
        key: str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
        for key, value in block.items()
    }


def _kms_keys_by_arn() -> None:
    """KMS API Reference: KeyId is "the key ID or key ARN" in these operations too."""
    from moto.kms.models import KmsBackend

    for name in ("enable_key", "disable_key", "cancel_key_deletion", "schedule_key_deletion"):
        setattr(KmsBackend, name, _by_id(getattr(KmsBackend, name)))


def _by_id(method: Any) -> Any:
    @functools.wraps(method)
    def by_id(self: Any, key_id: str, *args: Any, **kwargs: Any) -> Any:
        return method(self, self.get_key_id(key_id), *args, **kwargs)

    return by_id


def _policies_of_replicas() -> None:
    """Secrets Manager User Guide, replicas: they have the primary secret's resource policy, which can be read from them."""
    from moto.secretsmanager.models import ReplicaSecret, SecretsManagerBackend

    of_primary = SecretsManagerBackend.get_resource_policy

    def get_resource_policy(self: Any, secret_id: str) -> str:
        secret = self.secrets.get(secret_id)
        if not isinstance(secret, ReplicaSecret):
            return str(of_primary(self, secret_id))
        answer = {"ARN": secret.arn, "Name": secret.name, "ResourcePolicy": secret.source.policy}
        return json.dumps({name: value for name, value in answer.items() if value is not None})

    for of, name, mended in (
        (SecretsManagerBackend, "get_resource_policy", get_resource_policy),
        (ReplicaSecret, "policy", property(lambda self: self.source.policy)),
        (ReplicaSecret, "kms_key_id", property(lambda self: self.config["KmsKeyId"])),
    ):
        setattr(of, name, mended)


def _answers_of_replication() -> None:
    """Secrets Manager API Reference: the answers have the ARN of the primary secret, whatever it was called in the request."""
    from moto.secretsmanager.models import SecretsManagerBackend

    for name in ("replicate_secret_to_regions", "remove_regions_from_replication"):
        setattr(SecretsManagerBackend, name, _with_arn(getattr(SecretsManagerBackend, name)))


def _with_arn(method: Any) -> Any:
    @functools.wraps(method)
    def with_arn(self: Any, secret_id: str, *args: Any, **kwargs: Any) -> Any:
        __, statuses = method(self, secret_id, *args, **kwargs)
        return self.secrets[secret_id].arn, statuses

    return with_arn
