# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows import handover_files
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows.handover_files import refuse_unusable, write
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.handover import by_subscriber, handover

ALICE, BOB = "123456789012", "444455556666"


def accounts(*subscribers: str, description: str = "") -> list[dict[str, Any]]:
    entitlement = {
        "name": "E",
        "entitlement_arn": f"arn:E{description}",
        "entitlement_status": "ENABLED",
        "subscribers": list(subscribers),
        "encryption": None,
        "data_transfer_subscriber_fee_percent": 0,
    }
    return by_subscriber(handover("Zürich", "us-west-2", [entitlement], {}))


def test_two_files_for_each_account(tmp_path: Path) -> None:
    files, written = write(str(tmp_path), "us-west-2", accounts(BOB, ALICE), dry=False)
    assert written
    assert files == [
        str(tmp_path / f"{account}-us-west-2.{kind}") for account in (ALICE, BOB) for kind in ("json", "md")
    ]
    found = json.loads((tmp_path / f"{BOB}-us-west-2.json").read_text(encoding="utf-8"))
    assert found == accounts(BOB)[0]
    assert (
        (tmp_path / f"{BOB}-us-west-2.md").read_text(encoding="utf-8").startswith(f"# Live video for AWS account {BOB}")
    )


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    write(str(tmp_path), "us-west-2", accounts(ALICE), dry=False)
    with mock.patch.object(Path, "write_text", side_effect=AssertionError):
        assert write(str(tmp_path), "us-west-2", accounts(ALICE), dry=False)[1] is False
    (tmp_path / f"{ALICE}-us-west-2.md").write_bytes(b"\xff")
    files, written = write(str(tmp_path), "us-west-2", accounts(ALICE), dry=False)
    assert written
    assert Path(files[1]).read_text(encoding="utf-8").startswith("# Live video")


def test_dry_only_looks(tmp_path: Path) -> None:
    files, differ = write(str(tmp_path), "us-west-2", accounts(ALICE), dry=True)
    assert (len(files), differ, list(tmp_path.iterdir())) == (2, True, [])


def test_files_of_others_are_left_there(tmp_path: Path) -> None:
    write(str(tmp_path), "us-west-2", accounts(ALICE), dry=False)
    assert write(str(tmp_path), "us-west-2", [], dry=False) == ([], False)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_directory_that_does_not_serve_is_refused_beforehand(tmp_path: Path) -> None:
    refuse_unusable(str(tmp_path))
    with pytest.raises(Refusal, match="is no directory on this host"):
        refuse_unusable(str(tmp_path / "none"))
    with (
        mock.patch.object(handover_files.os, "access", return_value=False),
        pytest.raises(Refusal, match="cannot be written"),
    ):
        refuse_unusable(str(tmp_path))


def test_what_the_file_system_does_not_let_is_told(tmp_path: Path) -> None:
    (tmp_path / f"{ALICE}-us-west-2.json").mkdir()
    with pytest.raises(Refusal, match=r"-us-west-2\.json could not be written: Is a directory"):
        write(str(tmp_path), "us-west-2", accounts(ALICE), dry=False)
