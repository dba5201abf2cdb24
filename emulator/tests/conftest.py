# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures: an emulator of the test session's own, and the world that a conformance test sees, here or in AWS."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from emulator.tests.world import UNCHECKED, EmulatedWorld, LiveWorld, World
from mediaconnect_emulator.client import Emulator


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live",
        action="store_true",
        help="run the conformance tests against the AWS account of the environment's credentials",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "conformance: what AWS does too; these tests can run against it with --live")
    config.addinivalue_line("markers", "emulated: never with --live, since it costs money there or needs a VPC")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--live"):
        skip = pytest.mark.skip(reason="for the emulator only")
        for item in items:
            if "conformance" not in item.keywords or "emulated" in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def running_emulator() -> Iterator[Emulator]:
    with Emulator.start() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Iterator[Emulator]:
    """An empty emulator; whatever a test makes it answer must fit the service model."""
    running_emulator.reset()
    yield running_emulator
    assert running_emulator.problems() == []


@pytest.fixture
def secrets(emulator: Emulator) -> Any:
    """The originator's Secrets Manager."""
    return emulator.client("secretsmanager", config=UNCHECKED)


@pytest.fixture
def iam(emulator: Emulator) -> Any:
    """The originator's IAM."""
    return emulator.client("iam", config=UNCHECKED)


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The AWS that a conformance test talks to."""
    if request.config.getoption("--live"):
        live = LiveWorld()
        yield live
        live.clean_up()
    else:
        yield EmulatedWorld(request.getfixturevalue("emulator"))


@pytest.fixture
def mediaconnect(world: World) -> Any:
    """The originator's MediaConnect."""
    return world.client("mediaconnect")


@pytest.fixture
def flow(world: World) -> str:
    """The ARN of a flow of the originator, in STANDBY."""
    return world.make_flow()
