# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A role that MediaConnect assumes, as declared: read from the task's options and checked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Pattern

from .._policy.documents import RESERVED_ROLE_NAME
from .._reconcile.arn import ROLE_NAME, SECRET_NAME, iam_name, is_arn, parse_arn
from .._reconcile.fields import Field, argument_spec, declared_values, options_of
from .._reconcile.model import ABSENT, PRESENT, Refusal
from .._reconcile.tags import declared_tags, tag_problems

# IAM, RoleName and PolicyName: letters, digits and _+=,.@-, 64 and 128 at most.
POLICY_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}")
PATH = re.compile(r"/|/[\x21-\x7e]{1,510}/")
# A full ARN ends in a hyphen and six characters that Secrets Manager chose; question marks stand for them until they are known.
SECRET_RESOURCE = re.compile(r"secret:[A-Za-z0-9/_+=.@-]{1,512}-([A-Za-z0-9]{6}|\?{6})")
ROLE_RESOURCE = re.compile(r"role(/|/[\x21-\x7e]+/)[^/]+")
POLICY_RESOURCE = re.compile(r"policy(/|/[\x21-\x7e]+/)[A-Za-z0-9_+=,.@-]{1,128}")
KMS_RESOURCE = re.compile(r"key/[A-Za-z0-9-]+|alias/[A-Za-z0-9/_-]+")
KMS_KEY_ID = re.compile(r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
API_ID = re.compile(r"[A-Za-z0-9]+")
FLOW_RESOURCE = re.compile(r"flow:[^:]+:.+")
API_RESOURCE = re.compile(r"[A-Za-z0-9]+(/[^$]*)?")
DESCRIPTION = re.compile("[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}")
SESSION_SECONDS = (3600, 43200)


DEFAULT_SESSION_DURATION = 3600

ROLE = (
    Field("name", {"type": "str", "required": True, "aliases": ["role_arn"]}),
    Field("state", {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT}),
    Field("secrets", {"type": "list", "elements": "str", "no_log": False}),
    Field("kms_keys", {"type": "list", "elements": "str", "no_log": False}),
    Field("speke_apis", {"type": "list", "elements": "str"}),
    Field("flows", {"type": "list", "elements": "str"}),
    Field("policy_name", {"type": "str"}),
    Field("confused_deputy_protection", {"type": "bool"}),
    Field("purge", {"type": "bool", "default": True}),
    Field("purge_policies", {"type": "bool", "default": False}),
    Field("path", {"type": "str"}, member="Path", updatable=False, default="/"),
    Field("description", {"type": "str"}, member="Description", default=""),
    Field("permissions_boundary", {"type": "str"}),
    Field("max_session_duration", {"type": "int"}, member="MaxSessionDuration", default=DEFAULT_SESSION_DURATION),
    Field("tags", {"type": "dict", "aliases": ["resource_tags"]}),
    Field("purge_tags", {"type": "bool", "default": True}),
    Field("allow_shared_policy", {"type": "bool", "default": False}),
    Field("force_in_use", {"type": "bool", "default": False}),
)
# The options of the module trust_role.
TASK: dict[str, Any] = {
    **argument_spec(ROLE),
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 120},
}
# The options that steer the planner, besides the fields that IAM keeps.
STEERING = (
    "state",
    "policy_name",
    "confused_deputy_protection",
    "purge",
    "purge_policies",
    "purge_tags",
    "allow_shared_policy",
    "force_in_use",
)


@dataclass
class DeclaredRole:
    """A role as declared; None stands for an option that was left out.

    secrets, kms_keys: ARNs, or names still to be looked up. speke_apis: ARNs. flows: SourceArn patterns.
    fields: the declared ones of the fields that IAM keeps (path, description, max_session_duration).
    permissions_boundary: an ARN, or "" for none.
    """

    name: str
    account: str
    partition: str
    region: str
    state: str = PRESENT
    secrets: list[str] | None = None
    kms_keys: list[str] | None = None
    speke_apis: list[str] | None = None
    flows: list[str] | None = None
    policy_name: str | None = None
    confused_deputy_protection: bool | None = None
    purge: bool = True
    purge_policies: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    permissions_boundary: str | None = None
    tags: dict[str, str] | None = None
    purge_tags: bool = True
    allow_shared_policy: bool = False
    force_in_use: bool = False

    @property
    def derived_policy_name(self) -> str:
        """The policy's name when none is declared: it follows from the role's name, so that two roles never share a policy."""
        return f"SecretsManagerForMediaConnect-{self.name}"


def role_arn(declared: DeclaredRole) -> str:
    """The ARN that a new role will have."""
    return f"arn:{declared.partition}:iam::{declared.account}:role{declared.fields.get('path', '/')}{declared.name}"


def is_alias(kms_key: str) -> bool:
    """Whether a KMS key is given by an alias, which no policy can name."""
    return kms_key.startswith("alias/") or ":alias/" in kms_key


def declare(params: Mapping[str, Any], account: str, partition: str, region: str) -> DeclaredRole:
    """The task's options as a DeclaredRole. Raises Refusal with what is wrong with them whatever AWS has."""
    name, path = name_and_path(params)
    reader = _Reader(f"The role {name}", account, partition, region)
    if is_arn(params["name"]):
        reader.own(params["name"])
    declared = DeclaredRole(
        name=name,
        account=account,
        partition=partition,
        region=region,
        secrets=reader.each("secrets", params["secrets"], reader.secret),
        kms_keys=reader.each("kms_keys", params["kms_keys"], reader.kms_key),
        speke_apis=reader.each("speke_apis", params["speke_apis"], reader.speke_api),
        flows=reader.each("flows", params["flows"], reader.flow),
        permissions_boundary=reader.boundary(params["permissions_boundary"]),
        tags=declared_tags(params["tags"]),
        fields=declared_values(ROLE, {**params, "path": path}),
        **options_of(ROLE, STEERING, params),
    )
    reader.check(declared)
    if reader.wrong:
        raise Refusal(" ".join(reader.wrong))
    return declared


def name_and_path(params: Mapping[str, Any]) -> tuple[str, str | None]:
    """Name and path of a role that is given by its name or ARN. Raises Refusal."""
    name, path = params["name"], params["path"]
    if is_arn(name):
        arn = _parse(name, "iam", ROLE_RESOURCE)
        if arn is None:
            raise Refusal(f"'{name}' is not a valid ARN of a role; give the role's name or ARN.")
        own_path = arn["resource"][len("role") : -len(iam_name(name))]
        if path not in (None, own_path):
            raise Refusal(f"The role {name} lies under the path {own_path}, and path says {path}; leave path out.")
        name, path = iam_name(name), own_path
    if not ROLE_NAME.fullmatch(name):
        raise Refusal(f"'{name}' is not a valid name of a role: IAM takes up to 64 letters, digits and _+=,.@-.")
    if name.lower() == RESERVED_ROLE_NAME:
        raise Refusal(f"The role name {name} is reserved by MediaConnect; use another one, such as MediaConnect-ASM.")
    if path is not None and not PATH.fullmatch(path):
        raise Refusal(
            f"The role {name}: '{path}' is not a valid path; it begins and ends with a slash, such as /media/."
        )
    return name, path


def _parse(text: str, service: str, resource: Pattern[str]) -> dict[str, str] | None:
    """The parts of an ARN of this service and this form of resource, or None."""
    arn = parse_arn(text)
    return arn if arn and arn["service"] == service and resource.fullmatch(arn["resource"]) else None


class _Reader:
    """Reads options, and collects what is wrong with them."""

    def __init__(self, label: str, account: str, partition: str, region: str):
        self.label, self.account, self.partition, self.region = label, account, partition, region
        self.wrong: list[str] = []

    def refuse(self, reason: str) -> None:
        self.wrong.append(f"{self.label}: {reason}")

    def each(self, option: str, items: list[str] | None, read: Callable[[str], str | None]) -> list[str] | None:
        """An option's items as they are read, sorted and each of them once."""
        if items is None:
            return None
        if not all(item.strip() for item in items):
            self.refuse(f"{option} holds an empty item; remove it.")
        found = [read(item.strip()) for item in items if item.strip()]
        return sorted({item for item in found if item})

    def own(self, role_arn: str) -> None:
        """Raise Refusal if a role that is given by its ARN is not in the caller's account."""
        arn = parse_arn(role_arn)
        if arn and self.is_foreign(arn):
            raise Refusal(
                f"The role {role_arn} lies in {self.owner(arn)}, but the credentials belong to account {self.account}."
            )

    def secret(self, item: str) -> str | None:
        if not is_arn(item):
            if SECRET_NAME.fullmatch(item):
                return item
            self.refuse(
                f"'{item}' is not a valid name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@-."
            )
            return None
        arn = _parse(item, "secretsmanager", SECRET_RESOURCE)
        if arn is None or not arn["region"]:
            self.refuse(
                f"{item} is not a full ARN of a secret: that ends in a hyphen and the six characters that Secrets Manager chose. Or give its name."
            )
        elif self.is_foreign(arn):
            self.refuse(
                f"the secret {item} lies in {self.owner(arn)}, and MediaConnect reads only secrets of the role's own account, {self.account}."
            )
        else:
            return item
        return None

    def kms_key(self, item: str) -> str | None:
        if KMS_KEY_ID.fullmatch(item):
            return f"arn:{self.partition}:kms:{self.region}:{self.account}:key/{item}"
        if is_alias(item) and KMS_RESOURCE.fullmatch(item):
            return item
        return self.elsewhere(
            item, "kms", KMS_RESOURCE, "KMS key: give its id, its ARN, or an alias such as alias/video"
        )

    def speke_api(self, item: str) -> str | None:
        if API_ID.fullmatch(item):
            return f"arn:{self.partition}:execute-api:{self.region}:{self.account}:{item}/*/POST/*"
        example = f"arn:{self.partition}:execute-api:{self.region}:{self.account}:1abcdefghi/*/POST/*"
        return self.elsewhere(
            item, "execute-api", API_RESOURCE, f"API of API Gateway: give its id, or an ARN such as {example}"
        )

    def elsewhere(self, item: str, service: str, resource: Pattern[str], what: str) -> str | None:
        """An ARN that may be from any account and Region."""
        arn = _parse(item, service, resource)
        if arn and arn["partition"] == self.partition and arn["region"] and arn["account_id"]:
            return item
        self.refuse(f"'{item}' is not a valid {what}.")
        return None

    def flow(self, item: str) -> str | None:
        region, name = self.region, item
        if is_arn(item):
            arn = _parse(item, "mediaconnect", FLOW_RESOURCE)
            if arn is None or not arn["region"]:
                self.refuse(f"{item} is not a valid ARN of a flow; give a flow's name or ARN.")
                return None
            if self.is_foreign(arn):
                self.refuse(
                    f"the flow {item} lies in {self.owner(arn)}; a role serves the flows of its own account, {self.account}."
                )
                return None
            region, name = arn["region"], arn["resource"].split(":", 2)[2]
        if set(name) & set("*?$") or ":" in name:
            self.refuse(
                f"'{name}' is not a usable name of a flow: in a policy the characters *, ?, $ and : mean something else."
            )
            return None
        return f"arn:{self.partition}:mediaconnect:{region}:{self.account}:flow:*:{name}"

    def boundary(self, item: str | None) -> str | None:
        if not item:
            return item
        if not is_arn(item):
            item = f"arn:{self.partition}:iam::{self.account}:policy/{item.lstrip('/')}"
        arn = _parse(item, "iam", POLICY_RESOURCE)
        if arn is None:
            self.refuse(f"permissions_boundary '{item}' is not a valid managed policy; give its name or ARN.")
        elif arn["account_id"] != "aws" and self.is_foreign(arn):
            self.refuse(
                f"the permissions boundary {item} lies in {self.owner(arn)}; it must be of the role's own account, {self.account}."
            )
        return item

    def is_foreign(self, arn: Mapping[str, str]) -> bool:
        return (arn["partition"], arn["account_id"]) != (self.partition, self.account)

    def owner(self, arn: Mapping[str, str]) -> str:
        return f"account {arn['account_id']}" if arn["partition"] == self.partition else f"partition {arn['partition']}"

    def check(self, declared: DeclaredRole) -> None:
        policy_name = declared.policy_name
        if policy_name is not None and not POLICY_NAME.fullmatch(policy_name):
            self.refuse(
                f"'{policy_name}' is not a valid name of a policy: IAM takes up to 128 letters, digits and _+=,.@- (the name, not the ARN)."
            )
        if not DESCRIPTION.fullmatch(declared.fields.get("description", "")):
            self.refuse("its description is too long or not in Latin script: IAM takes 1000 characters of Latin-1.")
        seconds = declared.fields.get("max_session_duration")
        if seconds is not None and not SESSION_SECONDS[0] <= seconds <= SESSION_SECONDS[1]:
            self.refuse(
                f"max_session_duration is {seconds}; IAM takes {SESSION_SECONDS[0]} to {SESSION_SECONDS[1]} seconds."
            )
        for problem in tag_problems(declared.tags, "iam"):
            self.refuse(f"{problem}.")
        if declared.flows and declared.confused_deputy_protection is False:
            self.refuse(
                "flows are conditions that confused_deputy_protection: false switches off; drop one of the two."
            )
