# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command: a threaded HTTP server on 127.0.0.1 that lives until it is told to stop, or its parent is gone."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import tempfile
import threading
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from ..seeds import load
from ..settings import Settings
from ..wire import accounts
from .app import Emulator
from .control import Control

HOST = "127.0.0.1"


class QuietHandler(WSGIRequestHandler):
    """No line per request: the call log has it all."""

    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM, SIGINT or the end of the parent process."""
    options = _options(arguments)
    settings = Settings(rate_limits=options.rate_limits, iam_propagation_delay=options.iam_propagation_delay)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, frame: stop.set())
    try:
        application = Control(Emulator(settings), load(options.seed) if options.seed else None)
    except (OSError, ValueError) as exc:
        print(f"the emulator cannot start: {exc}", file=sys.stderr)
        return 2
    server = make_server(HOST, options.port, application, threaded=True, request_handler=QuietHandler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    endpoint = f"http://{HOST}:{server.server_port}"
    if options.env_file:
        _write_environment(Path(options.env_file), endpoint)
    print(_banner(endpoint), flush=True)
    while not stop.wait(0.5):
        if options.parent_pid and not _alive(options.parent_pid):
            break
    server.shutdown()
    server.server_close()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mediaconnect_emulator", description="A local AWS for tests of MediaConnect content."
    )
    parser.add_argument("--port", type=int, default=0, help="the port on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--seed",
        metavar="FILE",
        help="a YAML or JSON file with the flows, secrets and roles that are there at the start, or the name of a seed "
        "that comes with the emulator: baseball",
    )
    parser.add_argument(
        "--env-file", metavar="PATH", help="write the environment variables there, to be sourced by a shell"
    )
    parser.add_argument("--rate-limits", action="store_true", help="enforce MediaConnect's documented request rates")
    parser.add_argument(
        "--iam-propagation-delay",
        metavar="S",
        type=float,
        default=0.0,
        help="seconds until MediaConnect sees a change in IAM",
    )
    parser.add_argument("--parent-pid", metavar="PID", type=int, help="stop when the process with this id is gone")
    return parser.parse_args(arguments)


def _banner(endpoint: str) -> str:
    lines = [f"The emulator answers at {endpoint}", "", "account       access key id         secret access key"]
    for account in (accounts.ORIGINATOR, *accounts.SUBSCRIBERS):
        keys = accounts.credentials(account)
        lines.append(f"{account}  {keys['aws_access_key_id']}  {keys['aws_secret_access_key']}")
    return "\n".join([*lines, "", "Any other 12-digit account works the same way. Stop it with Ctrl-C."])


def _write_environment(path: Path, endpoint: str) -> None:
    """Write the file in one step, so that nobody sees half of it."""
    text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in accounts.environment(endpoint).items())
    with tempfile.NamedTemporaryFile(
        "w", dir=path.resolve().parent, prefix=f".{path.name}.", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    Path(file.name).replace(path)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
