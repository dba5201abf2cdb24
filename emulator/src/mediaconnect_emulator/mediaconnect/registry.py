# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How MediaConnect's operations are registered, and what each is called with."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..beside.keys import KeyReader
from ..settings import Settings
from ..wire.model import bad_request
from ..wire.protocols import AwsError
from .estate import Estate, Flow

Item = TypeVar("Item")


@dataclasses.dataclass
class Call:
    """One call of one account in one Region; it is made while the estate is locked."""

    operation: str
    account: str
    region: str
    params: dict[str, Any]
    estate: Estate
    keys: KeyReader

    @property
    def settings(self) -> Settings:
        """The emulator's settings."""
        return self.estate.settings

    def flow(self) -> Flow:
        """The flow that the call names."""
        return self.estate.flow(self.params["FlowArn"], self.account, self.region)


OPERATIONS: dict[str, Callable[[Call], dict[str, Any]]] = {}


def operation(function: Callable[[Call], dict[str, Any]]) -> Callable[[Call], dict[str, Any]]:
    """Register a function under its name in CamelCase."""
    OPERATIONS["".join(word.capitalize() for word in function.__name__.split("_"))] = function
    return function


def run(call: Call) -> dict[str, Any]:
    """Make a call, while no other call uses the estate."""
    function = OPERATIONS.get(call.operation)
    if function is None:
        raise AwsError("BadRequestException", f"{call.operation} is not part of the emulator", 400)
    with call.estate.lock:
        return function(call)


def page(call: Call, items: Sequence[tuple[int, Item]], default: int) -> tuple[list[Item], str | None]:
    """The items after the call's token, in the order of their sequence numbers, and the token for the next page."""
    after = _after(call)
    rest = sorted((item for item in items if item[0] > after), key=lambda item: item[0])
    size = call.params.get("MaxResults", default)
    chosen = rest[:size]
    token = (
        base64.urlsafe_b64encode(f"{call.operation}:{call.account}:{chosen[-1][0]}".encode()).decode()
        if len(rest) > size
        else None
    )
    return [item for dummy, item in chosen], token


def _after(call: Call) -> int:
    token = call.params.get("NextToken")
    if token is None:
        return 0
    try:
        operation_name, account, sequence = base64.urlsafe_b64decode(token.encode()).decode().split(":")
        if (operation_name, account) == (call.operation, call.account):
            return int(sequence)
    except (ValueError, binascii.Error):
        pass
    raise bad_request("the NextToken is not one that this operation gave out")


def check_access(call: Call, flow: Flow, encryption: dict[str, Any], what: str) -> None:
    """What MediaConnect checks when an encryption is set: by default, that it can assume the role for this flow."""
    role = encryption["RoleArn"]
    check_role(call, flow, role, what)
    if call.settings.grant_check == "secret" and "SecretArn" in encryption:
        reading = call.keys.read(role, encryption["SecretArn"], flow.arn)
        if not reading.allowed:
            raise forbidden(f"MediaConnect cannot read the encryption key of {what}: {reading.reason}")


def check_role(call: Call, flow: Flow, role: str, what: str) -> None:
    """That MediaConnect can assume a role for this flow, unless nothing is to be checked."""
    if call.settings.grant_check == "nothing":
        return
    reading = call.keys.assume(role, flow.arn)
    if not reading.allowed:
        raise forbidden(f"MediaConnect cannot assume the role of {what}: {reading.reason}")


def forbidden(message: str) -> AwsError:
    """API Reference: ForbiddenException, 403."""
    return AwsError("ForbiddenException", message, 403)
