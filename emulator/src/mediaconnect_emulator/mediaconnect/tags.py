# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags on flows, entitlements, sources and outputs."""

from __future__ import annotations

from typing import Any

from . import rules
from .registry import Call, operation


@operation
def tag_resource(call: Call) -> dict[str, Any]:
    """API Reference: tags that are not in the request "are not changed"."""
    arn = call.params["ResourceArn"]
    resource = call.estate.tagged(arn, call.account, call.region)
    tags = {**resource.tags, **call.params["Tags"]}
    rules.check_tags(tags, arn)
    call.estate.set_tags(resource, tags)
    return {}


@operation
def untag_resource(call: Call) -> dict[str, Any]:
    """Keys that the resource does not have are ignored."""
    resource = call.estate.tagged(call.params["ResourceArn"], call.account, call.region)
    gone = call.params["TagKeys"]
    call.estate.set_tags(resource, {key: value for key, value in resource.tags.items() if key not in gone})
    return {}


@operation
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """An empty map for a resource without tags."""
    return {"Tags": call.estate.tagged(call.params["ResourceArn"], call.account, call.region).tags}
