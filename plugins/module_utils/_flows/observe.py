# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read flows for modules and plugins that only look at them."""

from __future__ import annotations

from typing import Any, Sequence

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

from .._aws import mediaconnect as api
from .._entitlements.state import observed_flow
from .._reconcile.arn import is_arn
from .._reconcile.fields import api_name

# The members of a flow besides those that have a form of their own, and what stands for one that AWS leaves out.
OTHERS: dict[str, Any] = {
    "description": "",
    "availability_zone": None,
    "egress_ip": None,
    "maintenance": None,
    "source_failover_config": None,
    "source_monitoring_config": None,
    "vpc_interfaces": [],
    "media_streams": [],
    "flow_size": None,
    "ndi_config": None,
    "encoding_config": None,
}


def read(client: Any, wanted: Sequence[str] | None) -> list[dict[str, Any]]:
    """Flows as DescribeFlow returns them with their Messages. wanted: names and ARNs; None means all of the Region."""
    arns = [flow for flow in wanted or [] if is_arn(flow)]
    if wanted is None or len(arns) < len(wanted):
        arns += [flow["FlowArn"] for flow in api.list_flows(client) if wanted is None or flow["Name"] in wanted]
    return api.read_flows(client, dict.fromkeys(arns))


def read_tags(client: Any, flows: Sequence[dict[str, Any]]) -> None:
    """Add the tags of flows in the form of the result, and of their entitlements."""
    for flow in flows:
        flow["tags"] = api.list_tags(client, flow["flow_arn"]) or {}
        for entitlement in flow["entitlements"]:
            entitlement["tags"] = api.list_tags(client, entitlement["entitlement_arn"]) or {}


def flow_facts(flow: dict[str, Any]) -> dict[str, Any]:
    """A flow, as DescribeFlow returns it with its Messages, in the form of the result."""
    observed = observed_flow(flow)
    sources = flow.get("Sources") or [flow["Source"]]
    others = camel_dict_to_snake_dict(
        {api_name(name): flow.get(api_name(name)) or value for name, value in OTHERS.items()}
    )
    return {
        "flow_arn": observed.arn,
        "name": observed.name,
        "region": observed.region,
        "status": observed.status,
        **others,
        "sources": [camel_dict_to_snake_dict(source) for source in sources],
        "outputs": [camel_dict_to_snake_dict(output) for output in flow.get("Outputs") or []],
        "entitlements": list(observed.entitlements.values()),
        "messages": flow["Messages"].get("Errors", []),
    }
