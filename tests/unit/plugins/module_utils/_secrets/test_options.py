# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets as declared: what is read of the options, and what is wrong whatever AWS has."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import argument_spec
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import ABSENT, Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.keys import Keyring
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import (
    SECRET,
    TASK,
    DeclaredSecret,
    customer_key,
    declare,
    has_source,
    misdeclared,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.returned import texts_in

SOURCE = "The secret s has {} in value_from; give one of env, file and secret."
HOME, AWAY = "us-west-2", "eu-west-1"
KEY, OTHER_KEY = "1" * 32, "a" * 32
ONE = keys.describe(KEY, "aes128")
ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:s-7g8H9i"
COMMON = {name: option.get("default") for name, option in TASK.items()}


def item(**options: Any) -> dict[str, Any]:
    """An item as Ansible hands it over: with a name, and the defaults of what is left out."""
    defaults = {option: spec.get("default") for option, spec in argument_spec(SECRET).items()}
    return {**defaults, "name": "s", **options}


def declared(*items: dict[str, Any], masked: set[str] | None = None, **common: Any) -> list[DeclaredSecret]:
    keyring = Keyring(set() if masked is None else masked)
    return declare(items, {**COMMON, **common}, HOME, keyring, texts_in([*items, common]))


# what is read


def test_a_secret_of_which_nothing_is_declared_but_its_name() -> None:
    assert declared(item()) == [DeclaredSecret("s", [HOME])]


def test_a_secret_of_which_everything_is_declared() -> None:
    (secret,) = declared(
        item(
            name="game",
            state="absent",
            algorithm="aes128",
            generate=True,
            replace_value=True,
            description="Key of the game",
            additional_regions=[AWAY],
            kms_key_id="alias/video",
            tags={"event": "game"},
            allow_rotation=True,
            recovery_window_in_days=7,
            force_in_use=True,
        ),
        purge_tags=False,
    )
    assert secret == DeclaredSecret(
        name="game",
        regions=[HOME, AWAY],
        state="absent",
        algorithm="aes128",
        generate=True,
        replace_value=True,
        fields={"description": "Key of the game", "kms_key_id": "alias/video"},
        tags={"event": "game"},
        purge_tags=False,
        allow_rotation=True,
        recovery_window_in_days=7,
        force_in_use=True,
    )


def test_deletion_without_recovery() -> None:
    (secret,) = declared(item(state="absent", force_delete_without_recovery=True))
    assert secret == DeclaredSecret("s", [HOME], state="absent", force_delete_without_recovery=True)


@pytest.mark.parametrize(
    ("own", "common", "field", "value"),
    [
        # an own option goes before that of all secrets, and what is empty is declared
        ({}, {"state": "absent"}, "state", "absent"),
        ({"state": "present"}, {"state": "absent"}, "state", "present"),
        ({"state": "absent"}, {}, "state", "absent"),
        ({}, {"force_in_use": True}, "force_in_use", True),
        ({"force_in_use": False}, {"force_in_use": True}, "force_in_use", False),
        ({"force_in_use": True}, {}, "force_in_use", True),
        ({}, {"additional_regions": [AWAY]}, "regions", [HOME, AWAY]),
        ({"additional_regions": []}, {"additional_regions": [AWAY]}, "regions", [HOME]),
        ({"additional_regions": ["x", AWAY]}, {"additional_regions": ["y"]}, "regions", [HOME, "x", AWAY]),
        # each Region once; a template may have left an empty one
        ({"additional_regions": [AWAY, "", HOME, AWAY]}, {}, "regions", [HOME, AWAY]),
        # fields of AWS
        ({"description": "", "kms_key_id": ""}, {}, "fields", {"description": "", "kms_key_id": ""}),
        ({"description": None}, {}, "fields", {}),
        # tags of all secrets and its own together
        ({}, {}, "tags", None),
        ({"tags": {}}, {}, "tags", {}),
        ({}, {"tags": {}}, "tags", {}),
        ({"tags": {"a": 1}}, {"tags": {"a": "2", "b": None}}, "tags", {"a": "1", "b": ""}),
        ({}, {"purge_tags": False}, "purge_tags", False),
    ],
)
def test_options_of_a_secret_and_of_all_secrets(own: Any, common: Any, field: str, value: Any) -> None:
    (secret,) = declared(item(**own), **common)
    assert getattr(secret, field) == value


def test_a_value_is_known_by_its_digest_and_masked() -> None:
    masked: set[str] = set()
    given = item(value=f" {OTHER_KEY}\n", algorithm="aes128")
    (secret,) = declared(given, masked=masked)
    assert secret.value == keys.describe(OTHER_KEY, "aes128")
    assert given["value"] == Keyring.TAKEN_OUT
    assert OTHER_KEY in masked
    assert OTHER_KEY not in repr(secret)


def test_the_value_of_what_is_to_be_deleted_does_not_matter_and_is_masked_all_the_same() -> None:
    masked: set[str] = set()
    given = item(value=OTHER_KEY, algorithm="aes256", state="absent")
    (secret,) = declared(given, masked=masked)
    assert secret.value is None
    assert given["value"] == Keyring.TAKEN_OUT
    assert OTHER_KEY in masked


# when stored values must be read


@pytest.mark.parametrize(
    ("options", "needed"),
    [
        ({}, False),
        ({"generate": True}, False),
        ({"value": ONE}, True),
        ({"regions": [HOME, AWAY]}, True),
        ({"value": ONE, "regions": [HOME, AWAY], "state": ABSENT}, False),
    ],
)
def test_stored_values_are_only_read_to_be_compared(options: dict[str, Any], needed: bool) -> None:
    assert DeclaredSecret(**{"name": "s", "regions": [HOME], **options}).needs_value is needed


# what is wrong whatever AWS has: case -> all that is said

NAME = "'{}' is not a valid name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@- (the name, not the ARN)."
NO_ALGORITHM = "The secret s has a value but no algorithm; name the algorithm so that the key's length can be checked."
DAYS = "The secret s has recovery_window_in_days {}; Secrets Manager takes 7 to 30. To delete it at once and for good, set force_delete_without_recovery: true."
KMS_REGION = (
    "The secret s is to lie in {}, but its kms_key_id is an ARN of {}; "
    "give the key's alias, which may be the same in every Region."
)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "s" * 512}, []),
        ({"name": "2018-12-01_baseball-game-source"}, []),
        ({"name": "a/b_c+d=e.f@g-h"}, []),
        ({"name": "s" * 513}, [NAME.format("s" * 513)]),
        ({"name": ARN}, [NAME.format(ARN)]),
        ({"name": ""}, [NAME.format("")]),
        ({"name": "no spaces"}, [NAME.format("no spaces")]),
        ({"algorithm": None}, []),
        ({"algorithm": None, "value": ONE}, [NO_ALGORITHM]),
        ({"algorithm": None, "generate": True}, [NO_ALGORITHM]),
        ({"algorithm": None, "generate": True, "state": ABSENT}, []),
        ({"generate": True, "value": ONE}, ["The secret s has both value and generate; give one of them."]),
        ({"value_from": {"env": "KEY"}}, []),
        ({"value_from": {"secret": "other", "region": AWAY, "env": None}}, []),
        (
            {"value_from": {"env": "KEY"}, "generate": True},
            ["The secret s has both value_from and generate; give one of them."],
        ),
        (
            {"value_from": {"env": "KEY"}, "value": ONE},
            ["The secret s has both value and value_from; give one of them."],
        ),
        ({"value_from": {}}, [SOURCE.format("nothing")]),
        ({"value_from": {"region": HOME}}, [SOURCE.format("nothing")]),
        ({"value_from": {"env": "KEY", "file": "/key"}}, [SOURCE.format("env and file")]),
        (
            {"value_from": {"env": "KEY", "region": HOME}},
            ["The secret s has a region in value_from, which belongs to secret; leave it out."],
        ),
        ({"value_from": {}, "state": ABSENT}, []),
        ({"recovery_window_in_days": 7}, []),
        ({"recovery_window_in_days": 30}, []),
        ({"recovery_window_in_days": 6}, [DAYS.format(6)]),
        ({"recovery_window_in_days": 31}, [DAYS.format(31)]),
        ({"force_delete_without_recovery": True}, []),
        (
            {"recovery_window_in_days": 7, "force_delete_without_recovery": True},
            ["The secret s has both recovery_window_in_days and force_delete_without_recovery; give one of them."],
        ),
        ({"fields": {"kms_key_id": "arn:aws:kms:us-west-2:111122223333:key/1"}}, []),
        (
            {"fields": {"kms_key_id": "arn:aws:kms:eu-west-1:111122223333:key/1"}},
            [KMS_REGION.format("us-west-2", "eu-west-1")],
        ),
        (
            {"fields": {"kms_key_id": "arn:aws:kms:us-west-2:111122223333:key/1"}, "regions": [HOME, AWAY]},
            [KMS_REGION.format("us-west-2 and eu-west-1", "us-west-2")],
        ),
        ({"fields": {"kms_key_id": "alias/video"}, "regions": [HOME, AWAY]}, []),
        ({"fields": {"kms_key_id": "arn:"}}, []),
        ({"fields": {"kms_key_id": ""}}, []),
        ({"fields": {"description": "d" * 2048}}, []),
        (
            {"fields": {"description": "d" * 2049}},
            ["The secret s has a description of 2049 characters; Secrets Manager takes 2048."],
        ),
        ({"tags": {"k" * 128: "v" * 256}}, []),
        (
            {"tags": {"": "v"}},
            ["The secret s: the tag '' is too long: AWS takes keys of 1 to 128 characters and values of up to 256."],
        ),
        (
            {"tags": {f"k{number}": "" for number in range(51)}},
            ["The secret s: it has 51 tags, and AWS takes 50."],
        ),
        # all of it at once, in order
        (
            {"name": "", "algorithm": None, "generate": True, "recovery_window_in_days": 0},
            [NAME.format(""), NO_ALGORITHM.replace(" s ", "  "), DAYS.format(0).replace(" s ", "  ")],
        ),
    ],
)
def test_what_is_said_of_a_wrong_declaration(options: dict[str, Any], said: list[str]) -> None:
    assert misdeclared([DeclaredSecret(**{"name": "s", "regions": [HOME], "algorithm": "aes128", **options})]) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("ab", []),
        ("aa", ["The secret a is declared more than once; declare it once."]),
        (
            "baabb",
            [
                "The secret a is declared more than once; declare it once.",
                "The secret b is declared more than once; declare it once.",
            ],
        ),
        ("a a", ["The secret a is declared more than once; declare it once.", NAME.format(" ")]),
    ],
)
def test_what_is_said_of_secrets_that_are_declared_twice(names: str, said: list[str]) -> None:
    assert misdeclared([DeclaredSecret(name, [HOME]) for name in names]) == said


OCCURS = (
    "The value for the secret {} in the list is also a part of what the task returns: of a name, an ARN, a description, a tag or "
    "another word, where Ansible would mask it too. A key has no place there; if it is a password, choose another one."
)


@pytest.mark.parametrize(
    ("items", "common", "numbers"),
    [
        ([{"name": "a", "value": OTHER_KEY, "description": f"The key is {OTHER_KEY.upper()}"}], {}, [1]),
        ([{"name": "a", "generate": True, "tags": {"k": OTHER_KEY}}, {"name": "b", "value": OTHER_KEY}], {}, [2]),
        ([{"name": "a", "generate": True, "tags": {OTHER_KEY: ""}}, {"name": "b", "value": OTHER_KEY}], {}, [2]),
        ([{"name": "a", "value": OTHER_KEY}, {"name": "b", "value": OTHER_KEY}], {"tags": {"k": OTHER_KEY}}, [1, 2]),
        ([{"name": OTHER_KEY, "value": OTHER_KEY}], {}, [1]),
        ([{"name": "a", "value": OTHER_KEY, "kms_key_id": OTHER_KEY}], {}, [1]),
        ([{"name": "a", "value": OTHER_KEY, "additional_regions": [OTHER_KEY]}], {}, [1]),
        ([{"name": "a", "algorithm": "srt-password", "value": "srt-password"}], {}, [1]),
        ([{"name": "a", "value": OTHER_KEY, "description": KEY}, {"name": "b", "value": OTHER_KEY}], {}, []),
    ],
)
def test_a_value_that_could_not_be_masked_is_refused(items: Any, common: Any, numbers: list[int]) -> None:
    given = [item(**{"algorithm": "aes128", **one}) for one in items]
    if not numbers:
        assert len(declared(*given, **common)) == len(items)
        return
    with pytest.raises(Refusal) as refused:
        declared(*given, **common)
    assert str(refused.value) == " ".join(OCCURS.format(number) for number in numbers)


def test_all_that_is_wrong_with_all_secrets_is_told_at_once() -> None:
    """The values first."""
    masked: set[str] = {"short", "12"}
    given = [
        item(name="a", algorithm="aes128", value="short"),
        item(name="b", algorithm="aes128", value=OTHER_KEY, description=OTHER_KEY, recovery_window_in_days=1),
        item(name="c", algorithm="aes256", value=12),
        item(name="d", value=KEY),
    ]
    with pytest.raises(Refusal) as refused:
        declared(*given, masked=masked)
    assert str(refused.value) == " ".join(
        [
            "The value for the secret a is not hexadecimal; give exactly 32 of the digits 0-9 and a-f for aes128, "
            "without a prefix, JSON or quotation marks of its own.",
            "The value for the secret c is not a text: YAML reads digits without quotation marks as a number, which may have "
            "lost some of them; put the key in quotation marks.",
            "The secret b has recovery_window_in_days 1; Secrets Manager takes 7 to 30. "
            "To delete it at once and for good, set force_delete_without_recovery: true.",
            "The secret d has a value but no algorithm; name the algorithm so that the key's length can be checked.",
            OCCURS.format(2),
        ]
    )
    assert {one["value"] for one in given} == {Keyring.TAKEN_OUT}
    assert masked == {OTHER_KEY, OTHER_KEY.upper(), KEY}


# names


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ("", None),
        ("alias/aws/secretsmanager", None),
        ("arn:aws:kms:us-west-2:111122223333:alias/aws/secretsmanager", None),
        ("alias/video", "alias/video"),
    ],
)
def test_customer_key(given: str | None, expected: str | None) -> None:
    assert customer_key(given) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, False),
        ({"value_from": {}}, False),
        ({"value_from": {"env": "KEY"}}, True),
        ({"value_from": {"env": "KEY", "file": "", "secret": None}}, True),
        ({"value_from": {"env": "KEY", "secret": "s"}}, False),
        ({"value_from": {"env": "KEY"}, "value": KEY}, False),
    ],
)
def test_whether_a_value_is_to_be_read(options: dict[str, Any], expected: bool) -> None:
    assert has_source(item(**options)) is expected
