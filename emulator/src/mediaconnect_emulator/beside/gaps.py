# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of what AWS refuses and moto does not, made before a request reaches moto. Each names the source of its rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..wire.protocols import Request

if TYPE_CHECKING:
    from .moto_app import MotoApp

Check = Callable[["MotoApp", Request], None]
_CHECKS: dict[tuple[str, str], list[Check]] = {}


def check(service: str, *operations: str) -> Callable[[Check], Check]:
    """Register a check for operations of a service."""

    def register(function: Check) -> Check:
        for operation in operations:
            _CHECKS.setdefault((service, operation), []).append(function)
        return function

    return register


def refuse(moto: MotoApp, request: Request) -> None:
    """Raise the error that AWS would, where moto would accept the request."""
    for function in _CHECKS.get((request.service, request.operation), []):
        function(moto, request)
