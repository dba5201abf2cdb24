# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan what is to be done to a role that MediaConnect assumes, and to its policy. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Mapping

from .._policy.documents import (
    ASSUME_ROLE,
    MAX_PERMISSIONS,
    SERVICE,
    Access,
    Trust,
    document_of,
    permissions_document,
    read_access,
    read_trust,
    reads_keys_only,
)
from .._policy.evaluation import Request, effect
from .._policy.judge import Role as JudgedRole
from .._policy.language import Document, same_meaning, size, statements
from .._policy.narrowing import EVERYWHERE, lost_regions
from .._reconcile.arn import account_of, iam_name, is_arn
from .._reconcile.fields import defaults, differing, to_api
from .._reconcile.model import ABSENT, Action, Stage, Unit
from .._reconcile.tags import tag_change, tag_refusals
from .options import ROLE, DeclaredRole, role_arn
from .wanted import wanted_permissions, wanted_trust

AWS_OWN_PATHS = ("/aws-service-role/", "/aws-reserved/")
# The first edition of the MediaConnect user guide has a step that attaches it; it allows reading and writing every secret of the account.
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
    """A role as IAM has it. fields: path, description, max_session_duration."""

    arn: str
    trust_policy: Any
    fields: dict[str, Any] = field(default_factory=lambda: defaults(ROLE))
    permissions_boundary: str | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The path, which IAM cannot change."""
        return self.fields["path"]


@dataclass
class Policy:
    """The role's customer managed policy as IAM has it. shared_with: the others that use it ("role A", "user B")."""

    arn: str
    version: str
    document: Any
    tags: dict[str, str] = field(default_factory=dict)
    shared_with: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return iam_name(self.arn)


@dataclass
class ObservedRole:
    """What IAM has.

    attached: ARNs of the managed policies attached to the role.
    inline: the role's inline policies; read before a deletion and for purge_policies.
    instance_profiles: read before a deletion.
    taken: where a role or policy is to be made, the name of the role and the ARN of the policy that stand in its way, "" if none does.
    quota: how many managed policies may be attached; read where the role has many.
    """

    role: Role | None = None
    policy: Policy | None = None
    attached: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    instance_profiles: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    quota: int | None = None


def policy_arn(declared: DeclaredRole, role: Role | None) -> str:
    """The ARN that a new policy of the role will have: under the role's path, since IAM cannot change a policy's path later."""
    path = role.path if role else declared.fields.get("path", "/")
    name = declared.policy_name or declared.derived_policy_name
    return f"arn:{declared.partition}:iam::{declared.account}:policy{path}{name}"


def find_policy(declared: DeclaredRole, role: Role | None, attached: list[str], document: Callable[[str], Any]) -> str:
    """The ARN of the role's policy. It is the attached policy that has the declared name, or if none is declared the derived
    one; else, if no name is declared, the only attached policy of the account that does nothing but permit reading keys, so
    that the policy_name with which a role was made need not be repeated; else a new policy's.

    document: reads an attached policy's document; only called to look for such a policy.
    """
    ours = [arn for arn in attached if account_of(arn) == declared.account]
    name = declared.policy_name or declared.derived_policy_name
    named = [arn for arn in ours if iam_name(arn) == name]
    if named:
        return named[0]
    if declared.policy_name is None:
        reading = [arn for arn in ours if reads_keys_only(document(arn))]
        if len(reading) == 1:
            return reading[0]
    return policy_arn(declared, role)


def lost_in(unit: Unit) -> set[str]:
    """The Regions in which the role will serve less than before, EVERYWHERE for all of them; its flows are not looked at."""
    before, after = unit.before, unit.after
    if not before or not unit.actions:
        return set()
    served = lost_regions([before["trust_policy"]], [])
    if not after:
        return served
    taken = any(action.operation == "detach_policy" for action in unit.actions)
    limited = after["permissions_boundary"] and after["permissions_boundary"] != before["permissions_boundary"]
    lost = lost_regions([before["permissions_policy"]], [after["permissions_policy"]])
    if taken or limited or EVERYWHERE in lost:
        lost = served
    return lost | lost_regions([before["trust_policy"]], [after["trust_policy"]])


def told_of(unit: Unit) -> dict[str, Any]:
    """What is predicted of a role; one without a policy of its own may read nothing by that, rather than something unknown."""
    return {
        **unit.after,
        "permissions_policy": unit.after["permissions_policy"] or {"Statement": []},
        "action": unit.action,
    }


def is_as_seen(before: Mapping[str, Any] | None, seen: JudgedRole) -> bool:
    """Whether a role that was read anew is still the one for which the plan was made, as far as it could be read."""
    if before is None or not seen.exists:
        return before is None and not seen.exists
    if not same_meaning(seen.trust_policy or before["trust_policy"], before["trust_policy"]):
        return False
    own = seen.policies.get(before["policy_arn"] or "", before["permissions_policy"])
    attached = {name for name in seen.policies if is_arn(name)}
    return same_meaning(own, before["permissions_policy"]) and not (
        seen.complete and attached != set(before["attached_policies"])
    )


def plan(declared: DeclaredRole, observed: ObservedRole, in_two_steps: bool = False) -> Unit:
    """The one unit of a role.

    in_two_steps: what the role is to serve in addition is written before entitlements are granted, and what it is to serve no
    longer is taken away after they have been changed and revoked.
    """
    unit = Unit(label=f"role {declared.name}", identity={"name": declared.name}, subject=f"role {declared.name}")
    unit.before = _state(declared, observed)
    unit.refusals.extend(_not_ours(declared, observed.role))
    if unit.refusals:
        return unit
    if declared.state == ABSENT:
        _plan_absent(unit, declared, observed)
    else:
        _plan_present(unit, declared, observed, in_two_steps)
    return unit


def _state(declared: DeclaredRole, observed: ObservedRole) -> dict[str, Any] | None:
    role = observed.role
    if role is None:
        return None
    policy = observed.policy if observed.policy and observed.policy.arn in observed.attached else None
    return {
        "name": declared.name,
        "arn": role.arn,
        **role.fields,
        "permissions_boundary": role.permissions_boundary,
        "policy_name": policy.name if policy else None,
        "policy_arn": policy.arn if policy else None,
        "policy_version": policy.version if policy else None,
        "trust_policy": role.trust_policy,
        "permissions_policy": policy.document if policy else None,
        "attached_policies": sorted(observed.attached),
        "tags": dict(role.tags),
    }


def _not_ours(declared: DeclaredRole, role: Role | None) -> list[str]:
    if role is None:
        return []
    if role.path.startswith(AWS_OWN_PATHS):
        return [f"The role {declared.name} belongs to AWS itself (path {role.path}); give another name."]
    moved = differing(ROLE, declared.fields, role.fields, updatable=False)
    if moved:
        return [
            f"The role {declared.name} lies under the path {role.path}, not {moved['path']}, and IAM cannot move it. "
            "Leave path out, or remove the role and make it anew."
        ]
    return []


def _plan_absent(unit: Unit, declared: DeclaredRole, observed: ObservedRole) -> None:
    role, policy = observed.role, observed.policy
    name = {"name": declared.name}
    if role and not declared.force_in_use and not _may_serve(declared, role):
        unit.refusals.append(other_service_refusal(declared.name, "delete it"))
    if role:
        for arn in sorted(observed.attached):
            unit.actions.append(_detach(declared, arn))
        for inline in sorted(observed.inline):
            summary = f"delete the inline policy {inline}"
            unit.actions.append(Action("delete_inline_policy", summary, {**name, "policy_name": inline}, Stage.NARROW))
        for profile in sorted(observed.instance_profiles):
            summary = f"take the role {declared.name} out of the instance profile {profile}"
            unit.actions.append(Action("leave_instance_profile", summary, {**name, "profile": profile}, Stage.NARROW))
        unit.actions.append(Action("delete_role", f"delete the role {declared.name}", name, Stage.NARROW))
    if policy and _is_ours(policy, observed) and (role or not policy.shared_with):
        _drop_policy(unit, policy)
        before = {"policy_name": policy.name, "policy_arn": policy.arn, "permissions_policy": policy.document}
        unit.before = unit.before or before
    if unit.actions:
        unit.action = "deleted"


def use_refusal(name: str, used_by: list[str]) -> str:
    """Why a role that streams still need is not deleted."""
    return (
        f"The role {name} is used by {', '.join(used_by)}; without it MediaConnect cannot read the key "
        "and the stream stops. Move these to another role first, or set force_in_use: true for the role."
    )


def unknown_use_refusal(name: str, reason: str) -> str:
    """Why a role is not deleted when it cannot be told whether streams need it."""
    return (
        f"Whether a flow still uses the role {name} cannot be told. {reason.rstrip('.')}. "
        "Nothing was deleted; set force_in_use: true for the role to delete it all the same."
    )


def other_service_refusal(name: str, doing: str) -> str:
    """Why a role that MediaConnect cannot assume is left alone."""
    return (
        f"The role {name} does not trust MediaConnect, so it may serve something else. "
        f"Check the name, or set force_in_use: true for the role to {doing} all the same."
    )


def cut_off_refusal(name: str, lost: list[str], problems: list[str], certain: bool) -> str:
    """Why nothing is taken away from a role that streams still need."""
    would = "would" if certain else "would perhaps"
    return (
        f"The role {name} {would} no longer serve {', '.join(lost)}: MediaConnect could not read the key any more, and the "
        f"picture would go dark ({'; '.join(problems)}). Declare the secrets, KMS keys and flows that they use too, set purge: false "
        "to keep what the role serves, or force_in_use: true for the role."
    )


def unknown_cut_off_refusal(name: str, reason: str) -> str:
    """Why nothing is taken away from a role when it cannot be told what streams need."""
    return (
        f"The role {name} would serve less than now, and whether a flow needs that cannot be told. "
        f"{reason.rstrip('.')}. Set purge: false to keep what it serves, or force_in_use: true for the role."
    )


@dataclass
class _Documents:
    """The two documents of a role. permissions: None when it may not use anything."""

    permissions: Document | None
    trust: Document


def _plan_present(unit: Unit, declared: DeclaredRole, observed: ObservedRole, in_two_steps: bool) -> None:
    wanted = _wanted(unit, declared, observed)
    together = _together(declared, observed, wanted) if in_two_steps else None
    together = together or wanted
    unit.after = {} if unit.before is None else dict(unit.before)
    _plan_policy(unit, declared, observed, wanted, together)
    known = observed.policy is not None and observed.policy.arn in observed.attached
    if observed.role and not known and not declared.force_in_use and not _may_serve(declared, observed.role):
        unit.refusals.append(other_service_refusal(declared.name, "change whom it trusts"))
    if observed.role is None:
        _plan_create(unit, declared, observed, wanted.trust)
    else:
        _plan_update(unit, declared, observed.role, wanted, together)
    _plan_attachments(unit, declared, observed, wanted.permissions)
    if unit.actions:
        unit.action = "updated" if observed.role else "created"
    writes = {"write_trust", "write_policy"} & {action.operation for action in unit.actions}
    unit.read_back = observed.role is not None and bool(writes)


def _wanted(unit: Unit, declared: DeclaredRole, observed: ObservedRole) -> _Documents:
    role, policy = observed.role, observed.policy
    trust = read_trust(role.trust_policy, declared.account) if role else Trust()
    access = read_access(policy.document, declared.account) if policy else Access()
    access, permissions = wanted_permissions(unit, declared, access)
    if policy and permissions and not declared.purge:
        permissions = _with_unclear(policy.document, permissions, declared.account)
    return _Documents(permissions, wanted_trust(unit, declared, trust, access))


def _together(declared: DeclaredRole, observed: ObservedRole, wanted: _Documents) -> _Documents | None:
    """The documents that hold both what the role has and what it is to have; None where IAM has no room for both."""
    trust, scratch = read_trust(wanted.trust, declared.account), Unit("")
    documents = _wanted(scratch, replace(declared, purge=False, flows=sorted(trust.flows)), observed)
    if scratch.refusals:
        return None
    if trust.every_flow:
        documents.trust = wanted.trust
    return documents


def _with_unclear(current: Any, merged: Document, account: str) -> Document:
    """The merged document with those statements of the current one that say more than what is read in them, where there is room."""
    unclear = [
        one
        for one in statements(current)
        for said in [{"Statement": one}]
        if lost_regions([said], [merged]) and lost_regions([said], [permissions_document(read_access(said, account))])
    ]
    both = document_of([*unclear, *statements(merged)])
    return both if unclear and size(both) <= MAX_PERMISSIONS else merged


def _steps(current: Document, together: Document | None, wanted: Document) -> list[tuple[Stage, Document]]:
    """Which documents are written in which stages."""
    if together is None or same_meaning(together, wanted):
        return [(Stage.WIDEN, wanted)]
    if same_meaning(together, current):
        return [(Stage.NARROW, wanted)]
    return [(Stage.WIDEN, together), (Stage.NARROW, wanted)]


# The policy


def _plan_policy(
    unit: Unit, declared: DeclaredRole, observed: ObservedRole, wanted: _Documents, together: _Documents
) -> None:
    policy, permissions = observed.policy, wanted.permissions
    if permissions is None:
        if policy and _is_ours(policy, observed):
            if policy.arn in observed.attached:
                unit.actions.append(_detach(declared, policy.arn))
            _drop_policy(unit, policy)
        unit.after.update(policy_name=None, policy_arn=None, policy_version=None, permissions_policy=None)
        return
    if policy is None:
        arn = policy_arn(declared, observed.role)
        if observed.taken.get("policy"):
            unit.refusals.append(
                f"The policy {iam_name(arn)} of the role {declared.name} exists already, as {observed.taken['policy']}, and IAM takes a name "
                "once, whatever the path and the case; give another policy_name."
            )
        params = {
            "name": iam_name(arn),
            "path": arn.split(":policy", 1)[1][: -len(iam_name(arn))],
            "arn": arn,
            "document": permissions,
            "description": f"What AWS Elemental MediaConnect may use through the role {declared.name}",
            "tags": declared.tags,
        }
        unit.actions.append(Action("create_policy", f"create the policy {iam_name(arn)}", params, Stage.WIDEN))
        unit.after.update(
            policy_name=iam_name(arn), policy_arn=arn, policy_version="v1", permissions_policy=permissions
        )
        return
    unit.after.update(policy_name=policy.name, policy_arn=policy.arn)
    unit.after.update(policy_version=policy.version, permissions_policy=policy.document)
    if not same_meaning(policy.document, permissions):
        if not declared.allow_shared_policy:
            unit.refusals.extend(_not_its_own(declared, policy, observed))
        for stage, document in _steps(policy.document, together.permissions, permissions):
            params = {"arn": policy.arn, "document": document, "seen": policy.version}
            unit.actions.append(Action("write_policy", f"change the policy {policy.name}", params, stage))
        unit.after.update(policy_version=None, permissions_policy=permissions)
    if declared.allow_shared_policy or not policy.shared_with:
        _plan_tags(unit, declared, policy.tags, f"policy {policy.name}", "policy", {"arn": policy.arn})


def _not_its_own(declared: DeclaredRole, policy: Policy, observed: ObservedRole) -> list[str]:
    """Why a policy that is there already is not changed."""
    if not _is_ours(policy, observed):
        return [
            f"The policy {policy.name}, meant for the role {declared.name}, is there already and permits something other than reading "
            "keys. Give another policy_name, or set allow_shared_policy: true to have it replaced."
        ]
    if policy.shared_with:
        return [
            f"The policy {policy.name} of the role {declared.name} also serves {', '.join(policy.shared_with)}, which a change would "
            "affect. Give the role a policy of its own (policy_name), or set allow_shared_policy: true."
        ]
    return []


def _is_ours(policy: Policy, observed: ObservedRole) -> bool:
    """Whether the policy is the role's, rather than one of the same name that somebody made for something else."""
    return policy.arn in observed.attached or reads_keys_only(policy.document)


def _drop_policy(unit: Unit, policy: Policy) -> None:
    if policy.shared_with:
        unit.warnings.append(f"The policy {policy.name} is kept: it also serves {', '.join(policy.shared_with)}.")
    else:
        summary = f"delete the policy {policy.name}"
        unit.actions.append(Action("delete_policy", summary, {"arn": policy.arn}, Stage.NARROW))


def _plan_attachments(unit: Unit, declared: DeclaredRole, observed: ObservedRole, permissions: Document | None) -> None:
    own = unit.after["policy_arn"]
    attached = set(observed.attached)
    if observed.policy and permissions is None:
        attached.discard(observed.policy.arn)
    if own and own not in attached:
        summary = f"attach the policy {iam_name(own)} to the role {declared.name}"
        params = {"name": declared.name, "policy_arn": own}
        excess = len(attached) + 1 - observed.quota if observed.quota else 0
        if excess > 0 and not declared.purge_policies:
            unit.refusals.append(
                f"The role {declared.name} has {len(attached)} managed policies attached, and IAM takes {observed.quota}; detach one of them, "
                "or set purge_policies: true."
            )
        for arn in sorted(attached)[: max(excess, 0)] if declared.purge_policies else ():
            unit.actions.append(replace(_detach(declared, arn), stage=Stage.WIDEN))
            attached.discard(arn)
        unit.actions.append(Action("attach_policy", summary, params, Stage.WIDEN))
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
        if iam_name(arn) == TOO_WIDE and arn != own:
            unit.warnings.append(
                f"The policy {TOO_WIDE} is attached to the role {declared.name} and lets MediaConnect read and write every secret: "
                "detach it, or set purge_policies: true."
            )
    unit.after["attached_policies"] = sorted(attached)


def _detach(declared: DeclaredRole, arn: str) -> Action:
    summary = f"detach the policy {iam_name(arn)} from the role {declared.name}"
    return Action("detach_policy", summary, {"name": declared.name, "policy_arn": arn}, Stage.NARROW)


# The role


def _plan_create(unit: Unit, declared: DeclaredRole, observed: ObservedRole, trust_policy: Document) -> None:
    fields = {**to_api(ROLE, {"path": "/", **declared.fields}), "PermissionsBoundary": declared.permissions_boundary}
    params = {
        "name": declared.name,
        "trust_policy": trust_policy,
        "tags": declared.tags,
        "fields": {member: value for member, value in fields.items() if value},
    }
    if observed.taken.get("role"):
        unit.refusals.append(
            f"A role named {observed.taken['role']} exists already, which for IAM is the same name as {declared.name}; give its exact name."
        )
    path = declared.fields.get("path", "/")
    if path != "/":
        unit.warnings.append(
            f"The role {declared.name} has the path {path}: CloudFormation and MediaConnect's routers refuse a role with a path."
        )
    unit.actions.append(Action("create_role", f"create the role {declared.name}", params, Stage.WIDEN))
    unit.refusals.extend(tag_refusals(f"role {declared.name}", tag_change({}, declared.tags, declared.purge_tags)))
    unit.after.update(
        name=declared.name,
        arn=role_arn(declared),
        **{**defaults(ROLE), **declared.fields},
        permissions_boundary=declared.permissions_boundary or None,
        trust_policy=trust_policy,
        tags=dict(declared.tags or {}),
    )


def _plan_update(unit: Unit, declared: DeclaredRole, role: Role, wanted: _Documents, together: _Documents) -> None:
    name = {"name": declared.name}
    _plan_trust(unit, declared, role, wanted.trust, together.trust)
    changes = differing(ROLE, declared.fields, role.fields)
    if changes:
        # IAM takes both in one request, and resets the one that a request leaves out.
        kept = {option: role.fields[option] for option in ("description", "max_session_duration")}
        summary = f"update the role {declared.name}"
        unit.actions.append(Action("update_role", summary, {**name, **kept, **changes}, Stage.WIDEN))
        unit.after.update(changes)
    boundary = declared.permissions_boundary
    if boundary is not None and boundary != (role.permissions_boundary or ""):
        verb = "set" if boundary else "remove"
        summary = f"{verb} the permissions boundary of the role {declared.name}"
        unit.actions.append(Action("set_boundary", summary, {**name, "arn": boundary}, Stage.WIDEN))
        unit.after["permissions_boundary"] = boundary or None
    unit.after["tags"] = _plan_tags(unit, declared, role.tags, f"role {declared.name}", "role", name)


def _plan_trust(unit: Unit, declared: DeclaredRole, role: Role, wanted: Document, together: Document) -> None:
    if same_meaning(role.trust_policy, wanted):
        return
    others = read_trust(role.trust_policy, declared.account).others
    if others:
        unit.warnings.append(
            f"The role {declared.name} will trust {SERVICE} alone, and no longer {', '.join(sorted(others))}."
        )
    for stage, document in _steps(role.trust_policy, together, wanted):
        params = {"name": declared.name, "trust_policy": document, "seen": role.trust_policy}
        unit.actions.append(Action("write_trust", f"change whom the role {declared.name} trusts", params, stage))
    unit.after["trust_policy"] = wanted


def _may_serve(declared: DeclaredRole, role: Role) -> bool:
    """Whether the role trusts MediaConnect, for whatever flows, or nobody at all."""
    trusted = effect([role.trust_policy], Request(ASSUME_ROLE, service=SERVICE)).allows
    return bool(trusted) or not read_trust(role.trust_policy, declared.account).others


def _plan_tags(
    unit: Unit, declared: DeclaredRole, observed: dict[str, str], label: str, kind: str, target: dict[str, Any]
) -> dict[str, str]:
    """Plan the tags of the role or of its policy; returns what they will be."""
    change = tag_change(observed, declared.tags, declared.purge_tags)
    unit.refusals.extend(tag_refusals(label, change))
    if change.to_remove:
        params = {**target, "tag_names": change.to_remove}
        unit.actions.append(Action(f"untag_{kind}", f"remove tags from the {label}", params, Stage.WIDEN))
    if change.to_set:
        unit.actions.append(Action(f"tag_{kind}", f"tag the {label}", {**target, "tags": change.to_set}, Stage.WIDEN))
    return change.after
