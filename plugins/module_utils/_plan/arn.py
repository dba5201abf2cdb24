# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is given by name or ARN."""

from __future__ import annotations

from typing import Dict, Optional

from ansible_collections.amazon.aws.plugins.module_utils.arn import parse_aws_arn


def is_arn(text: str) -> bool:
    """Whether a text is meant as an ARN rather than a name."""
    return text.startswith("arn:")


def parse_arn(text: str) -> Optional[Dict[str, str]]:
    """The parts of an ARN, or None. amazon.aws finds one anywhere in a text; here it must be the whole text."""
    arn = parse_aws_arn(text)
    parts = ("partition", "service", "region", "account_id", "resource")
    return arn if arn and ":".join(["arn", *(arn[part] for part in parts)]) == text else None
