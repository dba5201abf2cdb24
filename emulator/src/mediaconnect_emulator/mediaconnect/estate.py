# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What MediaConnect holds: the flows of all accounts, with everything on them, behind one lock."""

from __future__ import annotations

import dataclasses
import itertools
import json
import secrets
import string
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from ..settings import Settings
from ..wire.accounts import partition_of
from ..wire.protocols import AwsError

_ID_LETTERS = string.ascii_letters + string.digits
TRANSIENT = {"STARTING": "ACTIVE", "STOPPING": "STANDBY", "DELETING": None}


def not_found(what: str) -> AwsError:
    """404, as the model has it for all flow operations."""
    return AwsError("NotFoundException", f"{what} was not found.", 404)


def random_id(first: str = "1") -> str:
    """An id in the form of MediaConnect's own: ``1-23aBC45dEF67hiJ8-12AbC34DE5fG``."""
    return "-".join([first, *("".join(secrets.choice(_ID_LETTERS) for dummy in range(length)) for length in (16, 12))])


@dataclasses.dataclass(slots=True)
class Entitlement:
    """A grant on a flow."""

    arn: str
    name: str
    subscribers: tuple[str, ...]
    description: str | None
    status: str
    fee: int
    encryption: dict[str, Any] | None
    tags: dict[str, str]
    sequence: int
    gone_at: float | None = None

    def members(self) -> dict[str, Any]:
        """As the API shows it."""
        members: dict[str, Any] = {
            "EntitlementArn": self.arn,
            "Name": self.name,
            "Subscribers": list(self.subscribers),
            "EntitlementStatus": self.status,
            "DataTransferSubscriberFeePercent": self.fee,
        }
        if self.description is not None:
            members["Description"] = self.description
        if self.encryption is not None:
            members["Encryption"] = self.encryption
        return members


@dataclasses.dataclass(slots=True)
class Part:
    """A source or an output of a flow; an output that was made for an entitlement knows the subscriber's flow."""

    arn: str
    details: dict[str, Any]
    tags: dict[str, str]
    subscriber_flow: str | None = None

    @property
    def subscriber(self) -> str | None:
        """The account of the subscriber's flow."""
        return self.subscriber_flow.split(":")[4] if self.subscriber_flow else None


@dataclasses.dataclass(slots=True)
class Flow:
    """A flow and everything on it, each part under its ARN."""

    arn: str
    id: str
    name: str
    account: str
    region: str
    zone: str
    tags: dict[str, str]
    sequence: int
    extras: dict[str, Any]
    status: str = "STANDBY"
    settled_at: float = 0.0
    failure: str | None = None
    sources: dict[str, Part] = dataclasses.field(default_factory=dict)
    outputs: dict[str, Part] = dataclasses.field(default_factory=dict)
    entitlements: dict[str, Entitlement] = dataclasses.field(default_factory=dict)
    vpc_interfaces: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)

    def part_arn(self, kind: str, name: str, part_id: str | None = None) -> str:
        """The ARN of a source, an output or an entitlement of this flow."""
        return f"arn:{partition_of(self.region)}:mediaconnect:{self.region}:{self.account}:{kind}:{part_id or self.id}:{name}"

    def part(self, kind: str, arn: str) -> Entitlement | Part | None:
        """An entitlement, a source or an output of this flow."""
        parts: dict[str, Any] = {"entitlement": self.entitlements, "source": self.sources, "output": self.outputs}
        found: Entitlement | Part | None = parts.get(kind, {}).get(arn)
        return found

    @property
    def entitlement_arn(self) -> str | None:
        """The entitlement that the flow is made from, for a subscriber's flow."""
        return next((part.details.get("EntitlementArn") for part in self.sources.values()), None)


class Estate:
    """All flows; whoever reads or changes them holds the lock."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.clock = clock
        self._by_arn: dict[str, Flow] = {}
        self._by_id: dict[str, Flow] = {}
        self._by_region: dict[tuple[str, str], dict[str, Flow]] = {}
        self._shared: dict[str, dict[str, Any]] = {}
        self._sequence = itertools.count(1)
        self.tag_changes: dict[str, tuple[float, dict[str, str]]] = {}

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            for kept in (self._by_arn, self._by_id, self._by_region, self._shared, self.tag_changes):
                kept.clear()

    def next_sequence(self) -> int:
        """A number that grows with every resource; pages are in its order."""
        return next(self._sequence)

    def add_flow(
        self,
        account: str,
        region: str,
        name: str,
        zone: str,
        tags: dict[str, str],
        extras: dict[str, Any],
        flow_id: str | None = None,
    ) -> Flow:
        """A new flow in STANDBY, without parts."""
        flow_id = flow_id or random_id()
        arn = f"arn:{partition_of(region)}:mediaconnect:{region}:{account}:flow:{flow_id}:{name}"
        flow = Flow(arn, flow_id, name, account, sys.intern(region), zone, tags, self.next_sequence(), extras)
        if flow_id in self._by_id:
            raise ValueError(f"there is a flow with the id {flow_id} already")
        self._by_arn[arn] = self._by_id[flow_id] = flow
        self._by_region.setdefault((account, region), {})[arn] = flow
        return flow

    def remove_flow(self, flow: Flow) -> None:
        """Take a flow out, with all its parts."""
        del self._by_arn[flow.arn], self._by_id[flow.id], self._by_region[flow.account, flow.region][flow.arn]

    def flow(self, arn: str, account: str, region: str) -> Flow:
        """A flow of the caller's own account and Region, brought up to date."""
        flow = self.any_flow(arn)
        if flow is None or (flow.account, flow.region) != (account, region):
            raise not_found(f"flow {arn}")
        return flow

    def any_flow(self, arn: str) -> Flow | None:
        """A flow of any account, brought up to date."""
        flow = self._by_arn.get(arn)
        return flow if flow is not None and self._settle(flow) else None

    def flows(self, account: str, region: str) -> list[Flow]:
        """The flows of an account in a Region, oldest first."""
        return [flow for flow in list(self._by_region.get((account, region), {}).values()) if self._settle(flow)]

    def flows_in_region(self, region: str) -> Iterator[Flow]:
        """The flows of all accounts in a Region."""
        for account, name in list(self._by_region):
            if name == region:
                yield from self.flows(account, region)

    def granted(self, entitlement_arn: str) -> tuple[Flow, Entitlement] | None:
        """An entitlement that is not revoked, with its flow, whatever account it is in."""
        flow = self._by_id.get(entitlement_arn.rsplit(":", 2)[-2]) if entitlement_arn.count(":") >= 2 else None
        entitlement = flow.entitlements.get(entitlement_arn) if flow is not None and self._settle(flow) else None
        return (
            (flow, entitlement)
            if flow is not None and entitlement is not None and entitlement.gone_at is None
            else None
        )

    def _settle(self, flow: Flow) -> bool:
        """Let time pass over a flow; False when it is gone."""
        now = self.clock()
        if flow.status in TRANSIENT and now >= flow.settled_at:
            settled = TRANSIENT[flow.status]
            if settled is None:
                self.remove_flow(flow)
                return False
            flow.status = "ERROR" if flow.failure and settled == "ACTIVE" else settled
        for entitlement in [
            item for item in flow.entitlements.values() if item.gone_at is not None and now >= item.gone_at
        ]:
            del flow.entitlements[entitlement.arn]
        return True

    def tagged(self, arn: str, account: str, region: str) -> Flow | Entitlement | Part:
        """The flow, entitlement, source or output of the caller that an ARN names."""
        fields = arn.split(":", 6)
        if len(fields) == 7 and fields[2] == "mediaconnect" and (fields[4], fields[3]) == (account, region):
            if fields[5] == "flow":
                return self.flow(arn, account, region)
            by_id = self._by_id.get(fields[6].partition(":")[0])
            # An output's ARN has an id of its own, the others have their flow's.
            for flow in self.flows(account, region) if fields[5] == "output" else [by_id]:
                found = flow.part(fields[5], arn) if flow is not None and self._settle(flow) else None
                if found is not None:
                    return found
        raise not_found(f"resource {arn}")

    def set_tags(self, resource: Flow | Entitlement | Part, tags: dict[str, str]) -> None:
        """Give a resource new tags, and remember when, for the tagging API."""
        if self.settings.tagging_lag:
            self.tag_changes[resource.arn] = (self.clock(), resource.tags)
        resource.tags = self.shared(tags) or {}

    def shared(self, values: dict[str, Any] | None) -> dict[str, Any] | None:
        """One dictionary for all equal encryptions and tags, never changed: there may be fifty thousand."""
        if values is None:
            return None
        return self._shared.setdefault(json.dumps(values, sort_keys=True), values)
