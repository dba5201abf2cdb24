# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is to be done to a flow, by decision tables."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import declared_flow
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flow_planner import plan
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import (
    FlowUnit,
    Names,
    Observed,
    Options,
    names_arn,
    names_to_look_up,
    needs_tags,
    observed_flow,
    refuse_repeated,
    resolve_flow,
    substitute_known,
)

ACCOUNT, ALICE, BOB, CAROL = "111122223333", "123456789012", "444455556666", "777788889999"
PREFIX = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}"
FLOW_ARN = f"{PREFIX}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ROLE_ARN, OTHER_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM", f"arn:aws:iam::{ACCOUNT}:role/Other"
SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:game-AbCdEf"
OTHER_SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:other-AbCdEf"
STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": SECRET_ARN}
SPEKE = {
    "key_type": "speke",
    "role_arn": ROLE_ARN,
    "resource_id": "game",
    "device_id": "d1",
    "url": "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/x",
    "region": "us-west-2",
}
VECTOR = {"constant_initialization_vector": "0" * 32}
LOOKED_UP = {
    "role_arn": {"MediaConnect-ASM": ROLE_ARN, "Other": OTHER_ROLE_ARN, "nosuch": None},
    "secret_arn": {"game": SECRET_ARN, "other": OTHER_SECRET_ARN, "nosuch": None},
}


def has(name: str = "E", **fields: Any) -> dict[str, Any]:
    """An entitlement as AWS has it."""
    return {
        "name": name,
        "entitlement_arn": f"{PREFIX}:entitlement:1-id:{name}",
        "subscribers": [ALICE],
        "description": "d",
        "data_transfer_subscriber_fee_percent": 15,
        "entitlement_status": "ENABLED",
        "encryption": None,
        "in_use": False,
        **fields,
    }


def planning(
    *declared: dict[str, Any],
    aws: Any = (),
    names: Names | None = None,
    purge: bool = False,
    flow: dict[str, Any] | None = None,
    **options: Any,
) -> FlowUnit:
    item = {"flow": "Game", "purge_entitlements": purge, "entitlements": [{"name": "E", **one} for one in declared]}
    observed = Observed(FLOW_ARN, "Game", "ACTIVE", entitlements={one["name"]: one for one in aws}, **(flow or {}))
    return plan(
        declared_flow(item, purge_entitlements=False), observed, names or Names(looked_up=LOOKED_UP), Options(**options)
    )


def operations(unit: FlowUnit) -> list[str]:
    return [action.operation for action in unit.actions]


def changes(unit: FlowUnit) -> dict[str, Any]:
    """What the one update sends."""
    (update,) = (action for action in unit.actions if action.operation == "update")
    return update.params["changes"]


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
    ("data_transfer_subscriber_fee_percent", None, 15, None),
    ("data_transfer_subscriber_fee_percent", 15, 15, None),
    ("data_transfer_subscriber_fee_percent", 0, 0, None),
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
    ("encryption", STATIC, None, {"encryption": STATIC}),
    ("encryption", {"role": "MediaConnect-ASM", "secret": "game", "algorithm": "aes256"}, STATIC, None),
    ("encryption", {"key_type": "static-key"}, STATIC, None),
    ("encryption", {"algorithm": "aes128"}, STATIC, {"encryption": {**STATIC, "algorithm": "aes128"}}),
    ("encryption", {"secret": "other"}, STATIC, {"encryption": {**STATIC, "secret_arn": OTHER_SECRET_ARN}}),
    ("encryption", {"secret": OTHER_SECRET_ARN}, STATIC, {"encryption": {**STATIC, "secret_arn": OTHER_SECRET_ARN}}),
    ("encryption", {"role": "Other"}, STATIC, {"encryption": {**STATIC, "role_arn": OTHER_ROLE_ARN}}),
    ("encryption", SPEKE, SPEKE, None),
    ("encryption", SPEKE, None, {"encryption": SPEKE}),
    ("encryption", SPEKE, STATIC, {"encryption": SPEKE}),
    ("encryption", STATIC, SPEKE, {"encryption": STATIC}),
    ("encryption", {**SPEKE, **VECTOR}, SPEKE, {"encryption": {**SPEKE, **VECTOR}}),
    ("encryption", SPEKE, {**SPEKE, **VECTOR}, None),
    (
        "encryption",
        {"key_type": "speke", "constant_initialization_vector": ""},
        {**SPEKE, **VECTOR},
        {"encryption": SPEKE},
    ),
    ("encryption", {"key_type": "speke", "constant_initialization_vector": ""}, SPEKE, None),
    (
        "encryption",
        {"key_type": "speke", "device_id": "d2"},
        {**SPEKE, "algorithm": "aes128"},
        {"encryption": {**SPEKE, "algorithm": "aes128", "device_id": "d2"}},
    ),
]


@pytest.mark.parametrize(("field", "declared", "aws", "sent"), FIELDS)
def test_a_field_of_an_entitlement_that_exists(field: str, declared: Any, aws: Any, sent: Any) -> None:
    given = {} if declared is None else {field: declared}
    before = has(**{"subscribers" if field == "remove_subscribers" else field: aws})
    unit = planning(given, aws=[before])
    assert unit.refusals == []
    if sent is None:
        assert (unit.actions, unit.items["E"].action, unit.items["E"].after) == ([], "unchanged", before)
    else:
        assert changes(unit) == sent
        assert unit.items["E"].action == "updated"
        assert unit.items["E"].after == {**before, **sent}
    assert unit.items["E"].before == before


NEW: list[tuple[str, Any, Any]] = [
    ("description", None, ""),
    ("description", "", ""),
    ("description", "other", "other"),
    ("entitlement_status", None, "ENABLED"),
    ("entitlement_status", "DISABLED", "DISABLED"),
    ("data_transfer_subscriber_fee_percent", None, 0),
    ("data_transfer_subscriber_fee_percent", 0, 0),
    ("data_transfer_subscriber_fee_percent", 15, 15),
    ("encryption", None, None),
    ("encryption", {}, None),
    ("encryption", {"role": "MediaConnect-ASM", "secret": "game", "algorithm": "aes256"}, STATIC),
    ("encryption", {"role": ROLE_ARN, "secret": SECRET_ARN, "algorithm": "aes256"}, STATIC),
    ("encryption", {**SPEKE, "algorithm": "aes128"}, {**SPEKE, "algorithm": "aes128"}),
]


@pytest.mark.parametrize(("field", "declared", "granted"), NEW)
def test_a_field_of_a_new_entitlement(field: str, declared: Any, granted: Any) -> None:
    given = {} if declared is None else {field: declared}
    unit = planning({"subscribers": [BOB, ALICE], **given})
    assert unit.refusals == []
    assert operations(unit) == (["grant", "look"] if granted and field == "encryption" else ["grant"])
    item = unit.items["E"]
    assert (item.action, item.before, item.after["subscribers"]) == ("granted", None, [ALICE, BOB])
    assert item.after[field] == granted
    assert item.after["entitlement_arn"] == f"{PREFIX}:entitlement:??????:E"
    assert item.after["in_use"] is False
    assert "tags" not in item.after


@pytest.mark.parametrize("given", [{}, {"purge_subscribers": False}])
def test_a_new_entitlement_needs_subscribers(given: dict[str, Any]) -> None:
    (refusal,) = planning(given).refusals
    assert "entitlement E of flow Game does not exist yet and has no subscribers" in refusal


class TestSubscribers:
    @pytest.mark.parametrize(
        ("declared", "aws", "result"),
        [([BOB], [ALICE], [ALICE, BOB]), ([ALICE], [ALICE, BOB], None), ([CAROL, ALICE], [BOB], [ALICE, BOB, CAROL])],
    )
    def test_adding(self, declared, aws, result) -> None:
        unit = planning({"subscribers": declared, "purge_subscribers": False}, aws=[has(subscribers=aws, in_use=True)])
        assert unit.refusals == []
        assert operations(unit) == ([] if result is None else ["update"])
        assert unit.items["E"].after["subscribers"] == (result or aws)
        assert not any("loses" in warning for warning in unit.warnings)

    def test_removing_warns_with_the_account(self) -> None:
        unit = planning({"subscribers": [ALICE]}, aws=[has(subscribers=[ALICE, BOB])])
        (warning,) = unit.warnings
        assert f"loses the subscriber {BOB}" in warning
        assert ALICE not in warning

    @pytest.mark.parametrize("removed", [[ALICE], [ALICE, BOB]])
    def test_taking_the_last_one_away_revokes(self, removed) -> None:
        unit = planning({"remove_subscribers": removed}, aws=[has()])
        assert operations(unit) == ["revoke", "wait"]
        assert unit.items["E"].action == "revoked"

    def test_taking_one_away_where_there_is_no_entitlement(self) -> None:
        assert planning({"remove_subscribers": [ALICE]}).actions == []

    @pytest.mark.parametrize(
        ("declared", "aws", "warned"),
        [
            ([ALICE, BOB], None, True),
            ([ALICE], None, False),
            ([ALICE, BOB], [ALICE], True),
            ([ALICE, BOB], [ALICE, BOB], False),
            ([ALICE], [ALICE, BOB], False),
        ],
    )
    def test_an_entitlement_can_be_used_only_once(self, declared, aws, warned) -> None:
        existing = [] if aws is None else [has(subscribers=aws)]
        for warn_shared, expected in ((True, warned), (False, False)):
            unit = planning({"subscribers": declared}, aws=existing, warn_shared=warn_shared)
            shared = [warning for warning in unit.warnings if "only once" in warning]
            assert bool(shared) == expected
            assert len(shared) < 2

    @pytest.mark.parametrize("aws", [[], [has()]])
    def test_the_own_account_warns_and_is_not_refused(self, aws) -> None:
        unit = planning({"subscribers": [ACCOUNT]}, aws=aws, warn_shared=False)
        assert unit.refusals == []
        assert any(f"this very account, {ACCOUNT}" in warning for warning in unit.warnings)


class TestCreateOnly:
    @pytest.mark.parametrize(
        ("given", "aws", "said"),
        [
            ({"data_transfer_subscriber_fee_percent": 10}, has(), "is 15 and would be 10"),
            ({"data_transfer_subscriber_fee_percent": 0}, has(), "is 15 and would be 0"),
            ({"encryption": {}}, has(encryption=STATIC), "it is encrypted and would not be"),
            ({"encryption": {}}, has(encryption=SPEKE), "it is encrypted and would not be"),
            (
                {"encryption": {}, "data_transfer_subscriber_fee_percent": 10},
                has(encryption=STATIC),
                "is 15 and would be 10 and it is encrypted and would not be",
            ),
        ],
    )
    def test_with_and_without_allow_replacement(self, given, aws, said) -> None:
        (refusal,) = planning(given, aws=[aws]).refusals
        assert said in refusal
        assert f"the stream of {ALICE} would stop" in refusal
        assert "allow_replacement: true" in refusal

        unit = planning(given, aws=[aws], allow_replacement=True)
        assert unit.refusals == []
        expected = {**aws, **given, "entitlement_arn": f"{PREFIX}:entitlement:??????:E"}
        expected["encryption"] = expected["encryption"] or None
        assert unit.items["E"].after == expected
        assert unit.items["E"].action == "replaced"
        assert operations(unit) == ["revoke", "wait", "grant"]
        assert any(f"{ALICE} must start the flow" in warning for warning in unit.warnings)

    def test_allow_replacement_replaces_nothing_that_can_be_changed_in_place(self) -> None:
        given = {"data_transfer_subscriber_fee_percent": 15, "encryption": SPEKE, "description": "new"}
        unit = planning(given, aws=[has(encryption=STATIC)], allow_replacement=True)
        assert operations(unit) == ["update", "look"]

    def test_the_wait_between_revoking_and_granting_is_never_skipped(self) -> None:
        given = {"data_transfer_subscriber_fee_percent": 10}
        assert operations(planning(given, aws=[has()], allow_replacement=True, wait=False)) == [
            "revoke",
            "wait",
            "grant",
        ]

    @pytest.mark.parametrize(
        ("declared", "current", "purge_tags", "after"),
        [
            (None, {"a": "1"}, True, {"a": "1"}),
            (None, {}, True, None),
            ({}, {"a": "1"}, True, {}),
            ({}, {"a": "1"}, False, {"a": "1"}),
            ({"b": "2"}, {"a": "1"}, True, {"b": "2"}),
            ({"b": "2"}, {"a": "1"}, False, {"a": "1", "b": "2"}),
            (None, {"a": "1", "aws:cloudformation:stack-name": "s"}, True, {"a": "1"}),
        ],
    )
    def test_tags_are_granted_again(self, declared, current, purge_tags, after) -> None:
        given = {"data_transfer_subscriber_fee_percent": 10, **({} if declared is None else {"tags": declared})}
        unit = planning(given, aws=[has(tags=current)], allow_replacement=True, purge_tags=purge_tags)
        assert unit.refusals == []
        assert unit.items["E"].after.get("tags") == (after if after or declared is not None else current)


# What would make a picture go dark: the task, and the words for it.
DARK: dict[str, tuple[dict[str, Any], str]] = {
    "revoke": ({"state": "absent"}, "revoking it"),
    "disable": ({"entitlement_status": "DISABLED"}, "disabling it"),
    "replace": ({"data_transfer_subscriber_fee_percent": 10}, "replacing it"),
    "unencrypt": ({"encryption": {}}, "replacing it"),
    "remove a subscriber": ({"subscribers": [ALICE]}, f"removing the subscriber {BOB}"),
    "take a subscriber away": ({"remove_subscribers": [BOB]}, f"removing the subscriber {BOB}"),
    "take the last away": ({"remove_subscribers": [ALICE, BOB]}, "revoking it"),
    "purge": ({}, "revoking it"),
}
HARMLESS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "description": {"description": "other"},
    "add": {"subscribers": [ALICE, BOB, CAROL]},
    "another key": {"encryption": {"secret": "other"}},
    "SPEKE": {"encryption": SPEKE},
    "tags": {"tags": {"a": "b"}},
    "enable": {"entitlement_status": "ENABLED"},
}


class TestInUse:
    @pytest.mark.parametrize("case", DARK)
    def test_refused_unless_forced(self, case: str) -> None:
        given, doing = DARK[case]
        task: dict[str, Any] = {"allow_replacement": True}
        declared = [given]
        if case == "purge":
            declared, task = [], {"purge": True}
        used = has(subscribers=[ALICE, BOB], in_use=True, encryption=STATIC)
        (refusal,) = planning(*declared, aws=[used], **task).refusals
        assert f"entitlement E of flow Game is in use; {doing} would make the picture of account" in refusal
        dark = refusal.split("picture of account ")[1].split(" go dark")[0]
        assert dark == (BOB if doing.endswith(BOB) else f"{ALICE}, {BOB}")
        assert "force_in_use: true" in refusal
        assert planning(*declared, aws=[used], force_in_use=True, **task).refusals == []
        assert planning(*declared, aws=[{**used, "in_use": False}], **task).refusals == []

    @pytest.mark.parametrize("case", HARMLESS)
    def test_what_does_not_stop_a_stream_needs_no_force(self, case: str) -> None:
        used = has(subscribers=[ALICE, BOB], in_use=True, encryption=STATIC, tags={})
        assert planning(HARMLESS[case], aws=[used]).refusals == []

    def test_disabling_what_is_disabled_is_nothing(self) -> None:
        unit = planning({"entitlement_status": "DISABLED"}, aws=[has(in_use=True, entitlement_status="DISABLED")])
        assert (unit.refusals, unit.actions) == ([], [])

    def test_an_output_tells(self) -> None:
        seen = {
            "FlowArn": FLOW_ARN,
            "Name": "Game",
            "Status": "ACTIVE",
            "Outputs": [{"Name": "plain"}, {"Name": "used", "EntitlementArn": "arn:E"}],
            "Entitlements": [
                {"Name": name, "EntitlementArn": f"arn:{name}", "Subscribers": [ALICE]} for name in ("E", "F")
            ],
        }
        found = observed_flow(seen).entitlements
        assert (found["E"]["in_use"], found["F"]["in_use"]) == (True, False)


class TestRevoke:
    @pytest.mark.parametrize(("wait", "expected"), [(True, ["revoke", "wait"]), (False, ["revoke"])])
    def test_wait(self, wait, expected) -> None:
        assert operations(planning({"state": "absent"}, aws=[has()], wait=wait)) == expected

    def test_what_is_gone_stays_gone(self) -> None:
        unit = planning({"state": "absent"})
        assert (unit.actions, unit.items["E"].action) == ([], "unchanged")

    @pytest.mark.parametrize(
        ("purge", "revoked"),
        [(False, []), (True, ["F", "G"])],
    )
    def test_purge_takes_what_is_not_declared(self, purge, revoked) -> None:
        unit = planning({}, aws=[has(), has("F"), has("G")], purge=purge)
        assert [action.params["name"] for action in unit.actions if action.operation == "revoke"] == revoked
        assert list(unit.items) == ["E", *revoked]

    def test_purging_everything(self) -> None:
        assert operations(planning(aws=[has(), has("F")], purge=True)) == ["revoke", "revoke", "wait"]


class TestTags:
    @pytest.mark.parametrize(
        ("declared", "aws", "purge_tags", "to_set", "to_remove"),
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
    def test_of_an_entitlement_that_exists(self, declared, aws, purge_tags, to_set, to_remove) -> None:
        given = {} if declared is None else {"tags": declared}
        unit = planning(given, aws=[has(tags=aws)], purge_tags=purge_tags)
        assert unit.refusals == []
        if to_set is None:
            assert unit.actions == []
            return
        (action,) = unit.actions
        assert (action.operation, action.params["to_set"], action.params["to_remove"]) == ("tag", to_set, to_remove)
        assert unit.items["E"].after["tags"] == {**{k: v for k, v in aws.items() if k not in to_remove}, **to_set}
        assert unit.items["E"].new_encryption is None

    @pytest.mark.parametrize("aws", [[], [has(tags={})]])
    def test_reserved_names_are_refused(self, aws) -> None:
        (refusal,) = planning({"subscribers": [ALICE], "tags": {"aws:x": "y"}}, aws=aws).refusals
        assert "has the tag aws:x" in refusal

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
            ({"data_transfer_subscriber_fee_percent": 10}, False, False),
            ({"data_transfer_subscriber_fee_percent": 10}, True, True),
            ({"data_transfer_subscriber_fee_percent": 15}, True, False),
            ({"encryption": {}}, True, True),
        ],
    )
    def test_they_are_read_where_they_are_declared_or_would_be_lost(self, given, allow_replacement, needed) -> None:
        item = {"flow": "Game", "purge_entitlements": False, "entitlements": [{"name": "E", **given}]}
        (declared,) = declared_flow(item, purge_entitlements=False).entitlements
        assert needs_tags(declared, has(encryption=STATIC), allow_replacement) is needed


class TestEncryption:
    @pytest.mark.parametrize(
        ("given", "aws", "lacking"),
        [
            ({"key_type": "static-key"}, None, "lacks role, secret, algorithm;"),
            ({"role": ROLE_ARN}, None, "lacks secret, algorithm;"),
            ({"role": ROLE_ARN, "secret": SECRET_ARN}, None, "lacks algorithm;"),
            ({"role": ROLE_ARN, "algorithm": "aes128"}, SPEKE, "lacks secret;"),
            ({"key_type": "speke"}, None, "lacks role, resource_id, device_id, url, region;"),
            ({"key_type": "speke", "url": "u", "region": "us-west-2"}, STATIC, "lacks role, resource_id, device_id;"),
            *[
                ({name: value for name, value in SPEKE.items() if name != missing}, None, f"lacks {missing};")
                for missing in ("resource_id", "device_id", "url", "region")
            ],
        ],
    )
    def test_what_is_missing(self, given, aws, lacking) -> None:
        existing = [has(encryption=aws)] if aws else []
        unit = planning({"subscribers": [ALICE], "encryption": given}, aws=existing)
        assert any(lacking in refusal and "entitlement E of flow Game" in refusal for refusal in unit.refusals)

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"role": "nosuch"}, "names the role nosuch, which does not exist;"),
            ({"secret": "nosuch"}, "names the secret nosuch, which does not exist in us-west-2;"),
            ({"role": ROLE_ARN.replace(ACCOUNT, BOB)}, f"not in the flow's account {ACCOUNT}"),
            ({"secret": SECRET_ARN.replace(ACCOUNT, BOB)}, f"not in the flow's account {ACCOUNT}"),
        ],
    )
    def test_names_and_arns_that_do_not_serve(self, given, said) -> None:
        (refusal,) = planning({"encryption": given}, aws=[has(encryption=STATIC)]).refusals
        assert said in refusal

    @pytest.mark.parametrize(
        ("given", "aws", "needed"),
        [
            ({"role": "MediaConnect-ASM", "secret": "game"}, STATIC, []),
            ({"role": "MediaConnect-ASM", "secret": "other"}, STATIC, [("secret_arn", "other")]),
            ({"role": ROLE_ARN, "secret": SECRET_ARN}, None, []),
            ({"role": "R", "secret": "S"}, None, [("role_arn", "R"), ("secret_arn", "S")]),
            ({"role": "MediaConnect-ASM"}, SPEKE, []),
        ],
    )
    def test_only_names_that_aws_does_not_show_already_are_looked_up(self, given, aws, needed) -> None:
        item = {"flow": "Game", "purge_entitlements": False, "entitlements": [{"name": "E", "encryption": given}]}
        observed = Observed(FLOW_ARN, "Game", entitlements={"E": has(encryption=aws)})
        assert sorted(names_to_look_up(declared_flow(item, purge_entitlements=False), observed)) == needed

    @pytest.mark.parametrize(
        ("given", "aws"),
        [
            ({**SPEKE, "role": "MediaConnect-ASM"}, STATIC),
            ({"role": "MediaConnect-ASM", "secret": SECRET_ARN, "algorithm": "aes128"}, SPEKE),
        ],
    )
    def test_a_name_that_aws_shows_serves_in_an_encryption_of_another_kind_too(self, given, aws) -> None:
        given = {name: value for name, value in given.items() if name != "role_arn"}
        unit = planning({"encryption": given}, aws=[has(encryption=aws)], names=Names())
        assert unit.refusals == []
        assert changes(unit)["encryption"]["role_arn"] == ROLE_ARN

    def test_known_names_stand_for_their_arns_from_the_start(self) -> None:
        item = {
            "flow": "Game",
            "purge_entitlements": False,
            "entitlements": [{"name": "E", "encryption": {"role": "R", "secret": "S"}}, {"name": "F"}],
        }
        flow = declared_flow(item, purge_entitlements=False)
        substitute_known([flow], Names(known={"role_arn": {"R": ROLE_ARN}, "secret_arn": {"T": SECRET_ARN}}))
        assert flow.entitlements[0].encryption == {"key_type": "static-key", "role_arn": ROLE_ARN, "secret_arn": "S"}

    def test_expected_names_have_an_arn_as_it_will_look(self) -> None:
        names = Names(expected={"role_arn": {"R"}, "secret_arn": {"S"}})
        given = {"subscribers": [ALICE], "encryption": {"role": "R", "secret": "S", "algorithm": "aes128"}}
        unit = planning(given, names=names)
        assert unit.refusals == []
        assert unit.items["E"].after["encryption"] == {
            "key_type": "static-key",
            "algorithm": "aes128",
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/R",
            "secret_arn": f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:S-??????",
        }

    @pytest.mark.parametrize(
        ("member", "name", "arn", "same"),
        [
            ("role_arn", "R", None, False),
            ("role_arn", "R", f"arn:aws:iam::{ACCOUNT}:role/R", True),
            ("role_arn", "R", f"arn:aws:iam::{ACCOUNT}:role/media/R", True),
            ("role_arn", "R", f"arn:aws:iam::{ACCOUNT}:role/SR", False),
            ("secret_arn", "game", SECRET_ARN, True),
            ("secret_arn", "gam", SECRET_ARN, False),
            ("secret_arn", "game-AbCdEf", SECRET_ARN + "-123456", True),
            ("secret_arn", "game", SECRET_ARN + "-123456", False),
            ("secret_arn", "a/game", SECRET_ARN.replace("game", "a/game"), True),
            ("secret_arn", "game", SECRET_ARN.replace("game", "a/game"), False),
        ],
    )
    def test_whether_an_arn_is_of_a_name(self, member, name, arn, same) -> None:
        assert names_arn(member, name, arn) is same


class TestFlow:
    @pytest.mark.parametrize(
        ("existing", "new", "gone", "fits"),
        [(49, 1, 0, True), (50, 1, 0, False), (50, 1, 1, True), (0, 50, 0, True), (0, 51, 0, False), (50, 0, 0, True)],
    )
    def test_fifty_entitlements(self, existing, new, gone, fits) -> None:
        aws = [has(f"old{number}") for number in range(existing)]
        declared = [{"name": f"new{number}", "subscribers": [ALICE]} for number in range(new)]
        declared += [{"name": f"old{number}", "state": "absent"} for number in range(gone)]
        refusals = planning(*declared, aws=aws).refusals
        assert bool(refusals) != fits
        assert fits or f"would have {existing + new - gone} entitlements, but MediaConnect allows 50" in refusals[0]

    def test_a_replacement_does_not_count_twice_and_purging_makes_room(self) -> None:
        aws = [has(f"old{number}") for number in range(50)]
        given = {"name": "old0", "data_transfer_subscriber_fee_percent": 1}
        assert planning(given, aws=aws, allow_replacement=True).refusals == []
        assert planning({"subscribers": [ALICE]}, aws=aws, purge=True).refusals == []

    @pytest.mark.parametrize(
        ("flow", "said"),
        [
            ({"protocol": "cdi"}, "flow Game is a CDI flow"),
            ({"protocol": "zixi-push"}, ""),
        ],
    )
    def test_cdi(self, flow, said) -> None:
        refusals = planning({"subscribers": [ALICE]}, flow=flow).refusals
        assert (said in " ".join(refusals)) if said else not refusals

    @pytest.mark.parametrize("status", ["STANDBY", "ACTIVE", "UPDATING", "STARTING", "STOPPING", "ERROR", "DELETING"])
    def test_status(self, status) -> None:
        item = {"flow": "Game", "purge_entitlements": False, "entitlements": [{"name": "E", "subscribers": [ALICE]}]}
        unit = plan(
            declared_flow(item, purge_entitlements=False), Observed(FLOW_ARN, "Game", status), Names(), Options()
        )
        assert bool(unit.refusals) == (status == "DELETING")
        assert status != "DELETING" or "flow Game is being deleted" in unit.refusals[0]

    def test_one_that_could_not_be_read(self) -> None:
        unit = planning({"subscribers": [ALICE]}, {"name": "F"}, flow={"error": "Could not read it: Boom"})
        assert unit.failure == "flow Game: Could not read it: Boom."
        assert (unit.actions, unit.refusals) == ([], [])
        assert [item.action for item in unit.items.values()] == ["failed", "failed"]
        assert [action.summary for action in unit.not_done] == ["all that is declared on flow Game"]

    def test_the_order_is_change_revoke_wait_grant_tag_look(self) -> None:
        unit = planning(
            {"name": "new", "subscribers": [ALICE], "encryption": STATIC},
            {"name": "tags", "tags": {"a": "1"}},
            {"name": "text", "description": "other"},
            {"name": "fee", "data_transfer_subscriber_fee_percent": 1},
            {"name": "gone", "state": "absent"},
            aws=[has(name, tags={}) for name in ("text", "fee", "gone", "tags", "other")],
            allow_replacement=True,
            purge=True,
        )
        assert operations(unit) == ["update", "revoke", "revoke", "revoke", "wait", "grant", "tag", "look"]
        grants = next(action for action in unit.actions if action.operation == "grant")
        assert grants.params == {"names": ["new", "fee"]}
        assert {name: item.action for name, item in unit.items.items()} == {
            "new": "granted",
            "tags": "updated",
            "text": "updated",
            "fee": "replaced",
            "gone": "revoked",
            "other": "revoked",
        }

    def test_all_that_is_wrong_is_told(self) -> None:
        refusals = planning(
            {"data_transfer_subscriber_fee_percent": 1, "encryption": {"role": "nosuch"}},
            {"name": "F"},
            aws=[has(in_use=True)],
            flow={"protocol": "cdi"},
        ).refusals
        for said in ("CDI", "nosuch", "lacks", "cannot be changed in place", "is in use", "has no subscribers"):
            assert any(said in refusal for refusal in refusals), said

    def test_the_diff_has_one_part_for_each_entitlement_that_changes(self) -> None:
        unit = planning({"description": "other"}, {"name": "F"}, aws=[has(), has("F")])
        ((label, before, after),) = unit.differences()
        assert label == "entitlement E of flow Game"
        assert (before["description"], after["description"]) == ("d", "other")


class TestNames:
    def test_one(self) -> None:
        assert resolve_flow("Game", {"Game": ["arn:a"]}, "us-west-2") == "arn:a"

    def test_none(self) -> None:
        with pytest.raises(Refusal, match="There is no flow Game in us-west-2"):
            resolve_flow("Game", {"game": ["arn:a"]}, "us-west-2")

    def test_several(self) -> None:
        with pytest.raises(Refusal, match=r"2 flows in us-west-2 are named Game.*: arn:a, arn:b\."):
            resolve_flow("Game", {"Game": ["arn:b", "arn:a"]}, "us-west-2")

    def test_the_same_by_name_and_by_arn(self) -> None:
        refuse_repeated(["arn:a", "arn:b"])
        with pytest.raises(Refusal, match="arn:a is declared more than once, by name and by ARN"):
            refuse_repeated(["arn:a", "arn:b", "arn:a"])
