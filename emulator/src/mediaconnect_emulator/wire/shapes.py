# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values judged by the shapes of botocore's service models: types, required and unknown members, enumerations, patterns, bounds."""

from __future__ import annotations

import re
from typing import Any

import regex
from botocore.loaders import Loader
from botocore.model import ServiceModel

from .protocols import AwsError, Request

Shape = Any  # one of botocore's shapes; its type_name says which
Constraint = tuple[tuple[str, ...] | None, Any, float | None, float | None]
_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "blob": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "timestamp": (str, int, float),
}


class Judge:
    """Reads and writes values of a service's shapes, and names every violation."""

    def __init__(self, service: str) -> None:
        self.service = ServiceModel(Loader().load_service_model(service, "service-2"), service)
        self._fields: dict[tuple[str, bool], dict[str, tuple[str, Shape]]] = {}
        self._constraints: dict[str, Constraint] = {}

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

    def walk(self, shape: Shape, value: Any, path: str, problems: list[str], inward: bool) -> Any:
        """The value in the other side's names: members for a request (inward), the wire's for a response."""
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, value, path, problems, inward)
        if kind == "list":
            if not isinstance(value, list):
                problems.append(f"'{path}' must be a list")
                return []
            self._bounds(shape, value, path, problems)
            return [
                self.walk(shape.member, item, f"{path}[{index}]", problems, inward) for index, item in enumerate(value)
            ]
        if kind == "map":
            if not isinstance(value, dict):
                problems.append(f"'{path}' must be an object")
                return {}
            return {key: self.walk(shape.value, item, f"{path}.{key}", problems, inward) for key, item in value.items()}
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
            result[field[0]] = self.walk(field[1], item, f"{path}.{name}" if path else name, problems, inward)
        if path or not inward:
            present = result if inward else value
            problems += missing(shape, present, f"{path}." if path else "")
        return result

    def _constraint(self, shape: Shape) -> Constraint:
        found = self._constraints.get(shape.name)
        if found is None:
            metadata = shape.metadata
            enum = tuple(metadata["enum"]) if metadata.get("enum") else None
            pattern = _compiled(metadata.get("pattern"))
            found = self._constraints[shape.name] = (enum, pattern, metadata.get("min"), metadata.get("max"))
        return found

    def _bounds(self, shape: Shape, value: Any, path: str, problems: list[str]) -> None:
        low, high = self._constraint(shape)[2:]
        what, size = ("length", len(value)) if isinstance(value, (str, list)) else ("value", value)
        if low is not None and size < low:
            problems.append(failed(shape, value, path, f"Member must have {what} greater than or equal to {low}"))
        if high is not None and size > high:
            problems.append(failed(shape, value, path, f"Member must have {what} less than or equal to {high}"))

    def _scalar(self, shape: Shape, kind: str, value: Any, path: str, problems: list[str]) -> None:
        if not _is_a(kind, value):
            problems.append(f"'{path}' must be of type {kind}")
            return
        enum, pattern = self._constraint(shape)[:2]
        if enum is not None and value not in enum:
            problems.append(failed(shape, value, path, f"Member must satisfy enum value set: [{', '.join(enum)}]"))
        if pattern is not None and not pattern.fullmatch(value):
            problems.append(
                failed(shape, value, path, f"Member must satisfy regular expression pattern: {pattern.pattern}")
            )
        self._bounds(shape, value, path, problems)


def _is_a(kind: str, value: Any) -> bool:
    return isinstance(value, _PYTHON_TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _compiled(pattern: str | None) -> Any:
    """The pattern. IAM's for tags has Unicode categories, such as ``\\p{L}``, which Python's own re does not know."""
    try:
        return re.compile(pattern) if pattern else None
    except re.error:
        return regex.compile(pattern)


def missing(shape: Shape, present: Any, prefix: str = "") -> list[str]:
    """The required members that are not there."""
    return [
        f"Value null at '{at(prefix + member)}' failed to satisfy constraint: Member must not be null"
        for member in shape.required_members
        if member not in present
    ]


def failed(shape: Shape, value: Any, path: str, constraint: str) -> str:
    """A violation in AWS's own words, which are in countless public reports; what is sensitive is not repeated."""
    shown = "" if shape.metadata.get("sensitive") else f"'{value}' "
    return f"Value {shown}at '{at(path)}' failed to satisfy constraint: {constraint}"


def at(path: str) -> str:
    """A place as AWS tells it: ``tags.1.member.key`` for ``Tags[0].Key``."""
    parts = re.sub(r"\[(\d+)\]", lambda found: f".{int(found[1]) + 1}.member", path).split(".")
    return ".".join(part[:1].lower() + part[1:] for part in parts)


def told(problems: list[str]) -> str:
    """All problems in one message, as the services report them."""
    return f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected: {'; '.join(problems)}"


class Judges:
    """The judges for services whose requests moto accepts unchecked."""

    SERVICES = ("iam", "secretsmanager", "sts")

    def __init__(self) -> None:
        self._judges: dict[str, Judge] = {}

    def refuse(self, request: Request) -> None:
        """Raise a validation error for what the service's own model does not allow."""
        if request.service not in self.SERVICES:
            return
        if request.service not in self._judges:
            self._judges[request.service] = Judge(request.service)
        judge = self._judges[request.service]
        if request.operation not in judge.service.operation_names:
            return
        shape = judge.service.operation_model(request.operation).input_shape
        if shape is None:
            return
        params = typed(shape, request.params) if request.protocol == "query" else request.params
        problems: list[str] = []
        judge.walk(shape, params, "", problems, inward=True)
        problems += missing(shape, params)
        if problems:
            code = "ValidationError" if request.protocol == "query" else "ValidationException"
            raise AwsError(code, told(problems), 400)


def typed(shape: Shape, value: Any) -> Any:
    """A value of the query protocol, in which everything is text, converted to the type that its shape says."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {
            name: typed(shape.members[name], item) if name in shape.members else item for name, item in value.items()
        }
    if kind == "list":
        return (
            [typed(shape.member, item) for item in value] if isinstance(value, list) else [] if value == "" else value
        )
    if kind == "boolean":
        return {"true": True, "false": False}.get(value, value)
    if kind in ("integer", "long") and isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value
