# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encryption as declared, for entitlements and anything else that encrypts: the options, read and checked. Pure."""

from __future__ import annotations

import re
from typing import Any, Mapping

from .._policy.documents import RESERVED_ROLE_NAME
from .._reconcile.arn import ROLE_NAME, SECRET_NAME, iam_name, is_arn, parse_arn
from .._reconcile.fields import Field, to_api

STATIC_KEY = "static-key"
SPEKE = "speke"
INITIALIZATION_VECTOR = re.compile(r"[0-9A-Fa-f]{32}")  # Encryption.ConstantInitializationVector
EXECUTE_API_REGION = re.compile(r"https://[^./]+(?:-vpce-[^./]+)?\.execute-api\.([a-z0-9-]+)\.")
VECTOR = "constant_initialization_vector"

ENCRYPTION = (
    Field(
        "key_type",
        {"type": "str", "choices": [STATIC_KEY, SPEKE], "no_log": False},
        member="KeyType",
        default=STATIC_KEY,
    ),
    Field("algorithm", {"type": "str", "choices": ["aes128", "aes192", "aes256"]}, member="Algorithm"),
    Field("role", {"type": "str", "aliases": ["role_arn"]}, member="RoleArn", returned_as="role_arn"),
    Field(
        "secret",
        {"type": "str", "aliases": ["secret_arn"], "no_log": False},
        member="SecretArn",
        returned_as="secret_arn",
    ),
    Field("resource_id", member="ResourceId"),
    Field("device_id", member="DeviceId"),
    Field("url", member="Url"),
    Field("region", member="Region"),
    Field(VECTOR, member="ConstantInitializationVector"),
)
# Options that take a name or an ARN, by the name under which results have the ARN.
REFERENCES = {"role_arn": "role", "secret_arn": "secret"}
SPEKE_REQUIRED = ("resource_id", "device_id", "url", "region")
SPEKE_ONLY = (*SPEKE_REQUIRED, VECTOR)
REQUIRED = {STATIC_KEY: ("role_arn", "secret_arn", "algorithm"), SPEKE: ("role_arn", *SPEKE_REQUIRED)}


def declared_encryption(options: Mapping[str, Any] | None) -> dict[str, str] | None:
    """Declared encryption by result name; {} where no encryption is declared explicitly, None where nothing is declared.

    role_arn and secret_arn may hold names. An empty text counts as left out, except for the initialization vector, which it
    removes.
    """
    if options is None:
        return None
    given = {row.result: options.get(row.option) for row in ENCRYPTION}
    if all(value is None for value in given.values()):
        return {}
    kept = {name: value for name, value in given.items() if value or (name == VECTOR and value is not None)}
    return {"key_type": STATIC_KEY, **kept}


def encryption_from_api(answer: Mapping[str, Any] | None) -> dict[str, str] | None:
    """AWS's Encryption by result name, without members that it does not have."""
    if not answer:
        return None
    shown = {row.result: answer[row.member] for row in ENCRYPTION if answer.get(row.member)}
    return {"key_type": STATIC_KEY, **shown}


def encryption_to_api(encryption: Mapping[str, str]) -> dict[str, str]:
    """AWS's Encryption. It is sent as a whole: AWS does not document what happens to members that an update leaves out."""
    return to_api(ENCRYPTION, encryption)


def encryption_problems(encryption: Mapping[str, str], where: str, region: str) -> list[str]:
    """What is wrong whatever AWS has, one sentence each. where: what is encrypted. region: the flow's."""
    wrong = []
    key_type = encryption["key_type"]
    misplaced = SPEKE_ONLY if key_type == STATIC_KEY else ("secret_arn",)
    for name in misplaced:
        if encryption.get(name):
            wrong.append(
                f"The {where} has {REFERENCES.get(name, name)}, which is not valid with key_type {key_type}; leave it out or change key_type."
            )
    vector = encryption.get(VECTOR)
    if vector and not INITIALIZATION_VECTOR.fullmatch(vector):
        wrong.append(
            f"The {where} has a constant_initialization_vector that is not 32 hexadecimal digits (16 bytes); correct it."
        )
    if key_type == SPEKE:
        wrong.extend(_wrong_speke_region(encryption, where, region))
    wrong.extend(_wrong_reference(encryption, where, region))
    return wrong


def _wrong_speke_region(encryption: Mapping[str, str], where: str, region: str) -> list[str]:
    """The API Gateway proxy must be in the flow's Region; a URL with a custom domain does not show its Region."""
    wrong = []
    if encryption.get("region", region) != region:
        wrong.append(
            f"The {where} has the SPEKE region {encryption['region']}, but the proxy must be in the flow's Region, {region}."
        )
    proxy = EXECUTE_API_REGION.match(encryption.get("url", ""))
    if proxy and proxy.group(1) != region:
        wrong.append(
            f"The {where} has a url in {proxy.group(1)}, but the API Gateway proxy must be in the flow's Region, {region}."
        )
    return wrong


def _wrong_reference(encryption: Mapping[str, str], where: str, region: str) -> list[str]:
    wrong = []
    role, secret = encryption.get("role_arn", ""), encryption.get("secret_arn", "")
    if iam_name(role).lower() == RESERVED_ROLE_NAME:
        wrong.append(
            f"The {where} names the role {role}, whose name is reserved by MediaConnect; use another role, such as MediaConnect-ASM."
        )
    if role and not is_arn(role) and not ROLE_NAME.fullmatch(role):
        wrong.append(
            f"The {where} has a role that is neither an ARN nor a valid name; IAM takes up to 64 letters, digits and _+=,.@-."
        )
    if secret and not is_arn(secret) and not SECRET_NAME.fullmatch(secret):
        wrong.append(
            f"The {where} has a secret that is neither an ARN nor a valid name; Secrets Manager takes up to 512 letters, digits and /_+=.@-."
        )
    if is_arn(role):
        arn = parse_arn(role)
        if not arn or arn["service"] != "iam" or arn["resource_type"] != "role":
            wrong.append(
                f"The {where} has the role {role}, which is not the ARN of an IAM role; give the role's name or ARN."
            )
    if is_arn(secret):
        arn = parse_arn(secret)
        if not arn or arn["service"] != "secretsmanager" or arn["resource_type"] != "secret":
            wrong.append(
                f"The {where} has the secret {secret}, which is not the ARN of a secret; give the secret's name or ARN."
            )
        elif arn["region"] != region:
            wrong.append(
                f"The {where} has the secret {secret} in {arn['region']}, but MediaConnect reads keys in the flow's Region only, {region}."
            )
    return wrong
