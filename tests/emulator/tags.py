# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags on flows, entitlements, sources and outputs."""

from __future__ import annotations

from typing import Any

from . import rules
from .registry import Call, operation


def _tags(call: Call) -> dict[str, str]:
    return call.estate.tagged(call.params["ResourceArn"], call.account, call.region)


def _changed(call: Call, tags: dict[str, str]) -> None:
    """Remember what the tagging API may show for a while yet."""
    if call.settings.tagging_lag:
        call.estate.tag_changes[call.params["ResourceArn"]] = (call.estate.clock(), dict(tags))


@operation
def tag_resource(call: Call) -> dict[str, Any]:
    """API Reference: tags that are not in the request "are not changed"."""
    tags = _tags(call)
    arn = call.params["ResourceArn"]
    rules.check_tags({**tags, **call.params["Tags"]}, arn)
    _changed(call, tags)
    tags.update(call.params["Tags"])
    return {}


@operation
def untag_resource(call: Call) -> dict[str, Any]:
    """Keys that are not there are passed over."""
    tags = _tags(call)
    _changed(call, tags)
    for key in call.params["TagKeys"]:
        tags.pop(key, None)
    return {}


@operation
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """An empty map for what has no tags."""
    return {"Tags": dict(_tags(call))}
