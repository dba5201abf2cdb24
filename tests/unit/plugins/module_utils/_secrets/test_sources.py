# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a key comes from, if the module reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.sources import LARGEST_FILE, read_source

KEY = "0f" * 16
LABEL = "secret s"
TAKES = "from which value_from takes the value of the secret s,"


def refused(aws: Any, **source: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        read_source(source, LABEL, aws.clients())
    assert KEY not in str(refusal.value)
    return str(refusal.value)


def test_an_environment_variable(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE", f" {KEY}\n")
    assert read_source({"env": "SOURCE", "file": None}, LABEL, aws.clients()) == f" {KEY}\n"
    monkeypatch.setenv("SOURCE", " ")
    assert refused(aws, env="SOURCE") == f"The environment variable SOURCE, {TAKES} is empty."
    monkeypatch.delenv("SOURCE")
    assert (
        refused(aws, env="SOURCE")
        == f"The environment variable SOURCE, {TAKES} is not set on the host that runs the module."
    )


@pytest.mark.parametrize("content", [KEY.encode(), f"{KEY}\r\n".encode(), f"\ufeff{KEY}".encode()])
def test_a_file(aws: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    assert read_source({"file": str(path)}, LABEL, aws.clients()).strip() == KEY


def test_a_file_that_does_not_serve(aws: Any, tmp_path: Path) -> None:
    path = tmp_path / "key"
    cannot = f"The file {path}, {TAKES} cannot be read on the host that runs the module: "
    assert refused(aws, file=str(path)) == f"{cannot}No such file or directory."
    path.mkdir()
    assert refused(aws, file=str(path)) == f"{cannot}Is a directory."
    path.rmdir()
    path.write_bytes(b"\xff" + KEY.encode())
    assert (
        refused(aws, file=str(path)) == f"The file {path}, {TAKES} is not a UTF-8 text; it must hold the key as text."
    )
    path.write_bytes(KEY.encode() + b" " * LARGEST_FILE)
    assert "has more than 4096 bytes; it must hold the key and nothing else." in refused(aws, file=str(path))
    path.write_bytes(b"\n")
    assert refused(aws, file=str(path)) == f"The file {path}, {TAKES} is empty."
    assert refused(aws, file="\0").endswith("cannot be read: its name is not valid.")


def test_another_secret(aws: Any) -> None:
    arn = aws.secretsmanager.add("other", KEY)
    for name in ("other", arn):
        assert read_source({"secret": name}, LABEL, aws.clients()) == KEY
    what = f"The secret {{}} in {{}}, {TAKES} "
    assert (
        refused(aws, secret="nowhere") == what.format("nowhere", "us-west-2") + "does not exist there, or has no value."
    )
    assert refused(aws, secret="other", region="eu-west-1").startswith(what.format("other", "eu-west-1"))
    aws.secretsmanager.add("json", f'{{"key": "{KEY}"}}')
    assert refused(aws, secret="json") == what.format("json", "us-west-2") + "holds JSON; it must hold the bare key."
    aws.fails("secretsmanager.get_secret_value", "AccessDeniedException")
    with pytest.raises(ApiError):
        read_source({"secret": "other"}, LABEL, aws.clients())
