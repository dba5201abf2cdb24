# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Granting, updating, revoking and listing entitlements."""

from __future__ import annotations

import sys
from typing import Any

from ..wire.model import bad_request
from . import rules
from .estate import Entitlement, Estate, Flow, not_found
from .registry import Call, check_access, operation, page


def entitlements_to_grant(call: Call, flow: Flow, requests: list[dict[str, Any]]) -> list[Entitlement]:
    """The entitlements that a request asks for, all of them judged before any is granted."""
    taken = {entitlement.name for entitlement in flow.entitlements.values()}
    granted = []
    for request in requests:
        name = rules.check_name(request.get("Name"), "an entitlement")
        what = f"entitlement {name}"
        if name in taken:  # API Reference, GrantEntitlementRequest: "must be unique within the current flow"
            raise bad_request(f"the flow {flow.name} has an entitlement {name} already")
        taken.add(name)
        granted.append(_entitlement(call, flow, request, name, what))
    if len(flow.entitlements) + len(granted) > rules.MAX_ENTITLEMENTS:
        message = f"the flow {flow.name} cannot have more than {rules.MAX_ENTITLEMENTS} entitlements"
        raise rules.quota(
            "GrantFlowEntitlements" if call.operation == "GrantFlowEntitlements" else "CreateFlow", message
        )
    return granted


def _entitlement(call: Call, flow: Flow, request: dict[str, Any], name: str, what: str) -> Entitlement:
    fee = request.get("DataTransferSubscriberFeePercent", 0)
    rules.check_fee(fee, what)
    rules.check_description(request.get("Description"), what)
    tags = request.get("EntitlementTags", {})
    rules.check_tags(tags, what)
    subscribers = rules.check_subscribers(request["Subscribers"], call.account, what)
    return Entitlement(
        arn=flow.part_arn("entitlement", name),
        name=name,
        subscribers=tuple(map(sys.intern, subscribers)),
        description=request.get("Description"),
        status=sys.intern(request.get("EntitlementStatus", "ENABLED")),
        fee=fee,
        encryption=_encryption(call, flow, request.get("Encryption"), what),
        tags=call.estate.shared(tags) or {},
        sequence=call.estate.next_sequence(),
    )


def _encryption(call: Call, flow: Flow, encryption: dict[str, Any] | None, what: str) -> dict[str, Any] | None:
    if encryption is None:
        return None
    complete = rules.check_entitlement_encryption(encryption, call.account, call.region, what)
    check_access(call, flow, complete, what)
    return call.estate.shared(complete)


def refuse_uncompressed(flow: Flow) -> None:
    """User Guide, entitlements: "MediaConnect doesn't support entitlements on CDI flows"."""
    for source in flow.sources.values():
        if source.details.get("Transport", {}).get("Protocol") in rules.UNCOMPRESSED:
            raise bad_request(f"the flow {flow.name} is a CDI flow, which cannot have entitlements")


@operation
def grant_flow_entitlements(call: Call) -> dict[str, Any]:
    """All entitlements of the request, or none."""
    flow = call.flow()
    requests = call.params["Entitlements"]
    if not requests:
        raise bad_request("at least one entitlement is needed")
    if flow.status == "DELETING":
        raise bad_request(f"the flow {flow.name} is being deleted")
    refuse_uncompressed(flow)
    granted = entitlements_to_grant(call, flow, requests)
    flow.entitlements.update({entitlement.arn: entitlement for entitlement in granted})
    return {"FlowArn": flow.arn, "Entitlements": [entitlement.members() for entitlement in granted]}


def _own_entitlement(call: Call, flow: Flow) -> Entitlement:
    arn = call.params["EntitlementArn"]
    entitlement = flow.entitlements.get(arn)
    if entitlement is None:
        raise not_found(f"entitlement {arn} of flow {flow.name}")
    return entitlement


@operation
def update_flow_entitlement(call: Call) -> dict[str, Any]:
    """Change what the request names and leave the rest as it is; subscribers that are removed lose their outputs."""
    flow = call.flow()
    entitlement = _own_entitlement(call, flow)
    if entitlement.gone_at is not None:  # User Guide, entitlements-enable: a revoked entitlement cannot come back
        raise not_found(f"entitlement {entitlement.arn} of flow {flow.name}")
    what = f"entitlement {entitlement.name}"
    params = call.params
    rules.check_description(params.get("Description"), what)
    encryption = _encryption(call, flow, params.get("Encryption"), what)
    if "Subscribers" in params:
        subscribers = rules.check_subscribers(params["Subscribers"], call.account, what)
        drop_outputs(call.estate, flow, entitlement, set(entitlement.subscribers) - set(subscribers))
        entitlement.subscribers = tuple(map(sys.intern, subscribers))
    if encryption is not None:
        entitlement.encryption = encryption
    entitlement.description = params.get("Description", entitlement.description)
    entitlement.status = sys.intern(params.get("EntitlementStatus", entitlement.status))
    return {"FlowArn": flow.arn, "Entitlement": entitlement.members()}


@operation
def revoke_flow_entitlement(call: Call) -> dict[str, Any]:
    """Answered with 202: the outputs go at once, the entitlement stays visible for a moment."""
    flow = call.flow()
    entitlement = _own_entitlement(call, flow)
    if entitlement.gone_at is None:
        entitlement.gone_at = call.estate.clock() + call.settings.revoke_delay
        drop_outputs(call.estate, flow, entitlement, set(entitlement.subscribers))
    return {"FlowArn": flow.arn, "EntitlementArn": entitlement.arn}


def drop_outputs(estate: Estate, flow: Flow, entitlement: Entitlement, subscribers: set[str]) -> None:
    """API Reference, UpdateFlowEntitlement: "the service will remove the outputs that are used by the subscribers that are removed"."""
    for output in list(flow.outputs.values()):
        if output.details.get("EntitlementArn") == entitlement.arn and output.subscriber in subscribers:
            del flow.outputs[output.arn]


@operation
def list_entitlements(call: Call) -> dict[str, Any]:
    """What other accounts have granted to this one in this Region: 20 a page by default."""
    received = [
        (entitlement.sequence, entitlement)
        for flow in call.estate.flows_in_region(call.region)
        for entitlement in flow.entitlements.values()
        if call.account in entitlement.subscribers and entitlement.gone_at is None
    ]
    chosen, token = page(call, received, default=20)
    listed = [
        {
            "EntitlementArn": entitlement.arn,
            "EntitlementName": entitlement.name,
            "DataTransferSubscriberFeePercent": entitlement.fee,
        }
        for entitlement in chosen
    ]
    return {"Entitlements": listed} if token is None else {"Entitlements": listed, "NextToken": token}
