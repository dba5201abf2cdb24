# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Judge, before anything is granted, whether MediaConnect could read a key. Pure.

AWS itself finds out only when the stream fails. What is judged here is what the caller could read; None stands for what the
caller may not read, and is never held against an entitlement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

from .documents import ASSUME_ROLE, SECRET_ACTIONS, SERVICE
from .language import Document, covers, listed, matches, statements, strings

READ_VALUE = "secretsmanager:GetSecretValue"
# How condition operators compare: in lower case, without Not and IfExists.
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": lambda wanted, value: wanted == value,
    "stringequalsignorecase": lambda wanted, value: wanted.lower() == value.lower(),
    "stringlike": matches,
    "arnequals": covers,
    "arnlike": covers,
}


@dataclass
class Role:
    """A role as far as it could be read."""

    exists: bool = True
    trust_policy: Document | None = None


@dataclass
class Secret:
    """A secret as far as it could be read. misfit: why its value is not a key for the algorithm."""

    exists: bool = True
    deletion_scheduled: bool = False
    misfit: str | None = None


def predicted_secret(algorithms: list[str | None], wanted: str) -> Secret:
    """A secret that will hold a key for one of the algorithms; None stands for an algorithm that is not known."""
    if not all(algorithms) or wanted in algorithms:
        return Secret()
    return Secret(misfit=f"is to hold a key of {algorithms[-1]}, not of {wanted}: declare the algorithm that fits it")


def together(documents: list[Any]) -> Document | None:
    """One policy document that says what all of these say together; None if one of them is not known."""
    if not all(documents):
        return None
    return {"Statement": [statement for document in documents for statement in statements(document)]}


def role_problems(role: Role, role_arn: str, flow_arn: str) -> list[str]:
    """What keeps MediaConnect from assuming the role for the flow, and what to do about it."""
    if not role.exists:
        return [f"the role {role_arn} does not exist: create it, with mediaops.mediaconnect.trust_role for example"]
    if role.trust_policy is None or trusts(role.trust_policy, flow_arn):
        return []
    if not _trusts_service(role.trust_policy):
        return [f"the role {role_arn} does not trust {SERVICE}: let that service assume it"]
    return [
        f"the conditions in the trust policy of the role {role_arn} do not admit this flow: add {_pattern_of(flow_arn)} to aws:SourceArn"
    ]


def access_problems(decisions: dict[str, bool] | None, role_arn: str, secret_arn: str) -> list[str]:
    """What keeps the role from reading the secret. decisions: for each read action, whether the role's policies allow it on the secret."""
    if decisions is None or decisions.get(READ_VALUE, True):
        return []
    return [
        f"the policies of the role {role_arn} do not allow {READ_VALUE} on {secret_arn}: add the secret to its policy"
    ]


def access_doubts(decisions: dict[str, bool] | None, role_arn: str, secret_arn: str) -> list[str]:
    """A warning about denied read actions that the user guide asks for, besides the one without which nothing works."""
    if not decisions or access_problems(decisions, role_arn, secret_arn):
        return []
    denied = [action for action, allowed in decisions.items() if not allowed]
    if not denied:
        return []
    return [
        f"The policies of the role {role_arn} do not allow {', '.join(denied)} on {secret_arn}, which the MediaConnect user guide asks for."
    ]


def secret_problems(secret: Secret, secret_arn: str) -> list[str]:
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

    What cannot be judged, such as a condition on a key other than aws:SourceAccount and aws:SourceArn, counts as met in an
    Allow and as not met in a Deny.
    """
    matching = [
        statement for statement in statements(document) if _is_for_service(statement) and _applies(statement, flow_arn)
    ]
    effects = {statement.get("Effect") for statement in matching}
    return "Allow" in effects and "Deny" not in effects


def _trusts_service(document: Any) -> bool:
    return any(statement.get("Effect") == "Allow" and _is_for_service(statement) for statement in statements(document))


def _is_for_service(statement: Document) -> bool:
    negated = "NotPrincipal" in statement
    principal = statement.get("NotPrincipal" if negated else "Principal")
    services = strings(principal.get("Service")) if isinstance(principal, dict) else strings(principal)
    named = SERVICE in services or "*" in services
    return named != negated and listed(statement, "Action", ASSUME_ROLE.lower(), lower=True)


def _applies(statement: Document, flow_arn: str) -> bool:
    known = {"aws:sourceaccount": flow_arn.split(":")[4], "aws:sourcearn": flow_arn}
    doubtful = statement.get("Effect") == "Allow"
    for operator, tests in (statement.get("Condition") or {}).items():
        for key, values in tests.items():
            met = _meets(operator.lower(), strings(values), known.get(key.lower()))
            if not (doubtful if met is None else met):
                return False
    return True


def _meets(operator: str, wanted: list[str], value: str | None) -> bool | None:
    """Whether a condition is met; None where that cannot be judged."""
    operator = operator[: -len("ifexists")] if operator.endswith("ifexists") else operator
    compare = COMPARISONS.get(operator.replace("not", "", 1))
    if value is None or compare is None:
        return None
    return any(compare(one, value) for one in wanted) != ("not" in operator)


def reads(documents: list[Any], secret_arn: str) -> dict[str, bool]:
    """For each read action, whether policy documents allow it on the secret. Conditions count as met in an Allow, as not met in a Deny."""
    return {action: _allowed(documents, action, secret_arn) for action in SECRET_ACTIONS}


def _allowed(documents: list[Any], action: str, resource: str) -> bool:
    effects = {
        statement.get("Effect")
        for document in documents
        for statement in statements(document)
        if _covers_call(statement, action, resource)
        and not (statement.get("Effect") == "Deny" and statement.get("Condition"))
    }
    return "Allow" in effects and "Deny" not in effects


def _covers_call(statement: Document, action: str, resource: str) -> bool:
    return listed(statement, "Action", action.lower(), lower=True) and listed(
        statement, "Resource", resource, lower=False
    )


def _pattern_of(flow_arn: str) -> str:
    parts = flow_arn.split(":", 7)
    return ":".join([*parts[:6], "*", parts[7]])
