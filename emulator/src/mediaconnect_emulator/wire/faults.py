# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults that a test injects: the next calls of an operation fail, are slow, or lose their answer."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

from .protocols import AwsError

_STATUS_OF_CODE = {
    "TooManyRequestsException": 429,
    "ForbiddenException": 403,
    "AccessDenied": 403,
    "NotFoundException": 404,
    "NoSuchEntity": 404,
    "ConflictException": 409,
    "ConcurrentModification": 409,
    "DeleteConflict": 409,
    "EntityAlreadyExists": 409,
    "LimitExceeded": 409,
    "InternalServerErrorException": 500,
    "InternalServiceError": 500,
    "InternalFailure": 500,
    "ServiceFailure": 500,
    "ServiceUnavailableException": 503,
    "ServiceUnavailable": 503,
}
_MEDIACONNECT_CODE = {
    400: "BadRequestException",
    403: "ForbiddenException",
    404: "NotFoundException",
    420: "GrantFlowEntitlements420Exception",
    429: "TooManyRequestsException",
    500: "InternalServerErrorException",
    503: "ServiceUnavailableException",
}
_OTHER_CODE = {
    400: "ThrottlingException",
    403: "AccessDenied",
    404: "ResourceNotFoundException",
    409: "ConcurrentModification",
    429: "TooManyRequestsException",
}


@dataclasses.dataclass
class Fault:
    """One injected fault; an error of None only delays or drops."""

    operation: str
    error: str | int | None = "TooManyRequestsException"
    times: int = 1
    latency: float = 0.0
    after_effect: bool = False
    drop_connection: bool = False
    service: str = "mediaconnect"
    message: str = "injected by the emulator"

    def as_error(self, service: str, operation: str, protocol: str) -> AwsError:
        """The error to answer with, in the service's own codes."""
        if isinstance(self.error, int):
            return AwsError(self._code_of_status(service, operation), self.message, self.error)
        code = str(self.error)
        status = _STATUS_OF_CODE.get(code, 420 if code.endswith("420Exception") else 400)
        if protocol == "json" and status < 500:
            status = 400
        if service == "mediaconnect" and code == "AccessDeniedException":
            status = 403
        return AwsError(code, self.message, status)

    def _code_of_status(self, service: str, operation: str) -> str:
        if service == "mediaconnect":
            code = _MEDIACONNECT_CODE.get(int(self.error or 500), "InternalServerErrorException")
            return f"{operation}420Exception" if code.endswith("420Exception") else code
        return _OTHER_CODE.get(int(self.error or 500), "InternalFailure" if self.error == 500 else "ServiceUnavailable")


class Faults:
    """The faults that still wait for their calls."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, values: dict[str, Any]) -> Fault:
        """Take a fault from the control path; an unknown name is refused."""
        try:
            fault = Fault(**values)
        except TypeError as exc:
            raise ValueError(str(exc)) from exc
        if isinstance(fault.times, bool) or not isinstance(fault.times, int) or fault.times < 1:
            raise ValueError("times must be a whole number of at least 1")
        with self._lock:
            self._waiting.append(fault)
        return fault

    def take(self, service: str, operation: str) -> Fault | None:
        """The first fault that is waiting for this call; its count goes down by one."""
        with self._lock:
            for fault in self._waiting:
                if fault.service in (service, "*") and fault.operation in (operation, "*"):
                    fault.times -= 1
                    if not fault.times:
                        self._waiting.remove(fault)
                    return dataclasses.replace(fault)
        return None

    def waiting(self) -> list[dict[str, Any]]:
        """All faults that have not happened yet."""
        with self._lock:
            return [dataclasses.asdict(fault) for fault in self._waiting]

    def clear(self) -> None:
        """Withdraw all faults."""
        with self._lock:
            self._waiting.clear()
