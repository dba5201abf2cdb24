#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: flow_info
version_added: 1.0.0
short_description: Read AWS Elemental MediaConnect flows, their entitlements and their messages
description:
  - Returns the flows of a Region with their sources, outputs and entitlements, and the messages in which MediaConnect says what is wrong with them.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  flows:
    description:
      - Names or ARNs of the flows to return. A name returns every flow of that name, if there are any.
      - When omitted, all flows of the Region are returned.
    type: list
    elements: str
  include_tags:
    description: Return the tags of the flows and their entitlements too, which takes one call for each.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - mediaops.mediaconnect.attributes.info
seealso:
  - module: mediaops.mediaconnect.entitlements
  - module: mediaops.mediaconnect.received_entitlement_info
"""

EXAMPLES = r"""
- name: Read one flow
  mediaops.mediaconnect.flow_info:
    region: us-west-2
    flows:
      - BaseballGame
  register: baseball

- name: Fail if MediaConnect reports a problem with it
  ansible.builtin.assert:
    that: baseball.flows[0].messages | length == 0
    fail_msg: "{{ baseball.flows[0].messages | join(' ') }}"
"""

RETURN = r"""
flows:
  description: The flows, sorted by name and ARN.
  returned: always
  type: list
  elements: dict
  contains:
    flow_arn:
      description: ARN of the flow.
      returned: always
      type: str
      sample: arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame
    name:
      description: Name of the flow.
      returned: always
      type: str
      sample: BaseballGame
    region:
      description: Region of the flow.
      returned: always
      type: str
      sample: us-west-2
    status:
      description: Status of the flow.
      returned: always
      type: str
      sample: ACTIVE
    description:
      description: Description of the flow.
      returned: always
      type: str
      sample: The game of tonight
    availability_zone:
      description: Availability Zone in which the flow runs.
      returned: always
      type: str
      sample: us-west-2a
    egress_ip:
      description: IP address from which the flow sends.
      returned: always
      type: str
      sample: 203.0.113.10
    vpc_interfaces:
      description: The flow's VPC interfaces, with the API's fields in snake_case.
      returned: always
      type: list
      elements: dict
      sample: []
    media_streams:
      description: The flow's media streams, with the API's fields in snake_case.
      returned: always
      type: list
      elements: dict
      sample: []
    maintenance:
      description: When MediaConnect maintains the flow; null if AWS tells nothing of it. So are the four below.
      returned: always
      type: dict
      sample: {"maintenance_day": "Tuesday", "maintenance_start_hour": "02:00"}
    source_failover_config:
      description: How the flow uses two sources.
      returned: always
      type: dict
      sample: {"state": "ENABLED", "failover_mode": "MERGE"}
    source_monitoring_config:
      description: What MediaConnect looks at in the source.
      returned: always
      type: dict
      sample: {"thumbnail_state": "ENABLED"}
    flow_size:
      description: Size of the flow.
      returned: always
      type: str
      sample: MEDIUM
    ndi_config:
      description: How the flow uses NDI.
      returned: always
      type: dict
      sample: {"ndi_state": "DISABLED"}
    encoding_config:
      description: How the flow encodes an NDI source.
      returned: always
      type: dict
      sample: {"encoding_profile": "CONTRIBUTION_H264_DEFAULT"}
    sources:
      description: The flow's sources, with the API's fields in snake_case.
      returned: always
      type: list
      elements: dict
      sample: [{"name": "BaseballGameSource", "source_arn": "arn:aws:mediaconnect:us-west-2:111122223333:source:1-23aBC45dEF67hiJ8-12AbC34DE5fG:cam"}]
    outputs:
      description: The flow's outputs, with the API's fields in snake_case.
      returned: always
      type: list
      elements: dict
      sample: []
    entitlements:
      description: The flow's entitlements, in the form that M(mediaops.mediaconnect.entitlements) returns and takes.
      returned: always
      type: list
      elements: dict
      sample:
        - name: ExampleCorp
          entitlement_arn: arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-3333cccc4444dddd-1111aaaa2222:ExampleCorp
          subscribers: ["777788889999"]
          description: For Example Corp
          data_transfer_subscriber_fee_percent: 0
          entitlement_status: ENABLED
          encryption: null
          in_use: false
    messages:
      description: What MediaConnect reports as wrong with the flow.
      returned: always
      type: list
      elements: str
      sample: []
    tags:
      description: Tags of the flow.
      returned: when O(include_tags=true)
      type: dict
      sample: {"event": "baseball"}
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._aws.client import Clients
from ..module_utils._flows.observe import flow_facts, read, read_tags
from ..module_utils._flows.options import INFO_TASK
from ..module_utils._reconcile.loop import run


def body(module: AnsibleAWSModule) -> None:
    client = Clients(module).get("mediaconnect")
    flows = [flow_facts(flow) for flow in read(client, module.params["flows"])]
    if module.params["include_tags"]:
        read_tags(client, flows)
    module.exit_json(changed=False, flows=sorted(flows, key=lambda flow: (flow["name"], flow["flow_arn"])))


def main() -> None:
    run(AnsibleAWSModule(argument_spec=INFO_TASK, supports_check_mode=True), body)


if __name__ == "__main__":
    main()
