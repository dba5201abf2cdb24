# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operations on a role, one by one, and what becomes of them when somebody else writes at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import trust_document
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal, Unit, WorldChanged
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.apply import Applier

ACCOUNT = "111122223333"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/P"
TRUST, OTHER_TRUST, THIRD_TRUST = (
    trust_document(ACCOUNT, True, [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:{name}"]) for name in "ABC"
)
DOCUMENT, OTHER_DOCUMENT, THIRD_DOCUMENT = (
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "x:y", "Resource": name}]} for name in "abc"
)


class Role:
    """A role's unit, and the operations on it."""

    def __init__(self, aws: Any, wait: bool = True):
        self.applier = Applier(aws.clients(), wait, timeout=10)
        self.unit = Unit("role R", after={"arn": "arn:predicted", "policy_version": None})

    def __getattr__(self, operation: str) -> Callable[..., None]:
        def operate(**params: Any) -> None:
            self.applier.operations[operation](self.unit, **params)

        return operate


@pytest.fixture
def role(aws: Any) -> Role:
    return Role(aws)


def changed(operate: Callable[..., None], **params: Any) -> bool:
    """The operation finds the world changed; whether what it was to do counts as done."""
    with pytest.raises(WorldChanged) as change:
        operate(**params)
    return change.value.done


def policy_params(**params: Any) -> dict[str, Any]:
    base = {"name": "P", "arn": POLICY, "path": "/", "document": DOCUMENT, "description": "d", "tags": None}
    return {**base, **params}


def role_params(**params: Any) -> dict[str, Any]:
    return {"name": "R", "trust_policy": TRUST, "tags": None, "fields": {"Path": "/"}, **params}


class TestCreatePolicy:
    def test_makes_it(self, aws: Any, role: Role) -> None:
        arn = f"arn:aws:iam::{ACCOUNT}:policy/media/P"
        role.create_policy(**policy_params(arn=arn, path="/media/", tags={"a": "b"}))
        assert aws.iam.document_of(arn) == DOCUMENT
        assert (aws.iam.policies[arn]["tags"], aws.iam.policies[arn]["description"]) == ({"a": "b"}, "d")
        assert aws.waits == [("policy_exists", {"Delay": 1, "MaxAttempts": 10})]

    def test_does_not_wait_unasked(self, aws: Any) -> None:
        Role(aws, wait=False).create_policy(**policy_params())
        assert aws.calls == ["iam.create_policy"]

    def test_counts_as_done_when_somebody_was_faster(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", OTHER_DOCUMENT)
        assert changed(role.create_policy, **policy_params()) is True

    def test_is_refused_where_the_name_is_taken(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("p", OTHER_DOCUMENT)
        with pytest.raises(Refusal) as refused:
            role.create_policy(**policy_params())
        assert str(refused.value) == (
            "The policy P of the role R exists already, under another path or in different case; give another policy_name."
        )

    def test_fails_as_aws_says(self, aws: Any, role: Role) -> None:
        aws.fails("iam.create_policy", "AccessDenied")
        with pytest.raises(ApiError, match="Could not create the policy P"):
            role.create_policy(**policy_params())


class TestCreateRole:
    def test_makes_it_and_tells_its_arn(self, aws: Any, role: Role) -> None:
        role.create_role(**role_params(tags={"a": "b"}, fields={"Path": "/media/", "Description": "d"}))
        made = aws.iam.roles["R"]
        assert (made["trust"], made["description"], made["tags"]) == (TRUST, "d", {"a": "b"})
        assert role.unit.after["arn"] == made["arn"] == f"arn:aws:iam::{ACCOUNT}:role/media/R"
        assert aws.waits == [("role_exists", {"Delay": 1, "MaxAttempts": 10})]

    def test_does_not_wait_unasked(self, aws: Any) -> None:
        Role(aws, wait=False).create_role(**role_params())
        assert aws.calls == ["iam.create_role"]

    def test_counts_as_done_when_somebody_was_faster(self, aws: Any, role: Role) -> None:
        aws.iam.add_role("R", OTHER_TRUST)
        assert changed(role.create_role, **role_params()) is True
        assert role.unit.after["arn"] == "arn:predicted"

    def test_is_refused_where_the_name_is_taken(self, aws: Any, role: Role) -> None:
        aws.iam.add_role("r", TRUST)
        with pytest.raises(Refusal) as refused:
            role.create_role(**role_params())
        assert str(refused.value) == (
            "A role whose name differs from R only in case exists already; give its exact name."
        )

    def test_fails_as_aws_says(self, aws: Any, role: Role) -> None:
        aws.fails("iam.create_role", "LimitExceeded")
        with pytest.raises(ApiError, match="Could not create the role R"):
            role.create_role(**role_params())


WRITE_TRUST = {"name": "R", "trust_policy": OTHER_TRUST, "seen": TRUST}


class TestWriteTrust:
    def test_writes_where_it_is_as_it_was_seen(self, aws: Any, role: Role) -> None:
        spelled = {**TRUST, "Statement": TRUST["Statement"][0]}
        aws.iam.add_role("R", spelled)
        role.write_trust(**WRITE_TRUST)
        assert aws.iam.roles["R"]["trust"] == OTHER_TRUST

    @pytest.mark.parametrize("there", [None, OTHER_TRUST, THIRD_TRUST])
    def test_writes_nothing_where_somebody_else_has_written(self, aws: Any, role: Role, there: Any) -> None:
        if there:
            aws.iam.add_role("R", there)
        assert changed(role.write_trust, **WRITE_TRUST) is False
        assert aws.writes == []

    def test_goes_on_from_what_it_wrote_itself(self, aws: Any, role: Role) -> None:
        aws.iam.add_role("R", TRUST)
        role.write_trust(**WRITE_TRUST)
        role.write_trust(name="R", trust_policy=THIRD_TRUST, seen=TRUST)
        assert aws.iam.roles["R"]["trust"] == THIRD_TRUST

    def test_notices_who_writes_between_its_own_steps(self, aws: Any, role: Role) -> None:
        aws.iam.add_role("R", TRUST)
        role.write_trust(**WRITE_TRUST)
        aws.iam.roles["R"]["trust"] = TRUST
        assert changed(role.write_trust, name="R", trust_policy=THIRD_TRUST, seen=TRUST) is False

    def test_a_new_plan_has_seen_what_was_written(self, aws: Any, role: Role) -> None:
        aws.iam.add_role("R", TRUST)
        role.write_trust(**WRITE_TRUST)
        role.applier.forget()
        aws.iam.roles["R"]["trust"] = THIRD_TRUST
        role.write_trust(name="R", trust_policy=TRUST, seen=THIRD_TRUST)
        assert aws.iam.roles["R"]["trust"] == TRUST


WRITE_POLICY = {"arn": POLICY, "document": OTHER_DOCUMENT, "seen": "v1"}


class TestWritePolicy:
    def test_makes_a_new_version(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", DOCUMENT)
        role.write_policy(**WRITE_POLICY)
        assert aws.iam.policies[POLICY]["versions"] == {"v1": DOCUMENT, "v2": OTHER_DOCUMENT}
        assert role.unit.after["policy_version"] == "v2"

    @pytest.mark.parametrize(
        ("versions", "left"),
        [
            (["v1", "v2", "v3", "v4"], ["v1", "v2", "v3", "v4", "v5"]),
            (["v1", "v2", "v3", "v4", "v5"], ["v2", "v3", "v4", "v5", "v6"]),
            (["v10", "v9", "v11", "v8", "v12"], ["v10", "v9", "v11", "v12", "v13"]),
        ],
    )
    def test_makes_room_by_deleting_the_oldest(
        self, aws: Any, role: Role, versions: list[str], left: list[str]
    ) -> None:
        aws.iam.add_policy("P", None, versions=dict.fromkeys(versions, DOCUMENT))
        role.write_policy(**{**WRITE_POLICY, "seen": versions[-1]})
        assert list(aws.iam.policies[POLICY]["versions"]) == left

    def test_writes_nothing_where_somebody_else_has_written(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", None, versions={"v1": DOCUMENT, "v2": THIRD_DOCUMENT})
        assert changed(role.write_policy, **WRITE_POLICY) is False
        assert aws.writes == []

    @pytest.mark.parametrize(
        ("call", "code"),
        [
            ("iam.delete_policy_version", "DeleteConflict"),
            ("iam.create_policy_version", "DeleteConflict"),
            ("iam.create_policy_version", "LimitExceeded"),
        ],
    )
    def test_is_overtaken_by_somebody_elses_version(self, aws: Any, role: Role, call: str, code: str) -> None:
        versions = [f"v{number}" for number in range(1, 6)]
        arn = aws.iam.add_policy("P", None, versions=dict.fromkeys(versions, DOCUMENT))

        def somebody_else() -> None:
            aws.iam.policies[arn]["versions"]["v6"] = THIRD_DOCUMENT

        aws.meanwhile(call, somebody_else)
        aws.fails(call, code)
        aws.meanwhile(call, somebody_else)
        assert changed(role.write_policy, **{**WRITE_POLICY, "seen": "v5"}) is False
        assert role.unit.after["policy_version"] is None

    def test_a_limit_that_stays_is_not_somebody_else(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", DOCUMENT)
        aws.fails("iam.create_policy_version", "LimitExceeded")
        with pytest.raises(ApiError):
            role.write_policy(**{**WRITE_POLICY, "seen": "v1"})

    def test_goes_on_from_what_it_wrote_itself(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", DOCUMENT)
        role.write_policy(**WRITE_POLICY)
        role.write_policy(arn=POLICY, document=THIRD_DOCUMENT, seen="v1")
        assert (aws.iam.document_of(POLICY), role.unit.after["policy_version"]) == (THIRD_DOCUMENT, "v3")

    def test_notices_who_writes_between_its_own_steps(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", DOCUMENT)
        role.write_policy(**WRITE_POLICY)
        aws.iam.policies[POLICY]["versions"]["v3"] = DOCUMENT
        assert changed(role.write_policy, arn=POLICY, document=THIRD_DOCUMENT, seen="v1") is False

    def test_a_new_plan_has_seen_what_was_written(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", DOCUMENT)
        role.write_policy(**WRITE_POLICY)
        role.applier.forget()
        role.write_policy(arn=POLICY, document=THIRD_DOCUMENT, seen="v2")
        assert aws.iam.document_of(POLICY) == THIRD_DOCUMENT

    def test_fails_as_aws_says(self, aws: Any, role: Role) -> None:
        aws.iam.add_policy("P", DOCUMENT)
        aws.fails("iam.create_policy_version", "MalformedPolicyDocument")
        with pytest.raises(ApiError, match="Could not change the policy"):
            role.write_policy(**WRITE_POLICY)


def test_a_policy_is_deleted_with_all_its_versions(aws: Any, role: Role) -> None:
    aws.iam.add_policy("P", None, versions={"v1": DOCUMENT, "v2": DOCUMENT, "v3": DOCUMENT})
    role.delete_policy(arn=POLICY)
    assert aws.iam.policies == {}


@pytest.mark.parametrize(
    ("operation", "params", "fields"),
    [
        ("update_role", {"description": "new", "max_session_duration": 7200}, {"description": "new", "session": 7200}),
        ("set_boundary", {"arn": "arn:b"}, {"boundary": "arn:b"}),
        ("set_boundary", {"arn": ""}, {"boundary": None}),
        ("tag_role", {"tags": {"a": "2", "c": "3"}}, {"tags": {"a": "2", "b": "1", "c": "3"}}),
        ("untag_role", {"tag_names": ["a"]}, {"tags": {"b": "1"}}),
        ("attach_policy", {"policy_arn": f"{POLICY}2"}, {"attached": [POLICY, f"{POLICY}2"]}),
        ("detach_policy", {"policy_arn": POLICY}, {"attached": []}),
        ("delete_inline_policy", {"policy_name": "i"}, {"inline": {"j": DOCUMENT}}),
        ("leave_instance_profile", {"profile": "Q"}, {"profiles": ["O"]}),
    ],
)
def test_one_call_changes_one_thing(
    aws: Any, role: Role, operation: str, params: dict[str, Any], fields: dict[str, Any]
) -> None:
    aws.iam.add_policy("P", DOCUMENT)
    aws.iam.add_policy("P2", DOCUMENT)
    there = aws.iam.add_role(
        "R",
        TRUST,
        [POLICY],
        boundary="arn:old",
        tags={"a": "1", "b": "1"},
        inline={"i": DOCUMENT, "j": DOCUMENT},
        profiles=["O", "Q"],
    )
    wanted = {**there, **fields}
    getattr(role, operation)(name="R", **params)
    assert aws.iam.roles["R"] == wanted
    assert len(aws.calls) == 1


@pytest.mark.parametrize(
    ("operation", "params", "tags"),
    [
        ("tag_policy", {"tags": {"a": "2", "c": "3"}}, {"a": "2", "b": "1", "c": "3"}),
        ("untag_policy", {"tag_names": ["a"]}, {"b": "1"}),
    ],
)
def test_tags_of_a_policy(aws: Any, role: Role, operation: str, params: dict[str, Any], tags: dict[str, str]) -> None:
    aws.iam.add_policy("P", DOCUMENT, tags={"a": "1", "b": "1"})
    getattr(role, operation)(arn=POLICY, **params)
    assert aws.iam.policies[POLICY]["tags"] == tags


def test_a_role_is_deleted(aws: Any, role: Role) -> None:
    aws.iam.add_role("R", TRUST)
    role.delete_role(name="R")
    assert aws.iam.roles == {}


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("detach_policy", {"policy_arn": POLICY}),
        ("delete_role", {}),
    ],
)
def test_what_is_gone_already_is_no_failure(role: Role, operation: str, params: dict[str, Any]) -> None:
    getattr(role, operation)(name="R", **params)
