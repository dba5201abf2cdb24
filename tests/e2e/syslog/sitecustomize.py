# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With this directory on PYTHONPATH, what a module sends to syslog also goes to the file that E2E_SYSLOG names."""

import os
import syslog
from pathlib import Path

_send = syslog.syslog


def _record(*arguments: object) -> None:
    with Path(os.environ["E2E_SYSLOG"]).open("a", encoding="utf-8", errors="surrogateescape") as log:
        log.write(f"{arguments[-1]}\n")
    _send(*arguments)


if "E2E_SYSLOG" in os.environ:
    syslog.syslog = _record
