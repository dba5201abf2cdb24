# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stream that runs on both ends, for the tests of what may stop it."""

from __future__ import annotations

import importlib
import json
from typing import Any

from ansible.module_utils.testing import patch_module_args

from mediaconnect_emulator.client import Emulator
from tests.e2e.entitlement_runs import ACCOUNT, ALICE, BOB, FLOW, FLOW_ARN, REGION, ROLE, ROLE_ARN, Call, Module

KEY, OTHER_KEY, SHORT_KEY = "0f" * 32, "1e" * 32, "2d" * 16
GAME = f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:*:{FLOW}"
POLICY = f"SecretsManagerForMediaConnect-{ROLE}"
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{POLICY}"
SERVICE = {"Effect": "Allow", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
READ = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]
SPEKE_URL = "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/live/speke"
SPEKE_API = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:1abcdefghi/*/POST/*"
SPEKE = {"resource_id": "game", "device_id": "11AA22BB33CC", "url": SPEKE_URL, "region": REGION}


def document(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Any, resources: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def trusting(operator: str = "ArnLike", *flows: str) -> str:
    return document({**SERVICE, "Condition": {operator: {"aws:SourceArn": list(flows or [GAME])}}})


class Streaming:
    """The flow BaseballGame, from which account ALICE streams by the entitlement E, encrypted by the secret game.

    The role is as trust_role makes it.
    """

    def __init__(self, emulator: Emulator):
        self.emulator = emulator
        emulator.settings(transition_delay=0.0, revoke_delay=0.05)
        self.mediaconnect = emulator.client("mediaconnect")
        self.iam = emulator.client("iam")
        self.secrets = emulator.client("secretsmanager")
        self.kms = emulator.client("kms")
        self.game = self.secret("game")
        self.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=trusting())
        self.iam.create_policy(PolicyName=POLICY, PolicyDocument=document(allow(READ, [self.game])))
        self.iam.attach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
        self.received: list[str] = []
        if self._flow()["Status"] == "STANDBY":
            self.mediaconnect.start_flow(FlowArn=FLOW_ARN)

    def _flow(self) -> dict[str, Any]:
        return self.mediaconnect.describe_flow(FlowArn=FLOW_ARN)["Flow"]

    # What somebody has made by hand

    def secret(self, name: str, value: str = KEY, **more: Any) -> str:
        return self.secrets.create_secret(Name=name, SecretString=value, **more)["ARN"]

    def kms_key(self) -> str:
        return self.kms.create_key()["KeyMetadata"]["Arn"]

    def trust(self, text: str) -> None:
        self.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=text)

    def policy(self, *statements: Any) -> None:
        self.iam.create_policy_version(PolicyArn=POLICY_ARN, PolicyDocument=document(*statements), SetAsDefault=True)

    def without_own_policy(self) -> None:
        self.iam.detach_role_policy(RoleName=ROLE, PolicyArn=POLICY_ARN)
        self.iam.delete_policy(PolicyArn=POLICY_ARN)

    def inline(self, *statements: Any) -> None:
        self.iam.put_role_policy(RoleName=ROLE, PolicyName="by-hand", PolicyDocument=document(*statements))

    def managed(self, name: str, *statements: Any) -> str:
        arn = self.iam.create_policy(PolicyName=name, PolicyDocument=document(*statements))["Policy"]["Arn"]
        self.iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
        return arn

    def encryption(self, **members: Any) -> dict[str, Any]:
        static = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": ROLE_ARN, "SecretArn": self.game}
        return {**static, **members}

    def grant(self, name: str, encryption: dict[str, Any] | None, *subscribers: str, flow: str = FLOW_ARN) -> str:
        request = {"Name": name, "Subscribers": list(subscribers or [ALICE])}
        if encryption:
            request["Encryption"] = encryption
        client = self.emulator.client("mediaconnect", region=flow.split(":")[3])
        return client.grant_flow_entitlements(FlowArn=flow, Entitlements=[request])["Entitlements"][0]["EntitlementArn"]

    def receive(self, arn: str, account: str = ALICE, key: str | None = KEY, algorithm: str = "aes256") -> str:
        """A subscriber's flow that streams from the entitlement."""
        region, name = arn.split(":")[3], arn.rsplit(":", 1)[-1]
        source: dict[str, Any] = {"EntitlementArn": arn}
        if key:
            secret = self.emulator.client("secretsmanager", account, region).create_secret(Name=name, SecretString=key)
            iam = self.emulator.client("iam", account)
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(SERVICE))
            iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=document(allow(READ, "*")))
            role = f"arn:aws:iam::{account}:role/{name}"
            source["Decryption"] = {"RoleArn": role, "SecretArn": secret["ARN"], "Algorithm": algorithm}
        client = self.emulator.client("mediaconnect", account, region)
        flow = client.create_flow(Name=f"from-{name}", Source=source)["Flow"]["FlowArn"]
        client.start_flow(FlowArn=flow)
        self.received.append(flow)
        assert self.runs(), self.reasons()
        return flow

    def stream(self) -> None:
        """Let ALICE stream from the entitlement E."""
        self.receive(self.grant("E", self.encryption()))

    def elsewhere(self, role: str = ROLE_ARN, region: str = "eu-west-1") -> None:
        """Let ALICE stream from a flow of another Region, by the same role."""
        source = {"Name": "feed", "Protocol": "rtp", "IngestPort": 5000, "WhitelistCidr": "203.0.113.0/24"}
        client = self.emulator.client("mediaconnect", region=region)
        flow = client.create_flow(Name="Elsewhere", Source=source)["Flow"]["FlowArn"]
        client.start_flow(FlowArn=flow)
        made = self.emulator.client("secretsmanager", region=region).create_secret(Name="far", SecretString=KEY)
        self.receive(self.grant("Far", self.encryption(RoleArn=role, SecretArn=made["ARN"]), flow=flow))

    # Whether it runs

    def reasons(self) -> list[str]:
        """What is in the way of the streams, on either end."""
        return [reason for flow in (FLOW_ARN, *self.received) for reason in self.emulator.streams(flow)["reasons"]]

    def runs(self) -> bool:
        return not self.reasons()

    def writes(self) -> list[str]:
        return [f"{call['service']}:{call['operation']}" for call in self.emulator.calls(writes_only=True)]


class AnyModule(Module):
    """Any module of the collection, in a process of its own."""

    def run(self, module: str, /, *, check: bool = False, **options: Any) -> Call:
        return self._fork(lambda: self._run(module, check, options)).wait()

    @staticmethod
    def _run(name: str, check: bool, options: dict[str, Any]) -> None:
        module = importlib.import_module(f"ansible_collections.mediaops.mediaconnect.plugins.modules.{name}")
        given = {"region": REGION, "wait_timeout": 5, **options}
        with patch_module_args({**given, "_ansible_check_mode": check, "_ansible_diff": True}):
            module.main()


def refusal(streaming: Streaming, module: AnyModule, name: str, options: dict[str, Any], said: str) -> None:
    """A module refuses something before the first change, with the same words in check mode and in the run."""
    streaming.emulator.clear_calls()
    messages = [module.run(name, check=check, **options).message for check in (True, False)]
    assert said in messages[0]
    assert messages[0] == messages[1]
    assert streaming.writes() == []


__all__ = ["ACCOUNT", "ALICE", "BOB", "FLOW", "FLOW_ARN", "REGION", "ROLE", "ROLE_ARN"]
