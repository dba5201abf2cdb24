# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets as declared: the options, read and checked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping, Sequence

from .._reconcile.arn import SECRET_NAME
from .._reconcile.fields import Field, argument_spec, declared_values, options_of
from .._reconcile.model import ABSENT, PRESENT, Refusal, repeated
from .._reconcile.tags import declared_tags, tag_problems
from .keys import ALGORITHMS, Keyring, Value
from .returned import Returned

KMS_ARN = re.compile(r"arn:[^:]+:kms:(?P<region>[^:]+):")
MAX_DESCRIPTION = 2048  # CreateSecret, Description
ACCOUNT_KEY = "alias/aws/secretsmanager"
RECOVERY_WINDOW_DAYS = (7, 30)  # DeleteSecret, RecoveryWindowInDays

# Where the module itself reads a key: exactly one of the first three.
SOURCES = ("env", "file", "secret")
SOURCE = {
    "env": {"type": "str"},
    "file": {"type": "path"},
    "secret": {"type": "str", "no_log": False},
    "region": {"type": "str"},
}
SECRET = (
    Field("name", {"type": "str", "required": True}),
    Field("state", {"type": "str", "choices": [PRESENT, ABSENT]}),
    Field("algorithm", {"type": "str", "choices": ALGORITHMS}),
    Field("value", {"type": "raw", "no_log": True}),
    Field("value_from", {"type": "dict", "options": SOURCE}),
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
# The options of the module key_secrets.
TASK: dict[str, Any] = {
    "secrets": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "no_log": False,
        "options": argument_spec(SECRET),
    },
    "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
    "additional_regions": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 120},
    "force_in_use": {"type": "bool", "default": False},
    "fingerprints": {"type": "bool", "default": False},
}
# The options that steer the planner, besides the fields that AWS keeps.
STEERING = (
    "name",
    "algorithm",
    "value_from",
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
    value_from: where the value is still to be read; None once that was done.
    """

    name: str
    regions: list[str]
    state: str = PRESENT
    algorithm: str | None = None
    value: Value | None = None
    value_from: dict[str, str] | None = None
    generate: bool = False
    replace_value: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] | None = None
    purge_tags: bool = True
    allow_rotation: bool = False
    recovery_window_in_days: int | None = None
    force_delete_without_recovery: bool = False
    force_in_use: bool = False
    fingerprints: bool = False

    @property
    def kms_key_id(self) -> str | None:
        """The declared KMS key; an empty text means the account's own key for Secrets Manager."""
        return self.fields.get("kms_key_id")

    @property
    def needs_value(self) -> bool:
        """Whether the stored values must be read: to compare them with the declared one, or with each other."""
        return self.state == PRESENT and (self.value is not None or len(self.regions) > 1)

    @property
    def reads_value(self) -> bool:
        """Whether the stored values are read where the caller may do that: to see whether they fit, or for their fingerprints."""
        return self.needs_value or (self.state == PRESENT and (self.generate or self.fingerprints))


def customer_key(kms_key_id: str | None) -> str | None:
    """The KMS key, or None for the account's own key for Secrets Manager, which DescribeSecret leaves out."""
    return None if not kms_key_id or kms_key_id.endswith(ACCOUNT_KEY) else kms_key_id


def declare(
    items: Sequence[dict[str, Any]],
    common: Mapping[str, Any],
    region: str,
    keyring: Keyring,
    texts: Iterable[str] = (),
) -> list[DeclaredSecret]:
    """The secrets of a task. Their values go into the keyring; only digests and fingerprints of them are kept here.

    common: the options for all secrets: state, additional_regions, tags, purge_tags, force_in_use, fingerprints.
    texts: all that the task declares, read once the values have been taken out of the items.
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
    if any(value is not None for value in values):  # with many flows, there are many texts
        wrong.extend(_unmaskable(secrets, keyring, Returned(texts, region)))
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
        fingerprints=common["fingerprints"],
        fields=declared_values(SECRET, item),
        **options_of(SECRET, STEERING, item),
    )


def _unmaskable(secrets: Sequence[DeclaredSecret], keyring: Keyring, returned: Returned) -> list[str]:
    """A sentence for each secret whose value is a part of something that the task returns.

    The secret is named by its place in the list, since its name may be what holds the value.
    """
    return [
        f"The value for the secret {number} in the list is also a part of what the task returns: of a name, an ARN, a description, a tag or "
        "another word, where Ansible would mask it too. A key has no place there; if it is a password, choose another one."
        for number, secret in enumerate(secrets, start=1)
        if keyring.occurs_in(secret.name, returned)
    ]


def misdeclared(secrets: Sequence[DeclaredSecret]) -> list[str]:
    """Everything that is wrong whatever AWS has, one sentence each."""
    twice = [
        f"The secret {name} is declared more than once; declare it once."
        for name in repeated(secret.name for secret in secrets)
    ]
    return twice + [sentence for secret in secrets for sentence in _misdeclared(secret)]


def has_source(item: Mapping[str, Any]) -> bool:
    """Whether the value of a secret is to be read by the module, and it is clear from where."""
    source = item.get("value_from") or {}
    return item.get("value") is None and len([name for name in SOURCES if source.get(name)]) == 1


def _wrong_source(secret: DeclaredSecret) -> list[str]:
    if secret.value_from is None:
        return []
    given = [name for name in SOURCES if secret.value_from.get(name)]
    if len(given) != 1:
        return [
            f"The secret {secret.name} has {' and '.join(given) or 'nothing'} in value_from; give one of env, file and secret."
        ]
    if secret.value_from.get("region") and given != ["secret"]:
        return [f"The secret {secret.name} has a region in value_from, which belongs to secret; leave it out."]
    return []


def _misdeclared(secret: DeclaredSecret) -> list[str]:
    wrong = []
    if not SECRET_NAME.fullmatch(secret.name):
        wrong.append(
            f"'{secret.name}' is not a valid name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@- "
            "(the name, not the ARN)."
        )
    if secret.state == PRESENT:
        wrong.extend(_wrong_source(secret))
    if secret.state == PRESENT and (secret.value or secret.generate) and not secret.algorithm:
        wrong.append(
            f"The secret {secret.name} has a value but no algorithm; name the algorithm so that the key's length can be checked."
        )
    ways = {"value": secret.value, "value_from": secret.value_from, "generate": secret.generate}
    given = [way for way, one in ways.items() if one]
    if len(given) > 1:
        wrong.append(
            f"The secret {secret.name} has {'both ' if len(given) == 2 else ''}{' and '.join(given)}; give one of them."
        )
    days = secret.recovery_window_in_days
    if days is not None and secret.force_delete_without_recovery:
        wrong.append(
            f"The secret {secret.name} has both recovery_window_in_days and force_delete_without_recovery; give one of them."
        )
    if days is not None and not RECOVERY_WINDOW_DAYS[0] <= days <= RECOVERY_WINDOW_DAYS[1]:
        wrong.append(
            f"The secret {secret.name} has recovery_window_in_days {days}; Secrets Manager takes 7 to 30. "
            "To delete it at once and for good, set force_delete_without_recovery: true."
        )
    description = secret.fields.get("description", "")
    if len(description) > MAX_DESCRIPTION:
        wrong.append(
            f"The secret {secret.name} has a description of {len(description)} characters; Secrets Manager takes {MAX_DESCRIPTION}."
        )
    kms_arn = KMS_ARN.match(secret.kms_key_id or "")
    if kms_arn and secret.regions != [kms_arn["region"]]:
        wrong.append(
            f"The secret {secret.name} is to lie in {' and '.join(secret.regions)}, but its kms_key_id is an ARN of {kms_arn['region']}; "
            "give the key's alias, which may be the same in every Region."
        )
    wrong.extend(f"The secret {secret.name}: {problem}." for problem in tag_problems(secret.tags))
    return wrong
