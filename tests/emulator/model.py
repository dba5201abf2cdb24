# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""MediaConnect as botocore's service model describes it: routes, requests and responses are judged by nothing else."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from .wire import AwsError

Shape = Any  # which of botocore's shapes it is, its type_name tells
Constraint = tuple[frozenset[str] | None, re.Pattern[str] | None, float | None, float | None]
_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (str, int, float),
}


def bad_request(message: str) -> AwsError:
    """The service's refusal of what a request says."""
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


class MediaConnectModel:
    """Reads requests into members and writes members into responses, naming every violation."""

    def __init__(self) -> None:
        self.service = ServiceModel(Loader().load_service_model("mediaconnect", "service-2"), "mediaconnect")
        self._operations = []
        self._fields: dict[tuple[str, bool], dict[str, tuple[str, Shape]]] = {}
        self._constraints: dict[str, Constraint] = {}
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
                params[member] = self._walk(shape.members[member], value, member, problems, inward=True)
            params.update(self._walk(shape, _json_object(body), "", problems, inward=True))
            missing = [member for member in shape.required_members if member not in params]
            problems += [f"'{member}' is required" for member in missing]
        if problems:
            raise bad_request(
                f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected: {'; '.join(problems)}"
            )
        return params

    def write(self, operation: Operation, members: dict[str, Any]) -> tuple[bytes, list[str]]:
        """The response's body, and what is wrong with it by the model."""
        shape = operation.model.output_shape
        problems: list[str] = []
        if shape is None:
            return b"", [f"{operation.name} has no response members"] if members else []
        wire = self._walk(shape, members, "", problems, inward=False)
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

    def _fields_of(self, shape: Shape, inward: bool) -> dict[str, tuple[str, Shape]]:
        """Body members of a structure, keyed by the name on the side that is read."""
        key = (shape.name, inward)
        fields = self._fields.get(key)
        if fields is None:
            fields = {}
            for member, target in shape.members.items():
                if "location" in target.serialization:
                    continue
                name = target.serialization.get("name", member)
                fields[name if inward else member] = (member if inward else name, target)
            self._fields[key] = fields
        return fields

    def _walk(self, shape: Shape, value: Any, path: str, problems: list[str], inward: bool) -> Any:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, value, path, problems, inward)
        if kind == "list":
            if not isinstance(value, list):
                problems.append(f"'{path}' must be a list")
                return []
            self._bounds(shape, len(value), path, problems)
            return [
                self._walk(shape.member, item, f"{path}[{index}]", problems, inward) for index, item in enumerate(value)
            ]
        if kind == "map":
            if not isinstance(value, dict):
                problems.append(f"'{path}' must be an object")
                return {}
            return {
                key: self._walk(shape.value, item, f"{path}.{key}", problems, inward) for key, item in value.items()
            }
        self._scalar(shape, kind, value, path, problems)
        return value

    def _structure(self, shape: Shape, value: Any, path: str, problems: list[str], inward: bool) -> dict[str, Any]:
        if not isinstance(value, dict):
            problems.append(f"'{path}' must be an object")
            return {}
        fields = self._fields_of(shape, inward)
        result = {}
        for name, item in value.items():
            if item is None and inward:
                continue  # JSON null stands for an absent member
            field = fields.get(name)
            if field is None:
                problems.append(f"unknown member '{path}.{name}'" if path else f"unknown member '{name}'")
                continue
            result[field[0]] = self._walk(field[1], item, f"{path}.{name}" if path else name, problems, inward)
        if path or not inward:
            present = result if inward else value
            problems += [f"'{path}.{member}' is required" for member in shape.required_members if member not in present]
        return result

    def _constraint(self, shape: Shape) -> Constraint:
        found = self._constraints.get(shape.name)
        if found is None:
            metadata = shape.metadata
            enum = frozenset(metadata["enum"]) if metadata.get("enum") else None
            pattern = re.compile(metadata["pattern"]) if "pattern" in metadata else None
            found = self._constraints[shape.name] = (enum, pattern, metadata.get("min"), metadata.get("max"))
        return found

    def _bounds(self, shape: Shape, size: float, path: str, problems: list[str]) -> None:
        low, high = self._constraint(shape)[2:]
        if low is not None and size < low:
            problems.append(f"'{path}' must be at least {low}")
        if high is not None and size > high:
            problems.append(f"'{path}' must be at most {high}")

    def _scalar(self, shape: Shape, kind: str, value: Any, path: str, problems: list[str]) -> None:
        if not _is_a(kind, value):
            problems.append(f"'{path}' must be of type {kind}")
            return
        enum, pattern, low, high = self._constraint(shape)
        if enum is not None and value not in enum:
            problems.append(f"value '{value}' at '{path}' must be one of {', '.join(sorted(enum))}")
        if pattern is not None and not pattern.fullmatch(value):
            problems.append(f"value '{value}' at '{path}' must match {pattern.pattern}")
        if low is not None or high is not None:
            self._bounds(shape, len(value) if isinstance(value, str) else value, path, problems)


def _is_a(kind: str, value: Any) -> bool:
    return isinstance(value, _PYTHON_TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body) if body.strip() else {}
    except ValueError as exc:
        raise bad_request("the request body is not JSON") from exc
    if not isinstance(value, dict):
        raise bad_request("the request body must be a JSON object")
    return value
