#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: key_secrets
version_added: 1.0.0
short_description: Store the static keys of AWS Elemental MediaConnect in AWS Secrets Manager
description:
  - Stores encryption keys as plaintext secrets, the form in which AWS Elemental MediaConnect reads them, and keeps
    description, KMS key and tags as declared.
  - A key is checked against its algorithm before anything is changed, since AWS finds a misfit only when the stream fails.
  - The value of an existing secret is only replaced with O(secrets[].replace_value=true). MediaConnect picks a new value up by
    itself, and the picture goes black until both ends have it.
  - Key material is never returned, logged or shown in a diff. Compare keys by RV(secrets[].key_fingerprint).
  - The resource policy of a secret is never touched.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  secrets:
    description: The secrets, in one Region each or in several.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Plain name of the secret, not its ARN.
        type: str
        required: true
      state:
        description:
          - V(present) creates the secret, restores it when its deletion is scheduled, and keeps it as declared.
          - V(absent) schedules its deletion.
          - Defaults to O(state).
        type: str
        choices: [present, absent]
      algorithm:
        description:
          - What the key is for. V(aes128), V(aes192) and V(aes256) take 32, 48 and 64 hexadecimal digits.
          - V(srt-password) takes 10 to 79 characters and is for SRT sources and outputs; entitlements do not take it.
          - Required with O(secrets[].value) and O(secrets[].generate).
        type: str
        choices: [aes128, aes192, aes256, srt-password]
      value:
        description:
          - The key, as text. White space around it is removed. Hexadecimal digits are compared by the bytes that they stand for,
            so V(AA) equals V(aa) and writes nothing.
          - Take it from Ansible Vault, a lookup or a credential, not from the command line, which Ansible prints at high verbosity.
          - Where it does stand in YAML, put it in quotation marks. A number is refused, since YAML may have read other digits.
          - A value that occurs in the name, description, tags or Regions of any of O(secrets) is refused.
          - A secret that holds JSON or binary data is not overwritten, since it may belong to something else.
        type: raw
      generate:
        description:
          - Make a random key when the secret does not exist yet, or has no value yet. The key is not returned; who may read it
            fetches it from Secrets Manager.
          - Mutually exclusive with O(secrets[].value).
        type: bool
        default: false
      replace_value:
        description: Allow another value to be stored in an existing secret. The value before it becomes C(AWSPREVIOUS).
        type: bool
        default: false
      description:
        description: Description of the secret. Left alone when omitted, removed by an empty string.
        type: str
      additional_regions:
        description:
          - Store the same key in these Regions too, one secret per Region, since MediaConnect reads keys in its flow's Region only.
          - A generated key is made once and copied in memory. Copies that hold different keys are refused, unless
            O(secrets[].replace_value=true); without O(secrets[].value), the copy in the task's own Region is then stored in the others.
          - Defaults to O(additional_regions).
        type: list
        elements: str
      kms_key_id:
        description:
          - Id, ARN, alias or alias ARN of the KMS key that encrypts the secret. Left alone when omitted, which for a new
            secret means the account's key C(aws/secretsmanager). An empty string stands for that key too.
          - An alias and the key that it names are one key. With O(secrets[].additional_regions), give an alias that each Region has.
          - The role that MediaConnect assumes must then be allowed to decrypt with it, see O(mediaops.mediaconnect.trust_role#module:kms_keys).
        type: str
      tags:
        description: Tags of the secret, added to O(tags). Left alone when both are omitted.
        type: dict
        aliases: [resource_tags]
      allow_rotation:
        description: Accept that automatic rotation is switched on, which is otherwise refused, since it changes the key of a running stream.
        type: bool
        default: false
      recovery_window_in_days:
        description: How long a deleted secret can be restored, 7 to 30 days. Secrets Manager's default is 30.
        type: int
      force_delete_without_recovery:
        description: Delete the secret at once and for good. Mutually exclusive with O(secrets[].recovery_window_in_days).
        type: bool
        default: false
  state:
    description: State of the secrets that do not declare their own.
    type: str
    choices: [present, absent]
    default: present
  additional_regions:
    description: Additional Regions of the secrets that do not declare their own.
    type: list
    elements: str
    default: []
  tags:
    description: Tags of all secrets. A secret's own tag of the same name goes before.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Remove tags that are not declared from the secrets whose tags are declared.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait until the name of a secret that was deleted for good can be used again.
    type: int
    default: 120
  force_in_use:
    description:
      - Delete a secret even though an entitlement, source or output of a flow names it, or without being able to tell.
      - Flows are looked for in the Region of each secret.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - mediaops.mediaconnect.attributes
seealso:
  - module: mediaops.mediaconnect.trust_role
  - module: mediaops.mediaconnect.entitlements
  - name: Setting up static key encryption
    description: The MediaConnect user guide on keys, secrets and roles.
    link: https://docs.aws.amazon.com/mediaconnect/latest/ug/encryption-static-key-set-up.html
"""

EXAMPLES = r"""
- name: Store a key that comes from Ansible Vault
  mediaops.mediaconnect.key_secrets:
    region: us-west-2
    secrets:
      - name: 2018-12-01_baseball-game-source
        algorithm: aes256
        value: "{{ vaulted_baseball_key }}"
        description: Key of the baseball game
        tags:
          event: baseball

- name: Let the module make the key, the same in two Regions
  mediaops.mediaconnect.key_secrets:
    region: us-west-2
    secrets:
      - name: tennis-final
        algorithm: aes128
        generate: true
        additional_regions:
          - eu-west-1

- name: Schedule the deletion of a secret that no flow uses any more
  mediaops.mediaconnect.key_secrets:
    region: us-west-2
    secrets:
      - name: tennis-final
        state: absent
        recovery_window_in_days: 7
"""

RETURN = r"""
secrets:
  description: The secrets in declared order, one entry per Region.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the secret.
      returned: always
      type: str
      sample: 2018-12-01_baseball-game-source
    region:
      description: Region of this copy.
      returned: always
      type: str
      sample: us-west-2
    arn:
      description: ARN of the secret. In check mode, six question marks stand for the characters that only AWS can tell.
      returned: when the secret exists, or would exist
      type: str
      sample: arn:aws:secretsmanager:us-west-2:111122223333:secret:2018-12-01_baseball-game-source-7g8H9i
    version_id:
      description: Id of the current version. Null in check mode when a new version would be written.
      returned: when the secret exists, or would exist
      type: str
      sample: 2c3d4e5f-1a2b-4c3d-8e9f-0a1b2c3d4e5f
    algorithm:
      description: The declared algorithm.
      returned: when the secret exists, or would exist
      type: str
      sample: aes256
    key_fingerprint:
      description:
        - The first 64 bits of SHA-256 over a fixed label and the key's bytes, to compare keys without showing them.
        - Null where the value was not read because nothing had to be compared, for a generated key in check mode, and
          always for an V(srt-password).
      returned: when the secret exists, or would exist
      type: str
      sample: 9f3a-1c44-07be-d215
    kms_key_id:
      description: The customer managed KMS key, null for the account's key C(aws/secretsmanager).
      returned: when the secret exists, or would exist
      type: str
      sample: alias/video
    description:
      description: Description of the secret.
      returned: when the secret exists, or would exist
      type: str
      sample: Key of the baseball game
    tags:
      description: Tags of the secret.
      returned: when the secret exists, or would exist
      type: dict
      sample: {"event": "baseball"}
    action:
      description:
        - What was done, or would be done in check mode.
        - V(failed) if the task failed at this secret, which may be half done; the message tells.
      returned: always
      type: str
      choices: [created, updated, restored, deleted, unchanged, failed]
      sample: created
"""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import mediaconnect
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import secretsmanager as api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError, Clients
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT, Refusal, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import region_of
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.secrets import (
    Declared,
    Observed,
    arns_of,
    customer_key,
    misdeclared,
    must_store,
    plan,
    predicted_arn,
    printed,
    restored_first,
    value_refusal,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.usage import used_by
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._run import converge, run

PARALLEL_READS = 8
SECONDS_BETWEEN_TRIES = 2
NAME_TAKEN = ("InvalidRequestException", "ResourceExistsException")

SECRET_SPEC = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"]},
    "algorithm": {"type": "str", "choices": keys.ALGORITHMS},
    "value": {"type": "raw", "no_log": True},
    "generate": {"type": "bool", "default": False},
    "replace_value": {"type": "bool", "default": False},
    "description": {"type": "str"},
    "additional_regions": {"type": "list", "elements": "str"},
    "kms_key_id": {"type": "str", "no_log": False},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "allow_rotation": {"type": "bool", "default": False},
    "recovery_window_in_days": {"type": "int"},
    "force_delete_without_recovery": {"type": "bool", "default": False},
}


# Per secret name and Region what AWS has; None where there is no such secret.
AllObserved = Dict[str, Dict[str, Optional[Observed]]]


class KeySecrets:
    """Observes secrets and carries out what was planned. The only place that holds key material, by secret name."""

    def __init__(self, module: AnsibleAWSModule):
        self.module = module
        self.clients = Clients(module)
        self._material: Dict[str, str] = {}
        self.operations: Dict[str, Callable[..., None]] = {
            "create": self._create,
            "restore": self._restore,
            "compare": self._compare,
            "put_value": self._put_value,
            "update": self._update,
            "tag": self._tag,
            "delete": self._delete,
        }

    # what was declared

    def declared(self) -> List[Declared]:
        """The task's secrets, if nothing is wrong with any; their values are kept here and leave as digests."""
        items = self.module.params["secrets"]
        values = [self._take_out(item) for item in items]
        secrets = [self._declared(item) for item in items]
        wrong = []
        for secret, value in zip(secrets, values):
            try:
                self._keep(secret, value)
            except Refusal as refusal:
                wrong.append(str(refusal))
        wrong.extend(misdeclared(secrets))
        wrong.extend(self._unmaskable(secrets))
        if wrong:
            raise Refusal(" ".join(wrong))
        return secrets

    def _take_out(self, item: Dict[str, Any]) -> Any:
        """Take the value out of the parameters, which every result repeats, and out of the masks if it is too short for one."""
        value = item["value"]
        if value is not None:
            item["value"] = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
            self.module.no_log_values.discard(str(value))
            self._mask(str(value))
        return value

    def _mask(self, value: str) -> None:
        self.module.no_log_values.update(keys.masks(value))

    def _declared(self, item: Dict[str, Any]) -> Declared:
        params = self.module.params
        tags = [given for given in (params["tags"], item["tags"]) if given is not None]
        extra = params["additional_regions"] if item["additional_regions"] is None else item["additional_regions"]
        copied = (
            "name",
            "algorithm",
            "generate",
            "replace_value",
            "description",
            "kms_key_id",
            "allow_rotation",
            "recovery_window_in_days",
            "force_delete_without_recovery",
        )
        return Declared(
            regions=list(dict.fromkeys([self.clients.region, *filter(None, extra)])),
            state=item["state"] or params["state"],
            tags={str(key): _tag_value(value) for given in tags for key, value in given.items()} if tags else None,
            purge_tags=params["purge_tags"],
            force_in_use=params["force_in_use"],
            **{option: item[option] for option in copied},
        )

    def _keep(self, secret: Declared, value: Any) -> None:
        if value is None or secret.state == ABSENT:
            return
        if secret.algorithm:
            value = keys.normalise(value, secret.algorithm, f"secret {secret.name}")
        self._material[secret.name] = str(value)
        secret.value = keys.describe(str(value), secret.algorithm)

    def _unmaskable(self, secrets: Sequence[Declared]) -> List[str]:
        """The secrets whose value is also a part of what the task must be able to return."""
        texts = [text for secret in secrets for text in printed(secret)]
        return [
            f"The value for the secret {number} in the list occurs in a name, description, tag or Region of the list; a key has no place there."
            for number, secret in enumerate(secrets, start=1)
            if secret.name in self._material and keys.occurs_in(self._material[secret.name], texts)
        ]

    # observe

    def observe(self, secrets: Sequence[Declared]) -> AllObserved:
        placed = [(secret, region) for secret in secrets for region in secret.regions]
        for region in dict.fromkeys(region for dummy, region in placed):
            self.clients.get("secretsmanager", region)
        with ThreadPoolExecutor(max_workers=PARALLEL_READS) as pool:
            found = list(pool.map(lambda pair: self._describe(*pair), placed))
        observed: AllObserved = {secret.name: {} for secret in secrets}
        for (secret, region), state in zip(placed, found):
            observed[secret.name][region] = state
        self._observe_values(secrets, observed)
        self._observe_usage(secrets, observed)
        return observed

    def _describe(self, secret: Declared, region: str) -> Optional[Observed]:
        answer = api.describe_secret(self.clients.get("secretsmanager", region), secret.name)
        if answer is None:
            return None
        kms_key_id = customer_key(answer.get("KmsKeyId"))
        return Observed(
            arn=answer["ARN"],
            description=answer.get("Description", ""),
            kms_key_id=kms_key_id,
            tags=boto3_tag_list_to_ansible_dict(answer.get("Tags", [])),
            version_id=_current_version(answer),
            deletion_scheduled="DeletedDate" in answer,
            rotation_enabled=answer.get("RotationEnabled", False),
            same_kms_key=secret.state == ABSENT or self._same_kms_key(region, secret.kms_key_id, kms_key_id),
            primary_region=answer.get("PrimaryRegion"),
        )

    def _same_kms_key(self, region: str, declared: Optional[str], observed: Optional[str]) -> bool:
        if declared is None or customer_key(declared) == observed:
            return True
        if customer_key(declared) is None:
            return False
        key = self._kms_key(region, declared)
        if key is None:
            raise Refusal(
                f"There is no KMS key {declared} in {region}; give the id, ARN or alias of a key of that Region."
            )
        if observed is None:
            return key["KeyManager"] == "AWS"  # of AWS's own keys, a secret can only have the one for Secrets Manager
        return key == self._kms_key(region, observed)

    def _kms_key(self, region: str, key_id: str) -> Optional[Dict[str, Any]]:
        return api.describe_kms_key(self.clients.get("kms", region), key_id)

    def _observe_values(self, secrets: Sequence[Declared], observed: AllObserved) -> None:
        to_read = [
            (secret, state)
            for secret in secrets
            for state in observed[secret.name].values()
            if secret.needs_value and state and not state.deletion_scheduled
        ]
        answers: Dict[str, Dict[str, Any]] = {}
        for region in dict.fromkeys(region_of(state.arn) for dummy, state in to_read):
            arns = [state.arn for dummy, state in to_read if region_of(state.arn) == region]
            answers.update(self._read(region, arns))
        for secret, state in to_read:
            if state.arn in answers:
                state.value = self._learn(secret, answers[state.arn])

    def _learn(self, secret: Declared, answer: Dict[str, Any]) -> keys.Value:
        """What may be known of a stored value. Without a declared one, the first key that is found is the one for all Regions."""
        value = keys.describe_stored(answer, secret.algorithm)
        if value.fingerprint:  # anything else that is stored could be a word of what is to be returned
            self._mask(answer["SecretString"])
        if value.is_key:
            self._material.setdefault(secret.name, answer["SecretString"].strip())
        return value

    def _read(self, region: str, arns: List[str]) -> Dict[str, Dict[str, Any]]:
        """Answers of GetSecretValue by ARN: several in one call where the caller may, else one by one."""
        client = self.clients.get("secretsmanager", region)
        answers: Dict[str, Dict[str, Any]] = {}
        if len(arns) > 1:
            try:
                for batch in _batches(arns, api.BATCH_SIZE):
                    answers.update({answer["ARN"]: answer for answer in api.batch_get_secret_values(client, batch)})
            except ApiError as error:
                if not error.denied:
                    raise
        for arn in arns:
            if arn not in answers:
                answer = api.get_secret_value(client, arn)
                if answer:
                    answers[arn] = answer
        return answers

    def _observe_usage(self, secrets: Sequence[Declared], observed: AllObserved) -> None:
        to_delete = [
            state
            for secret in secrets
            for state in observed[secret.name].values()
            if secret.state == ABSENT and not secret.force_in_use and state and not state.deletion_scheduled
        ]
        for region in dict.fromkeys(region_of(state.arn) for state in to_delete):
            states = [state for state in to_delete if region_of(state.arn) == region]
            try:
                flows = mediaconnect.read_flows(self.clients.get("mediaconnect", region))
            except ApiError as error:
                for state in states:
                    state.usage_unknown = error.sentence()
            else:
                for state in states:
                    state.used_by = [place for arn in arns_of(state.arn) for place in used_by(flows, "SecretArn", arn)]

    def predict_arn(self, region: str, name: str) -> str:
        return predicted_arn(self.clients.partition, region, self.clients.account, name)

    # apply

    def _key(self, secret: Declared, generate: bool) -> str:
        """The key to store: declared, copied from another Region, or made now, once for all Regions."""
        if secret.name not in self._material:
            if not generate:
                raise Refusal(
                    f"The key of the secret {secret.name} was to come from its copy that could not be restored."
                )
            self._material[secret.name] = keys.generate(str(secret.algorithm))  # without one it is misdeclared
            self._mask(self._material[secret.name])
        return self._material[secret.name]

    def _patiently(
        self, call: Callable[[], Any], codes: Sequence[str], in_vain: Callable[[], bool] = lambda: False
    ) -> Any:
        """The answer of a call that AWS may refuse with one of these codes for a while."""
        deadline = time.monotonic() + self.module.params["wait_timeout"]
        while True:
            try:
                return call()
            except ApiError as error:
                if error.code not in codes or time.monotonic() > deadline or in_vain():
                    raise
            time.sleep(SECONDS_BETWEEN_TRIES)

    def _create(self, unit: Unit, secret: Declared, region: str, generate: bool) -> None:
        """Create it; the name of a secret that was deleted for good stays taken for a while."""
        client = self.clients.get("secretsmanager", region)
        fields = {"Description": secret.description, "KmsKeyId": secret.kms_key_id}
        fields = {name: value for name, value in fields.items() if value}
        key, token = self._key(secret, generate), str(uuid.uuid4())

        def somebody_elses() -> bool:
            found = api.describe_secret(client, secret.name)
            return found is not None and "DeletedDate" not in found

        answer = self._patiently(
            lambda: api.create_secret(client, secret.name, key, token, secret.tags, **fields),
            NAME_TAKEN,
            in_vain=somebody_elses,
        )
        unit.after.update(
            arn=answer["ARN"],
            version_id=answer["VersionId"],
            key_fingerprint=keys.describe(key, secret.algorithm).fingerprint,
        )

    def _restore(self, unit: Unit, arn: str) -> None:
        api.restore_secret(self._client_of(arn), arn)

    def _compare(self, unit: Unit, secret: Declared, arn: str, generate: bool) -> None:
        """Do for a secret that is readable again what the plan did for the others."""
        answers = self._patiently(lambda: self._read(region_of(arn), [arn]), ["InvalidRequestException"])
        stored = self._learn(secret, answers[arn]) if arn in answers else None
        key = self._material.get(secret.name)
        wanted = keys.describe(key, secret.algorithm) if key else None
        refusal = value_refusal(unit.label, secret, stored, wanted)
        if refusal:
            raise Refusal(refusal)
        if generate if wanted is None else must_store(secret, stored, wanted):
            self._put_value(unit, secret, arn, generate)
        elif wanted:
            unit.after["key_fingerprint"] = wanted.fingerprint

    def _put_value(self, unit: Unit, secret: Declared, arn: str, generate: bool) -> None:
        key = self._key(secret, generate)
        answer = api.put_secret_value(self._client_of(arn), arn, key, str(uuid.uuid4()))
        unit.after.update(
            version_id=answer["VersionId"], key_fingerprint=keys.describe(key, secret.algorithm).fingerprint
        )

    def _update(self, unit: Unit, arn: str, changes: Dict[str, str]) -> None:
        members = {"description": "Description", "kms_key_id": "KmsKeyId"}
        api.update_secret(self._client_of(arn), arn, **{members[option]: value for option, value in changes.items()})

    def _tag(self, unit: Unit, arn: str, to_set: Dict[str, str], to_remove: List[str]) -> None:
        if to_remove:
            api.untag_secret(self._client_of(arn), arn, to_remove)
        if to_set:
            api.tag_secret(self._client_of(arn), arn, to_set)

    def _delete(self, unit: Unit, arn: str, recovery_window_in_days: Optional[int]) -> None:
        api.delete_secret(self._client_of(arn), arn, recovery_window_in_days)

    def _client_of(self, arn: str) -> Any:
        return self.clients.get("secretsmanager", region_of(arn))


def _current_version(answer: Dict[str, Any]) -> Optional[str]:
    stages = answer.get("VersionIdsToStages", {})
    return next((version for version, names in stages.items() if "AWSCURRENT" in names), None)


def _batches(items: List[str], size: int) -> Iterable[List[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _tag_value(value: Any) -> str:
    return "" if value is None else str(value)


def report(units: Sequence[Unit]) -> Dict[str, Any]:
    return {"secrets": [_returned(unit) for unit in units]}


def _returned(unit: Unit) -> Dict[str, Any]:
    if unit.failure:
        return {**unit.identity, "action": "failed"}
    return {**(unit.after or unit.before or unit.identity), "action": unit.action}


def body(module: AnsibleAWSModule) -> None:
    work = KeySecrets(module)
    secrets = work.declared()
    observed = work.observe(secrets)
    units = [unit for secret in secrets for unit in plan(secret, observed[secret.name], work.predict_arn)]
    converge(module, restored_first(units), work.operations, lambda _units: report(units))


def main() -> None:
    argument_spec = {
        "secrets": {"type": "list", "elements": "dict", "required": True, "no_log": False, "options": SECRET_SPEC},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "additional_regions": {"type": "list", "elements": "str", "default": []},
        "tags": {"type": "dict", "aliases": ["resource_tags"]},
        "purge_tags": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 120},
        "force_in_use": {"type": "bool", "default": False},
    }
    module = AnsibleAWSModule(argument_spec=argument_spec, supports_check_mode=True)
    run(module, body)


if __name__ == "__main__":
    main()
