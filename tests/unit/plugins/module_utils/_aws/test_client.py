# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clients: which are made, how patient they are, and how fast. The token bucket goes by a clock of its own."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import client as module
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.client import (
    BURST,
    Clients,
    TokenBucket,
    caller_identity,
    connect,
    in_parallel,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError


class Client:
    """As much of a client as is used here: the handlers that are registered with it, by event."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}
        self.meta = SimpleNamespace(events=SimpleNamespace(register=self.handlers.__setitem__))


class Module:
    """As much of AnsibleAWSModule as is used here."""

    def __init__(self, region: str = "us-west-2") -> None:
        self.region = region
        self.client = mock.Mock(side_effect=lambda service, **options: Client())
        self.fail_json = mock.Mock(side_effect=SystemExit)

    @property
    def made(self) -> list[tuple[str, dict[str, Any]]]:
        """The clients that were made: service and options."""
        calls = [(call.args, dict(call.kwargs)) for call in self.client.call_args_list]
        return [
            (service, {name: value for name, value in options.items() if name != "config"})
            for (service,), options in calls
        ]


# which clients there are


def test_one_client_per_service_and_region_and_only_when_it_is_used() -> None:
    aws = Module()
    clients = Clients(aws)
    assert aws.made == []
    iam = clients.get("iam")
    assert clients.get("iam") is iam
    assert clients.get("iam", "eu-west-1") is not iam
    assert clients.get("kms") is not iam
    assert aws.made == [("iam", {}), ("iam", {"region": "eu-west-1"}), ("kms", {})]


def test_the_task_s_region_by_name_is_the_task_s_region() -> None:
    aws = Module()
    clients = Clients(aws)
    assert clients.get("iam", "us-west-2") is clients.get("iam") is clients.get("iam", None)
    assert aws.made == [("iam", {})]


def test_threads_share_one_client() -> None:
    aws = Module()
    clients = Clients(aws)
    together = threading.Barrier(8, timeout=10)

    def get(_number: int) -> Any:
        together.wait()
        return clients.get("mediaconnect")

    assert len(set(map(id, in_parallel(get, range(8), 8)))) == 1
    assert len(aws.made) == 1


def test_no_region_is_told() -> None:
    aws = Module(region="")
    with pytest.raises(SystemExit):
        assert Clients(aws).region
    aws.fail_json.assert_called_once_with(
        msg="No AWS Region is set: give region, or set AWS_REGION in the environment or a region in the profile."
    )


def test_the_region_is_the_task_s() -> None:
    assert Clients(Module("eu-west-1")).region == "eu-west-1"


# whose they are


def test_the_account_is_asked_for_once() -> None:
    clients = Clients(Module())
    with mock.patch.object(module, "caller_identity", return_value=("111122223333", "aws-us-gov")) as asked:
        assert (clients.account, clients.partition, clients.account) == ("111122223333", "aws-us-gov", "111122223333")
    asked.assert_called_once_with(clients.get("sts"))


def test_an_arn_of_the_caller_s_own_saves_asking() -> None:
    aws = Module()
    clients = Clients(aws)
    clients.learn_identity("arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a:b-7g8H9i")
    clients.learn_identity("arn:aws:secretsmanager:us-west-2:444455556666:secret:other-7g8H9i")
    assert (clients.account, clients.partition) == ("111122223333", "aws-cn")
    assert aws.made == []


def test_the_partition_is_that_of_the_caller_s_arn() -> None:
    sts = mock.Mock()
    sts.get_caller_identity.return_value = {"Account": "1", "Arn": "arn:aws-cn:sts::1:assumed-role/R/s"}
    assert caller_identity(sts) == ("1", "aws-cn")


def test_who_may_not_even_ask_is_told() -> None:
    sts = mock.Mock()
    error = {"Error": {"Code": "ExpiredToken", "Message": "The security token is expired"}}
    sts.get_caller_identity.side_effect = ClientError(error, "GetCallerIdentity")
    with pytest.raises(ApiError) as failed:
        caller_identity(sts)
    assert failed.value.sentence() == (
        "Could not find out which account the credentials belong to: ExpiredToken: The security token is expired"
    )


# how they are made


@pytest.mark.parametrize("service", ["mediaconnect", "iam"])
def test_throttling_is_retried_adaptively(service: str) -> None:
    factory = mock.Mock(return_value=Client())
    assert connect(factory, service, region="eu-west-1") is factory.return_value
    (config,) = [call.kwargs["config"] for call in factory.call_args_list]
    assert (config.retries["mode"], config.retries["total_max_attempts"]) == ("adaptive", 10)
    assert factory.call_args == mock.call(service, config=config, region="eu-west-1")


def test_every_client_of_mediaconnect_is_paced_and_no_other() -> None:
    clients = Clients(Module())
    assert list(clients.get("mediaconnect").handlers) == ["before-send.mediaconnect"]
    assert list(clients.get("mediaconnect", "eu-west-1").handlers) == ["before-send.mediaconnect"]
    for service in ("iam", "kms", "secretsmanager", "sts", "resourcegroupstaggingapi"):
        assert clients.get(service).handlers == {}


# how fast they go


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def paced() -> Any:
    """What a client of MediaConnect does before it sends a request of an operation."""
    client = connect(lambda service, config: Client(), "mediaconnect")
    wait = client.handlers["before-send.mediaconnect"]
    return lambda operation: wait(event_name=f"before-send.mediaconnect.{operation}", request=None)


def test_a_burst_goes_at_once_and_the_rest_as_fast_as_tokens_come_back(clock: Clock) -> None:
    bucket = TokenBucket(burst=3, rate=2)
    for dummy in range(3):
        bucket.take()
    assert clock.slept == []
    for dummy in range(4):
        bucket.take()
    assert clock.slept == pytest.approx([0.5] * 4)


def test_tokens_come_back_up_to_the_burst(clock: Clock) -> None:
    bucket = TokenBucket(burst=3, rate=2)
    for dummy in range(3):
        bucket.take()
    clock.now += 1000
    for dummy in range(4):
        bucket.take()
    assert clock.slept == pytest.approx([0.5])


def test_those_who_wait_are_served_one_after_the_other(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes while others wait waits longer than they."""
    monkeypatch.setattr(clock, "sleep", clock.slept.append)  # time stands still, as for threads that come at once
    bucket = TokenBucket(burst=1, rate=10)
    for dummy in range(4):
        bucket.take()
    assert clock.slept == pytest.approx([0.1, 0.2, 0.3])


@pytest.mark.parametrize(
    ("documented", "operation", "calls"),
    [(30, "DescribeFlow", 300), (5, "GrantFlowEntitlements", 100), (5, "ListFlows", 60)],
)
def test_the_documented_rates_are_never_exceeded(clock: Clock, documented: int, operation: str, calls: int) -> None:
    send = paced()
    at = []
    for dummy in range(calls):
        send(operation)
        at.append(clock.now)
    allowed = 30.0  # AWS's bucket
    for earlier, later in zip([at[0], *at], at, strict=False):
        allowed = min(30.0, allowed + (later - earlier) * documented) - 1
        assert allowed >= 0
    # and hardly slower than they allow
    assert at[-1] - at[0] <= (calls - BURST) / documented * 1.1


def test_operations_do_not_use_up_each_other_s_tokens(clock: Clock) -> None:
    send = paced()
    for dummy in range(int(BURST)):
        send("DescribeFlow")
    send("UpdateFlowEntitlement")
    assert clock.slept == []


def test_each_region_has_a_pace_of_its_own(clock: Clock) -> None:
    here, there = paced(), paced()
    for dummy in range(int(BURST)):
        here("ListFlows")
    there("ListFlows")
    assert clock.slept == []


# side by side


def test_what_is_done_side_by_side_comes_in_order() -> None:
    together = threading.Barrier(3, timeout=10)

    def double(number: int) -> int:
        together.wait()
        return 2 * number

    assert in_parallel(double, iter([1, 2, 3]), workers=3) == [2, 4, 6]


@pytest.mark.parametrize("items", [[], ["only"]])
def test_one_thing_takes_no_thread(items: list[str]) -> None:
    threads = in_parallel(lambda item: threading.current_thread(), items, workers=8)
    assert threads == [threading.current_thread()] * len(items)


def test_no_more_at_a_time_than_there_are_workers() -> None:
    lock, at_work, most = threading.Lock(), [0], [0]

    def work(_item: int) -> None:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        threading.Event().wait(0.005)
        with lock:
            at_work[0] -= 1

    in_parallel(work, range(12), workers=2)
    assert most[0] == 2


def test_an_error_waits_for_what_was_begun_beside_it() -> None:
    ended = []
    together = threading.Barrier(3, timeout=10)

    def work(number: int) -> None:
        together.wait()
        if number:
            raise ValueError(number)
        threading.Event().wait(0.05)
        ended.append(number)

    with pytest.raises(ValueError, match="1"):
        in_parallel(work, [1, 0, 2], workers=3)
    assert ended == [0]
