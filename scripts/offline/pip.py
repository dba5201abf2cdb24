# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pip for a Python that came without it (Debian's python3 without python3-venv): its wheel from the package index."""

from __future__ import annotations

import configparser
import hashlib
import os
import re
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NamedTuple

from scripts import Problem

PYPI = "https://pypi.org/simple"
LINK = re.compile(r"<a\s([^>]*)>")
WHEEL = re.compile(r'href="((?:[^"#]*/)?(pip-(\d+(?:\.\d+)+)-py3-none-any\.whl))#sha256=([0-9a-f]{64})"')


class Wheel(NamedTuple):
    """One pip wheel that the index offers."""

    version: tuple[int, ...]
    name: str
    url: str
    sha256: str


def setting(name: str) -> str | None:
    """What the environment, else pip's configuration files, say for a setting such as index-url."""
    from_environment = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if from_environment:
        return from_environment
    config_home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    named = os.environ.get("PIP_CONFIG_FILE")
    files = [config_home / "pip/pip.conf", Path.home() / ".pip/pip.conf", Path("/etc/pip.conf")]
    for file in [Path(named), *files] if named else files:
        parser = configparser.RawConfigParser()
        parser.read(file)
        if parser.has_option("global", name):
            return parser.get("global", name)
    return None


def offered_wheels(page: str, address: str) -> list[Wheel]:
    """All pip wheels that a page of an index offers, less those that have been withdrawn."""
    wheels = []
    for link in LINK.findall(page):
        found = WHEEL.search(link)
        if found and "data-yanked" not in link:
            url, name, version, sha256 = found.groups()
            numbers = tuple(int(part) for part in version.split("."))
            wheels.append(Wheel(numbers, name, urllib.parse.urljoin(address, url), sha256))
    return wheels


def download_newest(into: Path) -> Path:
    """Download the newest pip wheel, check it against the index's SHA-256, and return where it lies."""
    index = setting("index-url") or PYPI
    # Every index answers in HTML, and not every one in JSON.
    request = urllib.request.Request(f"{index.rstrip('/')}/pip/", headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        wheels = offered_wheels(answer.read().decode(), answer.url)
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


def put_into(python: Path, download: Path) -> None:
    """Give a virtual environment its pip."""
    try:
        wheel = download_newest(download)
    except OSError as error:
        raise Problem(f"pip could not be fetched from the package index: {error}.") from error
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-index", str(wheel)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(wheel)}, stdin=subprocess.DEVNULL, check=True)
