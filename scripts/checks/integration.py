# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test integration, without Docker, against the emulator.

It works in a copy of the installed collection, since ansible-test writes beside the tests and reads its configuration there.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import yaml

from mediaconnect_emulator.client import DEFAULT_REGION, ORIGINATOR, SUBSCRIBERS, Emulator
from scripts import ROOT
from scripts.build import Build


def configuration(emulator: Emulator) -> dict[str, object]:
    """The variables of the targets. ansible-test passes no AWS_* variable on, so all of it is said here."""
    originator = emulator.credentials(ORIGINATOR)
    subscriber = emulator.credentials(SUBSCRIBERS[0])
    return {
        "aws_access_key": originator["aws_access_key_id"],
        "aws_secret_key": originator["aws_secret_access_key"],
        "aws_region": DEFAULT_REGION,
        "aws_endpoint_url": emulator.endpoint,
        "aws_options": {
            "access_key": "{{ aws_access_key }}",
            "secret_key": "{{ aws_secret_key }}",
            "region": "{{ aws_region }}",
            "endpoint_url": "{{ aws_endpoint_url }}",
        },
        "flow_name": "BaseballGame",
        "subscriber_account": SUBSCRIBERS[0],
        "subscriber_access_key": subscriber["aws_access_key_id"],
        "subscriber_secret_key": subscriber["aws_secret_access_key"],
    }


def copy_of(build: Build, directory: Path) -> Path:
    """The installed collection once more, beside what it depends on."""
    root = directory / "ansible_collections"
    shutil.copytree(build.collection, root / "mediaops" / "mediaconnect", symlinks=True)
    (root / "amazon").symlink_to(build.dependencies / "ansible_collections" / "amazon")
    return root / "mediaops" / "mediaconnect"


def run_targets(build: Build, more: list[str]) -> int:
    """Start the emulator, write the configuration, run ansible-test with what more it shall take."""
    with (
        tempfile.TemporaryDirectory(prefix="integration-", dir=build.directory) as directory,
        Emulator.start("baseball") as emulator,
    ):
        collection = copy_of(build, Path(directory))
        config = collection / "tests" / "integration" / "integration_config.yml"
        config.write_text(yaml.safe_dump(configuration(emulator), sort_keys=False))
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return build.run(
            "ansible-test",
            *("integration", "--python", python, "--color", "no", *more),
            cwd=collection,
            check=False,
            environment={
                "ANSIBLE_COLLECTIONS_PATH": directory,
                "ANSIBLE_TEST_CONTENT_ROOT": str(collection),
                "PYTHONPATH": os.pathsep.join([directory, str(ROOT)]),
            },
        ).returncode
