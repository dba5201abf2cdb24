# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a flow."""

from __future__ import annotations

from typing import Any

from ..wire.model import bad_request
from ..wire.protocols import AwsError
from . import rules
from .entitlements import entitlements_to_grant, refuse_uncompressed
from .estate import Flow
from .messages import messages
from .registry import Call, operation, page
from .streams import check_source_count, connect, disconnect, make_output, make_source
from .vpc import add_vpc_interfaces

_EXTRAS = ("SourceFailoverConfig", "SourceMonitoringConfig", "FlowSize", "NdiConfig", "EncodingConfig", "Maintenance")


def flow_members(flow: Flow) -> dict[str, Any]:
    """A flow as the API shows it."""
    sources = [source.details for source in flow.sources.values()]
    return {
        "FlowArn": flow.arn,
        "Name": flow.name,
        "Description": _description(flow),
        "AvailabilityZone": flow.zone,
        "Status": flow.status,
        "EgressIp": "203.0.113.10",
        "Source": sources[0],
        "Sources": sources,
        "Outputs": [output.details for output in flow.outputs.values()],
        "Entitlements": [entitlement.members() for entitlement in flow.entitlements.values()],
        "VpcInterfaces": list(flow.vpc_interfaces.values()),
        **flow.extras,
    }


def _description(flow: Flow) -> str:
    return str(next(iter(flow.sources.values())).details.get("Description", ""))


@operation
def create_flow(call: Call) -> dict[str, Any]:
    """A flow in STANDBY: "The request must include one source", up to 50 outputs and 50 entitlements."""
    params = call.params
    name = rules.check_name(params["Name"], "a flow")
    if params.get("MediaStreams"):
        raise bad_request("MediaStreams of a flow is not part of the emulator")
    requests = params.get("Sources", []) + ([params["Source"]] if "Source" in params else [])
    if not requests or ("Source" in params and params.get("Sources")):
        raise bad_request("a flow needs either Source or Sources")
    zone = params.get("AvailabilityZone", f"{call.region}a")
    if not zone.startswith(call.region):
        raise bad_request(f"availability zone {zone} is not in Region {call.region}")
    tags = params.get("FlowTags", {})
    rules.check_tags(tags, f"flow {name}")
    flow = call.estate.add_flow(
        call.account,
        call.region,
        name,
        zone,
        tags,
        {key: params[key] for key in _EXTRAS if key in params},
        params.get("FlowId"),
    )
    try:
        _furnish(call, flow, requests)
    except AwsError:
        call.estate.remove_flow(flow)
        raise
    connect(call.estate, flow)
    return {"Flow": flow_members(flow)}


def _furnish(call: Call, flow: Flow, sources: list[dict[str, Any]]) -> None:
    add_vpc_interfaces(call, flow, call.params.get("VpcInterfaces", []))
    check_source_count(flow, len(sources))
    for request in sources:
        source = make_source(call, flow, request)
        flow.sources[source.arn] = source
    outputs = call.params.get("Outputs", [])
    if len(outputs) > rules.MAX_OUTPUTS:
        raise rules.quota("CreateFlow", f"a flow cannot have more than {rules.MAX_OUTPUTS} outputs")
    for request in outputs:
        output = make_output(call, flow, request)
        flow.outputs[output.arn] = output
    if call.params.get("Entitlements"):
        refuse_uncompressed(flow)
        granted = entitlements_to_grant(call, flow, call.params["Entitlements"])
        flow.entitlements.update({entitlement.arn: entitlement for entitlement in granted})


@operation
def describe_flow(call: Call) -> dict[str, Any]:
    """The whole flow, and its messages when there are any."""
    flow = call.flow()
    described: dict[str, Any] = {"Flow": flow_members(flow)}
    errors = messages(call, flow)
    if errors:  # API Reference: "If there are no errors, MediaConnect will not include this field"
        described["Messages"] = {"Errors": errors}
    return described


@operation
def list_flows(call: Call) -> dict[str, Any]:
    """The caller's flows in the Region: 10 a page by default."""
    flows = [(flow.sequence, flow) for flow in call.estate.flows(call.account, call.region)]
    chosen, token = page(call, flows, default=10)
    listed = [
        {
            "FlowArn": flow.arn,
            "Name": flow.name,
            "Description": _description(flow),
            "AvailabilityZone": flow.zone,
            "Status": flow.status,
            "SourceType": "ENTITLED" if flow.entitlement_arn else "OWNED",
        }
        for flow in chosen
    ]
    return {"Flows": listed} if token is None else {"Flows": listed, "NextToken": token}


@operation
def update_flow(call: Call) -> dict[str, Any]:
    """Change what the request names."""
    flow = call.flow()
    for member in _EXTRAS:
        if member in call.params:
            before = flow.extras.get(member)
            value = call.params[member]
            flow.extras[member] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return {"Flow": flow_members(flow)}


def _turn(call: Call, flow: Flow, status: str) -> dict[str, Any]:
    flow.status = status
    flow.settled_at = call.estate.clock() + call.settings.transition_delay
    return {"FlowArn": flow.arn, "Status": status}


@operation
def delete_flow(call: Call) -> dict[str, Any]:
    """API Reference: "Before you can delete a flow, you must stop the flow"; its entitlements go with it."""
    flow = call.flow()
    if flow.status != "STANDBY":
        raise bad_request(f"the flow {flow.name} is {flow.status}: it must be stopped before it can be deleted")
    disconnect(call.estate, flow)
    return _turn(call, flow, "DELETING")


@operation
def start_flow(call: Call) -> dict[str, Any]:
    """STARTING, then ACTIVE; an entitlement can feed one running flow only, and an entitled flow finds its way back to its originator."""
    flow = call.flow()
    if flow.status != "STANDBY":
        raise bad_request(f"the flow {flow.name} is {flow.status}: only a flow in STANDBY can be started")
    flow.failure = _already_in_use(call, flow)
    connect(call.estate, flow)
    return _turn(call, flow, "STARTING")


def _already_in_use(call: Call, flow: Flow) -> str | None:
    """User Guide, monitor-flow-health: an alert "if you try to start the second flow" of the same entitlement."""
    arn = flow.entitlement_arn
    if arn is None:
        return None
    for other in call.estate.flows_in_region(flow.region):
        if other is not flow and other.entitlement_arn == arn and other.status in ("ACTIVE", "STARTING"):
            return f"The entitlement that this flow is based on is already in use ({arn})."
    return None


@operation
def stop_flow(call: Call) -> dict[str, Any]:
    """STOPPING, then STANDBY."""
    flow = call.flow()
    if flow.status not in ("ACTIVE", "ERROR"):
        raise bad_request(f"the flow {flow.name} is {flow.status}: only a running flow can be stopped")
    flow.failure = None
    return _turn(call, flow, "STOPPING")
