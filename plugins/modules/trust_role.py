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
  - The trust policy names MediaConnect alone, on behalf of your own account and of the declared flows. Both policies are
    compared by their meaning; whatever somebody else has added, removed or detached is mended.
  - Other managed policies and the inline policies of the role are left alone, see O(purge_policies).
  - An option that is left out leaves alone what IAM has; an empty list or string empties it.
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
      - A policy has room for about 60 secrets, and a longer one is refused rather than split. What one role may read is what
        is lost with that role, several policies cannot be changed in one step, and the number that a role may have is a quota that
        you may need for others. Give the rest to another role; each entitlement names its own.
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
      - A name stands for a flow of the task's Region. Of an ARN, Region and name are used, so that a flow that is made anew keeps its key.
      - Without any, every flow of the account may use the role, and the task warns about it.
      - When IAM has no room for all of them, the role serves every flow of their Regions, and the task warns about it.
    type: list
    elements: str
  policy_name:
    description:
      - Name of the customer managed policy. It is made under the path of the role.
      - Defaults to C(SecretsManagerForMediaConnect-) and the role's name, so that two roles never share a policy. A role
        that has exactly one policy of your account attached that does nothing but read keys keeps that one.
      - A policy of another name that was made before stays attached, see O(purge_policies).
    type: str
  confused_deputy_protection:
    description:
      - Whether the trust policy has the conditions C(aws:SourceAccount) and C(aws:SourceArn), which keep others from having
        MediaConnect use the role for them.
      - Defaults to V(true), except for a role that serves O(speke_apis) and nothing else, which keeps what it has, and has none when
        it is new. AWS documents the conditions for static keys, but not whether key requests for SPEKE carry them.
    type: bool
  purge:
    description:
      - Whether secrets, KMS keys, APIs and flows that are not declared are taken out of the two policies. Of each of
        these options, only if it is given.
      - Purging looks only at the task's Region and the Regions of the ARNs in the same option, so that tasks for
        several Regions can share a role.
      - With V(false) what is declared is added to what the role already serves.
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
    description: Tags of the role and of its policy. Left alone when omitted.
    type: dict
    aliases: [resource_tags]
  purge_tags:
    description: Remove tags that are not declared, if O(tags) is given.
    type: bool
    default: true
  allow_shared_policy:
    description:
      - Change the policy although another role, a user or a group uses it too, or although there is one of its name that is
        not attached to the role and permits something else. Both are refused otherwise.
    type: bool
    default: false
  force_in_use:
    description:
      - Delete the role even though an entitlement, source or output of a flow names it, although it does not trust
        MediaConnect, or without being able to tell.
      - Likewise take away from the role a secret, key or flow that an entitlement, source or output needs, whose picture would
        then go dark. Without this option that is refused, in check mode too.
      - Flows are looked for in the task's Region and in the Regions that the role serves.
    type: bool
    default: false
  wait:
    description:
      - Wait until IAM answers for a new role and policy.
      - It may still take some seconds until MediaConnect can assume the role, which nothing in AWS can tell;
        M(mediaops.mediaconnect.entitlements) tries again for as long.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait at most, for the role and the policy each.
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
      description: ARN of the managed policy that is the permissions boundary, null without one.
      returned: always
      type: str
      sample: arn:aws:iam::111122223333:policy/MediaBoundary
    policy_name:
      description: Name of the customer managed policy, null when the role may read nothing.
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

import time
from typing import Any, Callable, Dict, List, Optional, Sequence

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import iam, mediaconnect, secretsmanager
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError, Clients
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.arn import is_arn
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import (
    ABSENT,
    PRESENT,
    Action,
    Refusal,
    Unit,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.narrowing import cut_off, narrows
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import region_of, same_meaning
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust import (
    STATE_FIELDS,
    Observed,
    Policy,
    Role,
    find_policy,
    plan,
    regions_served,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import (
    Declared,
    declare,
    is_alias,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.usage import used_by
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._run import converge, run

MAX_VERSIONS = 5  # IAM quota: versions of a managed policy, not raisable
# How often the role is read back, and planned anew, when somebody else writes at the same time.
MAX_ROUNDS = 6
SECONDS_BETWEEN_READS = 0.5


class TrustRole:
    """Observes the role and its policy, and carries out what was planned."""

    def __init__(self, module: AnsibleAWSModule):
        self.module = module
        self.clients = Clients(module)
        self.iam = self.clients.get("iam")
        self.declared = self._declare()
        self._rounds = 0
        self.operations: Dict[str, Callable[..., None]] = {
            "create_policy": self._create_policy,
            "write_policy": self._write_policy,
            "delete_policy": self._delete_policy,
            "tag_policy": self._calls(iam.tag_policy),
            "untag_policy": self._calls(iam.untag_policy),
            "create_role": self._create_role,
            "write_trust": self._write_trust,
            "update_role": self._calls(iam.update_role),
            "set_boundary": self._set_boundary,
            "tag_role": self._calls(iam.tag_role),
            "untag_role": self._calls(iam.untag_role),
            "attach_policy": self._calls(iam.attach_policy),
            "detach_policy": self._calls(iam.detach_policy),
            "delete_inline_policy": self._calls(iam.delete_inline_policy),
            "leave_instance_profile": self._calls(iam.remove_from_instance_profile),
            "delete_role": self._calls(iam.delete_role),
            "confirm": self._confirm,
        }

    # what was declared

    def _declare(self) -> Declared:
        declared = declare(self.module.params, self.clients.account, self.clients.partition, self.clients.region)
        if declared.state == PRESENT:
            declared.secrets = self._look_up(declared, declared.secrets, self._secret_arn)
            declared.kms_keys = self._look_up(declared, declared.kms_keys, self._kms_key_arn)
        return declared

    def _look_up(self, declared: Declared, items: Optional[List[str]], arn_of: Any) -> Optional[List[str]]:
        return None if items is None else sorted({arn_of(declared, item) for item in items})

    def _secret_arn(self, declared: Declared, item: str) -> str:
        if is_arn(item):
            return item
        secret = secretsmanager.describe_secret(self.clients.get("secretsmanager"), item)
        if secret is None:
            raise Refusal(
                f"The role {declared.name}: there is no secret {item} in {declared.region}; create it first, or give its full ARN."
            )
        if "DeletedDate" in secret:
            self.module.warn(
                f"The secret {item} is scheduled for deletion: MediaConnect cannot read it until it is restored."
            )
        return secret["ARN"]

    def _kms_key_arn(self, declared: Declared, item: str) -> str:
        if not is_alias(item):
            return item
        key = secretsmanager.describe_kms_key(self.clients.get("kms", region_of(item) if is_arn(item) else None), item)
        if key is None:
            raise Refusal(
                f"The role {declared.name}: there is no KMS key {item} in {declared.region}; give the alias, id or ARN of a key."
            )
        return key["Arn"]

    # observe

    def observe(self) -> Observed:
        declared = self.declared
        role = self._role()
        observed = Observed(role=role)
        if role:
            attached = iam.list_attached_policies(self.iam, declared.name) or []
            observed.attached = [policy["PolicyArn"] for policy in attached]
        known: Dict[str, Optional[Policy]] = {}

        def policy(arn: str) -> Optional[Policy]:
            if arn not in known:
                known[arn] = self._policy(arn, arn in observed.attached)
            return known[arn]

        observed.policy = policy(
            find_policy(declared, role, observed.attached, lambda arn: getattr(policy(arn), "document", None))
        )
        if role and (declared.state == ABSENT or declared.purge_policies):
            observed.inline = iam.list_inline_policies(self.iam, declared.name) or []
        if role and declared.state == ABSENT:
            observed.instance_profiles = iam.list_instance_profiles(self.iam, declared.name) or []
            if not declared.force_in_use:
                self._observe_usage(observed, role.arn)
        return observed

    def _role(self) -> Optional[Role]:
        role = iam.get_role(self.iam, self.declared.name)
        if role is None:
            return None
        return Role(
            arn=role["Arn"],
            trust_policy=role.get("AssumeRolePolicyDocument"),
            path=role["Path"],
            description=role.get("Description") or "",
            max_session_duration=role.get("MaxSessionDuration") or 3600,
            permissions_boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            tags=boto3_tag_list_to_ansible_dict(role.get("Tags", [])),
        )

    def _policy(self, arn: str, attached: bool) -> Optional[Policy]:
        policy = iam.get_policy(self.iam, arn)
        if policy is None:
            return None
        version = policy["DefaultVersionId"]
        users = policy.get("AttachmentCount", 0) + policy.get("PermissionsBoundaryUsageCount", 0)
        shared_with = (iam.list_policy_users(self.iam, arn) or []) if users > int(attached) else []
        return Policy(
            arn=arn,
            version=version,
            document=iam.get_policy_document(self.iam, arn, version),
            tags=boto3_tag_list_to_ansible_dict(policy.get("Tags", [])),
            shared_with=[user for user in shared_with if user != f"role {self.declared.name}"],
        )

    def _observe_usage(self, observed: Observed, role_arn: str) -> None:
        try:
            for region in regions_served(self.declared, observed):
                observed.used_by += used_by(self._flows(region), "RoleArn", role_arn)
        except ApiError as error:
            observed.usage_unknown = error.sentence()

    def guard(self, unit: Unit, observed: Observed) -> None:
        """Refuse what would take a key away from under a stream. Flows are only read when the role comes to serve less."""
        declared = self.declared
        if declared.state == ABSENT or declared.force_in_use or not unit.before or not unit.after:
            return
        if not narrows(unit.before, unit.after, declared.account):
            return
        try:
            flows = [flow for region in regions_served(declared, observed) for flow in self._flows(region)]
        except ApiError as error:
            unit.refusals.append(
                f"The role {declared.name} would serve less than now, and whether a flow needs that cannot be told. "
                f"{error.sentence().rstrip('.')}. Set purge: false to keep what it serves, or force_in_use: true."
            )
            return
        lost = cut_off(flows, unit.before, unit.after)
        if lost:
            unit.refusals.append(
                f"The role {declared.name} would no longer serve {', '.join(lost)}: MediaConnect could not read the key any more, and the "
                "picture would go dark. Declare the secrets and flows that they use too, set purge: false to keep what the role serves, "
                "or force_in_use: true."
            )

    def _flows(self, region: str) -> List[Dict[str, Any]]:
        return mediaconnect.read_flows(self.clients.get("mediaconnect", region))

    # apply

    def _calls(self, function: Callable[..., Any]) -> Callable[..., None]:
        """An operation that is one call and needs nothing else."""

        def operation(_unit: Unit, **params: Any) -> None:
            function(self.iam, **params)

        return operation

    def _create_policy(
        self, unit: Unit, name: str, arn: str, path: str, document: Any, description: str, tags: Any
    ) -> None:
        try:
            iam.create_policy(self.iam, name, document, tags, Path=path, Description=description)
        except ApiError as error:
            if error.code != iam.ALREADY_EXISTS:
                raise
            if iam.get_policy(self.iam, arn) is None:
                raise Refusal(
                    f"The policy {name} of the role {self.declared.name} exists already, under another path or with other capitals; "
                    "give another policy_name."
                ) from error
            self._start_over(unit)
        else:
            if self.module.params["wait"]:
                iam.wait_until_policy_exists(self.iam, arn, self.module.params["wait_timeout"])

    def _create_role(self, unit: Unit, name: str, trust_policy: Any, tags: Any, fields: Dict[str, Any]) -> None:
        try:
            unit.after["arn"] = iam.create_role(self.iam, name, trust_policy, tags, **fields)["Arn"]
        except ApiError as error:
            if error.code != iam.ALREADY_EXISTS:
                raise
            if iam.get_role(self.iam, name) is None:
                raise Refusal(
                    f"A role exists already whose name differs from {name} in capitals only; give its exact name."
                ) from error
            self._start_over(unit)
        else:
            if self.module.params["wait"]:
                iam.wait_until_role_exists(self.iam, name, self.module.params["wait_timeout"])

    def _write_trust(self, unit: Unit, name: str, trust_policy: Any, seen: Any) -> None:
        role = iam.get_role(self.iam, name)
        if role is None or not same_meaning(role.get("AssumeRolePolicyDocument"), seen):
            self._start_over(unit)
        else:
            iam.update_trust_policy(self.iam, name, trust_policy)

    def _write_policy(self, unit: Unit, arn: str, document: Any, seen: str) -> None:
        versions = iam.list_policy_versions(self.iam, arn)
        if seen not in [version["VersionId"] for version in versions if version["IsDefaultVersion"]]:
            self._start_over(unit)
            return
        spare = sorted(
            (version["VersionId"] for version in versions if not version["IsDefaultVersion"]), key=_version_number
        )
        try:
            for version in spare[: max(0, len(versions) - MAX_VERSIONS + 1)]:
                iam.delete_policy_version(self.iam, arn, version)
            unit.after["policy_version"] = iam.create_policy_version(self.iam, arn, document)
        except ApiError as error:
            if error.code not in iam.OVERTAKEN:
                raise
            self._start_over(unit)

    def _delete_policy(self, unit: Unit, arn: str) -> None:
        for version in iam.list_policy_versions(self.iam, arn):
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(self.iam, arn, version["VersionId"])
        iam.delete_policy(self.iam, arn)

    def _set_boundary(self, unit: Unit, name: str, arn: str) -> None:
        if arn:
            iam.put_permissions_boundary(self.iam, name, arn)
        else:
            iam.delete_permissions_boundary(self.iam, name)

    # somebody else writing at the same time

    def _plan_anew(self) -> Unit:
        self._rounds += 1
        if self._rounds > MAX_ROUNDS:
            raise Refusal(
                f"The role {self.declared.name} is being changed by somebody else at the same time, time and again; "
                "run again when they are done."
            )
        fresh = plan(self.declared, self.observe())
        if fresh.refusals:
            raise Refusal(" ".join(fresh.refusals))
        return fresh

    def _start_over(self, unit: Unit) -> None:
        """Somebody was faster: do what is still to be done to what there is now."""
        self._carry_out(unit, self._plan_anew())

    def _carry_out(self, unit: Unit, fresh: Unit) -> None:
        unit.after = fresh.after
        for action in fresh.actions:
            self.operations[action.operation](unit, **action.params)

    def _confirm(self, unit: Unit) -> None:
        """Read back what was written, and write again what somebody else has overwritten.

        IAM has no compare-and-set. A difference must be read twice before it is believed, because a read may be late.
        """
        doubted: Optional[List[Action]] = None
        while True:
            time.sleep(SECONDS_BETWEEN_READS)
            fresh = self._plan_anew()
            actions = [action for action in fresh.actions if action.operation != "confirm"]
            if not actions:
                unit.after = fresh.after
                return
            if actions == doubted:
                self._carry_out(unit, fresh)
                return
            doubted = actions


def _version_number(version_id: str) -> int:
    return int(version_id.lstrip("v"))


def report(units: Sequence[Unit]) -> Dict[str, Any]:
    unit = units[0]
    state = dict.fromkeys(STATE_FIELDS)
    return {"role": {**state, **unit.identity, **(unit.after or {}), "action": unit.action}}


def body(module: AnsibleAWSModule) -> None:
    role = TrustRole(module)
    observed = role.observe()
    unit = plan(role.declared, observed)
    role.guard(unit, observed)
    converge(module, [unit], role.operations, report)


def main() -> None:
    argument_spec = {
        "name": {"type": "str", "required": True, "aliases": ["role_arn"]},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "secrets": {"type": "list", "elements": "str", "no_log": False},
        "kms_keys": {"type": "list", "elements": "str", "no_log": False},
        "speke_apis": {"type": "list", "elements": "str"},
        "flows": {"type": "list", "elements": "str"},
        "policy_name": {"type": "str"},
        "confused_deputy_protection": {"type": "bool"},
        "purge": {"type": "bool", "default": True},
        "purge_policies": {"type": "bool", "default": False},
        "path": {"type": "str"},
        "description": {"type": "str"},
        "permissions_boundary": {"type": "str"},
        "max_session_duration": {"type": "int"},
        "tags": {"type": "dict", "aliases": ["resource_tags"]},
        "purge_tags": {"type": "bool", "default": True},
        "allow_shared_policy": {"type": "bool", "default": False},
        "force_in_use": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 120},
    }
    run(AnsibleAWSModule(argument_spec=argument_spec, supports_check_mode=True), body)


if __name__ == "__main__":
    main()
