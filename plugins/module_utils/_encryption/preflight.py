# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check, before anything is encrypted, what MediaConnect will need: each role and secret once, however many places name it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Iterable, Mapping, Sequence

from .._aws import iam, secretsmanager
from .._aws.client import Clients
from .._aws.errors import ApiError
from .._policy import judge
from .._policy.documents import SECRET_ACTIONS
from .._policy.judge import Role, Secret
from .._reconcile.arn import iam_name
from .._reconcile.model import Unit, distinct
from .._reconcile.wait import tries
from .._secrets import keys
from .resolve import PREDICTED_SECRET, References

SECONDS_BETWEEN_LOOKS = 2


@dataclass
class Grant:
    """An encryption that a plan would make or change. where: what is encrypted ("entitlement E of flow F")."""

    unit: Unit
    where: str
    flow_arn: str
    encryption: dict[str, str]


class Preflight:
    """Judges what would be encrypted.

    mask: is given each key that is read, and keeps it out of all output.
    names: what this run makes or changes; it is judged as it is predicted.
    patience: for how many seconds a role that was changed a moment ago gets the benefit of the doubt.
    """

    def __init__(self, clients: Clients, mask: Callable[[str], None], names: References, patience: float):
        self.clients, self.mask, self.names, self.patience = clients, mask, names, patience
        self.warnings: list[str] = []
        self._seen: dict[tuple[Any, ...], Any] = {}

    def judge(self, grants: Iterable[Grant]) -> None:
        """Add to the units what is wrong with the encryption that they would grant (as refusals) and what is doubtful (as warnings)."""
        grants = list(grants)
        deadline = time.monotonic() + self.patience
        for grant in grants:
            problems = self._lasting_problems(grant.flow_arn, grant.encryption, deadline - time.monotonic())
            if problems:
                grant.unit.refusals.append(
                    f"The {grant.where} would not work: {'; '.join(problems)}. Set verify_encryption: false to grant it all the same."
                )
        if grants:
            grants[0].unit.warnings.extend(distinct(self.warnings))

    def _lasting_problems(self, flow_arn: str, encryption: dict[str, str], patience: float) -> list[str]:
        """What is still wrong after recent changes to IAM have had time to take effect everywhere."""
        problems: list[str] = []
        for last in tries(patience, SECONDS_BETWEEN_LOOKS):
            problems = self._problems(flow_arn, encryption)
            if last or not problems or not self._may_pass(flow_arn, encryption["role_arn"]):
                break
            self._seen.clear()
        return problems

    def _may_pass(self, flow_arn: str, role_arn: str) -> bool:
        """Whether the problem may be only that the role's present state is not known everywhere yet; what is declared wrong stays wrong."""
        told = self.names.trust_policies.get(role_arn, [])
        if role_arn in self.names.unchanged - self.names.changed or self.names.expected_of("role_arn", role_arn):
            return False
        if told and all(policy and not judge.trusts(policy, flow_arn) for policy in told):
            return False
        made_in_this_run = role_arn in self.names.known.get("role_arn", {}).values()
        return made_in_this_run or changed_recently(self.clients, role_arn, self.patience)

    def _problems(self, flow_arn: str, encryption: dict[str, str]) -> list[str]:
        role_arn, secret_arn = encryption["role_arn"], encryption.get("secret_arn")
        role = self._once(self._role, role_arn)
        problems = judge.role_problems(role, role_arn, flow_arn)
        if secret_arn:
            if role.exists:
                decisions = self._once(self._decisions, role_arn, secret_arn)
                problems += judge.access_problems(decisions, role_arn, secret_arn)
            secret = self._once(self._secret, secret_arn, encryption["algorithm"])
            problems += judge.secret_problems(secret, secret_arn)
        return problems

    def _once(self, look: Callable[..., Any], *arguments: str) -> Any:
        key = (look.__name__, *arguments)
        if key not in self._seen:
            self._seen[key] = look(*arguments)
        return self._seen[key]

    def _unless_denied(self, look: Callable[[], Any], otherwise: Any) -> Any:
        """What `look` returns. Where the caller may not look, a warning says so, and the result is `otherwise`."""
        try:
            return look()
        except ApiError as error:
            if not error.denied:
                raise
            self.warnings.append(
                f"Whether MediaConnect can read the keys was not verified in full: the caller lacks {error.action}."
            )
            return otherwise

    def _role(self, arn: str) -> Role:
        def look() -> Role:
            role = iam.get_role(self.clients.get("iam"), iam_name(arn))
            if role is None or role["Arn"] != arn:
                return Role(exists=False)
            return Role(trust_policy=role["AssumeRolePolicyDocument"])

        expected = self.names.expected_of("role_arn", arn)
        if expected:
            return Role(trust_policy=judge.together([entry.get("trust_policy") for entry in expected]))
        return self._unless_denied(look, Role())

    def _decisions(self, role_arn: str, secret_arn: str) -> dict[str, bool] | None:
        """For each read action, whether the role may do it: as predicted, else as IAM simulates it, else as its policies say."""
        expected = self.names.expected_of("role_arn", role_arn)
        policy, kept = judge.together([entry.get("permissions_policy") for entry in expected]), _kept(expected)
        if expected:
            if policy is None:
                return None
            predicted = judge.reads([policy], secret_arn)
            if predicted[judge.READ_VALUE] or all(entry.get("action") == "created" for entry in expected):
                return predicted
        client, decisions = self.clients.get("iam"), None
        try:
            # IAM tells of the role as it is now, and of nothing that is not there yet.
            if kept is None and not secret_arn.endswith(PREDICTED_SECRET):
                decisions = iam.simulate(client, role_arn, SECRET_ACTIONS, secret_arn)
        except ApiError as error:
            if not error.denied:
                raise
        if decisions is None:
            decisions = self._unless_denied(
                lambda: judge.reads([policy, *iam.policy_documents(client, iam_name(role_arn), kept)], secret_arn), None
            )
        self.warnings.extend(judge.access_doubts(decisions, role_arn, secret_arn))
        return decisions

    def _secret(self, arn: str, algorithm: str) -> Secret:
        def look() -> Secret:
            secret = secretsmanager.describe_secret(self.clients.get("secretsmanager"), arn)
            if secret is None:
                return Secret(exists=False)
            if "DeletedDate" in secret:
                return Secret(deletion_scheduled=True)
            return Secret(misfit=self._misfit(arn, algorithm))

        expected = self.names.expected_of("secret_arn", arn)
        if expected:
            return judge.predicted_secret([entry.get("algorithm") for entry in expected], algorithm)
        return self._unless_denied(look, Secret())

    def _misfit(self, arn: str, algorithm: str) -> str | None:
        """Why the stored value is not a key for the algorithm. None also if the caller may not read it, since granting does not require that."""
        try:
            answer = secretsmanager.get_secret_value(self.clients.get("secretsmanager"), arn)
        except ApiError as error:
            if error.denied:
                return None
            raise
        if answer is None:
            return "has no value: store the key in it"
        for form in keys.masks(answer.get("SecretString", "")):
            self.mask(form)
        value = keys.describe_stored(answer, algorithm)
        if value.foreign:
            return f"holds {value.foreign}, but MediaConnect needs the bare key: store that"
        return (
            f"holds no key of {algorithm}: declare the algorithm that fits it, or store another key"
            if value.misfit
            else None
        )


def _kept(expected: Sequence[Mapping[str, Any]]) -> set[str] | None:
    """The policies that a role will have beside its own, which is predicted; None where that is not told."""
    if not expected or not all(isinstance(entry.get("attached_policies"), list) for entry in expected):
        return None
    attached = {arn for entry in expected for arn in entry["attached_policies"]}
    return attached - {entry.get("policy_arn") for entry in expected}


def changed_recently(clients: Clients, role_arn: str, seconds: float) -> bool:
    """Whether the role was made, or one of its managed policies changed, in the last seconds, so that it may not be in force yet.

    To be used only after a failure, since it costs some calls. If the caller may not look, the role gets the benefit of the doubt.
    """
    client, name = clients.get("iam"), iam_name(role_arn)
    since = datetime.now(timezone.utc) - timedelta(seconds=seconds)  # noqa: UP017  hosts may have an older Python
    try:
        role = iam.get_role(client, name)
        if role is None:
            return False
        if role["CreateDate"] > since:
            return True
        policies = [
            iam.get_policy(client, policy["PolicyArn"]) for policy in iam.list_attached_policies(client, name) or []
        ]
    except ApiError as error:
        if error.denied:
            return True
        raise
    return any(policy["UpdateDate"] > since for policy in policies if policy)
