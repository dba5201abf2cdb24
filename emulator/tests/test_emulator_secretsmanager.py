# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Secrets Manager refuses and moto does not."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from emulator.tests.test_emulator_keys import FLOW, REGION, ROLE, Setup, allow, document
from emulator.tests.world import UNCHECKED, refused
from mediaconnect_emulator.client import Emulator


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("put_secret_value", {"SecretString": "x"}),
        ("update_secret", {"Description": "x"}),
        ("tag_resource", {"Tags": [{"Key": "a", "Value": "b"}]}),
        ("untag_resource", {"TagKeys": ["a"]}),
        ("put_resource_policy", {"ResourcePolicy": document(allow("*", "*", Principal="*"))}),
        ("delete_resource_policy", {}),
        ("get_secret_value", {}),
    ],
)
def test_a_secret_scheduled_for_deletion_cannot_be_changed(
    secrets: Any, operation: str, params: dict[str, Any]
) -> None:
    """Secrets Manager API Reference, InvalidRequestException: "The secret is scheduled for deletion"."""
    secrets.create_secret(Name="key", SecretString="x")
    secrets.delete_secret(SecretId="key")
    with refused("InvalidRequestException", 400):
        getattr(secrets, operation)(SecretId="key", **params)
    with refused("InvalidRequestException", 400):
        secrets.create_secret(Name="key", SecretString="x")
    assert secrets.describe_secret(SecretId="key")["DeletedDate"]
    secrets.restore_secret(SecretId="key")
    assert secrets.get_secret_value(SecretId="key")["SecretString"] == "x"


@pytest.mark.parametrize("name", ["bad name", "bang!", "star*", "", "n" * 513, "ä"])
def test_a_secret_name_has_few_characters(secrets: Any, name: str) -> None:
    """Secrets Manager API Reference, CreateSecret: ASCII letters, digits and ``/_+=.@-``."""
    with refused("ValidationException", 400):
        secrets.create_secret(Name=name, SecretString="x")


def test_a_missing_secret_is_a_400(secrets: Any) -> None:
    """Secrets Manager's protocol is JSON: its errors have status 400."""
    with refused("ResourceNotFoundException", 400):
        secrets.describe_secret(SecretId="missing")


def test_a_description_can_be_emptied(secrets: Any) -> None:
    """Secrets Manager API Reference, UpdateSecret."""
    secrets.create_secret(Name="key", SecretString="x", Description="before")
    secrets.update_secret(SecretId="key", Description="")
    assert "Description" not in secrets.describe_secret(SecretId="key")


@pytest.mark.parametrize("policy", ["{", "[]", "{}", '{"Statement": [{"Effect": "Maybe"}]}', document(allow("*", "*"))])
def test_a_malformed_resource_policy_is_refused(secrets: Any, policy: str) -> None:
    secrets.create_secret(Name="key", SecretString="x")
    with refused("MalformedPolicyDocumentException", 400):
        secrets.put_resource_policy(SecretId="key", ResourcePolicy=policy)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Description": "d" * 2049}, id="a long description"),
        pytest.param({"ClientRequestToken": "short"}, id="a short token"),
        pytest.param({"Tags": [{"Key": "k" * 129, "Value": ""}]}, id="a long tag key"),
        pytest.param({"Tags": {"event": "baseball"}}, id="tags as a map"),
        pytest.param({"SecretSring": "x"}, id="a misspelt member"),
    ],
)
def test_a_secret_fits_the_model(secrets: Any, emulator: Emulator, change: dict[str, Any]) -> None:
    """Secrets Manager's service model; ValidationException, 400."""
    body = json.dumps({"Name": "key", "SecretString": "x", **change}).encode()
    keys = emulator.credentials()["aws_access_key_id"]
    headers = {
        "X-Amz-Target": "secretsmanager.CreateSecret",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={keys}/20260101/us-west-2/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
    }
    with pytest.raises(HTTPError) as caught:
        urlopen(HttpRequest(emulator.endpoint, body, headers))
    with caught.value as answer:
        assert (answer.code, json.load(answer)["__type"]) == (400, "ValidationException")
    assert secrets.list_secrets()["SecretList"] == []


@pytest.mark.parametrize("operation", ["create_secret", "tag_resource"])
def test_a_secret_has_fifty_tags_of_its_own(secrets: Any, operation: str) -> None:
    """Secrets Manager User Guide, quotas: 50 tags; API Reference, Tag: "Do not use the aws: prefix"."""
    if operation == "tag_resource":
        secrets.create_secret(Name="key", SecretString="x", Tags=[{"Key": "k0", "Value": "old"}])
    call, name = getattr(secrets, operation), {"Name" if operation == "create_secret" else "SecretId": "key"}
    for wrong in ([{"Key": "AWS:owner", "Value": "x"}], [{"Key": f"k{number}", "Value": ""} for number in range(51)]):
        with refused("InvalidParameterException", 400):
            call(**name, Tags=wrong)
    call(**name, Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])
    assert len(secrets.describe_secret(SecretId="key")["Tags"]) == 50
    with refused("InvalidParameterException", 400):
        secrets.tag_resource(SecretId="key", Tags=[{"Key": "one-more", "Value": ""}])


class TestKmsKey:
    """Secrets Manager API Reference, EncryptionFailure: "Check that the KMS key is available, enabled, and not in an invalid state"."""

    @pytest.fixture
    def kms(self, emulator: Emulator) -> Any:
        return emulator.client("kms", config=UNCHECKED)

    @pytest.fixture
    def key(self, kms: Any) -> dict[str, str]:
        """A KMS key by each of its names."""
        made = kms.create_key()["KeyMetadata"]
        kms.create_alias(AliasName="alias/media", TargetKeyId=made["KeyId"])
        alias = made["Arn"].rsplit(":", 1)[0] + ":alias/media"
        return {"id": made["KeyId"], "ARN": made["Arn"], "alias": "alias/media", "alias ARN": alias}

    @pytest.mark.parametrize(
        "missing",
        [
            "alias/none",
            "1a2b3c4d-5e6f-4a1b-9c3d-1a2b3c4d5e6f",
            f"arn:aws:kms:{REGION}:111122223333:key/1a2b3c4d-5e6f-4a1b-9c3d-1a2b3c4d5e6f",
        ],
    )
    def test_is_there(self, secrets: Any, missing: str) -> None:
        """The code is that of a public report: hashicorp/terraform-provider-aws#13303."""
        with refused("InvalidParameterException", 400):
            secrets.create_secret(Name="key", SecretString="x", KmsKeyId=missing)
        secrets.create_secret(Name="key", SecretString="x")
        with refused("InvalidParameterException", 400):
            secrets.update_secret(SecretId="key", KmsKeyId=missing)

    def test_is_in_the_secrets_own_region(self, emulator: Emulator, secrets: Any) -> None:
        elsewhere = emulator.client("kms", region="eu-west-1").create_key()["KeyMetadata"]["Arn"]
        with refused("InvalidParameterException", 400):
            secrets.create_secret(Name="key", SecretString="x", KmsKeyId=elsewhere)

    def test_may_be_another_accounts(self, emulator: Emulator, secrets: Any) -> None:
        theirs = emulator.client("kms", account="444455556666").create_key()["KeyMetadata"]["Arn"]
        secrets.create_secret(Name="key", SecretString="x", KmsKeyId=theirs)

    @pytest.mark.parametrize("name", ["id", "ARN", "alias", "alias ARN"])
    @pytest.mark.parametrize("state", ["disabled", "pending deletion"])
    def test_is_enabled(self, secrets: Any, kms: Any, key: dict[str, str], name: str, state: str) -> None:
        secrets.create_secret(Name="old", SecretString="x", KmsKeyId=key[name])
        secrets.create_secret(Name="empty")
        if state == "disabled":
            kms.disable_key(KeyId=key["ARN"])
        else:
            kms.schedule_key_deletion(KeyId=key["ARN"], PendingWindowInDays=7)
        with refused("EncryptionFailure", 400):
            secrets.create_secret(Name="new", SecretString="x", KmsKeyId=key[name])
        with refused("EncryptionFailure", 400):
            secrets.update_secret(SecretId="empty", KmsKeyId=key[name])
        with refused("EncryptionFailure", 400):
            secrets.put_secret_value(SecretId="old", SecretString="y")
        with refused("DecryptionFailure", 400):
            secrets.get_secret_value(SecretId="old")
        if state == "pending deletion":
            kms.cancel_key_deletion(KeyId=key["ARN"])
        kms.enable_key(KeyId=key["ARN"])
        assert secrets.get_secret_value(SecretId="old")["SecretString"] == "x"


class TestReplica:
    """Secrets Manager User Guide, replica secrets; the two sentences are in many public reports, such as gruntwork-io/cloud-nuke#435."""

    REGION = "eu-west-1"

    @pytest.fixture
    def replica(self, emulator: Emulator, secrets: Any) -> Any:
        """Secrets Manager in the Region of a replica of the secret that is called key."""
        secrets.create_secret(Name="key", SecretString="0" * 64, AddReplicaRegions=[{"Region": self.REGION}])
        return emulator.client("secretsmanager", region=self.REGION, config=UNCHECKED)

    @pytest.mark.parametrize("how", [{}, {"ForceDeleteWithoutRecovery": True}])
    def test_keeps_the_primary_secret_from_being_deleted(self, secrets: Any, replica: Any, how: dict[str, Any]) -> None:
        with refused("InvalidParameterException", 400):
            secrets.delete_secret(SecretId="key", **how)
        answer = secrets.remove_regions_from_replication(SecretId="key", RemoveReplicaRegions=[self.REGION])
        assert answer["ARN"] == secrets.describe_secret(SecretId="key")["ARN"]
        secrets.delete_secret(SecretId="key", **how)

    @pytest.mark.parametrize(
        ("operation", "params"),
        [
            ("delete_secret", {}),
            ("delete_secret", {"ForceDeleteWithoutRecovery": True}),
            ("restore_secret", {}),
            ("put_secret_value", {"SecretString": "x"}),
            ("update_secret", {"Description": "x"}),
            ("update_secret_version_stage", {"VersionStage": "OLD"}),
            ("tag_resource", {"Tags": [{"Key": "a", "Value": "b"}]}),
            ("untag_resource", {"TagKeys": ["a"]}),
            ("put_resource_policy", {"ResourcePolicy": "{"}),
            ("put_resource_policy", {"ResourcePolicy": document(allow("*", "*", Principal="*"))}),
            ("delete_resource_policy", {}),
        ],
    )
    def test_is_changed_in_the_primary_region_alone(self, replica: Any, operation: str, params: dict[str, Any]) -> None:
        with refused("InvalidParameterException", 400):
            getattr(replica, operation)(SecretId="key", **params)

    def test_can_be_read_and_shows_where_the_primary_is(self, secrets: Any, replica: Any) -> None:
        assert replica.get_secret_value(SecretId="key")["SecretString"] == "0" * 64
        assert replica.describe_secret(SecretId="key")["PrimaryRegion"] == REGION
        (status,) = secrets.describe_secret(SecretId="key")["ReplicationStatus"]
        assert (status["Region"], status["Status"]) == (self.REGION, "InSync")

    def test_has_the_primary_secrets_policy(self, secrets: Any, replica: Any) -> None:
        """A public report of a live test: lgallard/terraform-aws-secrets-manager#188."""
        policy = document(allow("secretsmanager:GetSecretValue", "*", Principal="*"))
        secrets.put_resource_policy(SecretId="key", ResourcePolicy=policy)
        assert json.loads(replica.get_resource_policy(SecretId="key")["ResourcePolicy"]) == json.loads(policy)

    def test_can_be_read_by_mediaconnect(self, emulator: Emulator) -> None:
        setup = Setup(emulator)
        setup.secrets.replicate_secret_to_regions(SecretId="key", AddReplicaRegions=[{"Region": self.REGION}])
        setup.trust(
            {"Effect": "Allow", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
        )
        setup.grant(allow("secretsmanager:*", "*"))
        there = setup.secret.replace(REGION, self.REGION)
        assert emulator.could_read(ROLE, there, FLOW.replace(REGION, self.REGION), "aes256")["allowed"]


@pytest.mark.parametrize(
    ("operation", "params"), [("put_resource_policy", {"ResourcePolicy": "{"}), ("list_secret_version_ids", {})]
)
def test_a_secret_is_looked_for_before_anything_is_judged(secrets: Any, operation: str, params: dict[str, Any]) -> None:
    """Secrets Manager API Reference: ResourceNotFoundException."""
    with refused("ResourceNotFoundException", 400):
        getattr(secrets, operation)(SecretId="missing", **params)


def test_a_value_is_not_repeated(secrets: Any) -> None:
    """Secrets Manager's service model: what is sensitive."""
    with pytest.raises(Exception, match="at 'secretString' failed to satisfy constraint") as caught:
        secrets.create_secret(Name="key", SecretString="k3y" * 30000)
    assert "k3yk3y" not in str(caught.value)
