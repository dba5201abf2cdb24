# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what is to be handed over, ready to send: one JSON and one Markdown file per subscriber account and Region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.handover import markdown


def write(directory: str, region: str, accounts: List[Dict[str, Any]], dry: bool) -> Tuple[List[str], bool]:
    """Write the files whose content is not there yet, or with dry only look; returns their paths and whether any differed."""
    folder = Path(directory)
    if not folder.is_dir():
        raise Refusal(f"The handover_dir {directory} is no directory on this host; create it first.")
    contents = {}
    for account in accounts:
        name = f"{account['subscriber']}-{region}"
        contents[folder / f"{name}.json"] = json.dumps(account, indent=2, sort_keys=True) + "\n"
        contents[folder / f"{name}.md"] = markdown(account)
    differing = [
        path for path, text in contents.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if not dry:
        for path in differing:
            path.write_text(contents[path], encoding="utf-8")
    return sorted(map(str, contents)), bool(differing)
