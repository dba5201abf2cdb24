# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the originator gives to each subscriber: everything that the subscriber needs, except the key itself."""

from __future__ import annotations

import json
from typing import Any, Iterable, Mapping

# Null packets are suppressed between the two flows, so the bit rate alone does not show whether a source is healthy
# (https://docs.aws.amazon.com/mediaconnect/latest/ug/entitlements-subscriber.html).
METRICS = ["SourceBitRate", "SourceContinuityCounter", "SourceNotRecoveredPackets"]


def handover(
    flow_name: str, region: str, entitlements: Iterable[dict[str, Any]], fingerprints: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """One entry per subscriber and entitlement of a flow.

    entitlements: in the form of the result. fingerprints: those of keys, by secret ARN, as far as they are known.
    """
    return [
        {
            "subscriber": subscriber,
            "entitlement_name": entitlement["name"],
            "entitlement_arn": entitlement["entitlement_arn"],
            "entitlement_status": entitlement["entitlement_status"],
            "flow_name": flow_name,
            "region": region,
            **_encryption(entitlement["encryption"] or {}, fingerprints),
            "data_transfer_subscriber_fee_percent": entitlement["data_transfer_subscriber_fee_percent"],
            "metrics": METRICS,
        }
        for entitlement in entitlements
        for subscriber in entitlement["subscribers"]
    ]


def _encryption(encryption: dict[str, str], fingerprints: Mapping[str, str | None]) -> dict[str, str | None]:
    return {
        "key_type": encryption.get("key_type"),
        "algorithm": encryption.get("algorithm"),
        "key_fingerprint": fingerprints.get(encryption.get("secret_arn", "")),
    }


def by_subscriber(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries grouped by subscriber account, in order of account, flow and entitlement."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in sorted(
        entries, key=lambda entry: (entry["subscriber"], entry["flow_name"], entry["entitlement_name"])
    ):
        groups.setdefault(entry["subscriber"], []).append(
            {name: value for name, value in entry.items() if name != "subscriber"}
        )
    return [{"subscriber": subscriber, "entitlements": entitlements} for subscriber, entitlements in groups.items()]


def markdown(account: dict[str, Any]) -> str:
    """One subscriber's part as a page that can be sent, without the key."""
    lines = [f"# Live video for AWS account {account['subscriber']}", ""]
    for granted in account["entitlements"]:
        encryption = "none"
        if granted["key_type"]:
            encryption = " ".join(filter(None, [granted["key_type"], granted["algorithm"]]))
        lines += [
            f"## {granted['entitlement_name']}",
            "",
            f"- Entitlement ARN: `{granted['entitlement_arn']}`",
            f"- Region: {granted['region']} (make the flow that uses it there)",
            f"- Status: {granted['entitlement_status']}",
            f"- Encryption: {encryption}",
            *([f"- Key fingerprint: {granted['key_fingerprint']}"] if granted["key_fingerprint"] else []),
            f"- You pay {granted['data_transfer_subscriber_fee_percent']} % of the data transfer fee.",
            f"- Watch the metrics {', '.join(granted['metrics'])}: the bit rate alone does not show whether the source is healthy.",
            "",
        ]
    return "\n".join(lines)


def files(accounts: Iterable[dict[str, Any]], region: str) -> dict[str, str]:
    """The texts of the files for all subscribers in a Region, by file name."""
    texts = {}
    for account in accounts:
        name = f"{account['subscriber']}-{region}"
        texts[f"{name}.json"] = json.dumps(account, indent=2, sort_keys=True) + "\n"
        texts[f"{name}.md"] = markdown(account)
    return texts
