# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key material: what a value must look like, and how two parties compare it without showing it.

Values come in, and verdicts, digests and fingerprints go out. No text that is made here contains any part of a value. Only the
Keyring holds key material, for as long as the task runs.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import string
from dataclasses import dataclass
from typing import Any

from .._reconcile.model import Refusal
from .returned import Returned

# Hexadecimal digits, four bits each: "an AES-256 encryption key must have 64 digits"
# (https://docs.aws.amazon.com/mediaconnect/latest/ug/encryption-static-key-set-up.html).
HEX_DIGITS = {"aes128": 32, "aes192": 48, "aes256": 64}
SRT_PASSWORD = "srt-password"
SRT_PASSWORD_LENGTH = (10, 80)  # https://docs.aws.amazon.com/mediaconnect/latest/ug/encryption-srt-password-set-up.html
SRT_PASSPHRASE = 79  # characters that SRT's own library takes
ALGORITHMS = [*HEX_DIGITS, SRT_PASSWORD]

FINGERPRINT_LABEL = b"mediaops.mediaconnect key fingerprint v1:"


@dataclass(frozen=True)
class Value:
    """What may be known about a value.

    digest: equal for equal keys; hexadecimal keys are equal when their bytes are. For comparisons only, never reported.
    fingerprint: for people to compare; None where it could give the value away.
    foreign: what the secret holds instead of a key ("JSON"), or None.
    misfit: whether it is not a key for the declared algorithm.
    padded: whether there is white space around it.
    beyond_srt: whether it is a password that MediaConnect takes, but SRT's own library does not.
    """

    digest: str
    fingerprint: str | None = None
    foreign: str | None = None
    misfit: bool = False
    padded: bool = False
    beyond_srt: bool = False

    @property
    def is_key(self) -> bool:
        """Whether it may be copied to another secret."""
        return not self.foreign and not self.misfit


def normalise(value: Any, algorithm: str, label: str) -> str:
    """The value without surrounding white space, if it fits the algorithm.

    label: what holds the value, for the message ("secret baseball").
    Raises Refusal, which says what is wrong and never shows the value.
    """
    if not isinstance(value, str):
        raise Refusal(
            f"The value for the {label} is not a text: YAML reads digits without quotation marks as a number, which may have lost "
            "some of them; put the key in quotation marks."
        )
    value = value.strip()
    if not value:
        raise Refusal(
            f"The value for the {label} is empty; check the variable, lookup or credential that it comes from."
        )
    if algorithm == SRT_PASSWORD:
        shortest, longest = SRT_PASSWORD_LENGTH
        if not shortest <= len(value) <= longest:
            raise Refusal(
                f"The value for the {label} has {len(value)} characters, but an srt-password has {shortest} to {longest}; "
                "give another value."
            )
        return value
    digits = HEX_DIGITS[algorithm]
    if not set(value) <= set(string.hexdigits):
        raise Refusal(
            f"The value for the {label} is not hexadecimal; give exactly {digits} of the digits 0-9 and a-f for {algorithm}, "
            "without a prefix, JSON or quotation marks of its own."
        )
    if len(value) != digits:
        raise Refusal(
            f"The value for the {label} has {len(value)} hexadecimal digits, but {algorithm} needs {digits}; "
            "give the whole key, in quotation marks where it stands in YAML so that leading zeros stay, or the algorithm that fits it."
        )
    return value


def generate(algorithm: str) -> str:
    """A new random key: hexadecimal digits, or for srt-password 32 letters and digits, from the system's secure source."""
    if algorithm == SRT_PASSWORD:
        return "".join(secrets.choice(string.ascii_letters + string.digits) for dummy in range(32))
    return secrets.token_hex(HEX_DIGITS[algorithm] // 2)


def describe(value: str, algorithm: str | None) -> Value:
    """What may be known about a key or password, whether or not it fits the algorithm."""
    text = value.strip()
    key = _hex_key(text) if algorithm != SRT_PASSWORD else None
    return Value(
        digest=hashlib.sha256(text.encode() if key is None else key).hexdigest(),
        fingerprint=None if key is None else fingerprint(key),
        foreign="JSON" if _is_json(text) else None,
        misfit=algorithm is not None and not _fits(text, algorithm),
        padded=text != value,
        beyond_srt=algorithm == SRT_PASSWORD and SRT_PASSPHRASE < len(text) <= SRT_PASSWORD_LENGTH[1],
    )


def describe_stored(answer: dict[str, Any], algorithm: str | None) -> Value:
    """What may be known about a stored value, an answer of GetSecretValue."""
    if "SecretString" not in answer:
        return Value("", foreign="binary data")
    return describe(answer["SecretString"], algorithm)


def stored_misfits(answer: dict[str, Any] | None) -> dict[str, str]:
    """By algorithm, why a stored value, an answer of GetSecretValue, is not a key for it, and what to do; "" where it is one."""
    return {algorithm: _stored_misfit(answer, algorithm) for algorithm in ALGORITHMS}


def _stored_misfit(answer: dict[str, Any] | None, algorithm: str) -> str:
    if answer is None:
        return "has no value: store the key in it"
    value = describe_stored(answer, algorithm)
    if value.foreign:
        return f"holds {value.foreign}, but MediaConnect needs the bare key: store that"
    if value.misfit:
        return _misfit(answer["SecretString"].strip(), algorithm)
    if value.padded:
        return "holds a key with white space around it: store it without, by replace_value: true for example"
    return ""


def _misfit(text: str, algorithm: str) -> str:
    if algorithm == SRT_PASSWORD:
        shortest, longest = SRT_PASSWORD_LENGTH
        return f"holds {len(text)} characters, but an srt-password has {shortest} to {longest}: store another one"
    digits = HEX_DIGITS[algorithm]
    if not set(text) <= set(string.hexdigits):
        return f"holds no key of {algorithm}: it is not hexadecimal: store {digits} of the digits 0-9 and a-f"
    fitting = next((name for name, length in HEX_DIGITS.items() if length == len(text)), None)
    if fitting:
        return f"holds no key of {algorithm}, but one of {fitting}: declare that algorithm, or store another key"
    return f"holds no key of {algorithm}: it has {len(text)} hexadecimal digits, and {algorithm} needs {digits}: store the whole key"


def masks(value: str) -> set[str]:
    """The forms of a value that Ansible must mask.

    Empty for a value that is too short to be a key: it would be masked in the middle of other words.
    """
    text = value.strip()
    if len(text) < SRT_PASSWORD_LENGTH[0]:
        return set()
    return {value, text, text.lower(), text.upper()}


def fingerprint(key: bytes) -> str:
    """Sixteen hexadecimal digits in four groups: the first 64 bits of SHA-256 over a fixed label and the key's bytes.

    It is equal for the same key on both sides, whatever the case of its digits, and of no use for finding the key. An
    srt-password has no fingerprint: ten characters may be guessed, and a fingerprint would confirm the guess.
    """
    digits = hashlib.sha256(FINGERPRINT_LABEL + key).hexdigest()
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _hex_key(value: str) -> bytes | None:
    if len(value) not in HEX_DIGITS.values() or not set(value) <= set(string.hexdigits):
        return None
    return bytes.fromhex(value)


def _fits(value: str, algorithm: str) -> bool:
    try:
        normalise(value, algorithm, "")
    except Refusal:
        return False
    return True


def _is_json(text: str) -> bool:
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class Keyring:
    """The key material of a task, by name of the secret, and its masking by Ansible.

    masked: the texts that Ansible keeps out of all output, AnsibleModule.no_log_values.
    """

    TAKEN_OUT = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

    def __init__(self, masked: set[str]):
        self._masked = masked
        self._keys: dict[str, str] = {}
        self._made: set[str] = set()  # names of the secrets whose keys were made here and are not stored anywhere yet

    def take_out(self, item: dict[str, Any]) -> Any:
        """Take the value out of an item's parameters, which every result repeats, and out of the masks if it is too short for one."""
        value = item.get("value")
        if value is not None:
            item["value"] = self.TAKEN_OUT
            self._masked.discard(str(value))
            self.mask(str(value))
        return value

    def mask(self, value: str) -> None:
        """Keep a value out of all output."""
        self._masked.update(masks(value))

    def keep(self, name: str, value: Any, algorithm: str | None) -> Value:
        """Store a declared value. Raises Refusal where it does not fit the algorithm."""
        if algorithm:
            value = normalise(value, algorithm, f"secret {name}")
        self._keys[name] = str(value)
        return describe(str(value), algorithm)

    def learn(self, name: str, answer: dict[str, Any], algorithm: str | None) -> Value:
        """Store a value that AWS has. Without a declared value, the first key that is found is the one for all Regions."""
        value = describe_stored(answer, algorithm)
        if value.fingerprint:  # anything else that AWS has could be a word in what the task returns
            self.mask(answer["SecretString"])
        if value.is_key and (name not in self._keys or name in self._made):
            self._made.discard(name)  # somebody else was faster: it is their key that all Regions get
            self._keys[name] = answer["SecretString"].strip()
        return value

    def key(self, name: str, algorithm: str | None, make: bool) -> str:
        """The key to store: declared, copied from another Region, or made now, once for all Regions."""
        if name not in self._keys:
            if not make:
                raise Refusal(f"The key of the secret {name} was to come from its copy that could not be restored.")
            self._keys[name] = generate(str(algorithm))  # generate without an algorithm was refused before
            self._made.add(name)
            self.mask(self._keys[name])
        return self._keys[name]

    def stored(self, name: str) -> None:
        """Remember that the key is in Secrets Manager, and is the one for all Regions."""
        self._made.discard(name)

    def occurs_in(self, name: str, returned: Returned) -> bool:
        """Whether masking the value of a secret would tear holes in what is returned."""
        return name in self._keys and returned.holds(self._keys[name])
