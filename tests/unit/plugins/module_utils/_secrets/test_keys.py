# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.keys import Keyring
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.returned import Returned

AES = sorted(keys.HEX_DIGITS)
KEY = "00112233445566778899aabbccddeeff"
EVERY_DIGIT = "0123456789abcdefABCDEF0123456789"
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
        ("aes128", EVERY_DIGIT),
        ("srt-password", "tencharact"),
        ("srt-password", "x" * 80),
        ("srt-password", "two words and more"),
    ],
)
def test_a_fitting_value_loses_only_the_white_space_around_it(algorithm: str, value: str) -> None:
    assert keys.normalise(value, algorithm, "secret s") == value.strip()


@pytest.mark.parametrize(("length", "beyond"), [(79, False), (80, True), (81, False)])
def test_a_password_that_srt_itself_does_not_take(length: int, beyond: bool) -> None:
    assert keys.describe("x" * length, "srt-password").beyond_srt is beyond
    assert not keys.describe("f" * length, "aes256").beyond_srt


NO_TEXT = (
    "The value for the secret s is not a text: YAML reads digits without quotation marks as a number, which may have lost "
    "some of them; put the key in quotation marks."
)
EMPTY = "The value for the secret s is empty; check the variable, lookup or credential that it comes from."
NOT_HEXADECIMAL = (
    "The value for the secret s is not hexadecimal; give exactly {} of the digits 0-9 and a-f for {}, "
    "without a prefix, JSON or quotation marks of its own."
)
LENGTH = (
    "The value for the secret s has {} hexadecimal digits, but {} needs {}; "
    "give the whole key, in quotation marks where it stands in YAML so that leading zeros stay, or the algorithm that fits it."
)
PASSWORD_LENGTH = "The value for the secret s has {} characters, but an srt-password has 10 to 80; give another value."


@pytest.mark.parametrize(
    ("algorithm", "value", "sentence"),
    [
        ("aes128", "0" * 31, LENGTH.format(31, "aes128", 32)),
        ("aes128", "0" * 64, LENGTH.format(64, "aes128", 32)),
        ("aes192", "0" * 47, LENGTH.format(47, "aes192", 48)),
        ("aes256", "0" * 65, LENGTH.format(65, "aes256", 64)),
        ("aes128", "a", LENGTH.format(1, "aes128", 32)),
        ("aes256", "0x" + "0" * 62, NOT_HEXADECIMAL.format(64, "aes256")),
        ("aes192", "0x" + "0" * 46, NOT_HEXADECIMAL.format(48, "aes192")),
        ("aes128", "g" * 32, NOT_HEXADECIMAL.format(32, "aes128")),
        ("aes128", "00112233-4455-6677-8899-aabbccdd", NOT_HEXADECIMAL.format(32, "aes128")),
        ("aes128", "\u0660" * 32, NOT_HEXADECIMAL.format(32, "aes128")),
        ("aes128", '{"key": "' + "0" * 32 + '"}', NOT_HEXADECIMAL.format(32, "aes128")),
        ("aes128", "", EMPTY),
        ("aes128", " \n", EMPTY),
        ("srt-password", "", EMPTY),
        ("srt-password", "ninechars", PASSWORD_LENGTH.format(9)),
        ("srt-password", "x" * 81, PASSWORD_LENGTH.format(81)),
        ("aes128", 11223344556677889900112233445566, NO_TEXT),
        ("aes128", 1e31, NO_TEXT),
        ("srt-password", True, NO_TEXT),
        ("aes128", {"key": KEY}, NO_TEXT),
        ("aes128", None, NO_TEXT),
    ],
)
def test_a_misfit_is_refused_and_not_shown(algorithm: str, value: object, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        keys.normalise(value, algorithm, "secret s")
    assert str(refused.value) == sentence
    if len(str(value)) > 4:
        assert str(value) not in sentence


@pytest.mark.parametrize("algorithm", keys.ALGORITHMS)
def test_a_generated_key_fits_and_is_never_the_same(algorithm: str) -> None:
    made = {keys.generate(algorithm) for dummy in range(50)}
    assert len(made) == 50
    assert all(keys.normalise(key, algorithm, "secret s") == key for key in made)


def test_a_made_password_has_32_letters_and_digits() -> None:
    made = keys.generate("srt-password")
    assert len(made) == 32
    assert made.isalnum()
    assert made.isascii()


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
    assert keys.describe(EVERY_DIGIT, "aes128") == keys.describe(EVERY_DIGIT.lower(), "aes128")


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
        ({"SecretString": EVERY_DIGIT}, "aes128", None, False, True),
        ({"SecretString": "g" * 32}, "aes128", None, True, False),
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


class TestKeyring:
    """It holds the keys of a task, and tells Ansible what to mask."""

    OTHER = "f" * 32

    def test_a_declared_value_is_taken_out_of_the_parameters_and_masked(self) -> None:
        masked: set[str] = set()
        item = {"name": "s", "value": EVERY_DIGIT}
        assert Keyring(masked).take_out(item) == EVERY_DIGIT
        assert item == {"name": "s", "value": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}
        assert masked == {EVERY_DIGIT, EVERY_DIGIT.lower(), EVERY_DIGIT.upper()}

    @pytest.mark.parametrize("value", ["a", "ninechars", 12])
    def test_what_is_too_short_for_a_key_is_no_longer_masked(self, value: object) -> None:
        """Ansible would mask it in the middle of other words."""
        masked = {str(value), "another"}
        item = {"value": value}
        assert Keyring(masked).take_out(item) == value
        assert item == {"value": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}
        assert masked == {"another"}

    @pytest.mark.parametrize("item", [{"value": None}, {}])
    def test_no_value_is_none(self, item: dict[str, object]) -> None:
        masked: set[str] = set()
        before = dict(item)
        assert Keyring(masked).take_out(item) is None
        assert (item, masked) == (before, set())

    def test_a_declared_value_is_the_key_of_all_regions(self) -> None:
        keyring = Keyring(set())
        assert keyring.keep("s", f" {KEY}\n", "aes128") == keys.describe(KEY, "aes128")
        assert keyring.learn("s", {"SecretString": self.OTHER}, "aes128") == keys.describe(self.OTHER, "aes128")
        assert keyring.key("s", "aes128", make=True) == KEY

    def test_a_declared_password_has_no_fingerprint_even_if_it_looks_like_a_key(self) -> None:
        assert Keyring(set()).keep("s", KEY, "srt-password").fingerprint is None

    def test_a_declared_value_that_does_not_fit_is_refused_and_not_kept(self) -> None:
        keyring = Keyring(set())
        with pytest.raises(Refusal) as refused:
            keyring.keep("s", "0" * 31, "aes128")
        assert str(refused.value) == LENGTH.format(31, "aes128", 32)
        assert not keyring.occurs_in("s", Returned(["0" * 31], "us-west-2"))

    @pytest.mark.parametrize("value", ["00112233", 112233])
    def test_without_an_algorithm_a_value_is_kept_as_it_is(self, value: object) -> None:
        """Whether it may stand in what is printed can be judged all the same; nothing is stored then."""
        keyring = Keyring(set())
        assert keyring.keep("s", value, None) == keys.describe(str(value), None)
        assert keyring.occurs_in("s", Returned([f"x{value}x"], "us-west-2"))

    def test_without_a_declared_value_the_first_key_that_is_found_is_that_of_all_regions(self) -> None:
        keyring = Keyring(set())
        keyring.learn("s", {"SecretString": "no key"}, "aes128")
        keyring.learn("s", {"SecretString": '{"key": 1}'}, "aes128")
        keyring.learn("s", {"SecretBinary": b"1"}, "aes128")
        keyring.learn("s", {"SecretString": f"{KEY}\n"}, "aes128")
        keyring.learn("s", {"SecretString": self.OTHER}, "aes128")
        assert keyring.key("s", "aes128", make=False) == KEY

    @pytest.mark.parametrize(
        ("answer", "algorithm", "masked"),
        [
            ({"SecretString": f"{KEY}\n"}, "aes128", {f"{KEY}\n", KEY, KEY.upper()}),
            ({"SecretString": KEY}, "aes256", {KEY, KEY.upper()}),  # no key for this, but one for something
            ({"SecretString": "production"}, "srt-password", set()),
            ({"SecretString": "production"}, "aes128", set()),
            ({"SecretBinary": b"production"}, "aes128", set()),
        ],
    )
    def test_of_what_is_stored_only_what_is_a_key_for_sure_is_masked(
        self, answer: dict, algorithm: str, masked: set[str]
    ) -> None:
        """Anything else could be a word of what the task returns."""
        found: set[str] = set()
        Keyring(found).learn("s", answer, algorithm)
        assert found == masked

    @pytest.mark.parametrize("algorithm", keys.ALGORITHMS)
    def test_a_key_is_made_once_for_all_regions_and_masked(self, algorithm: str) -> None:
        masked: set[str] = set()
        keyring = Keyring(masked)
        made = keyring.key("s", algorithm, make=True)
        assert keys.normalise(made, algorithm, "secret s") == made
        assert keyring.key("s", algorithm, make=True) == keyring.key("s", algorithm, make=False) == made
        assert keyring.key("t", algorithm, make=True) != made
        assert {made, made.upper(), made.lower()} <= masked

    def test_no_key_is_made_unasked(self) -> None:
        with pytest.raises(Refusal) as refused:
            Keyring(set()).key("s", "aes128", make=False)
        assert str(refused.value) == "The key of the secret s was to come from its copy that could not be restored."

    @pytest.mark.parametrize(("name", "occurs"), [("s", True), ("t", False)])
    def test_whether_a_value_occurs_in_what_is_printed(self, name: str, occurs: bool) -> None:
        keyring = Keyring(set())
        keyring.keep("s", KEY, "aes128")
        assert keyring.occurs_in(name, Returned(["x", f"The key is {KEY.upper()}."], "us-west-2")) is occurs
        assert not keyring.occurs_in(name, Returned(["x", self.OTHER], "us-west-2"))
