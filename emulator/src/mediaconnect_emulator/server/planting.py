# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is there at the start: accounts with their flows, secrets and roles, as a seed describes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from botocore import xform_name

from ..mediaconnect.registry import Call, run
from ..wire.accounts import DEFAULT_REGION, partition_of
from ..wire.protocols import AwsError, Request
from .app import Emulator

MEDIACONNECT_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def plant(emulator: Emulator, seed: dict[str, Any]) -> dict[str, list[str]]:
    """Make everything that the seed describes; returns the ARNs, by kind."""
    made: dict[str, list[str]] = {"roles": [], "secrets": [], "flows": []}
    _only(seed, {"accounts"}, "a seed")
    for account, content in (seed.get("accounts") or {}).items():
        account = str(account).zfill(12)
        _only(content, {"regions", "roles"}, f"account {account}")
        for region, estate in (content.get("regions") or {}).items():
            _only(estate, {"secrets", "flows"}, f"Region {region} of account {account}")
            made["secrets"] += [
                _secret(emulator, account, region, dict(secret)) for secret in estate.get("secrets") or []
            ]
        regions = _first_regions(content.get("regions") or {})
        made["roles"] += [
            _role(emulator, account, region, role) for role in content.get("roles") or [] for region in regions
        ]
        for region, estate in (content.get("regions") or {}).items():
            made["flows"] += [_flow(emulator, account, region, dict(flow)) for flow in estate.get("flows") or []]
    return made


def _first_regions(regions: Iterable[str]) -> list[str]:
    """One Region of each partition in which an account has something; IAM has roles in every partition by themselves."""
    return list({partition_of(region): region for region in reversed(list(regions))}.values()) or [DEFAULT_REGION]


def _only(values: dict[str, Any], known: set[str], what: str) -> None:
    unknown = set(values) - known
    if unknown:
        raise ValueError(f"{what} has no {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")


def _secret(emulator: Emulator, account: str, region: str, secret: dict[str, Any]) -> str:
    _only(secret, {"name", "value", "description", "kms_key_id", "tags"}, "a secret")
    params: dict[str, Any] = {"Name": secret["name"]}
    for name, member in (("value", "SecretString"), ("description", "Description"), ("kms_key_id", "KmsKeyId")):
        if name in secret:
            params[member] = str(secret[name])
    params["Tags"] = [{"Key": key, "Value": value} for key, value in (secret.get("tags") or {}).items()]
    headers = {"x-amz-target": "secretsmanager.CreateSecret", "content-type": "application/x-amz-json-1.1"}
    return str(
        json.loads(_ask(emulator, "secretsmanager", account, region, headers, json.dumps(params).encode()))["ARN"]
    )


def _role(emulator: Emulator, account: str, region: str, role: dict[str, Any]) -> str:
    _only(role, {"name", "trust_policy", "policies", "description"}, "a role")
    trust = json.dumps(role.get("trust_policy", MEDIACONNECT_TRUST))
    params = {"RoleName": role["name"], "AssumeRolePolicyDocument": trust, "Description": role.get("description", "")}
    _iam(emulator, account, region, "CreateRole", params)
    for name, document in (role.get("policies") or {}).items():
        _iam(
            emulator,
            account,
            region,
            "PutRolePolicy",
            {"RoleName": role["name"], "PolicyName": name, "PolicyDocument": json.dumps(document)},
        )
    return f"arn:{partition_of(region)}:iam::{account}:role/{role['name']}"


def _iam(emulator: Emulator, account: str, region: str, action: str, params: dict[str, str]) -> None:
    form = urlencode({"Action": action, "Version": "2010-05-08", **params})
    _ask(emulator, "iam", account, region, {"content-type": "application/x-www-form-urlencoded"}, form.encode())


def _ask(emulator: Emulator, service: str, account: str, region: str, headers: dict[str, str], body: bytes) -> bytes:
    """Call another service as the account itself would, without an entry in the log."""
    authorization = f"AWS4-HMAC-SHA256 Credential=AKIAEMUL{account}/20260101/{region}/{service}/aws4_request"
    request = Request("POST", "/", "", {**headers, "authorization": authorization}, body, account=account)
    response = emulator.moto.answer(request)
    if response.status >= 400:
        raise ValueError(
            f"the seed's {request.operation} {request.params.get('Name') or request.params.get('RoleName')} failed: {response.body.decode()}"
        )
    return response.body


def _flow(emulator: Emulator, account: str, region: str, seed: dict[str, Any]) -> str:
    """CreateFlow with the API's members, in snake_case or as they are; and id, status, tags."""
    flow_id, status, tags = seed.pop("id", None), seed.pop("status", "STANDBY"), seed.pop("tags", {})
    operation = emulator.model.operation("CreateFlow")
    wire = _members(operation.model.input_shape, seed)
    source = {"name": "source", "protocol": "srt-listener", "ingestPort": 5000, "whitelistCidr": "10.24.34.0/23"}
    if "source" not in wire and "sources" not in wire:
        wire["source"] = source
    try:
        params = emulator.model.read(operation, {}, "", json.dumps({**wire, "flowTags": tags}).encode())
        params["FlowId"] = flow_id
        created = run(Call("CreateFlow", account, region, params, emulator.estate, emulator.keys))
    except AwsError as error:
        raise ValueError(f"the seed's flow {seed.get('name')}: {error.message}") from error
    arn = str(created["Flow"]["FlowArn"])
    with emulator.estate.lock:
        flow = emulator.estate.any_flow(arn)
        if flow is not None:
            flow.status = status
    return arn


def _members(shape: Any, value: Any) -> Any:
    """A value in the wire's names, from the API's or from snake_case."""
    if shape.type_name == "structure" and isinstance(value, dict):
        names = {
            spelling: (target.serialization["name"], target)
            for member, target in shape.members.items()
            for spelling in (member, xform_name(member))
        }
        wire = {}
        for key, item in value.items():
            if key not in names:
                raise ValueError(
                    f"the seed's '{key}' is none of {', '.join(xform_name(member) for member in shape.members)}"
                )
            name, target = names[key]
            wire[name] = _members(target, item)
        return wire
    if shape.type_name == "list" and isinstance(value, list):
        return [_members(shape.member, item) for item in value]
    if shape.type_name == "string" and isinstance(value, int):
        return str(value)
    return value
