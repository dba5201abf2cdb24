# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be done to a flow, by decision tables: what is declared, what AWS has, what is done and said."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.resolve import References
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import (
    DeclaredFlow,
    Options,
    declared_flow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.plan import (
    changed_uses,
    dark_refusal,
    needs_tags,
    plan,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.state import (
    FlowUnit,
    Item,
    ObservedFlow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import Role, Secret
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Action, Stage
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.dark import losses
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import World

ACCOUNT, ALICE, BOB, CAROL = "111122223333", "123456789012", "444455556666", "777788889999"
PREFIX = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}"
FLOW_ARN = f"{PREFIX}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
PREDICTED_ARN = f"{PREFIX}:entitlement:??????:E"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:game-AbCdEf"
OTHER_SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:other-AbCdEf"
STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": SECRET_ARN}
NAMED = {"role": "MediaConnect-ASM", "secret": "game", "algorithm": "aes256"}
SPEKE = {
    "key_type": "speke",
    "role_arn": ROLE_ARN,
    "resource_id": "game",
    "device_id": "d1",
    "url": "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/x",
    "region": "us-west-2",
}
LOOKED_UP = {
    "role_arn": {"MediaConnect-ASM": ROLE_ARN, "nosuch": None},
    "secret_arn": {"game": SECRET_ARN, "other": OTHER_SECRET_ARN},
}
FEE = "data_transfer_subscriber_fee_percent"
E = "entitlement E of flow Game"
OPTIONS = {
    "state": "present",
    "subscribers": None,
    "purge_subscribers": True,
    "remove_subscribers": None,
    "description": None,
    FEE: None,
    "entitlement_status": None,
    "encryption": None,
    "tags": None,
}


def arn(name: str) -> str:
    return f"{PREFIX}:entitlement:1-id:{name}"


def has(name: str = "E", **fields: Any) -> dict[str, Any]:
    """An entitlement as AWS has it."""
    return {
        "name": name,
        "entitlement_arn": arn(name),
        "subscribers": [ALICE],
        "description": "d",
        FEE: 15,
        "entitlement_status": "ENABLED",
        "encryption": None,
        "in_use": False,
        **fields,
    }


def encryption_options(encryption: Any) -> Any:
    """As a playbook says it: a role and a secret go by other names than in results."""
    names = {"role_arn": "role", "secret_arn": "secret"}
    return encryption and {names.get(name, name): value for name, value in encryption.items()}


def declared(*entitlements: dict[str, Any], purge: bool = False) -> DeclaredFlow:
    items = [
        {**OPTIONS, "name": "E", **one, "encryption": encryption_options(one.get("encryption"))} for one in entitlements
    ]
    return declared_flow({"flow": "Game", "purge_entitlements": purge, "entitlements": items}, False)


def planning(
    *entitlements: dict[str, Any],
    aws: Any = (),
    names: References | None = None,
    purge: bool = False,
    flow: dict[str, Any] | None = None,
    replacing: Any = None,
    **options: Any,
) -> FlowUnit:
    observed = ObservedFlow(
        **{
            "arn": FLOW_ARN,
            "name": "Game",
            "status": "ACTIVE",
            "entitlements": {one["name"]: one for one in aws},
            **(flow or {}),
        }
    )
    names = names or References(looked_up=LOOKED_UP)
    return plan(declared(*entitlements, purge=purge), observed, names, Options(**options), replacing)


def operations(unit: FlowUnit) -> list[str]:
    return [action.operation for action in unit.actions]


# Field by field: what is declared (None: left out), what AWS has, what is sent; nothing means that nothing is done.
FIELDS: list[tuple[str, Any, Any, Any]] = [
    ("description", None, "d", None),
    ("description", "d", "d", None),
    ("description", "other", "d", {"description": "other"}),
    ("description", "", "d", {"description": ""}),
    ("description", "", "", None),
    ("description", "d", "", {"description": "d"}),
    ("entitlement_status", None, "DISABLED", None),
    ("entitlement_status", "ENABLED", "ENABLED", None),
    ("entitlement_status", "DISABLED", "DISABLED", None),
    ("entitlement_status", "DISABLED", "ENABLED", {"entitlement_status": "DISABLED"}),
    ("entitlement_status", "ENABLED", "DISABLED", {"entitlement_status": "ENABLED"}),
    (FEE, None, 15, None),
    (FEE, 15, 15, None),
    (FEE, 0, 0, None),
    ("subscribers", None, [ALICE, BOB], None),
    ("subscribers", [ALICE], [ALICE], None),
    ("subscribers", [BOB, ALICE], [ALICE, BOB], None),
    ("subscribers", [ALICE, ALICE], [ALICE], None),
    ("subscribers", [BOB], [ALICE], {"subscribers": [BOB]}),
    ("subscribers", [BOB, ALICE], [ALICE], {"subscribers": [ALICE, BOB]}),
    ("subscribers", [ALICE], [ALICE, BOB], {"subscribers": [ALICE]}),
    ("remove_subscribers", [], [ALICE], None),
    ("remove_subscribers", [CAROL], [ALICE, BOB], None),
    ("remove_subscribers", [BOB], [ALICE, BOB], {"subscribers": [ALICE]}),
    ("encryption", None, STATIC, None),
    ("encryption", None, None, None),
    ("encryption", {}, None, None),
    ("encryption", STATIC, STATIC, None),
    ("encryption", NAMED, STATIC, None),
    ("encryption", {"key_type": "static-key"}, STATIC, None),
    ("encryption", STATIC, None, {"encryption": STATIC}),
    ("encryption", {"algorithm": "aes128"}, STATIC, {"encryption": {**STATIC, "algorithm": "aes128"}}),
    ("encryption", {"secret": "other"}, STATIC, {"encryption": {**STATIC, "secret_arn": OTHER_SECRET_ARN}}),
    ("encryption", SPEKE, SPEKE, None),
    ("encryption", SPEKE, None, {"encryption": SPEKE}),
    ("encryption", SPEKE, STATIC, {"encryption": SPEKE}),
    ("encryption", STATIC, SPEKE, {"encryption": STATIC}),
]


@pytest.mark.parametrize(("field", "given", "aws", "sent"), FIELDS)
def test_a_field_of_an_entitlement_that_exists(field: str, given: Any, aws: Any, sent: Any) -> None:
    options = {} if given is None else {field: given}
    before = has(**{"subscribers" if field == "remove_subscribers" else field: aws})
    unit = planning(options, aws=[before])
    assert unit.refusals == []
    if sent is None:
        assert (unit.actions, unit.items["E"]) == ([], Item(before, before))
    else:
        update, *looks = unit.actions
        summary = f"change {', '.join(sent)} of {E}"
        assert update == Action("update", summary, {"name": "E", "arn": arn("E"), "changes": sent}, Stage.GRANT)
        assert [action.operation for action in looks] == ["look"] * ("encryption" in sent)
        assert unit.items["E"] == Item(before, {**before, **sent}, "updated")


NEW: list[tuple[str, Any, Any]] = [
    ("description", None, ""),
    ("description", "", ""),
    ("description", "other", "other"),
    ("entitlement_status", None, "ENABLED"),
    ("entitlement_status", "DISABLED", "DISABLED"),
    (FEE, None, 0),
    (FEE, 0, 0),
    (FEE, 15, 15),
    ("encryption", None, None),
    ("encryption", {}, None),
    ("encryption", NAMED, STATIC),
    ("encryption", STATIC, STATIC),
    ("encryption", {**SPEKE, "algorithm": "aes128"}, {**SPEKE, "algorithm": "aes128"}),
]


@pytest.mark.parametrize(("field", "given", "granted"), NEW)
def test_a_field_of_a_new_entitlement(field: str, given: Any, granted: Any) -> None:
    options = {} if given is None else {field: given}
    unit = planning({"subscribers": [BOB, ALICE], **options})
    assert unit.refusals == []
    assert operations(unit) == (["grant", "look"] if granted and field == "encryption" else ["grant"])
    after = {
        "name": "E",
        "entitlement_arn": PREDICTED_ARN,
        "subscribers": [ALICE, BOB],
        "description": "",
        FEE: 0,
        "entitlement_status": "ENABLED",
        "encryption": None,
        "in_use": False,
        field: granted,
    }
    assert unit.items["E"] == Item(None, after, "granted", exists=False)


def test_every_action_with_all_that_it_carries() -> None:
    unit = planning(
        {"name": "new", "subscribers": [ALICE], "encryption": STATIC},
        {"name": "tags", "tags": {"b": "2"}},
        {"name": "text", "description": "other", "subscribers": [ALICE, BOB]},
        {"name": "fee", FEE: 1},
        {"name": "gone", "state": "absent"},
        aws=[has(name, tags={"a": "1"}) for name in ("text", "fee", "gone", "tags", "other")],
        allow_replacement=True,
        warn_shared=False,
        purge=True,
    )
    text = {"subscribers": [ALICE, BOB], "description": "other"}
    gone = [arn("fee"), arn("gone"), arn("other")]
    assert unit.actions == [
        Action(
            "update",
            "change subscribers, description of entitlement text of flow Game",
            {"name": "text", "arn": arn("text"), "changes": text},
        ),
        Action("revoke", "revoke entitlement fee of flow Game", {"name": "fee", "arn": arn("fee")}),
        Action("revoke", "revoke entitlement gone of flow Game", {"name": "gone", "arn": arn("gone")}),
        Action("revoke", "revoke entitlement other of flow Game", {"name": "other", "arn": arn("other")}),
        Action("wait", "wait until what was revoked is gone from flow Game", {"arns": gone}),
        Action("grant", "grant new, fee on flow Game", {"names": ["new", "fee"]}),
        Action(
            "tag",
            "change the tags of entitlement tags of flow Game",
            {"name": "tags", "arn": arn("tags"), "to_set": {"b": "2"}, "to_remove": ["a"]},
        ),
        Action("look", "see what MediaConnect reports of flow Game", {}),
    ]
    assert {action.stage for action in unit.actions} == {Stage.GRANT}
    assert (unit.label, unit.subject, unit.read_back) == ("flow Game", f"flow {FLOW_ARN}", False)
    assert {name: (item.action, item.before and item.before["name"]) for name, item in unit.items.items()} == {
        "new": ("granted", None),
        "tags": ("updated", "tags"),
        "text": ("updated", "text"),
        "fee": ("replaced", "fee"),
        "gone": ("revoked", "gone"),
        "other": ("revoked", "other"),
    }
    assert unit.items["gone"] == Item(has("gone", tags={"a": "1"}), None, "revoked")


class TestSubscribers:
    @pytest.mark.parametrize(
        ("given", "aws", "result"),
        [([BOB], [ALICE], [ALICE, BOB]), ([ALICE], [ALICE, BOB], None), ([CAROL, ALICE], [BOB], [ALICE, BOB, CAROL])],
    )
    def test_adding(self, given: list[str], aws: list[str], result: list[str] | None) -> None:
        options = {"subscribers": given, "purge_subscribers": False}
        unit = planning(options, aws=[has(subscribers=aws, in_use=True)], warn_shared=False)
        assert (unit.refusals, unit.warnings) == ([], [])
        assert operations(unit) == ([] if result is None else ["update"])
        assert unit.items["E"].after["subscribers"] == (result or aws)

    @pytest.mark.parametrize("removed", [[ALICE], [ALICE, BOB]])
    def test_taking_the_last_one_away_revokes(self, removed: list[str]) -> None:
        unit = planning({"remove_subscribers": removed}, aws=[has()])
        assert operations(unit) == ["revoke", "wait"]
        assert unit.items["E"].action == "revoked"

    def test_taking_one_away_where_there_is_no_entitlement(self) -> None:
        unit = planning({"remove_subscribers": [ALICE]})
        assert (unit.actions, unit.items["E"], unit.refusals) == ([], Item(), [])


class TestReplace:
    @pytest.mark.parametrize(
        ("given", "aws"),
        [
            ({FEE: 10}, has()),
            ({FEE: 0}, has()),
            ({"encryption": {}}, has(encryption=STATIC)),
            ({"encryption": {}}, has(encryption=SPEKE)),
            ({"encryption": {}, FEE: 10}, has(encryption=STATIC)),
        ],
    )
    def test_what_aws_cannot_change_in_place(self, given: dict[str, Any], aws: dict[str, Any]) -> None:
        unit = planning(given, aws=[aws], allow_replacement=True)
        assert unit.refusals == []
        after = {**aws, **given, "entitlement_arn": PREDICTED_ARN}
        after["encryption"] = after["encryption"] or None
        assert unit.items["E"] == Item(aws, after, "replaced")
        assert operations(unit) == ["revoke", "wait", "grant"]

    def test_nothing_that_can_be_changed_in_place(self) -> None:
        given = {FEE: 15, "encryption": SPEKE, "description": "new"}
        unit = planning(given, aws=[has(encryption=STATIC)], allow_replacement=True)
        assert operations(unit) == ["update", "look"]

    def test_never_without_waiting_until_it_is_gone(self) -> None:
        unit = planning({FEE: 10}, aws=[has()], allow_replacement=True, wait=False)
        assert operations(unit) == ["revoke", "wait", "grant"]

    @pytest.mark.parametrize(
        ("given", "current", "purge_tags", "after"),
        [
            (None, {"a": "1"}, True, {"a": "1"}),
            (None, {}, True, None),
            ({}, {"a": "1"}, True, {}),
            ({}, {"a": "1"}, False, {"a": "1"}),
            ({"b": "2"}, {"a": "1"}, True, {"b": "2"}),
            ({"b": "2"}, {"a": "1"}, False, {"a": "1", "b": "2"}),
            (None, {"a": "1", "aws:cloudformation:stack-name": "s"}, True, {"a": "1"}),
            ({"a": "1", "AWS:x": "y"}, {"AWS:x": "y"}, True, {"a": "1"}),
        ],
    )
    def test_with_its_tags(self, given: Any, current: dict[str, str], purge_tags: bool, after: Any) -> None:
        options = {FEE: 10, **({} if given is None else {"tags": given})}
        unit = planning(options, aws=[has(tags=current)], allow_replacement=True, purge_tags=purge_tags)
        assert unit.refusals == []
        assert unit.items["E"].after.get("tags") == (after if after or given is not None else current)


class TestHalfReplaced:
    """In a new round, what this run has revoked in order to grant it again is granted as it was."""

    def test_with_all_that_it_was(self) -> None:
        before = has(encryption=STATIC, tags={"a": "1", "aws:x": "y"}, subscribers=[ALICE, BOB])
        unit = planning({FEE: 10}, replacing={"E": before}, warn_shared=False)
        after = {
            **before,
            FEE: 10,
            "entitlement_arn": PREDICTED_ARN,
            "tags": {"a": "1"},
        }
        assert unit.items["E"] == Item(None, after, "granted", exists=False)
        assert (operations(unit), unit.refusals) == (["grant", "look"], [])

    @pytest.mark.parametrize(
        ("options", "changes"),
        [
            ({"description": "new"}, {"description": "new"}),
            ({"tags": {"b": "2"}}, {"tags": {"b": "2"}}),
            ({"encryption": {}}, {"encryption": None}),
            ({"encryption": {"secret": "other"}}, {"encryption": {**STATIC, "secret_arn": OTHER_SECRET_ARN}}),
            ({"remove_subscribers": [BOB]}, None),
        ],
    )
    def test_less_what_is_declared(self, options: dict[str, Any], changes: dict[str, Any] | None) -> None:
        before = has(encryption=STATIC, tags={"a": "1"}, in_use=True)
        unit = planning(options, replacing={"E": before})
        expected = {**before, "entitlement_arn": PREDICTED_ARN, "in_use": False, **(changes or {})}
        assert (unit.items["E"].after, unit.refusals) == (expected if changes else None, [])

    def test_only_where_it_is_not_there_again(self) -> None:
        unit = planning({"description": "d"}, aws=[has()], replacing={"E": has(description="old")})
        assert (unit.actions, unit.items["E"]) == ([], Item(has(), has()))


DARK = "would make the picture of account"
FORCE = "go dark. Set force_in_use: true if that is meant."
# What would make a picture go dark: the task, what is done, and whose.
IN_USE: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "revoke": ([{"state": "absent"}], "revoking it", f"{ALICE}, {BOB}"),
    "disable": ([{"entitlement_status": "DISABLED"}], "disabling it", f"{ALICE}, {BOB}"),
    "replace": ([{FEE: 10}], "replacing it", f"{ALICE}, {BOB}"),
    "unencrypt": ([{"encryption": {}}], "replacing it", f"{ALICE}, {BOB}"),
    "remove a subscriber": ([{"subscribers": [ALICE]}], f"removing the subscriber {BOB}", BOB),
    "remove all but a new one": (
        [{"subscribers": [CAROL]}],
        f"removing the subscriber {ALICE}, {BOB}",
        f"{ALICE}, {BOB}",
    ),
    "take a subscriber away": ([{"remove_subscribers": [BOB]}], f"removing the subscriber {BOB}", BOB),
    "take the last away": ([{"remove_subscribers": [ALICE, BOB]}], "revoking it", f"{ALICE}, {BOB}"),
    "purge": ([], "revoking it", f"{ALICE}, {BOB}"),
}
HARMLESS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "description": {"description": "other"},
    "add": {"subscribers": [ALICE, BOB, CAROL]},
    "the same key": {"encryption": {"secret": "other"}},
    "tags": {"tags": {"a": "b"}},
    "enable": {"entitlement_status": "ENABLED"},
}
OPEN = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
}
READ = {"Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}
KEYS = {SECRET_ARN: "key-1", OTHER_SECRET_ARN: "key-1"}


def dark(unit: FlowUnit, fingerprints: dict[str, str | None]) -> list[str]:
    """What is said of the uses that the plan would make go dark, where the role may read these keys."""
    pairs = list(changed_uses(unit))
    role = Role(ROLE_ARN, trust_policy=OPEN, policies={"p": READ})
    secrets = {
        arn: Secret(arn, fingerprint=fingerprint, misfits=None if fingerprint is None else {"aes256": ""})
        for arn, fingerprint in fingerprints.items()
    }
    before = World({use.key: use for use, dummy in pairs}, {ROLE_ARN: role}, secrets)
    after = World({later.key: later for dummy, later in pairs if later}, {ROLE_ARN: role}, secrets)
    return [dark_refusal(unit, loss) for loss in losses(before, after)]


def in_use(*given: dict[str, Any], watching: Any = (ALICE, BOB), fields: Any = None, **task: Any) -> FlowUnit:
    used = has(**{"subscribers": [ALICE, BOB], "in_use": bool(watching), "encryption": STATIC, **(fields or {})})
    return planning(*given, aws=[used], flow={"watching": {"E": watching}}, warn_shared=False, **task)


class TestInUse:
    @pytest.mark.parametrize("case", IN_USE)
    def test_what_stops_a_stream(self, case: str) -> None:
        given, doing, accounts = IN_USE[case]
        task: dict[str, Any] = {"allow_replacement": True, "purge": not given}
        unit = in_use(*given, **task)
        assert unit.refusals == []
        assert dark(unit, KEYS) == [f"The {E} is in use; {doing} {DARK} {accounts} {FORCE}"]
        assert dark(in_use(*given, watching=(), **task), KEYS) == []

    @pytest.mark.parametrize("case", HARMLESS)
    def test_what_does_not(self, case: str) -> None:
        unit = in_use(HARMLESS[case], fields={"tags": {}})
        assert (unit.refusals, dark(unit, KEYS)) == ([], [])

    @pytest.mark.parametrize(
        ("given", "keys", "doing"),
        [
            (
                {"encryption": {"secret": "other"}},
                {**KEYS, OTHER_SECRET_ARN: "key-2"},
                "changing its key (fingerprint key-1) to another one (fingerprint key-2) would",
            ),
            (
                {"encryption": {"secret": "other"}},
                {**KEYS, OTHER_SECRET_ARN: None},
                f"changing its key to the secret {OTHER_SECRET_ARN}, of which it cannot be told whether it is the same key, might",
            ),
            (
                {"encryption": {"algorithm": "aes128"}},
                KEYS,
                "changing its algorithm from aes256 to aes128 would",
            ),
            ({"encryption": SPEKE}, KEYS, "changing its key_type from static-key to speke would"),
        ],
    )
    def test_another_key(self, given: dict[str, Any], keys: Any, doing: str) -> None:
        said = dark(in_use(given), keys)
        assert said[0] == f"The {E} is in use; {doing} {DARK.removeprefix('would ')} {ALICE}, {BOB} {FORCE}"
        assert dark(in_use(given, watching=()), keys) == []
        assert dark(in_use(given, fields={"entitlement_status": "DISABLED"}), keys)[1:] == []

    def test_encryption_that_there_was_not(self) -> None:
        (said,) = dark(in_use({"encryption": NAMED}, fields={"encryption": None}), KEYS)
        assert said.startswith(f"The {E} is in use; encrypting it {DARK}")

    def test_a_key_that_could_not_be_read(self) -> None:
        unit = in_use({"encryption": {"role": "arn:aws:iam::111122223333:role/Other"}})
        (use, later), *dummy = changed_uses(unit)
        other = Role("arn:aws:iam::111122223333:role/Other", trust_policy=OPEN)
        secret = Secret(SECRET_ARN, fingerprint="key-1")
        roles = {ROLE_ARN: Role(ROLE_ARN, trust_policy=OPEN, policies={"p": READ}), other.arn: other}
        assert later
        before, after = (World({one.key: one}, roles, {SECRET_ARN: secret}) for one in (use, later))
        (said,) = [dark_refusal(unit, loss) for loss in losses(before, after)]
        assert "would leave MediaConnect without the key (the policies of the role" in said

    def test_only_who_watches_is_named(self) -> None:
        (said,) = dark(in_use({"state": "absent"}, watching=(BOB,)), KEYS)
        assert said == f"The {E} is in use; revoking it {DARK} {BOB} {FORCE}"
        assert dark(in_use({"subscribers": [BOB]}, watching=(BOB,)), KEYS) == []

    def test_disabling_what_is_disabled_is_nothing(self) -> None:
        unit = in_use({"entitlement_status": "DISABLED"}, fields={"entitlement_status": "DISABLED"})
        assert (dark(unit, KEYS), unit.actions) == ([], [])


class TestRevoke:
    @pytest.mark.parametrize(("wait", "expected"), [(True, ["revoke", "wait"]), (False, ["revoke"])])
    def test_wait(self, wait: bool, expected: list[str]) -> None:
        assert operations(planning({"state": "absent"}, aws=[has()], wait=wait)) == expected

    def test_what_is_gone_stays_gone(self) -> None:
        unit = planning({"state": "absent"})
        assert (unit.actions, unit.items["E"]) == ([], Item())

    @pytest.mark.parametrize(("purge", "revoked"), [(False, []), (True, ["F", "G"])])
    def test_purge_takes_what_is_not_declared(self, purge: bool, revoked: list[str]) -> None:
        unit = planning({}, aws=[has(), has("F"), has("G")], purge=purge)
        assert [action.params["name"] for action in unit.actions if action.operation == "revoke"] == revoked
        assert list(unit.items) == ["E", *revoked]

    def test_purging_everything(self) -> None:
        assert operations(planning(aws=[has(), has("F")], purge=True)) == ["revoke", "revoke", "wait"]


class TestTags:
    @pytest.mark.parametrize(
        ("given", "aws", "purge_tags", "to_set", "to_remove"),
        [
            (None, {"a": "1"}, True, None, None),
            ({"a": "1"}, {"a": "1"}, True, None, None),
            ({"a": "2"}, {"a": "1"}, True, {"a": "2"}, []),
            ({"b": "2"}, {"a": "1"}, True, {"b": "2"}, ["a"]),
            ({"b": "2"}, {"a": "1"}, False, {"b": "2"}, []),
            ({}, {"a": "1"}, True, {}, ["a"]),
            ({}, {"a": "1"}, False, None, None),
            ({}, {}, True, None, None),
            ({"a": "1"}, {"a": "1", "aws:x": "y"}, True, None, None),
            ({"a": "1", "aws:x": "y"}, {"a": "1", "aws:x": "y"}, True, None, None),
        ],
    )
    def test_of_an_entitlement_that_exists(
        self, given: Any, aws: dict[str, str], purge_tags: bool, to_set: Any, to_remove: Any
    ) -> None:
        options = {} if given is None else {"tags": given}
        before = has(tags=aws)
        unit = planning(options, aws=[before], purge_tags=purge_tags)
        assert unit.refusals == []
        if to_set is None:
            assert (unit.actions, unit.items["E"]) == ([], Item(before, before))
            return
        (action,) = unit.actions
        assert (action.operation, action.params["to_set"], action.params["to_remove"]) == ("tag", to_set, to_remove)
        after = {**{key: value for key, value in aws.items() if key not in to_remove}, **to_set}
        assert unit.items["E"] == Item(before, {**before, "tags": after}, "updated")
        assert unit.items["E"].new_encryption is None

    def test_that_were_not_read_are_none(self) -> None:
        unit = planning({"tags": {"a": "1"}}, aws=[has()])
        assert [action.params["to_set"] for action in unit.actions] == [{"a": "1"}]

    def test_beside_another_change(self) -> None:
        unit = planning({"tags": {"a": "1"}, "description": "new"}, aws=[has(tags={})])
        assert operations(unit) == ["update", "tag"]
        assert unit.items["E"].after == {**has(tags={"a": "1"}), "description": "new"}

    def test_of_a_new_one_they_go_with_the_grant(self) -> None:
        unit = planning({"subscribers": [ALICE], "tags": {"a": "1"}})
        assert operations(unit) == ["grant"]
        assert unit.items["E"].after["tags"] == {"a": "1"}

    @pytest.mark.parametrize(
        ("given", "allow_replacement", "needed"),
        [
            ({}, False, False),
            ({}, True, False),
            ({"tags": {}}, False, True),
            ({"tags": {"a": "1"}, "state": "absent"}, True, False),
            ({FEE: 10}, False, False),
            ({FEE: 10}, True, True),
            ({FEE: 15}, True, False),
            ({"encryption": {}}, True, True),
        ],
    )
    def test_they_are_read_where_they_are_declared_or_would_be_lost(
        self, given: dict[str, Any], allow_replacement: bool, needed: bool
    ) -> None:
        (entitlement,) = declared(given).entitlements
        assert needs_tags(entitlement, has(encryption=STATIC), allow_replacement) is needed


def lacking(missing: str) -> str:
    return f"The encryption of the {E} lacks {missing}; key_type static-key needs it."


def not_in_place(why: str, accounts: str = ALICE) -> str:
    return (
        f"The {E} cannot be changed in place ({why}): it would be revoked and "
        f"granted again, the stream of {accounts} would stop, and the subscriber's flow would have to be started again by hand. "
        "Set allow_replacement: true if that is meant, or declare what AWS has."
    )


NO_SUBSCRIBERS = f"The {E} does not exist yet and has no subscribers; give at least one account id."
CDI = "The flow Game is a CDI flow; MediaConnect grants entitlements on transport stream flows only."


def reserved(tag: str) -> str:
    return f"The {E}: the tag {tag} begins with aws:, which AWS reserves."


# What is declared, what AWS has, the task's options, and each sentence.
REFUSALS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any], list[str]]] = {
    "being deleted": (
        [{}],
        [has()],
        {"flow": {"status": "DELETING"}},
        ["The flow Game is being deleted; nothing can be granted on it."],
    ),
    **{
        status: ([{}], [has()], {"flow": {"status": status}}, [])
        for status in ("STANDBY", "ACTIVE", "UPDATING", "STARTING", "STOPPING", "ERROR")
    },
    "CDI": ([{}], [has()], {"flow": {"protocol": "cdi"}}, [CDI]),
    "another protocol": ([{}], [has()], {"flow": {"protocol": "zixi-push"}}, []),
    "no subscribers": ([{}], [], {}, [NO_SUBSCRIBERS]),
    "no subscribers to add": ([{"purge_subscribers": False}], [], {}, [NO_SUBSCRIBERS]),
    "full": (
        [{"subscribers": [ALICE]}],
        [has(f"old{number}") for number in range(50)],
        {},
        [
            "The flow Game would have 51 entitlements, but MediaConnect allows 50 per flow and does not raise that; revoke some first, "
            "or set purge_entitlements: true to revoke what is not declared."
        ],
    ),
    "an encryption that cannot be completed": (
        [{"encryption": {"key_type": "static-key"}}],
        [has()],
        {},
        [lacking("role, secret, algorithm")],
    ),
    "an encryption of another kind that cannot be completed": (
        [{"encryption": {"role": "MediaConnect-ASM", "algorithm": "aes128"}}],
        [has(encryption=SPEKE)],
        {},
        [lacking("secret")],
    ),
    **{
        f"the fee is {fee}": ([{FEE: fee}], [has()], {}, [not_in_place(f"{FEE} is 15 and would be {fee}")])
        for fee in (0, 10)
    },
    "another fee for two": (
        [{FEE: 10}],
        [has(subscribers=[ALICE, BOB])],
        {},
        [not_in_place(f"{FEE} is 15 and would be 10", f"{ALICE}, {BOB}")],
    ),
    **{
        f"no encryption in place of {encryption['key_type']}": (
            [{"encryption": {}}],
            [has(encryption=encryption)],
            {},
            [not_in_place("it is encrypted and would not be")],
        )
        for encryption in (STATIC, SPEKE)
    },
    "another fee and no encryption": (
        [{FEE: 10, "encryption": {}}],
        [has(encryption=STATIC)],
        {},
        [not_in_place(f"{FEE} is 15 and would be 10 and it is encrypted and would not be")],
    ),
    **{
        f"reserved tags of {case}": (
            [{"subscribers": [ALICE], "tags": {"aws:y": "1", "AWS:x": "1", "mine": "1"}, **given}],
            aws,
            {"allow_replacement": True},
            [reserved("AWS:x"), reserved("aws:y")],
        )
        for case, given, aws in (
            ("a new one", {}, []),
            ("one that exists", {}, [has(tags={})]),
            ("one that is replaced", {FEE: 1}, [has(tags={})]),
        )
    },
    "all at once": (
        [{FEE: 1, "encryption": {"role": "nosuch"}}, {"name": "F"}],
        [has(in_use=True)],
        {"flow": {"protocol": "cdi"}},
        [
            CDI,
            f"The {E} names the role nosuch, which does not exist; create it first or correct the name.",
            lacking("secret, algorithm"),
            not_in_place(f"{FEE} is 15 and would be 1"),
            NO_SUBSCRIBERS.replace("entitlement E", "entitlement F"),
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case: str) -> None:
    given, aws, options, sentences = REFUSALS[case]
    assert planning(*given, aws=aws, **options).refusals == sentences


def shared(count: int) -> str:
    return (
        f"The {E} has {count} subscribers, but an entitlement can be used only once; grant one entitlement per subscriber, "
        "or set warn_shared: false."
    )


def loses(accounts: str) -> str:
    return f"The {E} loses the subscriber {accounts}: the content becomes unavailable there at once."


def starts_again(accounts: str) -> str:
    return f"The {E} is revoked and granted again: {accounts} must start the flow that uses it again."


OWN = f"The {E} has this very account, {ACCOUNT}, as a subscriber; entitlements are for other accounts."
# The same with each warning.
WARNINGS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], list[str]]] = {
    "replaced": (
        {FEE: 10},
        [has(subscribers=[ALICE, BOB])],
        {"allow_replacement": True, "warn_shared": False},
        [starts_again(f"{ALICE}, {BOB}")],
    ),
    "replaced and shared": (
        {FEE: 10},
        [has(subscribers=[ALICE, BOB])],
        {"allow_replacement": True},
        [starts_again(f"{ALICE}, {BOB}"), shared(2)],
    ),
    "a subscriber removed": ({"subscribers": [ALICE]}, [has(subscribers=[ALICE, BOB])], {}, [loses(BOB)]),
    "two removed": ({"subscribers": [ALICE]}, [has(subscribers=[ALICE, BOB, CAROL])], {}, [loses(f"{BOB}, {CAROL}")]),
    "one removed and shared still": (
        {"remove_subscribers": [BOB]},
        [has(subscribers=[ALICE, BOB, CAROL])],
        {},
        [loses(BOB), shared(2)],
    ),
    "a new one shared": ({"subscribers": [ALICE, BOB]}, [], {}, [shared(2)]),
    "a new one not shared": ({"subscribers": [ALICE]}, [], {}, []),
    "shared from now on": ({"subscribers": [ALICE, BOB]}, [has()], {}, [shared(2)]),
    "shared as before": ({"subscribers": [ALICE, BOB]}, [has(subscribers=[ALICE, BOB])], {}, []),
    "shared as before, and another description": (
        {"subscribers": [ALICE, BOB], "description": "new"},
        [has(subscribers=[ALICE, BOB])],
        {},
        [],
    ),
    "a new one shared, and that is meant": ({"subscribers": [ALICE, BOB]}, [], {"warn_shared": False}, []),
    "shared from now on, and that is meant": ({"subscribers": [ALICE, BOB]}, [has()], {"warn_shared": False}, []),
    "the own account": ({"subscribers": [ACCOUNT]}, [], {"warn_shared": False}, [OWN]),
    "the own account from now on": ({"subscribers": [ACCOUNT, ALICE]}, [has()], {"warn_shared": False}, [OWN]),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_warnings(case: str) -> None:
    given, aws, options, sentences = WARNINGS[case]
    unit = planning(given, aws=aws, **options)
    assert (unit.warnings, unit.refusals) == (sentences, [])


class TestFlow:
    @pytest.mark.parametrize(
        ("existing", "new", "gone", "fits"),
        [(49, 1, 0, True), (50, 1, 0, False), (50, 1, 1, True), (0, 50, 0, True), (0, 51, 0, False), (50, 0, 0, True)],
    )
    def test_fifty_entitlements(self, existing: int, new: int, gone: int, fits: bool) -> None:
        aws = [has(f"old{number}") for number in range(existing)]
        given: list[dict[str, Any]] = [{"name": f"new{number}", "subscribers": [ALICE]} for number in range(new)]
        given += [{"name": f"old{number}", "state": "absent"} for number in range(gone)]
        assert (planning(*given, aws=aws).refusals == []) is fits

    def test_a_replacement_does_not_count_twice_and_purging_makes_room(self) -> None:
        aws = [has(f"old{number}") for number in range(50)]
        assert planning({"name": "old0", FEE: 1}, aws=aws, allow_replacement=True).refusals == []
        assert planning({"subscribers": [ALICE]}, aws=aws, purge=True).refusals == []

    def test_more_than_fifty_that_are_there_already_are_no_matter(self) -> None:
        """Nothing is granted."""
        aws = [has(f"old{number}") for number in range(51)]
        assert planning({"name": "old0", "description": "new"}, aws=aws).refusals == []

    def test_one_that_could_not_be_read(self) -> None:
        unit = planning({"subscribers": [ALICE]}, {"name": "F"}, flow={"error": ".NET is down at X..."})
        assert unit.failure == "flow Game: .NET is down at X."
        assert (unit.actions, unit.refusals) == ([], [])
        assert unit.items == {"E": Item(action="failed"), "F": Item(action="failed")}

    @pytest.mark.parametrize("error", [None, ""])
    def test_one_that_could_be_read(self, error: str | None) -> None:
        assert planning({}, aws=[has()], flow={"error": error}).failure is None
