# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each operation sends, what it makes of the answer, and how patient it is."""

from __future__ import annotations

from typing import Any
from unittest import mock
from unittest.mock import MagicMock, call

import pytest
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile import wait
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal, Unit, WorldChanged
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets import keys
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.apply import Applier
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.keys import Keyring
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import DeclaredSecret

HOME, AWAY = "us-west-2", "eu-west-1"
KEY = "0123456789abcdef" * 2
FINGERPRINT = keys.describe(KEY, "aes128").fingerprint
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-7g8H9i"
PREDICTED = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-??????"


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


class Clients:
    """A client of Secrets Manager for each Region, which answers as if all were well."""

    def __init__(self) -> None:
        self.regions = {HOME: MagicMock(), AWAY: MagicMock()}
        for client in self.regions.values():
            client.create_secret.return_value = {"ARN": ARN, "VersionId": "v1"}
            client.put_secret_value.return_value = {"VersionId": "v2"}

    def get(self, service: str, region: str) -> MagicMock:
        assert service == "secretsmanager"
        return self.regions[region]


@pytest.fixture
def clients() -> Clients:
    return Clients()


@pytest.fixture
def away(clients: Clients) -> MagicMock:
    """The Region in which all but the other copies are."""
    return clients.regions[AWAY]


def declared(**options: Any) -> DeclaredSecret:
    return DeclaredSecret(**{"name": "s", "regions": [HOME, AWAY], "algorithm": "aes128", **options})


def keyring(**values: str) -> Keyring:
    """A keyring with these values, by name of the secret."""
    made = Keyring(set())
    for name, value in values.items():
        made.keep(name, value, "aes128")
    return made


def apply(
    clients: Clients,
    operation: str,
    unit: Unit | None = None,
    known: Keyring | None = None,
    timeout: int = 0,
    **params: Any,
) -> Unit:
    """Carry one operation out, on a secret that is to have this key; returns its unit."""
    unit = unit or Unit("secret s in eu-west-1", after={"arn": PREDICTED, "version_id": None, "key_fingerprint": None})
    Applier(clients, known or keyring(s=KEY), timeout).operations[operation](unit, **params)
    return unit


# create


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, {}),
        ({"fields": {"description": "", "kms_key_id": ""}, "tags": {}}, {}),
        (
            {"fields": {"description": "d", "kms_key_id": "alias/video"}, "tags": {"a": "1", "b": ""}},
            {
                "Description": "d",
                "KmsKeyId": "alias/video",
                "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}],
            },
        ),
    ],
)
def test_create(clients: Clients, away: MagicMock, options: dict[str, Any], sent: dict[str, Any]) -> None:
    unit = apply(clients, "create", secret=declared(**options), region=AWAY, generate=False)
    away.create_secret.assert_called_once_with(
        Name="s", SecretString=KEY, ClientRequestToken=away.create_secret.call_args.kwargs["ClientRequestToken"], **sent
    )
    assert unit.after == {"arn": ARN, "version_id": "v1", "key_fingerprint": FINGERPRINT}
    assert unit.learned == {PREDICTED: ARN}
    assert away.mock_calls == [call.create_secret(**away.create_secret.call_args.kwargs)]


def test_a_key_that_is_made_is_the_same_in_every_region(clients: Clients) -> None:
    known, secret = Keyring(set()), declared(algorithm="aes256")
    apply(clients, "put_value", known=known, secret=secret, arn=ARN.replace(AWAY, HOME), generate=True)
    apply(clients, "create", known=known, secret=secret, region=AWAY, generate=True)
    here = clients.regions[HOME].put_secret_value.call_args.kwargs["SecretString"]
    there = clients.regions[AWAY].create_secret.call_args.kwargs["SecretString"]
    assert here == there == keys.normalise(here, "aes256", "secret s")


@pytest.mark.parametrize(("operation", "where"), [("create", {"region": AWAY}), ("put_value", {"arn": ARN})])
def test_no_key_is_made_unasked(clients: Clients, away: MagicMock, operation: str, where: dict[str, str]) -> None:
    with pytest.raises(Refusal, match="was to come from its copy"):
        apply(clients, operation, known=Keyring(set()), secret=declared(), generate=False, **where)
    assert away.mock_calls == []


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 0.001
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("code", ["InvalidRequestException", "ResourceExistsException"])
@pytest.mark.parametrize("found", [{"ARN": "arn:old", "DeletedDate": "today"}, None])
def test_a_name_that_is_free_again_soon_is_waited_for(clients: Clients, away: MagicMock, code: str, found: Any) -> None:
    """Each try is the same request for AWS, whose answer to the one before may have been lost."""
    away.create_secret.side_effect = [error(code), error(code), away.create_secret.return_value]
    away.describe_secret.side_effect = [found or error("ResourceNotFoundException")] * 2
    with mock.patch.object(wait, "time", Clock()):
        unit = apply(clients, "create", timeout=120, secret=declared(), region=AWAY, generate=False)
    assert unit.after["arn"] == ARN
    assert away.describe_secret.call_args == call(SecretId="s")
    tokens = [one.kwargs["ClientRequestToken"] for one in away.create_secret.call_args_list]
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert 32 <= len(tokens[0]) <= 64


@pytest.mark.parametrize(("timeout", "tries"), [(0, 1), (10, 6)])
def test_but_not_for_ever(clients: Clients, away: MagicMock, timeout: int, tries: int) -> None:
    away.create_secret.side_effect = error("InvalidRequestException")
    away.describe_secret.return_value = {"ARN": "arn:old", "DeletedDate": "today"}
    with mock.patch.object(wait, "time", Clock()), pytest.raises(ApiError, match="Could not create the secret s"):
        apply(clients, "create", timeout=timeout, secret=declared(), region=AWAY, generate=False)
    assert away.create_secret.call_count == tries


def test_what_somebody_else_has_made_meanwhile_is_looked_at_again(clients: Clients, away: MagicMock) -> None:
    away.create_secret.side_effect = error("ResourceExistsException")
    away.describe_secret.return_value = {"ARN": ARN}
    with pytest.raises(WorldChanged) as changed:
        apply(clients, "create", timeout=120, secret=declared(), region=AWAY, generate=False)
    assert changed.value.done is False
    assert away.create_secret.call_count == 1


def test_what_cannot_be_created_for_another_reason_is_told_at_once(clients: Clients, away: MagicMock) -> None:
    away.create_secret.side_effect = error("LimitExceededException")
    with pytest.raises(ApiError, match="Could not create the secret s"):
        apply(clients, "create", timeout=120, secret=declared(), region=AWAY, generate=False)
    assert away.create_secret.call_count == 1
    assert away.describe_secret.call_count == 0


def test_nothing_is_learned_of_what_is_not_created(clients: Clients, away: MagicMock) -> None:
    away.create_secret.side_effect = error("LimitExceededException")
    unit = Unit("secret s in eu-west-1", after={"arn": PREDICTED})
    with pytest.raises(ApiError):
        apply(clients, "create", unit, secret=declared(), region=AWAY, generate=False)
    assert (unit.after, unit.learned) == ({"arn": PREDICTED}, {})


# the others


def test_store_a_value(clients: Clients, away: MagicMock) -> None:
    unit = apply(clients, "put_value", secret=declared(), arn=ARN, generate=False)
    sent = away.put_secret_value.call_args.kwargs
    assert away.mock_calls == [call.put_secret_value(**sent)]
    assert sent == {"SecretId": ARN, "SecretString": KEY, "ClientRequestToken": sent["ClientRequestToken"]}
    assert unit.after == {"arn": PREDICTED, "version_id": "v2", "key_fingerprint": FINGERPRINT}


def test_each_value_has_a_token_of_its_own(clients: Clients, away: MagicMock) -> None:
    """With the token of an earlier version AWS would take a value that comes back for that version."""
    for dummy in range(2):
        apply(clients, "put_value", secret=declared(), arn=ARN, generate=False)
    first, second = (one.kwargs["ClientRequestToken"] for one in away.put_secret_value.call_args_list)
    assert first != second


@pytest.mark.parametrize(("operation", "where"), [("create", {"region": AWAY}), ("put_value", {"arn": ARN})])
def test_a_password_has_no_fingerprint(clients: Clients, operation: str, where: dict[str, str]) -> None:
    unit = apply(clients, operation, secret=declared(algorithm="srt-password"), generate=False, **where)
    assert unit.after["version_id"]
    assert unit.after["key_fingerprint"] is None


@pytest.mark.parametrize("look_again", [True, False])
def test_restore(clients: Clients, away: MagicMock, look_again: bool) -> None:
    if look_again:
        with pytest.raises(WorldChanged) as changed:
            apply(clients, "restore", arn=ARN, look_again=True)
        assert changed.value.done is True
    else:
        apply(clients, "restore", arn=ARN, look_again=False)
    assert away.mock_calls == [call.restore_secret(SecretId=ARN)]


def test_what_cannot_be_restored_is_not_looked_at_again(clients: Clients, away: MagicMock) -> None:
    away.restore_secret.side_effect = error("AccessDeniedException")
    with pytest.raises(ApiError, match="Could not restore"):
        apply(clients, "restore", arn=ARN, look_again=True)


@pytest.mark.parametrize(
    ("operation", "params", "calls"),
    [
        ("update", {"changes": {"description": ""}}, [call.update_secret(SecretId=ARN, Description="")]),
        (
            "update",
            {"changes": {"description": "d", "kms_key_id": "alias/video"}},
            [call.update_secret(SecretId=ARN, Description="d", KmsKeyId="alias/video")],
        ),
        (
            "tag",
            {"to_set": {"a": "1"}, "to_remove": ["b", "c"]},
            [
                call.untag_resource(SecretId=ARN, TagKeys=["b", "c"]),
                call.tag_resource(SecretId=ARN, Tags=[{"Key": "a", "Value": "1"}]),
            ],
        ),
        (
            "tag",
            {"to_set": {"a": ""}, "to_remove": []},
            [call.tag_resource(SecretId=ARN, Tags=[{"Key": "a", "Value": ""}])],
        ),
        ("tag", {"to_set": {}, "to_remove": ["b"]}, [call.untag_resource(SecretId=ARN, TagKeys=["b"])]),
        (
            "delete",
            {"recovery_window_in_days": 7},
            [call.delete_secret(SecretId=ARN, RecoveryWindowInDays=7)],
        ),
        (
            "delete",
            {"recovery_window_in_days": None},
            [call.delete_secret(SecretId=ARN, ForceDeleteWithoutRecovery=True)],
        ),
    ],
)
def test_what_is_sent_to_the_region_of_the_secret(
    clients: Clients, away: MagicMock, operation: str, params: dict[str, Any], calls: list[Any]
) -> None:
    unit = apply(clients, operation, arn=ARN, **params)
    assert away.mock_calls == calls
    assert clients.regions[HOME].mock_calls == []
    assert unit.after == {"arn": PREDICTED, "version_id": None, "key_fingerprint": None}
