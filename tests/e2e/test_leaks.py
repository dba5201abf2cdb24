# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No key is in anything that a run prints, logs, caches or leaves behind, at the highest verbosity, whether it succeeds or fails."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import ROOT, Run, Sandbox

DECLARED = "c0ffee0123456789abcdeffedcba9876543210c0ffee0123456789abcdef9876"
STORED = "5707ed0123456789abcdeffedcba98765432105707ed0123456789abcdef9876"
PASSWORD = "curling Final 2026"
LOUD = ("-vvvv", "--diff")


def forms(value: str) -> Iterator[bytes]:
    """How a key could be written: hex of either case, base64 of the text and of the bytes, and a part long enough to matter."""
    for text in dict.fromkeys((value, value.lower(), value.upper())):
        yield text.encode()
        yield base64.b64encode(text.encode()).rstrip(b"=")[:-1]
    try:
        yield base64.b64encode(bytes.fromhex(value)).rstrip(b"=")[:-1]
    except ValueError:
        return
    yield value[:24].encode()
    yield value[-24:].upper().encode()


class Watched:
    """A sandbox whose runs keep a log and a fact cache, and whose temporary files survive."""

    def __init__(self, sandbox: Sandbox):
        self.sandbox = sandbox
        self.runs: list[Run] = []
        self.environment = {
            "ANSIBLE_LOG_PATH": str(sandbox.directory / "ansible.log"),
            "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(sandbox.directory / "facts"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
        }

    def play(self, file: str | Path, *arguments: str) -> Run:
        run = self.sandbox.playbook(file, *LOUD, *arguments, **self.environment)
        self.runs.append(run)
        return run

    def tasks(self, tasks: str | list[dict[str, Any]], *arguments: str, **variables: str) -> Run:
        run = self.sandbox.tasks(tasks, *LOUD, *arguments, **self.environment, **variables)
        self.runs.append(run)
        return run

    def leaks(self, values: list[str], inputs: set[Path]) -> list[str]:
        """Where any form of the values is found: output, and every file that is not an input."""
        places = {f"output of run {number}": run.output.encode() for number, run in enumerate(self.runs, start=1)}
        for path in self.sandbox.directory.rglob("*"):
            if path.is_file() and path not in inputs:
                places[str(path.relative_to(self.sandbox.directory))] = path.read_bytes()
        assert "ansible.log" in places
        wanted = [form for value in values for form in forms(value)]
        return [place for place, content in places.items() for form in wanted if form in content]


@pytest.fixture
def watched(sandbox: Sandbox) -> Watched:
    return Watched(sandbox)


def vaulted(sandbox: Sandbox, value: str) -> tuple[Path, str]:
    """A password file, and the value encrypted as Ansible Vault writes it into a variables file."""
    password = sandbox.directory / "vault-password"
    password.write_text("vault password")
    command = [
        str(Path(sys.executable).parent / "ansible-vault"),
        "encrypt_string",
        "--vault-password-file",
        str(password),
    ]
    done = subprocess.run(
        [*command, "--stdin-name", "vaulted_key"],
        input=value,
        env=sandbox.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return password, done.stdout.rstrip() + "\n"


def test_the_playbook(watched: Watched, emulator: Emulator) -> None:
    """The example with its key from the environment: first run, second run, another key refused, replaced, and an error of AWS."""
    example = ["-e", f"@{ROOT / 'docs' / 'examples' / 'baseball.yml'}"]

    def distribute(key: str, *arguments: str) -> Run:
        watched.environment["BASEBALL_KEY"] = key
        return watched.play("mediaops.mediaconnect.distribute", *example, *arguments)

    assert distribute(STORED, "--check").rc == 0
    first = distribute(STORED.upper()).ok()
    assert "key_fingerprint" in first.output, "the diff is there"
    refused = distribute(DECLARED).failed()
    assert "holds another key than the declared key (fingerprint" in refused.message, "the reason is there"
    assert distribute(DECLARED[:-1]).failed().message.count("has 63 hexadecimal digits") == 1
    emulator.fault("DescribeSecret", "InternalServiceError", times=50, service="secretsmanager")
    distribute(STORED).failed()
    assert watched.leaks([STORED, DECLARED], set()) == []


def test_the_module(watched: Watched, emulator: Emulator) -> None:
    """Values from Vault and from variables; created, replaced, refused, restored, two Regions, errors before and after the effect."""
    password, variable = vaulted(watched.sandbox, DECLARED)
    variables = watched.sandbox.directory / "vars.yml"
    plain = {"plain_key": STORED, "password": PASSWORD}
    variables.write_text(variable + yaml.safe_dump(plain))
    tasks = """
    - key_secrets:
        secrets:
          - {name: one, algorithm: aes256, value: "{{ plain_key }}", additional_regions: [eu-west-1]}
          - {name: srt, algorithm: srt-password, value: "{{ password }}"}
    - key_secrets:
        secrets: [{name: one, algorithm: aes256, value: "{{ vaulted_key }}"}]
      ignore_errors: true
    - key_secrets:
        secrets: [{name: one, algorithm: aes256, value: "{{ vaulted_key }}", replace_value: true}]
      register: result
    - key_secrets:
        secrets: [{name: one, algorithm: aes256, additional_regions: [eu-west-1]}]
      ignore_errors: true
    - key_secrets:
        secrets: [{name: one, state: absent, value: "{{ vaulted_key }}"}]
    - key_secrets:
        secrets: [{name: one, algorithm: aes256, value: "{{ plain_key }}", description: new}]
      ignore_errors: true
    - key_secrets:
        secrets: [{name: one, algorithm: aes128, value: "{{ plain_key }}"}, {algorithm: aes128, value: "{{ plain_key }}"}]
      ignore_errors: true
    - key_secrets:
        secrets: [{name: one, algorithm: aes999, value: "{{ plain_key }}"}]
      ignore_errors: true
    - ansible.builtin.set_fact: {kept: "{{ result }}", cacheable: true}
    """
    arguments = ["-e", f"@{variables}", "--vault-password-file", str(password)]
    run = watched.tasks(tasks, *arguments).ok()
    assert [task["outcome"] for task in run.tasks].count("failed") == 5
    for operation in ("PutSecretValue", "CreateSecret"):
        emulator.fault(operation, "EncryptionFailure", times=1, after_effect=True, service="secretsmanager")
    failing = """
    - key_secrets:
        secrets:
          - {name: one, algorithm: aes256, value: "{{ plain_key }}", replace_value: true}
          - {name: two, algorithm: aes256, value: "{{ vaulted_key }}"}
    """
    watched.tasks(failing, *arguments, ANSIBLE_KEEP_REMOTE_FILES="").failed()
    assert watched.leaks([STORED, DECLARED, PASSWORD], {variables}) == []


def test_a_generated_key(watched: Watched, emulator: Emulator) -> None:
    """It is in Secrets Manager and nowhere else, also when copying it fails, and in the role's result fact."""
    emulator.fault("TagResource", "EncryptionFailure", times=1, service="secretsmanager")
    tasks = """
    - ansible.builtin.include_role: {name: mediaops.mediaconnect.static_key_encryption}
      vars:
        static_key_encryption_role_name: MediaConnect-ASM
        static_key_encryption_additional_regions: [eu-west-1]
        static_key_encryption_secrets: [{name: game, algorithm: aes256, generate: true}]
    - ansible.builtin.debug: {var: static_key_encryption_result}
    - ansible.builtin.set_fact: {kept: "{{ static_key_encryption_result }}", cacheable: true}
    - key_secrets: {secrets: [{name: game, algorithm: aes256, tags: {a: b}, additional_regions: [eu-west-1]}]}
    """
    watched.tasks(tasks).failed()
    key = emulator.client("secretsmanager").get_secret_value(SecretId="game")["SecretString"]
    assert watched.leaks([key], set()) == []


def test_the_search_finds_what_it_looks_for(watched: Watched) -> None:
    """The control: a debug task does print the key, and a key given inline is printed by Ansible itself, as documented."""
    forms_of_it = f"{DECLARED.upper()} {base64.b64encode(bytes.fromhex(STORED)).decode()}"
    watched.tasks(
        [{"ansible.builtin.debug": {"msg": forms_of_it}}, {"ansible.builtin.set_fact": {"f": "x", "cacheable": True}}]
    )
    assert set(watched.leaks([DECLARED], set())) >= {"output of run 1", "ansible.log"}
    assert set(watched.leaks([STORED], set())) >= {"output of run 1", "ansible.log"}
    inline = watched.tasks([{"ansible.builtin.debug": {"msg": "nothing"}}], "-e", f"key={DECLARED}")
    assert DECLARED in inline.output
    assert (watched.sandbox.directory / "facts").is_dir()
