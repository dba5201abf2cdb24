# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources and outputs: how they become part of a flow, and the output that a subscriber's flow puts on the originator's."""

from __future__ import annotations

from typing import Any

from ..wire.model import bad_request
from ..wire.protocols import AwsError
from . import rules
from .estate import Estate, Flow, Part, not_found, random_id
from .registry import Call, check_access, operation

_SOURCE_TRANSPORT = (
    "Protocol",
    "MaxBitrate",
    "MaxLatency",
    "MaxSyncBuffer",
    "MinLatency",
    "SenderControlPort",
    "SenderIpAddress",
    "SourceListenerAddress",
    "SourceListenerPort",
    "StreamId",
    "NdiSourceSettings",
)
_SOURCE_PLAIN = (
    "Description",
    "EntitlementArn",
    "IngestPort",
    "VpcInterfaceName",
    "WhitelistCidr",
    "GatewayBridgeSource",
)
_OUTPUT_TRANSPORT = (
    "Protocol",
    "CidrAllowList",
    "MaxLatency",
    "MinLatency",
    "RemoteId",
    "SenderControlPort",
    "SenderIpAddress",
    "SmoothingLatency",
    "StreamId",
    "NdiSpeedHqQuality",
    "NdiProgramName",
    "NdiOutputTimecodeSource",
    "NdiAudioReferenceLevel",
)
_OUTPUT_PLAIN = ("Description", "Destination", "Port", "VpcInterfaceAttachment", "OutputStatus")
_NOT_EMULATED = (
    "MediaStreamSourceConfigurations",
    "MediaStreamOutputConfigurations",
    "RouterIntegrationState",
    "RouterIntegrationTransitDecryption",
    "RouterIntegrationTransitEncryption",
    "RtmpPushSettings",
)


def make_source(call: Call, flow: Flow, request: dict[str, Any]) -> Part:
    """A source as SetSourceRequest asks for it; one made from an entitlement needs nothing but the entitlement."""
    _refuse_not_emulated(request, "source")
    entitlement_arn = request.get("EntitlementArn")
    if entitlement_arn is not None:
        _check_received(call, entitlement_arn)
        misplaced = [
            member
            for member in (*_SOURCE_TRANSPORT, "IngestPort", "WhitelistCidr", "VpcInterfaceName")
            if member in request
        ]
        if misplaced:
            raise bad_request(f"{', '.join(misplaced)} is not valid for a source that is an entitlement")
    name = request.get("Name") or (entitlement_arn or "").rpartition(":")[2]
    if not name:
        raise bad_request("a source needs a name")
    if entitlement_arn is None and "Protocol" not in request and "GatewayBridgeSource" not in request:
        raise bad_request(f"source {name} needs a protocol")
    tags = request.get("SourceTags", {})
    rules.check_tags(tags, f"source {name}")
    arn = flow.part_arn("source", name)
    if arn in flow.sources:
        raise bad_request(f"the flow {flow.name} has a source {name} already")
    details = {"Name": name, "SourceArn": arn}
    if entitlement_arn is None:
        details["IngestIp"] = f"198.51.100.{1 + len(flow.sources)}"
    _apply(details, request, _SOURCE_PLAIN, _SOURCE_TRANSPORT)
    if "Decryption" in request:
        protocol = request.get("Protocol")
        details["Decryption"] = _encryption(call, flow, request["Decryption"], protocol, f"source {name}")
    return Part(arn, details, tags)


def make_output(call: Call, flow: Flow, request: dict[str, Any]) -> Part:
    """An output as AddOutputRequest asks for it."""
    _refuse_not_emulated(request, "output")
    name = request.get("Name")
    if not name:
        raise bad_request("an output needs a name")
    if name in {
        output.details["Name"] for output in flow.outputs.values()
    }:  # API Reference: "unique within the current flow"
        raise bad_request(f"the flow {flow.name} has an output {name} already")
    if "Protocol" not in request:
        raise bad_request(f"output {name} needs a protocol")
    tags = request.get("OutputTags", {})
    rules.check_tags(tags, f"output {name}")
    arn = flow.part_arn("output", name, random_id("2"))
    details = {"Name": name, "OutputArn": arn, "OutputStatus": "ENABLED"}
    if request["Protocol"] in ("srt-listener", "zixi-pull"):  # API Reference, Output: what the receiver connects to
        details["ListenerAddress"] = "203.0.113.10"
    _apply(details, request, _OUTPUT_PLAIN, _OUTPUT_TRANSPORT)
    if "Encryption" in request:
        details["Encryption"] = _encryption(call, flow, request["Encryption"], request["Protocol"], f"output {name}")
    return Part(arn, details, tags)


def _encryption(call: Call, flow: Flow, encryption: dict[str, Any], protocol: str | None, what: str) -> dict[str, Any]:
    complete = rules.check_stream_encryption(encryption, call.account, call.region, protocol, what)
    check_access(call, flow, complete, what)
    return complete


def _apply(
    details: dict[str, Any], request: dict[str, Any], plain: tuple[str, ...], transport: tuple[str, ...]
) -> None:
    details.update({member: request[member] for member in plain if member in request})
    changed = {member: request[member] for member in transport if member in request}
    if changed:
        details["Transport"] = {**details.get("Transport", {}), **changed}


def _refuse_not_emulated(request: dict[str, Any], what: str) -> None:
    unknown = [member for member in _NOT_EMULATED if member in request]
    if unknown:
        raise bad_request(f"{', '.join(unknown)} of a {what} is not part of the emulator")


def _check_received(call: Call, entitlement_arn: str) -> None:
    """User Guide, entitlements-subscriber: granted to this account, used in the same Region."""
    found = call.estate.granted(entitlement_arn)
    if found is None or call.account not in found[1].subscribers:
        raise bad_request(f"entitlement {entitlement_arn} does not exist or is not granted to account {call.account}")
    if found[0].region != call.region:
        raise bad_request(f"entitlement {entitlement_arn} is of another Region than {call.region}")


def connect(estate: Estate, subscriber: Flow) -> None:
    """User Guide, entitlements-originator: a subscriber's flow generates an output on the originator's, up to its quota."""
    found = estate.granted(subscriber.entitlement_arn or "")
    if found is None or subscriber.account not in found[1].subscribers:
        return
    flow, entitlement = found
    if (
        any(output.subscriber_flow == subscriber.arn for output in flow.outputs.values())
        or len(flow.outputs) >= rules.MAX_OUTPUTS
    ):
        return
    taken = {output.details["Name"] for output in flow.outputs.values()}
    base = f"{entitlement.name}-{subscriber.account}"
    name = next(name for name in (base, *(f"{base}-{number}" for number in range(2, 99))) if name not in taken)
    arn = flow.part_arn("output", name, random_id("2"))
    details: dict[str, Any] = {
        "Name": name,
        "OutputArn": arn,
        "EntitlementArn": entitlement.arn,
        "DataTransferSubscriberFeePercent": entitlement.fee,
        "OutputStatus": "ENABLED",
    }
    flow.outputs[arn] = Part(arn, details, {}, subscriber.arn)


def disconnect(estate: Estate, subscriber: Flow) -> None:
    """Take the subscriber's outputs off the originator's flow."""
    for flow in estate.flows_in_region(subscriber.region):
        for output in [item for item in flow.outputs.values() if item.subscriber_flow == subscriber.arn]:
            del flow.outputs[output.arn]


def check_source_count(flow: Flow, count: int) -> None:
    """Two sources at most, and a second one only with failover: FailoverConfig, "if the state is inactive, the flow can have only one source"."""
    if count > rules.MAX_SOURCES:
        raise bad_request(f"a flow cannot have more than {rules.MAX_SOURCES} sources")
    if count > 1 and flow.extras.get("SourceFailoverConfig", {}).get("State") != "ENABLED":
        raise bad_request("a flow can have a second source only with source failover enabled")


@operation
def add_flow_sources(call: Call) -> dict[str, Any]:
    """All sources of the request, or none."""
    flow = call.flow()
    check_source_count(flow, len(flow.sources) + len(call.params["Sources"]))
    before = dict(flow.sources)
    try:
        added = [
            flow.sources.setdefault(source.arn, source)
            for source in (make_source(call, flow, request) for request in call.params["Sources"])
        ]
    except AwsError:
        flow.sources = before
        raise
    connect(call.estate, flow)
    return {"FlowArn": flow.arn, "Sources": [source.details for source in added]}


@operation
def update_flow_source(call: Call) -> dict[str, Any]:
    """Change what the request names; another entitlement moves the output to that originator."""
    flow = call.flow()
    params = call.params
    _refuse_not_emulated(params, "source")
    source = flow.sources.get(params["SourceArn"])
    if source is None:
        raise not_found(f"source {params['SourceArn']} of flow {flow.name}")
    entitlement_arn = params.get("EntitlementArn", source.details.get("EntitlementArn"))
    moved = entitlement_arn != source.details.get("EntitlementArn")
    if moved:
        _check_received(call, params["EntitlementArn"])
    protocol = params.get("Protocol", source.details.get("Transport", {}).get("Protocol"))
    if "Decryption" in params:
        source.details["Decryption"] = _encryption(
            call, flow, params["Decryption"], protocol, f"source {source.details['Name']}"
        )
    _apply(source.details, params, _SOURCE_PLAIN, _SOURCE_TRANSPORT)
    if moved:
        disconnect(call.estate, flow)
        connect(call.estate, flow)
    return {"FlowArn": flow.arn, "Source": source.details}


@operation
def remove_flow_source(call: Call) -> dict[str, Any]:
    """API Reference: "This request can be made only if there is more than one source on the flow"."""
    flow = call.flow()
    source = flow.sources.get(call.params["SourceArn"])
    if source is None:
        raise not_found(f"source {call.params['SourceArn']} of flow {flow.name}")
    if len(flow.sources) < 2:
        raise bad_request(f"the flow {flow.name} needs its only source")
    del flow.sources[source.arn]
    return {"FlowArn": flow.arn, "SourceArn": source.arn}


@operation
def add_flow_outputs(call: Call) -> dict[str, Any]:
    """All outputs of the request, or none."""
    flow = call.flow()
    requests = call.params["Outputs"]
    if len(flow.outputs) + len(requests) > rules.MAX_OUTPUTS:
        raise rules.quota("AddFlowOutputs", f"the flow {flow.name} cannot have more than {rules.MAX_OUTPUTS} outputs")
    before = dict(flow.outputs)
    try:
        added = [
            flow.outputs.setdefault(output.arn, output)
            for output in (make_output(call, flow, request) for request in requests)
        ]
    except AwsError:
        flow.outputs = before
        raise
    return {"FlowArn": flow.arn, "Outputs": [output.details for output in added]}


def _own_output(call: Call, flow: Flow) -> Part:
    output = flow.outputs.get(call.params["OutputArn"])
    if output is None:
        raise not_found(f"output {call.params['OutputArn']} of flow {flow.name}")
    return output


@operation
def update_flow_output(call: Call) -> dict[str, Any]:
    """Change what the request names."""
    flow = call.flow()
    output = _own_output(call, flow)
    params = call.params
    _refuse_not_emulated(params, "output")
    if output.subscriber_flow is not None:
        raise bad_request(f"output {output.details['Name']} belongs to entitlement {output.details['EntitlementArn']}")
    if "Encryption" in params:
        protocol = params.get("Protocol", output.details["Transport"]["Protocol"])
        output.details["Encryption"] = _encryption(
            call, flow, params["Encryption"], protocol, f"output {output.details['Name']}"
        )
    _apply(output.details, params, _OUTPUT_PLAIN, _OUTPUT_TRANSPORT)
    return {"FlowArn": flow.arn, "Output": output.details}


@operation
def remove_flow_output(call: Call) -> dict[str, Any]:
    """API Reference: "only on an output that does not have an entitlement associated with it"."""
    flow = call.flow()
    output = _own_output(call, flow)
    if output.subscriber_flow is not None:
        raise bad_request(
            f"output {output.details['Name']} belongs to entitlement {output.details['EntitlementArn']}: revoke that instead"
        )
    del flow.outputs[output.arn]
    return {"FlowArn": flow.arn, "OutputArn": output.arn}
