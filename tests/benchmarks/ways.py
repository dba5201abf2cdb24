# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to converge an estate that are compared, each a process or a playbook of its own, timed from outside."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mediaconnect_emulator.client import Emulator
from tests.benchmarks.estate import REGION

BIN = Path(sys.executable).parent
FLOW_ARN = "{{ arns[item.0.flow] }}"


@dataclass
class Measured:
    """What one run took. busy: for how many seconds it kept processors busy. megabytes: the largest process of it."""

    seconds: float
    calls: dict[str, int] = field(default_factory=dict)
    throttled: int = 0
    megabytes: float = 0.0
    busy: float = 0.0


class Ways:
    """All ways, in one working directory, against one emulator."""

    def __init__(self, emulator: Emulator, directory: Path):
        self.emulator, self.directory = emulator, directory
        self.environment = {
            **os.environ,
            **emulator.environment(),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }

    def module(self, estate: list[dict[str, Any]], by_file: bool) -> Measured:
        """One task of the module, with the estate in variables or in a file."""
        options: dict[str, Any] = {"region": REGION, "warn_shared": False}
        if by_file:
            options |= {"flows_file": str(self._json(estate)), "return_unchanged": False}
        else:
            options |= {"flows": "{{ flows }}"}
        variables = {} if by_file else {"flows": estate}
        return self._playbook([{"mediaops.mediaconnect.entitlements": options}], variables)

    def boto3(self, estate: list[dict[str, Any]], what: str) -> Measured:
        """A script that makes the same calls."""
        return self.measure([sys.executable, str(Path(__file__).with_name("bare.py")), what, str(self._json(estate))])

    def cli(self, estate: list[dict[str, Any]], what: str) -> Measured:
        """A loop of AWS CLI commands in tasks, one entitlement at a time."""
        flow = "--flow-arn {{ arns[item.0.flow] }}"
        command = {
            "grant": f"aws mediaconnect grant-flow-entitlements {flow} --entitlements '{{{{ [request] | to_json }}}}'",
            "read": f"aws mediaconnect describe-flow {flow}",
        }[what]
        task = {
            "ansible.builtin.command": command,
            "loop": "{{ flows | subelements('entitlements') }}",
            "loop_control": {"label": "{{ item.1.name }}"},
            "changed_when": what == "grant",
            "vars": {"request": {"Name": "{{ item.1.name }}", "Subscribers": "{{ item.1.subscribers }}"}},
        }
        return self._playbook([task], {"flows": estate, "arns": self._arns()})

    def one_by_one(self, estate: list[dict[str, Any]]) -> Measured:
        """A loop over the module, one entitlement at a time, as over a module of one resource."""
        task = {
            "mediaops.mediaconnect.entitlements": {
                "region": REGION,
                "flows": [{"flow": FLOW_ARN, "entitlements": ["{{ item.1 }}"]}],
            },
            "loop": "{{ flows | subelements('entitlements') }}",
            "loop_control": {"label": "{{ item.1.name }}"},
        }
        return self._playbook([task], {"flows": estate, "arns": self._arns()})

    def _arns(self) -> dict[str, str]:
        pages = self.emulator.client("mediaconnect").get_paginator("list_flows").paginate()
        return {flow["Name"]: flow["FlowArn"] for flow in pages.build_full_result()["Flows"]}

    def _json(self, estate: list[dict[str, Any]]) -> Path:
        path = self.directory / "estate.json"
        path.write_text(json.dumps(estate), encoding="utf-8")
        return path

    def _playbook(self, tasks: list[dict[str, Any]], variables: dict[str, Any]) -> Measured:
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "tasks": tasks,
        }
        playbook = self.directory / "play.yml"
        playbook.write_text(yaml.safe_dump([play]), encoding="utf-8")
        extra = self.directory / "variables.json"
        extra.write_text(json.dumps(variables), encoding="utf-8")
        return self.measure([str(BIN / "ansible-playbook"), str(playbook), "-e", f"@{extra}"])

    def measure(self, command: list[str]) -> Measured:
        """Run a command; memory is measured in a child of its own, since the kernel keeps the largest child for good."""
        self.emulator.clear_calls()
        started = time.monotonic()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            output = done.stdout[-3000:] + done.stderr[-3000:]
            busy = used.ru_utime + used.ru_stime
            os.write(writer, json.dumps([done.returncode, used.ru_maxrss, busy, output]).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answer:
            code, largest, busy, output = json.loads(answer.read())
        os.waitpid(child, 0)
        seconds = time.monotonic() - started
        if code:
            raise RuntimeError(f"this failed: {command}\n{output}")
        calls: dict[str, int] = {}
        logged = self.emulator.calls()
        for call in logged:
            calls[call["operation"]] = calls.get(call["operation"], 0) + 1
        return Measured(seconds, calls, sum(call["status"] == 429 for call in logged), largest / 1024, busy)
