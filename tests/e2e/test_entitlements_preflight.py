# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What would not work is refused before anything is granted, with the remedy; what may not be looked at is let pass with a warning."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption import preflight
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements import apply
from mediaconnect_emulator.client import Emulator
from tests.e2e.entitlement_runs import (
    ACCOUNT,
    KEY,
    READ_ACTIONS,
    REGION,
    ROLE,
    ROLE_ARN,
    SPEKE,
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

SERVICE = {"Effect": "Allow", "Principal": {"Service": "mediaconnect.amazonaws.com"}, "Action": "sts:AssumeRole"}
FLOWS = f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:*"
GAME = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:game-??????"


@pytest.fixture
def aws(emulator: Emulator) -> Aws:
    emulator.settings(revoke_delay=0.05)
    return Aws(emulator)


@pytest.fixture
def module(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Module:
    monkeypatch.setattr(apply, "SECONDS_BETWEEN_TRIES", 0.05)
    monkeypatch.setattr(preflight, "SECONDS_BETWEEN_LOOKS", 0.05)
    return Module(emulator)


def trusting(*statements: Any) -> dict[str, Any]:
    return {"trust_policy": policy(*statements)}


def for_flow(name: str) -> dict[str, Any]:
    return {**SERVICE, "Condition": {"ArnLike": {"aws:SourceArn": f"{FLOWS}:{name}"}}}


def permitting(*statements: Any) -> dict[str, Any]:
    return {"policies": {"read": policy(*statements)}}


# The role as it is, and what is said of it; nothing means that it serves.
ROLES: dict[str, tuple[dict[str, Any], str | None]] = {
    "serves": ({}, None),
    "of this account and flow": (
        trusting(
            {
                **SERVICE,
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": f"{FLOWS}:BaseballGame"},
                },
            }
        ),
        None,
    ),
    "of another flow": (
        trusting({**SERVICE, "Condition": {"ArnLike": {"aws:SourceArn": f"{FLOWS}:Other"}}}),
        f"do not admit this flow: add {FLOWS}:BaseballGame to aws:SourceArn",
    ),
    "of another service": (
        trusting({**SERVICE, "Principal": {"Service": "ec2.amazonaws.com"}}),
        "does not trust mediaconnect.amazonaws.com",
    ),
    "of anybody but another account's": (
        trusting(
            SERVICE,
            {
                **SERVICE,
                "Effect": "Deny",
                "Condition": {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}},
            },
        ),
        None,
    ),
    "denied": (trusting(SERVICE, {**SERVICE, "Effect": "Deny"}), "do not admit this flow"),
    "may not read": (permitting(allow("s3:GetObject", "*")), "do not allow secretsmanager:GetSecretValue on"),
    "may read another secret": (
        permitting(allow(READ_ACTIONS, f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:other-*")),
        "do not allow secretsmanager:GetSecretValue on",
    ),
    "may read all but this": (
        permitting(
            allow("secretsmanager:*", "*"),
            {
                "Effect": "Deny",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": "arn:aws:secretsmanager:*:*:secret:game-*",
            },
        ),
        "do not allow secretsmanager:GetSecretValue on",
    ),
    "may do all but delete": (
        permitting({"Effect": "Allow", "NotAction": "secretsmanager:DeleteSecret", "Resource": "*"}),
        None,
    ),
}


class TestRole:
    @pytest.mark.parametrize("case", ROLES)
    @pytest.mark.parametrize("simulate", [True, False], ids=["simulated", "read"])
    def test_trust_and_permissions(self, module: Module, aws: Aws, case: str, simulate: bool) -> None:
        role, said = ROLES[case]
        aws.seed(**keys_and_role(**role))
        if not simulate:
            aws.emulator.fault("SimulatePrincipalPolicy", error="AccessDenied", times=100, service="iam")
        declared = flow(entitlement("E", encryption=STATIC), entitlement("F"))
        call = module(declared, wait_timeout=0, check=said is None)
        if said is None:
            assert call.changed
            assert call.warnings == []
        else:
            assert "The entitlement E of flow BaseballGame would not work: " in call.message
            assert said in call.message
            assert ROLE_ARN in call.message
            assert "verify_encryption: false" in call.message
        assert aws.operations(writes_only=True) == []

    def test_one_that_is_not_there_by_its_arn(self, module: Module, aws: Aws) -> None:
        aws.seed(regions=keys_and_role()["regions"])
        for encryption in ({**STATIC, "role": ROLE_ARN}, {**SPEKE, "role": ROLE_ARN}):
            message = module(flow(entitlement("E", encryption=encryption)), wait_timeout=0).message
            assert f"the role {ROLE_ARN} does not exist: create it" in message

    def test_without_any_of_the_permissions_to_look_it_is_granted_with_warnings(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role(**permitting(allow("s3:GetObject", "*"))))
        for operation in ("SimulatePrincipalPolicy", "ListAttachedRolePolicies", "ListRolePolicies", "GetRole"):
            aws.emulator.fault(operation, error="AccessDenied", times=100, service="iam")
        for operation in ("DescribeSecret", "GetSecretValue"):
            aws.emulator.fault(operation, error="AccessDeniedException", times=100, service="secretsmanager")
        (secret,) = [
            found["ARN"]
            for found in aws.emulator.client("secretsmanager").list_secrets()["SecretList"]
            if found["Name"] == "game"
        ]
        call = module(flow(entitlement("E", encryption={**STATIC, "role": ROLE_ARN, "secret": secret})))
        assert call.actions == {"E": "granted"}
        for action in ("iam:GetRole", "iam:ListAttachedRolePolicies", "secretsmanager:DescribeSecret"):
            assert any(f"the caller lacks {action}." in text for text in call.warnings), action

    def test_the_other_read_actions_are_a_warning(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role(**permitting(allow("secretsmanager:GetSecretValue", "*"))))
        call = module(flow(entitlement("E", encryption=STATIC)), check=True)
        (warning,) = call.warnings
        assert "which the MediaConnect user guide asks for" in warning
        assert "secretsmanager:DescribeSecret" in warning


class TestSecret:
    def put(self, aws: Aws, **value: Any) -> str:
        client = aws.emulator.client("secretsmanager")
        client.put_secret_value(SecretId="game", **value)
        return client.describe_secret(SecretId="game")["ARN"]

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"SecretString": json.dumps({"key": KEY})}, "holds JSON, but MediaConnect needs the bare key"),
            ({"SecretString": KEY[:-1]}, "holds no key of aes256: it has 63 hexadecimal digits, and aes256 needs 64"),
            ({"SecretString": KEY[:32]}, "holds no key of aes256, but one of aes128"),
            ({"SecretString": f"{KEY}\n"}, "holds a key with white space around it"),
            ({"SecretString": "z" * 64}, "holds no key of aes256"),
            ({"SecretString": "B"}, "holds no key of aes256"),
            ({"SecretBinary": b"\x0f" * 32}, "holds binary data"),
        ],
        ids=["JSON", "63", "32", "padded", "letters", "one letter", "binary"],
    )
    def test_values_that_are_no_key(self, module: Module, aws: Aws, value: dict[str, Any], said: str) -> None:
        aws.seed(**keys_and_role())
        arn = self.put(aws, **value)
        call = module(flow(entitlement("E", encryption=STATIC)), wait_timeout=0)
        assert f"the secret {arn} {said}" in call.message  # nothing of it is masked to pieces
        assert len(value.get("SecretString", "")) < 2 or value["SecretString"] not in json.dumps(call.result)
        assert aws.operations(writes_only=True) == []
        assert module(flow(entitlement("E", encryption=STATIC)), verify_encryption=False).changed

    def test_one_that_is_scheduled_for_deletion(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role())
        aws.emulator.client("secretsmanager").delete_secret(SecretId="game")
        message = module(flow(entitlement("E", encryption=STATIC)), wait_timeout=0).message
        assert "is scheduled for deletion: restore it" in message

    def test_one_that_is_not_there_by_its_arn(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role())
        arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:gone-AbCdEf"
        message = module(flow(entitlement("E", encryption={**STATIC, "secret": arn})), wait_timeout=0).message
        assert f"the secret {arn} does not exist: create it" in message

    def test_who_may_grant_need_not_be_allowed_to_read_keys(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role())
        self.put(aws, SecretString="not a key of any kind")
        aws.emulator.fault("GetSecretValue", error="AccessDeniedException", times=100, service="secretsmanager")
        call = module(flow(entitlement("E", encryption=STATIC)), check=True)
        assert (call.changed, call.warnings) == (True, [])

    def test_all_that_is_wrong_is_told_at_once(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role(**trusting({**SERVICE, "Principal": {"Service": "ec2.amazonaws.com"}}), policies={}))
        self.put(aws, SecretString="short")
        declared = [entitlement("E", encryption=STATIC), entitlement("F", encryption={**STATIC, "algorithm": "aes128"})]
        message = module(flow(*declared), wait_timeout=0).message
        for said in (
            "The entitlement E of flow",
            "The entitlement F of flow",
            "does not trust",
            "do not allow secretsmanager:GetSecretValue",
            "holds no key of aes256",
            "holds no key of aes128",
        ):
            assert said in message


class TestCost:
    def looks(self, aws: Aws) -> list[str]:
        return sorted(call["operation"] for call in aws.emulator.calls() if call["service"] != "mediaconnect")

    def test_each_pair_is_looked_at_once_and_a_no_op_pays_nothing(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role())
        other = {**STATIC, "secret": "other", "algorithm": "aes128"}
        declared = flow(
            *[entitlement(f"E{number}", encryption=STATIC) for number in range(5)],
            *[entitlement(f"F{number}", encryption=other) for number in range(5)],
        )
        module(declared).ok()
        look_up = ["DescribeSecret", "DescribeSecret", "GetRole"]
        judge = [*["DescribeSecret", "GetResourcePolicy", "GetSecretValue"] * 2, "GetRole"]
        assert self.looks(aws) == sorted([*look_up, *judge, "SimulatePrincipalPolicy", "SimulatePrincipalPolicy"])
        # Whether a secret of this name is still the one that is used is looked up, each name once, and nothing else.
        assert not module(declared).changed
        assert self.looks(aws) == ["DescribeSecret", "DescribeSecret"]
        declared["entitlements"][0]["description"] = "new"
        assert module(declared).changed
        assert self.looks(aws) == ["DescribeSecret", "DescribeSecret"]

    def test_not_verifying_looks_at_nothing(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role())
        secret = aws.emulator.client("secretsmanager").describe_secret(SecretId="game")["ARN"]
        encryption = {**STATIC, "role": ROLE_ARN, "secret": secret}
        module(flow(entitlement("E", encryption=encryption)), verify_encryption=False).ok()
        assert self.looks(aws) == []


class TestPredicted:
    """In check mode, what an earlier task of the same run would make counts as present."""

    def judge(self, module: Module, **known: Any) -> Call:
        return module(flow(entitlement("E", encryption=STATIC)), check=True, **known)

    def test_names_of_what_is_not_there_yet(self, module: Module, aws: Aws) -> None:
        known = {"known_roles": [{"name": ROLE}], "known_secrets": [{"name": "game"}]}
        encryption = self.judge(module, **known).entitlements["E"]["encryption"]
        assert encryption["role_arn"] == ROLE_ARN
        assert encryption["secret_arn"] == f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:game-??????"

    def test_arns_of_what_is_not_there_yet(self, module: Module, aws: Aws) -> None:
        arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:game-??????"
        known = {"known_roles": [{"name": ROLE, "arn": ROLE_ARN}], "known_secrets": [{"name": "game", "arn": arn}]}
        assert self.judge(module, **known).changed
        assert "??????" in module(flow(entitlement("E", encryption=STATIC)), **known).message

    def test_a_copy_in_another_region_does_not_count(self, module: Module, aws: Aws) -> None:
        arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:game-AbCdEf"
        known = {"known_roles": [{"name": ROLE}], "known_secrets": [{"name": "game", "arn": arn}]}
        assert f"names the secret game, which does not exist in {REGION}" in self.judge(module, **known).message

    def test_other_names_fail(self, module: Module, aws: Aws) -> None:
        message = self.judge(module, known_roles=[{"name": "Other"}], known_secrets=[{"name": "game"}]).message
        assert f"names the role {ROLE}, which does not exist" in message

    @pytest.mark.parametrize(
        ("role", "secret", "said"),
        [
            ({}, {}, None),
            ({}, {"algorithm": "aes256"}, None),
            ({}, {"algorithm": None}, None),
            ({}, {"algorithm": "aes128"}, "is to hold a key of aes128, not of aes256"),
            (trusting(), {}, "does not trust mediaconnect.amazonaws.com"),
            (trusting(SERVICE), {}, None),
            (trusting(for_flow("BaseballGaem")), {}, "do not admit this flow"),
            (trusting(for_flow("BaseballGame")), {}, None),
            ({"permissions_policy": policy(allow(READ_ACTIONS, GAME)), "action": "created"}, {}, None),
            ({"permissions_policy": policy(allow(READ_ACTIONS, f"{GAME}x")), "action": "created"}, {}, "do not allow"),
            ({"permissions_policy": None, "action": "created"}, {}, None),
        ],
    )
    def test_what_is_predicted_of_them_must_fit(
        self, module: Module, aws: Aws, role: dict[str, Any], secret: dict[str, Any], said: str | None
    ) -> None:
        known = {"known_roles": [{"name": ROLE, **role}], "known_secrets": [{"name": "game", **secret}]}
        if said is None:
            assert self.judge(module, **known).changed
        else:
            assert said in self.judge(module, **known).message
            assert self.judge(module, verify_encryption=False, **known).changed

    @pytest.mark.parametrize("roles", [[], [{"name": ROLE}], [{"name": ROLE, "permissions_policy": None}]])
    def test_iam_is_not_asked_about_a_secret_without_an_arn(self, module: Module, aws: Aws, roles: list[Any]) -> None:
        aws.seed(**keys_and_role())
        declared = flow(entitlement("E", encryption={**STATIC, "secret": "new"}))
        assert module(declared, check=True, known_roles=roles, known_secrets=[{"name": "new"}]).changed
        assert "SimulatePrincipalPolicy" not in aws.operations(service="iam")

    def test_each_task_predicts_its_own_part_of_a_role(self, module: Module, aws: Aws) -> None:
        def told(flow_name: str, secret: str) -> dict[str, Any]:
            permissions = policy(allow(READ_ACTIONS, secret))
            made = {"name": ROLE, "arn": ROLE_ARN, "action": "created", "permissions_policy": permissions}
            return {**made, **trusting(for_flow(flow_name))}

        ours, theirs = told("BaseballGame", GAME), told("Tennis", GAME.replace("game", "tennis"))
        secrets = [{"name": "game"}, {"name": "game", "region": "eu-west-1", "algorithm": "aes128"}]
        for roles in ([ours, theirs], [theirs, ours]):
            assert self.judge(module, known_roles=roles, known_secrets=secrets).changed
        assert "do not admit this flow" in self.judge(module, known_roles=[theirs], known_secrets=secrets).message

    def test_a_role_that_is_there_may_have_other_policies_too(self, module: Module, aws: Aws) -> None:
        aws.seed(**keys_and_role())
        predicted = {"name": ROLE, "arn": ROLE_ARN, "action": "updated", "permissions_policy": policy()}
        assert self.judge(module, known_roles=[predicted]).changed
        assert "do not allow" in self.judge(module, known_roles=[{**predicted, "action": "created"}]).message

    def test_a_real_run_does_not_take_a_name_s_word(self, module: Module, aws: Aws) -> None:
        known = {"known_roles": [{"name": ROLE}], "known_secrets": [{"name": "game"}]}
        message = module(flow(entitlement("E", encryption=STATIC)), **known).message
        assert f"names the role {ROLE}, which does not exist" in message


def test_the_emulator_agrees_with_the_judgement(module: Module, aws: Aws, emulator: Emulator) -> None:
    """Each role that the module lets pass could read the key, and none that it refuses could."""
    for case, (role, said) in ROLES.items():
        emulator.reset()
        emulator.seed({"accounts": {ACCOUNT: {"regions": {REGION: {"flows": [{"name": "BaseballGame"}]}}}}})
        aws.seed(**keys_and_role(**role))
        (found,) = aws.client.list_flows()["Flows"]
        secret = emulator.client("secretsmanager").describe_secret(SecretId="game")["ARN"]
        allowed = emulator.could_read(ROLE_ARN, secret, found["FlowArn"], "aes256")["allowed"]
        assert allowed == (said is None), case
