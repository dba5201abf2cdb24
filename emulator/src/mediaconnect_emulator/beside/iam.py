# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What IAM refuses and moto does not. Each rule names its source."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from ..wire.accounts import partition_of
from ..wire.protocols import AwsError, Request
from .gaps import check
from .policy import NEWEST_VERSION, MalformedPolicy, listed, statements, version_of

if TYPE_CHECKING:
    from .moto_app import MotoApp

TRUST_CHARACTERS = 2048  # IAM User Guide, quotas: role trust policy length
POLICY_CHARACTERS = 6144  # IAM User Guide, quotas: managed policy size, white space not counted
TRUST_ACTIONS = {
    f"sts:{action}"
    for action in ("assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "setsourceidentity", "tagsession")
}
POLICIES_PER_ROLE = 10  # IAM User Guide, quotas: managed policies attached to a role
MAX_TAGS = 50  # IAM User Guide, quotas: tags of a role, tags of a customer managed policy


def _iam(moto: MotoApp, request: Request) -> Any:
    """IAM of the account in the partition of the request's Region."""
    return moto.backend("iam", request.account, partition_of(request.region))


def _role(moto: MotoApp, request: Request) -> Any:
    backend = _iam(moto, request)
    roles = backend.roles.values() if backend is not None else []
    return next((role for role in roles if role.name == request.params.get("RoleName")), None)


def _policy(moto: MotoApp, request: Request) -> Any:
    backend = _iam(moto, request)
    return backend.managed_policies.get(str(request.params.get("PolicyArn"))) if backend is not None else None


@check("iam", "CreateRole", "UpdateAssumeRolePolicy")
def trust_policy(moto: MotoApp, request: Request) -> None:
    """IAM User Guide, trust policies: JSON, with a principal and without a resource, at most 2,048 characters."""
    text = str(request.params.get("AssumeRolePolicyDocument") or request.params.get("PolicyDocument") or "")
    _within(text, TRUST_CHARACTERS, "ACLSizePerRole")
    for statement in _well_formed(text):
        if "Resource" in statement or "NotResource" in statement:
            raise malformed("Has prohibited field Resource")
        principal = statement.get("Principal", statement.get("NotPrincipal"))
        if principal is None:
            raise malformed("Missing required field Principal")
        if principal != "*" and (
            not isinstance(principal, dict)
            or not principal
            or set(principal) - {"AWS", "Service", "Federated", "CanonicalUser"}
        ):
            raise malformed("Invalid principal in policy")
        _check_services(principal)
        if not all(map(is_trust_action, listed(statement.get("Action", "")))):
            raise malformed("AssumeRole policy may only specify STS AssumeRole actions.")


def is_trust_action(action: Any) -> bool:
    """IAM User Guide, Action: "action names are case insensitive"; which there are is in the Service Authorization Reference, STS."""
    return str(action).lower() in TRUST_ACTIONS


def _check_services(principal: Any) -> None:
    services = listed(principal.get("Service", [])) if isinstance(principal, dict) else []
    for service in services:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|aws\.internal)", str(service)):
            raise malformed(f'Invalid principal in policy: "SERVICE":"{service}"')


@check("iam", "CreatePolicy", "CreatePolicyVersion")
def managed_policy(moto: MotoApp, request: Request) -> None:
    """IAM User Guide, quotas: 6,144 characters; IAM JSON policy elements: the newest version, known conditions, no principal."""
    text = str(request.params.get("PolicyDocument", ""))
    _within(text, POLICY_CHARACTERS, "PolicySize")
    try:
        newest = version_of(text) == NEWEST_VERSION
    except MalformedPolicy as exc:
        raise malformed(str(exc)) from exc
    if not newest:  # AWS's sentence is in many public reports; inline policies may be of the older version
        raise malformed("Policy document must be version 2012-10-17 or greater.")
    _identity_policy(text)


@check("iam", "PutRolePolicy")
def inline_policy(moto: MotoApp, request: Request) -> None:
    """As for managed policies."""
    _identity_policy(str(request.params.get("PolicyDocument", "")))


def _identity_policy(text: str) -> None:
    if any("Principal" in statement or "NotPrincipal" in statement for statement in _well_formed(text)):
        raise malformed("Policy document should not specify a principal.")


def _well_formed(text: str) -> tuple[dict[str, Any], ...]:
    try:
        return statements(text)
    except MalformedPolicy as exc:
        raise malformed(str(exc)) from exc


def _within(text: str, limit: int, quota: str) -> None:
    if len(re.sub(r"\s", "", text)) > limit:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}", 409)


def malformed(message: str) -> AwsError:
    """IAM API Reference: MalformedPolicyDocument, 400."""
    return AwsError("MalformedPolicyDocument", message, 400)


@check("iam", "CreateRole")
def role_name_case(moto: MotoApp, request: Request) -> None:
    """IAM API Reference, CreateRole: "names are not distinguished by case"."""
    backend = _iam(moto, request)
    name = str(request.params.get("RoleName", ""))
    if backend is not None and name.lower() in {role.name.lower() for role in backend.roles.values()}:
        raise AwsError("EntityAlreadyExists", f"Role with name {name} already exists.", 409)


@check("iam", "CreatePolicy")
def policy_name_taken(moto: MotoApp, request: Request) -> None:
    """IAM API Reference, CreatePolicy: "names are not distinguished by case"; a name is unique in the account, whatever the path."""
    backend = _iam(moto, request)
    name = str(request.params.get("PolicyName", ""))
    policies = backend.managed_policies.values() if backend is not None else []
    own = [policy for policy in policies if policy.arn.split(":")[4] == request.account]
    if name.lower() in {policy.name.lower() for policy in own}:
        message = f"A policy called {name} already exists. Duplicate names are not allowed."
        raise AwsError("EntityAlreadyExists", message, 409)


@check("iam", "CreateRole", "PutRolePermissionsBoundary")
def permissions_boundary(moto: MotoApp, request: Request) -> None:
    """IAM API Reference, PutRolePermissionsBoundary: NoSuchEntity, 404; AWS's sentence is in many public reports."""
    arn = str(request.params.get("PermissionsBoundary") or "")
    if not arn or arn.split(":")[4:5] == ["aws"]:
        return
    backend = _iam(moto, request)
    if backend is None or arn not in backend.managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)


@check("iam", "CreateRole", "TagRole", "CreatePolicy", "TagPolicy")
def tags(moto: MotoApp, request: Request) -> None:
    """IAM User Guide, tags and quotas: keys are "not case sensitive", ``aws:`` is reserved, 50 of them. Which codes: the API Reference."""
    keys = [str(tag["Key"]).lower() for tag in request.params.get("Tags") or []]
    if len(set(keys)) < len(keys):
        message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise AwsError("InvalidInput", message, 400)
    if any(key.startswith("aws:") for key in keys):
        message = "The prefix aws: is reserved for tags of AWS itself; it cannot be used in the key of a tag."
        raise AwsError("InvalidInput", message, 400)
    tagged = _role(moto, request) if request.operation == "TagRole" else _policy(moto, request)
    had = {key.lower() for key in _tags(tagged)}
    if len(had | set(keys)) > MAX_TAGS:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for TagsPerResource: {MAX_TAGS}", 409)


def _tags(tagged: Any) -> list[str]:
    """The keys of the tags of a role, which has a list of them, or of a policy, which has a dictionary."""
    had = getattr(tagged, "tags", None) or []
    return [tag["Key"] for tag in (had.values() if isinstance(had, dict) else had)]


@check("iam", "TagRole", "UntagRole")
def tags_of_another_case(moto: MotoApp, request: Request) -> None:
    """IAM User Guide, tags: a tag whose key differs by case alone "replaces the first tag"; moto knows that for policies only."""
    role = _role(moto, request)
    if request.operation == "TagRole":
        keys = [str(tag["Key"]) for tag in request.params.get("Tags") or []]
    else:
        keys = [str(key) for key in request.params.get("TagKeys") or []]
    if role is not None:
        same = {key.lower() for key in keys}
        role.tags = [tag for tag in role.tags or [] if tag["Key"].lower() not in same or tag["Key"] in keys]


@check("iam", "DeletePolicy")
def policy_in_use(moto: MotoApp, request: Request) -> None:
    """IAM API Reference, DeletePolicy: detach it and delete its other versions first; DeleteConflict, 409."""
    policy = _policy(moto, request)
    if policy is not None and policy.attachment_count > 0:
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
    if policy is not None and len(policy.versions) > 1:
        message = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."
        )
        raise AwsError("DeleteConflict", message, 409)


@check("iam", "AttachRolePolicy")
def attachable(moto: MotoApp, request: Request) -> None:
    """IAM User Guide, quotas: 10 managed policies per role. AWS's own policies are fetched from moto's text when asked for."""
    arn = str(request.params.get("PolicyArn", ""))
    partition = partition_of(request.region)
    name = re.fullmatch(rf"arn:{partition}:iam::aws:policy/(?:[^/]+/)*([^/]+)", arn)
    if name:
        _provide(request.account, partition, arn, name.group(1))
    role = _role(moto, request)
    if role is not None and arn not in role.managed_policies and len(role.managed_policies) >= POLICIES_PER_ROLE:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {POLICIES_PER_ROLE}", 409)


def _provide(account: str, partition: str, arn: str, name: str) -> None:
    """Put one of AWS's own policies into the account: all of them would take ninety megabytes."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data as text
    from moto.iam.models import AWSManagedPolicy, iam_backends

    found = re.search(rf"^ {re.escape(json.dumps(name))}:", text, re.MULTILINE)
    if found:
        data, __ = json.JSONDecoder().raw_decode(text, found.end())
        policy = AWSManagedPolicy.from_data(name, account, partition, data)
        if policy.arn == arn:
            iam_backends[account][partition].managed_policies.setdefault(arn, policy)
