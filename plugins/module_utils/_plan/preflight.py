# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judge, before anything is granted, whether MediaConnect could read a key. Pure.

AWS itself finds out when the stream fails. What is judged here is what the caller could read; None stands for what the
caller may not read, and is never held against an entitlement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import (
    ASSUME_ROLE,
    SECRET_ACTIONS,
    SERVICE,
    Document,
    covers,
    matches,
    statements,
    strings,
)

READ_VALUE = "secretsmanager:GetSecretValue"
# What a trust policy's conditions may compare for MediaConnect, and how the operators match.
EXACT = ("stringequals", "arnequals", "stringequalsignorecase")
PATTERN = ("stringlike", "arnlike")


@dataclass
class Role:
    """A role as far as it could be read."""

    exists: bool = True
    trust_policy: Optional[Document] = None


@dataclass
class Secret:
    """A secret as far as it could be read. misfit: why its value is no key of the algorithm."""

    exists: bool = True
    deletion_scheduled: bool = False
    misfit: Optional[str] = None


def role_problems(role: Role, role_arn: str, flow_arn: str) -> List[str]:
    """What keeps MediaConnect from assuming the role for the flow, each with what to do."""
    if not role.exists:
        return [f"the role {role_arn} does not exist: create it, with mediaops.mediaconnect.trust_role for example"]
    if role.trust_policy is None or trusts(role.trust_policy, flow_arn):
        return []
    if not _trusts_service(role.trust_policy):
        return [f"the role {role_arn} does not trust {SERVICE}: let that service assume it"]
    return [
        f"the conditions in the trust policy of the role {role_arn} do not admit this flow: add {_pattern_of(flow_arn)} to aws:SourceArn"
    ]


def access_problems(decisions: Optional[Dict[str, bool]], role_arn: str, secret_arn: str) -> List[str]:
    """What keeps the role from reading the secret. decisions: per read action whether its policies allow it there."""
    if decisions is None or decisions.get(READ_VALUE, True):
        return []
    return [
        f"the policies of the role {role_arn} do not allow {READ_VALUE} on {secret_arn}: add the secret to its policy"
    ]


def access_doubts(decisions: Optional[Dict[str, bool]], role_arn: str, secret_arn: str) -> List[str]:
    """Read actions that the user guide asks for beside the one without which nothing works."""
    if not decisions or access_problems(decisions, role_arn, secret_arn):
        return []
    denied = [action for action, allowed in decisions.items() if not allowed]
    if not denied:
        return []
    return [
        f"The policies of the role {role_arn} do not allow {', '.join(denied)} on {secret_arn}, which the MediaConnect user guide asks for."
    ]


def secret_problems(secret: Secret, secret_arn: str) -> List[str]:
    """What keeps anybody from reading the right key."""
    if not secret.exists:
        return [
            f"the secret {secret_arn} does not exist: create it, with mediaops.mediaconnect.key_secrets for example"
        ]
    if secret.deletion_scheduled:
        return [f"the secret {secret_arn} is scheduled for deletion: restore it"]
    if secret.misfit:
        return [f"the secret {secret_arn} {secret.misfit}"]
    return []


def trusts(document: Any, flow_arn: str) -> bool:
    """Whether a trust policy lets MediaConnect assume the role on behalf of the flow.

    Conditions on other keys than aws:SourceAccount and aws:SourceArn cannot be judged and count as met.
    """
    matching = [
        statement for statement in statements(document) if _is_for_service(statement) and _admits(statement, flow_arn)
    ]
    effects = {statement.get("Effect") for statement in matching}
    return "Allow" in effects and "Deny" not in effects


def _trusts_service(document: Any) -> bool:
    return any(statement.get("Effect") == "Allow" and _is_for_service(statement) for statement in statements(document))


def _is_for_service(statement: Document) -> bool:
    principal = statement.get("Principal")
    services = strings(principal.get("Service")) if isinstance(principal, dict) else strings(principal)
    actions = strings(statement.get("Action"))
    return (SERVICE in services or "*" in services) and any(
        matches(action.lower(), ASSUME_ROLE.lower()) for action in actions
    )


def _admits(statement: Document, flow_arn: str) -> bool:
    known = {"aws:sourceaccount": flow_arn.split(":")[4], "aws:sourcearn": flow_arn}
    conditions = statement.get("Condition") or {}
    return all(
        _meets(operator.lower(), strings(values), known[key.lower()])
        for operator, tests in conditions.items()
        for key, values in tests.items()
        if key.lower() in known
    )


def _meets(operator: str, wanted: List[str], value: str) -> bool:
    operator = operator[: -len("ifexists")] if operator.endswith("ifexists") else operator
    if operator in ("arnlike", "arnequals"):
        return any(covers(pattern, value) for pattern in wanted)
    if operator in PATTERN:
        return any(matches(pattern, value) for pattern in wanted)
    return value in wanted if operator in EXACT else True


def reads(documents: List[Any], secret_arn: str) -> Dict[str, bool]:
    """Per read action whether policy documents allow it on the secret. Conditions of an Allow count as met, of a Deny as not."""
    return {action: _allowed(documents, action, secret_arn) for action in SECRET_ACTIONS}


def _allowed(documents: List[Any], action: str, resource: str) -> bool:
    effects = {
        statement.get("Effect")
        for document in documents
        for statement in statements(document)
        if _covers_call(statement, action, resource)
        and not (statement.get("Effect") == "Deny" and statement.get("Condition"))
    }
    return "Allow" in effects and "Deny" not in effects


def _covers_call(statement: Document, action: str, resource: str) -> bool:
    return _listed(statement, "Action", action.lower(), lower=True) and _listed(
        statement, "Resource", resource, lower=False
    )


def _listed(statement: Document, element: str, text: str, lower: bool) -> bool:
    """Whether a statement's element covers the text; its Not form covers what it does not list."""
    negated = f"Not{element}"
    patterns = strings(statement.get(negated if negated in statement else element))
    found = any(matches(pattern.lower() if lower else pattern, text) for pattern in patterns)
    return found != (negated in statement)


def _pattern_of(flow_arn: str) -> str:
    parts = flow_arn.split(":", 7)
    return ":".join([*parts[:6], "*", parts[7]])
