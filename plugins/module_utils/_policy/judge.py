# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether MediaConnect could read a key through a role for a flow. Pure, also over states that are only predicted.

AWS itself finds out only when the stream fails. The answer is a chain of links, each of which must hold: the role trusts
MediaConnect for the flow, it may read the secret, the secret is there, the KMS key lets it be decrypted, and the value is a key.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Sequence

from .._reconcile.arn import account_of, is_arn, region_of
from .documents import API_ACTION, ASSUME_ROLE, KMS_ACTION, SECRET_ACTIONS, SERVICE
from .evaluation import NO, UNKNOWN, YES, Effect, Request, Verdict, effect, unknown
from .language import Document, statements

READ_VALUE = "secretsmanager:GetSecretValue"
NETWORK_ACTION = "ec2:CreateNetworkInterface"
PROXY = re.compile(r"https://([a-z0-9]+)(?:-vpce-[^./]+)?\.execute-api\.([a-z0-9-]+)\.[^/]+/?([^/]*)/?(.*)")
API_ACCOUNT = re.compile(r"arn:[^:]*:execute-api:[^:]*:([0-9]{12}):")
SIMULATED = {"allowed": Effect(YES), "explicitDeny": Effect(NO, YES)}


@dataclass(frozen=True)
class Role:
    """A role as far as the caller could read it.

    trust_policy: None where it is not known. policies: by ARN, or by name for inline ones; complete: whether these are all.
    boundary: the document of the permissions boundary, {} where there is none, None where it is not known.
    simulated: what IAM itself answers for the role as it is now, by action and resource.
    """

    arn: str
    exists: bool = True
    trust_policy: Any = None
    policies: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True
    boundary: Any = field(default_factory=dict)
    boundary_arn: str = ""
    simulated: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class KmsKey:
    """A customer managed key. exists, policy: None where it is not known. state: Enabled, Disabled and so on."""

    arn: str
    exists: bool | None = True
    state: str = "Enabled"
    policy: Any = None


@dataclass(frozen=True)
class Secret:
    """A secret as far as the caller could read it.

    exists: None where it is not known. resource_policy: {} where there is none, None where it is not known.
    kms_key: None for the account's own key. fingerprint: of its key, None where there is none or it is not known.
    misfits: by algorithm, why the value is not a key for it, or ""; None where the value is not known.
    """

    arn: str
    exists: bool | None = True
    deletion_scheduled: bool = False
    resource_policy: Any = field(default_factory=dict)
    kms_key: KmsKey | None = None
    fingerprint: str | None = None
    misfits: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Link:
    """One link of the chain.

    name: "trust", "policies", "secret", "decryption" or "value". problem: why it does not hold, and what to do.
    likely: whether it most probably does not hold, although that cannot be told for certain.
    asked: what the question was. effect: what the answer rests on.
    """

    name: str
    effect: Effect
    problem: str
    likely: bool = False
    asked: tuple[Any, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return self.effect.verdict

    def holds_like(self, before: Link | None) -> bool:
        """Whether it holds, or rests on everything that it rested on before, whatever that may be worth."""
        if self.verdict is YES:
            return True
        return (
            self.verdict is UNKNOWN
            and before is not None
            and self.asked == before.asked
            and self.effect.allows >= before.effect.allows
            and self.effect.denies <= before.effect.denies
        )


def problems(links: Sequence[Link]) -> list[str]:
    """What keeps MediaConnect from reading the key. What cannot be told is not held against anybody."""
    return [link.problem for link in links if link.verdict is NO or link.likely]


def doubts(role: Role, secret: Secret) -> list[str]:
    """A warning about read actions that the user guide asks for, besides the one without which nothing works."""
    context = _session(role, secret.arn)
    missing = [action for action in SECRET_ACTIONS if _own(role, action, secret.arn, context).verdict is NO]
    if not missing or READ_VALUE in missing:
        return []
    return [
        f"The policies of the role {role.arn} do not allow {', '.join(missing)} on {secret.arn}, which the MediaConnect user guide asks for."
    ]


def chain(flow_arn: str, encryption: Mapping[str, str], role: Role, secret: Secret | None) -> list[Link]:
    """The links for one use of a key.

    encryption: by result name (key_type, algorithm and so on); of an interface in a VPC only role_arn.
    secret: the one that the encryption names.
    """
    if not role.exists:
        problem = f"the role {role.arn} does not exist: create it, with mediaops.mediaconnect.trust_role for example"
        return [Link("trust", Effect(NO), problem), *([_secret(secret)] if secret else [])]
    links = [_trust(flow_arn, role)]
    if not secret:
        return [*links, _calling(flow_arn, encryption, role)]
    links += [_reading(role, secret), _secret(secret)]
    if secret.kms_key:
        links.append(_decrypting(role, secret, secret.kms_key))
    if secret.exists and not secret.deletion_scheduled:
        links.append(_value(secret, encryption.get("algorithm") or encryption.get("key_type", "")))
    return links


def serves(links: Sequence[Link]) -> bool:
    """Whether MediaConnect could, for all that is known, read the key."""
    return not any(link.verdict is NO for link in links)


# The role


def trust_of(document: Any, flow_arn: str) -> Effect:
    """Whether a trust policy lets MediaConnect assume the role on behalf of the flow."""
    if document is None:
        return unknown("trust policy")
    context = {"aws:sourceaccount": account_of(flow_arn), "aws:sourcearn": flow_arn}
    return effect([document], Request(ASSUME_ROLE, service=SERVICE, context=context))


def _trust(flow_arn: str, role: Role) -> Link:
    found = trust_of(role.trust_policy, flow_arn)
    if effect([role.trust_policy], Request(ASSUME_ROLE, service=SERVICE)).allows:
        problem = f"the conditions in the trust policy of the role {role.arn} do not admit this flow: add {_pattern_of(flow_arn)} to aws:SourceArn"
    else:
        problem = f"the role {role.arn} does not trust {SERVICE}: let that service assume it"
    return Link("trust", found, problem, asked=(role.arn, flow_arn))


def _policies(role: Role, action: str, resource: str | None, context: Mapping[str, str]) -> Effect:
    """What the role's own policies say, its permissions boundary left aside."""
    simulated = role.simulated.get((action, str(resource)))
    if simulated:  # IAM looks at the permissions boundary too
        return SIMULATED.get(simulated, Effect(NO))
    found = effect(role.policies.values(), Request(action, resource, context=context))
    return found if role.complete else found.either(unknown("policies"))


def _boundary(role: Role, action: str, resource: str | None, context: Mapping[str, str]) -> Effect:
    if role.boundary == {} or (action, str(resource)) in role.simulated:
        return Effect(YES)
    if role.boundary is None:
        return unknown("permissions boundary")
    return effect([role.boundary], Request(action, resource, context=context))


def _own(role: Role, action: str, resource: str | None, context: Mapping[str, str]) -> Effect:
    """What the role may do by its own policies, within its permissions boundary."""
    return _policies(role, action, resource, context).within(_boundary(role, action, resource, context))


def _by_resource(role: Role, policy: Any, request: Request) -> Effect:
    """What the policy of a secret or a KMS key allows the role directly.

    IAM User Guide, permissions boundaries: an implicit deny in the boundary limits what is allowed to a role, but not what is
    allowed to its session. Which of these a service's own session counts as is not told here.
    """
    if policy is None:
        return unknown(f"policy of {request.resource}")
    found = effect([policy], request)
    limit = _boundary(role, request.action, request.resource, request.context)
    return found.within(Effect(max(limit.allowance, UNKNOWN), limit.denial, limit.allows, limit.denies))


def _reading(role: Role, secret: Secret) -> Link:
    """Within one account the role's policies or the secret's own must allow it; a Deny in any of them decides."""
    context = _session(role, secret.arn)
    own = _own(role, READ_VALUE, secret.arn, context)
    direct = _by_resource(
        role, secret.resource_policy, Request(READ_VALUE, secret.arn, role_arn=role.arn, context=context)
    )
    if direct.denial is YES:
        problem = f"the resource policy of the secret {secret.arn} denies {READ_VALUE} to the role {role.arn}: take that out of it"
    elif _policies(role, READ_VALUE, secret.arn, context).verdict is not NO:
        problem = f"the permissions boundary of the role {role.arn} does not allow {READ_VALUE} on {secret.arn}: let it allow that"
    else:
        problem = f"the policies of the role {role.arn} do not allow {READ_VALUE} on {secret.arn}: add the secret to its policy"
    likely = own.verdict is NO and secret.resource_policy is None
    return Link("policies", own.either(direct), problem, likely, (role.arn, secret.arn))


def _calling(flow_arn: str, encryption: Mapping[str, str], role: Role) -> Link:
    """SPEKE calls the key server's proxy, whose account is not known; an interface is made in a VPC."""
    context = _session(role, flow_arn)
    if "key_type" in encryption:
        action, apis = API_ACTION, _apis(encryption.get("url", ""), role)
    else:
        action, apis = NETWORK_ACTION, [None]
    found = max((_own(role, action, api, context) for api in apis), key=lambda one: one.verdict)
    problem = f"the policies of the role {role.arn} do not allow {action} on {apis[0] or '*'}: add that to its policy"
    return Link("policies", found, problem, asked=(role.arn, action, apis[0]))


def _apis(url: str, role: Role) -> list[str | None]:
    """The ARNs that the API behind a URL may have: the role's account comes first, then those that its policies name."""
    proxy = PROXY.match(url)
    if not proxy:
        return [None]  # a custom domain
    api, region, stage, path = proxy.groups()
    partition = role.arn.split(":")[1]
    accounts = dict.fromkeys([account_of(role.arn), *API_ACCOUNT.findall(json.dumps(list(role.policies.values())))])
    return [f"arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/POST/{path}" for account in accounts]


def _session(role: Role, arn: str) -> dict[str, str]:
    """The condition keys whose values are known of a request in the role's name."""
    return {
        "aws:principalarn": role.arn,
        "aws:principalaccount": account_of(role.arn),
        "aws:resourceaccount": account_of(arn),
        "aws:requestedregion": region_of(arn),
        "aws:securetransport": "true",
    }


def _pattern_of(flow_arn: str) -> str:
    parts = flow_arn.split(":", 7)
    return ":".join([*parts[:6], "*", parts[7]])


def predicted_role(seen: Role, told: Sequence[Mapping[str, Any]], boundary: Any) -> Role:
    """A role as tasks will leave it, with this permissions boundary.

    seen: the role as it is now; not looked at if it is made anew.
    told: what each task tells of it, in the form in which trust_role returns it. The role will have all of that.
    """
    own = [entry.get("permissions_policy") for entry in told]
    policies = {f"own {number}": document for number, document in enumerate(own) if document}
    complete = all(own)
    if not all(entry.get("action") == "created" for entry in told):
        attached = [entry.get("attached_policies") for entry in told]
        kept = set(seen.policies) if None in attached else {arn for arns in attached for arn in arns or []}
        kept -= {entry.get("policy_arn") for entry in told}
        policies.update(
            {name: document for name, document in seen.policies.items() if not is_arn(name) or name in kept}
        )
        complete = complete and seen.complete
    trust_policy = together([entry.get("trust_policy") for entry in told])
    return Role(seen.arn, trust_policy=trust_policy, policies=policies, complete=complete, boundary=boundary)


def together(documents: Sequence[Any]) -> Document | None:
    """One policy document that says what all of these say together; None if one of them is not known."""
    if not all(documents):
        return None
    return {"Statement": [statement for document in documents for statement in statements(document)]}


# The secret


def predicted_secret(seen: Secret, told: Sequence[Mapping[str, Any]], kms_key: KmsKey | None) -> Secret:
    """A secret as tasks will leave it, encrypted by this KMS key.

    told: what each task tells of it, in the form in which key_secrets returns it; its algorithm may be unknown.
    """
    algorithms = [entry.get("algorithm") for entry in told]
    misfits = None
    if all(algorithms):
        misfit = f"is to hold a key of {algorithms[-1]}, not of %s: declare the algorithm that fits it"
        names = ("aes128", "aes192", "aes256", "srt-password")
        misfits = {name: "" if name in algorithms else misfit % name for name in names}
    fingerprint = told[-1].get("key_fingerprint")
    return replace(
        seen, exists=True, deletion_scheduled=False, kms_key=kms_key, fingerprint=fingerprint, misfits=misfits
    )


def _secret(secret: Secret) -> Link:
    if secret.exists is None:
        return Link("secret", unknown("secret"), f"the secret {secret.arn} could not be read", asked=(secret.arn,))
    if not secret.exists:
        problem = (
            f"the secret {secret.arn} does not exist: create it, with mediaops.mediaconnect.key_secrets for example"
        )
        return Link("secret", Effect(NO), problem)
    problem = f"the secret {secret.arn} is scheduled for deletion: restore it"
    return Link("secret", Effect(NO if secret.deletion_scheduled else YES), problem)


def _decrypting(role: Role, secret: Secret, key: KmsKey) -> Link:
    """AWS KMS Developer Guide, key policies: the key's policy allows it directly, or lets the account's IAM policies do so."""
    if key.exists is False or key.state not in ("Enabled", ""):
        how = "does not exist" if key.exists is False else f"is {key.state}"
        return Link(
            "decryption",
            Effect(NO),
            f"the KMS key {key.arn} of the secret {secret.arn} {how}: give the secret another one",
        )
    region, account = region_of(secret.arn), account_of(secret.arn)
    context = {
        **_session(role, key.arn),
        "kms:viaservice": f"secretsmanager.{region}.amazonaws.com",
        "kms:calleraccount": account,
        "kms:encryptioncontext:secretarn": secret.arn,
    }
    own = _own(role, KMS_ACTION, key.arn, context)
    request = Request(KMS_ACTION, key.arn, role_arn=role.arn, context=context)
    direct = _by_resource(role, key.policy, request)
    through_iam = _by_resource(role, key.policy, replace(request, delegated=True))
    problem = (
        f"the policy of the KMS key {key.arn} does not let the role {role.arn} use it: let the account's IAM policies allow it"
        if own.verdict is YES
        else f"the policies of the role {role.arn} do not allow {KMS_ACTION} on the KMS key {key.arn} of the secret {secret.arn}: "
        "add the key to its policy"
    )
    likely = own.verdict is NO and key.policy is None
    return Link("decryption", direct.either(own.within(through_iam)), problem, likely, (role.arn, key.arn, secret.arn))


def _value(secret: Secret, algorithm: str) -> Link:
    if secret.misfits is None or algorithm not in secret.misfits:
        return Link(
            "value",
            unknown("value"),
            f"the value of the secret {secret.arn} could not be read",
            asked=(secret.arn, algorithm),
        )
    misfit = secret.misfits[algorithm]
    return Link("value", Effect(NO if misfit else YES), f"the secret {secret.arn} {misfit}")
