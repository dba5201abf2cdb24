# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan what is to be done to secrets. Pure: key material comes in as digests and fingerprints only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import (
    ABSENT,
    PRESENT,
    Action,
    Refusal,
    Unit,
    differing,
    repeated,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.keys import Value

# CreateSecret, Name: "ASCII letters, numbers, and the characters /_+=.@-", 512 at most.
NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
# AWS ends a secret's ARN with a hyphen and six random characters; in a policy, question marks stand for them.
UNKNOWN_SUFFIX = "-??????"
RECOVERY_WINDOW_DAYS = (7, 30)  # DeleteSecret, RecoveryWindowInDays


@dataclass
class Declared:
    """One secret as declared; None stands for an option that was left out."""

    name: str
    regions: List[str]
    state: str = PRESENT
    algorithm: Optional[str] = None
    value: Optional[Value] = None
    generate: bool = False
    replace_value: bool = False
    description: Optional[str] = None
    kms_key_id: Optional[str] = None
    tags: Optional[Dict[str, str]] = None
    purge_tags: bool = True
    allow_rotation: bool = False
    recovery_window_in_days: Optional[int] = None
    force_delete_without_recovery: bool = False
    force_in_use: bool = False

    @property
    def needs_value(self) -> bool:
        """Whether the stored values must be read: to compare them with the declared one, or with each other."""
        return self.state == PRESENT and (self.value is not None or len(self.regions) > 1)


@dataclass
class Observed:
    """One secret in one Region as AWS has it.

    value: None when it was not read.
    same_kms_key: whether the declared KMS key and the secret's are one key, by whatever names.
    used_by: where flows name the secret ("entitlement X of flow Y"); only looked up before a deletion.
    """

    arn: str
    description: str = ""
    kms_key_id: Optional[str] = None
    tags: Dict[str, str] = field(default_factory=dict)
    version_id: Optional[str] = None
    deletion_scheduled: bool = False
    rotation_enabled: bool = False
    value: Optional[Value] = None
    same_kms_key: bool = True
    used_by: List[str] = field(default_factory=list)


def predicted_arn(partition: str, region: str, account: str, name: str) -> str:
    """The ARN that a secret will have, with question marks for the six characters that only AWS can tell."""
    return f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}{UNKNOWN_SUFFIX}"


def validate(secrets: List[Declared]) -> None:
    """Raise one Refusal with all that is wrong whatever AWS has."""
    wrong = [
        f"The secret {name} is declared more than once; declare it once."
        for name in repeated(secret.name for secret in secrets)
    ]
    for secret in secrets:
        wrong.extend(_misdeclared(secret))
    if wrong:
        raise Refusal(" ".join(wrong))


def _misdeclared(secret: Declared) -> List[str]:
    wrong = []
    if not NAME.fullmatch(secret.name):
        wrong.append(
            f"'{secret.name}' is no name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@- (the name, not the ARN)."
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
    return wrong


def plan(
    secret: Declared, observed: Dict[str, Optional[Observed]], predict_arn: Callable[[str, str], str]
) -> List[Unit]:
    """One unit per Region of the secret, in declared order.

    observed: has an entry for each Region; None: not there. predict_arn: tells from Region and name the ARN that a new
    secret will have; only asked where one is to be created.
    """
    if secret.state == ABSENT:
        return [_plan_absent(secret, region, observed[region]) for region in secret.regions]
    known = [found.value for found in observed.values() if found and found.value and not found.value.foreign]
    wanted = secret.value or (known[0] if known else None)
    return [
        _plan_present(secret, region, found, wanted)
        if found
        else _plan_create(secret, region, wanted, predict_arn(region, secret.name))
        for region, found in observed.items()
    ]


def _unit(secret: Declared, region: str) -> Unit:
    return Unit(label=f"secret {secret.name} in {region}", identity={"name": secret.name, "region": region})


def _plan_absent(secret: Declared, region: str, observed: Optional[Observed]) -> Unit:
    unit = _unit(secret, region)
    if observed is None or (observed.deletion_scheduled and not secret.force_delete_without_recovery):
        return unit
    unit.before = _state(secret, region, observed)
    if observed.used_by and not secret.force_in_use:
        unit.refusals.append(
            f"The {unit.label} is used by {', '.join(observed.used_by)}; deleting it would stop the stream. "
            "Move these to another secret first, or set force_in_use: true."
        )
    days = None if secret.force_delete_without_recovery else secret.recovery_window_in_days or RECOVERY_WINDOW_DAYS[1]
    how = "for good" if days is None else f"with {days} days to restore it"
    unit.action = "deleted"
    unit.actions.append(
        Action("delete", f"delete the {unit.label} {how}", {"arn": observed.arn, "recovery_window_in_days": days})
    )
    return unit


def _plan_present(secret: Declared, region: str, observed: Observed, wanted: Optional[Value]) -> Unit:
    unit = _unit(secret, region)
    unit.before = _state(secret, region, observed)
    unit.after = dict(unit.before)
    if observed.rotation_enabled and not secret.allow_rotation:
        unit.refusals.append(
            f"The {unit.label} has automatic rotation switched on, which would change the key under a running stream; "
            "switch it off, or set allow_rotation: true for this secret."
        )
    if observed.deletion_scheduled:
        _plan_restore(unit, secret, observed, wanted)
    elif wanted:
        _plan_value(unit, secret, observed, wanted)
    _plan_fields(unit, secret, observed)
    _plan_tags(unit, secret, observed)
    if unit.actions and unit.action == "unchanged":
        unit.action = "updated"
    return unit


def _plan_create(secret: Declared, region: str, wanted: Optional[Value], new_arn: str) -> Unit:
    unit = _unit(secret, region)
    if wanted is None and not secret.generate:
        unit.refusals.append(
            f"The {unit.label} does not exist and no key for it is given; give value, or generate: true."
        )
    unit.after = _state(secret, region, Observed(arn=new_arn))
    unit.after.update(
        differing({"description": secret.description, "kms_key_id": secret.kms_key_id, "tags": secret.tags}, unit.after)
    )
    unit.after["key_fingerprint"] = wanted.fingerprint if wanted else None
    unit.action = "created"
    unit.actions.append(Action("create", f"create the {unit.label}", {"secret": secret, "region": region}))
    return unit


def _plan_restore(unit: Unit, secret: Declared, observed: Observed, wanted: Optional[Value]) -> None:
    unit.before["deletion_scheduled"] = True
    if wanted:
        unit.after["key_fingerprint"] = wanted.fingerprint
    unit.action = "restored"
    unit.actions.append(Action("restore", f"restore the {unit.label}", {"secret": secret, "arn": observed.arn}))


def _plan_value(unit: Unit, secret: Declared, observed: Observed, wanted: Value) -> None:
    difference = value_refusal(unit.label, secret, observed.value, wanted)
    if difference:
        unit.refusals.append(difference)
    elif observed.value is None or observed.value.digest != wanted.digest:
        unit.after.update(key_fingerprint=wanted.fingerprint, version_id=None)
        unit.actions.append(
            Action("put_value", f"store another key in the {unit.label}", {"secret": secret, "arn": observed.arn})
        )


def value_refusal(label: str, secret: Declared, stored: Optional[Value], wanted: Value) -> Optional[str]:
    """Why the stored value may not be replaced by the wanted one; None where it may, or where it is the same."""
    if stored is None or stored.digest == wanted.digest:
        return None
    if stored.foreign:
        return f"The {label} holds {stored.foreign}, so it may belong to something else; it is left as it is. Give another name."
    if secret.replace_value:
        return None
    declared = "the declared key" if secret.value else "the key of its other Region"
    fingerprints = (
        f" (fingerprint {stored.fingerprint}, {declared} has {wanted.fingerprint})" if stored.fingerprint else ""
    )
    return (
        f"The {label} holds another key than {declared}{fingerprints}. Replacing it makes the picture black until both ends have the new key: "
        "store the new key in a new secret and move the entitlement to that, or set replace_value: true."
    )


def _plan_fields(unit: Unit, secret: Declared, observed: Observed) -> None:
    changes = differing({"description": secret.description}, unit.before)
    if secret.kms_key_id is not None and not observed.same_kms_key:
        changes["kms_key_id"] = secret.kms_key_id
    if changes:
        unit.after.update(changes)
        summary = f"change {' and '.join(changes)} of the {unit.label}"
        unit.actions.append(Action("update", summary, {"arn": observed.arn, "changes": changes}))


def _plan_tags(unit: Unit, secret: Declared, observed: Observed) -> None:
    if secret.tags is None:
        return
    to_set, to_remove = compare_aws_tags(observed.tags, secret.tags, purge_tags=secret.purge_tags)
    if not to_set and not to_remove:
        return
    kept = {name: value for name, value in observed.tags.items() if name not in to_remove}
    unit.after["tags"] = {**kept, **to_set}
    unit.actions.append(
        Action(
            "tag",
            f"change the tags of the {unit.label}",
            {"arn": observed.arn, "to_set": to_set, "to_remove": to_remove},
        )
    )


def _state(secret: Declared, region: str, observed: Observed) -> Dict[str, Any]:
    return {
        "name": secret.name,
        "region": region,
        "arn": observed.arn,
        "version_id": observed.version_id,
        "algorithm": secret.algorithm,
        "key_fingerprint": observed.value.fingerprint if observed.value else None,
        "kms_key_id": observed.kms_key_id,
        "description": observed.description,
        "tags": observed.tags,
    }
