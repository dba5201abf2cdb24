# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's policy simulator and STS's GetCallerIdentity, which moto lacks or answers with an ARN that AWS never gives."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from ..wire.accounts import is_plain, partition_of
from ..wire.protocols import XML_NAMESPACE, AwsError, Request, Response
from .policy import (
    ALLOWED,
    EXPLICIT_DENY,
    IMPLICIT_DENY,
    Inquiry,
    MalformedPolicy,
    Principal,
    Verdict,
    evaluate,
    listed,
)
from .propagation import default_document

if TYPE_CHECKING:
    from .keys import KeyReader
    from .moto_app import MotoApp

Policies = list[tuple[str, str]]
PAGE = 100


def answer(moto: MotoApp, keys: KeyReader, request: Request) -> Response | None:
    """The answer to an operation that the emulator handles itself; None leaves it to moto."""
    if request.service == "sts" and request.operation == "GetCallerIdentity" and is_plain(request.access_key):
        return _xml(request, _caller_identity(request))
    if request.service == "iam" and request.operation in ("SimulatePrincipalPolicy", "SimulateCustomPolicy"):
        with moto.lock:
            return _xml(request, _simulate(moto, keys, request))
    return None


def _caller_identity(request: Request) -> str:
    account = request.account
    partition = partition_of(request.region)
    return f"<Arn>arn:{partition}:iam::{account}:user/emulator</Arn><UserId>AIDAEMULATOR{account}</UserId><Account>{account}</Account>"


def _simulate(moto: MotoApp, keys: KeyReader, request: Request) -> str:
    """IAM API Reference, SimulatePrincipalPolicy: one result for each action on each resource."""
    params = request.params
    policies = [(f"PolicyInputList.{number}", text) for number, text in enumerate(_list(params, "PolicyInputList"), 1)]
    given = _list(params, "PermissionsBoundaryPolicyInputList")
    boundaries = [("PermissionsBoundaryPolicyInputList", text) for text in given] or None
    source = params.get("PolicySourceArn")
    if source is not None:
        entity = _entity(moto, request, str(source))
        policies += keys.identity_policies(entity) if entity.__class__.__name__ == "Role" else _user_policies(entity)
        boundaries = boundaries or keys.boundary(entity)
    context = {entry["ContextKeyName"]: _list(entry, "ContextKeyValues") for entry in _list(params, "ContextEntries")}
    caller = Principal("AWS", str(params.get("CallerArn") or source or ""))
    results = []
    for action in _list(params, "ActionNames"):
        for resource in _list(params, "ResourceArns") or ["*"]:
            inquiry = Inquiry(action, resource, context)
            try:
                verdict = _judge(policies, boundaries, params.get("ResourcePolicy"), inquiry, caller)
            except MalformedPolicy as exc:
                raise AwsError("InvalidInput", str(exc), 400) from exc
            results.append(_result(inquiry, verdict))
    return _page(results, params)


def _judge(
    policies: Policies, boundaries: Policies | None, resource_policy: str | None, inquiry: Inquiry, caller: Principal
) -> Verdict:
    verdict = evaluate(policies, inquiry)
    if boundaries is not None and not (limit := evaluate(boundaries, inquiry)).allowed:
        return Verdict(EXPLICIT_DENY if EXPLICIT_DENY in (verdict.decision, limit.decision) else IMPLICIT_DENY)
    if resource_policy and verdict.decision != EXPLICIT_DENY:
        by_resource = evaluate(
            [("ResourcePolicy", resource_policy)], Inquiry(inquiry.action, inquiry.resource, inquiry.context, caller)
        )
        return by_resource if by_resource.decision in (ALLOWED, EXPLICIT_DENY) else verdict
    return verdict


def _entity(moto: MotoApp, request: Request, arn: str) -> Any:
    backend = moto.backend("iam", request.account, partition_of(request.region))
    entities = [*backend.roles.values(), *backend.users.values()] if backend is not None else []
    found = next((entity for entity in entities if entity.arn == arn), None)
    if found is None:
        raise AwsError("NoSuchEntity", f"The entity {arn} cannot be found.", 404)
    return found


def _user_policies(user: Any) -> Policies:
    return [
        *user.policies.items(),
        *((policy.name, default_document(policy)) for policy in user.managed_policies.values()),
    ]


def _list(params: dict[str, Any], name: str) -> list[Any]:
    return listed(params[name]) if params.get(name) not in (None, "", {}) else []


def _result(inquiry: Inquiry, verdict: Verdict) -> str:
    matched = "".join(
        f"<member><SourcePolicyId>{escape(name)}</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType></member>"
        for name, dummy in verdict.matched
    )
    missing = "".join(f"<member>{escape(key)}</member>" for key in verdict.missing)
    return (
        f"<member><EvalActionName>{escape(inquiry.action)}</EvalActionName><EvalResourceName>{escape(inquiry.resource)}</EvalResourceName>"
        f"<EvalDecision>{verdict.decision}</EvalDecision><MatchedStatements>{matched}</MatchedStatements>"
        f"<MissingContextValues>{missing}</MissingContextValues></member>"
    )


def _page(results: list[str], params: dict[str, Any]) -> str:
    start, size = int(params.get("Marker") or 0), int(params.get("MaxItems") or PAGE)
    truncated = start + size < len(results)
    marker = f"<Marker>{start + size}</Marker>" if truncated else ""
    chosen = "".join(results[start : start + size])
    return f"<EvaluationResults>{chosen}</EvaluationResults><IsTruncated>{str(truncated).lower()}</IsTruncated>{marker}"


def _xml(request: Request, result: str) -> Response:
    name, request_id = request.operation, uuid.uuid4()
    body = (
        f'<{name}Response xmlns="{XML_NAMESPACE[request.service]}"><{name}Result>{result}</{name}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
    )
    return Response(200, body.encode(), {"Content-Type": "text/xml", "x-amzn-RequestId": str(request_id)})
