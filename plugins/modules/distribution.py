#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: distribution
version_added: 2.0.0
short_description: Manage the keys, roles and entitlements of a distribution of live video in one task
description:
  - Makes secrets, the IAM roles that read them, and the entitlements on any number of flows in one Region as declared, in one task.
  - All three are planned as one before anything is changed. Names resolve within the declaration, so that an entitlement may name a
    role and a secret that the same task makes, and whatever would be refused is refused before the first change to any service.
  - The order is safe for streams. Keys are stored and roles are widened before anything is granted; roles are narrowed and keys are
    deleted after entitlements have been changed and revoked.
  - Options, results and refusals are those of M(mediaops.mediaconnect.key_secrets), M(mediaops.mediaconnect.trust_role) and
    M(mediaops.mediaconnect.entitlements). Use those modules to manage one of the three alone.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  secrets:
    default: []
  role:
    description:
      - The role that MediaConnect assumes, with the options of M(mediaops.mediaconnect.trust_role).
      - Mutually exclusive with O(roles).
    type: dict
    suboptions: &role
      name:
        description: Name or ARN of the role.
        type: str
        required: true
        aliases: [role_arn]
      state:
        description: V(present), or V(absent) to delete the role and its policy.
        type: str
        choices: [present, absent]
        default: present
      secrets:
        description: The secrets that MediaConnect may read through the role. When omitted, those of the entitlements that name the role.
        type: list
        elements: str
      kms_keys:
        description:
          - The customer managed KMS keys that encrypt the secrets. When omitted, those that O(secrets) declares for the secrets that
            the role reads. If some of these are not declared there, the keys of the role are left alone.
        type: list
        elements: str
      speke_apis:
        description: The APIs of Amazon API Gateway that MediaConnect may call for keys (SPEKE), by id or by execute-api ARN.
        type: list
        elements: str
      flows:
        description: The flows that may use the role. When omitted, those whose entitlements name the role.
        type: list
        elements: str
      policy_name:
        description: Name of the customer managed policy.
        type: str
      confused_deputy_protection:
        description: Whether the trust policy has the conditions C(aws:SourceAccount) and C(aws:SourceArn).
        type: bool
      purge:
        description: Whether secrets, KMS keys, APIs and flows that are not declared are taken out of the two policies.
        type: bool
        default: true
      purge_policies:
        description: Detach all other managed policies from the role.
        type: bool
        default: false
      path:
        description: Path of the role and its policy, for a new role.
        type: str
      description:
        description: Description of the role.
        type: str
      permissions_boundary:
        description: Name or ARN of the managed policy that is the role's permissions boundary. An empty string removes it.
        type: str
      max_session_duration:
        description: How long a session of the role may last, 3600 to 43200 seconds.
        type: int
      tags:
        description: Tags of the role and its policy, added to O(tags).
        type: dict
        aliases: [resource_tags]
      purge_tags:
        description: Remove tags that are not declared. Defaults to O(purge_tags).
        type: bool
      allow_shared_policy:
        description: Change the policy even though somebody else uses it too.
        type: bool
        default: false
      force_in_use:
        description: Delete the role even though a flow uses it, or take away from it what a flow needs. Defaults to O(force_in_use).
        type: bool
  roles:
    description: The roles that MediaConnect assumes, where there are several.
    type: list
    elements: dict
    suboptions: *role
  tags:
    description: Tags of all secrets, roles and policies, in addition to the tags that each of them declares. Entitlements do not get these tags.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Remove tags that are not declared, from everything whose tags are declared.
    type: bool
    default: true
  force_in_use:
    description:
      - Allow what stops a stream that may be running. Revoke, disable or replace an entitlement in use, remove its subscribers or change its key,
        delete a secret or a role that a flow uses, give a secret a KMS key that its role may not use, or take away from a role what a flow needs.
    type: bool
    default: false
  only_plan:
    description:
      - The RV(plan_digest) of an earlier run in check mode. Exactly what was looked at then is done, or nothing if anything has changed
        since.
    type: str
  wait:
    description: Wait until IAM answers for a new role and policy, and until what was revoked is gone.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait for AWS at most.
    type: int
    default: 120
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - mediaops.mediaconnect.secrets
  - mediaops.mediaconnect.flows
  - mediaops.mediaconnect.attributes
seealso:
  - module: mediaops.mediaconnect.key_secrets
  - module: mediaops.mediaconnect.trust_role
  - module: mediaops.mediaconnect.entitlements
  - name: Sharing content with other accounts
    description: The MediaConnect user guide on entitlements.
    link: https://docs.aws.amazon.com/mediaconnect/latest/ug/entitlements.html
"""

EXAMPLES = r"""
- name: Share the game, encrypted, with everything that it takes
  mediaops.mediaconnect.distribution:
    region: us-west-2
    tags:
      event: baseball
    secrets:
      - name: 2018-12-01_baseball-game-source
        algorithm: aes256
        value_from: {env: BASEBALL_KEY}
    role:
      name: MediaConnect-ASM
    flows:
      - flow: BaseballGame
        entitlements:
          - name: AnyCompany_Entitlement
            subscribers: ["444455556666"]
            encryption:
              algorithm: aes256
              role: MediaConnect-ASM
              secret: 2018-12-01_baseball-game-source

- name: Look at a change
  mediaops.mediaconnect.distribution: &change
    region: us-west-2
    flows:
      - flow: BaseballGame
        entitlements:
          - name: ExampleCorp
            subscribers: ["777788889999"]
  check_mode: true
  register: looked_at

- name: Do what was looked at, or nothing
  mediaops.mediaconnect.distribution:
    <<: *change
    only_plan: "{{ looked_at.plan_digest }}"

- name: Take it all down, in the order that keeps the stream's key until last
  mediaops.mediaconnect.distribution:
    region: us-west-2
    force_in_use: true
    secrets:
      - name: 2018-12-01_baseball-game-source
        state: absent
    role:
      name: MediaConnect-ASM
      state: absent
    flows:
      - flow: BaseballGame
        purge_entitlements: true
"""

RETURN = r"""
secrets:
  description: The secrets, as RV(mediaops.mediaconnect.key_secrets#module:secrets).
  returned: always
  type: list
  elements: dict
  sample:
    - name: 2018-12-01_baseball-game-source
      region: us-west-2
      arn: arn:aws:secretsmanager:us-west-2:111122223333:secret:2018-12-01_baseball-game-source-7g8H9i
      version_id: 2c3d4e5f-1a2b-4c3d-8e9f-0a1b2c3d4e5f
      algorithm: aes256
      key_fingerprint: 9f3a-1c44-07be-d215
      kms_key_id: null
      description: ""
      tags: {"event": "baseball"}
      action: created
roles:
  description: The roles, each as RV(mediaops.mediaconnect.trust_role#module:role).
  returned: always
  type: list
  elements: dict
  sample:
    - name: MediaConnect-ASM
      arn: arn:aws:iam::111122223333:role/MediaConnect-ASM
      policy_name: SecretsManagerForMediaConnect-MediaConnect-ASM
      action: created
flows:
  description: The flows, as RV(mediaops.mediaconnect.entitlements#module:flows).
  returned: always
  type: list
  elements: dict
  sample:
    - flow_arn: arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame
      flow_name: BaseballGame
      region: us-west-2
      entitlements: []
counts:
  description: How many entitlements were granted, updated, replaced, revoked, unchanged and failed.
  returned: always
  type: dict
  sample: {"granted": 1, "updated": 0, "replaced": 0, "revoked": 0, "unchanged": 0, "failed": 0}
handover:
  description: What to give to each subscriber account, as RV(mediaops.mediaconnect.entitlements#module:handover).
  returned: always
  type: list
  elements: dict
  sample: []
handover_files:
  description: The files in O(handover_dir) that say what to hand over.
  returned: when O(handover_dir) is set
  type: list
  elements: path
  sample: ["/srv/handover/444455556666-us-west-2.json", "/srv/handover/444455556666-us-west-2.md"]
plan_digest:
  description:
    - A digest of everything that is to be done. It is the same in check mode and in the run that follows, as long as nothing changes in
      between, see O(only_plan). No key is part of it.
  returned: success
  type: str
  sample: sha256:0f343b0931126a20f133d67c2b018a3b9f7e4b9e6b5b1b7f1f1c1f1e1d1c1b1a
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._distribution.options import EXCLUSIVE, TASK
from ..module_utils._distribution.resource import Distribution
from ..module_utils._reconcile.loop import converge, run


def body(module: AnsibleAWSModule) -> None:
    converge(module, Distribution(module))


def main() -> None:
    module = AnsibleAWSModule(
        argument_spec=TASK,
        mutually_exclusive=EXCLUSIVE,
        supports_check_mode=True,
    )
    run(module, body)


if __name__ == "__main__":
    main()
