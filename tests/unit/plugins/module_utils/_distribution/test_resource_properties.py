# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for a distribution whatever is declared and whatever AWS has: the module's own code over AWS in memory."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.evaluation import NO, Request, effect
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import READ_VALUE, trust_of

ACCOUNT, ACCOUNTS = "111122223333", ["123456789012", "444455556666"]
KEYS = [digit * 32 for digit in "12"]
SECRETS = {name: f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:{name}-AbCdEf" for name in ("s", "t")}
ROLES = {name: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("R", "Q")}
FLOWS = ("Game", "Show", "Other")  # tasks never name the last one

# what AWS may have: mostly what serves

some_secrets = st.lists(st.sampled_from(list(SECRETS)), max_size=2, unique=True)
some_flows = st.lists(st.sampled_from(FLOWS), max_size=3, unique=True)
encryptions = st.fixed_dictionaries(
    {"role": st.sampled_from(list(ROLES)), "secret": st.sampled_from(list(SECRETS)), "algorithm": st.just("aes128")}
)
titles = st.sampled_from("ab")
ALL = {"secrets": list(SECRETS), "flows": list(FLOWS)}
worlds = st.fixed_dictionaries(
    {
        "secrets": st.fixed_dictionaries(dict.fromkeys(SECRETS, st.sampled_from([None, *KEYS, KEYS[0], KEYS[0]]))),
        "roles": st.fixed_dictionaries(
            dict.fromkeys(
                ROLES,
                st.sampled_from([None, ALL, ALL, ALL])
                | st.fixed_dictionaries({"secrets": some_secrets, "flows": some_flows}),
            )
        ),
        "flows": st.fixed_dictionaries(
            dict.fromkeys(FLOWS[:2], st.dictionaries(titles, st.none() | encryptions, max_size=2))
            | {FLOWS[2]: st.just({}) | st.dictionaries(titles, encryptions, max_size=1)}
        ),
    }
)

# what may be declared

secret_items = st.builds(
    lambda name, options, more: {"name": name, **options, **(more if "algorithm" in options else {})},
    st.sampled_from(list(SECRETS)),
    st.sampled_from(
        [
            {"algorithm": "aes128", "value": KEYS[0]},
            {"algorithm": "aes128", "value": KEYS[0], "replace_value": True},
            {"algorithm": "aes128", "generate": True},
            {"state": "absent"},
        ]
    ),
    st.sampled_from([{}, {"description": "text"}, {"tags": {"a": "b"}}]),
)
role_items = st.fixed_dictionaries(
    {
        "name": st.sampled_from(list(ROLES)),
        "state": st.sampled_from(["present", "present", "present", "absent"]),
        "secrets": st.none() | st.none() | some_secrets,
        "flows": st.none() | st.none() | some_flows,
        "purge": st.sampled_from([True, True, False]),
        "description": st.sampled_from([None, "text"]),
    }
)
entitlements = st.fixed_dictionaries(
    {
        "name": titles,
        "state": st.sampled_from(["present", "present", "present", "absent"]),
        "subscribers": st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=2, unique=True),
        "encryption": st.none() | encryptions,
        "description": st.sampled_from([None, "text"]),
    },
)
flow_items = st.fixed_dictionaries(
    {
        "flow": st.sampled_from(FLOWS[:2]),
        "entitlements": st.lists(entitlements, min_size=1, max_size=2, unique_by=lambda one: one["name"]),
        "purge_entitlements": st.sampled_from([None, None, True]),
    },
)


def lists(items: Any, by: str) -> Any:
    return st.lists(items, min_size=1, max_size=2, unique_by=lambda item: item[by]) | st.just([])


tasks = st.fixed_dictionaries(
    {
        "secrets": lists(secret_items, "name"),
        "roles": lists(role_items, "name"),
        "flows": lists(flow_items, "flow"),
        "tags": st.sampled_from([None, None, {"c": "d"}]),
    },
)
bold = st.fixed_dictionaries({"force_in_use": st.booleans(), "verify_encryption": st.booleans()})
relaxed = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def world_of(make_aws: Any, world: dict[str, Any]) -> Any:
    aws = make_aws()
    for name, key in world["secrets"].items():
        if key:
            aws.secretsmanager.add(name, key, arn=SECRETS[name])
    for name, role in world["roles"].items():
        if role is None:
            continue
        document = permissions_document(Access(frozenset(SECRETS[secret] for secret in role["secrets"])))
        policies = [aws.iam.add_policy(f"SecretsManagerForMediaConnect-{name}", document)] if document else []
        patterns = [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:{flow}" for flow in role["flows"]]
        aws.iam.add_role(name, trust_document(ACCOUNT, True, patterns), policies)
    for name, found in world["flows"].items():
        aws.mediaconnect.add(name, *(granted(title, encryption) for title, encryption in found.items()))
    return aws


def granted(title: str, encryption: dict[str, str] | None) -> dict[str, Any]:
    made = {"Name": title, "Subscribers": ACCOUNTS[:1], "tags": {}}
    if encryption:
        role, secret = ROLES[encryption["role"]], SECRETS[encryption["secret"]]
        made["Encryption"] = {
            "KeyType": "static-key",
            "Algorithm": encryption["algorithm"],
            "RoleArn": role,
            "SecretArn": secret,
        }
    return made


def state_of(aws: Any) -> Any:
    """All that AWS has, less the versions' names."""
    return copy.deepcopy((aws.iam.roles, aws.iam.policies, aws.secretsmanager.secrets, aws.mediaconnect.flows))


def run(aws: Any, task: dict[str, Any], check_mode: bool = False, **options: Any) -> Any:
    return aws.run("distribution", check_mode=check_mode, wait_timeout=1, **task, **options)


def told(result: dict[str, Any]) -> Any:
    """The returned state, less what only AWS can tell."""
    told = json.dumps({kind: result[kind] for kind in ("secrets", "roles", "flows", "counts", "plan_digest")})
    told = re.sub(r'(:secret:\w-)([A-Za-z0-9]{6}|\?{6})"', r'\1"', told)
    told = re.sub(r":entitlement:[^:]*:", ":entitlement:", told)
    return json.loads(re.sub(r'"(version_id|policy_version|key_fingerprint)": ("[^"]*"|null)', r'"\1": null', told))


@relaxed
@given(worlds, tasks, bold)
def test_check_mode_changes_nothing_and_tells_what_will_be(make_aws: Any, world: Any, task: Any, courage: Any) -> None:
    aws = world_of(make_aws, world)
    before = state_of(aws)
    predicted = run(aws, task, check_mode=True, **courage)
    assert aws.writes == []
    assert state_of(aws) == before
    final = run(aws, task, **courage)
    assert final.failed == predicted.failed
    if final.failed:
        assert final.message == predicted.message
        assert state_of(aws) == before
    else:
        assert told(final.result) == told(predicted.result)
        assert final.warnings == predicted.warnings
        assert final.result["changed"] == predicted.result["changed"] == bool(aws.writes)


@relaxed
@given(worlds, tasks, bold)
def test_the_plan_that_was_looked_at_is_the_plan_that_is_carried_out(
    make_aws: Any, world: Any, task: Any, courage: Any
) -> None:
    aws = world_of(make_aws, world)
    predicted = run(aws, task, check_mode=True, **courage)
    if predicted.failed:
        return
    digest = predicted.result["plan_digest"]
    assert run(aws, task, only_plan=digest, **courage).ok()["plan_digest"] == digest


@relaxed
@given(worlds, tasks, bold)
def test_converging_twice_is_converging_once(make_aws: Any, world: Any, task: Any, courage: Any) -> None:
    aws = world_of(make_aws, world)
    if run(aws, task, **courage).failed:
        return
    after = state_of(aws)
    again = run(aws, task, **courage)
    assert (aws.writes, state_of(aws)) == ([], after)
    assert (again.ok()["changed"], again.result["diff"]) == (False, [])


def is_served(aws: Any, flow_arn: str, encryption: dict[str, str]) -> bool:
    """Whether MediaConnect can read the key at this very moment."""
    name = encryption["RoleArn"].rsplit("/", 1)[1]
    secret = next((one for one in aws.secretsmanager.secrets.values() if one["arn"] == encryption["SecretArn"]), None)
    return (
        name in aws.iam.roles
        and trust_of(aws.iam.roles[name]["trust"], flow_arn).verdict is not NO
        and effect(aws.iam.permitted(name), Request(READ_VALUE, encryption["SecretArn"])).verdict is not NO
        and secret is not None
        and not secret["deleted"]
    )


def encrypted(aws: Any) -> dict[tuple[str, str], dict[str, str]]:
    """The encryption of each entitlement, by flow and name."""
    return {
        (flow_arn, one["Name"]): one["Encryption"]
        for flow_arn, flow in aws.mediaconnect.flows.items()
        for one in flow["entitlements"].values()
        if one.get("Encryption")
    }


def keep_watch(aws: Any) -> set[tuple[str, str]]:
    """Whatever could be read before can be read after each single write, and whatever is granted can be read at once.

    Returns what could not be read before.
    """
    before = encrypted(aws)
    in_the_dark = {place for place, encryption in before.items() if not is_served(aws, place[0], encryption)}

    def watch() -> None:
        for place, encryption in encrypted(aws).items():
            if place not in in_the_dark or encryption != before[place]:
                assert is_served(aws, place[0], encryption), (aws.calls[-1], place)

    aws.watch = watch
    return in_the_dark


@relaxed
@given(worlds, tasks)
def test_at_no_moment_does_a_stream_lose_its_key(make_aws: Any, world: Any, task: Any) -> None:
    aws = world_of(make_aws, world)
    keep_watch(aws)
    run(aws, task)


def comes_to(aws: Any) -> Any:
    """What AWS has, less what it names by itself, the versions before, and the values of keys."""
    roles, dummy, secrets, flows = state_of(aws)
    state = {
        "roles": {
            name: [role["trust"], aws.iam.permitted(name), sorted(role["attached"]), role["description"], role["tags"]]
            for name, role in roles.items()
        },
        "policies": {arn: [aws.iam.document_of(arn), policy["tags"]] for arn, policy in aws.iam.policies.items()},
        "secrets": {
            name: [secret["description"], secret["tags"], secret["deleted"], len(secret["versions"])]
            for (dummy, name), secret in secrets.items()
        },
        "flows": {arn: sorted(flow["entitlements"].values(), key=str) for arn, flow in flows.items()},
    }
    return re.sub(r"(:secret:\w-)\w{6}", r"\1", json.dumps(state, sort_keys=True))


@relaxed
@given(worlds, tasks, st.integers(1, 6), st.booleans())
def test_a_failure_at_any_write_loses_nothing_and_running_again_finishes_the_job(
    make_aws: Any, world: Any, task: Any, number: int, is_done: bool
) -> None:
    """is_done: the write is done, and its answer is lost."""
    undisturbed = world_of(make_aws, world)
    if run(undisturbed, task).failed:
        return
    aws = world_of(make_aws, world)
    in_the_dark = keep_watch(aws)
    watch, failure = aws.watch, ClientError({"Error": {"Code": "InternalFailure", "Message": "no"}}, "Operation")

    def fail(now: bool) -> None:
        if now and len(aws.writes) == number:
            raise failure

    aws.before_write, aws.watch = lambda: fail(not is_done), lambda: (watch(), fail(is_done))
    run(aws, task)
    aws.before_write, aws.watch = lambda: None, watch
    again = run(aws, task)
    if again.failed:
        # What could not be read before may have come to be read half-way, and is protected from then on.
        assert in_the_dark
        assert "would no longer serve" in again.message
    else:
        assert comes_to(aws) == comes_to(undisturbed)


@relaxed
@given(worlds, tasks, bold, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_declared_does_not_matter(
    make_aws: Any, world: Any, task: Any, courage: Any, random: Any
) -> None:
    mixed = copy.deepcopy(task)
    for kind in ("secrets", "roles", "flows"):
        random.shuffle(mixed[kind])
    for flow in mixed["flows"]:
        random.shuffle(flow["entitlements"])
    aws, other = world_of(make_aws, world), world_of(make_aws, world)
    first, second = run(aws, task, check_mode=True, **courage), run(other, mixed, check_mode=True, **courage)
    assert first.failed == second.failed
    if not first.failed:
        assert first.result["counts"] == second.result["counts"]
        for kind in ("secrets", "roles"):
            assert sorted(first.result[kind], key=str) == sorted(second.result[kind], key=str)


@relaxed
@given(worlds, tasks, bold)
def test_no_key_is_told(make_aws: Any, world: Any, task: Any, courage: Any) -> None:
    aws = world_of(make_aws, world)
    ended = run(aws, task, **courage)
    printed = json.dumps([ended.result, ended.warnings])
    stored = {value for secret in aws.secretsmanager.secrets.values() for value in secret["versions"].values()}
    assert not [key for key in {*KEYS, *stored} if key in printed]
