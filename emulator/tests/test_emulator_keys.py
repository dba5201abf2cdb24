# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Could MediaConnect read the key? Every way in which it could not is told apart."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.tests.world import UNCHECKED, refused
from mediaconnect_emulator.beside.propagation import IamHistory
from mediaconnect_emulator.client import Emulator
from mediaconnect_emulator.wire.protocols import Request

ACCOUNT = "111122223333"
REGION = "us-west-2"
FLOW = f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
OTHER_FLOW = f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:OtherGame"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
READ = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]


def allow(action: Any, resource: Any, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(
    service: str = "mediaconnect.amazonaws.com", effect: str = "Allow", **conditions: dict[str, Any]
) -> dict[str, Any]:
    return {
        "Effect": effect,
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        **({"Condition": conditions} if conditions else {}),
    }


TAGGED = {"StringEquals": {"aws:ResourceTag/event": "baseball"}}
PROTECTED = trust(
    StringEquals={"aws:SourceAccount": ACCOUNT},
    ArnLike={"aws:SourceArn": f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:*:BaseballGame"},
)


class Setup:
    """A secret with a 256-bit key, and the role that may read it."""

    def __init__(self, emulator: Emulator, kms_key: str | None = None) -> None:
        self.emulator = emulator
        self.secrets = emulator.client("secretsmanager", config=UNCHECKED)
        self.iam = emulator.client("iam", config=UNCHECKED)
        self.kms = emulator.client("kms", config=UNCHECKED)
        options = {"KmsKeyId": kms_key} if kms_key else {}
        self.secret = self.secrets.create_secret(Name="key", SecretString="0123456789abcdef" * 4, **options)["ARN"]
        self.iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(PROTECTED))
        self.grant(allow(READ, self.secret))

    def grant(self, *statements: dict[str, Any]) -> None:
        self.iam.put_role_policy(RoleName="MediaConnect-ASM", PolicyName="read", PolicyDocument=document(*statements))

    def trust(self, *statements: dict[str, Any]) -> None:
        self.iam.update_assume_role_policy(RoleName="MediaConnect-ASM", PolicyDocument=document(*statements))

    def remove_role(self) -> None:
        self.iam.delete_role_policy(RoleName="MediaConnect-ASM", PolicyName="read")
        self.iam.delete_role(RoleName="MediaConnect-ASM")

    def put(self, value: str) -> None:
        self.secrets.put_secret_value(SecretId="key", SecretString=value)

    def ask(self, algorithm: str | None = "aes256", flow: str = FLOW) -> dict[str, Any]:
        return self.emulator.could_read(ROLE, self.secret, flow, algorithm)


@pytest.fixture
def setup(emulator: Emulator) -> Setup:
    return Setup(emulator)


def managed(setup: Setup, *documents: str) -> str:
    """Read access by a managed policy with these versions, the last of them the default."""
    setup.iam.delete_role_policy(RoleName="MediaConnect-ASM", PolicyName="read")
    arn: str = setup.iam.create_policy(PolicyName="SecretsManagerForMediaConnect", PolicyDocument=documents[0])[
        "Policy"
    ]["Arn"]
    for text in documents[1:]:
        setup.iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
    setup.iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    return arn


def resource_policy(setup: Setup, effect: str, principal: Any) -> None:
    statement = allow("secretsmanager:*", "*", effect, Principal=principal)
    setup.secrets.put_resource_policy(SecretId="key", ResourcePolicy=document(statement))


def only_resource_policy(setup: Setup, principal: Any) -> None:
    setup.grant(allow("s3:*", "*"))
    resource_policy(setup, "Allow", principal)


def limited_resource_policy(setup: Setup) -> None:
    only_resource_policy(setup, {"AWS": ROLE})
    boundary(setup, allow("s3:*", "*"))


def without(setup: Setup, action: str) -> None:
    setup.grant(allow([other for other in READ if other != action], "*"))


READABLE: dict[str, Callable[[Setup], Any]] = {
    "as the guide has it": lambda setup: None,
    "trust without conditions": lambda setup: setup.trust(trust()),
    "trust in a list of services": lambda setup: setup.trust(
        {**trust(), "Principal": {"Service": ["ec2.amazonaws.com", "mediaconnect.amazonaws.com"]}}
    ),
    "trust by the flow's whole ARN": lambda setup: setup.trust(trust(ArnEquals={"aws:SourceArn": FLOW})),
    "trust by another case of the key": lambda setup: setup.trust(
        trust(StringLike={"AWS:sourceARN": "arn:aws:mediaconnect:*:flow:*:BaseballGame"})
    ),
    "reading the value alone": lambda setup: setup.grant(allow("secretsmanager:GetSecretValue", setup.secret)),
    "any action": lambda setup: setup.grant(allow("secretsmanager:*", setup.secret)),
    "any case of the action": lambda setup: setup.grant(allow("SecretsManager:*", setup.secret)),
    "the name and six characters": lambda setup: setup.grant(allow(READ, f"{setup.secret[:-6]}??????")),
    "two statements": lambda setup: setup.grant(allow(READ[:2], setup.secret), allow(READ[2:], "*")),
    "a Deny on another secret": lambda setup: setup.grant(allow(READ, "*"), allow("*", f"{setup.secret}x", "Deny")),
    "everything but another service": lambda setup: setup.grant(
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}
    ),
    "a managed policy": lambda setup: managed(setup, document(allow(READ, setup.secret))),
    "a second, default version": lambda setup: managed(
        setup, document(allow("s3:*", "*")), document(allow(READ, setup.secret))
    ),
    "a boundary that allows it": lambda setup: boundary(setup, allow("secretsmanager:*", "*")),
    "the secret's own policy": lambda setup: only_resource_policy(setup, {"AWS": ROLE}),
    "trust in the older version of the language": lambda setup: setup.iam.update_assume_role_policy(
        RoleName="MediaConnect-ASM", PolicyDocument=json.dumps({"Version": "2008-10-17", "Statement": [PROTECTED]})
    ),
    "trust with the action in another case": lambda setup: setup.trust({**PROTECTED, "Action": "STS:assumerole"}),
    "an account that is a number": lambda setup: setup.trust(trust(StringEquals={"aws:SourceAccount": int(ACCOUNT)})),
}
UNREADABLE: dict[str, tuple[str, Callable[[Setup], Any]]] = {
    "no such role": ("does not exist", lambda setup: setup.remove_role()),
    "another service trusted": ("does not trust", lambda setup: setup.trust(trust("ec2.amazonaws.com"))),
    "another flow trusted": ("does not trust", lambda setup: setup.trust(trust(ArnLike={"aws:SourceArn": OTHER_FLOW}))),
    "another account trusted": ("does not trust", lambda setup: setup.trust(trust(StringEquals={"aws:SourceAccount": "444455556666"}))),
    "one of two conditions fails": ("does not trust", lambda setup: setup.trust(trust(Null={"aws:SourceArn": "false"}, ArnLike={"aws:SourceArn": OTHER_FLOW}))),
    "a key that MediaConnect does not send": ("does not trust", lambda setup: setup.trust(trust(StringEquals={"sts:ExternalId": "x"}))),
    "a wildcard in StringEquals": ("does not trust", lambda setup: setup.trust(trust(StringEquals={"aws:SourceArn": f"{FLOW[:60]}*"}))),
    "trust denied": ("refuses", lambda setup: setup.trust(trust(), trust(effect="Deny"))),
    "no policy": ("no policy allows", lambda setup: setup.iam.delete_role_policy(RoleName="MediaConnect-ASM", PolicyName="read")),
    "another secret": ("no policy allows", lambda setup: setup.grant(allow(READ, f"{setup.secret[:-1]}?x"))),
    "a Deny": ("a policy denies", lambda setup: setup.grant(allow("*", "*"), allow("secretsmanager:GetSecretValue", setup.secret, "Deny"))),
    "a condition that is not met": ("no policy allows", lambda setup: setup.grant(allow(READ, "*", Condition=TAGGED))),
    "a policy that is not the default version": ("no policy allows", lambda setup: managed(setup, document(allow(READ, "*")), document(allow("s3:*", "*")))),
    "a boundary without it": ("no policy allows", lambda setup: boundary(setup, allow("s3:*", "*"))),
    "a resource policy that denies": ("a policy denies", lambda setup: resource_policy(setup, "Deny", {"AWS": ROLE})),
    "a resource policy that denies the account": ("a policy denies", lambda setup: resource_policy(setup, "Deny", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    "a resource policy that allows the account only": ("no policy allows", lambda setup: only_resource_policy(setup, {"AWS": ACCOUNT})),
    "scheduled for deletion": ("scheduled for deletion", lambda setup: setup.secrets.delete_secret(SecretId="key")),
    "deleted": ("does not exist", lambda setup: setup.secrets.delete_secret(SecretId="key", ForceDeleteWithoutRecovery=True)),
    "no hexadecimal": ("not hexadecimal", lambda setup: setup.put("g" * 64)),
    "a trailing newline": ("not hexadecimal", lambda setup: setup.put("0123456789abcdef" * 4 + "\n")),
    "JSON": ("not hexadecimal", lambda setup: setup.put(json.dumps({"key": "0123456789abcdef" * 4}))),
    "a shorter key": ("has 63 hexadecimal digits", lambda setup: setup.put("0" * 63)),
    "a key of another algorithm": ("has 32 hexadecimal digits", lambda setup: setup.put("0" * 32)),
    "without secretsmanager:GetSecretValue": ("no policy allows", functools.partial(without, action=READ[1])),
    "a resource policy, and a boundary without it": ("no policy allows", limited_resource_policy),
}  # fmt: skip


def boundary(setup: Setup, *statements: dict[str, Any]) -> None:
    arn = setup.iam.create_policy(PolicyName="boundary", PolicyDocument=document(*statements))["Policy"]["Arn"]
    setup.iam.put_role_permissions_boundary(RoleName="MediaConnect-ASM", PermissionsBoundary=arn)


@pytest.mark.parametrize("change", READABLE.values(), ids=READABLE)
def test_mediaconnect_could_read_it(setup: Setup, change: Callable[[Setup], Any]) -> None:
    change(setup)
    assert setup.ask() == {"allowed": True, "reason": "MediaConnect can read the key"}


@pytest.mark.parametrize(("reason", "change"), UNREADABLE.values(), ids=UNREADABLE)
def test_mediaconnect_could_not_read_it(setup: Setup, reason: str, change: Callable[[Setup], Any]) -> None:
    change(setup)
    answer = setup.ask()
    assert answer["allowed"] is False
    assert reason in answer["reason"]


@pytest.mark.parametrize(("algorithm", "digits"), [("aes128", 32), ("aes192", 48), ("aes256", 64)])
def test_the_key_fits_one_algorithm(setup: Setup, algorithm: str, digits: int) -> None:
    """User Guide, static key encryption: an AES-256 key "must have 64 digits, because each digit is 4 bits"."""
    setup.put("0" * digits)
    assert [name for name in ("aes128", "aes192", "aes256") if setup.ask(name)["allowed"]] == [algorithm]


def test_the_reason_never_shows_the_key(setup: Setup) -> None:
    setup.put("not-a-key-but-still-secret")
    assert "secret" not in setup.ask()["reason"].replace(setup.secret, "")


def test_another_flow_is_judged_by_its_own_arn(setup: Setup) -> None:
    assert setup.ask()["allowed"]
    assert not setup.ask(flow=OTHER_FLOW)["allowed"]
    assert not setup.ask(flow=FLOW.replace(REGION, "eu-west-1"))["allowed"]


@pytest.mark.parametrize(
    ("statements", "allowed"), [([], False), ([allow("kms:Decrypt", "*")], True), ([allow("kms:Encrypt", "*")], False)]
)
def test_a_customer_managed_key_needs_decrypt(
    emulator: Emulator, statements: list[dict[str, Any]], allowed: bool
) -> None:
    """Secrets Manager API Reference, GetSecretValue: "you must also have kms:Decrypt"."""
    key = emulator.client("kms").create_key()["KeyMetadata"]["KeyId"]
    setup = Setup(emulator, key)
    setup.grant(allow(READ, setup.secret), *statements)
    assert setup.ask()["allowed"] is allowed


def test_the_keys_own_policy_is_looked_at(emulator: Emulator) -> None:
    key = emulator.client("kms").create_key()["KeyMetadata"]["KeyId"]
    setup = Setup(emulator, key)
    setup.grant(allow(READ, setup.secret), allow("kms:Decrypt", "*"))
    setup.kms.put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=document(allow("kms:*", "*", Principal={"AWS": "arn:aws:iam::444455556666:root"})),
    )
    assert not setup.ask()["allowed"]
    via = {"StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"}}
    setup.kms.put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=document(allow("kms:Decrypt", "*", Principal={"AWS": ROLE}, Condition=via)),
    )
    assert setup.ask()["allowed"]
    setup.kms.disable_key(KeyId=key)
    assert not setup.ask()["allowed"]


def encryption(setup: Setup) -> dict[str, Any]:
    return {"RoleArn": ROLE, "SecretArn": setup.secret, "Algorithm": "aes256"}


@pytest.mark.parametrize(
    ("check", "role_counts", "secret_counts"),
    [("nothing", False, False), ("role", True, False), ("secret", True, True)],
)
def test_a_grant_looks_at_what_it_is_told_to(setup: Setup, check: str, role_counts: bool, secret_counts: bool) -> None:
    emulator = setup.emulator
    emulator.settings(grant_check=check)
    emulator.seed({"accounts": {ACCOUNT: {"regions": {REGION: {"flows": [{"name": "BaseballGame"}]}}}}})
    client = emulator.client("mediaconnect", config=UNCHECKED)
    flow = client.list_flows()["Flows"][0]["FlowArn"]

    def grant(name: str) -> None:
        client.grant_flow_entitlements(
            FlowArn=flow,
            Entitlements=[{"Name": name, "Subscribers": ["444455556666"], "Encryption": encryption(setup)}],
        )

    grant("fine")
    setup.grant(allow("s3:*", "*"))
    if secret_counts:
        with refused("ForbiddenException", 403):
            grant("unreadable")
    else:
        grant("unreadable")
    setup.trust(trust("ec2.amazonaws.com"))
    if role_counts:
        with refused("ForbiddenException", 403):
            grant("untrusted")
        with refused("ForbiddenException", 403):
            arn = flow.replace(":flow:", ":entitlement:").rpartition(":")[0] + ":fine"
            client.update_flow_entitlement(FlowArn=flow, EntitlementArn=arn, Encryption=encryption(setup))
    else:
        grant("untrusted")


def test_a_new_role_is_on_its_way_for_a_while(setup: Setup) -> None:
    """IAM User Guide, troubleshooting: changes take time to reach all endpoints."""
    assert setup.ask()["allowed"]
    setup.emulator.settings(iam_propagation_delay=60.0)
    assert "cannot be assumed yet" in setup.ask()["reason"]
    setup.emulator.settings(iam_propagation_delay=0.0)
    assert setup.ask()["allowed"]


class Iam:
    """A role and a managed policy as moto keeps them, and an hour that a test can set."""

    def __init__(self) -> None:
        self.now = 0.0
        version = SimpleNamespace(version_id="v1", document="v1")
        self.policy = SimpleNamespace(arn="arn", default_version_id="v1", versions=[version])
        self.role = SimpleNamespace(name="role", assume_role_policy_document="old", policies={}, managed_policies={})
        self.backend = SimpleNamespace(roles={"id": self.role}, managed_policies={"arn": self.policy})
        self.history = IamHistory(lambda account, partition: self.backend, lambda: self.now)

    def write(self, at: float, operation: str, change: Callable[[], Any], **params: str) -> None:
        self.now = at
        request = Request("POST", "/", "", {}, b"", account=ACCOUNT)
        request.operation, request.service, request.params = operation, "iam", params
        with self.history.recording(request):
            change()

    def seen(self, at: float, kind: str, name: str = "role") -> Any:
        self.now = at
        return self.history.seen(ACCOUNT, "aws", kind, name, 10.0)


def test_until_a_change_of_iam_comes_through_the_state_before_it_is_seen() -> None:
    """Each of several changes after its own time, in their order."""
    iam = Iam()

    def trusts(document: str) -> Callable[[], None]:
        return lambda: setattr(iam.role, "assume_role_policy_document", document)

    iam.write(100, "UpdateAssumeRolePolicy", trusts("new"), RoleName="role")
    iam.write(105, "UpdateAssumeRolePolicy", trusts("newest"), RoleName="role")
    assert [iam.seen(at, "trust") for at in (101, 109, 110, 114, 115)] == ["old", "old", "new", "new", "newest"]
    iam.write(200, "PutRolePolicy", lambda: iam.role.policies.update(read="{}"), RoleName="role")
    iam.write(201, "AttachRolePolicy", lambda: iam.role.managed_policies.update(arn=iam.policy), RoleName="role")
    assert [iam.seen(at, "policies") for at in (209, 210, 211)] == [
        ({}, []),
        ({"read": "{}"}, []),
        ({"read": "{}"}, [iam.policy]),
    ]
    assert iam.seen(211, "trust") == "newest"
    iam.policy.versions.append(SimpleNamespace(version_id="v2", document="v2"))
    iam.write(300, "SetDefaultPolicyVersion", lambda: setattr(iam.policy, "default_version_id", "v2"), PolicyArn="arn")
    assert [iam.seen(at, "document", "arn") for at in (309, 310)] == ["v1", "v2"]
    iam.backend.roles.clear()
    iam.write(400, "CreateRole", lambda: iam.backend.roles.update(id=iam.role), RoleName="role")
    assert [(iam.seen(at, "trust"), iam.seen(at, "policies")) for at in (409, 410)] == [
        (None, None),
        ("newest", ({"read": "{}"}, [iam.policy])),
    ]


SPEKE = {
    "KeyType": "speke",
    "RoleArn": ROLE,
    "Url": "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/example/v1.0",
    "ResourceId": "event",
    "DeviceId": "device",
    "Region": REGION,
}
INVOKE = allow("execute-api:Invoke", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:1abcdefghi/*/POST/*")


@pytest.mark.parametrize(
    ("statement", "errors"), [(INVOKE, []), (allow("s3:*", "*"), ["Permission denied accessing encryption key"])]
)
def test_speke_needs_a_role_that_may_call_the_key_server(
    setup: Setup, statement: dict[str, Any], errors: list[str]
) -> None:
    """User Guide, SPEKE encryption, set up: execute-api:Invoke on the API Gateway proxy."""
    setup.grant(statement)
    flows = [{"name": "BaseballGame", "status": "ACTIVE"}]
    flow = setup.emulator.seed({"accounts": {ACCOUNT: {"regions": {REGION: {"flows": flows}}}}})["flows"][0]
    client = setup.emulator.client("mediaconnect", config=UNCHECKED)
    request = {"Name": "speke", "Subscribers": ["444455556666"], "Encryption": SPEKE}
    answer = client.grant_flow_entitlements(FlowArn=flow, Entitlements=[request])
    assert answer["Entitlements"][0]["Encryption"] == SPEKE
    shown = client.describe_flow(FlowArn=flow).get("Messages", {}).get("Errors", [])
    assert [message[:42] for message in shown] == errors
