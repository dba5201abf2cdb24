# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a role, its policies, and the ARNs of what is declared by name."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Sequence

from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict

from .._aws import iam, kms, secretsmanager
from .._aws.client import Clients
from .._aws.errors import unless_denied
from .._policy.documents import read_access
from .._reconcile.arn import UNKNOWN, iam_name, is_arn, region_of
from .._reconcile.fields import from_api
from .._reconcile.model import ABSENT, PRESENT, Refusal
from .options import ROLE, DeclaredRole, is_alias
from .plan import ObservedRole, Policy, Role, find_policy

MANY_POLICIES = 10  # IAM's quota of managed policies attached to a role, unless it was raised


@dataclass
class Seen:
    """What can be read about a role by its name alone."""

    role: Role | None
    attached: list[str] = field(default_factory=list)


class Observer:
    """Reads roles. alias_regions: by alias of a KMS key, the Regions of the secrets that it encrypts, as far as they are known."""

    def __init__(self, clients: Clients, alias_regions: Mapping[str, Sequence[str]]):
        self.clients, self.alias_regions = clients, alias_regions
        self._looked_up: dict[tuple[str, str], str] = {}  # by what was looked for and its name
        self._full_arns: set[str] = set()  # of secrets, as AWS has told them

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

        if declared.state == PRESENT:
            self._check_boundary(declared, seen.role)
        arn = find_policy(declared, seen.role, seen.attached, lambda arn: getattr(policy(arn), "document", None))
        observed.policy = policy(arn)
        if declared.state == PRESENT:
            self._check_secrets(declared, observed.policy)
            self._look_what_is_in_the_way(declared, observed, arn)
        if seen.role and (declared.state == ABSENT or declared.purge_policies):
            observed.inline = iam.list_inline_policies(self._iam, declared.name) or []
        if seen.role and declared.state == ABSENT:
            observed.instance_profiles = iam.list_instance_profiles(self._iam, declared.name) or []
        return observed

    def _check_boundary(self, declared: DeclaredRole, role: Role | None) -> None:
        """Raise Refusal where there is no such policy as the permissions boundary that is to be set.

        Here and below, what the caller may not look at is left to AWS, which refuses what is wrong.
        """
        arn = declared.permissions_boundary
        if not arn or (role and role.permissions_boundary == arn):
            return
        if unless_denied(lambda: iam.get_policy(self._iam, arn), True):
            return
        like = _like(arn, self._own_policies)
        hint = f"there is {like}, if that is meant" if like else "check its name and account"
        raise Refusal(f"The role {declared.name}: there is no policy {arn} for its permissions boundary; {hint}.")

    def _check_secrets(self, declared: DeclaredRole, policy: Policy | None) -> None:
        """Raise Refusal where a secret is declared by a partial ARN, whose last six characters belong to its name.

        What the role may read already was an ARN that AWS had told.
        """
        known = self._full_arns | set(read_access(policy.document, declared.account).secrets if policy else ())
        for arn in declared.secrets or []:
            if arn in known or arn.endswith(UNKNOWN):
                continue
            client = self.clients.get("secretsmanager", region_of(arn))
            found = unless_denied(functools.partial(secretsmanager.describe_secret, client, arn), None)
            if found and found["ARN"] != arn:
                raise Refusal(
                    f"The role {declared.name}: {arn} is not the whole ARN of a secret: {found['ARN']} is. Give that, or the secret's name."
                )

    def _look_what_is_in_the_way(self, declared: DeclaredRole, observed: ObservedRole, policy_arn: str) -> None:
        """Look for names that are taken where something is to be made, and for the quota where the role has many policies."""
        if observed.role is None:
            observed.taken["role"] = _like(declared.name, self._role_names)
        if observed.policy is None and (declared.secrets or declared.kms_keys or declared.speke_apis):
            observed.taken["policy"] = _like(policy_arn, self._own_policies)
        if len(observed.attached) >= MANY_POLICIES:
            observed.quota = unless_denied(lambda: iam.attached_policies_quota(self._iam), None)

    @functools.cached_property
    def _role_names(self) -> list[str]:
        return unless_denied(lambda: iam.list_role_names(self._iam), [])

    @functools.cached_property
    def _own_policies(self) -> list[str]:
        return unless_denied(lambda: iam.list_own_policies(self._iam), [])

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

        given = {item for item in declared.secrets or [] if is_arn(item)}
        declared.secrets = _each(declared.secrets, lambda item: known.get(item) or [look_up(item, self._secret_arn)])
        self._full_arns.update(set(declared.secrets or []) - given)
        declared.kms_keys = _each(
            declared.kms_keys, lambda item: [look_up(one, self._kms_key_arn) for one in self._in_each_region(item)]
        )

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

    def _in_each_region(self, kms_key: str) -> list[str]:
        """A KMS key; an alias of secrets that lie in several Regions once for each of them, where it may name another key."""
        regions = self.alias_regions.get(kms_key, ()) if is_alias(kms_key) and not is_arn(kms_key) else ()
        prefix = f"arn:{self.clients.partition}:kms"
        if list(regions) in ([], [self.clients.region]):
            return [kms_key]
        return [f"{prefix}:{region}:{self.clients.account}:{kms_key}" for region in regions]

    def _kms_key_arn(self, declared: DeclaredRole, item: str) -> str:
        if not is_alias(item):
            return item
        key = kms.describe_key(self.clients.get("kms", region_of(item) if is_arn(item) else None), item)
        if key is None:
            region = region_of(item) if is_arn(item) else declared.region
            raise Refusal(
                f"The role {declared.name}: there is no KMS key {item} in {region}; give the alias, id or ARN of a key."
            )
        return key["Arn"]


def _like(wanted: str, names_or_arns: list[str]) -> str:
    """Another one whose name is the same for IAM, which does not tell names apart by path or case; "" if there is none.

    The wanted one itself was not there a moment ago: if somebody has made it since, making it tells, and starts a new round.
    """
    name = iam_name(wanted).lower()
    return next((one for one in names_or_arns if iam_name(one).lower() == name and one != wanted), "")


def _each(items: list[str] | None, arns_of: Callable[[str], list[str]]) -> list[str] | None:
    return None if items is None else sorted({arn for item in items for arn in arns_of(item)})
