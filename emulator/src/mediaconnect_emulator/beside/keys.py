# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Could MediaConnect read this key? Judged by what IAM, Secrets Manager and KMS hold at the moment."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from ..settings import Settings
from ..wire.accounts import partition_of
from .moto_app import MotoApp
from .policy import ALLOWED, EXPLICIT_DENY, IMPLICIT_DENY, Inquiry, MalformedPolicy, Principal, Verdict, evaluate
from .propagation import default_document
from .secretsmanager import ACCOUNT_KEYS, kms_key

SERVICE = Principal("Service", "mediaconnect.amazonaws.com")
# The user guide's policy allows four actions; an AWS sample's role has this one alone, which is what reading takes.
READ_ACTION = "secretsmanager:GetSecretValue"
HEX_DIGITS = {"aes128": 32, "aes192": 48, "aes256": 64}
SRT_PASSWORD = "srt-password"
SRT_PASSWORD_LENGTH = (10, 80)  # User Guide, SRT password encryption, set up


@dataclasses.dataclass(frozen=True)
class Reading:
    """Whether the key can be read, and which step failed: role, access or key."""

    allowed: bool
    reason: str
    failed: str = ""


READABLE = Reading(True, "MediaConnect can read the key")


class KeyReader:
    """Stands in for MediaConnect's own access to roles and secrets."""

    def __init__(self, moto: MotoApp, settings: Settings) -> None:
        self._moto = moto
        self._settings = settings
        self._cache: dict[tuple[str | None, ...], Reading] = {}
        self._cached_at = -1

    def read(self, role_arn: str, secret_arn: str, flow_arn: str, algorithm: str | None = None) -> Reading:
        """The whole way: assume the role for the flow, read the secret, fit the key to the algorithm."""
        with self._moto.lock:
            if self._settings.iam_propagation_delay:  # what MediaConnect sees changes with time
                return self._read(role_arn, secret_arn, flow_arn, algorithm)
            if self._cached_at != self._moto.generation:
                self._cache.clear()
                self._cached_at = self._moto.generation
            question = (role_arn, secret_arn, flow_arn, algorithm)
            reading = self._cache.get(question)
            if reading is None:
                reading = self._cache[question] = self._read(role_arn, secret_arn, flow_arn, algorithm)
            return reading

    def assume(self, role_arn: str, flow_arn: str) -> Reading:
        """The first step only: the role exists and trusts MediaConnect for this flow."""
        with self._moto.lock:
            return self._assume(role_arn, flow_arn)

    def invoke(self, role_arn: str, flow_arn: str, url: str) -> Reading:
        """For SPEKE: the role may call the key server's API Gateway proxy."""
        with self._moto.lock:
            reading = self._assume(role_arn, flow_arn)
            if not reading.allowed:
                return reading
            address = re.fullmatch(r"https://([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.[a-z.]+/([^/]+)/?(.*)", url)
            if address is None:
                return Reading(False, f"{url} is not the URL of an API Gateway proxy", "key")
            api, region, stage, path = address.groups()
            account = role_arn.split(":")[4]
            resource = f"arn:{partition_of(region)}:execute-api:{region}:{account}:{api}/{stage}/POST/{path}"
            try:
                verdict = self._identity_verdict(self._role(role_arn), Inquiry("execute-api:Invoke", resource))
            except MalformedPolicy as exc:
                return Reading(False, f"a policy cannot be evaluated: {exc}", "access")
            return READABLE if verdict.allowed else _denied(role_arn, "execute-api:Invoke", resource, verdict)

    def value(self, secret_arn: str) -> bytes | None:
        """The key itself, for comparing the two ends of a stream."""
        with self._moto.lock:
            secret = self._secret(secret_arn)
            text = None if secret is None else _current(secret)
        return bytes.fromhex(text) if text and re.fullmatch(r"(?:[0-9a-fA-F]{2})+", text) else None

    def _read(self, role_arn: str, secret_arn: str, flow_arn: str, algorithm: str | None) -> Reading:
        reading = self._assume(role_arn, flow_arn)
        if not reading.allowed:
            return reading
        if secret_arn.split(":")[3:5] != flow_arn.split(":")[3:5]:
            return Reading(False, f"the secret {secret_arn} is not in the flow's account and Region", "access")
        secret = self._secret(secret_arn)
        if secret is None:
            return Reading(False, f"the secret {secret_arn} does not exist", "access")
        if secret.is_deleted():
            return Reading(False, f"the secret {secret_arn} is scheduled for deletion", "access")
        try:
            reading = self._may_read(self._role(role_arn), role_arn, secret)
        except MalformedPolicy as exc:
            return Reading(False, f"a policy cannot be evaluated: {exc}", "access")
        return _fits(_current(secret), secret_arn, algorithm) if reading.allowed else reading

    def _assume(self, role_arn: str, flow_arn: str) -> Reading:
        role = self._role(role_arn)
        if role is None:
            return Reading(False, f"the role {role_arn} does not exist", "role")
        trust = self._seen(role, "trust", role.name)
        if trust is None:
            return Reading(False, f"the role {role_arn} cannot be assumed yet", "role")
        context = {"aws:SourceArn": flow_arn, "aws:SourceAccount": flow_arn.split(":")[4]}
        inquiry = Inquiry("sts:AssumeRole", role_arn, context, SERVICE)
        try:
            verdict = evaluate([("trust", trust)], inquiry)
        except MalformedPolicy as exc:
            return Reading(False, f"the trust policy of {role_arn} cannot be evaluated: {exc}", "role")
        if verdict.allowed:
            return READABLE
        how = "refuses" if verdict.decision == EXPLICIT_DENY else "does not trust"
        return Reading(False, f"the role {role_arn} {how} {SERVICE.name} for {flow_arn}", "role")

    def _may_read(self, role: Any, role_arn: str, secret: Any) -> Reading:
        tags = {tag["Key"]: tag["Value"] for tag in secret.tags or []}
        context: dict[str, Any] = {"secretsmanager:SecretId": secret.arn, "secretsmanager:VersionStage": "AWSCURRENT"}
        for key, value in tags.items():
            context[f"aws:ResourceTag/{key}"] = context[f"secretsmanager:ResourceTag/{key}"] = value
        verdict = self._verdict(role, role_arn, Inquiry(READ_ACTION, secret.arn, context), secret.policy)
        if not verdict.allowed:
            return _denied(role_arn, READ_ACTION, secret.arn, verdict)
        return self._may_decrypt(role, role_arn, secret)

    def _may_decrypt(self, role: Any, role_arn: str, secret: Any) -> Reading:
        """Secrets Manager, GetSecretValue: a customer managed key needs kms:Decrypt too."""
        if secret.kms_key_id in ACCOUNT_KEYS:
            return READABLE
        region, account = secret.arn.split(":")[3:5]
        key = kms_key(self._moto, account, region, secret.kms_key_id)
        if key is None or key.key_state != "Enabled":
            return Reading(
                False,
                f"the KMS key {secret.kms_key_id} of the secret {secret.arn} does not exist or is not enabled",
                "access",
            )
        context = {
            "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
            "kms:EncryptionContext:SecretARN": secret.arn,
            "kms:CallerAccount": account,
        }
        inquiry = Inquiry("kms:Decrypt", key.arn, context)
        by_role = self._identity_verdict(role, inquiry)
        by_account = _by_resource(key.policy, inquiry, role_arn, delegated=True)
        by_key = self._within_boundary(role, inquiry, _by_resource(key.policy, inquiry, role_arn, delegated=False))
        refusal = next((verdict for verdict in (by_role, by_account) if verdict.decision == EXPLICIT_DENY), None)
        if refusal is None and (by_key.allowed or (by_account.allowed and by_role.allowed)):
            return READABLE
        return _denied(role_arn, "kms:Decrypt", key.arn, refusal or Verdict(IMPLICIT_DENY))

    def _verdict(self, role: Any, role_arn: str, inquiry: Inquiry, resource_policy: str | None) -> Verdict:
        """Within one account, either the role's policies or the resource's allow; a Deny in any of them decides."""
        by_role = self._identity_verdict(role, inquiry)
        if resource_policy is None or by_role.decision == EXPLICIT_DENY:
            return by_role
        by_resource = self._within_boundary(
            role, inquiry, _by_resource(resource_policy, inquiry, role_arn, delegated=False)
        )
        return by_role if by_resource.decision not in (EXPLICIT_DENY, ALLOWED) else by_resource

    def _within_boundary(self, role: Any, inquiry: Inquiry, by_resource: Verdict) -> Verdict:
        """IAM User Guide, permissions boundaries: an implicit deny in it also limits what a resource's policy allows to a role's ARN."""
        boundary = self.boundary(role)
        return by_resource if boundary is None or not by_resource.allowed else evaluate(boundary, inquiry)

    def _identity_verdict(self, role: Any, inquiry: Inquiry) -> Verdict:
        """The role's inline and managed policies, within its permissions boundary."""
        verdict = evaluate(self.identity_policies(role), inquiry)
        boundary = self.boundary(role)
        return verdict if boundary is None or not verdict.allowed else evaluate(boundary, inquiry)

    def boundary(self, entity: Any) -> list[tuple[str, str]] | None:
        """The permissions boundary of a role or user; None if it has none, empty if the policy no longer exists."""
        arn = getattr(entity, "permissions_boundary_arn", None)
        if not arn:
            return None
        policy = self._moto.backend("iam", entity.account_id, _partition(entity)).managed_policies.get(arn)
        return [(policy.name, default_document(policy))] if policy is not None else []

    def identity_policies(self, role: Any) -> list[tuple[str, str]]:
        """All policies of a role by name, as MediaConnect sees them already."""
        seen = self._seen(role, "policies", role.name)
        if seen is None:
            return []
        inline, managed = seen
        documents = [(policy.name, self._seen(role, "document", policy.arn)) for policy in managed]
        return [*inline.items(), *((name, text) for name, text in documents if text is not None)]

    def _seen(self, role: Any, kind: str, name: str) -> Any:
        delay = self._settings.iam_propagation_delay
        return self._moto.history.seen(role.account_id, _partition(role), kind, name, delay)

    def _role(self, role_arn: str) -> Any:
        fields = role_arn.split(":", 5)
        backend = self._moto.backend("iam", fields[4], fields[1]) if len(fields) == 6 else None
        return (
            None if backend is None else next((role for role in backend.roles.values() if role.arn == role_arn), None)
        )

    def _secret(self, secret_arn: str) -> Any:
        fields = secret_arn.split(":", 6)
        backend = self._moto.backend("secretsmanager", fields[4], fields[3]) if len(fields) == 7 else None
        return (
            None
            if backend is None
            else next((secret for secret in dict.values(backend.secrets) if secret.arn == secret_arn), None)
        )


def _partition(entity: Any) -> str:
    """The partition of a role or user."""
    return str(entity.arn).split(":")[1]


def _by_resource(document: str, inquiry: Inquiry, role_arn: str, delegated: bool) -> Verdict:
    principal = Principal("AWS", role_arn, delegated)
    return evaluate([("resource", document)], dataclasses.replace(inquiry, principal=principal))


def _denied(role_arn: str, action: str, resource: str, verdict: Verdict) -> Reading:
    why = "a policy denies it" if verdict.decision == EXPLICIT_DENY else "no policy allows it"
    return Reading(False, f"the role {role_arn} may not {action} on {resource}: {why}", "access")


def _current(secret: Any) -> str | None:
    """The plain text of the current version."""
    for version in secret.versions.values():
        if "AWSCURRENT" in version["version_stages"]:
            return version.get("secret_string")
    return None


def _fits(text: str | None, secret_arn: str, algorithm: str | None) -> Reading:
    """User Guide, static key encryption: the value is the key alone, an AES-256 key "must have 64 digits"."""
    misfit = ""
    if text is None:
        misfit = f"the secret {secret_arn} has no current plaintext value"
    elif algorithm == SRT_PASSWORD:
        shortest, longest = SRT_PASSWORD_LENGTH
        fits = shortest <= len(text) <= longest
        misfit = "" if fits else f"the value of {secret_arn} must have {shortest} to {longest} characters for SRT"
    elif algorithm is not None and algorithm not in HEX_DIGITS:
        misfit = f"there is no algorithm {algorithm}"
    elif algorithm is not None and not re.fullmatch(r"[0-9a-fA-F]*", text):
        misfit = f"the value of {secret_arn} is not hexadecimal"
    elif algorithm is not None and len(text) != HEX_DIGITS[algorithm]:
        misfit = (
            f"the value of {secret_arn} has {len(text)} hexadecimal digits, {algorithm} needs {HEX_DIGITS[algorithm]}"
        )
    return Reading(False, misfit, "key") if misfit else READABLE
