# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that MediaConnect assumes: what is read from IAM, mended, shared, refused. Read back by boto3."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e import trust_roles
from tests.e2e.trust_roles import (
    ACCOUNT,
    FLOW_ARN,
    KEY,
    NAME,
    OTHER_ACCOUNT,
    POLICY_ARN,
    POLICY_NAME,
    ROLE_ARN,
    SOURCE_ARN,
    Iam,
    Module,
    calls,
)


@pytest.fixture
def role(emulator: Emulator, tmp_path: Path) -> Module:
    return Module(emulator, tmp_path)


@pytest.fixture
def iam(emulator: Emulator) -> Iam:
    return Iam(emulator)


@pytest.fixture
def make_secret(emulator: Emulator) -> Callable[..., str]:
    return lambda *arguments, **options: trust_roles.make_secret(emulator, *arguments, **options)


@pytest.fixture
def secret(make_secret: Callable[..., str]) -> str:
    return make_secret("2018-12-01_baseball-game-source")


class TestOptions:
    def test_what_is_left_out_stays(self, role: Module, iam: Iam, secret: str) -> None:
        boundary = iam.make_policy("MediaBoundary")
        key = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
        made = role(
            description="d",
            permissions_boundary="MediaBoundary",
            max_session_duration=7200,
            tags={"a": "b"},
            secrets=[secret],
            kms_keys=[key],
            flows=["BaseballGame"],
        )
        assert made.role["permissions_boundary"] == boundary
        # Nor does it have to be said again what its policy is called.
        assert role(policy_name=None).changed == 0
        assert iam.role()["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
        assert role(permissions_boundary="", tags={}).changed == 1
        assert "PermissionsBoundary" not in iam.role()
        assert iam.role().get("Tags", []) == iam.policy().get("Tags", []) == []

    def test_a_role_under_a_path(self, role: Module, iam: Iam, secret: str) -> None:
        options = {"name": NAME, "policy_name": None, "secrets": [secret], "flows": [FLOW_ARN]}
        made = role(**options, path="/media/")
        assert made.role["arn"] == iam.role()["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/media/{NAME}"
        policy_arn = f"arn:aws:iam::{ACCOUNT}:policy/media/SecretsManagerForMediaConnect-{NAME}"
        assert made.role["policy_arn"] == policy_arn
        assert iam.attached() == [policy_arn]
        assert "CloudFormation" in made.warnings
        # The ARN of what was returned can be declared again.
        again = role(**{**options, "name": made.role["arn"]})
        assert (again.changed, again.warnings) == (0, "")
        assert "lies under the path /media/, not /other/" in role(**options, path="/other/").message
        assert role(**{**options, "state": "absent"}).role["action"] == "deleted"

    def test_the_placeholder_of_a_secret_that_is_yet_to_be_made(self, role: Module, secret: str) -> None:
        placeholder = secret[:-6] + "??????"
        predicted = role(check=True, secrets=[placeholder], flows=["BaseballGame"])
        assert predicted.role["permissions_policy"]["Statement"][0]["Resource"] == [placeholder]
        made = role(secrets=[secret], flows=["BaseballGame"]).role
        made["permissions_policy"]["Statement"][0]["Resource"] = [placeholder]
        assert made == predicted.role


class TestAccess:
    """What MediaConnect could read through the role, judged from the policies as they are."""

    def test_is_to_the_declared_secret_for_the_declared_flow(
        self, role: Module, emulator: Emulator, secret: str, make_secret: Callable[..., str]
    ) -> None:
        another = make_secret("another")
        theirs = make_secret("2018-12-01_baseball-game-source", OTHER_ACCOUNT)
        role(secrets=[secret], flows=["BaseballGame"]).ok()
        assert emulator.could_read(ROLE_ARN, secret, FLOW_ARN, "aes256")["allowed"]
        assert not emulator.could_read(ROLE_ARN, another, FLOW_ARN)["allowed"]
        assert not emulator.could_read(ROLE_ARN, theirs, FLOW_ARN)["allowed"]
        assert not emulator.could_read(ROLE_ARN, secret, FLOW_ARN.replace("BaseballGame", "TennisFinal"))["allowed"]
        assert not emulator.could_read(ROLE_ARN, secret, FLOW_ARN.replace(ACCOUNT, OTHER_ACCOUNT))["allowed"]

    def test_outlives_the_flow_that_is_made_anew(self, role: Module, emulator: Emulator, secret: str) -> None:
        role(secrets=[secret], flows=[FLOW_ARN]).ok()
        anew = FLOW_ARN.replace("1-23aBC45dEF67hiJ8", "1-99zYX88wVU77tsR6")
        assert emulator.could_read(ROLE_ARN, secret, anew)["allowed"]

    def test_needs_the_key_that_encrypts_the_secret(self, role: Module, emulator: Emulator, iam: Iam) -> None:
        kms = emulator.client("kms")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName="alias/video", TargetKeyId=key)
        client = emulator.client("secretsmanager")
        secret = client.create_secret(Name="with-a-key", SecretString=KEY, KmsKeyId=key)["ARN"]
        role(secrets=[secret], kms_keys=["alias/video"], flows=["BaseballGame"]).ok()
        assert iam.document()["Statement"][1] == {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [key],
            "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-west-2.amazonaws.com"}},
        }
        assert emulator.could_read(ROLE_ARN, secret, FLOW_ARN)["allowed"]
        assert role(kms_keys=[key]).changed == 0
        assert "there is no KMS key alias/other in us-west-2" in role(kms_keys=["alias/other"]).message

    @pytest.mark.slow
    def test_for_speke_alone_has_no_conditions(self, role: Module, iam: Iam) -> None:
        made = role(speke_apis=["1abcdefghi"])
        assert (iam.condition(), made.warnings) == (None, "")
        assert iam.document()["Statement"] == [
            {
                "Effect": "Allow",
                "Action": ["execute-api:Invoke"],
                "Resource": [f"arn:aws:execute-api:us-west-2:{ACCOUNT}:1abcdefghi/*/POST/*"],
            }
        ]
        assert role(speke_apis=["1abcdefghi"]).changed == 0
        assert role(speke_apis=["1abcdefghi"], confused_deputy_protection=True).changed == 1
        assert iam.condition() == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}

    @pytest.mark.slow
    def test_too_wide_a_trust_is_warned_of(self, role: Module, secret: str) -> None:
        assert f"serves every flow of account {ACCOUNT}" in role(secrets=[secret]).warnings
        many = role(flows=[f"flow-{number:03}" for number in range(40)])
        assert "cannot name 40 flows in IAM's 2048 characters" in many.warnings
        assert many.role["trust_policy"]["Statement"][0]["Condition"]["ArnLike"] == {
            "aws:SourceArn": f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*"
        }


class TestMend:
    """What somebody else has done is found and put right."""

    @pytest.fixture
    def declared(self, role: Module, secret: str) -> dict[str, Any]:
        declared = {"secrets": [secret], "flows": ["BaseballGame"]}
        role(**declared).ok()
        return declared

    @pytest.mark.slow
    def test_trust(self, role: Module, iam: Iam, declared: dict[str, Any]) -> None:
        good = iam.role()["AssumeRolePolicyDocument"]
        statement = good["Statement"][0]
        for bad in (
            {**good, "Statement": [{**statement, "Principal": {"Service": "ec2.amazonaws.com"}}]},
            {**good, "Statement": [{name: value for name, value in statement.items() if name != "Condition"}]},
            {**good, "Statement": [statement, {**statement, "Principal": {"AWS": OTHER_ACCOUNT}}]},
        ):
            iam.write_trust(bad)
            assert role(**declared).changed == 1
            assert iam.role()["AssumeRolePolicyDocument"] == good
        statement["Principal"]["Service"] = [statement["Principal"]["Service"]]
        statement["Condition"]["StringEquals"] = {"AWS:SourceAccount": [ACCOUNT]}
        iam.write_trust(good)
        assert role(**declared).changed == 0

    def test_policy(self, role: Module, emulator: Emulator, iam: Iam, declared: dict[str, Any]) -> None:
        good = iam.document()
        foreign = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        iam.write_policy({**good, "Statement": [*good["Statement"], foreign]})
        mended = role(**declared)
        assert (iam.document(), mended.role["policy_version"]) == (good, "v3")

        iam.client.set_default_policy_version(PolicyArn=POLICY_ARN, VersionId="v2")
        assert role(**declared).changed == 1
        assert iam.document() == good

        iam.client.detach_role_policy(RoleName=NAME, PolicyArn=POLICY_ARN)
        assert role(**declared).changed == 1
        assert calls(emulator, writes_only=True) == ["iam:AttachRolePolicy"]
        assert iam.attached() == [POLICY_ARN]

    def test_the_oldest_of_five_versions_gives_way(self, role: Module, iam: Iam, declared: dict[str, Any]) -> None:
        good = iam.document()
        foreign = {**good, "Statement": [*good["Statement"], {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
        for _dummy in range(4):
            iam.write_policy(foreign)
        iam.client.set_default_policy_version(PolicyArn=POLICY_ARN, VersionId="v2")
        assert sorted(iam.versions()) == ["v1", "v2", "v3", "v4", "v5"]
        assert role(**declared).changed == 1
        assert sorted(iam.versions()) == ["v2", "v3", "v4", "v5", "v6"]
        assert iam.document() == good
        assert role(state="absent").changed == 1
        assert iam.names()[1] == []

    def test_foreign_policies_stay_unless_purged(self, role: Module, iam: Iam, declared: dict[str, Any]) -> None:
        foreign = iam.make_policy("Foreign")
        iam.client.attach_role_policy(RoleName=NAME, PolicyArn=foreign)
        inline = json.dumps(iam.document())
        iam.client.put_role_policy(RoleName=NAME, PolicyName="inline", PolicyDocument=inline)
        assert role(**declared).changed == 0
        purged = role(**declared, purge_policies=True)
        assert (purged.changed, iam.attached()) == (1, [POLICY_ARN])
        assert "inline policies too" in purged.warnings
        # Removing the role takes all of them down, and what belongs to others stays where it was.
        iam.client.attach_role_policy(RoleName=NAME, PolicyArn=foreign)
        iam.client.create_instance_profile(InstanceProfileName="profile")
        iam.client.add_role_to_instance_profile(InstanceProfileName="profile", RoleName=NAME)
        assert role(state="absent").changed == 1
        assert iam.names() == ([], ["Foreign"])


class TestAdding:
    """purge: false, and tasks of several Regions."""

    def test_keeps_what_is_served(self, role: Module, iam: Iam, make_secret: Callable[..., str]) -> None:
        first, second = make_secret("first"), make_secret("second")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        added = role(secrets=["second"], flows=["TennisFinal"], purge=False)
        assert added.role["action"] == "updated"
        assert iam.secrets() == sorted([first, second])
        assert iam.condition()["ArnLike"]["aws:SourceArn"] == [
            SOURCE_ARN,
            SOURCE_ARN.replace("BaseballGame", "TennisFinal"),
        ]
        assert role(secrets=["first"], flows=["BaseballGame"], purge=False).changed == 0
        assert role(secrets=["first"], flows=["BaseballGame"]).changed == 1
        assert iam.secrets() == [first]

    @pytest.mark.slow
    def test_regions_do_not_undo_each_other(self, role: Module, iam: Iam, make_secret: Callable[..., str]) -> None:
        here, there = make_secret("game"), make_secret("game", region="eu-west-1")
        west = {"secrets": ["game"], "flows": ["BaseballGame"]}
        europe = {**west, "region": "eu-west-1"}
        assert role(**west).changed == 1
        assert role(**europe).changed == 1
        assert iam.secrets() == sorted([here, there])
        assert role(**west).changed == role(**europe).changed == 0
        assert role(**{**west, "secrets": [], "flows": ["Other"]}).changed == 1
        assert iam.secrets() == [there]
        assert [arn.split(":")[3] for arn in iam.condition()["ArnLike"]["aws:SourceArn"]] == ["eu-west-1", "us-west-2"]

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "after",
        [
            pytest.param({"iam:GetPolicy"}, id="between reading and writing"),
            pytest.param(
                {"iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy"}, id="between writing and reading back"
            ),
        ],
    )
    def test_a_change_behind_its_back_is_merged(
        self, role: Module, emulator: Emulator, iam: Iam, make_secret: Callable[..., str], after: set[str]
    ) -> None:
        """Somebody who knows nothing of this run overwrites both policies."""
        first, second, theirs = make_secret("first"), make_secret("second"), make_secret("theirs")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        trust, document = iam.role()["AssumeRolePolicyDocument"], iam.document()
        trust["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"] = [SOURCE_ARN, f"{SOURCE_ARN}-theirs"]
        document["Statement"][0]["Resource"] = [first, theirs]
        emulator.clear_calls()
        emulator.fault("GetPolicyVersion", error=None, latency=1.0, service="iam")
        over = threading.Event()

        def overwrite() -> None:
            while not after <= set(calls(emulator)):
                if over.wait(0.02):
                    return
            iam.write_trust(trust)
            iam.write_policy(document)

        somebody = threading.Thread(target=overwrite)
        somebody.start()
        try:
            run = role(secrets=[second], flows=["TennisFinal"], purge=False)
        finally:
            over.set()
            somebody.join()
        assert iam.secrets() == sorted([first, second, theirs])
        served = iam.condition()["ArnLike"]["aws:SourceArn"]
        assert [arn.rsplit(":", 1)[1] for arn in served] == ["BaseballGame", "BaseballGame-theirs", "TennisFinal"]
        assert run.role["permissions_policy"] == iam.document()
        assert run.role["trust_policy"] == iam.role()["AssumeRolePolicyDocument"]


class TestShared:
    @pytest.mark.slow
    def test_a_policy_that_another_role_has_too(
        self, role: Module, emulator: Emulator, iam: Iam, make_secret: Callable[..., str]
    ) -> None:
        first, second = make_secret("first"), make_secret("second")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        iam.make_role("Other")
        iam.client.attach_role_policy(RoleName="Other", PolicyArn=POLICY_ARN)
        assert role(secrets=[first], flows=["BaseballGame"]).changed == 0
        refused = role(secrets=[second], flows=["BaseballGame"])
        assert f"The policy {POLICY_NAME} of the role {NAME} also serves role Other" in refused.message
        assert calls(emulator, writes_only=True) == []
        assert role(secrets=[second], allow_shared_policy=True).changed == 1
        assert iam.secrets() == [second]
        removed = role(state="absent")
        assert f"The policy {POLICY_NAME} is kept: it also serves role Other" in removed.warnings
        assert iam.names() == (["Other"], [POLICY_NAME])

    def test_two_roles_never_share_one_by_default(self, role: Module, iam: Iam, secret: str) -> None:
        for name in ("One", "Two"):
            role(name=name, policy_name=None, secrets=[secret], flows=["BaseballGame"]).ok()
        assert sorted(iam.names()[1]) == ["SecretsManagerForMediaConnect-One", "SecretsManagerForMediaConnect-Two"]


class TestInUse:
    @pytest.fixture
    def granted(self, role: Module, emulator: Emulator, secret: str) -> None:
        role(secrets=[secret], flows=["BaseballGame"]).ok()
        encryption = {"Algorithm": "aes256", "KeyType": "static-key", "RoleArn": ROLE_ARN, "SecretArn": secret}
        entitlement = {"Name": "AnyCompany", "Subscribers": [OTHER_ACCOUNT], "Encryption": encryption}
        emulator.client("mediaconnect").grant_flow_entitlements(FlowArn=FLOW_ARN, Entitlements=[entitlement])

    @pytest.mark.usefixtures("granted")
    def test_a_role_in_use_is_not_deleted(self, role: Module, emulator: Emulator, iam: Iam) -> None:
        for check in (True, False):
            refused = role(check, state="absent")
            assert f"The role {NAME} is used by entitlement AnyCompany of flow BaseballGame" in refused.message
            assert calls(emulator, writes_only=True) == []
        # Seen from another Region too, because its trust policy names the flow's.
        assert "entitlement AnyCompany" in role(state="absent", region="eu-west-1").message
        assert role(state="absent", force_in_use=True).changed == 1
        assert iam.names() == ([], [])

    @pytest.mark.usefixtures("granted")
    def test_nor_when_that_cannot_be_told(self, role: Module, emulator: Emulator, iam: Iam) -> None:
        emulator.fault("ListFlows", "ForbiddenException")
        refused = role(state="absent")
        assert f"Whether a flow still uses the role {NAME} cannot be told" in refused.message
        assert "mediaconnect:ListFlows" in refused.message
        assert iam.names()[0] == [NAME]

    def test_nor_a_role_of_somebody_else(self, role: Module, iam: Iam) -> None:
        iam.make_role(NAME)
        assert f"The role {NAME} does not trust MediaConnect" in role(state="absent").message
        assert iam.names()[0] == [NAME]


class TestFailures:
    def test_what_was_done_and_what_was_not_is_said_and_running_again_finishes(
        self, role: Module, emulator: Emulator, iam: Iam, secret: str
    ) -> None:
        wanted = {"secrets": [secret], "flows": ["BaseballGame"]}
        emulator.fault("AttachRolePolicy", "AccessDenied", service="iam")
        run = role(**wanted)
        assert f"role {NAME}: Could not attach the policy {POLICY_ARN} to the role {NAME}: AccessDenied" in run.message
        assert "(the caller needs iam:AttachRolePolicy)" in run.message
        assert run.result["done"] == [f"create the policy {POLICY_NAME}", f"create the role {NAME}"]
        assert run.result["not_done"] == [f"attach the policy {POLICY_NAME} to the role {NAME}"]
        assert role(**wanted).changed == 1
        assert iam.attached() == [POLICY_ARN]

    @pytest.mark.slow
    @pytest.mark.parametrize("operation", ["CreatePolicy", "CreateRole", "CreatePolicyVersion"])
    def test_a_lost_answer_is_not_repeated_blindly(
        self, role: Module, emulator: Emulator, iam: Iam, make_secret: Callable[..., str], operation: str
    ) -> None:
        first, second = make_secret("first"), make_secret("second")
        if operation == "CreatePolicyVersion":
            role(secrets=[first], flows=["BaseballGame"]).ok()
        emulator.fault(operation, error=None, after_effect=True, drop_connection=True, service="iam")
        run = role(secrets=[second], flows=["BaseballGame"])
        assert (run.changed, iam.secrets(), iam.attached()) == (1, [second], [POLICY_ARN])
        assert run.role["permissions_policy"] == iam.document()
        assert role(secrets=[second], flows=["BaseballGame"]).changed == 0

    @pytest.mark.parametrize(
        ("operation", "reason"),
        [
            ("CreatePolicy", f"The policy {POLICY_NAME} of the role {NAME} exists already, under another path"),
            ("CreateRole", f"A role whose name differs from {NAME} only in case exists already"),
        ],
    )
    def test_a_name_that_is_taken_elsewhere_is_said_plainly(
        self, role: Module, emulator: Emulator, secret: str, operation: str, reason: str
    ) -> None:
        emulator.fault(operation, "EntityAlreadyExists", service="iam")
        assert reason in role(secrets=[secret], flows=["BaseballGame"]).message

    def test_a_limit_that_stays_is_nobody_elses_change(
        self, role: Module, emulator: Emulator, make_secret: Callable[..., str]
    ) -> None:
        first, second = make_secret("first"), make_secret("second")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        emulator.fault("CreatePolicyVersion", "LimitExceeded", times=9, service="iam")
        message = role(secrets=[second]).message
        assert "LimitExceeded" in message
        assert "somebody else" not in message

    @pytest.mark.slow
    def test_another_writers_version_is_no_failure(
        self, role: Module, emulator: Emulator, iam: Iam, make_secret: Callable[..., str]
    ) -> None:
        first, second = make_secret("first"), make_secret("second")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        emulator.fault("CreatePolicyVersion", "DeleteConflict", service="iam")
        assert role(secrets=[second]).changed
        assert iam.secrets() == [second]

    @pytest.mark.slow
    def test_iam_asking_to_try_again_is_no_failure(self, role: Module, emulator: Emulator, secret: str) -> None:
        emulator.fault("CreateRole", "ConcurrentModification", times=2, service="iam")
        assert role(secrets=[secret], flows=["BaseballGame"]).changed == 1
