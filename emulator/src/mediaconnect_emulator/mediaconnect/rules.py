# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What MediaConnect refuses beyond its model. Each rule names its source; README.md lists the assumptions."""

from __future__ import annotations

import re
from typing import Any

from ..wire.accounts import partition_of
from ..wire.model import bad_request
from ..wire.protocols import AwsError

MAX_ENTITLEMENTS = 50  # User Guide, quotas: "Entitlements: 50 per flow", cannot be increased
MAX_OUTPUTS = 50  # User Guide, quotas: "Outputs: 50 per transport stream flow"
MAX_SOURCES = 2  # User Guide, quotas: "Sources: 2 per transport stream flow"
MAX_TAGS = 50  # User Guide, tag restrictions
SPEKE_ONLY = ("ConstantInitializationVector", "DeviceId", "Region", "ResourceId", "Url")
SPEKE_REQUIRED = ("DeviceId", "Region", "ResourceId", "Url")
UNCOMPRESSED = ("cdi", "st2110-jpegxs")

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ACCOUNT = re.compile(r"\d{12}")
_ROLE = re.compile(r"arn:(aws[a-zA-Z-]*):iam::(\d{12}):role/[a-zA-Z0-9_+=,.@-]+")
_SECRET = re.compile(r"arn:(aws[a-zA-Z-]*):secretsmanager:([a-z0-9-]+):(\d{12}):secret:[a-zA-Z0-9/_+=.@-]+")


def check_name(name: str | None, what: str) -> str:
    """Names of entitlements and flows: the patterns of their ARNs in AWS::MediaConnect::FlowEntitlement and in the service's model
    (FlowArn of DescribeFlowSourceMetadata); 1-64 by the CDK's validators."""
    if name is None:
        raise bad_request(f"{what} needs a name")
    if not _NAME.fullmatch(name):
        raise bad_request(f"the name '{name}' of {what} must be 1 to 64 letters, digits, underscores and hyphens")
    return name


def check_description(description: str | None, what: str) -> None:
    """At most 1,024 characters by the CDK's validators."""
    if description is not None and len(description) > 1024:
        raise bad_request(f"the description of {what} must not be longer than 1024 characters")


def check_subscribers(subscribers: list[str], owner: str, what: str) -> tuple[str, ...]:
    """User Guide, entitlements-grant: the subscriber's 12-digit account ID, no hyphens, another account."""
    if not subscribers:
        raise bad_request(f"{what} needs at least one subscriber")
    for subscriber in subscribers:
        if not _ACCOUNT.fullmatch(subscriber):
            raise bad_request(f"subscriber '{subscriber}' of {what} is not a 12-digit account ID")
        if subscriber == owner:
            raise bad_request(f"subscriber '{subscriber}' of {what} is the account that owns the flow")
    if len(set(subscribers)) < len(subscribers):
        raise bad_request(f"the subscribers of {what} must be unique")
    return tuple(subscribers)


def check_fee(fee: int, what: str) -> None:
    """API Reference, GrantEntitlementRequest: "Percentage from 0-100"."""
    if not 0 <= fee <= 100:
        raise bad_request(f"the data transfer subscriber fee of {what} must be 0 to 100 percent, not {fee}")


def check_tags(tags: dict[str, str], what: str) -> None:
    """User Guide, tag restrictions: 50 tags, key 1-128, value up to 256 characters, no ``aws:`` prefix."""
    if len(tags) > MAX_TAGS:
        raise bad_request(f"{what} cannot have more than {MAX_TAGS} tags")
    for key, value in tags.items():
        if not 1 <= len(key) <= 128 or key.lower().startswith("aws:"):
            raise bad_request(f"tag key '{key}' of {what} must have 1 to 128 characters and not begin with aws:")
        if len(value) > 256:
            raise bad_request(f"the value of tag '{key}' of {what} must not be longer than 256 characters")


def check_entitlement_encryption(encryption: dict[str, Any], account: str, region: str, what: str) -> dict[str, Any]:
    """API Reference, Encryption: what each key type requires and what it does not allow."""
    complete = {"KeyType": "static-key", **encryption}
    key_type = complete["KeyType"]
    if key_type == "srt-password":
        raise bad_request(f"srt-password is not an encryption for entitlements ({what}): static-key and speke are")
    if key_type == "static-key":
        _check_static_key(complete, account, region, what)
    else:
        _check_speke(complete, account, what)
    return complete


def check_stream_encryption(
    encryption: dict[str, Any], account: str, region: str, protocol: str | None, what: str
) -> dict[str, Any]:
    """User Guide, data protection: static keys for Zixi (and entitled sources), passwords for SRT."""
    complete = {"KeyType": "static-key", **encryption}
    key_type = complete["KeyType"]
    if key_type == "speke":
        raise bad_request(f"speke is an encryption for entitlements only, not for {what}")
    if key_type == "static-key" and protocol not in (None, "zixi-push", "zixi-pull"):
        raise bad_request(f"static-key encryption of {what} needs the Zixi protocol, not {protocol}")
    if key_type == "srt-password":
        if protocol not in ("srt-listener", "srt-caller"):
            raise bad_request(f"srt-password encryption of {what} needs the SRT protocol, not {protocol}")
        _refuse(complete, (*SPEKE_ONLY, "Algorithm"), "srt-password", what)
        _check_role(complete.get("RoleArn"), account, what)
        _check_secret(complete.get("SecretArn"), account, region, what)
    else:
        _check_static_key(complete, account, region, what)
    return complete


def _check_static_key(encryption: dict[str, Any], account: str, region: str, what: str) -> None:
    _refuse(encryption, SPEKE_ONLY, "static-key", what)
    if "Algorithm" not in encryption:
        raise bad_request(f"static-key encryption of {what} needs an algorithm")
    _check_role(encryption.get("RoleArn"), account, what)
    _check_secret(encryption.get("SecretArn"), account, region, what)


def _check_speke(encryption: dict[str, Any], account: str, what: str) -> None:
    _refuse(encryption, ("SecretArn",), "speke", what)
    missing = [member for member in SPEKE_REQUIRED if not encryption.get(member)]
    if missing:
        raise bad_request(f"speke encryption of {what} needs {', '.join(missing)}")
    vector = encryption.get("ConstantInitializationVector")
    if vector is not None and not re.fullmatch(r"[0-9a-fA-F]{32}", vector):
        raise bad_request(f"the constant initialization vector of {what} must be 32 hexadecimal characters")
    _check_role(encryption.get("RoleArn"), account, what)


def _refuse(encryption: dict[str, Any], members: tuple[str, ...], key_type: str, what: str) -> None:
    misplaced = [member for member in members if member in encryption]
    if misplaced:
        raise bad_request(f"{', '.join(misplaced)} is not valid for {key_type} encryption of {what}")


def _check_role(arn: str | None, account: str, what: str) -> None:
    """AWS::MediaConnect::FlowEntitlement's pattern, which has no role path; iam:PassRole is within one account."""
    match = _ROLE.fullmatch(arn or "")
    if not match:
        raise bad_request(f"the role ARN '{arn or ''}' of {what} is not the ARN of an IAM role without a path")
    if match.group(2) != account:
        raise bad_request(f"the role {arn} of {what} must be in account {account}")


def _check_secret(arn: str | None, account: str, region: str, what: str) -> None:
    """User Guide, static key: "You must create the secret, and the resource, in the same AWS account", and Region."""
    match = _SECRET.fullmatch(arn or "")
    if not match:
        raise bad_request(f"the secret ARN '{arn or ''}' of {what} is not the ARN of a secret")
    if match.group(3) != account or match.group(2) != region or match.group(1) != partition_of(region):
        raise bad_request(f"the secret {arn} of {what} must be in account {account} and Region {region}")


def quota(operation: str, message: str) -> AwsError:
    """The 420 with which MediaConnect answers a request that would exceed a quota."""
    return AwsError(f"{operation}420Exception", message, 420)
