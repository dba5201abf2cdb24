# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What every module of this collection promises.
    DOCUMENTATION = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/mediaops.mediaconnect.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - mediaops.mediaconnect.aws
  check_mode:
    description: Can run in check mode and return what would change, without changing anything.
    support: full
  diff_mode:
    description: Returns details of what has changed, or would change in check mode. Key material is never part of it.
    support: full
  idempotent:
    description: Changes nothing when AWS is already as declared.
    support: full
"""

    # An info module only reads.
    INFO = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/mediaops.mediaconnect.aws) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - mediaops.mediaconnect.aws
  check_mode:
    description: Can run in check mode; it changes nothing in any mode.
    support: full
  diff_mode:
    description: Has no diff, since it changes nothing.
    support: N/A
  idempotent:
    description: Changes nothing.
    support: full
"""
