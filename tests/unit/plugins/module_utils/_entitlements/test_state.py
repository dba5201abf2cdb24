# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entitlements of a flow as AWS has them, and as a task goes through them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.state import (
    FlowUnit,
    Item,
    ObservedFlow,
    observed_flow,
    refuse_repeated,
    resolve_flow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Action, Refusal

FLOW_ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-id:Game"
SEEN = {"FlowArn": FLOW_ARN, "Name": "Game", "Status": "ACTIVE"}
ALICE, BOB = "123456789012", "444455556666"
KEY, OTHER_KEY = {"key_type": "static-key", "secret_arn": "arn:s"}, {"key_type": "static-key", "secret_arn": "arn:t"}


def has(**fields: Any) -> dict[str, Any]:
    return {"name": "E", "entitlement_arn": "arn:E", "subscribers": [ALICE], "encryption": None, **fields}


class TestObserved:
    @pytest.mark.parametrize(
        ("source", "protocol"),
        [
            ({}, ""),
            ({"Source": {}}, ""),
            ({"Source": {"Transport": {}}}, ""),
            ({"Source": {"Transport": {"Protocol": "cdi"}}}, "cdi"),
        ],
    )
    def test_a_flow(self, source: dict[str, Any], protocol: str) -> None:
        flow = observed_flow({**SEEN, **source})
        assert flow == ObservedFlow(FLOW_ARN, "Game", "ACTIVE", None, protocol, {})
        assert (flow.region, flow.account) == ("us-west-2", "111122223333")

    def test_an_entitlement_is_in_use_where_an_output_has_its_arn(self) -> None:
        entitlements = [{"Name": name, "EntitlementArn": f"arn:{name}", "Subscribers": [ALICE]} for name in ("E", "F")]
        outputs = [{"Name": "plain"}, {"Name": "used", "EntitlementArn": "arn:E"}]
        found = observed_flow({**SEEN, "Outputs": outputs, "Entitlements": entitlements}).entitlements
        rest = {
            "subscribers": [ALICE],
            "description": "",
            "data_transfer_subscriber_fee_percent": 0,
            "entitlement_status": "ENABLED",
            "encryption": None,
        }
        assert found == {
            "E": {"name": "E", "entitlement_arn": "arn:E", **rest, "in_use": True},
            "F": {"name": "F", "entitlement_arn": "arn:F", **rest, "in_use": False},
        }

    def test_what_aws_leaves_out(self) -> None:
        flow = observed_flow({**SEEN, "Outputs": None, "Entitlements": None, "Source": None})
        assert (flow.entitlements, flow.protocol) == ({}, "")


class TestFlowsByName:
    def test_one(self) -> None:
        assert resolve_flow("Game", {"Game": ["arn:a"]}, "us-west-2") == "arn:a"

    @pytest.mark.parametrize(
        ("listed", "sentence"),
        [
            ({}, "There is no flow Game in us-west-2; check the name, the Region and the account."),
            ({"game": ["arn:a"]}, "There is no flow Game in us-west-2; check the name, the Region and the account."),
            (
                {"Game": ["arn:b", "arn:a"]},
                "2 flows in us-west-2 are named Game; give the ARN of the one that is meant: arn:a, arn:b.",
            ),
        ],
    )
    def test_none_or_several(self, listed: dict[str, list[str]], sentence: str) -> None:
        with pytest.raises(Refusal) as refused:
            resolve_flow("Game", listed, "us-west-2")
        assert str(refused.value) == sentence

    def test_the_same_by_name_and_by_arn(self) -> None:
        refuse_repeated(["arn:a", "arn:b"])
        with pytest.raises(Refusal) as refused:
            refuse_repeated(["arn:a", "arn:b", "arn:b", "arn:a"])
        assert str(refused.value) == (
            "The flow arn:b, arn:a is declared more than once, by name and by ARN; declare it once."
        )


class TestItem:
    @pytest.mark.parametrize(
        ("item", "encryption"),
        [
            (Item(has(encryption=KEY), has(encryption=KEY)), None),
            (Item(None, has(encryption=KEY), "granted"), KEY),
            (Item(None, has(), "granted"), None),
            (Item(has(encryption=KEY), has(encryption=KEY), "updated"), None),
            (Item(has(encryption=KEY), has(encryption=OTHER_KEY), "updated"), OTHER_KEY),
            (Item(has(), has(encryption=KEY), "updated"), KEY),
            (Item(has(encryption=KEY), has(encryption=KEY), "replaced"), KEY),
            (Item(has(encryption=KEY), None, "revoked"), None),
            (Item(None, None, "failed"), None),
        ],
    )
    def test_which_encryption_is_new(self, item: Item, encryption: Any) -> None:
        assert item.new_encryption == encryption

    @pytest.mark.parametrize(
        ("item", "accounts"),
        [
            (Item(has(subscribers=[ALICE, BOB]), has(subscribers=[BOB]), "updated"), [ALICE]),
            (Item(has(subscribers=[ALICE]), has(subscribers=[ALICE, BOB]), "updated"), []),
            (Item(has(subscribers=[BOB, ALICE]), None, "revoked"), [BOB, ALICE]),
            (Item(None, has(), "granted"), []),
            (Item(has(), has()), []),
            (Item(has(), None, "unchanged"), []),
            (Item(None, None, "failed"), []),
        ],
    )
    def test_who_loses_it(self, item: Item, accounts: list[str]) -> None:
        assert item.removed_subscribers == accounts


def unit(**items: Item) -> FlowUnit:
    return FlowUnit("flow Game", subject=f"flow {FLOW_ARN}", observed=ObservedFlow(FLOW_ARN, "Game"), items=items)


class TestUnit:
    def test_what_is_not_done_of_a_flow_that_could_not_be_read_is_all_that_is_declared(self) -> None:
        flow = unit(E=Item(action="failed"))
        flow.observed.error = "Could not read it."
        assert flow.not_done == [Action("look", "all that is declared on flow Game")]

    def test_what_is_not_done_of_any_other(self) -> None:
        flow, done, not_done = unit(), Action("update", "change E"), Action("tag", "change the tags of E")
        flow.actions, flow.done = [done, not_done], [done]
        assert flow.not_done == [not_done]

    def test_what_is_half_replaced(self) -> None:
        before = has()
        flow = unit(
            kept=Item(has(), has()),
            new=Item(None, has(), "granted", exists=False),
            gone=Item(has(), None, "revoked", exists=False),
            replaced=Item(before, has(), "replaced", exists=True),
            half=Item(before, has(), "replaced", exists=False),
        )
        assert flow.replacing == {"half": before}

    def test_the_diff_has_one_part_for_each_entitlement_to_which_something_is_done(self) -> None:
        before, after = has(), has(description="new")
        flow = unit(E=Item(before, after, "updated"), F=Item(before, before), G=Item(before, None, "revoked"))
        assert flow.differences() == [
            ("entitlement E of flow Game", before, after),
            ("entitlement G of flow Game", before, None),
        ]

    @pytest.mark.parametrize(("failure", "unfinished"), [(None, set()), ("It failed.", {"E", "F", "H", None})])
    def test_what_is_unfinished(self, failure: str | None, unfinished: set[str | None]) -> None:
        flow = unit()
        done = Action("update", "", {"name": "G"})
        flow.actions = [
            done,
            Action("wait", "", {"arns": ["arn:E"]}),
            Action("grant", "", {"names": ["E", "F"]}),
            Action("tag", "", {"name": "H"}),
        ]
        flow.done, flow.failure = [done], failure
        assert flow.unfinished == unfinished

    def test_what_was_not_seen_in_the_end_is_unfinished(self) -> None:
        flow = unit(
            kept=Item(has(), has()),
            new=Item(None, has(), "granted", exists=False),
            gone=Item(has(), None, "revoked", exists=False),
        )
        assert flow.unfinished == set()
        flow.failure = "It could not be read again."
        assert flow.unfinished == {"new"}

    def test_predictions_are_replaced_in_what_will_be(self) -> None:
        before = has(encryption={"secret_arn": "arn:??????"})
        flow = unit(E=Item(before, before), F=Item(before, None, "revoked"))
        flow.replace_predictions({"arn:??????": "arn:real"})
        assert flow.items["E"].after["encryption"] == {"secret_arn": "arn:real"}
        assert flow.items["E"].before["encryption"] == {"secret_arn": "arn:??????"}
        assert flow.items["F"].after is None


class TestRenew:
    def test_what_was_there_first_and_what_the_task_does_stay(self) -> None:
        first, theirs, new = has(), has(description="theirs"), has(description="new")
        flow = unit(
            kept=Item(first, first),
            updated=Item(first, new, "updated"),
            granted=Item(None, new, "granted", exists=False),
            replaced=Item(first, new, "replaced", exists=False),
        )
        flow.actions = [Action("grant", "old", {"names": ["granted"]})]
        flow.done = [flow.actions[0]]
        fresh = unit(
            kept=Item(theirs, theirs),
            updated=Item(theirs, new, "updated"),
            granted=Item(theirs, theirs),
            replaced=Item(None, new, "granted", exists=False),
            other=Item(theirs, None, "revoked"),
        )
        fresh.actions, fresh.warnings, fresh.refusals = [Action("look", "new")], ["Careful."], ["No."]
        flow.renew(fresh)
        assert flow.items == {
            "kept": Item(theirs, theirs),
            "updated": Item(first, new, "updated"),
            "granted": Item(None, theirs, "granted", exists=True),
            "replaced": Item(first, new, "replaced", exists=False),
            "other": Item(theirs, None, "revoked"),
        }
        assert (flow.actions, flow.warnings, flow.refusals) == ([Action("look", "new")], ["Careful."], ["No."])
        assert [action.summary for action in flow.done] == ["old"]

    def test_what_comes_to_be_done_only_now(self) -> None:
        first, theirs, new = has(), has(description="theirs"), has()
        flow = unit(E=Item(first, first))
        flow.renew(unit(E=Item(theirs, new, "updated")))
        assert flow.items["E"] == Item(theirs, new, "updated")
