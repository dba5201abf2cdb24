# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.sandbox import Sandbox
from tests.iam.ministack import Ministack


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    with Ministack(tmp_path_factory.mktemp("ministack") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def accounts() -> Iterator[str]:
    """Account numbers that nobody has used."""
    return (f"{number:012}" for number in itertools.count(100000000001))


@pytest.fixture
def account(accounts: Iterator[str], ministack: Ministack) -> str:
    """An account of its own, with one flow."""
    account = next(accounts)
    source = {"Name": "source", "Protocol": "rtp", "IngestPort": 5000, "WhitelistCidr": "203.0.113.0/24"}
    ministack.client("mediaconnect", account).create_flow(Name="BaseballGame", Source=source)
    return account


@pytest.fixture
def sandbox(tmp_path: Path, ministack: Ministack) -> Sandbox:
    return Sandbox(tmp_path, ministack)
