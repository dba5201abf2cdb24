# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check, before anything is encrypted, what MediaConnect will need: each role and secret once, however many places name it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Iterable

from .._aws import iam
from .._aws.client import Clients
from .._aws.errors import ApiError
from .._policy.evaluation import NO
from .._policy.judge import (
    READ_VALUE,
    Link,
    Role,
    Secret,
    chain,
    doubts,
    predicted_role,
    predicted_secret,
    problems,
    trust_of,
)
from .._policy.observe import Reader
from .._reconcile.arn import iam_name
from .._reconcile.model import Unit, distinct
from .._reconcile.wait import tries
from .resolve import PREDICTED_SECRET, References

SECONDS_BETWEEN_LOOKS = 2
# What somebody else made or changed a moment ago gets a second look, and no more.
SECONDS_FOR_OTHERS = 1


@dataclass
class Grant:
    """An encryption that a plan would make or change. where: what is encrypted ("entitlement E of flow F")."""

    unit: Unit
    where: str
    flow_arn: str
    encryption: dict[str, str]


class Preflight:
    """Judges what would be encrypted.

    reader: reads roles and secrets. names: what this run makes or changes; it is judged as it is predicted.
    patience: for how many seconds a role that this run has changed gets the benefit of the doubt.
    """

    def __init__(self, reader: Reader, names: References, patience: float):
        self.reader, self.names, self.patience = reader, names, patience
        self.warnings: list[str] = []

    def judge(self, grants: Iterable[Grant]) -> None:
        """Add to the units what is wrong with the encryption that they would grant (as refusals) and what is doubtful (as warnings)."""
        grants = list(grants)
        deadline = time.monotonic() + self.patience
        for grant in grants:
            wrong = self._lasting_problems(grant.flow_arn, grant.encryption, deadline)
            if wrong:
                grant.unit.refusals.append(
                    f"The {grant.where} would not work: {'; '.join(wrong)}. Set verify_encryption: false to grant it all the same."
                )
        if grants:
            # Who may grant need not be allowed to read keys.
            lacking = [action for action in self.reader.lacking if action != READ_VALUE]
            self.warnings.extend(
                f"Whether MediaConnect can read the keys was not verified in full: the caller lacks {action}."
                for action in lacking
            )
            grants[0].unit.warnings.extend(distinct(self.warnings))

    def _lasting_problems(self, flow_arn: str, encryption: dict[str, str], deadline: float) -> list[str]:
        """What is still wrong after recent changes to IAM have had time to take effect everywhere."""
        links = self._links(flow_arn, encryption)
        if not problems(links) or any(link.name in ("secret", "value") and link.verdict is NO for link in links):
            return problems(links)  # waiting does not change a secret
        seconds = self._patience(flow_arn, encryption["role_arn"], deadline - time.monotonic())
        looks = tries(seconds, SECONDS_BETWEEN_LOOKS) if seconds > 0 else iter(())
        next(looks, None)  # the one that was made already
        for dummy in looks:
            self.reader.forget()
            links = self._links(flow_arn, encryption)
            if not problems(links):
                break
        return problems(links)

    def _patience(self, flow_arn: str, role_arn: str, left: float) -> float:
        """For how many seconds the problem may be only that the role's present state is not known everywhere yet."""
        told = self.names.trust_policies.get(role_arn, [])
        if role_arn in self.names.unchanged - self.names.changed or self.names.expected_of("role_arn", role_arn):
            return 0
        if told and all(policy and trust_of(policy, flow_arn).verdict is NO for policy in told):
            return 0  # what is declared wrong stays wrong
        if role_arn in self.names.known.get("role_arn", {}).values():
            return left
        return min(left, SECONDS_FOR_OTHERS) if changed_recently(self.reader.clients, role_arn, self.patience) else 0

    def _links(self, flow_arn: str, encryption: dict[str, str]) -> list[Link]:
        role_arn, secret_arn = encryption["role_arn"], encryption.get("secret_arn")
        secret = self._secret(secret_arn) if secret_arn else None
        role = self._role(role_arn, secret)
        if secret and role.exists:
            self.warnings.extend(doubts(role, secret))
        return chain(flow_arn, encryption, role, secret)

    def _role(self, arn: str, secret: Secret | None) -> Role:
        told = self.names.expected_of("role_arn", arn)
        if not told:
            return self.reader.role_for(arn, secret) if secret else self.reader.trust(arn)
        made = all(entry.get("action") == "created" for entry in told)
        seen = Role(arn) if made else self.reader.role(arn)
        limits = [entry["permissions_boundary"] for entry in told if "permissions_boundary" in entry]
        boundary = (
            self.reader.managed_policy(limits[-1]) if limits and limits[-1] else {} if limits or made else seen.boundary
        )
        return predicted_role(seen, told, boundary)

    def _secret(self, arn: str) -> Secret:
        told = self.names.expected_of("secret_arn", arn)
        if not told:
            return self.reader.secret(arn, with_value=True)
        seen = Secret(arn) if arn.endswith(PREDICTED_SECRET) else self.reader.secret(arn)
        keys = [entry["kms_key_id"] for entry in told if "kms_key_id" in entry]
        return predicted_secret(seen, told, self.reader.kms_key(keys[-1], arn) if keys else seen.kms_key)


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
