# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read to tell what would go dark: no more than the question takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import WorldChanged
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.dark import Cause
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.observe import Change, Changes, Streams
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import Use

ACCOUNT, US, EU = "111122223333", "us-west-2", "eu-west-1"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
KEY = "0f" * 32


class Estate:
    """A flow that uses a secret through a role, and the question of what would go dark."""

    def __init__(self, aws: Any):
        self.aws = aws
        self.game = aws.secretsmanager.add("game", KEY)
        self.other = aws.secretsmanager.add("other", KEY)
        policy = aws.iam.add_policy("P", permissions_document(Access(frozenset([self.game, self.other]))))
        aws.iam.add_role("R", trust_document(ACCOUNT, guarded=True), [policy])
        members = {"Name": "E", "Subscribers": ["444455556666"], "Encryption": self.encryption(self.game)}
        self.flow = aws.mediaconnect.add("Game", {**members, "in_use": True})
        self.masked: list[str] = []
        self.streams = Streams(aws.clients(), self.masked.append)

    def encryption(self, secret: str) -> dict[str, str]:
        return {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": ROLE_ARN, "SecretArn": secret}

    def use(self, secret: str) -> Use:
        shown = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": secret}
        return Use(self.flow, "Game", "entitlement E", shown, watching=("444455556666",))

    def ask(self, **changes: Any) -> list[tuple[Cause, bool]]:
        self.aws.calls.clear()
        return [(loss.cause, loss.certain) for loss in self.streams.ask(Changes(**changes)).losses]

    @property
    def services(self) -> set[str]:
        return {call.split(".")[0] for call in self.aws.calls}


@pytest.fixture
def estate(aws: Any) -> Estate:
    return Estate(aws)


def gone(*regions: str) -> Change:
    return Change(lambda seen: replace(seen, exists=False), set(regions))


def same(*regions: str) -> Change:
    return Change(lambda seen: seen, set(regions))


def test_nothing_is_read_where_nothing_is_taken_away(estate: Estate) -> None:
    assert estate.ask() == []
    assert estate.ask(roles={ROLE_ARN: gone()}, secrets={estate.game: gone()}) == []
    assert estate.aws.calls == []


def test_what_is_gone_needs_no_look_at_keys(estate: Estate) -> None:
    use = estate.use(estate.game)
    assert estate.ask(uses={use.key: (use, None)}) == [(Cause.GONE, True)]
    assert estate.ask(uses={use.key: (use, replace(use, enabled=False))}) == [(Cause.OFF, True)]
    assert estate.aws.calls == []


def test_a_key_that_moves_is_read_on_both_sides(estate: Estate) -> None:
    use, later = estate.use(estate.game), estate.use(estate.other)
    assert estate.ask(uses={use.key: (use, later)}) == []
    assert estate.aws.calls.count("secretsmanager.get_secret_value") == 2
    assert set(estate.masked) >= {KEY, KEY.upper()}
    estate.aws.secretsmanager.secrets[US, "other"]["versions"] = {"v": "1e" * 32}
    estate.streams.forget()
    assert estate.ask(uses={use.key: (use, later)}) == [(Cause.KEY, True)]
    estate.streams.forget()
    estate.aws.fails("secretsmanager.get_secret_value", "AccessDeniedException", times=2)
    assert estate.ask(uses={use.key: (use, later)}) == [(Cause.KEY, False)]


def test_flows_are_read_where_something_is_taken_away(estate: Estate) -> None:
    assert estate.ask(roles={ROLE_ARN: gone(EU)}) == []
    assert estate.aws.calls == ["mediaconnect.list_flows"]
    assert estate.ask(roles={ROLE_ARN: gone(US)}) == [(Cause.UNREADABLE, True)]
    assert estate.ask(secrets={estate.game: gone(US)}) == [(Cause.UNREADABLE, True)]
    assert "secretsmanager.get_secret_value" not in estate.aws.calls


def test_everywhere_is_every_region_of_mediaconnect(estate: Estate) -> None:
    assert estate.ask(roles={ROLE_ARN: same("*")}) == []
    assert estate.aws.calls.count("mediaconnect.list_flows") > 10
    assert estate.ask(roles={ROLE_ARN: same("*")}) == []
    assert "mediaconnect.list_flows" not in estate.aws.calls  # they were read already


def test_a_region_that_is_not_enabled_has_no_flows(estate: Estate) -> None:
    estate.aws.fails("mediaconnect.list_flows", "UnrecognizedClientException")
    assert estate.streams.uses([EU]) == {}
    estate.streams.forget()
    estate.aws.fails("mediaconnect.list_flows", "UnrecognizedClientException")
    answer = estate.streams.ask(Changes(roles={ROLE_ARN: gone(US)}))
    assert answer.error is not None  # the task's own Region must answer


def test_other_roles_and_secrets_are_not_looked_at(estate: Estate) -> None:
    assert estate.ask(roles={f"{ROLE_ARN}2": gone(US)}, secrets={estate.other: gone(US)}) == []
    assert estate.services == {"mediaconnect"}


def test_what_the_same_task_changes_counts_as_it_will_be(estate: Estate) -> None:
    use = estate.use(estate.game)
    later = replace(use, encryption=None)
    changes = {"roles": {ROLE_ARN: gone(US)}, "uses": {use.key: (use, later)}}
    assert estate.ask(**changes) == [(Cause.KEY, True)]
    assert estate.ask(roles={ROLE_ARN: gone(US)}, uses={use.key: (replace(use, runs=False), None)}) == []


def test_a_secret_that_is_still_to_be_made_is_not_looked_up(estate: Estate) -> None:
    new = f"{estate.game[:-6]}??????"
    use, later = estate.use(estate.game), estate.use(new)
    made = Change(lambda seen: replace(seen, exists=True, fingerprint=None))
    assert estate.ask(secrets={new: made}, uses={use.key: (use, later)}) == [
        (Cause.KEY, False),
        (Cause.UNREADABLE, True),
    ]
    assert estate.aws.calls.count("secretsmanager.describe_secret") == 1


def test_a_plan_that_no_longer_fits_is_told(estate: Estate) -> None:
    def changed(_seen: Any) -> Any:
        raise WorldChanged

    with pytest.raises(WorldChanged):
        estate.ask(roles={ROLE_ARN: Change(changed, {US})})


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        (lambda estate: {"roles": {ROLE_ARN: gone(US)}}, "role"),
        (lambda estate: {"secrets": {estate.game: gone(US)}}, "secret"),
        (lambda estate: {"uses": {estate.use(estate.game).key: (estate.use(estate.game), None)}}, "flow"),
    ],
)
def test_to_what_a_loss_is_due(estate: Estate, changes: Any, kind: str) -> None:
    names = {"role": ROLE_ARN, "secret": estate.game, "flow": estate.flow}
    answer = estate.streams.ask(Changes(**changes(estate)))
    assert {one: len(answer.of(one, [name])) for one, name in names.items()} == {
        **dict.fromkeys(names, 0),
        kind: 1,
    }
