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
      force_in_use:
        description: Delete this secret even though a flow uses it. Defaults to O(force_in_use).
        type: bool
        version_added: 2.0.0
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

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._aws.client import Clients
from ..module_utils._reconcile.fields import argument_spec
from ..module_utils._reconcile.loop import converge, run
from ..module_utils._secrets.options import SECRET
from ..module_utils._secrets.resource import Secrets
from ..module_utils._streams.observe import Streams


def body(module: AnsibleAWSModule) -> None:
    clients = Clients(module)
    secrets = Secrets(clients, Streams(clients), module.params["secrets"], module.params, module.no_log_values)
    converge(module, secrets)


def main() -> None:
    spec = {
        "secrets": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "no_log": False,
            "options": argument_spec(SECRET),
        },
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "additional_regions": {"type": "list", "elements": "str", "default": []},
        "tags": {"type": "dict", "aliases": ["resource_tags"]},
        "purge_tags": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 120},
        "force_in_use": {"type": "bool", "default": False},
    }
    run(AnsibleAWSModule(argument_spec=spec, supports_check_mode=True), body)


if __name__ == "__main__":
    main()
