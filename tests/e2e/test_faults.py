# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong on the way: in every case the next run converges, and nothing is granted twice or lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption import preflight
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements import apply
from mediaconnect_emulator.client import Emulator
from tests.e2e.entitlement_runs import (
    ACCOUNT,
    ALICE,
    BOB,
    CAROL,
    FLOW,
    FLOW_ARN,
    READ_ACTIONS,
    REGION,
    ROLE,
    ROLE_ARN,
    STATIC,
    Aws,
    Call,
    Module,
    allow,
    entitlement,
    flow,
    keys_and_role,
    policy,
)
from tests.e2e.sandbox import Sandbox

SUSPECTS = ("iam:PassRole", "trust policy", "read the secret")
# botocore's own pauses would take most of the time.
QUICK = {"retries": {"mode": "standard", "total_max_attempts": 3}}


@pytest.fixture
def aws(emulator: Emulator) -> Aws:
    emulator.settings(revoke_delay=0.05)
    return Aws(emulator)


@pytest.fixture
def module(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Module:
    monkeypatch.setattr(apply, "SECONDS_BETWEEN_LOOKS", 0.05)
    monkeypatch.setattr(apply, "SECONDS_BETWEEN_TRIES", 0.1)
    monkeypatch.setattr(preflight, "SECONDS_BETWEEN_LOOKS", 0.1)
    # The pauses between botocore's tries: as many, but short.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.01)
    return Module(emulator)


@pytest.fixture
def flows(emulator: Emulator) -> dict[str, str]:
    names = [f"Flow{number}" for number in range(6)]
    seed = {"accounts": {ACCOUNT: {"regions": {REGION: {"flows": [{"name": name} for name in names]}}}}}
    return dict(zip(names, emulator.seed(seed)["flows"], strict=True))


def converges(module: Module, *flows: dict[str, Any], **options: Any) -> Call:
    """The next run succeeds, and the one after it has nothing to do."""
    call = module(*flows, **options).ok()
    assert not module(*flows, **options).changed
    return call


class TestThrottlingAndOutages:
    @pytest.mark.slow
    @pytest.mark.parametrize("error", ["TooManyRequestsException", 503, 500])
    def test_a_storm_slows_a_run_down_and_does_not_fail_it(
        self, module: Module, aws: Aws, flows: dict[str, str], error: Any
    ) -> None:
        names = list(flows)[:4]
        times = 1 if error == "TooManyRequestsException" else 3  # botocore's adaptive mode slows down for seconds
        for operation in ("ListFlows", "DescribeFlow", "GrantFlowEntitlements"):
            aws.emulator.fault(operation, error=error, times=times)
        declared = [flow(entitlement("E"), name=name) for name in names]
        assert module(*declared).result["counts"]["granted"] == 4
        assert len(aws.accepted("GrantFlowEntitlements")) == 4
        for operation in ("UpdateFlowEntitlement", "RevokeFlowEntitlement", "TagResource"):
            aws.emulator.fault(operation, error=error, times=times)
        changed = [flow({"name": "E", "description": "new", "tags": {"a": "1"}}, name=name) for name in names[:2]]
        changed += [flow({"name": "E", "state": "absent"}, name=name) for name in names[2:]]
        patience = {"retries": {"mode": "standard", "total_max_attempts": 10}}
        counts = module(*changed, aws_config=patience).result["counts"]
        assert (counts["updated"], counts["revoked"]) == (2, 2)
        assert not module(*changed).changed

    @pytest.mark.slow
    def test_the_documented_limits_are_kept_without_one_refusal(
        self, module: Module, aws: Aws, flows: dict[str, str]
    ) -> None:
        aws.emulator.settings(rate_limits=True)
        declared = [flow(*[entitlement(f"E{number}") for number in range(6)], name=name) for name in flows]
        module(*declared).ok()
        gone = [flow(*[{"name": f"E{number}", "state": "absent"} for number in range(6)], name=name) for name in flows]
        aws.emulator.settings(rate_limits=False)
        module(*gone, check=True).ok()
        time.sleep(2)  # the account's bucket fills at 5 a second, and the next run believes it full
        aws.emulator.settings(rate_limits=True)
        module(*gone).ok()
        assert [call["status"] for call in aws.emulator.calls("mediaconnect") if call["status"] == 429] == []
        assert aws.operations().count("RevokeFlowEntitlement") == 36

    @pytest.mark.parametrize("operation", ["ListFlows", "DescribeFlow"])
    def test_a_lasting_outage_before_the_first_change(self, module: Module, aws: Aws, operation: str) -> None:
        aws.emulator.fault(operation, error=503, times=100)
        message = module(flow(entitlement("E")), aws_config=QUICK).message
        assert "ServiceUnavailableException" in message
        assert aws.operations(writes_only=True) == []


class TestLostAnswers:
    @pytest.mark.parametrize("how", [{"error": 503}, {"error": None, "drop_connection": True}], ids=str)
    def test_grant(self, module: Module, aws: Aws, how: dict[str, Any]) -> None:
        declared = flow(entitlement("E", tags={"a": "1"}, description="d"), entitlement("F"))
        aws.emulator.fault("GrantFlowEntitlements", after_effect=True, **how)
        call = module(declared)
        assert call.actions == {"E": "granted", "F": "granted"}
        assert {name: found["EntitlementArn"] for name, found in aws.entitlements().items()} == {
            name: one["entitlement_arn"] for name, one in call.entitlements.items()
        }
        assert aws.tags("E") == {"a": "1"}
        assert not module(declared).changed

    @pytest.mark.parametrize("times", [1, 3])
    def test_grant_whose_answers_are_all_lost(self, module: Module, aws: Aws, times: int) -> None:
        """Not even botocore's own tries hear of it; the flow is read, not granted blindly again."""
        aws.emulator.fault("GrantFlowEntitlements", error=503, after_effect=True, times=times)
        one_try = {"retries": {"mode": "standard", "total_max_attempts": 1}}
        assert module(flow(entitlement("E")), aws_config=one_try).actions == {"E": "granted"}
        assert aws.operations(writes_only=True) == ["GrantFlowEntitlements"]
        assert list(aws.entitlements()) == ["E"]

    @pytest.mark.parametrize("how", [{"error": 503}, {"error": None, "drop_connection": True}], ids=str)
    def test_update(self, module: Module, aws: Aws, how: dict[str, Any]) -> None:
        aws.grant("E", subscribers=[ALICE])
        aws.emulator.fault("UpdateFlowEntitlement", after_effect=True, **how)
        declared = flow({"name": "E", "subscribers": [ALICE, BOB], "description": "new"})
        assert module(declared).actions == {"E": "updated"}
        assert sorted(aws.entitlements()["E"]["Subscribers"]) == sorted([ALICE, BOB])
        assert not module(declared).changed

    @pytest.mark.parametrize("how", [{"error": 503}, {"error": None, "drop_connection": True}], ids=str)
    def test_revoke(self, module: Module, aws: Aws, how: dict[str, Any]) -> None:
        aws.grant("E")
        aws.grant("F")
        aws.emulator.fault("RevokeFlowEntitlement", after_effect=True, **how)
        declared = flow({"name": "E", "state": "absent"}, {"name": "F"})
        assert module(declared).actions == {"E": "revoked", "F": "unchanged"}
        assert list(aws.entitlements()) == ["F"]
        assert not module(declared).changed

    @pytest.mark.parametrize("operation", ["RevokeFlowEntitlement", "GrantFlowEntitlements"])
    def test_replacement(self, module: Module, aws: Aws, operation: str) -> None:
        aws.grant("E")
        aws.emulator.fault(operation, error=503, after_effect=True)
        declared = flow({"name": "E", "data_transfer_subscriber_fee_percent": 10})
        assert module(declared, allow_replacement=True).actions == {"E": "replaced"}
        assert aws.entitlements()["E"]["DataTransferSubscriberFeePercent"] == 10
        assert not module(declared).changed

    def test_a_connection_that_breaks_before_the_effect(self, module: Module, aws: Aws) -> None:
        for operation in ("ListFlows", "DescribeFlow", "GrantFlowEntitlements"):
            aws.emulator.fault(operation, error=None, drop_connection=True)
        assert module(flow(entitlement("E"))).actions == {"E": "granted"}
        assert len(aws.accepted("GrantFlowEntitlements")) == 1


class TestOneOfMany:
    def test_the_others_are_done_and_the_message_tells(self, module: Module, aws: Aws, flows: dict[str, str]) -> None:
        declared = [flow(entitlement("E"), name=name) for name in flows]
        aws.emulator.fault("GrantFlowEntitlements", error="ForbiddenException")
        call = module(*declared)
        (failed,) = [name for name, arn in flows.items() if not aws.entitlements(arn)]
        message = call.message
        assert f"flow {failed}: Could not grant entitlements" in message
        assert "(the caller needs mediaconnect:GrantFlowEntitlements)" in message
        for name in flows:
            assert (f"grant E on flow {name}" in call.result["done"]) == (name != failed)
        assert call.result["not_done"] == [f"grant E on flow {failed}"]
        assert "Once that is mended, running again does the rest." in message
        assert call.result["changed"] is True
        assert call.result["counts"] == {**dict.fromkeys(call.result["counts"], 0), "granted": 5, "failed": 1}
        assert [found["flow_name"] for found in call.result["flows"]] == list(flows)
        assert len(call.result["diff"]) == 5
        assert converges(module, *declared).result["counts"]["granted"] == 1

    def test_one_that_cannot_be_read_is_told_with_the_rest_done(
        self, module: Module, aws: Aws, flows: dict[str, str]
    ) -> None:
        declared = [flow(entitlement("E"), entitlement("F"), name=name) for name in flows]
        aws.emulator.fault("DescribeFlow", error="ForbiddenException")
        call = module(*declared)
        (failed,) = [name for name, arn in flows.items() if not aws.entitlements(arn)]
        assert f"flow {failed}: Could not read the flow" in call.message
        assert call.result["not_done"] == [f"all that is declared on flow {failed}"]
        assert (call.result["counts"]["granted"], call.result["counts"]["failed"]) == (10, 2)
        assert "(the caller needs mediaconnect:DescribeFlow)" in call.message
        assert converges(module, *declared).result["counts"]["granted"] == 2

    def test_a_flow_deleted_in_mid_run(self, module: Module, aws: Aws, flows: dict[str, str]) -> None:
        aws.emulator.settings(transition_delay=0)
        aws.emulator.fault("GrantFlowEntitlements", error=None, latency=1.5, times=6)
        declared = [flow(entitlement("E"), name=name) for name in flows]
        running = module.start(*declared)
        wait_for(lambda: aws.operations().count("DescribeFlow") == 6)
        time.sleep(0.3)
        aws.client.delete_flow(FlowArn=flows["Flow3"])
        call = running.wait()
        assert "flow Flow3: Could not grant entitlements" in call.message
        assert "NotFoundException" in call.message
        assert call.result["counts"]["granted"] == 5
        assert "There is no flow Flow3" in module(*declared).message
        del declared[3]
        assert not module(*declared).changed

    def test_an_entitlement_revoked_by_somebody_in_mid_run(self, module: Module, aws: Aws) -> None:
        arn = aws.grant("E")
        aws.emulator.fault("UpdateFlowEntitlement", error=None, latency=1)
        declared = flow(entitlement("E", description="new"))
        running = module.start(declared)
        wait_for(lambda: "DescribeFlow" in aws.operations())
        aws.client.revoke_flow_entitlement(FlowArn=FLOW_ARN, EntitlementArn=arn)
        assert "NotFoundException" in running.wait().message
        assert converges(module, declared).actions == {"E": "granted"}


def wait_for(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestHalfAReplacement:
    @pytest.mark.parametrize("operation", ["GrantFlowEntitlements", "DescribeFlow", "RevokeFlowEntitlement"])
    def test_the_error_says_what_to_declare_and_the_next_run_finishes(
        self, module: Module, aws: Aws, operation: str
    ) -> None:
        """The grant fails, or the wait for the revocation, or a second revocation after the first."""
        aws.seed(**keys_and_role())
        before = entitlement("E", description="d", encryption=STATIC, tags={"a": "1"}, subscribers=[ALICE, BOB])
        module(flow(before, entitlement("F"))).ok()
        look_first = 1 if operation in ("DescribeFlow", "RevokeFlowEntitlement") else 0
        for dummy in range(look_first):
            aws.emulator.fault(operation, error=None)
        aws.emulator.fault(operation, error="ForbiddenException", times=1000)
        declared = flow(
            {"name": "E", "data_transfer_subscriber_fee_percent": 10}, {"name": "F", "state": "absent"}, name=FLOW_ARN
        )
        message = module(declared, allow_replacement=True, wait_timeout=1).message
        assert "The entitlement E was revoked and is not granted again yet" in message
        lost = json.loads(message[message.index("which is {") + len("which is ") : message.index("}.") + 1])
        aws.emulator.clear_faults()
        wait_for(lambda: "E" not in aws.entitlements())
        refused = module(declared, allow_replacement=True).message
        assert "entitlement E of flow BaseballGame does not exist yet and has no subscribers" in refused
        # What the message told is enough to declare it again as it was meant.
        assert converges(module, flow(lost, {"name": "F", "state": "absent"})).actions["E"] == "granted"
        found = aws.entitlements()["E"]
        assert sorted(found["Subscribers"]) == sorted([ALICE, BOB])
        assert (found["Description"], found["DataTransferSubscriberFeePercent"]) == ("d", 10)
        assert found["Encryption"]["RoleArn"] == ROLE_ARN
        assert aws.tags("E") == {"a": "1"}
        assert "F" not in aws.entitlements()


class TestPropagation:
    """MediaConnect sees what is written to IAM only after a while; the caller's own look at IAM sees it at once."""

    def make_role(self, aws: Aws, trusted: bool = True) -> None:
        service = "mediaconnect.amazonaws.com" if trusted else "ec2.amazonaws.com"
        trust = policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})
        iam = aws.emulator.client("iam")
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))
        read = policy(allow(READ_ACTIONS, "*"))
        iam.put_role_policy(RoleName=ROLE, PolicyName="read", PolicyDocument=json.dumps(read))

    def secrets(self, aws: Aws) -> None:
        aws.seed(regions=keys_and_role()["regions"])

    @pytest.mark.parametrize("existing", [False, True])
    def test_what_passes_within_the_time_is_waited_for(self, module: Module, aws: Aws, existing: bool) -> None:
        """A grant, and an update."""
        self.secrets(aws)
        if existing:
            aws.grant("E")
        aws.emulator.settings(iam_propagation_delay=1.5, grant_check="secret")
        self.make_role(aws)
        declared = flow(entitlement("E", encryption=STATIC))
        call = module(declared, wait_timeout=30, verify_encryption=False)
        operation = "UpdateFlowEntitlement" if existing else "GrantFlowEntitlements"
        assert call.actions == {"E": "updated" if existing else "granted"}
        statuses = [one["status"] for one in aws.emulator.calls("mediaconnect") if one["operation"] == operation]
        assert statuses[0] == 403
        assert statuses[-1] < 300
        assert len(aws.accepted(operation)) == 1

    def test_the_look_before_the_grant_waits_too(self, module: Module, aws: Aws) -> None:
        """What IAM's own simulation does not see yet is not held against a role that was just made."""
        self.secrets(aws)
        aws.emulator.settings(iam_propagation_delay=1, grant_check="secret")
        self.make_role(aws)
        declared = flow(entitlement("E", encryption=STATIC), entitlement("F", encryption=STATIC))
        assert module(declared, wait_timeout=30).result["counts"]["granted"] == 2
        assert aws.emulator.calls("iam")

    @pytest.mark.slow
    def test_what_does_not_pass_is_waited_for_once_however_many_entitlements_there_are(
        self, module: Module, aws: Aws
    ) -> None:
        self.secrets(aws)
        self.make_role(aws, trusted=False)
        declared = [entitlement(f"E{number}", encryption=STATIC) for number in range(8)]
        started = time.monotonic()
        message = module(flow(*declared), wait_timeout=2).message
        assert time.monotonic() - started < 12
        assert message.count("does not trust mediaconnect.amazonaws.com") == 8

    @pytest.mark.slow
    def test_what_does_not_pass_names_the_three_suspects(self, module: Module, aws: Aws) -> None:
        self.secrets(aws)
        aws.emulator.settings(iam_propagation_delay=60)
        self.make_role(aws)
        declared = flow(entitlement("E", encryption=STATIC), entitlement("F"))
        started = time.monotonic()
        # IAM tells the age of a role in whole seconds, and a busy machine needs some of them.
        call = module(declared, wait_timeout=3, verify_encryption=False)
        assert time.monotonic() - started < 15
        for suspect in (*SUSPECTS, ROLE_ARN):
            assert suspect in call.message
        assert aws.operations().count("GrantFlowEntitlements") > 1
        aws.emulator.settings(iam_propagation_delay=0)
        converges(module, declared)

    def test_a_lasting_denial_fails_at_once(self, module: Module, aws: Aws) -> None:
        """The role is old, so waiting would not help: nobody looks twice."""
        self.secrets(aws)
        self.make_role(aws)
        time.sleep(1.1)  # older than the patience, in IAM's whole seconds
        aws.emulator.fault("GrantFlowEntitlements", error="ForbiddenException", times=100)
        message = module(flow(entitlement("E", encryption=STATIC)), wait_timeout=1).message
        assert all(suspect in message for suspect in SUSPECTS)
        assert aws.operations().count("GrantFlowEntitlements") == 1

    def test_a_denial_without_encryption_has_no_suspects(self, module: Module, aws: Aws) -> None:
        aws.emulator.fault("GrantFlowEntitlements", error="ForbiddenException", times=100)
        message = module(flow(entitlement("E")), wait_timeout=60).message
        assert "(the caller needs mediaconnect:GrantFlowEntitlements)" in message
        assert "PassRole" not in message
        assert aws.operations().count("GrantFlowEntitlements") == 1

    @pytest.mark.slow
    @pytest.mark.parametrize(("action", "tries"), [("updated", 2), ("unchanged", 1)])
    def test_an_old_role_that_was_changed_earlier_in_the_play_is_given_time(
        self, module: Module, aws: Aws, action: str, tries: int
    ) -> None:
        """A change of its trust alone leaves no date that could be read."""
        self.secrets(aws)
        self.make_role(aws)
        time.sleep(1.1)
        aws.emulator.fault("GrantFlowEntitlements", error="ForbiddenException", times=1)
        known = [{"name": ROLE, "arn": ROLE_ARN, "action": action}]
        call = module(flow(entitlement("E", encryption=STATIC)), known_roles=known, wait_timeout=1)
        assert aws.operations().count("GrantFlowEntitlements") == tries
        assert bool(call.result.get("failed")) == (tries == 1)


class TestTwoAtOnce:
    def test_two_runs_on_one_flow(self, module: Module, aws: Aws) -> None:
        """Both look before either grants; names that appeared in between are taken as they are, or converged."""
        aws.emulator.fault("GrantFlowEntitlements", error=None, latency=0.5, times=2)
        one = flow(entitlement("E", description="d"), entitlement("A"))
        other = flow(entitlement("E", description="d"), entitlement("B"))
        running = [module.start(one), module.start(other)]
        for call in [run.wait() for run in running]:
            call.ok()
        assert sorted(aws.entitlements()) == ["A", "B", "E"]
        assert len(aws.accepted("GrantFlowEntitlements")) in (2, 3)
        assert not module(one).changed
        assert not module(other).changed

    def appears(self, module: Module, aws: Aws, declared: dict[str, Any], **granted: Any) -> Call:
        """Run it while somebody else grants E between its look and its grant."""
        aws.emulator.fault("GrantFlowEntitlements", error=None, latency=1)
        running = module.start(declared)
        wait_for(lambda: not aws.emulator.waiting_faults())  # its grant is on its way
        aws.grant("E", **granted)
        return running.wait()

    @pytest.mark.parametrize(
        ("granted", "subscribers", "updates"),
        [
            ({"subscribers": [ALICE]}, [ALICE], 0),
            ({"subscribers": [BOB]}, [ALICE], 1),
            # What is not declared is left as they made it.
            ({"subscribers": [ALICE], "Description": "theirs"}, [ALICE], 0),
        ],
    )
    def test_a_name_that_appeared_in_between_is_converged(
        self, module: Module, aws: Aws, granted: dict[str, Any], subscribers: list[str], updates: int
    ) -> None:
        declared = flow(entitlement("E", tags={"a": "1"}), entitlement("F"))
        self.appears(module, aws, declared, **granted).ok()
        assert aws.entitlements()["E"]["Subscribers"] == subscribers
        assert aws.entitlements()["E"].get("Description", "") == granted.get("Description", "")
        assert aws.tags("E") == {"a": "1"}
        assert aws.operations().count("UpdateFlowEntitlement") == updates
        assert sorted(aws.entitlements()) == ["E", "F"]
        assert not module(declared).changed

    def test_who_only_adds_takes_nobody_away(self, module: Module, aws: Aws) -> None:
        declared = flow(entitlement("E", purge_subscribers=False))
        call = self.appears(module, aws, declared, subscribers=[BOB, CAROL]).ok()
        assert sorted(aws.entitlements()["E"]["Subscribers"]) == sorted([ALICE, BOB, CAROL])
        assert call.entitlements["E"]["subscribers"] == sorted([ALICE, BOB, CAROL])

    def test_another_fee_is_told_and_left(self, module: Module, aws: Aws) -> None:
        declared = flow(entitlement("E", data_transfer_subscriber_fee_percent=10))
        message = self.appears(module, aws, declared, DataTransferSubscriberFeePercent=15).message
        assert "was granted by somebody else meanwhile, with data_transfer_subscriber_fee_percent 15" in message
        assert aws.entitlements()["E"]["DataTransferSubscriberFeePercent"] == 15


class TestKilled:
    @pytest.mark.parametrize("seconds", [0.0, 0.4])
    def test_in_mid_run(self, module: Module, aws: Aws, flows: dict[str, str], seconds: float) -> None:
        for arn in flows.values():
            aws.grant("Old", arn)
        declared = [flow(entitlement("E"), {"name": "Old", "state": "absent"}, name=name) for name in flows]
        for operation in ("RevokeFlowEntitlement", "GrantFlowEntitlements"):
            aws.emulator.fault(operation, error=None, latency=0.4, times=6)
        running = module.start(*declared)
        wait_for(lambda: aws.operations().count("DescribeFlow") >= 6)
        time.sleep(seconds)
        running.kill()
        time.sleep(1)  # what was under way when it died has its effect yet
        aws.emulator.clear_faults()
        converges(module, *declared)
        granted = [one["Name"] for request in aws.accepted("GrantFlowEntitlements") for one in request["Entitlements"]]
        assert set(granted) <= {"E"}
        assert all(list(aws.entitlements(arn)) == ["E"] for arn in flows.values())

    @pytest.mark.slow
    def test_ansible_playbook_s_module(self, sandbox: Sandbox, module: Module, aws: Aws) -> None:
        aws.emulator.fault("GrantFlowEntitlements", error=None, latency=5)
        declared = flow(entitlement("E"))
        task = {"mediaops.mediaconnect.entitlements": {"region": REGION, "flows": [declared]}}
        play = sandbox.write(
            "killed.yml", [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}]
        )
        command = [str(Path(sys.executable).parent / "ansible-playbook"), str(play)]
        started = subprocess.Popen(
            command,
            env=sandbox.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(lambda: "DescribeFlow" in aws.operations(), 60)
            time.sleep(0.3)
            for pid in modules_below(started.pid):
                with suppress(ProcessLookupError):  # it may have ended with the one before it
                    os.kill(pid, signal.SIGKILL)
            output = started.communicate(timeout=60)[0].decode()
        finally:
            started.kill()
        assert started.returncode == 2, output
        assert aws.entitlements() == {}
        wait_for(lambda: aws.accepted("GrantFlowEntitlements"))  # what was under way when it died has its effect yet
        converges(module, declared)
        assert list(aws.entitlements()) == ["E"]


def modules_below(pid: int) -> list[int]:
    """The processes that run the module, among those that this process has started."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    below = {pid}
    for dummy in parents:
        below |= {child for child, parent in parents.items() if parent in below}
    return [one for one in below - {pid} if b"AnsiballZ_entitlements" in Path(f"/proc/{one}/cmdline").read_bytes()]


def test_the_emulator_kept_to_its_own_rules(emulator: Emulator) -> None:
    assert emulator.problems() == []
    assert FLOW in FLOW_ARN
