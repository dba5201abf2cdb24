# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a key from where value_from points to: an environment variable, a file or a secret, on the host that runs the module.

A key that is read here never is an Ansible variable, so that Ansible has nothing to print.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Mapping

from .._aws import secretsmanager as api
from .._aws.client import Clients
from .._reconcile.model import Refusal
from .keys import describe_stored

LARGEST_FILE = 4096  # bytes; a key has 80 characters at most


def read_source(source: Mapping[str, Any], label: str, clients: Clients) -> str:
    """The text that is there.

    source: one of env, file and secret, and region with secret. label: what the value is for, such as "secret game".
    Raises Refusal where nothing can be read, and ApiError where AWS refuses. Neither shows any part of what is there.
    """
    if source.get("env"):
        text, where = _from_environment(source["env"], label), f"The environment variable {source['env']}"
    elif source.get("file"):
        text, where = _from_file(source["file"], label), f"The file {source['file']}"
    else:
        text, where = _from_secret(source, label, clients), f"The secret {source['secret']}"
    if not text.strip():
        raise Refusal(f"{where}, from which value_from takes the value of the {label}, is empty.")
    return text


def _from_environment(name: str, label: str) -> str:
    if name not in os.environ:
        raise Refusal(
            f"The environment variable {name}, from which value_from takes the value of the {label}, is not set on the host that runs the module."
        )
    return os.environ[name]


def _from_file(path: str, label: str) -> str:
    what = f"The file {path}, from which value_from takes the value of the {label},"
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Refusal(f"{what} cannot be read on the host that runs the module: {error.strerror}.") from None
    except ValueError:  # a NUL in the path
        raise Refusal(f"{what} cannot be read: its name is not valid.") from None
    if len(content) > LARGEST_FILE:
        raise Refusal(f"{what} has more than {LARGEST_FILE} bytes; it must hold the key and nothing else.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{what} is not a UTF-8 text; it must hold the key as text.") from None


def _from_secret(source: Mapping[str, Any], label: str, clients: Clients) -> str:
    region = source.get("region") or clients.region
    what = f"The secret {source['secret']} in {region}, from which value_from takes the value of the {label},"
    answer = api.get_secret_value(clients.get("secretsmanager", region), source["secret"])
    if answer is None:
        raise Refusal(f"{what} does not exist there, or has no value.")
    foreign = describe_stored(answer, None).foreign
    if foreign:
        raise Refusal(f"{what} holds {foreign}; it must hold the bare key.")
    return str(answer["SecretString"])
