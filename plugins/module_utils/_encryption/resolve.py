# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the names of roles and secrets to the complete encryption that is sent to AWS. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping

from .._reconcile.arn import UNKNOWN, account_of, is_arn, names_role, names_secret, region_of
from .._reconcile.model import Refusal
from .options import REFERENCES, REQUIRED, VECTOR

NAMED_BY = {"role_arn": names_role, "secret_arn": names_secret}
PREDICTED_SECRET = f"-{UNKNOWN}"

# Entries of roles and secrets in the form in which the modules return them.
States = Iterable[Mapping[str, Any]]


@dataclass
class References:
    """The ARNs of the roles and secrets that were declared by name, by "role_arn" and "secret_arn".

    known: from this task or earlier ones; these ARNs replace the names from the start.
    expected: what will exist once the plan is carried out, with what is predicted about it.
    looked_up: from AWS, None for a name that does not exist; only names whose ARN is not known otherwise.
    changed, unchanged: ARNs of roles that this run changes or leaves as they were.
    trust_policies: by ARN of the role, as this run leaves it.
    """

    known: dict[str, dict[str, str]] = field(default_factory=dict)
    expected: dict[str, dict[str, list[Mapping[str, Any]]]] = field(default_factory=dict)
    looked_up: dict[str, dict[str, str | None]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    trust_policies: dict[str, list[Any]] = field(default_factory=dict)

    def named(self, member: str, name: str) -> str:
        """The known ARN of a name, else the name."""
        return self.known.get(member, {}).get(name, name)

    def expected_of(self, member: str, arn: str) -> list[Mapping[str, Any]]:
        """What is predicted about a role or secret, which then counts as present.

        Several tasks may work on one role, and in check mode none of them sees what another would do: the role will have
        all of that.
        """
        expected = self.expected.get(member, {})
        return next((entries for name, entries in expected.items() if NAMED_BY[member](name, arn)), [])

    def expect(self, secrets: States, roles: States, region: str) -> None:
        """Let these count as present, with what is predicted about them."""
        self.expected = {
            "secret_arn": _grouped(_of_region(secrets, region), "name"),
            "role_arn": _grouped(_checked(roles, "known_roles"), "name"),
        }

    def to_look_up(
        self, declared: Mapping[str, str] | None, current: Mapping[str, str] | None
    ) -> list[tuple[str, str, bool]]:
        """(member, name, whether nothing can be done without it) for what must be looked up for an encryption.

        A role whose name is in the current ARN is not looked up. A secret is: one that was deleted and made again has another ARN.
        """
        wanted = {member: self.named(member, (declared or {}).get(member, "")) for member in REFERENCES}
        return [
            (member, name, not named)
            for member, name in wanted.items()
            if name and not is_arn(name)
            for named in [NAMED_BY[member](name, (current or {}).get(member))]
            if not named or (member == "secret_arn" and name not in self.expected.get(member, ()))
        ]


def references(secrets: States, roles: States, region: str) -> References:
    """References from what modules returned or plan. Copies of secrets in other Regions are left out. Raises Refusal."""
    roles = list(_checked(roles, "known_roles"))
    told = [role for role in roles if role.get("arn") and role.get("action")]
    return References(
        known={
            member: {entry["name"]: entry["arn"] for entry in entries if entry.get("arn")}
            for member, entries in (("secret_arn", _of_region(secrets, region)), ("role_arn", roles))
        },
        changed={role["arn"] for role in told if role["action"] != "unchanged"},
        unchanged={role["arn"] for role in told if role["action"] == "unchanged"},
        trust_policies={
            arn: [role.get("trust_policy") for role in entries] for arn, entries in _grouped(told, "arn").items()
        },
    )


def _of_region(secrets: States, region: str) -> list[Mapping[str, Any]]:
    return [secret for secret in _checked(secrets, "known_secrets") if _region(secret) in ("", region)]


def _checked(states: States, option: str) -> Iterable[Mapping[str, Any]]:
    for entry in states:
        if not isinstance(entry.get("name"), str) or not isinstance(entry.get("arn") or "", str):
            raise Refusal(
                f"An entry of {option} has no name, or its name or arn is not a text; give what the module returned."
            )
        yield entry


def _region(secret: Mapping[str, Any]) -> str:
    return region_of(secret["arn"]) if secret.get("arn") else secret.get("region") or ""


def _grouped(entries: States, by: str) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(entry[by], []).append(entry)
    return groups


@dataclass
class Resolver:
    """Completes one encryption. where: what is encrypted, for the messages. flow_arn: the ARN of its flow."""

    names: References
    where: str
    flow_arn: str
    refuse: Callable[[str], None]

    def complete(self, declared: Mapping[str, str], current: Mapping[str, str] | None) -> dict[str, str] | None:
        """The whole block, since it is sent as a whole: what is declared, completed by what AWS has if that is of the same key type."""
        if not declared:
            return None
        current = current or {}
        kept = current if current.get("key_type") == declared["key_type"] else {}
        wanted = {**kept, **declared}
        if not wanted.get(VECTOR):
            wanted.pop(VECTOR, None)
        for member in REFERENCES:
            if member in declared:
                wanted[member] = self._arn(member, self.names.named(member, declared[member]), current.get(member))
        missing = [REFERENCES.get(name, name) for name in REQUIRED[wanted["key_type"]] if name not in wanted]
        if missing:
            self.refuse(
                f"The encryption of the {self.where} lacks {', '.join(missing)}; key_type {wanted['key_type']} needs it."
            )
        return wanted

    def _arn(self, member: str, wanted: str, current: str | None) -> str:
        if is_arn(wanted):
            return self._own(wanted)
        arn = self.names.looked_up.get(member, {}).get(wanted)
        if arn is None and NAMED_BY[member](wanted, current):
            return str(current)
        if arn is None and wanted in self.names.expected.get(member, ()):
            return self._expected_arn(member, wanted)
        if arn is None:
            kind, place = ("role", "") if member == "role_arn" else ("secret", f" in {region_of(self.flow_arn)}")
            self.refuse(
                f"The {self.where} names the {kind} {wanted}, which does not exist{place}; create it first or correct the name."
            )
        return arn or wanted

    def _own(self, arn: str) -> str:
        account = account_of(self.flow_arn)
        if account_of(arn) != account:
            self.refuse(
                f"The {self.where} names {arn}, which is not in the flow's account {account}; MediaConnect takes roles and secrets of "
                "the same account only."
            )
        return arn

    def _expected_arn(self, member: str, name: str) -> str:
        dummy, partition, dummy, region, account, dummy = self.flow_arn.split(":", 5)
        if member == "role_arn":
            return f"arn:{partition}:iam::{account}:role/{name}"
        return f"arn:{partition}:secretsmanager:{region}:{account}:secret:{name}{PREDICTED_SECRET}"
