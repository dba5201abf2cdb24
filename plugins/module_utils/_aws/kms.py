# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Key Management Service, a function per operation."""

from __future__ import annotations

import json
from typing import Any

from .errors import api_call


@api_call("kms:DescribeKey", "look up the KMS key {key_id}", missing="NotFoundException")
def describe_key(client: Any, key_id: str) -> dict[str, Any] | None:
    """The KeyMetadata of a key given by id, ARN, alias name or alias ARN; None when there is no such key."""
    return client.describe_key(KeyId=key_id)["KeyMetadata"]


@api_call("kms:GetKeyPolicy", "read the policy of the KMS key {key_id}", missing="NotFoundException")
def get_key_policy(client: Any, key_id: str) -> dict[str, Any] | None:
    """The policy document of a key, which has one policy, named default."""
    return json.loads(client.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"])
