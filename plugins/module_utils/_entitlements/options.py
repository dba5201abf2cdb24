# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entitlements as declared: the options, read and checked, and the forms that the planner, the API and the result use. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping

from .._encryption.options import (
    ENCRYPTION,
    declared_encryption,
    encryption_from_api,
    encryption_problems,
    encryption_to_api,
)
from .._encryption.resolve import PREDICTED_SECRET, References
from .._reconcile.arn import flow_name, is_arn, parse_arn
from .._reconcile.fields import Field, argument_spec, declared_values
from .._reconcile.fields import from_api as fields_from_api
from .._reconcile.fields import to_api as fields_to_api
from .._reconcile.model import ABSENT, PRESENT, Refusal, repeated
from .._reconcile.tags import declared_tags, tag_problems

MAX_ENTITLEMENTS = 50  # per flow, fixed: https://docs.aws.amazon.com/mediaconnect/latest/ug/quotas.html
# The API's model has no limits for these; the AWS CDK's validators do (aws-mediaconnect-alpha, flow-entitlement.ts).
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_DESCRIPTION = 1024
ACCOUNT_ID = re.compile(r"[0-9]{12}")
MAX_SHOWN = 20  # characters of what is no name or no account id; anything longer could be a key
FEE = "data_transfer_subscriber_fee_percent"


def account_ids(subscribers: Iterable[Any]) -> list[str]:
    """Subscribers in a form that can be compared: sorted, each of them once."""
    return sorted({str(subscriber).strip() for subscriber in subscribers})


ENTITLEMENT = (
    Field("name", {"type": "str", "required": True}, member="Name", updatable=False),
    Field("state", {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT}),
    Field("subscribers", {"type": "list", "elements": "str"}, member="Subscribers", default=(), form=account_ids),
    Field("purge_subscribers", {"type": "bool", "default": True}),
    Field("remove_subscribers", {"type": "list", "elements": "str"}),
    Field("description", member="Description", default=""),
    Field(FEE, {"type": "int"}, member="DataTransferSubscriberFeePercent", updatable=False, default=0),
    Field(
        "entitlement_status",
        {"type": "str", "choices": ["ENABLED", "DISABLED"]},
        member="EntitlementStatus",
        default="ENABLED",
    ),
    Field("encryption", {"type": "dict", "options": argument_spec(ENCRYPTION)}, read_as=("Encryption",)),
    Field("tags", {"type": "dict", "aliases": ["resource_tags"]}, read_as=("EntitlementTags",)),
)
FLOW = (
    Field("flow", {"type": "str", "required": True, "aliases": ["flow_arn"]}, read_as=("FlowArn",)),
    Field("purge_entitlements", {"type": "bool"}),
    Field(
        "entitlements",
        {"type": "list", "elements": "dict", "default": [], "options": argument_spec(ENTITLEMENT)},
        read_as=("Entitlements",),
    ),
)
# What the modules and the API tell of an entitlement and of a flow besides its options.
TOLD_OF_ENTITLEMENT = ("entitlement_arn", "in_use", "removed_subscribers", "action")
TOLD_OF_FLOW = (
    *("flow_name", "name", "description", "region", "availability_zone", "status", "messages", "tags", "egress_ip"),
    *("source", "sources", "source_failover_config", "source_monitoring_config", "outputs", "vpc_interfaces"),
    *("maintenance", "media_streams", "flow_size", "ndi_config", "encoding_config"),
)
# The options that every module which grants entitlements has.
TASK: dict[str, Any] = {
    "flows": {"type": "list", "elements": "dict", "options": argument_spec(FLOW)},
    "flows_file": {"type": "path"},
    "return_unchanged": {"type": "bool", "default": True},
    "handover_dir": {"type": "path"},
    "purge_entitlements": {"type": "bool", "default": False},
    "allow_replacement": {"type": "bool", "default": False},
    "force_in_use": {"type": "bool", "default": False},
    "verify_encryption": {"type": "bool", "default": True},
    "fingerprints": {"type": "bool", "default": False},
    "warn_shared": {"type": "bool", "default": True},
    "purge_tags": {"type": "bool", "default": True},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 120},
}
# The options of the module entitlements, and of received_entitlement_info.
ENTITLEMENTS_TASK: dict[str, Any] = {
    **TASK,
    "known_secrets": {"type": "list", "elements": "dict", "default": [], "no_log": False},
    "known_roles": {"type": "list", "elements": "dict", "default": []},
}
ONE_OF = ("flows", "flows_file")
RECEIVED_TASK: dict[str, Any] = {"names": {"type": "list", "elements": "str"}}


@dataclass
class DeclaredEntitlement:
    """One entitlement as declared; None stands for an option that was left out.

    fields: the declared ones of the fields that AWS keeps, in the form of the result.
    encryption: its role_arn and secret_arn may hold names; {} means not encrypted.
    """

    name: str
    state: str = PRESENT
    fields: dict[str, Any] = field(default_factory=dict)
    purge_subscribers: bool = True
    remove_subscribers: list[str] | None = None
    encryption: dict[str, str] | None = None
    tags: dict[str, str] | None = None

    @property
    def subscribers(self) -> list[str] | None:
        """The declared account ids."""
        return self.fields.get("subscribers")


@dataclass
class DeclaredFlow:
    """A flow, by name or ARN, and the entitlements that are declared on it."""

    flow: str
    entitlements: list[DeclaredEntitlement] = field(default_factory=list)
    purge_entitlements: bool = False

    @property
    def takes_away(self) -> bool:
        """Whether something is only taken away, so that nothing is left to do where the flow is gone."""
        given = [one for one in self.entitlements if one.state == PRESENT and one.remove_subscribers is None]
        return bool(self.entitlements) and not given


@dataclass
class Options:
    """The task's options that apply to every flow."""

    allow_replacement: bool = False
    force_in_use: bool = False
    warn_shared: bool = True
    purge_tags: bool = True
    wait: bool = True


def declared_flow(item: Mapping[str, Any], purge_entitlements: bool) -> DeclaredFlow:
    """A flow from the module's options. The task's purge_entitlements applies where the flow does not set its own."""
    own = item["purge_entitlements"]
    return DeclaredFlow(
        flow=item["flow"],
        purge_entitlements=purge_entitlements if own is None else own,
        entitlements=[_declared_entitlement(entitlement) for entitlement in item["entitlements"] or []],
    )


def _declared_entitlement(item: Mapping[str, Any]) -> DeclaredEntitlement:
    removed = item["remove_subscribers"]
    return DeclaredEntitlement(
        name=item["name"],
        state=item["state"],
        fields=declared_values(ENTITLEMENT, item),
        purge_subscribers=item["purge_subscribers"],
        remove_subscribers=None if removed is None else account_ids(removed),
        encryption=declared_encryption(item["encryption"]),
        tags=declared_tags(item["tags"]),
    )


def from_api(entitlement: Mapping[str, Any]) -> dict[str, Any]:
    """AWS's Entitlement in the form of the result. What AWS leaves out gets AWS's default, so that the two can be compared."""
    return {
        **fields_from_api(ENTITLEMENT, entitlement),
        "entitlement_arn": entitlement["EntitlementArn"],
        "encryption": encryption_from_api(entitlement.get("Encryption")),
    }


def to_api(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a result as members of a grant or an update. Encryption is sent as a whole."""
    members = fields_to_api(ENTITLEMENT, fields)
    if fields.get("encryption"):
        members["Encryption"] = encryption_to_api(fields["encryption"])
    return members


def validate(
    flows: Iterable[DeclaredFlow], region: str, names: References | None = None, predicted: bool = True
) -> None:
    """Raise one Refusal with everything that is wrong whatever AWS has.

    names: the ARNs that are known for names. predicted: whether ARNs may be predictions.
    """
    flows = list(flows)
    wrong = [
        f"The flow {name} is declared more than once; declare it once."
        for name in repeated(flow.flow for flow in flows)
    ]
    for flow in flows:
        wrong.extend(_wrong_flow(flow, region))
        for number, entitlement in enumerate(flow.entitlements, start=1):
            named = NAME.fullmatch(entitlement.name)
            shown = entitlement.name if named or 0 < len(entitlement.name) <= MAX_SHOWN else number
            where = f"entitlement {shown} of flow {flow_name(flow.flow)}"
            if not named:
                wrong.append(
                    f"The name of the {where} is not valid; use 1 to 64 letters, digits, hyphens and underscores."
                )
            wrong.extend(_wrong_entitlement(entitlement, where))
            if entitlement.encryption and entitlement.state == PRESENT:
                encryption = _with_known_arns(entitlement.encryption, names or References())
                wrong.extend(encryption_problems(encryption, where, region))
                if not predicted and encryption.get("secret_arn", "").endswith(PREDICTED_SECRET):
                    wrong.append(
                        f"The {where} has the secret {encryption['secret_arn']}, which is a prediction of check mode; "
                        "give the secret's name or its real ARN."
                    )
    if wrong:
        raise Refusal(" ".join(wrong))


def _with_known_arns(encryption: Mapping[str, str], names: References) -> dict[str, str]:
    return {name: names.named(name, value) for name, value in encryption.items()}


def _wrong_flow(flow: DeclaredFlow, region: str) -> list[str]:
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


def _wrong_entitlement(declared: DeclaredEntitlement, where: str) -> list[str]:
    wrong: list[str] = []
    if declared.state == ABSENT:
        return wrong
    fee = declared.fields.get(FEE)
    if fee is not None and not 0 <= fee <= 100:
        wrong.append(f"The {where} has {FEE} {fee}; give 0 to 100.")
    description = declared.fields.get("description", "")
    if len(description) > MAX_DESCRIPTION:
        wrong.append(f"The {where} has a description of {len(description)} characters; give at most {MAX_DESCRIPTION}.")
    if declared.subscribers == []:
        wrong.append(
            f"The {where} has an empty list of subscribers; give at least one account id, or state: absent to revoke it."
        )
    if declared.subscribers is not None and declared.remove_subscribers is not None:
        wrong.append(f"The {where} has both subscribers and remove_subscribers; give one of them.")
    for subscriber in [*(declared.subscribers or []), *(declared.remove_subscribers or [])]:
        if not ACCOUNT_ID.fullmatch(subscriber):
            wrong.append(_wrong_subscriber(subscriber, where))
    wrong.extend(f"The {where}: {problem}." for problem in tag_problems(declared.tags))
    return wrong


def _wrong_subscriber(subscriber: str, where: str) -> str:
    hint = "account ids have 12 digits, without hyphens"
    if subscriber.isdigit() and len(subscriber) < 12:
        hint += "; put it in quotation marks if it begins with a zero, which YAML drops"
    shown = f"the subscriber {subscriber}" if len(subscriber) <= MAX_SHOWN else "a subscriber"
    return f"The {where} has {shown}, which is not an account id: {hint}."
