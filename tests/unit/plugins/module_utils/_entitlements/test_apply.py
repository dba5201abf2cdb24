# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations on a flow, one by one, through what goes wrong on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.resolve import References
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.apply import Applier
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import from_api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.state import (
    FlowUnit,
    Item,
    ObservedFlow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal, WorldChanged

ACCOUNT, ALICE, BOB = "111122223333", "123456789012", "444455556666"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:s-AbCdEf"
STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": SECRET_ARN}
STATIC_API = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": ROLE_ARN, "SecretArn": SECRET_ARN}
FEE = "data_transfer_subscriber_fee_percent"
LOOK_AT = (
    f"If it is about the role {ROLE_ARN}, look at three things: whether the caller has iam:PassRole on it, whether its "
    "trust policy lets mediaconnect.amazonaws.com assume it for this flow, and whether its policies let it read the secret."
)


class Flow:
    """A flow with the entitlement E on it, its unit, and the operations on it."""

    def __init__(self, aws: Any, clock: Any):
        self.aws, self.clock = aws, clock
        self.arn = aws.mediaconnect.add("Game", {"Name": "E", "Subscribers": [ALICE]})
        self.entitlement_arn = next(iter(aws.mediaconnect.flows[self.arn]["entitlements"]))
        self.names = References()
        self.applier = Applier(aws.clients(), lambda: self.names, timeout=10)
        before = from_api({"EntitlementArn": self.entitlement_arn, "Name": "E", "Subscribers": [ALICE]})
        self.unit = FlowUnit("flow Game", observed=ObservedFlow(self.arn, "Game"))
        self.unit.items["E"] = Item({**before, "in_use": False}, {**before, "in_use": False})

    def new(self, name: str = "N", **fields: Any) -> Item:
        """Plan to grant one."""
        after = {
            "name": name,
            "entitlement_arn": f"arn:??????:{name}",
            "subscribers": [ALICE],
            "description": "",
            FEE: 0,
            "entitlement_status": "ENABLED",
            "encryption": None,
            "in_use": False,
            **fields,
        }
        self.unit.items[name] = Item(None, after, "granted", exists=False)
        return self.unit.items[name]

    def half_replaced(self, **fields: Any) -> None:
        """Plan to grant E again, which has been revoked."""
        before, after = self.unit.items["E"].before, self.new("E", **fields).after
        self.aws.mediaconnect.flows[self.arn]["entitlements"].clear()
        self.unit.items["E"] = Item(before, after, "replaced", exists=False)

    def does(self, operation: str, **params: Any) -> None:
        self.applier.operations[operation](self.unit, **params)

    def refuses(self, operation: str, **params: Any) -> str:
        with pytest.raises(Refusal) as refused:
            self.does(operation, **params)
        return str(refused.value)

    def finds_changed(self, operation: str, **params: Any) -> bool:
        with pytest.raises(WorldChanged) as change:
            self.does(operation, **params)
        return change.value.done

    @property
    def granted(self) -> dict[str, dict[str, Any]]:
        return self.aws.mediaconnect.granted(self.arn)

    def calls(self, operation: str) -> int:
        return self.aws.calls.count(f"mediaconnect.{operation}")


@pytest.fixture
def flow(aws: Any, clock: Any) -> Flow:
    return Flow(aws, clock)


def update(flow: Flow, **changes: Any) -> dict[str, Any]:
    return {"name": "E", "arn": flow.entitlement_arn, "changes": changes or {"description": "new"}}


class TestUpdate:
    def test_sends_what_changes_and_takes_what_aws_answers(self, flow: Flow) -> None:
        item = flow.unit.items["E"]
        item.after = {**item.after, "description": "new", "entitlement_arn": "arn:?", "tags": {"a": "b"}}
        flow.does("update", **update(flow, description="new", encryption=STATIC))
        assert flow.granted["E"] == {
            "Name": "E",
            "Subscribers": [ALICE],
            "Description": "new",
            "Encryption": STATIC_API,
        }
        assert item.after["entitlement_arn"] == flow.entitlement_arn
        assert (item.after["description"], item.after["encryption"]) == ("new", STATIC)
        assert (item.after["tags"], item.after["in_use"]) == ({"a": "b"}, False)

    @pytest.mark.parametrize("code", ["BadRequestException", "ForbiddenException"])
    def test_is_tried_again_while_aws_may_not_see_the_role_yet(self, flow: Flow, code: str) -> None:
        flow.names.changed = {ROLE_ARN}
        flow.aws.fails("mediaconnect.update_flow_entitlement", code, times=3)
        flow.does("update", **update(flow, encryption=STATIC))
        assert flow.granted["E"]["Encryption"] == STATIC_API
        assert (flow.calls("update_flow_entitlement"), flow.clock.now) == (4, 9)

    def test_ends_when_the_time_is_up(self, flow: Flow) -> None:
        flow.names.changed = {ROLE_ARN}
        flow.aws.fails("mediaconnect.update_flow_entitlement", "BadRequestException", times=100)
        said = flow.refuses("update", **update(flow, encryption=STATIC))
        assert said == (
            f"flow Game: Could not update the entitlement {flow.entitlement_arn}: BadRequestException: no. {LOOK_AT}"
        )
        assert flow.clock.now == 12

    @pytest.mark.parametrize(
        ("code", "changes", "said"),
        [
            (
                "ForbiddenException",
                {"encryption": STATIC},
                "(the caller needs mediaconnect:UpdateFlowEntitlement). If it",
            ),
            ("ForbiddenException", {"description": "new"}, "(the caller needs mediaconnect:UpdateFlowEntitlement)."),
            ("BadRequestException", {"description": "new"}, ": BadRequestException: no."),
            ("InternalServerErrorException", {"encryption": STATIC}, ": InternalServerErrorException: no."),
        ],
    )
    def test_fails_at_once_where_nothing_may_pass(
        self, flow: Flow, code: str, changes: dict[str, Any], said: str
    ) -> None:
        flow.aws.iam.add_role("R", {})  # long ago
        flow.aws.fails("mediaconnect.update_flow_entitlement", code)
        sentence = flow.refuses("update", **update(flow, **changes))
        assert sentence.startswith(f"flow Game: Could not update the entitlement {flow.entitlement_arn}: {code}: no")
        assert said in sentence
        assert sentence.endswith((said, LOOK_AT))
        assert flow.clock.now == 0

    def test_fails_at_once_where_it_is_not_about_the_role(self, flow: Flow) -> None:
        flow.names.changed = {ROLE_ARN}
        flow.aws.fails("mediaconnect.update_flow_entitlement", "InternalServerErrorException", message="At X.X..")
        assert flow.refuses("update", **update(flow, encryption=STATIC)) == (
            f"flow Game: Could not update the entitlement {flow.entitlement_arn}: InternalServerErrorException: At X.X."
        )
        assert flow.clock.now == 0

    def test_a_role_that_was_made_a_moment_ago_may_not_be_seen_yet(self, flow: Flow) -> None:
        flow.aws.iam.add_role("R", {}, created=datetime.now(UTC))
        flow.aws.fails("mediaconnect.update_flow_entitlement", "BadRequestException")
        flow.does("update", **update(flow, encryption=STATIC))
        assert flow.clock.now == 3


class TestRevoke:
    def test_takes_it_away(self, flow: Flow) -> None:
        flow.does("revoke", name="E", arn=flow.entitlement_arn)
        assert (flow.granted, flow.unit.items["E"].exists) == ({}, False)

    def test_what_is_gone_already_is_no_failure(self, flow: Flow) -> None:
        flow.aws.fails("mediaconnect.revoke_flow_entitlement", "NotFoundException")
        flow.does("revoke", name="E", arn=flow.entitlement_arn)
        assert flow.unit.items["E"].exists is False

    def test_fails_as_aws_says(self, flow: Flow) -> None:
        flow.aws.fails("mediaconnect.revoke_flow_entitlement", "ForbiddenException")
        with pytest.raises(ApiError, match="Could not revoke the entitlement"):
            flow.does("revoke", name="E", arn=flow.entitlement_arn)
        assert flow.unit.items["E"].exists is True


class TestWait:
    def test_until_all_are_gone(self, flow: Flow) -> None:
        gone = flow.aws.mediaconnect.flows[flow.arn]["entitlements"].clear
        flow.aws.meanwhile("mediaconnect.describe_flow", None, None, gone)
        flow.does("wait", arns=[flow.entitlement_arn, "arn:other"])
        assert (flow.calls("describe_flow"), flow.clock.now) == (3, 2)

    def test_for_those_that_were_revoked_only(self, flow: Flow) -> None:
        flow.does("wait", arns=["arn:other"])
        assert (flow.calls("describe_flow"), flow.clock.now) == (1, 0)

    def test_not_longer_than_the_time_given(self, flow: Flow) -> None:
        assert flow.refuses("wait", arns=[flow.entitlement_arn]) == (
            f"On flow Game {flow.entitlement_arn} was revoked but is not gone after 10 seconds."
        )
        assert flow.clock.now == 11

    def test_those_that_stay_are_named(self, flow: Flow) -> None:
        entitlements = flow.aws.mediaconnect.flows[flow.arn]["entitlements"]
        entitlements |= {f"arn:{name}": {"Name": name} for name in "DB"}
        said = flow.refuses("wait", arns=["arn:D", "arn:C", "arn:B"])
        assert said == "On flow Game arn:B, arn:D was revoked but is not gone after 10 seconds."

    def test_a_flow_that_is_gone_has_none_any_more(self, flow: Flow) -> None:
        flow.aws.mediaconnect.flows.clear()
        flow.does("wait", arns=[flow.entitlement_arn])


class TestGrant:
    def test_all_in_one_call(self, flow: Flow) -> None:
        new = flow.new("N", subscribers=[ALICE, BOB], description="d", encryption=STATIC, tags={"a": "b"}, **{FEE: 15})
        other = flow.new("O", tags={})
        flow.does("grant", names=["N", "O"])
        assert flow.granted["N"] == {
            "Name": "N",
            "Subscribers": [ALICE, BOB],
            "Description": "d",
            "DataTransferSubscriberFeePercent": 15,
            "EntitlementStatus": "ENABLED",
            "Encryption": STATIC_API,
            "tags": {"a": "b"},
        }
        assert (new.exists, other.exists, flow.aws.writes) == (True, True, ["mediaconnect.grant_flow_entitlements"])
        assert "??????" not in new.after["entitlement_arn"] + other.after["entitlement_arn"]
        assert (new.after["tags"], other.after["tags"]) == ({"a": "b"}, {})

    def test_with_tags_of_their_own_where_botocore_does_not_know_those_of_a_grant(self, aws: Any, clock: Any) -> None:
        aws.grants_take_tags = False
        flow = Flow(aws, clock)
        flow.new("N", tags={"a": "b"})
        flow.new("O")
        flow.does("grant", names=["N", "O"])
        assert {name: one["tags"] for name, one in flow.granted.items() if name != "E"} == {"N": {"a": "b"}, "O": {}}
        assert aws.writes == ["mediaconnect.grant_flow_entitlements", "mediaconnect.tag_resource"]

    @pytest.mark.parametrize("code", ["BadRequestException", "ForbiddenException"])
    def test_is_tried_again_while_aws_may_not_see_the_role_yet(self, flow: Flow, code: str) -> None:
        flow.names.changed = {ROLE_ARN}
        item = flow.new(encryption=STATIC)
        flow.aws.fails("mediaconnect.grant_flow_entitlements", code, times=3)
        flow.does("grant", names=["N"])
        assert (item.exists, flow.clock.now) == (True, 9)

    def test_which_roles_this_run_changes_is_asked_when_it_counts(self, flow: Flow) -> None:
        """They are known once the plan is made."""
        flow.new(encryption=STATIC)
        flow.aws.fails("mediaconnect.grant_flow_entitlements", "BadRequestException")
        flow.names = References(changed={ROLE_ARN})
        flow.does("grant", names=["N"])

    def test_ends_when_the_time_is_up(self, flow: Flow) -> None:
        flow.names.changed = {ROLE_ARN}
        flow.new(encryption=STATIC)
        flow.aws.fails("mediaconnect.grant_flow_entitlements", "BadRequestException", times=100)
        assert flow.refuses("grant", names=["N"]) == (
            f"flow Game: Could not grant entitlements on {flow.arn}: BadRequestException: no. {LOOK_AT}"
        )
        assert flow.clock.now == 12

    def test_names_each_role_once(self, flow: Flow) -> None:
        other = {**STATIC, "role_arn": f"arn:aws:iam::{ACCOUNT}:role/A"}
        for name, encryption in (("N", STATIC), ("O", other), ("P", STATIC), ("Q", None)):
            flow.new(name, encryption=encryption)
        flow.aws.fails("mediaconnect.grant_flow_entitlements", "BadRequestException", times=100)
        said = flow.refuses("grant", names=["N", "O", "P", "Q"])
        assert f"If it is about the role {other['role_arn']}, {ROLE_ARN}, look at" in said

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            (
                "ForbiddenException",
                "ForbiddenException: no (the caller needs mediaconnect:GrantFlowEntitlements).",
            ),
            (
                "GrantFlowEntitlements420Exception",
                "GrantFlowEntitlements420Exception: no. MediaConnect allows 50 entitlements per flow; revoke some first.",
            ),
        ],
    )
    def test_what_says_that_nothing_was_granted_needs_no_look(self, flow: Flow, code: str, said: str) -> None:
        flow.new()
        flow.aws.fails("mediaconnect.grant_flow_entitlements", code)
        assert flow.refuses("grant", names=["N"]) == f"flow Game: Could not grant entitlements on {flow.arn}: {said}"
        assert flow.calls("describe_flow") == 0

    def test_that_fails_is_told_as_it_failed_even_if_the_flow_cannot_be_read_then(self, flow: Flow) -> None:
        flow.new()
        flow.aws.fails("mediaconnect.grant_flow_entitlements", "InternalServerErrorException")
        flow.aws.fails("mediaconnect.describe_flow", "ServiceUnavailableException")
        assert "InternalServerErrorException" in flow.refuses("grant", names=["N"])


class TestGrantedAfterAll:
    """The flow is looked at anew when a grant fails although some of it is there."""

    def test_the_answer_was_lost(self, flow: Flow) -> None:
        flow.new()
        flow.aws.loses_answer("mediaconnect.grant_flow_entitlements")
        assert flow.finds_changed("grant", names=["N"]) is True

    def test_somebody_else_was_faster_with_one_of_them(self, flow: Flow) -> None:
        flow.new("N")
        flow.new("E")
        assert flow.finds_changed("grant", names=["N", "E"]) is True
        assert "N" not in flow.granted

    def test_somebody_else_granted_something_else(self, flow: Flow) -> None:
        flow.new()
        flow.aws.fails("mediaconnect.grant_flow_entitlements", "InternalServerErrorException")
        assert "InternalServerErrorException" in flow.refuses("grant", names=["N"])

    def test_it_cannot_be_made_as_declared_any_more(self, flow: Flow) -> None:
        flow.new("E", **{FEE: 15})
        assert flow.refuses("grant", names=["E"]) == (
            f"The entitlement E of flow Game was granted by somebody else meanwhile, with {FEE} 0 where 15 is declared; "
            "agree with them and run again."
        )

    def test_its_tags_could_not_be_written(self, aws: Any, clock: Any) -> None:
        aws.grants_take_tags = False
        flow = Flow(aws, clock)
        flow.new("N", tags={"a": "b"})
        aws.fails("mediaconnect.tag_resource", "InternalServerErrorException")
        assert flow.finds_changed("grant", names=["N"]) is True
        assert flow.granted["N"]["tags"] == {}


LOST = {
    "name": "E",
    "subscribers": [ALICE],
    "description": "d",
    FEE: 15,
    "entitlement_status": "ENABLED",
    "tags": {"a": "b"},
}


class TestHalfReplaced:
    """What was revoked is not granted again yet: the next run cannot know what it was."""

    @pytest.fixture
    def sentence(self, flow: Flow) -> str:
        flow.half_replaced(description="d", tags={"a": "b"}, **{FEE: 15})
        return (
            "The entitlement E was revoked and is not granted again yet: run again with all of it declared, which is "
            f"{json.dumps(LOST)}."
        )

    def test_when_the_grant_fails(self, flow: Flow, sentence: str) -> None:
        flow.aws.fails("mediaconnect.grant_flow_entitlements", "ForbiddenException")
        assert flow.refuses("grant", names=["E"]) == (
            f"flow Game: Could not grant entitlements on {flow.arn}: ForbiddenException: no "
            f"(the caller needs mediaconnect:GrantFlowEntitlements). {sentence}"
        )

    def test_when_it_is_not_gone_in_time(self, flow: Flow, sentence: str) -> None:
        flow.aws.mediaconnect.flows[flow.arn]["entitlements"][flow.entitlement_arn] = {"Name": "E"}
        assert flow.refuses("wait", arns=[flow.entitlement_arn]).endswith(f" after 10 seconds. {sentence}")

    def test_when_the_next_one_cannot_be_revoked(self, flow: Flow, sentence: str) -> None:
        flow.aws.fails("mediaconnect.revoke_flow_entitlement", "ForbiddenException")
        assert flow.refuses("revoke", name="F", arn="arn:F") == (
            "flow Game: Could not revoke the entitlement arn:F: ForbiddenException: no "
            f"(the caller needs mediaconnect:RevokeFlowEntitlement). {sentence}"
        )

    def test_an_encryption_is_told_too(self, flow: Flow) -> None:
        flow.half_replaced(encryption=STATIC)
        flow.aws.fails("mediaconnect.grant_flow_entitlements", "ForbiddenException")
        assert json.dumps(STATIC) in flow.refuses("grant", names=["E"])

    def test_once_it_is_granted_again_nothing_is_lost(self, flow: Flow) -> None:
        flow.half_replaced()
        flow.does("grant", names=["E"])
        assert flow.unit.replacing == {}
        flow.aws.fails("mediaconnect.revoke_flow_entitlement", "ForbiddenException")
        with pytest.raises(ApiError):
            flow.does("revoke", name="F", arn="arn:F")

    def test_a_new_round_is_no_failure(self, flow: Flow) -> None:
        flow.half_replaced()
        flow.aws.loses_answer("mediaconnect.grant_flow_entitlements")
        assert flow.finds_changed("grant", names=["E"]) is True


@pytest.mark.parametrize(
    ("to_set", "to_remove", "calls", "left"),
    [
        ({"a": "2", "c": "3"}, ["b"], ["untag_resource", "tag_resource"], {"a": "2", "c": "3"}),
        ({"a": "2"}, [], ["tag_resource"], {"a": "2", "b": "1"}),
        ({}, ["a"], ["untag_resource"], {"b": "1"}),
    ],
)
def test_tag(flow: Flow, to_set: dict[str, str], to_remove: list[str], calls: list[str], left: dict[str, str]) -> None:
    flow.granted["E"]["tags"] = {"a": "1", "b": "1"}
    flow.does("tag", name="E", arn=flow.entitlement_arn, to_set=to_set, to_remove=to_remove)
    assert flow.granted["E"]["tags"] == left
    assert flow.aws.calls == [f"mediaconnect.{call}" for call in calls]


class TestLook:
    def test_mediaconnect_has_something_to_say(self, flow: Flow) -> None:
        flow.aws.mediaconnect.flows[flow.arn]["messages"] = ["No key.", "No source."]
        flow.does("look")
        assert flow.unit.messages == [
            "MediaConnect reports of flow Game: No key.",
            "MediaConnect reports of flow Game: No source.",
        ]

    @pytest.mark.parametrize("gone", [False, True])
    def test_mediaconnect_has_nothing_to_say(self, flow: Flow, gone: bool) -> None:
        if gone:
            flow.aws.mediaconnect.flows.clear()
        flow.does("look")
        assert flow.unit.messages == []

    def test_a_look_that_fails_is_no_failure_of_the_task(self, flow: Flow) -> None:
        flow.aws.fails("mediaconnect.describe_flow", "InternalServerErrorException")
        flow.does("look")
        assert flow.unit.messages == [
            "The messages of flow Game could not be read after the change. "
            f"Could not read the flow {flow.arn}: InternalServerErrorException: no"
        ]
