# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes dark: one question over two pictures of the world, before a change and after it. Pure.

A use goes dark when it is gone, when it is switched off, when its key is another one, or when its key can no longer be read.
What could not be served before cannot go dark. What cannot be told counts as dark, with that reason.

Streams between routers, and keys for transit encryption, are not among the uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Iterator, Mapping

from .._policy.evaluation import NO
from .._policy.judge import Link, Role, Secret, chain, serves
from .world import Use, World


class Cause(Enum):
    """Why a use goes dark."""

    GONE = "gone"
    OFF = "off"
    KEY = "key"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Loss:
    """A use that would go dark.

    after: the use as it would be, or None. accounts: whose picture it is, as far as that can be told.
    certain: False if it cannot be told. reason: what would be different, as a clause.
    link, held: what would not hold any more, and how it held.
    """

    before: Use
    after: Use | None
    cause: Cause
    reason: str = ""
    certain: bool = True
    accounts: tuple[str, ...] = ()
    link: Link | None = None
    held: Link | None = None


def losses(before: World, after: World) -> list[Loss]:
    """What would go dark by a change from one picture to the other."""
    return [loss for use in before.uses.values() for loss in _losses(before, use, after, after.uses.get(use.key))]


def _losses(before: World, use: Use, after: World, later: Use | None) -> Iterator[Loss]:
    left = later.watching if later else ()
    gone = tuple(account for account in use.watching if account not in left)
    if use.runs and (later is None or gone):
        yield Loss(use, later, Cause.GONE, accounts=gone)
    if later is None or (not use.runs and later.encryption != use.encryption):
        return
    if use.runs and use.enabled and not later.enabled:
        yield Loss(use, later, Cause.OFF, accounts=use.watching)
    had = _links(before, use)
    if not serves(had):
        return
    if use.runs and use.enabled:
        yield from _another_key(before, use, after, later)
    yield from _unreadable(use, later, had, _links(after, later))


def _links(world: World, use: Use) -> list[Link]:
    encryption = use.encryption
    if not encryption or not use.role_arn:
        return []
    role = world.roles.get(use.role_arn) or Role(use.role_arn, complete=False, boundary=None)
    return chain(use.flow_arn, encryption, role, _secret(world, use))


def _secret(world: World, use: Use) -> Secret | None:
    arn = use.secret_arn
    return (world.secrets.get(arn) or Secret(arn, exists=None, resource_policy=None)) if arn else None


def _another_key(before: World, use: Use, after: World, later: Use) -> Iterator[Loss]:
    def loss(reason: str, certain: bool = True) -> Loss:
        return Loss(use, later, Cause.KEY, reason, certain, use.watching)

    had, has = use.encryption or {}, later.encryption or {}
    if bool(had) != bool(has):
        yield loss("encrypting it" if has else "leaving it unencrypted")
        return
    for name in dict.fromkeys([*had, *has]):
        if name not in ("role_arn", "secret_arn") and (had.get(name) or "") != (has.get(name) or ""):
            yield loss(f"changing its {name} from {had.get(name) or 'none'} to {has.get(name) or 'none'}")
            return
    old, new = _secret(before, use), _secret(after, later)
    if old is None or new is None:
        if old or new:
            yield loss("taking its key from somewhere else")
        return
    if (old.arn, old.fingerprint) == (new.arn, new.fingerprint):
        return
    if old.fingerprint is None or new.fingerprint is None:
        where = "the value" if old.arn == new.arn else f"the secret {new.arn}"
        yield loss(
            f"changing its key to {where}, of which it cannot be told whether it is the same key,", certain=False
        )
    elif old.fingerprint != new.fingerprint:
        yield loss(f"changing its key (fingerprint {old.fingerprint}) to another one (fingerprint {new.fingerprint})")


def _unreadable(use: Use, later: Use, had: list[Link], has: list[Link]) -> Iterator[Loss]:
    by_name: Mapping[str, Link] = {link.name: link for link in had}
    for link in has:
        held, certain = by_name.get(link.name), link.verdict is NO
        # Of a value that cannot be read, it was said already that it cannot be compared.
        if not link.holds_like(held) and (certain or link.name != "value"):
            yield Loss(use, later, Cause.UNREADABLE, link.problem, certain, use.watching, link, held)
