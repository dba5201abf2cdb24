# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ARNs, and things that may be given by name or ARN."""

from __future__ import annotations

import re

from ansible_collections.amazon.aws.plugins.module_utils.arn import parse_aws_arn

# Stands in a predicted ARN for the part that only AWS can tell. In a policy, question marks match the six characters
# that Secrets Manager adds to a secret's name.
UNKNOWN = "??????"
ROLE_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")  # CreateRole, RoleName
SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")  # CreateSecret, Name


def is_arn(text: str) -> bool:
    """Whether a text is meant to be an ARN rather than a name."""
    return text.startswith("arn:")


def parse_arn(text: str) -> dict[str, str] | None:
    """The parts of an ARN, or None. amazon.aws finds an ARN anywhere in a text; here it must be the whole text."""
    arn = parse_aws_arn(text)
    parts = ("partition", "service", "region", "account_id", "resource")
    return arn if arn and ":".join(["arn", *(arn[part] for part in parts)]) == text else None


def region_of(arn: str) -> str:
    """The Region of an ARN or of an ARN pattern; "*" for a pattern that spans several."""
    region = arn.split(":")[3]
    return "*" if set(region) & set("*?") else region


def account_of(arn: str) -> str:
    """The account id of an ARN."""
    return arn.split(":")[4]


def iam_name(arn: str) -> str:
    """The name at the end of a role's or policy's ARN, or a name as it is."""
    return arn.rsplit("/", 1)[-1]


def flow_name(flow: str) -> str:
    """The name of a flow given by name or ARN (arn:P:mediaconnect:R:A:flow:ID:NAME)."""
    return flow.split(":", 7)[-1] if is_arn(flow) else flow


def names_role(name: str, arn: str | None) -> bool:
    """Whether a role's name is the one in the ARN."""
    return bool(arn) and iam_name(str(arn)) == name


def names_secret(name: str, arn: str | None) -> bool:
    """Whether a secret's name is the one in the ARN, which ends in a hyphen and six random characters or is a partial ARN."""
    resource = arn.split(":", 6)[-1] if arn else ""
    return bool(arn) and (resource == name or (resource[:-7] == name and resource[-7:-6] == "-"))
