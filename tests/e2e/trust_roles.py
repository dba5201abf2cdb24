# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For the tests of the trust role: an independent reader of IAM, and the module called without ansible-playbook."""

from __future__ import annotations

import json
import multiprocessing
import os
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.module_utils.testing import patch_module_args

from ansible_collections.mediaops.mediaconnect.plugins.modules import trust_role
from mediaconnect_emulator.client import Emulator

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
# What a role costs that is as declared.
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


@dataclass
class Call:
    """What one call of the module did."""

    result: dict[str, Any]

    def ok(self) -> dict[str, Any]:
        assert not self.result.get("failed"), self.result["msg"]
        return self.result

    @property
    def changed(self) -> bool:
        return self.ok()["changed"]

    @property
    def role(self) -> dict[str, Any]:
        return self.ok()["role"]

    @property
    def message(self) -> str:
        assert self.result.get("failed"), self.result
        return self.result["msg"]

    @property
    def warnings(self) -> str:
        return " ".join(warning["event"]["msg"] for warning in self.result.get("warnings", []))


# A process forks safely only while it has no threads, so a server that has none does it.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


class Module:
    """trust_role with the options of the user guide's role. The call log then holds the last call alone.

    The module runs in a process of its own, as under Ansible, but without Ansible's start, which takes most of the time.
    """

    def __init__(self, emulator: Emulator, directory: Path):
        self.emulator = emulator
        self.output = directory / "output.json"

    def __call__(self, check: bool = False, **options: Any) -> Call:
        self.emulator.clear_calls()
        given = {"name": NAME, "policy_name": POLICY_NAME, "region": "us-west-2", **options}
        arguments = {**given, "_ansible_check_mode": check, "_ansible_diff": True}
        process = _processes.Process(target=_run, args=(arguments, self.emulator.environment(), self.output))
        process.start()
        process.join()
        return Call(json.loads(self.output.read_text()))


def _run(arguments: dict[str, Any], environment: dict[str, str], output: Path) -> None:
    os.environ.update(environment)
    with patch_module_args(arguments), output.open("w") as stream, redirect_stdout(stream):
        trust_role.main()


def calls(emulator: Emulator, writes_only: bool = False) -> list[str]:
    return [f"{call['service']}:{call['operation']}" for call in emulator.calls(writes_only=writes_only)]


def make_secret(emulator: Emulator, name: str, account: str = ACCOUNT, region: str = "us-west-2") -> str:
    """The ARN of a new secret."""
    return emulator.client("secretsmanager", account, region).create_secret(Name=name, SecretString=KEY)["ARN"]
