# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was declared streams: the originator distributes, the subscriber sets its side up by the same role, and video runs."""

from __future__ import annotations

import pytest

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Sandbox

KEY = "5ca1ab1e" * 8
FLOW_ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame"
SUBSCRIBER = "444455556666"


@pytest.mark.slow
def test_the_declared_state_streams_and_is_guarded_while_it_does(sandbox: Sandbox, emulator: Emulator) -> None:
    emulator.settings(transition_delay=0.0)
    distributed = sandbox.playbook(
        "mediaops.mediaconnect.distribute", "-e", "@docs/examples/baseball.yml", BASEBALL_KEY=KEY
    ).ok()
    (handed_over,) = (
        granted
        for account in distributed.result("distribution")["handover"]
        if account["subscriber"] == SUBSCRIBER
        for granted in account["entitlements"]
    )

    tasks = f"""
    - ansible.builtin.include_role: {{name: mediaops.mediaconnect.static_key_encryption}}
      vars:
        static_key_encryption_region: {handed_over["region"]}
        static_key_encryption_role_name: MediaConnect-Received
        static_key_encryption_flows: [FromOriginator]
        static_key_encryption_secrets:
          - {{name: from-originator, algorithm: {handed_over["algorithm"]}, value: "{{{{ lookup('ansible.builtin.env', 'KEY') }}}}"}}
    """
    received = sandbox.tasks(tasks, account=SUBSCRIBER, KEY=KEY.upper()).ok()
    secret = received.result("distribution")["secrets"][0]
    # This is how both ends know, without showing it, that they have the same key.
    assert secret["key_fingerprint"] == handed_over["key_fingerprint"]

    subscriber = emulator.client("mediaconnect", account=SUBSCRIBER)
    decryption = {
        "KeyType": handed_over["key_type"],
        "Algorithm": handed_over["algorithm"],
        "RoleArn": received.result("distribution")["roles"][0]["arn"],
        "SecretArn": secret["arn"],
    }
    source = {"EntitlementArn": handed_over["entitlement_arn"], "Decryption": decryption}
    flow = subscriber.create_flow(Name="FromOriginator", Source=source)["Flow"]["FlowArn"]
    subscriber.start_flow(FlowArn=flow)
    assert emulator.streams(flow) == {"streams": True, "reasons": []}

    # Now that it is in use, nothing stops it by accident.
    revoked = sandbox.module(
        "entitlements",
        flows=[{"flow": FLOW_ARN, "entitlements": [{"name": "AnyCompany_Entitlement", "state": "absent"}]}],
    ).failed()
    assert "is in use" in revoked.message
    assert SUBSCRIBER in revoked.message
    other_key = sandbox.playbook(
        "mediaops.mediaconnect.distribute", "-e", "@docs/examples/baseball.yml", BASEBALL_KEY="0" * 64
    ).failed()
    assert "replace_value" in other_key.message
    assert emulator.streams(flow) == {"streams": True, "reasons": []}

    # Nor does another variables file that gives the same role another secret, or a mistyped flow.
    mistyped = sandbox.playbook(
        "mediaops.mediaconnect.distribute",
        *("-e", "@docs/examples/baseball.yml", "-e", '{"static_key_encryption_flows": ["BaseballGam"]}'),
        BASEBALL_KEY=KEY,
    ).failed()
    assert "no longer serve entitlement AnyCompany_Entitlement of flow BaseballGame" in mistyped.message
    emulator.client("secretsmanager").create_secret(Name="league", SecretString="0f" * 32)
    emulator.clear_calls()
    for arguments in ([], ["--check"]):
        options = {
            "name": "MediaConnect-ASM",
            "policy_name": "SecretsManagerForMediaConnect",
            "flows": ["BaseballGame"],
        }
        other_secret = sandbox.tasks([{"trust_role": {"secrets": ["league"], **options}}], *arguments).failed()
        assert "no longer serve entitlement AnyCompany_Entitlement of flow BaseballGame" in other_secret.message
    assert emulator.calls(writes_only=True) == []
    assert emulator.streams(flow) == {"streams": True, "reasons": []}
    added = sandbox.tasks(
        [
            {"trust_role": {"secrets": ["league"], "purge": False, **options}},
            {"trust_role": {"secrets": ["league"], "force_in_use": True, **options}},
        ]
    ).ok()
    assert added.changed == 2
    stored = distributed.result("distribution")["secrets"][0]["arn"]
    assert not emulator.could_read(added.result("trust_role")["role"]["arn"], stored, FLOW_ARN)["allowed"]
