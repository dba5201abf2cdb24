# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses which key, as flows have it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import uses_of, watching

ALICE, BOB = "444455556666", "123456789012"
API = {"KeyType": "static-key", "Algorithm": "aes256", "RoleArn": "arn:role", "SecretArn": "arn:secret"}
SHOWN = {"key_type": "static-key", "algorithm": "aes256", "role_arn": "arn:role", "secret_arn": "arn:secret"}


def flow(**members: Any) -> dict[str, Any]:
    return {"FlowArn": "arn:flow", "Name": "Game", "Status": "ACTIVE", **members}


def entitlement(**members: Any) -> dict[str, Any]:
    return {"Name": "E", "EntitlementArn": "arn:E", "Subscribers": [ALICE], **members}


USED = {"Outputs": [{"Name": "out", "EntitlementArn": "arn:E"}]}


@pytest.mark.parametrize(
    ("members", "place", "encryption", "runs", "enabled"),
    [
        ({"Entitlements": [entitlement(Encryption=API)]}, "entitlement E", SHOWN, False, True),
        ({"Entitlements": [entitlement(Encryption=API)], **USED}, "entitlement E", SHOWN, True, True),
        ({"Entitlements": [entitlement()], **USED, "Status": "STANDBY"}, "entitlement E", None, True, True),
        ({"Entitlements": [entitlement(EntitlementStatus="DISABLED")], **USED}, "entitlement E", None, True, False),
        ({"Source": {"Name": "S", "Decryption": API}}, "source S", SHOWN, True, True),
        ({"Sources": [{"Name": "S", "Decryption": API}]}, "source S", SHOWN, True, True),
        ({"Sources": [{"Name": "S", "Decryption": API}], "Status": "STANDBY"}, "source S", SHOWN, False, True),
        ({"Outputs": [{"Name": "O", "Encryption": API}], "Status": "ERROR"}, "output O", SHOWN, True, True),
        (
            {"VpcInterfaces": [{"Name": "V", "RoleArn": "arn:role"}]},
            "VPC interface V",
            {"role_arn": "arn:role"},
            True,
            True,
        ),
    ],
)
def test_each_place(members: Any, place: str, encryption: Any, runs: bool, enabled: bool) -> None:
    ((key, use),) = uses_of([flow(**members)]).items()
    assert key == use.key == ("arn:flow", place)
    assert (use.encryption, use.runs, use.enabled, str(use)) == (encryption, runs, enabled, f"{place} of flow Game")
    assert (use.role_arn, use.secret_arn) == ((encryption or {}).get("role_arn"), (encryption or {}).get("secret_arn"))


def test_what_is_not_encrypted_uses_no_key() -> None:
    parts = {"Source": {"Name": "S"}, "Outputs": [{"Name": "O"}], "VpcInterfaces": [{"Name": "V"}]}
    assert uses_of([flow(**parts), flow()]) == {}


@pytest.mark.parametrize(
    ("outputs", "accounts"),
    [
        ([], ()),
        ([{"Name": "x"}], (ALICE, BOB)),
        ([{"Name": f"E-{ALICE}"}], (ALICE,)),
        ([{"Name": "x", "Destination": BOB}], (BOB,)),
        ([{"Name": f"E-{ALICE}"}, {"Name": f"E-{BOB}"}], (ALICE, BOB)),
        ([{"Name": f"E-{ALICE}"}, {"Name": "x"}], (ALICE, BOB)),
        ([{"Name": f"{ALICE}-{BOB}"}], (ALICE, BOB)),
        ([{"Name": f"E-{ALICE}0"}], (ALICE, BOB)),
        ([{"Name": "E-777788889999"}], (ALICE, BOB)),
    ],
)
def test_who_watches(outputs: list[Any], accounts: tuple[str, ...]) -> None:
    """An output that does not tell whose it is may be any subscriber's."""
    shared = entitlement(Subscribers=[ALICE, BOB])
    marked = [{"EntitlementArn": "arn:E", **output} for output in outputs]
    others = [{"Name": f"F-{BOB}", "EntitlementArn": "arn:F"}, {"Name": BOB}]
    assert watching(flow(Outputs=[*marked, *others]), shared) == accounts
