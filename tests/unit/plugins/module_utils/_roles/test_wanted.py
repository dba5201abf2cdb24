# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan of a trust role, as decision tables: what is declared, what IAM has, what is done."""

from __future__ import annotations

import copy

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import ABSENT
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import (
    SERVICE,
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust import (
    Observed,
    Policy,
    Role,
    find_policy,
    plan,
    policy_arn,
    regions_served,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import Declared

ACCOUNT = "111122223333"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerForMediaConnect-MediaConnect-ASM"
FOREIGN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/Foreign"
KMS_KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
API = f"arn:aws:execute-api:us-west-2:{ACCOUNT}:1abcdefghi/*/POST/*"


def secret(name: str, region: str = "us-west-2", suffix: str = "7g8H9i") -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-{suffix}"


def flow(name: str, region: str = "us-west-2") -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}"


def any_flow(region: str = "us-west-2") -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*"


SECRETS = (secret("a"),)
FLOWS = (flow("A"),)


def declared(**options) -> Declared:
    base = {"name": "MediaConnect-ASM", "account": ACCOUNT, "partition": "aws", "region": "us-west-2"}
    return Declared(**{**base, **options})


def observed(
    secrets=SECRETS,
    flows=FLOWS,
    kms_keys=(),
    speke_apis=(),
    role=None,
    policy=None,
    attached=None,
    **fields,
) -> Observed:
    """What IAM has after such a role was made, less what role, policy and fields say otherwise."""
    access = Access(frozenset(secrets), frozenset(kms_keys), frozenset(speke_apis))
    has_policy = bool(access) and policy is not False
    the_role = {"arn": ROLE_ARN, "trust_policy": trust_document(ACCOUNT, True, flows), **(role or {})}
    the_policy = {"arn": POLICY_ARN, "version": "v1", "document": permissions_document(access), **(policy or {})}
    return Observed(
        role=Role(**the_role),
        policy=Policy(**the_policy) if has_policy else None,
        attached=attached if attached is not None else [POLICY_ARN] * has_policy,
        **fields,
    )


def operations(unit) -> list:
    return [action.operation for action in unit.actions]


def resources(document, service="secretsmanager") -> list:
    found = [statement["Resource"] for statement in document["Statement"] if statement["Action"][0].startswith(service)]
    return found[0] if found else []


def source_arns(document):
    condition = document["Statement"][0].get("Condition", {})
    arns = condition.get("ArnLike", {}).get("aws:SourceArn", [])
    return [arns] if isinstance(arns, str) else arns


class TestCreate:
    def test_makes_policy_and_role_and_attaches(self):
        unit = plan(declared(secrets=[secret("a")], flows=[flow("A")], tags={"event": "baseball"}), Observed())
        assert operations(unit) == ["create_policy", "create_role", "attach_policy"]
        assert (unit.action, unit.before, unit.warnings, unit.refusals) == ("created", None, [], [])
        assert unit.after == {
            "name": "MediaConnect-ASM",
            "arn": ROLE_ARN,
            "path": "/",
            "description": "",
            "max_session_duration": 3600,
            "permissions_boundary": None,
            "policy_name": "SecretsManagerForMediaConnect-MediaConnect-ASM",
            "policy_arn": POLICY_ARN,
            "policy_version": "v1",
            "trust_policy": trust_document(ACCOUNT, True, [flow("A")]),
            "permissions_policy": permissions_document(Access(frozenset({secret("a")}))),
            "attached_policies": [POLICY_ARN],
            "tags": {"event": "baseball"},
        }

    def test_sends_only_what_is_declared(self):
        create = plan(declared(secrets=[secret("a")]), Observed()).actions[1]
        assert create.params["fields"] == {"Path": "/"}
        assert create.params["tags"] is None

    def test_sends_all_that_is_declared(self):
        options = {"description": "d", "max_session_duration": 7200, "permissions_boundary": FOREIGN_POLICY}
        create = plan(declared(secrets=[secret("a")], **options), Observed()).actions[1]
        assert create.params["fields"] == {
            "Path": "/",
            "Description": "d",
            "MaxSessionDuration": 7200,
            "PermissionsBoundary": FOREIGN_POLICY,
        }

    def test_puts_the_policy_under_the_roles_path_and_warns_of_paths(self):
        unit = plan(declared(secrets=[secret("a")], flows=[flow("A")], path="/media/"), Observed())
        assert unit.after["arn"] == f"arn:aws:iam::{ACCOUNT}:role/media/MediaConnect-ASM"
        assert unit.actions[0].params["path"] == "/media/"
        assert unit.after["policy_arn"] == unit.actions[0].params["arn"]
        assert unit.after["policy_arn"].startswith(f"arn:aws:iam::{ACCOUNT}:policy/media/SecretsManager")
        assert [warning for warning in unit.warnings if "CloudFormation" in warning]

    def test_warns_when_no_flow_is_named(self):
        unit = plan(declared(secrets=[secret("a")]), Observed())
        assert source_arns(unit.after["trust_policy"]) == []
        assert "every flow of account 111122223333" in unit.warnings[0]

    def test_warns_when_nothing_can_be_read(self):
        unit = plan(declared(flows=[flow("A")]), Observed())
        assert operations(unit) == ["create_role"]
        assert "read nothing" in unit.warnings[0]
        assert unit.after["policy_arn"] is None

    def test_takes_up_a_policy_that_was_left_over(self):
        left = observed()
        unit = plan(declared(secrets=[secret("a")], flows=[flow("A")]), Observed(policy=left.policy))
        assert operations(unit) == ["create_role", "attach_policy"]
        assert unit.action == "created"


class TestNothingToDo:
    @pytest.mark.parametrize(
        ("options", "there"),
        [
            ({}, {}),
            ({"secrets": [secret("a")], "flows": [flow("A")]}, {}),
            ({"secrets": [secret("a")], "flows": [flow("A")], "purge": False}, {}),
            ({"description": ""}, {}),
            ({"description": "d"}, {"role": {"description": "d"}}),
            ({"max_session_duration": 3600}, {}),
            ({"permissions_boundary": ""}, {}),
            ({"permissions_boundary": FOREIGN_POLICY}, {"role": {"permissions_boundary": FOREIGN_POLICY}}),
            ({"tags": {}}, {}),
            ({"tags": {}}, {"role": {"tags": {"aws:cloudformation:stack-name": "x"}}}),
            ({}, {"role": {"tags": {"foreign": "x"}}}),
            (
                {"tags": {"a": "b"}, "purge_tags": False},
                {"role": {"tags": {"a": "b", "c": "d"}}, "policy": {"tags": {"a": "b"}}},
            ),
            ({"path": "/"}, {}),
            ({"kms_keys": [], "speke_apis": []}, {}),
            ({}, {"attached": [POLICY_ARN, FOREIGN_POLICY]}),
            ({"purge_policies": True}, {}),
            ({"confused_deputy_protection": True}, {}),
            ({"secrets": [secret("a")]}, {"policy": {"shared_with": ["role Other"]}}),
            ({"tags": {"a": "b"}}, {"role": {"tags": {"a": "b"}}, "policy": {"shared_with": ["role Other"]}}),
        ],
    )
    def test_nothing_is_done(self, options, there):
        there = observed(**there)
        unit = plan(declared(**options), there)
        assert (unit.actions, unit.action, unit.refusals) == ([], "unchanged", [])
        assert unit.after == unit.before

    def test_policies_are_compared_by_meaning(self):
        there = observed(secrets=[secret("a"), secret("b")])
        statement = there.policy.document["Statement"][0]
        statement["Action"] = [action.lower() for action in reversed(statement["Action"])]
        statement["Resource"].reverse()
        there.role.trust_policy["Statement"] = there.role.trust_policy["Statement"][0]
        there.role.trust_policy["Statement"]["Principal"] = {"Service": [SERVICE]}
        unit = plan(declared(secrets=[secret("b"), secret("a")], flows=[flow("A")]), there)
        assert unit.actions == []


class TestUpdate:
    @pytest.mark.parametrize(
        ("options", "there", "expected", "params"),
        [
            ({"description": "new"}, {}, ["update_role"], {"description": "new", "max_session_duration": 3600}),
            (
                {"description": ""},
                {"role": {"description": "old"}},
                ["update_role"],
                {"description": "", "max_session_duration": 3600},
            ),
            (
                {"max_session_duration": 7200},
                {"role": {"description": "kept"}},
                ["update_role"],
                {"description": "kept", "max_session_duration": 7200},
            ),
            ({"permissions_boundary": FOREIGN_POLICY}, {}, ["set_boundary"], {"arn": FOREIGN_POLICY}),
            (
                {"permissions_boundary": ""},
                {"role": {"permissions_boundary": FOREIGN_POLICY}},
                ["set_boundary"],
                {"arn": ""},
            ),
            ({"tags": {"a": "b"}}, {"policy": {"tags": {"a": "b"}}}, ["tag_role"], {"tags": {"a": "b"}}),
            ({"tags": {}}, {"role": {"tags": {"a": "b"}}}, ["untag_role"], {"tag_names": ["a"]}),
            ({"tags": {}}, {"policy": {"tags": {"a": "b"}}}, ["untag_policy"], {"tag_names": ["a"]}),
            ({}, {"attached": []}, ["attach_policy"], {"policy_arn": POLICY_ARN}),
            (
                {"purge_policies": True},
                {"attached": [POLICY_ARN, FOREIGN_POLICY]},
                ["detach_policy"],
                {"policy_arn": FOREIGN_POLICY},
            ),
            ({"secrets": [secret("b")]}, {}, ["write_policy", "confirm"], {"arn": POLICY_ARN, "seen": "v1"}),
            ({"flows": [flow("B")]}, {}, ["write_trust", "confirm"], {"name": "MediaConnect-ASM"}),
        ],
    )
    def test_does_what_differs_and_no_more(self, options, there, expected, params):
        unit = plan(declared(**options), observed(**there))
        assert operations(unit) == expected
        assert unit.action == "updated"
        assert params.items() <= unit.actions[0].params.items()

    def test_a_policy_of_another_name_is_made_beside_the_old_one(self):
        there = observed()
        there.policy = None
        unit = plan(declared(secrets=[secret("a")], policy_name="Other"), there)
        assert operations(unit) == ["create_policy", "attach_policy"]
        assert unit.after["attached_policies"] == [f"arn:aws:iam::{ACCOUNT}:policy/Other", POLICY_ARN]

    def test_the_last_secret_takes_the_policy_with_it(self):
        unit = plan(declared(secrets=[]), observed())
        assert operations(unit) == ["detach_policy", "delete_policy"]
        assert unit.after["policy_arn"] is None
        assert unit.after["attached_policies"] == []

    def test_a_shared_policy_is_detached_only(self):
        unit = plan(declared(secrets=[]), observed(policy={"shared_with": ["role Other"]}))
        assert operations(unit) == ["detach_policy"]
        assert any("is kept: it also serves role Other" in warning for warning in unit.warnings)


def _foreign_statement(there):
    there.policy.document["Statement"].append({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


def _foreign_denial(there):
    there.policy.document["Statement"].append({"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"})


def _wider_resource(there):
    there.policy.document["Statement"][0]["Resource"] = "*"


def _fewer_actions(there):
    there.policy.document["Statement"][0]["Action"] = "secretsmanager:GetSecretValue"


def _no_json(there):
    there.policy.document = "nonsense"


def _no_condition(there):
    del there.role.trust_policy["Statement"][0]["Condition"]


def _no_source_arn(there):
    del there.role.trust_policy["Statement"][0]["Condition"]["ArnLike"]


def _other_account(there):
    there.role.trust_policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"] = "444455556666"


def _wrong_principal(there):
    there.role.trust_policy["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}


def _second_principal(there):
    there.role.trust_policy["Statement"][0]["Principal"] = {"Service": [SERVICE, "lambda.amazonaws.com"]}


def _second_statement(there):
    there.role.trust_policy["Statement"].append(
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sts:AssumeRole"}
    )


def _denied(there):
    there.role.trust_policy["Statement"][0]["Effect"] = "Deny"


def _trust_no_json(there):
    there.role.trust_policy = "nonsense"


class TestMend:
    """What somebody else has done to the role is put right."""

    @pytest.mark.parametrize(
        ("spoil", "operation"),
        [
            (_foreign_statement, "write_policy"),
            (_foreign_denial, "write_policy"),
            (_wider_resource, "write_policy"),
            (_fewer_actions, "write_policy"),
            (_no_json, "write_policy"),
            (_no_condition, "write_trust"),
            (_no_source_arn, "write_trust"),
            (_other_account, "write_trust"),
            (_wrong_principal, "write_trust"),
            (_second_principal, "write_trust"),
            (_second_statement, "write_trust"),
            (_denied, "write_trust"),
            (_trust_no_json, "write_trust"),
        ],
    )
    def test_is_put_right(self, spoil, operation):
        there = observed()
        wanted = copy.deepcopy(there)
        spoil(there)
        unit = plan(declared(secrets=[secret("a")], flows=[flow("A")]), there)
        assert operations(unit) == [operation, "confirm"]
        assert unit.after["trust_policy"] == wanted.role.trust_policy
        assert unit.after["permissions_policy"] == wanted.policy.document

    @pytest.mark.parametrize(
        ("spoil", "named"),
        [
            (_wrong_principal, "ec2.amazonaws.com"),
            (_second_principal, "lambda.amazonaws.com"),
            (_second_statement, "arn:aws:iam::444455556666:root"),
        ],
    )
    def test_says_whom_the_role_no_longer_trusts(self, spoil, named):
        there = observed()
        spoil(there)
        unit = plan(declared(flows=[flow("A")], secrets=[secret("a")]), there)
        assert [warning for warning in unit.warnings if warning.endswith(f"no longer {named}.")]

    def test_warns_of_the_policy_that_reads_every_secret(self):
        too_wide = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
        there = observed(attached=[POLICY_ARN, too_wide])
        unit = plan(declared(), there)
        assert unit.actions == []
        assert "SecretsManagerReadWrite is attached" in unit.warnings[0]
        assert not plan(declared(purge_policies=True), there).warnings

    def test_warns_of_inline_policies_that_purging_leaves(self):
        unit = plan(declared(purge_policies=True), observed(inline=["theirs"]))
        assert unit.actions == []
        assert "inline policies too, which purge_policies leaves alone: theirs" in unit.warnings[0]


EU = "eu-west-1"


class TestPurge:
    """Which secrets and flows stay."""

    @pytest.mark.parametrize(
        ("wanted", "there", "purge", "result"),
        [
            ([secret("a")], [secret("b")], True, [secret("a")]),
            ([secret("a")], [secret("b")], False, [secret("a"), secret("b")]),
            (None, [secret("b")], True, [secret("b")]),
            ([], [secret("b")], False, [secret("b")]),
            ([secret("a")], [secret("b", EU)], True, [secret("a"), secret("b", EU)]),
            ([secret("a"), secret("c", EU)], [secret("b", EU)], True, [secret("a"), secret("c", EU)]),
            ([secret("c", EU)], [secret("b")], True, [secret("c", EU)]),
            (
                [secret("a", suffix="NEWNEW")],
                [secret("a"), secret("b")],
                False,
                [secret("a", suffix="NEWNEW"), secret("b")],
            ),
            ([secret("a", suffix="??????")], [secret("a")], False, [secret("a", suffix="??????")]),
            ([secret("a")], [secret("a", suffix="??????")], False, [secret("a")]),
            ([secret("a")], [secret("a", EU)], False, [secret("a"), secret("a", EU)]),
            ([secret("a")], [f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:*"], True, [secret("a")]),
            ([secret("a")], [f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:b-??????"], True, [secret("a")]),
            (
                [secret("a")],
                [f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:b-??????"],
                False,
                [secret("a"), f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:b-??????"],
            ),
        ],
    )
    def test_secrets(self, wanted, there, purge, result):
        unit = plan(declared(secrets=wanted, purge=purge), observed(secrets=there))
        assert sorted(resources(unit.after["permissions_policy"])) == sorted(result)

    @pytest.mark.parametrize(
        ("wanted", "there", "purge", "result"),
        [
            ([flow("A")], [flow("B")], True, [flow("A")]),
            ([flow("A")], [flow("B")], False, [flow("A"), flow("B")]),
            (None, [flow("B")], True, [flow("B")]),
            (None, [], True, []),
            ([], [flow("B")], True, []),
            ([], [flow("B")], False, [flow("B")]),
            ([flow("A")], [flow("B", EU)], True, [flow("B", EU), flow("A")]),
            ([flow("A"), flow("C", EU)], [flow("B", EU)], True, [flow("C", EU), flow("A")]),
            ([], [flow("B", EU)], True, [flow("B", EU), any_flow()]),
            ([flow("A")], [], True, [flow("A")]),
            ([flow("A")], [], False, []),
            ([], [], True, []),
            ([flow("A")], [any_flow()], True, [flow("A")]),
            ([flow("A")], [any_flow()], False, [any_flow()]),
            ([flow("A")], [any_flow("*")], True, [flow("A")]),
            ([flow("A")], [any_flow(EU)], True, [any_flow(EU), flow("A")]),
        ],
    )
    def test_flows(self, wanted, there, purge, result):
        unit = plan(declared(flows=wanted, purge=purge), observed(flows=there))
        assert source_arns(unit.after["trust_policy"]) == result

    def test_purging_one_option_leaves_the_others(self):
        there = observed(kms_keys=[KMS_KEY], speke_apis=[API])
        unit = plan(declared(kms_keys=[]), there)
        assert resources(unit.after["permissions_policy"]) == [secret("a")]
        assert resources(unit.after["permissions_policy"], "kms") == []
        assert resources(unit.after["permissions_policy"], "execute-api") == [API]

    def test_two_regions_do_not_undo_each_other(self):
        there = observed(secrets=[secret("a"), secret("b", EU)], flows=[flow("A"), flow("B", EU)])
        ours = declared(secrets=[secret("a")], flows=[flow("A")])
        theirs = declared(region=EU, secrets=[secret("b", EU)], flows=[flow("B", EU)])
        assert plan(ours, there).actions == plan(theirs, there).actions == []

    def test_adding_a_flow_to_a_role_that_serves_all_is_explained(self):
        unit = plan(declared(flows=[flow("A")], purge=False), observed(flows=[]))
        assert unit.actions == []
        assert "serves every flow already" in unit.warnings[0]

    def test_adding_to_a_role_without_mediaconnect_names_the_flows(self):
        there = observed()
        _wrong_principal(there)
        unit = plan(declared(flows=[flow("B")], purge=False), there)
        assert source_arns(unit.after["trust_policy"]) == [flow("B")]


class TestConfusedDeputyProtection:
    @pytest.mark.parametrize(
        ("options", "guarded"),
        [
            ({"secrets": [secret("a")]}, True),
            ({}, True),
            ({"speke_apis": [API]}, False),
            ({"speke_apis": [API], "secrets": []}, False),
            ({"speke_apis": [API], "flows": []}, False),
            ({"speke_apis": [API], "secrets": [secret("a")]}, True),
            ({"speke_apis": [API], "flows": [flow("A")]}, True),
            ({"speke_apis": [API], "confused_deputy_protection": True}, True),
            ({"secrets": [secret("a")], "confused_deputy_protection": False}, False),
        ],
    )
    def test_of_a_new_role(self, options, guarded):
        unit = plan(declared(**options), Observed())
        assert ("Condition" in unit.after["trust_policy"]["Statement"][0]) is guarded

    def test_of_a_role_for_speke_stays_as_it_is(self):
        guarded = observed(secrets=[], speke_apis=[API])
        assert plan(declared(speke_apis=[API]), guarded).actions == []
        bare = observed(secrets=[], speke_apis=[API], role={"trust_policy": trust_document(ACCOUNT, False)})
        assert plan(declared(speke_apis=[API]), bare).actions == []

    def test_can_be_switched_off(self):
        unit = plan(declared(confused_deputy_protection=False), observed())
        assert unit.after["trust_policy"] == trust_document(ACCOUNT, False)

    def test_warns_when_speke_meets_conditions(self):
        bare = observed(secrets=[], speke_apis=[API], role={"trust_policy": trust_document(ACCOUNT, False)})
        unit = plan(declared(secrets=[secret("a")], flows=[flow("A")]), bare)
        assert "serves SPEKE too" in unit.warnings[0]


class TestSizes:
    def test_more_secrets_than_fit_are_refused(self):
        secrets = [secret(f"an-event-with-a-long-name-{number:03}") for number in range(80)]
        unit = plan(declared(secrets=secrets), Observed())
        assert len(unit.refusals) == 1
        assert unit.refusals[0].startswith("The policy of the role MediaConnect-ASM would have ")
        assert "IAM takes 6144: of its 80 secrets about 64 fit" in unit.refusals[0]

    def test_sixty_secrets_fit(self):
        secrets = [secret(f"event-{number:03}-game-source") for number in range(60)]
        assert plan(declared(secrets=secrets, flows=[flow("A")]), Observed()).refusals == []

    def test_more_flows_than_fit_become_any_flow_of_the_region(self):
        flows = [flow(f"flow-{number:03}") for number in range(40)]
        unit = plan(declared(secrets=[secret("a")], flows=flows), Observed())
        assert source_arns(unit.after["trust_policy"]) == [any_flow()]
        assert "it serves every flow of account 111122223333 in us-west-2" in unit.warnings[0]
        assert unit.refusals == []

    def test_only_the_tasks_region_gives_way_while_that_is_enough(self):
        flows = [flow(f"flow-{number:03}") for number in range(40)]
        unit = plan(declared(flows=flows), observed(flows=[flow("B", EU)]))
        assert source_arns(unit.after["trust_policy"]) == [flow("B", EU), any_flow()]

    def test_the_other_regions_give_way_at_last(self):
        theirs = [flow(f"a-flow-with-a-name-of-some-length-{number:02}", EU) for number in range(20)]
        there = observed(flows=theirs)
        unit = plan(declared(flows=[flow("A"), flow("B")]), there)
        assert source_arns(unit.after["trust_policy"]) == [any_flow(EU), any_flow()]

    def test_what_iam_has_taken_already_stays(self):
        flows = [flow(f"flow-{number:03}") for number in range(40)]
        assert plan(declared(flows=flows), observed(flows=flows)).actions == []

    def test_two_regions_that_do_not_fit_come_to_rest(self):
        here = declared(flows=[flow(f"flow-{number:03}") for number in range(15)])
        there = declared(region=EU, flows=[flow(f"flow-{number:03}", EU) for number in range(15)])
        state = observed(flows=[])
        seen = []
        for task in (here, there, here, there, here, there):
            unit = plan(task, state)
            assert unit.refusals == []
            state.role.trust_policy = unit.after["trust_policy"]
            seen.append(state.role.trust_policy)
        assert seen[2:] == [seen[2]] * 4

    def test_a_trust_that_never_fits_is_refused(self):
        regions = [f"us-somewhere-{number:02}" for number in range(40)]
        unit = plan(declared(flows=[flow("A", region) for region in regions]), Observed())
        assert "The trust policy of the role MediaConnect-ASM would have" in unit.refusals[0]


class TestSharedPolicy:
    def test_is_not_changed_unasked(self):
        there = observed(policy={"shared_with": ["role Other", "user jane"]})
        unit = plan(declared(secrets=[secret("b")]), there)
        assert "also serves role Other, user jane" in unit.refusals[0]
        assert "allow_shared_policy" in unit.refusals[0]

    def test_is_changed_when_asked(self):
        there = observed(policy={"shared_with": ["role Other"]})
        unit = plan(declared(secrets=[secret("b")], allow_shared_policy=True, tags={"a": "b"}), there)
        assert unit.refusals == []
        assert operations(unit) == ["write_policy", "tag_policy", "tag_role", "confirm"]

    def test_is_attached_when_it_says_the_right_thing(self):
        there = observed(policy={"shared_with": ["role Other"]}, attached=[])
        unit = plan(declared(secrets=[secret("a")], tags={"a": "b"}), there)
        assert operations(unit) == ["tag_role", "attach_policy"]


class TestPolicyOfAnother:
    """One of the same name that somebody made for something else."""

    @pytest.fixture
    def there(self):
        there = observed(attached=[])
        _foreign_statement(there)
        return there

    def test_is_not_overwritten(self, there):
        unit = plan(declared(secrets=[secret("a")]), there)
        assert "is there already and permits something else than reading keys" in unit.refusals[0]
        assert plan(declared(secrets=[secret("a")], allow_shared_policy=True), there).refusals == []

    def test_is_not_deleted(self, there):
        assert operations(plan(declared(secrets=[]), there)) == []
        assert operations(plan(declared(state=ABSENT), there)) == ["delete_role"]
        assert operations(plan(declared(state=ABSENT), Observed(policy=there.policy))) == []


class TestRefusals:
    @pytest.mark.parametrize("state", ["present", "absent"])
    @pytest.mark.parametrize(
        ("role", "reason"),
        [
            ({"path": "/aws-service-role/x.amazonaws.com/"}, "belongs to AWS itself"),
            ({"path": "/other/"}, "lies under the path /other/, not /media/, and IAM cannot move it"),
        ],
    )
    def test_roles_that_are_not_meant(self, state, role, reason):
        unit = plan(declared(state=state, path="/media/", secrets=[secret("a")]), observed(role=role))
        assert reason in unit.refusals[0]
        assert unit.refusals[0].startswith("The role MediaConnect-ASM ")
        assert unit.actions == []


class TestAbsent:
    def test_takes_everything_down_in_the_order_that_iam_wants(self):
        there = observed(attached=[POLICY_ARN, FOREIGN_POLICY], inline=["b", "a"], instance_profiles=["P"])
        unit = plan(declared(state=ABSENT), there)
        assert [(action.operation, action.summary) for action in unit.actions] == [
            ("detach_policy", "detach the policy Foreign from the role MediaConnect-ASM"),
            (
                "detach_policy",
                "detach the policy SecretsManagerForMediaConnect-MediaConnect-ASM from the role MediaConnect-ASM",
            ),
            ("delete_inline_policy", "delete the inline policy a"),
            ("delete_inline_policy", "delete the inline policy b"),
            ("leave_instance_profile", "take the role MediaConnect-ASM out of the instance profile P"),
            ("delete_role", "delete the role MediaConnect-ASM"),
            ("delete_policy", "delete the policy SecretsManagerForMediaConnect-MediaConnect-ASM"),
        ]
        assert (unit.action, unit.after, unit.refusals, unit.warnings) == ("deleted", None, [], [])

    def test_does_nothing_when_there_is_nothing(self):
        unit = plan(declared(state=ABSENT), Observed())
        assert (unit.actions, unit.action, unit.before, unit.after) == ([], "unchanged", None, None)

    def test_finishes_what_was_begun(self):
        unit = plan(declared(state=ABSENT), Observed(policy=observed().policy))
        assert operations(unit) == ["delete_policy"]
        assert unit.before["policy_arn"] == POLICY_ARN

    def test_keeps_a_policy_that_somebody_else_uses(self):
        unit = plan(declared(state=ABSENT), observed(policy={"shared_with": ["group Ops"]}))
        assert operations(unit) == ["detach_policy", "delete_role"]
        assert unit.warnings == [
            "The policy SecretsManagerForMediaConnect-MediaConnect-ASM is kept: it also serves group Ops."
        ]

    def test_leaves_a_foreign_policy_alone_when_the_role_is_gone(self):
        there = Observed(policy=observed(policy={"shared_with": ["group Ops"]}).policy)
        unit = plan(declared(state=ABSENT), there)
        assert (unit.actions, unit.warnings, unit.action) == ([], [], "unchanged")

    @pytest.mark.parametrize(
        ("there", "reason"),
        [
            (
                {"used_by": ["entitlement X of flow F", "source S of flow F"]},
                "is used by entitlement X of flow F, source S of flow F;",
            ),
            (
                {"usage_unknown": "Could not list the flows: AccessDenied."},
                "cannot be told. Could not list the flows: AccessDenied. Nothing",
            ),
            ({"role": {"trust_policy": {}}}, "does not trust MediaConnect"),
        ],
    )
    def test_is_refused_while_the_role_may_be_needed(self, there, reason):
        unit = plan(declared(state=ABSENT), observed(**there))
        assert reason in unit.refusals[0]
        assert "MediaConnect-ASM" in unit.refusals[0]
        assert "force_in_use" in unit.refusals[0]
        assert plan(declared(state=ABSENT, force_in_use=True), observed(**there)).refusals == []


def no_document(arn):
    raise AssertionError(f"{arn} was read")


class TestFindPolicy:
    OLD = f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerForMediaConnect"
    KEYS = permissions_document(Access(frozenset({secret("a")})))

    def test_by_its_declared_name(self):
        options = declared(policy_name="SecretsManagerForMediaConnect")
        assert find_policy(options, None, [], no_document) == self.OLD

    def test_by_its_name_under_any_path(self):
        elsewhere = f"arn:aws:iam::{ACCOUNT}:policy/x/SecretsManagerForMediaConnect"
        options = declared(policy_name="SecretsManagerForMediaConnect")
        assert find_policy(options, None, [FOREIGN_POLICY, elsewhere], no_document) == elsewhere

    def test_never_one_of_aws(self):
        options = declared(policy_name="SecretsManagerReadWrite")
        found = find_policy(options, None, ["arn:aws:iam::aws:policy/SecretsManagerReadWrite"], no_document)
        assert found == f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerReadWrite"

    def test_by_its_derived_name(self):
        assert find_policy(declared(), None, [self.OLD, POLICY_ARN], no_document) == POLICY_ARN
        assert find_policy(declared(), None, [], no_document) == POLICY_ARN

    def test_by_what_it_says(self):
        documents = {self.OLD: self.KEYS, FOREIGN_POLICY: {"Statement": []}}
        assert find_policy(declared(), None, [FOREIGN_POLICY, self.OLD], documents.get) == self.OLD

    def test_by_its_derived_name_when_several_say_so(self):
        documents = {self.OLD: self.KEYS, FOREIGN_POLICY: self.KEYS}
        assert find_policy(declared(), None, [FOREIGN_POLICY, self.OLD], documents.get) == POLICY_ARN

    def test_under_the_path_of_the_role(self):
        role = Role(arn=ROLE_ARN, trust_policy={}, path="/media/")
        assert policy_arn(declared(), role).startswith(f"arn:aws:iam::{ACCOUNT}:policy/media/")


class TestRegionsServed:
    def test_are_those_of_the_task_the_flows_and_the_secrets(self):
        there = observed(secrets=[secret("a", "eu-west-1")], flows=[flow("A", "us-east-1"), any_flow("*")])
        assert regions_served(declared(), there) == ["eu-west-1", "us-east-1", "us-west-2"]
        assert regions_served(declared(), Observed()) == ["us-west-2"]
