# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.mediaops.mediaconnect.plugins.inventory.flows import host_names, host_variables

ARN = "arn:aws:mediaconnect:{region}:111122223333:flow:{id}:{name}"
ROLE = "arn:aws:iam::111122223333:role/operator"


def arn(name: str = "Game", region: str = "us-west-2", number: str = "1-a-b") -> str:
    return ARN.format(name=name, region=region, id=number)


def test_a_host_is_named_after_flow_region_and_account() -> None:
    assert host_names([arn(), arn(region="eu-west-1")]) == {
        arn(): "Game.us-west-2.111122223333",
        arn(region="eu-west-1"): "Game.eu-west-1.111122223333",
    }


def test_flows_of_one_name_are_told_apart_by_their_ids() -> None:
    assert host_names([arn(), arn(number="1-c-d"), arn(name="Other")]) == {
        arn(): "Game.1-a-b.us-west-2.111122223333",
        arn(number="1-c-d"): "Game.1-c-d.us-west-2.111122223333",
        arn(name="Other"): "Other.us-west-2.111122223333",
    }


def test_a_colon_in_a_name_stays() -> None:
    assert host_names([arn(name="Game: 1")]) == {arn(name="Game: 1"): "Game: 1.us-west-2.111122223333"}


def test_the_variables_are_those_of_the_playbooks() -> None:
    facts = {"flow_arn": arn(), "region": "us-west-2"}
    wanted = {
        "mediaconnect_flow": arn(),
        "mediaconnect_region": "us-west-2",
        "mediaconnect_account": "111122223333",
        "mediaconnect_facts": facts,
    }
    assert host_variables(facts, "") == wanted
    assert host_variables(facts, ROLE) == {**wanted, "mediaconnect_assume_role_arn": ROLE}
