# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command, the accounts, the call log, the faults and the settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, NoCredentialsError

from emulator.tests.world import SOURCE, UNCHECKED, refused
from mediaconnect_emulator.client import Emulator
from mediaconnect_emulator.mediaconnect.ratelimits import RateLimits
from mediaconnect_emulator.wire.protocols import AwsError

ACCOUNT = "111122223333"
FLOW = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"


def spawn(*options: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mediaconnect_emulator", *options]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_runs_until_it_is_told_to_stop(tmp_path: Path, number: int) -> None:
    env_file = tmp_path / "emulator.env"
    process = spawn("--seed", "baseball", "--env-file", str(env_file), MOTO_ACCOUNT_ID="999999999999")
    try:
        endpoint = first_line(process).rpartition(" ")[2]
        variables = dict(line.removeprefix("export ").split("=", 1) for line in env_file.read_text().splitlines())
        assert variables == Emulator(endpoint).environment()
        assert [item.name for item in tmp_path.iterdir()] == ["emulator.env"]
        client = Emulator(endpoint).client("secretsmanager", account="123412341234")
        assert ":123412341234:" in client.create_secret(Name="key")["ARN"]  # whatever MOTO_ACCOUNT_ID says
        assert Emulator(endpoint).client("mediaconnect").list_flows()["Flows"][0]["FlowArn"] == FLOW
    finally:
        process.send_signal(number)
    assert process.wait(timeout=10) == 0
    assert process.stdout is not None
    output = process.stdout.read()
    for account in (ACCOUNT, "444455556666", "123456789012", "777788889999"):
        assert f"{account}  AKIAEMUL{account}" in output


def test_the_emulator_does_not_outlive_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = spawn("--parent-pid", str(parent.pid))
    first_line(process)
    parent.communicate(b"\n")
    assert process.wait(timeout=10) == 0


@pytest.mark.parametrize(
    "seed",
    ["nothing: here", "[]", "accounts: {'111122223333': {regions: {us-west-2: {flows: [{name: a, sauce: {}}]}}}}", "{"],
)
def test_a_bad_seed_is_told_and_ends_it(tmp_path: Path, seed: str) -> None:
    path = tmp_path / "seed.yml"
    path.write_text(seed)
    command = [sys.executable, "-m", "mediaconnect_emulator", "--seed", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("the emulator cannot start: ")
    assert "Traceback" not in done.stderr


def test_a_seed_can_hold_everything(emulator: Emulator) -> None:
    made = emulator.seed({
        "accounts": {
            111122223333: {
                "roles": [{"name": "MediaConnect-ASM"}],
                "regions": {
                    "us-west-2": {
                        "secrets": [{"name": "key", "value": "00", "tags": {"a": "b"}}],
                        "flows": [
                            {
                                "name": "BaseballGame",
                                "status": "ACTIVE",
                                "tags": {"event": "baseball"},
                                "Sources": [SOURCE],
                                "outputs": [{"name": "NYC", "protocol": "rtp", "destination": "192.0.2.1", "port": 5000}],
                                "entitlements": [{"name": "AnyCompany", "subscribers": [444455556666]}],
                            }
                        ],
                    }
                },
            }
        }
    })  # fmt: skip
    assert made["roles"] == ["arn:aws:iam::111122223333:role/MediaConnect-ASM"]
    flow = emulator.client("mediaconnect").describe_flow(FlowArn=made["flows"][0])["Flow"]
    assert (flow["Status"], flow["Outputs"][0]["Name"], flow["Entitlements"][0]["Subscribers"]) == (
        "ACTIVE",
        "NYC",
        ["444455556666"],
    )
    assert emulator.client("secretsmanager").get_secret_value(SecretId=made["secrets"][0])["SecretString"] == "00"
    assert emulator.client("mediaconnect").list_tags_for_resource(ResourceArn=made["flows"][0])["Tags"] == {
        "event": "baseball"
    }
    with pytest.raises(ValueError, match="needs a protocol"):
        emulator.seed(
            {"accounts": {ACCOUNT: {"regions": {"us-west-2": {"flows": [{"name": "a", "source": {"name": "b"}}]}}}}}
        )


@pytest.mark.parametrize("account", ["111122223333", "444455556666", "000000000001"])
def test_every_account_is_its_own(emulator: Emulator, account: str) -> None:
    emulator.client("secretsmanager", account=account).create_secret(Name="key", SecretString="x")
    emulator.client("mediaconnect", account=account).create_flow(Name="flow", Source=SOURCE)
    assert (
        emulator.client("sts", account=account).get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:user/emulator"
    )
    assert emulator.client("secretsmanager", account="777788889999").list_secrets()["SecretList"] == []
    assert emulator.client("mediaconnect", account="777788889999").list_flows()["Flows"] == []
    assert emulator.client("mediaconnect", account=account).list_flows()["Flows"][0]["FlowArn"].split(":")[4] == account


def test_an_assumed_role_is_of_its_account(emulator: Emulator) -> None:
    emulator.client("mediaconnect", account="444455556666").create_flow(Name="theirs", Source=SOURCE)
    keys = emulator.client("sts").assume_role(
        RoleArn="arn:aws:iam::444455556666:role/Operator", RoleSessionName="ansible"
    )["Credentials"]
    session = boto3.session.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-west-2")
    identity = session.client("sts", endpoint_url=emulator.endpoint).get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (
        "444455556666",
        "arn:aws:sts::444455556666:assumed-role/Operator/ansible",
    )
    assert [
        flow["Name"] for flow in session.client("mediaconnect", endpoint_url=emulator.endpoint).list_flows()["Flows"]
    ] == ["theirs"]


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId", 403),
        ("iam", "list_roles", "InvalidClientTokenId", 403),
        ("secretsmanager", "list_secrets", "UnrecognizedClientException", 400),
        ("mediaconnect", "list_flows", "UnrecognizedClientException", 403),
    ],
)
def test_an_unknown_key_is_refused(emulator: Emulator, service: str, operation: str, code: str, status: int) -> None:
    session: Any = boto3.session.Session("AKIAIOSFODNN7EXAMPLE", "wrong", None, "us-west-2")
    with refused(code, status):
        getattr(session.client(service, endpoint_url=emulator.endpoint, config=UNCHECKED), operation)()


def test_an_unsigned_request_is_refused(emulator: Emulator) -> None:
    for path, code in (
        ("/v1/flows", "MissingAuthenticationTokenException"),
        ("/moto-api/data.json", "MissingAuthenticationTokenException"),
    ):
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{emulator.endpoint}{path}")
        with caught.value as answer:
            assert (answer.code, answer.headers["x-amzn-ErrorType"]) == (403, code)
    request = Request(f"{emulator.endpoint}/", b"Action=GetCallerIdentity&Version=2011-06-15")
    with pytest.raises(HTTPError) as caught:
        urlopen(request)
    with caught.value as answer:
        assert answer.code == 403
        assert b"<Code>MissingAuthenticationToken</Code>" in answer.read()
    with pytest.raises(NoCredentialsError):
        boto3.session.Session(region_name="us-west-2", aws_access_key_id="").client(
            "mediaconnect", endpoint_url=emulator.endpoint
        ).list_flows()


def test_every_call_is_logged_without_its_secrets(emulator: Emulator) -> None:
    secrets, iam = emulator.client("secretsmanager"), emulator.client("iam")
    secrets.create_secret(Name="key", SecretString="do-not-log", ClientRequestToken="0" * 32)
    secrets.put_secret_value(SecretId="key", SecretBinary=b"do-not-log")
    secrets.get_secret_value(SecretId="key")
    with pytest.raises(ClientError):
        iam.get_role(RoleName="missing")
    emulator.client("mediaconnect", region="eu-west-1", account="444455556666").list_flows(MaxResults=5)
    calls = emulator.calls()
    assert [(call["service"], call["operation"], call["status"]) for call in calls] == [
        ("secretsmanager", "CreateSecret", 200),
        ("secretsmanager", "PutSecretValue", 200),
        ("secretsmanager", "GetSecretValue", 200),
        ("iam", "GetRole", 404),
        ("mediaconnect", "ListFlows", 200),
    ]
    assert calls[0]["params"] == {"Name": "key", "SecretString": "********", "ClientRequestToken": "0" * 32}
    assert (calls[3]["error"], calls[3]["params"]) == ("NoSuchEntity", {"RoleName": "missing"})
    assert (calls[4]["account"], calls[4]["region"], calls[4]["params"]) == (
        "444455556666",
        "eu-west-1",
        {"MaxResults": 5},
    )
    assert "do-not-log" not in json.dumps(calls)
    assert "ZG8tbm90LWxvZw" not in json.dumps(calls)
    assert all(call["ms"] >= 0 for call in calls)
    assert [call["operation"] for call in emulator.calls(writes_only=True)] == ["CreateSecret", "PutSecretValue"]
    assert [call["operation"] for call in emulator.calls("mediaconnect")] == ["ListFlows"]
    emulator.clear_calls()
    assert emulator.calls() == []


def test_query_parameters_are_logged_as_structures(emulator: Emulator) -> None:
    trust = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    )
    emulator.client("iam").create_role(
        RoleName="r", AssumeRolePolicyDocument=trust, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    )
    (call,) = emulator.calls("iam")
    assert call["params"] == {
        "RoleName": "r",
        "AssumeRolePolicyDocument": trust,
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
    }


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        ("TooManyRequestsException", "TooManyRequestsException", 429),
        ("ForbiddenException", "ForbiddenException", 403),
        ("AccessDeniedException", "AccessDeniedException", 403),
        ("GrantFlowEntitlements420Exception", "GrantFlowEntitlements420Exception", 420),
        (429, "TooManyRequestsException", 429),
        (500, "InternalServerErrorException", 500),
        (503, "ServiceUnavailableException", 503),
    ],
)
def test_a_fault_strikes_as_often_as_it_is_told_to(
    emulator: Emulator, error: str | int, code: str, status: int
) -> None:
    client = emulator.client("mediaconnect", config=UNCHECKED)
    emulator.fault("CreateFlow", error, times=2)
    assert client.list_flows()["Flows"] == []
    for __ in range(2):
        with refused(code, status):
            client.create_flow(Name="a", Source=SOURCE)
    client.create_flow(Name="a", Source=SOURCE)
    assert len(client.list_flows()["Flows"]) == 1
    assert [call["error"] for call in emulator.calls(writes_only=True)] == [code, code, None]
    assert {call["params"]["Name"] for call in emulator.calls(writes_only=True)} == {"a"}


@pytest.mark.parametrize(
    ("service", "operation", "error", "code", "status"),
    [
        ("secretsmanager", "ListSecrets", "ThrottlingException", "ThrottlingException", 400),
        ("secretsmanager", "ListSecrets", "InternalServiceError", "InternalServiceError", 500),
        ("iam", "ListRoles", "AccessDenied", "AccessDenied", 403),
        ("iam", "ListRoles", 503, "ServiceUnavailable", 503),
    ],
)
def test_other_services_have_faults_of_their_own(
    emulator: Emulator, service: str, operation: str, error: Any, code: str, status: int
) -> None:
    emulator.fault(operation, error, service=service)
    call = getattr(
        emulator.client(service, config=UNCHECKED), "list_secrets" if service == "secretsmanager" else "list_roles"
    )
    with refused(code, status):
        call()
    call()


@pytest.mark.parametrize("drop", [False, True])
def test_an_answer_can_be_lost_after_the_effect(emulator: Emulator, drop: bool) -> None:
    client = emulator.client("mediaconnect", config=UNCHECKED)
    emulator.fault("CreateFlow", 503, after_effect=True, drop_connection=drop)
    with pytest.raises((ClientError, ConnectionClosedError)):
        client.create_flow(Name="made", Source=SOURCE)
    assert [flow["Name"] for flow in client.list_flows()["Flows"]] == ["made"]


def test_a_connection_can_break_before_anything_happens(emulator: Emulator) -> None:
    client = emulator.client("mediaconnect", config=UNCHECKED)
    emulator.fault("CreateFlow", drop_connection=True)
    with pytest.raises(ConnectionClosedError):
        client.create_flow(Name="not-made", Source=SOURCE)
    assert client.list_flows()["Flows"] == []
    assert emulator.calls(writes_only=True)[0]["error"] == "connection dropped"


def test_latency_alone_delays_a_call_that_works(emulator: Emulator) -> None:
    emulator.fault("ListFlows", error=None, latency=0.3)
    before = time.monotonic()
    assert emulator.client("mediaconnect").list_flows()["Flows"] == []
    assert time.monotonic() - before >= 0.3


def test_a_default_client_retries_what_the_service_throttles(emulator: Emulator) -> None:
    emulator.fault("ListFlows", 429)
    client = emulator.client("mediaconnect", config=Config(retries={"mode": "standard"}))
    assert client.list_flows()["ResponseMetadata"]["RetryAttempts"] == 1


def test_reset_goes_back_to_the_start() -> None:
    with Emulator.start(seed="baseball") as emulator:
        client = emulator.client("mediaconnect", config=UNCHECKED)
        client.create_flow(Name="second", Source=SOURCE)
        emulator.client("secretsmanager").create_secret(Name="key", SecretString="x")
        emulator.settings(revoke_delay=9.0)
        emulator.fault("ListFlows")
        emulator.reset()
        assert [flow["FlowArn"] for flow in client.list_flows()["Flows"]] == [FLOW]
        assert [call["operation"] for call in emulator.calls()] == ["ListFlows"]
        assert emulator.client("secretsmanager").list_secrets()["SecretList"] == []
        assert emulator.settings()["revoke_delay"] == 0.2
        assert emulator.problems() == []


@pytest.mark.parametrize(
    "values",
    [{"unknown": 1}, {"revoke_delay": "1"}, {"revoke_delay": -1}, {"rate_limits": 1}, {"grant_check": "everything"}],
)
def test_a_bad_setting_is_refused(emulator: Emulator, values: dict[str, Any]) -> None:
    before = emulator.settings()
    with pytest.raises(ValueError, match="setting"):
        emulator.settings(**values)
    assert emulator.settings() == before


def test_the_control_path_tells_its_routes(emulator: Emulator) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{emulator.endpoint}/_emulator/nothing")
    with caught.value as answer:
        assert "GET ready" in json.load(answer)["routes"]
    with urlopen(f"{emulator.endpoint}/_emulator/ready") as answer:
        assert json.load(answer) == {"ready": True}
    with urlopen(f"{emulator.endpoint}/_emulator/accounts") as answer:
        assert json.load(answer)[ACCOUNT] == emulator.credentials()


def test_rates_are_limited_by_buckets() -> None:
    """User Guide, quotas: 30 DescribeFlow a second; 5 of everything else, in bursts of 30; by account and Region."""
    now = [0.0]
    limits = RateLimits(lambda: now[0])
    refusals: set[tuple[str, int]] = set()

    def passes(operation: str, account: str = ACCOUNT, region: str = "us-west-2") -> int:
        passed = 0
        while passed < 1000:
            try:
                limits.take(account, region, operation)
            except AwsError as error:
                refusals.add((error.code, error.status))
                break
            passed += 1
        return passed

    assert (passes("ListFlows"), passes("GrantFlowEntitlements"), passes("DescribeFlow")) == (30, 0, 30)
    assert (passes("ListFlows", account="444455556666"), passes("ListFlows", region="eu-west-1")) == (30, 30)
    now[0] = 1.0
    assert (passes("TagResource"), passes("DescribeFlow")) == (5, 30)
    now[0] = 1000.0
    assert (passes("TagResource"), passes("DescribeFlow")) == (30, 30)
    assert refusals == {("TooManyRequestsException", 429)}


def test_rate_limits_are_off_until_they_are_wanted(emulator: Emulator) -> None:
    client = emulator.client("mediaconnect", config=UNCHECKED)
    for __ in range(31):
        client.list_flows()
    emulator.settings(rate_limits=True)
    with refused("TooManyRequestsException", 429):
        for __ in range(200):
            client.list_flows()


def test_fifty_clients_lose_nothing(emulator: Emulator) -> None:
    """No name is granted twice, no update is lost, whoever comes first."""
    client = emulator.client("mediaconnect", config=UNCHECKED)
    flow = client.create_flow(Name="crowded", Source=SOURCE)["Flow"]["FlowArn"]
    refusals: list[str] = []
    start = threading.Barrier(50)

    def grant(number: int) -> None:
        start.wait()
        for name in ("twin", f"own-{number}"):
            try:
                client.grant_flow_entitlements(
                    FlowArn=flow, Entitlements=[{"Name": name, "Subscribers": ["444455556666"]}]
                )
            except ClientError as error:
                refusals.append(error.response["Error"]["Code"])
        client.tag_resource(ResourceArn=flow, Tags={f"k{number % 49}": str(number)})

    threads = [threading.Thread(target=grant, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [item["Name"] for item in client.describe_flow(FlowArn=flow)["Flow"]["Entitlements"]]
    assert len(names) == len(set(names)) == 50
    assert sorted(refusals) == ["BadRequestException"] * 49 + ["GrantFlowEntitlements420Exception"]
    assert len(client.list_tags_for_resource(ResourceArn=flow)["Tags"]) == 49


def test_the_metrics_of_cloudwatch_are_there_too(emulator: Emulator) -> None:
    cloudwatch = emulator.client("cloudwatch")
    cloudwatch.put_metric_data(
        Namespace="Test/MediaConnect", MetricData=[{"MetricName": "SourceBitRate", "Value": 1.0}]
    )
    assert [metric["MetricName"] for metric in cloudwatch.list_metrics(Namespace="Test/MediaConnect")["Metrics"]] == [
        "SourceBitRate"
    ]
    assert [call["operation"] for call in emulator.calls("cloudwatch")] == ["PutMetricData", "ListMetrics"]
