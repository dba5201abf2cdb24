# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the loop gets of secrets: which are looked at, what streams forbid, what is returned."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import kms, secretsmanager
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.evaluation import NO, Effect
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import KmsKey, Link, Secret
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import argument_spec
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal, Stage, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import SECRET, TASK
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.plan import (
    unknown_use_refusal,
    unreadable_refusal,
    use_refusal,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.resource import Secrets
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.returned import texts_in
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.dark import Cause, Loss
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.observe import Answer, Changes
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import Use

HOME, AWAY = "us-west-2", "eu-west-1"
COMMON = {**{name: option.get("default") for name, option in TASK.items()}, "wait_timeout": 0}


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
    """What would go dark by what is done to secrets, or an error; asked: the Regions that were asked about, and None for each new round."""

    def __init__(self, *lost: str, error: ApiError | None = None, problem: str = ""):
        self.lost, self.error, self.problem = lost, error, problem
        self.asked: list[Any] = []
        self.reader = SimpleNamespace(kms_key=lambda key, secret: KmsKey(key) if key else None)

    def ask(self, changes: Changes) -> Answer:
        self.asked.append(changes.regions)
        self.changes = changes
        if self.error and changes.regions:
            return Answer(error=self.error)
        link = Link("secret", Effect(NO), self.problem)
        uses = [
            Use("arn:flow", "F", f"entitlement {number}", {"secret_arn": one}) for number, one in enumerate(self.lost)
        ]
        return Answer([Loss(use, use, Cause.UNREADABLE, self.problem, link=link) for use in uses])

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
    masked = set() if masked is None else masked
    return Secrets(Clients(), streams or Streams(), given, {**COMMON, **common}, masked, texts_in(given))


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


# judge: what is done, how AWS has it, whose uses would go dark, what is said, and in which Regions that was asked

UNREADABLE = ApiError(
    "Could not list the flows", ClientError({"Error": {"Code": "Forbidden", "Message": "no."}}, "ListFlows"), "x:y"
)
LABEL = "secret s in us-west-2"
USED = use_refusal(LABEL, ["entitlement 0 of flow F"])
KMS = {"state": "present", "kms_key_id": "alias/new"}


@pytest.mark.parametrize(
    ("options", "told", "streams", "said", "asked"),
    [
        ({}, {}, Streams(), [], {HOME}),
        ({}, {}, Streams(arn("t")), [], {HOME}),
        ({}, {}, Streams(arn("s")), [USED], {HOME}),
        ({}, {}, Streams(arn("s")[:-7]), [USED], {HOME}),
        (
            {},
            {},
            Streams(error=UNREADABLE),
            [unknown_use_refusal(LABEL, "Could not list the flows: Forbidden: no")],
            {HOME},
        ),
        ({"force_in_use": True}, {}, Streams(arn("s")), [], set()),
        ({"force_in_use": True}, {}, Streams(error=UNREADABLE), [], set()),
        # nobody can use it any more
        ({}, {"DeletedDate": "today"}, Streams(arn("s")), [], set()),
        ({"force_delete_without_recovery": True}, {"DeletedDate": "today"}, Streams(arn("s")), [], set()),
        ({"force_delete_without_recovery": True}, {}, Streams(arn("s")), [USED], {HOME}),
        # it is not there, or is to stay
        ({}, None, Streams(arn("s")), [], set()),
        ({"state": "present"}, {}, Streams(error=UNREADABLE), [], set()),
        ({"state": "present"}, {"DeletedDate": "today"}, Streams(error=UNREADABLE), [], set()),
        ({"state": "present", "description": "d"}, {}, Streams(arn("s")), [], set()),
        # another KMS key
        (
            KMS,
            {},
            Streams(arn("s"), problem="no kms:Decrypt"),
            [unreadable_refusal(LABEL, ["entitlement 0 of flow F"], ["no kms:Decrypt"])],
            {HOME},
        ),
        (KMS, {}, Streams(), [], {HOME}),
        ({**KMS, "force_in_use": True}, {}, Streams(arn("s")), [], set()),
        ({**KMS, "kms_key_id": ""}, {"KmsKeyId": "arn:old"}, Streams(arn("s")), [], set()),
    ],
)
def test_what_streams_need_is_not_taken_away_unasked(
    aws: dict[tuple[str, str], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    options: Any,
    told: Any,
    streams: Streams,
    said: list[str],
    asked: set[str],
) -> None:
    monkeypatch.setattr(kms, "describe_key", lambda dummy, key: {"Arn": key, "KeyManager": "CUSTOMER"})
    if told is not None:
        aws[HOME, "s"] = told
    streams.asked.clear()
    (unit,) = judged(aws, secrets({"name": "s", "state": "absent", **options}, streams=streams))
    assert unit.refusals == said
    assert streams.asked == [None, asked]


def test_streams_are_asked_about_in_the_region_of_each_copy(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    aws[HOME, "s"] = aws[AWAY, "s"] = {}
    streams = Streams(arn("s", AWAY))
    here, there = judged(aws, secrets({"name": "s", "state": "absent"}, streams=streams, additional_regions=[AWAY]))
    assert here.refusals == []
    assert there.refusals == [use_refusal("secret s in eu-west-1", ["entitlement 0 of flow F"])]
    assert streams.asked == [None, {HOME, AWAY}]


def test_one_secret_may_be_forced_and_another_not(aws: dict[tuple[str, str], dict[str, Any]]) -> None:
    aws[HOME, "s"] = aws[HOME, "t"] = {}
    forced = {"name": "s", "state": "absent", "force_in_use": True}
    one, other = judged(aws, secrets(forced, {"name": "t", "state": "absent"}, streams=Streams(arn("s"), arn("t"))))
    assert one.refusals == []
    assert other.refusals == [use_refusal("secret t in us-west-2", ["entitlement 1 of flow F"])]


KEY = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("item", "told", "expected"),
    [
        ({"state": "absent"}, {}, {"exists": False}),
        ({"value": KEY}, None, {"exists": True, "fingerprint": True}),
        ({"generate": True}, None, {"exists": True, "fingerprint": False}),
        ({}, {"DeletedDate": "today"}, {"exists": True, "deletion_scheduled": False}),
        ({"description": "d"}, {}, {"exists": True, "kms_key": None}),
        ({"kms_key_id": "alias/new"}, {}, {"kms_key": KmsKey("alias/new")}),
    ],
)
def test_what_becomes_of_a_secret(
    aws: dict[tuple[str, str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch, item: Any, told: Any, expected: Any
) -> None:
    monkeypatch.setattr(kms, "describe_key", lambda dummy, key: {"Arn": key, "KeyManager": "CUSTOMER"})
    if told is not None:
        aws[HOME, "s"] = told
    streams = Streams()
    judged(aws, secrets({"name": "s", **item}, streams=streams))
    (change, dummy) = streams.changes.secrets.values()
    seen = Secret(arn("s"), exists=told is not None, deletion_scheduled=bool(told))
    after = change.after(seen)
    shown = {name: getattr(after, name) for name in expected}
    if "fingerprint" in expected:
        shown["fingerprint"] = after.fingerprint is not None
    assert shown == expected


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
