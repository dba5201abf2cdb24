# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS Resource Groups Tagging, the bulk read of tags."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict

from .errors import api_call


@api_call("tag:GetResources", "read the tags of all MediaConnect resources")
def tags_by_arn(client: Any) -> dict[str, dict[str, str]]:
    """Tags of the Region's MediaConnect resources that have or had any. The answer may lag behind recent writes."""
    pages = client.get_paginator("get_resources").paginate(ResourceTypeFilters=["mediaconnect"])
    found = pages.build_full_result().get("ResourceTagMappingList", [])
    return {resource["ResourceARN"]: boto3_tag_list_to_ansible_dict(resource["Tags"]) for resource in found}
