# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every trust role, whatever is declared and whatever IAM has."""

from __future__ import annotations

import copy
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    SERVICE,
    Access,
    permissions_document,
    read_access,
    read_trust,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.language import covers
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import defaults, from_api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import ABSENT, PRESENT, Stage
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.options import ROLE, DeclaredRole
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.plan import (
    ObservedRole,
    Policy,
    Role,
    find_policy,
    plan,
)

ACCOUNT = "111122223333"
REGIONS = ("us-west-2", "eu-west-1")
OTHER_POLICIES = [f"arn:aws:iam::{ACCOUNT}:policy/Foreign", "arn:aws:iam::aws:policy/ReadOnlyAccess"]

relaxed = settings(deadline=None)  # a busy machine is no finding

regions = st.sampled_from(REGIONS)
names = st.sampled_from("abc")


def secrets_of(region):
    prefix = f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:"
    return st.builds(lambda name, suffix: f"{prefix}{name}-{suffix}", names, st.sampled_from(["7g8H9i", "??????"]))


def flows_of(region):
    return st.builds(lambda name: f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}", names)


secrets = regions.flatmap(secrets_of)
kms_keys = st.builds(lambda name, region: f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}", names, regions)
speke_apis = st.builds(lambda name, region: f"arn:aws:execute-api:{region}:{ACCOUNT}:{name}/*/POST/*", names, regions)
flows = regions.flatmap(flows_of)
patterns = flows | st.builds(
    lambda region: f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*", st.sampled_from([*REGIONS, "*"])
)
tags = st.dictionaries(names, names, max_size=2)


def some(items):
    return st.none() | st.lists(items, max_size=4, unique=True)


declarations = st.builds(
    DeclaredRole,
    name=st.just("R"),
    account=st.just(ACCOUNT),
    partition=st.just("aws"),
    region=regions,
    state=st.sampled_from([PRESENT, PRESENT, PRESENT, ABSENT]),
    secrets=some(secrets),
    kms_keys=some(kms_keys),
    speke_apis=some(speke_apis),
    flows=some(flows),
    policy_name=st.sampled_from([None, "P"]),
    confused_deputy_protection=st.sampled_from([None, None, True]),
    purge=st.booleans(),
    purge_policies=st.booleans(),
    fields=st.fixed_dictionaries(
        {},
        optional={"description": st.sampled_from(["", "d"]), "max_session_duration": st.sampled_from([3600, 7200])},
    ),
    permissions_boundary=st.none() | st.sampled_from(["", OTHER_POLICIES[0]]),
    tags=st.none() | tags,
    purge_tags=st.booleans(),
    allow_shared_policy=st.booleans(),
    force_in_use=st.booleans(),
)

foreign_statements = st.sampled_from(
    [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": "secretsmanager:*",
            "Resource": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:*",
        },
    ]
)
foreign_trusts = st.sampled_from(
    [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"Service": [SERVICE]}, "Action": "sts:*"},
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
    ]
)


@st.composite
def documents(draw):
    access = Access(*(frozenset(draw(st.lists(kind, max_size=3))) for kind in (secrets, kms_keys, speke_apis)))
    document = permissions_document(access) or {"Version": "2012-10-17", "Statement": []}
    document["Statement"] += draw(st.lists(foreign_statements, max_size=1))
    return document


@st.composite
def trusts(draw):
    document = trust_document(ACCOUNT, draw(st.booleans()), draw(st.lists(patterns, max_size=4)))
    document["Statement"] += draw(st.lists(foreign_trusts, max_size=1))
    return document


@st.composite
def situations(draw):
    """A declaration and what IAM has; the policy, when there is one, is the one that the module would have found."""
    declared = draw(declarations)
    role = draw(
        st.none()
        | st.builds(
            Role,
            arn=st.just(f"arn:aws:iam::{ACCOUNT}:role/R"),
            trust_policy=trusts(),
            fields=st.builds(
                lambda description, seconds: {
                    **defaults(ROLE),
                    "description": description,
                    "max_session_duration": seconds,
                },
                st.sampled_from(["", "d", "other"]),
                st.sampled_from([3600, 7200]),
            ),
            permissions_boundary=st.none() | st.just(OTHER_POLICIES[0]),
            tags=tags,
        )
    )
    arn = find_policy(declared, role, [], lambda _arn: None)
    shared_with = st.sampled_from([[], [], ["role Other"]])
    policy = draw(
        st.none()
        | st.builds(
            Policy, arn=st.just(arn), version=st.just("v1"), document=documents(), tags=tags, shared_with=shared_with
        )
    )
    attached = draw(st.lists(st.sampled_from(OTHER_POLICIES), unique=True)) if role else []
    if role and policy and draw(st.booleans()):
        attached.append(arn)
    return declared, ObservedRole(role=role, policy=policy, attached=attached)


class Iam:
    """Carries out actions: each does here what IAM documents, and nothing else.

    written: whether a document was written by the plan at hand, in place of what it saw.
    """

    def __init__(self, there: ObservedRole):
        self.there = copy.deepcopy(there)
        self.written: set[str] = set()

    def create_policy(self, name, arn, path, document, description, tags):
        self.there.policy = Policy(arn, "v1", document, tags or {})

    def write_policy(self, arn, document, seen):
        assert self.there.policy.arn == arn
        assert self.there.policy.version == seen or "policy" in self.written
        self.written.add("policy")
        self.there.policy = replace(self.there.policy, document=document, version="v2")

    def delete_policy(self, arn):
        assert arn not in self.there.attached
        self.there.policy = None

    def create_role(self, name, trust_policy, tags, fields):
        self.there.role = Role(
            arn=f"arn:aws:iam::{ACCOUNT}:role{fields['Path']}{name}",
            trust_policy=trust_policy,
            fields=from_api(ROLE, fields),
            permissions_boundary=fields.get("PermissionsBoundary"),
            tags=tags or {},
        )

    def write_trust(self, name, trust_policy, seen):
        assert self.there.role.trust_policy == seen or "trust" in self.written
        self.written.add("trust")
        self.there.role.trust_policy = trust_policy

    def update_role(self, name, description, max_session_duration):
        self.there.role.fields.update(description=description, max_session_duration=max_session_duration)

    def set_boundary(self, name, arn):
        self.there.role.permissions_boundary = arn or None

    def tag_role(self, name, tags):
        self.there.role.tags.update(tags)

    def untag_role(self, name, tag_names):
        for key in tag_names:
            del self.there.role.tags[key]

    def tag_policy(self, arn, tags):
        self.there.policy.tags.update(tags)

    def untag_policy(self, arn, tag_names):
        for key in tag_names:
            del self.there.policy.tags[key]

    def attach_policy(self, name, policy_arn):
        assert self.there.role
        assert self.there.policy.arn == policy_arn
        self.there.attached.append(policy_arn)

    def detach_policy(self, name, policy_arn):
        self.there.attached.remove(policy_arn)

    def delete_role(self, name):
        assert self.there.attached == []
        self.there.role = None


def carried_out(unit, there: ObservedRole, last: Stage = Stage.NARROW) -> ObservedRole:
    """What IAM has after all stages up to this one."""
    iam = Iam(there)
    for stage in (Stage.WIDEN, Stage.NARROW):
        for action in unit.actions:
            if action.stage == stage <= last:
                getattr(iam, action.operation)(**action.params)
    return iam.there


@relaxed
@given(situations(), st.booleans())
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(situation, in_two_steps):
    declared, there = situation
    unit = plan(declared, there, in_two_steps)
    if unit.refusals:
        return
    again = plan(declared, carried_out(unit, there), in_two_steps)
    assert (again.actions, again.refusals) == ([], [])


@relaxed
@given(situations())
def test_between_the_two_steps_the_role_serves_both_what_it_did_and_what_it_will(situation):
    declared, there = situation
    declared = replace(declared, state=PRESENT)
    unit = plan(declared, there, in_two_steps=True)
    if unit.refusals:
        return
    between = carried_out(unit, there, last=Stage.WIDEN)

    def serves(state):
        document = state.policy.document if state.policy and state.policy.arn in state.attached else None
        trust = read_trust(state.role.trust_policy, ACCOUNT) if state.role else None
        return read_access(document, ACCOUNT), trust

    (had, trusted), (has, trusts), (will, will_trust) = (
        serves(state) for state in (there, between, carried_out(unit, there))
    )
    for before in (had, will):
        # Of two secrets of one name, one is dead.
        assert {arn[:-7] for arn in before.secrets} <= {arn[:-7] for arn in has.secrets}
        assert before.kms_keys <= has.kms_keys
        assert before.speke_apis <= has.speke_apis
    for before in (trusted, will_trust):
        if before and before.mediaconnect and will_trust.guarded:
            assert trusts.every_flow or (not before.every_flow and before.flows <= with_what_is_covered(trusts.flows))


def with_what_is_covered(patterns):
    """All patterns of these tests that one of these covers."""
    every = {f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*" for region in (*REGIONS, "*")}
    named = {f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}" for region in REGIONS for name in "abc"}
    return {one for one in every | named if any(covers(pattern, one) for pattern in patterns)}


@relaxed
@given(situations())
def test_two_steps_come_to_the_same_as_one(situation):
    declared, there = situation
    one, two = plan(declared, there), plan(declared, there, in_two_steps=True)
    assert (one.refusals, one.warnings, one.after, one.action) == (two.refusals, two.warnings, two.after, two.action)
    if not one.refusals:
        first, second = carried_out(one, there), carried_out(two, there)
        assert first == second


@relaxed
@given(situations(), st.booleans())
def test_what_is_predicted_is_what_comes(situation, in_two_steps):
    declared, there = situation
    unit = plan(declared, there, in_two_steps)
    if unit.refusals:
        return
    state = plan(declared, carried_out(unit, there)).before
    if unit.after and unit.after["policy_version"] is None and state["policy_version"] == "v2":
        state["policy_version"] = None  # only IAM knows the number of the next version
    assert state == unit.after


@relaxed
@given(situations(), st.randoms())
def test_the_order_of_what_is_declared_does_not_matter(situation, random):
    declared, there = situation
    shuffled = copy.deepcopy(declared)
    for option in ("secrets", "kms_keys", "speke_apis", "flows"):
        random.shuffle(getattr(shuffled, option) or [])
    shuffled_there = copy.deepcopy(there)
    random.shuffle(shuffled_there.attached)
    assert plan(shuffled, shuffled_there) == plan(declared, there)


@relaxed
@given(situations())
def test_planning_changes_nothing(situation):
    before = copy.deepcopy(situation)
    plan(*situation)
    assert situation == before


@relaxed
@given(situations())
def test_a_role_trusts_mediaconnect_alone_and_reads_what_is_declared(situation):
    declared, there = situation
    unit = plan(replace(declared, state=PRESENT), there)
    if unit.refusals:
        return
    trust = read_trust(unit.after["trust_policy"], ACCOUNT)
    assert (trust.mediaconnect, trust.others) == (True, set())
    access = read_access(unit.after["permissions_policy"], ACCOUNT)
    assert set(declared.secrets or []) <= access.secrets
    assert set(declared.kms_keys or []) <= access.kms_keys
    assert set(declared.speke_apis or []) <= access.speke_apis


@relaxed
@given(situations())
def test_adding_takes_nothing_away(situation):
    declared, there = situation
    unit = plan(replace(declared, state=PRESENT, purge=False), there)
    if not (there.role and there.policy) or unit.refusals:
        return
    before = read_access(there.policy.document, ACCOUNT)
    after = read_access(unit.after["permissions_policy"], ACCOUNT)
    assert {arn[:-7] for arn in before.secrets} <= {arn[:-7] for arn in after.secrets}
    assert before.kms_keys <= after.kms_keys
    assert before.speke_apis <= after.speke_apis


@relaxed
@given(situations(), st.data())
def test_the_tasks_of_two_regions_do_not_undo_each_other(situation, data):
    _dummy, there = situation

    def task(region):
        here = st.lists(secrets_of(region), min_size=1, max_size=3, unique_by=lambda arn: arn[:-7])
        served = st.lists(flows_of(region), min_size=1, max_size=3)
        return DeclaredRole(
            "R", ACCOUNT, "aws", region, secrets=data.draw(here), flows=data.draw(served), allow_shared_policy=True
        )

    tasks = [task(region) for region in REGIONS]
    for each in tasks:
        unit = plan(each, there)
        there = carried_out(unit, there)
    for each in tasks:
        assert plan(each, there).actions == []
