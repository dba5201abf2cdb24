# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Look, before anything is granted, at what MediaConnect will need: each role and secret once, however many grants name it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from ansible.module_utils.common.warnings import warn

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import iam, secretsmanager
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api.common import ApiError, Clients
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan import keys, preflight
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import FlowUnit, Names, names_arn
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import SECRET_ACTIONS
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.preflight import Role, Secret
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.secrets import UNKNOWN_SUFFIX

SECONDS_BETWEEN_LOOKS = 2


class Preflight:
    """Judges the planned grants.

    mask: takes a key that was read, so that it stays out of all output.
    names: what an earlier task of a check-mode run would have made or changed is judged as far as that task predicts it.
    patience: for how many seconds a role that was changed a moment ago gets the benefit of the doubt.
    """

    def __init__(self, clients: Clients, mask: Callable[[str], None], names: Names, patience: int):
        self.clients, self.mask, self.names, self.patience = clients, mask, names, patience
        self.deadline = 0.0
        self.warnings: List[str] = []
        self._seen: Dict[Tuple[Any, ...], Any] = {}

    def judge(self, units: Sequence[FlowUnit]) -> None:
        """Add to each unit what is wrong with the encryption that it would grant, as refusals; one that is refused already is left."""
        sound = [unit for unit in units if not unit.refusals]
        if len(sound) < len(units):
            self.patience = 0  # nothing will be granted, so there is nothing to wait for
        self.deadline = time.monotonic() + self.patience
        for unit in sound:
            for name, item in unit.items.items():
                if item.new_encryption:
                    problems = self._lasting_problems(unit.observed.arn, item.new_encryption)
                    if problems:
                        where = f"entitlement {name} of flow {unit.observed.name}"
                        unit.refusals.append(
                            f"The {where} would not work: {'; '.join(problems)}. Set verify_encryption: false to grant it all the same."
                        )
        for text in dict.fromkeys(self.warnings):
            warn(text)

    def _lasting_problems(self, flow_arn: str, encryption: Dict[str, str]) -> List[str]:
        """What is wrong, once what IAM may not have told everywhere yet has had its time."""
        problems = self._problems(flow_arn, encryption)
        while problems and time.monotonic() < self.deadline and self._may_pass(flow_arn, encryption["role_arn"]):
            time.sleep(SECONDS_BETWEEN_LOOKS)
            self._seen.clear()
            problems = self._problems(flow_arn, encryption)
        return problems

    def _may_pass(self, flow_arn: str, role_arn: str) -> bool:
        """Whether IAM may only not tell everywhere yet how the role is now; what is declared wrong stays wrong."""
        told = self.names.trust_policies.get(role_arn, [])
        if role_arn in self.names.unchanged - self.names.changed:
            return False
        if told and all(policy and not preflight.trusts(policy, flow_arn) for policy in told):
            return False
        made_in_this_run = role_arn in self.names.known.get("role_arn", {}).values()
        return made_in_this_run or changed_recently(self.clients, role_arn, self.patience)

    def _problems(self, flow_arn: str, encryption: Dict[str, str]) -> List[str]:
        role_arn, secret_arn = encryption["role_arn"], encryption.get("secret_arn")
        role = self._once(self._role, role_arn)
        problems = preflight.role_problems(role, role_arn, flow_arn)
        if secret_arn:
            if role.exists:
                decisions = self._once(self._decisions, role_arn, secret_arn)
                problems += preflight.access_problems(decisions, role_arn, secret_arn)
            secret = self._once(self._secret, secret_arn, encryption["algorithm"])
            problems += preflight.secret_problems(secret, secret_arn)
        return problems

    def _expected(self, member: str, arn: str) -> List[Dict[str, Any]]:
        """What each earlier task predicts of a role or secret, which then counts as present.

        In check mode none of these tasks sees what another one would do, so the role will have all of it.
        """
        expected = self.names.expected.get(member, {})
        return next((entries for name, entries in expected.items() if names_arn(member, name, arn)), [])

    def _once(self, look: Callable[..., Any], *arguments: str) -> Any:
        key = (look.__name__, *arguments)
        if key not in self._seen:
            self._seen[key] = look(*arguments)
        return self._seen[key]

    def _unless_denied(self, look: Callable[[], Any], otherwise: Any) -> Any:
        """What a look finds; where the caller may not look, say so once and go on."""
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
            role = iam.get_role(self.clients.get("iam"), _name(arn))
            if role is None or role["Arn"] != arn:
                return Role(exists=False)
            return Role(trust_policy=role["AssumeRolePolicyDocument"])

        expected = self._expected("role_arn", arn)
        if expected:
            return Role(trust_policy=preflight.together([entry.get("trust_policy") for entry in expected]))
        return self._unless_denied(look, Role())

    def _decisions(self, role_arn: str, secret_arn: str) -> Optional[Dict[str, bool]]:
        """Per read action whether the role may: as predicted, as IAM simulates it, else as its policies read."""
        expected = self._expected("role_arn", role_arn)
        if expected:
            policy = preflight.together([entry.get("permissions_policy") for entry in expected])
            if policy is None:
                return None
            predicted = preflight.reads([policy], secret_arn)
            if predicted[preflight.READ_VALUE] or all(entry.get("action") == "created" for entry in expected):
                return predicted
        if secret_arn.endswith(UNKNOWN_SUFFIX):
            return None  # no ARN that IAM could judge
        client = self.clients.get("iam")
        try:
            decisions = iam.simulate(client, role_arn, SECRET_ACTIONS, secret_arn)
        except ApiError as error:
            if not error.denied:
                raise
            decisions = self._unless_denied(
                lambda: preflight.reads(iam.policy_documents(client, _name(role_arn)), secret_arn), None
            )
        self.warnings.extend(preflight.access_doubts(decisions, role_arn, secret_arn))
        return decisions

    def _secret(self, arn: str, algorithm: str) -> Secret:
        def look() -> Secret:
            secret = secretsmanager.describe_secret(self.clients.get("secretsmanager"), arn)
            if secret is None:
                return Secret(exists=False)
            if "DeletedDate" in secret:
                return Secret(deletion_scheduled=True)
            return Secret(misfit=self._misfit(arn, algorithm))

        expected = self._expected("secret_arn", arn)
        if expected:
            return preflight.predicted_secret([entry.get("algorithm") for entry in expected], algorithm)
        return self._unless_denied(look, Secret())

    def _misfit(self, arn: str, algorithm: str) -> Optional[str]:
        """Why the stored value is no key of the algorithm. Who may grant need not be allowed to read keys."""
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


def changed_recently(clients: Clients, role_arn: str, seconds: int) -> bool:
    """Whether the role or one of its managed policies was made or changed in the last seconds, so that it may not be in force yet.

    Only of use after a failure: it costs some calls. Who may not look is given the benefit of the doubt.
    """
    client, name = clients.get("iam"), _name(role_arn)
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


def _name(role_arn: str) -> str:
    return role_arn.rsplit("/", 1)[-1]
