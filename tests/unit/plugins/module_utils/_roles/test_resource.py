# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles as the loop sees them: which are read, what is judged of them, and what is returned."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import (
    Refusal,
    Stage,
    Unit,
    WorldChanged,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.options import ROLE
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.plan import (
    cut_off_refusal,
    other_service_refusal,
    unknown_cut_off_refusal,
    unknown_use_refusal,
    use_refusal,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.resource import Role, Roles
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.observe import Streams

ACCOUNT, EU = "111122223333", "eu-west-1"


def secret(name: str, region: str = "us-west-2") -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-7g8H9i"


def flow(name: str, region: str = "us-west-2") -> str:
    return f"arn:aws:mediaconnect:{region}:{ACCOUNT}:flow:*:{name}"


def item(name: str = "R", **options: Any) -> dict[str, Any]:
    """The options of a role, as Ansible fills them in."""
    return {**{row.option: row.spec.get("default") for row in ROLE}, "name": name, **options}


def add_role(aws: Any, name: str = "R", secrets: Any = (), flows: Any = (), **fields: Any) -> str:
    """A role as this collection makes it; returns its ARN."""
    document = permissions_document(Access(frozenset(secrets)))
    own = [aws.iam.add_policy(f"SecretsManagerForMediaConnect-{name}", document)] if secrets else []
    return aws.iam.add_role(name, trust_document(ACCOUNT, True, flows), own, **fields)["arn"]


def made(aws: Any, *secret_arns: str) -> None:
    """Let there be these secrets."""
    for arn in secret_arns:
        region, name = arn.split(":")[3], arn.split(":")[6][:-7]
        aws.secretsmanager.add(name, "0f" * 32, region=region, arn=arn)


def encrypted(name: str, role_arn: str, secret_arn: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Subscribers": ["444455556666"],
        "Encryption": {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": role_arn, "SecretArn": secret_arn},
    }


def roles(aws: Any, *items: dict[str, Any], kind: type[Roles] = Roles, **fields: Any) -> Roles:
    clients = aws.clients()
    return kind(clients, Streams(clients, set().add), items or [item()], wait=True, timeout=10, **fields)


def judged(resource: Roles) -> list[Unit]:
    observed = resource.observe()
    units = resource.plan(observed)
    resource.judge(units, observed)
    return units


class TestObserve:
    def test_every_role_and_in_a_new_round_only_those_that_it_is_about(self, aws: Any) -> None:
        resource = roles(aws, item("R"), item(f"arn:aws:iam::{ACCOUNT}:role/media/S"))
        assert list(resource.observe()) == ["R", "S"]
        again = Unit("role S", identity={"name": "S"})
        assert list(resource.observe([again])) == list(resource.see([again])) == ["S"]

    def test_options_are_refused_before_anything_is_read(self, aws: Any) -> None:
        with pytest.raises(Refusal, match="is not a valid name of a role"):
            roles(aws, item("a b"))
        assert aws.calls == []

    def test_names_of_secrets_are_known_or_looked_up(self, aws: Any) -> None:
        game = aws.secretsmanager.add("game")
        resource = roles(aws, item(secrets=["game", "new"]))
        observed = resource.complete(resource.see(), {"new": [secret("new"), secret("new", EU)]})
        assert observed["R"].declared.secrets == sorted([game, secret("new"), secret("new", EU)])

    def test_what_was_written_is_seen_by_the_next_plan(self, aws: Any) -> None:
        add_role(aws, flows=[flow("A")])
        resource = roles(aws, item(flows=["B"]), in_two_steps=True)
        for dummy in "12":
            (unit,) = resource.plan(resource.observe())
            for action in unit.actions:
                resource.operations[action.operation](unit, **action.params)
        assert unit.actions == []
        assert aws.iam.roles["R"]["trust"] == trust_document(ACCOUNT, True, [flow("B")])

    def test_one_after_the_other_is_written(self, aws: Any) -> None:
        assert {roles(aws).workers(stage) for stage in Stage} == {1}


@pytest.mark.parametrize(("in_two_steps", "stages"), [(False, [Stage.WIDEN]), (True, [Stage.WIDEN, Stage.NARROW])])
def test_plans_in_as_many_steps_as_are_asked_for(aws: Any, in_two_steps: bool, stages: list[Stage]) -> None:
    add_role(aws, "R", [secret("a")], [flow("A")])
    add_role(aws, "S", [secret("a")], [flow("A")])
    asked = {"in_two_steps": True} if in_two_steps else {}
    resource = roles(aws, item("S", flows=["B"]), item("R", flows=["B"]), **asked)
    units = resource.plan(resource.observe())
    assert [unit.label for unit in units] == ["role S", "role R"]
    assert [[action.stage for action in unit.actions] for unit in units] == [stages, stages]


class TestDeletion:
    @pytest.fixture
    def role_arn(self, aws: Any) -> str:
        made(aws, secret("a"), secret("b", EU), secret("b", "us-east-1"))
        secrets = [secret("a"), secret("b", EU), secret("b", "us-east-1")]
        return add_role(aws, "R", secrets, [flow("A"), flow("B", "us-east-1"), flow("C", EU)])

    def refusals(self, aws: Any, **options: Any) -> list[str]:
        (unit,) = judged(roles(aws, item(state="absent", **options)))
        return unit.refusals

    def test_of_what_nothing_uses(self, aws: Any, role_arn: str) -> None:
        aws.mediaconnect.add("A", encrypted("E", f"{role_arn}2", secret("a")))
        assert self.refusals(aws) == []

    def test_of_what_is_used_in_any_region_that_the_role_serves(self, aws: Any, role_arn: str) -> None:
        aws.mediaconnect.add("A", encrypted("E", role_arn, secret("a")))
        decryption = encrypted("S", role_arn, secret("b", "us-east-1"))["Encryption"]
        aws.mediaconnect.add("B", region="us-east-1", Source={"Name": "S", "Decryption": decryption})
        aws.mediaconnect.add("C", encrypted("E", role_arn, secret("b", EU)), region=EU)
        aws.mediaconnect.add("D", encrypted("E", role_arn, secret("a")), region="ap-south-1")  # not one of them
        places = ["entitlement E of flow C", "source S of flow B", "entitlement E of flow A"]
        assert self.refusals(aws) == [use_refusal("R", places)]
        aws.calls.clear()
        assert self.refusals(aws, force_in_use=True) == []
        assert not [call for call in aws.calls if call.startswith("mediaconnect.")]

    def test_of_what_serves_every_flow_is_looked_at_in_every_region(self, aws: Any, role_arn: str) -> None:
        aws.iam.roles["R"]["trust"] = trust_document(ACCOUNT, guarded=False)
        made(aws, secret("far", "ap-south-1"))
        aws.iam.roles["R"]["inline"] = {"far": permissions_document(Access(frozenset([secret("far", "ap-south-1")])))}
        aws.mediaconnect.add("D", encrypted("E", role_arn, secret("far", "ap-south-1")), region="ap-south-1")
        assert self.refusals(aws) == [use_refusal("R", ["entitlement E of flow D"])]

    def test_of_what_could_not_serve_anybody(self, aws: Any, role_arn: str) -> None:
        aws.mediaconnect.add("A", encrypted("E", role_arn, secret("gone")))
        assert self.refusals(aws) == []

    def test_while_nobody_can_tell_who_uses_it(self, aws: Any, role_arn: str) -> None:
        aws.fails("mediaconnect.list_flows", "AccessDeniedException", times=2)
        reason = "Could not list the flows: AccessDeniedException: no (the caller needs mediaconnect:ListFlows)"
        assert self.refusals(aws) == [unknown_use_refusal("R", reason)]
        assert self.refusals(aws, force_in_use=True) == []

    def test_of_a_role_for_something_else(self, aws: Any) -> None:
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:*"}]}
        aws.iam.add_role("R", trust)
        assert self.refusals(aws) == [other_service_refusal("R", "delete it")]
        assert self.refusals(aws, force_in_use=True) == []

    def test_of_what_is_not_there_needs_no_look_at_flows(self, aws: Any) -> None:
        aws.iam.add_policy("SecretsManagerForMediaConnect-R", permissions_document(Access(frozenset([secret("a")]))))
        assert self.refusals(aws) == []
        assert "mediaconnect.list_flows" not in aws.calls

    def test_of_a_role_that_is_not_meant_is_refused_for_one_reason(self, aws: Any) -> None:
        aws.iam.add_role("R", {}, path="/aws-service-role/x/")
        (refusal,) = self.refusals(aws)
        assert "belongs to AWS itself" in refusal


def test_each_role_is_judged(aws: Any) -> None:
    """One that is not there, one that may be forced and one that is refused anyway do not keep the next from being judged."""
    made(aws, secret("a"))
    arn = add_role(aws, "R", [secret("a")], flows=[flow("A")])
    add_role(aws, "forced", flows=[flow("A")])
    aws.iam.add_role("theirs", {}, path="/aws-reserved/x/")
    aws.mediaconnect.add("A", encrypted("E", arn, secret("a")))
    items = [item("none"), item("theirs"), item("forced", force_in_use=True), item("R")]
    units = judged(roles(aws, *({**one, "state": "absent"} for one in items)))
    assert [bool(unit.refusals) for unit in units] == [False, True, False, True]


@pytest.mark.parametrize(("wait", "waits"), [(True, [("role_exists", {"Delay": 1, "MaxAttempts": 10})]), (False, [])])
def test_waiting_is_for_the_task_to_say(aws: Any, wait: bool, waits: list[Any]) -> None:
    clients = aws.clients()
    resource = Roles(clients, Streams(clients, set().add), [item()], wait, 10)
    (unit,) = resource.plan(resource.observe())
    resource.operations["create_role"](unit, **unit.actions[0].params)
    assert aws.waits == waits


class TestNarrowing:
    @pytest.fixture
    def role_arn(self, aws: Any) -> str:
        made(aws, secret("a"), secret("b"))
        arn = add_role(aws, "R", [secret("a"), secret("b"), secret("c", EU)], [flow("A"), flow("B"), flow("C", EU)])
        aws.mediaconnect.add("A", encrypted("E", arn, secret("a")), encrypted("F", f"{arn}2", secret("a")))
        aws.mediaconnect.add("B", encrypted("E", arn, secret("a")))
        return arn

    def refusals(self, aws: Any, **options: Any) -> list[str]:
        (unit,) = judged(roles(aws, item(**options)))
        return unit.refusals

    ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
    NOT_READ = f"the policies of the role {ARN} do not allow secretsmanager:GetSecretValue on {secret('a')}: add the secret to its policy"
    NOT_ADMITTED = (
        f"the conditions in the trust policy of the role {ARN} do not admit this flow: add {flow('B')} to aws:SourceArn"
    )

    @pytest.mark.parametrize(
        ("options", "lost"),
        [
            ({"secrets": [secret("a")]}, []),
            ({"secrets": [secret("b")]}, ["entitlement E of flow A", "entitlement E of flow B"]),
            ({"secrets": []}, ["entitlement E of flow A", "entitlement E of flow B"]),
            ({"flows": ["A"]}, ["entitlement E of flow B"]),
            ({"flows": []}, []),
            ({"flows": ["A"], "force_in_use": True}, []),
            ({"flows": ["A"], "purge": False}, []),
        ],
    )
    def test_is_refused_where_a_stream_would_go_dark(
        self, aws: Any, role_arn: str, options: dict[str, Any], lost: list[str]
    ) -> None:
        why = self.NOT_READ if "secrets" in options else self.NOT_ADMITTED
        assert self.refusals(aws, **options) == ([cut_off_refusal("R", lost, [why], certain=True)] if lost else [])

    @pytest.mark.parametrize(
        "options", [{"secrets": [secret("d")], "purge": False}, {"tags": {"a": "b"}}, {"description": "d"}]
    )
    def test_flows_are_read_only_when_the_role_comes_to_serve_less(
        self, aws: Any, role_arn: str, options: dict[str, Any]
    ) -> None:
        assert self.refusals(aws, **options) == []
        assert "mediaconnect.list_flows" not in aws.calls

    def test_what_could_not_be_served_before_cannot_go_dark(self, aws: Any, role_arn: str) -> None:
        """A secret that was deleted for good and made again has another ARN."""
        aws.secretsmanager.secrets.clear()
        made(aws, f"{secret('a')[:-1]}X")
        assert self.refusals(aws, secrets=["a"]) == []

    @pytest.mark.parametrize("what", ["trust", "policy", "attached"])
    def test_what_somebody_adds_meanwhile_is_seen_before_it_is_judged(self, aws: Any, role_arn: str, what: str) -> None:
        """They widen the role and stream by it between our reads: the plan is made anew."""
        theirs = Access(frozenset([secret("a"), secret("b"), secret("c", EU)]))
        resource = roles(aws, item(secrets=[secret("b")], flows=["A", "B"]))
        aws.mediaconnect.flows.clear()
        observed = resource.observe()
        units = resource.plan(observed)
        arn = aws.mediaconnect.add("Theirs", encrypted("T", role_arn, secret("a")))
        assert arn
        if what == "trust":
            aws.iam.roles["R"]["trust"] = trust_document(ACCOUNT, True, [flow("A"), flow("B"), flow("Theirs")])
        elif what == "policy":
            aws.iam.policies[next(iter(aws.iam.policies))]["versions"] = {
                "v2": permissions_document(theirs) | {"Id": "x"}
            }
            aws.iam.policies[next(iter(aws.iam.policies))]["versions"]["v2"]["Statement"].append(
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
            )
        else:
            aws.iam.roles["R"]["attached"].append(aws.iam.add_policy("P", permissions_document(theirs)))
        with pytest.raises(WorldChanged):
            resource.judge(units, observed)

    def test_while_nobody_can_tell_what_streams_need(self, aws: Any, role_arn: str) -> None:
        aws.fails("mediaconnect.describe_flow", "AccessDeniedException", times=2)
        (refusal,) = self.refusals(aws, flows=["A"])
        reason = f"Could not read the flow {next(iter(aws.mediaconnect.flows))}: AccessDeniedException: no"
        before, dummy, after = unknown_cut_off_refusal("R", reason).partition(reason)
        assert refusal.startswith(before + reason)
        assert refusal.endswith(after)

    def test_what_is_refused_anyway_needs_no_look_at_flows(self, aws: Any, role_arn: str) -> None:
        (refusal,) = self.refusals(aws, flows=["A"], tags={"aws:x": "y"}, path="/media/")
        assert "lies under the path" in refusal
        assert "mediaconnect.list_flows" not in aws.calls

    def test_flows_are_read_again_in_a_new_round(self, aws: Any, role_arn: str) -> None:
        resource = roles(aws, item(flows=["A"]))
        judged(resource)
        aws.calls.clear()
        judged(resource)
        assert aws.calls.count("mediaconnect.list_flows") == 1  # the only Region in which the role comes to serve less


NONE = {
    "path": None,
    "description": None,
    "max_session_duration": None,
    "permissions_boundary": None,
    "policy_name": None,
    "policy_arn": None,
    "policy_version": None,
    "trust_policy": None,
    "permissions_policy": None,
    "attached_policies": None,
    "tags": None,
}


@pytest.mark.parametrize(
    ("after", "action", "returned"),
    [
        ({"name": "R", "arn": "arn:r", "path": "/"}, "created", {**NONE, "arn": "arn:r", "path": "/"}),
        (None, "deleted", {**NONE, "arn": None}),
        (None, "unchanged", {**NONE, "arn": None}),
    ],
)
def test_what_is_returned(aws: Any, after: Any, action: str, returned: dict[str, Any]) -> None:
    unit = Unit("role R", identity={"name": "R"}, after=after, action=action)
    returned = {"name": "R", **returned, "action": action}
    assert roles(aws).report([unit, unit]) == {"roles": [returned, returned]}
    assert roles(aws, kind=Role).report([unit]) == {"role": returned}
