# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets, roles and entitlements as one: names within the task, one judgement before all, and an order that is safe."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)

ACCOUNT, ALICE, BOB, EU = "111122223333", "123456789012", "444455556666", "eu-west-1"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
POLICY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/SecretsManagerForMediaConnect-R"
KEY, OTHER_KEY = "1a" * 32, "2b" * 32
PREDICTED = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:s-??????"


def secret(name: str = "s", value: str = KEY, **options: Any) -> dict[str, Any]:
    return {"name": name, "algorithm": "aes256", "value": value, **options}


def one(name: str = "E", secret: str | None = "s", role: str = "R", **options: Any) -> dict[str, Any]:
    """An entitlement, encrypted with this secret."""
    encryption = {"role": role, "secret": secret, "algorithm": "aes256"} if secret else None
    return {"name": name, "subscribers": [ALICE], "encryption": encryption, **options}


def flow(*entitlements: dict[str, Any], flow: str = "Game", **options: Any) -> dict[str, Any]:
    return {"flow": flow, "entitlements": list(entitlements), **options}


def declared(**options: Any) -> dict[str, Any]:
    return {"secrets": [secret()], "role": {"name": "R"}, "flows": [flow(one())], **options}


def permitting(*secrets: str) -> Any:
    return permissions_document(Access(frozenset(secrets)))


def trusting(*flows: str) -> Any:
    return trust_document(ACCOUNT, True, [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:{name}" for name in flows])


def writes(aws: Any) -> list[str]:
    """What was changed, without the services."""
    return [call.split(".")[1] for call in aws.writes]


@pytest.fixture
def game(aws: Any) -> str:
    return aws.mediaconnect.add("Game")


@pytest.fixture
def live(aws: Any, game: str) -> str:
    """All of `declared` is there."""
    aws.run("distribution", **declared()).ok()
    return game


class TestLife:
    def test_all_of_it_is_made_in_one_task(self, aws: Any, game: str) -> None:
        predicted = aws.run("distribution", check_mode=True, **declared()).ok()
        assert aws.writes == []
        made = aws.run("distribution", **declared()).ok()
        assert writes(aws) == [
            "create_secret",
            "create_policy",
            "create_role",
            "attach_role_policy",
            "grant_flow_entitlements",
        ]
        arn = aws.secretsmanager.arn("s")
        assert aws.iam.document_of(POLICY_ARN) == permitting(arn)
        assert aws.iam.roles["R"]["trust"] == trusting("Game")
        encryption = aws.mediaconnect.granted(game)["E"]["Encryption"]
        assert (encryption["RoleArn"], encryption["SecretArn"]) == (ROLE_ARN, arn)
        assert made["secrets"][0]["arn"] == made["flows"][0]["entitlements"][0]["encryption"]["secret_arn"] == arn
        assert made["roles"][0]["permissions_policy"] == permitting(arn)
        assert "??????" not in json.dumps({name: value for name, value in made.items() if name != "diff"})
        assert predicted["secrets"][0]["arn"] == PREDICTED
        assert predicted["roles"][0]["permissions_policy"] == permitting(PREDICTED)
        assert predicted["flows"][0]["entitlements"][0]["encryption"]["secret_arn"] == PREDICTED
        assert {result["changed"] for result in (made, predicted)} == {True}
        assert made["counts"] == predicted["counts"]
        assert [one["before_header"] for one in made["diff"]] == [one["before_header"] for one in predicted["diff"]]

    def test_a_second_run_changes_nothing(self, aws: Any, live: str) -> None:
        again = aws.run("distribution", **declared()).ok()
        assert (again["changed"], aws.writes, again["diff"]) == (False, [], [])
        assert {one["action"] for kind in ("secrets", "roles") for one in again[kind]} == {"unchanged"}
        assert again["counts"]["unchanged"] == 1

    def test_all_of_it_is_taken_down_in_one_task(self, aws: Any, live: str) -> None:
        gone = {
            "secrets": [{"name": "s", "state": "absent"}],
            "role": {"name": "R", "state": "absent"},
            "flows": [flow(purge_entitlements=True)],
        }
        aws.run("distribution", check_mode=True, **gone).ok()
        aws.run("distribution", **gone).ok()
        assert writes(aws) == [
            "revoke_flow_entitlement",
            "detach_role_policy",
            "delete_role",
            "delete_policy",
            "delete_secret",
        ]
        assert (aws.iam.roles, aws.iam.policies, aws.mediaconnect.granted(live)) == ({}, {}, {})

    @pytest.mark.parametrize(
        ("part", "changes"),
        [
            ({"secrets": [secret()]}, ["create_secret"]),
            ({"role": {"name": "R"}}, ["create_role"]),
            ({"flows": [flow(one(secret=None))]}, ["grant_flow_entitlements"]),
            ({}, []),
        ],
    )
    def test_each_part_may_be_left_out(self, aws: Any, game: str, part: dict[str, Any], changes: list[str]) -> None:
        result = aws.run("distribution", **part).ok()
        assert (writes(aws), result["changed"]) == (changes, bool(changes))
        assert len(result["plan_digest"]) == len("sha256:") + 64

    def test_no_key_is_told(self, aws: Any, game: str) -> None:
        for check_mode in (True, False):
            ended = aws.run("distribution", check_mode=check_mode, **declared(secrets=[secret(value=KEY.upper())]))
            assert KEY not in json.dumps([ended.ok(), ended.warnings]).lower()

    @pytest.mark.parametrize(("wait", "waits"), [(True, ["policy_exists", "role_exists"]), (False, [])])
    def test_waiting_is_for_the_task_to_say(self, aws: Any, game: str, wait: bool, waits: list[str]) -> None:
        aws.run("distribution", wait=wait, **declared()).ok()
        assert [name for name, dummy in aws.waits] == waits

    def test_several_roles_and_flows(self, aws: Any, game: str) -> None:
        show = aws.mediaconnect.add("Show")
        result = aws.run(
            "distribution",
            secrets=[secret("s"), secret("t", OTHER_KEY)],
            roles=[{"name": "R"}, {"name": "Q"}],
            flows=[flow(one("E", "s", "R")), flow(one("E", "t", "Q"), one("F", "s", "R"), flow="Show")],
        ).ok()
        assert [role["name"] for role in result["roles"]] == ["R", "Q"]
        assert aws.iam.roles["R"]["trust"] == trusting("Game", "Show")
        assert aws.iam.roles["Q"]["trust"] == trusting("Show")
        assert aws.iam.permitted("R") == [permitting(aws.secretsmanager.arn("s"))]
        assert aws.iam.permitted("Q") == [permitting(aws.secretsmanager.arn("t"))]
        assert set(aws.mediaconnect.granted(show)) == {"E", "F"}


class TestNames:
    def test_resolve_within_the_declaration_before_aws_is_asked(self, aws: Any, game: str) -> None:
        for dummy in ("made", "kept"):
            aws.run("distribution", wait=False, **declared()).ok()
            assert aws.calls.count("secretsmanager.describe_secret") == 1
            assert aws.calls.count("iam.get_role") == 1

    def test_that_are_not_declared_are_looked_up(self, aws: Any, live: str) -> None:
        arn = aws.secretsmanager.add("t", OTHER_KEY)
        aws.run("distribution", flows=[flow(one(), one("F", "t"))], role={"name": "R"}).ok()
        assert aws.iam.permitted("R") == [permitting(aws.secretsmanager.arn("s"), arn)]

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_that_are_nowhere_are_refused(self, aws: Any, game: str, check_mode: bool) -> None:
        ended = aws.run("distribution", check_mode=check_mode, **declared(secrets=[]))
        assert ended.message.startswith("The role R: there is no secret s in us-west-2;")
        ended = aws.run("distribution", check_mode=check_mode, flows=[flow(one())])
        assert "names the role R, which does not exist;" in ended.message
        assert "names the secret s, which does not exist in us-west-2;" in ended.message
        assert aws.writes == []

    def test_a_role_reads_the_copies_of_a_secret_in_all_regions(self, aws: Any, game: str) -> None:
        result = aws.run("distribution", **declared(additional_regions=[EU])).ok()
        arns = [aws.secretsmanager.arn("s", region) for region in ("us-west-2", EU)]
        assert aws.iam.document_of(POLICY_ARN) == permitting(*arns)
        assert result["flows"][0]["entitlements"][0]["encryption"]["secret_arn"] == arns[0]

    def test_what_a_role_reads_and_serves_may_be_declared(self, aws: Any, game: str) -> None:
        other = aws.secretsmanager.add("t", OTHER_KEY)
        role = {"name": "R", "secrets": ["s", "t"], "flows": ["Game", "Show"], "kms_keys": []}
        aws.run("distribution", **declared(role=role)).ok()
        assert aws.iam.document_of(POLICY_ARN) == permitting(aws.secretsmanager.arn("s"), other)
        assert aws.iam.roles["R"]["trust"] == trusting("Game", "Show")

    def test_kms_keys_follow_from_the_secrets(self, aws: Any, game: str) -> None:
        key = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1a"
        aws.kms.keys["alias/video"] = key
        aws.run("distribution", **declared(secrets=[secret(kms_key_id="alias/video")])).ok()
        access = Access(frozenset({aws.secretsmanager.arn("s")}), frozenset({key}))
        assert aws.iam.document_of(POLICY_ARN) == permissions_document(access)

    def test_a_role_by_its_arn(self, aws: Any, game: str) -> None:
        arn = f"arn:aws:iam::{ACCOUNT}:role/media/R"
        aws.run("distribution", **declared(role={"name": arn})).ok()
        assert aws.mediaconnect.granted(game)["E"]["Encryption"]["RoleArn"] == arn

    def test_tags_are_those_of_the_task_and_their_own(self, aws: Any, game: str) -> None:
        aws.run("distribution", **declared(tags={"a": 1}, role={"name": "R", "tags": {"b": 2}})).ok()
        assert aws.iam.roles["R"]["tags"] == aws.iam.policies[POLICY_ARN]["tags"] == {"a": "1", "b": "2"}
        assert aws.secretsmanager.secrets["us-west-2", "s"]["tags"] == {"a": "1"}


class TestRefusals:
    def test_what_is_wrong_whatever_aws_has_is_told_at_once(self, aws: Any) -> None:
        ended = aws.run(
            "distribution",
            secrets=[secret(value="1a")],
            role={"name": "a b"},
            flows=[flow(one(subscribers=["1"]))],
            handover_dir="/nowhere",
        )
        for said in (
            "The value for the secret s has 2 hexadecimal digits",
            "'a b' is not a valid name of a role",
            "has the subscriber 1, which is not an account id",
            "The handover_dir /nowhere is not a directory",
        ):
            assert said in ended.message
        assert aws.calls == []

    def test_what_is_declared_twice(self, aws: Any) -> None:
        ended = aws.run("distribution", secrets=[secret(), secret()], roles=[{"name": "R"}, {"name": ROLE_ARN}])
        assert ended.message == (
            "The secret s is declared more than once; declare it once. A role is declared more than once; declare it once."
        )

    def test_a_flow_of_another_region(self, aws: Any) -> None:
        there = aws.mediaconnect.add("Game", region=EU)
        ended = aws.run("distribution", flows=[flow(one(secret=None), flow=there)])
        assert ended.message == (
            f"The flow {there} is in {EU}, but this task works in us-west-2; use one task per Region."
        )

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_what_aws_has_is_judged_for_all_before_the_first_change(
        self, aws: Any, game: str, check_mode: bool
    ) -> None:
        aws.secretsmanager.add("s", OTHER_KEY)
        aws.iam.add_role("R", trusting("Game"), path="/aws-reserved/x/")
        ended = aws.run(
            "distribution", check_mode=check_mode, **declared(flows=[flow(one(), one("F", subscribers=None))])
        )
        for said in (
            "The secret s in us-west-2 holds another key than the declared key",
            "The role R belongs to AWS itself",
            "The entitlement F of flow Game does not exist yet and has no subscribers",
        ):
            assert said in ended.message
        assert (aws.writes, ended.result["changed"]) == ([], False)

    @pytest.mark.parametrize("check_mode", [True, False])
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"role": {"name": "R", "flows": ["Other"]}}, "do not admit this flow"),
            ({"role": {"name": "R", "secrets": ["t"]}}, "do not allow secretsmanager:GetSecretValue"),
            ({"role": {"name": "R", "secrets": []}}, "do not allow secretsmanager:GetSecretValue"),
            ({"role": None}, "do not allow secretsmanager:GetSecretValue"),
            (
                {"secrets": [{"name": "s", "algorithm": "aes128", "generate": True}]},
                "is to hold a key of aes128, not of aes256",
            ),
        ],
    )
    def test_what_would_not_work_once_all_is_made(
        self, aws: Any, game: str, check_mode: bool, options: dict[str, Any], said: str
    ) -> None:
        aws.secretsmanager.add("t", OTHER_KEY)
        if options.get("role", {}) is None:
            aws.iam.add_role("R", trusting("Game"))
        ended = aws.run("distribution", check_mode=check_mode, **declared(**options))
        assert ended.message.startswith("The entitlement E of flow Game would not work: ")
        assert said in ended.message
        assert aws.writes == []
        aws.run("distribution", check_mode=check_mode, verify_encryption=False, **declared(**options)).ok()

    @pytest.mark.parametrize("there", [{"deleted": True, "versions": {"v": KEY}}, {"versions": {}}])
    @pytest.mark.parametrize("check_mode", [True, False])
    def test_what_is_restored_or_gets_its_key_counts_as_there(
        self, aws: Any, game: str, there: dict[str, Any], check_mode: bool
    ) -> None:
        aws.secretsmanager.add("s", **there)
        secrets = [{"name": "s", "algorithm": "aes256", "generate": True}]
        aws.run("distribution", check_mode=check_mode, **declared(secrets=secrets)).ok()

    def test_a_role_that_stays_as_it_is_is_judged_by_iam(self, aws: Any, live: str) -> None:
        """It may read more than its own policy says."""
        other = aws.iam.add_policy("P", permitting(aws.secretsmanager.add("t", OTHER_KEY)))
        aws.iam.roles["R"]["attached"].append(other)
        options = {"role": {"name": "R", "secrets": ["s"]}, "flows": [flow(one(), one("N", "t"))]}
        aws.run("distribution", check_mode=True, **declared(**options)).ok()
        assert aws.calls.count("iam.simulate_principal_policy") == 1

    @pytest.mark.parametrize(("value", "fits"), [(KEY, True), ("1a" * 16, False)])
    def test_a_key_that_is_there_and_was_not_read_is_looked_at(
        self, aws: Any, game: str, value: str, fits: bool
    ) -> None:
        """What is declared of it is not what it is."""
        aws.secretsmanager.add("s", value)
        ended = aws.run(
            "distribution",
            check_mode=True,
            **declared(secrets=[{"name": "s", "algorithm": "aes256", "generate": True}]),
        )
        assert ended.failed is not fits
        assert fits or "holds no key for aes256" in ended.message


def granted(name: str, secret_arn: str | None, role_arn: str = ROLE_ARN, **members: Any) -> dict[str, Any]:
    """An entitlement as MediaConnect has it."""
    encryption = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": role_arn, "SecretArn": secret_arn}
    return {"Name": name, "Subscribers": [ALICE], **({"Encryption": encryption} if secret_arn else {}), **members}


class TestOrder:
    def test_across_services_is_safe(self, aws: Any, game: str, tmp_path: Path) -> None:
        """Keys are restored and made, roles widened, entitlements changed, roles narrowed, and keys deleted, in this order."""
        old, back = aws.secretsmanager.add("old", KEY), aws.secretsmanager.add("back", KEY, deleted=True)
        gone = aws.secretsmanager.add("gone", KEY)
        policy = aws.iam.add_policy("SecretsManagerForMediaConnect-R", permitting(old, gone))
        aws.iam.add_role("R", trusting("Game", "Other"), [policy])
        aws.mediaconnect.add("Show")
        aws.mediaconnect.flows[game]["entitlements"] = {
            f"arn:{name}": granted(name, arn) for name, arn in (("E", old), ("gone", gone))
        }
        result = aws.run(
            "distribution",
            secrets=[
                {"name": "gone", "state": "absent"},
                secret("new"),
                secret("back"),
                {"name": "old", "state": "absent"},
            ],
            role={"name": "R"},
            flows=[
                flow({"name": "gone", "state": "absent"}, one("E", "new")),
                flow(one("N", "back"), flow="Show"),
            ],
            handover_dir=str(tmp_path),
        ).ok()
        new = aws.secretsmanager.arn("new")
        done = writes(aws)
        widened = ["create_policy_version", "update_assume_role_policy"]
        assert done[:4] == ["restore_secret", "create_secret", *widened]
        assert sorted(done[4:7]) == ["grant_flow_entitlements", "revoke_flow_entitlement", "update_flow_entitlement"]
        assert done[7:] == [*widened, "delete_secret", "delete_secret"]
        assert list(aws.iam.policies[policy]["versions"].values()) == [
            permitting(old, gone),
            permitting(old, gone, new, back),
            permitting(new, back),
        ]
        assert aws.iam.roles["R"]["trust"] == trusting("Game", "Show")
        assert result["roles"][0]["permissions_policy"] == permitting(new, back)
        assert len(result["handover_files"]) == len(list(tmp_path.iterdir())) == 2

    @pytest.mark.parametrize(
        "call",
        [
            "secretsmanager.create_secret",
            "iam.create_policy_version",
            "mediaconnect.update_flow_entitlement",
        ],
    )
    def test_a_stage_with_a_failure_is_the_last_one(self, aws: Any, live: str, call: str) -> None:
        options = {
            "secrets": [{"name": "s", "state": "absent"}, secret("new", OTHER_KEY)],
            "role": {"name": "R"},
            "flows": [flow(one("E", "new"))],
        }
        before = [
            "secretsmanager.create_secret",
            "iam.create_policy_version",
            "mediaconnect.update_flow_entitlement",
        ]
        aws.fails(call, "InternalFailure")
        ended = aws.run("distribution", **options)
        assert aws.writes == before[: before.index(call) + 1]
        assert "delete the secret s in us-west-2 with 30 days to restore it" in ended.result["not_done"]
        assert aws.secretsmanager.secrets["us-west-2", "s"]["deleted"] is False
        assert aws.run("distribution", **options).ok()["changed"] is True

    def test_what_is_made_is_made_one_after_the_other(self, aws: Any) -> None:
        begun: list[str] = []
        together: list[int] = []

        def begin() -> None:
            begun.append("")
            time.sleep(0.01)
            together.append(len(begun))

        aws.before_write, aws.watch = begin, begun.clear
        aws.run("distribution", secrets=[secret(f"s{number}") for number in range(5)]).ok()
        assert together == [1] * 5

    def test_many_flows_at_a_time(self, aws: Any, game: str) -> None:
        """A barrier that only several flows at once come over."""
        aws.mediaconnect.add("Show")
        together = threading.Barrier(2, timeout=10)
        aws.meanwhile("mediaconnect.grant_flow_entitlements", together.wait, together.wait)
        flows = [flow(one(secret=None)), flow(one(secret=None), flow="Show")]
        assert aws.run("distribution", flows=flows).ok()["counts"]["granted"] == 2


GONE: dict[str, dict[str, Any]] = {
    "secret": {"secrets": [{"name": "s", "state": "absent"}]},
    "role": {"role": {"name": "R", "state": "absent"}},
    "narrowing": {"role": {"name": "R", "secrets": []}},
    "flow": {"role": {"name": "R", "flows": ["Other"]}},
}
REVOKED = {
    "revoked": flow({"name": "E", "state": "absent"}),
    "purged": flow(purge_entitlements=True),
}


class TestInUse:
    """What streams need is judged as they are about to be."""

    @pytest.fixture
    def other(self, aws: Any, live: str) -> str:
        """A flow that is not part of the task."""
        return aws.mediaconnect.add("Other")

    @pytest.mark.parametrize("check_mode", [True, False])
    @pytest.mark.parametrize("how", REVOKED)
    @pytest.mark.parametrize("what", GONE)
    def test_an_entitlement_that_is_revoked_in_the_same_task_keeps_nothing(
        self, aws: Any, live: str, what: str, how: str, check_mode: bool
    ) -> None:
        aws.run("distribution", check_mode=check_mode, **GONE[what], flows=[REVOKED[how]]).ok()

    @pytest.mark.parametrize("check_mode", [True, False])
    @pytest.mark.parametrize(
        "flows", [[], [flow()], [flow(one(secret=None))], [flow(one(secret=None, description="d"))]]
    )
    @pytest.mark.parametrize("what", GONE)
    def test_one_that_stays_does(self, aws: Any, live: str, what: str, flows: Any, check_mode: bool) -> None:
        ended = aws.run("distribution", check_mode=check_mode, **GONE[what], flows=flows)
        assert "entitlement E of flow Game" in ended.message
        assert (aws.writes, ended.result["changed"]) == ([], False)
        aws.run("distribution", check_mode=True, force_in_use=True, **GONE[what], flows=flows).ok()

    @pytest.mark.parametrize("what", GONE)
    def test_one_of_another_flow_does(self, aws: Any, live: str, other: str, what: str) -> None:
        arn = aws.secretsmanager.arn("s")
        aws.mediaconnect.flows[other]["entitlements"]["arn:F"] = granted("F", arn)
        aws.iam.roles["R"]["trust"] = trusting("Game", "Other")
        options = {"role": {"name": "R", "flows": ["Game"]}} if what == "flow" else GONE[what]
        ended = aws.run("distribution", **options, flows=[REVOKED["purged"]])
        assert "entitlement F of flow Other" in ended.message
        assert "entitlement E" not in ended.message

    def test_one_that_moves_to_another_key_does_not_keep_the_old_one(self, aws: Any, live: str) -> None:
        secrets = [{"name": "s", "state": "absent"}, secret("new", OTHER_KEY)]
        options = declared(secrets=secrets, flows=[flow(one("E", "new"))])
        aws.run("distribution", check_mode=True, **options).ok()
        result = aws.run("distribution", **options).ok()
        assert aws.secretsmanager.secrets["us-west-2", "s"]["deleted"] is True
        assert aws.iam.document_of(POLICY_ARN) == permitting(aws.secretsmanager.arn("new"))
        assert [one["action"] for one in result["secrets"]] == ["deleted", "created"]

    def test_one_that_comes_to_need_what_is_to_go_does(self, aws: Any, live: str) -> None:
        arn = aws.secretsmanager.add("t", OTHER_KEY)
        aws.iam.add_policy("P", permitting(arn, aws.secretsmanager.arn("s")))
        aws.iam.roles["R"]["attached"].append(f"arn:aws:iam::{ACCOUNT}:policy/P")
        ended = aws.run(
            "distribution",
            secrets=[{"name": "t", "state": "absent"}],
            flows=[flow(one("N", "t"))],
            verify_encryption=False,
        )
        assert "entitlement N of flow Game" in ended.message
        assert aws.writes == []

    def test_those_of_a_flow_that_cannot_be_read_do(self, aws: Any, live: str) -> None:
        """It is not known whether they are revoked."""
        aws.mediaconnect.add("Show")
        flows = [flow({"name": "E", "state": "absent"}), flow(one("N", secret=None), flow="Show")]
        for what, options in GONE.items():
            aws.fails_for("mediaconnect.describe_flow", "InternalServerErrorException", FlowArn=live)
            ended = aws.run("distribution", **options, flows=flows)
            assert "entitlement E of flow Game" in ended.message, what
            assert aws.writes == []

    def test_outputs_and_sources_do(self, aws: Any, live: str) -> None:
        arn = aws.secretsmanager.arn("s")
        encryption = {"RoleArn": ROLE_ARN, "SecretArn": arn}
        aws.mediaconnect.flows[live]["Outputs"] = [{"Name": "O", "Encryption": encryption}]
        ended = aws.run("distribution", **GONE["secret"], flows=[REVOKED["purged"]])
        assert "output O of flow Game" in ended.message


class TestPlanDigest:
    def test_is_equal_in_check_mode_and_in_the_run(self, aws: Any, game: str) -> None:
        predicted = aws.run("distribution", check_mode=True, **declared()).ok()
        made = aws.run("distribution", only_plan=predicted["plan_digest"], **declared()).ok()
        assert made["plan_digest"] == predicted["plan_digest"]

    def test_changes_with_what_is_to_be_done(self, aws: Any, game: str) -> None:
        digests = {
            aws.run("distribution", check_mode=True, **declared(**options)).ok()["plan_digest"]
            for options in (
                {},
                {"secrets": [secret(value=OTHER_KEY)]},
                {"role": {"name": "R", "description": "d"}},
                {"flows": [flow(one(subscribers=[BOB]))]},
                {"tags": {"a": "b"}},
            )
        }
        assert len(digests) == 5

    def test_does_not_depend_on_what_is_in_use(self, aws: Any, live: str) -> None:
        options = declared(flows=[flow(one(description="new"))])
        before = aws.run("distribution", check_mode=True, **options).ok()
        aws.mediaconnect.granted(live)["E"]["in_use"] = True
        assert aws.run("distribution", check_mode=True, **options).ok()["plan_digest"] == before["plan_digest"]

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_nothing_else_is_done_than_what_was_looked_at(self, aws: Any, game: str, check_mode: bool) -> None:
        digest = aws.run("distribution", check_mode=True, **declared()).ok()["plan_digest"]
        aws.secretsmanager.add("s", KEY)
        ended = aws.run("distribution", check_mode=check_mode, only_plan=digest, **declared())
        assert ended.message.startswith("What is to be done now (plan_digest ")
        assert ended.message.endswith(
            "is not what was looked at (only_plan): something has changed since. "
            "Look again with check mode, and give its plan_digest."
        )
        assert aws.writes == []

    def test_once_done_it_is_not_what_was_looked_at(self, aws: Any, game: str) -> None:
        digest = aws.run("distribution", check_mode=True, **declared()).ok()["plan_digest"]
        aws.run("distribution", only_plan=digest, **declared()).ok()
        assert "is not what was looked at" in aws.run("distribution", only_plan=digest, **declared()).message

    def test_what_is_refused_is_told_rather_than_that_it_is_another_plan(self, aws: Any, game: str) -> None:
        aws.secretsmanager.add("s", OTHER_KEY)
        ended = aws.run("distribution", only_plan="x", **declared())
        assert ended.message.startswith("The secret s in us-west-2 holds another key")

    def test_a_new_round_may_finish_what_was_looked_at(self, aws: Any, game: str) -> None:
        digest = aws.run("distribution", check_mode=True, **declared()).ok()["plan_digest"]
        aws.loses_answer("mediaconnect.grant_flow_entitlements")
        aws.run("distribution", only_plan=digest, **declared()).ok()

    def test_a_new_round_may_do_all_that_was_looked_at(self, aws: Any, live: str) -> None:
        options = {"role": {"name": "R", "flows": ["Game", "Show"]}}
        digest = aws.run("distribution", check_mode=True, **options).ok()["plan_digest"]
        aws.meanwhile("iam.get_role", None, lambda: aws.iam.roles["R"].update(trust=trusting("Theirs")))
        aws.run("distribution", only_plan=digest, force_in_use=True, **options).ok()
        assert aws.iam.roles["R"]["trust"] == trusting("Game", "Show")

    def test_a_new_round_does_nothing_that_was_not_looked_at(self, aws: Any, game: str) -> None:
        digest = aws.run("distribution", check_mode=True, **declared()).ok()["plan_digest"]
        aws.meanwhile("iam.create_role", lambda: aws.iam.add_role("R", trusting("Theirs")))
        ended = aws.run("distribution", only_plan=digest, **declared())
        assert ended.message.startswith(
            "The role R has been changed by somebody else since it was looked at. Look again with check mode."
        )
        assert aws.iam.roles["R"]["trust"] == trusting("Theirs")
        assert "mediaconnect.grant_flow_entitlements" not in aws.writes


class TestNewRound:
    def test_of_a_role_has_the_real_arns_of_what_was_made_before(self, aws: Any, game: str) -> None:
        theirs = permitting(f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:theirs-AbCdEf")
        aws.meanwhile("iam.create_policy", lambda: aws.iam.add_policy("SecretsManagerForMediaConnect-R", theirs))
        aws.meanwhile("iam.create_role", lambda: aws.iam.add_role("R", trusting("Theirs")))
        result = aws.run("distribution", **declared()).ok()
        arn = aws.secretsmanager.arn("s")
        assert aws.iam.document_of(POLICY_ARN) == permitting(arn)
        assert "??????" not in json.dumps(aws.iam.policies[POLICY_ARN]["versions"])
        assert aws.mediaconnect.granted(game)["E"]["Encryption"]["SecretArn"] == arn
        assert result["roles"][0]["permissions_policy"] == permitting(arn)

    def test_of_a_flow_has_the_real_arns_of_what_was_made_before(self, aws: Any, game: str) -> None:
        aws.meanwhile(
            "mediaconnect.grant_flow_entitlements",
            lambda: aws.mediaconnect.flows[game]["entitlements"].update({"arn:E": granted("E", None)}),
        )
        aws.run("distribution", **declared()).ok()
        encryption = aws.mediaconnect.granted(game)["E"]["Encryption"]
        assert (encryption["RoleArn"], encryption["SecretArn"]) == (ROLE_ARN, aws.secretsmanager.arn("s"))

    def test_of_a_secret_that_somebody_else_has_made(self, aws: Any, game: str) -> None:
        aws.meanwhile("secretsmanager.create_secret", lambda: aws.secretsmanager.add("s", KEY, description="theirs"))
        result = aws.run("distribution", **declared()).ok()
        arn = aws.secretsmanager.arn("s")
        assert aws.iam.document_of(POLICY_ARN) == permitting(arn)
        assert aws.mediaconnect.granted(game)["E"]["Encryption"]["SecretArn"] == arn
        assert result["secrets"][0]["arn"] == arn

    def test_of_a_role_looks_at_that_role_alone(self, aws: Any, game: str) -> None:
        aws.meanwhile("iam.create_role", lambda: aws.iam.add_role("Q", trusting("Theirs")))
        options = {"roles": [{"name": "Q", "flows": ["Game"], "secrets": ["s"]}, {"name": "R"}], "wait": False}
        aws.run("distribution", **declared(role=None, **options)).ok()
        looks = [call for call in aws.calls if call == "iam.get_role"]
        # Both; Q when it cannot be made, in its new round, before each of its two steps, and when it is read back.
        assert len(looks) == 2 + 1 + 1 + 2 + 1
        assert aws.calls.count("secretsmanager.describe_secret") == 1
        assert aws.calls.count("mediaconnect.list_flows") == 2  # the names, and the streams before Q is narrowed
        assert aws.calls.count("mediaconnect.describe_flow") == 1 + 1 + 1  # the streams, and the messages at last

    def test_of_a_secret_looks_at_that_secret_alone(self, aws: Any, game: str) -> None:
        aws.meanwhile("secretsmanager.create_secret", lambda: aws.secretsmanager.add("s", KEY))
        aws.run("distribution", **declared(secrets=[secret(), secret("t", OTHER_KEY)], wait=False)).ok()
        assert aws.calls.count("secretsmanager.describe_secret") == 2 + 1 + 1  # the second when it cannot be made
        assert aws.calls.count("iam.get_role") == 1
        assert aws.calls.count("mediaconnect.describe_flow") == 1 + 1

    def test_of_a_flow_looks_at_that_flow_alone(self, aws: Any, live: str) -> None:
        aws.secretsmanager.add("t", OTHER_KEY)
        role = aws.iam.add_role("Q", trusting("Game"))
        role["inline"] = {"i": permitting(aws.secretsmanager.arn("t"))}
        aws.loses_answer("mediaconnect.grant_flow_entitlements")
        aws.run("distribution", **declared(flows=[flow(one(), one("M"), one("N", "t", "Q"))])).ok()
        # Q and t are looked up once; they, R and s are looked at before anything is granted.
        assert aws.calls.count("iam.get_role") == 1 + 1 + 2
        assert aws.calls.count("secretsmanager.describe_secret") == 1 + 1 + 2
        assert aws.calls.count("mediaconnect.list_flows") == 1

    def test_of_a_role_is_judged_by_the_streams_as_they_are_about_to_be(self, aws: Any, live: str) -> None:
        theirs = trusting("Game", "Theirs")
        aws.meanwhile("iam.get_role", None, lambda: aws.iam.roles["R"].update(trust=theirs))
        secrets = [{"name": "s", "state": "absent"}, secret("new", OTHER_KEY)]
        role = {"name": "R", "flows": ["Game", "Show"]}
        aws.run("distribution", **declared(secrets=secrets, role=role, flows=[flow(one("E", "new"))])).ok()
        assert aws.iam.document_of(POLICY_ARN) == permitting(aws.secretsmanager.arn("new"))
        assert aws.iam.roles["R"]["trust"] == trusting("Game", "Show")

    def test_a_role_is_read_back(self, aws: Any, live: str) -> None:
        """Somebody else wrote at the same time as its first step was written, and neither noticed."""
        stale = aws.iam.roles["R"]["trust"]
        aws.mediaconnect.add("Show")
        options = declared(flows=[flow(one()), flow(one(), flow="Show")])
        aws.meanwhile("mediaconnect.grant_flow_entitlements", lambda: aws.iam.roles["R"].update(trust=stale))
        aws.run("distribution", **options).ok()
        assert aws.iam.roles["R"]["trust"] == trusting("Game", "Show")
        assert writes(aws).count("update_assume_role_policy") == 2


class TestHandOver:
    def test_files_have_the_fingerprints_of_the_keys_and_are_written_once(
        self, aws: Any, game: str, tmp_path: Path
    ) -> None:
        options = declared(handover_dir=str(tmp_path))
        made = aws.run("distribution", **options).ok()
        fingerprint = made["secrets"][0]["key_fingerprint"]
        told = json.loads((tmp_path / f"{ALICE}-us-west-2.json").read_text())
        assert told == made["handover"][0]
        assert fingerprint is not None
        assert told["entitlements"][0]["key_fingerprint"] == fingerprint
        again = aws.run("distribution", **options).ok()
        assert (again["changed"], again["handover"]) == (False, made["handover"])
        assert aws.run("distribution", check_mode=True, **options).ok()["changed"] is False

    def test_the_fingerprint_of_a_key_that_is_made_is_known_once_it_is_made(self, aws: Any, game: str) -> None:
        secrets = [{"name": "s", "algorithm": "aes256", "generate": True}]
        predicted = aws.run("distribution", check_mode=True, **declared(secrets=secrets)).ok()
        assert predicted["handover"][0]["entitlements"][0]["key_fingerprint"] is None
        made = aws.run("distribution", **declared(secrets=secrets)).ok()
        fingerprint = made["handover"][0]["entitlements"][0]["key_fingerprint"]
        assert fingerprint is not None
        assert fingerprint == made["secrets"][0]["key_fingerprint"]
