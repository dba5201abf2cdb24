# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A role that MediaConnect assumes, as declared: read from the task's options and checked. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Pattern, Tuple

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.arn import is_arn, parse_arn
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import PRESENT, Refusal

# IAM, RoleName and PolicyName: letters, digits and _+=,.@-, 64 and 128 at most.
ROLE_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
POLICY_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}")
PATH = re.compile(r"/|/[\x21-\x7e]{1,510}/")
SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
# A full ARN ends in a hyphen and six characters that Secrets Manager chose; question marks stand for them until they are known.
SECRET_RESOURCE = re.compile(r"secret:[A-Za-z0-9/_+=.@-]{1,512}-([A-Za-z0-9]{6}|\?{6})")
ROLE_RESOURCE = re.compile(r"role(/|/[\x21-\x7e]+/)[^/]+")
POLICY_RESOURCE = re.compile(r"policy(/|/[\x21-\x7e]+/)[A-Za-z0-9_+=,.@-]{1,128}")
KMS_RESOURCE = re.compile(r"key/[A-Za-z0-9-]+|alias/[A-Za-z0-9/_-]+")
KMS_KEY_ID = re.compile(r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})")
API_ID = re.compile(r"[A-Za-z0-9]+")
FLOW_RESOURCE = re.compile(r"flow:[^:]+:.+")
API_RESOURCE = re.compile(r"[A-Za-z0-9]+(/[^$]*)?")
# The MediaConnect user guide reserves it; IAM does not tell names apart by case.
RESERVED_NAME = "mediaconnectaccessrole"
DESCRIPTION = re.compile("[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}")
SESSION_SECONDS = (3600, 43200)
MAX_TAGS = 50


@dataclass
class Declared:
    """A role as declared; None stands for an option that was left out.

    secrets, kms_keys: ARNs, or names still to be looked up. speke_apis: ARNs. flows: SourceArn patterns.
    permissions_boundary: an ARN, or "" for none.
    """

    name: str
    account: str
    partition: str
    region: str
    state: str = PRESENT
    secrets: Optional[List[str]] = None
    kms_keys: Optional[List[str]] = None
    speke_apis: Optional[List[str]] = None
    flows: Optional[List[str]] = None
    policy_name: Optional[str] = None
    confused_deputy_protection: Optional[bool] = None
    purge: bool = True
    purge_policies: bool = False
    path: Optional[str] = None
    description: Optional[str] = None
    permissions_boundary: Optional[str] = None
    max_session_duration: Optional[int] = None
    tags: Optional[Dict[str, str]] = None
    purge_tags: bool = True
    allow_shared_policy: bool = False
    force_in_use: bool = False

    @property
    def derived_policy_name(self) -> str:
        """What the policy is called when nobody says: after the role, so that two roles never share one."""
        return f"SecretsManagerForMediaConnect-{self.name}"


def name_in(arn: str) -> str:
    """The name at the end of a role's or policy's ARN."""
    return arn.rsplit("/", 1)[-1]


def role_arn(declared: Declared) -> str:
    """The ARN that a new role will have."""
    return f"arn:{declared.partition}:iam::{declared.account}:role{declared.path or '/'}{declared.name}"


def is_alias(kms_key: str) -> bool:
    """Whether a KMS key is given by an alias, which no policy can name."""
    return kms_key.startswith("alias/") or ":alias/" in kms_key


def declare(params: Mapping[str, Any], account: str, partition: str, region: str) -> Declared:
    """The task's options as a Declared. Raises one Refusal with all that is wrong with them, whatever AWS has."""
    reader = _Reader(account, partition, region)
    name, path = reader.role(params["name"], params["path"])
    reader.label = f"The role {name}"
    declared = Declared(
        name=name,
        account=account,
        partition=partition,
        region=region,
        path=path,
        secrets=reader.each("secrets", params["secrets"], reader.secret),
        kms_keys=reader.each("kms_keys", params["kms_keys"], reader.kms_key),
        speke_apis=reader.each("speke_apis", params["speke_apis"], reader.speke_api),
        flows=reader.each("flows", params["flows"], reader.flow),
        permissions_boundary=reader.boundary(params["permissions_boundary"]),
        tags=reader.tags(params["tags"]),
        **{
            option: params[option]
            for option in (
                "state",
                "policy_name",
                "confused_deputy_protection",
                "purge",
                "purge_policies",
                "description",
                "max_session_duration",
                "purge_tags",
                "allow_shared_policy",
                "force_in_use",
            )
        },
    )
    reader.check(declared)
    if reader.wrong:
        raise Refusal(" ".join(reader.wrong))
    return declared


def _parse(text: str, service: str, resource: Pattern[str]) -> Optional[Dict[str, str]]:
    """The parts of an ARN of this service and this form of resource, or None."""
    arn = parse_arn(text)
    return arn if arn and arn["service"] == service and resource.fullmatch(arn["resource"]) else None


class _Reader:
    """Reads options, and collects what is wrong with them."""

    def __init__(self, account: str, partition: str, region: str):
        self.account, self.partition, self.region = account, partition, region
        self.label: str
        self.wrong: List[str] = []

    def refuse(self, reason: str) -> None:
        self.wrong.append(f"{self.label}: {reason}")

    def each(
        self, option: str, items: Optional[List[str]], read: Callable[[str], Optional[str]]
    ) -> Optional[List[str]]:
        """An option's items, each read and each once, in an order of their own."""
        if items is None:
            return None
        if not all(item.strip() for item in items):
            self.refuse(f"{option} holds an empty item; remove it.")
        found = [read(item.strip()) for item in items if item.strip()]
        return sorted({item for item in found if item})

    def role(self, name: str, path: Optional[str]) -> Tuple[str, Optional[str]]:
        """Name and path of a role that is given by its name or ARN."""
        if is_arn(name):
            arn = _parse(name, "iam", ROLE_RESOURCE)
            if arn is None:
                raise Refusal(f"'{name}' is no ARN of a role; give the role's name or ARN.")
            if self.is_foreign(arn):
                raise Refusal(
                    f"The role {name} lies in {self.owner(arn)}, but the credentials belong to account {self.account}."
                )
            own_path = arn["resource"][len("role") : -len(name_in(name))]
            if path not in (None, own_path):
                raise Refusal(f"The role {name} lies under the path {own_path}, and path says {path}; leave path out.")
            name, path = name_in(name), own_path
        if not ROLE_NAME.fullmatch(name):
            raise Refusal(f"'{name}' is no name of a role: IAM takes up to 64 letters, digits and _+=,.@-.")
        if name.lower() == RESERVED_NAME:
            raise Refusal(
                f"The role name {name} is reserved by MediaConnect; use another one, such as MediaConnect-ASM."
            )
        if path is not None and not PATH.fullmatch(path):
            raise Refusal(f"The role {name}: '{path}' is no path; it begins and ends with a slash, such as /media/.")
        return name, path

    def secret(self, item: str) -> Optional[str]:
        if not is_arn(item):
            if SECRET_NAME.fullmatch(item):
                return item
            self.refuse(
                f"'{item}' is no name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@-."
            )
            return None
        arn = _parse(item, "secretsmanager", SECRET_RESOURCE)
        if arn is None or not arn["region"]:
            self.refuse(
                f"{item} is no full ARN of a secret: that ends in a hyphen and the six characters that Secrets Manager chose. Or give its name."
            )
        elif self.is_foreign(arn):
            self.refuse(
                f"the secret {item} lies in {self.owner(arn)}, and MediaConnect reads only secrets of the role's own account, {self.account}."
            )
        else:
            return item
        return None

    def kms_key(self, item: str) -> Optional[str]:
        if KMS_KEY_ID.fullmatch(item):
            return f"arn:{self.partition}:kms:{self.region}:{self.account}:key/{item}"
        if is_alias(item) and KMS_RESOURCE.fullmatch(item):
            return item
        return self.elsewhere(
            item, "kms", KMS_RESOURCE, "KMS key: give its id, its ARN, or an alias such as alias/video"
        )

    def speke_api(self, item: str) -> Optional[str]:
        if API_ID.fullmatch(item):
            return f"arn:{self.partition}:execute-api:{self.region}:{self.account}:{item}/*/POST/*"
        example = f"arn:{self.partition}:execute-api:{self.region}:{self.account}:1abcdefghi/*/POST/*"
        return self.elsewhere(
            item, "execute-api", API_RESOURCE, f"API of API Gateway: give its id, or an ARN such as {example}"
        )

    def elsewhere(self, item: str, service: str, resource: Pattern[str], what: str) -> Optional[str]:
        """An ARN that may be of any account and Region."""
        arn = _parse(item, service, resource)
        if arn and arn["partition"] == self.partition and arn["region"] and arn["account_id"]:
            return item
        self.refuse(f"'{item}' is no {what}.")
        return None

    def flow(self, item: str) -> Optional[str]:
        region, name = self.region, item
        if is_arn(item):
            arn = _parse(item, "mediaconnect", FLOW_RESOURCE)
            if arn is None or not arn["region"]:
                self.refuse(f"{item} is no ARN of a flow; give a flow's name or ARN.")
                return None
            if self.is_foreign(arn):
                self.refuse(
                    f"the flow {item} lies in {self.owner(arn)}; a role serves the flows of its own account, {self.account}."
                )
                return None
            region, name = arn["region"], arn["resource"].split(":", 2)[2]
        if set(name) & set("*?$") or ":" in name:
            self.refuse(
                f"'{name}' is no usable name of a flow: in a policy the characters *, ?, $ and : mean something else."
            )
            return None
        return f"arn:{self.partition}:mediaconnect:{region}:{self.account}:flow:*:{name}"

    def boundary(self, item: Optional[str]) -> Optional[str]:
        if not item:
            return item
        if not is_arn(item):
            item = f"arn:{self.partition}:iam::{self.account}:policy/{item.lstrip('/')}"
        arn = _parse(item, "iam", POLICY_RESOURCE)
        if arn is None:
            self.refuse(f"permissions_boundary '{item}' is no managed policy; give its name or ARN.")
        elif arn["account_id"] != "aws" and self.is_foreign(arn):
            self.refuse(
                f"the permissions boundary {item} lies in {self.owner(arn)}; it must be of the role's own account, {self.account}."
            )
        return item

    def is_foreign(self, arn: Mapping[str, str]) -> bool:
        return (arn["partition"], arn["account_id"]) != (self.partition, self.account)

    def owner(self, arn: Mapping[str, str]) -> str:
        return f"account {arn['account_id']}" if arn["partition"] == self.partition else f"partition {arn['partition']}"

    def tags(self, tags: Optional[Mapping[str, Any]]) -> Optional[Dict[str, str]]:
        if tags is None:
            return None
        texts = {str(key): "" if value is None else str(value) for key, value in tags.items()}
        for key, value in texts.items():
            if key.lower().startswith("aws:"):
                self.refuse(f"the tag {key} begins with aws:, which AWS reserves.")
            elif not 1 <= len(key) <= 128 or len(value) > 256:
                self.refuse(
                    f"the tag '{key}' is too long: AWS takes keys of 1 to 128 characters and values of up to 256."
                )
        if len(texts) > MAX_TAGS:
            self.refuse(f"it has {len(texts)} tags, and IAM takes {MAX_TAGS}.")
        return texts

    def check(self, declared: Declared) -> None:
        policy_name = declared.policy_name
        if policy_name is not None and not POLICY_NAME.fullmatch(policy_name):
            self.refuse(
                f"'{policy_name}' is no name of a policy: IAM takes up to 128 letters, digits and _+=,.@- (the name, not the ARN)."
            )
        if not DESCRIPTION.fullmatch(declared.description or ""):
            self.refuse("its description is too long or not in Latin script: IAM takes 1000 characters of Latin-1.")
        seconds = declared.max_session_duration
        if seconds is not None and not SESSION_SECONDS[0] <= seconds <= SESSION_SECONDS[1]:
            self.refuse(
                f"max_session_duration is {seconds}; IAM takes {SESSION_SECONDS[0]} to {SESSION_SECONDS[1]} seconds."
            )
        if declared.flows and declared.confused_deputy_protection is False:
            self.refuse(
                "flows are conditions that confused_deputy_protection: false switches off; drop one of the two."
            )
