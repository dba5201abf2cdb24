# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role that MediaConnect assumes, run as a user runs it and read back by boto3."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.sandbox import Run, Sandbox
from tests.emulator.client import Emulator

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
NAME = "MediaConnect-ASM"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{NAME}"
POLICY_NAME = "SecretsManagerForMediaConnect"
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{POLICY_NAME}"
FLOW_ARN = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
SOURCE_ARN = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:BaseballGame"
KEY = "0f" * 32
FOUR_READS = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]
NO_OP = [
    "sts:GetCallerIdentity",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
]


class Iam:
    """IAM as an independent reader, and as somebody else who meddles."""

    def __init__(self, emulator: Emulator):
        self.client = emulator.client("iam")

    def role(self, name: str = NAME) -> dict[str, Any]:
        return self.client.get_role(RoleName=name)["Role"]

    def condition(self, name: str = NAME) -> dict[str, Any]:
        return self.role(name)["AssumeRolePolicyDocument"]["Statement"][0].get("Condition")

    def policy(self, arn: str = POLICY_ARN) -> dict[str, Any]:
        return self.client.get_policy(PolicyArn=arn)["Policy"]

    def document(self, arn: str = POLICY_ARN) -> dict[str, Any]:
        version = self.policy(arn)["DefaultVersionId"]
        return self.client.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]

    def secrets(self, arn: str = POLICY_ARN) -> list[str]:
        return self.document(arn)["Statement"][0]["Resource"]

    def versions(self) -> list[str]:
        return [version["VersionId"] for version in self.client.list_policy_versions(PolicyArn=POLICY_ARN)["Versions"]]

    def attached(self, name: str = NAME) -> list[str]:
        found = self.client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        return [policy["PolicyArn"] for policy in found]

    def names(self) -> tuple[list[str], list[str]]:
        roles = [role["RoleName"] for role in self.client.list_roles()["Roles"]]
        return roles, [policy["PolicyName"] for policy in self.client.list_policies(Scope="Local")["Policies"]]

    def write_trust(self, document: dict[str, Any]) -> None:
        self.client.update_assume_role_policy(RoleName=NAME, PolicyDocument=json.dumps(document))

    def write_policy(self, document: dict[str, Any]) -> None:
        self.client.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=json.dumps(document), SetAsDefault=True)

    def make_policy(self, name: str) -> str:
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}],
        }
        return self.client.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"]["Arn"]

    def make_role(self, name: str) -> None:
        trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        self.client.create_role(RoleName=name, AssumeRolePolicyDocument=document)


@pytest.fixture
def iam(emulator: Emulator) -> Iam:
    return Iam(emulator)


@pytest.fixture
def make_secret(emulator: Emulator) -> Callable[..., str]:
    def make(name: str, account: str = ACCOUNT, region: str = "us-west-2") -> str:
        return emulator.client("secretsmanager", account, region).create_secret(Name=name, SecretString=KEY)["ARN"]

    return make


@pytest.fixture
def secret(make_secret: Callable[..., str]) -> str:
    return make_secret("2018-12-01_baseball-game-source")


@pytest.fixture
def role(sandbox: Sandbox, emulator: Emulator) -> Callable[..., Run]:
    """Run trust_role for the role of the user guide; the call log then holds this run alone."""

    def run(*arguments: str, **options: Any) -> Run:
        emulator.clear_calls()
        given = {"name": NAME, "policy_name": POLICY_NAME, **options}
        given = {option: value for option, value in given.items() if value is not None}
        return sandbox.tasks([{"mediaops.mediaconnect.trust_role": given}], *arguments)

    return run


def calls(emulator: Emulator, writes_only: bool = False) -> list[str]:
    return [f"{call['service']}:{call['operation']}" for call in emulator.calls(writes_only=writes_only)]


def state(run: Run) -> dict[str, Any]:
    return run.ok().result("trust_role")["role"]


def warnings(run: Run) -> str:
    """What was warned of, without the line breaks of the terminal."""
    lines = run.ok().output.splitlines()
    first = next((number for number, line in enumerate(lines) if line.startswith("[WARNING]")), len(lines))
    last = next((number for number, line in enumerate(lines) if line.startswith(("ok:", "changed:"))), len(lines))
    return " ".join(" ".join(lines[first:last]).split())


def diff(run: Run) -> str:
    return run.ok().output.partition("--- before")[2].partition("changed:")[0]


class TestLifeCycle:
    def test_create_check_again_change_remove(
        self, role: Callable[..., Run], emulator: Emulator, iam: Iam, secret: str
    ) -> None:
        wanted = {
            "description": "Allows MediaConnect to view secrets",
            "secrets": ["2018-12-01_baseball-game-source"],
            "flows": ["BaseballGame"],
            "tags": {"event": "baseball"},
        }
        before = iam.names()
        predicted = role("--check", "--diff", **wanted)
        assert predicted.changed == 1
        assert calls(emulator, writes_only=True) == []
        assert iam.names() == before

        made = role("--diff", **wanted)
        assert state(made) == state(predicted)
        assert diff(made) == diff(predicted) != ""
        assert calls(emulator, writes_only=True) == ["iam:CreatePolicy", "iam:CreateRole", "iam:AttachRolePolicy"]
        assert iam.role()["AssumeRolePolicyDocument"] == {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "mediaconnect.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": ACCOUNT},
                        "ArnLike": {"aws:SourceArn": SOURCE_ARN},
                    },
                }
            ],
        }
        assert iam.document() == {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": FOUR_READS, "Resource": [secret]}],
        }
        assert iam.role()["Description"] == "Allows MediaConnect to view secrets"
        assert iam.role()["Tags"] == iam.policy()["Tags"] == [{"Key": "event", "Value": "baseball"}]
        assert iam.attached() == [POLICY_ARN]
        assert state(made) == {
            "name": NAME,
            "arn": ROLE_ARN,
            "path": "/",
            "description": "Allows MediaConnect to view secrets",
            "max_session_duration": 3600,
            "permissions_boundary": None,
            "policy_name": POLICY_NAME,
            "policy_arn": POLICY_ARN,
            "policy_version": "v1",
            "trust_policy": iam.role()["AssumeRolePolicyDocument"],
            "permissions_policy": iam.document(),
            "attached_policies": [POLICY_ARN],
            "tags": {"event": "baseball"},
            "action": "created",
        }

        again = role("--diff", **wanted)
        assert (again.changed, state(again)) == (0, {**state(made), "action": "unchanged"})
        # One more read than a role costs, since the secret was given by name.
        assert sorted(calls(emulator)) == sorted([*NO_OP, "secretsmanager:DescribeSecret"])
        assert iam.versions() == ["v1"]

        changes = {
            "description": "",
            "max_session_duration": 7200,
            "tags": {"event": "tennis"},
            "flows": ["TennisFinal"],
        }
        predicted = role("--check", "--diff", **{**wanted, **changes})
        assert calls(emulator, writes_only=True) == []
        changed = role("--diff", **{**wanted, **changes})
        assert state(changed) == state(predicted)
        assert state(changed)["action"] == "updated"
        assert iam.role().get("Description", "") == ""
        assert iam.role()["MaxSessionDuration"] == 7200
        assert iam.role()["Tags"] == iam.policy()["Tags"] == [{"Key": "event", "Value": "tennis"}]
        assert iam.condition()["ArnLike"] == {"aws:SourceArn": SOURCE_ARN.replace("BaseballGame", "TennisFinal")}

        predicted = role("--check", "--diff", state="absent")
        assert (predicted.changed, state(predicted)["action"]) == (1, "deleted")
        assert calls(emulator, writes_only=True) == []
        removed = role("--diff", state="absent")
        assert state(removed) == state(predicted)
        assert calls(emulator, writes_only=True) == ["iam:DetachRolePolicy", "iam:DeleteRole", "iam:DeletePolicy"]
        assert iam.names() == before
        again = role("--diff", state="absent")
        assert (again.changed, state(again)["action"], state(again)["arn"]) == (0, "unchanged", None)

    def test_what_is_left_out_stays(self, role: Callable[..., Run], iam: Iam, secret: str) -> None:
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
        assert state(made)["permissions_boundary"] == boundary
        # Nor does it have to be said again what its policy is called.
        assert role(policy_name=None).changed == 0
        assert iam.role()["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
        assert role(permissions_boundary="", tags={}).changed == 1
        assert "PermissionsBoundary" not in iam.role()
        assert iam.role().get("Tags", []) == iam.policy().get("Tags", []) == []

    def test_a_role_under_a_path(self, role: Callable[..., Run], iam: Iam, secret: str) -> None:
        options = {"name": NAME, "policy_name": None, "secrets": [secret], "flows": [FLOW_ARN]}
        made = role(**options, path="/media/")
        assert state(made)["arn"] == iam.role()["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/media/{NAME}"
        policy_arn = f"arn:aws:iam::{ACCOUNT}:policy/media/SecretsManagerForMediaConnect-{NAME}"
        assert state(made)["policy_arn"] == policy_arn
        assert iam.attached() == [policy_arn]
        assert "CloudFormation" in warnings(made)
        # The ARN of what was returned can be declared again.
        again = role(**{**options, "name": state(made)["arn"]})
        assert (again.changed, warnings(again)) == (0, "")
        assert "lies under the path /media/, not /other/" in role(**options, path="/other/").failed().message
        assert state(role(**{**options, "state": "absent"}))["action"] == "deleted"

    def test_the_placeholder_of_a_secret_that_is_yet_to_be_made(self, role: Callable[..., Run], secret: str) -> None:
        placeholder = secret[:-6] + "??????"
        predicted = role("--check", secrets=[placeholder], flows=["BaseballGame"])
        assert state(predicted)["permissions_policy"]["Statement"][0]["Resource"] == [placeholder]
        made = state(role(secrets=[secret], flows=["BaseballGame"]))
        made["permissions_policy"]["Statement"][0]["Resource"] = [placeholder]
        assert made == state(predicted)


class TestAccess:
    """What MediaConnect could read through the role, judged from the policies as they are."""

    def test_is_to_the_declared_secret_for_the_declared_flow(
        self, role: Callable[..., Run], emulator: Emulator, secret: str, make_secret: Callable[..., str]
    ) -> None:
        another = make_secret("another")
        theirs = make_secret("2018-12-01_baseball-game-source", OTHER_ACCOUNT)
        role(secrets=[secret], flows=["BaseballGame"]).ok()
        assert emulator.could_read(ROLE_ARN, secret, FLOW_ARN, "aes256")["allowed"]
        assert not emulator.could_read(ROLE_ARN, another, FLOW_ARN)["allowed"]
        assert not emulator.could_read(ROLE_ARN, theirs, FLOW_ARN)["allowed"]
        assert not emulator.could_read(ROLE_ARN, secret, FLOW_ARN.replace("BaseballGame", "TennisFinal"))["allowed"]
        assert not emulator.could_read(ROLE_ARN, secret, FLOW_ARN.replace(ACCOUNT, OTHER_ACCOUNT))["allowed"]

    def test_outlives_the_flow_that_is_made_anew(
        self, role: Callable[..., Run], emulator: Emulator, secret: str
    ) -> None:
        role(secrets=[secret], flows=[FLOW_ARN]).ok()
        anew = FLOW_ARN.replace("1-23aBC45dEF67hiJ8", "1-99zYX88wVU77tsR6")
        assert emulator.could_read(ROLE_ARN, secret, anew)["allowed"]

    def test_needs_the_key_that_encrypts_the_secret(
        self, role: Callable[..., Run], emulator: Emulator, iam: Iam
    ) -> None:
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
        assert "there is no KMS key alias/other in us-west-2" in role(kms_keys=["alias/other"]).failed().message

    def test_for_speke_alone_has_no_conditions(self, role: Callable[..., Run], iam: Iam) -> None:
        made = role(speke_apis=["1abcdefghi"])
        assert (iam.condition(), warnings(made)) == (None, "")
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

    def test_too_wide_a_trust_is_warned_of(self, role: Callable[..., Run], secret: str) -> None:
        assert f"serves every flow of account {ACCOUNT}" in warnings(role(secrets=[secret]))
        many = role(flows=[f"flow-{number:03}" for number in range(40)])
        assert "cannot name 40 flows in IAM's 2048 characters" in warnings(many)
        assert state(many)["trust_policy"]["Statement"][0]["Condition"]["ArnLike"] == {
            "aws:SourceArn": f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*"
        }


class TestMend:
    """What somebody else has done is found and put right."""

    @pytest.fixture
    def declared(self, role: Callable[..., Run], secret: str) -> dict[str, Any]:
        declared = {"secrets": [secret], "flows": ["BaseballGame"]}
        role(**declared).ok()
        return declared

    def test_trust(self, role: Callable[..., Run], iam: Iam, declared: dict[str, Any]) -> None:
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

    def test_policy(self, role: Callable[..., Run], emulator: Emulator, iam: Iam, declared: dict[str, Any]) -> None:
        good = iam.document()
        foreign = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        iam.write_policy({**good, "Statement": [*good["Statement"], foreign]})
        mended = role(**declared)
        assert (iam.document(), state(mended)["policy_version"]) == (good, "v3")

        iam.client.set_default_policy_version(PolicyArn=POLICY_ARN, VersionId="v2")
        assert role(**declared).changed == 1
        assert iam.document() == good

        iam.client.detach_role_policy(RoleName=NAME, PolicyArn=POLICY_ARN)
        assert role(**declared).changed == 1
        assert calls(emulator, writes_only=True) == ["iam:AttachRolePolicy"]
        assert iam.attached() == [POLICY_ARN]

    def test_the_oldest_of_five_versions_gives_way(
        self, role: Callable[..., Run], iam: Iam, declared: dict[str, Any]
    ) -> None:
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

    def test_foreign_policies_stay_unless_purged(
        self, role: Callable[..., Run], iam: Iam, declared: dict[str, Any]
    ) -> None:
        foreign = iam.make_policy("Foreign")
        iam.client.attach_role_policy(RoleName=NAME, PolicyArn=foreign)
        inline = json.dumps(iam.document())
        iam.client.put_role_policy(RoleName=NAME, PolicyName="inline", PolicyDocument=inline)
        assert role(**declared).changed == 0
        purged = role(**declared, purge_policies=True)
        assert (purged.changed, iam.attached()) == (1, [POLICY_ARN])
        assert "inline policies too" in warnings(purged)
        # Removing the role takes all of them down, and what belongs to others stays where it was.
        iam.client.attach_role_policy(RoleName=NAME, PolicyArn=foreign)
        iam.client.create_instance_profile(InstanceProfileName="profile")
        iam.client.add_role_to_instance_profile(InstanceProfileName="profile", RoleName=NAME)
        assert role(state="absent").changed == 1
        assert iam.names() == ([], ["Foreign"])


class TestAdding:
    """purge: false, and tasks of several Regions."""

    def test_keeps_what_is_served(self, role: Callable[..., Run], iam: Iam, make_secret: Callable[..., str]) -> None:
        first, second = make_secret("first"), make_secret("second")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        added = role(secrets=["second"], flows=["TennisFinal"], purge=False)
        assert state(added)["action"] == "updated"
        assert iam.secrets() == sorted([first, second])
        assert iam.condition()["ArnLike"]["aws:SourceArn"] == [
            SOURCE_ARN,
            SOURCE_ARN.replace("BaseballGame", "TennisFinal"),
        ]
        assert role(secrets=["first"], flows=["BaseballGame"], purge=False).changed == 0
        assert role(secrets=["first"], flows=["BaseballGame"]).changed == 1
        assert iam.secrets() == [first]

    def test_regions_do_not_undo_each_other(
        self, role: Callable[..., Run], iam: Iam, make_secret: Callable[..., str]
    ) -> None:
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

    def test_writers_at_the_same_time_lose_nothing(
        self, sandbox: Sandbox, emulator: Emulator, iam: Iam, make_secret: Callable[..., str]
    ) -> None:
        """Both hosts make the role at once, then each adds to it at once; the reads are slowed so that they overlap."""
        secrets = {name: make_secret(name) for name in ("a", "b", "c", "d")}

        def play(*names: str) -> Run:
            task = {
                "mediaops.mediaconnect.trust_role": {
                    "region": "us-west-2",
                    "name": NAME,
                    "policy_name": POLICY_NAME,
                    "secrets": ["{{ item }}"],
                    "flows": ["{{ item }}"],
                    "purge": False,
                }
            }
            plays = {
                "hosts": "all",
                "gather_facts": False,
                "connection": "local",
                "vars": {
                    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                    "item": "{{ inventory_hostname }}",
                },
                "tasks": [task],
            }
            return sandbox.playbook(sandbox.write("play.yml", [plays]), "-i", ",".join(names) + ",")

        for names in (("a", "b"), ("c", "d")):
            for operation in ("GetRole", "GetPolicy", "CreateRole", "CreatePolicyVersion"):
                emulator.fault(operation, error=None, latency=0.3, times=4, service="iam")
            assert play(*names).ok().changed == 2
            emulator.clear_faults()
        assert iam.secrets() == sorted(secrets.values())
        assert [arn.rsplit(":", 1)[1] for arn in iam.condition()["ArnLike"]["aws:SourceArn"]] == ["a", "b", "c", "d"]

    def test_a_change_behind_its_back_is_merged(
        self, role: Callable[..., Run], emulator: Emulator, iam: Iam, make_secret: Callable[..., str]
    ) -> None:
        """Somebody overwrites both policies between this run's write and its reading back."""
        first, second, theirs = make_secret("first"), make_secret("second"), make_secret("theirs")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        flows = [SOURCE_ARN, SOURCE_ARN.replace("BaseballGame", "Theirs")]
        emulator.clear_calls()
        written = threading.Event()

        def overwrite() -> None:
            while not {"iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy"} <= set(calls(emulator)):
                if written.wait(0.05):
                    return
            trust = iam.role()["AssumeRolePolicyDocument"]
            trust["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"] = flows
            iam.write_trust(trust)
            document = iam.document()
            document["Statement"][0]["Resource"] = [first, theirs]
            iam.write_policy(document)

        somebody = threading.Thread(target=overwrite)
        somebody.start()
        try:
            run = role(secrets=[second], flows=["TennisFinal"], purge=False)
        finally:
            written.set()
            somebody.join()
        assert (
            iam.secrets()
            == state(run)["permissions_policy"]["Statement"][0]["Resource"]
            == sorted([first, second, theirs])
        )
        served = iam.condition()["ArnLike"]["aws:SourceArn"]
        assert [arn.rsplit(":", 1)[1] for arn in served] == ["BaseballGame", "TennisFinal", "Theirs"]


class TestShared:
    def test_a_policy_that_another_role_has_too(
        self, role: Callable[..., Run], emulator: Emulator, iam: Iam, make_secret: Callable[..., str]
    ) -> None:
        first, second = make_secret("first"), make_secret("second")
        role(secrets=[first], flows=["BaseballGame"]).ok()
        iam.make_role("Other")
        iam.client.attach_role_policy(RoleName="Other", PolicyArn=POLICY_ARN)
        assert role(secrets=[first], flows=["BaseballGame"]).changed == 0
        refused = role(secrets=[second], flows=["BaseballGame"]).failed()
        assert f"The policy {POLICY_NAME} of the role {NAME} also serves role Other" in refused.message
        assert calls(emulator, writes_only=True) == []
        assert role(secrets=[second], allow_shared_policy=True).changed == 1
        assert iam.secrets() == [second]
        removed = role(state="absent")
        assert f"The policy {POLICY_NAME} is kept: it also serves role Other" in warnings(removed)
        assert iam.names() == (["Other"], [POLICY_NAME])

    def test_two_roles_never_share_one_by_default(self, role: Callable[..., Run], iam: Iam, secret: str) -> None:
        for name in ("One", "Two"):
            role(name=name, policy_name=None, secrets=[secret], flows=["BaseballGame"]).ok()
        assert sorted(iam.names()[1]) == ["SecretsManagerForMediaConnect-One", "SecretsManagerForMediaConnect-Two"]


class TestInUse:
    @pytest.fixture
    def granted(self, role: Callable[..., Run], emulator: Emulator, secret: str) -> None:
        role(secrets=[secret], flows=["BaseballGame"]).ok()
        encryption = {"Algorithm": "aes256", "KeyType": "static-key", "RoleArn": ROLE_ARN, "SecretArn": secret}
        entitlement = {"Name": "AnyCompany", "Subscribers": [OTHER_ACCOUNT], "Encryption": encryption}
        emulator.client("mediaconnect").grant_flow_entitlements(FlowArn=FLOW_ARN, Entitlements=[entitlement])

    @pytest.mark.usefixtures("granted")
    def test_a_role_in_use_is_not_deleted(self, role: Callable[..., Run], emulator: Emulator, iam: Iam) -> None:
        for arguments in ((), ("--check",)):
            refused = role(*arguments, state="absent").failed()
            assert f"The role {NAME} is used by entitlement AnyCompany of flow BaseballGame" in refused.message
            assert calls(emulator, writes_only=True) == []
        # Seen from another Region too, because its trust policy names the flow's.
        assert "entitlement AnyCompany" in role(state="absent", region="eu-west-1").failed().message
        assert role(state="absent", force_in_use=True).changed == 1
        assert iam.names() == ([], [])

    @pytest.mark.usefixtures("granted")
    def test_nor_when_that_cannot_be_told(self, role: Callable[..., Run], emulator: Emulator, iam: Iam) -> None:
        emulator.fault("ListFlows", "ForbiddenException")
        refused = role(state="absent").failed()
        assert f"Whether a flow still uses the role {NAME} cannot be told" in refused.message
        assert "mediaconnect:ListFlows" in refused.message
        assert iam.names()[0] == [NAME]

    def test_nor_a_role_of_somebody_else(self, role: Callable[..., Run], iam: Iam) -> None:
        iam.make_role(NAME)
        assert f"The role {NAME} does not trust MediaConnect" in role(state="absent").failed().message
        assert iam.names()[0] == [NAME]


class TestFailures:
    def test_what_was_done_and_what_was_not_is_said_and_running_again_finishes(
        self, role: Callable[..., Run], emulator: Emulator, iam: Iam, secret: str
    ) -> None:
        wanted = {"secrets": [secret], "flows": ["BaseballGame"]}
        emulator.fault("AttachRolePolicy", "AccessDenied", service="iam")
        run = role(**wanted).failed()
        assert f"role {NAME}: Could not attach the policy {POLICY_ARN} to the role {NAME}: AccessDenied" in run.message
        assert "(the caller needs iam:AttachRolePolicy)" in run.message
        assert run.result("trust_role")["done"] == [f"create the policy {POLICY_NAME}", f"create the role {NAME}"]
        assert run.result("trust_role")["not_done"] == [f"attach the policy {POLICY_NAME} to the role {NAME}"]
        assert role(**wanted).changed == 1
        assert iam.attached() == [POLICY_ARN]

    @pytest.mark.parametrize("operation", ["CreatePolicy", "CreateRole", "CreatePolicyVersion"])
    def test_a_lost_answer_is_not_repeated_blindly(
        self, role: Callable[..., Run], emulator: Emulator, iam: Iam, make_secret: Callable[..., str], operation: str
    ) -> None:
        first, second = make_secret("first"), make_secret("second")
        if operation == "CreatePolicyVersion":
            role(secrets=[first], flows=["BaseballGame"]).ok()
        emulator.fault(operation, error=None, after_effect=True, drop_connection=True, service="iam")
        run = role(secrets=[second], flows=["BaseballGame"])
        assert (run.ok().changed, iam.secrets(), iam.attached()) == (1, [second], [POLICY_ARN])
        assert state(run)["permissions_policy"] == iam.document()
        assert role(secrets=[second], flows=["BaseballGame"]).changed == 0

    def test_iam_asking_to_try_again_is_no_failure(
        self, role: Callable[..., Run], emulator: Emulator, secret: str
    ) -> None:
        emulator.fault("CreateRole", "ConcurrentModification", times=2, service="iam")
        assert role(secrets=[secret], flows=["BaseballGame"]).ok().changed == 1


BAD_INPUT = {
    "reserved name": ({"name": "mediaconnectACCESSrole"}, "reserved by MediaConnect"),
    "another account's role": ({"name": f"arn:aws:iam::{OTHER_ACCOUNT}:role/R"}, f"lies in account {OTHER_ACCOUNT}"),
    "no name": ({"name": "Media Connect"}, "'Media Connect' is no name of a role"),
    "no such secret": ({"secrets": ["nosuch"]}, f"The role {NAME}: there is no secret nosuch in us-west-2"),
    "another account's secret": (
        {"secrets": [f"arn:aws:secretsmanager:us-west-2:{OTHER_ACCOUNT}:secret:a-abcdef"]},
        f"lies in account {OTHER_ACCOUNT}",
    ),
    "wildcard secret": ({"secrets": [f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:*"]}, "is no full ARN"),
    "wildcard flow": ({"flows": ["Base*"]}, "'Base*' is no usable name of a flow"),
    "too many secrets": (
        {"secrets": [f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:event-{n:03}-abcdef" for n in range(90)]},
        "IAM takes 6144: of its 90 secrets about ",
    ),
    "flows without conditions": ({"flows": ["A"], "confused_deputy_protection": False}, "drop one of the two"),
    "too long a session": ({"max_session_duration": 50000}, "IAM takes 3600 to 43200 seconds"),
    "bad path": ({"path": "media"}, "'media' is no path"),
    "bad policy name": ({"policy_name": "a b"}, "'a b' is no name of a policy"),
    "bad boundary": (
        {"permissions_boundary": f"arn:aws:iam::{OTHER_ACCOUNT}:policy/B"},
        f"lies in account {OTHER_ACCOUNT}",
    ),
    "reserved tag": ({"tags": {"aws:a": "b"}}, "the tag aws:a begins with aws:"),
}


def test_bad_input_ends_in_one_sentence_before_anything_is_changed(sandbox: Sandbox, emulator: Emulator) -> None:
    tasks = [
        {
            "name": case,
            "mediaops.mediaconnect.trust_role": {"name": NAME, **options},
            "ignore_errors": True,
        }
        for case, (options, _said) in BAD_INPUT.items()
    ]
    run = sandbox.tasks(tasks).ok()
    assert "Traceback" not in run.output
    said = [(task["task"], task["result"]["msg"]) for task in run.tasks]
    assert len(said) == len(BAD_INPUT)
    for case, message in said:
        assert BAD_INPUT[case][1] in message, case
        assert message.count(". ") <= 2, message
    assert calls(emulator, writes_only=True) == []


def test_missing_credentials_and_unreachable_endpoints_are_said_plainly(sandbox: Sandbox) -> None:
    tasks = [{"trust_role": {"name": NAME}}]
    no_credentials = sandbox.tasks(tasks, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="").failed()
    assert "no AWS credentials were found" in no_credentials.message
    nobody = sandbox.tasks(tasks, AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1").failed()
    assert "http://127.0.0.1:1" in nobody.message
