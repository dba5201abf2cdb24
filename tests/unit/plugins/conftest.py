# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS in memory, as boto3 shows it, and the modules' own code over it."""
# ruff: noqa: N803  boto3 names arguments as the API does

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from botocore.exceptions import ClientError

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import client as client_code
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.client import Clients
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption import preflight
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile import loop, wait
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles import observe as roles_observe

ACCOUNT, REGION = "111122223333", "us-west-2"
READS = ("get_", "list_", "describe_", "batch_get_", "simulate_")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
Document = dict[str, Any]


def refusing(code: str, message: str = "no") -> ClientError:
    """What botocore raises where AWS answers with an error."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_dict(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


class Clock:
    """Stands for the module time: who sleeps does not wait."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Ended(Exception):
    """What exit_json or fail_json was called with, and the warnings that were given before."""

    def __init__(self, failed: bool, result: dict[str, Any]):
        super().__init__(result.get("msg"))
        self.failed, self.result = failed, result
        self.warnings: list[str] = []

    @property
    def message(self) -> str:
        return self.result["msg"]

    def ok(self) -> dict[str, Any]:
        """The result, of a module that must not have failed."""
        assert not self.failed, self.message
        return self.result


@functools.cache
def argument_spec(name: str) -> ArgumentSpecValidator:
    """The argument spec that a module gives to AnsibleAWSModule, less the common options."""
    module = importlib.import_module(f"ansible_collections.mediaops.mediaconnect.plugins.modules.{name}")
    with mock.patch.object(module, "AnsibleAWSModule", side_effect=Ended(False, {})) as made, pytest.raises(Ended):
        module.main()
    return ArgumentSpecValidator(made.call_args.kwargs["argument_spec"])


class Module:
    """As much of AnsibleAWSModule as the modules use. Options are checked and filled in as Ansible does it."""

    region = REGION

    def __init__(self, aws: Aws, name: str, params: dict[str, Any], check_mode: bool = False, diff: bool = True):
        checked = argument_spec(name).validate(json.loads(json.dumps(params)))
        assert not checked.error_messages, checked.error_messages
        self.params, self.no_log_values = checked.validated_parameters, checked._no_log_values
        self.check_mode, self._diff = check_mode, diff
        self.client = aws.client

    def exit_json(self, **result: Any) -> None:
        raise Ended(False, result)

    def fail_json(self, **result: Any) -> None:
        raise Ended(True, result)


class Pages:
    """A paginator, whose one page has everything."""

    def __init__(self, call: Callable[..., Any]):
        self.call = call
        self.page: dict[str, Any] = {}

    def paginate(self, PaginationConfig: Any = None, **params: Any) -> Pages:
        self.page = self.call(**params)
        return self

    def build_full_result(self) -> dict[str, Any]:
        return self.page


class Client:
    """A client of one service in one Region."""

    def __init__(self, aws: Aws, service: str, region: str):
        self._aws, self._service, self._region = aws, service, region
        members = {"Name": {}, **({"EntitlementTags": {}} if aws.grants_take_tags else {})}
        self.meta = SimpleNamespace(
            events=SimpleNamespace(register=lambda *dummy: None),
            service_model=SimpleNamespace(shape_for=lambda dummy: SimpleNamespace(members=members)),
            partition="aws",
        )

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return functools.partial(self._aws.call, self._service, operation, self._region)

    def get_paginator(self, operation: str) -> Pages:
        return Pages(getattr(self, operation))

    def get_waiter(self, name: str) -> Any:
        def wait(WaiterConfig: dict[str, int], **params: Any) -> None:
            self._aws.waits.append((name, WaiterConfig))
            getattr(self, f"get_{name.removesuffix('_exists')}")(**params)

        return SimpleNamespace(wait=wait)


class Aws:
    """One account: its services, what was called, and what is to happen before or after the next calls.

    grants_take_tags: whether this botocore knows the tags of a grant. before_write, watch: called before and after each write.
    """

    def __init__(self) -> None:
        self.iam, self.secretsmanager, self.kms = Iam(), SecretsManager(), Kms()
        self.mediaconnect = MediaConnect()
        self.resourcegroupstaggingapi = Tagging(self.mediaconnect)
        self.sts = SimpleNamespace(
            get_caller_identity=lambda dummy: {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/u"}
        )
        self.calls: list[str] = []
        self.called_in: list[tuple[str, str]] = []
        self.waits: list[tuple[str, dict[str, int]]] = []
        self.grants_take_tags = True
        self.before_write: Callable[[], Any] = lambda: None
        self.watch: Callable[[], Any] = lambda: None
        self._before: dict[str, list[Callable[[], Any]]] = {}
        self._after: dict[str, list[Callable[[], Any]]] = {}
        self._failing: list[tuple[str, str, dict[str, Any]]] = []

    @property
    def writes(self) -> list[str]:
        """The calls that change something, in order."""
        return [call for call in self.calls if not call.split(".")[1].startswith(READS)]

    def regions_of(self, call: str) -> list[str]:
        """The Regions in which a call was made, in order."""
        return [region for name, region in self.called_in if name == call]

    def meanwhile(self, call: str, *happens: Callable[[], Any] | None) -> None:
        """Let these happen, one before each of the next calls ("iam.create_role"); None is nothing."""
        self._before.setdefault(call, []).extend(one or (lambda: None) for one in happens)

    def fails(self, call: str, code: str, times: int = 1, message: str = "no") -> None:
        """Let AWS answer the next calls with an error."""
        self.meanwhile(call, *[lambda: _raise(refusing(code, message))] * times)

    def fails_for(self, call: str, code: str, **params: Any) -> None:
        """Let AWS answer the next call with these parameters with an error."""
        self._failing.append((call, code, params))

    def loses_answer(self, call: str) -> None:
        """Let the next call do what it is to do, and its answer be lost."""
        self._after.setdefault(call, []).append(lambda: _raise(refusing("InternalFailure")))

    def client(self, service: str, region: str = REGION, config: Any = None) -> Client:
        """What AnsibleAWSModule.client returns."""
        assert config is not None, "clients are made in one place"
        return Client(self, service, region)

    def clients(self) -> Clients:
        """The clients of a task."""
        return Clients(SimpleNamespace(region=REGION, client=self.client))

    def call(self, service: str, operation: str, region: str, **params: Any) -> Any:
        name = f"{service}.{operation}"
        self.calls.append(name)
        self.called_in.append((name, region))
        if self._before.get(name):
            self._before[name].pop(0)()
        for failure in list(self._failing):
            call, code, given = failure
            if call == name and given.items() <= params.items():
                self._failing.remove(failure)
                raise refusing(code)
        changes = not operation.startswith(READS)
        if changes:
            self.before_write()
        answer = copy.deepcopy(getattr(getattr(self, service), operation)(region, **copy.deepcopy(params)))
        if changes:
            self.watch()
        if self._after.get(name):
            self._after[name].pop(0)()
        return answer

    def run(self, name: str, /, check_mode: bool = False, diff: bool = True, **params: Any) -> Ended:
        """Run a module's body with these options, and tell how it ended. `calls` has only the calls of this run."""
        self.calls.clear()
        code = importlib.import_module(f"ansible_collections.mediaops.mediaconnect.plugins.modules.{name}")
        clock = Clock()
        with contextlib.ExitStack() as patches:
            for place in (client_code, preflight, loop, wait):
                patches.enter_context(mock.patch.object(place, "time", clock))
            warn = patches.enter_context(mock.patch.object(loop, "warn"))
            patches.enter_context(mock.patch.object(roles_observe, "warn", warn))
            ended = patches.enter_context(pytest.raises(Ended))
            loop.run(Module(self, name, params, check_mode, diff), code.body)
        ended.value.warnings = [call.args[0] for call in warn.call_args_list]
        return ended.value


def _raise(error: Exception) -> None:
    raise error


class Iam:
    """Roles by name and policies by ARN. It is the same in every Region."""

    def __init__(self) -> None:
        self.roles: dict[str, dict[str, Any]] = {}
        self.policies: dict[str, dict[str, Any]] = {}

    def add_role(self, name: str, trust: Any, attached: Any = (), path: str = "/", **fields: Any) -> dict[str, Any]:
        """fields: description, session, boundary, tags, inline (documents by name), profiles, created."""
        self.roles[name] = {
            "arn": f"arn:aws:iam::{ACCOUNT}:role{path}{name}",
            "path": path,
            "trust": trust,
            "attached": list(attached),
            "description": "",
            "session": 3600,
            "boundary": None,
            "tags": {},
            "inline": {},
            "profiles": [],
            "created": LONG_AGO,
            **fields,
        }
        return self.roles[name]

    def add_policy(self, name: str, document: Any, path: str = "/", **fields: Any) -> str:
        """fields: versions (documents by id; the last one is the default), tags, description, users, updated. Returns the ARN."""
        arn = f"arn:aws:iam::{ACCOUNT}:policy{path}{name}"
        self.policies[arn] = {"versions": {"v1": document}, "tags": {}, "updated": LONG_AGO, "users": [], **fields}
        return arn

    def document_of(self, arn: str) -> Any:
        """A policy's default version."""
        return list(self.policies[arn]["versions"].values())[-1]

    def permitted(self, name: str) -> list[Any]:
        """All permission policies of a role."""
        role = self.roles[name]
        return [*(self.document_of(arn) for arn in role["attached"] if arn in self.policies), *role["inline"].values()]

    def list_roles(self, region: str, PaginationConfig: Any = None) -> dict[str, Any]:
        return {"Roles": [{"RoleName": name} for name in self.roles]}

    def list_policies(self, region: str, Scope: str, PaginationConfig: Any = None) -> dict[str, Any]:
        assert Scope == "Local"
        return {"Policies": [{"Arn": arn} for arn in self.policies]}

    def get_account_summary(self, region: str) -> dict[str, Any]:
        return {"SummaryMap": {"AttachedPoliciesPerRoleQuota": 10}}

    def _role(self, name: str) -> dict[str, Any]:
        if name not in self.roles:
            raise refusing("NoSuchEntity")
        return self.roles[name]

    def _policy(self, arn: str) -> dict[str, Any]:
        if arn not in self.policies:
            raise refusing("NoSuchEntity")
        return self.policies[arn]

    def _shown(self, name: str) -> dict[str, Any]:
        role = self._role(name)
        shown = {
            "RoleName": name,
            "Arn": role["arn"],
            "Path": role["path"],
            "AssumeRolePolicyDocument": role["trust"],
            "CreateDate": role["created"],
            "MaxSessionDuration": role["session"],
        }
        if role["description"]:
            shown["Description"] = role["description"]
        if role["boundary"]:
            shown["PermissionsBoundary"] = {"PermissionsBoundaryArn": role["boundary"]}
        if role["tags"]:
            shown["Tags"] = tag_list(role["tags"])
        return shown

    def get_role(self, _region: str, RoleName: str) -> Document:
        return {"Role": self._shown(RoleName)}

    def create_role(self, _region: str, RoleName: str, AssumeRolePolicyDocument: str, **fields: Any) -> Document:
        if RoleName.lower() in {name.lower() for name in self.roles}:
            raise refusing("EntityAlreadyExists")
        assert fields.keys() <= {"Path", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags"}
        self.add_role(
            RoleName,
            json.loads(AssumeRolePolicyDocument),
            path=fields.get("Path", "/"),
            description=fields.get("Description", ""),
            session=fields.get("MaxSessionDuration", 3600),
            boundary=fields.get("PermissionsBoundary"),
            tags=tag_dict(fields.get("Tags", [])),
            created=datetime.now(UTC),
        )
        return {"Role": self._shown(RoleName)}

    def update_role(self, _region: str, RoleName: str, Description: str, MaxSessionDuration: int) -> None:
        self._role(RoleName).update(description=Description, session=MaxSessionDuration)

    def update_assume_role_policy(self, _region: str, RoleName: str, PolicyDocument: str) -> None:
        self._role(RoleName)["trust"] = json.loads(PolicyDocument)

    def put_role_permissions_boundary(self, _region: str, RoleName: str, PermissionsBoundary: str) -> None:
        self._role(RoleName)["boundary"] = PermissionsBoundary

    def delete_role_permissions_boundary(self, _region: str, RoleName: str) -> None:
        self._role(RoleName)["boundary"] = None

    def tag_role(self, _region: str, RoleName: str, Tags: Any) -> None:
        self._role(RoleName)["tags"].update(tag_dict(Tags))

    def untag_role(self, _region: str, RoleName: str, TagKeys: list[str]) -> None:
        for key in TagKeys:
            del self._role(RoleName)["tags"][key]

    def delete_role(self, _region: str, RoleName: str) -> None:
        role = self._role(RoleName)
        if role["attached"] or role["inline"] or role["profiles"]:
            raise refusing("DeleteConflict")
        del self.roles[RoleName]

    def list_attached_role_policies(self, _region: str, RoleName: str) -> Document:
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in self._role(RoleName)["attached"]]}

    def attach_role_policy(self, _region: str, RoleName: str, PolicyArn: str) -> None:
        assert PolicyArn in self.policies
        attached = self._role(RoleName)["attached"]
        attached.extend({PolicyArn} - set(attached))

    def detach_role_policy(self, _region: str, RoleName: str, PolicyArn: str) -> None:
        attached = self._role(RoleName)["attached"]
        if PolicyArn not in attached:
            raise refusing("NoSuchEntity")
        attached.remove(PolicyArn)

    def list_role_policies(self, _region: str, RoleName: str) -> Document:
        return {"PolicyNames": list(self._role(RoleName)["inline"])}

    def get_role_policy(self, _region: str, RoleName: str, PolicyName: str) -> Document:
        return {"PolicyDocument": self._role(RoleName)["inline"][PolicyName]}

    def delete_role_policy(self, _region: str, RoleName: str, PolicyName: str) -> None:
        del self._role(RoleName)["inline"][PolicyName]

    def list_instance_profiles_for_role(self, _region: str, RoleName: str) -> Document:
        return {"InstanceProfiles": [{"InstanceProfileName": name} for name in self._role(RoleName)["profiles"]]}

    def remove_role_from_instance_profile(self, _region: str, RoleName: str, InstanceProfileName: str) -> None:
        self._role(RoleName)["profiles"].remove(InstanceProfileName)

    def get_policy(self, _region: str, PolicyArn: str) -> Document:
        policy = self._policy(PolicyArn)
        attached = [name for name, role in self.roles.items() if PolicyArn in role["attached"]]
        bounded = [name for name, role in self.roles.items() if role["boundary"] == PolicyArn]
        counts = {
            "AttachmentCount": len(attached) + len(policy["users"]),
            "PermissionsBoundaryUsageCount": len(bounded),
            "Tags": tag_list(policy["tags"]),
        }
        return {
            "Policy": {
                "Arn": PolicyArn,
                "DefaultVersionId": list(policy["versions"])[-1],
                "UpdateDate": policy["updated"],
                **{name: value for name, value in counts.items() if value},
            }
        }

    def get_policy_version(self, _region: str, PolicyArn: str, VersionId: str) -> Document:
        return {"PolicyVersion": {"Document": self._policy(PolicyArn)["versions"][VersionId]}}

    def list_policy_versions(self, _region: str, PolicyArn: str) -> Document:
        versions = list(self._policy(PolicyArn)["versions"])
        return {"Versions": [{"VersionId": one, "IsDefaultVersion": one == versions[-1]} for one in versions[::-1]]}

    def list_entities_for_policy(self, _region: str, PolicyArn: str) -> Document:
        roles = [
            {"RoleName": name}
            for name, role in self.roles.items()
            if PolicyArn in (*role["attached"], role["boundary"])
        ]
        users = [{"UserName": name} for name in self._policy(PolicyArn)["users"]]
        return {"PolicyRoles": roles, "PolicyUsers": users, "PolicyGroups": []}

    def create_policy(self, _region: str, PolicyName: str, PolicyDocument: str, **fields: Any) -> Document:
        if PolicyName.lower() in {arn.rsplit("/", 1)[-1].lower() for arn in self.policies}:
            raise refusing("EntityAlreadyExists")
        assert fields.keys() <= {"Path", "Description", "Tags"}
        arn = self.add_policy(
            PolicyName,
            json.loads(PolicyDocument),
            path=fields["Path"],
            description=fields["Description"],
            tags=tag_dict(fields.get("Tags", [])),
            updated=datetime.now(UTC),
        )
        return {"Policy": {"Arn": arn}}

    def create_policy_version(
        self, _region: str, PolicyArn: str, PolicyDocument: str, SetAsDefault: bool
    ) -> dict[str, Any]:
        versions = self._policy(PolicyArn)["versions"]
        if len(versions) == 5:
            raise refusing("LimitExceeded")
        new = f"v{1 + max(int(version[1:]) for version in versions)}"
        versions[new] = json.loads(PolicyDocument)
        return {"PolicyVersion": {"VersionId": new}}

    def delete_policy_version(self, _region: str, PolicyArn: str, VersionId: str) -> None:
        versions = self._policy(PolicyArn)["versions"]
        if VersionId == list(versions)[-1]:
            raise refusing("DeleteConflict")
        if VersionId not in versions:
            raise refusing("NoSuchEntity")
        del versions[VersionId]

    def delete_policy(self, _region: str, PolicyArn: str) -> None:
        if len(self._policy(PolicyArn)["versions"]) > 1 or any(
            PolicyArn in role["attached"] for role in self.roles.values()
        ):
            raise refusing("DeleteConflict")
        del self.policies[PolicyArn]

    def tag_policy(self, _region: str, PolicyArn: str, Tags: Any) -> None:
        self._policy(PolicyArn)["tags"].update(tag_dict(Tags))

    def untag_policy(self, _region: str, PolicyArn: str, TagKeys: list[str]) -> None:
        for key in TagKeys:
            del self._policy(PolicyArn)["tags"][key]

    def simulate_principal_policy(
        self, _region: str, PolicySourceArn: str, ActionNames: list[str], ResourceArns: list[str]
    ) -> Document:
        statements = [
            statement
            for document in self.permitted(PolicySourceArn.rsplit("/", 1)[-1])
            for statement in document["Statement"]
        ]
        (resource,) = ResourceArns
        return {
            "EvaluationResults": [
                {
                    "EvalActionName": action,
                    "EvalDecision": "allowed"
                    if any(_covers(statement, action, resource) for statement in statements)
                    else "implicitDeny",
                }
                for action in ActionNames
            ]
        }


def _covers(statement: Document, action: str, resource: str) -> bool:
    def patterns(element: str) -> list[str]:
        return statement[element] if isinstance(statement[element], list) else [statement[element]]

    return any(fnmatchcase(action, one) for one in patterns("Action")) and any(
        fnmatchcase(resource, one) for one in patterns("Resource")
    )


class SecretsManager:
    """Secrets by Region and name."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], dict[str, Any]] = {}
        self._numbers = itertools.count(1)

    def add(self, name: str, *values: Any, region: str = REGION, **fields: Any) -> str:
        """values: of its versions, the last one is current. fields: description, kms_key, tags, deleted, policy. Returns the ARN."""
        arn = f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-{next(self._numbers):06}"
        versions = {f"version-{number}": value for number, value in enumerate(values, start=1)}
        empty = {"description": "", "kms_key": None, "tags": {}, "deleted": False, "policy": None}
        self.secrets[region, name] = {"arn": arn, "versions": versions, **empty, **fields}
        return arn

    def arn(self, name: str, region: str = REGION) -> str:
        return self.secrets[region, name]["arn"]

    def _find(self, region: str, secret_id: str) -> dict[str, Any]:
        for (place, name), secret in self.secrets.items():
            if place == region and secret_id in (name, secret["arn"]):
                return secret
        raise refusing("ResourceNotFoundException")

    def _live(self, region: str, secret_id: str) -> dict[str, Any]:
        secret = self._find(region, secret_id)
        if secret["deleted"]:
            raise refusing("InvalidRequestException")
        return secret

    def describe_secret(self, region: str, SecretId: str) -> Document:
        secret = self._find(region, SecretId)
        current = list(secret["versions"])[-1:]
        answer = {
            "ARN": secret["arn"],
            "Description": secret["description"],
            "Tags": tag_list(secret["tags"]),
            "VersionIdsToStages": {
                version: ["AWSCURRENT" if version in current else "AWSPREVIOUS"] for version in secret["versions"]
            },
        }
        if secret["kms_key"]:
            answer["KmsKeyId"] = secret["kms_key"]
        return {**answer, "DeletedDate": LONG_AGO} if secret["deleted"] else answer

    def get_resource_policy(self, region: str, SecretId: str) -> Document:
        policy = self._find(region, SecretId)["policy"]
        return {"ResourcePolicy": json.dumps(policy)} if policy else {}

    def get_secret_value(self, region: str, SecretId: str) -> Document:
        secret = self._live(region, SecretId)
        if not secret["versions"]:
            raise refusing("ResourceNotFoundException")
        version, value = list(secret["versions"].items())[-1]
        kind = "SecretBinary" if isinstance(value, bytes) else "SecretString"
        return {"ARN": secret["arn"], "VersionId": version, kind: value}

    def batch_get_secret_value(self, region: str, SecretIdList: list[str]) -> Document:
        found = [self._live(region, secret_id) for secret_id in SecretIdList]
        return {"SecretValues": [self.get_secret_value(region, secret["arn"]) for secret in found]}

    def create_secret(
        self, region: str, Name: str, SecretString: str, ClientRequestToken: str, **fields: Any
    ) -> Document:
        if (region, Name) in self.secrets:
            raise refusing("ResourceExistsException")
        assert fields.keys() <= {"Description", "KmsKeyId", "Tags"}
        arn = self.add(
            Name,
            region=region,
            versions={ClientRequestToken: SecretString},
            description=fields.get("Description", ""),
            kms_key=fields.get("KmsKeyId"),
            tags=tag_dict(fields.get("Tags", [])),
        )
        return {"ARN": arn, "VersionId": ClientRequestToken}

    def put_secret_value(self, region: str, SecretId: str, SecretString: str, ClientRequestToken: str) -> Document:
        self._live(region, SecretId)["versions"][ClientRequestToken] = SecretString
        return {"VersionId": ClientRequestToken}

    def update_secret(self, region: str, SecretId: str, **fields: Any) -> None:
        secret = self._live(region, SecretId)
        secret["description"] = fields.get("Description", secret["description"])
        secret["kms_key"] = fields.get("KmsKeyId", secret["kms_key"]) or None

    def tag_resource(self, region: str, SecretId: str, Tags: Any) -> None:
        self._live(region, SecretId)["tags"].update(tag_dict(Tags))

    def untag_resource(self, region: str, SecretId: str, TagKeys: list[str]) -> None:
        for key in TagKeys:
            del self._live(region, SecretId)["tags"][key]

    def restore_secret(self, region: str, SecretId: str) -> None:
        self._find(region, SecretId)["deleted"] = False

    def delete_secret(self, region: str, SecretId: str, ForceDeleteWithoutRecovery: bool = False, **dummy: Any) -> None:
        secret = self._find(region, SecretId)
        secret["deleted"] = True
        if ForceDeleteWithoutRecovery:
            self.secrets = {place: other for place, other in self.secrets.items() if other is not secret}


class Kms:
    """Keys by whatever names them, and their policies by ARN; without one of its own, a key leaves all to IAM."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.policies: dict[str, Document] = {}
        self.states: dict[str, str] = {}

    def describe_key(self, _region: str, KeyId: str) -> Document:
        if KeyId not in self.keys:
            raise refusing("NotFoundException")
        arn = self.keys[KeyId]
        return {"KeyMetadata": {"Arn": arn, "KeyManager": "CUSTOMER", "KeyState": self.states.get(arn, "Enabled")}}

    def get_key_policy(self, _region: str, KeyId: str, PolicyName: str) -> Document:
        assert PolicyName == "default"
        principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
        return {"Policy": json.dumps(self.policies.get(KeyId, {"Statement": [statement]}))}


class MediaConnect:
    """Flows by ARN."""

    def __init__(self) -> None:
        self.flows: dict[str, dict[str, Any]] = {}

    def add(self, name: str, *entitlements: dict[str, Any], region: str = REGION, number: str = "id", **fields: Any):
        """entitlements: their members, and tags and in_use. fields: Source, Outputs, Status, messages. Returns the ARN."""
        arn = f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:1-{number}:{name}"
        self.flows[arn] = {
            "Name": name,
            "Status": "ACTIVE",
            "messages": [],
            "entitlements": {self._entitlement_arn(arn, one["Name"]): copy.deepcopy(one) for one in entitlements},
            **fields,
        }
        return arn

    @staticmethod
    def _entitlement_arn(flow_arn: str, name: str) -> str:
        return f"{flow_arn.replace(':flow:', ':entitlement:').rpartition(':')[0]}-{flow_arn.rpartition(':')[2]}:{name}"

    def granted(self, flow_arn: str) -> dict[str, dict[str, Any]]:
        """The entitlements of a flow by name."""
        return {one["Name"]: one for one in self.flows[flow_arn]["entitlements"].values()}

    def _flow(self, region: str, arn: str) -> dict[str, Any]:
        if arn not in self.flows or arn.split(":")[3] != region:
            raise refusing("NotFoundException")
        return self.flows[arn]

    def _entitlement(self, arn: str) -> dict[str, Any]:
        for flow in self.flows.values():
            if arn in flow["entitlements"]:
                return flow["entitlements"][arn]
        raise refusing("NotFoundException")

    @staticmethod
    def _shown(arn: str, entitlement: dict[str, Any]) -> dict[str, Any]:
        return {
            "EntitlementArn": arn,
            **{key: one for key, one in entitlement.items() if key not in ("tags", "in_use")},
        }

    def list_flows(self, region: str) -> Document:
        mine = [arn for arn in self.flows if arn.split(":")[3] == region]
        return {"Flows": [{"FlowArn": arn, "Name": self.flows[arn]["Name"]} for arn in mine]}

    def describe_flow(self, region: str, FlowArn: str) -> Document:
        flow = self._flow(region, FlowArn)
        found = flow["entitlements"]
        used = [{"Name": one["Name"], "EntitlementArn": arn} for arn, one in found.items() if one.get("in_use")]
        return {
            "Flow": {
                "FlowArn": FlowArn,
                "Name": flow["Name"],
                "Status": flow["Status"],
                "Source": flow.get("Source", {"Name": "source"}),
                "Outputs": [*flow.get("Outputs", []), *used],
                "Entitlements": [self._shown(arn, one) for arn, one in found.items()],
            },
            "Messages": {"Errors": flow["messages"]} if flow["messages"] else {},
        }

    def grant_flow_entitlements(self, region: str, FlowArn: str, Entitlements: list[Any]) -> Document:
        flow = self._flow(region, FlowArn)
        if {one["Name"] for one in Entitlements} & set(self.granted(FlowArn)):
            raise refusing("BadRequestException", "names are unique")
        granted = []
        for request in Entitlements:
            arn, tags = self._entitlement_arn(FlowArn, request["Name"]), request.pop("EntitlementTags", {})
            flow["entitlements"][arn] = {**request, "tags": tags}
            granted.append(self._shown(arn, flow["entitlements"][arn]))
        return {"Entitlements": granted}

    def update_flow_entitlement(self, region: str, FlowArn: str, EntitlementArn: str, **fields: Any) -> Document:
        assert fields.keys() <= {"Subscribers", "Description", "EntitlementStatus", "Encryption"}
        self._flow(region, FlowArn)["entitlements"][EntitlementArn].update(fields)
        return {"Entitlement": self._shown(EntitlementArn, self._entitlement(EntitlementArn))}

    def revoke_flow_entitlement(self, region: str, FlowArn: str, EntitlementArn: str) -> None:
        self._entitlement(EntitlementArn)
        del self._flow(region, FlowArn)["entitlements"][EntitlementArn]

    def list_tags_for_resource(self, _region: str, ResourceArn: str) -> Document:
        thing = self.flows[ResourceArn] if ResourceArn in self.flows else self._entitlement(ResourceArn)
        return {"Tags": thing.get("tags", {})}

    def tag_resource(self, _region: str, ResourceArn: str, Tags: dict[str, str]) -> None:
        self._entitlement(ResourceArn).setdefault("tags", {}).update(Tags)

    def untag_resource(self, _region: str, ResourceArn: str, TagKeys: list[str]) -> None:
        for key in TagKeys:
            del self._entitlement(ResourceArn)["tags"][key]


class Tagging:
    """All tags of MediaConnect's resources at once. late: by ARN, what it shows in their place."""

    def __init__(self, mediaconnect: MediaConnect) -> None:
        self._mediaconnect = mediaconnect
        self.late: dict[str, dict[str, str]] = {}

    def get_resources(self, region: str, ResourceTypeFilters: list[str]) -> Document:
        assert ResourceTypeFilters == ["mediaconnect"]
        tags = {
            arn: one.get("tags", {})
            for flow in self._mediaconnect.flows.values()
            for arn, one in flow["entitlements"].items()
        }
        shown = {arn: found for arn, found in {**tags, **self.late}.items() if found and arn.split(":")[3] == region}
        return {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": tag_list(one)} for arn, one in shown.items()]}


@pytest.fixture(scope="session")
def make_aws() -> type[Aws]:
    """For tests that need one AWS after the other."""
    return Aws


@pytest.fixture
def aws() -> Aws:
    """AWS with nothing in it."""
    return Aws()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Nobody waits, for tests that call what waits."""
    made = Clock()
    for place in (client_code, preflight, loop, wait):
        monkeypatch.setattr(place, "time", made)
    return made
