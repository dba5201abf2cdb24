#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: entitlements
version_added: 1.0.0
short_description: Grant, change and revoke entitlements on AWS Elemental MediaConnect flows
description:
  - Makes the entitlements of any number of flows of one Region as declared, in one task.
  - Never stops a running stream unasked. What would do so is refused, in check mode too, unless the option that allows it is set.
  - Everything is checked before the first change. One flow's failure does not stop the others; the task then fails, saying what
    was done and what was not, and running again finishes the job.
  - Options that are left out leave AWS's values alone. An empty string or dictionary means empty.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  flows:
    description: The flows and what is granted on them.
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
            description: Name of the entitlement, unique within the flow. It becomes part of the ARN, which the subscriber sees.
            type: str
            required: true
          state:
            description:
              - V(present) grants the entitlement or changes it in place.
              - V(absent) revokes it.
            type: str
            choices: [present, absent]
            default: present
          subscribers:
            description:
              - Account ids of 12 digits. Quote one that begins with a zero. Their order does not matter.
              - Required to grant a new entitlement. An empty list is refused; use O(flows[].entitlements[].state=absent) to revoke.
            type: list
            elements: str
          purge_subscribers:
            description: Remove the subscribers that are not declared. If V(false), the declared ones are added.
            type: bool
            default: true
          remove_subscribers:
            description:
              - Account ids to take the entitlement away from. The others keep it, and if none is left it is revoked.
              - Mutually exclusive with O(flows[].entitlements[].subscribers).
            type: list
            elements: str
          description:
            description: Description, which only the originator's account sees.
            type: str
          data_transfer_subscriber_fee_percent:
            description:
              - Percentage of the data transfer fee that the subscriber pays, 0 to 100. AWS's default is 0.
              - AWS takes it at granting only. A different value is refused unless O(allow_replacement=true).
            type: int
          entitlement_status:
            description: Whether the content can be streamed. AWS's default is V(ENABLED).
            type: str
            choices: [ENABLED, DISABLED]
          encryption:
            description:
              - How the content is encrypted between the two flows. Left alone when omitted.
              - An empty dictionary means not encrypted. AWS cannot take encryption off an entitlement, so that is refused
                unless O(allow_replacement=true).
            type: dict
            suboptions:
              key_type:
                description:
                  - V(static-key), or V(speke), which AWS is phasing out.
                  - If anything else of the encryption is given, V(static-key) is the default.
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
                description: Name or ARN of the secret that holds the key, in the flow's account and Region. For V(static-key).
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
                description: Initialization vector of 32 hexadecimal digits. For V(speke), optional. An empty one takes it off.
                type: str
          tags:
            description: Tags of the entitlement. Left alone, and not read, when omitted.
            type: dict
            aliases: [resource_tags]
  flows_file:
    description:
      - A JSON or YAML file on the host that runs the module, with the same list, alone or under C(flows) or C(entitlements_flows).
      - For large estates. Ansible takes minutes to carry tens of thousands of entitlements through its variables, and the module
        reads them from JSON in seconds.
    type: path
  return_unchanged:
    description:
      - If V(false), only entitlements to which something was done are returned, RV(handover) is empty, and RV(counts) says the rest.
        Use it together with O(flows_file), and with O(handover_dir) for what is to be handed over.
    type: bool
    default: true
  handover_dir:
    description:
      - An existing directory on the host that runs the module, for one Markdown and one JSON file per subscriber account and Region,
        ready to send. There is no key in them.
      - Files are only written when their content changes, and not when the task fails. Files of accounts that are granted nothing
        any more are left there.
      - A file is replaced in one step, and never through a symbolic link. A new one is for its owner alone to read.
    type: path
  purge_entitlements:
    description: Revoke what is not declared on the flows that do not declare their own O(flows[].purge_entitlements).
    type: bool
    default: false
  allow_replacement:
    description:
      - Revoke an entitlement and grant it again where AWS cannot change it in place. The subscriber then has to start its flow again.
    type: bool
    default: false
  force_in_use:
    description:
      - Allow to revoke, disable or replace an entitlement in use, and to remove its subscribers. An entitlement is in use when an
        output of the flow carries its ARN, which means that a subscriber made a flow from it.
    type: bool
    default: false
  verify_encryption:
    description:
      - Look, before anything is changed, whether MediaConnect could read the key of each entitlement that would be granted or whose
        encryption would change, and refuse what would not work, with the remedy. AWS itself finds out when the stream fails.
      - The role must exist, trust C(mediaconnect.amazonaws.com) for the flow, and be allowed to read the secret. The secret must exist,
        not be scheduled for deletion, and, where the caller may read it, hold a key that fits the algorithm.
      - What the caller may not look at is skipped, with a warning. What needs no change is not looked at.
    type: bool
    default: true
  warn_shared:
    description: Warn when an entitlement gets more than one subscriber, since an entitlement can be used only once.
    type: bool
    default: true
  purge_tags:
    description: Remove tags that are not declared from the entitlements whose tags are declared.
    type: bool
    default: true
  known_secrets:
    description:
      - What M(mediaops.mediaconnect.key_secrets) returned earlier in the play, with C(name), C(arn), C(algorithm) and
        C(key_fingerprint). It saves looking its secrets up, and adds their fingerprints to RV(handover).
      - In check mode a secret that is listed here counts as present, with or without its ARN, and with O(verify_encryption) its
        algorithm must be that of the entitlement.
    type: list
    elements: dict
    default: []
  known_roles:
    description:
      - What M(mediaops.mediaconnect.trust_role) returned earlier in the play, with the same effect for roles. In check mode with
        O(verify_encryption) their C(trust_policy) must admit the flow, and the C(permissions_policy) of a new role the secret, where
        given. If several tasks work on one role, list what each of them returned.
      - A role whose C(action) is not V(unchanged) is given time, within O(wait_timeout), until MediaConnect sees it as it is now.
    type: list
    elements: dict
    default: []
  wait:
    description:
      - Wait until what was revoked is gone. AWS answers before it is.
      - The wait between revoking and granting again the same name takes place in any case.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait at most.
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
  - module: mediaops.mediaconnect.flow_info
  - name: Entitlements
    description: The MediaConnect user guide on sharing content with other accounts.
    link: https://docs.aws.amazon.com/mediaconnect/latest/ug/entitlements.html
"""

EXAMPLES = r"""
- name: Share the game with two companies, encrypted with one of them
  mediaops.mediaconnect.entitlements:
    region: us-west-2
    flows:
      - flow: BaseballGame
        entitlements:
          - name: AnyCompany_Entitlement
            description: For AnyCompany
            subscribers: ["444455556666", "123456789012"]
            data_transfer_subscriber_fee_percent: 15
            encryption:
              algorithm: aes256
              role: MediaConnect-ASM
              secret: 2018-12-01_baseball-game-source
          - name: ExampleCorp
            description: For Example Corp
            subscribers: ["777788889999"]

- name: Pause one subscriber, although its flow may be running
  mediaops.mediaconnect.entitlements:
    region: us-west-2
    force_in_use: true
    flows:
      - flow: BaseballGame
        entitlements:
          - name: ExampleCorp
            entitlement_status: DISABLED

- name: Revoke everything that is not declared
  mediaops.mediaconnect.entitlements:
    region: us-west-2
    flows:
      - flow: BaseballGame
        purge_entitlements: true
        entitlements:
          - name: AnyCompany_Entitlement
"""

RETURN = r"""
flows:
  description: The flows in declared order.
  returned: always
  type: list
  elements: dict
  contains:
    flow_arn:
      description: ARN of the flow.
      returned: always
      type: str
      sample: arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame
    flow_name:
      description: Name of the flow.
      returned: always
      type: str
      sample: BaseballGame
    region:
      description: Region of the flow.
      returned: always
      type: str
      sample: us-west-2
    entitlements:
      description: The declared entitlements in declared order, then those that were purged.
      returned: always
      type: list
      elements: dict
      contains:
        name:
          description: Name of the entitlement.
          returned: always
          type: str
          sample: AnyCompany_Entitlement
        entitlement_arn:
          description: ARN of the entitlement. In check mode, six question marks stand for the part that only AWS can tell.
          returned: when it exists, would exist, or existed
          type: str
          sample: arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-11aa22bb11aa22bb-3333cccc4444:AnyCompany_Entitlement
        subscribers:
          description: Account ids, sorted.
          returned: when it exists, would exist, or existed
          type: list
          elements: str
          sample: ["123456789012", "444455556666"]
        description:
          description: Description.
          returned: when it exists, would exist, or existed
          type: str
          sample: For AnyCompany
        data_transfer_subscriber_fee_percent:
          description: Percentage of the data transfer fee that the subscriber pays.
          returned: when it exists, would exist, or existed
          type: int
          sample: 15
        entitlement_status:
          description: V(ENABLED) or V(DISABLED).
          returned: when it exists, would exist, or existed
          type: str
          sample: ENABLED
        encryption:
          description: Key type, algorithm, role_arn and secret_arn, or the SPEKE fields; null if it is not encrypted.
          returned: when it exists, would exist, or existed
          type: dict
          sample:
            key_type: static-key
            algorithm: aes256
            role_arn: arn:aws:iam::111122223333:role/MediaConnect-ASM
            secret_arn: arn:aws:secretsmanager:us-west-2:111122223333:secret:2018-12-01_baseball-game-source-7g8H9i
        tags:
          description: Tags.
          returned: when tags are declared
          type: dict
          sample: {"event": "baseball"}
        in_use:
          description: Whether an output of the flow carries the entitlement's ARN.
          returned: when it exists, would exist, or existed
          type: bool
          sample: false
        removed_subscribers:
          description: The account ids that lose the entitlement by this task.
          returned: when there are any
          type: list
          elements: str
          sample: ["444455556666"]
          version_added: 2.0.0
        action:
          description: What was done, or would be done in check mode. V(failed) if it could not be done, or not all of it.
          returned: always
          type: str
          choices: [granted, updated, replaced, revoked, unchanged, failed]
          sample: granted
counts:
  description: How many of the entitlements in RV(flows) were granted, updated, replaced, revoked, unchanged and failed.
  returned: always
  type: dict
  sample: {"granted": 2, "updated": 0, "replaced": 0, "revoked": 0, "unchanged": 48, "failed": 0}
handover_files:
  description: The files in O(handover_dir) that say what to hand over.
  returned: when O(handover_dir) is set
  type: list
  elements: path
  sample: ["/srv/handover/444455556666-us-west-2.json", "/srv/handover/444455556666-us-west-2.md"]
handover:
  description: What to give to each subscriber account, in order of account. The key itself is not part of it.
  returned: always
  type: list
  elements: dict
  contains:
    subscriber:
      description: Account id of the subscriber.
      returned: always
      type: str
      sample: "444455556666"
    entitlements:
      description:
        - What it was granted by this task's flows, with entitlement_arn, entitlement_name, entitlement_status, flow_name, region,
          key_type, algorithm, key_fingerprint, data_transfer_subscriber_fee_percent, and the C(metrics) to watch.
        - key_fingerprint is null where it is not known, see O(known_secrets).
      returned: always
      type: list
      elements: dict
      sample:
        - entitlement_name: AnyCompany_Entitlement
          entitlement_arn: arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-11aa22bb11aa22bb-3333cccc4444:AnyCompany_Entitlement
          entitlement_status: ENABLED
          flow_name: BaseballGame
          region: us-west-2
          key_type: static-key
          algorithm: aes256
          key_fingerprint: 9f3a-1c44-07be-d215
          data_transfer_subscriber_fee_percent: 15
          metrics: [SourceBitRate, SourceContinuityCounter, SourceNotRecoveredPackets]
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._aws.client import Clients
from ..module_utils._encryption.resolve import references
from ..module_utils._entitlements.file import declared_flows
from ..module_utils._entitlements.options import FLOW, validate
from ..module_utils._entitlements.resource import Entitlements, setting
from ..module_utils._reconcile.fields import argument_spec
from ..module_utils._reconcile.loop import converge, run


def body(module: AnsibleAWSModule) -> None:
    clients = Clients(module)
    settings = setting(module)
    flows = declared_flows(module.params)
    secrets, roles = module.params["known_secrets"], module.params["known_roles"]
    names = references(secrets, roles, clients.region)
    if module.check_mode:
        names.expect(secrets, roles, clients.region)
    validate(flows, clients.region, names, predicted=module.check_mode)
    fingerprints = {secret.get("arn"): secret.get("key_fingerprint") for secret in secrets}
    converge(module, Entitlements(clients, flows, names, settings, lambda: fingerprints))


def main() -> None:
    spec = {
        "flows": {"type": "list", "elements": "dict", "options": argument_spec(FLOW)},
        "flows_file": {"type": "path"},
        "return_unchanged": {"type": "bool", "default": True},
        "handover_dir": {"type": "path"},
        "purge_entitlements": {"type": "bool", "default": False},
        "allow_replacement": {"type": "bool", "default": False},
        "force_in_use": {"type": "bool", "default": False},
        "verify_encryption": {"type": "bool", "default": True},
        "warn_shared": {"type": "bool", "default": True},
        "purge_tags": {"type": "bool", "default": True},
        "known_secrets": {"type": "list", "elements": "dict", "default": [], "no_log": False},
        "known_roles": {"type": "list", "elements": "dict", "default": []},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 120},
    }
    module = AnsibleAWSModule(
        argument_spec=spec,
        mutually_exclusive=[("flows", "flows_file")],
        required_one_of=[("flows", "flows_file")],
        supports_check_mode=True,
    )
    run(module, body)


if __name__ == "__main__":
    main()
