# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find pip on a Python that came without it (Debian's python3 without python3-venv): take its wheel from the package index."""

from __future__ import annotations

import configparser
import hashlib
import json
import os
import re
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NamedTuple

PYPI = "https://pypi.org/simple"
ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
WHEEL = re.compile(r"pip-(\d+(?:\.\d+)+)-py3-none-any\.whl")
HTML_LINK = re.compile(r'href="([^"#]+)#sha256=([0-9a-f]{64})"')


class Wheel(NamedTuple):
    """One pip wheel that the index offers."""

    version: tuple[int, ...]
    name: str
    url: str
    sha256: str


def pip_setting(name: str) -> str | None:
    """What the environment, else pip's configuration files, say for a setting such as index-url."""
    from_environment = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if from_environment:
        return from_environment
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = [
        os.environ.get("PIP_CONFIG_FILE"),
        config_home / "pip/pip.conf",
        Path.home() / ".pip/pip.conf",
        "/etc/pip.conf",
    ]
    for file in filter(None, files):
        parser = configparser.RawConfigParser()
        parser.read(file)
        if parser.has_option("global", name):
            return parser.get("global", name)
    return None


def offered_wheels(index: str) -> list[Wheel]:
    """All released pip wheels of an index, whether it answers in JSON or in HTML."""
    page = f"{index.rstrip('/')}/pip/"
    with urllib.request.urlopen(urllib.request.Request(page, headers={"Accept": ACCEPT}), timeout=60) as answer:
        kind, text, base = answer.headers.get("Content-Type", ""), answer.read().decode(), answer.url
    if "json" in kind:
        links = [
            (file["url"], file["hashes"].get("sha256")) for file in json.loads(text)["files"] if not file.get("yanked")
        ]
    else:
        links = HTML_LINK.findall(text)
    wheels = []
    for url, sha256 in links:
        name = url.rsplit("/", 1)[-1]
        match = WHEEL.fullmatch(name)
        if match and sha256:
            version = tuple(int(part) for part in match[1].split("."))
            wheels.append(Wheel(version, name, urllib.parse.urljoin(base, url), sha256))
    return wheels


def download_pip(into: Path) -> Path:
    """Download the newest pip wheel, check it against the index's sha256, and return where it lies."""
    index = pip_setting("index-url") or PYPI
    wheels = offered_wheels(index)
    if not wheels:
        raise OSError(f"the package index {index} offers no pip wheel")
    newest = max(wheels)
    with urllib.request.urlopen(newest.url, timeout=60) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != newest.sha256:
        raise OSError(f"{newest.name} does not match the sha256 that {index} gives for it")
    into.mkdir(parents=True, exist_ok=True)
    wheel = into / newest.name
    wheel.write_bytes(content)
    return wheel
