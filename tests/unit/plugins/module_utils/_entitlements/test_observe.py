# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of flows and of the tags of their entitlements, and which names are looked up."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.resolve import References
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.observe import BULK_TAGS, Observer
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import (
    DeclaredEntitlement,
    DeclaredFlow,
    Options,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.state import ObservedFlow
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal

ACCOUNT = "111122223333"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
FEE = "data_transfer_subscriber_fee_percent"


@pytest.fixture
def observer(aws: Any) -> Observer:
    return Observer(aws.clients())


def granted(name: str, **members: Any) -> dict[str, Any]:
    return {"Name": name, "Subscribers": ["444455556666"], **members}


class TestArns:
    def test_come_in_declared_order_by_one_list(self, aws: Any, observer: Observer) -> None:
        game, show, clip = (aws.mediaconnect.add(name) for name in ("Game", "Show", "Clip"))
        assert observer.arns([DeclaredFlow(flow) for flow in ("Clip", show, "Game")]) == [clip, show, game]
        assert aws.calls == ["mediaconnect.list_flows"]

    def test_need_no_list_where_all_are_given(self, aws: Any, observer: Observer) -> None:
        assert observer.arns([DeclaredFlow("arn:a"), DeclaredFlow("arn:b")]) == ["arn:a", "arn:b"]
        assert observer.arns([]) == []
        assert aws.calls == []

    def test_of_names_that_do_not_tell_one_flow_are_refused_together(self, aws: Any, observer: Observer) -> None:
        twice = sorted(aws.mediaconnect.add("Game", number=number) for number in "12")
        aws.mediaconnect.add("Show", region="eu-west-1")
        with pytest.raises(Refusal) as refused:
            observer.arns([DeclaredFlow(flow) for flow in ("Show", "Game", "arn:a")])
        assert str(refused.value) == (
            "There is no flow Show in us-west-2; check the name, the Region and the account. "
            f"2 flows in us-west-2 are named Game; give the ARN of the one that is meant: {', '.join(twice)}."
        )

    def test_of_one_flow_by_name_and_arn_are_refused(self, aws: Any, observer: Observer) -> None:
        game = aws.mediaconnect.add("Game")
        with pytest.raises(Refusal, match="declared more than once, by name and by ARN"):
            observer.arns([DeclaredFlow("Game"), DeclaredFlow(game)])


class TestFlows:
    def test_come_in_the_order_of_their_arns(self, aws: Any, observer: Observer) -> None:
        arns = [aws.mediaconnect.add(name, granted("E", in_use=True)) for name in ("Show", "Game")]
        flows = observer.flows(arns)
        assert [(flow.arn, flow.name, flow.status, flow.error) for flow in flows] == [
            (arns[0], "Show", "ACTIVE", None),
            (arns[1], "Game", "ACTIVE", None),
        ]
        assert flows[0].entitlements["E"]["in_use"] is True
        assert observer.flows([]) == []

    def test_tell_whose_the_credentials_are(self, aws: Any, observer: Observer) -> None:
        observer.flows([aws.mediaconnect.add("Game")])
        assert (observer.clients.account, "sts.get_caller_identity" in aws.calls) == (ACCOUNT, False)

    def test_one_that_cannot_be_read_does_not_stop_the_others(self, aws: Any, observer: Observer) -> None:
        game, show = aws.mediaconnect.add("Game"), aws.mediaconnect.add("Show")
        aws.fails("mediaconnect.describe_flow", "InternalServerErrorException")
        flows = {flow.name: flow for flow in observer.flows([game, show])}
        failed, read = sorted(flows.values(), key=lambda flow: flow.error is None)
        assert failed == ObservedFlow(
            failed.arn,
            failed.name,
            error=f"Could not read the flow {failed.arn}: InternalServerErrorException: no",
        )
        assert read.status == "ACTIVE"

    def test_none_that_can_be_read_fails(self, aws: Any, observer: Observer) -> None:
        arns = [aws.mediaconnect.add("Game"), aws.mediaconnect.add("Show")]
        aws.fails("mediaconnect.describe_flow", "ForbiddenException", times=2)
        with pytest.raises(ApiError, match=f"Could not read the flow {arns[0]}"):
            observer.flows(arns)

    def test_that_do_not_exist_are_refused(self, aws: Any, observer: Observer) -> None:
        prefix = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:1-id"
        with pytest.raises(Refusal) as refused:
            observer.flows([f"{prefix}:Game", aws.mediaconnect.add("Show"), f"{prefix}:Clip"])
        assert str(refused.value) == (f"There is no flow {prefix}:Game, {prefix}:Clip; check the ARN and the account.")


def declared(name: str, **options: Any) -> DeclaredEntitlement:
    return DeclaredEntitlement(name, **options)


def read_tags(observer: Observer, arn: str, *entitlements: DeclaredEntitlement, **options: Any) -> dict[str, Any]:
    """The tags that were read, by name of the entitlement; None where they were not."""
    (flow,) = observer.flows([arn])
    observer.tags([(DeclaredFlow("Game", list(entitlements)), flow)], Options(**options))
    return {name: shown.get("tags") for name, shown in flow.entitlements.items()}


class TestTags:
    def test_are_read_where_they_are_declared_or_would_be_lost(self, aws: Any, observer: Observer) -> None:
        tags = {"a": "b"}
        arn = aws.mediaconnect.add("Game", *(granted(name, tags=tags) for name in ("kept", "tagged", "fee", "gone")))
        entitlements = [
            declared("kept"),
            declared("tagged", tags={}),
            declared("fee", fields={FEE: 5}),
            declared("gone", state="absent", tags={}),
            declared("new", tags={}),
        ]
        none = dict.fromkeys(("kept", "gone"))
        assert read_tags(observer, arn, *entitlements) == {**none, "tagged": tags, "fee": None}
        assert read_tags(observer, arn, *entitlements, allow_replacement=True) == {**none, "tagged": tags, "fee": tags}
        assert aws.calls.count("mediaconnect.list_tags_for_resource") == 3
        assert "resourcegroupstaggingapi.get_resources" not in aws.calls

    def test_of_what_goes_in_between_are_none(self, aws: Any, observer: Observer) -> None:
        arn = aws.mediaconnect.add("Game", granted("E", tags={"a": "b"}))
        aws.meanwhile("mediaconnect.list_tags_for_resource", aws.mediaconnect.flows[arn]["entitlements"].clear)
        assert read_tags(observer, arn, declared("E", tags={})) == {"E": {}}


class TestManyTags:
    """All at once; what differs is read again one by one, since the bulk read lags behind."""

    NAMES = tuple(f"E{number:02}" for number in range(BULK_TAGS))

    def many(self, aws: Any) -> str:
        return aws.mediaconnect.add("Game", *(granted(name, tags={"a": "b"}) for name in self.NAMES))

    def arn_of(self, aws: Any, flow_arn: str, name: str) -> str:
        return next(arn for arn, one in aws.mediaconnect.flows[flow_arn]["entitlements"].items() if one["Name"] == name)

    def test_are_read_by_one_call(self, aws: Any, observer: Observer) -> None:
        found = read_tags(observer, self.many(aws), *(declared(name, tags={"a": "b"}) for name in self.NAMES))
        assert found == {name: {"a": "b"} for name in self.NAMES}
        assert aws.calls.count("resourcegroupstaggingapi.get_resources") == 1
        assert "mediaconnect.list_tags_for_resource" not in aws.calls

    def test_of_one_less_are_read_one_by_one(self, aws: Any, observer: Observer) -> None:
        read_tags(observer, self.many(aws), *(declared(name, tags={"a": "b"}) for name in self.NAMES[1:]))
        assert aws.calls.count("mediaconnect.list_tags_for_resource") == BULK_TAGS - 1

    @pytest.mark.parametrize(
        ("late", "options", "looks"),
        [
            ({}, {}, 1),
            ({"a": "old"}, {}, 1),
            ({"a": "b", "c": "d"}, {}, 1),
            ({"a": "b", "c": "d"}, {"purge_tags": False}, 0),
        ],
    )
    def test_that_differ_are_read_again(
        self, aws: Any, observer: Observer, late: dict[str, str], options: dict[str, bool], looks: int
    ) -> None:
        arn = self.many(aws)
        aws.resourcegroupstaggingapi.late = {self.arn_of(aws, arn, "E07"): late}
        found = read_tags(observer, arn, *(declared(name, tags={"a": "b"}) for name in self.NAMES), **options)
        assert found["E07"] == ({"a": "b"} if looks else late)
        assert aws.calls.count("mediaconnect.list_tags_for_resource") == looks

    def test_that_would_be_lost_are_read_again(self, aws: Any, observer: Observer) -> None:
        entitlements = [declared(name, fields={FEE: 5}) for name in self.NAMES]
        read_tags(observer, self.many(aws), *entitlements, allow_replacement=True)
        assert aws.calls.count("mediaconnect.list_tags_for_resource") == BULK_TAGS

    def test_are_read_one_by_one_where_all_at_once_is_denied(self, aws: Any, observer: Observer) -> None:
        aws.fails("resourcegroupstaggingapi.get_resources", "AccessDeniedException")
        read_tags(observer, self.many(aws), *(declared(name, tags={"a": "b"}) for name in self.NAMES))
        assert aws.calls.count("mediaconnect.list_tags_for_resource") == BULK_TAGS

    def test_that_cannot_be_read_fail(self, aws: Any, observer: Observer) -> None:
        aws.fails("resourcegroupstaggingapi.get_resources", "InternalServiceException")
        with pytest.raises(ApiError, match="read the tags of all MediaConnect resources"):
            read_tags(observer, self.many(aws), *(declared(name, tags={"a": "b"}) for name in self.NAMES))


def static(role: str, secret: str) -> dict[str, str]:
    return {"key_type": "static-key", "algorithm": "aes256", "role_arn": role, "secret_arn": secret}


class TestLookUp:
    def look_up(self, observer: Observer, names: References, *entitlements: DeclaredEntitlement, **has: Any) -> Any:
        shown = {name: {"encryption": encryption} for name, encryption in has.items()}
        observer.look_up(
            names, [(DeclaredFlow("Game", list(entitlements)), ObservedFlow("arn", "Game", entitlements=shown))]
        )
        return names.looked_up

    def test_each_name_once(self, aws: Any, observer: Observer) -> None:
        role, secret = aws.iam.add_role("R", {})["arn"], aws.secretsmanager.add("s")
        found = self.look_up(
            observer,
            References(),
            declared("E", encryption=static("R", "s")),
            declared("F", encryption=static("R", "none")),
            declared("G", encryption=static("none", "s")),
        )
        assert found == {"role_arn": {"R": role, "none": None}, "secret_arn": {"s": secret, "none": None}}
        assert sorted(aws.calls) == ["iam.get_role"] * 2 + ["secretsmanager.describe_secret"] * 2

    def test_only_those_that_the_plan_needs(self, aws: Any, observer: Observer) -> None:
        has = static(ROLE_ARN, f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:s-AbCdEf")
        found = self.look_up(
            observer,
            References(known={"role_arn": {"known": ROLE_ARN}}),
            declared("gone", state="absent", encryption=static("R", "s")),
            declared("open"),
            declared("unencrypted", encryption={}),
            declared("as it is", encryption=static("R", "s")),
            declared("known", encryption=static("known", has["secret_arn"])),
            **{"as it is": has, "unencrypted": None},
        )
        # a secret that was deleted and made again has another ARN
        assert (found, aws.calls) == ({"secret_arn": {"s": None}}, ["secretsmanager.describe_secret"])

    def test_who_may_not_look_keeps_what_is_there(self, aws: Any, observer: Observer) -> None:
        has = static(ROLE_ARN, f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:s-AbCdEf")
        aws.fails("secretsmanager.describe_secret", "AccessDeniedException", times=2)
        names = References()
        assert self.look_up(observer, names, declared("E", encryption=static("R", "s")), E=has) == {
            "secret_arn": {"s": None}
        }
        with pytest.raises(ApiError, match="look up the secret t"):
            self.look_up(observer, names, declared("E", encryption=static("R", "t")), E=has)

    def test_in_a_new_round_only_those_that_are_new(self, aws: Any, observer: Observer) -> None:
        names = References(looked_up={"role_arn": {"R": None}, "secret_arn": {"s": "arn:s"}})
        secret = aws.secretsmanager.add("t")
        found = self.look_up(
            observer, names, declared("E", encryption=static("R", "s")), declared("F", encryption=static("R", "t"))
        )
        assert found == {"role_arn": {"R": None}, "secret_arn": {"s": "arn:s", "t": secret}}
        assert aws.calls == ["secretsmanager.describe_secret"]
