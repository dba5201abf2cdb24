# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Secrets Manager, a function per operation.

Secrets are looked up by plain name or full ARN, never by a partial ARN: a name may itself end in a hyphen and six
characters, and Secrets Manager would then mistake the end of the name for the ARN's random suffix
(https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html).
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

from .errors import api_call

BATCH_SIZE = 20  # BatchGetSecretValue, SecretIdList


@api_call("secretsmanager:DescribeSecret", "look up the secret {secret_id}", missing="ResourceNotFoundException")
def describe_secret(client: Any, secret_id: str) -> dict[str, Any] | None:
    """The secret's metadata, or None when there is no such secret. DeletedDate is set while its deletion is scheduled."""
    return client.describe_secret(SecretId=secret_id)


@api_call(
    "secretsmanager:GetSecretValue", "read the value of the secret {secret_id}", missing="ResourceNotFoundException"
)
def get_secret_value(client: Any, secret_id: str) -> dict[str, Any] | None:
    """SecretString or SecretBinary with its VersionId, or None when the secret has no current value."""
    return client.get_secret_value(SecretId=secret_id)


@api_call(
    "secretsmanager:GetResourcePolicy",
    "read the resource policy of the secret {secret_id}",
    missing="ResourceNotFoundException",
)
def get_resource_policy(client: Any, secret_id: str) -> dict[str, Any]:
    """The policy document that is attached to the secret; empty if there is none."""
    return json.loads(client.get_resource_policy(SecretId=secret_id).get("ResourcePolicy") or "{}")


@api_call("secretsmanager:BatchGetSecretValue", "read the values of {secret_ids}")
def batch_get_secret_values(client: Any, secret_ids: list[str]) -> list[dict[str, Any]]:
    """The values of up to 20 secrets. One that cannot be read is left out, without a reason."""
    answer = client.batch_get_secret_value(SecretIdList=secret_ids)
    return answer.get("SecretValues", [])


@api_call("secretsmanager:CreateSecret", "create the secret {name}")
def create_secret(
    client: Any, name: str, value: str, token: str, tags: dict[str, str] | None, **fields: Any
) -> dict[str, Any]:
    """Store value in a new secret. fields: Description, KmsKeyId. Returns ARN and VersionId."""
    if tags:
        fields["Tags"] = ansible_dict_to_boto3_tag_list(tags)
    return client.create_secret(Name=name, SecretString=value, ClientRequestToken=token, **fields)


@api_call("secretsmanager:PutSecretValue", "store a new value in the secret {secret_id}")
def put_secret_value(client: Any, secret_id: str, value: str, token: str) -> dict[str, Any]:
    """Make value the current version; the previous version becomes AWSPREVIOUS. Returns VersionId."""
    return client.put_secret_value(SecretId=secret_id, SecretString=value, ClientRequestToken=token)


@api_call("secretsmanager:UpdateSecret", "update the secret {secret_id}")
def update_secret(client: Any, secret_id: str, **fields: Any) -> None:
    """Change Description and KmsKeyId. Without a value in the request, no new version is written."""
    client.update_secret(SecretId=secret_id, **fields)


@api_call("secretsmanager:TagResource", "tag the secret {secret_id}")
def tag_secret(client: Any, secret_id: str, tags: dict[str, str]) -> None:
    client.tag_resource(SecretId=secret_id, Tags=ansible_dict_to_boto3_tag_list(tags))


@api_call("secretsmanager:UntagResource", "remove tags from the secret {secret_id}")
def untag_secret(client: Any, secret_id: str, tag_names: list[str]) -> None:
    client.untag_resource(SecretId=secret_id, TagKeys=tag_names)


@api_call("secretsmanager:RestoreSecret", "restore the secret {secret_id}")
def restore_secret(client: Any, secret_id: str) -> None:
    """Cancel a scheduled deletion."""
    client.restore_secret(SecretId=secret_id)


@api_call("secretsmanager:DeleteSecret", "delete the secret {secret_id}", missing="ResourceNotFoundException")
def delete_secret(client: Any, secret_id: str, recovery_window_in_days: int | None) -> None:
    """Schedule the deletion; without a recovery window, delete at once and for good."""
    if recovery_window_in_days is None:
        client.delete_secret(SecretId=secret_id, ForceDeleteWithoutRecovery=True)
    else:
        client.delete_secret(SecretId=secret_id, RecoveryWindowInDays=recovery_window_in_days)
