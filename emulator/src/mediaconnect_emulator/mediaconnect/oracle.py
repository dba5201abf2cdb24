# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether video runs through a flow: the whole chain, from the originator's source to the key of the subscriber."""

from __future__ import annotations

from collections.abc import Iterator

from .estate import Entitlement, Flow
from .messages import messages, unreadable
from .registry import Call


def obstacles(call: Call, flow: Flow) -> list[str]:
    """What is in the way of a stream through the flow; nothing if it runs.

    It knows more than the flow's own messages, which do not tell a subscriber what the originator lacks.
    """
    own = messages(call, flow) or ([] if flow.status == "ACTIVE" else [f"the flow is {flow.status}"])
    return [*own, *_of_interfaces(call, flow), *_upstream(call, flow, {flow.arn})]


def _upstream(call: Call, flow: Flow, passed: set[str]) -> Iterator[str]:
    """What is in the way before the flow, if it is made from an entitlement. passed: flows that were looked at already."""
    found = call.estate.granted(flow.entitlement_arn or "")
    if found is None or found[0].arn in passed:
        return
    originator, entitlement = found
    passed.add(originator.arn)
    yield from _of_originator(call, originator, entitlement)
    yield from _upstream(call, originator, passed)


def _of_originator(call: Call, flow: Flow, entitlement: Entitlement) -> Iterator[str]:
    """What the originator's flow lacks for this one entitlement; other entitlements and outputs do not matter."""
    reasons: list[str] = []
    if entitlement.encryption:
        reasons += unreadable(call, flow, entitlement.encryption, f"entitlement {entitlement.name}")
    for source in flow.sources.values():
        if "Decryption" in source.details:
            reasons += unreadable(call, flow, source.details["Decryption"], f"source {source.details['Name']}")
    yield from (f"originator {flow.account}: {reason}" for reason in [*reasons, *_of_interfaces(call, flow)])


def _of_interfaces(call: Call, flow: Flow) -> Iterator[str]:
    """ASSUMPTION 33: a flow does not stream while MediaConnect cannot assume the role of one of its VPC interfaces."""
    for name, interface in flow.vpc_interfaces.items():
        reading = call.keys.assume(interface["RoleArn"], flow.arn)
        if not reading.allowed:
            yield f"VPC interface {name}: {reading.reason}"
