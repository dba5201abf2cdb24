# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home directory for the tools, under the build directory: nothing of the user's is read there, and nothing is left in theirs."""

from __future__ import annotations

import configparser
import io
import os
from pathlib import Path

from . import pip

# ansible-test passes neither PIP_INDEX_URL nor its like to the pip of its virtual environments; a configuration file reaches it.
PIP_SETTINGS = ("index-url", "extra-index-url", "cert", "proxy", "trusted-host")

# The versions of pip that the supported releases of ansible-test put into their virtual environments.
BOOTSTRAPPED_PIPS = ("24_2", "25_2")
GET_PIP = '''\
"""Stands in for the get-pip.py that ansible-test downloads from a host of its own: the package index has pip too."""

import subprocess
import sys

wanted = [word for word in sys.argv[1:] if not word.startswith("-")]
subprocess.run([{python!r}, "-m", "pip", "--python", sys.executable, "install", "--quiet", *wanted], check=True)
'''


def prepare_home(home: Path, python: Path) -> None:
    """Write the few files that the tools look for in their home."""
    home.mkdir(parents=True, exist_ok=True)
    write(home / "ansible.cfg", "")
    write(home / ".config" / "pip" / "pip.conf", pip_configuration())
    for version in BOOTSTRAPPED_PIPS:
        write(home / ".ansible" / "test" / "cache" / f"get_pip_{version}.py", GET_PIP.format(python=str(python)))


def pip_configuration() -> str:
    """The user's choice of package index, for a file that every pip reads."""
    parser = configparser.RawConfigParser()
    settings = {name: value for name in PIP_SETTINGS if (value := pip.setting(name))}
    parser["global"] = settings | {"disable-pip-version-check": "true", "quiet": "1"}
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def write(file: Path, text: str) -> None:
    """Write a file, if it is not there already, in one step: another process may be reading it."""
    if file.is_file() and file.read_text() == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    new.write_text(text)
    new.replace(file)
