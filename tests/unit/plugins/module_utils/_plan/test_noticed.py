# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cases that mutation testing has shown to be missing: one changed character in a planner, and no other test notices."""

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal

EVERY_DIGIT = "0123456789abcdefABCDEF0123456789"


def test_a_key_may_have_every_digit_in_both_cases() -> None:
    assert keys.normalise(EVERY_DIGIT, "aes128", "secret game")
    stored = keys.describe_stored({"SecretString": EVERY_DIGIT}, "aes128")
    assert stored.foreign is None
    assert stored.is_key


def test_what_has_the_right_length_only_is_no_key() -> None:
    with pytest.raises(Refusal, match="is not hexadecimal"):
        keys.normalise("g" * 32, "aes128", "secret game")
    assert not keys.describe_stored({"SecretString": "g" * 32}, "aes128").is_key


def test_a_made_password_has_32_characters() -> None:
    assert len(keys.generate("srt-password")) == 32
