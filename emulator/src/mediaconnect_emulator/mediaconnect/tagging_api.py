# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaConnect's resources for moto's Resource Groups Tagging API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource

from ..wire.protocols import AwsError
from .estate import Entitlement, Estate, Flow, Part


class Resources(BaseBackend, TaggableResourcesMixin):
    """The flows and entitlements of an account in a Region, as the tagging API sees them: with a delay, if tagging_lag is set."""

    SERVICE_NAMESPACE = "mediaconnect"
    estate: Estate

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Every flow, entitlement, source and output; moto asks while the estate is locked."""
        for flow in self.estate.flows(self.account_id, self.region_name):
            parts: list[tuple[str, str, dict[str, str]]] = [("flow", flow.arn, flow.tags)]
            parts += [
                ("entitlement", item.arn, item.tags) for item in flow.entitlements.values() if item.gone_at is None
            ]
            parts += [("source", item.arn, item.tags) for item in flow.sources.values()]
            parts += [("output", item.arn, item.tags) for item in flow.outputs.values()]
            for kind, arn, tags in parts:
                yield TaggedResource(arn, self._seen(arn, tags), f"mediaconnect:{kind}")

    def _seen(self, arn: str, tags: dict[str, str]) -> dict[str, str]:
        changed_at, before = self.estate.tag_changes.get(arn, (0.0, tags))
        return before if self.estate.clock() - changed_at < self.estate.settings.tagging_lag else tags

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """TagResources of the tagging API."""
        resource = self._own(arn)
        self.estate.set_tags(resource, {**resource.tags, **tags})

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """UntagResources of the tagging API."""
        resource = self._own(arn)
        self.estate.set_tags(resource, {key: value for key, value in resource.tags.items() if key not in tag_keys})

    def _own(self, arn: str) -> Flow | Entitlement | Part:
        try:
            return self.estate.tagged(arn, self.account_id, self.region_name)
        except AwsError as exc:
            raise NotImplementedError(exc.message) from exc  # moto lists the resource as failed


def register(estate: Estate) -> Any:
    """The backends under which moto finds the resources; whoever asks an account for its tags opens it first."""
    backend = type("EstateResources", (Resources,), {"estate": estate, "__module__": __name__})
    return BackendDict(backend, "mediaconnect")
