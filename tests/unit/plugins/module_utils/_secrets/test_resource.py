# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the loop gets of secrets: which are looked at, what streams forbid, what is returned."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import secretsmanager
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import argument_spec
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal, Stage, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import SECRET
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.plan import (
    unknown_use_refusal,
    use_refusal,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.resource import Secrets
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import Use

HOME, AWAY = "us-west-2", "eu-west-1"
COMMON = {
    "state": "present",
    "additional_regions": [],
    "tags": None,
    "purge_tags": True,
    "force_in_use": False,
    "wait_timeout": 0,
}


def arn(name: str, region: str = HOME) -> str:
    return f"arn:aws-cn:secretsmanager:{region}:111122223333:secret:{name}-7g8H9i"


class Clients:
    """A client is the name of its Region."""

    region, partition, account = HOME, "aws-cn", "111122223333"

    def get(self, service: str, region: str) -> str:
        return region

    def learn_identity(self, arn: str) -> None:
        pass


class Streams:
    """The uses of keys by Region, or an error; asked: the Regions that were asked about, and None for each new round."""

    def __init__(self, **uses: Any):
        self.known = uses
        self.asked: list[str | None] = []

    def uses(self, region: str) -> list[Use]:
        self.asked.append(region)
        found = self.known.get(region.replace("-", "_"), [])
        if isinstance(found, Exception):
            raise found
        return found

    def forget(self) -> None:
        self.asked.append(None)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], dict[str, Any]]:
    """What is told of secrets, by Region and name. None has a value."""
    told: dict[tuple[str, str], dict[str, Any]] = {}

    def describe_secret(region: str, name: str) -> dict[str, Any] | None:
        return {"ARN": arn(name, region), **told[region, name]} if (region, name) in told else None

    monkeypatch.setattr(secretsmanager, "describe_secret", describe_secret)
    monkeypatch.setattr(secretsmanager, "get_secret_value", lambda region, secret_id: None)
    return told


def secrets(
    *items: dict[str, Any], streams: Streams | None = None, masked: set[str] | None = None, **common: Any
) -> Secrets:
    defaults = {option: spec.get("default") for option, spec in argument_spec(SECRET).items()}
    given = [{**defaults, "algorithm": "aes128", **item} for item in items]
    return Secrets(Clients(), streams or Streams(), given, {**COMMON, **common}, set() if masked is None else masked)


def judged(aws: dict[tuple[str, str], dict[str, Any]], resource: Secrets) -> list[Unit]:
    observed = resource.observe()
    units = resource.plan(observed)
    resource.judge(units, observed)
    return units


def test_a_wrong_declaration_is_refused_before_aws_is_asked() -> None:
    with pytest.raises(Refusal, match="declared more than once"):
        secrets({"name": "s"}, {"name": "s"})


def test_one_is_done_after_the_other() -> None:
    """A key that is made for the first Region is the one for the others."""
    assert {secrets().workers(stage) for stage in Stage} == {1}


def test_each_operation_of_a_plan_is_there() -> None:
    assert set(secrets().operations) == {"create", "restore", "put_value", "update", "tag", "delete"}


# observe and plan


def test_all_that_is_declared_is_looked_at_first(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    aws[HOME, "a"] = {}
    resource = secrets({"name": "a"}, {"name": "b", "additional_regions": [AWAY], "generate": True})
    observed = resource.observe()
    assert {name: {region: bool(state) for region, state in states.items()} for name, states in observed.items()} == {
        "a": {HOME: True},
        "b": {HOME: False, AWAY: False},
    }
    assert [unit.label for unit in resource.plan(observed)] == [
        "secret a in us-west-2",
        "secret b in us-west-2",
        "secret b in eu-west-1",
    ]


def test_in_a_new_round_only_what_it_is_about(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    streams = Streams()
    resource = secrets({"name": "a", "generate": True}, {"name": "b", "generate": True}, streams=streams)
    again = [unit for unit in resource.plan(resource.observe()) if unit.identity["name"] == "b"]
    observed = resource.observe(again)
    assert list(observed) == ["b"]
    assert [unit.label for unit in resource.plan(observed)] == ["secret b in us-west-2"]
    assert resource.arns(observed) == {"b": [arn("b").replace("7g8H9i", "??????")]}
    assert streams.asked == [None, None]


def test_what_is_to_be_created_has_an_arn_of_the_caller_s(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    (unit,) = judged(aws, secrets({"name": "s", "generate": True}))
    assert unit.after["arn"] == "arn:aws-cn:secretsmanager:us-west-2:111122223333:secret:s-??????"


def test_arns_that_secrets_have_or_will_have(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    aws[AWAY, "a"] = aws[HOME, "gone"] = {}
    resource = secrets(
        {"name": "a", "generate": True, "additional_regions": [AWAY]},
        {"name": "b", "generate": True},
        {"name": "gone", "state": "absent"},
    )
    assert resource.arns(resource.observe()) == {
        "a": [arn("a").replace("7g8H9i", "??????"), arn("a", AWAY)],
        "b": [arn("b").replace("7g8H9i", "??????")],
    }


def test_a_key_goes_from_one_region_to_another_and_into_no_output(
    aws: dict[tuple[str, str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, sent = "0123456789abcdef" * 2, []

    def create_secret(region: str, name: str, value: str, *_arguments: Any, **_fields: Any) -> dict[str, str]:
        sent.append((region, name, value))
        return {"ARN": arn(name, region), "VersionId": "v1"}

    aws[HOME, "s"] = {}
    monkeypatch.setattr(secretsmanager, "get_secret_value", lambda *_arguments: {"ARN": arn("s"), "SecretString": key})
    monkeypatch.setattr(secretsmanager, "create_secret", create_secret)
    masked: set[str] = set()
    resource = secrets({"name": "s", "additional_regions": [AWAY]}, masked=masked)
    dummy, unit = resource.plan(resource.observe())
    (action,) = unit.actions
    resource.operations[action.operation](unit, **action.params)
    assert sent == [(AWAY, "s", key)]
    assert key in masked
    assert key not in repr([unit, resource.report([unit])])


# judge: what is deleted, how AWS has it, who uses it, what is said, and in which Regions flows were read

USED = Use("arn:flow", "F", "entitlement E", "arn:role", arn("s"))
USED_BY_PARTIAL_ARN = Use("arn:flow", "G", "output O", "arn:role", arn("s")[:-7])
OTHERS = Use("arn:flow", "F", "entitlement X", "arn:role", arn("t"))
UNREADABLE = ApiError(
    "Could not list the flows", ClientError({"Error": {"Code": "Forbidden", "Message": "no."}}, "ListFlows"), "x:y"
)
LABEL = "secret s in us-west-2"


@pytest.mark.parametrize(
    ("options", "told", "uses", "said", "asked"),
    [
        ({}, {}, [], [], [HOME]),
        ({}, {}, [OTHERS], [], [HOME]),
        ({}, {}, [USED], [use_refusal(LABEL, ["entitlement E of flow F"])], [HOME]),
        (
            {},
            {},
            [USED, OTHERS, USED_BY_PARTIAL_ARN],
            [use_refusal(LABEL, ["entitlement E of flow F", "output O of flow G"])],
            [HOME],
        ),
        ({}, {}, UNREADABLE, [unknown_use_refusal(LABEL, "Could not list the flows: Forbidden: no")], [HOME]),
        ({"force_in_use": True}, {}, [USED], [], []),
        ({"force_in_use": True}, {}, UNREADABLE, [], []),
        # nobody can use it any more
        ({}, {"DeletedDate": "today"}, [USED], [], []),
        ({"force_delete_without_recovery": True}, {"DeletedDate": "today"}, [USED], [], []),
        (
            {"force_delete_without_recovery": True},
            {},
            [USED],
            [use_refusal(LABEL, ["entitlement E of flow F"])],
            [HOME],
        ),
        # it is not there, or is to stay
        ({}, None, [USED], [], []),
        ({"state": "present"}, {}, UNREADABLE, [], []),
        ({"state": "present"}, {"DeletedDate": "today"}, UNREADABLE, [], []),
    ],
)
def test_what_streams_need_is_not_deleted_unasked(
    aws: dict[tuple[str, str], dict[str, Any]], options: Any, told: Any, uses: Any, said: list[str], asked: list[str]
) -> None:
    if told is not None:
        aws[HOME, "s"] = told
    streams = Streams(us_west_2=uses)
    (unit,) = judged(aws, secrets({"name": "s", "state": "absent", **options}, streams=streams))
    assert unit.refusals == said
    assert streams.asked == [None, *asked]


def test_flows_are_read_in_the_region_of_each_copy(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    aws[HOME, "s"] = aws[AWAY, "s"] = {}
    abroad = Use("arn:flow", "F", "source S", None, arn("s", AWAY))
    streams = Streams(us_west_2=[abroad], eu_west_1=[abroad])
    here, there = judged(aws, secrets({"name": "s", "state": "absent"}, streams=streams, additional_regions=[AWAY]))
    assert here.refusals == []
    assert there.refusals == [use_refusal("secret s in eu-west-1", ["source S of flow F"])]
    assert streams.asked == [None, HOME, AWAY]


def test_one_secret_may_be_forced_and_another_not(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    aws[HOME, "s"] = aws[HOME, "t"] = {}
    streams = Streams(us_west_2=[USED, OTHERS])
    one, other = judged(
        aws,
        secrets(
            {"name": "s", "state": "absent", "force_in_use": True}, {"name": "t", "state": "absent"}, streams=streams
        ),
    )
    assert one.refusals == []
    assert other.refusals == [use_refusal("secret t in us-west-2", ["entitlement X of flow F"])]


# report

IDENTITY = {"name": "s", "region": HOME}


@pytest.mark.parametrize(
    ("fields", "returned"),
    [
        ({"action": "unchanged"}, {**IDENTITY, "action": "unchanged"}),
        (
            {"action": "updated", "before": {**IDENTITY, "size": 1}, "after": {**IDENTITY, "size": 2}},
            {**IDENTITY, "size": 2, "action": "updated"},
        ),
        (
            {"action": "deleted", "before": {**IDENTITY, "size": 1}},
            {**IDENTITY, "size": 1, "action": "deleted"},
        ),
        (
            {"action": "updated", "after": {**IDENTITY, "size": 2}, "failure": "No."},
            {**IDENTITY, "action": "failed"},
        ),
    ],
)
def test_what_is_returned_of_a_secret(fields: dict[str, Any], returned: dict[str, Any]) -> None:
    assert secrets().report([Unit("secret", identity=dict(IDENTITY), **fields)]) == {"secrets": [returned]}


def test_nothing_is_declared() -> None:
    assert secrets().report([]) == {"secrets": []}
