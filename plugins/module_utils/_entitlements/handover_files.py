# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that say what to hand over, ready to send: one JSON and one Markdown file per subscriber account and Region."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping

from .._reconcile.model import Action, Refusal, Stage, Unit

Contents = Mapping[str, str]  # texts by file name


@dataclass
class FilesUnit(Unit):
    """All hand-over files in a directory. paths: of all of them, whether they change or not."""

    paths: list[str] = field(default_factory=list)

    def differences(self) -> list[tuple[str, Any, Any]]:
        """None: the flows' differences show what is in the files."""
        return []


def refuse_unusable(directory: str) -> None:
    """Raise Refusal, before anything else is looked at, if nothing could be written to the directory."""
    try:
        mode = Path(directory).stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # there is none, or the path has a NUL in it
        mode = 0
    except OSError as error:  # a directory above that is closed, a name that is too long
        raise Refusal(
            f"The handover_dir {directory} cannot be looked at: {error.strerror}; change that or give another."
        ) from error
    if not stat.S_ISDIR(mode):
        raise Refusal(f"The handover_dir {directory} is not a directory on this host; create it first.")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise Refusal(f"The handover_dir {directory} cannot be written to; change its permissions or give another.")


def plan_files(directory: str, contents: Contents) -> FilesUnit:
    """The unit of a directory's files: those whose content is not there yet are written."""
    folder = Path(directory)
    unit = FilesUnit(label=f"hand-over files in {directory}", subject="hand-over files")
    unit.paths = sorted(str(folder / name) for name in contents)
    unit.refusals = [problem for name in contents for problem in _problems(folder / name)]
    if not unit.refusals and any(_differs(folder / name, text) for name, text in contents.items()):
        unit.action = "updated"
        unit.actions.append(Action("write_files", f"write the {unit.label}", stage=Stage.HAND_OVER))
    return unit


def write_files(unit: FilesUnit, directory: str, contents: Contents) -> None:
    """Write the files whose content is not there yet, each in one step. Raises Refusal if the file system does not allow it.

    Only its owner can read a new file; a file that is there keeps its permissions.
    """
    folder = Path(directory)
    unit.paths = sorted(str(folder / name) for name in contents)
    for name, text in contents.items():
        try:
            if _differs(folder / name, text):
                _replace(folder / name, text)
        except OSError as error:
            raise Refusal(
                f"Everything is as declared, but {folder / name} could not be written: {error.strerror}."
            ) from error


def _problems(path: Path) -> list[str]:
    if path.is_symlink():
        return [f"The hand-over file {path} is a symbolic link, through which nothing is written; remove it."]
    if path.exists() and not path.is_file():
        return [f"The hand-over file {path} cannot be written, since there is something else of that name; remove it."]
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return [f"The hand-over file {path} cannot be written to; change its permissions or remove it."]
    if path.exists() and not _replaceable(path):
        return [
            f"The hand-over file {path} belongs to somebody else, who alone can replace it there; give another handover_dir."
        ]
    return []


def _replaceable(path: Path) -> bool:
    """Whether the directory lets a file be replaced: in a sticky one, such as /tmp, only the owner of either can do it."""
    folder, user = path.parent.stat(), os.geteuid()
    return not folder.st_mode & stat.S_ISVTX or user in (0, folder.st_uid, path.stat().st_uid)


def _differs(path: Path, text: str) -> bool:
    content = text.encode()
    return not path.is_file() or path.stat().st_size != len(content) or path.read_bytes() != content


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            if path.is_file() and not path.is_symlink():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(text)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
