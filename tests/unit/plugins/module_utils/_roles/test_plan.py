# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan of a trust role says and carries, in full: users read the sentences, and the calls are made from the actions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT, Action, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import (
    Access,
    permissions_document,
    size,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust import (
    Observed,
    Policy,
    Role,
    find_policy,
    plan,
    policy_arn,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import Declared

ACCOUNT, EU, US = "111122223333", "eu-west-1", "us-west-2"
NAME = {"name": "R"}
OWN = "SecretsManagerForMediaConnect-R"
OWN_ARN, FOREIGN, BOUNDARY = (f"arn:aws:iam::{ACCOUNT}:policy/{name}" for name in (OWN, "Foreign", "Boundary"))
TOO_WIDE = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
API = f"arn:aws:execute-api:us-west-2:{ACCOUNT}:1abcdefghi/*/POST/*"
CONFIRM = Action("confirm", "read the role R back, in case somebody else wrote at the same time", {})


def secret(name: str, region: str = US) -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-7g8H9i"


def flow(name: str, region: str = US) -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}"


def any_flow(region: str = US) -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*"


def permitting(*secrets: str, **others: frozenset[str]) -> Any:
    return permissions_document(Access(frozenset(secrets), **others))


def trusting(*flows: str, guarded: bool = True) -> Any:
    return trust_document(ACCOUNT, guarded, flows)


def lets_in(principal: Any) -> Any:
    return {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}


def has(role: Any = None, policy: Any = None, **fields: Any) -> Observed:
    """A role for the secret a and the flow A, less what is said otherwise."""
    the_role = {"arn": f"arn:aws:iam::{ACCOUNT}:role/R", "trust_policy": trusting(flow("A")), **(role or {})}
    the_policy = {"arn": OWN_ARN, "version": "v1", "document": permitting(secret("a")), **(policy or {})}
    return Observed(**{"role": Role(**the_role), "policy": Policy(**the_policy), "attached": [OWN_ARN], **fields})


def planning(observed: Observed | None = None, **options: Any) -> Unit:
    base = {"name": "R", "account": ACCOUNT, "partition": "aws", "region": US}
    return plan(Declared(**{**base, **options}), observed or Observed())


def fitting(count: int, most: int, region: str = US, around: tuple[str, ...] = ()) -> list[str]:
    """So many flows that the trust policy with them, and with those around, has this many characters."""
    names = [f"{number:03}" for number in range(count)]
    lacking = most - size(trusting(*around, *(flow(name, region) for name in names)))
    assert lacking >= 0
    return [flow(name, region) for name in [*names[:-1], names[-1] + "x" * lacking]]


class TestActions:
    def test_of_a_new_role_with_everything(self) -> None:
        unit = planning(
            secrets=[secret("a")],
            kms_keys=[KEY],
            speke_apis=[API],
            flows=[flow("A")],
            path="/media/",
            description="d",
            permissions_boundary=BOUNDARY,
            max_session_duration=7200,
            tags={"t": "1"},
        )
        arn = f"arn:aws:iam::{ACCOUNT}:policy/media/{OWN}"
        permissions = permitting(secret("a"), kms_keys=frozenset({KEY}), speke_apis=frozenset({API}))
        assert unit.actions == [
            Action(
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
            Action(
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
            Action("attach_policy", f"attach the policy {OWN} to the role R", {"name": "R", "policy_arn": arn}),
        ]
        assert (unit.label, unit.identity, unit.action) == ("role R", NAME, "created")
        assert unit.before is None
        assert unit.after == {
            "name": "R",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/media/R",
            "path": "/media/",
            "description": "d",
            "max_session_duration": 7200,
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
        unit = planning(flows=[flow("A")], path="/", description="", permissions_boundary="")
        params = {"name": "R", "trust_policy": trusting(flow("A")), "tags": None, "fields": {"Path": "/"}}
        assert unit.actions == [Action("create_role", "create the role R", params)]
        assert unit.warnings == ["The role R lets MediaConnect read nothing: declare secrets or speke_apis."]
        assert unit.after == {
            "name": "R",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/R",
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

    def test_of_a_role_of_which_everything_changes(self) -> None:
        old_trust, tags = trusting(flow("Old")), {"t": "2", "k": "1", "s": "2"}
        there = has(
            role={"trust_policy": old_trust, "description": "old", "tags": {"k": "1", "u": "1", "v": "1"}},
            policy={"version": "v3", "tags": {"v": "1", "k": "1", "u": "1"}},
            attached=[FOREIGN, OWN_ARN, TOO_WIDE],
            inline=["b", "a"],
        )
        unit = planning(
            there,
            secrets=[secret("b")],
            flows=[flow("A")],
            description="new",
            permissions_boundary=BOUNDARY,
            max_session_duration=7200,
            tags=tags,
            purge_policies=True,
        )
        params = {"arn": OWN_ARN, "document": permitting(secret("b")), "seen": "v3"}
        assert unit.actions == [
            Action("write_policy", f"change the policy {OWN}", params),
            Action("untag_policy", f"remove tags from the policy {OWN}", {"arn": OWN_ARN, "tag_names": ["u", "v"]}),
            Action("tag_policy", f"tag the policy {OWN}", {"arn": OWN_ARN, "tags": {"s": "2", "t": "2"}}),
            Action(
                "write_trust",
                "change whom the role R trusts",
                {"name": "R", "trust_policy": trusting(flow("A")), "seen": old_trust},
            ),
            Action(
                "update_role", "update the role R", {"name": "R", "description": "new", "max_session_duration": 7200}
            ),
            Action("set_boundary", "set the permissions boundary of the role R", {"name": "R", "arn": BOUNDARY}),
            Action("untag_role", "remove tags from the role R", {"name": "R", "tag_names": ["u", "v"]}),
            Action("tag_role", "tag the role R", {"name": "R", "tags": {"s": "2", "t": "2"}}),
            Action("detach_policy", "detach the policy Foreign from the role R", {"name": "R", "policy_arn": FOREIGN}),
            Action(
                "detach_policy",
                "detach the policy SecretsManagerReadWrite from the role R",
                {"name": "R", "policy_arn": TOO_WIDE},
            ),
            CONFIRM,
        ]
        assert unit.before == {
            "name": "R",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/R",
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
        assert (unit.action, unit.refusals) == ("updated", [])

    def test_of_a_boundary_that_is_removed(self) -> None:
        unit = planning(has(role={"permissions_boundary": BOUNDARY}), permissions_boundary="")
        params = {"name": "R", "arn": ""}
        assert unit.actions == [Action("set_boundary", "remove the permissions boundary of the role R", params)]
        assert unit.after == {**unit.before, "permissions_boundary": None}

    def test_of_tags_that_are_only_added(self) -> None:
        there = has(role={"tags": {"a": "1", "b": "1"}}, policy={"tags": {"a": "2", "c": "1"}})
        unit = planning(there, tags={"a": "2"}, purge_tags=False)
        assert unit.actions == [Action("tag_role", "tag the role R", {"name": "R", "tags": {"a": "2"}})]
        assert unit.after == {**unit.before, "tags": {"a": "2", "b": "1"}}

    def test_of_the_last_secret_that_is_taken_away(self) -> None:
        unit = planning(has(attached=[OWN_ARN, FOREIGN]), secrets=[])
        assert unit.actions == [
            Action("detach_policy", f"detach the policy {OWN} from the role R", {"name": "R", "policy_arn": OWN_ARN}),
            Action("delete_policy", f"delete the policy {OWN}", {"arn": OWN_ARN}),
        ]
        gone = {"policy_name": None, "policy_arn": None, "policy_version": None, "permissions_policy": None}
        assert unit.after == {**unit.before, **gone, "attached_policies": [FOREIGN]}

    def test_of_a_policy_that_is_not_attached_yet(self) -> None:
        unit = planning(has(attached=[FOREIGN]), secrets=[secret("a")])
        params = {"name": "R", "policy_arn": OWN_ARN}
        assert unit.actions == [Action("attach_policy", f"attach the policy {OWN} to the role R", params)]
        unset = {"policy_name": None, "policy_arn": None, "policy_version": None, "permissions_policy": None}
        own = {"policy_name": OWN, "policy_arn": OWN_ARN, "policy_version": "v1"}
        assert {field: unit.before[field] for field in unset} == unset
        assert unit.after == {
            **unit.before,
            **own,
            "permissions_policy": permitting(secret("a")),
            "attached_policies": [FOREIGN, OWN_ARN],
        }

    def test_of_a_role_that_goes(self) -> None:
        there = has(attached=[OWN_ARN, FOREIGN], inline=["b", "a"], instance_profiles=["Q", "P"])
        unit = planning(there, state=ABSENT)
        assert unit.actions == [
            Action("detach_policy", "detach the policy Foreign from the role R", {"name": "R", "policy_arn": FOREIGN}),
            Action("detach_policy", f"detach the policy {OWN} from the role R", {"name": "R", "policy_arn": OWN_ARN}),
            Action("delete_inline_policy", "delete the inline policy a", {"name": "R", "policy_name": "a"}),
            Action("delete_inline_policy", "delete the inline policy b", {"name": "R", "policy_name": "b"}),
            Action(
                "leave_instance_profile",
                "take the role R out of the instance profile P",
                {"name": "R", "profile": "P"},
            ),
            Action(
                "leave_instance_profile",
                "take the role R out of the instance profile Q",
                {"name": "R", "profile": "Q"},
            ),
            Action("delete_role", "delete the role R", NAME),
            Action("delete_policy", f"delete the policy {OWN}", {"arn": OWN_ARN}),
        ]
        assert (unit.action, unit.before["arn"], unit.after) == ("deleted", f"arn:aws:iam::{ACCOUNT}:role/R", None)

    def test_of_a_policy_that_outlived_its_role(self) -> None:
        unit = planning(Observed(policy=has().policy), state=ABSENT)
        assert unit.actions == [Action("delete_policy", f"delete the policy {OWN}", {"arn": OWN_ARN})]
        assert unit.before == {
            "policy_name": OWN,
            "policy_arn": OWN_ARN,
            "permissions_policy": permitting(secret("a")),
        }
        assert (unit.identity, unit.action, unit.after) == (NAME, "deleted", None)


BARE = trusting(guarded=False)
S3 = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
# What is declared, what IAM has, and each sentence.
WARNINGS: dict[str, tuple[dict[str, Any], Observed, list[str]]] = {
    "all is well": ({"secrets": [secret("a")], "flows": [flow("A")]}, has(), []),
    "nothing to read": (
        {"secrets": []},
        has(),
        ["The role R lets MediaConnect read nothing: declare secrets or speke_apis."],
    ),
    "every flow": (
        {"secrets": [secret("a")]},
        Observed(),
        ["The role R serves every flow of account 111122223333: declare flows to name those that may use it."],
    ),
    "every flow already": (
        {"flows": [flow("B")], "purge": False},
        has(role={"trust_policy": trusting()}),
        [
            "The role R serves every flow already, and purge: false takes nothing away: "
            "declare all its flows with purge: true to narrow it.",
            "The role R serves every flow of account 111122223333: declare flows to name those that may use it.",
        ],
    ),
    "SPEKE under conditions": (
        {"speke_apis": [API], "flows": [flow("A")]},
        has(role={"trust_policy": BARE}),
        [
            "The role R serves SPEKE too, and AWS does not document that key requests carry the conditions of its trust "
            "policy: should they fail, use a role of its own for SPEKE, or set confused_deputy_protection: false."
        ],
    ),
    "SPEKE under conditions that are wanted": (
        {"speke_apis": [API], "flows": [flow("A")], "confused_deputy_protection": True},
        has(role={"trust_policy": BARE}),
        [],
    ),
    "SPEKE under conditions as before": ({"speke_apis": [API], "flows": [flow("B")]}, has(), []),
    "a path": (
        {"secrets": [secret("a")], "flows": [flow("A")], "path": "/media/"},
        Observed(),
        ["The role R has the path /media/: CloudFormation and MediaConnect's routers refuse a role with a path."],
    ),
    "the root as its path": (
        {"secrets": [secret("a")], "flows": [flow("A")], "path": "/"},
        Observed(),
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
            "detach it, or set purge_policies: true."
        ],
    ),
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
    "too many flows": (
        {"flows": [*(flow(f"{number:040}") for number in range(20)), flow("B", EU)]},
        has(),
        [
            "The trust policy of the role R cannot name 21 flows in IAM's 2048 characters: "
            "it serves every flow of account 111122223333 in eu-west-1, us-west-2. Use more roles to name the flows of each."
        ],
    ),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_warnings(case: str) -> None:
    options, there, sentences = WARNINGS[case]
    unit = planning(there, **options)
    assert (unit.warnings, unit.refusals) == (sentences, [])


MANY_REGIONS = [flow("A", f"us-somewhere-{number:02}") for number in range(40)]
SHORTEST = size(trusting(*(any_flow(f"us-somewhere-{number:02}") for number in range(40))))
MANY_APIS = [f"arn:aws:execute-api:us-west-2:{ACCOUNT}:{number:060}/*" for number in range(60)]
MANY_SECRETS = [secret(f"{number:050}") for number in range(60)]
TO_DELETE: dict[str, Any] = {"state": ABSENT}
# The same; each of these is the only one.
REFUSALS: dict[str, tuple[dict[str, Any], Observed, str]] = {
    "a role of AWS": (
        {},
        has(role={"path": "/aws-service-role/mediaconnect.amazonaws.com/"}),
        "The role R belongs to AWS itself (path /aws-service-role/mediaconnect.amazonaws.com/); give another name.",
    ),
    "a role of IAM Identity Center": (
        {},
        has(role={"path": "/aws-reserved/sso.amazonaws.com/"}),
        "The role R belongs to AWS itself (path /aws-reserved/sso.amazonaws.com/); give another name.",
    ),
    "another path": (
        {"path": "/media/"},
        has(),
        "The role R lies under the path /, not /media/, and IAM cannot move it. "
        "Leave path out, or remove the role (state: absent) and make it anew.",
    ),
    "somebody else's policy": (
        {"secrets": [secret("a")]},
        has(policy={"document": S3, "shared_with": ["role S"]}, attached=[]),
        f"The policy {OWN}, meant for the role R, is there already and permits something else than reading "
        "keys. Give another policy_name, or set allow_shared_policy: true to have it replaced.",
    ),
    "a shared policy": (
        {"secrets": [secret("b")]},
        has(policy={"shared_with": ["role S", "user jane"]}),
        f"The policy {OWN} of the role R also serves role S, user jane, which a change would "
        "affect. Give the role a policy of its own (policy_name), or set allow_shared_policy: true.",
    ),
    "usage unknown": (
        TO_DELETE,
        has(usage_unknown="The flows cannot be listed at X.X..", used_by=["source S of flow F"]),
        "Whether a flow still uses the role R cannot be told. The flows cannot be listed at X.X. "
        "Nothing was deleted; set force_in_use: true to delete it all the same.",
    ),
    "in use": (
        TO_DELETE,
        has(used_by=["entitlement E of flow F", "source S of flow F"]),
        "The role R is used by entitlement E of flow F, source S of flow F; without it MediaConnect cannot read the key "
        "and the stream stops. Move these to another role first, or set force_in_use: true.",
    ),
    "for something else": (
        TO_DELETE,
        has(role={"trust_policy": lets_in({"Service": "ec2.amazonaws.com"})}),
        "The role R does not trust MediaConnect, so it may serve something else. "
        "Check the name, or set force_in_use: true to delete it all the same.",
    ),
    "too many Regions": (
        {"flows": MANY_REGIONS},
        has(),
        f"The trust policy of the role R would have {SHORTEST} characters, and IAM takes 2048: use more roles.",
    ),
    "too many secrets": (
        {"secrets": MANY_SECRETS},
        has(),
        f"The policy of the role R would have {size(permitting(*MANY_SECRETS))} characters, and IAM takes 6144: "
        "of its 60 secrets about 52 fit. Give some of them to another role, which the entitlements then name.",
    ),
    "too many APIs": (
        {"secrets": [], "speke_apis": MANY_APIS},
        has(),
        f"The policy of the role R would have {size(permitting(speke_apis=frozenset(MANY_APIS)))} characters, "
        "and IAM takes 6144: its APIs are too many. "
        "Give some of them to another role, which the entitlements then name.",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(case: str) -> None:
    options, there, sentence = REFUSALS[case]
    assert planning(there, **options).refusals == [sentence]


class TestLimits:
    @pytest.mark.parametrize(("characters", "refused"), [(6144, 0), (6145, 1)])
    def test_of_the_permissions(self, characters: int, refused: int) -> None:
        names = [f"{number:03}" for number in range(60)]
        lacking = characters - size(permitting(*map(secret, names)))
        secrets = [secret(name) for name in [*names[:-1], names[-1] + "x" * lacking]]
        unit = planning(secrets=secrets, flows=[flow("A")])
        assert size(unit.after["permissions_policy"]) == characters
        assert len(unit.refusals) == refused

    def test_of_the_trust(self) -> None:
        fits, exceeds = fitting(20, 2048), fitting(20, 2049)
        assert planning(flows=fits).after["trust_policy"] == trusting(*fits)
        assert planning(flows=exceeds).after["trust_policy"] == trusting(any_flow())

    def test_of_the_trust_where_the_flows_of_one_region_give_way(self) -> None:
        ours = [flow(f"{number:03}") for number in range(40)]
        fits, exceeds = (fitting(20, characters, EU, (any_flow(),)) for characters in (2048, 2049))
        options = {"secrets": [secret("a")], "flows": ours}
        unit = planning(has(role={"trust_policy": trusting(*fits)}), **options)
        assert unit.after["trust_policy"] == trusting(*fits, any_flow())
        assert unit.warnings == [
            "The trust policy of the role R cannot name 60 flows in IAM's 2048 characters: "
            "it serves every flow of account 111122223333 in us-west-2. Use more roles to name the flows of each."
        ]
        unit = planning(has(role={"trust_policy": trusting(*exceeds)}), **options)
        assert unit.after["trust_policy"] == trusting(any_flow(EU), any_flow())

    def test_of_the_trust_where_the_flows_of_a_region_that_is_named_give_way(self) -> None:
        ours = [flow(f"{number:03}", EU) for number in range(40)]
        there = has(role={"trust_policy": trusting(flow("A", "us-east-1"))})
        unit = planning(there, secrets=[secret("a")], flows=ours)
        assert unit.after["trust_policy"] == trusting(flow("A", "us-east-1"), any_flow(EU))


class TestPolicyOfTheRole:
    def test_lies_under_the_path_of_the_role(self) -> None:
        declared = Declared("R", ACCOUNT, "aws", US, path="/declared/")
        role = Role("arn", {}, path="/media/")
        assert policy_arn(declared, None) == f"arn:aws:iam::{ACCOUNT}:policy/declared/{OWN}"
        assert policy_arn(declared, role) == f"arn:aws:iam::{ACCOUNT}:policy/media/{OWN}"
        assert find_policy(declared, role, [], str) == f"arn:aws:iam::{ACCOUNT}:policy/media/{OWN}"

    def test_is_made_under_the_path_of_the_role(self) -> None:
        there = Observed(role=Role("arn", trusting(flow("A")), path="/x:policy/"))
        unit = planning(there, secrets=[secret("a")])
        arn = f"arn:aws:iam::{ACCOUNT}:policy/x:policy/{OWN}"
        create, attach = unit.actions
        assert (create.params["name"], create.params["path"], create.params["arn"]) == (OWN, "/x:policy/", arn)
        assert (attach.params, unit.after["policy_arn"]) == ({"name": "R", "policy_arn": arn}, arn)

    @pytest.mark.parametrize("end", ["???????", "-final*", "-abc", "-abcdefg"])
    def test_keeps_what_does_not_end_in_a_suffix(self, end: str) -> None:
        pattern = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:a{end}"
        unit = planning(has(policy={"document": permitting(pattern)}), secrets=[secret("a")], purge=False)
        assert unit.after["permissions_policy"] == permitting(secret("a"), pattern)

    def test_keeps_one_of_two_patterns_that_mean_the_same(self) -> None:
        patterns = [flow("A"), flow("A").replace("*", "**")]
        unit = planning(has(role={"trust_policy": trusting(*patterns)}))
        assert unit.after["trust_policy"] == trusting(patterns[1])
        assert unit.warnings == []
