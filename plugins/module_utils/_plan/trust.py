# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan what is to be done to a role that MediaConnect assumes, and to its policy. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Set

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT, Action, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import (
    SERVICE,
    Access,
    Document,
    Trust,
    read_access,
    read_trust,
    reads_keys_only,
    region_of,
    same_meaning,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import (
    Declared,
    name_in,
    role_arn,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_wanted import (
    wanted_permissions,
    wanted_trust,
)

DEFAULT_SESSION_DURATION = 3600
AWS_OWN_PATHS = ("/aws-service-role/", "/aws-reserved/")
# A step of the MediaConnect user guide's first edition attaches it; it may read and write every secret of the account.
TOO_WIDE = "SecretsManagerReadWrite"
STATE_FIELDS = (
    "name",
    "arn",
    "path",
    "description",
    "max_session_duration",
    "permissions_boundary",
    "policy_name",
    "policy_arn",
    "policy_version",
    "trust_policy",
    "permissions_policy",
    "attached_policies",
    "tags",
)


@dataclass
class Role:
    """A role as IAM has it."""

    arn: str
    trust_policy: Any
    path: str = "/"
    description: str = ""
    max_session_duration: int = DEFAULT_SESSION_DURATION
    permissions_boundary: Optional[str] = None
    tags: Dict[str, str] = field(default_factory=dict)


@dataclass
class Policy:
    """The role's customer managed policy as IAM has it. shared_with: who else uses it ("role A", "user B")."""

    arn: str
    version: str
    document: Any
    tags: Dict[str, str] = field(default_factory=dict)
    shared_with: List[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return name_in(self.arn)


@dataclass
class Observed:
    """What IAM has.

    attached: ARNs of the managed policies attached to the role.
    inline: the role's inline policies; read before a deletion and for purge_policies.
    instance_profiles, used_by, usage_unknown: read before a deletion. usage_unknown says why used_by could not be read.
    """

    role: Optional[Role] = None
    policy: Optional[Policy] = None
    attached: List[str] = field(default_factory=list)
    inline: List[str] = field(default_factory=list)
    instance_profiles: List[str] = field(default_factory=list)
    used_by: List[str] = field(default_factory=list)
    usage_unknown: Optional[str] = None


def policy_arn(declared: Declared, role: Optional[Role]) -> str:
    """The ARN that the role's policy has, or will have: under the role's path, since IAM gives a policy its path for good."""
    path = role.path if role else declared.path or "/"
    name = declared.policy_name or declared.derived_policy_name
    return f"arn:{declared.partition}:iam::{declared.account}:policy{path}{name}"


def find_policy(declared: Declared, role: Optional[Role], attached: List[str], document: Callable[[str], Any]) -> str:
    """The ARN of the role's policy: by the declared name, else by the derived one, else the one attached policy of the
    account that does nothing but read keys, so that a role made with another policy_name need not repeat it.

    document: reads an attached policy's document; only called in the last case.
    """
    ours = [arn for arn in attached if arn.split(":")[4] == declared.account]
    name = declared.policy_name or declared.derived_policy_name
    named = [arn for arn in ours if name_in(arn) == name]
    if named:
        return named[0]
    if declared.policy_name is None:
        reading = [arn for arn in ours if reads_keys_only(document(arn))]
        if len(reading) == 1:
            return reading[0]
    return policy_arn(declared, role)


def regions_served(declared: Declared, observed: Observed) -> List[str]:
    """The Regions whose flows may use the role: the task's, and those of the flows and secrets that the role serves."""
    arns: Set[str] = set()
    if observed.role:
        arns |= read_trust(observed.role.trust_policy, declared.account).flows
    if observed.policy:
        arns |= read_access(observed.policy.document, declared.account).secrets
    return sorted({declared.region, *(region_of(arn) for arn in arns)} - {"*"})


def plan(declared: Declared, observed: Observed) -> Unit:
    """The one unit of a role."""
    unit = Unit(label=f"role {declared.name}", identity={"name": declared.name})
    unit.before = _state(declared, observed)
    unit.refusals.extend(_not_ours(declared, observed.role))
    if unit.refusals:
        return unit
    if declared.state == ABSENT:
        _plan_absent(unit, declared, observed)
    else:
        _plan_present(unit, declared, observed)
    return unit


def _state(declared: Declared, observed: Observed) -> Optional[Dict[str, Any]]:
    role = observed.role
    if role is None:
        return None
    policy = observed.policy if observed.policy and observed.policy.arn in observed.attached else None
    return {
        "name": declared.name,
        "arn": role.arn,
        "path": role.path,
        "description": role.description,
        "max_session_duration": role.max_session_duration,
        "permissions_boundary": role.permissions_boundary,
        "policy_name": policy.name if policy else None,
        "policy_arn": policy.arn if policy else None,
        "policy_version": policy.version if policy else None,
        "trust_policy": role.trust_policy,
        "permissions_policy": policy.document if policy else None,
        "attached_policies": sorted(observed.attached),
        "tags": dict(role.tags),
    }


def _not_ours(declared: Declared, role: Optional[Role]) -> List[str]:
    if role is None:
        return []
    if role.path.startswith(AWS_OWN_PATHS):
        return [f"The role {declared.name} belongs to AWS itself (path {role.path}); give another name."]
    if declared.path is not None and declared.path != role.path:
        return [
            f"The role {declared.name} lies under the path {role.path}, not {declared.path}, and IAM cannot move it. "
            "Leave path out, or remove the role (state: absent) and make it anew."
        ]
    return []


def _plan_absent(unit: Unit, declared: Declared, observed: Observed) -> None:
    role, policy = observed.role, observed.policy
    name = {"name": declared.name}
    if role:
        unit.refusals.extend(_still_needed(declared, observed, role))
        for arn in sorted(observed.attached):
            unit.actions.append(_detach(declared, arn))
        for inline in sorted(observed.inline):
            unit.actions.append(
                Action("delete_inline_policy", f"delete the inline policy {inline}", {**name, "policy_name": inline})
            )
        for profile in sorted(observed.instance_profiles):
            summary = f"take the role {declared.name} out of the instance profile {profile}"
            unit.actions.append(Action("leave_instance_profile", summary, {**name, "profile": profile}))
        unit.actions.append(Action("delete_role", f"delete the role {declared.name}", name))
    if policy and _is_ours(policy, observed) and (role or not policy.shared_with):
        _drop_policy(unit, policy)
        before = {"policy_name": policy.name, "policy_arn": policy.arn, "permissions_policy": policy.document}
        unit.before = unit.before or before
    if unit.actions:
        unit.action = "deleted"


def _still_needed(declared: Declared, observed: Observed, role: Role) -> List[str]:
    if declared.force_in_use:
        return []
    if observed.usage_unknown:
        return [
            f"Whether a flow still uses the role {declared.name} cannot be told. {observed.usage_unknown.rstrip('.')}. "
            "Nothing was deleted; set force_in_use: true to delete it all the same."
        ]
    if observed.used_by:
        return [
            f"The role {declared.name} is used by {', '.join(observed.used_by)}; without it MediaConnect cannot read the key "
            "and the stream stops. Move these to another role first, or set force_in_use: true."
        ]
    if not read_trust(role.trust_policy, declared.account).mediaconnect:
        return [
            f"The role {declared.name} does not trust MediaConnect, so it may serve something else. "
            "Check the name, or set force_in_use: true to delete it all the same."
        ]
    return []


def _plan_present(unit: Unit, declared: Declared, observed: Observed) -> None:
    role, policy = observed.role, observed.policy
    trust = read_trust(role.trust_policy, declared.account) if role else Trust()
    access = read_access(policy.document, declared.account) if policy else Access()
    access, permissions = wanted_permissions(unit, declared, access)
    trust_policy = wanted_trust(unit, declared, trust, access)
    unit.after = {} if unit.before is None else dict(unit.before)
    _plan_policy(unit, declared, observed, permissions)
    if role is None:
        _plan_create(unit, declared, trust_policy)
    else:
        _plan_update(unit, declared, role, trust, trust_policy)
    _plan_attachments(unit, declared, observed, permissions)
    if unit.actions:
        unit.action = "updated" if role else "created"
    if role and {"write_trust", "write_policy"} & {action.operation for action in unit.actions}:
        summary = f"read the role {declared.name} back, in case somebody else wrote at the same time"
        unit.actions.append(Action("confirm", summary))


# The policy


def _plan_policy(unit: Unit, declared: Declared, observed: Observed, permissions: Optional[Document]) -> None:
    policy = observed.policy
    if permissions is None:
        if policy and _is_ours(policy, observed):
            if policy.arn in observed.attached:
                unit.actions.append(_detach(declared, policy.arn))
            _drop_policy(unit, policy)
        unit.after.update(policy_name=None, policy_arn=None, policy_version=None, permissions_policy=None)
        return
    if policy is None:
        arn = policy_arn(declared, observed.role)
        params = {
            "name": name_in(arn),
            "path": arn.split(":policy", 1)[1][: -len(name_in(arn))],
            "arn": arn,
            "document": permissions,
            "description": f"What AWS Elemental MediaConnect may use through the role {declared.name}",
            "tags": declared.tags,
        }
        unit.actions.append(Action("create_policy", f"create the policy {name_in(arn)}", params))
        unit.after.update(policy_name=name_in(arn), policy_arn=arn, policy_version="v1", permissions_policy=permissions)
        return
    unit.after.update(policy_name=policy.name, policy_arn=policy.arn)
    unit.after.update(policy_version=policy.version, permissions_policy=policy.document)
    if not same_meaning(policy.document, permissions):
        if not _is_ours(policy, observed) and not declared.allow_shared_policy:
            unit.refusals.append(
                f"The policy {policy.name}, meant for the role {declared.name}, is there already and permits something else than reading "
                "keys. Give another policy_name, or set allow_shared_policy: true to have it replaced."
            )
        elif policy.shared_with and not declared.allow_shared_policy:
            unit.refusals.append(
                f"The policy {policy.name} of the role {declared.name} also serves {', '.join(policy.shared_with)}, which a change would "
                "affect. Give the role a policy of its own (policy_name), or set allow_shared_policy: true."
            )
        params = {"arn": policy.arn, "document": permissions, "seen": policy.version}
        unit.actions.append(Action("write_policy", f"change the policy {policy.name}", params))
        unit.after.update(policy_version=None, permissions_policy=permissions)
    if declared.allow_shared_policy or not policy.shared_with:
        _plan_tags(unit, declared, policy.tags, f"policy {policy.name}", "policy", {"arn": policy.arn})


def _is_ours(policy: Policy, observed: Observed) -> bool:
    """Whether the policy is the role's, rather than one of the same name that somebody made for something else."""
    return policy.arn in observed.attached or reads_keys_only(policy.document)


def _drop_policy(unit: Unit, policy: Policy) -> None:
    if policy.shared_with:
        unit.warnings.append(f"The policy {policy.name} is kept: it also serves {', '.join(policy.shared_with)}.")
    else:
        unit.actions.append(Action("delete_policy", f"delete the policy {policy.name}", {"arn": policy.arn}))


def _plan_attachments(unit: Unit, declared: Declared, observed: Observed, permissions: Optional[Document]) -> None:
    own = unit.after["policy_arn"]
    attached = set(observed.attached)
    if observed.policy and permissions is None:
        attached.discard(observed.policy.arn)
    if own and own not in attached:
        summary = f"attach the policy {name_in(own)} to the role {declared.name}"
        unit.actions.append(Action("attach_policy", summary, {"name": declared.name, "policy_arn": own}))
        attached.add(own)
    if declared.purge_policies:
        unit.actions.extend(_detach(declared, arn) for arn in sorted(attached - {own}))
        attached &= {own}
        if observed.inline:
            names = ", ".join(sorted(observed.inline))
            unit.warnings.append(
                f"The role {declared.name} has inline policies too, which purge_policies leaves alone: {names}."
            )
    for arn in sorted(attached):
        if name_in(arn) == TOO_WIDE and arn != own:
            unit.warnings.append(
                f"The policy {TOO_WIDE} is attached to the role {declared.name} and lets MediaConnect read and write every secret: "
                "detach it, or set purge_policies: true."
            )
    unit.after["attached_policies"] = sorted(attached)


def _detach(declared: Declared, arn: str) -> Action:
    summary = f"detach the policy {name_in(arn)} from the role {declared.name}"
    return Action("detach_policy", summary, {"name": declared.name, "policy_arn": arn})


# The role


def _plan_create(unit: Unit, declared: Declared, trust_policy: Document) -> None:
    fields = {
        "Path": declared.path or "/",
        "Description": declared.description or None,
        "MaxSessionDuration": declared.max_session_duration,
        "PermissionsBoundary": declared.permissions_boundary or None,
    }
    params = {
        "name": declared.name,
        "trust_policy": trust_policy,
        "tags": declared.tags,
        "fields": {field: value for field, value in fields.items() if value is not None},
    }
    if declared.path not in (None, "/"):
        unit.warnings.append(
            f"The role {declared.name} has the path {declared.path}: CloudFormation and MediaConnect's routers refuse a role with a path."
        )
    unit.actions.append(Action("create_role", f"create the role {declared.name}", params))
    unit.after.update(
        name=declared.name,
        arn=role_arn(declared),
        path=declared.path or "/",
        description=declared.description or "",
        max_session_duration=declared.max_session_duration or DEFAULT_SESSION_DURATION,
        permissions_boundary=declared.permissions_boundary or None,
        trust_policy=trust_policy,
        tags=dict(declared.tags or {}),
    )


def _plan_update(unit: Unit, declared: Declared, role: Role, trust: Trust, trust_policy: Document) -> None:
    name = {"name": declared.name}
    if not same_meaning(role.trust_policy, trust_policy):
        if trust.others:
            unit.warnings.append(
                f"The role {declared.name} will trust {SERVICE} alone, and no longer {', '.join(sorted(trust.others))}."
            )
        params = {**name, "trust_policy": trust_policy, "seen": role.trust_policy}
        unit.actions.append(Action("write_trust", f"change whom the role {declared.name} trusts", params))
        unit.after["trust_policy"] = trust_policy
    fields: Dict[str, Any] = {
        "description": role.description if declared.description is None else declared.description,
        "max_session_duration": declared.max_session_duration or role.max_session_duration,
    }
    if fields != {"description": role.description, "max_session_duration": role.max_session_duration}:
        unit.actions.append(Action("update_role", f"update the role {declared.name}", {**name, **fields}))
        unit.after.update(fields)
    boundary = declared.permissions_boundary
    if boundary is not None and boundary != (role.permissions_boundary or ""):
        verb = "set" if boundary else "remove"
        summary = f"{verb} the permissions boundary of the role {declared.name}"
        unit.actions.append(Action("set_boundary", summary, {**name, "arn": boundary}))
        unit.after["permissions_boundary"] = boundary or None
    unit.after["tags"] = _plan_tags(unit, declared, role.tags, f"role {declared.name}", "role", name)


def _plan_tags(
    unit: Unit, declared: Declared, observed: Dict[str, str], label: str, kind: str, target: Dict[str, Any]
) -> Dict[str, str]:
    """Plan the tags of the role or of its policy; returns what they will be."""
    if declared.tags is None:
        return dict(observed)
    to_set, to_unset = compare_aws_tags(observed, declared.tags, declared.purge_tags)
    if to_unset:
        unit.actions.append(
            Action(f"untag_{kind}", f"remove tags from the {label}", {**target, "tag_names": sorted(to_unset)})
        )
    if to_set:
        unit.actions.append(Action(f"tag_{kind}", f"tag the {label}", {**target, "tags": dict(sorted(to_set.items()))}))
    return {**{key: value for key, value in observed.items() if key not in to_unset}, **to_set}
