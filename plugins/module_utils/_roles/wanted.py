# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a role should permit and whom it should trust: what was declared, merged with what it already serves. Pure."""

from __future__ import annotations

import re
from typing import Callable, Iterable

from .._policy.documents import (
    MAX_PERMISSIONS,
    MAX_TRUST,
    Access,
    Trust,
    document_of,
    permissions_document,
    trust_document,
)
from .._policy.language import Document, size, without_covered
from .._reconcile.arn import region_of
from .._reconcile.model import Unit
from .options import DeclaredRole

SUFFIX = re.compile(r"-([A-Za-z0-9]{6}|\?{6})$")


def wanted_permissions(unit: Unit, declared: DeclaredRole, observed: Access) -> tuple[Access, Document | None]:
    """What the role may use, and the policy that says so, which is None when the role may not use anything."""
    access = _wanted_access(declared, observed)
    document = permissions_document(access)
    if document is None:
        unit.warnings.append(f"The role {declared.name} lets MediaConnect read nothing: declare secrets or speke_apis.")
    elif size(document) > MAX_PERMISSIONS:
        unit.refusals.append(_too_much(declared, access, size(document)))
    return access, document


def _wanted_access(declared: DeclaredRole, observed: Access) -> Access:
    def merged(kind: str, identity: Callable[[str], str] = str) -> frozenset[str]:
        return frozenset(_merged(declared, getattr(declared, kind), getattr(observed, kind), identity))

    return Access(merged("secrets", _without_suffix), merged("kms_keys"), merged("speke_apis"))


def _without_suffix(arn: str) -> str:
    """The ARN without its suffix. A name has one secret at a time, so an ARN with the same name and another suffix is that of a deleted one."""
    return SUFFIX.sub("", arn)


def _merged(
    declared: DeclaredRole, wanted: list[str] | None, observed: Iterable[str], identity: Callable[[str], str] = str
) -> set[str]:
    """The declared ARNs, and those of the observed ones that are kept.

    Purging is limited to the Regions that the task names, so that tasks for two Regions do not undo each other's work.
    """
    if wanted is None:
        return set(observed)
    purged = {declared.region, "*", *(region_of(arn) for arn in wanted)} if declared.purge else set()
    replaced = {identity(arn) for arn in wanted}
    return {*wanted, *(arn for arn in observed if region_of(arn) not in purged and identity(arn) not in replaced)}


def wanted_trust(unit: Unit, declared: DeclaredRole, observed: Trust, access: Access) -> Document:
    if not _guarded(declared, observed, access):
        return trust_document(declared.account, guarded=False)
    kept = _kept(unit, declared, observed)
    if kept and declared.flows is None and not observed.mediaconnect:
        return document_of(kept)
    flows = _wanted_flows(unit, declared, observed)
    document = trust_document(declared.account, True, flows, kept)
    # If the flows are those that are there already, IAM has accepted them, whatever this account's quota is.
    if size(document) > MAX_TRUST and flows != observed.flows:
        document = _shortened(unit, declared, flows, kept)
    if not flows:
        unit.warnings.append(
            f"The role {declared.name} serves every flow of account {declared.account}: declare flows to name those that may use it."
        )
    if access.speke_apis and not observed.guarded and declared.confused_deputy_protection is None:
        unit.warnings.append(
            f"The role {declared.name} serves SPEKE too, and AWS does not document that key requests carry the conditions of its trust "
            "policy: should they fail, use a role of its own for SPEKE, or set confused_deputy_protection: false."
        )
    return document


def _guarded(declared: DeclaredRole, observed: Trust, access: Access) -> bool:
    if declared.confused_deputy_protection is not None:
        return declared.confused_deputy_protection
    speke_alone = bool(access.speke_apis) and not access.secrets and not access.kms_keys
    return not speke_alone or bool(declared.flows) or observed.guarded or bool(observed.unclear)


def _wanted_flows(unit: Unit, declared: DeclaredRole, observed: Trust) -> set[str]:
    """The SourceArn patterns; none means every flow of the account."""
    if observed.every_flow and (declared.flows is None or not declared.purge):
        if declared.flows:
            unit.warnings.append(
                f"The role {declared.name} serves every flow already, and purge: false takes nothing away: "
                "declare all its flows with purge: true to narrow it."
            )
        return set()
    flows = _merged(declared, declared.flows, observed.flows)
    if declared.flows == [] and declared.purge and flows:
        # No flow is declared for this Region, but the role names flows of others: it serves every flow of this Region.
        flows.add(_any_flow(declared, declared.region))
    return without_covered(flows)


def _kept(unit: Unit, declared: DeclaredRole, observed: Trust) -> list[Document]:
    """The statements that are kept as they are, since it cannot be told which flows they serve, and nothing says to replace them."""
    if not observed.unclear or (declared.flows is not None and declared.purge):
        return []
    unit.warnings.append(
        f"The trust policy of the role {declared.name} has conditions that are not understood here; they are kept as they are. "
        "Declare all flows of the role, with purge: true, to replace them."
    )
    return observed.unclear


def _any_flow(declared: DeclaredRole, region: str) -> str:
    return f"arn:{declared.partition}:mediaconnect:{region}:{declared.account}:flow:*"


def _shortened(unit: Unit, declared: DeclaredRole, flows: set[str], kept: list[Document]) -> Document:
    """A trust policy with a wildcard per Region: at first only for the task's Regions, so that the flows of other Regions stay named."""
    own = {declared.region, *(region_of(arn) for arn in declared.flows or [])}
    document: Document = {}
    for widened in (own, {region_of(arn) for arn in flows}):
        patterns = {_any_flow(declared, region_of(arn)) if region_of(arn) in widened else arn for arn in flows}
        document = trust_document(declared.account, True, without_covered(patterns), kept)
        if size(document) <= MAX_TRUST:
            unit.warnings.append(
                f"The trust policy of the role {declared.name} cannot name {len(flows)} flows in IAM's {MAX_TRUST} characters: "
                f"it serves every flow of account {declared.account} in {', '.join(sorted(widened))}. Use more roles to name the flows of each."
            )
            return document
    unit.refusals.append(
        f"The trust policy of the role {declared.name} would have {size(document)} characters, and IAM takes {MAX_TRUST}: use more roles."
    )
    return document


def _too_much(declared: DeclaredRole, access: Access, characters: int) -> str:
    count = len(access.secrets)
    what = (
        f"of its {count} secrets about {MAX_PERMISSIONS * count // characters} fit"
        if count
        else "its APIs are too many"
    )
    return (
        f"The policy of the role {declared.name} would have {characters} characters, and IAM takes {MAX_PERMISSIONS}: "
        f"{what}. Give some of them to another role, which the entitlements then name."
    )
