# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal

AES = sorted(keys.HEX_DIGITS)
KEY = "00112233445566778899aabbccddeeff"
hex_keys = st.sampled_from(AES).flatmap(
    lambda algorithm: st.tuples(
        st.just(algorithm),
        st.binary(min_size=keys.HEX_DIGITS[algorithm] // 2, max_size=keys.HEX_DIGITS[algorithm] // 2),
    )
)


@pytest.mark.parametrize(
    ("algorithm", "value"),
    [
        ("aes128", "0a" * 16),
        ("aes192", "0A" * 24),
        ("aes256", "0" * 64),
        ("aes256", " \n" + "f" * 64 + "\n"),
        ("srt-password", "tencharact"),
        ("srt-password", "x" * 79),
        ("srt-password", "two words and more"),
    ],
)
def test_a_fitting_value_loses_only_the_white_space_around_it(algorithm: str, value: str) -> None:
    assert keys.normalise(value, algorithm, "secret s") == value.strip()


@pytest.mark.parametrize(
    ("algorithm", "value", "says"),
    [
        ("aes128", "0" * 31, "has 31 hexadecimal digits, but aes128 needs 32"),
        ("aes128", "0" * 64, "has 64 hexadecimal digits, but aes128 needs 32"),
        ("aes192", "0" * 47, "has 47 hexadecimal digits, but aes192 needs 48"),
        ("aes256", "0" * 65, "has 65 hexadecimal digits, but aes256 needs 64"),
        ("aes256", "0x" + "0" * 62, "is not hexadecimal; give exactly 64 of the digits"),
        ("aes128", "00112233-4455-6677-8899-aabbccdd", "is not hexadecimal"),
        ("aes128", "\u0660" * 32, "is not hexadecimal"),
        ("aes128", '{"key": "' + "0" * 32 + '"}', "without a prefix, JSON or quotation marks"),
        ("aes128", "", "is empty; check the variable, lookup or credential"),
        ("aes128", " \n", "is empty"),
        ("srt-password", "", "is empty"),
        ("srt-password", "ninechars", "has 9 characters, but an srt-password has 10 to 79"),
        ("srt-password", "x" * 80, "has 80 characters, but an srt-password has 10 to 79"),
        ("aes128", 11223344556677889900112233445566, "put the key in quotation marks"),
        ("aes128", 1e31, "is no text"),
        ("srt-password", True, "is no text"),
        ("aes128", {"key": KEY}, "is no text"),
    ],
)
def test_a_misfit_is_refused_and_not_shown(algorithm: str, value: object, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        keys.normalise(value, algorithm, "secret s")
    assert "The value for the secret s" in str(refused.value)
    assert says in str(refused.value)
    if len(str(value)) > 4:
        assert str(value) not in str(refused.value)


@pytest.mark.parametrize(
    ("algorithm", "value", "sentence"),
    [
        (
            "aes128",
            11223344556677889900112233445566,
            "The value for the secret s is no text: YAML reads digits without quotation marks as a number, which may have lost "
            "some of them; put the key in quotation marks.",
        ),
        (
            "aes128",
            "",
            "The value for the secret s is empty; check the variable, lookup or credential that it comes from.",
        ),
        (
            "srt-password",
            "ninechars",
            "The value for the secret s has 9 characters, but an srt-password has 10 to 79; give another value.",
        ),
        (
            "aes192",
            "0x" + "0" * 46,
            "The value for the secret s is not hexadecimal; give exactly 48 of the digits 0-9 and a-f for aes192, "
            "without a prefix, JSON or quotation marks of its own.",
        ),
        (
            "aes128",
            "0" * 31,
            "The value for the secret s has 31 hexadecimal digits, but aes128 needs 32; "
            "give the whole key, in quotation marks where it stands in YAML so that leading zeros stay, or the algorithm that fits it.",
        ),
    ],
)
def test_what_is_said_of_a_misfit(algorithm: str, value: object, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        keys.normalise(value, algorithm, "secret s")
    assert str(refused.value) == sentence


@pytest.mark.parametrize("algorithm", keys.ALGORITHMS)
def test_a_generated_key_fits_and_is_never_the_same(algorithm: str) -> None:
    made = {keys.generate(algorithm) for dummy in range(50)}
    assert len(made) == 50
    assert all(keys.normalise(key, algorithm, "secret s") == key for key in made)


def test_the_fingerprint_is_what_is_documented() -> None:
    """Both parties may compute it with other tools, so it must never change: docs/guides/static-key.md shows how."""
    digest = hashlib.sha256(b"mediaops.mediaconnect key fingerprint v1:" + bytes.fromhex(KEY)).hexdigest()
    expected = "-".join([digest[:4], digest[4:8], digest[8:12], digest[12:16]])
    assert keys.describe(KEY, "aes128").fingerprint == expected == "ba7c-ee7b-62d5-4fef"


@given(hex_keys)
def test_case_and_white_space_make_no_difference(case: tuple[str, bytes]) -> None:
    algorithm, key = case
    lower, upper = (keys.describe(text, algorithm) for text in (key.hex(), key.hex().upper()))
    padded = keys.describe(f" {key.hex()}\n", algorithm)
    assert lower == upper
    assert (padded.digest, padded.fingerprint) == (lower.digest, lower.fingerprint)
    assert padded.padded
    assert not lower.padded


def test_a_key_with_every_digit_in_both_cases_is_the_key_in_one_case() -> None:
    mixed = "0123456789abcdefABCDEF0123456789"
    assert keys.describe(mixed, "aes128") == keys.describe(mixed.lower(), "aes128")


@given(hex_keys, st.data())
def test_another_key_has_another_digest_and_fingerprint(case: tuple[str, bytes], data: st.DataObject) -> None:
    algorithm, key = case
    bit = data.draw(st.integers(0, 8 * len(key) - 1))
    other = (int.from_bytes(key, "big") ^ (1 << bit)).to_bytes(len(key), "big")
    one, two = keys.describe(key.hex(), algorithm), keys.describe(other.hex(), algorithm)
    assert one.digest != two.digest
    assert one.fingerprint != two.fingerprint


@given(hex_keys)
def test_what_is_known_of_a_key_does_not_hold_the_key(case: tuple[str, bytes]) -> None:
    algorithm, key = case
    known = repr(keys.describe(key.hex(), algorithm)).lower()
    assert key.hex() not in known
    assert base64.b64encode(key).decode().lower() not in known


def test_a_password_has_no_fingerprint_even_if_it_looks_like_a_key() -> None:
    assert keys.describe(KEY, "srt-password").fingerprint is None
    assert keys.describe("correct horse", "srt-password").fingerprint is None


@pytest.mark.parametrize(
    ("answer", "algorithm", "foreign", "misfit", "is_key"),
    [
        ({"SecretString": KEY}, "aes128", None, False, True),
        ({"SecretString": KEY + "\n"}, "aes128", None, False, True),
        ({"SecretString": KEY}, None, None, False, True),
        ({"SecretString": KEY}, "aes256", None, True, False),
        ({"SecretString": "hunter2"}, "aes256", None, True, False),
        ({"SecretString": "correct horse"}, "srt-password", None, False, True),
        ({"SecretString": '{"key": "x"}'}, "aes128", "JSON", True, False),
        ({"SecretString": " [1, 2, 3, 4, 5] "}, "srt-password", "JSON", False, False),
        ({"SecretString": "{no json at all}"}, "srt-password", None, False, True),
        ({"SecretBinary": bytes.fromhex(KEY)}, "aes128", "binary data", False, False),
    ],
)
def test_what_is_stored(answer: dict, algorithm: str | None, foreign: str | None, misfit: bool, is_key: bool) -> None:
    value = keys.describe_stored(answer, algorithm)
    assert (value.foreign, value.misfit, value.is_key) == (foreign, misfit, is_key)


def test_of_binary_data_nothing_else_is_known() -> None:
    stored = keys.describe_stored({"SecretBinary": bytes.fromhex(KEY)}, "aes128")
    assert stored == keys.Value(digest="", foreign="binary data")


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("aB" * 16, {"aB" * 16, "ab" * 16, "AB" * 16}),
        (" aB345678cD\n", {" aB345678cD\n", "aB345678cD", "ab345678cd", "AB345678CD"}),
        ("a", set()),
        ("ninechars", set()),
        (" ninechars ", set()),
        ("", set()),
    ],
)
def test_what_is_masked(value: str, masked: set[str]) -> None:
    assert keys.masks(value) == masked


@pytest.mark.parametrize(
    ("texts", "occurs"),
    [([], False), (["Key of the game"], False), (["x", f"key: {KEY.upper()}."], True), ([KEY[:-1]], False)],
)
def test_a_value_in_what_is_printed(texts: list[str], occurs: bool) -> None:
    assert keys.occurs_in(KEY, texts) is occurs
