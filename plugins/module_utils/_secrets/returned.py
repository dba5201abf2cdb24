# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task is going to return, as far as that can be known beforehand. Pure.

Ansible masks a key wherever it occurs. A key that is a part of something else would tear a hole in it: a password that is a part of an
ARN, or a key that somebody pasted into a description.
"""

from __future__ import annotations

import base64
import re
import string
from dataclasses import is_dataclass
from typing import Any, Iterable, Iterator, Mapping

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
ACCOUNT = "############"  # # stands for any digit
POLICY = "secretsmanagerformediaconnect-"  # what precedes a role's name in the name of its policy
# What precedes a name, or AWS's random characters, in the ARNs that are returned.
ARNS = (
    "arn:{partition}:secretsmanager:{region}:{account}:secret:",
    "arn:{partition}:mediaconnect:{region}:{account}:flow:1-",
    "arn:{partition}:mediaconnect:{region}:{account}:flow:*:",
    "arn:{partition}:mediaconnect:*:{account}:flow:*:",
    "arn:{partition}:mediaconnect:{region}:{account}:entitlement:1-",
    "arn:{partition}:kms:{region}:{account}:key/",
    "arn:{partition}:kms:{region}:{account}:alias/",
    "arn:{partition}:execute-api:{region}:{account}:",
    "arn:{partition}:iam::{account}:role/",
    "arn:{partition}:iam::{account}:policy/",
)
# What is returned whatever is declared: words of ten characters and more, since shorter values are not masked.
WORDS = (
    "srt-password",
    "static-key",
    *("SourceBitRate", "SourceContinuityCounter", "SourceNotRecoveredPackets"),
    "2012-10-17",
    "mediaconnect.amazonaws.com",
    "sts:AssumeRole",
    "StringEquals",
    "StringLike",
    "aws:SourceAccount",
    "aws:SourceArn",
    "kms:ViaService",
    "kms:Decrypt",
    "execute-api:Invoke",
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
    "secretsmanager.{region}.amazonaws.com",
)
SEPARATORS = re.compile(r"[\s:_-]")


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a structure of dictionaries, dataclasses, lists and scalars, the keys of dictionaries included."""
    if is_dataclass(value):
        yield from texts_in(vars(value))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from texts_in(item)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            yield from texts_in(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


class Returned:
    """The texts that a task declares, and what AWS makes of them."""

    def __init__(self, declared: Iterable[str], region: str):
        texts = {text.lower() for text in declared if text}
        self._texts = texts | {f"{POLICY}{text}" for text in texts}
        self._regions = {region, *(text for text in self._texts if REGION.fullmatch(text))}
        self._words = [word.format(region=one).lower() for word in WORDS for one in self._regions]

    def holds(self, key: str) -> bool:
        """Whether a key, which may be a password, is a part of any of it, in letters of either case."""
        key = key.strip().lower()
        return (
            any(key in text for text in (*self._texts, *self._words))
            or any(_is_part(key, arn) for arn in self._arns(key))
            or self._is_pasted(key)
        )

    def _arns(self, key: str) -> Iterator[str]:
        """The beginnings of ARNs, each also with the names that could go on where the key's own end would have to be."""
        end = re.split(r"[:/]", key)[-1]
        follow = [text for text in self._texts if end and end != key and f"{text}-".startswith(end)]
        paths = [text[1:] for text in self._texts if text.startswith("/")]
        for arn in ARNS:
            for partition in PARTITIONS:
                for region in self._regions:
                    begin = arn.format(partition=partition, region=region, account=ACCOUNT).lower()
                    for path in ("", *paths):
                        yield begin + path
                        yield from (f"{begin}{path}{text}-" for text in follow)
        yield from (f":{text}" for text in follow)

    def _is_pasted(self, key: str) -> bool:
        """Whether the digits of a key stand somewhere with separators between them, or its bytes in base64."""
        if len(key) < 32 or not set(key) <= set(string.hexdigits):
            return False
        coded = base64.b64encode(bytes.fromhex(key)).decode().rstrip("=")[:-1].lower() if len(key) % 2 == 0 else key
        return any(key in SEPARATORS.sub("", text) or coded in text for text in self._texts)


def _is_part(key: str, arn: str) -> bool:
    """Whether a text is a part of an ARN in which # stands for any digit."""
    return any(
        all(there in (here, "#" if here.isdigit() else here) for here, there in zip(key, arn[start:]))
        for start in range(len(arn) - len(key) + 1)
    )
