# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of an entitlement against the emulator: exact calls, and the state read back by boto3."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._api import mediaconnect as api
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._flows import apply, observe
from mediaconnect_emulator.client import Emulator
from tests.e2e.entitlement_runs import (
    ACCOUNT,
    ALICE,
    BOB,
    CAROL,
    FLOW_ARN,
    KEY,
    REGION,
    ROLE_ARN,
    SPEKE,
    STATIC,
    Aws,
    Module,
    entitlement,
    flow,
    keys_and_role,
)

NO_OP = ["ListFlows", "DescribeFlow"]


@pytest.fixture
def aws(emulator: Emulator) -> Aws:
    emulator.settings(revoke_delay=0.05)
    found = Aws(emulator)
    found.seed(**keys_and_role())
    return found


@pytest.fixture
def module(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Module:
    monkeypatch.setattr(apply, "SECONDS_BETWEEN_LOOKS", 0.05)
    return Module(emulator)


class TestLife:
    def test_grant_nothing_change_nothing_revoke_nothing(self, module: Module, aws: Aws) -> None:
        full = entitlement(
            "E",
            subscribers=[BOB, ALICE],
            description="d",
            data_transfer_subscriber_fee_percent=15,
            entitlement_status="DISABLED",
            encryption=STATIC,
            tags={"event": "baseball"},
        )
        predicted = module(flow(full), check=True)
        assert predicted.changed
        assert aws.operations(writes_only=True) == []
        granted = module(flow(full))
        assert granted.actions == {"E": "granted"}
        assert aws.operations() == [*NO_OP, *aws.grant_with_tags, "DescribeFlow"]
        found = aws.entitlements()["E"]
        assert sorted(found["Subscribers"]) == sorted([ALICE, BOB])
        assert (found["Description"], found["DataTransferSubscriberFeePercent"]) == ("d", 15)
        assert found["EntitlementStatus"] == "DISABLED"
        assert (found["Encryption"]["RoleArn"], found["Encryption"]["Algorithm"]) == (ROLE_ARN, "aes256")
        assert aws.tags("E") == {"event": "baseball"}
        shown = granted.entitlements["E"]
        assert predicted.entitlements["E"] == {
            **shown,
            "entitlement_arn": shown["entitlement_arn"].replace("1-23aBC45dEF67hiJ8-12AbC34DE5fG", "??????"),
        }
        assert granted.result["counts"]["granted"] == 1

        assert not module(flow(full)).changed
        assert aws.operations() == [*NO_OP, "ListTagsForResource"]
        assert not module(flow({"name": "E"}, name=FLOW_ARN)).changed
        assert aws.operations() == ["DescribeFlow"]

        changed = module(flow({"name": "E", "description": "", "entitlement_status": "ENABLED", "tags": {"a": "b"}}))
        assert changed.actions == {"E": "updated"}
        assert aws.operations(writes_only=True) == ["UpdateFlowEntitlement", "UntagResource", "TagResource"]
        (update,) = aws.accepted("UpdateFlowEntitlement")
        assert {name: update[name] for name in update if not name.endswith("Arn")} == {
            "Description": "",
            "EntitlementStatus": "ENABLED",
        }
        assert aws.tags("E") == {"a": "b"}
        assert not module(flow({"name": "E", "description": "", "tags": {"a": "b"}})).changed

        revoked = module(flow({"name": "E", "state": "absent"}))
        assert revoked.actions == {"E": "revoked"}
        assert aws.operations(writes_only=True) == ["RevokeFlowEntitlement"]
        assert aws.entitlements() == {}
        assert not module(flow({"name": "E", "state": "absent"})).changed
        assert aws.operations() == NO_OP

    def test_no_wait_leaves_at_once(self, module: Module, aws: Aws, emulator: Emulator) -> None:
        aws.grant("E")
        emulator.settings(revoke_delay=30)
        assert module(flow({"name": "E", "state": "absent"}), wait=False).changed
        assert aws.operations() == [*NO_OP, "RevokeFlowEntitlement"]

    def test_purge_flow_by_flow(self, module: Module, aws: Aws) -> None:
        (show,) = aws.emulator.seed({"accounts": {ACCOUNT: {"regions": {REGION: {"flows": [{"name": "Show"}]}}}}})[
            "flows"
        ]
        for arn in (FLOW_ARN, show):
            for name in ("keep", "drop"):
                aws.grant(name, arn)
        keep = {"name": "keep"}
        assert module(flow(keep), flow(keep, name="Show", purge_entitlements=False), purge_entitlements=True).changed
        assert (list(aws.entitlements()), list(aws.entitlements(show))) == (["keep"], ["keep", "drop"])
        assert module(flow(name="Show", purge_entitlements=True)).actions == {"keep": "revoked", "drop": "revoked"}
        assert aws.entitlements(show) == {}

    def test_a_failed_wait_says_so(self, module: Module, aws: Aws, emulator: Emulator) -> None:
        aws.grant("E")
        emulator.settings(revoke_delay=30)
        message = module(flow({"name": "E", "state": "absent"}), wait_timeout=0).message
        assert "was revoked but is not gone after 0 seconds" in message


class TestEncryption:
    def test_from_static_key_to_speke_and_back_and_to_another_key_in_place(self, module: Module, aws: Aws) -> None:
        arn = aws.grant("E", subscribers=[ALICE])
        other = {**STATIC, "secret": "other", "algorithm": "aes128"}
        steps = [STATIC, other, SPEKE, {**SPEKE, "device_id": "22", "constant_initialization_vector": "0" * 32}]
        steps += [{"key_type": "speke", "constant_initialization_vector": ""}, STATIC]
        for step in steps:
            call = module(flow({"name": "E", "encryption": step})).ok()
            assert call.actions == {"E": "updated"}, step
            assert aws.operations(writes_only=True) == ["UpdateFlowEntitlement"]
            found = aws.entitlements()["E"]
            assert found["EntitlementArn"] == arn
            assert not module(flow({"name": "E", "encryption": step})).changed
            shown = call.entitlements["E"]["encryption"]
            assert {name: value for name, value in step.items() if name in shown and value}.items() <= shown.items()
        assert "ConstantInitializationVector" not in found["Encryption"]

    def test_what_is_empty_is_no_encryption(self, module: Module, aws: Aws) -> None:
        assert module(flow(entitlement("E", encryption={}))).actions == {"E": "granted"}
        assert "Encryption" not in aws.entitlements()["E"]
        assert not module(flow({"name": "E", "encryption": {}})).changed
        refused = module(flow(entitlement("F", encryption={"role": "", "secret": ""}))).message
        assert "lacks role, secret, algorithm" in refused

    def test_messages_of_the_flow_are_warnings(self, module: Module, aws: Aws) -> None:
        wrong = {**STATIC, "algorithm": "aes128"}  # the key has another length, which AWS finds when the stream runs
        call = module(flow(entitlement("E", encryption=wrong)), verify_encryption=False)
        assert call.actions == {"E": "granted"}
        (warning,) = [text for text in call.warnings if "MediaConnect reports of flow BaseballGame" in text]
        assert "encryption information for the flow isn't valid" in warning
        assert aws.operations() == [*NO_OP, "GrantFlowEntitlements", "DescribeFlow"]
        # Only after a change of encryption; another change does not look.
        assert module(flow({"name": "E", "description": "d"})).warnings == []
        assert aws.operations() == [*NO_OP, "UpdateFlowEntitlement"]

    def test_messages_that_cannot_be_read_do_not_fail_the_task(self, module: Module, aws: Aws) -> None:
        aws.grant("E")
        running = {"name": "E", "encryption": {**STATIC}}
        aws.emulator.fault("DescribeFlow", error=None, times=1)  # the first look is let through
        aws.emulator.fault("DescribeFlow", error="ForbiddenException", times=1)
        call = module(flow(running, name=FLOW_ARN))
        assert call.changed
        assert any("could not be read after the change" in text for text in call.warnings)


class TestReplacement:
    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"data_transfer_subscriber_fee_percent": 10}, "is 15 and would be 10"),
            ({"encryption": {}}, "it is encrypted and would not be"),
        ],
    )
    def test_with_and_without_leave(self, module: Module, aws: Aws, given: dict[str, Any], said: str) -> None:
        before = entitlement(
            "E", description="d", data_transfer_subscriber_fee_percent=15, encryption=STATIC, tags={"a": "1"}
        )
        module(flow(before)).ok()
        assert said in module(flow({"name": "E", **given}), check=True).message
        assert said in module(flow({"name": "E", **given})).message
        assert aws.operations(writes_only=True) == []

        predicted = module(flow({"name": "E", **given}), check=True, allow_replacement=True)
        call = module(flow({"name": "E", **given}), allow_replacement=True)
        assert predicted.actions == call.actions == {"E": "replaced"}
        assert aws.operations(writes_only=True) == ["RevokeFlowEntitlement", *aws.grant_with_tags]
        assert any("must start the flow" in text for text in call.warnings)
        found = aws.entitlements()["E"]
        assert (found["Description"], found["Subscribers"], aws.tags("E")) == ("d", [ALICE], {"a": "1"})
        assert found["DataTransferSubscriberFeePercent"] == given.get("data_transfer_subscriber_fee_percent", 15)
        assert ("Encryption" in found) == ("encryption" not in given)
        assert not module(flow({"name": "E", **given})).changed

    def test_tags_that_are_not_purged_survive(self, module: Module, aws: Aws) -> None:
        aws.grant("E", EntitlementTags={"a": "1"})
        declared = {"name": "E", "data_transfer_subscriber_fee_percent": 10, "tags": {"b": "2"}}
        call = module(flow(declared), allow_replacement=True, purge_tags=False)
        assert call.entitlements["E"]["tags"] == aws.tags("E") == {"a": "1", "b": "2"}


class TestInUse:
    @pytest.mark.parametrize(
        "given",
        [
            {"state": "absent"},
            {"entitlement_status": "DISABLED"},
            {"subscribers": [BOB]},
            {"remove_subscribers": [ALICE]},
            {"data_transfer_subscriber_fee_percent": 10},
            None,
        ],
        ids=str,
    )
    def test_nobody_goes_dark_unasked(self, module: Module, aws: Aws, given: dict[str, Any] | None) -> None:
        aws.grant("E", subscribers=[ALICE, BOB])
        aws.use("E")
        task: dict[str, Any] = {"allow_replacement": True, "purge_entitlements": given is None}
        declared = flow(*([] if given is None else [{"name": "E", **given}]))
        for check in (True, False):
            message = module(declared, check=check, **task).message
            assert "entitlement E of flow BaseballGame is in use" in message
            assert ALICE in message
        assert aws.operations(writes_only=True) == []
        assert len(aws.flow()["Outputs"]) == 1
        assert module(declared, force_in_use=True, **task).changed

    def test_what_is_in_use_is_returned(self, module: Module, aws: Aws) -> None:
        for name in ("E", "F"):
            aws.grant(name)
        aws.use("E")
        found = module(flow({"name": "E"}, {"name": "F"})).entitlements
        assert (found["E"]["in_use"], found["F"]["in_use"]) == (True, False)


class TestRefusals:
    def test_a_flow_that_is_being_deleted(self, module: Module, aws: Aws, emulator: Emulator) -> None:
        """A CDI flow is in the planner's tests: the emulator needs a network for one."""
        seed = {"accounts": {ACCOUNT: {"regions": {REGION: {"flows": [{"name": "Dying"}]}}}}}
        (arn,) = emulator.seed(seed)["flows"]
        emulator.settings(transition_delay=30)
        aws.client.delete_flow(FlowArn=arn)
        assert "flow Dying is being deleted" in module(flow(entitlement("E"), name=arn)).message
        assert aws.operations(writes_only=True) == []

    def test_fifty_are_checked_before_the_call_and_the_420_is_translated(self, module: Module, aws: Aws) -> None:
        for number in range(49):
            aws.grant(f"old{number}")
        message = module(flow(entitlement("E"), entitlement("F"))).message
        assert "would have 51 entitlements, but MediaConnect allows 50" in message
        assert aws.operations(writes_only=True) == []
        aws.emulator.fault("GrantFlowEntitlements", error="GrantFlowEntitlements420Exception")
        message = module(flow(entitlement("E"))).message
        assert "420" in message
        assert "MediaConnect allows 50 entitlements per flow; revoke some first" in message

    def test_handover_dir_is_looked_at_before_anything_is_changed(
        self, module: Module, aws: Aws, tmp_path: Path
    ) -> None:
        message = module(flow(entitlement("E")), handover_dir=str(tmp_path / "none")).message
        assert "is no directory on this host" in message
        assert aws.operations() == []

    @pytest.mark.parametrize("option", ["known_roles", "known_secrets"])
    @pytest.mark.parametrize("entry", [{}, {"arn": ROLE_ARN}, {"name": 1}, {"name": "n", "arn": [1]}])
    def test_known_names_must_have_names(self, module: Module, aws: Aws, option: str, entry: dict[str, Any]) -> None:
        assert f"An entry of {option} has no name" in module(flow(entitlement("E")), **{option: [entry]}).message
        assert aws.operations() == []


class TestTags:
    def many(self, aws: Aws, count: int = 20) -> list[dict[str, Any]]:
        for number in range(count):
            aws.grant(f"E{number:02}", EntitlementTags={"number": str(number)})
        return [{"name": f"E{number:02}", "tags": {"number": str(number)}} for number in range(count)]

    def test_many_are_read_at_once(self, module: Module, aws: Aws) -> None:
        declared = self.many(aws)
        assert not module(flow(*declared)).changed
        assert aws.operations() == NO_OP
        assert aws.operations(service="resourcegroupstaggingapi") == ["GetResources"]
        # What the bulk read shows to differ is read again one by one.
        declared[3]["tags"] = {"number": "three"}
        assert module(flow(*declared)).result["counts"]["updated"] == 1
        assert aws.operations() == [*NO_OP, "ListTagsForResource", "TagResource"]
        assert aws.tags("E03") == {"number": "three"}

    def test_a_bulk_read_that_lags_behind_writes_nothing(self, module: Module, aws: Aws, emulator: Emulator) -> None:
        declared = self.many(aws)
        emulator.settings(tagging_lag=60)
        for one in declared:
            one["tags"] = {"number": "new"}
            arn = aws.entitlements()[one["name"]]["EntitlementArn"]
            aws.client.tag_resource(ResourceArn=arn, Tags=one["tags"])
        call = module(flow(*declared))
        assert not call.changed
        assert sorted(aws.operations()) == sorted([*NO_OP, *["ListTagsForResource"] * 20])
        assert call.entitlements["E07"]["tags"] == {"number": "new"}

    def test_without_the_bulk_read_s_permission_the_single_reads_serve(
        self, module: Module, aws: Aws, emulator: Emulator
    ) -> None:
        declared = self.many(aws)
        emulator.fault("GetResources", error="AccessDeniedException", times=100, service="resourcegroupstaggingapi")
        assert not module(flow(*declared)).changed
        assert aws.operations().count("ListTagsForResource") == 20

    def test_few_are_read_one_by_one_and_none_where_none_are_declared(self, module: Module, aws: Aws) -> None:
        declared = self.many(aws, observe.BULK_TAGS - 1)
        del declared[0]["tags"]
        call = module(flow(*declared))
        assert aws.operations().count("ListTagsForResource") == observe.BULK_TAGS - 2
        assert aws.operations(service="resourcegroupstaggingapi") == []
        assert "tags" not in call.entitlements["E00"]

    def test_a_botocore_that_cannot_tag_at_granting(
        self, module: Module, aws: Aws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(api, "grants_take_tags", lambda client: False)
        declared = flow(entitlement("E", tags={"a": "1"}), entitlement("F"))
        assert module(declared).result["counts"]["granted"] == 2
        assert aws.operations(writes_only=True) == ["GrantFlowEntitlements", "TagResource"]
        assert all(
            "EntitlementTags" not in request for request in aws.accepted("GrantFlowEntitlements")[0]["Entitlements"]
        )
        assert (aws.tags("E"), aws.tags("F")) == ({"a": "1"}, {})
        assert not module(declared).changed
        # A tag that is refused is made up for by the next run, which grants nothing again.
        aws.emulator.fault("TagResource", error="ForbiddenException")
        more = flow(entitlement("G", tags={"a": "1"}))
        assert "mediaconnect:TagResource" in module(more).message
        assert module(more).actions == {"G": "updated"}
        assert aws.tags("G") == {"a": "1"}


class TestEstate:
    @pytest.fixture
    def flows(self, aws: Aws) -> dict[str, str]:
        names = [f"Flow{number:02}" for number in range(12)]
        seed = {"accounts": {ACCOUNT: {"regions": {REGION: {"flows": [{"name": name} for name in names]}}}}}
        return dict(zip(names, aws.emulator.seed(seed)["flows"], strict=True))

    def test_flows_are_done_side_by_side_and_told_in_declared_order(
        self, module: Module, aws: Aws, flows: dict[str, str]
    ) -> None:
        order = sorted(flows, reverse=True)
        declared = [flow(entitlement("B"), entitlement("A"), name=name) for name in order]
        aws.emulator.fault("GrantFlowEntitlements", error=None, latency=0.2, times=1)  # the first comes last
        first = module(*declared)
        assert [found["flow_name"] for found in first.result["flows"]] == order
        assert all([one["name"] for one in found["entitlements"]] == ["B", "A"] for found in first.result["flows"])
        calls = aws.operations()
        assert calls[0] == "ListFlows"
        assert calls[1:13] == ["DescribeFlow"] * 12
        assert calls[13:] == ["GrantFlowEntitlements"] * 12
        assert [diff["after_header"] for diff in first.result["diff"]][:2] == [
            f"entitlement {name} of flow {order[0]}" for name in ("B", "A")
        ]
        again = module(*declared)
        assert aws.operations() == ["ListFlows"] + ["DescribeFlow"] * 12
        assert again.result["counts"] == {**dict.fromkeys(first.result["counts"], 0), "unchanged": 24}
        assert not module(*[{**one, "flow": flows[one["flow"]]} for one in declared]).changed
        assert aws.operations() == ["DescribeFlow"] * 12

    def test_drift_costs_one_call_each(self, module: Module, aws: Aws, flows: dict[str, str]) -> None:
        for arn in flows.values():
            for name in ("A", "B", "C"):
                aws.grant(name, arn)
        declared = [
            flow(
                {"name": "A", "description": "new"},
                {"name": "B", "state": "absent"},
                {"name": "C"},
                entitlement("D"),
                name=name,
            )
            for name in flows
        ]
        counts = module(*declared).result["counts"]
        assert counts == {"granted": 12, "updated": 12, "replaced": 0, "revoked": 12, "unchanged": 12, "failed": 0}
        writes = aws.operations(writes_only=True)
        assert {name: writes.count(name) for name in writes} == {
            "UpdateFlowEntitlement": 12,
            "RevokeFlowEntitlement": 12,
            "GrantFlowEntitlements": 12,
        }

    @pytest.mark.parametrize(("name", "dump"), [("estate.json", json.dumps), ("estate.yml", yaml.safe_dump)])
    def test_flows_file_and_a_slim_result(
        self, module: Module, aws: Aws, flows: dict[str, str], tmp_path: Path, name: str, dump: Any
    ) -> None:
        estate = tmp_path / name
        declared = [flow(entitlement("A"), entitlement("B"), name=name) for name in flows]
        estate.write_text(dump({"entitlements_flows": declared}))
        first = module(flows_file=str(estate), return_unchanged=False)
        assert len(first.result["flows"]) == 12
        assert first.result["handover"] == []
        declared[5]["entitlements"][1]["description"] = "other"
        estate.write_text(dump({"flows": declared}))
        second = module(flows_file=str(estate), return_unchanged=False)
        (changed,) = second.result["flows"]
        assert [(one["name"], one["action"]) for one in changed["entitlements"]] == [("B", "updated")]
        assert second.result["counts"] == {**dict.fromkeys(first.result["counts"], 0), "updated": 1, "unchanged": 23}
        third = module(flows_file=str(estate), return_unchanged=False)
        assert (third.changed, third.result["flows"]) == (False, [])
        assert len(module(flows_file=str(estate)).result["handover"][0]["entitlements"]) == 24

    def test_a_bad_file_is_told(self, module: Module, aws: Aws, tmp_path: Path) -> None:
        estate = tmp_path / "estate.json"
        estate.write_text('[{"flow": "BaseballGame", "entitlements": [{"name": "E", "fee": 1}]}]')
        message = module(flows_file=str(estate)).message
        assert str(estate) in message
        assert "fee" in message
        assert "cannot be read" in module(flows_file=str(tmp_path)).message
        assert aws.operations() == []


class TestHandover:
    def test_files_ready_to_send(self, module: Module, aws: Aws, tmp_path: Path) -> None:
        arn = aws.emulator.client("secretsmanager").describe_secret(SecretId="game")["ARN"]
        known = [{"name": "game", "arn": arn, "key_fingerprint": "9f3a-1c44-07be-d215"}]
        declared = flow(
            entitlement("E", encryption=STATIC), entitlement("F", subscribers=[ALICE, CAROL], description="internal")
        )
        task = {"handover_dir": str(tmp_path), "known_secrets": known}
        predicted = module(declared, check=True, **task)
        assert list(tmp_path.iterdir()) == []
        assert len(predicted.result["handover_files"]) == 4

        call = module(declared, **task)
        names = [f"{account}-{REGION}.{kind}" for account in (ALICE, CAROL) for kind in ("json", "md")]
        assert call.result["handover_files"] == [str(tmp_path / name) for name in names]
        found = json.loads((tmp_path / names[0]).read_text())
        assert found == call.result["handover"][0]
        assert [one["entitlement_name"] for one in found["entitlements"]] == ["E", "F"]
        assert found["entitlements"][0]["key_fingerprint"] == "9f3a-1c44-07be-d215"
        assert found["entitlements"][0]["entitlement_arn"] == aws.entitlements()["E"]["EntitlementArn"]
        for path in tmp_path.iterdir():
            content = path.read_text()
            assert not any(text in content for text in (KEY, "internal", "secretsmanager", ROLE_ARN, "??????"))

        again = module(declared, **task)
        assert not again.changed
        assert again.result["handover_files"] == call.result["handover_files"]
        (tmp_path / names[1]).unlink()
        assert module(declared, check=True, **task).changed
        mended = module(declared, **task)
        assert mended.changed
        assert (tmp_path / names[1]).is_file()
        assert aws.operations(writes_only=True) == []

    def test_nothing_is_written_when_the_task_fails(self, module: Module, aws: Aws, tmp_path: Path) -> None:
        declared = [flow(entitlement("E"))]
        task = {"handover_dir": str(tmp_path)}
        module(*declared, **task).ok()
        before = {path.name: path.read_text() for path in tmp_path.iterdir()}
        aws.emulator.fault("UpdateFlowEntitlement", error="ForbiddenException")
        changed = flow(entitlement("E", description="new"), entitlement("F", subscribers=[BOB]))
        call = module(changed, **task)
        assert "mediaconnect:UpdateFlowEntitlement" in call.message
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before
        module(changed, **task).ok()
        assert len(list(tmp_path.iterdir())) == 4

    def test_a_file_that_cannot_be_written(self, module: Module, aws: Aws, tmp_path: Path) -> None:
        (tmp_path / f"{ALICE}-{REGION}.md").mkdir()
        message = module(flow(entitlement("E")), handover_dir=str(tmp_path)).message
        assert "could not be written: Is a directory. Running again finishes the job" in message
        (tmp_path / f"{ALICE}-{REGION}.md").rmdir()
        assert module(flow(entitlement("E")), handover_dir=str(tmp_path)).changed
        mode = (tmp_path / f"{ALICE}-{REGION}.md").stat().st_mode
        assert stat.S_ISREG(mode)
