# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Secrets Manager refuses and moto does not. Each rule names its source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..wire.protocols import AwsError, Request
from .gaps import check
from .policy import MalformedPolicy, statements

if TYPE_CHECKING:
    from .moto_app import MotoApp

MAX_TAGS = 50  # Secrets Manager User Guide, quotas: tags attached to a secret
NOT_FOUND = "Secrets Manager can't find the specified secret."
ACCOUNT_KEYS = (None, "", "alias/aws/secretsmanager")  # the account's own key, which is there and enabled always


def _secret(moto: MotoApp, request: Request) -> Any:
    backend = moto.backend("secretsmanager", request.account, request.region)
    return backend.secrets.get(str(request.params.get("SecretId"))) if backend is not None else None


@check("secretsmanager", "PutResourcePolicy", "ListSecretVersionIds")
def is_there(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, ResourceNotFoundException: what is asked for is looked for first."""
    if _secret(moto, request) is None:
        raise AwsError("ResourceNotFoundException", NOT_FOUND)


@check("secretsmanager", "PutResourcePolicy", "UpdateSecretVersionStage")
def changed_in_the_primary_region(moto: MotoApp, request: Request) -> None:
    """Secrets Manager User Guide, standalone-secret: a replica "can't be updated independently"; the sentence is in many public reports."""
    if hasattr(_secret(moto, request), "source"):
        message = "Operation not permitted on a replica secret. Call must be made in primary secret's region."
        raise AwsError("InvalidParameterException", message)


@check(
    "secretsmanager",
    "PutSecretValue",
    "UpdateSecret",
    "TagResource",
    "UntagResource",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
    "RotateSecret",
    "CancelRotateSecret",
    "ReplicateSecretToRegions",
    "UpdateSecretVersionStage",
)
def scheduled_for_deletion(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, InvalidRequestException: "The secret is scheduled for deletion"."""
    secret = _secret(moto, request)
    if secret is not None and secret.is_deleted():
        message = "You can't perform this operation on the secret because it was marked for deletion."
        raise AwsError("InvalidRequestException", message)


def kms_key(moto: MotoApp, account: str, region: str, key_id: str) -> Any:
    """The KMS key that an id, an ARN or an alias names for a secret; None if there is none in the secret's Region."""
    fields = key_id.split(":", 5)
    if len(fields) == 6:
        if fields[3] != region:
            return None
        account = fields[4]
    backend = moto.backend("kms", account, region)
    if backend is None:
        return None
    name = fields[-1]
    if name.startswith("alias/"):
        return next((key for key in backend.keys.values() if name in key.aliases), None)
    return backend.keys.get(name.removeprefix("key/"))


@check("secretsmanager", "CreateSecret", "PutSecretValue", "UpdateSecret", "GetSecretValue")
def usable_kms_key(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, EncryptionFailure and DecryptionFailure: the key is to be there, enabled, "and not in an invalid state".

    For a key that is not there, the code and the beginning of the sentence are from a public report: hashicorp/terraform-provider-aws#13303.
    """
    named = request.params.get("KmsKeyId")
    key_id = named if named is not None else getattr(_secret(moto, request), "kms_key_id", None)
    if key_id in ACCOUNT_KEYS:
        return
    key = kms_key(moto, request.account, request.region, str(key_id))
    if key is None and named is not None:
        message = f"The operation failed because of an invalid KMS key: {key_id} does not exist in {request.region}."
        raise AwsError("InvalidParameterException", message)
    if key is None or key.key_state != "Enabled":
        reads = request.operation == "GetSecretValue"
        message = f"Secrets Manager can't {'de' if reads else 'en'}crypt the protected secret text using the provided KMS key."
        raise AwsError("DecryptionFailure" if reads else "EncryptionFailure", message)


@check("secretsmanager", "CreateSecret", "TagResource")
def tags(moto: MotoApp, request: Request) -> None:
    """Secrets Manager User Guide, tags and quotas: 50 of them, no ``aws:`` prefix. Their lengths are in the model."""
    keys = {str(tag["Key"]) for tag in request.params.get("Tags") or []}
    if any(key.lower().startswith("aws:") for key in keys):
        message = "The prefix aws: is reserved for tags of AWS itself; it cannot be used in the key of a tag."
        raise AwsError("InvalidParameterException", message)
    had = () if request.operation == "CreateSecret" else getattr(_secret(moto, request), "tags", None) or ()
    if len(keys | {tag["Key"] for tag in had}) > MAX_TAGS:
        raise AwsError("InvalidParameterException", f"A secret cannot have more than {MAX_TAGS} tags.")


@check("secretsmanager", "UpdateSecret")
def emptied_description(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, UpdateSecret: a description may be empty; moto treats an empty one as left out."""
    secret = _secret(moto, request)
    if secret is not None and request.params.get("Description") == "" and not secret.is_deleted():
        secret.description = ""


@check("secretsmanager", "CreateSecret")
def secret_name(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, CreateSecret: ASCII letters, digits and ``/_+=.@-``, at most 512."""
    name = str(request.params.get("Name", ""))
    if not re.fullmatch(r"[A-Za-z0-9/_+=.@-]{1,512}", name):
        message = (
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        )
        raise AwsError("ValidationException", message)


@check("secretsmanager", "CreateSecret")
def secret_name_scheduled_for_deletion(moto: MotoApp, request: Request) -> None:
    """As above: a secret in its recovery window keeps its name."""
    backend = moto.backend("secretsmanager", request.account, request.region)
    secrets = dict.values(backend.secrets) if backend is not None else []
    if any(secret.name == request.params.get("Name") and secret.is_deleted() for secret in secrets):
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise AwsError("InvalidRequestException", message)


@check("secretsmanager", "CreateSecret", "PutSecretValue", "UpdateSecret")
def secret_size(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference: SecretString has at most 65,536 bytes."""
    if len(str(request.params.get("SecretString", "")).encode()) > 65536:
        raise AwsError("ValidationException", "The secret value must not be longer than 65536 bytes.")


@check("secretsmanager", "PutResourcePolicy")
def resource_policy(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, MalformedPolicyDocumentException: "The resource-based policy has syntax errors"."""
    try:
        found = statements(str(request.params.get("ResourcePolicy", "")))
    except MalformedPolicy as exc:
        raise AwsError("MalformedPolicyDocumentException", "This resource policy contains a syntax error.") from exc
    if any("Principal" not in statement and "NotPrincipal" not in statement for statement in found):
        raise AwsError(
            "MalformedPolicyDocumentException", "This resource policy contains a statement without a principal."
        )
