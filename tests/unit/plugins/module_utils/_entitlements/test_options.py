# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be declared, before anybody looks at AWS; and the forms of an entitlement."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import (
    Declared,
    Flow,
    declared_flow,
    flow_name,
    from_api,
    to_api,
    validate,
)

ALICE = "444455556666"
REGION = "us-west-2"
FLOW_ARN = f"arn:aws:mediaconnect:{REGION}:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:Game"
ROLE_ARN = "arn:aws:iam::111122223333:role/MediaConnect-ASM"
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:111122223333:secret:game-AbCdEf"
STATIC = {"algorithm": "aes256", "role": "MediaConnect-ASM", "secret": "game"}
PROXY = "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/live/speke"
SPEKE = {"key_type": "speke", "role": "R", "resource_id": "r", "device_id": "d", "url": PROXY, "region": REGION}


def flow(*entitlements: dict[str, Any], flow: str = "Game", **options: Any) -> Flow:
    item = {"flow": flow, "purge_entitlements": None, "entitlements": list(entitlements), **options}
    return declared_flow(item, purge_entitlements=False)


def one(**options: Any) -> Declared:
    (declared,) = flow({"name": "E", **options}).entitlements
    return declared


def refusal(*flows: Flow, check_mode: bool = False) -> str:
    """What is wrong with these, in words; nothing if they are good."""
    try:
        validate(flows, REGION, check_mode)
    except Refusal as refused:
        return str(refused)
    return ""


class TestDeclared:
    @pytest.mark.parametrize(
        ("own", "task", "expected"),
        [(None, False, False), (None, True, True), (False, True, False), (True, False, True)],
    )
    def test_a_flow_s_own_purging_goes_before_the_task_s(self, own, task, expected) -> None:
        item = {"flow": "Game", "purge_entitlements": own, "entitlements": None}
        assert declared_flow(item, purge_entitlements=task).purge_entitlements is expected

    @pytest.mark.parametrize("option", ["subscribers", "remove_subscribers"])
    def test_account_ids_are_taken_as_yaml_types_them(self, option: str) -> None:
        declared = one(**{option: [444455556666, " 444455556666\n", "777788889999", ALICE]})
        assert getattr(declared, option) == [ALICE, "777788889999"]

    def test_omitted_is_not_empty(self) -> None:
        omitted = one()
        assert (omitted.subscribers, omitted.description, omitted.encryption, omitted.tags) == (None, None, None, None)
        empty = one(subscribers=[], description="", encryption={}, tags={})
        assert (empty.subscribers, empty.description, empty.encryption, empty.tags) == ([], "", {}, {})

    def test_an_empty_encryption_is_empty_also_when_ansible_fills_in_its_options(self) -> None:
        assert one(encryption=dict.fromkeys(["key_type", "role", "secret", "algorithm"])).encryption == {}

    def test_variables_that_turned_out_empty_do_not_mean_unencrypted(self) -> None:
        assert one(encryption={"role": "", "secret": None}).encryption == {"key_type": "static-key"}

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"role": "R"}, {"key_type": "static-key", "role_arn": "R"}),
            ({"role": "R", "role_arn": "R"}, {"key_type": "static-key", "role_arn": "R"}),
            ({"secret": "S", "algorithm": ""}, {"key_type": "static-key", "secret_arn": "S"}),
            ({"key_type": "speke", "url": "u"}, {"key_type": "speke", "url": "u"}),
            (
                {"key_type": "speke", "constant_initialization_vector": ""},
                {"key_type": "speke", "constant_initialization_vector": ""},
            ),
        ],
    )
    def test_encryption_goes_by_the_names_of_the_result(self, options, expected) -> None:
        assert one(encryption=options).encryption == expected

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
        bare = {"Name": "E", "EntitlementArn": "arn:E", "Subscribers": ["1"], "Encryption": {"RoleArn": "arn:R"}}
        assert from_api(bare) == {
            **SHOWN,
            "subscribers": ["1"],
            "description": "",
            "data_transfer_subscriber_fee_percent": 0,
            "entitlement_status": "ENABLED",
            "encryption": {"role_arn": "arn:R", "key_type": "static-key"},
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
    def test_an_update_has_what_changes(self, fields, members) -> None:
        assert to_api(fields) == members

    @pytest.mark.parametrize(("given", "name"), [("Game", "Game"), (FLOW_ARN, "Game"), (FLOW_ARN + ":x", "Game:x")])
    def test_a_flow_s_name(self, given: str, name: str) -> None:
        assert flow_name(given) == name


# What is declared, and what the sentence must say.
BAD_ENTITLEMENTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "empty name": ({"name": ""}, ["not valid", "1 to 64 letters"]),
    "name with a space": ({"name": "Any Company"}, ["Any Company", "letters, digits, hyphens and underscores"]),
    "name with an umlaut": ({"name": "Zürich"}, ["Zürich", "not valid"]),
    "name with a line end": ({"name": "E\n"}, ["not valid"]),
    "name of 65": ({"name": "n" * 65}, ["1 to 64"]),
    "fee below 0": ({"data_transfer_subscriber_fee_percent": -1}, ["E of flow Game", "-1", "0 to 100"]),
    "fee of 101": ({"data_transfer_subscriber_fee_percent": 101}, ["E of flow Game", "101", "0 to 100"]),
    "description of 1025": ({"description": "d" * 1025}, ["1025 characters", "at most 1024"]),
    "no subscribers": ({"subscribers": []}, ["empty list of subscribers", "state: absent"]),
    "eleven digits": ({"subscribers": ["01234567890"]}, ["01234567890", "12 digits", "quotation marks", "zero"]),
    "thirteen digits": ({"subscribers": ["0123456789012"]}, ["0123456789012", "12 digits"]),
    "hyphens": ({"subscribers": ["4444-5555-6666"]}, ["4444-5555-6666", "without hyphens"]),
    "letters": ({"subscribers": ["44445555666l"]}, ["44445555666l", "no account id"]),
    "digits of another script": ({"subscribers": ["٤٤٤٤٥٥٥٥٦٦٦٦"]}, ["no account id"]),
    "one of several": ({"subscribers": [ALICE, "1"]}, ["has the subscriber 1,"]),
    "one to remove": ({"remove_subscribers": ["1"]}, ["has the subscriber 1,"]),
    "both": ({"subscribers": [ALICE], "remove_subscribers": [ALICE]}, ["both subscribers and remove_subscribers"]),
    "51 tags": ({"tags": {str(number): "" for number in range(51)}}, ["51 tags", "at most 50"]),
    "tag without a name": ({"tags": {"": "x"}}, ["tag whose name has 0 characters"]),
    "long tag": ({"tags": {"t" * 129: "x"}}, ["129 characters", "1 to 128"]),
    "long tag value": ({"tags": {"t": "x" * 257}}, ["tag t", "257 characters", "at most 256"]),
}
BAD_ENCRYPTIONS: dict[str, tuple[dict[str, Any], list[str]]] = {
    **{
        f"{field} with a static key": (
            {**STATIC, field: "1" * 32},
            [f"has {field}", "not valid with key_type static-key"],
        )
        for field in ("resource_id", "device_id", "url", "region", "constant_initialization_vector")
    },
    "secret with SPEKE": ({**SPEKE, "secret": "game"}, ["has secret", "not valid with key_type speke"]),
    "vector too short": ({**SPEKE, "constant_initialization_vector": "0" * 31}, ["32 hexadecimal digits"]),
    "vector too long": ({**SPEKE, "constant_initialization_vector": "0" * 33}, ["32 hexadecimal digits"]),
    "vector not hexadecimal": ({**SPEKE, "constant_initialization_vector": "g" * 32}, ["32 hexadecimal digits"]),
    "SPEKE of another Region": ({**SPEKE, "region": "eu-west-1"}, ["SPEKE region eu-west-1", "us-west-2"]),
    "proxy of another Region": (
        {**SPEKE, "url": PROXY.replace("us-west-2", "eu-west-1")},
        ["a url in eu-west-1", "us-west-2"],
    ),
    "private proxy of another Region": (
        {**SPEKE, "url": "https://1abc-vpce-0123.execute-api.eu-west-1.amazonaws.com/x"},
        ["a url in eu-west-1"],
    ),
    "reserved role": ({**STATIC, "role": "MediaConnectAccessRole"}, ["MediaConnectAccessRole", "reserved"]),
    "reserved role in other letters": ({**STATIC, "role": "mediaconnectaccessrole"}, ["reserved"]),
    "reserved role's ARN": ({**STATIC, "role": "arn:aws:iam::111122223333:role/MediaConnectAccessRole"}, ["reserved"]),
    "user's ARN": ({**STATIC, "role": "arn:aws:iam::111122223333:user/R"}, ["not the ARN of an IAM role"]),
    "ARN after something else": ({**STATIC, "role": f"arn:x:{ROLE_ARN}"}, ["not the ARN of an IAM role"]),
    "half a role's ARN": ({**STATIC, "role": "arn:aws:iam"}, ["not the ARN of an IAM role"]),
    "secret as a role": ({**STATIC, "role": SECRET_ARN}, ["not the ARN of an IAM role"]),
    "role as a secret": ({**STATIC, "secret": ROLE_ARN}, ["not the ARN of a secret"]),
    "half a secret's ARN": ({**STATIC, "secret": "arn:aws:secretsmanager"}, ["not the ARN of a secret"]),
    "secret of another Region": (
        {**STATIC, "secret": SECRET_ARN.replace(REGION, "eu-west-1")},
        ["eu-west-1", "flow's Region only, us-west-2"],
    ),
}
BAD_FLOWS: dict[str, tuple[list[Flow], list[str]]] = {
    "empty": ([flow(flow="")], ["empty name"]),
    "blank": ([flow(flow="  ")], ["empty name"]),
    "another service's ARN": ([flow(flow=ROLE_ARN)], ["not the ARN of a flow"]),
    "an entitlement's ARN": ([flow(flow=FLOW_ARN.replace(":flow:", ":entitlement:"))], ["not the ARN of a flow"]),
    "half an ARN": ([flow(flow="arn:aws:mediaconnect")], ["not the ARN of a flow", "arn:aws:mediaconnect:REGION"]),
    "another Region": (
        [flow(flow=FLOW_ARN.replace(REGION, "eu-west-1"))],
        ["is in eu-west-1", "works in us-west-2", "one task per Region"],
    ),
    "twice": ([flow(), flow()], ["flow Game is declared more than once"]),
    "an entitlement twice": ([flow({"name": "E"}, {"name": "E"})], ["E of flow Game is declared more than once"]),
    "present and absent": ([flow({"name": "E"}, {"name": "E", "state": "absent"})], ["declared more than once"]),
}


class TestRefused:
    @pytest.mark.parametrize("case", BAD_ENTITLEMENTS)
    def test_entitlement(self, case: str) -> None:
        options, said = BAD_ENTITLEMENTS[case]
        message = refusal(flow({"name": "E", **options}))
        for words in said:
            assert words in message
        assert message.endswith(".")

    @pytest.mark.parametrize("case", BAD_ENCRYPTIONS)
    def test_encryption(self, case: str) -> None:
        options, said = BAD_ENCRYPTIONS[case]
        message = refusal(flow({"name": "E", "encryption": options}))
        for words in ("entitlement E of flow Game", *said):
            assert words in message

    @pytest.mark.parametrize("case", BAD_FLOWS)
    def test_flow(self, case: str) -> None:
        flows, said = BAD_FLOWS[case]
        for words in said:
            assert words in refusal(*flows)

    def test_all_at_once(self) -> None:
        bad = flow(
            {"name": "E", "subscribers": ["1"], "encryption": {**STATIC, "url": "u"}}, {"name": "F", "tags": {"": ""}}
        )
        message = refusal(bad, flow(flow=""))
        for words in ("subscriber 1", "has url", "entitlement F of flow Game", "empty name"):
            assert words in message

    def test_what_is_only_predicted_in_check_mode_is_no_arn_in_a_real_run(self) -> None:
        predicted = flow({"name": "E", "encryption": {**STATIC, "secret": SECRET_ARN[:-6] + "??????"}})
        assert refusal(predicted, check_mode=True) == ""
        assert "??????" in refusal(predicted)


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
            {"encryption": {**STATIC, "role": ROLE_ARN, "secret": SECRET_ARN}},
            {"encryption": {**STATIC, "role": "arn:aws:iam::111122223333:role/media/MediaConnect-ASM"}},
            {"encryption": {**STATIC, "constant_initialization_vector": ""}},
            {"encryption": SPEKE},
            {
                "encryption": {
                    **SPEKE,
                    "algorithm": "aes128",
                    "constant_initialization_vector": "0123456789abcdefABCDEF0123456789",
                }
            },
            {"encryption": {**SPEKE, "url": "https://keys.example.com/speke"}},
            {"encryption": {**SPEKE, "url": "https://1abc-vpce-0123.execute-api.us-west-2.amazonaws.com/x"}},
        ],
    )
    def test_entitlement(self, options) -> None:
        assert refusal(flow({"name": "E", **options})) == ""

    def test_what_is_to_be_revoked_needs_a_name_only(self) -> None:
        rest = {"subscribers": [], "data_transfer_subscriber_fee_percent": 101, "encryption": {**STATIC, "url": "u"}}
        assert refusal(flow({"name": "E", "state": "absent", **rest})) == ""
        assert "not valid" in refusal(flow({"name": "E E", "state": "absent"}))

    def test_one_name_on_two_flows(self) -> None:
        assert refusal(flow({"name": "E"}), flow({"name": "E"}, flow=FLOW_ARN.replace("Game", "Other"))) == ""
