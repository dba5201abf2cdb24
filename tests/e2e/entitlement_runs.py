# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For the tests of entitlements: an independent reader of flows, and the module called without ansible-playbook."""

from __future__ import annotations

import functools
import io
import json
import os
import signal
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import botocore.loaders
import botocore.session
from ansible.module_utils.testing import patch_module_args

from ansible_collections.mediaops.mediaconnect.plugins.modules import entitlements
from mediaconnect_emulator.client import Emulator

ACCOUNT, ALICE, BOB, CAROL = "111122223333", "444455556666", "123456789012", "777788889999"
REGION = "us-west-2"
FLOW = "BaseballGame"
FLOW_ARN = f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:{FLOW}"
ROLE = "MediaConnect-ASM"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
KEY, OTHER_KEY = "0f" * 32, "1e" * 16
SPEKE = {
    "key_type": "speke",
    "role": ROLE,
    "resource_id": "game-2018",
    "device_id": "11AA22BB33CC",
    "url": "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/live/speke",
    "region": REGION,
}
STATIC = {"algorithm": "aes256", "role": ROLE, "secret": "game"}
READ_ACTIONS = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Any, resources: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def entitlement(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "subscribers": [ALICE], **options}


def flow(*declared: dict[str, Any], name: str = FLOW, **options: Any) -> dict[str, Any]:
    return {"flow": name, "entitlements": list(declared), **options}


# The services' models are read once, before the processes are made that need them.
read_models_once = functools.lru_cache(botocore.loaders.create_loader)
SERVICES = ("mediaconnect", "iam", "secretsmanager", "resourcegroupstaggingapi")


@functools.lru_cache(maxsize=1)
def read_models() -> None:
    with mock.patch.object(botocore.session, "create_loader", read_models_once):
        session = botocore.session.get_session()
        for service in SERVICES:
            session.create_client(service, region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")


@dataclass
class Call:
    """What one call of the module did."""

    result: dict[str, Any]

    def ok(self) -> Call:
        assert not self.result.get("failed"), self.result["msg"]
        return self

    @property
    def changed(self) -> bool:
        return self.ok().result["changed"]

    @property
    def message(self) -> str:
        assert self.result.get("failed"), self.result
        assert "Traceback" not in json.dumps(self.result), self.result
        return self.result["msg"]

    @property
    def warnings(self) -> list[str]:
        return [warning["event"]["msg"] for warning in self.result.get("warnings", [])]

    @property
    def entitlements(self) -> dict[str, dict[str, Any]]:
        """By name, of all flows."""
        return {entry["name"]: entry for found in self.result["flows"] for entry in found["entitlements"]}

    @property
    def actions(self) -> dict[str, str]:
        return {name: entry["action"] for name, entry in self.entitlements.items()}


@dataclass
class Running:
    """A call of the module that has not ended yet, in a process of its own."""

    pid: int
    output: int
    result: dict[str, Any] = field(default_factory=dict)

    def wait(self) -> Call:
        with os.fdopen(self.output) as lines:
            printed = lines.read()
        os.waitpid(self.pid, 0)
        return Call(json.loads(printed))

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.output)


class Module:
    """The entitlements module, in us-west-2.

    It runs in a process of its own, as under Ansible, but without Ansible's start, which takes most of the time. What a
    test patches in the module's code holds there too.
    """

    def __init__(self, emulator: Emulator):
        self.emulator = emulator

    def __call__(self, *flows: dict[str, Any], check: bool = False, **options: Any) -> Call:
        """Run it; the call log then holds this call's requests alone."""
        self.emulator.clear_calls()
        return self.start(*flows, check=check, **options).wait()

    def start(self, *flows: dict[str, Any], check: bool = False, **options: Any) -> Running:
        return self._fork(lambda: self._main(flows, check, options))

    def each(self, tasks: list[list[dict[str, Any]]], **options: Any) -> list[Call]:
        """Run it once for each of these lists of flows, one after the other in one process."""
        self.emulator.clear_calls()

        def run() -> None:
            results = []
            for flows in tasks:
                with io.StringIO() as output:
                    with redirect_stdout(output), suppress(SystemExit):
                        self._main(flows, False, options)
                    results.append(json.loads(output.getvalue()))
            print(json.dumps({"results": results}))

        return [Call(result) for result in self._fork(run).wait().result["results"]]

    def _main(self, flows: Any, check: bool, options: dict[str, Any]) -> None:
        declared = {} if "flows_file" in options else {"flows": list(flows)}
        given = {"region": REGION, "wait_timeout": 5, **declared, **options}
        with patch_module_args({**given, "_ansible_check_mode": check, "_ansible_diff": True}):
            entitlements.main()

    def _fork(self, run: Callable[[], None]) -> Running:
        read_models()
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            try:
                os.close(reader)
                os.dup2(writer, 1)
                os.environ.update(self.emulator.environment())
                once = mock.patch.object(botocore.session, "create_loader", read_models_once)
                with once, os.fdopen(1, "w", closefd=False) as output, redirect_stdout(output):
                    run()
            finally:
                os._exit(0)
        os.close(writer)
        return Running(child, reader)


class Aws:
    """What AWS has, read by boto3, and what somebody else does to it."""

    def __init__(self, emulator: Emulator):
        self.emulator = emulator
        self.client = emulator.client("mediaconnect")

    def seed(self, **account: Any) -> dict[str, list[str]]:
        """Add roles (and regions) to the account."""
        return self.emulator.seed({"accounts": {ACCOUNT: account}})

    def flow(self, arn: str = FLOW_ARN) -> dict[str, Any]:
        return self.client.describe_flow(FlowArn=arn)["Flow"]

    def entitlements(self, arn: str = FLOW_ARN) -> dict[str, dict[str, Any]]:
        return {found["Name"]: found for found in self.flow(arn)["Entitlements"]}

    def tags(self, name: str, arn: str = FLOW_ARN) -> dict[str, str]:
        found = self.entitlements(arn)[name]["EntitlementArn"]
        return self.client.list_tags_for_resource(ResourceArn=found)["Tags"]

    def grant(self, name: str, arn: str = FLOW_ARN, subscribers: Any = (ALICE,), **members: Any) -> str:
        tags = members.pop("EntitlementTags", {})
        request = {"Name": name, "Subscribers": list(subscribers), **members}
        granted = self.client.grant_flow_entitlements(FlowArn=arn, Entitlements=[request])["Entitlements"]
        if tags:  # apart, since the oldest botocore that is supported cannot tag at granting
            self.client.tag_resource(ResourceArn=granted[0]["EntitlementArn"], Tags=tags)
        return granted[0]["EntitlementArn"]

    @property
    def grant_with_tags(self) -> list[str]:
        """The calls of a grant with tags, which this botocore may not be able to make at once."""
        members = self.client.meta.service_model.shape_for("GrantEntitlementRequest").members
        return ["GrantFlowEntitlements"] if "EntitlementTags" in members else ["GrantFlowEntitlements", "TagResource"]

    def use(self, name: str, account: str = ALICE, arn: str = FLOW_ARN) -> None:
        """Have the subscriber make a flow from the entitlement, so that it is in use."""
        source = {"EntitlementArn": self.entitlements(arn)[name]["EntitlementArn"]}
        self.emulator.client("mediaconnect", account).create_flow(Name=f"from-{name}", Source=source)

    def operations(self, writes_only: bool = False, service: str = "mediaconnect") -> list[str]:
        return [call["operation"] for call in self.emulator.calls(service, writes_only=writes_only)]

    def accepted(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of the calls of an operation that AWS did not refuse."""
        calls = self.emulator.calls("mediaconnect")
        return [call["params"] for call in calls if call["operation"] == operation and 200 <= call["status"] < 300]


def keys_and_role(**role: Any) -> dict[str, Any]:
    """A seed: the role may read both secrets unless told otherwise."""
    may_read = policy(allow(READ_ACTIONS, f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:*"))
    secrets = [{"name": "game", "value": KEY}, {"name": "other", "value": OTHER_KEY}]
    return {
        "roles": [{"name": ROLE, "policies": {"read": may_read}, **role}],
        "regions": {REGION: {"secrets": secrets}},
    }
