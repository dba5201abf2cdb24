# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input ends in one clear sentence that names the item, and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import ROOT, Sandbox
from tests.e2e.slow import slow_but

GOOD_KEY = "0f" * 32
RESERVED = "mediaconnectAccessRole"
SECRET = "2018-12-01_baseball-game-source"


def baseball() -> dict[str, Any]:
    """The example, with a good key in it."""
    declared = yaml.safe_load((ROOT / "docs/examples/baseball.yml").read_text())
    del secret(declared)["value_from"]
    secret(declared)["value"] = GOOD_KEY
    return declared


def secret(declared: dict[str, Any]) -> dict[str, Any]:
    return declared["static_key_encryption_secrets"][0]


def flow(declared: dict[str, Any]) -> dict[str, Any]:
    return declared["entitlements_flows"][0]


def first(declared: dict[str, Any]) -> dict[str, Any]:
    return flow(declared)["entitlements"][0]


# What is wrong, and what the sentence must say.
CASES = {
    "key too short": (
        lambda d: secret(d).update(value=GOOD_KEY[1:]),
        [SECRET, "63 hexadecimal digits", "aes256 needs 64"],
    ),
    "key not hexadecimal": (lambda d: secret(d).update(value="zz" * 32), [SECRET, "not hexadecimal"]),
    "key empty": (lambda d: secret(d).update(value=""), [SECRET, "empty"]),
    "reserved role name": (
        lambda d: (d.update(static_key_encryption_role_name=RESERVED), first(d)["encryption"].update(role=RESERVED)),
        [RESERVED, "reserved"],
    ),
}
# These are found by the entitlements module, which the playbook asks before it changes anything.
GRANT_CASES = {
    "eleven digits": (
        lambda d: first(d).update(subscribers=["01234567890"]),
        ["AnyCompany_Entitlement", "01234567890", "12 digits", "zero"],
    ),
    "hyphens": (
        lambda d: first(d).update(subscribers=["4444-5555-6666"]),
        ["AnyCompany_Entitlement", "4444-5555-6666", "without hyphens"],
    ),
    "no subscribers": (
        lambda d: first(d).update(subscribers=[]),
        ["AnyCompany_Entitlement", "empty list of subscribers"],
    ),
    "unknown flow": (lambda d: flow(d).update(flow="BasketballGame"), ["There is no flow BasketballGame in us-west-2"]),
    "unknown flow ARN": (
        lambda d: flow(d).update(
            flow="arn:aws:mediaconnect:us-west-2:111122223333:flow:1-1111aBC45dEF67hi-12AbC34DE5fG:Other"
        ),
        ["There is no flow arn:aws:mediaconnect:us-west-2:111122223333:flow:1-1111aBC45dEF67hi-12AbC34DE5fG:Other"],
    ),
    "flow of another Region": (
        lambda d: flow(d).update(
            flow="arn:aws:mediaconnect:eu-west-1:111122223333:flow:1-1111aBC45dEF67hi-12AbC34DE5fG:Other"
        ),
        ["is in eu-west-1", "us-west-2"],
    ),
    "fee of 101": (
        lambda d: first(d).update(data_transfer_subscriber_fee_percent=101),
        ["AnyCompany_Entitlement", "101", "0 to 100"],
    ),
    "two of one name": (
        lambda d: flow(d)["entitlements"].append(dict(first(d))),
        ["AnyCompany_Entitlement", "more than once"],
    ),
    "name with a space": (
        lambda d: first(d).update(name="Any Company"),
        ["Any Company", "letters, digits, hyphens and underscores"],
    ),
    "unknown secret": (
        lambda d: first(d)["encryption"].update(secret="nosuch"),
        ["secret nosuch", "does not exist in us-west-2"],
    ),
    "unknown role": (lambda d: first(d)["encryption"].update(role="nosuch"), ["role nosuch", "does not exist"]),
    "no algorithm": (lambda d: first(d)["encryption"].pop("algorithm"), ["AnyCompany_Entitlement", "lacks algorithm"]),
    "secret of another Region": (
        lambda d: first(d)["encryption"].update(secret="arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf"),
        ["eu-west-1", "flow's Region only, us-west-2"],
    ),
    "role of another account": (
        lambda d: first(d)["encryption"].update(role="arn:aws:iam::444455556666:role/R"),
        ["arn:aws:iam::444455556666:role/R", "not in the flow's account 111122223333"],
    ),
    "SPEKE field with a static key": (
        lambda d: first(d)["encryption"].update(device_id="x"),
        ["device_id", "not valid with key_type static-key"],
    ),
}


@pytest.mark.parametrize(
    "case",
    slow_but(
        [*CASES, "eleven digits", "unknown flow", "fee of 101"], "key empty", "reserved role name", "unknown flow"
    ),
)
def test_nothing_is_changed(sandbox: Sandbox, emulator: Emulator, case: str) -> None:
    spoil, said = {**CASES, **GRANT_CASES}[case]
    declared = baseball()
    spoil(declared)
    variables = sandbox.write("declared.yml", declared)
    run = sandbox.playbook("mediaops.mediaconnect.distribute", "-e", f"@{variables}").failed()
    for words in said:
        assert words in run.message
    assert GOOD_KEY[1:] not in run.output
    assert emulator.calls(writes_only=True) == []


@pytest.mark.slow
def test_nothing_is_granted(sandbox: Sandbox, emulator: Emulator) -> None:
    """All cases in one playbook, since each is one task."""
    declared = baseball()
    tasks = []
    for case, (spoil, _said) in GRANT_CASES.items():
        declared = baseball()
        spoil(declared)
        options = {
            "flows": declared["entitlements_flows"],
            "known_roles": [{"name": "MediaConnect-ASM", "arn": "arn:aws:iam::111122223333:role/MediaConnect-ASM"}],
        }
        known = [{"name": SECRET, "arn": f"arn:aws:secretsmanager:us-west-2:111122223333:secret:{SECRET}-AbCdEf"}]
        options["known_secrets"] = known
        tasks.append({"name": case, "entitlements": options, "ignore_errors": True})
    run = sandbox.tasks(tasks)
    results = {task["task"]: task["result"] for task in run.tasks}
    for case, (_spoil, said) in GRANT_CASES.items():
        message = results[case].get("msg", "it succeeded")
        for words in said:
            assert words in message, (case, message)
        assert "exception" not in results[case] or "Traceback" not in str(results[case]["exception"])
    assert emulator.calls(writes_only=True) == []


def test_an_ambiguous_flow_name_lists_the_arns(sandbox: Sandbox, emulator: Emulator) -> None:
    arns = emulator.seed(
        {"accounts": {"111122223333": {"regions": {"us-west-2": {"flows": [{"name": "BaseballGame"}]}}}}}
    )["flows"]
    run = sandbox.module("entitlements", flows=[{"flow": "BaseballGame", "entitlements": []}]).failed()
    assert "2 flows in us-west-2 are named BaseballGame" in run.message
    assert all(arn in run.message for arn in arns)


def test_the_same_flow_by_name_and_by_arn_is_refused(sandbox: Sandbox) -> None:
    arn = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
    run = sandbox.module("entitlements", flows=[{"flow": "BaseballGame"}, {"flow": arn}]).failed()
    assert "declared more than once, by name and by ARN" in run.message


def test_missing_credentials(sandbox: Sandbox, emulator: Emulator) -> None:
    run = sandbox.tasks([{"flow_info": {}}], AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="").failed()
    assert "no AWS credentials were found" in run.message
    assert emulator.calls() == []


def test_no_region(sandbox: Sandbox) -> None:
    run = sandbox.tasks([{"flow_info": {"region": ""}}], AWS_REGION="", AWS_DEFAULT_REGION="").failed()
    assert "egion" in run.message


def test_an_unreachable_endpoint(sandbox: Sandbox) -> None:
    options = {"endpoint_url": "http://127.0.0.1:9", "aws_config": {"retries": {"total_max_attempts": 1}}}
    run = sandbox.module("flow_info", **options).failed()
    assert "http://127.0.0.1:9" in run.message
    assert "cannot be reached" in run.message
