# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import common
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError, Clients, api_call


def refused(code: str, message: str = "because") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def calling(error: Exception | None, missing: Any = ()) -> Any:
    @api_call("service:Action", "do {what} to {thing}", missing=missing)
    def call(client: Any, what: str, thing: str = "it") -> str:
        if error:
            raise error
        return "done"

    return call(None, "something", thing="them")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (refused("BadRequestException"), "BadRequestException: because"),
        (refused("BadRequestException", ""), "BadRequestException: no reason given"),
        (refused("ForbiddenException"), "ForbiddenException: because (the caller needs service:Action)"),
        (refused("AccessDenied", ""), "AccessDenied: no reason given (the caller needs service:Action)"),
        (refused("AccessDeniedException"), "AccessDeniedException: because (the caller needs service:Action)"),
        (
            NoCredentialsError(),
            "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or attach an AWS "
            "credential to the job",
        ),
        (
            EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
            "http://127.0.0.1:9 cannot be reached: check the network, the Region's name and endpoint_url",
        ),
        (ReadTimeoutError(endpoint_url="http://x"), 'Read timeout on endpoint URL: "http://x"'),
        (ParamValidationError(report="a\n  b"), "Parameter validation failed: a b"),
    ],
)
def test_an_error_is_one_sentence(error: Exception, sentence: str) -> None:
    with pytest.raises(ApiError) as failed:
        calling(error)
    assert failed.value.sentence() == f"Could not do something to them: {sentence}"
    assert failed.value.action == "service:Action"
    assert failed.value.__cause__ is error


def test_what_is_missing_is_none() -> None:
    assert calling(refused("NotFound"), missing="NotFound") is None
    assert calling(refused("NoSuch"), missing=("NotFound", "NoSuch")) is None
    with pytest.raises(ApiError):
        calling(refused("Other"), missing=("NotFound", "NoSuch"))


def test_other_errors_are_let_through() -> None:
    assert calling(None) == "done"
    with pytest.raises(ZeroDivisionError):
        calling(ZeroDivisionError())


class Module:
    region = "us-west-2"

    def __init__(self) -> None:
        self.client = mock.Mock(side_effect=lambda service, **options: mock.Mock())
        self.fail_json = mock.Mock(side_effect=SystemExit)


def test_one_client_per_service_and_region_and_only_when_it_is_used() -> None:
    module = Module()
    clients = Clients(module)
    assert module.client.call_count == 0
    first = clients.get("iam")
    assert clients.get("iam") is first
    assert clients.get("iam", "eu-west-1") is not first
    assert module.client.call_args_list[1].kwargs["region"] == "eu-west-1"
    assert module.client.call_count == 2


def test_throttling_is_retried_adaptively() -> None:
    module = Module()
    Clients(module).get("mediaconnect")
    retries = module.client.call_args.kwargs["config"].retries
    assert (retries["mode"], retries["total_max_attempts"]) == ("adaptive", 10)


def test_the_account_is_asked_for_once() -> None:
    clients = Clients(Module())
    with mock.patch.object(common, "caller_identity", return_value=("111122223333", "aws-us-gov")) as asked:
        assert (clients.account, clients.partition, clients.account) == ("111122223333", "aws-us-gov", "111122223333")
    assert asked.call_count == 1


def test_the_partition_is_that_of_the_caller_s_arn() -> None:
    client = mock.Mock()
    client.get_caller_identity.return_value = {"Account": "1", "Arn": "arn:aws-cn:sts::1:assumed-role/R/s"}
    assert common.caller_identity(client) == ("1", "aws-cn")


def test_no_region_is_told() -> None:
    module = Module()
    module.region = ""
    with pytest.raises(SystemExit):
        assert Clients(module).region
    assert "No AWS Region is set" in module.fail_json.call_args.kwargs["msg"]
