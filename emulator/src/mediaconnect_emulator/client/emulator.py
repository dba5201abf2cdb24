# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator from a test's side: start it, call it, look into it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from ..seeds import load
from ..wire import accounts

_OPENER = build_opener(ProxyHandler({}))  # ignores any proxy in the user's environment


class Emulator:
    """A running emulator. ``Emulator(endpoint)`` talks to one that somebody else has started."""

    def __init__(self, endpoint: str, process: subprocess.Popen[bytes] | None = None) -> None:
        self.endpoint = endpoint
        self._process = process
        self._sessions: dict[tuple[str, str], Any] = {}

    @classmethod
    def start(cls, seed: dict[str, Any] | str | Path | None = None, timeout: float = 30.0, **options: Any) -> Emulator:
        """Start the command and wait until it answers; options are the command's own (``rate_limits=True``).

        It runs with this interpreter, or with that of the environment variable EMULATOR_PYTHON, in which it must be installed too.
        """
        with tempfile.TemporaryDirectory(prefix="emulator-") as directory:
            env_file = Path(directory, "env")
            command = [
                os.environ.get("EMULATOR_PYTHON") or sys.executable,
                "-m",
                "mediaconnect_emulator",
                "--env-file",
                str(env_file),
                "--parent-pid",
                str(os.getpid()),
            ]
            if seed is not None:
                seed_file = Path(directory, "seed.json")
                seed_file.write_text(json.dumps(seed if isinstance(seed, dict) else load(seed)), encoding="utf-8")
                command += ["--seed", str(seed_file)]
            for name, value in options.items():
                command += _option(name, value)
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            deadline = time.monotonic() + timeout
            while not env_file.exists():
                if process.poll() is not None:
                    raise RuntimeError(f"the emulator ended with exit code {process.returncode}")
                if time.monotonic() > deadline:
                    process.kill()
                    process.wait()
                    raise TimeoutError(f"the emulator did not answer within {timeout} seconds")
                time.sleep(0.02)
            first = env_file.read_text(encoding="utf-8").splitlines()[0]
        return cls(first.rpartition("=")[2], process)

    def stop(self) -> int | None:
        """End the process that ``start`` has made; returns its exit code."""
        if self._process is None:
            return None
        self._process.terminate()
        try:
            return self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The id of the process that ``start`` has made."""
        return self._process.pid if self._process else None

    def credentials(self, account: str = accounts.ORIGINATOR) -> dict[str, str]:
        """The plain credentials of an account, as boto3 takes them."""
        return accounts.credentials(account)

    def environment(self, account: str = accounts.ORIGINATOR, region: str = accounts.DEFAULT_REGION) -> dict[str, str]:
        """The environment variables that make any AWS tool use the emulator."""
        return accounts.environment(self.endpoint, account, region)

    def client(
        self, service: str, account: str = accounts.ORIGINATOR, region: str = accounts.DEFAULT_REGION, **options: Any
    ) -> Any:
        """A boto3 client of an account; options go to boto3."""
        import boto3

        if (account, region) not in self._sessions:
            keys = self.credentials(account)
            session = boto3.session.Session(
                keys["aws_access_key_id"], keys["aws_secret_access_key"], region_name=region
            )
            self._sessions[account, region] = session
        return self._sessions[account, region].client(service, endpoint_url=self.endpoint, **options)

    def calls(self, service: str | None = None, writes_only: bool = False) -> list[dict[str, Any]]:
        """The calls so far: service, operation, params, account, region, status, error, ms."""
        query = {"writes_only": str(writes_only).lower(), **({"service": service} if service else {})}
        return list(self._ask("GET", f"calls?{urlencode(query)}"))

    def clear_calls(self) -> None:
        """Empty the call log."""
        self._ask("DELETE", "calls")

    def fault(
        self,
        operation: str,
        error: str | int | None = "TooManyRequestsException",
        times: int = 1,
        latency: float = 0.0,
        after_effect: bool = False,
        drop_connection: bool = False,
        service: str = "mediaconnect",
    ) -> None:
        """Let the next calls of an operation fail (an error code or a status), be slow, or lose their answer."""
        self._ask(
            "POST",
            "faults",
            {
                "operation": operation,
                "error": error,
                "times": times,
                "latency": latency,
                "after_effect": after_effect,
                "drop_connection": drop_connection,
                "service": service,
            },
        )

    def waiting_faults(self) -> list[dict[str, Any]]:
        """The faults that have not happened yet."""
        return self._ask("GET", "faults")

    def clear_faults(self) -> None:
        """Withdraw the faults that have not happened yet."""
        self._ask("DELETE", "faults")

    def settings(self, **values: Any) -> dict[str, Any]:
        """Change settings (see README.md); returns all of them."""
        return dict(self._ask("POST", "settings", values))

    def reset(self) -> None:
        """Back to how it was right after the start."""
        self._ask("POST", "reset")

    def seed(self, seed: dict[str, Any] | str | Path) -> dict[str, list[str]]:
        """Add what a mapping or a file describes; returns the ARNs of the flows, secrets and roles."""
        return dict(self._ask("POST", "seed", seed if isinstance(seed, dict) else load(seed)))

    def could_read(self, role_arn: str, secret_arn: str, flow_arn: str, algorithm: str | None = None) -> dict[str, Any]:
        """Whether MediaConnect could read the secret for the flow through the role, and why not."""
        query = {
            "role_arn": role_arn,
            "secret_arn": secret_arn,
            "flow_arn": flow_arn,
            **({"algorithm": algorithm} if algorithm else {}),
        }
        return dict(self._ask("GET", f"could-read?{urlencode(query)}"))

    def streams(self, flow_arn: str) -> dict[str, Any]:
        """Whether video would run through the flow (an originator's or a subscriber's), and what is in its way."""
        return dict(self._ask("GET", f"streams?{urlencode({'flow_arn': flow_arn})}"))

    def timeline(self, flow_arn: str) -> list[dict[str, float | None]]:
        """The periods, from and until, in which the flow streamed, in seconds since this was asked for the first time.

        ``until`` is None while it streams.
        """
        return list(self._ask("GET", f"timeline?{urlencode({'flow_arn': flow_arn})}"))

    def problems(self) -> list[str]:
        """Where the emulator's own answers have broken the service model so far."""
        return list(self._ask("GET", "problems"))

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.endpoint}/_emulator/{path}", data=data, method=method)
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return json.loads(answer.read())
        except HTTPError as error:
            raise ValueError(json.loads(error.read())["error"]) from None


def _option(name: str, value: Any) -> list[str]:
    flag = f"--{name.replace('_', '-')}"
    if value is True:
        return [flag]
    return [] if value in (False, None) else [flag, str(value)]
