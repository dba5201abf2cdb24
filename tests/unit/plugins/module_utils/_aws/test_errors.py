# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError, api_call


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


def test_a_part_of_a_code_is_not_the_code() -> None:
    with pytest.raises(ApiError):
        calling(refused("Not"), missing="NotFound")


@pytest.mark.parametrize(
    ("error", "code", "message", "denied"),
    [
        (refused("ForbiddenException"), "ForbiddenException", "because", True),
        (refused("UnauthorizedOperation"), "UnauthorizedOperation", "because", True),
        (refused("BadRequestException", ""), "BadRequestException", "", False),
        (ClientError({"Error": {}}, "Operation"), "", "", False),
        (NoCredentialsError(), "", "", False),
    ],
)
def test_what_is_known_of_an_error(error: Exception, code: str, message: str, denied: bool) -> None:
    failed = ApiError("Could not do it", error, "service:Action")
    assert (failed.code, failed.aws_message, failed.denied) == (code, message, denied)


def test_other_errors_are_let_through() -> None:
    assert calling(None) == "done"
    with pytest.raises(ZeroDivisionError):
        calling(ZeroDivisionError())
