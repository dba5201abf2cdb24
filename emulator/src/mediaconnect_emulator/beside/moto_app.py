# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""moto's server application for all services except MediaConnect, called in process and one call at a time."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import unquote

from ..wire import accounts
from ..wire.calls import READS
from ..wire.protocols import Request, Response
from ..wire.shapes import Judges

# These register their checks.
from . import iam, secretsmanager  # noqa: F401  # pylint: disable=unused-import
from .gaps import refuse
from .mends import mend
from .propagation import IamHistory

_ENVIRONMENT = {"MOTO_ALLOW_NONEXISTENT_REGION": "true", "MOTO_ENABLE_ISO_REGIONS": "true"}


_HOP_BY_HOP = ("content-length", "server", "date", "connection")


class MotoApp:
    """Loads moto at the first call, since MediaConnect alone does not need it.

    register_tagged: gives moto's tagging API the resources of MediaConnect, which moto itself does not have.
    """

    def __init__(self, lock: AbstractContextManager[Any], register_tagged: Callable[[], Any]) -> None:
        os.environ.pop("MOTO_ACCOUNT_ID", None)  # it would override the account of every request
        os.environ.update(_ENVIRONMENT)
        self.lock = lock  # one lock for all state: the services look into each other
        self.generation = 0
        self.history = IamHistory(lambda account, partition: self.backend("iam", account, partition))
        self._judges = Judges()
        self._register_tagged = register_tagged
        self._dispatcher: Any = None
        self._tagged: Any = None

    def answer(self, request: Request) -> Response:
        """moto's answer to a request, on behalf of the request's account, unless AWS would refuse it."""
        with self.lock:
            if self._dispatcher is None:
                from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

                mend()
                self._dispatcher = DomainDispatcherApplication(create_backend_app)
            self._judges.refuse(request)
            refuse(self, request)
            if request.service == "resourcegroupstaggingapi":
                self._open_tagged(request.account)
            with self.history.recording(request):
                status, headers, body = self._dispatch(request)
            if not request.operation.startswith(READS):
                self.generation += 1
        if request.service == "secretsmanager" and 400 < status < 500:
            status = 400  # the JSON protocol's client errors; moto answers 404 for what is not found
        return Response(status, body, headers, error_code(request, status, headers, body))

    def _dispatch(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        captured: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            captured.extend((status, headers))

        body = b"".join(self._dispatcher(_environ(request), start_response))
        headers = {name: value for name, value in captured[1] if name.lower() not in _HOP_BY_HOP}
        return int(captured[0].split()[0]), headers, body

    def reset(self) -> None:
        """Drop every resource of every service."""
        with self.lock:
            if self._dispatcher is not None:
                from moto.moto_api._internal.models import moto_api_backend

                moto_api_backend.reset()
            self.generation += 1
            self.history.clear()

    def backend(self, service: str, account: str, region: str) -> Any:
        """moto's own state of a service that somebody has used; IAM has partitions in place of Regions."""
        models = sys.modules.get(f"moto.{service}.models")
        if models is None:
            return None
        backends = getattr(models, f"{service}_backends")
        return backends[account][region] if account in backends else None

    def _open_tagged(self, account: str) -> None:
        """Let moto's tagging API find the account's MediaConnect resources: moto looks only at backends that have been used before."""
        if self._tagged is None:
            self._tagged = self._register_tagged()
        self._tagged.__getitem__(account)


def _environ(request: Request) -> dict[str, Any]:
    """The request as a WSGI environment, with the account in moto's own header."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(request.path, "latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": f"{request.path}?{request.query}" if request.query else request.path,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        if name != "content-type":
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    environ["HTTP_HOST"] = "127.0.0.1"
    if accounts.is_plain(request.access_key):
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = request.account
    return environ


def error_code(request: Request, status: int, headers: dict[str, str], body: bytes) -> str | None:
    """The error code of a finished answer, for the log."""
    if status < 400:
        return None
    if request.protocol == "query":
        found = re.search(rb"<Code>([^<]*)</Code>", body)
        return found.group(1).decode() if found else str(status)
    try:
        return str(json.loads(body).get("__type", status)).rpartition("#")[2]
    except (ValueError, AttributeError):
        return headers.get("x-amzn-ErrorType", str(status))
