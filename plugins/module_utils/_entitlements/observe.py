# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read flows, tags, and the ARNs of roles and secrets that are given by name, in as few calls as the API allows."""

from __future__ import annotations

from typing import Any, Container, Mapping, Sequence, Tuple

from .._aws import iam, secretsmanager, tagging
from .._aws import mediaconnect as api
from .._aws.client import Clients, in_parallel
from .._aws.errors import ApiError
from .._encryption.resolve import References
from .._reconcile.arn import UNKNOWN, flow_name, is_arn
from .._reconcile.model import PRESENT, Refusal
from .._reconcile.tags import tag_change
from .options import DeclaredEntitlement, DeclaredFlow, Options
from .plan import needs_tags
from .state import ObservedFlow, observed_flow, refuse_repeated, resolve_flow

WORKERS = 16
# From this number on, one paginated read of all tags is cheaper than ListTagsForResource for each, at 5 a second.
BULK_TAGS = 20

Pairs = Sequence[Tuple[DeclaredFlow, ObservedFlow]]  # noqa: UP006  evaluated on hosts whose Python may be older


class Observer:
    """What AWS has of the declared flows."""

    def __init__(self, clients: Clients):
        self.clients = clients

    @property
    def _client(self) -> Any:
        return self.clients.get("mediaconnect")

    def arns(self, flows: Sequence[DeclaredFlow]) -> list[str]:
        """The ARNs of the flows, with one ListFlows if any is given by name. Raises Refusal if a name is not that of exactly one flow.

        A flow from which something is only taken away may be gone: then its name stands for its ARN.
        """
        listed: dict[str, list[str]] = {}
        if any(not is_arn(flow.flow) for flow in flows):
            for found in api.list_flows(self._client):
                listed.setdefault(found["Name"], []).append(found["FlowArn"])
        arns, refusals = [], []
        for flow in flows:
            if not is_arn(flow.flow) and flow.takes_away and flow.flow not in listed:
                arns.append(flow.flow)
                continue
            try:
                arns.append(flow.flow if is_arn(flow.flow) else resolve_flow(flow.flow, listed, self.clients.region))
            except Refusal as refusal:
                refusals.append(str(refusal))
        if refusals:
            raise Refusal(" ".join(refusals))
        refuse_repeated(arns)
        return arns

    def flows(self, arns: Sequence[str], may_be_gone: Container[str] = ()) -> list[ObservedFlow]:
        """What AWS has, in the order given; a flow that could not be read has an error and does not stop the others.

        may_be_gone: ARNs of flows that need not exist. Raises Refusal if another does not, and ApiError if none could be read.
        """
        there = [arn for arn in arns if is_arn(arn)]
        answers = dict(zip(there, api.describe_flows(self._client, there)))
        found = [answers.get(arn) for arn in arns]
        missing = [arn for arn, flow in answers.items() if flow is None and arn not in may_be_gone]
        if missing:
            raise Refusal(f"There is no flow {', '.join(missing)}; check the ARN and the account.")
        errors = [answer for answer in found if isinstance(answer, ApiError)]
        if errors and len(errors) == len(found):
            raise errors[0]
        return [self._observed(arn, answer) for arn, answer in zip(arns, found)]

    def _observed(self, arn: str, answer: Any) -> ObservedFlow:
        if answer is None:
            return ObservedFlow(arn=arn, name=flow_name(arn), gone_from=self.clients.region)
        if isinstance(answer, ApiError):
            return ObservedFlow(arn=arn, name=flow_name(arn), error=answer.sentence())
        self.clients.learn_identity(answer["FlowArn"])
        return observed_flow(answer)

    def tags(self, pairs: Pairs, options: Options) -> None:
        """Read the tags of the entitlements whose tags are declared, or would be lost: a few one by one, many at once.

        The bulk read lags behind, so tags that differ according to it are read again one by one.
        """
        wanted = [
            (declared, observed.entitlements[declared.name])
            for flow, observed in pairs
            for declared in flow.entitlements
            if declared.name in observed.entitlements
            and needs_tags(declared, observed.entitlements[declared.name], options.allow_replacement)
        ]
        if len(wanted) >= BULK_TAGS:
            wanted = self._after_bulk_read(wanted, options.purge_tags)
        in_parallel(self._read_tags, [entitlement for dummy, entitlement in wanted], WORKERS)

    def _after_bulk_read(
        self, wanted: list[tuple[DeclaredEntitlement, dict[str, Any]]], purge_tags: bool
    ) -> list[tuple[DeclaredEntitlement, dict[str, Any]]]:
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
            if declared.tags is None or tag_change(entitlement["tags"], declared.tags, purge_tags)
        ]

    def _read_tags(self, entitlement: dict[str, Any]) -> None:
        entitlement["tags"] = api.list_tags(self._client, entitlement["entitlement_arn"]) or {}

    def look_up(self, names: References, pairs: Pairs) -> None:
        """Find the ARNs for the names that the plan needs, each of them once."""
        wanted: dict[tuple[str, str], bool] = {}
        for flow, observed in pairs:
            for declared in flow.entitlements if not observed.error else ():
                if declared.state == PRESENT:
                    current = _encryption(observed.entitlements, declared.name)
                    for member, name, needed in names.to_look_up(declared.encryption, current):
                        wanted[member, name] = needed or wanted.get((member, name), False)
        missing = [
            (*key, needed) for key, needed in sorted(wanted.items()) if key[1] not in names.looked_up.get(key[0], {})
        ]
        for (member, name, dummy), found in zip(missing, in_parallel(lambda one: self._arn(*one), missing, WORKERS)):
            names.looked_up.setdefault(member, {})[name] = found

    def _arn(self, member: str, name: str, needed: bool) -> str | None:
        """The ARN of a role or secret, None if there is none. If it is not needed, it need not be allowed to look either."""
        try:
            return self._role_arn(name) if member == "role_arn" else self._secret_arn(name)
        except ApiError as error:
            if needed or not error.denied:
                raise
            return None

    def _role_arn(self, name: str) -> str | None:
        role = iam.get_role(self.clients.get("iam"), name)
        return role["Arn"] if role else None

    def _secret_arn(self, name: str) -> str | None:
        secret = secretsmanager.describe_secret(self.clients.get("secretsmanager"), name)
        return secret["ARN"] if secret else None


def secret_arns(pairs: Pairs, names: References) -> set[str]:
    """The secrets that the declared entitlements use, or will use, and that exist."""
    found = set()
    for flow, observed in pairs:
        for declared in flow.entitlements if not observed.error else ():
            current = (_encryption(observed.entitlements, declared.name) or {}).get("secret_arn", "")
            wanted = (declared.encryption or {}).get("secret_arn", "")
            known = names.named("secret_arn", wanted)
            found.update({current, known, names.looked_up.get("secret_arn", {}).get(wanted) or ""})
    return {arn for arn in found if is_arn(arn) and not arn.endswith(UNKNOWN)}


def _encryption(entitlements: Mapping[str, Any], name: str) -> Any:
    return (entitlements.get(name) or {}).get("encryption")
