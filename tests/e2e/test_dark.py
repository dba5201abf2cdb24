# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing goes dark unasked: with a stream that runs, each change that would stop it is refused, by modules, roles and playbooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.observe import Observer
from ansible_collections.mediaops.mediaconnect.plugins.plugin_utils.names import retold
from tests.e2e.sandbox import Run, Sandbox
from tests.e2e.slow import slow_but
from tests.e2e.streaming import (
    ALICE,
    BOB,
    FLOW,
    GAME,
    OTHER_KEY,
    READ,
    REGION,
    ROLE,
    ROLE_ARN,
    SERVICE,
    SHORT_KEY,
    SPEKE,
    SPEKE_API,
    AnyModule,
    Streaming,
    allow,
    document,
    refusal,
    trusting,
)

STATIC = {"algorithm": "aes256", "role": ROLE, "secret": "game"}


@dataclass
class Row:
    """A change that would stop a stream.

    arrange: what was there before, besides the stream; None stands for the plain stream.
    module, options: the task. said: what the refusal says. forced: the option that lets it through.
    """

    module: str
    options: dict[str, Any]
    said: str
    arrange: Callable[[Streaming], None] = Streaming.stream
    forced: dict[str, Any] = field(default_factory=lambda: {"force_in_use": True})


def entitled(said: str, arrange: Callable[[Streaming], None] = Streaming.stream, **entitlement: Any) -> Row:
    forced = entitlement.pop("forced", {})
    flows = [{"flow": FLOW, "entitlements": [{"name": "E", **entitlement}]}]
    return Row("entitlements", {"flows": flows}, said, arrange, {"force_in_use": True, **forced})


def role(said: str, arrange: Callable[[Streaming], None] = Streaming.stream, **options: Any) -> Row:
    return Row("trust_role", {"name": ROLE, **options}, said, arrange)


def secret(said: str, arrange: Callable[[Streaming], None] = Streaming.stream, **options: Any) -> Row:
    return Row("key_secrets", {"secrets": [{"name": "game", **options}]}, said, arrange)


# What somebody has made by hand before


def with_other_secrets(streaming: Streaming) -> None:
    streaming.secret("other", OTHER_KEY)
    streaming.secret("short", SHORT_KEY)
    streaming.policy(allow(READ, "*"))
    streaming.stream()


def unencrypted(streaming: Streaming) -> None:
    streaming.receive(streaming.grant("E", None), key=None)


def with_kms_key(streaming: Streaming) -> None:
    key = streaming.kms_key()
    streaming.kms.create_alias(AliasName="alias/video", TargetKeyId=key)
    streaming.secrets.update_secret(SecretId="game", KmsKeyId=key)
    streaming.policy(allow(READ, [streaming.game]), allow("kms:Decrypt", [key]))
    streaming.stream()


def with_another_kms_key(streaming: Streaming) -> None:
    streaming.kms.create_alias(AliasName="alias/other", TargetKeyId=streaming.kms_key())
    streaming.stream()


def with_speke(streaming: Streaming) -> None:
    streaming.policy(allow(READ, [streaming.game]), allow("execute-api:Invoke", [SPEKE_API]))
    speke = {"ResourceId": "game", "DeviceId": "11AA22BB33CC", "Url": SPEKE["url"], "Region": REGION}
    streaming.receive(streaming.grant("E", {"KeyType": "speke", "RoleArn": ROLE_ARN, **speke}), key=None)


def inline(streaming: Streaming) -> None:
    streaming.secret("other", OTHER_KEY)
    streaming.without_own_policy()
    streaming.inline(allow(READ, [streaming.game]))
    streaming.trust(document(SERVICE))
    streaming.stream()


def in_two_policies(streaming: Streaming) -> None:
    streaming.secret("other", OTHER_KEY)
    streaming.policy(allow(READ, ["arn:aws:secretsmanager:us-west-2:111122223333:secret:other-*"]))
    streaming.managed("ByHand", allow(READ, [streaming.game]))
    streaming.stream()


def in_another_policy(streaming: Streaming) -> None:
    streaming.without_own_policy()
    streaming.managed("ByHand", allow("secretsmanager:*", "*"))
    streaming.trust(trusting("ArnLike", "arn:aws:mediaconnect:*:111122223333:flow:*"))
    streaming.stream()


def with_a_boundary_that_forbids(streaming: Streaming) -> None:
    streaming.iam.create_policy(PolicyName="Boundary", PolicyDocument=document(allow("mediaconnect:*", "*")))
    streaming.stream()


def without_conditions_and_elsewhere(streaming: Streaming) -> None:
    streaming.policy(allow(READ, "*"))
    streaming.trust(document(SERVICE))
    streaming.elsewhere()


def with_an_interface_in_a_vpc(streaming: Streaming) -> None:
    interface = {"Name": "vpc", "RoleArn": ROLE_ARN, "SecurityGroupIds": ["sg-1"], "SubnetId": "subnet-1"}
    streaming.policy(allow("ec2:*", "*"))
    streaming.mediaconnect.add_flow_vpc_interfaces(FlowArn=streaming._flow()["FlowArn"], VpcInterfaces=[interface])


def for_another_service(streaming: Streaming) -> None:
    streaming.without_own_policy()
    streaming.trust(document({**SERVICE, "Principal": {"Service": "ec2.amazonaws.com"}}))


def with_an_unclear_trust(streaming: Streaming) -> None:
    streaming.trust(trusting("ForAnyValue:ArnLike", GAME))
    streaming.stream()


def with_two_subscribers(streaming: Streaming) -> None:
    streaming.receive(streaming.grant("E", streaming.encryption(), ALICE, BOB))


NO_LONGER = f"The role {ROLE} would no longer serve entitlement E of flow {FLOW}"
DARK = f"would make the picture of account {ALICE} go dark. Set force_in_use: true"
UNVERIFIED = {"verify_encryption": False}
ROWS = {
    "another key": entitled(DARK, with_other_secrets, encryption={**STATIC, "secret": "other"}),
    "another algorithm": entitled(DARK, encryption={**STATIC, "algorithm": "aes128"}, forced=UNVERIFIED),
    "another key of another algorithm": entitled(
        DARK, with_other_secrets, encryption={**STATIC, "algorithm": "aes128", "secret": "short"}
    ),
    "SPEKE instead": entitled(
        DARK, with_other_secrets, encryption={"key_type": "speke", "role": ROLE, **SPEKE}, forced=UNVERIFIED
    ),
    "encryption": entitled("encrypting it " + DARK, unencrypted, encryption=STATIC),
    "no encryption": entitled(
        "replacing it " + DARK, encryption={}, subscribers=[ALICE], forced={"allow_replacement": True}
    ),
    "revoked": entitled("revoking it " + DARK, state="absent"),
    "disabled": entitled("disabling it " + DARK, entitlement_status="DISABLED"),
    "the only subscriber": entitled("revoking it " + DARK, remove_subscribers=[ALICE]),
    "a subscriber": entitled(f"removing the subscriber {ALICE} " + DARK, with_two_subscribers, subscribers=[BOB]),
    "two subscribers, one of whom streams": entitled("revoking it " + DARK, with_two_subscribers, state="absent"),
    "policy": role(NO_LONGER, secrets=[]),
    "trust": role(NO_LONGER, flows=["Tennis"]),
    "KMS keys": role(NO_LONGER, with_kms_key, kms_keys=[]),
    "SPEKE APIs": role(NO_LONGER, with_speke, speke_apis=[]),
    "inline rights, other flows": role(NO_LONGER, inline, secrets=["other"], flows=["Tennis"]),
    "in two policies, other flows": role(NO_LONGER, in_two_policies, secrets=["other"], flows=["Tennis"]),
    "in another policy, other flows": role(NO_LONGER, in_another_policy, secrets=[], flows=["Tennis"]),
    "in another policy, purged": role(NO_LONGER, in_another_policy, flows=[FLOW], purge_policies=True),
    "in two policies, purged": role(NO_LONGER, in_two_policies, secrets=["other"], purge_policies=True),
    "a boundary that forbids": role(NO_LONGER, with_a_boundary_that_forbids, permissions_boundary="Boundary"),
    "used elsewhere, narrowed": role(
        "no longer serve entitlement Far of flow Elsewhere", without_conditions_and_elsewhere, flows=[FLOW]
    ),
    "used elsewhere, reads less": role(
        "no longer serve entitlement Far of flow Elsewhere", without_conditions_and_elsewhere, secrets=["game"]
    ),
    "used elsewhere, deleted": role(
        "used by entitlement Far of flow Elsewhere", without_conditions_and_elsewhere, state="absent"
    ),
    "used in a VPC": role(f"used by VPC interface vpc of flow {FLOW}", with_an_interface_in_a_vpc, state="absent"),
    "deleted": role(f"used by entitlement E of flow {FLOW}", state="absent"),
    "for another service": role("does not trust MediaConnect", for_another_service, secrets=["game"], flows=[FLOW]),
    "a trust that is not understood, other flows": role(NO_LONGER, with_an_unclear_trust, flows=["Tennis"]),
    "secret": secret(f"used by entitlement E of flow {FLOW}", state="absent"),
    "another KMS key": secret("kms:Decrypt", with_another_kms_key, kms_key_id="alias/other"),
    "another value": Row(
        "key_secrets",
        {"secrets": [{"name": "game", "algorithm": "aes256", "value": OTHER_KEY}]},
        "replace_value: true",
        forced={"secrets": [{"name": "game", "algorithm": "aes256", "value": OTHER_KEY, "replace_value": True}]},
    ),
}


@pytest.mark.parametrize("case", slow_but(ROWS, "another key", "policy", "trust", "KMS keys", "deleted", "revoked"))
def test_a_module_refuses_it_unasked(streaming: Streaming, module: AnyModule, case: str) -> None:
    row = ROWS[case]
    row.arrange(streaming)
    refusal(streaming, module, row.module, row.options, row.said)
    assert streaming.runs()
    assert module.run(row.module, **{**row.options, **row.forced}).changed


def as_distribution(row: Row, options: dict[str, Any]) -> dict[str, Any]:
    """The same as options of the module distribution, which the playbooks distribute and grant and the role run."""
    if row.module == "trust_role":
        task = {name: value for name, value in options.items() if name in row.forced}
        return {**task, "role": {name: value for name, value in options.items() if name not in row.forced}}
    return options


@pytest.mark.parametrize("case", slow_but(ROWS, "another key", "secret", "revoked"))
def test_a_distribution_refuses_it_unasked(streaming: Streaming, module: AnyModule, case: str) -> None:
    row = ROWS[case]
    row.arrange(streaming)
    refusal(streaming, module, "distribution", as_distribution(row, row.options), row.said)
    assert streaming.runs()
    assert module.run("distribution", **as_distribution(row, {**row.options, **row.forced})).changed


# What must go through without any option.


def with_the_same_key_elsewhere(streaming: Streaming) -> None:
    streaming.secret("copy")
    streaming.policy(allow(READ, "*"))
    streaming.stream()


def with_a_dead_secret(streaming: Streaming) -> None:
    """It was deleted for good and made again, by which it has another ARN: nobody can be served any more."""
    streaming.stream()
    streaming.secrets.delete_secret(SecretId="game", ForceDeleteWithoutRecovery=True)
    streaming.secret("game")
    assert not streaming.runs()


def with_an_entitlement_that_nobody_uses(streaming: Streaming) -> None:
    streaming.secret("other", OTHER_KEY)
    streaming.policy(allow(READ, "*"))
    streaming.stream()
    streaming.grant("Idle", streaming.encryption())


THROUGH: dict[str, tuple[Row, bool]] = {
    "the same key elsewhere": (
        entitled("", with_the_same_key_elsewhere, encryption={**STATIC, "secret": "copy"}),
        True,
    ),
    "the subscriber who does not stream": (entitled("", with_two_subscribers, subscribers=[ALICE]), True),
    "one more subscriber": (entitled("", subscribers=[ALICE, BOB]), True),
    "a role that reads the new secret": (role("", with_a_dead_secret, secrets=["game"]), False),
    "an entitlement of the new secret": (entitled("", with_a_dead_secret, encryption=STATIC), False),
    "one that nobody uses": (
        Row(
            "entitlements",
            {
                "flows": [
                    {"flow": FLOW, "entitlements": [{"name": "Idle", "encryption": {**STATIC, "secret": "other"}}]}
                ]
            },
            "",
            with_an_entitlement_that_nobody_uses,
        ),
        True,
    ),
    "a KMS key that the role may use": (secret("", with_kms_key, description="d", kms_key_id="alias/video"), True),
    "more for an unclear trust": (role("", with_an_unclear_trust, flows=["Tennis"], purge=False), True),
    "a tag": (role("", tags={"a": "b"}), True),
}


@pytest.mark.parametrize("case", THROUGH)
def test_what_stops_nothing_needs_no_option(streaming: Streaming, module: AnyModule, case: str) -> None:
    row, runs = THROUGH[case]
    row.arrange(streaming)
    options = {**row.options, "verify_encryption": False} if row.module == "entitlements" else row.options
    assert module.run(row.module, check=True, **options).changed
    assert module.run(row.module, **options).changed
    assert streaming.runs() is runs or not runs
    assert not module.run(row.module, **options).changed


def test_a_dead_secret_is_mended_by_the_two(streaming: Streaming, module: AnyModule) -> None:
    with_a_dead_secret(streaming)
    for row in (THROUGH["a role that reads the new secret"][0], THROUGH["an entitlement of the new secret"][0]):
        assert module.run(row.module, **row.options).changed
    assert streaming.runs()


def test_an_unclear_trust_keeps_its_conditions(streaming: Streaming, module: AnyModule) -> None:
    with_an_unclear_trust(streaming)
    assert module.run("trust_role", name=ROLE, flows=["Tennis"], purge=False).changed
    statements = streaming.iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert {"ForAnyValue:ArnLike": {"aws:SourceArn": [GAME]}} in [one.get("Condition") for one in statements]
    assert all("Condition" in one for one in statements)


def test_who_comes_to_stream_between_our_reads_is_not_cut_off(
    streaming: Streaming, module: AnyModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody adds to the role, with purge: false, and streams by it, after its trust and before its policy are read."""
    see = Observer.see
    looks = iter(range(100))

    def interfered(self: Observer, name: str) -> Any:
        seen = see(self, name)
        if next(looks) == 0:
            other = streaming.secret("theirs")
            streaming.trust(trusting("ArnLike", GAME, GAME.replace(FLOW, "Theirs")))
            streaming.policy(allow(READ, [streaming.game, other]))
            source = {"Name": "feed", "Protocol": "rtp", "IngestPort": 5000, "WhitelistCidr": "203.0.113.0/24"}
            flow = streaming.mediaconnect.create_flow(Name="Theirs", Source=source)["Flow"]["FlowArn"]
            streaming.mediaconnect.start_flow(FlowArn=flow)
            streaming.receive(streaming.grant("T", streaming.encryption(SecretArn=other), flow=flow))
        return seen

    streaming.stream()
    monkeypatch.setattr(Observer, "see", interfered)
    message = module.run("trust_role", name=ROLE, secrets=["game"], flows=[FLOW], description="ours").message
    assert "no longer serve entitlement T of flow Theirs" in message
    theirs = streaming.mediaconnect.list_flows()["Flows"]
    assert [streaming.emulator.streams(flow["FlowArn"])["streams"] for flow in theirs] == [True, True]


def test_a_key_of_kms_is_changed_only_when_the_role_may_use_it(streaming: Streaming, module: AnyModule) -> None:
    with_another_kms_key(streaming)
    timeline = streaming.emulator.timeline(streaming.received[0])
    assert timeline == [{"from": 0.0, "until": None}]
    options = {
        "secrets": [{"name": "game", "kms_key_id": "alias/other"}],
        "role": {"name": ROLE, "secrets": ["game"], "flows": [FLOW], "kms_keys": ["alias/other"]},
    }
    assert module.run("distribution", **options).changed
    assert streaming.emulator.timeline(streaming.received[0]) == [{"from": 0.0, "until": None}]


# The same by roles and playbooks, as people run them.


def in_a_playbook(name: str, forced: str, arrange: Callable[[Streaming], None], said: str, **variables: Any) -> Any:
    return name, forced, arrange, said, variables


KEY_ROLE = {"static_key_encryption_role_name": ROLE, "static_key_encryption_flows": [FLOW]}
GAME_KEY = {"name": "game", "algorithm": "aes256"}
E_OTHER = [{"flow": FLOW, "entitlements": [{"name": "E", "encryption": {**STATIC, "secret": "other"}}]}]
PLAYBOOKS = {
    "distribute, another key": in_a_playbook(
        "distribute", "entitlements_force_in_use", with_other_secrets, DARK, entitlements_flows=E_OTHER
    ),
    "distribute, the KMS key left out": in_a_playbook(
        "distribute",
        "static_key_encryption_force_in_use",
        with_kms_key,
        NO_LONGER,
        static_key_encryption_secrets=[GAME_KEY],
        **KEY_ROLE,
    ),
    "grant, another key": in_a_playbook(
        "grant",
        "mediaconnect_force_in_use",
        with_other_secrets,
        DARK,
        mediaconnect_flow=FLOW,
        mediaconnect_entitlement="E",
        mediaconnect_secret="other",
        mediaconnect_role=ROLE,
        mediaconnect_algorithm="aes256",
    ),
    "revoke": in_a_playbook(
        "revoke",
        "mediaconnect_force_in_use",
        Streaming.stream,
        "revoking it " + DARK,
        mediaconnect_flow=FLOW,
        mediaconnect_entitlement="E",
    ),
    "role entitlements, another key": in_a_playbook(
        "role: entitlements", "entitlements_force_in_use", with_other_secrets, DARK, entitlements_flows=E_OTHER
    ),
    "role static_key_encryption, all taken down": in_a_playbook(
        "role: static_key_encryption",
        "static_key_encryption_force_in_use",
        Streaming.stream,
        f"used by entitlement E of flow {FLOW}",
        static_key_encryption_secrets=[GAME_KEY],
        static_key_encryption_state="absent",
        **KEY_ROLE,
    ),
    "role static_key_encryption, other flows": in_a_playbook(
        "role: static_key_encryption",
        "static_key_encryption_force_in_use",
        Streaming.stream,
        NO_LONGER,
        static_key_encryption_secrets=[GAME_KEY],
        **{**KEY_ROLE, "static_key_encryption_flows": ["Tennis"]},
    ),
    **{
        f"role static_key_encryption, {case}": in_a_playbook(
            "role: static_key_encryption",
            "static_key_encryption_force_in_use",
            arrange,
            said,
            **{"static_key_encryption_secrets": [GAME_KEY], **KEY_ROLE, **more},
        )
        for case, arrange, said, more in (
            ("the SPEKE APIs left out", with_speke, NO_LONGER, {}),
            (
                "a boundary that forbids",
                with_a_boundary_that_forbids,
                NO_LONGER,
                {"static_key_encryption_permissions_boundary": "Boundary"},
            ),
            (
                "made by hand, other flows",
                inline,
                NO_LONGER,
                {
                    "static_key_encryption_secrets": [{**GAME_KEY, "name": "other"}],
                    "static_key_encryption_flows": ["Tennis"],
                },
            ),
            (
                "used elsewhere",
                without_conditions_and_elsewhere,
                "no longer serve entitlement Far of flow Elsewhere",
                {},
            ),
            ("for another service", for_another_service, "does not trust MediaConnect", {}),
        )
    },
    "role static_key_encryption, another KMS key": in_a_playbook(
        "role: static_key_encryption",
        "static_key_encryption_force_in_use",
        with_another_kms_key,
        "kms:Decrypt",
        static_key_encryption_secrets=[{**GAME_KEY, "kms_key_id": "alias/other"}],
    ),
}


@pytest.mark.parametrize("case", slow_but(PLAYBOOKS, "grant, another key"))
def test_a_playbook_refuses_it_unasked(sandbox: Sandbox, streaming: Streaming, case: str) -> None:
    name, forced, arrange, said, variables = PLAYBOOKS[case]
    arrange(streaming)

    def run(*arguments: str, **more: Any) -> Run:
        given = {**variables, **more}
        extra = ["-e", json.dumps(given), *arguments]
        if name.startswith("role: "):
            include = {"ansible.builtin.include_role": {"name": f"mediaops.mediaconnect.{name.removeprefix('role: ')}"}}
            return sandbox.tasks([include], *extra)
        return sandbox.playbook(f"mediaops.mediaconnect.{name}", *extra)

    streaming.emulator.clear_calls()
    messages = [run(*arguments).failed().message for arguments in (["--check"], [])]
    assert retold(said, name.removeprefix("role: ")) in messages[0]
    assert messages[0] == messages[1]
    assert streaming.writes() == []
    assert streaming.runs()
    assert run(**{forced: True}).ok().changed
