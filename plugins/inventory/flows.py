# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: flows
version_added: 1.0.0
short_description: List AWS Elemental MediaConnect flows as hosts
description:
  - Lists the flows of many Regions and accounts as hosts, so that a play can look at, or change, each flow on its own and in parallel.
  - The configuration file's name ends in C(mediaconnect_flows.yml) or C(mediaconnect_flows.yaml).
  - A host is named after flow, Region and account, such as C(BaseballGame.us-west-2.111122223333). Where a Region has several flows
    of one name, the flow's id comes second. Characters that a file name should not have become underscores. The hosts are in the order of their names.
  - Every host is in the group C(mediaconnect_flows) and has the variables C(mediaconnect_flow) (the flow's ARN),
    C(mediaconnect_region), C(mediaconnect_account) and C(mediaconnect_facts), which is what M(mediaops.mediaconnect.flow_info)
    returns for a flow. If a role was assumed, C(mediaconnect_assume_role_arn) names it. The playbooks grant and revoke take these variables.
author:
  - mediaops.mediaconnect contributors (@mediaops)
options:
  regions:
    description: The Regions to look in. Defaults to the one of the AWS environment.
    type: list
    elements: str
    default: []
  assume_role_arns:
    description:
      - Roles to assume, one for each account whose flows are listed. If none are given, the flows of the credentials' own account are listed.
      - If O(assume_role_arn) is given too, that role is assumed first, and these roles from there.
    type: list
    elements: str
    default: []
  names:
    description: Patterns such as C(Baseball*). Only flows whose name matches one of them are listed.
    type: list
    elements: str
    default: ["*"]
  include_tags:
    description: Read the flows' tags too, as C(mediaconnect_facts.tags), for groups by tag. One more request per account and Region.
    type: bool
    default: false
    version_added: 2.0.0
  strict_permissions:
    description: If V(false), an account and Region that the caller may not look at is left out, with a warning.
    type: bool
    default: true
extends_documentation_fragment:
  - inventory_cache
  - constructed
  - amazon.aws.boto3
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.assume_role.plugins
seealso:
  - plugin: amazon.aws.aws_ec2
    plugin_type: inventory
"""

EXAMPLES = r"""
# sports.mediaconnect_flows.yml
plugin: mediaops.mediaconnect.flows
regions:
  - us-west-2
  - eu-west-1
assume_role_arns:
  - arn:aws:iam::111122223333:role/MediaConnectOperator
  - arn:aws:iam::222233334444:role/MediaConnectOperator
keyed_groups:
  - prefix: status
    key: mediaconnect_facts.status
  - prefix: region
    key: mediaconnect_region
groups:
  shared: mediaconnect_facts.entitlements | length > 0
  in_trouble: mediaconnect_facts.messages | length > 0
compose:
  ansible_connection: "'local'"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/mediaconnect_flows
cache_timeout: 600
"""

import re
from fnmatch import fnmatchcase
from typing import Any, Iterator

try:
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    pass  # AWSInventoryBase reports it

from ansible_collections.amazon.aws.plugins.plugin_utils.inventory import AWSInventoryBase

from ..module_utils._aws import mediaconnect as api
from ..module_utils._aws.client import connect
from ..module_utils._aws.errors import ApiError
from ..module_utils._aws.tagging import tags_by_arn
from ..module_utils._flows.observe import flow_facts
from ..module_utils._reconcile.arn import account_of
from ..module_utils._reconcile.model import repeated

GROUP = "mediaconnect_flows"
UNSAFE = re.compile(r"[^A-Za-z0-9_-]")  # what a host's name has none of, since files are often called after hosts


def host_names(arns: list[str]) -> dict[str, str]:
    """A host name for each ARN (arn:P:mediaconnect:REGION:ACCOUNT:flow:ID:NAME)."""
    parts = {arn: arn.split(":", 7) for arn in arns}
    flows = {arn: UNSAFE.sub("_", part[7]) for arn, part in parts.items()}
    short = {arn: f"{flows[arn]}.{part[3]}.{part[4]}" for arn, part in parts.items()}
    ambiguous = set(repeated(short.values()))
    return {
        arn: f"{flows[arn]}.{part[6]}.{part[3]}.{part[4]}" if short[arn] in ambiguous else short[arn]
        for arn, part in parts.items()
    }


def host_variables(facts: dict[str, Any], role_arn: str) -> dict[str, Any]:
    """The variables of a flow's host."""
    variables = {
        "mediaconnect_flow": facts["flow_arn"],
        "mediaconnect_region": facts["region"],
        "mediaconnect_account": account_of(facts["flow_arn"]),
        "mediaconnect_facts": facts,
    }
    if role_arn:
        variables["mediaconnect_assume_role_arn"] = role_arn
    return variables


class InventoryModule(AWSInventoryBase):
    """Lists flows as hosts."""

    NAME = "mediaops.mediaconnect.flows"
    INVENTORY_FILE_SUFFIXES = ("mediaconnect_flows.yml", "mediaconnect_flows.yaml")

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:  # type: ignore[override]
        """Read the configuration file and add the hosts, from the cache if it has them."""
        super().parse(inventory, loader, path, cache=cache)
        cached, hosts = self.get_cached_result(path, cache)
        if not cached:
            hosts = [variables for role_arn in self._role_arns() for variables in self._hosts(role_arn)]
        self._add_hosts(hosts)
        self.update_cached_result(path, cache, hosts)

    def _role_arns(self) -> Iterator[str]:
        """The role of each account, assumed in turn. Without assume_role_arns, the one of assume_role_arn, or "" if there is none."""
        given = self.get_option("assume_role_arns")
        if not given:
            yield self.get_option("assume_role_arn") or ""
        base = dict(self._frozen_credentials)
        for role_arn in given:
            self._frozen_credentials = dict(base)
            try:
                self._freeze_iam_role(role_arn)
            except (BotoCoreError, ClientError) as error:
                self.fail_aws(f"Could not assume the role {role_arn}", exception=error)
            yield role_arn

    def _hosts(self, role_arn: str) -> Iterator[dict[str, Any]]:
        regions = self.get_option("regions") or [self.region]
        if not regions[0]:
            self.fail_aws("No AWS Region is set: give regions, or set AWS_REGION in the environment.")
        for region in regions:
            try:
                flows = self._flows(region)
                tags = self._tags(region) if flows and self.get_option("include_tags") else None
            except ApiError as error:
                where = f"{region}{f' of {role_arn}' if role_arn else ''}"
                if not error.denied or self.get_option("strict_permissions"):
                    self.fail_aws(f"In {where}: {error.sentence()}")
                self.warn(f"In {where} no flows are listed: {error.sentence()}")
                continue
            for flow in flows:
                facts = flow_facts(flow)
                if tags is not None:
                    facts["tags"] = tags.get(facts["flow_arn"], {})
                yield host_variables(facts, role_arn)

    def _flows(self, region: str) -> list[dict[str, Any]]:
        client = connect(self.client, "mediaconnect", region=region)
        patterns = self.get_option("names")
        arns = [
            listed["FlowArn"]
            for listed in api.list_flows(client)
            if any(fnmatchcase(listed["Name"], pattern) for pattern in patterns)
        ]
        return api.read_flows(client, sorted(arns))

    def _tags(self, region: str) -> dict[str, dict[str, str]]:
        return tags_by_arn(connect(self.client, "resourcegroupstaggingapi", region=region))

    def _add_hosts(self, hosts: list[dict[str, Any]]) -> None:
        self.inventory.add_group(GROUP)
        names = host_names([variables["mediaconnect_flow"] for variables in hosts])
        strict = self.get_option("strict")
        for variables in sorted(hosts, key=lambda variables: names[variables["mediaconnect_flow"]]):
            name = names[variables["mediaconnect_flow"]]
            self.inventory.add_host(name, group=GROUP)
            for variable, value in variables.items():
                self.inventory.set_variable(name, variable, value)
            self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
            self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
            self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)
