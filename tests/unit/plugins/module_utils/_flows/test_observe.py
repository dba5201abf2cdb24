# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a flow is shown to those who only look at it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flow_facts import flow_facts

PREFIX = "arn:aws:mediaconnect:us-west-2:111122223333"
FLOW = {
    "FlowArn": f"{PREFIX}:flow:1-id:Game",
    "Name": "Game",
    "Status": "ACTIVE",
    "Source": {"Name": "first", "SourceArn": f"{PREFIX}:source:1-a:first"},
    "Outputs": [{"Name": "used", "EntitlementArn": f"{PREFIX}:entitlement:1-id:E"}],
    "Entitlements": [
        {"Name": "E", "EntitlementArn": f"{PREFIX}:entitlement:1-id:E", "Subscribers": ["444455556666"]},
    ],
    "Messages": {"Errors": ["no source"]},
}
FACTS = {
    "flow_arn": f"{PREFIX}:flow:1-id:Game",
    "name": "Game",
    "region": "us-west-2",
    "status": "ACTIVE",
    "sources": [{"name": "first", "source_arn": f"{PREFIX}:source:1-a:first"}],
    "outputs": [{"name": "used", "entitlement_arn": f"{PREFIX}:entitlement:1-id:E"}],
    "entitlements": [
        {
            "name": "E",
            "entitlement_arn": f"{PREFIX}:entitlement:1-id:E",
            "subscribers": ["444455556666"],
            "description": "",
            "data_transfer_subscriber_fee_percent": 0,
            "entitlement_status": "ENABLED",
            "encryption": None,
            "in_use": True,
        }
    ],
    "messages": ["no source"],
}


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ({}, {}),
        ({"Sources": []}, {}),
        ({"Sources": [{"Name": "a"}, {"Name": "b"}]}, {"sources": [{"name": "a"}, {"name": "b"}]}),
        ({"Messages": {}}, {"messages": []}),
        ({"Outputs": None, "Entitlements": None}, {"outputs": [], "entitlements": []}),
    ],
)
def test_all_of_it(seen: dict[str, Any], shown: dict[str, Any]) -> None:
    assert flow_facts({**FLOW, **seen}) == {**FACTS, **shown}
