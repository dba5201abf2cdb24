# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of a trust role, by decision tables: what is declared, what IAM has, what is done and said."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    SERVICE,
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import defaults
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import ABSENT, Action, Stage, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.options import ROLE, DeclaredRole
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.plan import (
    ObservedRole,
    Policy,
    Role,
    cut_off_refusal,
    find_policy,
    lost_in,
    other_service_refusal,
    plan,
    policy_arn,
    unknown_cut_off_refusal,
    unknown_use_refusal,
    use_refusal,
)

ACCOUNT, EU, US = "111122223333", "eu-west-1", "us-west-2"
NAME = {"name": "R"}
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
OWN = "SecretsManagerForMediaConnect-R"
OWN_ARN, FOREIGN, BOUNDARY = (f"arn:aws:iam::{ACCOUNT}:policy/{name}" for name in (OWN, "Foreign", "Boundary"))
TOO_WIDE = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
API = f"arn:aws:execute-api:us-west-2:{ACCOUNT}:1abcdefghi/*/POST/*"
ANY_FLOW = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*"


def secret(name: str, region: str = US) -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-7g8H9i"


def flow(name: str, region: str = US) -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}"


def permitting(*secrets: str, **others: Any) -> Any:
    return permissions_document(Access(frozenset(secrets), **{kind: frozenset(arns) for kind, arns in others.items()}))


def trusting(*flows: str, guarded: bool = True) -> Any:
    return trust_document(ACCOUNT, guarded, flows)


def lets_in(principal: Any) -> Any:
    return {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}


def has(role: Any = None, policy: Any = None, **observed: Any) -> ObservedRole:
    """A role for the secret a and the flow A, less what is said otherwise; fields of the role beside what it always has."""
    fields = {**defaults(ROLE), **(role or {}).get("fields", {})}
    the_role = {"arn": ROLE_ARN, "trust_policy": trusting(flow("A")), **(role or {}), "fields": fields}
    the_policy = {"arn": OWN_ARN, "version": "v1", "document": permitting(secret("a")), **(policy or {})}
    return ObservedRole(**{"role": Role(**the_role), "policy": Policy(**the_policy), "attached": [OWN_ARN], **observed})


def declared(**options: Any) -> DeclaredRole:
    base = {"name": "R", "account": ACCOUNT, "partition": "aws", "region": US}
    return DeclaredRole(**{**base, **options})


def planning(observed: ObservedRole | None = None, in_two_steps: bool = False, **options: Any) -> Unit:
    return plan(declared(**options), observed or ObservedRole(), in_two_steps)


def operations(unit: Unit) -> list[str]:
    return [action.operation for action in unit.actions]


def widening(operation: str, summary: str, params: Any) -> Action:
    return Action(operation, summary, params, Stage.WIDEN)


def narrowing(operation: str, summary: str, params: Any) -> Action:
    return Action(operation, summary, params, Stage.NARROW)


class TestActions:
    def test_of_a_new_role_with_everything(self) -> None:
        fields = {"path": "/media/", "description": "d", "max_session_duration": 7200}
        unit = planning(
            secrets=[secret("a")],
            kms_keys=[KEY],
            speke_apis=[API],
            flows=[flow("A")],
            permissions_boundary=BOUNDARY,
            tags={"t": "1"},
            fields=fields,
        )
        arn = f"arn:aws:iam::{ACCOUNT}:policy/media/{OWN}"
        permissions = permitting(secret("a"), kms_keys=[KEY], speke_apis=[API])
        assert unit.actions == [
            widening(
                "create_policy",
                f"create the policy {OWN}",
                {
                    "name": OWN,
                    "path": "/media/",
                    "arn": arn,
                    "document": permissions,
                    "description": "What AWS Elemental MediaConnect may use through the role R",
                    "tags": {"t": "1"},
                },
            ),
            widening(
                "create_role",
                "create the role R",
                {
                    "name": "R",
                    "trust_policy": trusting(flow("A")),
                    "tags": {"t": "1"},
                    "fields": {
                        "Path": "/media/",
                        "Description": "d",
                        "MaxSessionDuration": 7200,
                        "PermissionsBoundary": BOUNDARY,
                    },
                },
            ),
            widening("attach_policy", f"attach the policy {OWN} to the role R", {"name": "R", "policy_arn": arn}),
        ]
        assert (unit.label, unit.subject, unit.identity, unit.action) == ("role R", "role R", NAME, "created")
        assert (unit.before, unit.read_back, unit.refusals) == (None, False, [])
        assert unit.after == {
            "name": "R",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/media/R",
            **fields,
            "permissions_boundary": BOUNDARY,
            "policy_name": OWN,
            "policy_arn": arn,
            "policy_version": "v1",
            "trust_policy": trusting(flow("A")),
            "permissions_policy": permissions,
            "attached_policies": [arn],
            "tags": {"t": "1"},
        }

    def test_of_a_new_role_that_reads_nothing(self) -> None:
        unit = planning(flows=[flow("A")], permissions_boundary="", fields={"path": "/", "description": ""})
        params = {"name": "R", "trust_policy": trusting(flow("A")), "tags": None, "fields": {"Path": "/"}}
        assert unit.actions == [widening("create_role", "create the role R", params)]
        assert unit.after == {
            "name": "R",
            "arn": ROLE_ARN,
            "path": "/",
            "description": "",
            "max_session_duration": 3600,
            "permissions_boundary": None,
            "policy_name": None,
            "policy_arn": None,
            "policy_version": None,
            "trust_policy": trusting(flow("A")),
            "permissions_policy": None,
            "attached_policies": [],
            "tags": {},
        }

    def test_of_a_new_role_of_which_little_is_declared(self) -> None:
        create = planning(secrets=[secret("a")]).actions[1]
        assert create.params == {"name": "R", "trust_policy": trusting(), "tags": None, "fields": {"Path": "/"}}

    def test_of_a_new_role_whose_policy_is_there(self) -> None:
        unit = planning(ObservedRole(policy=has().policy), secrets=[secret("a")], flows=[flow("A")])
        assert (operations(unit), unit.action, unit.read_back) == (["create_role", "attach_policy"], "created", False)

    def test_of_a_role_of_which_everything_changes(self) -> None:
        old_trust, tags = trusting(flow("Old")), {"t": "2", "k": "1", "s": "2"}
        there = has(
            role={
                "trust_policy": old_trust,
                "fields": {"description": "old"},
                "tags": {"k": "1", "u": "1", "v": "1"},
            },
            policy={"version": "v3", "tags": {"v": "1", "k": "1", "u": "1"}},
            attached=[FOREIGN, OWN_ARN, TOO_WIDE],
            inline=["b", "a"],
        )
        unit = planning(
            there,
            secrets=[secret("b")],
            flows=[flow("A")],
            permissions_boundary=BOUNDARY,
            tags=tags,
            purge_policies=True,
            fields={"description": "new", "max_session_duration": 7200},
        )
        params = {"arn": OWN_ARN, "document": permitting(secret("b")), "seen": "v3"}
        trust = {"name": "R", "trust_policy": trusting(flow("A")), "seen": old_trust}
        fields = {"name": "R", "description": "new", "max_session_duration": 7200}
        assert unit.actions == [
            widening("write_policy", f"change the policy {OWN}", params),
            widening("untag_policy", f"remove tags from the policy {OWN}", {"arn": OWN_ARN, "tag_names": ["u", "v"]}),
            widening("tag_policy", f"tag the policy {OWN}", {"arn": OWN_ARN, "tags": {"s": "2", "t": "2"}}),
            widening("write_trust", "change whom the role R trusts", trust),
            widening("update_role", "update the role R", fields),
            widening("set_boundary", "set the permissions boundary of the role R", {"name": "R", "arn": BOUNDARY}),
            widening("untag_role", "remove tags from the role R", {"name": "R", "tag_names": ["u", "v"]}),
            widening("tag_role", "tag the role R", {"name": "R", "tags": {"s": "2", "t": "2"}}),
            narrowing(
                "detach_policy", "detach the policy Foreign from the role R", {"name": "R", "policy_arn": FOREIGN}
            ),
            narrowing(
                "detach_policy",
                "detach the policy SecretsManagerReadWrite from the role R",
                {"name": "R", "policy_arn": TOO_WIDE},
            ),
        ]
        assert unit.before == {
            "name": "R",
            "arn": ROLE_ARN,
            "path": "/",
            "description": "old",
            "max_session_duration": 3600,
            "permissions_boundary": None,
            "policy_name": OWN,
            "policy_arn": OWN_ARN,
            "policy_version": "v3",
            "trust_policy": old_trust,
            "permissions_policy": permitting(secret("a")),
            "attached_policies": sorted([FOREIGN, OWN_ARN, TOO_WIDE]),
            "tags": {"k": "1", "u": "1", "v": "1"},
        }
        assert unit.after == {
            **unit.before,
            "description": "new",
            "max_session_duration": 7200,
            "permissions_boundary": BOUNDARY,
            "policy_version": None,
            "trust_policy": trusting(flow("A")),
            "permissions_policy": permitting(secret("b")),
            "attached_policies": [OWN_ARN],
            "tags": tags,
        }
        assert (unit.action, unit.read_back, unit.refusals) == ("updated", True, [])

    def test_of_the_last_secret_that_is_taken_away(self) -> None:
        unit = planning(has(attached=[OWN_ARN, FOREIGN]), secrets=[])
        assert unit.actions == [
            narrowing(
                "detach_policy", f"detach the policy {OWN} from the role R", {"name": "R", "policy_arn": OWN_ARN}
            ),
            narrowing("delete_policy", f"delete the policy {OWN}", {"arn": OWN_ARN}),
        ]
        gone = {"policy_name": None, "policy_arn": None, "policy_version": None, "permissions_policy": None}
        assert unit.after == {**unit.before, **gone, "attached_policies": [FOREIGN]}

    def test_of_the_last_secret_where_somebody_else_uses_the_policy(self) -> None:
        assert operations(planning(has(policy={"shared_with": ["role S"]}), secrets=[])) == ["detach_policy"]

    def test_of_a_policy_that_is_not_attached_yet(self) -> None:
        unit = planning(has(attached=[FOREIGN]), secrets=[secret("a")])
        params = {"name": "R", "policy_arn": OWN_ARN}
        assert unit.actions == [widening("attach_policy", f"attach the policy {OWN} to the role R", params)]
        unset = {"policy_name": None, "policy_arn": None, "policy_version": None, "permissions_policy": None}
        own = {"policy_name": OWN, "policy_arn": OWN_ARN, "policy_version": "v1"}
        assert {field: unit.before[field] for field in unset} == unset
        assert unit.after == {
            **unit.before,
            **own,
            "permissions_policy": permitting(secret("a")),
            "attached_policies": [FOREIGN, OWN_ARN],
        }

    def test_of_a_policy_of_another_name(self) -> None:
        there = has()
        there.policy = None
        unit = planning(there, secrets=[secret("a")], policy_name="Other")
        assert operations(unit) == ["create_policy", "attach_policy"]
        assert unit.after["attached_policies"] == [f"arn:aws:iam::{ACCOUNT}:policy/Other", OWN_ARN]

    def test_of_a_policy_under_the_path_of_the_role(self) -> None:
        there = ObservedRole(role=Role("arn", trusting(flow("A")), fields={**defaults(ROLE), "path": "/x:policy/"}))
        unit = planning(there, secrets=[secret("a")])
        arn = f"arn:aws:iam::{ACCOUNT}:policy/x:policy/{OWN}"
        create, attach = unit.actions
        assert (create.params["name"], create.params["path"], create.params["arn"]) == (OWN, "/x:policy/", arn)
        assert (attach.params, unit.after["policy_arn"]) == ({"name": "R", "policy_arn": arn}, arn)

    def test_of_a_role_that_goes(self) -> None:
        there = has(attached=[OWN_ARN, FOREIGN], inline=["b", "a"], instance_profiles=["Q", "P"])
        unit = planning(there, state=ABSENT)
        assert unit.actions == [
            narrowing(
                "detach_policy", "detach the policy Foreign from the role R", {"name": "R", "policy_arn": FOREIGN}
            ),
            narrowing(
                "detach_policy", f"detach the policy {OWN} from the role R", {"name": "R", "policy_arn": OWN_ARN}
            ),
            narrowing("delete_inline_policy", "delete the inline policy a", {"name": "R", "policy_name": "a"}),
            narrowing("delete_inline_policy", "delete the inline policy b", {"name": "R", "policy_name": "b"}),
            narrowing(
                "leave_instance_profile",
                "take the role R out of the instance profile P",
                {"name": "R", "profile": "P"},
            ),
            narrowing(
                "leave_instance_profile",
                "take the role R out of the instance profile Q",
                {"name": "R", "profile": "Q"},
            ),
            narrowing("delete_role", "delete the role R", NAME),
            narrowing("delete_policy", f"delete the policy {OWN}", {"arn": OWN_ARN}),
        ]
        assert (unit.action, unit.before["arn"], unit.after) == ("deleted", ROLE_ARN, None)
        assert (unit.refusals, unit.read_back) == ([], False)

    def test_of_a_role_that_goes_while_somebody_else_uses_its_policy(self) -> None:
        unit = planning(has(policy={"shared_with": ["group Ops"]}), state=ABSENT)
        assert operations(unit) == ["detach_policy", "delete_role"]

    def test_of_a_policy_that_outlived_its_role(self) -> None:
        unit = planning(ObservedRole(policy=has().policy), state=ABSENT)
        assert unit.actions == [narrowing("delete_policy", f"delete the policy {OWN}", {"arn": OWN_ARN})]
        assert unit.before == {
            "policy_name": OWN,
            "policy_arn": OWN_ARN,
            "permissions_policy": permitting(secret("a")),
        }
        assert (unit.identity, unit.action, unit.after) == (NAME, "deleted", None)

    def test_of_nothing_that_is_to_go(self) -> None:
        unit = planning(state=ABSENT)
        assert (unit.actions, unit.action, unit.before, unit.after) == ([], "unchanged", None, None)

    def test_of_a_shared_policy_that_outlived_its_role(self) -> None:
        unit = planning(ObservedRole(policy=has(policy={"shared_with": ["group Ops"]}).policy), state=ABSENT)
        assert (unit.actions, unit.warnings, unit.action) == ([], [], "unchanged")


# What is declared, what IAM has; nothing is done.
NOTHING: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"secrets": [secret("a")], "flows": [flow("A")]}, {}),
    ({"secrets": [secret("a")], "flows": [flow("A")], "purge": False}, {}),
    ({"fields": {"description": ""}}, {}),
    ({"fields": {"description": "d"}}, {"role": {"fields": {"description": "d"}}}),
    ({"fields": {"max_session_duration": 3600}}, {}),
    ({"fields": {"path": "/"}}, {}),
    ({"permissions_boundary": ""}, {}),
    ({"permissions_boundary": BOUNDARY}, {"role": {"permissions_boundary": BOUNDARY}}),
    ({"tags": {}}, {}),
    ({"tags": {}}, {"role": {"tags": {"aws:cloudformation:stack-name": "x"}}}),
    ({"tags": {"aws:x": "y"}}, {"role": {"tags": {"aws:x": "y"}}, "policy": {"tags": {"aws:x": "y"}}}),
    ({}, {"role": {"tags": {"foreign": "x"}}}),
    (
        {"tags": {"a": "b"}, "purge_tags": False},
        {"role": {"tags": {"a": "b", "c": "d"}}, "policy": {"tags": {"a": "b"}}},
    ),
    ({"kms_keys": [], "speke_apis": []}, {}),
    ({}, {"attached": [OWN_ARN, FOREIGN]}),
    ({"purge_policies": True}, {}),
    ({"confused_deputy_protection": True}, {}),
    ({"secrets": [secret("a")]}, {"policy": {"shared_with": ["role S"]}}),
    ({"tags": {"a": "b"}}, {"role": {"tags": {"a": "b"}}, "policy": {"shared_with": ["role S"]}}),
]


@pytest.mark.parametrize("in_two_steps", [False, True])
@pytest.mark.parametrize(("options", "there"), NOTHING)
def test_nothing_is_done(options: dict[str, Any], there: dict[str, Any], in_two_steps: bool) -> None:
    unit = planning(has(**there), in_two_steps, **options)
    assert (unit.actions, unit.action, unit.refusals) == ([], "unchanged", [])
    assert (unit.after, unit.read_back) == (unit.before, False)


def test_policies_are_compared_by_meaning() -> None:
    there = has(policy={"document": permitting(secret("a"), secret("b"))})
    statement = there.policy.document["Statement"][0]
    statement["Action"] = [action.lower() for action in reversed(statement["Action"])]
    statement["Resource"].reverse()
    there.role.trust_policy["Statement"] = there.role.trust_policy["Statement"][0]
    there.role.trust_policy["Statement"]["Principal"] = {"Service": [SERVICE]}
    assert planning(there, secrets=[secret("b"), secret("a")], flows=[flow("A")]).actions == []


# What is declared, what IAM has, and the one action; what it changes of the state.
CHANGES: list[tuple[dict[str, Any], dict[str, Any], Action, dict[str, Any]]] = [
    (
        {"fields": {"description": "new"}},
        {},
        widening("update_role", "update the role R", {**NAME, "description": "new", "max_session_duration": 3600}),
        {"description": "new"},
    ),
    (
        {"fields": {"description": ""}},
        {"role": {"fields": {"description": "old"}}},
        widening("update_role", "update the role R", {**NAME, "description": "", "max_session_duration": 3600}),
        {"description": ""},
    ),
    (
        {"fields": {"max_session_duration": 7200}},
        {"role": {"fields": {"description": "kept"}}},
        widening("update_role", "update the role R", {**NAME, "description": "kept", "max_session_duration": 7200}),
        {"max_session_duration": 7200},
    ),
    (
        {"permissions_boundary": BOUNDARY},
        {},
        widening("set_boundary", "set the permissions boundary of the role R", {**NAME, "arn": BOUNDARY}),
        {"permissions_boundary": BOUNDARY},
    ),
    (
        {"permissions_boundary": ""},
        {"role": {"permissions_boundary": BOUNDARY}},
        widening("set_boundary", "remove the permissions boundary of the role R", {**NAME, "arn": ""}),
        {"permissions_boundary": None},
    ),
    (
        {"tags": {"a": "b"}},
        {"policy": {"tags": {"a": "b"}}},
        widening("tag_role", "tag the role R", {**NAME, "tags": {"a": "b"}}),
        {"tags": {"a": "b"}},
    ),
    (
        {"tags": {"a": "2"}, "purge_tags": False},
        {"role": {"tags": {"a": "1", "b": "1"}}, "policy": {"tags": {"a": "2", "c": "1"}}},
        widening("tag_role", "tag the role R", {**NAME, "tags": {"a": "2"}}),
        {"tags": {"a": "2", "b": "1"}},
    ),
    (
        {"tags": {}},
        {"role": {"tags": {"a": "b"}}},
        widening("untag_role", "remove tags from the role R", {**NAME, "tag_names": ["a"]}),
        {"tags": {}},
    ),
    (
        {"tags": {}},
        {"policy": {"tags": {"a": "b"}}},
        widening("untag_policy", f"remove tags from the policy {OWN}", {"arn": OWN_ARN, "tag_names": ["a"]}),
        {},
    ),
    (
        {"purge_policies": True},
        {"attached": [OWN_ARN, FOREIGN]},
        narrowing("detach_policy", "detach the policy Foreign from the role R", {**NAME, "policy_arn": FOREIGN}),
        {"attached_policies": [OWN_ARN]},
    ),
    (
        {"secrets": [secret("b")]},
        {},
        widening(
            "write_policy",
            f"change the policy {OWN}",
            {"arn": OWN_ARN, "document": permitting(secret("b")), "seen": "v1"},
        ),
        {"policy_version": None, "permissions_policy": permitting(secret("b"))},
    ),
    (
        {"flows": [flow("B")]},
        {},
        widening(
            "write_trust",
            "change whom the role R trusts",
            {**NAME, "trust_policy": trusting(flow("B")), "seen": trusting(flow("A"))},
        ),
        {"trust_policy": trusting(flow("B"))},
    ),
]


@pytest.mark.parametrize(("options", "there", "action", "changes"), CHANGES)
def test_one_thing_is_done(options: Any, there: Any, action: Action, changes: dict[str, Any]) -> None:
    unit = planning(has(**there), **options)
    assert unit.actions == [action]
    assert (unit.action, unit.refusals) == ("updated", [])
    assert unit.after == {**unit.before, **changes}
    assert unit.read_back is (action.operation in ("write_policy", "write_trust"))


A_TO_B = {"secrets": [secret("b")], "flows": [flow("B")]}
MANY = [f"an-event-with-a-name-of-some-length-{number:03}" for number in range(50)]
# What is declared, what IAM has; which documents are written in which stage: the policy's secrets or the trust's flows.
STEPS: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, Stage, Any]]]] = {
    "widened, then narrowed": (
        A_TO_B,
        {},
        [
            ("write_policy", Stage.WIDEN, permitting(secret("a"), secret("b"))),
            ("write_policy", Stage.NARROW, permitting(secret("b"))),
            ("write_trust", Stage.WIDEN, trusting(flow("A"), flow("B"))),
            ("write_trust", Stage.NARROW, trusting(flow("B"))),
        ],
    ),
    "only widened": (
        {"secrets": [secret("a"), secret("b")], "flows": [flow("A"), flow("B")]},
        {},
        [
            ("write_policy", Stage.WIDEN, permitting(secret("a"), secret("b"))),
            ("write_trust", Stage.WIDEN, trusting(flow("A"), flow("B"))),
        ],
    ),
    "only narrowed": (
        {"secrets": [secret("b")], "flows": [flow("B")]},
        {
            "policy": {"document": permitting(secret("a"), secret("b"))},
            "role": {"trust_policy": trusting(flow("A"), flow("B"))},
        },
        [
            ("write_policy", Stage.NARROW, permitting(secret("b"))),
            ("write_trust", Stage.NARROW, trusting(flow("B"))),
        ],
    ),
    "one key for another": (
        {"kms_keys": [KEY]},
        {"policy": {"document": permitting(secret("a"), kms_keys=[KEY + "0"])}},
        [
            ("write_policy", Stage.WIDEN, permitting(secret("a"), kms_keys=[KEY, KEY + "0"])),
            ("write_policy", Stage.NARROW, permitting(secret("a"), kms_keys=[KEY])),
        ],
    ),
    "one API for another": (
        {"speke_apis": [API]},
        {"policy": {"document": permitting(secret("a"), speke_apis=[API + "0"])}},
        [
            ("write_policy", Stage.WIDEN, permitting(secret("a"), speke_apis=[API, API + "0"])),
            ("write_policy", Stage.NARROW, permitting(secret("a"), speke_apis=[API])),
        ],
    ),
    "every flow, then one": (
        {"flows": [flow("A")]},
        {"role": {"trust_policy": trusting()}},
        [("write_trust", Stage.NARROW, trusting(flow("A")))],
    ),
    "one flow, then every flow": (
        {"flows": []},
        {},
        [("write_trust", Stage.WIDEN, trusting())],
    ),
    "any flow of this Region, beside one of another": (
        {"flows": []},
        {"role": {"trust_policy": trusting(flow("A", EU))}},
        [("write_trust", Stage.WIDEN, trusting(flow("A", EU), ANY_FLOW))],
    ),
    "any flow of this Region in place of one, beside one of another": (
        {"flows": []},
        {"role": {"trust_policy": trusting(flow("A", EU), flow("B"))}},
        [("write_trust", Stage.WIDEN, trusting(flow("A", EU), ANY_FLOW))],
    ),
    "a new version of the same secret": (
        {"secrets": [secret("a")[:-6] + "NEWNEW"]},
        {},
        # Of two secrets of one name, one is dead.
        [("write_policy", Stage.WIDEN, permitting(secret("a")[:-6] + "NEWNEW"))],
    ),
    "more than IAM takes at once": (
        {"secrets": [secret(name) for name in MANY]},
        {"policy": {"document": permitting(*(secret(f"other-{name}") for name in MANY[:30]))}},
        [("write_policy", Stage.WIDEN, permitting(*(secret(name) for name in MANY)))],
    ),
    "what somebody else has put in": (
        {"secrets": [secret("a")]},
        {"policy": {"document": {**permitting(secret("a")), "Statement": [*permitting(secret("a"))["Statement"], {}]}}},
        [("write_policy", Stage.WIDEN, permitting(secret("a")))],
    ),
    "whom somebody else has let in": (
        {"flows": [flow("A")]},
        {"role": {"trust_policy": lets_in({"Service": "ec2.amazonaws.com"})}},
        [("write_trust", Stage.WIDEN, trusting(flow("A")))],
    ),
    "the conditions that were missing": (
        {},
        {"role": {"trust_policy": trusting(guarded=False)}},
        [("write_trust", Stage.WIDEN, trusting())],
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_in_two_steps(case: str) -> None:
    options, there, steps = STEPS[case]
    unit = planning(has(**there), in_two_steps=True, **options)
    assert unit.refusals == []
    assert [
        (action.operation, action.stage, action.params.get("document") or action.params.get("trust_policy"))
        for action in unit.actions
    ] == steps
    seen = {"write_policy": "v1", "write_trust": has(**there).role.trust_policy}
    assert all(action.params["seen"] == seen[action.operation] for action in unit.actions)
    at_once = planning(has(**there), **options)
    assert (unit.before, unit.after, unit.warnings) == (at_once.before, at_once.after, at_once.warnings)
    assert {action.summary for action in unit.actions} == {action.summary for action in at_once.actions}
    assert all(action.stage == Stage.WIDEN for action in at_once.actions)
    assert unit.read_back


@pytest.mark.parametrize("in_two_steps", [False, True])
def test_what_is_wanted_has_refusals_of_its_own(in_two_steps: bool) -> None:
    (refusal,) = planning(
        has(), in_two_steps, secrets=[secret(f"{name}-{number}") for name in MANY for number in "12"]
    ).refusals
    assert refusal.startswith("The policy of the role R would have ")


def test_a_new_role_is_made_in_one_step() -> None:
    assert planning(in_two_steps=True, **A_TO_B) == planning(**A_TO_B)


def test_in_one_step_unless_two_are_asked_for() -> None:
    assert plan(declared(**A_TO_B), has()) == planning(has(), **A_TO_B) != planning(has(), True, **A_TO_B)


def _foreign_statement(there: ObservedRole) -> None:
    there.policy.document["Statement"].append({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


def _foreign_denial(there: ObservedRole) -> None:
    there.policy.document["Statement"].append({"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"})


def _wider_resource(there: ObservedRole) -> None:
    there.policy.document["Statement"][0]["Resource"] = "*"


def _fewer_actions(there: ObservedRole) -> None:
    there.policy.document["Statement"][0]["Action"] = "secretsmanager:GetSecretValue"


def _no_json(there: ObservedRole) -> None:
    there.policy.document = "nonsense"


def _no_condition(there: ObservedRole) -> None:
    del there.role.trust_policy["Statement"][0]["Condition"]


def _no_source_arn(there: ObservedRole) -> None:
    del there.role.trust_policy["Statement"][0]["Condition"]["ArnLike"]


def _other_account(there: ObservedRole) -> None:
    there.role.trust_policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"] = "444455556666"


def _wrong_principal(there: ObservedRole) -> None:
    there.role.trust_policy["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}


def _second_principal(there: ObservedRole) -> None:
    there.role.trust_policy["Statement"][0]["Principal"] = {"Service": [SERVICE, "lambda.amazonaws.com"]}


def _second_statement(there: ObservedRole) -> None:
    there.role.trust_policy["Statement"].append(
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sts:AssumeRole"}
    )


def _denied(there: ObservedRole) -> None:
    there.role.trust_policy["Statement"][0]["Effect"] = "Deny"


def _trust_no_json(there: ObservedRole) -> None:
    there.role.trust_policy = "nonsense"


@pytest.mark.parametrize(
    ("spoil", "operation", "no_longer"),
    [
        (_foreign_statement, "write_policy", None),
        (_foreign_denial, "write_policy", None),
        (_wider_resource, "write_policy", None),
        (_fewer_actions, "write_policy", None),
        (_no_json, "write_policy", None),
        (_no_condition, "write_trust", None),
        (_no_source_arn, "write_trust", None),
        (_other_account, "write_trust", None),
        (_wrong_principal, "write_trust", "ec2.amazonaws.com"),
        (_second_principal, "write_trust", "lambda.amazonaws.com"),
        (_second_statement, "write_trust", "arn:aws:iam::444455556666:root"),
        (_denied, "write_trust", None),
        (_trust_no_json, "write_trust", None),
    ],
)
def test_what_somebody_else_has_done_is_put_right(
    spoil: Callable[[ObservedRole], None], operation: str, no_longer: str | None
) -> None:
    there = has()
    wanted = copy.deepcopy(there)
    spoil(there)
    unit = planning(there, secrets=[secret("a")], flows=[flow("A")])
    assert operations(unit) == [operation]
    assert unit.after["trust_policy"] == wanted.role.trust_policy
    assert unit.after["permissions_policy"] == wanted.policy.document
    said = [f"The role R will trust {SERVICE} alone, and no longer {no_longer}."] if no_longer else []
    assert unit.warnings == said


EVERY_FLOW = "The role R serves every flow of account 111122223333: declare flows to name those that may use it."
PURGED_TOO_WIDE = "detach it, or set purge_policies: true."
# What is declared, what IAM has, and each warning, beside those of what is wanted.
WARNINGS: dict[str, tuple[dict[str, Any], ObservedRole, list[str]]] = {
    "all is well": ({"secrets": [secret("a")], "flows": [flow("A")]}, has(), []),
    "what is wanted has some of its own": ({"secrets": [secret("a")]}, ObservedRole(), [EVERY_FLOW]),
    "a path": (
        {"secrets": [secret("a")], "flows": [flow("A")], "fields": {"path": "/media/"}},
        ObservedRole(),
        ["The role R has the path /media/: CloudFormation and MediaConnect's routers refuse a role with a path."],
    ),
    "the root as its path": (
        {"secrets": [secret("a")], "flows": [flow("A")], "fields": {"path": "/"}},
        ObservedRole(),
        [],
    ),
    "no longer trusted": (
        {"flows": [flow("A")]},
        has(role={"trust_policy": lets_in({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})}),
        [
            "The role R will trust mediaconnect.amazonaws.com alone, "
            "and no longer ec2.amazonaws.com, lambda.amazonaws.com."
        ],
    ),
    "a policy that is too wide": (
        {},
        has(attached=[OWN_ARN, FOREIGN, TOO_WIDE]),
        [
            "The policy SecretsManagerReadWrite is attached to the role R and lets MediaConnect read and write every secret: "
            f"{PURGED_TOO_WIDE}"
        ],
    ),
    "another policy of the account": ({}, has(attached=[OWN_ARN, FOREIGN]), []),
    "a policy that is too wide and purged": ({"purge_policies": True}, has(attached=[OWN_ARN, TOO_WIDE]), []),
    "a policy of the role's own with that name": (
        {"policy_name": "SecretsManagerReadWrite"},
        has(policy={"arn": f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerReadWrite"}, attached=[]),
        [],
    ),
    "inline policies": (
        {"purge_policies": True},
        has(inline=["b", "a"]),
        ["The role R has inline policies too, which purge_policies leaves alone: a, b."],
    ),
    "inline policies that nobody wants purged": ({}, has(inline=["a"]), []),
    "a policy that is kept": (
        {"state": ABSENT},
        has(policy={"shared_with": ["role S", "user jane"]}),
        [f"The policy {OWN} is kept: it also serves role S, user jane."],
    ),
    "a policy that is kept while the role stays": (
        {"secrets": []},
        has(policy={"shared_with": ["role S"]}),
        [
            "The role R lets MediaConnect read nothing: declare secrets or speke_apis.",
            f"The policy {OWN} is kept: it also serves role S.",
        ],
    ),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_warnings(case: str) -> None:
    options, there, sentences = WARNINGS[case]
    unit = planning(there, **options)
    assert (unit.warnings, unit.refusals) == (sentences, [])


S3 = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
# The same with each refusal, beside those of what is wanted.
REFUSALS: dict[str, tuple[dict[str, Any], ObservedRole, list[str]]] = {
    **{
        f"a role under {path} that is to be {state}": (
            {"state": state},
            has(role={"fields": {"path": path}}),
            [f"The role R belongs to AWS itself (path {path}); give another name."],
        )
        for path in ("/aws-service-role/mediaconnect.amazonaws.com/", "/aws-reserved/sso.amazonaws.com/")
        for state in ("present", "absent")
    },
    **{
        f"another path of a role that is to be {state}": (
            {"state": state, "fields": {"path": "/media/"}},
            has(role={"fields": {"path": there}}),
            [
                f"The role R lies under the path {there}, not /media/, and IAM cannot move it. "
                "Leave path out, or remove the role and make it anew."
            ],
        )
        for state, there in (("present", "/"), ("absent", "/other/"))
    },
    "somebody else's policy": (
        {"secrets": [secret("a")]},
        has(policy={"document": S3, "shared_with": ["role S"]}, attached=[]),
        [
            f"The policy {OWN}, meant for the role R, is there already and permits something other than reading "
            "keys. Give another policy_name, or set allow_shared_policy: true to have it replaced."
        ],
    ),
    "a shared policy": (
        {"secrets": [secret("b")]},
        has(policy={"shared_with": ["role S", "user jane"]}),
        [
            f"The policy {OWN} of the role R also serves role S, user jane, which a change would "
            "affect. Give the role a policy of its own (policy_name), or set allow_shared_policy: true."
        ],
    ),
    "somebody else's policy that may be replaced": (
        {"secrets": [secret("a")], "allow_shared_policy": True},
        has(policy={"document": S3, "shared_with": ["role S"]}, attached=[]),
        [],
    ),
    "a reserved tag of a new role": (
        {"secrets": [secret("a")], "tags": {"AWS:x": "1", "mine": "1"}},
        ObservedRole(),
        ["The role R: the tag AWS:x begins with aws:, which AWS reserves."],
    ),
    "a reserved tag": (
        {"tags": {"aws:x": "1"}},
        has(role={"tags": {"aws:x": "2"}}),
        [
            f"The policy {OWN}: the tag aws:x begins with aws:, which AWS reserves.",
            "The role R: the tag aws:x begins with aws:, which AWS reserves.",
        ],
    ),
    "a reserved tag that IAM has": (
        {"tags": {"aws:x": "1"}},
        has(role={"tags": {"aws:x": "1"}}, policy={"shared_with": ["role S"]}),
        [],
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case: str) -> None:
    options, there, sentences = REFUSALS[case]
    assert planning(there, **options).refusals == sentences


@pytest.mark.parametrize("case", [case for case in REFUSALS if "role under" in case or "another path" in case])
def test_nothing_is_planned_for_a_role_that_is_not_meant(case: str) -> None:
    options, there, dummy = REFUSALS[case]
    unit = planning(there, secrets=[secret("b")], **options)
    assert (unit.actions, unit.action, unit.after) == ([], "unchanged", None)


class TestSharedPolicy:
    def test_is_changed_when_asked(self) -> None:
        there = has(policy={"shared_with": ["role S"]})
        unit = planning(there, secrets=[secret("b")], allow_shared_policy=True, tags={"a": "b"})
        assert unit.refusals == []
        assert operations(unit) == ["write_policy", "tag_policy", "tag_role"]

    def test_is_attached_when_it_says_the_right_thing(self) -> None:
        there = has(policy={"shared_with": ["role S"]}, attached=[])
        unit = planning(there, secrets=[secret("a")], tags={"a": "b"})
        assert operations(unit) == ["tag_role", "attach_policy"]


def test_a_policy_of_the_same_name_that_somebody_made_for_something_else_is_not_deleted() -> None:
    there = has(attached=[])
    _foreign_statement(there)
    assert operations(planning(there, secrets=[])) == []
    assert operations(planning(there, state=ABSENT)) == ["delete_role"]
    assert operations(planning(ObservedRole(policy=there.policy), state=ABSENT)) == []


PLACES = ["entitlement E of flow F", "source S of flow F"]
# What is said of streams, of which, and each sentence.
SAID: list[tuple[Callable[..., str], tuple[Any, ...], str]] = [
    (
        use_refusal,
        (PLACES,),
        "The role R is used by entitlement E of flow F, source S of flow F; without it MediaConnect cannot read the key "
        "and the stream stops. Move these to another role first, or set force_in_use: true for the role.",
    ),
    (
        unknown_use_refusal,
        ("The flows cannot be listed at X.X..",),
        "Whether a flow still uses the role R cannot be told. The flows cannot be listed at X.X. "
        "Nothing was deleted; set force_in_use: true for the role to delete it all the same.",
    ),
    (
        other_service_refusal,
        ("delete it",),
        "The role R does not trust MediaConnect, so it may serve something else. "
        "Check the name, or set force_in_use: true for the role to delete it all the same.",
    ),
    (
        cut_off_refusal,
        (PLACES, ["this", "that"], True),
        "The role R would no longer serve entitlement E of flow F, source S of flow F: MediaConnect could not read the key any "
        "more, and the picture would go dark (this; that). Declare the secrets, KMS keys and flows that they use too, set purge: "
        "false to keep what the role serves, or force_in_use: true for the role.",
    ),
    (
        cut_off_refusal,
        (PLACES[:1], ["this"], False),
        "The role R would perhaps no longer serve entitlement E of flow F: MediaConnect could not read the key any "
        "more, and the picture would go dark (this). Declare the secrets, KMS keys and flows that they use too, set purge: "
        "false to keep what the role serves, or force_in_use: true for the role.",
    ),
    (
        unknown_cut_off_refusal,
        ("The flows cannot be listed at X.X..",),
        "The role R would serve less than now, and whether a flow needs that cannot be told. The flows cannot be listed at X.X. "
        "Set purge: false to keep what it serves, or force_in_use: true for the role.",
    ),
]


@pytest.mark.parametrize(("say", "of", "sentence"), SAID)
def test_sentences_about_streams(say: Callable[..., str], of: tuple[Any, ...], sentence: str) -> None:
    assert say("R", *of) == sentence


def no_document(arn: str) -> None:
    raise AssertionError(f"{arn} was read")


class TestFindPolicy:
    OLD = f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerForMediaConnect"
    KEYS = permitting(secret("a"))

    def test_by_its_declared_name(self) -> None:
        options = declared(policy_name="SecretsManagerForMediaConnect")
        assert find_policy(options, None, [], no_document) == self.OLD

    def test_by_its_name_under_any_path(self) -> None:
        elsewhere = f"arn:aws:iam::{ACCOUNT}:policy/x/SecretsManagerForMediaConnect"
        options = declared(policy_name="SecretsManagerForMediaConnect")
        assert find_policy(options, None, [FOREIGN, elsewhere], no_document) == elsewhere

    def test_never_one_of_aws(self) -> None:
        options = declared(policy_name="SecretsManagerReadWrite")
        found = find_policy(options, None, [TOO_WIDE], no_document)
        assert found == f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerReadWrite"

    def test_by_its_derived_name(self) -> None:
        assert find_policy(declared(), None, [self.OLD, OWN_ARN], no_document) == OWN_ARN
        assert find_policy(declared(), None, [], no_document) == OWN_ARN

    def test_by_what_it_says(self) -> None:
        documents = {self.OLD: self.KEYS, FOREIGN: {"Statement": []}}
        assert find_policy(declared(), None, [FOREIGN, self.OLD], documents.get) == self.OLD

    def test_by_its_derived_name_when_several_say_so(self) -> None:
        documents = {self.OLD: self.KEYS, FOREIGN: self.KEYS}
        assert find_policy(declared(), None, [FOREIGN, self.OLD], documents.get) == OWN_ARN

    def test_under_the_path_of_the_role(self) -> None:
        options = declared(fields={"path": "/declared/"})
        role = Role("arn", {}, fields={**defaults(ROLE), "path": "/media/"})
        assert policy_arn(options, None) == f"arn:aws:iam::{ACCOUNT}:policy/declared/{OWN}"
        assert policy_arn(options, role) == f"arn:aws:iam::{ACCOUNT}:policy/media/{OWN}"
        assert find_policy(options, role, [], no_document) == f"arn:aws:iam::{ACCOUNT}:policy/media/{OWN}"


EVERY_FLOW = f"arn:aws:mediaconnect:*:{ACCOUNT}:flow:*"
BOTH = {"secrets": [secret("a"), secret("b", EU)], "flows": [flow("A"), flow("B", EU)]}
# What is declared of a role that reads a and b (in another Region) for the flows A and B, and where it will serve less.
NARROWED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": (BOTH, set()),
    "a description": ({**BOTH, "fields": {"description": "d"}}, set()),
    "more": ({**BOTH, "secrets": [*BOTH["secrets"], secret("c")], "flows": [*BOTH["flows"], flow("C")]}, set()),
    "a wider flow": ({**BOTH, "flows": [ANY_FLOW, flow("B", EU)]}, set()),
    "a secret less": ({**BOTH, "secrets": [secret("a")], "region": EU}, {EU}),
    "a flow less": ({**BOTH, "flows": [flow("C"), flow("B", EU)]}, {US}),
    "both": ({"secrets": [], "flows": [flow("C"), flow("B", EU)]}, {US}),
    "deleted": ({"state": ABSENT}, {US, EU}),
    "a boundary": ({**BOTH, "permissions_boundary": BOUNDARY}, {US, EU}),
    "no boundary": ({**BOTH, "permissions_boundary": ""}, set()),
    "purged": ({**BOTH, "purge_policies": True}, {US, EU}),
}


@pytest.mark.parametrize("case", NARROWED)
def test_where_a_role_will_serve_less(case: str) -> None:
    options, regions = NARROWED[case]
    document = permitting(secret("a"), secret("b", EU))
    there = has(policy={"document": document}, role={"trust_policy": trusting(flow("A"), flow("B", EU))})
    there.attached.append(FOREIGN)
    assert lost_in(planning(there, **options)) == regions


def test_a_role_that_serves_every_flow_may_be_missed_anywhere() -> None:
    there = has(policy={"document": permitting(secret("a"))}, role={"trust_policy": trusting(EVERY_FLOW)})
    assert lost_in(planning(there, state=ABSENT)) == {"*"}
    assert lost_in(planning(there, secrets=[secret("b")])) == {US}
    there = has(policy={"document": permitting(secret("a"))}, role={"trust_policy": trusting()})
    assert lost_in(planning(there, secrets=[secret("a")], flows=[flow("A")])) == {"*"}


def unclear(operator: str, *flows: str) -> dict[str, Any]:
    """A statement that this collection would not write."""
    (statement,) = trusting()["Statement"]
    return {**statement, "Condition": {operator: {"aws:SourceArn": list(flows)}}}


@pytest.mark.parametrize("operator", ["ArnLikeIfExists", "ForAnyValue:ArnLike"])
class TestUnclearTrust:
    """What is not understood is neither taken for "every flow" nor taken away, unless all flows are declared."""

    def there(self, operator: str) -> ObservedRole:
        return has(role={"trust_policy": {"Version": "2012-10-17", "Statement": [unclear(operator, flow("A"))]}})

    def test_stays_as_it_is(self, operator: str) -> None:
        for options in ({}, {"purge": False}):
            unit = planning(self.there(operator), **options)
            assert "write_trust" not in operations(unit)
            assert any("conditions that are not understood here; they are kept" in text for text in unit.warnings)

    def test_gets_company(self, operator: str) -> None:
        unit = planning(self.there(operator), flows=[flow("B")], purge=False)
        wanted = trusting(flow("B"))
        assert unit.after["trust_policy"] == {
            **wanted,
            "Statement": [*wanted["Statement"], unclear(operator, flow("A"))],
        }
        there = has(role={"trust_policy": unit.after["trust_policy"]})
        assert "write_trust" not in operations(planning(there, flows=[flow("B")], purge=False))

    def test_is_replaced_where_all_flows_are_declared(self, operator: str) -> None:
        unit = planning(self.there(operator), flows=[flow("B")])
        assert unit.after["trust_policy"] == trusting(flow("B"))
        assert lost_in(unit) == {"*"}


EC2 = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}


class TestTakingOver:
    """A role that was made by hand."""

    def test_one_that_trusts_another_service_may_be_a_slip(self) -> None:
        there = ObservedRole(role=Role(ROLE_ARN, EC2))
        said = other_service_refusal("R", "change whom it trusts")
        assert planning(there, secrets=[secret("a")]).refusals == [said]
        assert planning(there, secrets=[secret("a")], force_in_use=True).refusals == []

    def test_one_that_has_its_policy_was_only_changed_by_somebody(self) -> None:
        there = has(policy={"document": permitting(secret("a"))}, role={"trust_policy": EC2})
        assert planning(there, secrets=[secret("a")]).refusals == []

    def test_what_its_policy_says_in_other_ways_stays_with_purge_false(self) -> None:
        wide = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}],
        }
        there = has(policy={"document": wide})
        unit = planning(there, secrets=[secret("a")], purge=False)
        assert lost_in(unit) == set()
        assert wide["Statement"][0] in unit.after["permissions_policy"]["Statement"]
        assert lost_in(planning(there, secrets=[secret("a")])) != set()
