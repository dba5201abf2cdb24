#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: trust_role
version_added: 1.0.0
short_description: Manage the IAM role that AWS Elemental MediaConnect assumes to read a key
description:
  - Manages an IAM role that AWS Elemental MediaConnect may assume, and the customer managed policy that lets it read exactly
    the declared secrets.
  - The trust policy trusts MediaConnect alone, on behalf of your own account and the declared flows. Both policies are
    compared by their meaning; whatever somebody else has added, removed or detached is corrected.
  - Other managed policies and the inline policies of the role are left alone, see O(purge_policies).
  - If an option is omitted, what IAM has is left alone; an empty list or string empties it.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  name:
    description:
      - Name or ARN of the role.
      - V(MediaConnectAccessRole) is reserved by AWS and refused.
    type: str
    required: true
    aliases: [role_arn]
  state:
    description:
      - V(present) creates the role and its policy, and keeps both as declared.
      - V(absent) deletes the role, and its policy unless somebody else uses it.
    type: str
    choices: [present, absent]
    default: present
  secrets:
    description:
      - The secrets that MediaConnect may read through the role, by name or full ARN. A name is looked up in the task's Region;
        an ARN may be of any Region, but must be of the role's account.
      - An ARN that ends in C(-??????) stands for a secret whose ARN is not known yet, as M(mediaops.mediaconnect.key_secrets)
        returns it in check mode. IAM reads the question marks as wildcards.
      - A policy has room for about 60 secrets, and a longer one is refused rather than split. Whoever gets hold of a role can read all
        that it may read, several policies cannot be changed in one step, and the number of policies on a role is a quota that you may
        need for others. Give the other secrets to another role; each entitlement names its own role.
    type: list
    elements: str
  kms_keys:
    description:
      - The customer managed KMS keys that encrypt the secrets, by id, ARN or alias. MediaConnect may decrypt with them
        through Secrets Manager only.
      - Not needed for secrets that are encrypted with the account's key C(aws/secretsmanager).
    type: list
    elements: str
  speke_apis:
    description:
      - The APIs of Amazon API Gateway that MediaConnect may call for keys (SPEKE), by id or by execute-api ARN.
    type: list
    elements: str
  flows:
    description:
      - The flows that may use the role, by name or ARN. They become the C(aws:SourceArn) condition of the trust policy.
      - A name stands for a flow in the task's Region. Of an ARN, only Region and name are used, so that a flow that is made again keeps its key.
      - If none are given, every flow of the account may use the role, and the task warns about it.
      - When IAM has no room for all of them, the role serves every flow of their Regions, and the task warns about it.
    type: list
    elements: str
  policy_name:
    description:
      - Name of the customer managed policy. It is made under the path of the role.
      - Defaults to C(SecretsManagerForMediaConnect-) followed by the role's name, so that two roles never share a policy. But if exactly
        one of your account's policies attached to the role does nothing but permit reading keys, the role keeps that one.
      - A policy that was made earlier under another name stays attached, see O(purge_policies).
    type: str
  confused_deputy_protection:
    description:
      - Whether the trust policy has the conditions C(aws:SourceAccount) and C(aws:SourceArn), which keep others from having
        MediaConnect use the role for them.
      - Defaults to V(true), except for a role that serves O(speke_apis) and nothing else. Such a role keeps the conditions that it has, and
        gets none when it is new. AWS documents the conditions for static keys, but not whether key requests for SPEKE carry them.
    type: bool
  purge:
    description:
      - Whether secrets, KMS keys, APIs and flows that are not declared are taken out of the two policies. This concerns only those of
        the four options that are given.
      - Purging looks only at the task's Region and the Regions of the ARNs in the same option, so that tasks for
        several Regions can share a role.
      - With V(false), what is declared is added to what the role already serves.
    type: bool
    default: true
  purge_policies:
    description: Detach all other managed policies from the role.
    type: bool
    default: false
  path:
    description:
      - Path of the role and its policy, for a new role. IAM cannot change it.
      - CloudFormation and the routers of MediaConnect refuse a role whose path is not V(/).
    type: str
  description:
    description: Description of the role.
    type: str
  permissions_boundary:
    description:
      - Name or ARN of the managed policy that is the role's permissions boundary.
      - An empty string removes it.
    type: str
  max_session_duration:
    description: How long a session of the role may last, 3600 to 43200 seconds. IAM's default is 3600.
    type: int
  tags:
    description: Tags of the role and its policy. Left alone when omitted.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Remove tags that are not declared, if O(tags) is given.
    type: bool
    default: true
  allow_shared_policy:
    description:
      - Change the policy even though another role, a user or a group uses it too, or even though a policy of that name exists that is
        not attached to the role and permits something else. Otherwise both are refused.
    type: bool
    default: false
  force_in_use:
    description:
      - Delete the role even though an entitlement, source or output of a flow names it, even though it does not trust
        MediaConnect, or although it cannot be told whether a flow uses it.
      - Likewise, take away from the role a secret, key or flow that an entitlement, source or output needs, detach a policy, or set a permissions
        boundary that forbids what is needed, whose picture would then go dark. Without this option that is refused, in check mode too.
      - Likewise, change whom a role trusts that trusts another service only, which is probably a slip in the name.
      - Flows are looked for in the Regions where the role would serve less, which are all Regions of MediaConnect if it serves every flow.
    type: bool
    default: false
  wait:
    description:
      - Wait until IAM answers for a new role and policy.
      - It may still take some seconds until MediaConnect can assume the role, and AWS has no way to find out when;
        M(mediaops.mediaconnect.entitlements) keeps trying meanwhile.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait at most for the role, and as many for the policy.
    type: int
    default: 120
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - mediaops.mediaconnect.attributes
notes:
  - IAM is global. The Region of the task is the Region of the secrets and flows that are given by name.
seealso:
  - module: mediaops.mediaconnect.key_secrets
  - module: mediaops.mediaconnect.entitlements
  - name: Setting up static key encryption
    description: The MediaConnect user guide on keys, secrets and roles.
    link: https://docs.aws.amazon.com/mediaconnect/latest/ug/encryption-static-key-set-up.html
  - name: Cross-service confused deputy prevention
    description: The MediaConnect user guide on the conditions of the trust policy.
    link: https://docs.aws.amazon.com/mediaconnect/latest/ug/cross-service-confused-deputy-prevention.html
"""

EXAMPLES = r"""
- name: Let MediaConnect read one key, for one flow
  mediaops.mediaconnect.trust_role:
    region: us-west-2
    name: MediaConnect-ASM
    description: Allows MediaConnect to view secrets stored in AWS Secrets Manager.
    secrets:
      - 2018-12-01_baseball-game-source
    flows:
      - BaseballGame
    tags:
      event: baseball

- name: Name the policy, and decrypt with a customer managed key
  mediaops.mediaconnect.trust_role:
    region: us-west-2
    name: MediaConnect-ASM
    policy_name: SecretsManagerForMediaConnect
    secrets:
      - arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i
    kms_keys:
      - alias/video
    flows:
      - BaseballGame

- name: Add a key and a flow to what the role already serves
  mediaops.mediaconnect.trust_role:
    region: us-west-2
    name: MediaConnect-ASM
    secrets:
      - tennis-final
    flows:
      - TennisFinal
    purge: false

- name: Let MediaConnect fetch keys from a SPEKE key server
  mediaops.mediaconnect.trust_role:
    region: us-west-2
    name: MediaConnect-SPEKE
    speke_apis:
      - 1abcdefghi

- name: Remove the role and its policy
  mediaops.mediaconnect.trust_role:
    region: us-west-2
    name: MediaConnect-ASM
    state: absent
"""

RETURN = r"""
role:
  description:
    - The role as it is, or in check mode as it would be. All but RV(role.name) and RV(role.action) are null when there is no role.
  returned: success
  type: dict
  contains:
    name:
      description: Name of the role.
      returned: always
      type: str
      sample: MediaConnect-ASM
    arn:
      description: ARN of the role.
      returned: always
      type: str
      sample: arn:aws:iam::111122223333:role/MediaConnect-ASM
    path:
      description: Path of the role.
      returned: always
      type: str
      sample: /
    description:
      description: Description of the role.
      returned: always
      type: str
      sample: Allows MediaConnect to view secrets stored in AWS Secrets Manager.
    max_session_duration:
      description: How many seconds a session of the role may last.
      returned: always
      type: int
      sample: 3600
    permissions_boundary:
      description: ARN of the managed policy that is the permissions boundary, null if there is none.
      returned: always
      type: str
      sample: arn:aws:iam::111122223333:policy/MediaBoundary
    policy_name:
      description: Name of the customer managed policy, null when the role may not read anything.
      returned: always
      type: str
      sample: SecretsManagerForMediaConnect
    policy_arn:
      description: ARN of the customer managed policy.
      returned: always
      type: str
      sample: arn:aws:iam::111122223333:policy/SecretsManagerForMediaConnect
    policy_version:
      description: The policy's default version. In check mode it is null when a new version would be made.
      returned: always
      type: str
      sample: v1
    trust_policy:
      description: The trust policy.
      returned: always
      type: dict
      sample:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: mediaconnect.amazonaws.com}
            Action: sts:AssumeRole
            Condition:
              StringEquals: {"aws:SourceAccount": "111122223333"}
              ArnLike: {"aws:SourceArn": "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:BaseballGame"}
    permissions_policy:
      description: The default version of the customer managed policy.
      returned: always
      type: dict
      sample:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action:
              - secretsmanager:GetResourcePolicy
              - secretsmanager:GetSecretValue
              - secretsmanager:DescribeSecret
              - secretsmanager:ListSecretVersionIds
            Resource:
              - arn:aws:secretsmanager:us-west-2:111122223333:secret:2018-12-01_baseball-game-source-7g8H9i
    attached_policies:
      description: ARNs of all managed policies attached to the role.
      returned: always
      type: list
      elements: str
      sample: ["arn:aws:iam::111122223333:policy/SecretsManagerForMediaConnect"]
    tags:
      description: Tags of the role.
      returned: always
      type: dict
      sample: {"event": "baseball"}
    action:
      description: What was done, or would be done in check mode.
      returned: always
      type: str
      choices: [created, updated, deleted, unchanged]
      sample: created
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._aws.client import Clients
from ..module_utils._reconcile.loop import converge, run
from ..module_utils._roles.options import TASK
from ..module_utils._roles.resource import Role
from ..module_utils._streams.observe import Streams


def body(module: AnsibleAWSModule) -> None:
    clients = Clients(module)
    params = module.params
    converge(
        module,
        Role(clients, Streams(clients, module.no_log_values.add), [params], params["wait"], params["wait_timeout"]),
    )


def main() -> None:
    run(AnsibleAWSModule(argument_spec=TASK, supports_check_mode=True), body)


if __name__ == "__main__":
    main()
