# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of flows: which are listed as hosts, under which names, with which variables."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData

from ansible_collections.mediaops.mediaconnect.plugins.inventory.flows import (
    GROUP,
    InventoryModule,
    host_names,
    host_variables,
)

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


@pytest.mark.parametrize("name", ["Game: 1", "Game/ 1", "Game.._1"])
def test_what_a_file_s_name_should_not_have_becomes_an_underscore(name: str) -> None:
    assert host_names([arn(name=name)]) == {arn(name=name): f"Game__{'_' * (len(name) - 7)}1.us-west-2.111122223333"}


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


OPTIONS = {
    "regions": ["us-west-2"],
    "assume_role_arn": None,
    "assume_role_arns": [],
    "names": ["*"],
    "strict_permissions": True,
    "include_tags": False,
    "strict": False,
    "compose": {},
    "groups": {},
    "keyed_groups": [],
    "cache": False,
}


class Plugin(InventoryModule):
    """The plugin with options of its own, over AWS in memory."""

    region = "us-west-2"

    def __init__(self, aws: Any, **options: Any):
        super().__init__()
        self.aws, self.options = aws, {**OPTIONS, **options}
        self.inventory = InventoryData()
        self.warnings: list[str] = []
        self.credentials: list[dict[str, Any]] = []

    def get_option(self, option: str, hostvars: Any = None) -> Any:
        return self.options[option]

    def client(self, service: str, region: str = "us-west-2", config: Any = "not ours", **dummy: Any) -> Any:
        self.credentials.append(dict(self._frozen_credentials))
        return self.aws.client(service, region, config)

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    def hosts(self) -> list[dict[str, Any]]:
        return [variables for role_arn in self._role_arns() for variables in self._hosts(role_arn)]


def flows_of(hosts: list[dict[str, Any]]) -> list[str]:
    return [variables["mediaconnect_flow"] for variables in hosts]


class TestHosts:
    def test_are_the_flows_of_all_regions_in_the_order_of_their_arns(self, aws: Any) -> None:
        here = sorted(aws.mediaconnect.add(name, number=number) for name, number in (("A", "2"), ("B", "1")))
        there = aws.mediaconnect.add("A", region="eu-west-1")
        aws.mediaconnect.add("A", region="ap-south-1")
        assert flows_of(Plugin(aws, regions=["us-west-2", "eu-west-1"]).hosts()) == [*here, there]

    def test_are_those_of_the_environment_s_region_when_none_is_given(self, aws: Any) -> None:
        here = aws.mediaconnect.add("A")
        assert flows_of(Plugin(aws, regions=[]).hosts()) == [here]

    def test_need_a_region(self, aws: Any) -> None:
        plugin = Plugin(aws, regions=[])
        plugin.region = None
        with pytest.raises(AnsibleError, match="No AWS Region is set: give regions, or set AWS_REGION"):
            plugin.hosts()

    @pytest.mark.parametrize(
        ("patterns", "names"),
        [(["*"], ["Ball", "Base", "base"]), (["Ba*e", "none"], ["Base"]), (["b*", "Ball"], ["Ball", "base"]), ([], [])],
    )
    def test_are_those_whose_names_are_of_a_pattern(self, aws: Any, patterns: list[str], names: list[str]) -> None:
        for name in ("Base", "Ball", "base"):
            aws.mediaconnect.add(name)
        found = [arn.rsplit(":", 1)[1] for arn in flows_of(Plugin(aws, names=patterns).hosts())]
        assert sorted(found) == names
        assert aws.calls.count("mediaconnect.describe_flow") == len(names)

    def test_have_what_flow_info_returns(self, aws: Any) -> None:
        aws.mediaconnect.add("A", {"Name": "E", "Subscribers": ["444455556666"]})
        (variables,) = Plugin(aws).hosts()
        assert variables["mediaconnect_facts"] == aws.run("flow_info").ok()["flows"][0]


class TestDenied:
    def test_fails(self, aws: Any) -> None:
        aws.fails("mediaconnect.list_flows", "ForbiddenException")
        with pytest.raises(AnsibleError) as failed:
            Plugin(aws).hosts()
        assert str(failed.value) == (
            "In us-west-2: Could not list the flows: ForbiddenException: no (the caller needs mediaconnect:ListFlows)"
        )

    @pytest.mark.parametrize(("role_arn", "where"), [(None, "us-west-2"), (ROLE, f"us-west-2 of {ROLE}")])
    def test_is_left_out_with_a_warning_if_that_is_wanted(self, aws: Any, role_arn: Any, where: str) -> None:
        there = aws.mediaconnect.add("A", region="eu-west-1")
        aws.fails("mediaconnect.list_flows", "ForbiddenException")
        options = {"regions": ["us-west-2", "eu-west-1"], "strict_permissions": False, "assume_role_arn": role_arn}
        plugin = Plugin(aws, **options)
        assert flows_of(plugin.hosts()) == [there]
        assert plugin.warnings == [
            f"In {where} no flows are listed: Could not list the flows: ForbiddenException: no "
            "(the caller needs mediaconnect:ListFlows)"
        ]

    def test_another_failure_fails_always(self, aws: Any) -> None:
        aws.fails("mediaconnect.list_flows", "InternalServerErrorException")
        with pytest.raises(AnsibleError, match="In us-west-2: Could not list the flows: InternalServerErrorException"):
            Plugin(aws, strict_permissions=False).hosts()


OTHER_ROLE = "arn:aws:iam::444455556666:role/operator"


class TestRoles:
    def test_the_credentials_own_account(self, aws: Any) -> None:
        aws.mediaconnect.add("A")
        (variables,) = Plugin(aws).hosts()
        assert "mediaconnect_assume_role_arn" not in variables

    def test_the_one_that_amazon_aws_has_assumed(self, aws: Any) -> None:
        aws.mediaconnect.add("A")
        (variables,) = Plugin(aws, assume_role_arn=ROLE).hosts()
        assert variables["mediaconnect_assume_role_arn"] == ROLE

    def test_several_are_assumed_in_turn_from_the_same_credentials(self, aws: Any) -> None:
        aws.sts.assume_role = lambda region, **params: {"Credentials": {"AccessKeyId": params["RoleArn"]}}
        aws.mediaconnect.add("A")
        plugin = Plugin(aws, assume_role_arns=[ROLE, OTHER_ROLE])
        plugin._frozen_credentials = {"aws_access_key_id": "base"}
        hosts = plugin.hosts()
        assert [variables["mediaconnect_assume_role_arn"] for variables in hosts] == [ROLE, OTHER_ROLE]
        used = [credentials["aws_access_key_id"] for credentials in plugin.credentials]
        assert used == ["base", ROLE, "base", OTHER_ROLE]

    def test_one_that_cannot_be_assumed_fails(self, aws: Any) -> None:
        aws.sts.assume_role = lambda region, **params: {}
        aws.fails("sts.assume_role", "AccessDenied")
        with pytest.raises(
            AnsibleError, match=f"assume (the )?role {ROLE}: .*AccessDenied"
        ):  # amazon.aws words it, too
            Plugin(aws, assume_role_arns=[ROLE]).hosts()


class TestInventory:
    def test_has_a_host_and_a_group_with_variables(self, aws: Any) -> None:
        game = aws.mediaconnect.add("Game")
        plugin = Plugin(aws)
        hosts = plugin.hosts()
        plugin._add_hosts(hosts)
        assert list(plugin.inventory.hosts) == ["Game.us-west-2.111122223333"]
        host = plugin.inventory.hosts["Game.us-west-2.111122223333"]
        assert host.vars["mediaconnect_flow"] == game
        assert {name: host.vars[name] for name in hosts[0]} == hosts[0]
        assert [one.name for one in plugin.inventory.groups[GROUP].hosts] == [host.name]

    def test_without_flows_has_the_group_all_the_same(self, aws: Any) -> None:
        plugin = Plugin(aws)
        plugin._add_hosts([])
        assert GROUP in plugin.inventory.groups

    @pytest.mark.parametrize("cached", [False, True])
    def test_comes_from_the_cache_where_there_is_one(self, aws: Any, cached: bool) -> None:
        arns = [aws.mediaconnect.add(name) for name in ("Old", "New")]
        plugin = Plugin(aws)
        old = host_variables({"flow_arn": arns[0], "region": "us-west-2"}, "")
        plugin.get_cached_result = mock.Mock(return_value=(cached, [old] if cached else None))
        plugin.update_cached_result = mock.Mock()
        with mock.patch.object(InventoryModule.__mro__[1], "parse") as base:
            plugin.parse(plugin.inventory, None, "x.mediaconnect_flows.yml", cache=True)
        base.assert_called_once_with(plugin.inventory, None, "x.mediaconnect_flows.yml", cache=True)
        assert len(plugin.inventory.hosts) == (1 if cached else 2)
        ((path, cache, hosts), dummy) = plugin.update_cached_result.call_args
        assert (path, cache, sorted(flows_of(hosts))) == (
            "x.mediaconnect_flows.yml",
            True,
            arns[:1] if cached else sorted(arns),
        )
