# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entitlements in the loop: what is read, judged, done in new rounds, written to files and returned."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)

ACCOUNT, ALICE, BOB = "111122223333", "123456789012", "444455556666"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
KEY = "1a" * 32
FEE = "data_transfer_subscriber_fee_percent"
STATIC = {"role": "R", "secret": "s", "algorithm": "aes256"}


def granted(name: str = "E", *subscribers: str, **members: Any) -> dict[str, Any]:
    return {"Name": name, "Subscribers": list(subscribers) or [ALICE], **members}


def flow(*entitlements: dict[str, Any], flow: str = "Game", **options: Any) -> dict[str, Any]:
    return {"flow": flow, "entitlements": list(entitlements), **options}


def one(name: str = "E", **options: Any) -> dict[str, Any]:
    return {"name": name, "subscribers": [ALICE], **options}


@pytest.fixture
def game(aws: Any) -> str:
    return aws.mediaconnect.add("Game")


@pytest.fixture
def secret(aws: Any) -> str:
    """A secret, and a role that may read it for the flow Game."""
    arn = aws.secretsmanager.add("s", KEY)
    policy = aws.iam.add_policy("P", permissions_document(Access(frozenset({arn}))))
    trust = trust_document(ACCOUNT, True, [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:Game"])
    aws.iam.add_role("R", trust, [policy])
    return arn


def actions(result: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["action"] for shown in result["flows"] for item in shown["entitlements"]}


class TestLife:
    def test_is_granted_kept_changed_and_revoked(self, aws: Any, game: str, secret: str) -> None:
        declared = [flow(one(encryption=STATIC, tags={"a": "b"}))]
        predicted = aws.run("entitlements", check_mode=True, flows=declared).ok()
        assert aws.writes == []
        made = aws.run("entitlements", flows=declared).ok()
        assert aws.writes == ["mediaconnect.grant_flow_entitlements"]
        assert aws.mediaconnect.granted(game)["E"]["Encryption"] == {
            "KeyType": "static-key",
            "Algorithm": "aes256",
            "RoleArn": ROLE_ARN,
            "SecretArn": secret,
        }
        assert (actions(predicted), predicted["counts"]) == (actions(made), made["counts"])
        assert (made["changed"], made["counts"]["granted"], len(made["diff"])) == (True, 1, 1)
        again = aws.run("entitlements", flows=declared).ok()
        assert (again["changed"], again["diff"], actions(again)) == (False, [], {"E": "unchanged"})
        changed = aws.run("entitlements", flows=[flow(one(description="new"))]).ok()
        assert (actions(changed), aws.writes) == ({"E": "updated"}, ["mediaconnect.update_flow_entitlement"])
        gone = aws.run("entitlements", flows=[flow(purge_entitlements=True)]).ok()
        assert (actions(gone), aws.mediaconnect.granted(game)) == ({"E": "revoked"}, {})

    def test_many_flows_are_named_by_one_list(self, aws: Any) -> None:
        names = [f"Flow{number}" for number in range(5)]
        for name in names:
            aws.mediaconnect.add(name)
        aws.run("entitlements", flows=[flow(one(), flow=name) for name in names]).ok()
        assert aws.calls.count("mediaconnect.list_flows") == 1
        assert aws.writes == ["mediaconnect.grant_flow_entitlements"] * 5

    def test_one_flow_that_cannot_be_read_does_not_stop_the_others(self, aws: Any, game: str) -> None:
        show = aws.mediaconnect.add("Show")
        aws.fails("mediaconnect.describe_flow", "InternalServerErrorException")
        declared = [flow(one()), flow(one("F"), flow="Show")]
        ended = aws.run("entitlements", flows=declared)
        done = set(aws.mediaconnect.granted(game)) | set(aws.mediaconnect.granted(show))
        assert len(done) == 1
        assert sorted(actions(ended.result).values()) == ["failed", "granted"]
        assert "Could not read the flow" in ended.message
        assert "Not done: all that is declared on flow" in ended.message
        assert ended.result["counts"]["failed"] == 1
        assert aws.run("entitlements", flows=declared).ok()["counts"]["granted"] == 1

    def test_only_what_changed_is_returned_if_that_is_asked_for(self, aws: Any) -> None:
        aws.mediaconnect.add("Game", granted())
        result = aws.run("entitlements", flows=[flow(one())], return_unchanged=False).ok()
        assert (result["flows"], result["handover"], result["counts"]["unchanged"]) == ([], [], 1)

    def test_fingerprints_are_those_that_are_known(self, aws: Any, game: str, secret: str) -> None:
        known = [{"name": "s", "arn": secret, "key_fingerprint": "9f3a-1c44-07be-d215"}]
        result = aws.run("entitlements", flows=[flow(one(encryption=STATIC))], known_secrets=known).ok()
        assert result["handover"][0]["entitlements"][0]["key_fingerprint"] == "9f3a-1c44-07be-d215"
        result = aws.run("entitlements", flows=[flow(one(encryption=STATIC))]).ok()
        assert result["handover"][0]["entitlements"][0]["key_fingerprint"] is None


class TestJudge:
    def test_only_what_would_be_granted_or_changed_is_looked_at(self, aws: Any, secret: str) -> None:
        api = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": ROLE_ARN, "SecretArn": secret}
        aws.mediaconnect.add("Game", granted("E", Encryption=api), granted("F", Encryption=api), granted("G"))
        aws.iam.roles["R"]["attached"].clear()
        entitlements = [
            one("E", encryption=STATIC),
            one("F", encryption=STATIC, description="new"),
            one("G", description="new"),
        ]
        aws.run("entitlements", check_mode=True, flows=[flow(*entitlements)]).ok()
        assert {call for call in aws.calls if not call.startswith("mediaconnect.")} == {
            "secretsmanager.describe_secret"
        }
        entitlements[2]["encryption"] = STATIC
        ended = aws.run("entitlements", check_mode=True, flows=[flow(*entitlements)])
        assert ended.message.startswith("The entitlement G of flow Game would not work: the policies of the role")
        assert "entitlement E " not in ended.message

    def test_what_would_not_work_is_refused_before_any_change(self, aws: Any, game: str, secret: str) -> None:
        aws.iam.roles["R"]["attached"].clear()
        aws.mediaconnect.add("Show")
        declared = [flow(one(encryption=STATIC)), flow(one("F"), flow="Show")]
        for check_mode in (True, False):
            ended = aws.run("entitlements", check_mode=check_mode, flows=declared)
            assert (ended.failed, ended.result["changed"], aws.writes) == (True, False, [])
        aws.run("entitlements", flows=declared, verify_encryption=False).ok()
        assert "iam.simulate_principal_policy" not in aws.calls

    @pytest.mark.parametrize(
        ("check_mode", "also", "serves"),
        [(False, [], True), (True, [], False), (False, [flow(one("F", subscribers=None), flow="Show")], False)],
        ids=["patience", "check mode", "nothing will be granted anyway"],
    )
    def test_there_is_patience_where_something_will_be_granted(
        self, aws: Any, game: str, secret: str, check_mode: bool, also: list[Any], serves: bool
    ) -> None:
        """A role that this play has changed may not be seen everywhere yet."""
        aws.mediaconnect.add("Show")
        aws.iam.roles["R"]["created"] = datetime.now(UTC)
        attached = aws.iam.roles["R"]["attached"]
        policies = list(attached)
        attached.clear()
        aws.meanwhile("iam.simulate_principal_policy", None, None, None, lambda: attached.extend(policies))
        known = {"known_roles": [{"name": "R", "arn": ROLE_ARN, "action": "updated"}]} if not check_mode else {}
        ended = aws.run("entitlements", check_mode=check_mode, flows=[flow(one(encryption=STATIC)), *also], **known)
        assert ended.failed is not serves
        assert ("would not work" in ended.result.get("msg", "")) is not serves
        assert (aws.calls.count("iam.simulate_principal_policy") > 3) is serves

    def test_flows_that_are_refused_anyway_are_not_looked_at(self, aws: Any, game: str, secret: str) -> None:
        ended = aws.run("entitlements", flows=[flow(one(encryption=STATIC), one("F", subscribers=None))])
        assert ended.message.startswith("The entitlement F of flow Game does not exist yet")
        assert "iam.simulate_principal_policy" not in aws.calls


class TestNewRound:
    def test_the_answer_of_a_grant_was_lost(self, aws: Any, game: str) -> None:
        aws.loses_answer("mediaconnect.grant_flow_entitlements")
        result = aws.run("entitlements", flows=[flow(one(tags={"a": "b"}), one("F"))]).ok()
        assert actions(result) == {"E": "granted", "F": "granted"}
        assert aws.writes == ["mediaconnect.grant_flow_entitlements"]
        assert all(
            aws.mediaconnect.flows[game]["entitlements"][item["entitlement_arn"]] for item in entitlements(result)
        )
        assert (result["changed"], len(result["diff"])) == (True, 2)

    def test_somebody_else_granted_one_of_them(self, aws: Any, game: str) -> None:
        theirs = granted("E", BOB, Description="theirs", tags={"c": "d"})
        aws.meanwhile("mediaconnect.grant_flow_entitlements", lambda: grant(aws, game, theirs))
        declared = [flow(one(tags={"a": "b"}), one("F"))]
        result = aws.run("entitlements", flows=declared).ok()
        assert actions(result) == {"E": "granted", "F": "granted"}
        found = aws.mediaconnect.granted(game)
        assert (found["E"]["Subscribers"], found["E"]["tags"], found["E"]["Description"]) == (
            [ALICE],
            {"a": "b"},
            "theirs",
        )
        assert aws.run("entitlements", flows=declared).ok()["changed"] is False

    def test_subscribers_that_are_only_added_join_theirs(self, aws: Any, game: str) -> None:
        aws.meanwhile("mediaconnect.grant_flow_entitlements", lambda: grant(aws, game, granted("E", BOB)))
        aws.run("entitlements", flows=[flow(one(purge_subscribers=False))]).ok()
        assert sorted(aws.mediaconnect.granted(game)["E"]["Subscribers"]) == [ALICE, BOB]

    def test_theirs_is_in_use_already(self, aws: Any, game: str) -> None:
        """What would make their picture go dark is refused in a new round as in the first one."""
        theirs = granted("E", BOB, in_use=True)
        aws.meanwhile("mediaconnect.grant_flow_entitlements", lambda: grant(aws, game, theirs))
        ended = aws.run("entitlements", flows=[flow(one())])
        assert ended.message.startswith(
            "The entitlement E of flow Game is in use; removing the subscriber 444455556666"
        )
        assert aws.mediaconnect.granted(game)["E"]["Subscribers"] == [BOB]
        assert actions(ended.result) == {"E": "failed"}

    def test_a_replacement_keeps_what_is_not_declared(self, aws: Any, secret: str) -> None:
        api = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": ROLE_ARN, "SecretArn": secret}
        members = {"Description": "d", "Encryption": api, "tags": {"a": "b"}, "EntitlementStatus": "DISABLED"}
        game = aws.mediaconnect.add("Game", granted("E", BOB, **members), granted("F"))
        # While E is away, somebody else grants G, which fails the grant as a whole.
        aws.meanwhile("mediaconnect.grant_flow_entitlements", lambda: grant(aws, game, granted("G")))
        declared = [flow({"name": "E", FEE: 10}, one("G"))]
        result = aws.run("entitlements", flows=declared, allow_replacement=True).ok()
        assert actions(result) == {"E": "replaced", "G": "granted"}
        assert aws.mediaconnect.granted(game)["E"] == {
            **granted("E", BOB, **members),
            "DataTransferSubscriberFeePercent": 10,
        }

    def test_a_flow_that_cannot_be_read_again_has_failed(self, aws: Any, game: str) -> None:
        show = aws.mediaconnect.add("Show")
        aws.meanwhile("mediaconnect.grant_flow_entitlements", lambda: grant(aws, game, granted("E")), None)
        aws.meanwhile("mediaconnect.describe_flow", *[None] * 3)
        aws.fails("mediaconnect.describe_flow", "InternalServerErrorException", times=5)
        ended = aws.run("entitlements", flows=[flow(one("E", description="ours")), flow(one("F"), flow="Show")])
        assert ended.failed
        assert "Could not read the flow" in ended.message
        assert actions(ended.result) == {"E": "failed", "F": "granted"}
        assert set(aws.mediaconnect.granted(show)) == {"F"}

    def test_one_of_two_flows_that_cannot_be_read_again_has_failed(self, aws: Any, game: str) -> None:
        show = aws.mediaconnect.add("Show")

        def interfere() -> None:
            for arn in (game, show):
                if not aws.mediaconnect.granted(arn):
                    grant(aws, arn, granted("E"))

        aws.meanwhile("mediaconnect.grant_flow_entitlements", interfere, interfere)
        aws.meanwhile("mediaconnect.describe_flow", *[None] * 4)
        aws.fails("mediaconnect.describe_flow", "InternalServerErrorException")
        declared = [flow(one("E", description="ours")), flow(one("E", description="ours"), flow="Show")]
        ended = aws.run("entitlements", flows=declared)
        assert ended.failed
        assert sorted(item["action"] for item in entitlements(ended.result)) == ["failed", "granted"]
        assert ended.result["counts"]["failed"] == 1

    def test_flows_of_one_name_are_told_apart(self, aws: Any) -> None:
        first, second = (aws.mediaconnect.add("Game", number=number) for number in "12")
        aws.loses_answer("mediaconnect.grant_flow_entitlements")
        aws.loses_answer("mediaconnect.grant_flow_entitlements")
        declared = [flow(one("E", description="first"), flow=first), flow(one("F", description="second"), flow=second)]
        result = aws.run("entitlements", flows=declared).ok()
        assert [[item["name"] for item in shown["entitlements"]] for shown in result["flows"]] == [["E"], ["F"]]
        assert actions(result) == {"E": "granted", "F": "granted"}
        assert all(item["entitlement_arn"].count("?") == 0 for item in entitlements(result))


def grant(aws: Any, flow_arn: str, entitlement: dict[str, Any]) -> None:
    """What somebody else does."""
    arn = aws.mediaconnect._entitlement_arn(flow_arn, entitlement["Name"])
    aws.mediaconnect.flows[flow_arn]["entitlements"][arn] = entitlement


def entitlements(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for shown in result["flows"] for item in shown["entitlements"]]


class TestHandOverFiles:
    def run(self, aws: Any, folder: Path, *flows: dict[str, Any], check_mode: bool = False, **options: Any) -> Any:
        declared = list(flows) or [flow(one())]
        return aws.run("entitlements", check_mode=check_mode, flows=declared, handover_dir=str(folder), **options)

    def test_are_written_when_all_else_is_done(self, aws: Any, game: str, tmp_path: Path) -> None:
        ended = self.run(aws, tmp_path).ok()
        files = [tmp_path / f"{ALICE}-us-west-2.{kind}" for kind in ("json", "md")]
        assert ended["handover_files"] == [str(path) for path in files]
        assert sorted(tmp_path.iterdir()) == files
        told = json.loads(files[0].read_text())
        assert told == ended["handover"][0]
        assert aws.mediaconnect.flows[game]["entitlements"][told["entitlements"][0]["entitlement_arn"]]

    def test_are_predicted_in_check_mode(self, aws: Any, game: str, tmp_path: Path) -> None:
        predicted = self.run(aws, tmp_path, check_mode=True).ok()
        assert list(tmp_path.iterdir()) == []
        assert predicted["handover_files"] == self.run(aws, tmp_path).ok()["handover_files"]

    def test_are_a_change_of_their_own(self, aws: Any, game: str, tmp_path: Path) -> None:
        self.run(aws, tmp_path).ok()
        again = self.run(aws, tmp_path).ok()
        assert (again["changed"], len(again["handover_files"])) == (False, 2)
        Path(again["handover_files"][1]).write_text("old")
        for check_mode in (True, False):
            mended = self.run(aws, tmp_path, check_mode=check_mode).ok()
            assert (mended["changed"], mended["diff"], aws.writes) == (True, [], [])
        assert "# Live video" in Path(again["handover_files"][1]).read_text()

    def test_have_all_subscribers_even_if_only_changes_are_returned(self, aws: Any, game: str, tmp_path: Path) -> None:
        self.run(aws, tmp_path).ok()
        for path in tmp_path.iterdir():
            path.unlink()
        assert len(self.run(aws, tmp_path, return_unchanged=False).ok()["handover_files"]) == 2

    def test_are_none_where_nobody_subscribes(self, aws: Any, game: str, tmp_path: Path) -> None:
        ended = self.run(aws, tmp_path, flow()).ok()
        assert (ended["handover_files"], ended["changed"], list(tmp_path.iterdir())) == ([], False, [])

    def test_are_not_written_where_a_flow_could_not_be_read(self, aws: Any, game: str, tmp_path: Path) -> None:
        aws.mediaconnect.add("Show")
        aws.fails("mediaconnect.describe_flow", "InternalServerErrorException")
        ended = self.run(aws, tmp_path, flow(one()), flow(one("F"), flow="Show"))
        assert ended.failed
        assert (ended.result["handover_files"], list(tmp_path.iterdir())) == ([], [])
        assert "hand-over files" not in ended.message

    def test_are_not_written_where_something_was_not_done(self, aws: Any, game: str, tmp_path: Path) -> None:
        aws.fails("mediaconnect.grant_flow_entitlements", "ForbiddenException")
        ended = self.run(aws, tmp_path)
        assert (ended.result["handover_files"], list(tmp_path.iterdir())) == ([], [])
        assert f"write the hand-over files in {tmp_path}" in ended.result["not_done"]

    def test_that_cannot_be_written_are_told_with_what_was_done_before(
        self, aws: Any, game: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        aws.meanwhile("mediaconnect.grant_flow_entitlements", folder.rmdir)
        ended = self.run(aws, folder)
        assert ended.message == (
            f"Everything is as declared, but {folder / f'{ALICE}-us-west-2.json'} could not be written: No such file or directory. "
            "Done before or beside that: grant E on flow Game. "
            f"Not done: write the hand-over files in {folder}. Once that is mended, running again does the rest."
        )
        assert (ended.result["changed"], actions(ended.result)) == (True, {"E": "granted"})

    @pytest.mark.parametrize("check_mode", [True, False])
    def test_whose_place_is_taken_are_refused_before_any_change(
        self, aws: Any, game: str, tmp_path: Path, check_mode: bool
    ) -> None:
        (tmp_path / f"{ALICE}-us-west-2.md").mkdir()
        ended = self.run(aws, tmp_path, check_mode=check_mode)
        assert "cannot be written, since there is something else of that name" in ended.message
        assert (ended.result["changed"], aws.writes) == (False, [])

    def test_without_a_directory_are_refused_before_anything_is_looked_at(
        self, aws: Any, game: str, tmp_path: Path
    ) -> None:
        ended = self.run(aws, tmp_path / "none")
        assert ended.message.startswith(f"The handover_dir {tmp_path / 'none'} is not a directory on this host")
        assert aws.calls == []

    def test_are_planned_once(self, aws: Any, game: str, tmp_path: Path) -> None:
        aws.loses_answer("mediaconnect.grant_flow_entitlements")
        ended = self.run(aws, tmp_path).ok()
        assert len(ended["handover_files"]) == len(list(tmp_path.iterdir())) == 2


class TestKnown:
    """What earlier tasks of a play have made, or would make in check mode."""

    def test_arns_are_taken_as_they_are(self, aws: Any, game: str, secret: str) -> None:
        known = {
            "known_roles": [{"name": "R", "arn": ROLE_ARN}],
            "known_secrets": [{"name": "s", "arn": secret}],
        }
        aws.run("entitlements", flows=[flow(one(encryption=STATIC))], verify_encryption=False, **known).ok()
        assert {call.split(".")[0] for call in aws.calls} == {"mediaconnect"}

    def test_a_role_that_was_changed_may_not_be_seen_everywhere_yet(self, aws: Any, game: str, secret: str) -> None:
        known = {"known_roles": [{"name": "R", "arn": ROLE_ARN, "action": "updated"}]}
        aws.fails("mediaconnect.grant_flow_entitlements", "BadRequestException", times=3)
        result = aws.run("entitlements", flows=[flow(one(encryption=STATIC))], **known).ok()
        assert actions(result) == {"E": "granted"}

    def test_predictions_count_in_check_mode_only(self, aws: Any, game: str) -> None:
        predicted = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:s-??????"
        known = {
            "known_roles": [{"name": "R", "arn": ROLE_ARN, "action": "created"}],
            "known_secrets": [{"name": "s", "arn": predicted, "algorithm": "aes256"}],
        }
        declared = [flow(one(encryption=STATIC))]
        told = aws.run("entitlements", check_mode=True, flows=declared, **known).ok()
        assert entitlements(told)[0]["encryption"]["secret_arn"] == predicted
        assert "which is a prediction of check mode" in aws.run("entitlements", flows=declared, **known).message

    def test_nonsense_is_refused(self, aws: Any, game: str) -> None:
        ended = aws.run("entitlements", flows=[flow(one())], known_roles=[{"arn": "x"}])
        assert ended.message.startswith("An entry of known_roles has no name")
