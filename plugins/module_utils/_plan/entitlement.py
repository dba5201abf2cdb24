# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entitlements as data: what may be declared, and the forms that the planner, the API and the result use.

The rules that need no look at AWS are checked here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, Dict, Iterable, List, Optional

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.arn import is_arn, parse_arn
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT, PRESENT, Refusal, repeated
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.secrets import UNKNOWN_SUFFIX
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import RESERVED_NAME

MAX_ENTITLEMENTS = 50  # per flow, fixed: https://docs.aws.amazon.com/mediaconnect/latest/ug/quotas.html
# The API's model has no limits for these; the AWS CDK's validators do (aws-mediaconnect-alpha, flow-entitlement.ts).
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_DESCRIPTION = 1024
# https://docs.aws.amazon.com/mediaconnect/latest/ug/tagging-restrictions.html
MAX_TAGS, MAX_TAG_KEY, MAX_TAG_VALUE = 50, 128, 256
ACCOUNT_ID = re.compile(r"[0-9]{12}")
INITIALIZATION_VECTOR = re.compile(r"[0-9A-Fa-f]{32}")  # Encryption.ConstantInitializationVector
EXECUTE_API_REGION = re.compile(r"https://[^./]+(?:-vpce-[^./]+)?\.execute-api\.([a-z0-9-]+)\.")

STATIC_KEY = "static-key"
SPEKE = "speke"
# Members of the API's Encryption, by the name under which results show them.
ENCRYPTION_MEMBERS = {
    "key_type": "KeyType",
    "algorithm": "Algorithm",
    "role_arn": "RoleArn",
    "secret_arn": "SecretArn",
    "resource_id": "ResourceId",
    "device_id": "DeviceId",
    "url": "Url",
    "region": "Region",
    "constant_initialization_vector": "ConstantInitializationVector",
}
SPEKE_REQUIRED = ("resource_id", "device_id", "url", "region")
VECTOR = "constant_initialization_vector"
SPEKE_ONLY = (*SPEKE_REQUIRED, VECTOR)
# Options that take a name or an ARN, by the member that holds the ARN.
REFERENCES = {"role_arn": "role", "secret_arn": "secret"}
MEMBERS = {
    "name": "Name",
    "subscribers": "Subscribers",
    "description": "Description",
    "data_transfer_subscriber_fee_percent": "DataTransferSubscriberFeePercent",
    "entitlement_status": "EntitlementStatus",
}
FEE = "data_transfer_subscriber_fee_percent"  # create-only: absent from UpdateFlowEntitlementRequest


@dataclass
class Declared:
    """One entitlement as declared; None stands for an option that was left out.

    encryption: in it role and secret are names or ARNs, under role_arn and secret_arn; {} means: not encrypted.
    """

    name: str
    state: str = PRESENT
    subscribers: Optional[List[str]] = None
    purge_subscribers: bool = True
    remove_subscribers: Optional[List[str]] = None
    description: Optional[str] = None
    data_transfer_subscriber_fee_percent: Optional[int] = None
    entitlement_status: Optional[str] = None
    encryption: Optional[Dict[str, str]] = None
    tags: Optional[Dict[str, str]] = None


@dataclass
class Flow:
    """One flow as declared: by name or ARN."""

    flow: str
    entitlements: List[Declared] = field(default_factory=list)
    purge_entitlements: bool = False


def declared_flow(item: Dict[str, Any], purge_entitlements: bool) -> Flow:
    """A flow from the module's options; the task's purge_entitlements holds where the flow has none of its own."""
    own = item["purge_entitlements"]
    return Flow(
        flow=item["flow"],
        purge_entitlements=purge_entitlements if own is None else own,
        entitlements=[_declared_entitlement(entitlement) for entitlement in item["entitlements"] or []],
    )


def _declared_entitlement(item: Dict[str, Any]) -> Declared:
    declared = Declared(**{option.name: item[option.name] for option in fields(Declared) if option.name in item})
    declared.subscribers = _account_ids(declared.subscribers)
    declared.remove_subscribers = _account_ids(declared.remove_subscribers)
    if declared.tags is not None:
        declared.tags = {str(key): str(value) for key, value in declared.tags.items()}
    if declared.encryption is not None:
        declared.encryption = _declared_encryption(declared.encryption)
    return declared


def _account_ids(subscribers: Optional[List[Any]]) -> Optional[List[str]]:
    if subscribers is None:
        return None
    return list(dict.fromkeys(str(subscriber).strip() for subscriber in subscribers))


def _declared_encryption(options: Dict[str, Any]) -> Dict[str, str]:
    if all(value is None for value in options.values()):
        return {}
    given = {name: value for name, value in options.items() if value or (name == VECTOR and value is not None)}
    for member, option in REFERENCES.items():
        if option in given:
            given[member] = given.pop(option)
    return {"key_type": STATIC_KEY, **given}


def from_api(entitlement: Dict[str, Any]) -> Dict[str, Any]:
    """AWS's Entitlement in the form of the result. What AWS leaves out has AWS's default, so that forms compare."""
    encryption = entitlement.get("Encryption")
    return {
        "name": entitlement["Name"],
        "entitlement_arn": entitlement["EntitlementArn"],
        "subscribers": sorted(entitlement["Subscribers"]),
        "description": entitlement.get("Description") or "",
        "data_transfer_subscriber_fee_percent": entitlement.get("DataTransferSubscriberFeePercent") or 0,
        "entitlement_status": entitlement.get("EntitlementStatus") or "ENABLED",
        "encryption": encryption_from_api(encryption) if encryption else None,
    }


def encryption_from_api(encryption: Dict[str, Any]) -> Dict[str, str]:
    shown = {name: encryption[member] for name, member in ENCRYPTION_MEMBERS.items() if encryption.get(member)}
    shown.setdefault("key_type", STATIC_KEY)
    return shown


def to_api(fields: Dict[str, Any]) -> Dict[str, Any]:
    """Fields of a result as members of a grant or an update. Encryption goes whole."""
    members = {MEMBERS[name]: value for name, value in fields.items() if name in MEMBERS}
    if fields.get("encryption"):
        members["Encryption"] = {ENCRYPTION_MEMBERS[name]: value for name, value in fields["encryption"].items()}
    return members


def validate(flows: Iterable[Flow], region: str, check_mode: bool) -> None:
    """Raise one Refusal with all that is wrong whatever AWS has."""
    flows = list(flows)
    wrong = [
        f"The flow {name} is declared more than once; declare it once."
        for name in repeated(flow.flow for flow in flows)
    ]
    for flow in flows:
        wrong.extend(_wrong_flow(flow, region))
        for entitlement in flow.entitlements:
            where = f"entitlement {entitlement.name} of flow {flow_name(flow.flow)}"
            wrong.extend(_wrong_entitlement(entitlement, where))
            if entitlement.encryption and entitlement.state == PRESENT:
                wrong.extend(_wrong_encryption(entitlement.encryption, where, region, check_mode))
    if wrong:
        raise Refusal(" ".join(wrong))


def flow_name(flow: str) -> str:
    """The name of a flow given by name or ARN (arn:P:mediaconnect:R:A:flow:ID:NAME)."""
    return flow.split(":", 7)[-1] if is_arn(flow) else flow


def _wrong_flow(flow: Flow, region: str) -> List[str]:
    wrong = []
    if not flow.flow.strip():
        wrong.append("A flow has an empty name; give the flow's name or ARN.")
    if is_arn(flow.flow):
        arn = parse_arn(flow.flow)
        if not arn or arn["service"] != "mediaconnect" or arn["resource_type"] != "flow":
            wrong.append(
                f"{flow.flow} is not the ARN of a flow; give the flow's name, or an ARN like arn:aws:mediaconnect:REGION:ACCOUNT:flow:ID:NAME."
            )
        elif arn["region"] != region:
            wrong.append(
                f"The flow {flow.flow} is in {arn['region']}, but this task works in {region}; use one task per Region."
            )
    for name in repeated(entitlement.name for entitlement in flow.entitlements):
        wrong.append(
            f"The entitlement {name} of flow {flow_name(flow.flow)} is declared more than once; names are unique within a flow."
        )
    return wrong


def _wrong_entitlement(declared: Declared, where: str) -> List[str]:
    wrong = []
    if not NAME.fullmatch(declared.name):
        wrong.append(f"The name of the {where} is not valid; use 1 to 64 letters, digits, hyphens and underscores.")
    if declared.state == ABSENT:
        return wrong
    fee = declared.data_transfer_subscriber_fee_percent
    if fee is not None and not 0 <= fee <= 100:
        wrong.append(f"The {where} has data_transfer_subscriber_fee_percent {fee}; give 0 to 100.")
    if declared.description and len(declared.description) > MAX_DESCRIPTION:
        wrong.append(
            f"The {where} has a description of {len(declared.description)} characters; give at most {MAX_DESCRIPTION}."
        )
    if declared.subscribers == []:
        wrong.append(
            f"The {where} has an empty list of subscribers; give at least one account id, or state: absent to revoke it."
        )
    if declared.subscribers is not None and declared.remove_subscribers is not None:
        wrong.append(f"The {where} has both subscribers and remove_subscribers; give one of them.")
    for subscriber in [*(declared.subscribers or []), *(declared.remove_subscribers or [])]:
        if not ACCOUNT_ID.fullmatch(subscriber):
            wrong.append(_wrong_subscriber(subscriber, where))
    wrong.extend(_wrong_tags(declared.tags or {}, where))
    return wrong


def _wrong_tags(tags: Dict[str, str], where: str) -> List[str]:
    wrong = []
    if len(tags) > MAX_TAGS:
        wrong.append(f"The {where} has {len(tags)} tags; give at most {MAX_TAGS}.")
    for key, value in tags.items():
        if not 1 <= len(key) <= MAX_TAG_KEY:
            wrong.append(f"The {where} has a tag whose name has {len(key)} characters; give 1 to {MAX_TAG_KEY}.")
        if len(value) > MAX_TAG_VALUE:
            wrong.append(
                f"The {where} has the tag {key} with a value of {len(value)} characters; give at most {MAX_TAG_VALUE}."
            )
    return wrong


def _wrong_subscriber(subscriber: str, where: str) -> str:
    hint = "account ids have 12 digits, without hyphens"
    if subscriber.isdigit() and len(subscriber) < 12:
        hint += "; put it in quotation marks if it begins with a zero, which YAML drops"
    return f"The {where} has the subscriber {subscriber}, which is no account id: {hint}."


def _wrong_encryption(encryption: Dict[str, str], where: str, region: str, check_mode: bool) -> List[str]:
    wrong = []
    key_type = encryption["key_type"]
    misplaced = SPEKE_ONLY if key_type == STATIC_KEY else ("secret_arn",)
    for name in misplaced:
        if encryption.get(name):
            wrong.append(
                f"The {where} has {REFERENCES.get(name, name)}, which is not valid with key_type {key_type}; leave it out or change key_type."
            )
    vector = encryption.get(VECTOR)
    if vector and not INITIALIZATION_VECTOR.fullmatch(vector):
        wrong.append(
            f"The {where} has a constant_initialization_vector that is not 32 hexadecimal digits (16 bytes); correct it."
        )
    if key_type == SPEKE:
        wrong.extend(_wrong_speke_region(encryption, where, region))
    wrong.extend(_wrong_reference(encryption, where, region, check_mode))
    return wrong


def _wrong_speke_region(encryption: Dict[str, str], where: str, region: str) -> List[str]:
    """The API Gateway proxy must be in the flow's Region; a URL with a custom domain does not tell its Region."""
    wrong = []
    if encryption.get("region", region) != region:
        wrong.append(
            f"The {where} has the SPEKE region {encryption['region']}, but the proxy must be in the flow's Region, {region}."
        )
    proxy = EXECUTE_API_REGION.match(encryption.get("url", ""))
    if proxy and proxy.group(1) != region:
        wrong.append(
            f"The {where} has a url in {proxy.group(1)}, but the API Gateway proxy must be in the flow's Region, {region}."
        )
    return wrong


def _wrong_reference(encryption: Dict[str, str], where: str, region: str, check_mode: bool) -> List[str]:
    wrong = []
    role, secret = encryption.get("role_arn", ""), encryption.get("secret_arn", "")
    if role.rsplit("/", 1)[-1].lower() == RESERVED_NAME:
        wrong.append(
            f"The {where} names the role {role}, whose name is reserved by MediaConnect; use another role, such as MediaConnect-ASM."
        )
    if is_arn(role):
        arn = parse_arn(role)
        if not arn or arn["service"] != "iam" or arn["resource_type"] != "role":
            wrong.append(
                f"The {where} has the role {role}, which is not the ARN of an IAM role; give the role's name or ARN."
            )
    if is_arn(secret):
        arn = parse_arn(secret)
        if not arn or arn["service"] != "secretsmanager" or arn["resource_type"] != "secret":
            wrong.append(
                f"The {where} has the secret {secret}, which is not the ARN of a secret; give the secret's name or ARN."
            )
        elif arn["region"] != region:
            wrong.append(
                f"The {where} has the secret {secret} in {arn['region']}, but MediaConnect reads keys in the flow's Region only, {region}."
            )
        elif secret.endswith(UNKNOWN_SUFFIX) and not check_mode:
            wrong.append(
                f"The {where} has the secret {secret}, which is a prediction of check mode; give the secret's name or its real ARN."
            )
    return wrong
