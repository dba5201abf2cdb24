# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encryption as it is declared and as AWS has it, and what is wrong with it whatever AWS has."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.options import (
    ENCRYPTION,
    declared_encryption,
    encryption_from_api,
    encryption_problems,
    encryption_to_api,
)

ACCOUNT, REGION, EU = "111122223333", "us-west-2", "eu-west-1"
E = "entitlement E of flow Game"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:game-AbCdEf"
STATIC = {"algorithm": "aes256", "role": "MediaConnect-ASM", "secret": "game"}
PROXY = "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/live/speke"
PRIVATE_PROXY = "https://1abc-vpce-0123.execute-api.us-west-2.amazonaws.com/x"
SPEKE = {"key_type": "speke", "role": "R", "resource_id": "r", "device_id": "d", "url": PROXY, "region": REGION}


@pytest.mark.parametrize(
    ("options", "declared"),
    [
        (None, None),
        ({}, {}),
        # Ansible fills in what is left out.
        ({row.option: None for row in ENCRYPTION}, {}),
        # Variables that turned out empty do not mean that there is no encryption.
        ({"role": "", "secret": None}, {"key_type": "static-key"}),
        ({"role": "R"}, {"key_type": "static-key", "role_arn": "R"}),
        # Ansible leaves aliases beside the options.
        ({"role": "R", "role_arn": "R"}, {"key_type": "static-key", "role_arn": "R"}),
        ({"secret": "S", "algorithm": ""}, {"key_type": "static-key", "secret_arn": "S"}),
        ({"key_type": "", "role": "R"}, {"key_type": "static-key", "role_arn": "R"}),
        (
            {**SPEKE, "algorithm": "aes128", "constant_initialization_vector": "0" * 32},
            {
                "key_type": "speke",
                "algorithm": "aes128",
                "role_arn": "R",
                "resource_id": "r",
                "device_id": "d",
                "url": PROXY,
                "region": REGION,
                "constant_initialization_vector": "0" * 32,
            },
        ),
        ({"constant_initialization_vector": ""}, {"key_type": "static-key", "constant_initialization_vector": ""}),
    ],
)
def test_declared(options: Any, declared: Any) -> None:
    assert declared_encryption(options) == declared


STATIC_API = {"Algorithm": "aes256", "RoleArn": "arn:R", "SecretArn": "arn:S", "KeyType": "static-key"}
STATIC_SHOWN = {"algorithm": "aes256", "role_arn": "arn:R", "secret_arn": "arn:S", "key_type": "static-key"}
SPEKE_API = {
    "Algorithm": "aes128",
    "ConstantInitializationVector": "0" * 32,
    "DeviceId": "d",
    "KeyType": "speke",
    "Region": REGION,
    "ResourceId": "r",
    "RoleArn": "arn:R",
    "Url": PROXY,
}
SPEKE_SHOWN = {
    "algorithm": "aes128",
    "constant_initialization_vector": "0" * 32,
    "device_id": "d",
    "key_type": "speke",
    "region": REGION,
    "resource_id": "r",
    "role_arn": "arn:R",
    "url": PROXY,
}


@pytest.mark.parametrize(("answer", "shown"), [(STATIC_API, STATIC_SHOWN), (SPEKE_API, SPEKE_SHOWN)])
def test_there_and_back(answer: dict[str, str], shown: dict[str, str]) -> None:
    assert encryption_from_api(answer) == shown
    assert encryption_to_api(shown) == answer


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (None, None),
        ({}, None),
        ({"RoleArn": "arn:R"}, {"role_arn": "arn:R", "key_type": "static-key"}),
        ({"RoleArn": "arn:R", "Url": "", "KeyType": "speke"}, {"role_arn": "arn:R", "key_type": "speke"}),
    ],
)
def test_what_aws_leaves_out(answer: Any, shown: Any) -> None:
    assert encryption_from_api(answer) == shown


NOT_A_ROLE = "which is not the ARN of an IAM role; give the role's name or ARN."
NOT_A_SECRET = "which is not the ARN of a secret; give the secret's name or ARN."
RESERVED = "whose name is reserved by MediaConnect; use another role, such as MediaConnect-ASM."
VECTOR = f"The {E} has a constant_initialization_vector that is not 32 hexadecimal digits (16 bytes); correct it."
NO_ROLE = f"The {E} has a role that is neither an ARN nor a valid name; IAM takes up to 64 letters, digits and _+=,.@-."
NO_SECRET = f"The {E} has a secret that is neither an ARN nor a valid name; Secrets Manager takes up to 512 letters, digits and /_+=.@-."
# What is declared, and each sentence.
PROBLEMS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a role that is none": ({**STATIC, "role": "some:role"}, [NO_ROLE]),
    "a role with a path": ({**STATIC, "role": "media/R"}, [NO_ROLE]),
    "a secret that is none": ({**STATIC, "secret": "curling Final 2026"}, [NO_SECRET]),
    **{
        f"{field} with a static key": (
            {**STATIC, field: "1" * 32},
            [f"The {E} has {field}, which is not valid with key_type static-key; leave it out or change key_type."],
        )
        for field in ("resource_id", "device_id", "url", "region", "constant_initialization_vector")
    },
    "secret with SPEKE": (
        {**SPEKE, "secret": "game"},
        [f"The {E} has secret, which is not valid with key_type speke; leave it out or change key_type."],
    ),
    "vector too short": ({**SPEKE, "constant_initialization_vector": "0" * 31}, [VECTOR]),
    "vector too long": ({**SPEKE, "constant_initialization_vector": "0" * 33}, [VECTOR]),
    "vector not hexadecimal": ({**SPEKE, "constant_initialization_vector": "g" * 32}, [VECTOR]),
    "SPEKE of another Region": (
        {**SPEKE, "region": EU},
        [f"The {E} has the SPEKE region {EU}, but the proxy must be in the flow's Region, {REGION}."],
    ),
    "proxy of another Region": (
        {**SPEKE, "url": PROXY.replace(REGION, EU)},
        [f"The {E} has a url in {EU}, but the API Gateway proxy must be in the flow's Region, {REGION}."],
    ),
    "private proxy of another Region": (
        {**SPEKE, "url": PRIVATE_PROXY.replace(REGION, EU)},
        [f"The {E} has a url in {EU}, but the API Gateway proxy must be in the flow's Region, {REGION}."],
    ),
    **{
        f"reserved role {role}": ({**STATIC, "role": role}, [f"The {E} names the role {role}, {RESERVED}"])
        for role in (
            "MediaConnectAccessRole",
            "mediaconnectaccessrole",
            f"arn:aws:iam::{ACCOUNT}:role/MediaConnectAccessRole",
            f"arn:aws:iam::{ACCOUNT}:role/a/b/MediaConnectAccessRole",
        )
    },
    **{
        f"{role} as a role": ({**STATIC, "role": role}, [f"The {E} has the role {role}, {NOT_A_ROLE}"])
        for role in (
            f"arn:aws:iam::{ACCOUNT}:user/R",
            f"arn:aws:sts::{ACCOUNT}:role/R",
            f"arn:x:{ROLE_ARN}",
            "arn:aws:iam",
            SECRET_ARN,
        )
    },
    **{
        f"{secret} as a secret": ({**STATIC, "secret": secret}, [f"The {E} has the secret {secret}, {NOT_A_SECRET}"])
        for secret in (
            ROLE_ARN,
            "arn:aws:secretsmanager",
            SECRET_ARN.replace(":secret:", ":policy:"),
            SECRET_ARN.replace("secretsmanager", "ssm"),
        )
    },
    "secret of another Region": (
        {**STATIC, "secret": SECRET_ARN.replace(REGION, EU)},
        [
            f"The {E} has the secret {SECRET_ARN.replace(REGION, EU)} in {EU}, "
            f"but MediaConnect reads keys in the flow's Region only, {REGION}."
        ],
    ),
    "all at once": (
        {"key_type": "static-key", "url": PROXY.replace(REGION, EU), "role": "arn:aws:iam", "secret": ROLE_ARN},
        [
            f"The {E} has url, which is not valid with key_type static-key; leave it out or change key_type.",
            f"The {E} has the role arn:aws:iam, {NOT_A_ROLE}",
            f"The {E} has the secret {ROLE_ARN}, {NOT_A_SECRET}",
        ],
    ),
    "all of SPEKE at once": (
        {**SPEKE, "secret": "s", "constant_initialization_vector": "0", "region": EU, "role": "arn:aws:iam"},
        [
            f"The {E} has secret, which is not valid with key_type speke; leave it out or change key_type.",
            VECTOR,
            f"The {E} has the SPEKE region {EU}, but the proxy must be in the flow's Region, {REGION}.",
            f"The {E} has the role arn:aws:iam, {NOT_A_ROLE}",
        ],
    ),
}
GOOD: list[dict[str, Any]] = [
    STATIC,
    {**STATIC, "role": ROLE_ARN, "secret": SECRET_ARN},
    {**STATIC, "role": "arn:aws:iam::111122223333:role/media/MediaConnect-ASM"},
    {**STATIC, "constant_initialization_vector": ""},
    {"key_type": "static-key"},
    SPEKE,
    # What is left out may stand in AWS; the plan tells what is missing.
    {"key_type": "speke"},
    {**SPEKE, "algorithm": "aes128", "constant_initialization_vector": "0123456789abcdefABCDEF0123456789"},
    {**SPEKE, "url": "https://keys.example.com/speke"},
    {**SPEKE, "url": PRIVATE_PROXY},
]


@pytest.mark.parametrize("case", PROBLEMS)
def test_problems(case: str) -> None:
    options, sentences = PROBLEMS[case]
    assert encryption_problems(declared_encryption(options), E, REGION) == sentences


@pytest.mark.parametrize("options", GOOD)
def test_no_problem(options: dict[str, Any]) -> None:
    assert encryption_problems(declared_encryption(options), E, REGION) == []
