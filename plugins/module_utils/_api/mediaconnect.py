# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Elemental MediaConnect, a function per operation."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import api_call

PARALLEL_READS = 8
PAGE_SIZE = 1000  # MaxResults of ListFlows and ListEntitlements is 1 to 1,000


@api_call("mediaconnect:ListFlows", "list the flows")
def list_flows(client: Any) -> List[Dict[str, Any]]:
    """All flows of the Region as ListedFlow: FlowArn, Name, Status, SourceType, AvailabilityZone, Description."""
    pages = client.get_paginator("list_flows").paginate(PaginationConfig={"PageSize": PAGE_SIZE})
    return pages.build_full_result().get("Flows", [])


@api_call("mediaconnect:DescribeFlow", "read the flow {flow_arn}", missing="NotFoundException")
def describe_flow(client: Any, flow_arn: str) -> Optional[Dict[str, Any]]:
    """The flow with its sources, outputs, entitlements, and its Messages; None when there is no such flow."""
    answer = client.describe_flow(FlowArn=flow_arn)
    return {**answer["Flow"], "Messages": answer.get("Messages", {})}


def read_flows(client: Any) -> List[Dict[str, Any]]:
    """All flows of the Region as describe_flow returns them, less those that vanish meanwhile."""
    arns = [listed["FlowArn"] for listed in list_flows(client)]
    with ThreadPoolExecutor(max_workers=PARALLEL_READS) as pool:
        flows = pool.map(functools.partial(describe_flow, client), arns)
    return [flow for flow in flows if flow]


@api_call("mediaconnect:ListEntitlements", "list the entitlements granted to this account")
def list_entitlements(client: Any) -> List[Dict[str, Any]]:
    """What other accounts granted to the caller's: EntitlementArn, EntitlementName, DataTransferSubscriberFeePercent."""
    pages = client.get_paginator("list_entitlements").paginate(PaginationConfig={"PageSize": PAGE_SIZE})
    return pages.build_full_result().get("Entitlements", [])


@api_call("mediaconnect:GrantFlowEntitlements", "grant entitlements on {flow_arn}")
def grant_entitlements(client: Any, flow_arn: str, entitlements: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Grant all of them in one call; returns the Entitlements made."""
    return client.grant_flow_entitlements(FlowArn=flow_arn, Entitlements=entitlements)["Entitlements"]


@api_call("mediaconnect:UpdateFlowEntitlement", "update the entitlement {entitlement_arn}")
def update_entitlement(client: Any, flow_arn: str, entitlement_arn: str, **fields: Any) -> Dict[str, Any]:
    """Change Description, Subscribers, EntitlementStatus, Encryption; what is left out stays. Returns the Entitlement."""
    answer = client.update_flow_entitlement(FlowArn=flow_arn, EntitlementArn=entitlement_arn, **fields)
    return answer["Entitlement"]


@api_call("mediaconnect:RevokeFlowEntitlement", "revoke the entitlement {entitlement_arn}", missing="NotFoundException")
def revoke_entitlement(client: Any, flow_arn: str, entitlement_arn: str) -> None:
    """Revoke it; AWS answers before it is gone. One that is gone already is no error."""
    client.revoke_flow_entitlement(FlowArn=flow_arn, EntitlementArn=entitlement_arn)


@api_call("mediaconnect:ListTagsForResource", "read the tags of {arn}", missing="NotFoundException")
def list_tags(client: Any, arn: str) -> Optional[Dict[str, str]]:
    return client.list_tags_for_resource(ResourceArn=arn).get("Tags", {})


@api_call("mediaconnect:TagResource", "tag {arn}")
def tag_resource(client: Any, arn: str, tags: Dict[str, str]) -> None:
    client.tag_resource(ResourceArn=arn, Tags=tags)


@api_call("mediaconnect:UntagResource", "remove tags from {arn}")
def untag_resource(client: Any, arn: str, tag_names: List[str]) -> None:
    client.untag_resource(ResourceArn=arn, TagKeys=tag_names)


def grants_take_tags(client: Any) -> bool:
    """Whether this botocore can tag at granting: EntitlementTags came with botocore 1.40.46."""
    return "EntitlementTags" in client.meta.service_model.shape_for("GrantEntitlementRequest").members
