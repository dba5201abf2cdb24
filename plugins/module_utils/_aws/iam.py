# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Identity and Access Management: a function per operation.

botocore turns the policy documents in answers into dictionaries; in requests they are sent as compact JSON.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

from .errors import api_call

NO_SUCH_ENTITY = "NoSuchEntity"
ALREADY_EXISTS = "EntityAlreadyExists"
# Errors when another writer has made a new version of the policy: there is no room for ours, or the one to be deleted is now the default.
LIMIT = "LimitExceeded"
OVERTAKEN = (LIMIT, "DeleteConflict")
SECONDS_BETWEEN_POLLS = 1
PAGE_SIZE = 1000  # the most that IAM gives at a time


class _IamRetry(AWSRetry):
    """Retries where IAM itself says to try again; throttling is left to botocore."""

    @staticmethod
    def found(response_code: str, catch_extra_error_codes: Any = None) -> bool:
        return response_code in ("ConcurrentModification", *(catch_extra_error_codes or ()))


_retry = _IamRetry.jittered_backoff(retries=6, delay=1, max_delay=8)
# What was created a moment ago may not be known everywhere in IAM yet.
_retry_when_new = _IamRetry.jittered_backoff(retries=6, delay=1, max_delay=8, catch_extra_error_codes=[NO_SUCH_ENTITY])


def compact(document: dict[str, Any]) -> str:
    """The document as it is sent to IAM."""
    return json.dumps(document, separators=(",", ":"))


@api_call("iam:GetRole", "read the role {name}", missing=NO_SUCH_ENTITY)
def get_role(client: Any, name: str) -> dict[str, Any] | None:
    """The role with its trust policy, permissions boundary and tags; None when there is no such role."""
    return client.get_role(RoleName=name)["Role"]


@api_call("iam:ListRoles", "list the roles of the account")
def list_role_names(client: Any) -> list[str]:
    """The names of all roles, which are unique whatever their path and case."""
    found = client.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": PAGE_SIZE}).build_full_result()
    return [role["RoleName"] for role in found.get("Roles", [])]


@api_call("iam:ListPolicies", "list the policies of the account")
def list_own_policies(client: Any) -> list[str]:
    """The ARNs of the account's own managed policies, whose names are unique whatever their path and case."""
    paginator = client.get_paginator("list_policies")
    found = paginator.paginate(Scope="Local", PaginationConfig={"PageSize": PAGE_SIZE}).build_full_result()
    return [policy["Arn"] for policy in found.get("Policies", [])]


@api_call("iam:GetAccountSummary", "read the quotas of the account")
def attached_policies_quota(client: Any) -> int:
    """How many managed policies may be attached to a role."""
    return client.get_account_summary()["SummaryMap"]["AttachedPoliciesPerRoleQuota"]


@api_call("iam:CreateRole", "create the role {name}")
@_retry
def create_role(
    client: Any, name: str, trust_policy: dict[str, Any], tags: dict[str, str] | None, **fields: Any
) -> dict[str, Any]:
    """fields: Path, Description, MaxSessionDuration, PermissionsBoundary."""
    if tags:
        fields["Tags"] = ansible_dict_to_boto3_tag_list(tags)
    return client.create_role(RoleName=name, AssumeRolePolicyDocument=compact(trust_policy), **fields)["Role"]


@api_call("iam:GetRole", "see the new role {name} within {timeout} seconds")
def wait_until_role_exists(client: Any, name: str, timeout: int) -> None:
    client.get_waiter("role_exists").wait(RoleName=name, WaiterConfig=_polls(timeout))


@api_call("iam:UpdateRole", "update the role {name}")
@_retry
def update_role(client: Any, name: str, description: str, max_session_duration: int) -> None:
    """Both at once, because IAM resets the session duration to one hour when a request leaves it out."""
    client.update_role(RoleName=name, Description=description, MaxSessionDuration=max_session_duration)


@api_call("iam:UpdateAssumeRolePolicy", "change whom the role {name} trusts")
@_retry
def update_trust_policy(client: Any, name: str, trust_policy: dict[str, Any]) -> None:
    client.update_assume_role_policy(RoleName=name, PolicyDocument=compact(trust_policy))


@api_call("iam:PutRolePermissionsBoundary", "set the permissions boundary of the role {name}")
@_retry
def put_permissions_boundary(client: Any, name: str, arn: str) -> None:
    client.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)


@api_call(
    "iam:DeleteRolePermissionsBoundary", "remove the permissions boundary of the role {name}", missing=NO_SUCH_ENTITY
)
@_retry
def delete_permissions_boundary(client: Any, name: str) -> None:
    client.delete_role_permissions_boundary(RoleName=name)


@api_call("iam:TagRole", "tag the role {name}")
@_retry
def tag_role(client: Any, name: str, tags: dict[str, str]) -> None:
    client.tag_role(RoleName=name, Tags=ansible_dict_to_boto3_tag_list(tags))


@api_call("iam:UntagRole", "remove tags from the role {name}")
@_retry
def untag_role(client: Any, name: str, tag_names: list[str]) -> None:
    client.untag_role(RoleName=name, TagKeys=tag_names)


@api_call("iam:DeleteRole", "delete the role {name}", missing=NO_SUCH_ENTITY)
@_retry
def delete_role(client: Any, name: str) -> None:
    client.delete_role(RoleName=name)


@api_call("iam:ListAttachedRolePolicies", "list the policies attached to the role {name}", missing=NO_SUCH_ENTITY)
def list_attached_policies(client: Any, name: str) -> list[dict[str, str]] | None:
    """The attached managed policies, PolicyName and PolicyArn each; None when there is no such role."""
    pages = client.get_paginator("list_attached_role_policies").paginate(RoleName=name)
    return pages.build_full_result().get("AttachedPolicies", [])


@api_call("iam:AttachRolePolicy", "attach the policy {policy_arn} to the role {name}")
@_retry_when_new
def attach_policy(client: Any, name: str, policy_arn: str) -> None:
    client.attach_role_policy(RoleName=name, PolicyArn=policy_arn)


@api_call("iam:DetachRolePolicy", "detach the policy {policy_arn} from the role {name}", missing=NO_SUCH_ENTITY)
@_retry
def detach_policy(client: Any, name: str, policy_arn: str) -> None:
    client.detach_role_policy(RoleName=name, PolicyArn=policy_arn)


@api_call("iam:ListRolePolicies", "list the inline policies of the role {name}", missing=NO_SUCH_ENTITY)
def list_inline_policies(client: Any, name: str) -> list[str] | None:
    """The names of the inline policies; None when there is no such role."""
    return client.get_paginator("list_role_policies").paginate(RoleName=name).build_full_result().get("PolicyNames", [])


@api_call("iam:GetRolePolicy", "read the inline policy {policy_name} of the role {name}", missing=NO_SUCH_ENTITY)
def get_inline_policy(client: Any, name: str, policy_name: str) -> dict[str, Any] | None:
    """The document of an inline policy."""
    return client.get_role_policy(RoleName=name, PolicyName=policy_name)["PolicyDocument"]


@api_call("iam:DeleteRolePolicy", "delete the inline policy {policy_name} of the role {name}", missing=NO_SUCH_ENTITY)
@_retry
def delete_inline_policy(client: Any, name: str, policy_name: str) -> None:
    client.delete_role_policy(RoleName=name, PolicyName=policy_name)


@api_call("iam:ListInstanceProfilesForRole", "list the instance profiles of the role {name}", missing=NO_SUCH_ENTITY)
def list_instance_profiles(client: Any, name: str) -> list[str] | None:
    """The names of the instance profiles that hold the role; None when there is no such role."""
    pages = client.get_paginator("list_instance_profiles_for_role").paginate(RoleName=name)
    return [profile["InstanceProfileName"] for profile in pages.build_full_result().get("InstanceProfiles", [])]


@api_call(
    "iam:RemoveRoleFromInstanceProfile",
    "take the role {name} out of the instance profile {profile}",
    missing=NO_SUCH_ENTITY,
)
@_retry
def remove_from_instance_profile(client: Any, name: str, profile: str) -> None:
    client.remove_role_from_instance_profile(RoleName=name, InstanceProfileName=profile)


@api_call("iam:GetPolicy", "read the policy {arn}", missing=NO_SUCH_ENTITY)
def get_policy(client: Any, arn: str) -> dict[str, Any] | None:
    """The managed policy with its tags and usage counts; None when there is no such policy."""
    return client.get_policy(PolicyArn=arn)["Policy"]


@api_call("iam:GetPolicyVersion", "read version {version} of the policy {arn}", missing=NO_SUCH_ENTITY)
def get_policy_document(client: Any, arn: str, version: str) -> dict[str, Any] | None:
    return client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


@api_call("iam:ListPolicyVersions", "list the versions of the policy {arn}")
def list_policy_versions(client: Any, arn: str) -> list[dict[str, Any]]:
    """The versions, VersionId and IsDefaultVersion each; IAM keeps five at most and never uses an id again."""
    return client.get_paginator("list_policy_versions").paginate(PolicyArn=arn).build_full_result().get("Versions", [])


@api_call("iam:ListEntitiesForPolicy", "find out who else uses the policy {arn}", missing=NO_SUCH_ENTITY)
def list_policy_users(client: Any, arn: str) -> list[str] | None:
    """Who has the policy attached, or set as permissions boundary: "role A", "user B", "group C"."""
    found = client.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn).build_full_result()
    return [
        f"{kind.lower()} {entity[f'{kind}Name']}"
        for kind in ("Role", "User", "Group")
        for entity in found.get(f"Policy{kind}s", [])
    ]


@api_call("iam:CreatePolicy", "create the policy {name}")
@_retry
def create_policy(
    client: Any, name: str, document: dict[str, Any], tags: dict[str, str] | None, **fields: Any
) -> dict[str, Any]:
    """fields: Path, Description; IAM can change neither later."""
    if tags:
        fields["Tags"] = ansible_dict_to_boto3_tag_list(tags)
    return client.create_policy(PolicyName=name, PolicyDocument=compact(document), **fields)["Policy"]


@api_call("iam:GetPolicy", "see the new policy {arn} within {timeout} seconds")
def wait_until_policy_exists(client: Any, arn: str, timeout: int) -> None:
    client.get_waiter("policy_exists").wait(PolicyArn=arn, WaiterConfig=_polls(timeout))


@api_call("iam:CreatePolicyVersion", "change the policy {arn}")
@_retry
def create_policy_version(client: Any, arn: str, document: dict[str, Any]) -> str:
    """Make the document the policy's default version; returns the version's id."""
    answer = client.create_policy_version(PolicyArn=arn, PolicyDocument=compact(document), SetAsDefault=True)
    return answer["PolicyVersion"]["VersionId"]


@api_call("iam:DeletePolicyVersion", "delete version {version} of the policy {arn}", missing=NO_SUCH_ENTITY)
@_retry
def delete_policy_version(client: Any, arn: str, version: str) -> None:
    client.delete_policy_version(PolicyArn=arn, VersionId=version)


@api_call("iam:TagPolicy", "tag the policy {arn}")
@_retry
def tag_policy(client: Any, arn: str, tags: dict[str, str]) -> None:
    client.tag_policy(PolicyArn=arn, Tags=ansible_dict_to_boto3_tag_list(tags))


@api_call("iam:UntagPolicy", "remove tags from the policy {arn}")
@_retry
def untag_policy(client: Any, arn: str, tag_names: list[str]) -> None:
    client.untag_policy(PolicyArn=arn, TagKeys=tag_names)


@api_call("iam:DeletePolicy", "delete the policy {arn}", missing=NO_SUCH_ENTITY)
@_retry
def delete_policy(client: Any, arn: str) -> None:
    """Delete it; all its versions except the default one must already be gone."""
    client.delete_policy(PolicyArn=arn)


@api_call("iam:SimulatePrincipalPolicy", "simulate what {role_arn} may do with {resource_arn}")
def simulate(client: Any, role_arn: str, actions: list[str], resource_arn: str) -> dict[str, str]:
    """For each action, what the role's policies and boundary say about the resource: allowed, implicitDeny or explicitDeny."""
    answer = client.simulate_principal_policy(
        PolicySourceArn=role_arn, ActionNames=actions, ResourceArns=[resource_arn]
    )
    return {result["EvalActionName"]: result["EvalDecision"] for result in answer["EvaluationResults"]}


def _polls(timeout: int) -> dict[str, int]:
    return {"Delay": SECONDS_BETWEEN_POLLS, "MaxAttempts": max(1, timeout // SECONDS_BETWEEN_POLLS)}
