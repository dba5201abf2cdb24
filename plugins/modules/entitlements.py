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
  - Makes the entitlements of any number of flows in one Region as declared, in one task.
  - Never stops a running stream unless asked to. Anything that would do so is refused, in check mode too, unless the option that allows it is set.
  - Everything is checked before the first change. One flow's failure does not stop the others; the task then fails, saying what
    was done and what was not, and running again finishes the job.
  - Options that are left out leave AWS's values alone. An empty string or dictionary means empty.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  force_in_use:
    description:
      - Allow an entitlement in use to be revoked, disabled or replaced, its subscribers to be removed, and its key to become another one. An
        entitlement is in use when an output of the flow carries its ARN, which means that a subscriber made a flow from it.
      - Another secret that holds the same key needs no option, if the caller may read both.
    type: bool
    default: false
  purge_tags:
    description: Remove tags that are not declared from the entitlements whose tags are declared.
    type: bool
    default: true
  fingerprints:
    description:
      - Read the stored keys, so that their fingerprints are returned where the caller may read them, whether or not this task needs the values.
      - Where the caller may not, C(key_fingerprint) in RV(handover) is null, with a warning.
    type: bool
    default: false
    version_added: 2.0.0
  known_secrets:
    description:
      - What M(mediaops.mediaconnect.key_secrets) returned earlier in the play, with C(name), C(arn), C(algorithm) and
        C(key_fingerprint). It saves looking these secrets up, and adds their fingerprints to RV(handover).
      - In check mode a secret that is listed here counts as present, with or without its ARN, and with O(verify_encryption) its
        algorithm must be that of the entitlement.
    type: list
    elements: dict
    default: []
  known_roles:
    description:
      - What M(mediaops.mediaconnect.trust_role) returned earlier in the play, with the same effect for roles. In check mode with
        O(verify_encryption), their C(trust_policy) must admit the flow, and the C(permissions_policy) of a new role must admit the secret,
        where given. If several tasks work on one role, list what each of them returned.
      - With a role whose C(action) is not V(unchanged), the module waits, within O(wait_timeout), until MediaConnect sees it as it is now.
    type: list
    elements: dict
    default: []
  wait:
    description:
      - Wait until the entitlements that were revoked are gone. AWS answers before they are.
      - Where a revoked entitlement is granted again, the module waits in any case.
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
  - mediaops.mediaconnect.flows
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
          description: The account ids that lose the entitlement through this task.
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
  description: What to give to each subscriber account, sorted by account. The key itself is not part of it.
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
        - What it was granted on this task's flows, with entitlement_arn, entitlement_name, entitlement_status, flow_name, region,
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
from ..module_utils._entitlements.options import ENTITLEMENTS_TASK, ONE_OF, validate
from ..module_utils._entitlements.resource import Entitlements, setting
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
    module = AnsibleAWSModule(
        argument_spec=ENTITLEMENTS_TASK,
        mutually_exclusive=[ONE_OF],
        required_one_of=[ONE_OF],
        supports_check_mode=True,
    )
    run(module, body)


if __name__ == "__main__":
    main()
