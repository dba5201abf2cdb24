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
  - A key is checked against its algorithm before anything is changed, since AWS notices a key that does not fit only when the stream fails.
  - The value of an existing secret is replaced only with O(secrets[].replace_value=true). MediaConnect picks up a new value by
    itself, and the picture goes black until both ends have it.
  - Key material is never returned, logged or shown in a diff. Compare keys by RV(secrets[].key_fingerprint).
  - The resource policy of a secret is never touched.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  secrets:
    required: true
  state:
    description: State of the secrets that do not declare a state of their own.
    type: str
    choices: [present, absent]
    default: present
  tags:
    description: Tags of all secrets. A secret's own tag of the same name takes precedence.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Remove tags that are not declared, from the secrets whose tags are declared.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait at most until the name of a secret that was deleted for good can be used again, and until the value of a
        restored secret can be read.
    type: int
    default: 120
  force_in_use:
    description:
      - Delete a secret even though an entitlement, source or output of a flow reads its key from it, or although it cannot be told whether any
        does. Likewise, give a secret another KMS key although the role that reads it for a flow may not use that key.
      - Flows are looked for in the Region of each secret.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - mediaops.mediaconnect.secrets
  - mediaops.mediaconnect.attributes
seealso:
  - module: mediaops.mediaconnect.trust_role
  - module: mediaops.mediaconnect.entitlements
  - name: Setting up static key encryption
    description: The MediaConnect user guide on keys, secrets and roles.
    link: https://docs.aws.amazon.com/mediaconnect/latest/ug/encryption-static-key-set-up.html
"""

EXAMPLES = r"""
- name: Store a key that the module reads from the environment, so that it never is an Ansible variable
  mediaops.mediaconnect.key_secrets:
    region: us-west-2
    secrets:
      - name: curling-final
        algorithm: aes128
        value_from:
          env: CURLING_KEY

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
        - V(failed) if the task failed at this secret, which may be half done; the message says what was done.
      returned: always
      type: str
      choices: [created, updated, restored, deleted, unchanged, failed]
      sample: created
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._aws.client import Clients
from ..module_utils._reconcile.loop import converge, run
from ..module_utils._secrets.options import TASK
from ..module_utils._secrets.resource import Secrets
from ..module_utils._secrets.returned import texts_in
from ..module_utils._streams.observe import Streams


def body(module: AnsibleAWSModule) -> None:
    clients = Clients(module)
    secrets = Secrets(
        clients,
        Streams(clients, module.no_log_values.add),
        module.params["secrets"],
        module.params,
        module.no_log_values,
        texts_in(module.params),
    )
    converge(module, secrets)


def main() -> None:
    run(AnsibleAWSModule(argument_spec=TASK, supports_check_mode=True), body)


if __name__ == "__main__":
    main()
