# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaConnect as botocore's service model describes it: routes, requests and responses are judged by that model alone."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.model import OperationModel

from .protocols import AwsError
from .shapes import Judge, Shape, missing, told


def bad_request(message: str) -> AwsError:
    """The service's refusal of a request's content."""
    return AwsError("BadRequestException", message, 400)


@dataclasses.dataclass(frozen=True)
class Operation:
    """One operation of the service, with its route split into segments."""

    model: OperationModel
    method: str
    segments: tuple[str, ...]
    status: int

    @property
    def name(self) -> str:
        """The operation's name as in the API Reference."""
        return str(self.model.name)

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """The members that the path holds, or None when the path is not this operation's."""
        if len(segments) != len(self.segments):
            return None
        members = {}
        for mine, theirs in zip(self.segments, segments, strict=True):
            if mine.startswith("{"):
                members[mine.strip("{}+")] = unquote(theirs)
            elif mine != theirs:
                return None
        return members


class MediaConnectModel(Judge):
    """Reads requests into members and writes members into responses, naming every violation."""

    def __init__(self) -> None:
        super().__init__("mediaconnect")
        self._operations = []
        for name in self.service.operation_names:
            model = self.service.operation_model(name)
            http = model.http
            segments = tuple(http["requestUri"].strip("/").split("/"))
            self._operations.append(Operation(model, http["method"], segments, http.get("responseCode", 200)))
        self._operations.sort(key=lambda operation: sum(segment.startswith("{") for segment in operation.segments))

    def route(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation of a method and a raw path; literal segments win over placeholders."""
        segments = path.strip("/").split("/")
        for operation in self._operations:
            if operation.method == method:
                members = operation.match(segments)
                if members is not None:
                    return operation, members
        return None

    def operation(self, name: str) -> Operation:
        """An operation by name."""
        return next(operation for operation in self._operations if operation.name == name)

    def status_of(self, code: str) -> int:
        """The HTTP status that the model gives to an error."""
        shape = self.service.shape_for(code)
        return int(shape.metadata["error"]["httpStatusCode"])

    def read(self, operation: Operation, uri: dict[str, str], query: str, body: bytes) -> dict[str, Any]:
        """The request's members; BadRequestException for what the model does not allow."""
        shape = operation.model.input_shape
        problems: list[str] = []
        params: dict[str, Any] = {}
        if shape is not None:
            found = {**self._from_query(shape, query, problems), **uri}
            for member, value in found.items():
                params[member] = self.walk(shape.members[member], value, member, problems, inward=True)
            params.update(self.walk(shape, _json_object(body), "", problems, inward=True))
            problems += missing(shape, params)
        if problems:
            raise bad_request(told(problems))
        return params

    def write(self, operation: Operation, members: dict[str, Any]) -> tuple[bytes, list[str]]:
        """The response's body, and what is wrong with it according to the model."""
        shape = operation.model.output_shape
        problems: list[str] = []
        if shape is None:
            return b"", [f"{operation.name} has no response members"] if members else []
        wire = self.walk(shape, members, "", problems, inward=False)
        return json.dumps(wire, separators=(",", ":")).encode(), [
            f"{operation.name}: {problem}" for problem in problems
        ]

    def _from_query(self, shape: Shape, query: str, problems: list[str]) -> dict[str, Any]:
        given = parse_qs(query, keep_blank_values=True)
        members: dict[str, Any] = {}
        for member, target in shape.members.items():
            if target.serialization.get("location") != "querystring":
                continue
            values = given.pop(target.serialization["name"], None)
            if values is None:
                continue
            if target.type_name == "list":
                members[member] = values
            elif target.type_name == "integer":
                members[member] = int(values[0]) if re.fullmatch(r"-?\d+", values[0]) else values[0]
            else:
                members[member] = values[0]
        problems += [f"unknown query parameter '{name}'" for name in given]
        return members


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body.strip() else {}
    except ValueError as exc:
        raise bad_request("the request body is not JSON") from exc
    if not isinstance(value, dict):
        raise bad_request("the request body must be a JSON object")
    return value
