# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS requests and errors as they look on the wire, for the protocols of the services here."""

from __future__ import annotations

import dataclasses
import json
import re
import uuid
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request\b")
_SERVICE_OF_SIGNING_NAME = {"tagging": "resourcegroupstaggingapi", "monitoring": "cloudwatch"}
XML_NAMESPACE = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}


@dataclasses.dataclass
class Response:
    """A finished HTTP answer."""

    status: int
    body: bytes
    headers: dict[str, str]
    error: str | None = None


class AwsError(Exception):
    """A refusal, by the code and the HTTP status that AWS would use."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclasses.dataclass
class Request:
    """An AWS request: what all protocols have in common."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    access_key: str = ""
    region: str = ""
    service: str = ""
    protocol: str = "rest-json"
    operation: str = ""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    account: str = ""

    def __post_init__(self) -> None:
        scope = _CREDENTIAL.search(self.headers.get("authorization", ""))
        if scope:
            self.access_key, __, self.region, signing_name = scope.groups()
            self.service = _SERVICE_OF_SIGNING_NAME.get(signing_name, signing_name)
        target = self.headers.get("x-amz-target", "")
        form = self._form()
        if target:
            self.protocol = "json"
            self.operation = target.rpartition(".")[2]
            self.params = self._json()
        elif "Action" in form:
            self.protocol = "query"
            self.operation = form.pop("Action")
            form.pop("Version", None)
            self.params = nested(form)
        else:  # the other protocols have the operation in the path, some of them by its name
            self.operation = self.path.partition("/operation/")[2] or f"{self.method} {self.path}"

    def _form(self) -> dict[str, str]:
        content_type = self.headers.get("content-type", "")
        text = (
            self.body.decode("utf-8", "replace")
            if content_type.startswith("application/x-www-form-urlencoded")
            else self.query
        )
        return dict(parse_qsl(text, keep_blank_values=True))

    def _json(self) -> dict[str, Any]:
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


def nested(form: dict[str, str]) -> dict[str, Any]:
    """The query protocol's flat form as the structure it stands for: ``Tags.member.1.Key`` becomes ``Tags[0]["Key"]``."""
    tree: dict[str, Any] = {}
    for name, value in form.items():
        node = tree
        *parents, last = [part for part in name.split(".") if part != "member"]
        for part in parents:
            child = node.get(part)
            node[part] = node = child if isinstance(child, dict) else {}
        node[last] = value
    return _with_lists(tree)


def _with_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_with_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _with_lists(value) for key, value in node.items()}


def error_response(request: Request, error: AwsError) -> Response:
    """An error in the form that the request's protocol has for it."""
    request_id = str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id}
    if request.protocol == "query":
        sender = "Sender" if error.status < 500 else "Receiver"
        namespace = XML_NAMESPACE.get(request.service, f"https://{request.service}.amazonaws.com/")
        body = (
            f'<ErrorResponse xmlns="{namespace}"><Error><Type>{sender}</Type><Code>{escape(error.code)}</Code>'
            f"<Message>{escape(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        headers["Content-Type"] = "text/xml"
        return Response(error.status, body.encode(), headers, error.code)
    if request.protocol == "json":
        headers["Content-Type"] = "application/x-amz-json-1.1"
        body = json.dumps({"__type": error.code, "message": error.message, "Message": error.message})
        return Response(error.status, body.encode(), headers, error.code)
    headers["Content-Type"] = "application/json"
    headers["x-amzn-ErrorType"] = error.code
    return Response(error.status, json.dumps({"message": error.message}).encode(), headers, error.code)


def unsigned(request: Request) -> AwsError:
    """The refusal of a request that carries no signature."""
    if request.protocol == "query":
        return AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    return AwsError(
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
        400 if request.protocol == "json" else 403,
    )


def unknown_key(request: Request) -> AwsError:
    """The refusal of an access key that nobody has issued."""
    message = "The security token included in the request is invalid."
    if request.protocol == "query":
        return AwsError("InvalidClientTokenId", message, 403)
    return AwsError("UnrecognizedClientException", message, 400 if request.protocol == "json" else 403)
