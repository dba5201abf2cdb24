# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for key_secrets whatever is declared and whatever AWS has: the module's own code over a Secrets Manager in memory."""

from __future__ import annotations

import contextlib
import copy
import itertools
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import kms, mediaconnect, secretsmanager
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.client import Clients
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile import loop
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import argument_spec
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import SECRET
from ansible_collections.mediaops.mediaconnect.plugins.modules import key_secrets

HOME, AWAY = "us-west-2", "eu-west-1"
KEYS = [digit * 32 for digit in "12a"]
VIDEO_KEY = {"Arn": "arn:of/video", "KeyManager": "CUSTOMER"}
AWS_KEY = {"Arn": "arn:of/aws-secretsmanager", "KeyManager": "AWS"}


class ModuleEnd(Exception):
    """What exit_json and fail_json were called with."""

    def __init__(self, failed: bool, result: dict[str, Any]):
        super().__init__(result.get("msg"))
        self.failed, self.result = failed, result


class Module:
    """As much of AnsibleAWSModule as the module uses."""

    region = HOME
    _diff = True

    def __init__(self, check_mode: bool, secrets: list[dict[str, Any]], **params: Any):
        defaults = {option: spec.get("default") for option, spec in argument_spec(SECRET).items()}
        self.check_mode = check_mode
        self.no_log_values: set[str] = {str(secret["value"]) for secret in secrets if secret.get("value")}
        self.params = {
            "secrets": [{**defaults, **copy.deepcopy(secret)} for secret in secrets],
            "state": "present",
            "additional_regions": [],
            "tags": None,
            "purge_tags": True,
            "wait_timeout": 0,
            "force_in_use": False,
            "fingerprints": False,
            **params,
        }

    def client(self, service: str, region: str | None = None, **options: Any) -> Any:
        return mock.MagicMock() if service == "mediaconnect" else region or HOME

    def exit_json(self, **result: Any) -> None:
        raise ModuleEnd(False, result)

    def fail_json(self, **result: Any) -> None:
        raise ModuleEnd(True, result)


class SecretsManager:
    """Secrets by Region and name: description, KMS key, tags, versions, and whether their deletion is scheduled."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], dict[str, Any]] = {}
        self.numbers = itertools.count(1)
        self.writes: list[str] = []

    def put(self, region: str, name: str, **fields: Any) -> None:
        arn = f"arn:aws:secretsmanager:{region}:111122223333:secret:{name}-{next(self.numbers):06}"
        empty = {"arn": arn, "description": "", "kms_key_id": None, "tags": {}, "versions": [], "deleted": False}
        self.secrets[region, name] = {**empty, **fields}

    def find(self, region: str, secret_id: str) -> dict[str, Any] | None:
        for (place, name), secret in self.secrets.items():
            if place == region and secret_id in (name, secret["arn"]):
                return secret
        return None

    def live(self, region: str, secret_id: str) -> dict[str, Any]:
        secret = self.find(region, secret_id)
        assert secret is not None
        assert not secret["deleted"], "AWS refuses this for a secret that is scheduled for deletion"
        return secret

    # the functions of _aws.secretsmanager; a client is the name of its Region

    def describe_secret(self, client: str, secret_id: str) -> dict[str, Any] | None:
        secret = self.find(client, secret_id)
        if secret is None:
            return None
        stages = {version: ["AWSPREVIOUS"] for version, dummy in secret["versions"][:-1]}
        answer = {
            "ARN": secret["arn"],
            "Description": secret["description"],
            "Tags": [{"Key": key, "Value": value} for key, value in secret["tags"].items()],
            "VersionIdsToStages": {**stages, **{version: ["AWSCURRENT"] for version, dummy in secret["versions"][-1:]}},
        }
        if secret["kms_key_id"]:
            answer["KmsKeyId"] = secret["kms_key_id"]
        return {**answer, "DeletedDate": "today"} if secret["deleted"] else answer

    def get_secret_value(self, client: str, secret_id: str) -> dict[str, Any] | None:
        secret = self.live(client, secret_id)
        if not secret["versions"]:
            return None
        version, value = secret["versions"][-1]
        return {"ARN": secret["arn"], "VersionId": version, "SecretString": value}

    def batch_get_secret_values(self, client: str, secret_ids: list[str]) -> list[dict[str, Any]]:
        return [answer for answer in (self.get_secret_value(client, secret_id) for secret_id in secret_ids) if answer]

    def create_secret(
        self, client: str, name: str, value: str, token: str, tags: dict[str, str] | None, **fields: Any
    ) -> dict[str, Any]:
        assert self.find(client, name) is None
        self.writes.append(f"create {name}")
        self.put(client, name, description=fields.get("Description", ""), kms_key_id=fields.get("KmsKeyId"))
        self.secrets[client, name].update(tags=dict(tags or {}), versions=[(token, value)])
        return {"ARN": self.secrets[client, name]["arn"], "VersionId": token}

    def put_secret_value(self, client: str, secret_id: str, value: str, token: str) -> dict[str, Any]:
        self.writes.append(f"put {secret_id}")
        self.live(client, secret_id)["versions"].append((token, value))
        return {"VersionId": token}

    def update_secret(self, client: str, secret_id: str, **fields: Any) -> None:
        self.writes.append(f"update {secret_id}")
        secret = self.live(client, secret_id)
        secret["description"] = fields.get("Description", secret["description"])
        secret["kms_key_id"] = fields.get("KmsKeyId", secret["kms_key_id"]) or None

    def tag_secret(self, client: str, secret_id: str, tags: dict[str, str]) -> None:
        self.writes.append(f"tag {secret_id}")
        self.live(client, secret_id)["tags"].update(tags)

    def untag_secret(self, client: str, secret_id: str, tag_names: list[str]) -> None:
        self.writes.append(f"untag {secret_id}")
        for name in tag_names:
            del self.live(client, secret_id)["tags"][name]

    def restore_secret(self, client: str, secret_id: str) -> None:
        self.writes.append(f"restore {secret_id}")
        self.find(client, secret_id)["deleted"] = False

    def delete_secret(self, client: str, secret_id: str, recovery_window_in_days: int | None) -> None:
        self.writes.append(f"delete {secret_id}")
        secret = self.find(client, secret_id)
        secret["deleted"] = True
        if recovery_window_in_days is None:
            self.secrets = {place: other for place, other in self.secrets.items() if other is not secret}

    # that of _aws.kms

    def describe_key(self, client: str, key_id: str) -> dict[str, Any] | None:
        assert key_id, "AWS takes no empty id"
        if key_id == AWS_KEY["Arn"]:
            return AWS_KEY
        return VIDEO_KEY if key_id in ("alias/video", VIDEO_KEY["Arn"]) else None


FUNCTIONS = [name for name in vars(SecretsManager) if name.endswith(("_secret", "_secrets", "_values", "_value"))]


def run(aws: SecretsManager, secrets: list[dict[str, Any]], check_mode: bool = False, **params: Any) -> ModuleEnd:
    """Run the module's body over this Secrets Manager, and tell how it ended."""
    return run_module(aws, Module(check_mode, secrets, **params))


def run_module(aws: SecretsManager, module: Module) -> ModuleEnd:
    identity = ("111122223333", "aws")
    with contextlib.ExitStack() as patches:
        patches.enter_context(mock.patch.multiple(secretsmanager, **{name: getattr(aws, name) for name in FUNCTIONS}))
        patches.enter_context(mock.patch.object(kms, "describe_key", aws.describe_key))
        patches.enter_context(mock.patch.object(mediaconnect, "list_flows", return_value=[]))
        patches.enter_context(mock.patch.object(Clients, "_known_identity", return_value=identity))
        patches.enter_context(mock.patch.object(loop, "warn"))
        ended = patches.enter_context(pytest.raises(ModuleEnd))
        loop.run(module, key_secrets.body)
    return ended.value


# the properties

names = st.sampled_from(["a", "b", "c"])
texts = st.sampled_from(["", "text"])
tags = st.dictionaries(st.sampled_from("kl"), st.sampled_from("12"), max_size=2)
copies = st.fixed_dictionaries(
    {
        "description": texts,
        "kms_key_id": st.sampled_from([None, "alias/video"]),
        "tags": tags,
        "versions": st.lists(
            st.sampled_from([*KEYS, KEYS[2].upper(), KEYS[0] + "\n", '{"key": 1}', "no key"]), max_size=2
        ).map(lambda values: [(f"v{number}", value) for number, value in enumerate(values)]),
        "deleted": st.booleans(),
    }
)
worlds = st.dictionaries(st.tuples(st.sampled_from([HOME, AWAY]), names), copies, max_size=4)
declarations = st.fixed_dictionaries(
    {"name": names, "algorithm": st.just("aes128")},
    optional={
        "state": st.sampled_from(["present", "present", "absent"]),
        "replace_value": st.booleans(),
        "description": texts,
        "kms_key_id": st.sampled_from(["", "alias/video", VIDEO_KEY["Arn"]]),
        "tags": tags,
        "force_delete_without_recovery": st.booleans(),
        "key": st.sampled_from(KEYS) | st.just("generate"),
    },
).map(
    lambda secret: (
        {option: value for option, value in secret.items() if option != "key"}
        | (
            {}
            if "key" not in secret
            else {"generate": True}
            if secret["key"] == "generate"
            else {"value": secret["key"]}
        )
    )
)
tasks = st.lists(declarations, max_size=3, unique_by=lambda secret: secret["name"])
relaxed = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
params = st.fixed_dictionaries(
    {},
    optional={
        "additional_regions": st.sampled_from([[], [AWAY], ["", HOME]]),
        "purge_tags": st.booleans(),
        "tags": st.none() | tags,
    },
)


def world_of(world: dict[tuple[str, str], dict[str, Any]]) -> SecretsManager:
    aws = SecretsManager()
    for (region, name), fields in world.items():
        aws.put(region, name, **copy.deepcopy(fields))
    return aws


def without_what_only_aws_can_tell(secrets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    unknown = ("arn", "version_id", "key_fingerprint")
    return [{field: value for field, value in secret.items() if field not in unknown} for secret in secrets]


@relaxed
@given(worlds, tasks, params)
def test_check_mode_changes_nothing_and_tells_what_will_be(world: Any, secrets: Any, options: Any) -> None:
    aws = world_of(world)
    before = copy.deepcopy(aws.secrets)
    predicted = run(aws, secrets, check_mode=True, **options)
    assert aws.writes == []
    assert aws.secrets == before
    final = run(aws, secrets, **options)
    if predicted.failed:
        assert final.failed
        assert final.result["msg"] == predicted.result["msg"]
        assert aws.secrets == before
    elif not final.failed:  # what a restored secret holds is not known before
        assert final.result["changed"] == predicted.result["changed"] == bool(aws.writes)
        told, seen = predicted.result["secrets"], final.result["secrets"]
        assert without_what_only_aws_can_tell(told) == without_what_only_aws_can_tell(seen)
        for one, other in zip(told, seen, strict=True):
            assert one.get("arn") == other.get("arn") or one["action"] == "created"
            assert one.get("version_id") in (other.get("version_id"), None) or one["action"] == "restored"
            assert one.get("key_fingerprint") in (other.get("key_fingerprint"), None)
    else:
        assert "restored" in {secret["action"] for secret in predicted.result["secrets"]}


@relaxed
@given(worlds, tasks, params)
def test_the_second_run_changes_nothing(world: Any, secrets: Any, options: Any) -> None:
    aws = world_of(world)
    first = run(aws, secrets, **options)
    after, writes = copy.deepcopy(aws.secrets), len(aws.writes)
    second = run(aws, secrets, **options)
    assert aws.secrets == after
    assert len(aws.writes) == writes
    assert second.failed == first.failed
    if not first.failed:
        assert not second.result["changed"]
        assert {secret["action"] for secret in second.result["secrets"]} <= {"unchanged"}


def regions_of(options: dict[str, Any]) -> list[str]:
    return [HOME, AWAY] if AWAY in options.get("additional_regions", []) else [HOME]


@relaxed
@given(worlds, tasks, params)
def test_nothing_else_is_touched(world: Any, secrets: Any, options: Any) -> None:
    aws = world_of(world)
    before = copy.deepcopy(aws.secrets)
    run(aws, secrets, **options)
    declared = {(region, secret["name"]) for secret in secrets for region in regions_of(options)}
    for place, secret in before.items():
        if place not in declared:
            assert aws.secrets[place] == secret
        elif place in aws.secrets:
            assert aws.secrets[place]["versions"][: len(secret["versions"])] == secret["versions"]


@relaxed
@given(worlds, tasks, params)
def test_aws_has_what_was_declared(world: Any, secrets: Any, options: Any) -> None:
    aws = world_of(world)
    before = copy.deepcopy(aws.secrets)
    if run(aws, secrets, **options).failed:
        return
    for secret in secrets:
        places = [(region, secret["name"]) for region in regions_of(options)]
        if secret.get("state") == "absent":
            assert all(place not in aws.secrets or aws.secrets[place]["deleted"] for place in places)
            continue
        for place in places:
            assert_as_declared(secret, options, before.get(place, {}), aws.secrets[place])
        held = [aws.secrets[place]["versions"] for place in places]
        if len(places) == 2:
            assert len({versions[-1][1].strip().lower() for versions in held if versions}) <= 1


def assert_as_declared(
    secret: dict[str, Any], options: dict[str, Any], before: dict[str, Any], found: dict[str, Any]
) -> None:
    assert not found["deleted"]
    if "value" in secret:
        assert found["versions"][-1][1].strip().lower() == secret["value"]
    assert found["description"] == secret.get("description", before.get("description", ""))
    assert bool(found["kms_key_id"]) is bool(secret.get("kms_key_id", before.get("kms_key_id")))
    declared = [given for given in (options.get("tags"), secret.get("tags")) if given is not None]
    purged = declared and options.get("purge_tags", True)
    kept = {} if purged else before.get("tags", {})
    assert found["tags"] == {**kept, **{key: value for given in declared for key, value in given.items()}}


@relaxed
@given(worlds, tasks, params)
def test_the_order_of_the_secrets_does_not_matter(world: Any, secrets: Any, options: Any) -> None:
    def outcome(order: list[dict[str, Any]]) -> Any:
        aws = world_of(world)
        end = run(aws, order, **options)
        state = {
            place: {field: value for field, value in secret.items() if field not in ("arn", "versions")}
            for place, secret in aws.secrets.items()
        }
        versions = {place: len(secret["versions"]) for place, secret in aws.secrets.items()}
        told = without_what_only_aws_can_tell(end.result.get("secrets", []))
        return end.failed, state, versions, sorted(told, key=lambda secret: (secret["name"], secret["region"]))

    assert outcome(secrets) == outcome(secrets[::-1])


@relaxed
@given(worlds, tasks, params)
def test_no_result_holds_a_key(world: Any, secrets: Any, options: Any) -> None:
    aws = world_of(world)
    end = run(aws, secrets, **options)
    printed = repr(end.result).lower()
    stored = {value for secret in aws.secrets.values() for dummy, value in secret["versions"]}
    for value in {*KEYS, *stored} - {"no key"}:
        assert value.strip().lower() not in printed


# one by one


def test_results_come_in_declared_order_although_what_is_restored_is_done_first() -> None:
    aws = world_of({(AWAY, "a"): {"versions": [("v1", KEYS[0])], "deleted": True}})
    end = run(aws, [{"name": "a", "algorithm": "aes128", "generate": True}], additional_regions=[AWAY])
    assert [(secret["region"], secret["action"]) for secret in end.result["secrets"]] == [
        (HOME, "created"),
        (AWAY, "restored"),
    ]
    assert aws.secrets[HOME, "a"]["versions"][-1][1] == KEYS[0]
    assert {secret["key_fingerprint"] for secret in end.result["secrets"]} != {None}


def test_a_restored_secret_that_holds_another_key_stays_restored_and_the_task_says_so() -> None:
    aws = world_of({(HOME, "a"): {"versions": [("v1", KEYS[0])], "deleted": True}})
    end = run(aws, [{"name": "a", "algorithm": "aes128", "value": KEYS[1], "description": "new"}])
    assert end.failed
    assert end.result["changed"]
    assert end.result["msg"].startswith("The secret a in us-west-2 holds another key than the declared key")
    assert end.result["secrets"] == [{"name": "a", "region": HOME, "action": "failed"}]
    assert end.result["done"] == ["restore the secret a in us-west-2"]
    assert end.result["not_done"] == ["change description of the secret a in us-west-2"]
    assert aws.secrets[HOME, "a"]["versions"] == [("v1", KEYS[0])]


@pytest.mark.parametrize("others", [{}, {"description": "new"}])
def test_a_restored_secret_gets_another_key_if_it_may_be_replaced(others: dict[str, Any]) -> None:
    aws = world_of({(HOME, "a"): {"versions": [("v1", KEYS[0])], "deleted": True}})
    secret = {"name": "a", "algorithm": "aes128", "value": KEYS[1], "replace_value": True, **others}
    end = run(aws, [secret])
    assert not end.failed
    assert aws.secrets[HOME, "a"]["versions"][-1][1] == KEYS[1]
    assert end.result["secrets"][0]["action"] == "restored"
    assert end.result["secrets"][0]["version_id"] == aws.secrets[HOME, "a"]["versions"][-1][0]


def test_no_key_is_made_when_the_copy_that_has_it_cannot_be_restored() -> None:
    aws = world_of({(AWAY, "a"): {"versions": [("v1", KEYS[0])], "deleted": True}})
    with mock.patch.object(aws, "restore_secret", side_effect=ApiError("Could not restore it", OSError("gone"), "")):
        end = run(aws, [{"name": "a", "algorithm": "aes128", "generate": True}], additional_regions=[AWAY])
    assert end.failed
    assert end.result["msg"] == (
        "secret a in eu-west-1: Could not restore it: gone. Nothing was changed. "
        "Not done: create the secret a in us-west-2; restore the secret a in eu-west-1. Running again finishes the job."
    )
    assert (HOME, "a") not in aws.secrets


@pytest.mark.parametrize(("theirs", "failed"), [(KEYS[0], False), (KEYS[1], True)])
def test_what_somebody_else_makes_at_the_same_time_is_looked_at_again(theirs: str, failed: bool) -> None:
    aws = SecretsManager()

    def taken(client: str, name: str, *arguments: Any, **fields: Any) -> None:
        aws.put(client, name, versions=[("v1", theirs)])
        error = ClientError({"Error": {"Code": "ResourceExistsException", "Message": "taken"}}, "CreateSecret")
        raise ApiError("Could not create it", error, "secretsmanager:CreateSecret")

    with mock.patch.object(aws, "create_secret", taken):
        end = run(aws, [{"name": "a", "algorithm": "aes128", "value": KEYS[0]}])
    assert (end.failed, end.result["changed"]) == (failed, False)
    assert end.result["secrets"][0]["action"] == ("failed" if failed else "unchanged")
    assert aws.secrets[HOME, "a"]["versions"] == [("v1", theirs)]


def test_the_same_token_goes_with_each_try_of_one_creation_and_another_with_the_next_value() -> None:
    aws = SecretsManager()
    there_and_back = (KEYS[0], KEYS[1], KEYS[0], KEYS[1])
    for value in there_and_back:
        run(aws, [{"name": "a", "algorithm": "aes128", "value": value, "replace_value": True}])
    tokens, values = zip(*aws.secrets[HOME, "a"]["versions"], strict=True)
    assert values == there_and_back
    assert len(set(tokens)) == 4
    assert all(32 <= len(token) <= 64 for token in tokens)


def test_what_is_masked_and_what_is_left_of_the_parameters() -> None:
    module = Module(
        True,
        [
            {"name": "a", "algorithm": "aes128", "value": "aB" * 16},
            {"name": "b", "algorithm": "aes128", "value": "short"},
            {"name": "c", "algorithm": "aes128", "value": 12},
        ],
    )
    ended = run_module(SecretsManager(), module)
    assert ended.failed
    assert module.no_log_values == {"aB" * 16, "ab" * 16, "AB" * 16}
    assert {secret["value"] for secret in module.params["secrets"]} == {"VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}
    assert ended.result["msg"].count("The value for the secret") == 2


def test_a_stored_word_is_not_masked() -> None:
    """It could be a word of what the task returns; only what is a key for sure is masked."""
    aws = world_of(
        {
            (HOME, "a"): {"versions": [("v1", "production")], "tags": {"stage": "production"}},
            (HOME, "b"): {"versions": [("v1", KEYS[0])]},
        }
    )
    module = Module(
        False,
        [
            {"name": "a", "algorithm": "srt-password", "value": "correct horse", "replace_value": True},
            {"name": "b", "algorithm": "aes128", "value": KEYS[1], "replace_value": True},
        ],
    )
    assert not run_module(aws, module).failed
    assert "production" not in module.no_log_values
    assert KEYS[0] in module.no_log_values
