# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decision tables of the planner: what is declared, what is there, what is said and what is to be done, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import ABSENT, Action, Stage, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import DeclaredSecret
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.plan import (
    ObservedSecret,
    arns_of,
    plan,
    predicted_arn,
    unknown_use_refusal,
    use_refusal,
)

HOME, AWAY = "us-west-2", "eu-west-1"
ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:s-7g8H9i"
NEW = "new:us-west-2:s"
STACK = "aws:cloudformation:stack-name"
ONE, TWO = (keys.describe(digit * 32, "aes128") for digit in "12")
JSON = keys.describe_stored({"SecretString": '{"key": "1"}'}, "aes128")
BINARY = keys.describe_stored({"SecretBinary": b"1"}, "aes128")
SHORT = keys.describe("1" * 31, "aes128")
PADDED = keys.describe("1" * 32 + "\n", "aes128")
LONG = keys.describe("x" * 80, "srt-password")
PASSWORD, OTHER_PASSWORD = (keys.describe(text, "srt-password") for text in ("correct horse", "battery staple"))

# What AWS may have in a Region: nothing "-", a secret whose value was not read ".", the keys 1 and 2, the first with white
# space around it "P", what is no key "?", JSON "J", binary data "B", two passwords "p" and "q", no version "0", a secret
# that is scheduled for deletion "x", and one without a version that is "z".
STATES: dict[str, dict[str, Any] | None] = {
    "-": None,
    ".": {},
    "1": {"value": ONE},
    "2": {"value": TWO},
    "P": {"value": PADDED},
    "?": {"value": SHORT},
    "J": {"value": JSON},
    "B": {"value": BINARY},
    "p": {"value": PASSWORD},
    "q": {"value": OTHER_PASSWORD},
    "0": {"version_id": None},
    "x": {"deletion_scheduled": True},
    "z": {"deletion_scheduled": True, "version_id": None},
}


def there(**observed: Any) -> ObservedSecret:
    """A secret that is there; description and kms_key_id are fields of it."""
    kept = {name: observed.pop(name) for name in ("description", "kms_key_id") if name in observed}
    return ObservedSecret(
        **{"arn": ARN, "version_id": "v1", "fields": {"description": "", "kms_key_id": None, **kept}, **observed}
    )


def declared(**options: Any) -> DeclaredSecret:
    """A declared secret; description and kms_key_id are fields of it."""
    kept = {name: options.pop(name) for name in ("description", "kms_key_id") if name in options}
    return DeclaredSecret(**{"name": "s", "regions": [HOME], "algorithm": "aes128", "fields": kept, **options})


def planned(secret: DeclaredSecret, *copies: ObservedSecret | None) -> list[Unit]:
    """The plan for a secret with these copies, one for each of its Regions."""
    return plan(secret, dict(zip(secret.regions, copies, strict=True)), lambda region, name: f"new:{region}:{name}")


def operations(unit: Unit) -> str:
    """The operations of a unit, with a star where a key is made, and a plus where it is looked at again."""
    return " ".join(
        action.operation + "*" * action.params.get("generate", False) + "+" * action.params.get("look_again", False)
        for action in unit.actions
    )


# What is said.

BLACK = (
    "Replacing it makes the picture black until both ends have the new key: "
    "store the new key in a new secret and move the entitlement to that, or set replace_value: true."
)
FOREIGN = "The secret s in {} holds {}, so it may belong to something else; it is left as it is. Give another name."
NO_KEY = "The secret s in {} holds no key for aes128; give the right algorithm, or a value and replace_value: true."
MISSING = "The secret s in {} does not exist and no key for it is given; give value, or generate: true."
WHITE_SPACE = (
    "The secret s in us-west-2 has white space around its key, and AWS does not say whether MediaConnect ignores it; "
    "to store the same key without it, set replace_value: true."
)
ROTATION = (
    "The secret s in us-west-2 has automatic rotation switched on, which would change the key under a running stream; "
    "switch it off, or set allow_rotation: true for this secret."
)
REPLICA = (
    "The secret s in us-west-2 is a replica of the one in eu-west-1, and Secrets Manager changes it only there; "
    "declare it there, without this Region."
)
TOO_LONG = (
    "The secret s in us-west-2 has a password that MediaConnect takes, but SRT's own library, which most devices have, does not: "
    "it takes up to 79 characters."
)
NO_VALUE = "The secret s in us-west-2 has no value, so MediaConnect finds no key in it; give value or value_from, or generate: true."
RESERVED = f"The secret s in us-west-2: the tag {STACK} begins with aws:, which AWS reserves."


def another(stored: keys.Value, wanted: keys.Value, region: str = HOME, whose: str = "the declared key") -> str:
    """What is said of another key, with the fingerprints of both where they may be shown."""
    shown = f" (fingerprint {stored.fingerprint}, {whose} has {wanted.fingerprint})" if stored.fingerprint else ""
    return f"The secret s in {region} holds another key than {whose}{shown}. {BLACK}"


def another_abroad(stored: keys.Value, wanted: keys.Value, region: str) -> str:
    return another(stored, wanted, region, "the key of its other Region")


SRT: dict[str, Any] = {"algorithm": "srt-password"}

# What is declared, what each Region has, all that is said, and what is to be done in each Region.
CASES: list[tuple[dict[str, Any], str, list[str], list[str]]] = [
    # the value is not declared: whatever is stored was not read, and stays
    ({}, ".", [], [""]),
    ({"generate": True}, ".", [], [""]),
    # it is the same
    ({"value": ONE}, "1", [], [""]),
    ({"value": ONE, "replace_value": True}, "1", [], [""]),
    ({**SRT, "value": PASSWORD}, "p", [], [""]),
    ({"value": JSON}, "J", [], [""]),
    # it is another
    ({"value": ONE}, "2", [another(TWO, ONE)], [""]),
    ({"value": ONE, "replace_value": True}, "2", [], ["put_value"]),
    ({"value": ONE}, "?", [another(SHORT, ONE)], [""]),
    ({"value": ONE, "replace_value": True}, "?", [], ["put_value"]),
    ({**SRT, "value": PASSWORD}, "q", [another(OTHER_PASSWORD, PASSWORD)], [""]),
    ({**SRT, "value": PASSWORD, "replace_value": True}, "q", [], ["put_value"]),
    # it belongs to something else
    ({"value": ONE}, "J", [FOREIGN.format(HOME, "JSON")], [""]),
    ({"value": ONE, "replace_value": True}, "J", [FOREIGN.format(HOME, "JSON")], [""]),
    ({"value": ONE, "replace_value": True}, "B", [FOREIGN.format(HOME, "binary data")], [""]),
    # it is the same with white space around it
    ({"value": ONE}, "P", [WHITE_SPACE], [""]),
    ({"value": ONE, "replace_value": True}, "P", [], ["put_value"]),
    # there is none: read, but there is no current version
    ({"value": ONE}, "0", [], ["put_value"]),
    ({"generate": True}, "0", [], ["put_value*"]),
    ({}, "0", [NO_VALUE], [""]),
    # there is no secret
    ({}, "-", [MISSING.format(HOME)], ["create"]),
    ({"replace_value": True}, "-", [MISSING.format(HOME)], ["create"]),
    ({"value": ONE}, "-", [], ["create"]),
    ({"generate": True}, "-", [], ["create*"]),
    # its deletion is scheduled: it is restored, and where the value matters looked at again
    ({}, "x", [], ["restore"]),
    ({"generate": True}, "x", [], ["restore+"]),
    ({"value": ONE}, "x", [], ["restore+"]),
    ({"value": ONE, "replace_value": True}, "x", [], ["restore+"]),
    ({"generate": True}, "z", [], ["restore+"]),
    ({}, "z", [], ["restore"]),
    ({"description": "new", "tags": {"a": "1"}}, "x", [], ["restore update tag"]),
    ({"value": ONE, "description": "new", "tags": {"a": "1"}}, "x", [], ["restore+ update tag"]),
    # a replaced key does not keep the rest from being changed, and a refused one neither
    ({"value": ONE, "replace_value": True, "description": "new"}, "2", [], ["put_value update"]),
    ({"value": ONE, "description": "new"}, "2", [another(TWO, ONE)], ["update"]),
    # two Regions and a declared value
    ({"value": ONE}, "--", [], ["create", "create"]),
    ({"value": ONE}, "1-", [], ["", "create"]),
    ({"value": ONE}, "-2", [another(TWO, ONE, AWAY)], ["create", ""]),
    ({"value": ONE}, "22", [another(TWO, ONE), another(TWO, ONE, AWAY)], ["", ""]),
    ({"value": ONE, "replace_value": True}, "12", [], ["", "put_value"]),
    ({"value": ONE, "replace_value": True}, "22", [], ["put_value", "put_value"]),
    ({"value": ONE}, "1x", [], ["", "restore+"]),
    # without a value, the copies must agree with each other
    ({}, "--", [MISSING.format(HOME), MISSING.format(AWAY)], ["create", "create"]),
    ({}, "11", [], ["", ""]),
    ({}, "1-", [], ["", "create"]),
    ({}, "-1", [], ["create", ""]),
    ({}, "12", [another_abroad(TWO, ONE, AWAY)], ["", ""]),
    ({"replace_value": True}, "12", [], ["", "put_value"]),
    ({}, "10", [], ["", "put_value"]),
    ({}, "1P", [WHITE_SPACE.replace(HOME, AWAY)], ["", ""]),
    ({}, "??", [NO_KEY.format(HOME), NO_KEY.format(AWAY)], ["", ""]),
    ({}, "?1", [another_abroad(SHORT, ONE, HOME)], ["", ""]),
    ({"replace_value": True}, "?1", [], ["put_value", ""]),
    ({}, "J1", [FOREIGN.format(HOME, "JSON")], ["", ""]),
    ({"replace_value": True}, "1J", [FOREIGN.format(AWAY, "JSON")], ["", ""]),
    # the key is to be made, unless a copy has one
    ({"generate": True}, "--", [], ["create*", "create*"]),
    ({"generate": True}, "1-", [], ["", "create"]),
    ({"generate": True}, "-1", [], ["create", ""]),
    ({"generate": True}, "12", [another_abroad(TWO, ONE, AWAY)], ["", ""]),
    ({"generate": True}, "-J", [FOREIGN.format(AWAY, "JSON")], ["create*", ""]),
    ({"generate": True}, "-?", [NO_KEY.format(AWAY)], ["create*", ""]),
    ({"generate": True}, "0-", [], ["put_value*", "create*"]),
    # what waits for its restored copy does not get another key
    ({"generate": True}, "-x", [], ["create", "restore+"]),
    ({"generate": True}, "0x", [], ["put_value", "restore+"]),
    ({}, "0x", [], ["put_value", "restore+"]),
    ({"generate": True}, "xx", [], ["restore+", "restore+"]),
    ({}, "x-", [], ["restore+", "create"]),
    ({"generate": True}, "z-", [], ["restore+", "create*"]),
    ({"generate": True}, "zx", [], ["restore+", "restore+"]),
    ({}, "z-", [MISSING.format(AWAY)], ["restore+", "create"]),
]


@pytest.mark.parametrize(("options", "copies", "said", "expected"), CASES)
def test_what_is_said_and_done_about_the_value(
    options: dict[str, Any], copies: str, said: list[str], expected: list[str]
) -> None:
    found = [None if STATES[state] is None else there(**STATES[state]) for state in copies]
    units = planned(declared(regions=[HOME, AWAY][: len(copies)], **options), *found)
    assert [text for unit in units for text in [*unit.refusals, *unit.warnings]] == said
    assert [operations(unit) for unit in units] == expected
    assert [unit.identity for unit in units] == [
        {"name": "s", "region": region} for region in [HOME, AWAY][: len(copies)]
    ]


@pytest.mark.parametrize(
    ("options", "observed", "said", "expected"),
    [
        # rotation
        ({}, {"rotation_enabled": True}, [ROTATION], ""),
        ({"value": ONE}, {"rotation_enabled": True, "value": ONE}, [ROTATION], ""),
        ({"value": ONE, "replace_value": True}, {"rotation_enabled": True, "value": TWO}, [ROTATION], "put_value"),
        ({"value": ONE}, {"rotation_enabled": True, "value": TWO}, [ROTATION, another(TWO, ONE)], ""),
        ({}, {"rotation_enabled": True, "deletion_scheduled": True}, [ROTATION], "restore"),
        ({"allow_rotation": True}, {"rotation_enabled": True}, [], ""),
        ({"allow_rotation": True, "value": ONE}, {"rotation_enabled": True, "value": ONE}, [], ""),
        # a password that is too long for SRT's own library
        ({"value": LONG}, None, [TOO_LONG], "create"),
        ({"value": LONG}, {"value": LONG}, [TOO_LONG], ""),
        ({"algorithm": "srt-password"}, {"value": LONG}, [TOO_LONG], ""),
        # a replica is not changed
        ({"description": "new"}, {"primary_region": None}, [], "update"),
        ({"description": "new"}, {"primary_region": HOME}, [], "update"),
        ({"description": "new"}, {"primary_region": AWAY}, [REPLICA], "update"),
        ({"description": "old"}, {"primary_region": AWAY, "description": "old"}, [], ""),
        # tags
        ({"tags": {STACK: "x"}}, {}, [RESERVED], "tag"),
        ({"tags": {STACK: "x"}}, {"tags": {STACK: "y"}}, [RESERVED], "tag"),
        ({"tags": {STACK: "x"}}, {"tags": {STACK: "x"}}, [], ""),
        ({"tags": {}}, {"tags": {STACK: "x"}}, [], ""),
        ({"tags": {STACK: "x"}, "value": ONE}, None, [RESERVED], "create"),
    ],
)
def test_what_is_said_and_done_about_the_rest(
    options: dict[str, Any], observed: dict[str, Any] | None, said: list[str], expected: str
) -> None:
    (unit,) = planned(declared(**options), None if observed is None else there(**observed))
    assert [*unit.refusals, *unit.warnings] == said
    assert operations(unit) == expected


# Fields of a secret that is there: what is declared and observed, whether the KMS keys are one, changes, and what results.


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
    fields = {} if given is None else {option: given}
    (unit,) = planned(declared(**fields), there(**{option: observed}, same_kms_key=same_kms_key))
    assert [action.params["changes"] for action in unit.actions] == ([changes] if changes else [])
    assert unit.after[option] == after
    assert unit.action == ("updated" if changes else "unchanged")


@pytest.mark.parametrize(
    ("given", "observed", "purge", "to_set", "to_remove", "after"),
    [
        (None, {"a": "1"}, True, {}, [], {"a": "1"}),
        ({}, {"a": "1"}, True, {}, ["a"], {}),
        ({}, {"a": "1"}, False, {}, [], {"a": "1"}),
        ({"a": "1"}, {"a": "1"}, True, {}, [], {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, True, {"a": "1"}, ["b"], {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, False, {"a": "1"}, [], {"a": "1", "b": "2"}),
    ],
)
def test_tags(given: Any, observed: Any, purge: bool, to_set: Any, to_remove: Any, after: Any) -> None:
    (unit,) = planned(declared(tags=given, purge_tags=purge), there(tags=observed))
    expected = [{"arn": ARN, "to_set": to_set, "to_remove": to_remove}] if to_set or to_remove else []
    assert [action.params for action in unit.actions] == expected
    assert unit.after["tags"] == after
    assert unit.before["tags"] == observed


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
    (unit,) = planned(declared(value=ONE, **({} if given is None else {option: given})), None)
    assert unit.after[option] == expected


# deletion


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        (
            {"replicas": [AWAY, "us-east-1"], "primary_region": HOME},
            "The secret s in us-west-2 has replicas in eu-west-1, us-east-1, and Secrets Manager deletes it only without them; "
            "remove the replicas first (aws secretsmanager remove-regions-from-replication).",
        ),
        (
            {"primary_region": AWAY},
            "The secret s in us-west-2 is a replica of the one in eu-west-1, and Secrets Manager removes it only there "
            "(aws secretsmanager remove-regions-from-replication); leave this Region out.",
        ),
    ],
)
def test_absent_with_replicas(observed: dict[str, Any], said: str) -> None:
    (unit,) = planned(declared(state=ABSENT, force_delete_without_recovery=True), there(**observed))
    assert unit.refusals == [said]


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
        ({}, {"rotation_enabled": True, "primary_region": HOME}, 30),
    ],
)
def test_absent(options: dict[str, Any], observed: dict[str, Any] | None, days: Any) -> None:
    (unit,) = planned(declared(state=ABSENT, **options), None if observed is None else there(**observed))
    assert (unit.refusals, unit.warnings, unit.after) == ([], [], None)
    if days == "nothing":
        assert (unit.actions, unit.action, unit.before) == ([], "unchanged", None)
    else:
        assert [action.params for action in unit.actions] == [{"arn": ARN, "recovery_window_in_days": days}]
        assert unit.action == "deleted"


def test_absent_in_two_regions() -> None:
    units = planned(declared(state=ABSENT, regions=[HOME, AWAY]), None, there())
    assert [(unit.identity["region"], unit.action) for unit in units] == [(HOME, "unchanged"), (AWAY, "deleted")]


def test_what_is_said_of_a_secret_that_streams_need() -> None:
    assert use_refusal("secret s in us-west-2", ["entitlement E of flow F", "output O of flow F"]) == (
        "The secret s in us-west-2 is used by entitlement E of flow F, output O of flow F; deleting it would stop the stream. "
        "Move these to another secret first, or set force_in_use: true for the secret."
    )


@pytest.mark.parametrize("reason", ["Could not read the flow X", "Could not read the flow X."])
def test_what_is_said_of_a_secret_that_streams_may_need(reason: str) -> None:
    assert unknown_use_refusal("secret s in us-west-2", reason) == (
        "Whether a flow still uses the secret s in us-west-2 cannot be told. Could not read the flow X. "
        "Nothing was changed; set force_in_use: true for the secret to go on all the same."
    )


# what is done, with all that is handed on

WITH_KEY, MADE = declared(value=ONE), declared(generate=True)
ALL = declared(value=ONE, description="new", kms_key_id="alias/video", tags={"a": "1"})
MAKE, RESTORE, DELETE = Stage.MAKE, Stage.RESTORE, Stage.DELETE


def action(operation: str, summary: str, stage: Stage, **params: Any) -> Action:
    return Action(operation, summary, params, stage)


@pytest.mark.parametrize(
    ("secret", "copy", "name", "actions"),
    [
        (declared(), there(), "unchanged", []),
        (
            WITH_KEY,
            None,
            "created",
            [action("create", "create the secret s in us-west-2", MAKE, secret=WITH_KEY, region=HOME, generate=False)],
        ),
        (
            MADE,
            None,
            "created",
            [action("create", "create the secret s in us-west-2", MAKE, secret=MADE, region=HOME, generate=True)],
        ),
        (
            WITH_KEY,
            there(version_id=None),
            "updated",
            [
                action(
                    "put_value",
                    "store the key in the secret s in us-west-2",
                    MAKE,
                    secret=WITH_KEY,
                    arn=ARN,
                    generate=False,
                )
            ],
        ),
        (
            MADE,
            there(version_id=None),
            "updated",
            [
                action(
                    "put_value", "store the key in the secret s in us-west-2", MAKE, secret=MADE, arn=ARN, generate=True
                )
            ],
        ),
        (
            declared(),
            there(deletion_scheduled=True),
            "restored",
            [action("restore", "restore the secret s in us-west-2", RESTORE, arn=ARN, look_again=False)],
        ),
        (
            ALL,
            there(deletion_scheduled=True, same_kms_key=False, tags={"b": "2"}),
            "restored",
            [
                action("restore", "restore the secret s in us-west-2", RESTORE, arn=ARN, look_again=True),
                action(
                    "update",
                    "change description and kms_key_id of the secret s in us-west-2",
                    Stage.REENCRYPT,
                    arn=ARN,
                    changes={"description": "new", "kms_key_id": "alias/video"},
                ),
                action(
                    "tag",
                    "change the tags of the secret s in us-west-2",
                    MAKE,
                    arn=ARN,
                    to_set={"a": "1"},
                    to_remove=["b"],
                ),
            ],
        ),
        (
            declared(state=ABSENT),
            there(),
            "deleted",
            [
                action(
                    "delete",
                    "delete the secret s in us-west-2 with 30 days to restore it",
                    DELETE,
                    arn=ARN,
                    recovery_window_in_days=30,
                )
            ],
        ),
        (
            declared(state=ABSENT, force_delete_without_recovery=True),
            there(),
            "deleted",
            [
                action(
                    "delete",
                    "delete the secret s in us-west-2 for good",
                    DELETE,
                    arn=ARN,
                    recovery_window_in_days=None,
                )
            ],
        ),
    ],
)
def test_actions(secret: DeclaredSecret, copy: ObservedSecret | None, name: str, actions: list[Action]) -> None:
    (unit,) = planned(secret, copy)
    assert unit.actions == actions
    assert unit.action == name
    assert unit.read_back is False


# what is reported


def state(**fields: Any) -> dict[str, Any]:
    """What is reported of a secret of which nothing is known but that it is there."""
    return {
        "name": "s",
        "region": HOME,
        "arn": ARN,
        "version_id": "v1",
        "algorithm": "aes128",
        "key_fingerprint": None,
        "kms_key_id": None,
        "description": "",
        "tags": {},
        **fields,
    }


REST: dict[str, Any] = {"description": "d", "kms_key_id": "alias/video", "tags": {"a": "1"}}


@pytest.mark.parametrize(
    ("secret", "copy", "before", "after"),
    [
        # as declared
        (declared(), there(), state(), state()),
        (
            declared(value=ONE),
            there(value=ONE, **REST),
            state(key_fingerprint=ONE.fingerprint, **REST),
            state(key_fingerprint=ONE.fingerprint, **REST),
        ),
        # changed: only AWS can tell the new version
        (
            declared(value=ONE, replace_value=True, **REST),
            there(value=TWO, same_kms_key=False, tags={"b": "2"}),
            state(key_fingerprint=TWO.fingerprint, tags={"b": "2"}),
            state(version_id=None, key_fingerprint=ONE.fingerprint, **REST),
        ),
        (MADE, there(version_id=None), state(version_id=None), state(version_id=None)),
        # created
        (
            declared(value=ONE, **REST),
            None,
            None,
            state(arn=NEW, version_id=None, key_fingerprint=ONE.fingerprint, **REST),
        ),
        (MADE, None, None, state(arn=NEW, version_id=None)),
        # restored
        (declared(), there(deletion_scheduled=True), state(deletion_scheduled=True), state()),
        (
            declared(value=ONE),
            there(deletion_scheduled=True),
            state(deletion_scheduled=True),
            state(key_fingerprint=ONE.fingerprint),
        ),
        (
            MADE,
            there(deletion_scheduled=True, version_id=None),
            state(deletion_scheduled=True, version_id=None),
            state(version_id=None),
        ),
        # deleted
        (declared(state=ABSENT), None, None, None),
        (declared(state=ABSENT), there(deletion_scheduled=True), None, None),
        (declared(state=ABSENT), there(**REST), state(**REST), None),
    ],
)
def test_states(
    secret: DeclaredSecret, copy: ObservedSecret | None, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    (unit,) = planned(secret, copy)
    assert unit.label == "secret s in us-west-2"
    assert unit.subject == "secret s"
    assert unit.identity == {"name": "s", "region": HOME}
    assert unit.before == before
    assert unit.after == after


@pytest.mark.parametrize(
    ("options", "copies", "fingerprints"),
    [
        # what is copied is known beforehand, and what is made is not
        ({}, "1-", [ONE.fingerprint, ONE.fingerprint]),
        ({}, "-1", [ONE.fingerprint, ONE.fingerprint]),
        ({}, "1x", [ONE.fingerprint, ONE.fingerprint]),
        ({"generate": True}, "--", [None, None]),
        ({"generate": True}, "-x", [None, None]),
        ({"replace_value": True}, "12", [ONE.fingerprint, ONE.fingerprint]),
    ],
)
def test_fingerprints_that_are_foreseen(options: dict[str, Any], copies: str, fingerprints: list[str | None]) -> None:
    found = [None if STATES[state] is None else there(**STATES[state]) for state in copies]
    units = planned(declared(regions=[HOME, AWAY], **options), *found)
    assert [unit.after["key_fingerprint"] for unit in units] == fingerprints


# names


def test_a_flow_may_name_the_secret_by_its_partial_arn() -> None:
    assert arns_of(ARN) == [ARN, "arn:aws:secretsmanager:us-west-2:111122223333:secret:s"]


def test_the_arn_of_a_new_secret_is_known_but_for_its_end() -> None:
    assert predicted_arn("aws-cn", "cn-north-1", "111122223333", "a/b") == (
        "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a/b-??????"
    )


def test_the_arn_is_only_asked_for_where_a_secret_is_to_be_created() -> None:
    asked: list[tuple[str, str]] = []
    secret = declared(regions=[HOME, AWAY], value=ONE)
    plan(secret, {HOME: there(value=ONE), AWAY: None}, lambda *place: asked.append(place) or "new")
    assert asked == [(AWAY, "s")]


def test_what_is_observed_of_a_secret_has_aws_s_defaults() -> None:
    assert ObservedSecret(ARN).fields == {"description": "", "kms_key_id": None}
