# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read flows, tags, and the ARNs of what is named, in as few calls as the API allows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import iam, secretsmanager, tagging
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import mediaconnect as api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError, Clients
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.pace import pace
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.arn import is_arn
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import Declared, Flow, flow_name
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import (
    Names,
    Observed,
    Options,
    names_to_look_up,
    needs_tags,
    observed_flow,
    refuse_repeated,
    resolve_flow,
    tags_differ,
)

WORKERS = 16
# From this many on, one paginated read of all tags is cheaper than ListTagsForResource for each at 5 a second.
BULK_TAGS = 20


class Observer:
    """What AWS has of the declared flows. `client` is the paced MediaConnect client."""

    def __init__(self, clients: Clients):
        self.clients = clients
        self.region = clients.region
        self.client = pace(clients.get("mediaconnect"))

    def flows(self, flows: Sequence[Flow]) -> List[Observed]:
        """What AWS has, in declared order; a flow that could not be read has an error and does not stop the others.

        One DescribeFlow for each, and ListFlows if any is given by name. Raises Refusal if one does not exist, and
        ApiError if none could be read.
        """
        arns = self._arns(flows)
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            found = list(pool.map(self._describe, arns))
        missing = [arn for arn, flow in zip(arns, found) if flow is None]
        if missing:
            raise Refusal(f"There is no flow {', '.join(missing)}; check the ARN and the account.")
        errors = [answer for answer in found if isinstance(answer, ApiError)]
        if errors and len(errors) == len(found):
            raise errors[0]
        return [
            Observed(arn=arn, name=flow_name(arn), error=answer.sentence())
            if isinstance(answer, ApiError)
            else observed_flow(answer)
            for arn, answer in zip(arns, found)
        ]

    def _describe(self, arn: str) -> Any:
        try:
            return api.describe_flow(self.client, arn)
        except ApiError as error:
            return error

    def _arns(self, flows: Sequence[Flow]) -> List[str]:
        listed: Dict[str, List[str]] = {}
        if any(not is_arn(flow.flow) for flow in flows):
            for flow in api.list_flows(self.client):
                listed.setdefault(flow["Name"], []).append(flow["FlowArn"])
        arns, refusals = [], []
        for flow in flows:
            try:
                arns.append(flow.flow if is_arn(flow.flow) else resolve_flow(flow.flow, listed, self.region))
            except Refusal as refusal:
                refusals.append(str(refusal))
        if refusals:
            raise Refusal(" ".join(refusals))
        refuse_repeated(arns)
        return arns

    def tags(self, pairs: Sequence[Tuple[Flow, Observed]], options: Options) -> None:
        """Read the tags of the entitlements whose tags are declared, or would be lost: few one by one, many at once.

        The bulk read lags behind, so what it shows to differ is read again one by one.
        """
        wanted = [
            (declared, observed.entitlements[declared.name])
            for flow, observed in pairs
            for declared in flow.entitlements
            if declared.name in observed.entitlements
            and needs_tags(declared, observed.entitlements[declared.name], options.allow_replacement)
        ]
        to_read = wanted
        if len(wanted) >= BULK_TAGS:
            to_read = self._after_bulk_read(wanted, options.purge_tags)
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            list(pool.map(self._read_tags, [entitlement for dummy, entitlement in to_read]))

    def _after_bulk_read(
        self, wanted: List[Tuple[Declared, Dict[str, Any]]], purge_tags: bool
    ) -> List[Tuple[Declared, Dict[str, Any]]]:
        try:
            tags = tagging.tags_by_arn(self.clients.get("resourcegroupstaggingapi"))
        except ApiError as error:
            if error.denied:
                return wanted
            raise
        for dummy, entitlement in wanted:
            entitlement["tags"] = tags.get(entitlement["entitlement_arn"], {})
        return [
            (declared, entitlement)
            for declared, entitlement in wanted
            if declared.tags is None or tags_differ(entitlement["tags"], declared.tags, purge_tags)
        ]

    def _read_tags(self, entitlement: Dict[str, Any]) -> None:
        entitlement["tags"] = api.list_tags(self.client, entitlement["entitlement_arn"]) or {}

    def look_up(self, names: Names, pairs: Sequence[Tuple[Flow, Observed]]) -> None:
        """Find the ARNs of the names that the plan needs, each once."""
        for member, name in sorted({needed for pair in pairs for needed in names_to_look_up(*pair)}):
            found = self._role_arn(name) if member == "role_arn" else self._secret_arn(name)
            names.looked_up.setdefault(member, {})[name] = found

    def _role_arn(self, name: str) -> Optional[str]:
        role = iam.get_role(self.clients.get("iam"), name)
        return role["Arn"] if role else None

    def _secret_arn(self, name: str) -> Optional[str]:
        secret = secretsmanager.describe_secret(self.clients.get("secretsmanager"), name)
        return secret["ARN"] if secret else None
