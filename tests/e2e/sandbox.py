# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run playbooks as a user does, by ansible-playbook in a process of its own, against the emulator and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mediaconnect_emulator.client import Emulator

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "mediaops.mediaconnect"


@dataclass
class Run:
    """What one ansible-playbook did.

    output: standard output and error. tasks: per task and host: task, action, host, outcome, result.
    """

    rc: int
    output: str
    tasks: list[dict[str, Any]] = field(default_factory=list)
    stats: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        return sum(host["changed"] for host in self.stats.values())

    @property
    def message(self) -> str:
        """The message of the failed task."""
        (failed,) = (task for task in self.tasks if task["outcome"] == "failed")
        return failed["result"]["msg"]

    def result(self, action: str) -> dict[str, Any]:
        """The result of the last task with this action, the collection's own without prefix."""
        names = (action, f"{COLLECTION}.{action}")
        return [task["result"] for task in self.tasks if task["action"] in names][-1]

    def ok(self) -> Run:
        assert self.rc == 0, self.output
        return self

    def failed(self) -> Run:
        assert self.rc == 2, self.output
        assert "Traceback" not in self.output, self.output
        return self


class Sandbox:
    """A directory with a home and temporary directories of its own, and an emulator."""

    def __init__(self, directory: Path, emulator: Emulator):
        self.directory = directory
        self.emulator = emulator
        self.temporary = directory / "tmp"
        self.temporary.mkdir()
        self.configuration = directory / "ansible.cfg"  # an empty one, so that no other is found
        self.configuration.touch()

    def environment(self, account: str = "111122223333", **more: str) -> dict[str, str]:
        """Nothing of the caller's AWS or Ansible settings, except where the collections are."""
        kept = {name: os.environ[name] for name in ("COVERAGE_PROCESS_START", "TMPDIR") if name in os.environ}
        collections = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".build" / "collections"))
        return {
            **kept,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.directory),
            "ANSIBLE_CONFIG": str(self.configuration),
            "ANSIBLE_HOME": str(self.directory / ".ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.temporary),
            "ANSIBLE_REMOTE_TEMP": str(self.temporary),
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "e2e" / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "e2e_results",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.emulator.environment(account),
            **more,
        }

    def playbook(self, playbook: str | Path, *arguments: str, account: str = "111122223333", **environment: str) -> Run:
        """Run ansible-playbook on an FQCN or a file. environment: more variables; an empty one is left out."""
        results = self.directory / f"results-{uuid.uuid4().hex}.json"
        variables = self.environment(account, E2E_RESULTS=str(results), **environment)
        done = subprocess.run(
            [str(Path(sys.executable).parent / "ansible-playbook"), str(playbook), *arguments],
            env={name: value for name, value in variables.items() if value},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
        stats = next((line["stats"] for line in lines if "stats" in line), {})
        return Run(done.returncode, done.stdout, [line for line in lines if "task" in line], stats)

    def tasks(self, tasks: str | list[dict[str, Any]], *arguments: str, **options: Any) -> Run:
        """Run tasks (YAML or data) in a play on localhost, with the modules' short names and us-west-2 as the Region."""
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "collections": [COLLECTION],
            "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
            "module_defaults": {f"group/{COLLECTION}.aws": {"region": "us-west-2"}},
            "tasks": yaml.safe_load(tasks) if isinstance(tasks, str) else tasks,
        }
        return self.playbook(self.write("play.yml", [play]), *arguments, **options)

    def module(self, name: str, *arguments: str, account: str = "111122223333", **options: Any) -> Run:
        """Run one module with these options."""
        return self.tasks([{f"{COLLECTION}.{name}": options}], *arguments, account=account)

    def write(self, name: str, data: Any) -> Path:
        """A YAML file with this data."""
        path = self.directory / name
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    def leftovers(self) -> list[Path]:
        """Files that Ansible and the modules left in the temporary directories."""
        return [path for path in self.temporary.rglob("*") if path.is_file()]
