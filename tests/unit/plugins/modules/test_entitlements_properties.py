# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for entitlements whatever is declared and whatever AWS has: the module's own code over AWS in memory."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import from_api

ACCOUNT = "111122223333"
ACCOUNTS = ["123456789012", "444455556666", "777788889999"]
ROLES = {name: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("R", "Q")}
SECRETS = {name: f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:{name}-AbCdEf" for name in ("s", "t")}
PROXY = "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/x"


def world_of(make_aws: Any, flows: dict[str, dict[str, Any]]) -> Any:
    """AWS with these flows, and with the roles and secrets that may be named."""
    aws = make_aws()
    for name in ROLES:
        aws.iam.add_role(name, {})
    for name, arn in SECRETS.items():
        aws.secretsmanager.add(name, arn=arn)
    for name, entitlements in flows.items():
        aws.mediaconnect.add(name, *({"Name": title, **fields} for title, fields in entitlements.items()))
    return aws


def run(aws: Any, flows: list[dict[str, Any]], check_mode: bool = False, **params: Any) -> Any:
    """Run the module over this AWS, and tell how it ended. Whether a key can be read is judged elsewhere."""
    params = {"verify_encryption": False, "wait_timeout": 1, **params}
    return aws.run("entitlements", check_mode=check_mode, flows=flows, **params)


def has(aws: Any) -> dict[str, dict[str, Any]]:
    """By ARN of the flow, its entitlements by ARN."""
    return {arn: copy.deepcopy(flow["entitlements"]) for arn, flow in aws.mediaconnect.flows.items()}


def count(aws: Any, *operations: str) -> int:
    return sum(aws.calls.count(f"mediaconnect.{operation}") for operation in operations)


# what AWS may have, and what may be declared

subscribers = st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=3, unique=True)
tags = st.dictionaries(st.sampled_from("kl"), st.sampled_from("12"), max_size=2)
algorithms = st.sampled_from(["aes128", "aes256"])
speke_fields = {
    "DeviceId": st.sampled_from("de"),
    "ResourceId": st.just("r"),
    "Url": st.just(PROXY),
    "Region": st.just("us-west-2"),
}
static_keys = st.fixed_dictionaries(
    {
        "KeyType": st.just("static-key"),
        "Algorithm": algorithms,
        "RoleArn": st.sampled_from(list(ROLES.values())),
        "SecretArn": st.sampled_from(list(SECRETS.values())),
    }
)
spekes = st.fixed_dictionaries(
    {"KeyType": st.just("speke"), "RoleArn": st.sampled_from(list(ROLES.values())), **speke_fields},
    optional={"Algorithm": algorithms, "ConstantInitializationVector": st.just("0" * 32)},
)
granted = st.fixed_dictionaries(
    {"Subscribers": subscribers, "tags": tags, "in_use": st.booleans()},
    optional={
        "Description": st.sampled_from(["", "text"]),
        "DataTransferSubscriberFeePercent": st.sampled_from([0, 15]),
        "EntitlementStatus": st.sampled_from(["ENABLED", "DISABLED"]),
        "Encryption": static_keys | spekes,
    },
)
titles = st.sampled_from(["a", "b", "c", "d"])
worlds = st.fixed_dictionaries({name: st.dictionaries(titles, granted, max_size=4) for name in ("Game", "Show")})

names_or_arns = {
    "role": st.sampled_from([*ROLES, *ROLES.values()]),
    "secret": st.sampled_from([*SECRETS, *SECRETS.values()]),
}
encryptions = st.one_of(
    st.just({}),
    st.fixed_dictionaries({}, optional={**names_or_arns, "algorithm": algorithms, "key_type": st.just("static-key")}),
    st.fixed_dictionaries({**names_or_arns, "algorithm": algorithms}),
    st.fixed_dictionaries(
        {
            "key_type": st.just("speke"),
            "role": names_or_arns["role"],
            "device_id": st.sampled_from("de"),
            "resource_id": st.just("r"),
            "url": st.just(PROXY),
            "region": st.just("us-west-2"),
        },
        optional={"algorithm": algorithms, "constant_initialization_vector": st.sampled_from(["", "0" * 32])},
    ),
)
declarations = st.fixed_dictionaries(
    {"name": titles},
    optional={
        "state": st.sampled_from(["present", "present", "absent"]),
        "subscribers": subscribers,
        "purge_subscribers": st.booleans(),
        "description": st.sampled_from(["", "text", "other"]),
        "data_transfer_subscriber_fee_percent": st.sampled_from([0, 15]),
        "entitlement_status": st.sampled_from(["ENABLED", "DISABLED"]),
        "encryption": encryptions,
        "tags": tags,
    },
)
takings = st.fixed_dictionaries({"name": titles, "remove_subscribers": st.lists(st.sampled_from(ACCOUNTS), max_size=3)})
flow_lists = st.lists(
    st.fixed_dictionaries(
        {
            "flow": st.sampled_from(["Game", "Show"]),
            "entitlements": st.lists(declarations | takings, max_size=4, unique_by=lambda one: one["name"]),
        },
        optional={"purge_entitlements": st.booleans()},
    ),
    max_size=2,
    unique_by=lambda flow: flow["flow"],
)
params = st.fixed_dictionaries(
    {},
    optional={
        "purge_entitlements": st.booleans(),
        "purge_tags": st.booleans(),
        "wait": st.booleans(),
        "warn_shared": st.booleans(),
    },
)
bold = st.fixed_dictionaries({"allow_replacement": st.booleans(), "force_in_use": st.booleans()})
relaxed = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def told(result: dict[str, Any]) -> list[Any]:
    """The returned flows, less what only AWS can tell."""
    return [
        {
            **flow,
            "entitlements": [
                {field: value for field, value in one.items() if field != "entitlement_arn"}
                for one in flow["entitlements"]
            ],
        }
        for flow in result["flows"]
    ]


@relaxed
@given(worlds, flow_lists, params, bold)
def test_check_mode_changes_nothing_and_tells_what_will_be(
    make_aws: Any, world: Any, flows: Any, options: Any, courage: Any
) -> None:
    aws = world_of(make_aws, world)
    before = has(aws)
    predicted = run(aws, flows, check_mode=True, **options, **courage)
    assert aws.writes == []
    assert has(aws) == before
    final = run(aws, flows, **options, **courage)
    assert predicted.failed == final.failed
    if final.failed:
        assert final.message == predicted.message
        assert "does not exist;" not in final.message  # every role and secret that is named does
        assert aws.writes == []
        assert has(aws) == before
    else:
        assert told(predicted.result) == told(final.result)
        assert predicted.result["counts"] == final.result["counts"]
        assert predicted.result["changed"] == final.result["changed"] == bool(aws.writes)
        assert len(predicted.result["diff"]) == len(final.result["diff"])


@relaxed
@given(worlds, flow_lists, params)
def test_what_is_returned_is_what_aws_has_and_the_next_run_does_nothing(
    make_aws: Any, world: Any, flows: Any, options: Any
) -> None:
    aws = world_of(make_aws, world)
    first = run(aws, flows, **options, allow_replacement=True, force_in_use=True)
    if first.failed:
        return
    for flow in first.result["flows"]:
        found = has(aws)[flow["flow_arn"]]
        present = {entitlement["Name"]: {"EntitlementArn": arn, **entitlement} for arn, entitlement in found.items()}
        for one in flow["entitlements"]:
            is_there = one["name"] in present
            assert is_there == (one["action"] != "revoked" and "subscribers" in one)
            if is_there:
                shown = from_api(present[one["name"]])
                assert {field: one[field] for field in shown} == shown
                if "tags" in one:
                    assert one["tags"] == present[one["name"]]["tags"]
    again = run(aws, flows, **options).ok()
    assert aws.writes == []
    assert again["changed"] is False
    assert again["diff"] == []
    # A no-op's price: one look at the list, one at each flow, one at each entitlement whose tags are declared.
    looks = ["mediaconnect.list_flows"] * bool(flows) + ["mediaconnect.describe_flow"] * len(flows)
    assert aws.calls[: len(looks)] == looks
    assert set(aws.calls[len(looks) :]) <= {"mediaconnect.list_tags_for_resource", "secretsmanager.describe_secret"}


@relaxed
@given(worlds, flow_lists, params, bold, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_declared_does_not_matter(
    make_aws: Any, world: Any, flows: Any, options: Any, courage: Any, random: Any
) -> None:
    mixed = copy.deepcopy(flows)
    random.shuffle(mixed)
    for flow in mixed:
        random.shuffle(flow["entitlements"])
        for one in flow["entitlements"]:
            for accounts in ("subscribers", "remove_subscribers"):
                random.shuffle(one.get(accounts, []))
    aws, other = world_of(make_aws, world), world_of(make_aws, world)
    first, second = run(aws, flows, **options, **courage), run(other, mixed, **options, **courage)
    assert first.failed == second.failed
    assert has(aws) == has(other)
    assert sorted(aws.writes) == sorted(other.writes)
    if not first.failed:
        assert first.result["counts"] == second.result["counts"]
        assert first.result["handover"] == second.result["handover"]


@relaxed
@given(worlds, flow_lists, params, bold)
def test_nobody_loses_anything_unasked(make_aws: Any, world: Any, flows: Any, options: Any, courage: Any) -> None:
    aws = world_of(make_aws, world)
    before = has(aws)
    run(aws, flows, **options, **courage)
    declared = {(flow["flow"], one["name"]): one for flow in flows for one in flow["entitlements"]}
    purged = {
        flow["flow"] for flow in flows if flow.get("purge_entitlements", options.get("purge_entitlements", False))
    }
    for flow_arn, found in before.items():
        for arn, was in found.items():
            flow, now = flow_arn.rsplit(":", 1)[-1], has(aws)[flow_arn].get(arn)
            asked = declared.get((flow, was["Name"]))
            if asked is None and flow not in purged:
                assert now == was
                continue
            lost = now is None or set(was["Subscribers"]) - set(now["Subscribers"])
            dark = now is not None and now.get("EntitlementStatus") == "DISABLED" != was.get("EntitlementStatus")
            if was["in_use"] and (lost or dark):
                assert courage["force_in_use"]
            if asked is not None and now is not None and "remove_subscribers" not in asked:
                for option, member in (
                    ("subscribers", "Subscribers"),
                    ("description", "Description"),
                    ("data_transfer_subscriber_fee_percent", "DataTransferSubscriberFeePercent"),
                    ("entitlement_status", "EntitlementStatus"),
                    ("encryption", "Encryption"),
                    ("tags", "tags"),
                ):
                    if option not in asked:  # a replacement may write AWS's defaults out
                        assert set(as_list(now.get(member))) == set(as_list(was.get(member))), option


def as_list(value: Any) -> list[Any]:
    """For comparison: AWS's defaults are as good as nothing, and subscribers have no order."""
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, list):
        return value
    return [] if value in (None, "", 0, "ENABLED") else [value]


@relaxed
@given(worlds, flow_lists, params, bold)
def test_one_grant_per_flow_and_one_call_per_entitlement(
    make_aws: Any, world: Any, flows: Any, options: Any, courage: Any
) -> None:
    aws = world_of(make_aws, world)
    ended = run(aws, flows, **options, **courage)
    if ended.failed:
        return
    counts = ended.result["counts"]
    with_news = [
        flow
        for flow in ended.result["flows"]
        if any(one["action"] in ("granted", "replaced") for one in flow["entitlements"])
    ]
    assert count(aws, "grant_flow_entitlements") == len(with_news)
    assert count(aws, "revoke_flow_entitlement") == counts["revoked"] + counts["replaced"]
    assert count(aws, "update_flow_entitlement") <= counts["updated"]
