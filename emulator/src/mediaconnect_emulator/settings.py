# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a test may set, at the start or through the control path."""

from __future__ import annotations

import dataclasses
from typing import Any

GRANT_CHECKS = ("nothing", "role", "secret")


@dataclasses.dataclass
class Settings:
    """Every duration is in seconds."""

    revoke_delay: float = 0.2
    """How long a revoked entitlement is still visible and its name still taken."""
    transition_delay: float = 0.2
    """How long a flow is STARTING, STOPPING or DELETING."""
    iam_propagation_delay: float = 0.0
    """How long MediaConnect does not see what was written to IAM."""
    tagging_lag: float = 0.0
    """How far the Resource Groups Tagging API lags behind MediaConnect's own tags."""
    rate_limits: bool = False
    """Whether MediaConnect's documented request rates are enforced."""
    grant_check: str = "role"
    """What is checked when encryption is set: nothing, the role (it exists and trusts MediaConnect), or the secret too."""

    def change(self, values: dict[str, Any]) -> None:
        """Set the given fields; refuse an unknown name or a value of the wrong type."""
        for name, value in values.items():
            current = getattr(self, name, None)
            if name not in {field.name for field in dataclasses.fields(self)}:
                raise ValueError(f"there is no setting {name!r}")
            if isinstance(current, float) and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            if type(value) is not type(current) or (isinstance(value, float) and value < 0):
                raise ValueError(f"setting {name!r} cannot be {value!r}")
            if name == "grant_check" and value not in GRANT_CHECKS:
                raise ValueError(f"setting {name!r} must be one of {', '.join(GRANT_CHECKS)}")
            setattr(self, name, value)
