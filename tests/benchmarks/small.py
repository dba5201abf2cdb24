# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small job, from the start of ansible-playbook to its end: the baseball example by this collection's playbooks, and by the
tasks that people write without it (peer/*.yml), in turns against the same emulator.

Both must leave the same behind in AWS, and both must write nothing the second time; this is checked, not assumed.
"""

from __future__ import annotations

import difflib
import json
import os
import secrets
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mediaconnect_emulator.client import Emulator
from tests.benchmarks.estate import ACCOUNT, REGION
from tests.benchmarks.ways import BIN, Measured, Ways

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "baseball.yml"
PEER = Path(__file__).with_name("peer")
FLOW = "BaseballGame"
SEED = {"accounts": {ACCOUNT: {"regions": {REGION: {"flows": [{"name": FLOW, "status": "ACTIVE"}]}}}}}
NEW = "NewCorp"
# As in README.md.
GRANT = {
    "mediaconnect_region": REGION,
    "mediaconnect_flow": FLOW,
    "mediaconnect_entitlement": NEW,
    "mediaconnect_subscribers": "999900001111",
    "mediaconnect_algorithm": "aes256",
    "mediaconnect_role": "MediaConnect-ASM",
    "mediaconnect_secret": "2018-12-01_baseball-game-source",
}
# What each way hands to ansible-playbook, for each job.
WAYS = {
    "ours": {
        "distribute": ["mediaops.mediaconnect.distribute", "-e", f"@{EXAMPLE}"],
        "grant": ["mediaops.mediaconnect.grant", *(word for one in GRANT.items() for word in ("-e", "=".join(one)))],
    },
    "peer": {"distribute": [str(PEER / "distribute.yml")], "grant": [str(PEER / "grant.yml")]},
}
HEADER = ["case", "ours, s (least, most)", "peer, s (least, most)", "ratio", "target", "ratio of processor time"]


@dataclass
class Comparison:
    """One line of the table. target: what the ratio should not exceed.

    Ratios are of medians; that of processor time is the steadier one where other work loads the machine.
    """

    case: str
    target: float
    ours: list[Measured] = field(default_factory=list)
    peer: list[Measured] = field(default_factory=list)

    def cells(self) -> list[str]:
        ours, peer = ([run.seconds for run in way] for way in (self.ours, self.peer))
        busy = _ratio([run.busy for run in self.ours], [run.busy for run in self.peer])
        return [self.case, _spread(ours), _spread(peer), _ratio(ours, peer), f"<= {self.target} x", busy]


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f}, {max(seconds):.2f})"


def _ratio(ours: list[float], peer: list[float]) -> str:
    return f"{statistics.median(ours) / statistics.median(peer):.2f} x"


class Small:
    """Both ways in turns, so many times."""

    def __init__(self, emulator: Emulator, ways: Ways, times: int):
        self.emulator, self.ways, self.times = emulator, ways, times
        path = [os.environ.get("ANSIBLE_COLLECTIONS_PATH", ""), str(BIN.parents[1] / "dependencies")]
        self.ways.environment |= {
            # community.aws, which the collection does not depend on, is there for both.
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(filter(None, path)),
            "BASEBALL_KEY": secrets.token_hex(32),
        }

    def rows(self) -> list[Comparison]:
        first, again = Comparison("first run", 0.6), Comparison("no-op", 0.5)
        granted, granted_again = Comparison("grant of one more", 0.6), Comparison("grant, no-op", 0.5)
        self._in_turns("distribute", self._nothing_there, first, again)
        self._in_turns("grant", self._without_new, granted, granted_again)
        return [first, again, granted, granted_again]

    def _in_turns(self, job: str, before: Callable[[], None], first: Comparison, again: Comparison) -> None:
        """Each way twice from the same start; round 0 warms up what is cached on disk, and sees that both end alike."""
        for number in range(self.times + 1):
            left = []
            for way, words in WAYS.items():
                before()
                once, twice = self._run(words[job]), self._run(words[job], writes=False)
                left.append(held(self.emulator))
                if number:
                    getattr(first, way).append(once)
                    getattr(again, way).append(twice)
            ours, peer = (json.dumps(one, indent=2, sort_keys=True).splitlines() for one in left)
            if ours != peer:
                difference = "\n".join(difflib.unified_diff(ours, peer, *WAYS, lineterm=""))
                raise RuntimeError(f"{job}: the two ways end differently:\n{difference}")

    def _run(self, words: list[str], writes: bool = True) -> Measured:
        measured = self.ways.measure([str(BIN / "ansible-playbook"), *words])
        written = [call["operation"] for call in self.emulator.calls(writes_only=True)]
        if bool(written) != writes:
            raise RuntimeError(f"{words[0]} should {'' if writes else 'not '}have written; it did {written}")
        return measured

    def _nothing_there(self) -> None:
        self.emulator.reset()
        self.emulator.seed(SEED)
        self.emulator.settings(revoke_delay=0)

    def _without_new(self) -> None:
        """What distribute has left, less what the other way has granted since."""
        client = self.emulator.client("mediaconnect")
        (flow,) = client.list_flows()["Flows"]
        for entitlement in client.describe_flow(FlowArn=flow["FlowArn"])["Flow"]["Entitlements"]:
            if entitlement["Name"] == NEW:
                client.revoke_flow_entitlement(FlowArn=flow["FlowArn"], EntitlementArn=entitlement["EntitlementArn"])


def held(emulator: Emulator) -> dict[str, Any]:
    """All that the two ways could have left behind, less what is different each time."""
    manager, iam, mediaconnect = (emulator.client(name) for name in ("secretsmanager", "iam", "mediaconnect"))
    secret_list, roles, policies, entitlements = [], [], [], []
    for secret in manager.list_secrets()["SecretList"]:
        value = manager.get_secret_value(SecretId=secret["ARN"])
        kept = {name: secret.get(name) for name in ("ARN", "Name", "Description", "KmsKeyId", "Tags")}
        secret_list.append(kept | {name: value.get(name) for name in ("SecretString", "SecretBinary")})
    for name in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        role = iam.get_role(RoleName=name)["Role"]
        roles.append(
            _without(role, "CreateDate", "RoleId", "RoleLastUsed")
            | {"Attached": iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]}
            | {"Inline": iam.list_role_policies(RoleName=name)["PolicyNames"]}
        )
    for arn in [policy["Arn"] for policy in iam.list_policies(Scope="Local")["Policies"]]:
        policy = iam.get_policy(PolicyArn=arn)["Policy"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        policies.append(_without(policy, "CreateDate", "PolicyId", "UpdateDate") | {"Document": version["Document"]})
    for arn in [flow["FlowArn"] for flow in mediaconnect.list_flows()["Flows"]]:
        for entitlement in mediaconnect.describe_flow(FlowArn=arn)["Flow"]["Entitlements"]:
            tags = mediaconnect.list_tags_for_resource(ResourceArn=entitlement["EntitlementArn"])["Tags"]
            named = _without(entitlement, "EntitlementArn", "Subscribers")
            entitlements.append(named | {"Subscribers": sorted(entitlement["Subscribers"]), "Tags": tags})
    left = {
        "secrets": secret_list,
        "roles": roles,
        "policies": policies,
        "instance profiles": iam.list_instance_profiles()["InstanceProfiles"],
        "entitlements": sorted(entitlements, key=lambda entitlement: entitlement["Name"]),
    }
    text = json.dumps(left, default=str)
    for secret in secret_list:  # the end of a secret's ARN is chosen at random
        text = text.replace(secret["ARN"], secret["Name"])
    return json.loads(text)


def _without(mapping: dict[str, Any], *names: str) -> dict[str, Any]:
    """Less these, and less what is empty: an empty description is none."""
    return {name: value for name, value in mapping.items() if name not in names and value not in ("", None)}
