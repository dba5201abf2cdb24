# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a role, its policies, and the ARNs of what is declared by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict

from .._aws import iam, kms, secretsmanager
from .._aws.client import Clients
from .._reconcile.arn import is_arn, region_of
from .._reconcile.fields import from_api
from .._reconcile.model import ABSENT, PRESENT, Refusal
from .options import ROLE, DeclaredRole, is_alias
from .plan import ObservedRole, Policy, Role, find_policy


@dataclass
class Seen:
    """What can be read about a role by its name alone."""

    role: Role | None
    attached: list[str] = field(default_factory=list)


class Observer:
    """Reads roles."""

    def __init__(self, clients: Clients):
        self.clients = clients
        self._looked_up: dict[tuple[str, str], str] = {}  # by what was looked for and its name

    @property
    def _iam(self) -> Any:
        return self.clients.get("iam")

    def see(self, name: str) -> Seen:
        """The role and which managed policies are attached to it."""
        answer = iam.get_role(self._iam, name)
        if answer is None:
            return Seen(None)
        self.clients.learn_identity(answer["Arn"])
        role = Role(
            arn=answer["Arn"],
            trust_policy=answer.get("AssumeRolePolicyDocument"),
            fields=from_api(ROLE, answer),
            permissions_boundary=answer.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            tags=boto3_tag_list_to_ansible_dict(answer.get("Tags", [])),
        )
        attached = iam.list_attached_policies(self._iam, name) or []
        return Seen(role, [policy["PolicyArn"] for policy in attached])

    def observe(self, declared: DeclaredRole, seen: Seen) -> ObservedRole:
        """The rest of what the plan needs: the role's own policy and, before a deletion, everything attached to the role."""
        observed = ObservedRole(role=seen.role, attached=seen.attached)
        known: dict[str, Policy | None] = {}

        def policy(arn: str) -> Policy | None:
            if arn not in known:
                known[arn] = self._policy(declared, arn, arn in seen.attached)
            return known[arn]

        arn = find_policy(declared, seen.role, seen.attached, lambda arn: getattr(policy(arn), "document", None))
        observed.policy = policy(arn)
        if seen.role and (declared.state == ABSENT or declared.purge_policies):
            observed.inline = iam.list_inline_policies(self._iam, declared.name) or []
        if seen.role and declared.state == ABSENT:
            observed.instance_profiles = iam.list_instance_profiles(self._iam, declared.name) or []
        return observed

    def _policy(self, declared: DeclaredRole, arn: str, attached: bool) -> Policy | None:
        policy = iam.get_policy(self._iam, arn)
        if policy is None:
            return None
        version = policy["DefaultVersionId"]
        users = policy.get("AttachmentCount", 0) + policy.get("PermissionsBoundaryUsageCount", 0)
        shared_with = (iam.list_policy_users(self._iam, arn) or []) if users > int(attached) else []
        return Policy(
            arn=arn,
            version=version,
            document=iam.get_policy_document(self._iam, arn, version),
            tags=boto3_tag_list_to_ansible_dict(policy.get("Tags", [])),
            shared_with=[user for user in shared_with if user != f"role {declared.name}"],
        )

    def look_up(self, declared: DeclaredRole, known: Mapping[str, list[str]]) -> None:
        """Replace the declared names of secrets and aliases of KMS keys by ARNs.

        known: ARNs of secrets by name, for which no look-up is needed. Raises Refusal where there is no such secret or key.
        """
        if declared.state != PRESENT:
            return

        def look_up(item: str, find: Callable[[DeclaredRole, str], str]) -> str:
            key = (find.__name__, item)
            if key not in self._looked_up:
                self._looked_up[key] = find(declared, item)
            return self._looked_up[key]

        declared.secrets = _each(declared.secrets, lambda item: known.get(item) or [look_up(item, self._secret_arn)])
        declared.kms_keys = _each(declared.kms_keys, lambda item: [look_up(item, self._kms_key_arn)])

    def _secret_arn(self, declared: DeclaredRole, item: str) -> str:
        if is_arn(item):
            return item
        secret = secretsmanager.describe_secret(self.clients.get("secretsmanager"), item)
        if secret is None:
            raise Refusal(
                f"The role {declared.name}: there is no secret {item} in {declared.region}; create it first, or give its full ARN."
            )
        if "DeletedDate" in secret:
            warn(f"The secret {item} is scheduled for deletion: MediaConnect cannot read it until it is restored.")
        return secret["ARN"]

    def _kms_key_arn(self, declared: DeclaredRole, item: str) -> str:
        if not is_alias(item):
            return item
        key = kms.describe_key(self.clients.get("kms", region_of(item) if is_arn(item) else None), item)
        if key is None:
            raise Refusal(
                f"The role {declared.name}: there is no KMS key {item} in {declared.region}; give the alias, id or ARN of a key."
            )
        return key["Arn"]


def _each(items: list[str] | None, arns_of: Callable[[str], list[str]]) -> list[str] | None:
    return None if items is None else sorted({arn for item in items for arn in arns_of(item)})
