# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which account a request comes from: its access key says so."""

from __future__ import annotations

import re
import sys

ORIGINATOR = "111122223333"
SUBSCRIBERS = ("444455556666", "123456789012", "777788889999")
DEFAULT_REGION = "us-west-2"

_PLAIN_KEY = re.compile(r"AKIAEMUL(\d{12})")


def credentials(account: str) -> dict[str, str]:
    """The plain credentials of an account; no account needs to be made first."""
    if not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"an account has 12 digits, {account!r} does not")
    return {"aws_access_key_id": f"AKIAEMUL{account}", "aws_secret_access_key": f"emulator-secret-key-of-{account}"}


def environment(endpoint: str, account: str = ORIGINATOR, region: str = DEFAULT_REGION) -> dict[str, str]:
    """What the AWS SDKs, the CLI and Ansible need to reach the emulator and nothing else."""
    keys = credentials(account)
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": keys["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": keys["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
    }


def is_plain(access_key: str) -> bool:
    """Whether the key is one of those that the emulator hands out."""
    return _PLAIN_KEY.fullmatch(access_key) is not None


def account_of(access_key: str) -> str | None:
    """The account of a plain key, or of a key that STS or IAM has made here; None for any other key."""
    plain = _PLAIN_KEY.fullmatch(access_key)
    if plain:
        return plain.group(1)
    iam = sys.modules.get("moto.iam.models")  # not loaded: nobody has made a key yet
    if iam is None:
        return None
    for account, partitions in list(iam.iam_backends.items()):
        if any(access_key in backend.access_keys for backend in list(partitions.values())):
            return account
    return None


def partition_of(region: str) -> str:
    """The AWS partition of a Region, by its prefix."""
    for prefix, partition in (
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
    ):
        if region.startswith(prefix):
            return partition
    return "aws"
