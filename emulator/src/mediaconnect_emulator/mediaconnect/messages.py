# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that DescribeFlow shows with a flow: what keeps it from streaming. User Guide, monitor-flow-health."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..beside.keys import SRT_PASSWORD
from . import rules
from .estate import Flow
from .registry import Call

NOT_VALID = "The decryption or encryption information for the flow isn't valid"


def messages(call: Call, flow: Flow) -> list[str]:
    """What is wrong with the flow now; there are no messages for a flow that does not run."""
    if flow.failure:
        return [flow.failure]
    return list(_running(call, flow)) if flow.status == "ACTIVE" else []


def _running(call: Call, flow: Flow) -> Iterator[str]:
    for entitlement in flow.entitlements.values():
        if entitlement.encryption and entitlement.status == "ENABLED" and entitlement.gone_at is None:
            yield from unreadable(call, flow, entitlement.encryption, f"entitlement {entitlement.name}")
    for output in flow.outputs.values():
        if "Encryption" in output.details:
            yield from unreadable(call, flow, output.details["Encryption"], f"output {output.details['Name']}")
    for source in flow.sources.values():
        if "Decryption" in source.details:
            yield from unreadable(call, flow, source.details["Decryption"], f"source {source.details['Name']}")
        if "EntitlementArn" in source.details:
            yield from _from_originator(call, flow, source.details)


def unreadable(call: Call, flow: Flow, encryption: dict[str, Any], what: str) -> Iterator[str]:
    """Why MediaConnect cannot get at a key for the flow, if so."""
    role = encryption["RoleArn"]
    if encryption["KeyType"] == "speke":
        reading = call.keys.invoke(role, flow.arn, encryption["Url"])
        through = f"URL {encryption['Url']}"
    else:
        reading = call.keys.read(role, encryption["SecretArn"], flow.arn, encryption.get("Algorithm", SRT_PASSWORD))
        through = f"secret {encryption['SecretArn']}"
    if reading.failed == "key":
        yield f"{NOT_VALID}: {what}: {reading.reason}."
    elif not reading.allowed:
        yield f"Permission denied accessing encryption key for {what} ({through}, role {role}): {reading.reason}."


def _from_originator(call: Call, flow: Flow, source: dict[str, Any]) -> Iterator[str]:
    """Why nothing arrives from the entitlement, if so."""
    arn = source["EntitlementArn"]
    found = call.estate.granted(arn)
    if found is None or flow.account not in found[1].subscribers:
        yield f"The entitlement that this flow is based on no longer exists ({arn})."
        return
    originator, entitlement = found
    if entitlement.status == "DISABLED":
        yield f"The entitlement that this flow is based on is disabled ({arn})."
    elif originator.status != "ACTIVE":
        yield f"The entitlement that this flow is based on doesn't have an active source ({arn})."
    elif not any(output.subscriber_flow == flow.arn for output in originator.outputs.values()):
        full = len(originator.outputs) >= rules.MAX_OUTPUTS
        yield (
            f"The originator's flow has the maximum number of outputs ({arn})."
            if full
            else f"The flow must be restarted to use its entitlement ({arn})."
        )
    elif not _keys_agree(call, entitlement.encryption, source.get("Decryption")):
        yield f"{NOT_VALID}: the decryption of source {source['Name']} does not fit the entitlement {arn}."


def _keys_agree(call: Call, encryption: dict[str, Any] | None, decryption: dict[str, Any] | None) -> bool:
    """Both ends need the same algorithm and the same key; with SPEKE the key server takes care of that."""
    if encryption is None or encryption["KeyType"] == "speke":
        return decryption is None
    if decryption is None or decryption.get("Algorithm") != encryption["Algorithm"]:
        return False
    mine = call.keys.value(decryption["SecretArn"])
    return mine is not None and mine == call.keys.value(encryption["SecretArn"])
