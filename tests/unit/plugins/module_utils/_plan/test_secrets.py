# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decision tables of the planner: what is declared, what is there, what is to be done."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.secrets import (
    Declared,
    Observed,
    arns_of,
    customer_key,
    misdeclared,
    plan,
    printed,
    restored_first,
)

HOME, AWAY = "us-west-2", "eu-west-1"
ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:s-7g8H9i"
ONE, TWO = (keys.describe(digit * 32, "aes128") for digit in "12")
JSON = keys.describe_stored({"SecretString": '{"key": "1"}'}, "aes128")
BINARY = keys.describe_stored({"SecretBinary": b"1"}, "aes128")
SHORT = keys.describe("1" * 31, "aes128")
PADDED = keys.describe("1" * 32 + "\n", "aes128")
PASSWORD, OTHER_PASSWORD = (keys.describe(text, "srt-password") for text in ("correct horse", "battery staple"))


def declared(**options: Any) -> Declared:
    return Declared(**{"name": "s", "regions": [HOME], "algorithm": "aes128", **options})


def there(**fields: Any) -> Observed:
    return Observed(**{"arn": ARN, "version_id": "v1", **fields})


def planned(secret: Declared, *copies: Observed | None) -> list[Unit]:
    """The plan for a secret with these copies, one for each of its Regions."""
    return plan(secret, dict(zip(secret.regions, copies, strict=True)), lambda region, name: f"new:{region}:{name}")


def operations(unit: Unit) -> list[str]:
    return [action.operation for action in unit.actions]


# the value

NOTHING: list[str] = []
PUT = ["put_value"]


@pytest.mark.parametrize(
    ("options", "stored", "outcome"),
    [
        # omitted: whatever is stored was not read, and stays
        ({}, None, NOTHING),
        ({"generate": True}, None, NOTHING),
        # equal
        ({"value": ONE}, ONE, NOTHING),
        ({"value": ONE, "replace_value": True}, ONE, NOTHING),
        ({"value": PASSWORD, "algorithm": "srt-password"}, PASSWORD, NOTHING),
        # different
        ({"value": ONE}, TWO, "holds another key than the declared key (fingerprint"),
        ({"value": ONE, "replace_value": True}, TWO, PUT),
        ({"value": ONE}, SHORT, "holds another key than the declared key. Replacing"),
        ({"value": ONE, "replace_value": True}, SHORT, PUT),
        ({"value": PASSWORD, "algorithm": "srt-password"}, OTHER_PASSWORD, "holds another key than the declared key. "),
        ({"value": PASSWORD, "algorithm": "srt-password", "replace_value": True}, OTHER_PASSWORD, PUT),
        # another's
        ({"value": ONE}, JSON, "holds JSON, so it may belong to something else"),
        ({"value": ONE, "replace_value": True}, JSON, "holds JSON"),
        ({"value": ONE, "replace_value": True}, BINARY, "holds binary data"),
        ({"value": JSON}, JSON, NOTHING),
        # the same with white space around it
        ({"value": ONE}, PADDED, NOTHING),
        ({"value": ONE, "replace_value": True}, PADDED, PUT),
        # empty: read, but there is no current version
        ({"value": ONE}, "no version", PUT),
        ({"generate": True}, "no version", PUT),
        ({}, "no version", NOTHING),
    ],
)
def test_value(options: dict[str, Any], stored: Any, outcome: list[str] | str) -> None:
    copy = there(version_id=None) if stored == "no version" else there(value=stored)
    (unit,) = planned(declared(**options), copy)
    if isinstance(outcome, str):
        assert outcome in " ".join(unit.refusals)
    else:
        assert not unit.refusals
        assert operations(unit) == outcome
        assert unit.action == ("updated" if outcome else "unchanged")
        assert (unit.before == unit.after) is (not outcome or (stored == "no version" and "value" not in options))


def test_a_refusal_shows_both_fingerprints_and_the_safer_way() -> None:
    (unit,) = planned(declared(value=ONE), there(value=TWO))
    (refusal,) = unit.refusals
    assert f"(fingerprint {TWO.fingerprint}, the declared key has {ONE.fingerprint})" in refusal
    assert "store the new key in a new secret and move the entitlement to that, or set replace_value: true" in refusal


def test_white_space_around_the_stored_key_is_warned_about() -> None:
    (unit,) = planned(declared(value=ONE), there(value=PADDED))
    assert "has white space around its key" in " ".join(unit.warnings)
    (unit,) = planned(declared(value=ONE, replace_value=True), there(value=PADDED))
    assert not unit.warnings


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
    assert declared(**options).needs_value is needed


# absent from AWS


@pytest.mark.parametrize(
    ("options", "refused", "generated"),
    [
        ({}, True, False),
        ({"replace_value": True}, True, False),
        ({"value": ONE}, False, False),
        ({"generate": True}, False, True),
    ],
)
def test_create(options: dict[str, Any], refused: bool, generated: bool) -> None:
    (unit,) = planned(declared(**options), None)
    assert bool(unit.refusals) is refused
    assert operations(unit) == ["create"]
    assert unit.actions[0].params["generate"] is generated
    assert unit.before is None
    assert unit.action == "created"
    assert unit.after["arn"] == "new:us-west-2:s"
    assert unit.after["key_fingerprint"] == (ONE.fingerprint if "value" in options else None)


@pytest.mark.parametrize(
    ("option", "given", "expected"),
    [
        ("description", None, ""),
        ("description", "", ""),
        ("description", "text", "text"),
        ("kms_key_id", None, None),
        ("kms_key_id", "", None),
        ("kms_key_id", "alias/aws/secretsmanager", None),
        ("kms_key_id", "alias/video", "alias/video"),
        ("tags", None, {}),
        ("tags", {}, {}),
        ("tags", {"a": "1"}, {"a": "1"}),
    ],
)
def test_fields_of_a_new_secret(option: str, given: Any, expected: Any) -> None:
    (unit,) = planned(declared(value=ONE, **{option: given}), None)
    assert unit.after[option] == expected


# fields of one that is there


@pytest.mark.parametrize(
    ("option", "given", "observed", "same_kms_key", "changes", "after"),
    [
        ("description", None, "", True, None, ""),
        ("description", None, "text", True, None, "text"),
        ("description", "", "", True, None, ""),
        ("description", "", "text", True, {"description": ""}, ""),
        ("description", "text", "text", True, None, "text"),
        ("description", "text", "", True, {"description": "text"}, "text"),
        ("description", "text", "other", True, {"description": "text"}, "text"),
        ("kms_key_id", None, None, True, None, None),
        ("kms_key_id", None, "alias/video", True, None, "alias/video"),
        ("kms_key_id", "", None, True, None, None),
        ("kms_key_id", "", "alias/video", False, {"kms_key_id": ""}, None),
        ("kms_key_id", "alias/video", "arn:of/video", True, None, "arn:of/video"),
        ("kms_key_id", "alias/video", None, False, {"kms_key_id": "alias/video"}, "alias/video"),
        (
            "kms_key_id",
            "alias/aws/secretsmanager",
            "alias/video",
            False,
            {"kms_key_id": "alias/aws/secretsmanager"},
            None,
        ),
    ],
)
def test_description_and_kms_key(
    option: str, given: Any, observed: Any, same_kms_key: bool, changes: Any, after: Any
) -> None:
    (unit,) = planned(declared(**{option: given}), there(**{option: observed}, same_kms_key=same_kms_key))
    assert [action.params["changes"] for action in unit.actions] == ([changes] if changes else [])
    assert unit.after[option] == after
    assert unit.action == ("updated" if changes else "unchanged")


@pytest.mark.parametrize(
    ("given", "observed", "purge", "to_set", "to_remove", "after"),
    [
        (None, {}, True, {}, [], {}),
        (None, {"a": "1"}, True, {}, [], {"a": "1"}),
        ({}, {}, True, {}, [], {}),
        ({}, {"a": "1"}, True, {}, ["a"], {}),
        ({}, {"a": "1"}, False, {}, [], {"a": "1"}),
        ({"a": "1"}, {"a": "1"}, True, {}, [], {"a": "1"}),
        ({"a": "1"}, {}, True, {"a": "1"}, [], {"a": "1"}),
        ({"a": "1"}, {"a": "2"}, True, {"a": "1"}, [], {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, True, {"a": "1"}, ["b"], {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, False, {"a": "1"}, [], {"a": "1", "b": "2"}),
        ({"a": ""}, {"a": "1"}, True, {"a": ""}, [], {"a": ""}),
        ({"a": "1"}, {"A": "1"}, True, {"a": "1"}, ["A"], {"a": "1"}),
        ({}, {"aws:cloudformation:stack-name": "x"}, True, {}, [], {"aws:cloudformation:stack-name": "x"}),
    ],
)
def test_tags(given: Any, observed: Any, purge: bool, to_set: Any, to_remove: Any, after: Any) -> None:
    (unit,) = planned(declared(tags=given, purge_tags=purge), there(tags=observed))
    expected = [{"arn": ARN, "to_set": to_set, "to_remove": to_remove}] if to_set or to_remove else []
    assert [action.params for action in unit.actions] == expected
    assert unit.after["tags"] == after


# rotation, replicas


@pytest.mark.parametrize("options", [{}, {"value": ONE}, {"value": ONE, "replace_value": True}])
def test_rotation_is_refused_unless_it_is_accepted(options: dict[str, Any]) -> None:
    (unit,) = planned(declared(**options), there(rotation_enabled=True, value=ONE))
    assert "has automatic rotation switched on" in " ".join(unit.refusals)
    (unit,) = planned(declared(allow_rotation=True, **options), there(rotation_enabled=True, value=ONE))
    assert not unit.refusals


@pytest.mark.parametrize(
    ("primary_region", "description", "refused"),
    [(None, "new", False), (HOME, "new", False), (AWAY, "new", True), (AWAY, "old", False)],
)
def test_a_replica_is_not_changed(primary_region: str | None, description: str, refused: bool) -> None:
    (unit,) = planned(declared(description=description), there(description="old", primary_region=primary_region))
    assert bool(unit.refusals) is refused


# scheduled for deletion


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["restore"]),
        ({"generate": True}, ["restore"]),
        ({"value": ONE}, ["restore", "compare"]),
        ({"value": ONE, "replace_value": True}, ["restore", "compare"]),
        ({"generate": True, "version_id": None}, ["restore", "compare"]),
        ({"version_id": None}, ["restore"]),
        ({"description": "new", "tags": {"a": "1"}}, ["restore", "update", "tag"]),
        (
            {"value": ONE, "description": "new", "tags": {"a": "1"}},
            ["restore", "compare", "update", "tag"],
        ),
    ],
)
def test_a_scheduled_deletion_is_cancelled_first(options: dict[str, Any], expected: list[str]) -> None:
    stated = dict(options)
    version_id = stated.pop("version_id", "v1")
    (unit,) = planned(declared(**stated), there(deletion_scheduled=True, version_id=version_id))
    assert operations(unit) == expected
    assert unit.action == "restored"
    assert unit.before["deletion_scheduled"] is True
    assert "deletion_scheduled" not in unit.after


# deletion


@pytest.mark.parametrize(
    ("options", "observed", "days"),
    [
        ({}, None, "nothing"),
        ({"force_delete_without_recovery": True}, None, "nothing"),
        ({}, {}, 30),
        ({"recovery_window_in_days": 7}, {}, 7),
        ({"force_delete_without_recovery": True}, {}, None),
        ({}, {"deletion_scheduled": True}, "nothing"),
        ({"recovery_window_in_days": 7}, {"deletion_scheduled": True}, "nothing"),
        ({"force_delete_without_recovery": True}, {"deletion_scheduled": True}, None),
        ({}, {"rotation_enabled": True}, 30),
    ],
)
def test_absent(options: dict[str, Any], observed: dict[str, Any] | None, days: Any) -> None:
    (unit,) = planned(declared(state=ABSENT, **options), None if observed is None else there(**observed))
    assert not unit.refusals
    assert unit.after is None
    if days == "nothing":
        assert (unit.actions, unit.action, unit.before) == ([], "unchanged", None)
    else:
        assert [action.params for action in unit.actions] == [{"arn": ARN, "recovery_window_in_days": days}]
        assert unit.action == "deleted"


@pytest.mark.parametrize(
    ("observed", "says"),
    [
        (
            {"used_by": ["entitlement E of flow F", "output O of flow F"]},
            "entitlement E of flow F, output O of flow F;",
        ),
        ({"usage_unknown": "Could not list the flows: no."}, "cannot be told. Could not list the flows: no. Nothing"),
    ],
)
def test_what_is_in_use_is_not_deleted_unasked(observed: dict[str, Any], says: str) -> None:
    (unit,) = planned(declared(state=ABSENT), there(**observed))
    (refusal,) = unit.refusals
    assert says in refusal
    assert "set force_in_use: true" in refusal
    (unit,) = planned(declared(state=ABSENT, force_in_use=True), there(**observed))
    assert not unit.refusals
    assert operations(unit) == ["delete"]


# several Regions: absent "-", the keys 1 and 2, not a key "?", JSON "J", no version "0", scheduled for deletion "x",
# without a version "z"

STATES = {
    "-": None,
    "1": {"value": ONE},
    "2": {"value": TWO},
    "?": {"value": SHORT},
    "J": {"value": JSON},
    "0": {"version_id": None},
    "x": {"deletion_scheduled": True},
    "z": {"deletion_scheduled": True, "version_id": None},
}


@pytest.mark.parametrize(
    ("options", "home", "away", "expected"),
    [
        ({"value": ONE}, "-", "-", ["create", "create"]),
        ({"value": ONE}, "1", "-", ["", "create"]),
        ({"value": ONE}, "-", "2", "another key than the declared key"),
        ({"value": ONE, "replace_value": True}, "1", "2", ["", "put_value"]),
        ({"value": ONE, "replace_value": True}, "2", "2", ["put_value", "put_value"]),
        ({"value": ONE}, "1", "x", ["", "restore compare"]),
        # without a value, the copies must agree with each other
        ({}, "-", "-", "no key for it is given"),
        ({}, "1", "1", ["", ""]),
        ({}, "1", "-", ["", "create"]),
        ({}, "-", "1", ["create", ""]),
        ({}, "1", "2", "another key than the key of its other Region"),
        ({"replace_value": True}, "1", "2", ["", "put_value"]),
        ({}, "1", "0", ["", "put_value"]),
        ({}, "?", "?", "holds no key for aes128"),
        ({}, "?", "1", "another key than the key of its other Region"),
        ({"replace_value": True}, "?", "1", ["put_value", ""]),
        ({}, "J", "1", "holds JSON"),
        ({"replace_value": True}, "1", "J", "holds JSON"),
        ({"generate": True}, "-", "-", ["create*", "create*"]),
        ({"generate": True}, "1", "-", ["", "create"]),
        ({"generate": True}, "-", "1", ["create", ""]),
        ({"generate": True}, "1", "2", "another key than the key of its other Region"),
        ({"generate": True}, "-", "J", "holds JSON"),
        ({"generate": True}, "-", "?", "holds no key for aes128"),
        ({"generate": True}, "0", "-", ["put_value*", "create*"]),
        # what waits for its restored copy does not get another key
        ({"generate": True}, "-", "x", ["create", "restore compare"]),
        ({"generate": True}, "0", "x", ["put_value", "restore compare"]),
        ({}, "0", "x", ["put_value", "restore compare"]),
        ({"generate": True}, "x", "x", ["restore compare", "restore compare"]),
        ({}, "x", "-", ["restore compare", "create"]),
        ({"generate": True}, "z", "-", ["restore compare*", "create*"]),
        ({"generate": True}, "z", "x", ["restore compare", "restore compare"]),
        ({}, "z", "-", "no key for it is given"),
    ],
)
def test_two_regions(options: dict[str, Any], home: str, away: str, expected: list[str] | str) -> None:
    copies = [None if STATES[state] is None else there(**STATES[state]) for state in (home, away)]
    units = planned(declared(regions=[HOME, AWAY], **options), *copies)
    assert [unit.identity["region"] for unit in units] == [HOME, AWAY]
    if isinstance(expected, str):
        assert expected in " ".join(refusal for unit in units for refusal in unit.refusals)
        return
    assert not [refusal for unit in units for refusal in unit.refusals]
    assert [
        " ".join(action.operation + "*" * action.params.get("generate", False) for action in unit.actions)
        for unit in units
    ] == expected


@pytest.mark.parametrize(
    ("home", "away", "order"),
    [
        ("-", "x", [AWAY, HOME]),
        ("x", "-", [HOME, AWAY]),
        ("z", "x", [AWAY, HOME]),
        ("-", "z", [AWAY, HOME]),
        ("1", "-", [HOME, AWAY]),
    ],
)
def test_what_is_restored_comes_first(home: str, away: str, order: list[str]) -> None:
    copies = [None if STATES[state] is None else there(**STATES[state]) for state in (home, away)]
    units = planned(declared(regions=[HOME, AWAY], generate=True), *copies)
    assert [unit.identity["region"] for unit in restored_first(units)] == order


# what is wrong whatever AWS has


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "s" * 512}, None),
        ({"name": "2018-12-01_baseball-game-source"}, None),
        ({"name": "a/b_c+d=e.f@g-h"}, None),
        ({"name": "s" * 513}, "is no name of a secret"),
        ({"name": ARN}, "the name, not the ARN"),
        ({"name": ""}, "is no name of a secret"),
        ({"name": "no spaces"}, "is no name of a secret"),
        ({"algorithm": None}, None),
        ({"algorithm": None, "value": ONE}, "has a value but no algorithm"),
        ({"algorithm": None, "generate": True}, "has a value but no algorithm"),
        ({"algorithm": None, "generate": True, "state": ABSENT}, None),
        ({"generate": True, "value": ONE}, "both a value and generate"),
        ({"recovery_window_in_days": 7}, None),
        ({"recovery_window_in_days": 30}, None),
        ({"recovery_window_in_days": 6}, "takes 7 to 30"),
        ({"recovery_window_in_days": 31}, "takes 7 to 30"),
        ({"recovery_window_in_days": 7, "force_delete_without_recovery": True}, "give one of them"),
        ({"kms_key_id": "arn:aws:kms:us-west-2:111122223333:key/1"}, None),
        ({"kms_key_id": "arn:aws:kms:eu-west-1:111122223333:key/1"}, "is an ARN of eu-west-1"),
        ({"kms_key_id": "arn:aws:kms:us-west-2:111122223333:key/1", "regions": [HOME, AWAY]}, "give the key's alias"),
        ({"kms_key_id": "alias/video", "regions": [HOME, AWAY]}, None),
        ({"kms_key_id": "arn:"}, None),
    ],
)
def test_misdeclared(options: dict[str, Any], says: str | None) -> None:
    wrong = misdeclared([declared(**options)])
    if says is None:
        assert wrong == []
    else:
        (sentence,) = wrong
        assert says in sentence


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = misdeclared(
        [declared(name="a"), declared(name="a"), declared(name="b c"), declared(name="d", generate=True, value=ONE)]
    )
    assert len(wrong) == 3


# names


def test_a_flow_may_name_the_secret_by_its_partial_arn() -> None:
    assert arns_of(ARN) == [ARN, "arn:aws:secretsmanager:us-west-2:111122223333:secret:s"]


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


def test_what_a_task_repeats() -> None:
    secret = declared(description="d", tags={"k": "v", "empty": ""}, kms_key_id="alias/x")
    assert set(printed(secret)) == {"s", HOME, "aes128", "d", "k", "v", "empty", "alias/x"}
