# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever two worlds: if nothing is said to go dark, whatever could be served before can be served after.

Who could be served is judged by the emulator's evaluator, which knows the values of all condition keys.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import KmsKey, Role, Secret
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.dark import losses
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import Use, World
from mediaconnect_emulator.beside.policy import EXPLICIT_DENY, Inquiry, Principal, Verdict, evaluate

ACCOUNT, REGION = "111122223333", "us-west-2"
FLOWS = [f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:1-id:{name}" for name in ("Game", "Show")]
ROLES = [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in "RQ"]
SECRETS = [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf" for name in "st"]
KMS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
GET, DECRYPT = "secretsmanager:GetSecretValue", "kms:Decrypt"
SERVICE = "mediaconnect.amazonaws.com"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
UNKNOWN_KEYS = ("aws:PrincipalOrgID", "aws:MultiFactorAuthPresent")

often = st.sampled_from([{}, {}, {}])
unclear = st.builds(
    lambda operator, key, value: {operator: {key: value}},
    st.sampled_from(["StringEquals", "StringNotEquals", "StringLikeIfExists", "ForAnyValue:StringEquals"]),
    st.sampled_from(UNKNOWN_KEYS),
    st.sampled_from(["x", "y"]),
)
of_flows = st.builds(
    lambda operator, name: {operator: {"aws:SourceArn": f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:*:{name}"}},
    st.sampled_from(["ArnLike", "ArnLikeIfExists", "ForAnyValue:ArnLike", "ArnNotLike"]),
    st.sampled_from(["Game", "Show", "*"]),
)
effects = st.sampled_from(["Allow", "Allow", "Allow", "Deny"])


def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def statement(effect: str, condition: dict[str, Any], **elements: Any) -> dict[str, Any]:
    made = {"Effect": effect, **elements}
    return {**made, "Condition": condition} if condition else made


def documents(*parts: Any, least: int = 0) -> Any:
    return st.lists(st.one_of(*parts), min_size=least, max_size=2).map(document)


trusts = documents(
    st.builds(
        lambda effect, condition, who: statement(
            effect, condition, Principal={"Service": who}, Action="sts:AssumeRole"
        ),
        effects,
        st.one_of(often, of_flows, unclear),
        st.sampled_from([SERVICE, SERVICE, "ec2.amazonaws.com"]),
    ),
    least=1,
)
permissions = documents(
    st.builds(
        lambda effect, condition, action, resource: statement(effect, condition, Action=action, Resource=resource),
        effects,
        st.one_of(often, unclear),
        st.sampled_from([GET, "secretsmanager:*", DECRYPT, "*"]),
        st.sampled_from(["*", SECRETS[0], SECRETS[1], SECRETS, KMS]),
    ),
)
by_resource = st.one_of(
    st.just({}),
    documents(
        st.builds(
            lambda effect, condition, who: statement(effect, condition, Principal=who, Action="*", Resource="*"),
            effects,
            st.one_of(often, unclear),
            st.sampled_from(["*", {"AWS": ROLES[0]}, ROOT]),
        )
    ),
)


def mostly(good: Any, other: Any) -> Any:
    """What serves, three times out of four."""
    return st.integers(0, 3).flatmap(lambda number: st.just(good) if number else other)


OPEN = document([statement("Allow", {}, Principal={"Service": SERVICE}, Action="sts:AssumeRole")])
FULL = document([statement("Allow", {}, Action=[GET, DECRYPT], Resource="*")])
IAM_DECIDES = document([statement("Allow", {}, Principal=ROOT, Action="kms:*", Resource="*")])
roles = st.builds(
    lambda trust, inline, managed, boundary: {
        "trust": trust,
        "policies": {"i": inline, "m": managed},
        "boundary": boundary,
    },
    mostly(OPEN, trusts),
    mostly(FULL, permissions),
    st.one_of(st.just(document([])), permissions),
    mostly({}, st.one_of(st.just(FULL), permissions)),
)
secrets = st.builds(
    lambda exists, policy, kms, fingerprint, misfit: {
        "exists": exists,
        "resource_policy": policy,
        "kms_key": kms,
        "fingerprint": fingerprint,
        "misfits": {"aes256": misfit, "aes128": ""},
    },
    mostly(True, st.just(False)),
    mostly({}, by_resource),
    mostly(
        None, st.builds(lambda policy: KmsKey(KMS, policy=policy or document([])), mostly(IAM_DECIDES, by_resource))
    ),
    mostly("1", st.just("2")),
    mostly("", st.just("no key")),
)
uses = st.builds(
    lambda role, secret, algorithm, enabled: {
        "encryption": {"key_type": "static-key", "algorithm": algorithm, "role_arn": role, "secret_arn": secret},
        "enabled": enabled,
    },
    st.sampled_from(ROLES),
    st.sampled_from(SECRETS),
    st.sampled_from(["aes256", "aes256", "aes128"]),
    st.sampled_from([True, True, False]),
)


def made(parts: Any) -> World:
    the_uses, the_roles, the_secrets = parts
    placed = {
        (flow, "entitlement E"): Use(flow, "F", "entitlement E", watching=("4",), **fields)
        for flow, fields in zip(FLOWS, the_uses, strict=False)
        if fields
    }
    by_arn = {
        arn: Role(arn, trust_policy=one["trust"], policies=one["policies"], boundary=one["boundary"])
        for arn, one in zip(ROLES, the_roles, strict=True)
    }
    return World(placed, by_arn, {arn: Secret(arn, **one) for arn, one in zip(SECRETS, the_secrets, strict=True)})


world_parts = st.tuples(
    st.tuples(uses, st.one_of(uses, st.none())),
    st.lists(roles, min_size=2, max_size=2),
    st.lists(secrets, min_size=2, max_size=2),
)


@st.composite
def changes(draw: Any) -> tuple[World, World]:
    """A world, and the same with some things taken from another one: mostly few, so that most stays as it is."""
    one, other = draw(world_parts), draw(world_parts)

    def mixed(mine: Any, theirs: Any) -> Any:
        if mine is None or theirs is None:
            return mine
        return {name: theirs[name] if draw(st.integers(0, 4)) == 0 else mine[name] for name in mine}

    after = tuple([mixed(*pair) for pair in zip(part, its, strict=True)] for part, its in zip(one, other, strict=True))
    return made(one), made(after)


# The oracle


def allows(documents: list[Any], inquiry: Inquiry) -> Verdict:
    """What documents say; an empty one, which IAM would not take, says nothing."""
    said = [one for one in documents if one["Statement"]]
    return evaluate([(str(number), json.dumps(one)) for number, one in enumerate(said)], inquiry)


def could_serve(world: World, use: Use, rest: dict[str, str]) -> bool:
    """Whether the key can be read, where the condition keys that the judge does not know have these values."""
    encryption = use.encryption or {}
    role, secret = world.roles[encryption["role_arn"]], world.secrets[encryption["secret_arn"]]
    context = {"aws:SourceArn": use.flow_arn, "aws:SourceAccount": ACCOUNT, **rest}
    trust = Inquiry("sts:AssumeRole", role.arn, context, Principal("Service", SERVICE))
    if not allows([role.trust_policy], trust).allowed or not secret.exists:
        return False
    if (secret.misfits or {})[encryption["algorithm"]]:
        return False
    if not permitted(role, Inquiry(GET, secret.arn, rest), [secret.resource_policy], delegated=False):
        return False
    return secret.kms_key is None or permitted(
        role, Inquiry(DECRYPT, KMS, rest), [secret.kms_key.policy], delegated=True
    )


def permitted(role: Role, inquiry: Inquiry, resource: list[Any], delegated: bool) -> bool:
    own = allows(list(role.policies.values()), inquiry)
    limit = allows([role.boundary], inquiry) if role.boundary else None
    direct, for_all = (
        allows([one for one in resource if one], replace(inquiry, principal=Principal("AWS", role.arn, whole)))
        for whole in (False, True)
    )
    verdicts = [own, direct, *([limit] if limit else [])]
    if any(one.decision == EXPLICIT_DENY for one in verdicts):
        return False
    within = limit is None or limit.allowed
    by_own = own.allowed and (for_all.allowed or not delegated)
    return within and (by_own or direct.allowed)


@settings(deadline=None, max_examples=1500, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(changes(), st.dictionaries(st.sampled_from(UNKNOWN_KEYS), st.sampled_from(["x", "y"])))
def test_what_is_not_said_to_go_dark_does_not(change: tuple[World, World], rest: dict[str, str]) -> None:
    before, after = change
    dark = {loss.before.key for loss in losses(before, after)}
    for key, use in before.uses.items():
        if key in dark or not use.enabled or not could_serve(before, use, rest):
            continue
        later = after.uses[key]
        assert could_serve(after, later, rest)
        assert later.enabled
        encryptions = [one.encryption or {} for one in (use, later)]
        keys = [
            (one["algorithm"], world.secrets[one["secret_arn"]].fingerprint)
            for one, world in zip(encryptions, (before, after), strict=True)
        ]
        assert keys[0] == keys[1]


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world_parts)
def test_nothing_goes_dark_where_nothing_changes(parts: Any) -> None:
    assert losses(made(parts), made(parts)) == []


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world_parts, st.sampled_from(ROLES))
def test_nothing_goes_dark_where_a_role_may_do_more(parts: Any, role: str) -> None:
    before, after = made(parts), made(parts)
    everything = document([statement("Allow", {}, Action="*", Resource="*")])
    after.roles[role] = replace(after.roles[role], policies={**after.roles[role].policies, "more": everything})
    assert losses(before, after) == []
