# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the planner of secrets hands on, word for word: its sentences, its actions and its states."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT, Action, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.secrets import (
    Declared,
    Observed,
    misdeclared,
    plan,
)

HOME, AWAY = "us-west-2", "eu-west-1"
ARN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:s-7g8H9i"
NEW = "new:us-west-2:s"
ONE, TWO = (keys.describe(digit * 32, "aes128") for digit in "12")
JSON = keys.describe_stored({"SecretString": '{"key": "1"}'}, "aes128")
SHORT = keys.describe("1" * 31, "aes128")
PADDED = keys.describe("1" * 32 + "\n", "aes128")


def declared(**options: Any) -> Declared:
    return Declared(**{"name": "s", "regions": [HOME], "algorithm": "aes128", **options})


def there(**fields: Any) -> Observed:
    return Observed(**{"arn": ARN, "version_id": "v1", **fields})


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


def planned(secret: Declared, *copies: Observed | None) -> list[Unit]:
    """The plan for a secret with these copies, one for each of its Regions."""
    return plan(secret, dict(zip(secret.regions, copies, strict=True)), lambda region, name: f"new:{region}:{name}")


# what users read


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"name": "no spaces"},
            "'no spaces' is no name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@- (the name, not the ARN).",
        ),
        (
            {"algorithm": None, "generate": True},
            "The secret s has a value but no algorithm; name the algorithm so that the key's length can be checked.",
        ),
        ({"value": ONE, "generate": True}, "The secret s has both a value and generate; give one of them."),
        (
            {"recovery_window_in_days": 7, "force_delete_without_recovery": True},
            "The secret s has both recovery_window_in_days and force_delete_without_recovery; give one of them.",
        ),
        (
            {"recovery_window_in_days": 31},
            "The secret s has recovery_window_in_days 31; Secrets Manager takes 7 to 30.",
        ),
        (
            {"kms_key_id": "arn:aws:kms:us-west-2:111122223333:key/1", "regions": [HOME, AWAY]},
            "The secret s is to lie in us-west-2 and eu-west-1, but its kms_key_id is an ARN of us-west-2; "
            "give the key's alias, which may be the same in every Region.",
        ),
    ],
)
def test_what_is_said_of_a_wrong_declaration(options: dict[str, Any], sentence: str) -> None:
    assert misdeclared([declared(**options)]) == [sentence]


def test_what_is_said_of_a_secret_that_is_declared_twice() -> None:
    assert misdeclared([declared(), declared()]) == ["The secret s is declared more than once; declare it once."]


ANOTHER_KEY = (
    "Replacing it makes the picture black until both ends have the new key: "
    "store the new key in a new secret and move the entitlement to that, or set replace_value: true."
)


@pytest.mark.parametrize(
    ("secret", "copies", "sentence"),
    [
        (
            declared(value=ONE),
            [there(value=TWO)],
            f"The secret s in us-west-2 holds another key than the declared key (fingerprint {TWO.fingerprint}, "
            f"the declared key has {ONE.fingerprint}). {ANOTHER_KEY}",
        ),
        (
            declared(value=ONE),
            [there(value=SHORT)],
            f"The secret s in us-west-2 holds another key than the declared key. {ANOTHER_KEY}",
        ),
        (
            declared(regions=[HOME, AWAY]),
            [there(value=ONE), there(value=TWO)],
            f"The secret s in eu-west-1 holds another key than the key of its other Region (fingerprint {TWO.fingerprint}, "
            f"the key of its other Region has {ONE.fingerprint}). {ANOTHER_KEY}",
        ),
        (
            declared(value=ONE),
            [there(value=JSON)],
            "The secret s in us-west-2 holds JSON, so it may belong to something else; it is left as it is. Give another name.",
        ),
        (
            declared(regions=[HOME, AWAY], generate=True),
            [there(value=SHORT), None],
            "The secret s in us-west-2 holds no key for aes128; give the right algorithm, or a value and replace_value: true.",
        ),
        (
            declared(),
            [None],
            "The secret s in us-west-2 does not exist and no key for it is given; give value, or generate: true.",
        ),
        (
            declared(value=ONE),
            [there(value=PADDED)],
            "The secret s in us-west-2 has white space around its key, and AWS does not say whether MediaConnect ignores it; "
            "to store the same key without it, set replace_value: true.",
        ),
        (
            declared(),
            [there(rotation_enabled=True)],
            "The secret s in us-west-2 has automatic rotation switched on, which would change the key under a running stream; "
            "switch it off, or set allow_rotation: true for this secret.",
        ),
        (
            declared(description="new"),
            [there(primary_region=AWAY)],
            "The secret s in us-west-2 is a replica of the one in eu-west-1, and Secrets Manager changes it only there; "
            "declare it there, without this Region.",
        ),
        (
            declared(state=ABSENT),
            [there(used_by=["entitlement E of flow F", "output O of flow F"])],
            "The secret s in us-west-2 is used by entitlement E of flow F, output O of flow F; deleting it would stop the stream. "
            "Move these to another secret first, or set force_in_use: true.",
        ),
        (
            declared(state=ABSENT),
            [there(usage_unknown="Could not read the flow X.")],
            "Whether a flow still uses the secret s in us-west-2 cannot be told. Could not read the flow X. "
            "Nothing was deleted; set force_in_use: true to delete it all the same.",
        ),
    ],
)
def test_what_is_said_of_a_plan(secret: Declared, copies: list[Observed | None], sentence: str) -> None:
    units = planned(secret, *copies)
    assert [text for unit in units for text in unit.refusals + unit.warnings] == [sentence]


# what is done

WITH_KEY, MADE = declared(value=ONE), declared(generate=True)
ALL = declared(value=ONE, description="new", kms_key_id="alias/video", tags={"a": "1"})


def action(operation: str, summary: str, **params: Any) -> Action:
    return Action(operation, summary, params)


@pytest.mark.parametrize(
    ("secret", "copy", "actions"),
    [
        (
            WITH_KEY,
            None,
            [action("create", "create the secret s in us-west-2", secret=WITH_KEY, region=HOME, generate=False)],
        ),
        (
            MADE,
            None,
            [action("create", "create the secret s in us-west-2", secret=MADE, region=HOME, generate=True)],
        ),
        (
            WITH_KEY,
            there(version_id=None),
            [
                action(
                    "put_value", "store the key in the secret s in us-west-2", secret=WITH_KEY, arn=ARN, generate=False
                )
            ],
        ),
        (
            MADE,
            there(version_id=None),
            [action("put_value", "store the key in the secret s in us-west-2", secret=MADE, arn=ARN, generate=True)],
        ),
        (
            MADE,
            there(version_id=None, deletion_scheduled=True),
            [
                action("restore", "restore the secret s in us-west-2", arn=ARN),
                action("compare", "compare the key of the secret s in us-west-2", secret=MADE, arn=ARN, generate=True),
            ],
        ),
        (
            ALL,
            there(deletion_scheduled=True, same_kms_key=False, tags={"b": "2"}),
            [
                action("restore", "restore the secret s in us-west-2", arn=ARN),
                action("compare", "compare the key of the secret s in us-west-2", secret=ALL, arn=ARN, generate=False),
                action(
                    "update",
                    "change description and kms_key_id of the secret s in us-west-2",
                    arn=ARN,
                    changes={"description": "new", "kms_key_id": "alias/video"},
                ),
                action(
                    "tag", "change the tags of the secret s in us-west-2", arn=ARN, to_set={"a": "1"}, to_remove=["b"]
                ),
            ],
        ),
        (
            declared(state=ABSENT),
            there(),
            [
                action(
                    "delete",
                    "delete the secret s in us-west-2 with 30 days to restore it",
                    arn=ARN,
                    recovery_window_in_days=30,
                )
            ],
        ),
        (
            declared(state=ABSENT, force_delete_without_recovery=True),
            there(),
            [action("delete", "delete the secret s in us-west-2 for good", arn=ARN, recovery_window_in_days=None)],
        ),
    ],
)
def test_actions(secret: Declared, copy: Observed | None, actions: list[Action]) -> None:
    (unit,) = planned(secret, copy)
    assert unit.actions == actions


# what is reported


@pytest.mark.parametrize(
    ("secret", "copy", "before", "after"),
    [
        # as declared
        (declared(), there(), state(), state()),
        (
            declared(value=ONE),
            there(value=ONE, description="d", kms_key_id="alias/video", tags={"a": "1"}),
            state(key_fingerprint=ONE.fingerprint, description="d", kms_key_id="alias/video", tags={"a": "1"}),
            state(key_fingerprint=ONE.fingerprint, description="d", kms_key_id="alias/video", tags={"a": "1"}),
        ),
        # changed: only AWS can tell the new version
        (
            declared(value=ONE, replace_value=True, description="d", kms_key_id="alias/video", tags={"a": "1"}),
            there(value=TWO, same_kms_key=False, tags={"b": "2"}),
            state(key_fingerprint=TWO.fingerprint, tags={"b": "2"}),
            state(
                version_id=None,
                key_fingerprint=ONE.fingerprint,
                description="d",
                kms_key_id="alias/video",
                tags={"a": "1"},
            ),
        ),
        (MADE, there(version_id=None), state(version_id=None), state(version_id=None)),
        # created
        (
            declared(value=ONE, description="d", kms_key_id="alias/video", tags={"a": "1"}),
            None,
            None,
            state(
                arn=NEW,
                version_id=None,
                key_fingerprint=ONE.fingerprint,
                description="d",
                kms_key_id="alias/video",
                tags={"a": "1"},
            ),
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
        # deleted
        (declared(state=ABSENT), None, None, None),
        (declared(state=ABSENT), there(deletion_scheduled=True), None, None),
        (
            declared(state=ABSENT),
            there(description="d", kms_key_id="alias/video", tags={"a": "1"}),
            state(description="d", kms_key_id="alias/video", tags={"a": "1"}),
            None,
        ),
    ],
)
def test_states(
    secret: Declared, copy: Observed | None, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    (unit,) = planned(secret, copy)
    assert unit.label == "secret s in us-west-2"
    assert unit.identity == {"name": "s", "region": HOME}
    assert unit.before == before
    assert unit.after == after
