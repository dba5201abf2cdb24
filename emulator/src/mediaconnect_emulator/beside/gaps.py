# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS refuses and moto does not: checked before a request reaches moto. Each rule names its source."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..wire.protocols import AwsError, Request
from .policy import MalformedPolicy, condition_operators, listed, statements

if TYPE_CHECKING:
    from .moto_app import MotoApp

Check = Callable[["MotoApp", Request], None]
TRUST_CHARACTERS = 2048  # IAM User Guide, quotas: role trust policy length
POLICY_CHARACTERS = 6144  # IAM User Guide, quotas: managed policy size, white space not counted
POLICIES_PER_ROLE = 10  # IAM User Guide, quotas: managed policies attached to a role
_CHECKS: dict[tuple[str, str], list[Check]] = {}


def check(service: str, *operations: str) -> Callable[[Check], Check]:
    """Register a check for operations of a service."""

    def register(function: Check) -> Check:
        for operation in operations:
            _CHECKS.setdefault((service, operation), []).append(function)
        return function

    return register


def refuse(moto: MotoApp, request: Request) -> None:
    """Raise the error that AWS would, where moto would accept the request."""
    for function in _CHECKS.get((request.service, request.operation), []):
        function(moto, request)


def _secret(moto: MotoApp, request: Request) -> Any:
    backend = moto.backend("secretsmanager", request.account, request.region)
    return backend.secrets.get(str(request.params.get("SecretId"))) if backend is not None else None


@check(
    "secretsmanager",
    "PutSecretValue",
    "UpdateSecret",
    "TagResource",
    "UntagResource",
    "PutResourcePolicy",
    "DeleteResourcePolicy",
    "RotateSecret",
    "CancelRotateSecret",
    "ReplicateSecretToRegions",
    "UpdateSecretVersionStage",
)
def scheduled_for_deletion(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, InvalidRequestException: "The secret is scheduled for deletion"."""
    secret = _secret(moto, request)
    if secret is not None and secret.is_deleted():
        message = "You can't perform this operation on the secret because it was marked for deletion."
        raise AwsError("InvalidRequestException", message)


@check("secretsmanager", "UpdateSecret")
def emptied_description(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, UpdateSecret: a description may be empty; moto treats an empty one as left out."""
    secret = _secret(moto, request)
    if secret is not None and request.params.get("Description") == "" and not secret.is_deleted():
        secret.description = ""


@check("secretsmanager", "CreateSecret")
def secret_name(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, CreateSecret: ASCII letters, digits and ``/_+=.@-``, at most 512."""
    name = str(request.params.get("Name", ""))
    if not re.fullmatch(r"[A-Za-z0-9/_+=.@-]{1,512}", name):
        message = (
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        )
        raise AwsError("ValidationException", message)


@check("secretsmanager", "CreateSecret")
def secret_name_scheduled_for_deletion(moto: MotoApp, request: Request) -> None:
    """As above: a secret in its recovery window keeps its name."""
    backend = moto.backend("secretsmanager", request.account, request.region)
    secrets = dict.values(backend.secrets) if backend is not None else []
    if any(secret.name == request.params.get("Name") and secret.is_deleted() for secret in secrets):
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise AwsError("InvalidRequestException", message)


@check("secretsmanager", "CreateSecret", "PutSecretValue", "UpdateSecret")
def secret_size(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference: SecretString has at most 65,536 bytes."""
    if len(str(request.params.get("SecretString", "")).encode()) > 65536:
        raise AwsError("ValidationException", "The secret value must not be longer than 65536 bytes.")


@check("secretsmanager", "PutResourcePolicy")
def resource_policy(moto: MotoApp, request: Request) -> None:
    """Secrets Manager API Reference, MalformedPolicyDocumentException: "The resource-based policy has syntax errors"."""
    try:
        found = statements(str(request.params.get("ResourcePolicy", "")))
    except MalformedPolicy as exc:
        raise AwsError("MalformedPolicyDocumentException", "This resource policy contains a syntax error.") from exc
    if any("Principal" not in statement and "NotPrincipal" not in statement for statement in found):
        raise AwsError(
            "MalformedPolicyDocumentException", "This resource policy contains a statement without a principal."
        )


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
        if (
            not all(str(action).lower().startswith("sts:") for action in listed(statement.get("Action", [])))
            or "Action" not in statement
        ):
            raise malformed("AssumeRole policy may only specify STS AssumeRole actions.")


def _check_services(principal: Any) -> None:
    services = listed(principal.get("Service", [])) if isinstance(principal, dict) else []
    for service in services:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|aws\.internal)", str(service)):
            raise malformed(f'Invalid principal in policy: "SERVICE":"{service}"')


@check("iam", "CreatePolicy", "CreatePolicyVersion")
def managed_policy(moto: MotoApp, request: Request) -> None:
    """IAM User Guide, quotas: 6,144 characters; IAM JSON policy elements: known conditions, no principal."""
    text = str(request.params.get("PolicyDocument", ""))
    _within(text, POLICY_CHARACTERS, "PolicySize")
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
        found = statements(text)
    except MalformedPolicy as exc:
        raise malformed(str(exc)) from exc
    for statement in found:
        unknown = condition_operators(statement)
        if unknown:
            raise malformed(f"Invalid Condition type : {unknown[0]}.")
    return found


def _within(text: str, limit: int, quota: str) -> None:
    if len(re.sub(r"\s", "", text)) > limit:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {limit}", 409)


def malformed(message: str) -> AwsError:
    """IAM API Reference: MalformedPolicyDocument, 400."""
    return AwsError("MalformedPolicyDocument", message, 400)


@check("iam", "CreateRole")
def role_name_case(moto: MotoApp, request: Request) -> None:
    """IAM API Reference, CreateRole: "names are not distinguished by case"."""
    backend = moto.backend("iam", request.account, "aws")
    name = str(request.params.get("RoleName", ""))
    if backend is not None and name.lower() in {role.name.lower() for role in backend.roles.values()}:
        raise AwsError("EntityAlreadyExists", f"Role with name {name} already exists.", 409)


@check("iam", "CreatePolicy")
def policy_name_taken(moto: MotoApp, request: Request) -> None:
    """IAM API Reference, CreatePolicy: "names are not distinguished by case"; a name is unique in the account, whatever the path."""
    backend = moto.backend("iam", request.account, "aws")
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
    backend = moto.backend("iam", request.account, "aws")
    if backend is None or arn not in backend.managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)


@check("iam", "CreateRole", "TagRole", "CreatePolicy", "TagPolicy")
def tags_that_differ_by_case(_moto: MotoApp, request: Request) -> None:
    """IAM User Guide, tags: "Tag key values are not case sensitive"; InvalidInput, 400."""
    keys = [
        str(value).lower() for name, value in request.params.items() if re.fullmatch(r"Tags\.member\.\d+\.Key", name)
    ]
    if len(set(keys)) < len(keys):
        message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        raise AwsError("InvalidInput", message, 400)


@check("iam", "DeletePolicy")
def policy_in_use(moto: MotoApp, request: Request) -> None:
    """IAM API Reference, DeletePolicy: detach it and delete its other versions first; DeleteConflict, 409."""
    backend = moto.backend("iam", request.account, "aws")
    policy = backend.managed_policies.get(str(request.params.get("PolicyArn"))) if backend is not None else None
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
    name = re.fullmatch(r"arn:aws:iam::aws:policy/(?:[^/]+/)*([^/]+)", arn)
    if name:
        _provide(request.account, arn, name.group(1))
    backend = moto.backend("iam", request.account, "aws")
    roles = backend.roles.values() if backend is not None else []
    role = next((role for role in roles if role.name == request.params.get("RoleName")), None)
    if role is not None and arn not in role.managed_policies and len(role.managed_policies) >= POLICIES_PER_ROLE:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {POLICIES_PER_ROLE}", 409)


def _provide(account: str, arn: str, name: str) -> None:
    """Put one of AWS's own policies into the account: all of them would take ninety megabytes."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data as text
    from moto.iam.models import AWSManagedPolicy, iam_backends

    found = re.search(rf"^ {re.escape(json.dumps(name))}:", text, re.MULTILINE)
    if found:
        data, __ = json.JSONDecoder().raw_decode(text, found.end())
        policy = AWSManagedPolicy.from_data(name, account, "aws", data)
        if policy.arn == arn:
            iam_backends[account]["aws"].managed_policies.setdefault(arn, policy)
