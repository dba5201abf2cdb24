# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that grant entitlements."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment."""

    DOCUMENTATION = r"""
options:
  flows:
    description:
      - The flows and what is granted on them.
      - What was read can be declared as it is. Results of M(mediaops.mediaconnect.entitlements) and M(mediaops.mediaconnect.flow_info), and
        what C(aws mediaconnect describe-flow) tells and C(grant-flow-entitlements) takes; the names of the API stand for the
        options, and what is told besides them is ignored.
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
              - Account ids to take the entitlement away from. The others keep it; if none is left, it is revoked.
              - Mutually exclusive with O(flows[].entitlements[].subscribers).
            type: list
            elements: str
          description:
            description: Description, which only the originator's account sees.
            type: str
          data_transfer_subscriber_fee_percent:
            description:
              - Percentage of the data transfer fee that the subscriber pays, 0 to 100. AWS's default is 0.
              - AWS takes it only when the entitlement is granted. A different value is refused unless O(allow_replacement=true).
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
                description: Initialization vector of 32 hexadecimal digits. For V(speke), optional. An empty string removes it.
                type: str
          tags:
            description: Tags of the entitlement. Left alone, and not read, when omitted.
            type: dict
            aliases: [resource_tags]
  flows_file:
    description:
      - A JSON or YAML file on the host that runs the module, with the same list, alone or under C(flows) or C(entitlements_flows).
      - For large estates. Ansible takes minutes to pass tens of thousands of entitlements through its variables, while the module
        reads them from JSON in seconds.
      - What was read can be declared as it is, as in O(flows).
      - Relative to the folder in which the user stands, where the module runs on the controller.
    type: path
  return_unchanged:
    description:
      - If V(false), only entitlements to which something was done are returned, RV(handover) is empty, and RV(counts) covers the rest.
        Use it together with O(flows_file), and with O(handover_dir) to get what is to be handed over.
    type: bool
    default: true
  handover_dir:
    description:
      - An existing directory on the host that runs the module, for one Markdown and one JSON file per subscriber account and Region,
        ready to send. There is no key in them.
      - Files are written only when their content changes, and not when the task fails. Files of accounts that are no longer granted
        anything are left there.
      - A file is replaced in one step, and never through a symbolic link. Only its owner can read a new one.
    type: path
  purge_entitlements:
    description: Revoke what is not declared, on the flows that do not set O(flows[].purge_entitlements).
    type: bool
    default: false
  allow_replacement:
    description:
      - Revoke an entitlement and grant it again where AWS cannot change it in place. The subscriber then has to start its flow again.
    type: bool
    default: false
  verify_encryption:
    description:
      - Check, before anything is changed, whether MediaConnect could read the key of each entitlement that would be granted or whose
        encryption would change, and refuse what would not work, with the remedy. AWS itself finds out only when the stream fails.
      - The role must exist, trust C(mediaconnect.amazonaws.com) for the flow, and be allowed to read the secret, by its policies within its
        permissions boundary or by the secret's resource policy, and to use the secret's KMS key. The secret must exist, not be scheduled for
        deletion, and, where the caller may read it, hold a key that fits the algorithm, without white space around it.
      - What the caller may not look at is skipped, with a warning. What needs no change is not checked.
    type: bool
    default: true
  warn_shared:
    description: Warn when an entitlement gets more than one subscriber, since an entitlement can be used only once.
    type: bool
    default: true
"""
