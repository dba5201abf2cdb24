# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read secrets, their values where these must be compared, and the KMS keys that they name."""

from __future__ import annotations

from typing import Any, Iterable, Sequence

from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict

from .._aws import kms
from .._aws import secretsmanager as api
from .._aws.client import Clients, in_parallel
from .._aws.errors import ApiError, unless_denied
from .._reconcile.arn import region_of
from .._reconcile.fields import from_api
from .._reconcile.model import ABSENT, PRESENT, Refusal
from .._reconcile.wait import tries
from .keys import Keyring
from .options import SECRET, DeclaredSecret, customer_key
from .plan import ObservedSecret

PARALLEL_READS = 8
ENABLED = "Enabled"  # KeyMetadata, KeyState
SECONDS_BETWEEN_TRIES = 2
NOT_READABLE_YET = "InvalidRequestException"


class Observer:
    """Reads secrets. patience: how many seconds to wait until the value of a restored secret can be read."""

    def __init__(self, clients: Clients, keyring: Keyring, patience: int = 0):
        self.clients, self.keyring, self.patience = clients, keyring, patience

    def observe(self, secrets: Sequence[DeclaredSecret]) -> dict[str, dict[str, ObservedSecret | None]]:
        """What AWS has, by name and Region; None where there is no such secret."""
        placed = [(secret, region) for secret in secrets for region in secret.regions]
        for region in dict.fromkeys(region for dummy, region in placed):
            self.clients.get("secretsmanager", region)
        found = in_parallel(lambda pair: self._describe(*pair), placed, PARALLEL_READS)
        observed: dict[str, dict[str, ObservedSecret | None]] = {secret.name: {} for secret in secrets}
        for (secret, region), state in zip(placed, found):
            observed[secret.name][region] = state
        self._read_values(secrets, observed)
        return observed

    def _describe(self, secret: DeclaredSecret, region: str) -> ObservedSecret | None:
        answer = api.describe_secret(self.clients.get("secretsmanager", region), secret.name)
        if answer is None:
            if secret.state == PRESENT and customer_key(secret.kms_key_id):
                self._usable_kms_key(region, str(secret.kms_key_id))
            return None
        self.clients.learn_identity(answer["ARN"])
        fields = from_api(SECRET, answer)
        fields["kms_key_id"] = customer_key(fields["kms_key_id"])
        return ObservedSecret(
            arn=answer["ARN"],
            fields=fields,
            tags=boto3_tag_list_to_ansible_dict(answer.get("Tags", [])),
            version_id=_current_version(answer),
            deletion_scheduled="DeletedDate" in answer,
            rotation_enabled=answer.get("RotationEnabled", False),
            same_kms_key=secret.state == ABSENT or self._same_kms_key(region, secret.kms_key_id, fields["kms_key_id"]),
            primary_region=answer.get("PrimaryRegion"),
            replicas=sorted(replica["Region"] for replica in answer.get("ReplicationStatus", [])),
        )

    def _same_kms_key(self, region: str, declared: str | None, observed: str | None) -> bool:
        if declared is None or customer_key(declared) == observed:
            return True
        if customer_key(declared) is None:
            return False
        key = self._usable_kms_key(region, declared)
        if key is None:
            return False
        if observed is None:
            return key["KeyManager"] == "AWS"  # of AWS's own keys, a secret can only have the one for Secrets Manager
        return key == self._kms_key(region, observed)

    def _usable_kms_key(self, region: str, declared: str) -> dict[str, Any] | None:
        """The declared KMS key; None where the caller may not look it up. Raises Refusal where nothing can be encrypted with it."""
        unread: dict[str, Any] = {}
        key = unless_denied(lambda: self._kms_key(region, declared), unread)
        if key is unread:
            return None
        if key is None:
            raise Refusal(
                f"There is no KMS key {declared} in {region}; give the id, ARN or alias of a key of that Region."
            )
        if key.get("KeyState", ENABLED) != ENABLED:
            raise Refusal(
                f"The KMS key {declared} in {region} is in the state {key['KeyState']}, in which it encrypts nothing; "
                "enable it, or give another key."
            )
        return key

    def _kms_key(self, region: str, key_id: str) -> dict[str, Any] | None:
        return kms.describe_key(self.clients.get("kms", region), key_id)

    def _read_values(
        self, secrets: Sequence[DeclaredSecret], observed: dict[str, dict[str, ObservedSecret | None]]
    ) -> None:
        to_read = [
            (secret, state)
            for secret in secrets
            for state in observed[secret.name].values()
            if secret.reads_value and state and not state.deletion_scheduled
        ]
        answers: dict[str, dict[str, Any]] = {}
        for region in dict.fromkeys(region_of(state.arn) for dummy, state in to_read):
            # By ARN, whether the task cannot do without the value.
            wanted = {state.arn: secret.needs_value for secret, state in to_read if region_of(state.arn) == region}
            answers.update(self._read(region, wanted))
        for secret, state in to_read:
            if state.arn in answers:
                state.value = self.keyring.learn(secret.name, answers[state.arn], secret.algorithm)

    def _read(self, region: str, wanted: dict[str, bool]) -> dict[str, dict[str, Any]]:
        """Answers of GetSecretValue by ARN: several in one call where the caller may do that, else one by one."""
        client = self.clients.get("secretsmanager", region)
        answers: dict[str, dict[str, Any]] = {}
        if len(wanted) > 1:
            try:
                for batch in _batches(list(wanted), api.BATCH_SIZE):
                    answers.update({answer["ARN"]: answer for answer in api.batch_get_secret_values(client, batch)})
            except ApiError as error:
                if not error.denied:
                    raise
        for arn, needed in wanted.items():
            if arn in answers:
                continue
            try:
                answer = self._read_one(client, arn)
            except ApiError as error:
                if needed or not error.denied:
                    raise
                warn(f"{error.sentence().rstrip('.')}. Its fingerprint is not known, nor whether it fits.")
                continue
            if answer:
                answers[arn] = answer
        return answers

    def _read_one(self, client: Any, arn: str) -> dict[str, Any] | None:
        """The value; that of a secret that was restored a moment ago may not be readable yet."""
        for last in tries(self.patience, SECONDS_BETWEEN_TRIES):
            try:
                return api.get_secret_value(client, arn)
            except ApiError as error:
                if last or error.code != NOT_READABLE_YET:
                    raise
        return None


def _current_version(answer: dict[str, Any]) -> str | None:
    stages = answer.get("VersionIdsToStages", {})
    return next((version for version, names in stages.items() if "AWSCURRENT" in names), None)


def _batches(items: list[str], size: int) -> Iterable[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
