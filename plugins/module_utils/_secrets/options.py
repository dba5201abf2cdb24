# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets as declared: the options, read and checked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from .._reconcile.fields import Field, declared_values, options_of
from .._reconcile.model import ABSENT, PRESENT, Refusal, repeated
from .._reconcile.tags import declared_tags, tag_problems
from .keys import ALGORITHMS, Keyring, Value

# CreateSecret, Name: "ASCII letters, numbers, and the characters /_+=.@-", 512 at most.
NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
KMS_ARN = re.compile(r"arn:[^:]+:kms:(?P<region>[^:]+):")
ACCOUNT_KEY = "alias/aws/secretsmanager"
RECOVERY_WINDOW_DAYS = (7, 30)  # DeleteSecret, RecoveryWindowInDays

SECRET = (
    Field("name", {"type": "str", "required": True}),
    Field("state", {"type": "str", "choices": [PRESENT, ABSENT]}),
    Field("algorithm", {"type": "str", "choices": ALGORITHMS}),
    Field("value", {"type": "raw", "no_log": True}),
    Field("generate", {"type": "bool", "default": False}),
    Field("replace_value", {"type": "bool", "default": False}),
    Field("description", {"type": "str"}, member="Description", default=""),
    Field("additional_regions", {"type": "list", "elements": "str"}),
    Field("kms_key_id", {"type": "str", "no_log": False}, member="KmsKeyId"),
    Field("tags", {"type": "dict", "aliases": ["resource_tags"]}),
    Field("allow_rotation", {"type": "bool", "default": False}),
    Field("recovery_window_in_days", {"type": "int"}),
    Field("force_delete_without_recovery", {"type": "bool", "default": False}),
    Field("force_in_use", {"type": "bool"}),
)
# The options that steer the planner, besides the fields that AWS keeps.
STEERING = (
    "name",
    "algorithm",
    "generate",
    "replace_value",
    "allow_rotation",
    "recovery_window_in_days",
    "force_delete_without_recovery",
)


@dataclass
class DeclaredSecret:
    """One secret as declared; None stands for an option that was left out.

    fields: the declared ones of the fields that AWS keeps (description, kms_key_id).
    """

    name: str
    regions: list[str]
    state: str = PRESENT
    algorithm: str | None = None
    value: Value | None = None
    generate: bool = False
    replace_value: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] | None = None
    purge_tags: bool = True
    allow_rotation: bool = False
    recovery_window_in_days: int | None = None
    force_delete_without_recovery: bool = False
    force_in_use: bool = False

    @property
    def kms_key_id(self) -> str | None:
        """The declared KMS key; an empty text means the account's own key for Secrets Manager."""
        return self.fields.get("kms_key_id")

    @property
    def needs_value(self) -> bool:
        """Whether the stored values must be read: to compare them with the declared one, or with each other."""
        return self.state == PRESENT and (self.value is not None or len(self.regions) > 1)


def customer_key(kms_key_id: str | None) -> str | None:
    """The KMS key, or None for the account's own key for Secrets Manager, which DescribeSecret leaves out."""
    return None if not kms_key_id or kms_key_id.endswith(ACCOUNT_KEY) else kms_key_id


def declare(
    items: Sequence[dict[str, Any]], common: Mapping[str, Any], region: str, keyring: Keyring
) -> list[DeclaredSecret]:
    """The secrets of a task. Their values go into the keyring; only digests and fingerprints of them are kept here.

    common: the options for all secrets: state, additional_regions, tags, purge_tags, force_in_use.
    Raises one Refusal with everything that is wrong whatever AWS has.
    """
    values = [keyring.take_out(item) for item in items]
    secrets = [_declared(item, common, region) for item in items]
    wrong = []
    for secret, value in zip(secrets, values):
        try:
            if value is not None and secret.state != ABSENT:
                secret.value = keyring.keep(secret.name, value, secret.algorithm)
        except Refusal as refusal:
            wrong.append(str(refusal))
    wrong.extend(misdeclared(secrets))
    wrong.extend(_unmaskable(secrets, keyring))
    if wrong:
        raise Refusal(" ".join(wrong))
    return secrets


def _declared(item: Mapping[str, Any], common: Mapping[str, Any], region: str) -> DeclaredSecret:
    def own(option: str) -> Any:
        return common[option] if item.get(option) is None else item[option]

    return DeclaredSecret(
        regions=list(dict.fromkeys([region, *filter(None, own("additional_regions"))])),
        state=own("state"),
        tags=declared_tags(common["tags"], item["tags"]),
        purge_tags=common["purge_tags"],
        force_in_use=own("force_in_use"),
        fields=declared_values(SECRET, item),
        **options_of(SECRET, STEERING, item),
    )


def _unmaskable(secrets: Sequence[DeclaredSecret], keyring: Keyring) -> list[str]:
    """A sentence for each secret whose value also occurs in a text that the task must be able to return."""
    texts = [text for secret in secrets for text in printed(secret)]
    return [
        f"The value for the secret {number} in the list occurs in a name, description, tag or Region of the list; a key has no place there."
        for number, secret in enumerate(secrets, start=1)
        if keyring.occurs_in(secret.name, texts)
    ]


def printed(secret: DeclaredSecret) -> list[str]:
    """The declared texts that a task repeats in its results and messages."""
    tags = secret.tags or {}
    texts = [secret.name, *secret.regions, secret.algorithm, *secret.fields.values(), *tags, *tags.values()]
    return [text for text in texts if text]


def misdeclared(secrets: Sequence[DeclaredSecret]) -> list[str]:
    """Everything that is wrong whatever AWS has, one sentence each."""
    twice = [
        f"The secret {name} is declared more than once; declare it once."
        for name in repeated(secret.name for secret in secrets)
    ]
    return twice + [sentence for secret in secrets for sentence in _misdeclared(secret)]


def _misdeclared(secret: DeclaredSecret) -> list[str]:
    wrong = []
    if not NAME.fullmatch(secret.name):
        wrong.append(
            f"'{secret.name}' is not a valid name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@- "
            "(the name, not the ARN)."
        )
    if secret.state == PRESENT and (secret.value or secret.generate) and not secret.algorithm:
        wrong.append(
            f"The secret {secret.name} has a value but no algorithm; name the algorithm so that the key's length can be checked."
        )
    if secret.value and secret.generate:
        wrong.append(f"The secret {secret.name} has both a value and generate; give one of them.")
    days = secret.recovery_window_in_days
    if days is not None and secret.force_delete_without_recovery:
        wrong.append(
            f"The secret {secret.name} has both recovery_window_in_days and force_delete_without_recovery; give one of them."
        )
    if days is not None and not RECOVERY_WINDOW_DAYS[0] <= days <= RECOVERY_WINDOW_DAYS[1]:
        wrong.append(f"The secret {secret.name} has recovery_window_in_days {days}; Secrets Manager takes 7 to 30.")
    kms_arn = KMS_ARN.match(secret.kms_key_id or "")
    if kms_arn and secret.regions != [kms_arn["region"]]:
        wrong.append(
            f"The secret {secret.name} is to lie in {' and '.join(secret.regions)}, but its kms_key_id is an ARN of {kms_arn['region']}; "
            "give the key's alias, which may be the same in every Region."
        )
    wrong.extend(f"The secret {secret.name}: {problem}." for problem in tag_problems(secret.tags))
    return wrong
