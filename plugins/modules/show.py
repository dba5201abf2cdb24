#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: show
version_added: 2.0.0
short_description: Show text as it is, and hand something on
description:
  - Shows text line by line, so that it can be read and pasted into a mail. C(ansible.builtin.debug) shows text as JSON.
  - The playbooks of this collection end with it. It works on the controller, and does nothing on the host.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  text:
    description: The text. Nothing is shown if it is empty.
    type: str
    required: true
  artifacts:
    description:
      - What to hand on to the next job of a workflow in AWX, by name, as C(ansible.builtin.set_stats) does.
      - See the filter P(mediaops.mediaconnect.artifacts#filter).
    type: dict
    default: {}
attributes:
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff mode.
    support: none
seealso:
  - module: ansible.builtin.debug
  - module: ansible.builtin.set_stats
"""

EXAMPLES = r"""
- name: Show who is to get the key
  mediaops.mediaconnect.show:
    text: |
      Send the key of tonight's game to:
        AnyCompany (444455556666)
"""

RETURN = r"""#"""
