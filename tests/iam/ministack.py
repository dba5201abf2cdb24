# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AWS emulator that enforces IAM, installed on demand beside the virtual environment and started as a process."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import boto3

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
PLACE = Path(sys.prefix).parent / "ministack"
REGION = "us-west-2"


def install() -> None:
    """Install what the requirements pin, unless it is there."""
    PLACE.mkdir(exist_ok=True)
    stamp = PLACE / REQUIREMENTS.name
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
            return
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(PLACE), "-r", str(REQUIREMENTS)]
        subprocess.run(command, check=True)
        stamp.write_text(REQUIREMENTS.read_text())


class Ministack:
    """A running emulator. In any account, the account's number is the root user's access key."""

    def __init__(self, log: Path):
        install()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        self.credentials: dict[str, dict[str, str]] = {}
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PLACE),
            "HOME": str(log.parent),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "SERVICES": "iam,sts,secretsmanager,kms,mediaconnect",
        }
        with log.open("w") as output:
            command = [sys.executable, "-m", "ministack"]
            self._process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        self._wait(log)

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=5).close()
            except (urllib.error.URLError, OSError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"ministack did not start:\n{log.read_text()}") from None
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def __enter__(self) -> Ministack:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def client(self, service: str, account: str) -> Any:
        """A boto3 client of the account's root user."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id=account,
            aws_secret_access_key="root",
        )

    def operator(self, account: str, policy: dict[str, Any]) -> None:
        """From now on, playbooks in this account run as a user who has this policy and nothing else."""
        iam = self.client("iam", account)
        iam.create_user(UserName="operator")
        document = json.dumps({**policy, "Statement": [*policy["Statement"], *_blind_spot(policy)]})
        iam.put_user_policy(UserName="operator", PolicyName="operator", PolicyDocument=document)
        key = iam.create_access_key(UserName="operator")["AccessKey"]
        self.credentials[account] = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def environment(self, account: str) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, **self.credentials[account]}


def _blind_spot(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """ministack does not see which policy CreatePolicy is for, so whoever may call it at all is allowed to."""
    action = "iam:CreatePolicy"
    allowed = any(action in statement["Action"] for statement in policy["Statement"])
    return [{"Effect": "Allow", "Action": action, "Resource": "*"}] if allowed else []
