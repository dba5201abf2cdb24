# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be declared, before anybody looks at AWS; and the forms of an entitlement."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.resolve import References
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import (
    DeclaredEntitlement,
    DeclaredFlow,
    declared_flow,
    from_api,
    to_api,
    validate,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal

ALICE = "444455556666"
REGION, EU = "us-west-2", "eu-west-1"
E = "entitlement E of flow Game"
FLOW_ARN = f"arn:aws:mediaconnect:{REGION}:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ROLE_ARN = "arn:aws:iam::111122223333:role/MediaConnect-ASM"
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:111122223333:secret:game-AbCdEf"
PREDICTED_ARN = f"{SECRET_ARN[:-6]}??????"
STATIC = {"algorithm": "aes256", "role": "MediaConnect-ASM", "secret": "game"}
# Of an entitlement, as Ansible fills them in.
OPTIONS = {
    "state": "present",
    "subscribers": None,
    "purge_subscribers": True,
    "remove_subscribers": None,
    "description": None,
    "data_transfer_subscriber_fee_percent": None,
    "entitlement_status": None,
    "encryption": None,
    "tags": None,
}


def flow(*entitlements: dict[str, Any], flow: str = "Game", **options: Any) -> DeclaredFlow:
    item = {"flow": flow, "purge_entitlements": None, "entitlements": [{**OPTIONS, **one} for one in entitlements]}
    return declared_flow({**item, **options}, purge_entitlements=False)


def one(**options: Any) -> DeclaredEntitlement:
    (declared,) = flow({"name": "E", **options}).entitlements
    return declared


def refusal(*flows: DeclaredFlow, **known: Any) -> str:
    """What is wrong with these, in words; nothing if they are good."""
    try:
        validate(flows, REGION, **known)
    except Refusal as refused:
        return str(refused)
    return ""


class TestDeclared:
    @pytest.mark.parametrize(
        ("own", "task", "expected"),
        [(None, False, False), (None, True, True), (False, True, False), (True, False, True)],
    )
    def test_a_flow_s_own_purging_goes_before_the_task_s(self, own: Any, task: bool, expected: bool) -> None:
        item = {"flow": "Game", "purge_entitlements": own, "entitlements": None}
        assert declared_flow(item, purge_entitlements=task) == DeclaredFlow("Game", [], expected)

    @pytest.mark.parametrize("option", ["subscribers", "remove_subscribers"])
    def test_account_ids_are_taken_as_yaml_types_them(self, option: str) -> None:
        declared = one(**{option: [444455556666, " 444455556666\n", "777788889999", ALICE]})
        assert getattr(declared, option) == [ALICE, "777788889999"]

    def test_omitted_is_not_empty(self) -> None:
        assert one() == DeclaredEntitlement("E", fields={"name": "E"})
        assert one().subscribers is None
        assert one(subscribers=[], description="", encryption={}, tags={}) == DeclaredEntitlement(
            "E", fields={"name": "E", "subscribers": [], "description": ""}, encryption={}, tags={}
        )
        assert one(remove_subscribers=[]).remove_subscribers == []

    def test_every_option_has_its_place(self) -> None:
        fields = {
            "subscribers": [ALICE],
            "description": "d",
            "data_transfer_subscriber_fee_percent": 0,
            "entitlement_status": "DISABLED",
        }
        declared = one(
            state="absent",
            purge_subscribers=False,
            remove_subscribers=["777788889999"],
            encryption=STATIC,
            tags={"a": 1, "empty": None},
            **fields,
        )
        assert declared == DeclaredEntitlement(
            "E",
            state="absent",
            fields={"name": "E", **fields},
            purge_subscribers=False,
            remove_subscribers=["777788889999"],
            encryption={
                "key_type": "static-key",
                "algorithm": "aes256",
                "role_arn": "MediaConnect-ASM",
                "secret_arn": "game",
            },
            tags={"a": "1", "empty": ""},
        )

    def test_aliases_that_ansible_leaves_beside_the_options_are_not_in_the_way(self) -> None:
        assert one(tags={"a": 1}, resource_tags={"a": 1}).tags == {"a": "1"}


FULL = {
    "Name": "E",
    "EntitlementArn": "arn:E",
    "Subscribers": ["2", "1"],
    "Description": "d",
    "DataTransferSubscriberFeePercent": 15,
    "EntitlementStatus": "DISABLED",
    "Encryption": {"Algorithm": "aes256", "RoleArn": "arn:R", "SecretArn": "arn:S", "KeyType": "static-key"},
}
SHOWN = {
    "name": "E",
    "entitlement_arn": "arn:E",
    "subscribers": ["1", "2"],
    "description": "d",
    "data_transfer_subscriber_fee_percent": 15,
    "entitlement_status": "DISABLED",
    "encryption": {
        "algorithm": "aes256",
        "role_arn": "arn:R",
        "secret_arn": "arn:S",
        "key_type": "static-key",
    },
}


class TestForms:
    def test_from_aws(self) -> None:
        assert from_api(FULL) == SHOWN

    def test_what_aws_leaves_out_has_its_default(self) -> None:
        assert from_api({"Name": "E", "EntitlementArn": "arn:E"}) == {
            "name": "E",
            "entitlement_arn": "arn:E",
            "subscribers": [],
            "description": "",
            "data_transfer_subscriber_fee_percent": 0,
            "entitlement_status": "ENABLED",
            "encryption": None,
        }

    def test_to_aws_and_back(self) -> None:
        members = to_api(SHOWN)
        assert "EntitlementArn" not in members
        assert from_api({**members, "EntitlementArn": "arn:E"}) == SHOWN

    @pytest.mark.parametrize(
        ("fields", "members"),
        [
            ({"description": ""}, {"Description": ""}),
            ({"encryption": None, "tags": {"a": "b"}, "in_use": True}, {}),
            ({"entitlement_status": "DISABLED"}, {"EntitlementStatus": "DISABLED"}),
        ],
    )
    def test_an_update_has_what_changes(self, fields: dict[str, Any], members: dict[str, Any]) -> None:
        assert to_api(fields) == members


def bad_name(name: str | int) -> str:
    return f"The name of the entitlement {name} of flow Game is not valid; use 1 to 64 letters, digits, hyphens and underscores."


IDS = "account ids have 12 digits, without hyphens"
QUOTED = f"{IDS}; put it in quotation marks if it begins with a zero, which YAML drops"


def bad_subscriber(subscriber: str, hint: str = IDS) -> str:
    return f"The {E} has the subscriber {subscriber}, which is not an account id: {hint}."


HIDDEN = f"The {E} has a subscriber, which is not an account id: {IDS}."
TAG_LIMITS = "is too long: AWS takes keys of 1 to 128 characters and values of up to 256."
# What is declared, and each sentence.
BAD_ENTITLEMENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    **{
        f"the name {name!r:.9}": ({"name": name}, [bad_name(shown)])
        for name, shown in (
            ("", 1),
            ("Any Company", "Any Company"),
            ("Zürich", "Zürich"),
            ("E\n", "E\n"),
            ("n" * 65, 1),
        )
    },
    **{
        f"a fee of {fee}": (
            {"data_transfer_subscriber_fee_percent": fee},
            [f"The {E} has data_transfer_subscriber_fee_percent {fee}; give 0 to 100."],
        )
        for fee in (-1, 101)
    },
    "description of 1025": (
        {"description": "d" * 1025},
        [f"The {E} has a description of 1025 characters; give at most 1024."],
    ),
    "a subscriber that could be a key": ({"subscribers": ["0f" * 16 + "!"]}, [HIDDEN]),
    "no subscribers": (
        {"subscribers": []},
        [f"The {E} has an empty list of subscribers; give at least one account id, or state: absent to revoke it."],
    ),
    **{
        f"the account id {account}": ({"subscribers": [account]}, [bad_subscriber(account, hint)])
        for account, hint in (
            ("1", QUOTED),
            ("01234567890", QUOTED),
            ("0123456789012", IDS),
            ("4444-5555-6666", IDS),
            ("44445555666l", IDS),
            ("٤٤٤٤٥٥٥٥٦٦٦٦", IDS),
        )
    },
    "one of several": ({"subscribers": [ALICE, "1"]}, [bad_subscriber("1", QUOTED)]),
    "one to remove": ({"remove_subscribers": ["1"]}, [bad_subscriber("1", QUOTED)]),
    "subscribers and remove_subscribers": (
        {"subscribers": [ALICE], "remove_subscribers": [ALICE]},
        [f"The {E} has both subscribers and remove_subscribers; give one of them."],
    ),
    "51 tags": (
        {"tags": {str(number): "" for number in range(51)}},
        [f"The {E}: it has 51 tags, and AWS takes 50."],
    ),
    "tag without a name": ({"tags": {"": "x"}}, [f"The {E}: the tag '' {TAG_LIMITS}"]),
    "long tag": ({"tags": {"t" * 129: "x"}}, [f"The {E}: the tag '{'t' * 129}' {TAG_LIMITS}"]),
    "long tag value": ({"tags": {"t": "x" * 257}}, [f"The {E}: the tag 't' {TAG_LIMITS}"]),
    "encryption": (
        {"encryption": {**STATIC, "url": "u"}},
        [f"The {E} has url, which is not valid with key_type static-key; leave it out or change key_type."],
    ),
    "what is to be revoked, its name": ({"name": "E E", "state": "absent"}, [bad_name("E E")]),
    "several things": (
        {
            "data_transfer_subscriber_fee_percent": 101,
            "description": "d" * 2000,
            "subscribers": ["1"],
            "tags": {"": ""},
        },
        [
            f"The {E} has data_transfer_subscriber_fee_percent 101; give 0 to 100.",
            f"The {E} has a description of 2000 characters; give at most 1024.",
            bad_subscriber("1", QUOTED),
            f"The {E}: the tag '' {TAG_LIMITS}",
        ],
    ),
}
EMPTY_FLOW = "A flow has an empty name; give the flow's name or ARN."


def bad_flow_arn(arn: str) -> str:
    return f"{arn} is not the ARN of a flow; give the flow's name, or an ARN like arn:aws:mediaconnect:REGION:ACCOUNT:flow:ID:NAME."


TWICE = f"The {E} is declared more than once; names are unique within a flow."
BAD_FLOWS: dict[str, tuple[list[DeclaredFlow], list[str]]] = {
    "empty": ([flow(flow="")], [EMPTY_FLOW]),
    "blank": ([flow(flow="  ")], [EMPTY_FLOW]),
    **{
        f"the ARN {arn}": ([flow(flow=arn)], [bad_flow_arn(arn)])
        for arn in (
            ROLE_ARN,
            FLOW_ARN.replace(":flow:", ":entitlement:"),
            FLOW_ARN.replace("mediaconnect", "iot"),
            "arn:aws:mediaconnect",
        )
    },
    "another Region": (
        [flow(flow=FLOW_ARN.replace(REGION, EU))],
        [
            f"The flow {FLOW_ARN.replace(REGION, EU)} is in {EU}, but this task works in {REGION}; use one task per Region."
        ],
    ),
    "twice": ([flow(), flow()], ["The flow Game is declared more than once; declare it once."]),
    "an entitlement twice": ([flow({"name": "E"}, {"name": "E"})], [TWICE]),
    "present and absent": ([flow({"name": "E"}, {"name": "E", "state": "absent"})], [TWICE]),
    "all at once": (
        [flow({"name": "E", "subscribers": ["1"]}), flow(flow=""), flow({"name": "F", "description": "d" * 1025})],
        [
            "The flow Game is declared more than once; declare it once.",
            bad_subscriber("1", QUOTED),
            EMPTY_FLOW,
            "The entitlement F of flow Game has a description of 1025 characters; give at most 1024.",
        ],
    ),
}


class TestRefused:
    @pytest.mark.parametrize("case", BAD_ENTITLEMENTS)
    def test_entitlement(self, case: str) -> None:
        options, sentences = BAD_ENTITLEMENTS[case]
        assert refusal(flow({"name": "E", **options})) == " ".join(sentences)

    @pytest.mark.parametrize("case", BAD_FLOWS)
    def test_flow(self, case: str) -> None:
        flows, sentences = BAD_FLOWS[case]
        assert refusal(*flows) == " ".join(sentences)

    @pytest.mark.parametrize(
        ("given", "named"), [(FLOW_ARN, "Game"), (FLOW_ARN + ":x", "Game:x"), ("a:b:c:d:e:f:g:h:Game",) * 2]
    )
    def test_a_flow_goes_by_its_name(self, given: str, named: str) -> None:
        assert refusal(flow({"name": "E", "subscribers": []}, flow=given)).startswith(
            f"The entitlement E of flow {named} has an empty list of subscribers;"
        )


class TestKnownNames:
    def test_are_judged_by_their_arns(self) -> None:
        abroad = SECRET_ARN.replace(REGION, EU)
        names = References(known={"secret_arn": {"game": abroad}, "role_arn": {"game": ROLE_ARN}})
        assert refusal(flow({"name": "E", "encryption": STATIC}), names=names) == (
            f"The {E} has the secret {abroad} in {EU}, but MediaConnect reads keys in the flow's Region only, {REGION}."
        )
        assert refusal(flow({"name": "E", "encryption": STATIC})) == ""

    def test_stand_for_roles_and_secrets_only(self) -> None:
        names = References(known={"role_arn": {"aes256": "arn:aws:iam"}, "secret_arn": {"static-key": "arn:aws:iam"}})
        assert refusal(flow({"name": "E", "encryption": STATIC}), names=names) == ""

    @pytest.mark.parametrize(
        ("secret", "known"), [(PREDICTED_ARN, {}), ("game", {"secret_arn": {"game": PREDICTED_ARN}})]
    )
    def test_a_prediction_serves_in_check_mode_only(self, secret: str, known: Any) -> None:
        declared = flow({"name": "E", "encryption": {**STATIC, "secret": secret}})
        names = References(known=known)
        assert refusal(declared, names=names) == refusal(declared, names=names, predicted=True) == ""
        assert refusal(declared, names=names, predicted=False) == (
            f"The {E} has the secret {PREDICTED_ARN}, which is a prediction of check mode; "
            "give the secret's name or its real ARN."
        )

    @pytest.mark.parametrize("encryption", [{**STATIC, "secret": SECRET_ARN}, {"algorithm": "aes256", "role": "R"}])
    def test_a_real_arn_serves_always_and_none_too(self, encryption: dict[str, str]) -> None:
        assert refusal(flow({"name": "E", "encryption": encryption}), predicted=False) == ""


class TestAccepted:
    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"name": "n" * 64},
            {"name": "A-z_09"},
            {"data_transfer_subscriber_fee_percent": 0},
            {"data_transfer_subscriber_fee_percent": 100},
            {"description": "d" * 1024},
            {"description": ""},
            {"subscribers": ["000000000001", ALICE]},
            {"remove_subscribers": []},
            {"tags": {"k" * 128: "v" * 256, **{str(number): "" for number in range(49)}}},
            {"encryption": {}},
            {"encryption": STATIC},
        ],
    )
    def test_entitlement(self, options: dict[str, Any]) -> None:
        assert refusal(flow({"name": "E", **options})) == ""

    def test_what_is_to_be_revoked_needs_a_name_only(self) -> None:
        rest = {"subscribers": [], "data_transfer_subscriber_fee_percent": 101, "encryption": {**STATIC, "url": "u"}}
        assert refusal(flow({"name": "E", "state": "absent", **rest})) == ""

    def test_one_name_on_two_flows(self) -> None:
        assert refusal(flow({"name": "E"}), flow({"name": "E"}, flow=FLOW_ARN.replace("Game", "Other"))) == ""
