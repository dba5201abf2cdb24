# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same calls as the module's, by boto3 alone: what a script of one's own would take. Run as a process of its own.

python bare.py grant|read ESTATE.json
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config


def main(what: str, path: str) -> None:
    estate = json.loads(Path(path).read_text(encoding="utf-8"))
    config = Config(retries={"mode": "adaptive", "total_max_attempts": 10}, max_pool_connections=16)
    client = boto3.client("mediaconnect", config=config)
    pages = client.get_paginator("list_flows").paginate(PaginationConfig={"PageSize": 1000})
    arns = {flow["Name"]: flow["FlowArn"] for flow in pages.build_full_result()["Flows"]}
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda flow: client.describe_flow(FlowArn=arns[flow["flow"]]), estate))
        if what == "grant":
            role = boto3.client("iam").get_role(RoleName="MediaConnect-ASM")["Role"]["Arn"]
            secret = boto3.client("secretsmanager").describe_secret(SecretId="benchmark")["ARN"]

            def grant(flow: dict[str, Any]) -> None:
                requests = [request(entitlement, role, secret) for entitlement in flow["entitlements"]]
                client.grant_flow_entitlements(FlowArn=arns[flow["flow"]], Entitlements=requests)
                client.describe_flow(FlowArn=arns[flow["flow"]])

            list(pool.map(grant, estate))


def request(entitlement: dict[str, Any], role: str, secret: str) -> dict[str, Any]:
    """A GrantEntitlementRequest."""
    made = {
        "Name": entitlement["name"],
        "Description": entitlement["description"],
        "Subscribers": entitlement["subscribers"],
        "DataTransferSubscriberFeePercent": entitlement["data_transfer_subscriber_fee_percent"],
    }
    if "encryption" in entitlement:
        made["Encryption"] = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": role, "SecretArn": secret}
    return made


if __name__ == "__main__":
    main(*sys.argv[1:])
