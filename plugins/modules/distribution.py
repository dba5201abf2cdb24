#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: distribution
version_added: 2.0.0
short_description: Keys, roles and entitlements of a distribution of live video, as one
description:
  - Makes secrets, the IAM roles that read them, and the entitlements on any number of flows of one Region as declared, in one task.
  - All three are planned as one before anything is changed. Names resolve within the declaration, so that an entitlement may name a
    role and a secret that this very task makes, and whatever would be refused is refused before the first change of any service.
  - The order is safe. Keys are made and roles come to serve more before anything is granted; roles come to serve less and keys are
    deleted after entitlements were changed and revoked.
  - Options, results and refusals are those of M(mediaops.mediaconnect.key_secrets), M(mediaops.mediaconnect.trust_role) and
    M(mediaops.mediaconnect.entitlements), which are for those who want one of the three alone.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  secrets:
    description: The secrets, as O(mediaops.mediaconnect.key_secrets#module:secrets).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Plain name of the secret, not its ARN.
        type: str
        required: true
      state:
        description: V(present) or V(absent), which schedules the deletion. V(present) when omitted.
        type: str
        choices: [present, absent]
      algorithm:
        description: What the key is for. Required with O(secrets[].value) and O(secrets[].generate).
        type: str
        choices: [aes128, aes192, aes256, srt-password]
      value:
        description: The key, as text, from Ansible Vault, a lookup or a credential.
        type: raw
      generate:
        description: Make a random key when the secret does not exist yet. Mutually exclusive with O(secrets[].value).
        type: bool
        default: false
      replace_value:
        description: Allow another value to be stored in an existing secret.
        type: bool
        default: false
      description:
        description: Description of the secret.
        type: str
      additional_regions:
        description: Store the same key in these Regions too. Defaults to O(additional_regions).
        type: list
        elements: str
      kms_key_id:
        description: Id, ARN, alias or alias ARN of the KMS key that encrypts the secret.
        type: str
      tags:
        description: Tags of the secret, added to O(tags).
        type: dict
        aliases: [resource_tags]
      allow_rotation:
        description: Accept that automatic rotation is switched on.
        type: bool
        default: false
      recovery_window_in_days:
        description: How long a deleted secret can be restored, 7 to 30 days.
        type: int
      force_delete_without_recovery:
        description: Delete the secret at once and for good. Mutually exclusive with O(secrets[].recovery_window_in_days).
        type: bool
        default: false
      force_in_use:
        description: Delete this secret even though a flow uses it. Defaults to O(force_in_use).
        type: bool
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
        description: V(present) or V(absent), which deletes the role and its policy.
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
            the role reads.
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
        description: Tags of the role and of its policy, added to O(tags).
        type: dict
        aliases: [resource_tags]
      purge_tags:
        description: Remove tags that are not declared. Defaults to O(purge_tags).
        type: bool
      allow_shared_policy:
        description: Change the policy although somebody else uses it too.
        type: bool
        default: false
      force_in_use:
        description: Delete the role, or take away from it, even though a flow needs it. Defaults to O(force_in_use).
        type: bool
  roles:
    description: Several roles, where an estate has them.
    type: list
    elements: dict
    suboptions: *role
  flows:
    description: The flows and what is granted on them, as O(mediaops.mediaconnect.entitlements#module:flows).
    type: list
    elements: dict
    suboptions:
      flow:
        description: Name of the flow, if it is the only one of that name in the Region, or its ARN.
        type: str
        required: true
        aliases: [flow_arn]
      purge_entitlements:
        description: Revoke the flow's entitlements that are not declared here. Defaults to O(purge_entitlements).
        type: bool
      entitlements:
        description: The entitlements.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: Name of the entitlement, unique within the flow.
            type: str
            required: true
          state:
            description: V(present) grants the entitlement or changes it in place, V(absent) revokes it.
            type: str
            choices: [present, absent]
            default: present
          subscribers:
            description: Account ids of 12 digits.
            type: list
            elements: str
          purge_subscribers:
            description: Remove the subscribers that are not declared.
            type: bool
            default: true
          remove_subscribers:
            description: Account ids to take the entitlement away from; if none is left it is revoked.
            type: list
            elements: str
          description:
            description: Description, which only the originator's account sees.
            type: str
          data_transfer_subscriber_fee_percent:
            description: Percentage of the data transfer fee that the subscriber pays, 0 to 100.
            type: int
          entitlement_status:
            description: Whether the content can be streamed.
            type: str
            choices: [ENABLED, DISABLED]
          encryption:
            description: How the content is encrypted between the two flows. An empty dictionary means not encrypted.
            type: dict
            suboptions:
              key_type:
                description: V(static-key), or V(speke), which AWS is phasing out.
                type: str
                choices: [static-key, speke]
              algorithm:
                description: The algorithm, which must fit the key. Required with V(static-key).
                type: str
                choices: [aes128, aes192, aes256]
              role:
                description: Name or ARN of the role that MediaConnect assumes to read the key.
                type: str
                aliases: [role_arn]
              secret:
                description: Name or ARN of the secret that holds the key. For V(static-key).
                type: str
                aliases: [secret_arn]
              resource_id:
                description: Identifier of the content for the key server. For V(speke).
                type: str
              device_id:
                description: One of the devices configured with the key provider. For V(speke).
                type: str
              url:
                description: URL of the API Gateway proxy to the key server. For V(speke).
                type: str
              region:
                description: Region of the API Gateway proxy, which must be the flow's. For V(speke).
                type: str
              constant_initialization_vector:
                description: Initialization vector of 32 hexadecimal digits. For V(speke), optional.
                type: str
          tags:
            description: Tags of the entitlement. Left alone, and not read, when omitted.
            type: dict
            aliases: [resource_tags]
  flows_file:
    description: A JSON or YAML file with the flows, as O(mediaops.mediaconnect.entitlements#module:flows_file).
    type: path
  additional_regions:
    description: Additional Regions of the secrets that do not declare their own.
    type: list
    elements: str
    default: []
  tags:
    description: Tags of all secrets, roles and policies, to which their own are added. Entitlements have tags of their own.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Remove tags that are not declared from what has its tags declared.
    type: bool
    default: true
  purge_entitlements:
    description: Revoke what is not declared on the flows that do not declare their own O(flows[].purge_entitlements).
    type: bool
    default: false
  allow_replacement:
    description: Revoke an entitlement and grant it again where AWS cannot change it in place.
    type: bool
    default: false
  force_in_use:
    description:
      - Allow what stops a stream that may be running. Revoke, disable or replace an entitlement in use or remove its subscribers,
        delete a secret or a role that a flow uses, or take away from a role what a flow needs.
    type: bool
    default: false
  verify_encryption:
    description: Look, before anything is changed, whether MediaConnect could read the key of what would be granted.
    type: bool
    default: true
  warn_shared:
    description: Warn when an entitlement gets more than one subscriber, since an entitlement can be used only once.
    type: bool
    default: true
  return_unchanged:
    description: If V(false), only entitlements to which something was done are returned, and RV(handover) is empty.
    type: bool
    default: true
  handover_dir:
    description:
      - An existing directory on the host that runs the module, for one Markdown and one JSON file per subscriber account and Region.
    type: path
  only_plan:
    description:
      - The RV(plan_digest) of an earlier run in check mode. Exactly what was looked at then is done, or nothing, if anything has changed
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
- name: Share the game, encrypted, with everything that this takes
  mediaops.mediaconnect.distribution:
    region: us-west-2
    tags:
      event: baseball
    secrets:
      - name: 2018-12-01_baseball-game-source
        algorithm: aes256
        value: "{{ vaulted_baseball_key }}"
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

- name: Take it all down in the order that keeps the stream's key to the last
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
    - What is to be done to what, in one word. It is equal in check mode and in the run that follows it, as long as nothing changes in
      between, see O(only_plan). There is no key in it.
  returned: success
  type: str
  sample: 0f343b0931126a20f133d67c2b018a3b9f7e4b9e6b5b1b7f1f1c1f1e1d1c1b1a
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._distribution.options import ROLE_SPEC, SECRET_SPEC
from ..module_utils._distribution.resource import Distribution
from ..module_utils._entitlements.options import FLOW
from ..module_utils._reconcile.fields import argument_spec
from ..module_utils._reconcile.loop import converge, run


def body(module: AnsibleAWSModule) -> None:
    converge(module, Distribution(module))


def main() -> None:
    spec = {
        "secrets": {"type": "list", "elements": "dict", "default": [], "no_log": False, "options": SECRET_SPEC},
        "role": {"type": "dict", "options": ROLE_SPEC},
        "roles": {"type": "list", "elements": "dict", "options": ROLE_SPEC},
        "flows": {"type": "list", "elements": "dict", "options": argument_spec(FLOW)},
        "flows_file": {"type": "path"},
        "additional_regions": {"type": "list", "elements": "str", "default": []},
        "tags": {"type": "dict", "aliases": ["resource_tags"]},
        "purge_tags": {"type": "bool", "default": True},
        "purge_entitlements": {"type": "bool", "default": False},
        "allow_replacement": {"type": "bool", "default": False},
        "force_in_use": {"type": "bool", "default": False},
        "verify_encryption": {"type": "bool", "default": True},
        "warn_shared": {"type": "bool", "default": True},
        "return_unchanged": {"type": "bool", "default": True},
        "handover_dir": {"type": "path"},
        "only_plan": {"type": "str"},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 120},
    }
    module = AnsibleAWSModule(
        argument_spec=spec,
        mutually_exclusive=[("role", "roles"), ("flows", "flows_file")],
        supports_check_mode=True,
    )
    run(module, body)


if __name__ == "__main__":
    main()
