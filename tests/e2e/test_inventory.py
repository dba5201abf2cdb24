# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin flows, through ansible-inventory: flows of Regions and accounts as hosts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Sandbox

OWN, OTHER = "111122223333", "444455556666"
OPERATOR = "arn:aws:iam::{}:role/operator"
SOURCE = {"name": "court", "protocol": "rtp", "whitelist_cidr": "203.0.113.0/24"}


@pytest.fixture
def estate(emulator: Emulator) -> Emulator:
    """BaseballGame twice in Oregon, once in Ireland; TennisFinal in another account."""
    baseball = {"name": "BaseballGame", "status": "STANDBY", "source": SOURCE}
    emulator.seed(
        {
            "accounts": {
                OWN: {"regions": {"us-west-2": {"flows": [baseball]}, "eu-west-1": {"flows": [baseball]}}},
                OTHER: {"regions": {"eu-west-1": {"flows": [{**baseball, "name": "TennisFinal"}]}}},
            }
        }
    )
    (flow,) = emulator.client("mediaconnect", region="eu-west-1").list_flows()["Flows"]
    emulator.client("mediaconnect", region="eu-west-1").grant_flow_entitlements(
        FlowArn=flow["FlowArn"], Entitlements=[{"Name": "Shared", "Subscribers": [OTHER]}]
    )
    emulator.clear_calls()
    return emulator


def listed(sandbox: Sandbox, configuration: dict[str, Any], name: str = "test.mediaconnect_flows.yml") -> Any:
    """What ansible-inventory tells of a configuration, or what it says when that fails."""
    path = sandbox.write(name, {"plugin": "mediaops.mediaconnect.flows", **configuration})
    done = subprocess.run(
        [str(Path(sys.executable).parent / "ansible-inventory"), "-i", str(path), "--list"],
        env=sandbox.environment(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout, object_hook=plain) if done.returncode == 0 else done.stderr


def plain(value: dict[str, Any]) -> Any:
    """ansible-inventory marks text that is no template."""
    return value.get("__ansible_unsafe", value)


def test_flows_of_regions_and_accounts(sandbox: Sandbox, estate: Emulator) -> None:
    configuration = {
        "regions": ["us-west-2", "eu-west-1"],
        "assume_role_arns": [OPERATOR.format(OWN), OPERATOR.format(OTHER)],
        "keyed_groups": [{"prefix": "region", "key": "mediaconnect_region"}],
        "groups": {"shared": "mediaconnect_facts.entitlements | length > 0"},
        "compose": {"ansible_connection": "'local'"},
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(sandbox.directory / "cache"),
    }
    found = listed(sandbox, configuration)
    made = [call["operation"] for call in estate.calls("mediaconnect")]
    assert sorted(made) == ["DescribeFlow"] * 4 + ["ListFlows"] * 4
    hosts = found["_meta"]["hostvars"]
    arns = [flow["FlowArn"] for flow in estate.client("mediaconnect").list_flows()["Flows"]]
    twins = [f"BaseballGame.{arn.split(':')[6]}.us-west-2.{OWN}" for arn in arns]
    ireland, tennis = f"BaseballGame.eu-west-1.{OWN}", f"TennisFinal.eu-west-1.{OTHER}"
    assert sorted(hosts) == sorted([*twins, ireland, tennis])
    assert sorted(found["mediaconnect_flows"]["hosts"]) == sorted(hosts)
    assert sorted(found["region_eu_west_1"]["hosts"]) == [ireland, tennis]
    assert found["shared"]["hosts"] == [ireland]

    variables = hosts[ireland]
    assert variables["mediaconnect_flow"] == variables["mediaconnect_facts"]["flow_arn"]
    assert variables["mediaconnect_region"] == "eu-west-1"
    assert variables["mediaconnect_account"] == OWN
    assert variables["mediaconnect_assume_role_arn"] == OPERATOR.format(OWN)
    assert variables["mediaconnect_facts"]["status"] == "STANDBY"
    assert variables["mediaconnect_facts"]["entitlements"][0]["subscribers"] == [OTHER]
    assert variables["ansible_connection"] == "local"

    estate.clear_calls()
    assert listed(sandbox, configuration) == found  # from the cache
    assert estate.calls("mediaconnect") == []


def test_groups_by_tag(sandbox: Sandbox, estate: Emulator) -> None:
    client = estate.client("mediaconnect", region="eu-west-1")
    (flow,) = client.list_flows()["Flows"]
    client.tag_resource(ResourceArn=flow["FlowArn"], Tags={"event": "final"})
    estate.clear_calls()
    keyed = [{"prefix": "event", "key": "mediaconnect_facts.tags.event | default('none')"}]
    found = listed(sandbox, {"regions": ["us-west-2", "eu-west-1"], "include_tags": True, "keyed_groups": keyed})
    assert found["event_final"]["hosts"] == [f"BaseballGame.eu-west-1.{OWN}"]
    assert len(found["event_none"]["hosts"]) == 2
    assert len(estate.calls("resourcegroupstaggingapi")) == 2
    assert found["mediaconnect_flows"]["hosts"] == sorted(found["_meta"]["hostvars"])
    facts = found["_meta"]["hostvars"][f"BaseballGame.eu-west-1.{OWN}"]["mediaconnect_facts"]
    assert (facts["availability_zone"], facts["vpc_interfaces"], facts["maintenance"]) == ("eu-west-1a", [], None)
    assert facts["egress_ip"]


def test_names_and_the_environments_region(sandbox: Sandbox, estate: Emulator) -> None:
    hosts = listed(sandbox, {"names": ["Tennis*"]})["_meta"]["hostvars"]
    assert hosts == {}
    hosts = listed(sandbox, {"names": ["Tennis*", "Base*"]})["_meta"]["hostvars"]
    assert len(hosts) == 2
    assert "mediaconnect_assume_role_arn" not in next(iter(hosts.values()))


def test_a_region_that_may_not_be_read(sandbox: Sandbox, estate: Emulator) -> None:
    estate.fault("ListFlows", "ForbiddenException", times=2)
    assert "the caller needs mediaconnect:ListFlows" in listed(sandbox, {"regions": ["eu-west-1"]})
    hosts = listed(sandbox, {"regions": ["eu-west-1", "us-west-2"], "strict_permissions": False})["_meta"]["hostvars"]
    assert len(hosts) == 2


def test_another_files_name_is_not_taken(sandbox: Sandbox, estate: Emulator) -> None:
    assert "could not be verified" in listed(sandbox, {}, name="flows.yml")


def test_a_flow_is_changed_as_a_host(sandbox: Sandbox, estate: Emulator) -> None:
    """The hosts' variables are those of the playbooks: grant on every flow of a Region at once."""
    path = sandbox.write(
        "all.mediaconnect_flows.yml",
        {
            "plugin": "mediaops.mediaconnect.flows",
            "regions": ["us-west-2"],
            "assume_role_arns": [OPERATOR.format(OWN)],
            "compose": {"ansible_connection": "'local'"},
        },
    )
    arguments = ["-i", str(path), "-e", "mediaconnect_hosts=all", "-e", f"mediaconnect_subscribers={OTHER}"]
    run = sandbox.playbook("mediaops.mediaconnect.grant", *arguments).ok()
    assert sorted(host["changed"] for host in run.stats.values()) == [1, 1]
    client = estate.client("mediaconnect")
    for flow in client.list_flows()["Flows"]:
        entitlements = client.describe_flow(FlowArn=flow["FlowArn"])["Flow"]["Entitlements"]
        assert [entitlement["Subscribers"] for entitlement in entitlements] == [[OTHER]]
