#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: received_entitlement_info
version_added: 1.0.0
short_description: Read the entitlements that other accounts have granted to this one
description:
  - Returns what a subscriber's account was granted in a Region. Run it with the subscriber's credentials.
  - AWS tells a subscriber neither the algorithm nor whether the content is encrypted; the originator hands that over.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  names:
    description: Return only entitlements with these names.
    type: list
    elements: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - mediaops.mediaconnect.attributes.info
seealso:
  - module: mediaops.mediaconnect.entitlements
"""

EXAMPLES = r"""
- name: See what this account was granted
  mediaops.mediaconnect.received_entitlement_info:
    region: us-west-2
  register: received

- name: Show the ARNs from which flows can be made
  ansible.builtin.debug:
    msg: "{{ received.entitlements | map(attribute='entitlement_arn') }}"
"""

RETURN = r"""
entitlements:
  description: The entitlements, sorted by ARN.
  returned: always
  type: list
  elements: dict
  contains:
    entitlement_arn:
      description: ARN of the entitlement, from which the subscriber makes a flow.
      returned: always
      type: str
      sample: arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-11aa22bb11aa22bb-3333cccc4444:AnyCompany_Entitlement
    entitlement_name:
      description: Name of the entitlement.
      returned: always
      type: str
      sample: AnyCompany_Entitlement
    data_transfer_subscriber_fee_percent:
      description: Percentage of the data transfer fee that this account pays.
      returned: always
      type: int
      sample: 15
    originator:
      description: Account id of the originator.
      returned: always
      type: str
      sample: "111122223333"
    region:
      description: Region in which a flow can be made from it.
      returned: always
      type: str
      sample: us-west-2
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._aws import mediaconnect as api
from ..module_utils._aws.client import Clients
from ..module_utils._entitlements.options import RECEIVED_TASK
from ..module_utils._reconcile.arn import account_of, region_of
from ..module_utils._reconcile.loop import run


def shown(entitlement: dict[str, Any]) -> dict[str, Any]:
    """A ListedEntitlement in the form of the result."""
    arn = entitlement["EntitlementArn"]
    return {
        "entitlement_arn": arn,
        "entitlement_name": entitlement["EntitlementName"],
        "data_transfer_subscriber_fee_percent": entitlement.get("DataTransferSubscriberFeePercent") or 0,
        "originator": account_of(arn),
        "region": region_of(arn),
    }


def body(module: AnsibleAWSModule) -> None:
    names = module.params["names"]
    received = [shown(entitlement) for entitlement in api.list_entitlements(Clients(module).get("mediaconnect"))]
    wanted = [entitlement for entitlement in received if names is None or entitlement["entitlement_name"] in names]
    module.exit_json(changed=False, entitlements=sorted(wanted, key=lambda entitlement: entitlement["entitlement_arn"]))


def main() -> None:
    run(AnsibleAWSModule(argument_spec=RECEIVED_TASK, supports_check_mode=True), body)


if __name__ == "__main__":
    main()
