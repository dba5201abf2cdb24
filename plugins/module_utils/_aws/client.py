# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The AWS clients of modules and inventory plugins: made here and nowhere else, with retries and, for MediaConnect, a pace.

Retries use botocore's adaptive mode, so that throttling slows a run down instead of failing it; the task's aws_config
takes precedence. The pace keeps requests below MediaConnect's documented rates, so that it need not throttle: DescribeFlow
may be called 30 times a second, every other operation 5 times, with a burst of 30
(https://docs.aws.amazon.com/mediaconnect/latest/ug/quotas.html). The retries cope with what other clients of the account
use up.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Callable

try:
    import botocore.session
    from botocore.config import Config
except ImportError:
    pass  # AnsibleAWSModule reports it

from .errors import api_call

BURST = 28.0
DESCRIBE_FLOW_RATE = 29.0
OTHER_RATE = 4.8


def connect(factory: Callable[..., Any], service: str, **options: Any) -> Any:
    """A client. factory: the `client` method of AnsibleAWSModule or of AWSInventoryBase. options: region."""
    config = Config(retries={"mode": "adaptive", "total_max_attempts": 10})
    client = factory(service, config=config, **options)
    return _paced(client) if service == "mediaconnect" else client


class Clients:
    """The task's AWS clients: one per service and Region, made when first used, shared by threads."""

    def __init__(self, module: Any):
        self._module = module
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._lock = Lock()
        self._identity: tuple[str, str] | None = None

    @property
    def region(self) -> str:
        """The task's Region."""
        region = self._module.region
        if not region:
            self._module.fail_json(
                msg="No AWS Region is set: give region, or set AWS_REGION in the environment or a region in the profile."
            )
        return region

    def get(self, service: str, region: str | None = None) -> Any:
        """The client of a service in the task's Region, or in another one."""
        key = (service, None if region == self._module.region else region)
        with self._lock:
            if key not in self._clients:
                options = {"region": region} if key[1] else {}
                self._clients[key] = connect(self._module.client, service, **options)
            return self._clients[key]

    def regions(self, service: str) -> set[str]:
        """The Regions in which AWS offers a service, as far as this botocore knows, and the task's own."""
        partition = self.get(service).meta.partition
        return {self.region, *botocore.session.get_session().get_available_regions(service, partition)}

    @property
    def account(self) -> str:
        """The caller's account id, 12 digits."""
        return self._known_identity()[0]

    @property
    def partition(self) -> str:
        """The partition of the caller's ARN, such as aws."""
        return self._known_identity()[1]

    def learn_identity(self, arn: str) -> None:
        """Take account and partition from the ARN of something that belongs to the caller's account, which saves a call to STS."""
        dummy, partition, dummy, dummy, account, dummy = arn.split(":", 5)
        self._identity = self._identity or (account, partition)

    def _known_identity(self) -> tuple[str, str]:
        if self._identity is None:
            self._identity = caller_identity(self.get("sts"))
        return self._identity


@api_call("sts:GetCallerIdentity", "find out which account the credentials belong to")
def caller_identity(client: Any) -> tuple[str, str]:
    """(account id, partition) of the caller. Needs no permission."""
    identity = client.get_caller_identity()
    return identity["Account"], identity["Arn"].split(":")[1]


def in_parallel(function: Callable[..., Any], items: Any, workers: int) -> list[Any]:
    """function(item) for each item, in order. The first exception is raised once everything that was begun has ended."""
    items = list(items)
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(workers, len(items))) as pool:
        return list(pool.map(function, items))


class TokenBucket:
    """`take` returns at once while there are tokens, and after that as fast as new ones come in, in order of arrival."""

    def __init__(self, burst: float, rate: float):
        self._burst, self._rate = burst, rate
        self._tokens, self._filled = burst, time.monotonic()
        self._lock = Lock()

    def take(self) -> None:
        """Wait for a token."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate) - 1
            self._filled = now
            wait = -self._tokens / self._rate
        if wait > 0:
            time.sleep(wait)


def _paced(client: Any) -> Any:
    """Make every request of a MediaConnect client, retries included, wait for its turn; returns the client."""
    describe_flow, others = TokenBucket(BURST, DESCRIBE_FLOW_RATE), TokenBucket(BURST, OTHER_RATE)

    def wait(event_name: str, **dummy: Any) -> None:
        bucket = describe_flow if event_name.endswith(".DescribeFlow") else others
        bucket.take()

    client.meta.events.register("before-send.mediaconnect", wait)
    return client
