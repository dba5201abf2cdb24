# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control path ``/_emulator/...``: what tests ask of the emulator itself, as JSON over HTTP."""

from __future__ import annotations

import dataclasses
import json
import traceback
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import yaml

from ..wire import accounts
from .app import Emulator, StartResponse
from .planting import plant

PREFIX = "/_emulator/"


class Control:
    """The WSGI application that the server runs: the control path, and AWS behind it."""

    def __init__(self, emulator: Emulator, seed: dict[str, Any] | None = None) -> None:
        self.emulator = emulator
        self._seed = seed or {}
        self._settings = dataclasses.replace(emulator.settings)
        self._routes: dict[tuple[str, str], Callable[[dict[str, str], Any], Any]] = {
            ("GET", "ready"): lambda query, body: {"ready": True},
            ("GET", "accounts"): lambda query, body: self.accounts(),
            ("GET", "calls"): lambda query, body: emulator.log.select(
                query.get("service"), query.get("writes_only") == "true"
            ),
            ("DELETE", "calls"): lambda query, body: emulator.log.clear(),
            ("GET", "faults"): lambda query, body: emulator.faults.waiting(),
            ("POST", "faults"): lambda query, body: dataclasses.asdict(emulator.faults.add(body)),
            ("DELETE", "faults"): lambda query, body: emulator.faults.clear(),
            ("GET", "settings"): lambda query, body: dataclasses.asdict(emulator.settings),
            ("POST", "settings"): lambda query, body: self.change(body),
            ("GET", "could-read"): self.could_read,
            ("GET", "streams"): self.streams,
            ("GET", "timeline"): self.timeline,
            ("POST", "seed"): lambda query, body: plant(emulator, body),
            ("POST", "reset"): lambda query, body: self.reset(),
            ("GET", "problems"): lambda query, body: list(emulator.problems),
        }
        plant(emulator, self._seed)

    @staticmethod
    def accounts() -> dict[str, dict[str, str]]:
        """The accounts that most users need first."""
        return {account: accounts.credentials(account) for account in (accounts.ORIGINATOR, *accounts.SUBSCRIBERS)}

    def change(self, values: Any) -> dict[str, Any]:
        """Change settings; returns all of them."""
        self.emulator.settings.change(values)
        return dataclasses.asdict(self.emulator.settings)

    def could_read(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        """Whether MediaConnect could read a secret for a flow through a role."""
        missing = [name for name in ("role_arn", "secret_arn", "flow_arn") if name not in query]
        if missing:
            raise ValueError(f"could-read needs {', '.join(missing)}")
        reading = self.emulator.keys.read(
            query["role_arn"], query["secret_arn"], query["flow_arn"], query.get("algorithm")
        )
        return {"allowed": reading.allowed, "reason": reading.reason}

    def streams(self, query: dict[str, str], body: Any) -> dict[str, Any]:
        """Whether video would run through a flow, and what is in its way."""
        reasons = self.emulator.obstacles(query.get("flow_arn", ""))
        if reasons is None:
            raise ValueError(f"there is no flow {query.get('flow_arn')}")
        return {"streams": not reasons, "reasons": reasons}

    def timeline(self, query: dict[str, str], body: Any) -> list[dict[str, float | None]]:
        """From when to when a flow streamed since this was asked for the first time."""
        self.streams(query, body)
        return self.emulator.timeline.of(query["flow_arn"])

    def reset(self) -> None:
        """Back to how it was right after the start: its seed, its settings, an empty log."""
        self.emulator.reset()
        self.emulator.settings.change(dataclasses.asdict(self._settings))
        plant(self.emulator, self._seed)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer over WSGI; requests that are not for the control path are for AWS."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return self.emulator(environ, start_response)
        status, answer = self._answer(environ, path.removeprefix(PREFIX).strip("/"))
        body = json.dumps(answer).encode() + b"\n"
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any], name: str) -> tuple[HTTPStatus, Any]:
        route = self._routes.get((environ["REQUEST_METHOD"], name))
        if route is None:
            return HTTPStatus.NOT_FOUND, {
                "error": f"there is no {environ['REQUEST_METHOD']} {PREFIX}{name}",
                "routes": [" ".join(key) for key in self._routes],
            }
        query = {key: values[-1] for key, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            return HTTPStatus.OK, route(query, yaml.safe_load(raw) if raw else {})
        except (ValueError, yaml.YAMLError) as exc:
            return HTTPStatus.BAD_REQUEST, {"error": str(exc)}
        except Exception as exc:  # noqa: BLE001  (the caller is a test: it wants to see what went wrong)
            traceback.print_exc()
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"error": f"{type(exc).__name__}: {exc}"}
