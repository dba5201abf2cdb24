# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start, memory and speed with 1,000 flows x 50 entitlements: ``python emulator/tests/benchmark.py``."""

from __future__ import annotations

import http.client
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from mediaconnect_emulator.client import DEFAULT_REGION, ORIGINATOR, SUBSCRIBERS, Emulator, credentials

FLOWS, ENTITLEMENTS, THREADS = 1000, 50, 4
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}
_SCOPE = f"{credentials(ORIGINATOR)['aws_access_key_id']}/20260101/{DEFAULT_REGION}/mediaconnect/aws4_request"


def resident_megabytes(pid: int) -> float:
    """The memory of a process, as Linux tells it."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def build(emulator: Emulator) -> list[str]:
    """The whole estate, granted through the API; the ARNs of its flows."""
    flows = [{"name": f"flow-{number}", "status": "ACTIVE"} for number in range(FLOWS)]
    account: dict[str, Any] = {"roles": [{"name": "MediaConnect-ASM", "policies": {"read": READ}}]}
    account["regions"] = {DEFAULT_REGION: {"flows": flows, "secrets": [{"name": "key", "value": "0" * 64}]}}
    made = emulator.seed({"accounts": {ORIGINATOR: account}})
    encryption = {"RoleArn": made["roles"][0], "SecretArn": made["secrets"][0], "Algorithm": "aes256"}
    client = emulator.client("mediaconnect")

    def grant(arn: str) -> None:
        entitlements = [
            {
                "Name": f"Company_{number}",
                "Subscribers": list(SUBSCRIBERS[:2]),
                "Description": f"For company number {number}",
                "DataTransferSubscriberFeePercent": 15,
                "EntitlementTags": {"event": "baseball", "tier": str(number % 3)},
                "Encryption": encryption,
            }
            for number in range(ENTITLEMENTS)
        ]
        client.grant_flow_entitlements(FlowArn=arn, Entitlements=entitlements)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(grant, made["flows"]))
    return made["flows"]


def describe(endpoint: str, arn: str) -> int:
    """DescribeFlow without an SDK around it, whose own work would be measured; the size of the answer."""
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc)
    authorization = f"AWS4-HMAC-SHA256 Credential={_SCOPE}, SignedHeaders=host, Signature=0"
    connection.request("GET", f"/v1/flows/{quote(arn, safe='')}", headers={"Authorization": authorization})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return len(body) if answer.status == 200 else 0


def main() -> int:
    """Measure, print, and tell by the exit code whether all targets are met."""
    started = time.perf_counter()
    with Emulator.start() as emulator:
        start = time.perf_counter() - started
        flows = build(emulator)
        before = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            sizes = list(pool.map(lambda arn: describe(emulator.endpoint, arn), flows))
        rate = len(flows) / (time.perf_counter() - before)
        memory = resident_megabytes(emulator.pid or 0)
        if not all(sizes) or emulator.problems():
            print("the answers are not right", file=sys.stderr)
            return 1
    results = [
        ("start", start, "s", start < 2),
        ("memory", memory, "MB", memory < 150),
        ("DescribeFlow", rate, "a second", rate >= 150),
    ]
    for name, value, unit, fine in results:
        print(f"{name:14}{value:8.1f} {unit:9} {'ok' if fine else 'MISSED'}")
    return 0 if all(result[-1] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
