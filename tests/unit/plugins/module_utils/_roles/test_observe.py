# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read of a role, and what is looked up for it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import ABSENT, Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles import observe
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.observe import Observer, Seen
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.options import DeclaredRole
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.plan import ObservedRole, Policy, Role

ACCOUNT = "111122223333"
TRUST = trust_document(ACCOUNT, True, [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:A"])
SECRET = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:a-7g8H9i"
KEYS = permissions_document(Access(frozenset({SECRET})))
S3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OWN = "SecretsManagerForMediaConnect-R"


def declared(**options: Any) -> DeclaredRole:
    return DeclaredRole(**{"name": "R", "account": ACCOUNT, "partition": "aws", "region": "us-west-2", **options})


@pytest.fixture
def observer(aws: Any) -> Observer:
    return Observer(aws.clients(), {})


class TestSee:
    def test_a_role_that_is_not_there(self, aws: Any, observer: Observer) -> None:
        assert observer.see("R") == Seen(None, [])
        assert aws.calls == ["iam.get_role"]

    def test_a_role_with_everything(self, aws: Any, observer: Observer) -> None:
        own, boundary = aws.iam.add_policy(OWN, KEYS), aws.iam.add_policy("Boundary", S3)
        fields = {"path": "/media/", "description": "d", "session": 7200, "boundary": boundary, "tags": {"a": "b"}}
        role = aws.iam.add_role("R", TRUST, [own, boundary], **fields)
        assert observer.see("R") == Seen(
            Role(
                arn=role["arn"],
                trust_policy=TRUST,
                fields={"path": "/media/", "description": "d", "max_session_duration": 7200},
                permissions_boundary=boundary,
                tags={"a": "b"},
            ),
            [own, boundary],
        )

    def test_what_iam_leaves_out_has_its_default(self, aws: Any, observer: Observer) -> None:
        role = aws.iam.add_role("R", TRUST)
        assert observer.see("R") == Seen(Role(role["arn"], TRUST))

    def test_a_role_tells_whose_the_credentials_are(self, aws: Any, observer: Observer) -> None:
        aws.iam.add_role("R", TRUST)
        observer.see("R")
        assert (observer.clients.account, observer.clients.partition) == (ACCOUNT, "aws")
        assert "sts.get_caller_identity" not in aws.calls

    def test_a_role_that_goes_in_between_has_nothing_attached(self, aws: Any, observer: Observer) -> None:
        aws.iam.add_role("R", TRUST)
        aws.meanwhile("iam.list_attached_role_policies", aws.iam.roles.clear)
        assert observer.see("R").attached == []


def observing(observer: Observer, **options: Any) -> ObservedRole:
    return observer.observe(declared(**options), observer.see("R"))


class TestObserve:
    def test_nothing(self, aws: Any, observer: Observer) -> None:
        assert observing(observer) == ObservedRole(taken={"role": ""})
        assert observing(observer, state=ABSENT, purge_policies=True) == ObservedRole()

    def test_a_role_and_a_policy_that_appear_in_between_are_not_in_the_way(self, aws: Any, observer: Observer) -> None:
        """Making them tells that they are there, and starts a new round."""
        aws.meanwhile("iam.list_roles", lambda: aws.iam.add_role("R", TRUST))
        aws.meanwhile("iam.list_policies", lambda: aws.iam.add_policy(OWN, KEYS))
        assert observing(observer, secrets=[SECRET]).taken == {"role": "", "policy": ""}

    def test_a_role_and_a_policy_of_the_same_name_in_other_case_are_in_the_way(
        self, aws: Any, observer: Observer
    ) -> None:
        aws.iam.add_role("r", TRUST)
        arn = aws.iam.add_policy(OWN.upper(), KEYS)
        assert observing(observer, secrets=[SECRET]).taken == {"role": "r", "policy": arn}

    def test_a_policy_that_is_left_over(self, aws: Any, observer: Observer) -> None:
        arn = aws.iam.add_policy(OWN, KEYS, tags={"a": "b"})
        assert observing(observer) == ObservedRole(policy=Policy(arn, "v1", KEYS, {"a": "b"}), taken={"role": ""})

    def test_the_newest_version_of_the_roles_own_policy(self, aws: Any, observer: Observer) -> None:
        arn = aws.iam.add_policy(OWN, None, versions={"v3": S3, "v7": KEYS})
        aws.iam.add_role("R", TRUST, [arn])
        assert observing(observer).policy == Policy(arn, "v7", KEYS)
        assert "iam.list_entities_for_policy" not in aws.calls  # nobody else can use it

    def test_the_policy_that_reads_keys_whatever_it_is_called(self, aws: Any, observer: Observer) -> None:
        foreign, other = aws.iam.add_policy("Foreign", S3), aws.iam.add_policy("Other", KEYS)
        aws.iam.add_role("R", TRUST, [foreign, other])
        assert observing(observer).policy == Policy(other, "v1", KEYS)
        assert aws.calls.count("iam.get_policy") == 2  # each is read once

    def test_the_policy_of_the_declared_name(self, aws: Any, observer: Observer) -> None:
        own, other = aws.iam.add_policy(OWN, KEYS), aws.iam.add_policy("Other", KEYS)
        aws.iam.add_role("R", TRUST, [own])
        assert observing(observer, policy_name="Other").policy == Policy(other, "v1", KEYS)
        assert observing(observer, policy_name="None").policy is None

    def test_a_policy_under_the_path_of_the_role(self, aws: Any, observer: Observer) -> None:
        arn = aws.iam.add_policy(OWN, KEYS, path="/media/")
        aws.iam.add_role("R", TRUST, path="/media/")
        assert observing(observer).policy == Policy(arn, "v1", KEYS)

    def test_an_attached_policy_that_goes_in_between(self, aws: Any, observer: Observer) -> None:
        gone, other = aws.iam.add_policy("Gone", KEYS), aws.iam.add_policy("Other", KEYS)
        aws.iam.add_role("R", TRUST, [gone, other])
        aws.fails_for("iam.get_policy", "NoSuchEntity", PolicyArn=gone)
        assert observing(observer).policy == Policy(other, "v1", KEYS)

    @pytest.mark.parametrize("attached", [False, True])
    def test_who_has_the_policy_as_a_boundary_uses_it_too(self, aws: Any, observer: Observer, attached: bool) -> None:
        arn = aws.iam.add_policy(OWN, KEYS)
        aws.iam.add_role("R", TRUST, [arn] * attached)
        aws.iam.add_role("T", TRUST, boundary=arn)
        assert observing(observer).policy.shared_with == ["role T"]

    @pytest.mark.parametrize("attached", [False, True])
    def test_who_else_uses_the_policy(self, aws: Any, observer: Observer, attached: bool) -> None:
        arn = aws.iam.add_policy(OWN, KEYS, users=["jane"])
        aws.iam.add_role("R", TRUST, [arn] * attached)
        aws.iam.add_role("S", TRUST, [arn])
        aws.iam.add_role("T", TRUST, boundary=arn)
        assert observing(observer).policy.shared_with == ["role S", "role T", "user jane"]

    def test_a_policy_that_goes_in_between_is_used_by_nobody(self, aws: Any, observer: Observer) -> None:
        arn = aws.iam.add_policy(OWN, KEYS, users=["jane"])
        aws.fails("iam.list_entities_for_policy", "NoSuchEntity")
        assert observing(observer).policy == Policy(arn, "v1", KEYS)

    @pytest.mark.parametrize(
        ("options", "inline", "profiles"),
        [
            ({}, [], []),
            ({"purge_policies": True}, ["b", "a"], []),
            ({"state": ABSENT}, ["b", "a"], ["P"]),
        ],
    )
    def test_what_else_hangs_on_it_is_read_where_it_counts(
        self, aws: Any, observer: Observer, options: Any, inline: list[str], profiles: list[str]
    ) -> None:
        aws.iam.add_role("R", TRUST, inline={"b": S3, "a": S3}, profiles=["P"])
        observed = observing(observer, **options)
        assert (observed.inline, observed.instance_profiles) == (inline, profiles)
        assert ("iam.list_role_policies" in aws.calls) is bool(inline)
        assert ("iam.list_instance_profiles_for_role" in aws.calls) is bool(profiles)

    def test_a_role_that_goes_in_between_has_nothing_on_it(self, aws: Any, observer: Observer) -> None:
        aws.iam.add_role("R", TRUST, inline={"a": S3}, profiles=["P"])
        seen = observer.see("R")
        aws.iam.roles.clear()
        observed = observer.observe(declared(state=ABSENT), seen)
        assert (observed.inline, observed.instance_profiles) == ([], [])


KEY, KEY_EU = (f"arn:aws:kms:{region}:{ACCOUNT}:key/1a2b" for region in ("us-west-2", "eu-west-1"))


class TestLookUp:
    def test_names_of_secrets_and_aliases_of_keys_become_arns(self, aws: Any, observer: Observer) -> None:
        game, other = aws.secretsmanager.add("game"), f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:b-AbCdEf"
        abroad = f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/video"
        aws.kms.keys = {"alias/video": KEY, abroad: KEY_EU}
        role = declared(secrets=["game", other], kms_keys=["alias/video", abroad, KEY])
        observer.look_up(role, {})
        assert role.secrets == sorted([game, other])
        assert role.kms_keys == sorted([KEY, KEY_EU])

    def test_an_alias_is_looked_up_in_its_own_region(self, aws: Any, observer: Observer) -> None:
        abroad = f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/video"
        regions = []
        aws.kms.describe_key = lambda region, **dummy: regions.append(region) or {"KeyMetadata": {"Arn": KEY}}
        observer.look_up(declared(kms_keys=["alias/video", abroad]), {})
        assert regions == ["us-west-2", "eu-west-1"]

    def test_what_is_known_already_is_not_looked_up(self, aws: Any, observer: Observer) -> None:
        role = declared(secrets=["game"])
        observer.look_up(role, {"game": ["arn:b", "arn:a"]})
        assert role.secrets == ["arn:a", "arn:b"]
        assert aws.calls == []

    def test_each_name_is_looked_up_once(self, aws: Any, observer: Observer) -> None:
        game = aws.secretsmanager.add("game")
        roles = [declared(secrets=["game"]) for dummy in "12"]
        for role in roles:
            observer.look_up(role, {})
        assert [role.secrets for role in roles] == [[game], [game]]
        assert aws.calls == ["secretsmanager.describe_secret"]

    def test_a_secret_may_be_called_like_the_alias_of_a_key(self, aws: Any, observer: Observer) -> None:
        secret = aws.secretsmanager.add("alias/video")
        aws.kms.keys = {"alias/video": KEY}
        role = declared(secrets=["alias/video"], kms_keys=["alias/video"])
        observer.look_up(role, {})
        assert (role.secrets, role.kms_keys) == ([secret], [KEY])

    @pytest.mark.parametrize(
        "options",
        [{}, {"secrets": [], "kms_keys": []}, {"state": ABSENT, "secrets": ["game"], "kms_keys": ["alias/x"]}],
    )
    def test_what_is_not_named_or_is_to_go_is_left_as_it_is(
        self, aws: Any, observer: Observer, options: dict[str, Any]
    ) -> None:
        role = declared(**options)
        observer.look_up(role, {})
        assert (role, aws.calls) == (declared(**options), [])

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (
                {"secrets": ["game"]},
                "The role R: there is no secret game in us-west-2; create it first, or give its full ARN.",
            ),
            (
                {"kms_keys": ["alias/video"]},
                "The role R: there is no KMS key alias/video in us-west-2; give the alias, id or ARN of a key.",
            ),
        ],
    )
    def test_what_is_not_there_is_refused(self, observer: Observer, options: dict[str, Any], sentence: str) -> None:
        with pytest.raises(Refusal) as refused:
            observer.look_up(declared(**options), {})
        assert str(refused.value) == sentence

    def test_a_secret_that_is_to_be_deleted_is_warned_of(
        self, aws: Any, observer: Observer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        warnings: list[str] = []
        monkeypatch.setattr(observe, "warn", warnings.append)
        game = aws.secretsmanager.add("game", deleted=True)
        role = declared(secrets=["game"])
        observer.look_up(role, {})
        assert role.secrets == [game]
        assert warnings == [
            "The secret game is scheduled for deletion: MediaConnect cannot read it until it is restored."
        ]
