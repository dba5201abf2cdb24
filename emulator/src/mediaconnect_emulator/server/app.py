# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The WSGI application: who calls, which operation, what was injected, who answers, and a line in the log."""

from __future__ import annotations

import socket
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from ..beside import simulate
from ..beside.keys import KeyReader
from ..beside.moto_app import MotoApp

# These register MediaConnect's operations.
from ..mediaconnect import entitlements, flows, streams, tags, vpc  # noqa: F401  # pylint: disable=unused-import
from ..mediaconnect.estate import Estate
from ..mediaconnect.oracle import obstacles
from ..mediaconnect.ratelimits import RateLimits
from ..mediaconnect.registry import Call, run
from ..settings import Settings
from ..wire import accounts
from ..wire.calls import CallLog
from ..wire.faults import Fault, Faults
from ..wire.model import MediaConnectModel, Operation
from ..wire.protocols import AwsError, Request, Response, error_response, unknown_key, unsigned
from .timeline import Timeline

StartResponse = Callable[..., Any]


class Emulator:
    """Everything that the server holds, and the path of a request through it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.model = MediaConnectModel()
        self.estate = Estate(self.settings)
        self.moto = MotoApp(self.estate.lock, self._register_tagged)
        self.keys = KeyReader(self.moto, self.settings)
        self.log = CallLog()
        self.faults = Faults()
        self.rate_limits = RateLimits()
        self.timeline = Timeline(lambda flow_arn: self.obstacles(flow_arn) == [])
        self.problems: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer over WSGI, or hang up."""
        request = _read(environ)
        try:
            response = self.handle(request)
        except ConnectionAbortedError:
            _hang_up(environ)
            return []
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        start_response(f"{response.status} {_reason(response.status)}", list(headers.items()))
        return [response.body]

    def handle(self, request: Request) -> Response:
        """Answer an AWS request, with a fault if one is waiting for it, and log it."""
        started = time.perf_counter()
        request.account = accounts.account_of(request.access_key) or ""
        understood = self._understand(request)
        fault = self.faults.take(request.service, request.operation)
        if fault is not None and fault.latency:
            time.sleep(fault.latency)
        response = Response(0, b"", {})
        if fault is None or fault.after_effect or (fault.error is None and not fault.drop_connection):
            response = self._answer(request, understood)
        self.timeline.look()
        if fault is not None:
            response = self._spoil(request, response, fault)
        self.log.add(
            service=request.service,
            operation=request.operation,
            params=request.params,
            account=request.account,
            region=request.region,
            status=response.status,
            error=response.error,
            ms=round((time.perf_counter() - started) * 1000, 3),
        )
        if fault is not None and fault.drop_connection:
            raise ConnectionAbortedError
        return response

    def _understand(self, request: Request) -> Operation | AwsError | None:
        """MediaConnect's operation with its members in the request, or its refusal; None for the other services."""
        if request.service != "mediaconnect":
            return None
        route = self.model.route(request.method, request.path)
        if route is None:
            return AwsError("UnknownOperationException", f"MediaConnect has no {request.method} {request.path}", 404)
        operation, uri = route
        request.operation = operation.name
        try:
            request.params = self.model.read(operation, uri, request.query, request.body)
        except AwsError as error:
            return error
        return operation

    def _answer(self, request: Request, understood: Operation | AwsError | None) -> Response:
        if not request.account:
            return error_response(request, unknown_key(request) if request.access_key else unsigned(request))
        try:
            if understood is not None:
                return self._mediaconnect(request, understood)
            return simulate.answer(self.moto, self.keys, request) or self.moto.answer(request)
        except AwsError as error:
            return error_response(request, error)
        except Exception:  # noqa: BLE001  (a bug here must look like a bug, and be found)
            trace = traceback.format_exc()
            print(trace, file=sys.stderr, flush=True)
            self.problems.append(f"{request.service} {request.operation}: {trace.splitlines()[-1]}")
            return error_response(request, AwsError("InternalServerErrorException", "the emulator failed", 500))

    def _mediaconnect(self, request: Request, understood: Operation | AwsError) -> Response:
        if self.settings.rate_limits:
            self.rate_limits.take(request.account, request.region, request.operation)
        if isinstance(understood, AwsError):
            return error_response(request, understood)
        call = Call(understood.name, request.account, request.region, request.params, self.estate, self.keys)
        body, problems = self.model.write(understood, run(call))
        self.problems += problems
        headers = {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid.uuid4())}
        return Response(understood.status, body, headers)

    def obstacles(self, flow_arn: str) -> list[str] | None:
        """What is in the way of a stream through a flow of any account; None if there is no such flow."""
        with self.estate.lock:
            flow = self.estate.any_flow(flow_arn)
            if flow is None:
                return None
            return obstacles(Call("DescribeFlow", flow.account, flow.region, {}, self.estate, self.keys), flow)

    def _register_tagged(self) -> Any:
        from ..mediaconnect.tagging_api import register  # late, since it loads moto

        return register(self.estate)

    def _spoil(self, request: Request, response: Response, fault: Fault) -> Response:
        if fault.drop_connection:
            return Response(0, b"", {}, "connection dropped")
        if fault.error is None:
            return response
        return error_response(request, fault.as_error(request.service, request.operation, request.protocol))

    def reset(self) -> None:
        """Forget every resource, call, fault and problem."""
        self.timeline.clear()
        self.moto.reset()
        self.estate.clear()
        self.log.clear()
        self.faults.clear()
        self.rate_limits.clear()
        self.problems.clear()


def _read(environ: dict[str, Any]) -> Request:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    stream = environ["wsgi.input"]
    body = stream.read(length) if length else stream.read() if environ.get("wsgi.input_terminated") else b""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    path, __, query = environ["REQUEST_URI"].partition("?")
    return Request(environ["REQUEST_METHOD"], path, query, headers, body)


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Quota Exceeded"


def _hang_up(environ: dict[str, Any]) -> None:
    """Close the connection without a byte of an answer."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError
