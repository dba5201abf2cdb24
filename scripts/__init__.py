# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own commands, which the Makefile's targets call; `python3 -m scripts --help` lists them.

bootstrap, install, build    the build directory: what is put into it, and where things lie there
demo                         the collection at work
checks                       the stages of `make test` and `make test-all`, and what some of them run
mutants                      mutation testing of the planners
release                      the changelog and the release
offline                      what stands in for services of the net that need not be reachable; it says why for each

The parser of all their arguments is in __main__. What `setup` imports needs only the standard library.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Problem(Exception):
    """What keeps a command from its work, in one sentence for the person at the terminal."""
