# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No key is in anything that a run prints, logs, caches or leaves behind, at the highest verbosity, whether it succeeds or fails."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from mediaconnect_emulator.client import Emulator
from tests.awx.definitions import definitions
from tests.awx.jobs import Awx, Template
from tests.e2e.leaks import FLOWS, HOST, SECRETS, SHAPES, Watched, hidden, shape
from tests.e2e.sandbox import ROOT, Run, Sandbox

DECLARED = "c0ffee0123456789abcdeffedcba9876543210c0ffee0123456789abcdef9876"
STORED = "5707ed0123456789abcdeffedcba98765432105707ed0123456789abcdef9876"
PASSWORD = "curling Final 2026"


@pytest.fixture
def watched(sandbox: Sandbox) -> Watched:
    return Watched(sandbox)


def play(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A play on all hosts that goes on after failures."""
    region = {"group/mediaops.mediaconnect.aws": {"region": "us-west-2"}}
    return [{"hosts": "all", "gather_facts": False, "ignore_errors": True, "module_defaults": region, "tasks": tasks}]


MODULES = [
    {
        "mediaops.mediaconnect.key_secrets": {
            "secrets": f"{{{{ {SECRETS} | default([]) }}}}",
            "tags": "{{ static_key_encryption_tags | default(omit) }}",
            "additional_regions": "{{ static_key_encryption_additional_regions | default(omit) }}",
            "wait_timeout": "{{ static_key_encryption_wait_timeout | default(omit) }}",
        }
    },
    {"mediaops.mediaconnect.entitlements": {"flows": f"{{{{ {FLOWS} | default([]) }}}}"}},
]
ROLES = [
    {"ansible.builtin.include_role": {"name": f"mediaops.mediaconnect.{role}"}}
    for role in ("static_key_encryption", "entitlements")
]
# What make test tries; the others are left to make test-all.
SOME = (
    *(
        "plain",
        "newline",
        "backslash",
        "nbsp",
        "list-in-list",
        "text",
        "number",
        "as-algorithm",
        "as-generate",
        "as-secret",
    ),
    *(
        "in-entitlement-description",
        "password-tag",
        "as-purge",
        "misspelt",
        "as-option",
        "too-short",
        "from-env-key",
        "undefined",
    ),
)
FITTING = set(list(SHAPES)[: list(SHAPES).index("described") + 1])
# In another task than the key, nobody can know that this is the key.
IN_ANOTHER_TASK = "in-entitlement-description"


def made(emulator: Emulator) -> set[str]:
    """The shapes whose secret there is."""
    listed = emulator.client("secretsmanager").get_paginator("list_secrets").paginate().build_full_result()
    return {secret["Name"].removeprefix("secret-") for secret in listed["SecretList"]}


def in_one_task(watched: Watched, emulator: Emulator, names: Iterable[str]) -> None:
    """Run distribute with every shape on a host of its own: what fits is done, the rest is refused, and no key is anywhere."""
    run = watched.play("mediaops.mediaconnect.distribute", *watched.hosts({name: shape(name) for name in names}))
    assert "Traceback" not in run.output
    assert made(emulator) == FITTING & set(names)
    assert set(run.stats) == set(names)
    assert watched.found({name: hidden(name) for name in names}) == []


def test_no_shape_leaks(watched: Watched, emulator: Emulator) -> None:
    in_one_task(watched, emulator, SOME)


@pytest.mark.slow
def test_no_shape_at_all_leaks(watched: Watched, emulator: Emulator) -> None:
    in_one_task(watched, emulator, SHAPES)


@pytest.mark.slow
@pytest.mark.parametrize(("tasks", "verbosity"), [(MODULES, "-vvvvv"), (ROLES, "")], ids=["modules", "roles"])
def test_no_shape_leaks_from_tasks(
    watched: Watched, emulator: Emulator, tasks: list[dict[str, Any]], verbosity: str
) -> None:
    hosts = watched.hosts({name: shape(name) for name in SHAPES})
    run = watched.play(watched.sandbox.write("play.yml", play(tasks)), *hosts, verbosity=verbosity)
    assert "Traceback" not in run.output
    assert made(emulator) > FITTING
    assert watched.found({name: hidden(name) for name in SHAPES if name != IN_ANOTHER_TASK}) == []


@pytest.mark.slow
def test_no_shape_leaks_from_a_job(watched: Watched, emulator: Emulator) -> None:
    """The same by ansible-runner, as AWX does it: the events, the output and the artifacts."""
    definition = next(
        one for one in definitions()["controller_templates"] if one["name"] == "MediaConnect - Distribute"
    )
    awx = Awx(watched.sandbox, {name: {**HOST, **shape(name)} for name in SHAPES})
    environment = {**emulator.environment(), **watched.environment}
    job = awx.launch(Template(definition, environment))
    assert len(job.hosts) == len(SHAPES)
    assert made(emulator) == FITTING
    for part in ("env", "inventory"):  # what AWX hands over
        (watched.sandbox.directory / "awx_0" / part).rename(watched.inputs / part)
    assert watched.found({name: hidden(name) for name in SHAPES}) == []


def vaulted(sandbox: Sandbox, value: str) -> tuple[Path, str]:
    """A password file, and the value encrypted as Ansible Vault writes it into a variables file."""
    password = sandbox.directory / "inputs" / "vault-password"
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


@pytest.mark.slow
def test_the_example(watched: Watched, emulator: Emulator) -> None:
    """With its key from the environment: first run, second run, another key refused, and an error of AWS; with hand-over files."""
    handover = watched.sandbox.directory / "handover"
    handover.mkdir()
    example = ["-e", f"@{ROOT / 'docs' / 'examples' / 'baseball.yml'}", "-e", f"entitlements_handover_dir={handover}"]

    def distribute(value: str, *arguments: str) -> Run:
        return watched.play("mediaops.mediaconnect.distribute", *example, *arguments, BASEBALL_KEY=value)

    assert distribute(STORED, "--check").rc == 0
    first = distribute(f"{STORED.upper()}\n").ok()
    assert "key_fingerprint" in first.output, "the diff is there"
    assert len(list(handover.iterdir())) == 6, "for three subscribers, JSON and Markdown"
    refused = distribute(DECLARED).failed()
    assert "holds another key than the declared key (fingerprint" in refused.message, "the reason is there"
    assert distribute(DECLARED[:-1]).failed().message.count("has 63 hexadecimal digits") == 1
    emulator.fault("DescribeSecret", "InternalServiceError", times=50, service="secretsmanager")
    distribute(STORED).failed()
    assert watched.found({"stored": STORED, "declared": DECLARED}) == []


def test_the_module(watched: Watched, emulator: Emulator) -> None:
    """Values from Vault and from variables; created, replaced, refused, restored, two Regions, errors before and after the effect."""
    password, variable = vaulted(
        watched.sandbox, f"{DECLARED}\n"
    )  # as echo KEY | ansible-vault encrypt_string makes it
    variables = watched.inputs / "vars.yml"
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
    - key_secrets: {value: "{{ plain_key }}", name: one, algorithm: aes256}
      ignore_errors: true
    - key_secrets: {secret: [{name: one, value: "{{ plain_key }}"}], vaule: "{{ vaulted_key }}"}
      ignore_errors: true
    - key_secrets: {secrets: [{name: one}], state: "{{ plain_key }}", wait_timeout: "{{ password }}", purge_tags: "{{ password }}"}
      ignore_errors: true
    - distribution: {only_plan: "{{ plain_key }}", secrets: [{name: one}]}
      ignore_errors: true
    - distribution: {only_plan: "{{ password }}", secrets: [{name: two, algorithm: srt-password, value: "{{ password }}"}]}
      ignore_errors: true
    - trust_role: {name: R, secrets: ["{{ plain_key }}"], kms_keys: "{{ vaulted_key }}", purge: "{{ password }}", key: "{{ password }}"}
      ignore_errors: true
    - flow_info: {flows: ["{{ plain_key }}"], include_tags: "{{ plain_key }}"}
      ignore_errors: true
    - received_entitlement_info: {names: ["{{ plain_key }}"], key: "{{ plain_key }}"}
      ignore_errors: true
    - ansible.builtin.set_fact: {kept: "{{ result }}", cacheable: true}
    """
    arguments = ["-e", f"@{variables}", "--vault-password-file", str(password)]
    run = watched.tasks(tasks, *arguments).ok()
    assert [task["outcome"] for task in run.tasks].count("failed") == 11
    for operation in ("PutSecretValue", "CreateSecret"):
        emulator.fault(operation, "EncryptionFailure", times=1, after_effect=True, service="secretsmanager")
    failing = """
    - key_secrets:
        secrets:
          - {name: one, algorithm: aes256, value: "{{ plain_key }}", replace_value: true}
          - {name: two, algorithm: aes256, value: "{{ vaulted_key }}"}
    """
    watched.tasks(failing, *arguments).failed()
    assert watched.found({"stored": STORED, "declared": DECLARED, "password": PASSWORD}) == []


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
    made = emulator.client("secretsmanager").get_secret_value(SecretId="game")["SecretString"]
    assert watched.found({"made": made}) == []


SOURCES = """
    - key_secrets:
        secrets:
          - {name: one, algorithm: aes256, value_from: {env: STORED_KEY}}
          - {name: two, algorithm: aes256, value_from: {file: "{{ key_file }}"}}
    - key_secrets:
        secrets:
          - {name: three, algorithm: aes256, value_from: {secret: one}}
          - {name: four, algorithm: srt-password, value_from: {secret: far, region: eu-west-1}}
"""


def test_a_key_that_never_is_a_variable(watched: Watched, emulator: Emulator) -> None:
    """From an environment variable, a file and another secret; nothing that Ansible keeps on disk has it, however long that is kept."""
    file = watched.inputs / "key"
    file.write_text(f"\ufeff{DECLARED}\r\n", encoding="utf-8")
    emulator.client("secretsmanager", region="eu-west-1").create_secret(Name="far", SecretString=PASSWORD)
    given = {"STORED_KEY": f" {STORED}\n", "ANSIBLE_KEEP_REMOTE_FILES": "true"}
    assert watched.tasks(SOURCES, "-e", f"key_file={file}", **given).ok().changed == 2
    assert watched.tasks(SOURCES, "-e", f"key_file={file}", **given).ok().changed == 0
    client = emulator.client("secretsmanager")
    stored = [client.get_secret_value(SecretId=name)["SecretString"] for name in ("one", "two", "three", "four")]
    assert stored == [STORED, DECLARED, STORED, PASSWORD]
    assert watched.sandbox.leftovers(), "the modules' files are still there"
    assert watched.found({"stored": STORED, "declared": DECLARED, "password": PASSWORD}) == []


BAD_SOURCES = {
    "unset": (
        {"env": "NOWHERE"},
        "The environment variable NOWHERE, from which value_from takes the value of the secret s, is not set",
    ),
    "empty": (
        {"env": "EMPTY"},
        "The environment variable EMPTY, from which value_from takes the value of the secret s, is empty.",
    ),
    "blank": (
        {"env": "BLANK"},
        "The environment variable BLANK, from which value_from takes the value of the secret s, is empty.",
    ),
    "no file": (
        {"file": "/nowhere/key"},
        "cannot be read on the host that runs the module: No such file or directory.",
    ),
    "a directory": ({"file": "/"}, "cannot be read on the host that runs the module: Is a directory."),
    "no key": ({"file": "/etc/passwd"}, "The value for the secret s is not hexadecimal"),
    "no secret": (
        {"secret": "nowhere"},
        "The secret nowhere in us-west-2, from which value_from takes the value of the secret s, does not exist",
    ),
    "JSON": ({"secret": "json"}, "holds JSON; it must hold the bare key."),
    "two": ({"env": "STORED_KEY", "file": "/x"}, "has env and file in value_from; give one of env, file and secret."),
    "none": ({}, "has nothing in value_from; give one of env, file and secret."),
    "misspelt": ({"environment": "STORED_KEY"}, "value_from has an option that does not exist"),
}


@pytest.mark.slow
def test_a_source_that_does_not_serve_is_one_sentence(watched: Watched, emulator: Emulator) -> None:
    emulator.client("secretsmanager").create_secret(Name="json", SecretString=json.dumps({"key": STORED}))
    tasks = [
        {
            "key_secrets": {"secrets": [{"name": "s", "algorithm": "aes256", "value_from": source}]},
            "ignore_errors": True,
        }
        for source, _said in BAD_SOURCES.values()
    ]
    emulator.clear_calls()
    run = watched.tasks(tasks, STORED_KEY=STORED, BLANK=" \n", EMPTY="\t").ok()
    for (_source, said), task in zip(BAD_SOURCES.values(), run.tasks, strict=True):
        assert said in task["result"]["msg"], said
    assert emulator.calls(writes_only=True) == []
    assert watched.found({"stored": STORED}) == []


def module_process(temporary: Path) -> int | None:
    """The process of a module that runs from this directory."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(word.startswith(str(temporary).encode()) and b"AnsiballZ" in word for word in words[1:]):
                return int(process.name)
    return None


def test_what_a_killed_module_leaves_behind(watched: Watched) -> None:
    """A key that the module reads by itself is not in the file that Ansible leaves then."""
    with socket.create_server(("127.0.0.1", 0)) as never_answers:
        options = {
            "secrets": [{"name": "s", "algorithm": "aes256", "value_from": {"env": "STORED_KEY"}}],
            "endpoint_url": f"http://127.0.0.1:{never_answers.getsockname()[1]}",
        }
        with ThreadPoolExecutor() as pool:
            run = pool.submit(watched.tasks, [{"key_secrets": options}], STORED_KEY=STORED)
            deadline = time.monotonic() + 60
            while not (process := module_process(watched.sandbox.temporary)):
                assert time.monotonic() < deadline
                time.sleep(0.1)
            never_answers.accept()
            os.kill(process, signal.SIGKILL)
            assert run.result().rc == 2
    assert watched.found({"stored": STORED}) == []


def test_the_search_finds_what_it_looks_for(watched: Watched) -> None:
    """The control: a debug task does print the key, another module logs it, and a key given inline is printed by Ansible, as documented."""
    written = f"{DECLARED.upper()} {base64.b64encode(bytes.fromhex(STORED)).decode()} {json.dumps(PASSWORD)}"
    tasks = [
        {"ansible.builtin.debug": {"msg": written}},
        {"ansible.builtin.set_fact": {"f": written, "cacheable": True}},
        {"ansible.builtin.stat": {"path": f"/nowhere/{written}"}},
    ]
    watched.tasks(tasks).ok()
    found = watched.found({"declared": DECLARED, "stored": STORED, "password": PASSWORD})
    for name in ("declared", "stored", "password"):
        assert {f"{name} in output of run 1", f"{name} in ansible.log", f"{name} in syslog"} <= set(found)
        assert any(place.startswith(f"{name} in facts/") for place in found)
    inline = watched.tasks([{"ansible.builtin.debug": {"msg": "nothing"}}], "-e", f"key={DECLARED}")
    assert DECLARED in inline.output


@pytest.mark.slow
def test_a_loop_prints_its_items(watched: Watched) -> None:
    """As documented: Ansible prints what it loops over. A key that is looked up by name inside, or by the module, is not part of that."""
    role = {"ansible.builtin.include_role": {"name": "mediaops.mediaconnect.static_key_encryption"}}
    variables = watched.inputs / "vars.yml"
    events = [{"name": "one", "key": STORED}]
    variables.write_text(yaml.safe_dump({"events": events, "names": ["two"], "keys": {"two": DECLARED}}))

    def looped(over: str, **options: str) -> Run:
        secrets = [{"name": "{{ item.name | default(item) }}", "algorithm": "aes256", **options}]
        task = {**role, "vars": {SECRETS: secrets}, "loop": f"{{{{ {over} }}}}"}
        return watched.tasks([task], "-e", f"@{variables}", verbosity="", THREE=DECLARED).ok()

    assert STORED in looped("events", value="{{ item.key }}").output
    watched.runs.clear()
    (watched.sandbox.directory / "ansible.log").unlink()
    looped("names", value="{{ keys[item] }}")
    looped("['three']", value_from={"env": "{{ item | upper }}"})
    assert watched.found({"declared": DECLARED}) == []
