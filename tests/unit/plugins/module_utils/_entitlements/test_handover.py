# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is handed over to whom, in words and as data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.handover import (
    METRICS,
    by_subscriber,
    files,
    handover,
    markdown,
)

ALICE, BOB = "123456789012", "444455556666"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-AbCdEf"
STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": "arn:role", "secret_arn": SECRET}
SPEKE = {"key_type": "speke", "role_arn": "arn:role", "resource_id": "r", "device_id": "d", "url": "u", "region": "x"}


def entitlement(name: str, subscribers: list[str], **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "entitlement_arn": f"arn:{name}",
        "entitlement_status": "ENABLED",
        "subscribers": subscribers,
        "encryption": None,
        "data_transfer_subscriber_fee_percent": 15,
        "description": "internal",
        **fields,
    }


@pytest.mark.parametrize(
    ("encryption", "fingerprints", "shown"),
    [
        (None, {}, (None, None, None)),
        (STATIC, {}, ("static-key", "aes256", None)),
        (STATIC, {SECRET: None}, ("static-key", "aes256", None)),
        (STATIC, {SECRET: "9f3a-1c44-07be-d215"}, ("static-key", "aes256", "9f3a-1c44-07be-d215")),
        (SPEKE, {SECRET: "9f3a-1c44-07be-d215"}, ("speke", None, None)),
        ({**SPEKE, "algorithm": "aes128"}, {}, ("speke", "aes128", None)),
    ],
)
def test_one_entry_holds_what_the_subscriber_needs_and_nothing_else(encryption, fingerprints, shown) -> None:
    (entry,) = handover("Game", "us-west-2", [entitlement("E", [ALICE], encryption=encryption)], fingerprints)
    assert entry == {
        "subscriber": ALICE,
        "entitlement_name": "E",
        "entitlement_arn": "arn:E",
        "entitlement_status": "ENABLED",
        "flow_name": "Game",
        "region": "us-west-2",
        "key_type": shown[0],
        "algorithm": shown[1],
        "key_fingerprint": shown[2],
        "data_transfer_subscriber_fee_percent": 15,
        "metrics": METRICS,
    }


def test_the_accounts_are_in_order_whatever_the_order_of_flows_and_entitlements() -> None:
    entries = [
        *handover("Zoo", "us-west-2", [entitlement("B", [BOB, ALICE]), entitlement("A", [BOB])], {}),
        *handover("Game", "us-west-2", [entitlement("C", [BOB])], {}),
    ]
    for mixed in (entries, entries[::-1]):
        shown = [
            (account["subscriber"], [(one["flow_name"], one["entitlement_name"]) for one in account["entitlements"]])
            for account in by_subscriber(mixed)
        ]
        assert shown == [(ALICE, [("Zoo", "B")]), (BOB, [("Game", "C"), ("Zoo", "A"), ("Zoo", "B")])]
    assert all("subscriber" not in one for account in by_subscriber(entries) for one in account["entitlements"])


@pytest.mark.parametrize(
    ("encryption", "fingerprint", "line"),
    [
        (None, None, "- Encryption: none"),
        (SPEKE, None, "- Encryption: speke"),
        (STATIC, None, "- Encryption: static-key aes256"),
        (STATIC, "9f3a-1c44-07be-d215", "- Key fingerprint: 9f3a-1c44-07be-d215"),
    ],
)
def test_the_page_to_send(encryption, fingerprint, line) -> None:
    entries = handover("Game", "us-west-2", [entitlement("E", [ALICE], encryption=encryption)], {SECRET: fingerprint})
    page = markdown(by_subscriber(entries)[0])
    assert page.startswith(f"# Live video for AWS account {ALICE}\n")
    assert line in page.splitlines()
    assert ("fingerprint" in page) == bool(fingerprint)
    for text in ("`arn:E`", "us-west-2", "ENABLED", "15 %", *METRICS):
        assert text in page
    for internal in ("arn:role", SECRET, "internal", "None"):
        assert internal not in page


def test_the_whole_page() -> None:
    entries = handover(
        "Game", "us-west-2", [entitlement("E", [ALICE], encryption=STATIC)], {SECRET: "9f3a-1c44-07be-d215"}
    )
    assert (
        markdown(by_subscriber(entries)[0])
        == f"""\
# Live video for AWS account {ALICE}

## E

- Entitlement ARN: `arn:E`
- Region: us-west-2 (make the flow that uses it there)
- Status: ENABLED
- Encryption: static-key aes256
- Key fingerprint: 9f3a-1c44-07be-d215
- You pay 15 % of the data transfer fee.
- Watch the metrics SourceBitRate, SourceContinuityCounter, SourceNotRecoveredPackets: the bit rate alone does not show whether the source is healthy.
"""
    )


def test_the_files_are_named_after_account_and_region() -> None:
    accounts = by_subscriber(handover("Zürich", "us-west-2", [entitlement("E", [BOB, ALICE])], {}))
    texts = files(accounts, "us-west-2")
    assert list(texts) == [f"{account}-us-west-2.{kind}" for account in (ALICE, BOB) for kind in ("json", "md")]
    for account in accounts:
        name = f"{account['subscriber']}-us-west-2"
        assert texts[f"{name}.json"] == json.dumps(account, indent=2, sort_keys=True) + "\n"
        assert texts[f"{name}.md"] == markdown(account)
    assert files([], "us-west-2") == {}
