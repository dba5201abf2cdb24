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
    Unit,
    differing,
    repeated,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.keys import Value

# CreateSecret, Name: "ASCII letters, numbers, and the characters /_+=.@-", 512 at most.
NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
# AWS ends a secret's ARN with a hyphen and six random characters; in a policy, question marks stand for them.
UNKNOWN_SUFFIX = "-??????"
ACCOUNT_KEY = "alias/aws/secretsmanager"
KMS_ARN = re.compile(r"arn:[^:]+:kms:(?P<region>[^:]+):")
RECOVERY_WINDOW_DAYS = (7, 30)  # DeleteSecret, RecoveryWindowInDays

# Where a key comes from: it is declared or was read, it is that of another Region's restored copy, it is to be made.
KNOWN, RESTORED, GENERATED = "known", "restored", "generated"


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
    usage_unknown: why that could not be looked up.
    primary_region: where the secret that this one is a replica of lies.
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
    usage_unknown: Optional[str] = None
    primary_region: Optional[str] = None


def predicted_arn(partition: str, region: str, account: str, name: str) -> str:
    """The ARN that a secret will have, with question marks for the six characters that only AWS can tell."""
    return f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}{UNKNOWN_SUFFIX}"


def arns_of(arn: str) -> List[str]:
    """The ARNs by which a flow may name a secret: its own, and the partial one without the random characters."""
    return [arn, arn[: -len(UNKNOWN_SUFFIX)]]


def customer_key(kms_key_id: Optional[str]) -> Optional[str]:
    """None where the KMS key is the account's own for Secrets Manager, which DescribeSecret leaves out."""
    return None if not kms_key_id or kms_key_id.endswith(ACCOUNT_KEY) else kms_key_id


def printed(secret: Declared) -> List[str]:
    """The declared texts that a task repeats in its results and messages."""
    tags = secret.tags or {}
    texts = [
        secret.name,
        *secret.regions,
        secret.algorithm,
        secret.description,
        secret.kms_key_id,
        *tags,
        *tags.values(),
    ]
    return [text for text in texts if text]


def misdeclared(secrets: List[Declared]) -> List[str]:
    """All that is wrong whatever AWS has, a sentence each."""
    twice = [
        f"The secret {name} is declared more than once; declare it once."
        for name in repeated(secret.name for secret in secrets)
    ]
    return twice + [sentence for secret in secrets for sentence in _misdeclared(secret)]


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
    kms_arn = KMS_ARN.match(secret.kms_key_id or "")
    if kms_arn and secret.regions != [kms_arn["region"]]:
        wrong.append(
            f"The secret {secret.name} is to lie in {' and '.join(secret.regions)}, but its kms_key_id is an ARN of {kms_arn['region']}; "
            "give the key's alias, which may be the same in every Region."
        )
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
    model = _model(secret, observed)
    source = _source(secret, observed, model)
    return [
        _plan_present(secret, region, found, model, source)
        if found
        else _plan_create(secret, region, model, source, predict_arn(region, secret.name))
        for region, found in observed.items()
    ]


def restored_first(units: List[Unit]) -> List[Unit]:
    """In the order in which to apply: the key of a restored secret may be what its other Regions wait for."""

    def rank(unit: Unit) -> int:
        if unit.action != "restored":
            return 2
        return 0 if unit.before["version_id"] else 1

    return sorted(units, key=rank)


def _model(secret: Declared, observed: Dict[str, Optional[Observed]]) -> Optional[Value]:
    """The value that all copies must have: the declared one, else that of the first copy which holds a key."""
    stored = [found.value for found in observed.values() if found and found.value]
    return secret.value or next((value for value in stored if value.is_key), None)


def _source(secret: Declared, observed: Dict[str, Optional[Observed]], model: Optional[Value]) -> Optional[str]:
    """Where a copy that has no key yet gets it from; None: nowhere."""
    if model:
        return KNOWN
    # A key that is to be restored cannot be read before; until then no other is made.
    if any(found and found.deletion_scheduled and found.version_id for found in observed.values()):
        return RESTORED
    return GENERATED if secret.generate else None


def _unit(secret: Declared, region: str) -> Unit:
    return Unit(label=f"secret {secret.name} in {region}", identity={"name": secret.name, "region": region})


def _plan_absent(secret: Declared, region: str, observed: Optional[Observed]) -> Unit:
    unit = _unit(secret, region)
    if observed is None or (observed.deletion_scheduled and not secret.force_delete_without_recovery):
        return unit
    unit.before = _state(secret, region, observed)
    if not secret.force_in_use:
        unit.refusals.extend(_still_needed(unit.label, observed))
    days = None if secret.force_delete_without_recovery else secret.recovery_window_in_days or RECOVERY_WINDOW_DAYS[1]
    how = "for good" if days is None else f"with {days} days to restore it"
    unit.action = "deleted"
    unit.actions.append(
        Action("delete", f"delete the {unit.label} {how}", {"arn": observed.arn, "recovery_window_in_days": days})
    )
    return unit


def _still_needed(label: str, observed: Observed) -> List[str]:
    if observed.usage_unknown:
        return [
            f"Whether a flow still uses the {label} cannot be told. {observed.usage_unknown.rstrip('.')}. "
            "Nothing was deleted; set force_in_use: true to delete it all the same."
        ]
    if observed.used_by:
        return [
            f"The {label} is used by {', '.join(observed.used_by)}; deleting it would stop the stream. "
            "Move these to another secret first, or set force_in_use: true."
        ]
    return []


def _plan_present(
    secret: Declared, region: str, observed: Observed, wanted: Optional[Value], source: Optional[str]
) -> Unit:
    unit = _unit(secret, region)
    unit.before = _state(secret, region, observed)
    unit.after = dict(unit.before)
    if observed.rotation_enabled and not secret.allow_rotation:
        unit.refusals.append(
            f"The {unit.label} has automatic rotation switched on, which would change the key under a running stream; "
            "switch it off, or set allow_rotation: true for this secret."
        )
    if observed.deletion_scheduled:
        _plan_restore(unit, secret, observed, wanted, source)
    else:
        _plan_value(unit, secret, observed, wanted, source)
    _plan_fields(unit, secret, observed)
    _plan_tags(unit, secret, observed)
    if unit.actions and observed.primary_region not in (None, region):
        unit.refusals.append(
            f"The {unit.label} is a replica of the one in {observed.primary_region}, and Secrets Manager changes it only there; "
            "declare it there, without this Region."
        )
    if unit.actions and unit.action == "unchanged":
        unit.action = "updated"
    return unit


def _plan_create(secret: Declared, region: str, wanted: Optional[Value], source: Optional[str], new_arn: str) -> Unit:
    unit = _unit(secret, region)
    if source is None:
        unit.refusals.append(
            f"The {unit.label} does not exist and no key for it is given; give value, or generate: true."
        )
    unit.after = _state(secret, region, Observed(arn=new_arn))
    unit.after.update(differing({"description": secret.description, "tags": secret.tags}, unit.after))
    unit.after["kms_key_id"] = customer_key(secret.kms_key_id)
    unit.after["key_fingerprint"] = wanted.fingerprint if wanted else None
    unit.action = "created"
    unit.actions.append(
        Action(
            "create", f"create the {unit.label}", {"secret": secret, "region": region, "generate": source == GENERATED}
        )
    )
    return unit


def _plan_restore(
    unit: Unit, secret: Declared, observed: Observed, wanted: Optional[Value], source: Optional[str]
) -> None:
    """Restore, and only then compare: the value of a secret whose deletion is scheduled cannot be read."""
    unit.before["deletion_scheduled"] = True
    unit.action = "restored"
    unit.actions.append(Action("restore", f"restore the {unit.label}", {"arn": observed.arn}))
    if secret.needs_value or (source == GENERATED and observed.version_id is None):
        unit.after["key_fingerprint"] = wanted.fingerprint if wanted else None
        params = {"secret": secret, "arn": observed.arn, "generate": source == GENERATED}
        unit.actions.append(Action("compare", f"compare the key of the {unit.label}", params))


def _plan_value(
    unit: Unit, secret: Declared, observed: Observed, wanted: Optional[Value], source: Optional[str]
) -> None:
    stored = observed.value
    params = {"secret": secret, "arn": observed.arn, "generate": source == GENERATED}
    action = Action("put_value", f"store the key in the {unit.label}", params)
    refusal = value_refusal(unit.label, secret, stored, wanted)
    if refusal:
        unit.refusals.append(refusal)
    elif wanted and must_store(secret, stored, wanted):
        unit.after.update(key_fingerprint=wanted.fingerprint, version_id=None)
        unit.actions.append(action)
    elif source in (RESTORED, GENERATED) and observed.version_id is None:
        unit.actions.append(action)
    elif stored and stored.padded:
        unit.warnings.append(
            f"The {unit.label} has white space around its key, and AWS does not say whether MediaConnect ignores it; "
            "to store the same key without it, set replace_value: true."
        )


def must_store(secret: Declared, stored: Optional[Value], wanted: Value) -> bool:
    """Whether the wanted value is to be written, where nothing forbids it."""
    return stored is None or stored.digest != wanted.digest or (stored.padded and secret.replace_value)


def value_refusal(label: str, secret: Declared, stored: Optional[Value], wanted: Optional[Value]) -> Optional[str]:
    """Why the stored value may be neither kept nor replaced by the wanted one; None where it may."""
    if stored is None or (wanted and stored.digest == wanted.digest):
        return None
    if stored.foreign:
        return f"The {label} holds {stored.foreign}, so it may belong to something else; it is left as it is. Give another name."
    if wanted is None:
        return f"The {label} holds no key for {secret.algorithm}; give the right algorithm, or a value and replace_value: true."
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
        unit.after["kms_key_id"] = customer_key(unit.after["kms_key_id"])
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
