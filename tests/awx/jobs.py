# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a job template as AWX does: by ansible-runner, in a private data directory that is made from the template's definition."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import yaml

from tests.e2e.sandbox import ROOT, Sandbox

PATTERN = ROOT / "extensions" / "patterns" / "distribute_live_video"
HOSTS = """#!/usr/bin/env python3
print({hosts!r})
"""


class Unsafe(str):
    """What a person has typed in.

    AWX hands it over as !unsafe, so that Ansible never takes it for a template. Since 2.19 ansible-core makes numbers, booleans and null of
    such text where it looks like one, in spite of its quotation marks.
    """

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


def _unsafe(value: Any) -> Any:
    """What a job has handed on, as AWX gives it to the next: every text as !unsafe."""
    if isinstance(value, dict):
        return {name: _unsafe(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_unsafe(one) for one in value]
    return Unsafe(value) if isinstance(value, str) else value


_Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


@dataclass
class Template:
    """A job template of setup.yml with its credentials' environment."""

    definition: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)

    def answers(self, given: dict[str, Any]) -> dict[str, Any]:
        """A survey's answers as AWX hands them over: what the person gave, and the defaults of the rest."""
        questions = self.definition.get("survey_spec", {}).get("spec", [])
        values = {question["variable"]: question["default"] for question in questions} | given
        unknown = set(given) - {question["variable"] for question in questions}
        assert not unknown, f"AWX would ignore {unknown}"
        return {name: Unsafe(value) if isinstance(value, str) else value for name, value in values.items()}


def credential_environment(kind: dict[str, Any], inputs: dict[str, str]) -> dict[str, str]:
    """What a custom credential type injects."""
    return {
        name: jinja2.Template(value, undefined=jinja2.StrictUndefined).render(inputs)
        for name, value in kind["injectors"]["env"].items()
    }


def aws_environment(credentials: dict[str, str]) -> dict[str, str]:
    """What AWX's own credential type Amazon Web Services injects: no Region, and the token under two names."""
    names = {
        "aws_access_key_id": ["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": ["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": ["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"],
    }
    return {variable: value for name, value in credentials.items() for variable in names[name]}


@dataclass
class Job:
    """A finished job: its status and its events in order."""

    status: str
    events: list[dict[str, Any]]
    stdout: str

    @property
    def changed(self) -> list[str]:
        """The tasks that changed something, by host and name."""
        return [
            f"{event['event_data']['host']}: {event['event_data']['task']}"
            for event in self.events
            if event["event"] == "runner_on_ok" and event["event_data"]["res"].get("changed")
        ]

    @property
    def failure(self) -> str:
        """What the last failed event says."""
        return str(
            [event for event in self.events if event["event"] == "runner_on_failed"][-1]["event_data"]["res"]["msg"]
        )

    @property
    def artifacts(self) -> dict[str, Any]:
        (stats,) = (event for event in self.events if event["event"] == "playbook_on_stats")
        return dict(stats["event_data"].get("artifact_data") or {})

    def handed_on(self, name: str, host: str) -> Any:
        """What a host hands on to the next job."""
        return json.loads(self.artifacts[f"{name}_{host.replace('-', '_')}"])

    @property
    def hosts(self) -> set[str]:
        """The hosts on which anything ran."""
        return {event["event_data"]["host"] for event in self.events if event["event"] == "runner_on_start"}

    def ok(self) -> Job:
        assert self.status == "successful", self.stdout
        return self

    def failed(self) -> Job:
        assert self.status == "failed", self.stdout
        return self


class Awx:
    """An AWX's job engine. inventory: hosts with their variables."""

    def __init__(self, sandbox: Sandbox, inventory: dict[str, dict[str, Any]]):
        self.sandbox = sandbox
        self.inventory = inventory

    def launch(self, template: Template, **options: Any) -> Job:
        return self.finish(*self.start(template, **options))

    def start(
        self,
        template: Template,
        answers: dict[str, Any] | None = None,
        job_type: str = "",
        limit: str = "",
        extra_vars: dict[str, Any] | None = None,
        artifacts: dict[str, Any] | None = None,
        slice_number: int = 1,
        slice_count: int = 1,
    ) -> tuple[Path, subprocess.Popen[str]]:
        """Make the private data directory, and start the job."""
        definition = template.definition
        directory = self.sandbox.directory / f"awx_{len(list(self.sandbox.directory.glob('awx_*')))}"
        for name in ("env", "inventory", "project"):
            (directory / name).mkdir(parents=True)
        shutil.copytree(ROOT / "extensions", directory / "project" / "extensions")
        handed_on = {name: _unsafe(value) for name, value in (artifacts or {}).items()}
        variables = {
            **definition.get("extra_vars", {}),
            **handed_on,
            **template.answers(answers or {}),
            **(extra_vars or {}),
        }
        self._write(directory / "env" / "extravars", yaml.dump(variables, Dumper=_Dumper))
        self._write(directory / "env" / "envvars", yaml.safe_dump(template.environment))
        self._write(
            directory / "env" / "settings", yaml.safe_dump({"idle_timeout": 0, "suppress_ansible_output": True})
        )
        words = [
            *(["--check"] if (job_type or definition["job_type"]) == "check" else []),
            *(["--diff"] if definition.get("diff_mode") else []),
            *([f"--forks={definition['forks']}"] if "forks" in definition else []),
            *(["-l", limit] if limit else []),
        ]
        self._write(directory / "env" / "cmdline", " ".join(words))
        names = sorted(self.inventory)[slice_number - 1 :: slice_count]
        hosts = {"all": {"hosts": names}, "_meta": {"hostvars": {name: self.inventory[name] for name in names}}}
        script = directory / "inventory" / "hosts"
        self._write(script, HOSTS.format(hosts=json.dumps(hosts)))
        script.chmod(0o700)
        command = [str(Path(sys.executable).parent / "ansible-runner"), "run", str(directory)]
        process = subprocess.Popen(
            [*command, "-p", definition["playbook"], "-i", "job"],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return directory, process

    def finish(self, directory: Path, process: subprocess.Popen[str]) -> Job:
        output, __ = process.communicate(timeout=300)
        artifacts = directory / "artifacts" / "job"
        assert (artifacts / "status").exists(), output
        events = [json.loads(path.read_text()) for path in (artifacts / "job_events").glob("*-*.json")]
        events.sort(key=lambda event: event["counter"])
        return Job((artifacts / "status").read_text(), events, (artifacts / "stdout").read_text())

    def _environment(self) -> dict[str, str]:
        """The sandbox's, without the results' callback and without any credentials: those are the job's own."""
        dropped = ("ANSIBLE_CALLBACKS_ENABLED", "ANSIBLE_CALLBACK_PLUGINS", "AWS_REGION", "AWS_DEFAULT_REGION")
        return {
            name: value
            for name, value in self.sandbox.environment().items()
            if name not in (*dropped, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        }

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
