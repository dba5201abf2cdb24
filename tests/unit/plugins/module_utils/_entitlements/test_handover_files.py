# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files to hand over: planned like anything else, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements import handover_files
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.handover_files import (
    FilesUnit,
    plan_files,
    refuse_unusable,
    write_files,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Action, Refusal, Stage

CONTENTS = {"b.md": "# Zürich\n", "a.json": "{}\n"}


def found(folder: Path) -> dict[str, str]:
    """All files of the folder, hidden ones too."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def write(folder: Path, contents: Any = None) -> FilesUnit:
    contents = CONTENTS if contents is None else contents
    unit = plan_files(str(folder), contents)
    assert unit.refusals == []
    write_files(unit, str(folder), contents)
    return unit


class TestPlan:
    def test_what_is_not_there_is_written_at_last(self, tmp_path: Path) -> None:
        unit = plan_files(str(tmp_path), CONTENTS)
        label = f"hand-over files in {tmp_path}"
        assert (unit.label, unit.subject, unit.action, unit.refusals) == (label, "hand-over files", "updated", [])
        assert unit.actions == [Action("write_files", f"write the {label}", {}, Stage.HAND_OVER)]
        assert max(Stage) == Stage.HAND_OVER
        assert unit.paths == [str(tmp_path / "a.json"), str(tmp_path / "b.md")]
        assert found(tmp_path) == {}

    @pytest.mark.parametrize(
        ("spoil", "differs"),
        [
            (lambda path: None, False),
            (lambda path: path.write_text("{}"), True),
            (lambda path: path.write_bytes(b"\xff"), True),
            (lambda path: path.unlink(), True),
        ],
    )
    def test_only_what_differs(self, tmp_path: Path, spoil: Any, differs: bool) -> None:
        write(tmp_path)
        spoil(tmp_path / "a.json")
        unit = plan_files(str(tmp_path), CONTENTS)
        assert (len(unit.actions), unit.action) == ((1, "updated") if differs else (0, "unchanged"))
        assert len(unit.paths) == 2

    def test_nothing_to_hand_over_is_nothing_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "theirs").write_text("theirs")
        unit = plan_files(str(tmp_path), {})
        assert (unit.actions, unit.paths, unit.refusals) == ([], [], [])

    def test_a_diff_has_no_files(self, tmp_path: Path) -> None:
        assert plan_files(str(tmp_path), CONTENTS).differences() == []

    def test_what_stands_in_a_file_s_place_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "target").write_text("{}\n")
        link, folder = tmp_path / "a.json", tmp_path / "b.md"
        link.symlink_to(tmp_path / "target")
        folder.mkdir()
        unit = plan_files(str(tmp_path), CONTENTS)
        assert unit.refusals == [
            f"The hand-over file {folder} cannot be written, since there is something else of that name; remove it.",
            f"The hand-over file {link} is a symbolic link, through which nothing is written; remove it.",
        ]
        assert unit.actions == []

    def test_a_link_to_nowhere_is_refused_too(self, tmp_path: Path) -> None:
        link = tmp_path / "a.json"
        link.symlink_to(tmp_path / "nowhere")
        assert plan_files(str(tmp_path), {"a.json": ""}).refusals == [
            f"The hand-over file {link} is a symbolic link, through which nothing is written; remove it."
        ]

    def test_a_file_that_cannot_be_written_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.json"
        path.write_text("old")
        asked = []
        monkeypatch.setattr(handover_files.os, "access", lambda *arguments: asked.append(arguments))
        assert plan_files(str(tmp_path), {"a.json": ""}).refusals == [
            f"The hand-over file {path} cannot be written to; change its permissions or remove it."
        ]
        assert asked == [(path, os.R_OK | os.W_OK)]

    @pytest.mark.parametrize(
        ("folder_mode", "user", "refused"),
        [(0o1777, "other", True), (0o1777, "owner", False), (0o1777, "root", False), (0o777, "other", False)],
    )
    def test_a_file_of_somebody_else_in_a_sticky_directory_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder_mode: int, user: str, refused: bool
    ) -> None:
        path = tmp_path / "a.json"
        path.write_text("old")
        tmp_path.chmod(folder_mode)
        owner = path.stat().st_uid
        monkeypatch.setattr(handover_files.os, "access", lambda *arguments: True)
        monkeypatch.setattr(handover_files.os, "geteuid", lambda: {"owner": owner, "other": owner + 1, "root": 0}[user])
        sentence = f"The hand-over file {path} belongs to somebody else, who alone can replace it there; give another handover_dir."
        assert plan_files(str(tmp_path), {"a.json": ""}).refusals == ([sentence] if refused else [])


class TestWrite:
    def test_each_whole_and_nothing_else_is_left_there(self, tmp_path: Path) -> None:
        (tmp_path / "theirs").write_text("theirs")
        assert write(tmp_path).paths == [str(tmp_path / "a.json"), str(tmp_path / "b.md")]
        assert found(tmp_path) == {**CONTENTS, "theirs": "theirs"}

    def test_a_new_file_is_for_its_owner_alone_and_an_old_one_keeps_its_permissions(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text("old")
        (tmp_path / "a.json").chmod(0o664)
        umask = os.umask(0)
        try:
            write(tmp_path)
        finally:
            os.umask(umask)
        assert (mode(tmp_path / "a.json"), mode(tmp_path / "b.md")) == (0o664, 0o600)
        assert found(tmp_path) == CONTENTS

    def test_what_is_as_it_should_be_is_not_touched(self, tmp_path: Path) -> None:
        write(tmp_path)
        same = (tmp_path / "a.json").stat()
        (tmp_path / "b.md").write_text("old")
        write(tmp_path)
        now = (tmp_path / "a.json").stat()
        assert (now.st_ino, now.st_mtime_ns) == (same.st_ino, same.st_mtime_ns)
        assert found(tmp_path) == CONTENTS

    def test_who_reads_meanwhile_reads_the_old_text_or_the_new_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "a.json"
        path.write_text("old")
        seen, replace = [], Path.replace

        def look_and_replace(temporary: Path, target: Path) -> Path:
            hidden = temporary.name.startswith(".a.json.")
            seen.append((temporary.parent, hidden, path.read_text(), temporary.read_text()))
            return replace(temporary, target)

        monkeypatch.setattr(Path, "replace", look_and_replace)
        write(tmp_path, {"a.json": "new"})
        assert seen == [(tmp_path, True, "old", "new")]
        assert found(tmp_path) == {"a.json": "new"}

    def test_what_is_known_only_now_is_written(self, tmp_path: Path) -> None:
        """ARNs and fingerprints of what was made in this run were not known to the plan."""
        unit = plan_files(str(tmp_path), {"a.json": "predicted"})
        write_files(unit, str(tmp_path), {"a.json": "real", "c.json": "more"})
        assert unit.paths == [str(tmp_path / "a.json"), str(tmp_path / "c.json")]
        assert found(tmp_path) == {"a.json": "real", "c.json": "more"}

    def test_nothing_is_left_of_a_write_that_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a.json").write_text("old")
        unit = plan_files(str(tmp_path), CONTENTS)

        def fail(temporary: Path, target: Path) -> None:
            if target.name == "a.json":
                raise OSError(28, "No space left on device")
            temporary.rename(target)

        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(Refusal) as refused:
            write_files(unit, str(tmp_path), CONTENTS)
        assert str(refused.value) == (
            f"Everything is as declared, but {tmp_path / 'a.json'} could not be written: No space left on device."
        )
        assert found(tmp_path) == {"a.json": "old", "b.md": CONTENTS["b.md"]}

    def test_a_directory_that_has_gone_is_told(self, tmp_path: Path) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        unit = plan_files(str(folder), CONTENTS)
        folder.rmdir()
        with pytest.raises(Refusal, match=r"b\.md could not be written: No such file or directory\."):
            write_files(unit, str(folder), CONTENTS)


class TestDirectory:
    def test_that_serves(self, tmp_path: Path) -> None:
        refuse_unusable(str(tmp_path))

    def test_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        for name in ("none", "file", "file/none", "a\0b"):
            with pytest.raises(Refusal) as refused:
                refuse_unusable(str(tmp_path / name))
            assert str(refused.value) == (
                f"The handover_dir {tmp_path / name} is not a directory on this host; create it first."
            )

    def test_that_cannot_be_written_to(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        monkeypatch.setattr(handover_files.os, "access", lambda *arguments: asked.append(arguments))
        with pytest.raises(Refusal) as refused:
            refuse_unusable(str(tmp_path))
        assert str(refused.value) == (
            f"The handover_dir {tmp_path} cannot be written to; change its permissions or give another."
        )
        assert asked == [(str(tmp_path), os.W_OK | os.X_OK)]

    def test_that_cannot_be_looked_at(self, tmp_path: Path) -> None:
        directory = tmp_path / ("long" * 100)
        with pytest.raises(Refusal) as refused:
            refuse_unusable(str(directory))
        assert str(refused.value) == (
            f"The handover_dir {directory} cannot be looked at: File name too long; change that or give another."
        )

    def test_that_is_a_link_to_one(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "link").symlink_to("folder")
        refuse_unusable(str(tmp_path / "link"))
        assert write(tmp_path / "link").paths == [str(tmp_path / "link" / name) for name in ("a.json", "b.md")]
