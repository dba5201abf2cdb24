# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what is to be handed over, ready to send: one JSON and one Markdown file per subscriber account and Region."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Tuple

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.handover import markdown


def refuse_unusable(directory: str) -> None:
    """Raise Refusal, before anything is changed, if nothing could be written to the directory afterwards."""
    if not Path(directory).is_dir():
        raise Refusal(f"The handover_dir {directory} is no directory on this host; create it first.")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise Refusal(f"The handover_dir {directory} cannot be written to; change its permissions or give another.")


def write(directory: str, region: str, accounts: List[Dict[str, Any]], dry: bool) -> Tuple[List[str], bool]:
    """Write the files whose content is not there yet, or with dry only look; returns their paths and whether any differed.

    Raises Refusal if the file system does not let it.
    """
    folder = Path(directory)
    contents: Dict[Path, str] = {}
    for account in accounts:
        name = f"{account['subscriber']}-{region}"
        contents[folder / f"{name}.json"] = json.dumps(account, indent=2, sort_keys=True) + "\n"
        contents[folder / f"{name}.md"] = markdown(account)
    try:
        differing = [
            path for path, text in contents.items() if not path.is_file() or path.read_bytes() != text.encode()
        ]
        if not dry:
            for path in differing:
                path.write_text(contents[path], encoding="utf-8")
    except OSError as error:
        raise Refusal(
            f"All is as declared, but {error.filename} could not be written: {error.strerror}. Running again finishes the job."
        ) from error
    return sorted(map(str, contents)), bool(differing)
