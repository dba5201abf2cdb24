# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The VPC interfaces of a flow: three at most, with names unique within the flow, each in use by the parts that name it."""

from __future__ import annotations

from typing import Any

from ..wire.model import bad_request
from .estate import Flow, not_found
from .registry import Call, check_role, operation

MAX_VPC_INTERFACES = 3  # User Guide, quotas: two elastic network adapters and one elastic fabric adapter


def add_vpc_interfaces(call: Call, flow: Flow, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All interfaces of the request, or none. MediaConnect makes them by assuming their roles."""
    names = [request["Name"] for request in requests]
    for name in names:  # API Reference, VpcInterfaceRequest: "This name must be unique within the flow"
        if name in flow.vpc_interfaces or names.count(name) > 1:
            raise bad_request(f"the flow {flow.name} has a VPC interface {name} already")
    if len(flow.vpc_interfaces) + len(requests) > MAX_VPC_INTERFACES:
        raise bad_request(f"a flow cannot have more than {MAX_VPC_INTERFACES} VPC interfaces")
    for request in requests:
        check_role(call, flow, request["RoleArn"], f"the VPC interface {request['Name']}")
    added = []
    for number, request in enumerate(requests):
        interface = {
            "Name": request["Name"],
            "NetworkInterfaceIds": [f"eni-{len(flow.vpc_interfaces) + number:017x}"],
            "NetworkInterfaceType": request.get("NetworkInterfaceType", "ena"),
            "RoleArn": request["RoleArn"],
            "SecurityGroupIds": request["SecurityGroupIds"],
            "SubnetId": request["SubnetId"],
        }
        added.append(interface)
    flow.vpc_interfaces.update({interface["Name"]: interface for interface in added})
    return added


@operation
def add_flow_vpc_interfaces(call: Call) -> dict[str, Any]:
    """Add interfaces."""
    flow = call.flow()
    return {"FlowArn": flow.arn, "VpcInterfaces": add_vpc_interfaces(call, flow, call.params["VpcInterfaces"])}


@operation
def remove_flow_vpc_interface(call: Call) -> dict[str, Any]:
    """API Reference: "This request can be made only on a VPC interface that does not have a Source or Output associated with it"."""
    flow = call.flow()
    name = call.params["VpcInterfaceName"]
    interface = flow.vpc_interfaces.get(name)
    if interface is None:
        raise not_found(f"VPC interface {name} of flow {flow.name}")
    for part in (*flow.sources.values(), *flow.outputs.values()):
        if name in (
            part.details.get("VpcInterfaceName"),
            part.details.get("VpcInterfaceAttachment", {}).get("VpcInterfaceName"),
        ):
            raise bad_request(f"VPC interface {name} is in use by {part.details['Name']}")
    del flow.vpc_interfaces[name]
    return {"FlowArn": flow.arn, "NonDeletedNetworkInterfaceIds": [], "VpcInterfaceName": name}
