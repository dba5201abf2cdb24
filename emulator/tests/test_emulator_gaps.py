# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWS refuses and moto does not, in Secrets Manager and IAM; and the simulator and the tagging API."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from emulator.tests.test_emulator_keys import ROLE, Setup, allow, document, trust
from emulator.tests.world import UNCHECKED, refused
from mediaconnect_emulator.client import Emulator

ACCOUNT = "111122223333"


@pytest.fixture
def secrets(emulator: Emulator) -> Any:
    return emulator.client("secretsmanager", config=UNCHECKED)


@pytest.fixture
def iam(emulator: Emulator) -> Any:
    return emulator.client("iam", config=UNCHECKED)


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("put_secret_value", {"SecretString": "x"}),
        ("update_secret", {"Description": "x"}),
        ("tag_resource", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_resource", {"TagKeys": ["a"]}),
        ("put_resource_policy", {"ResourcePolicy": document(allow("*", "*", Principal="*"))}),
        ("delete_resource_policy", {}),
        ("get_secret_value", {}),
    ],
)
def test_a_secret_scheduled_for_deletion_cannot_be_changed(
    secrets: Any, operation: str, params: dict[str, Any]
) -> None:
    """Secrets Manager API Reference, InvalidRequestException: "The secret is scheduled for deletion"."""
    secrets.create_secret(Name="key", SecretString="x")
    secrets.delete_secret(SecretId="key")
    with refused("InvalidRequestException", 400):
        getattr(secrets, operation)(SecretId="key", **params)
    with refused("InvalidRequestException", 400):
        secrets.create_secret(Name="key", SecretString="x")
    assert secrets.describe_secret(SecretId="key")["DeletedDate"]
    secrets.restore_secret(SecretId="key")
    assert secrets.get_secret_value(SecretId="key")["SecretString"] == "x"


@pytest.mark.parametrize("name", ["bad name", "bang!", "star*", "", "n" * 513, "ä"])
def test_a_secret_name_has_few_characters(secrets: Any, name: str) -> None:
    """Secrets Manager API Reference, CreateSecret: ASCII letters, digits and ``/_+=.@-``."""
    with refused("ValidationException", 400):
        secrets.create_secret(Name=name, SecretString="x")


def test_a_missing_secret_is_a_400(secrets: Any) -> None:
    """Secrets Manager's protocol is JSON: its errors have status 400."""
    with refused("ResourceNotFoundException", 400):
        secrets.describe_secret(SecretId="missing")


def test_a_description_can_be_emptied(secrets: Any) -> None:
    """Secrets Manager API Reference, UpdateSecret."""
    secrets.create_secret(Name="key", SecretString="x", Description="before")
    secrets.update_secret(SecretId="key", Description="")
    assert "Description" not in secrets.describe_secret(SecretId="key")


@pytest.mark.parametrize("policy", ["{", "[]", "{}", '{"Statement": [{"Effect": "Maybe"}]}', document(allow("*", "*"))])
def test_a_malformed_resource_policy_is_refused(secrets: Any, policy: str) -> None:
    secrets.create_secret(Name="key", SecretString="x")
    with refused("MalformedPolicyDocumentException", 400):
        secrets.put_resource_policy(SecretId="key", ResourcePolicy=policy)


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("{}", id="no statement"),
        pytest.param(document({"Effect": "Allow", "Action": "sts:AssumeRole"}), id="no principal"),
        pytest.param(document({**trust(), "Principal": {"Service": "media connect"}}), id="no service"),
        pytest.param(document({**trust(), "Principal": {"Service": ""}}), id="an empty service"),
        pytest.param(document({**trust(), "Principal": "mediaconnect.amazonaws.com"}), id="a bare service"),
        pytest.param(document({**trust(), "Principal": {}}), id="an empty principal"),
        pytest.param(document({**trust(), "Resource": "*"}), id="a resource"),
        pytest.param(document({**trust(), "Action": "s3:GetObject"}), id="another action"),
        pytest.param(
            document({**trust(), "Condition": {"StringIs": {"aws:SourceAccount": ACCOUNT}}}), id="an unknown condition"
        ),
        pytest.param(document({**trust(), "Conditions": {}}), id="an unknown element"),
    ],
)
def test_a_malformed_trust_policy_is_refused(iam: Any, policy: str) -> None:
    """IAM API Reference: MalformedPolicyDocument, 400."""
    with refused("MalformedPolicyDocument", 400):
        iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=policy)
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    with refused("MalformedPolicyDocument", 400):
        iam.update_assume_role_policy(RoleName="MediaConnect-ASM", PolicyDocument=policy)


def test_policies_have_a_size(iam: Any) -> None:
    """IAM User Guide, quotas: 2,048 characters of trust policy, 6,144 of managed policy."""
    long_trust = document(trust(StringEquals={"aws:SourceAccount": [f"{number:012}" for number in range(150)]}))
    with refused("LimitExceeded", 409):
        iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=long_trust)
    with refused("LimitExceeded", 409):
        iam.create_policy(
            PolicyName="long",
            PolicyDocument=document(allow("s3:*", [f"arn:aws:s3:::bucket-{number}/*" for number in range(250)])),
        )
    spaced = json.dumps(json.loads(document(allow("s3:*", "*"))), indent=3000)
    iam.create_policy(PolicyName="spaced", PolicyDocument=spaced)


def test_an_identity_policy_names_no_principal(iam: Any) -> None:
    with refused("MalformedPolicyDocument", 400):
        iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*", "*", Principal="*")))


def test_role_names_do_not_differ_by_case_alone(iam: Any) -> None:
    """IAM API Reference, CreateRole: "names are not distinguished by case"."""
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    with refused("EntityAlreadyExists", 409):
        iam.create_role(RoleName="mediaconnect-asm", AssumeRolePolicyDocument=document(trust()))


def test_a_policy_is_detached_and_pruned_before_it_is_deleted(iam: Any) -> None:
    """IAM API Reference, DeletePolicy: DeleteConflict, 409."""
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(allow("ec2:*", "*")), SetAsDefault=True)
    iam.detach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)


def test_a_role_takes_ten_managed_policies(iam: Any) -> None:
    """IAM User Guide, quotas: 10 managed policies per role."""
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    arns = [
        iam.create_policy(PolicyName=f"p{number}", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
        for number in range(11)
    ]
    for arn in (*arns[:10], arns[0]):
        iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    with refused("LimitExceeded", 409):
        iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arns[10])


def test_policies_of_aws_itself_can_be_attached(iam: Any) -> None:
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    arn = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
    iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName="MediaConnect-ASM")["AttachedPolicies"][0]["PolicyArn"] == arn
    with refused("NoSuchEntity", 404):
        iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")


def test_the_simulator_judges_a_role(emulator: Emulator, iam: Any) -> None:
    """IAM API Reference, SimulatePrincipalPolicy."""
    setup = Setup(emulator)
    other = setup.secret.replace("secret:key", "secret:other")
    setup.grant(allow("secretsmanager:Get*", setup.secret), allow("secretsmanager:GetResourcePolicy", "*", "Deny"))
    answer = iam.simulate_principal_policy(
        PolicySourceArn=ROLE,
        ActionNames=["secretsmanager:GetSecretValue", "secretsmanager:GetResourcePolicy"],
        ResourceArns=[setup.secret, other],
    )
    results = [
        (item["EvalActionName"].partition(":")[2], item["EvalResourceName"], item["EvalDecision"])
        for item in answer["EvaluationResults"]
    ]
    assert results == [
        ("GetSecretValue", setup.secret, "allowed"),
        ("GetSecretValue", other, "implicitDeny"),
        ("GetResourcePolicy", setup.secret, "explicitDeny"),
        ("GetResourcePolicy", other, "explicitDeny"),
    ]
    assert answer["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "read"
    with refused("NoSuchEntity", 404):
        iam.simulate_principal_policy(PolicySourceArn=f"{ROLE}x", ActionNames=["s3:GetObject"])


def test_the_simulator_keeps_within_a_boundary(emulator: Emulator, iam: Any) -> None:
    """IAM User Guide, permissions boundaries: what both allow is allowed."""
    setup = Setup(emulator)
    question = {
        "PolicySourceArn": ROLE,
        "ActionNames": ["secretsmanager:GetSecretValue"],
        "ResourceArns": [setup.secret],
    }

    def decision(**more: Any) -> str:
        return str(iam.simulate_principal_policy(**question, **more)["EvaluationResults"][0]["EvalDecision"])

    assert decision() == "allowed"
    assert decision(PermissionsBoundaryPolicyInputList=[document(allow("s3:*", "*"))]) == "implicitDeny"
    arn = iam.create_policy(PolicyName="boundary", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="MediaConnect-ASM", PermissionsBoundary=arn)
    assert decision() == "implicitDeny"


def test_the_simulator_takes_context_and_policies(iam: Any) -> None:
    policy = document(allow("s3:*", "*", Condition={"StringEquals": {"aws:PrincipalTag/team": "video"}}))
    question: dict[str, Any] = {"PolicyInputList": [policy], "ActionNames": [f"s3:Get{number}" for number in range(3)]}
    (result, *__) = iam.simulate_custom_policy(**question)["EvaluationResults"]
    assert (result["EvalDecision"], result["EvalResourceName"], result["MissingContextValues"]) == (
        "implicitDeny",
        "*",
        ["aws:PrincipalTag/team"],
    )
    context = [{"ContextKeyName": "aws:PrincipalTag/team", "ContextKeyValues": ["video"], "ContextKeyType": "string"}]
    pages = iam.get_paginator("simulate_custom_policy").paginate(
        **question, ContextEntries=context, PaginationConfig={"PageSize": 2}
    )
    decisions = [[item["EvalDecision"] for item in page["EvaluationResults"]] for page in pages]
    assert decisions == [["allowed", "allowed"], ["allowed"]]


class Tagged:
    """A flow and an entitlement with tags, and the tagging API."""

    def __init__(self, emulator: Emulator) -> None:
        entitlements = [
            {
                "name": "AnyCompany",
                "subscribers": ["444455556666"],
                "entitlement_tags": {"event": "baseball", "tier": "1"},
            }
        ]
        flows = [
            {"name": "BaseballGame", "tags": {"event": "baseball"}, "entitlements": entitlements},
            {"name": "Untagged"},
        ]
        emulator.seed({"accounts": {ACCOUNT: {"regions": {"us-west-2": {"flows": flows}}}}})
        self.mediaconnect = emulator.client("mediaconnect")
        self.flow = self.mediaconnect.list_flows()["Flows"][0]["FlowArn"]
        self.entitlement = self.mediaconnect.describe_flow(FlowArn=self.flow)["Flow"]["Entitlements"][0][
            "EntitlementArn"
        ]
        self.tagging = emulator.client("resourcegroupstaggingapi", config=UNCHECKED)

    def find(self, **filters: Any) -> dict[str, dict[str, str]]:
        pages = self.tagging.get_paginator("get_resources").paginate(**filters).build_full_result()
        return {
            item["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in item["Tags"]}
            for item in pages["ResourceTagMappingList"]
        }


def test_the_tagging_api_finds_flows_and_entitlements(emulator: Emulator) -> None:
    """Resource Groups Tagging API Reference, GetResources."""
    tagged = Tagged(emulator)
    flow, entitlement = {"event": "baseball"}, {"event": "baseball", "tier": "1"}
    assert tagged.find() == {tagged.flow: flow, tagged.entitlement: entitlement}
    assert tagged.find(ResourceTypeFilters=["mediaconnect:entitlement"]) == {tagged.entitlement: entitlement}
    assert tagged.find(ResourceTypeFilters=["mediaconnect"], TagFilters=[{"Key": "tier"}]) == {
        tagged.entitlement: entitlement
    }
    assert tagged.find(ResourceTypeFilters=["secretsmanager:secret"]) == {}
    assert tagged.find(ResourcesPerPage=1) == {tagged.flow: flow, tagged.entitlement: entitlement}
    assert (
        emulator.client("resourcegroupstaggingapi", account="444455556666").get_resources()["ResourceTagMappingList"]
        == []
    )
    answer = tagged.tagging.tag_resources(ResourceARNList=[tagged.flow, f"{tagged.flow}x"], Tags={"by": "group"})
    assert list(answer["FailedResourcesMap"]) == [f"{tagged.flow}x"]
    assert tagged.mediaconnect.list_tags_for_resource(ResourceArn=tagged.flow)["Tags"] == {**flow, "by": "group"}
    tagged.tagging.untag_resources(ResourceARNList=[tagged.flow], TagKeys=["by"])
    assert tagged.find(ResourceTypeFilters=["mediaconnect:flow"]) == {tagged.flow: flow}


def test_the_tagging_api_lags_when_told_to(emulator: Emulator) -> None:
    tagged = Tagged(emulator)
    emulator.settings(tagging_lag=60.0)
    tagged.mediaconnect.tag_resource(ResourceArn=tagged.flow, Tags={"event": "football"})
    tagged.mediaconnect.untag_resource(ResourceArn=tagged.entitlement, TagKeys=["tier"])
    assert tagged.find() == {tagged.flow: {"event": "baseball"}, tagged.entitlement: {"event": "baseball", "tier": "1"}}
    emulator.settings(tagging_lag=0.0)
    assert tagged.find() == {tagged.flow: {"event": "football"}, tagged.entitlement: {"event": "baseball"}}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"AssumeRolePolicyDocument": None}, id="no trust policy"),
        pytest.param({"RoleName": "r" * 65}, id="a long name"),
        pytest.param({"RoleName": "has space"}, id="a space in the name"),
        pytest.param({"Path": "media"}, id="a path without slashes"),
        pytest.param({"Description": "d" * 1001}, id="a long description"),
        pytest.param({"Description": "em\u2014dash"}, id="a character beyond Latin-1 in the description"),
        pytest.param({"MaxSessionDuration": 100}, id="a short session"),
        pytest.param({"Tags": [{"Key": f"k{number}", "Value": ""} for number in range(51)]}, id="51 tags"),
        pytest.param({"Tags": [{"Key": "k", "Value": "v" * 257}]}, id="a long tag value"),
    ],
)
def test_a_role_fits_the_model(iam: Any, change: dict[str, Any]) -> None:
    """IAM's service model: lengths, patterns, bounds; ValidationError, 400."""
    params = {"RoleName": "MediaConnect-ASM", "AssumeRolePolicyDocument": document(trust()), **change}
    with refused("ValidationError", 400):
        iam.create_role(**{name: value for name, value in params.items() if value is not None})
    assert iam.list_roles()["Roles"] == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Description": "d" * 2049}, id="a long description"),
        pytest.param({"ClientRequestToken": "short"}, id="a short token"),
        pytest.param({"Tags": [{"Key": "k" * 129, "Value": ""}]}, id="a long tag key"),
        pytest.param({"Tags": {"event": "baseball"}}, id="tags as a map"),
        pytest.param({"SecretSring": "x"}, id="a misspelt member"),
    ],
)
def test_a_secret_fits_the_model(secrets: Any, emulator: Emulator, change: dict[str, Any]) -> None:
    """Secrets Manager's service model; ValidationException, 400."""
    body = json.dumps({"Name": "key", "SecretString": "x", **change}).encode()
    keys = emulator.credentials()["aws_access_key_id"]
    headers = {
        "X-Amz-Target": "secretsmanager.CreateSecret",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={keys}/20260101/us-west-2/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
    }
    with pytest.raises(HTTPError) as caught:
        urlopen(HttpRequest(emulator.endpoint, body, headers))
    with caught.value as answer:
        assert (answer.code, json.load(answer)["__type"]) == (400, "ValidationException")
    assert secrets.list_secrets()["SecretList"] == []


def test_the_name_of_a_policy_is_taken_whatever_its_path_and_case(iam: Any) -> None:
    """IAM API Reference, CreatePolicy: "names are not distinguished by case"."""
    text = document(allow("s3:GetObject", "*"))
    iam.create_policy(PolicyName="Keys", Path="/media/", PolicyDocument=text)
    for name in ("Keys", "keys"):
        with refused("EntityAlreadyExists", 409):
            iam.create_policy(PolicyName=name, PolicyDocument=text)


def test_a_permissions_boundary_has_to_be_there(iam: Any) -> None:
    """IAM API Reference, PutRolePermissionsBoundary: NoSuchEntity."""
    none = f"arn:aws:iam::{ACCOUNT}:policy/None"
    with refused("NoSuchEntity", 404):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), PermissionsBoundary=none)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()))
    with refused("NoSuchEntity", 404):
        iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=none)
    made = iam.create_policy(PolicyName="Limit", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=made)
    iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")


@pytest.mark.parametrize("character", ["&", "(", ")", ",", "*"])
def test_tags_of_iam_have_letters_digits_spaces_and_few_others(iam: Any, secrets: Any, character: str) -> None:
    """botocore's model of IAM, tagKeyType and tagValueType; Secrets Manager takes any character."""
    wrong = [{"Key": "owner", "Value": f"Sports {character} Live"}]
    with refused("ValidationError", 400):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), Tags=wrong)
    with refused("ValidationError", 400):
        iam.create_policy(PolicyName="P", PolicyDocument=document(allow("s3:*", "*")), Tags=wrong)
    secrets.create_secret(Name="key", SecretString="x", Tags=wrong)
    right = [{"Key": "Überträger", "Value": "a b_.:/=+-@1"}]
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), Tags=right)


def test_tags_of_iam_that_differ_by_case_are_one(iam: Any) -> None:
    """IAM User Guide, tags: "Tag key values are not case sensitive"."""
    twice = [{"Key": "Owner", "Value": "a"}, {"Key": "owner", "Value": "b"}]
    with refused("InvalidInput", 400):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), Tags=twice)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()))
    with refused("InvalidInput", 400):
        iam.tag_role(RoleName="R", Tags=twice)
