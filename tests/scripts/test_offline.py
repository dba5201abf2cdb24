# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import configparser
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts import Problem
from scripts.offline import home, pip

CONTENT = b"not really a wheel"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PAGE = f"""
<a href="/files/pip-9.0.3-py2.py3-none-any.whl#sha256={SHA256}">pip-9.0.3-py2.py3-none-any.whl</a>
<a href="pip-24.2-py3-none-any.whl#sha256={SHA256}" data-requires-python="&gt;=3.8">pip-24.2-py3-none-any.whl</a>
<a href="../files/pip-26.3-py3-none-any.whl#sha256={SHA256}">pip-26.3-py3-none-any.whl</a>
<a href="../files/pip-26.10-py3-none-any.whl#sha256={SHA256}" data-yanked="broken">pip-26.10-py3-none-any.whl</a>
<a href="../files/pip-27.0b1-py3-none-any.whl#sha256={SHA256}">pip-27.0b1-py3-none-any.whl</a>
<a href="../files/pip-27.0-py3-none-any.whl">pip-27.0-py3-none-any.whl</a>
<a href="../files/pip-26.3.tar.gz#sha256={SHA256}">pip-26.3.tar.gz</a>
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package index on this machine that offers pip, and the settings that lead there."""
    for folder in ("simple/pip", "simple/files"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "simple" / "pip" / "index.html").write_text(PAGE)
    (tmp_path / "simple" / "files" / "pip-26.3-py3-none-any.whl").write_bytes(CONTENT)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield tmp_path
        server.shutdown()


def test_offered_wheels_are_released_and_have_a_checksum() -> None:
    wheels = pip.offered_wheels(PAGE, "https://example.com/simple/pip/")
    assert [(wheel.name, wheel.url) for wheel in wheels] == [
        ("pip-24.2-py3-none-any.whl", "https://example.com/simple/pip/pip-24.2-py3-none-any.whl"),
        ("pip-26.3-py3-none-any.whl", "https://example.com/simple/files/pip-26.3-py3-none-any.whl"),
    ]
    assert max(wheels).version == (26, 3)


def test_the_newest_is_downloaded(index: Path) -> None:
    wheel = pip.download_newest(index / "download")
    assert wheel == index / "download" / "pip-26.3-py3-none-any.whl"
    assert wheel.read_bytes() == CONTENT


def test_another_content_than_the_index_says_is_refused(index: Path) -> None:
    (index / "simple" / "files" / "pip-26.3-py3-none-any.whl").write_bytes(b"something else")
    with pytest.raises(Problem, match=r"pip could not be fetched.*does not match the sha256"):
        pip.put_into(index / "bin" / "python", index / "download")
    assert not (index / "download").exists()


def test_an_index_without_pip_is_told(index: Path) -> None:
    (index / "simple" / "pip" / "index.html").write_text("<html></html>")
    with pytest.raises(Problem, match="offers no pip wheel"):
        pip.put_into(index / "bin" / "python", index / "download")


def test_settings_come_from_the_environment_and_then_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_INDEX_URL", "PIP_PROXY", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config" / "pip").mkdir(parents=True)
    (tmp_path / "config" / "pip" / "pip.conf").write_text("[global]\nindex-url = https://of.user\nproxy = http://p%q\n")
    assert pip.setting("index-url") == "https://of.user"
    assert pip.setting("proxy") == "http://p%q"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "named.conf"))
    (tmp_path / "named.conf").write_text("[global]\nindex-url = https://of.file\n")
    assert pip.setting("index-url") == "https://of.file"
    monkeypatch.setenv("PIP_INDEX_URL", "https://of.environment")
    assert pip.setting("index-url") == "https://of.environment"


def test_the_home_hands_the_package_index_on_and_has_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.com/simple%20")
    home.prepare_home(tmp_path / "home", Path("/venv/bin/python"))
    settings = configparser.RawConfigParser()
    settings.read(tmp_path / "home" / ".config" / "pip" / "pip.conf")
    assert settings.get("global", "index-url") == "https://example.com/simple%20"
    assert (tmp_path / "home" / "ansible.cfg").read_text() == ""
    stand_ins = list((tmp_path / "home" / ".ansible" / "test" / "cache").iterdir())
    assert {file.name for file in stand_ins} == {"get_pip_24_2.py", "get_pip_25_2.py"}
    for file in stand_ins:
        compile(file.read_text(), file.name, "exec")
        assert "'/venv/bin/python'" in file.read_text()
