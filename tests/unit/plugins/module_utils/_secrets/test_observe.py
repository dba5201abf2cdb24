# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of secrets, and how: over a Secrets Manager and a KMS in memory that are called as botocore calls them."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile import wait
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import ABSENT, Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.keys import Keyring
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.observe import Observer
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import DeclaredSecret
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.plan import ObservedSecret

HOME, AWAY = "us-west-2", "eu-west-1"
KEY, OTHER_KEY = "1" * 32, "2" * 32
ONE, TWO = (keys.describe(key, "aes128") for key in (KEY, OTHER_KEY))
VIDEO_KEY = {"Arn": "arn:of/video", "KeyManager": "CUSTOMER"}
AWS_KEY = {"Arn": "arn:of/aws-secretsmanager", "KeyManager": "AWS"}


def arn(name: str, region: str = HOME) -> str:
    return f"arn:aws:secretsmanager:{region}:111122223333:secret:{name}-7g8H9i"


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


class Region:
    """Secrets Manager and KMS of a Region: by name of a secret its value, if any, and what else is told of it.

    refusing: by operation and what it is about ("get_secret_value s") the errors that come first.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        self.values: dict[str, Any] = {}
        self.more: dict[str, dict[str, Any]] = {}
        self.refusing: dict[str, list[ClientError]] = {}
        self.calls: list[str] = []

    def has(self, name: str, value: Any = None, **more: Any) -> Region:
        self.values[name], self.more[name] = value, more
        return self

    def _called(self, operation: str, name: str) -> None:
        self.calls.append(f"{operation} {name}")
        if self.refusing.get(f"{operation} {name}"):
            raise self.refusing[f"{operation} {name}"].pop(0)

    def describe_secret(self, SecretId: str) -> dict[str, Any]:  # noqa: N803  as botocore calls it
        self._called("describe_secret", SecretId)
        if SecretId not in self.values:
            raise error("ResourceNotFoundException")
        return {"ARN": arn(SecretId, self.region), **self.more[SecretId]}

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803
        name = SecretId.rsplit(":", maxsplit=1)[-1][:-7]
        self._called("get_secret_value", name)
        if self.values[name] is None:
            raise error("ResourceNotFoundException")
        member = "SecretBinary" if isinstance(self.values[name], bytes) else "SecretString"
        return {"ARN": SecretId, "VersionId": "v1", member: self.values[name]}

    def batch_get_secret_value(self, SecretIdList: list[str]) -> dict[str, Any]:  # noqa: N803
        names = [secret_id.split(":")[-1][:-7] for secret_id in SecretIdList]
        self._called("batch_get_secret_value", ",".join(names))
        found = [
            {"ARN": arn(name, self.region), "VersionId": "v1", "SecretString": self.values[name]}
            for name in reversed(names)
            if self.values[name] is not None and "DeletedDate" not in self.more[name]
        ]
        return {"SecretValues": found}

    def describe_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803
        self._called("describe_key", KeyId)
        if KeyId == AWS_KEY["Arn"]:
            return {"KeyMetadata": AWS_KEY}
        if KeyId in ("alias/video", VIDEO_KEY["Arn"]):
            return {"KeyMetadata": VIDEO_KEY}
        raise error("NotFoundException")


class Clients:
    def __init__(self) -> None:
        self.regions = {HOME: Region(HOME), AWAY: Region(AWAY)}
        self.learned: list[str] = []

    def get(self, service: str, region: str) -> Region:
        assert service in ("secretsmanager", "kms")
        return self.regions[region]

    def learn_identity(self, arn: str) -> None:
        self.learned.append(arn)


@pytest.fixture
def clients() -> Clients:
    return Clients()


def declared(name: str = "s", **options: Any) -> DeclaredSecret:
    return DeclaredSecret(**{"name": name, "regions": [HOME], "algorithm": "aes128", **options})


def observe(clients: Clients, *secrets: DeclaredSecret, timeout: int = 0, keyring: Keyring | None = None) -> Any:
    return Observer(clients, keyring or Keyring(set()), timeout).observe(secrets)


# what is told of a secret


def test_what_is_not_there(clients: Clients) -> None:
    assert observe(clients, declared(regions=[HOME, AWAY])) == {"s": {HOME: None, AWAY: None}}
    assert observe(clients) == {}


@pytest.mark.parametrize(
    ("told", "observed"),
    [
        ({}, {}),
        (
            {
                "Description": "d",
                "KmsKeyId": "alias/video",
                "Tags": [{"Key": "a", "Value": "1"}],
                "VersionIdsToStages": {"v1": ["AWSPREVIOUS"], "v2": ["mine", "AWSCURRENT"], "v3": ["AWSPENDING"]},
                "DeletedDate": "today",
                "RotationEnabled": True,
                "PrimaryRegion": AWAY,
            },
            {
                "fields": {"description": "d", "kms_key_id": "alias/video"},
                "tags": {"a": "1"},
                "version_id": "v2",
                "deletion_scheduled": True,
                "rotation_enabled": True,
                "primary_region": AWAY,
            },
        ),
        ({"KmsKeyId": "alias/aws/secretsmanager"}, {"fields": {"description": "", "kms_key_id": None}}),
        ({"VersionIdsToStages": {"v1": ["AWSPENDING"]}}, {"version_id": None}),
        ({"RotationEnabled": False}, {"rotation_enabled": False}),
    ],
)
def test_what_is_told_of_a_secret(clients: Clients, told: dict[str, Any], observed: dict[str, Any]) -> None:
    clients.regions[HOME].has("s", **told)
    assert observe(clients, declared()) == {"s": {HOME: ObservedSecret(arn("s"), **observed)}}


def test_secrets_and_regions_come_in_declared_order(clients: Clients) -> None:
    clients.regions[HOME].has("b")
    clients.regions[AWAY].has("a").has("b")
    found = observe(clients, declared("b", regions=[HOME, AWAY]), declared("a", regions=[AWAY, HOME]))
    assert [(name, region, bool(state)) for name, states in found.items() for region, state in states.items()] == [
        ("b", HOME, True),
        ("b", AWAY, True),
        ("a", AWAY, True),
        ("a", HOME, False),
    ]


def test_whose_secrets_they_are_tells_the_caller_s_account(clients: Clients) -> None:
    clients.regions[HOME].has("s")
    observe(clients, declared(), declared("t"))
    assert clients.learned == [arn("s")]


def test_what_cannot_be_looked_up_is_told(clients: Clients) -> None:
    clients.regions[HOME].refusing["describe_secret s"] = [error("AccessDeniedException")]
    with pytest.raises(ApiError) as failed:
        observe(clients, declared())
    assert failed.value.sentence() == (
        "Could not look up the secret s: AccessDeniedException: no (the caller needs secretsmanager:DescribeSecret)"
    )


# KMS keys are compared by what they are, by whatever names


@pytest.mark.parametrize(
    ("stored", "given", "same", "looked_up"),
    [
        ("alias/video", None, True, []),
        ("alias/video", "alias/video", True, []),
        ("alias/video", VIDEO_KEY["Arn"], True, [VIDEO_KEY["Arn"], "alias/video"]),
        (VIDEO_KEY["Arn"], "alias/video", True, ["alias/video", VIDEO_KEY["Arn"]]),
        ("alias/gone", "alias/video", False, ["alias/video", "alias/gone"]),
        ("alias/video", "", False, []),
        ("alias/video", "alias/aws/secretsmanager", False, []),
        ("alias/video", AWS_KEY["Arn"], False, [AWS_KEY["Arn"], "alias/video"]),
        (None, "alias/aws/secretsmanager", True, []),
        (None, "", True, []),
        (None, AWS_KEY["Arn"], True, [AWS_KEY["Arn"]]),
        (None, "alias/video", False, ["alias/video"]),
    ],
)
def test_kms_keys(clients: Clients, stored: str | None, given: str | None, same: bool, looked_up: list[str]) -> None:
    clients.regions[HOME].has("s", **({"KmsKeyId": stored} if stored else {}))
    found = observe(clients, declared(fields={} if given is None else {"kms_key_id": given}))
    assert found["s"][HOME].same_kms_key is same
    assert clients.regions[HOME].calls[1:] == [f"describe_key {key}" for key in looked_up]


def test_a_kms_key_that_does_not_exist(clients: Clients) -> None:
    clients.regions[AWAY].has("s")
    with pytest.raises(Refusal) as refused:
        observe(clients, declared(fields={"kms_key_id": "alias/nothing"}, regions=[AWAY]))
    assert str(refused.value) == (
        "There is no KMS key alias/nothing in eu-west-1; give the id, ARN or alias of a key of that Region."
    )


def test_the_kms_key_of_what_is_to_be_deleted_does_not_matter(clients: Clients) -> None:
    clients.regions[HOME].has("s")
    found = observe(clients, declared(fields={"kms_key_id": "alias/nothing"}, state=ABSENT))
    assert found["s"][HOME].same_kms_key


# values


@pytest.mark.parametrize(
    ("options", "told", "calls"),
    [
        ({}, {}, []),
        ({"generate": True}, {}, ["get_secret_value s"]),
        ({"fingerprints": True}, {}, ["get_secret_value s"]),
        ({"fingerprints": True, "state": ABSENT}, {}, []),
        ({"value": ONE}, {}, ["get_secret_value s"]),
        ({"value": ONE}, {"DeletedDate": "today"}, []),
        ({"value": ONE, "state": ABSENT}, {}, []),
    ],
)
def test_a_value_is_only_read_to_be_compared(clients: Clients, options: Any, told: Any, calls: list[str]) -> None:
    clients.regions[HOME].has("s", KEY, **told)
    found = observe(clients, declared(**options))
    assert clients.regions[HOME].calls[1:] == calls
    assert found["s"][HOME].value == (ONE if calls else None)


@pytest.mark.parametrize(
    ("stored", "value"),
    [(KEY, ONE), (b"binary", keys.Value("", foreign="binary data")), (None, None)],
)
def test_what_is_known_of_a_value(clients: Clients, stored: Any, value: keys.Value | None) -> None:
    clients.regions[HOME].has("s", stored)
    assert observe(clients, declared(value=TWO))["s"][HOME].value == value


def test_copies_in_other_regions_are_read_there(clients: Clients) -> None:
    clients.regions[HOME].has("s", KEY)
    clients.regions[AWAY].has("s", OTHER_KEY)
    found = observe(clients, declared(regions=[HOME, AWAY]))
    assert (found["s"][HOME].value, found["s"][AWAY].value) == (ONE, TWO)
    assert {region.calls[1] for region in clients.regions.values()} == {"get_secret_value s"}


def test_several_values_of_a_region_are_read_in_one_call(clients: Clients) -> None:
    clients.regions[HOME].has("a", KEY).has("b", OTHER_KEY).has("c", KEY)
    found = observe(clients, declared("a", value=ONE), declared("b", value=ONE), declared("c"))
    assert clients.regions[HOME].calls[3:] == ["batch_get_secret_value a,b"]
    assert [found[name][HOME].value for name in "abc"] == [ONE, TWO, None]


def test_twenty_at_a_time(clients: Clients) -> None:
    names = [f"s{number}" for number in range(41)]
    for name in names:
        clients.regions[HOME].has(name, KEY)
    found = observe(clients, *(declared(name, value=ONE) for name in names))
    assert clients.regions[HOME].calls[41:] == [
        f"batch_get_secret_value {','.join(names[start : start + 20])}" for start in (0, 20, 40)
    ]
    assert {states[HOME].value for states in found.values()} == {ONE}


def test_what_is_left_out_of_the_answer_is_read_alone(clients: Clients) -> None:
    """It comes without a reason there."""
    clients.regions[HOME].has("a", KEY).has("b").has("c", OTHER_KEY)
    found = observe(clients, *(declared(name, value=ONE) for name in "abc"))
    assert clients.regions[HOME].calls[3:] == ["batch_get_secret_value a,b,c", "get_secret_value b"]
    assert [found[name][HOME].value for name in "abc"] == [ONE, None, TWO]


def test_who_may_not_read_several_at_once_reads_them_one_by_one(clients: Clients) -> None:
    clients.regions[HOME].has("a", KEY).has("b", OTHER_KEY)
    clients.regions[HOME].refusing["batch_get_secret_value a,b"] = [error("AccessDeniedException")]
    found = observe(clients, *(declared(name, value=ONE) for name in "ab"))
    assert clients.regions[HOME].calls[3:] == ["get_secret_value a", "get_secret_value b"]
    assert [found[name][HOME].value for name in "ab"] == [ONE, TWO]


@pytest.mark.parametrize(
    ("operation", "code"),
    [("batch_get_secret_value a,b", "InternalServiceError"), ("get_secret_value b", "AccessDeniedException")],
)
def test_values_that_cannot_be_read_are_told(clients: Clients, operation: str, code: str) -> None:
    clients.regions[HOME].has("a", KEY).has("b")
    clients.regions[HOME].refusing[operation] = [error(code)]
    with pytest.raises(ApiError, match="Could not read the value"):
        observe(clients, *(declared(name, value=ONE) for name in "ab"))


def test_values_are_masked_and_the_first_key_is_kept_for_all_regions(clients: Clients) -> None:
    masked: set[str] = set()
    keyring = Keyring(masked)
    clients.regions[HOME].has("s", "no key")
    clients.regions[AWAY].has("s", f"{KEY}\n")
    observe(clients, declared(regions=[HOME, AWAY]), keyring=keyring)
    assert keyring.key("s", "aes128", make=False) == KEY
    assert KEY in masked
    assert "no key" not in masked


# what was restored a moment ago


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 0.001
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_what_cannot_be_read_yet_is_waited_for(clients: Clients) -> None:
    clients.regions[HOME].has("s", KEY)
    clients.regions[HOME].refusing["get_secret_value s"] = [error("InvalidRequestException")] * 3
    with mock.patch.object(wait, "time", Clock()):
        found = observe(clients, declared(value=TWO), timeout=120)
    assert found["s"][HOME].value == ONE
    assert clients.regions[HOME].calls.count("get_secret_value s") == 4


@pytest.mark.parametrize(
    ("code", "timeout", "calls"),
    [("InvalidRequestException", 10, 6), ("InvalidRequestException", 0, 1), ("DecryptionFailure", 10, 1)],
)
def test_but_not_for_ever_and_not_in_vain(clients: Clients, code: str, timeout: int, calls: int) -> None:
    clients.regions[HOME].has("s", KEY)
    clients.regions[HOME].refusing["get_secret_value s"] = [error(code)] * 99
    with mock.patch.object(wait, "time", Clock()), pytest.raises(ApiError, match="Could not read the value"):
        observe(clients, declared(value=TWO), timeout=timeout)
    assert clients.regions[HOME].calls.count("get_secret_value s") == calls
