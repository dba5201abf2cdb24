# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan what is to be done to secrets. Pure: key material comes in as digests and fingerprints only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from .._reconcile.arn import UNKNOWN
from .._reconcile.fields import defaults, differing
from .._reconcile.model import ABSENT, Action, Stage, Unit
from .._reconcile.tags import tag_change, tag_refusals
from .keys import SRT_PASSPHRASE, Value
from .options import RECOVERY_WINDOW_DAYS, SECRET, DeclaredSecret, customer_key

# AWS ends a secret's ARN with a hyphen and six random characters.
UNKNOWN_SUFFIX = f"-{UNKNOWN}"
# Where a key comes from: it is declared or was read, it is that of another Region's restored copy, or it has to be made.
KNOWN, RESTORED, GENERATED = "known", "restored", "generated"


@dataclass
class ObservedSecret:
    """One secret in one Region as AWS has it.

    fields: description and kms_key_id (None for the account's own key).
    value: None when it was not read.
    same_kms_key: whether the declared KMS key and the secret's are the same key, by whatever names.
    primary_region: the Region of the secret that this one is a replica of.
    replicas: the Regions to which Secrets Manager replicates it.
    """

    arn: str
    fields: dict[str, Any] = field(default_factory=lambda: defaults(SECRET))
    tags: dict[str, str] = field(default_factory=dict)
    version_id: str | None = None
    deletion_scheduled: bool = False
    rotation_enabled: bool = False
    value: Value | None = None
    same_kms_key: bool = True
    primary_region: str | None = None
    replicas: list[str] = field(default_factory=list)


def predicted_arn(partition: str, region: str, account: str, name: str) -> str:
    """The ARN that a secret will have, with question marks for the six characters that only AWS can tell."""
    return f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}{UNKNOWN_SUFFIX}"


def arns_of(arn: str) -> list[str]:
    """The ARNs by which a flow may name a secret: its own, and the partial one without the random characters."""
    return [arn, arn[: -len(UNKNOWN_SUFFIX)]]


def plan(
    secret: DeclaredSecret, observed: Mapping[str, ObservedSecret | None], predict_arn: Callable[[str, str], str]
) -> list[Unit]:
    """One unit per Region of the secret, in declared order.

    observed: has an entry for each Region, None where there is no such secret. predict_arn: returns, for a Region and a name,
    the ARN that a new secret will have; called only where one is to be created.
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


def _model(secret: DeclaredSecret, observed: Mapping[str, ObservedSecret | None]) -> Value | None:
    """The value that all copies must have: the declared one, else that of the first copy that holds a key."""
    stored = [found.value for found in observed.values() if found and found.value]
    return secret.value or next((value for value in stored if value.is_key), None)


def _source(secret: DeclaredSecret, observed: Mapping[str, ObservedSecret | None], model: Value | None) -> str | None:
    """Where a copy that has no key yet gets it from; None if from nowhere."""
    if model:
        return KNOWN
    # A key cannot be read before its secret is restored; until then no other key is made.
    if any(found and found.deletion_scheduled and found.version_id for found in observed.values()):
        return RESTORED
    return GENERATED if secret.generate else None


def _unit(secret: DeclaredSecret, region: str) -> Unit:
    return Unit(
        label=f"secret {secret.name} in {region}",
        identity={"name": secret.name, "region": region},
        subject=f"secret {secret.name}",
        turn=region,
    )


def _plan_absent(secret: DeclaredSecret, region: str, observed: ObservedSecret | None) -> Unit:
    unit = _unit(secret, region)
    if observed is None or (observed.deletion_scheduled and not secret.force_delete_without_recovery):
        return unit
    unit.before = _state(secret, region, observed)
    if observed.replicas:
        unit.refusals.append(
            f"The {unit.label} has replicas in {', '.join(observed.replicas)}, and Secrets Manager deletes it only without them; "
            "remove the replicas first (aws secretsmanager remove-regions-from-replication)."
        )
    if _is_replica(observed, region):
        unit.refusals.append(
            f"The {unit.label} is a replica of the one in {observed.primary_region}, and Secrets Manager removes it only there "
            "(aws secretsmanager remove-regions-from-replication); leave this Region out."
        )
    days = None if secret.force_delete_without_recovery else secret.recovery_window_in_days or RECOVERY_WINDOW_DAYS[1]
    how = "for good" if days is None else f"with {days} days to restore it"
    unit.action = "deleted"
    unit.actions.append(
        Action(
            "delete",
            f"delete the {unit.label} {how}",
            {"arn": observed.arn, "recovery_window_in_days": days},
            Stage.DELETE,
        )
    )
    return unit


def _is_replica(observed: ObservedSecret, region: str) -> bool:
    return observed.primary_region not in (None, region)


def use_refusal(label: str, used_by: list[str]) -> str:
    """Why a secret that streams still need is not deleted."""
    return (
        f"The {label} is used by {', '.join(used_by)}; deleting it would stop the stream. "
        "Move these to another secret first, or set force_in_use: true for the secret."
    )


def unknown_use_refusal(label: str, reason: str) -> str:
    """Why a secret is neither deleted nor given another KMS key when it cannot be told whether streams need it as it is."""
    return (
        f"Whether a flow still uses the {label} cannot be told. {reason.rstrip('.')}. "
        "Nothing was changed; set force_in_use: true for the secret to go on all the same."
    )


def unreadable_refusal(label: str, used_by: list[str], problems: list[str]) -> str:
    """Why a secret is not given another KMS key."""
    return (
        f"The {label} is used by {', '.join(used_by)}; with another KMS key it could not be read any more: {'; '.join(problems)}. "
        "Let the role use the new key first, or set force_in_use: true for the secret."
    )


def _plan_present(
    secret: DeclaredSecret, region: str, observed: ObservedSecret, wanted: Value | None, source: str | None
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
    if unit.actions and _is_replica(observed, region):
        unit.refusals.append(
            f"The {unit.label} is a replica of the one in {observed.primary_region}, and Secrets Manager changes it only there; "
            "declare it there, without this Region."
        )
    if unit.actions and unit.action == "unchanged":
        unit.action = "updated"
    return unit


def _plan_create(secret: DeclaredSecret, region: str, wanted: Value | None, source: str | None, new_arn: str) -> Unit:
    unit = _unit(secret, region)
    if source is None:
        unit.refusals.append(
            f"The {unit.label} does not exist and no key for it is given; give value, or generate: true."
        )
    unit.after = _state(secret, region, ObservedSecret(arn=new_arn))
    unit.after.update(secret.fields)
    unit.after.update(kms_key_id=customer_key(secret.kms_key_id), tags=dict(secret.tags or {}))
    unit.refusals.extend(tag_refusals(unit.label, tag_change({}, secret.tags, secret.purge_tags)))
    unit.after["key_fingerprint"] = wanted.fingerprint if wanted else None
    _warn_of_length(unit, wanted)
    unit.action = "created"
    unit.actions.append(
        Action(
            "create",
            f"create the {unit.label}",
            {"secret": secret, "region": region, "generate": source == GENERATED},
            Stage.MAKE,
        )
    )
    return unit


def _plan_restore(
    unit: Unit, secret: DeclaredSecret, observed: ObservedSecret, wanted: Value | None, source: str | None
) -> None:
    """Restore it. The value of a secret whose deletion is scheduled cannot be read, so a new round compares it afterwards."""
    unit.before["deletion_scheduled"] = True
    unit.action = "restored"
    look_again = secret.reads_value or (source == GENERATED and observed.version_id is None)
    if look_again:
        unit.after["key_fingerprint"] = wanted.fingerprint if wanted else None
    params = {"arn": observed.arn, "look_again": look_again}
    unit.actions.append(Action("restore", f"restore the {unit.label}", params, Stage.RESTORE))


def _plan_value(
    unit: Unit, secret: DeclaredSecret, observed: ObservedSecret, wanted: Value | None, source: str | None
) -> None:
    stored = observed.value
    params = {"secret": secret, "arn": observed.arn, "generate": source == GENERATED}
    action = Action("put_value", f"store the key in the {unit.label}", params, Stage.MAKE)
    refusal = _value_refusal(unit.label, secret, stored, wanted)
    _warn_of_length(unit, wanted or stored)
    if refusal:
        unit.refusals.append(refusal)
    elif wanted and _must_store(secret, stored, wanted):
        unit.after.update(key_fingerprint=wanted.fingerprint, version_id=None)
        unit.actions.append(action)
    elif source in (RESTORED, GENERATED) and observed.version_id is None:
        unit.actions.append(action)
    elif observed.version_id is None:
        unit.warnings.append(
            f"The {unit.label} has no value, so MediaConnect finds no key in it; give value or value_from, or generate: true."
        )
    elif stored and stored.padded:
        unit.warnings.append(
            f"The {unit.label} has white space around its key, and AWS does not say whether MediaConnect ignores it; "
            "to store the same key without it, set replace_value: true."
        )


def _warn_of_length(unit: Unit, value: Value | None) -> None:
    if value and value.beyond_srt:
        unit.warnings.append(
            f"The {unit.label} has a password that MediaConnect takes, but SRT's own library, which most devices have, does not: "
            f"it takes up to {SRT_PASSPHRASE} characters."
        )


def _must_store(secret: DeclaredSecret, stored: Value | None, wanted: Value) -> bool:
    """Whether the wanted value has to be written, where nothing forbids it."""
    return stored is None or stored.digest != wanted.digest or (stored.padded and secret.replace_value)


def _value_refusal(label: str, secret: DeclaredSecret, stored: Value | None, wanted: Value | None) -> str | None:
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


def _plan_fields(unit: Unit, secret: DeclaredSecret, observed: ObservedSecret) -> None:
    changes = differing(SECRET, secret.fields, unit.before)
    if observed.same_kms_key:
        changes.pop("kms_key_id", None)
    if changes:
        unit.after.update(changes)
        unit.after["kms_key_id"] = customer_key(unit.after["kms_key_id"])
        summary = f"change {' and '.join(changes)} of the {unit.label}"
        params = {"arn": observed.arn, "changes": changes}
        stage = Stage.REENCRYPT if "kms_key_id" in changes else Stage.MAKE
        unit.actions.append(Action("update", summary, params, stage))


def _plan_tags(unit: Unit, secret: DeclaredSecret, observed: ObservedSecret) -> None:
    change = tag_change(observed.tags, secret.tags, secret.purge_tags)
    unit.refusals.extend(tag_refusals(unit.label, change))
    if change:
        unit.after["tags"] = change.after
        params = {"arn": observed.arn, "to_set": change.to_set, "to_remove": change.to_remove}
        unit.actions.append(Action("tag", f"change the tags of the {unit.label}", params, Stage.MAKE))


def _state(secret: DeclaredSecret, region: str, observed: ObservedSecret) -> dict[str, Any]:
    return {
        "name": secret.name,
        "region": region,
        "arn": observed.arn,
        "version_id": observed.version_id,
        "algorithm": secret.algorithm,
        "key_fingerprint": observed.value.fingerprint if observed.value else None,
        **observed.fields,
        "tags": observed.tags,
    }
