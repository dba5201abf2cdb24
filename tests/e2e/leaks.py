# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shapes in which somebody may declare a key, rightly and wrongly, and the places where it must not be found afterwards."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.e2e.sandbox import ROOT, Run, Sandbox

Variables = dict[str, Any]
SECRETS, FLOWS = "static_key_encryption_secrets", "entitlements_flows"


def key(name: str) -> str:
    """A key of 64 hexadecimal digits with letters among them, another one for every name."""
    return hashlib.sha256(name.encode()).hexdigest()


def forms(value: str) -> Iterator[bytes]:
    """How a value could be written: in either case, in base64, as Python, JSON and a URL spell it; of a key also parts of it."""
    for text in dict.fromkeys((value, value.strip(), value.lower(), value.upper())):
        yield text.encode()
        yield base64.b64encode(text.encode()).rstrip(b"=")[:-1]
        yield repr(text)[1:-1].encode()
        yield json.dumps(text)[1:-1].encode()
        yield quote(text).encode()
    try:
        yield base64.b64encode(bytes.fromhex(value.strip())).rstrip(b"=")[:-1]
    except ValueError:
        return
    yield value.strip()[:24].encode()
    yield value.strip()[-24:].upper().encode()


def secret(shape_name: str, **options: Any) -> Variables:
    """One secret for aes256."""
    return {SECRETS: [{"name": f"secret-{shape_name}", "algorithm": "aes256", **options}]}


def password(name: str, value: str) -> Variables:
    return secret(name, algorithm="srt-password", value=value)


def granted(
    shape_name: str, flow: Variables | None = None, encryption: Variables | None = None, **entitlement: Any
) -> Variables:
    """An entitlement, encrypted or not."""
    if encryption:
        encryption = {"algorithm": "aes256", "role": "R", "secret": f"secret-{shape_name}", **encryption}
        entitlement["encryption"] = encryption
    declared = {"name": f"E-{shape_name}", "subscribers": ["444455556666"], **entitlement}
    return {FLOWS: [{"flow": "BaseballGame", "entitlements": [declared], **(flow or {})}]}


# By name: the variables, from the name and a key that belongs to it alone. Passwords contain the name, so that they differ.
SHAPES: dict[str, Callable[[str, str], Variables]] = {
    # right, or nearly so
    "plain": lambda n, k: secret(n, value=k),
    "upper": lambda n, k: secret(n, value=k.upper()),
    "newline": lambda n, k: secret(n, value=f"{k}\n"),
    "crlf": lambda n, k: secret(n, value=f"{k}\r\n"),
    "tab": lambda n, k: secret(n, value=f"\t{k}"),
    "blanks": lambda n, k: secret(n, value=f"  {k}  "),
    "backslash": lambda n, k: password(n, f"{k[:9]}\\curling\\final"),
    "quotes": lambda n, k: password(n, f"{k[:9]}'curling\"final"),
    "nbsp": lambda n, k: password(n, f"{k[:9]}\u00a0curling final"),
    "umlaut": lambda n, k: password(n, f"{k[:9]}Kürling-Finale"),
    "percent": lambda n, k: password(n, f"{k[:9]}%s%(a)d curling"),
    "linebreak": lambda n, k: password(n, f"{k[:9]}curling\nfinal"),
    "mixed": lambda n, k: password(n, f"{k[:9]}Curling-FINAL"),
    "described": lambda n, k: {**secret(n, value=k, description="the key"), **granted(n, description="no key")},
    # wrong kinds
    "list-in-list": lambda n, k: {SECRETS: [[{"name": n, "algorithm": "aes256", "value": k}]]},
    "dictionary": lambda n, k: {SECRETS: {"name": n, "algorithm": "aes256", "value": k}},
    "by-name": lambda n, k: {SECRETS: {n: {"algorithm": "aes256", "value": k}}},
    "text": lambda n, k: {SECRETS: k},
    "texts": lambda n, k: {SECRETS: [k]},
    "json-text": lambda n, k: {SECRETS: json.dumps([{"name": n, "value": k, "colour": k}])},
    "pairs": lambda n, k: {SECRETS: [f"name={n} algorithm=aes256 vaule={k}"]},
    "value-list": lambda n, k: secret(n, value=[k]),
    "value-dictionary": lambda n, k: secret(n, value={"key": k}),
    "value-json": lambda n, k: secret(n, value=json.dumps({"key": k})),
    "number": lambda n, k: secret(n, value=int("9" + str(int(k, 16))[:46])),
    # wrong places
    "as-algorithm": lambda n, k: secret(n, algorithm=k),
    "as-generate": lambda n, k: secret(n, generate=k),
    "as-replace-value": lambda n, k: secret(n, replace_value=k),
    "as-name": lambda n, k: secret(n, name=k),
    "as-state": lambda n, k: secret(n, state=k),
    "as-region": lambda n, k: secret(n, value=k, additional_regions=[k]),
    "as-kms-key": lambda n, k: secret(n, value=k, kms_key_id=k),
    "as-days": lambda n, k: secret(n, state="absent", recovery_window_in_days=k),
    "as-description": lambda n, k: secret(n, generate=True, description=k),
    "in-description": lambda n, k: secret(n, value=k, description=f"Its key is {k.upper()}."),
    "in-tag": lambda n, k: secret(n, value=k, tags={"key": f"x{k}"}),
    "as-tag-name": lambda n, k: secret(n, value=f" {k}", tags={k: "key"}),
    "in-tag-name": lambda n, k: secret(n, value=k, tags={f"key-{k}": "x"}),
    "password-tag": lambda n, k: secret(
        n, algorithm="srt-password", value=f"{k[:9]}curling", tags={f"{k[:9]}curling": "x"}
    ),
    "tags": lambda n, k: {**secret(n, value=k), "static_key_encryption_tags": k},
    "as-role": lambda n, k: {**secret(n, value=k), "static_key_encryption_role_name": k},
    "as-purge": lambda n, k: {
        **secret(n, value=k),
        "static_key_encryption_role_name": n,
        "static_key_encryption_purge": k,
    },
    "as-force": lambda n, k: {**secret(n, value=k), "static_key_encryption_force_in_use": k},
    "as-timeout": lambda n, k: {
        **secret(n, value=k),
        "static_key_encryption_wait_timeout": k,
        "entitlements_wait_timeout": k,
    },
    "as-regions": lambda n, k: {**secret(n, value=k), "static_key_encryption_additional_regions": k},
    "as-secret": lambda n, k: granted(n, encryption={"secret": k}),
    "as-key-type": lambda n, k: granted(n, encryption={"key_type": k}),
    "as-entitlement-algorithm": lambda n, k: granted(n, encryption={"algorithm": k}),
    "as-encryption": lambda n, k: {FLOWS: [{"flow": "BaseballGame", "entitlements": [{"name": "E", "encryption": k}]}]},
    "encryption-value": lambda n, k: granted(n, encryption={"value": k}),
    "as-entitlement": lambda n, k: granted(n, name=k),
    "as-flow": lambda n, k: granted(n, flow={"flow": k}),
    "as-subscriber": lambda n, k: granted(n, subscribers=[k]),
    "as-fee": lambda n, k: granted(n, data_transfer_subscriber_fee_percent=k),
    "in-entitlement-description": lambda n, k: {**secret(n, value=k), **granted(n, description=f"key: {k}")},
    "flows-text": lambda n, k: {FLOWS: k},
    "flows-list-in-list": lambda n, k: {FLOWS: [[{"flow": "BaseballGame", "key": k}]]},
    # wrong options
    "misspelt": lambda n, k: secret(n, vaule=k),
    "unknown": lambda n, k: secret(n, colour=k),
    "as-option": lambda n, k: secret(n, **{k: "aes256"}),
    "both": lambda n, k: secret(n, value=k, generate=True),
    "no-algorithm": lambda n, k: {SECRETS: [{"name": n, "value": k}]},
    "other-algorithm": lambda n, k: secret(n, algorithm="aes128", value=k),
    "too-short": lambda n, k: secret(n, value=k[:-1]),
    "prefixed": lambda n, k: secret(n, value=f"0x{k}"),
    "separated": lambda n, k: secret(n, value=":".join(k[i : i + 2] for i in range(0, 64, 2))),
    "unnamed": lambda n, k: {SECRETS: [{"algorithm": "aes256", "value": k}]},
    "null-beside": lambda n, k: {SECRETS: [None, {"name": n, "algorithm": "aes256", "value": k}]},
    "twice": lambda n, k: {SECRETS: [*secret(n, value=k)[SECRETS], *secret(n, value=k)[SECRETS]]},
    # sources
    "from-text": lambda n, k: secret(n, value_from=k),
    "from-env-key": lambda n, k: secret(n, value_from={"env": k}),
    "from-file-key": lambda n, k: secret(n, value_from={"file": k}),
    "from-secret-key": lambda n, k: secret(n, value_from={"secret": k}),
    "from-and-value": lambda n, k: secret(n, value=k, value_from={"env": "NOWHERE"}),
    "from-list": lambda n, k: secret(n, value_from=[k]),
    # core's failures
    "undefined": lambda n, k: {**secret(n, value="{{ held }}{{ nowhere }}"), "held": k},
    "no-filter": lambda n, k: {**secret(n, value="{{ held | nowhere.at.all }}"), "held": k},
    "broken-template": lambda n, k: {**secret(n, value="{{ held | b64decode | from_json }}"), "held": k},
}


def shape(name: str) -> Variables:
    """The variables of a shape."""
    return SHAPES[name](name, key(name))


def hidden(name: str) -> str:
    """What must not be found of a shape: its key, or the password or number that it has instead."""
    digits = key(name)
    others = {
        text
        for text in texts(shape(name))
        if digits not in text and text.startswith((digits[:9], "9")) and len(text) > 12
    }
    return others.pop() if others else digits


def texts(data: Any) -> Iterator[str]:
    """Every text in a structure."""
    if isinstance(data, dict):
        for item in data.values():
            yield from texts(item)
    elif isinstance(data, list):
        for item in data:
            yield from texts(item)
    else:
        yield str(data)


class Watched:
    """A sandbox whose runs keep a log, a fact cache and what goes to syslog, and whose temporary files survive. `inputs` are not searched."""

    def __init__(self, sandbox: Sandbox):
        self.sandbox = sandbox
        self.runs: list[Run] = []
        self.inputs = sandbox.directory / "inputs"
        self.inputs.mkdir()
        self.syslog = sandbox.directory / "syslog"
        self.environment = {
            "ANSIBLE_LOG_PATH": str(sandbox.directory / "ansible.log"),
            "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(sandbox.directory / "facts"),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
            "PYTHONPATH": str(ROOT / "tests" / "e2e" / "syslog"),
            "E2E_SYSLOG": str(self.syslog),
        }

    def play(self, file: str | Path, *arguments: str, verbosity: str = "-vvvvv", **variables: str) -> Run:
        loud = [verbosity] if verbosity else []
        run = self.sandbox.playbook(file, *loud, "--diff", *arguments, **{**self.environment, **variables})
        self.runs.append(run)
        return run

    def tasks(
        self, tasks: str | list[dict[str, Any]], *arguments: str, verbosity: str = "-vvvvv", **variables: str
    ) -> Run:
        loud = [verbosity] if verbosity else []
        run = self.sandbox.tasks(tasks, *loud, "--diff", *arguments, **{**self.environment, **variables})
        self.runs.append(run)
        return run

    def hosts(self, shapes: dict[str, Variables]) -> list[str]:
        """An inventory with a host for each shape, as arguments."""
        path = self.inputs / "hosts.json"
        path.write_text(json.dumps({"all": {"hosts": {name: {**HOST, **given} for name, given in shapes.items()}}}))
        return ["-i", str(path), "-e", "mediaconnect_hosts=all", "-f", "4"]

    def found(self, values: dict[str, str]) -> list[str]:
        """Where any form of the values, which are given by name, is found: output, and every file that is not an input."""
        places = {f"output of run {number}": run.output.encode() for number, run in enumerate(self.runs, start=1)}
        for path in self.sandbox.directory.rglob("*"):
            if path.is_file() and self.inputs not in path.parents:
                places[str(path.relative_to(self.sandbox.directory))] = path.read_bytes()
        return [
            f"{name} in {place}"
            for name, value in values.items()
            for place, content in places.items()
            if any(form in content for form in forms(value))
        ]


HOST = {
    "ansible_connection": "local",
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    "mediaconnect_region": "us-west-2",
}
