# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Elemental MediaConnect: a function per operation, and functions built on them that read many flows."""

from __future__ import annotations

from typing import Any, Iterable

from .client import in_parallel
from .errors import ApiError, api_call

PARALLEL_READS = 16
PAGE_SIZE = 1000  # MaxResults of ListFlows and ListEntitlements is 1 to 1,000


@api_call("mediaconnect:ListFlows", "list the flows")
def list_flows(client: Any) -> list[dict[str, Any]]:
    """All flows of the Region as ListedFlow: FlowArn, Name, Status, SourceType, AvailabilityZone, Description."""
    pages = client.get_paginator("list_flows").paginate(PaginationConfig={"PageSize": PAGE_SIZE})
    return pages.build_full_result().get("Flows", [])


@api_call("mediaconnect:DescribeFlow", "read the flow {flow_arn}", missing="NotFoundException")
def describe_flow(client: Any, flow_arn: str) -> dict[str, Any] | None:
    """The flow with its sources, outputs, entitlements, and its Messages; None when there is no such flow."""
    answer = client.describe_flow(FlowArn=flow_arn)
    return {**answer["Flow"], "Messages": answer.get("Messages", {})}


def describe_flows(client: Any, flow_arns: Iterable[str]) -> list[dict[str, Any] | ApiError | None]:
    """For each ARN, in order, what describe_flow returns, or the ApiError that it raises."""

    def describe(flow_arn: str) -> Any:
        try:
            return describe_flow(client, flow_arn)
        except ApiError as error:
            return error

    return in_parallel(describe, flow_arns, PARALLEL_READS)


def read_flows(client: Any, flow_arns: Iterable[str]) -> list[dict[str, Any]]:
    """What describe_flow returns for each ARN, without those for which there is no flow. Raises the first ApiError."""
    flows = []
    for answer in describe_flows(client, flow_arns):
        if isinstance(answer, ApiError):
            raise answer
        if answer:
            flows.append(answer)
    return flows


def all_flows(client: Any) -> list[dict[str, Any]]:
    """All flows of the Region as describe_flow returns them, without those that are deleted in the meantime."""
    return read_flows(client, [listed["FlowArn"] for listed in list_flows(client)])


@api_call("mediaconnect:ListEntitlements", "list the entitlements granted to this account")
def list_entitlements(client: Any) -> list[dict[str, Any]]:
    """What other accounts have granted to the caller's: EntitlementArn, EntitlementName, DataTransferSubscriberFeePercent."""
    pages = client.get_paginator("list_entitlements").paginate(PaginationConfig={"PageSize": PAGE_SIZE})
    return pages.build_full_result().get("Entitlements", [])


@api_call("mediaconnect:GrantFlowEntitlements", "grant entitlements on {flow_arn}")
def grant_entitlements(client: Any, flow_arn: str, entitlements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Grant all of them in one call; returns the Entitlements made."""
    return client.grant_flow_entitlements(FlowArn=flow_arn, Entitlements=entitlements)["Entitlements"]


@api_call("mediaconnect:UpdateFlowEntitlement", "update the entitlement {entitlement_arn}")
def update_entitlement(client: Any, flow_arn: str, entitlement_arn: str, **fields: Any) -> dict[str, Any]:
    """Change Description, Subscribers, EntitlementStatus, Encryption; what is left out stays. Returns the Entitlement."""
    answer = client.update_flow_entitlement(FlowArn=flow_arn, EntitlementArn=entitlement_arn, **fields)
    return answer["Entitlement"]


@api_call("mediaconnect:RevokeFlowEntitlement", "revoke the entitlement {entitlement_arn}", missing="NotFoundException")
def revoke_entitlement(client: Any, flow_arn: str, entitlement_arn: str) -> None:
    """Revoke it; AWS answers before it is gone. It is not an error if it is gone already."""
    client.revoke_flow_entitlement(FlowArn=flow_arn, EntitlementArn=entitlement_arn)


@api_call("mediaconnect:ListTagsForResource", "read the tags of {arn}", missing="NotFoundException")
def list_tags(client: Any, arn: str) -> dict[str, str] | None:
    return client.list_tags_for_resource(ResourceArn=arn).get("Tags", {})


@api_call("mediaconnect:TagResource", "tag {arn}")
def tag_resource(client: Any, arn: str, tags: dict[str, str]) -> None:
    client.tag_resource(ResourceArn=arn, Tags=tags)


@api_call("mediaconnect:UntagResource", "remove tags from {arn}")
def untag_resource(client: Any, arn: str, tag_names: list[str]) -> None:
    client.untag_resource(ResourceArn=arn, TagKeys=tag_names)


def grants_take_tags(client: Any) -> bool:
    """Whether this botocore can set tags when it grants: EntitlementTags came with botocore 1.40.46."""
    return "EntitlementTags" in client.meta.service_model.shape_for("GrantEntitlementRequest").members
