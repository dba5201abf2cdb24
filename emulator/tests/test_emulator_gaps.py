# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy simulator and the tagging API."""

from __future__ import annotations

from typing import Any

from emulator.tests.test_emulator_keys import ROLE, Setup, allow, document
from emulator.tests.world import UNCHECKED, refused
from mediaconnect_emulator.client import Emulator

ACCOUNT = "111122223333"


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
    result, *__ = iam.simulate_custom_policy(**question)["EvaluationResults"]
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
