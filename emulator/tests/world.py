# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a conformance test may use: nothing in it is of the emulator alone."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from mediaconnect_emulator.client import Emulator

SOURCE = {"Name": "feed", "Protocol": "srt-listener", "IngestPort": 5000, "WhitelistCidr": "10.24.34.0/23"}
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})


@dataclasses.dataclass
class Answer:
    """A raw HTTP answer."""

    status: int
    error: str
    body: dict[str, Any]


class World:
    """An originator with a Region, and two accounts that it may grant to."""

    account: str
    region: str
    subscriber = "444455556666"
    other_subscriber = "123456789012"
    patience = 5.0

    def __init__(self) -> None:
        self.prefix = f"conformance-{uuid.uuid4().hex[:8]}-"

    def client(self, service: str, config: Config = UNCHECKED, region: str | None = None) -> Any:
        """A client of the originator that does not retry and does not judge parameters itself."""
        raise NotImplementedError

    def make_flow(self, **params: Any) -> str:
        """The ARN of a new flow."""
        name = params.pop("Name", f"{self.prefix}{uuid.uuid4().hex[:8]}")
        if not params.get("Sources"):
            params.setdefault("Source", SOURCE)
        return str(self.client("mediaconnect").create_flow(Name=name, **params)["Flow"]["FlowArn"])

    def raw(self, method: str, path: str, body: Any = None) -> Answer:
        """A signed MediaConnect request that no client would make."""
        client = self.client("mediaconnect")
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = AWSRequest(method, client.meta.endpoint_url + path, {"Content-Type": "application/json"}, data)
        SigV4Auth(client._request_signer._credentials, "mediaconnect", self.region).add_auth(request)
        answer = URLLib3Session().send(request.prepare())
        error = answer.headers.get("x-amzn-ErrorType", "").partition(":")[0]
        try:
            content = json.loads(answer.content or b"{}")
        except ValueError:
            content = {}
        return Answer(answer.status_code, error, content)

    def grant(self, flow: str, name: str = "AnyCompany", **params: Any) -> dict[str, Any]:
        """One entitlement, as the answer shows it."""
        request = {"Name": name, "Subscribers": [self.subscriber], **params}
        answer = self.client("mediaconnect").grant_flow_entitlements(FlowArn=flow, Entitlements=[request])
        return dict(answer["Entitlements"][0])

    def entitlements(self, flow: str) -> dict[str, dict[str, Any]]:
        """The flow's entitlements by name."""
        described = self.client("mediaconnect").describe_flow(FlowArn=flow)["Flow"]["Entitlements"]
        return {entitlement["Name"]: entitlement for entitlement in described}

    def eventually(self, condition: Callable[[], bool]) -> None:
        """Wait until something asynchronous has happened."""
        deadline = time.monotonic() + self.patience
        while not condition():
            assert time.monotonic() < deadline, "it has not happened in time"
            time.sleep(0.02 * self.patience / 5)


class EmulatedWorld(World):
    """The emulator's originator."""

    account = "111122223333"
    region = "us-west-2"

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.emulator = emulator

    def client(self, service: str, config: Config = UNCHECKED, region: str | None = None) -> Any:
        return self.emulator.client(service, region=region or self.region, config=config)


class LiveWorld(World):
    """The account of the environment's credentials; only flows that stand by are made, and all of them are deleted."""

    patience = 120.0

    def __init__(self) -> None:
        import boto3

        super().__init__()
        self._session: Any = boto3.session.Session()
        self.region = self._session.region_name
        self.account = self._session.client("sts").get_caller_identity()["Account"]
        self.subscriber = os.environ.get("LIVE_SUBSCRIBER", self.subscriber)
        self.other_subscriber = os.environ.get("LIVE_OTHER_SUBSCRIBER", self.other_subscriber)

    def client(self, service: str, config: Config = UNCHECKED, region: str | None = None) -> Any:
        return self._session.client(service, config=config, region_name=region)

    def clean_up(self) -> None:
        """Delete all flows of this world, wanted or not."""
        client = self._session.client("mediaconnect")
        flows = client.get_paginator("list_flows").paginate().build_full_result()["Flows"]
        for flow in flows:
            if flow["Name"].startswith(self.prefix):
                with contextlib.suppress(ClientError):
                    client.delete_flow(FlowArn=flow["FlowArn"])


@contextlib.contextmanager
def refused(code: str, status: int) -> Iterator[None]:
    """The block must end in this error, with this HTTP status."""
    with pytest.raises(ClientError) as caught:
        yield
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), caught.value
