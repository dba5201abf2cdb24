# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read AWS by plain boto3, with nothing of the collection in between: what the modules say is compared with this."""

from __future__ import annotations

import boto3
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase


def or_none(call, *path, **arguments):
    """What a call answers under this path, or None if there is no such thing."""
    try:
        answer = call(**arguments)
    except call.__self__.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"ResourceNotFoundException", "NoSuchEntity", "NotFoundException"}:
            return None
        raise
    for step in path:
        answer = answer[step]
    return answer


def tags_of(pairs):
    """A list of Key and Value as a dictionary."""
    return {pair["Key"]: pair["Value"] for pair in pairs}


def secret(client, name):
    """A secret with its current value, its versions' number and its tags; None when it does not exist."""
    manager = client("secretsmanager")
    found = or_none(manager.describe_secret, SecretId=name)
    if not found:
        return None
    deleted = "DeletedDate" in found
    return {
        "arn": found["ARN"],
        "deleted": deleted,
        "description": found.get("Description", ""),
        "tags": tags_of(found.get("Tags", [])),
        "value": None if deleted else manager.get_secret_value(SecretId=name)["SecretString"],
        "versions": sorted(found.get("VersionIdsToStages", {})),
    }


def role(client, name):
    """A role with its trust policy and the documents of its managed policies; None when it does not exist."""
    iam = client("iam")
    found = or_none(iam.get_role, "Role", RoleName=name)
    if not found:
        return None
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return {
        "arn": found["Arn"],
        "description": found.get("Description", ""),
        "tags": tags_of(found.get("Tags", [])),
        "trust": found["AssumeRolePolicyDocument"],
        "policies": {policy["PolicyName"]: document(iam, policy["PolicyArn"]) for policy in attached},
    }


def document(iam, arn):
    """The default version of a managed policy."""
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def policy(client, name):
    """The ARN of a customer managed policy; None when it does not exist."""
    found = client("iam").list_policies(Scope="Local")["Policies"]
    return next((one["Arn"] for one in found if one["PolicyName"] == name), None)


def flow(client, name):
    """A flow, with its entitlements by name and their tags."""
    mediaconnect = client("mediaconnect")
    (arn,) = [one["FlowArn"] for one in mediaconnect.list_flows()["Flows"] if one["Name"] == name]
    found = mediaconnect.describe_flow(FlowArn=arn)["Flow"]
    entitlements = {one["Name"]: one for one in found["Entitlements"]}
    for one in entitlements.values():
        one["Tags"] = mediaconnect.list_tags_for_resource(ResourceArn=one["EntitlementArn"])["Tags"]
    return {"arn": arn, "name": name, "status": found["Status"], "entitlements": entitlements}


READERS = {"secret": secret, "role": role, "policy": policy, "flow": flow}


class LookupModule(LookupBase):
    """lookup('read_aws', 'secret', 'name'), optionally with region. What no variable says, boto3 takes from the environment."""

    def run(self, terms, variables=None, **kwargs):
        """Read one thing."""
        kind, name = terms
        if kind not in READERS:
            raise AnsibleLookupError(f"read_aws reads {', '.join(READERS)}, not {kind}")
        given = variables or {}
        session = boto3.session.Session(
            given.get("aws_access_key"),
            given.get("aws_secret_key"),
            region_name=kwargs.get("region") or given.get("aws_region"),
        )
        return [
            READERS[kind](lambda service: session.client(service, endpoint_url=given.get("aws_endpoint_url")), name)
        ]
