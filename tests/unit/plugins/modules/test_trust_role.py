# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""trust_role from its options to its result, also while others write at the same time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.loop import MAX_ROUNDS

ACCOUNT = "111122223333"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
OWN = "SecretsManagerForMediaConnect-R"
OWN_ARN = f"arn:aws:iam::{ACCOUNT}:policy/{OWN}"


def trusting(*flows: str) -> dict[str, Any]:
    return trust_document(ACCOUNT, True, [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:{name}" for name in flows])


def permitting(*arns: str) -> Any:
    return permissions_document(Access(frozenset(arns)))


GOOD, BAD = trusting("A"), trusting("A", "B")


class TestLife:
    @pytest.fixture
    def game(self, aws: Any) -> str:
        return aws.secretsmanager.add("game")

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"name": "R", "secrets": ["game"], "flows": ["A"], "tags": {"a": "b"}, "description": "d"}

    def test_is_made_kept_and_taken_down(self, aws: Any, game: str, options: dict[str, Any]) -> None:
        predicted = aws.run("trust_role", check_mode=True, **options)
        assert aws.writes == []
        made = aws.run("trust_role", **options).ok()
        assert aws.writes == ["iam.create_policy", "iam.create_role", "iam.attach_role_policy"]
        assert made == predicted.ok()
        assert made["changed"] is True
        assert made["role"] == {
            "name": "R",
            "arn": ROLE_ARN,
            "path": "/",
            "description": "d",
            "max_session_duration": 3600,
            "permissions_boundary": None,
            "policy_name": OWN,
            "policy_arn": OWN_ARN,
            "policy_version": "v1",
            "trust_policy": GOOD,
            "permissions_policy": permitting(game),
            "attached_policies": [OWN_ARN],
            "tags": {"a": "b"},
            "action": "created",
        }
        assert made["diff"] == [
            {
                "before_header": "role R",
                "after_header": "role R",
                "before": {},
                "after": {name: value for name, value in made["role"].items() if name != "action"},
            }
        ]
        again = aws.run("trust_role", **options).ok()
        assert (again["changed"], aws.writes, again["diff"]) == (False, [], [])
        assert again["role"] == {**made["role"], "action": "unchanged"}
        gone = aws.run("trust_role", name="R", state="absent").ok()
        assert (aws.iam.roles, aws.iam.policies) == ({}, {})
        assert (gone["changed"], gone["role"]["action"], gone["role"]["arn"]) == (True, "deleted", None)
        assert aws.run("trust_role", name="R", state="absent").ok()["changed"] is False

    def test_the_version_of_a_policy_is_told_once_it_is_known(self, aws: Any, game: str, options: Any) -> None:
        aws.run("trust_role", **options).ok()
        other = aws.secretsmanager.add("other")
        options["secrets"] = ["other"]
        assert aws.run("trust_role", check_mode=True, **options).ok()["role"]["policy_version"] is None
        role = aws.run("trust_role", **options).ok()["role"]
        assert (role["policy_version"], role["permissions_policy"], role["action"]) == (
            "v2",
            permitting(other),
            "updated",
        )

    @pytest.mark.parametrize(("wait", "looks"), [(True, 2), (False, 1)])
    def test_waits_until_iam_answers(self, aws: Any, game: str, options: Any, wait: bool, looks: int) -> None:
        aws.run("trust_role", wait=wait, **options).ok()
        assert aws.calls.count("iam.get_role") == looks

    def test_one_write_at_a_time_and_the_first_failure_ends_it(self, aws: Any, game: str, options: Any) -> None:
        aws.fails("iam.attach_role_policy", "LimitExceeded")
        ended = aws.run("trust_role", **options)
        assert ended.message == (
            f"role R: Could not attach the policy {OWN_ARN} to the role R: LimitExceeded: no. "
            f"Done before or beside that: create the policy {OWN}; create the role R. "
            f"Not done: attach the policy {OWN} to the role R. Once that is mended, running again does the rest."
        )
        assert ended.result["changed"] is True
        assert aws.run("trust_role", **options).ok()["role"]["action"] == "updated"

    def test_a_refusal_changes_nothing(self, aws: Any) -> None:
        aws.iam.add_role("R", {}, path="/aws-service-role/x/")
        for check_mode in (True, False):
            ended = aws.run("trust_role", check_mode=check_mode, name="R", flows=["A"])
            assert ended.message.endswith("(path /aws-service-role/x/); give another name.")
            assert (ended.failed, ended.result["changed"], aws.writes) == (True, False, [])

    def test_warnings_are_given_with_the_result(self, aws: Any, game: str) -> None:
        ended = aws.run("trust_role", check_mode=True, name="R", secrets=["game"])
        assert ended.warnings == [
            f"The role R serves every flow of account {ACCOUNT}: declare flows to name those that may use it."
        ]


class TestSomebodyElse:
    def test_has_made_the_role_and_the_policy(self, aws: Any) -> None:
        game = aws.secretsmanager.add("game")
        aws.meanwhile("iam.create_policy", lambda: aws.iam.add_policy(OWN, permitting(f"{game}x")))
        aws.meanwhile("iam.create_role", lambda: aws.iam.add_role("R", BAD))
        role = aws.run("trust_role", name="R", secrets=["game"], flows=["A"]).ok()["role"]
        assert (role["trust_policy"], role["permissions_policy"]) == (GOOD, permitting(game))
        assert (aws.iam.roles["R"]["trust"], aws.iam.document_of(OWN_ARN)) == (GOOD, permitting(game))
        assert aws.iam.roles["R"]["attached"] == [OWN_ARN]
        assert role["action"] == "created"

    def test_has_changed_the_trust(self, aws: Any) -> None:
        aws.iam.add_role("R", BAD)
        aws.meanwhile("iam.get_role", None, lambda: aws.iam.roles["R"].update(trust=trusting("C")))
        role = aws.run("trust_role", name="R", flows=["D"], purge=False).ok()["role"]
        assert role["trust_policy"] == aws.iam.roles["R"]["trust"] == trusting("C", "D")

    def test_has_changed_the_policy(self, aws: Any) -> None:
        arn = aws.iam.add_policy(OWN, permitting("arn:aws:secretsmanager:us-west-2:111122223333:secret:a-000000"))
        theirs = permitting("arn:aws:secretsmanager:us-west-2:111122223333:secret:b-000000")
        aws.iam.add_role("R", GOOD, [arn])
        game = aws.secretsmanager.add("game")
        aws.meanwhile("iam.list_policy_versions", lambda: aws.iam.policies[arn]["versions"].update(v2=theirs))
        role = aws.run("trust_role", name="R", secrets=["game"], purge=False).ok()["role"]
        merged = permitting("arn:aws:secretsmanager:us-west-2:111122223333:secret:b-000000", game)
        assert role["permissions_policy"] == aws.iam.document_of(arn) == merged
        assert role["policy_version"] == "v3"

    def test_has_taken_the_role_away(self, aws: Any) -> None:
        aws.iam.add_role("R", BAD)
        aws.meanwhile("iam.get_role", None, aws.iam.roles.clear)
        assert aws.run("trust_role", name="R", flows=["A"]).ok()["role"]["action"] == "created"
        assert aws.iam.roles["R"]["trust"] == GOOD

    def test_makes_what_can_no_longer_be_done(self, aws: Any) -> None:
        aws.iam.add_role("R", BAD)
        aws.meanwhile("iam.get_role", None, lambda: aws.iam.add_role("R", trusting("C"), path="/theirs/"))
        ended = aws.run("trust_role", name="R", flows=["A"], path="/")
        assert ended.failed
        assert ended.message.startswith("The role R lies under the path /theirs/, not /, and IAM cannot move it.")
        assert aws.writes == []

    def test_comes_to_need_what_is_to_be_taken_away(self, aws: Any) -> None:
        """What is judged before the first change is judged again in each new round."""
        calling = {"Statement": [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}]}
        aws.iam.add_role("R", BAD, inline={"i": calling})
        encryption = {"KeyType": "speke", "RoleArn": ROLE_ARN, "Url": "https://keys.example.com/speke"}

        def interfere() -> None:
            aws.iam.roles["R"]["trust"] = trusting("B")
            aws.mediaconnect.add("B", {"Name": "E", "Subscribers": ["444455556666"], "Encryption": encryption})

        aws.meanwhile("iam.get_role", None, interfere)
        ended = aws.run("trust_role", name="R", flows=["A"])
        assert "The role R would no longer serve entitlement E of flow B" in ended.message
        assert aws.iam.roles["R"]["trust"] == trusting("B")

    def test_writes_time_and_again(self, aws: Any) -> None:
        aws.iam.add_role("R", BAD)
        fights = iter(range(100))
        aws.meanwhile(
            "iam.get_role", *[lambda: aws.iam.roles["R"].update(trust=trusting(f"theirs-{next(fights)}"))] * 50
        )
        ended = aws.run("trust_role", name="R", flows=["A"])
        assert ended.message.startswith(
            "The role R is being changed by somebody else at the same time, time and again; run again when they are done."
        )
        assert aws.writes == []


class TestReadBack:
    """IAM has no compare-and-set, so what was written is read again. A difference must be read twice before it is believed."""

    def reading(self, aws: Any, *reads: Any) -> None:
        """After the first write, let IAM show the trust policy so, time after time, and at last for good."""
        aws.iam.add_role("R", BAD)
        shown, true = list(reads), aws.iam.get_role

        def get_role(region: str, RoleName: str) -> Any:  # noqa: N803  boto3's name
            answer = true(region, RoleName)
            if "iam.update_assume_role_policy" in aws.calls:
                answer["Role"]["AssumeRolePolicyDocument"] = shown.pop(0) if len(shown) > 1 else shown[0]
            return answer

        aws.iam.get_role = get_role

    @pytest.mark.parametrize(
        ("reads", "writes"),
        [
            ([GOOD], 1),
            ([BAD, GOOD], 1),
            ([BAD, trusting("C"), GOOD], 1),
            ([BAD, BAD, BAD, GOOD], 2),
            ([BAD, BAD, BAD, BAD, BAD, BAD, GOOD], 3),
        ],
    )
    def test_a_difference_is_believed_when_it_is_read_twice(self, aws: Any, reads: list[Any], writes: int) -> None:
        self.reading(aws, *reads)
        ended = aws.run("trust_role", name="R", flows=["A"]).ok()
        assert aws.writes == ["iam.update_assume_role_policy"] * writes
        assert ended["role"]["trust_policy"] == GOOD
        assert (ended["role"]["action"], ended["changed"]) == ("updated", True)

    def test_writing_against_somebody_ends(self, aws: Any) -> None:
        self.reading(aws, BAD)
        ended = aws.run("trust_role", name="R", flows=["A"])
        assert ended.message.startswith(
            "The role R is being changed by somebody else at the same time, time and again;"
        )
        assert aws.calls.count("iam.get_role") <= 2 * MAX_ROUNDS + 2

    def test_what_can_no_longer_be_done_is_refused(self, aws: Any) -> None:
        self.reading(aws, GOOD)
        true: Callable[..., Any] = aws.iam.update_assume_role_policy

        def write(*arguments: Any, **params: Any) -> None:
            true(*arguments, **params)
            aws.iam.roles["R"]["path"] = "/theirs/"

        aws.iam.update_assume_role_policy = write
        ended = aws.run("trust_role", name="R", flows=["A"], path="/")
        assert ended.message.startswith("The role R lies under the path /theirs/, not /, and IAM cannot move it.")

    @pytest.mark.parametrize("options", [{"description": "new"}, {"tags": {"a": "b"}}])
    def test_what_iam_writes_on_its_own_is_not_read_back(self, aws: Any, options: dict[str, Any]) -> None:
        aws.iam.add_role("R", GOOD)
        aws.run("trust_role", name="R", flows=["A"], **options).ok()
        assert aws.calls.count("iam.get_role") == 1

    def test_check_mode_reads_once(self, aws: Any) -> None:
        aws.iam.add_role("R", BAD)
        aws.run("trust_role", check_mode=True, name="R", flows=["A"]).ok()
        assert aws.calls.count("iam.get_role") == 1
