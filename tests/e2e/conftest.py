# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from mediaconnect_emulator.client import Emulator  # noqa: E402
from tests.e2e.sandbox import Sandbox  # noqa: E402
from tests.e2e.streaming import AnyModule, Streaming  # noqa: E402


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[Emulator]:
    with Emulator.start() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Emulator:
    """The emulator with one flow, BaseballGame in us-west-2 of account 111122223333, and an empty call log."""
    running_emulator.reset()
    running_emulator.seed("baseball")
    running_emulator.clear_calls()
    return running_emulator


@pytest.fixture
def sandbox(tmp_path: Path, emulator: Emulator) -> Sandbox:
    return Sandbox(tmp_path, emulator)


@pytest.fixture
def streaming(emulator: Emulator) -> Streaming:
    """A role and a secret as they are made for a stream, which does not run yet."""
    return Streaming(emulator)


@pytest.fixture
def module(emulator: Emulator) -> AnyModule:
    """Any module, in a process of its own."""
    return AnyModule(emulator)
