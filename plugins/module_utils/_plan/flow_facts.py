# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A flow as those who only look at it see it."""

from __future__ import annotations

from typing import Any, Dict

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import observed_flow


def flow_facts(flow: Dict[str, Any]) -> Dict[str, Any]:
    """A flow, as DescribeFlow returns it with its Messages, in the form of the result."""
    observed = observed_flow(flow)
    sources = flow.get("Sources") or [flow["Source"]]
    return {
        "flow_arn": observed.arn,
        "name": observed.name,
        "region": observed.region,
        "status": observed.status,
        "sources": [camel_dict_to_snake_dict(source) for source in sources],
        "outputs": [camel_dict_to_snake_dict(output) for output in flow.get("Outputs") or []],
        "entitlements": list(observed.entitlements.values()),
        "messages": flow["Messages"].get("Errors", []),
    }
