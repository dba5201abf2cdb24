# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for entitlements whatever is declared and whatever AWS has: the module's own code over a MediaConnect in memory."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils import _run
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import iam, mediaconnect, secretsmanager
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows import apply, observe
from ansible_collections.mediaops.mediaconnect.plugins.modules import entitlements

ACCOUNT = "111122223333"
ACCOUNTS = ["123456789012", "444455556666", "777788889999"]
PREFIX = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}"
ROLES = {name: f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("R", "Q")}
SECRETS = {name: f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:{name}-AbCdEf" for name in ("s", "t")}
PROXY = "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/x"


class ModuleEnd(Exception):
    """What exit_json and fail_json were called with."""

    def __init__(self, failed: bool, result: dict[str, Any]):
        super().__init__(result.get("msg"))
        self.failed, self.result = failed, result


class Module:
    """As much of AnsibleAWSModule as the module uses."""

    region = "us-west-2"
    _diff = True

    def __init__(self, check_mode: bool, flows: list[dict[str, Any]], **params: Any):
        self.check_mode = check_mode
        self.no_log_values: set[str] = set()
        spec = {"flows": {"type": "list", "elements": "dict", "options": entitlements.FLOW_SPEC}}
        checked = ArgumentSpecValidator(spec).validate({"flows": json.loads(json.dumps(flows))})
        assert not checked.error_messages
        self.params = {
            "flows": checked.validated_parameters["flows"],
            "flows_file": None,
            "handover_dir": None,
            "return_unchanged": True,
            "verify_encryption": False,
            "known_secrets": [],
            "known_roles": [],
            "purge_entitlements": False,
            "allow_replacement": False,
            "force_in_use": False,
            "warn_shared": True,
            "purge_tags": True,
            "wait": True,
            "wait_timeout": 1,
            **params,
        }

    def client(self, service: str, **options: Any) -> mock.Mock:
        client = mock.Mock()
        client.meta.service_model.shape_for.return_value.members = {"EntitlementTags": {}}
        return client

    def exit_json(self, **result: Any) -> None:
        raise ModuleEnd(False, result)

    def fail_json(self, **result: Any) -> None:
        raise ModuleEnd(True, result)


class MediaConnect:
    """Flows by name, with their entitlements by ARN; the functions of _api.mediaconnect over them."""

    def __init__(self, flows: dict[str, dict[str, Any]]):
        self.flows: dict[str, dict[str, dict[str, Any]]] = {
            f"{PREFIX}:flow:1-{name}:{name}": {
                f"{PREFIX}:entitlement:1-{name}:{title}": {"Name": title, **copy.deepcopy(fields)}
                for title, fields in found.items()
            }
            for name, found in flows.items()
        }
        self.writes: list[str] = []
        self.reads: list[str] = []

    def list_flows(self, client: Any) -> list[dict[str, Any]]:
        self.reads.append("ListFlows")
        return [{"Name": arn.rsplit(":", 1)[-1], "FlowArn": arn} for arn in self.flows]

    def describe_flow(self, client: Any, flow_arn: str) -> dict[str, Any]:
        self.reads.append("DescribeFlow")
        found = self.flows[flow_arn]
        shown = [self._shown(arn, entitlement) for arn, entitlement in found.items()]
        outputs = [{"EntitlementArn": arn} for arn, entitlement in found.items() if entitlement["in_use"]]
        name = flow_arn.rsplit(":", 1)[-1]
        return {"FlowArn": flow_arn, "Name": name, "Status": "ACTIVE", "Entitlements": shown, "Outputs": outputs}

    @staticmethod
    def _shown(arn: str, entitlement: dict[str, Any]) -> dict[str, Any]:
        members = {name: copy.deepcopy(value) for name, value in entitlement.items() if name not in ("tags", "in_use")}
        return {"EntitlementArn": arn, **members}

    def _find(self, arn: str) -> dict[str, Any]:
        return next(found[arn] for found in self.flows.values() if arn in found)

    def grant_entitlements(self, client: Any, flow_arn: str, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.writes.append("Grant")
        granted = []
        for request in copy.deepcopy(requests):
            arn = f"{flow_arn.replace(':flow:', ':entitlement:').rpartition(':')[0]}:{request['Name']}"
            assert arn not in self.flows[flow_arn], "names are unique"
            tags = request.pop("EntitlementTags", {})
            self.flows[flow_arn][arn] = {**request, "tags": tags, "in_use": False}
            granted.append(self._shown(arn, self.flows[flow_arn][arn]))
        return granted

    def update_entitlement(self, client: Any, flow_arn: str, entitlement_arn: str, **fields: Any) -> dict[str, Any]:
        self.writes.append("Update")
        assert fields.keys() <= {"Subscribers", "Description", "EntitlementStatus", "Encryption"}
        entitlement = self.flows[flow_arn][entitlement_arn]
        entitlement.update(copy.deepcopy(fields))
        return self._shown(entitlement_arn, entitlement)

    def revoke_entitlement(self, client: Any, flow_arn: str, entitlement_arn: str) -> None:
        self.writes.append("Revoke")
        del self.flows[flow_arn][entitlement_arn]

    def list_tags(self, client: Any, arn: str) -> dict[str, str]:
        self.reads.append("ListTags")
        return dict(self._find(arn)["tags"])

    def tag_resource(self, client: Any, arn: str, tags: dict[str, str]) -> None:
        self.writes.append("Tag")
        self._find(arn)["tags"].update(tags)

    def untag_resource(self, client: Any, arn: str, tag_names: list[str]) -> None:
        self.writes.append("Untag")
        for name in tag_names:
            del self._find(arn)["tags"][name]


FUNCTIONS = [
    name for name in vars(MediaConnect) if name.endswith(("_flows", "_flow", "_entitlement", "s", "_resource"))
]


def run(aws: MediaConnect, flows: list[dict[str, Any]], check_mode: bool = False, **params: Any) -> ModuleEnd:
    """Run the module's body over this MediaConnect, and tell how it ended."""
    aws.writes, aws.reads = [], []
    with contextlib.ExitStack() as patches:
        patches.enter_context(mock.patch.multiple(mediaconnect, **{name: getattr(aws, name) for name in FUNCTIONS}))
        patches.enter_context(
            mock.patch.object(iam, "get_role", lambda client, name: {"Arn": ROLES[name]} if name in ROLES else None)
        )
        patches.enter_context(
            mock.patch.object(
                secretsmanager,
                "describe_secret",
                lambda client, name: {"ARN": SECRETS[name]} if name in SECRETS else None,
            )
        )
        patches.enter_context(mock.patch.object(observe, "pace", lambda client: client))
        patches.enter_context(mock.patch.object(apply, "SECONDS_BETWEEN_LOOKS", 0))
        patches.enter_context(mock.patch.object(_run, "warn"))
        with pytest.raises(ModuleEnd) as ended:
            _run.run(Module(check_mode, flows, **params), entitlements.body)
    return ended.value


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
def test_check_mode_changes_nothing_and_tells_what_will_be(world: Any, flows: Any, options: Any, courage: Any) -> None:
    aws = MediaConnect(world)
    before = copy.deepcopy(aws.flows)
    predicted = run(aws, flows, check_mode=True, **options, **courage)
    assert aws.writes == []
    assert aws.flows == before
    final = run(aws, flows, **options, **courage)
    assert predicted.failed == final.failed
    if final.failed:
        assert final.result["msg"] == predicted.result["msg"]
        assert "does not exist;" not in final.result["msg"]  # every role and secret that is named does
        assert aws.writes == []
        assert aws.flows == before
    else:
        assert told(predicted.result) == told(final.result)
        assert predicted.result["counts"] == final.result["counts"]
        assert predicted.result["changed"] == final.result["changed"] == bool(aws.writes)
        assert len(predicted.result["diff"]) == len(final.result["diff"])


@relaxed
@given(worlds, flow_lists, params)
def test_what_is_returned_is_what_aws_has_and_the_next_run_does_nothing(world: Any, flows: Any, options: Any) -> None:
    aws = MediaConnect(world)
    first = run(aws, flows, **options, allow_replacement=True, force_in_use=True)
    if first.failed:
        return
    for flow in first.result["flows"]:
        has = {
            one["name"]: one
            for one in observe.observed_flow(aws.describe_flow(None, flow["flow_arn"])).entitlements.values()
        }
        for one in flow["entitlements"]:
            present = one["name"] in has
            assert present == (one["action"] != "revoked" and "subscribers" in one)
            if present:
                returned = {field: value for field, value in one.items() if field not in ("action", "tags")}
                # a subscriber's flow runs on until it is cut off, so this alone may have changed meanwhile
                assert {**returned, "in_use": None} == {**has[one["name"]], "in_use": None}
                if "tags" in one:
                    assert one["tags"] == aws.list_tags(None, one["entitlement_arn"])
    again = run(aws, flows, **options)
    assert not again.failed
    assert aws.writes == []
    assert again.result["changed"] is False
    assert again.result["diff"] == []
    # A no-op's price: one look at the list, one at each flow, one at each entitlement whose tags are declared.
    assert aws.reads[: 1 + len(flows)] == ["ListFlows"] * bool(flows) + ["DescribeFlow"] * len(flows)
    assert set(aws.reads[1 + len(flows) :]) <= {"ListTags"}


@relaxed
@given(worlds, flow_lists, params, bold, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_declared_does_not_matter(
    world: Any, flows: Any, options: Any, courage: Any, random: Any
) -> None:
    mixed = copy.deepcopy(flows)
    random.shuffle(mixed)
    for flow in mixed:
        random.shuffle(flow["entitlements"])
        for one in flow["entitlements"]:
            for accounts in ("subscribers", "remove_subscribers"):
                random.shuffle(one.get(accounts, []))
    aws, other = MediaConnect(world), MediaConnect(world)
    first, second = run(aws, flows, **options, **courage), run(other, mixed, **options, **courage)
    assert first.failed == second.failed
    assert aws.flows == other.flows
    assert sorted(aws.writes) == sorted(other.writes)
    if not first.failed:
        assert first.result["counts"] == second.result["counts"]
        assert first.result["handover"] == second.result["handover"]


@relaxed
@given(worlds, flow_lists, params, bold)
def test_nobody_loses_anything_unasked(world: Any, flows: Any, options: Any, courage: Any) -> None:
    aws = MediaConnect(world)
    before = copy.deepcopy(aws.flows)
    run(aws, flows, **options, **courage)
    declared = {(flow["flow"], one["name"]): one for flow in flows for one in flow["entitlements"]}
    purged = {
        flow["flow"] for flow in flows if flow.get("purge_entitlements", options.get("purge_entitlements", False))
    }
    for flow_arn, found in before.items():
        for arn, was in found.items():
            flow, now = flow_arn.rsplit(":", 1)[-1], aws.flows[flow_arn].get(arn)
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
def test_one_grant_per_flow_and_one_call_per_entitlement(world: Any, flows: Any, options: Any, courage: Any) -> None:
    aws = MediaConnect(world)
    ended = run(aws, flows, **options, **courage)
    if ended.failed:
        return
    counts = ended.result["counts"]
    with_news = [
        flow
        for flow in ended.result["flows"]
        if any(one["action"] in ("granted", "replaced") for one in flow["entitlements"])
    ]
    assert aws.writes.count("Grant") == len(with_news)
    assert aws.writes.count("Revoke") == counts["revoked"] + counts["replaced"]
    assert aws.writes.count("Update") <= counts["updated"]
