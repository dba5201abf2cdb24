# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is looked at before anything is encrypted, and what is said of it. What the judgement itself is, test_judge tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.preflight import (
    Grant,
    Preflight,
    changed_recently,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.resolve import References
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    Access,
    permissions_document,
    trust_document,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.judge import READ_VALUE
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.observe import Reader
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Unit

ACCOUNT, REGION = "111122223333", "us-west-2"
E = "entitlement E of flow Game"
FLOW_ARN = f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:1-id:Game"
PATTERN = f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:flow:*"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/R"
KEY, SHORT_KEY = "1a" * 32, "1a" * 16
TRUST = trust_document(ACCOUNT, True, [f"{PATTERN}:Game"])
OTHER_TRUST = trust_document(ACCOUNT, True, [f"{PATTERN}:Other"])
EC2 = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
NOT_TRUSTED = f"the role {ROLE_ARN} does not trust mediaconnect.amazonaws.com: let that service assume it"
NOT_ADMITTED = f"the conditions in the trust policy of the role {ROLE_ARN} do not admit this flow: add {PATTERN}:Game to aws:SourceArn"
ROLE_MISSING = f"the role {ROLE_ARN} does not exist: create it, with mediaops.mediaconnect.trust_role for example"


def may_read(*secrets: str) -> Any:
    return permissions_document(Access(frozenset(secrets)))


def may_not_read(secret: str) -> str:
    return f"the policies of the role {ROLE_ARN} do not allow secretsmanager:GetSecretValue on {secret}: add the secret to its policy"


def not_verified(action: str) -> str:
    return f"Whether MediaConnect can read the keys was not verified in full: the caller lacks {action}."


class World:
    """A role and a secret that serve, less what a test does to them, and the preflight over them."""

    def __init__(self, aws: Any, clock: Any):
        self.aws, self.clock = aws, clock
        self.secret = aws.secretsmanager.add("game", KEY)
        self.policy = aws.iam.add_policy("P", may_read(self.secret))
        self.role = aws.iam.add_role("R", TRUST, [self.policy])
        self.masked: list[str] = []
        self.names = References()

    def grant(self, **encryption: Any) -> Grant:
        static = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": self.secret}
        given = {key: value for key, value in {**static, **encryption}.items() if value is not None}
        return Grant(Unit("flow Game"), E, FLOW_ARN, given)

    def judge(self, *grants: Grant, patience: float = 0) -> list[Grant]:
        judged = list(grants) or [self.grant()]
        Preflight(Reader(self.aws.clients(), self.masked.append), self.names, patience).judge(judged)
        return judged

    def problems(self, *grants: Grant, patience: float = 0) -> list[str]:
        """What is refused of the first one, less the words around it."""
        first, *dummy = self.judge(*grants, patience=patience)
        if not first.unit.refusals:
            return []
        (refusal,) = first.unit.refusals
        before, after = f"The {E} would not work: ", ". Set verify_encryption: false to grant it all the same."
        assert refusal.startswith(before)
        assert refusal.endswith(after)
        return refusal[len(before) : -len(after)].split("; ")

    def expect(self, roles: Any = (), secrets: Any = ()) -> None:
        self.names.expect([{"name": "game", **one} for one in secrets], [{"name": "R", **one} for one in roles], REGION)


@pytest.fixture
def world(aws: Any, clock: Any) -> World:
    return World(aws, clock)


def test_what_serves_is_let_pass_without_a_word(world: World) -> None:
    (grant,) = world.judge()
    assert (grant.unit.refusals, grant.unit.warnings) == ([], [])
    assert world.aws.writes == []


def test_nothing_to_grant_needs_no_look(world: World) -> None:
    Preflight(Reader(world.aws.clients(), world.masked.append), world.names, 10).judge([])
    assert world.aws.calls == []


class TestRole:
    def test_that_is_not_there(self, world: World) -> None:
        world.aws.iam.roles.clear()
        assert world.problems() == [ROLE_MISSING]
        assert "iam.simulate_principal_policy" not in world.aws.calls

    def test_whose_arn_is_another(self, world: World) -> None:
        """IAM finds a role by its name, whatever the path in the ARN is."""
        world.role["arn"] = f"arn:aws:iam::{ACCOUNT}:role/media/R"
        assert world.problems() == [ROLE_MISSING]

    def test_that_does_not_trust_mediaconnect(self, world: World) -> None:
        world.role["trust"] = EC2
        assert world.problems() == [NOT_TRUSTED]

    def test_for_another_flow(self, world: World) -> None:
        world.role["trust"] = OTHER_TRUST
        assert world.problems() == [NOT_ADMITTED]

    def test_that_may_not_read_the_secret(self, world: World) -> None:
        world.role["attached"].clear()
        assert world.problems() == [may_not_read(world.secret)]

    def test_for_speke_needs_no_secret(self, world: World) -> None:
        world.role["attached"].clear()
        world.aws.secretsmanager.secrets.clear()
        assert world.problems(world.grant(key_type="speke", secret_arn=None, algorithm=None)) == []
        assert world.aws.calls == ["iam.get_role"]

    def test_that_may_not_be_looked_at_is_let_pass_with_a_warning(self, world: World) -> None:
        world.role["trust"] = EC2
        world.aws.fails("iam.get_role", "AccessDenied", times=2)
        (grant,) = world.judge()
        assert (grant.unit.refusals, grant.unit.warnings) == ([], [not_verified("iam:GetRole")])

    def test_whose_simulation_is_denied_is_judged_by_its_policies(self, world: World) -> None:
        world.aws.fails("iam.simulate_principal_policy", "AccessDenied", times=2)
        assert world.problems() == []
        world.role["attached"].clear()
        world.role["inline"] = {"i": may_read(f"{world.secret}x")}
        assert world.problems() == [may_not_read(world.secret)]
        assert world.judge()[0].unit.warnings == []

    def test_of_which_nothing_can_be_told_is_let_pass_with_a_warning(self, world: World) -> None:
        world.role["attached"].clear()
        for call in ("iam.simulate_principal_policy", "iam.list_attached_role_policies"):
            world.aws.fails(call, "AccessDenied")
        (grant,) = world.judge()
        assert (grant.unit.refusals, grant.unit.warnings) == ([], [not_verified("iam:ListAttachedRolePolicies")])

    def test_that_may_do_less_than_the_user_guide_asks_for_is_warned_of(self, world: World) -> None:
        world.aws.iam.policies[world.policy]["versions"] = {
            "v1": {"Statement": [{"Effect": "Allow", "Action": READ_VALUE, "Resource": "*"}]}
        }
        (grant,) = world.judge()
        assert grant.unit.warnings == [
            f"The policies of the role {ROLE_ARN} do not allow secretsmanager:GetResourcePolicy, secretsmanager:DescribeSecret, "
            f"secretsmanager:ListSecretVersionIds on {world.secret}, which the MediaConnect user guide asks for."
        ]
        assert grant.unit.refusals == []

    @pytest.mark.parametrize("call", ["iam.get_role", "iam.simulate_principal_policy"])
    def test_a_call_that_fails_otherwise_fails_the_task(self, world: World, call: str) -> None:
        world.aws.fails(call, "ServiceFailure")
        with pytest.raises(ApiError, match="ServiceFailure"):
            world.judge()


MISFIT = "holds no key of aes256, but one of aes128: declare that algorithm, or store another key"
NO_HEX = "holds no key of aes256: it is not hexadecimal: store 64 of the digits 0-9 and a-f"
PADDED = "holds a key with white space around it: store it without, by replace_value: true for example"


class TestSecret:
    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (KEY, None),
            (KEY.upper(), None),
            (KEY + "\n", PADDED),
            (SHORT_KEY, MISFIT),
            (
                KEY[:47],
                "holds no key of aes256: it has 47 hexadecimal digits, and aes256 needs 64: store the whole key",
            ),
            ("z" * 64, NO_HEX),
            ("B", "holds no key of aes256: it has 1 hexadecimal digits, and aes256 needs 64: store the whole key"),
            (json.dumps({"key": KEY}), "holds JSON, but MediaConnect needs the bare key: store that"),
            (b"\x0f" * 32, "holds binary data, but MediaConnect needs the bare key: store that"),
        ],
    )
    def test_whose_value_must_be_a_key_of_the_algorithm(self, world: World, value: Any, said: str | None) -> None:
        secret = world.aws.secretsmanager.add("game", value)
        world.aws.iam.policies[world.policy]["versions"] = {"v1": may_read(secret)}
        world.secret = secret
        assert world.problems() == ([f"the secret {secret} {said}"] if said else [])
        assert "batch" not in " ".join(world.aws.calls)

    def test_without_a_value(self, world: World) -> None:
        world.aws.secretsmanager.secrets[REGION, "game"]["versions"].clear()
        assert world.problems() == [f"the secret {world.secret} has no value: store the key in it"]

    def test_that_is_to_be_deleted(self, world: World) -> None:
        world.aws.secretsmanager.secrets[REGION, "game"]["deleted"] = True
        assert world.problems() == [f"the secret {world.secret} is scheduled for deletion: restore it"]

    def test_that_is_not_there(self, world: World) -> None:
        world.aws.secretsmanager.secrets.clear()
        said = "does not exist: create it, with mediaops.mediaconnect.key_secrets for example"
        assert world.problems() == [f"the secret {world.secret} {said}"]

    def test_that_was_read_is_masked_in_all_its_forms(self, world: World) -> None:
        world.judge()
        assert set(world.masked) == {KEY, KEY.upper()}

    def test_who_may_grant_need_not_be_allowed_to_read_keys(self, world: World) -> None:
        world.aws.secretsmanager.secrets[REGION, "game"]["versions"] = {"v": "no key"}
        world.aws.fails("secretsmanager.get_secret_value", "AccessDeniedException")
        (grant,) = world.judge()
        assert (grant.unit.refusals, grant.unit.warnings, world.masked) == ([], [], [])

    def test_that_may_not_be_looked_at_is_let_pass_with_a_warning(self, world: World) -> None:
        world.aws.fails("secretsmanager.describe_secret", "AccessDeniedException")
        (grant,) = world.judge()
        assert (grant.unit.refusals, grant.unit.warnings) == ([], [not_verified("secretsmanager:DescribeSecret")])

    @pytest.mark.parametrize("call", ["secretsmanager.describe_secret", "secretsmanager.get_secret_value"])
    def test_a_call_that_fails_otherwise_fails_the_task(self, world: World, call: str) -> None:
        world.aws.fails(call, "InternalServiceError")
        with pytest.raises(ApiError, match="InternalServiceError"):
            world.judge()


KMS_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


def resource_policy(effect: str, principal: Any = "*") -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Principal": principal, "Action": READ_VALUE, "Resource": "*"}]}


class TestWhatElseItTakes:
    """A customer managed key, the secret's own policy, and a permissions boundary."""

    @pytest.fixture
    def kms_key(self, world: World) -> str:
        world.aws.kms.keys[KMS_KEY] = KMS_KEY
        world.aws.secretsmanager.secrets[REGION, "game"]["kms_key"] = KMS_KEY
        return KMS_KEY

    def permit(self, world: World, **access: Any) -> None:
        document = permissions_document(Access(frozenset([world.secret]), **access))
        world.aws.iam.policies[world.policy]["versions"] = {"v1": document}

    def test_a_kms_key_that_the_role_may_use(self, world: World, kms_key: str) -> None:
        self.permit(world, kms_keys=frozenset([kms_key]))
        assert world.problems() == []

    def test_a_kms_key_that_it_may_not_use(self, world: World, kms_key: str) -> None:
        assert world.problems() == [
            f"the policies of the role {ROLE_ARN} do not allow kms:Decrypt on the KMS key {kms_key} of the secret {world.secret}: "
            "add the key to its policy"
        ]

    def test_a_kms_key_whose_own_policy_lets_the_role_use_it(self, world: World, kms_key: str) -> None:
        statement = {"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": "kms:Decrypt", "Resource": "*"}
        world.aws.kms.policies[kms_key] = {"Statement": [statement]}
        assert world.problems() == []

    def test_a_kms_key_whose_own_policy_does_not_leave_it_to_iam(self, world: World, kms_key: str) -> None:
        self.permit(world, kms_keys=frozenset([kms_key]))
        world.aws.kms.policies[kms_key] = {"Statement": []}
        assert world.problems() == [
            f"the policy of the KMS key {kms_key} does not let the role {ROLE_ARN} use it: let the account's IAM policies allow it"
        ]

    @pytest.mark.parametrize(("permitted", "serves"), [(True, True), (False, False)])
    def test_a_kms_key_whose_policy_may_not_be_read(
        self, world: World, kms_key: str, permitted: bool, serves: bool
    ) -> None:
        if permitted:
            self.permit(world, kms_keys=frozenset([kms_key]))
        world.aws.fails("kms.get_key_policy", "AccessDeniedException", times=2)
        (grant,) = world.judge()
        assert (grant.unit.refusals == []) is serves
        assert grant.unit.warnings == [not_verified("kms:GetKeyPolicy")]

    def test_a_kms_key_that_is_disabled(self, world: World, kms_key: str) -> None:
        self.permit(world, kms_keys=frozenset([kms_key]))
        world.aws.kms.states[kms_key] = "PendingDeletion"
        assert world.problems() == [
            f"the KMS key {kms_key} of the secret {world.secret} is PendingDeletion: give the secret another one"
        ]

    def test_a_resource_policy_that_denies(self, world: World) -> None:
        world.aws.secretsmanager.secrets[REGION, "game"]["policy"] = resource_policy("Deny")
        assert world.problems() == [
            f"the resource policy of the secret {world.secret} denies {READ_VALUE} to the role {ROLE_ARN}: take that out of it"
        ]

    def test_a_resource_policy_alone_is_enough(self, world: World) -> None:
        world.role["attached"].clear()
        world.aws.secretsmanager.secrets[REGION, "game"]["policy"] = resource_policy("Allow", {"AWS": ROLE_ARN})
        assert world.problems() == []

    def test_a_resource_policy_that_may_not_be_read(self, world: World) -> None:
        world.aws.fails("secretsmanager.get_resource_policy", "AccessDeniedException")
        (grant,) = world.judge()
        assert (grant.unit.refusals, grant.unit.warnings) == ([], [not_verified("secretsmanager:GetResourcePolicy")])

    @pytest.mark.parametrize(("permits", "serves"), [("secretsmanager:*", True), ("s3:*", False)])
    def test_a_permissions_boundary(self, world: World, permits: str, serves: bool) -> None:
        """Where the caller may not let IAM simulate, which looks at it too."""
        limit = {"Statement": [{"Effect": "Allow", "Action": permits, "Resource": "*"}]}
        world.role["boundary"] = world.aws.iam.add_policy("B", limit)
        world.aws.fails("iam.simulate_principal_policy", "AccessDenied", times=2)
        said = f"the permissions boundary of the role {ROLE_ARN} does not allow {READ_VALUE} on {world.secret}: let it allow that"
        assert world.problems() == ([] if serves else [said])


class TestSeveral:
    def test_all_that_is_wrong_is_told_at_once(self, world: World) -> None:
        world.role.update(trust=EC2, attached=[])
        world.aws.secretsmanager.secrets[REGION, "game"]["versions"] = {"v": SHORT_KEY}
        assert world.problems() == [
            NOT_TRUSTED,
            may_not_read(world.secret),
            f"the secret {world.secret} {MISFIT}",
        ]

    def test_each_pair_is_looked_at_once(self, world: World) -> None:
        other = world.aws.secretsmanager.add("other", SHORT_KEY)
        world.aws.iam.policies[world.policy]["versions"] = {"v1": may_read(world.secret, other)}
        grants = [world.grant() for dummy in range(3)]
        grants += [world.grant(secret_arn=other, algorithm="aes128") for dummy in range(3)]
        assert [grant.unit.refusals for grant in world.judge(*grants)] == [[]] * 6
        looks = ["iam.get_role"]
        looks += [
            "iam.simulate_principal_policy",
            "secretsmanager.describe_secret",
            "secretsmanager.get_resource_policy",
            "secretsmanager.get_secret_value",
        ] * 2
        assert sorted(world.aws.calls) == sorted(looks)

    def test_one_key_may_fit_one_algorithm_and_not_the_other(self, world: World) -> None:
        good, bad = world.judge(world.grant(), world.grant(algorithm="aes128"))
        assert (len(good.unit.refusals), len(bad.unit.refusals)) == (0, 1)

    def test_a_warning_is_given_once(self, world: World) -> None:
        world.aws.iam.add_role("R2", TRUST, [world.policy])
        world.aws.fails("iam.get_role", "AccessDenied", times=2)
        first, second = world.judge(world.grant(), world.grant(role_arn=f"{ROLE_ARN}2"))
        assert first.unit.warnings == [not_verified("iam:GetRole")]
        assert second.unit.warnings == []


class TestExpected:
    """What this run makes or changes is judged as far as it is predicted."""

    @pytest.mark.parametrize(
        ("roles", "said"),
        [
            ([{}], []),
            ([{"trust_policy": TRUST}], []),
            ([{"trust_policy": EC2}], [NOT_TRUSTED]),
            ([{"trust_policy": OTHER_TRUST}], [NOT_ADMITTED]),
            ([{"trust_policy": OTHER_TRUST}, {"trust_policy": TRUST}], []),  # it will have all of it
            ([{"trust_policy": OTHER_TRUST}, {}], []),  # of one of them nothing is known
        ],
    )
    def test_trust(self, world: World, roles: list[Any], said: list[str]) -> None:
        world.role["trust"] = EC2 if not said else TRUST
        world.expect(roles)
        assert world.problems() == said

    @pytest.mark.parametrize("action", ["created", "updated"])
    @pytest.mark.parametrize("is_there", [False, True])
    @pytest.mark.parametrize("is_predicted", [False, True])
    def test_access(self, world: World, action: str, is_there: bool, is_predicted: bool) -> None:
        """A role that is there already may have other policies too, which are read; IAM would tell of it as it is now."""
        if not is_there:
            world.role["attached"].clear()
        permits = may_read(world.secret if is_predicted else f"{world.secret}x")
        world.expect([{"trust_policy": TRUST, "permissions_policy": permits, "action": action}])
        serves = is_predicted or (is_there and action == "updated")
        assert world.problems() == ([] if serves else [may_not_read(world.secret)])
        assert "iam.simulate_principal_policy" not in world.aws.calls
        assert ("iam.list_attached_role_policies" in world.aws.calls) is (action == "updated")

    def test_access_that_is_not_predicted_is_not_judged(self, world: World) -> None:
        world.role["attached"].clear()
        world.expect([{"trust_policy": TRUST, "permissions_policy": None, "action": "created"}])
        assert world.problems() == []

    @pytest.mark.parametrize(
        ("attached", "inline", "kept", "serves"),
        [
            ([], False, [], False),
            (["P"], False, ["P"], False),  # its own, as it is now
            (["P", "Q"], False, ["P", "Q"], True),
            (["P", "Q"], False, ["P"], False),
            (["P"], True, [], True),
        ],
        ids=["none", "its own", "another", "another that goes", "an inline one"],
    )
    def test_access_by_other_policies_is_that_of_those_that_stay(
        self, world: World, attached: list[str], inline: bool, kept: list[str], serves: bool
    ) -> None:
        """IAM would tell of the role as it is now."""
        arns = {"P": world.policy, "Q": world.aws.iam.add_policy("Q", may_read(world.secret))}
        world.role["attached"] = [arns[name] for name in attached]
        world.role["inline"] = {"i": may_read(world.secret)} if inline else {}
        told = {
            "action": "updated",
            "trust_policy": TRUST,
            "permissions_policy": may_read(f"{world.secret}x"),
            "policy_arn": world.policy,
            "attached_policies": [arns[name] for name in kept],
        }
        world.expect([told])
        assert world.problems() == ([] if serves else [may_not_read(world.secret)])
        assert "iam.simulate_principal_policy" not in world.aws.calls

    def test_access_of_several_tasks_together(self, world: World) -> None:
        other = {"permissions_policy": may_read(f"{world.secret}x"), "trust_policy": TRUST, "action": "created"}
        world.expect([other, {**other, "permissions_policy": may_read(world.secret)}])
        assert world.problems() == []
        world.expect([other, {**other, "action": "updated"}])
        world.role["attached"].clear()
        assert world.problems() == [may_not_read(world.secret)]

    @pytest.mark.parametrize(
        ("secrets", "said"),
        [
            ([{}], []),
            ([{"algorithm": "aes256"}], []),
            ([{"algorithm": "aes128"}, {"algorithm": "aes256"}], []),
            ([{"algorithm": "aes128"}, {"algorithm": None}], []),
            (
                [{"algorithm": "aes128"}],
                ["is to hold a key of aes128, not of aes256: declare the algorithm that fits it"],
            ),
        ],
    )
    def test_key(self, world: World, secrets: list[Any], said: list[str]) -> None:
        world.aws.secretsmanager.secrets[REGION, "game"]["versions"] = {"v": "no key"}
        world.expect(secrets=secrets)
        assert world.problems() == [f"the secret {world.secret} {text}" for text in said]
        assert "secretsmanager.get_secret_value" not in world.aws.calls

    @pytest.mark.parametrize("pattern", [None, "{name}-??????", "{name}-*", "*", "{name}-000001"])
    def test_iam_is_not_asked_about_a_secret_whose_arn_is_predicted(self, world: World, pattern: str | None) -> None:
        """The policies of the role are read instead."""
        predicted = f"{world.secret[:-6]}??????"
        world.expect(secrets=[{"arn": predicted}])
        world.role["attached"].clear()
        if pattern:
            prefix = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
            world.role["inline"] = {"i": may_read(prefix + pattern.format(name="game"))}
        serves = pattern not in (None, "{name}-000001")
        assert world.problems(world.grant(secret_arn=predicted)) == ([] if serves else [may_not_read(predicted)])
        assert "iam.simulate_principal_policy" not in world.aws.calls

    def test_a_role_whose_policies_may_not_be_read_is_let_pass_with_a_warning(self, world: World) -> None:
        predicted = f"{world.secret[:-6]}??????"
        world.expect(secrets=[{"arn": predicted}])
        world.aws.fails("iam.list_attached_role_policies", "AccessDenied")
        (grant,) = world.judge(world.grant(secret_arn=predicted))
        assert (grant.unit.refusals, grant.unit.warnings) == ([], [not_verified("iam:ListAttachedRolePolicies")])


class TestPatience:
    """IAM takes some seconds to tell everywhere how a role is now."""

    def mend_after(self, world: World, looks: int) -> None:
        """The role's trust is wrong in as many looks."""
        world.role["trust"] = EC2
        world.aws.meanwhile("iam.get_role", *[None] * looks, lambda: world.role.update(trust=TRUST))

    def made_in_this_run(self, world: World) -> None:
        world.names.known = {"role_arn": {"R": ROLE_ARN}}

    def test_a_role_that_this_run_has_made_gets_it(self, world: World) -> None:
        self.made_in_this_run(world)
        self.mend_after(world, looks=3)
        assert world.problems(patience=10) == []
        assert world.clock.now == 6

    def test_a_role_that_was_made_a_moment_ago_gets_it(self, world: World) -> None:
        world.role["created"] = datetime.now(UTC)
        self.mend_after(world, looks=2)  # one of them is at its age
        assert world.problems(patience=10) == []
        assert world.clock.now == 2

    def test_but_a_second_look_is_all_that_it_gets(self, world: World) -> None:
        world.role["created"] = datetime.now(UTC)
        world.role["trust"] = EC2
        assert world.problems(patience=120) == [NOT_TRUSTED]
        assert world.clock.now == 2

    def test_waiting_does_not_change_a_secret(self, world: World) -> None:
        self.made_in_this_run(world)
        world.aws.secretsmanager.secrets[REGION, "game"]["versions"] = {"v": SHORT_KEY}
        assert world.problems(patience=120) == [f"the secret {world.secret} {MISFIT}"]
        assert world.clock.now == 0

    def test_a_role_whose_policy_was_changed_a_moment_ago_gets_it(self, world: World) -> None:
        wrong, right = {"v1": may_read(f"{world.secret}x")}, {"v2": may_read(world.secret)}
        policy = world.aws.iam.policies[world.policy]
        policy.update(updated=datetime.now(UTC), versions=wrong)
        world.aws.meanwhile("iam.simulate_principal_policy", None, lambda: policy.update(versions=right))
        assert world.problems(patience=10) == []
        assert world.clock.now == 2

    @pytest.mark.parametrize(
        "told",
        [
            {"known": {}},  # and it was made long ago
            {"expected": {"role_arn": {"R": [{"trust_policy": EC2}]}}},
            {"unchanged": {ROLE_ARN}},
            {"trust_policies": {ROLE_ARN: [EC2, OTHER_TRUST]}},
        ],
        ids=["old", "expected", "unchanged", "declared wrong"],
    )
    def test_a_role_that_will_stay_as_it_is_gets_none(self, world: World, told: dict[str, Any]) -> None:
        world.role["trust"] = EC2
        world.names = References(**{"known": {"role_arn": {"R": ROLE_ARN}}, **told})
        assert world.problems(patience=10) == [NOT_TRUSTED]
        assert world.clock.now == 0

    @pytest.mark.parametrize(
        "told",
        [
            {"unchanged": {ROLE_ARN}, "changed": {ROLE_ARN}},
            {"trust_policies": {ROLE_ARN: [EC2, TRUST]}},
            {"trust_policies": {ROLE_ARN: [None]}},
        ],
        ids=["changed by another task", "one is right", "one is not known"],
    )
    def test_a_role_that_may_come_to_serve_gets_it(self, world: World, told: dict[str, Any]) -> None:
        world.names = References(known={"role_arn": {"R": ROLE_ARN}}, **told)
        self.mend_after(world, looks=2)
        assert world.problems(patience=10) == []

    def test_it_ends(self, world: World) -> None:
        self.made_in_this_run(world)
        world.role["trust"] = EC2
        assert world.problems(patience=5) == [NOT_TRUSTED]
        assert world.clock.now == 6

    def test_it_is_shared_by_all(self, world: World) -> None:
        self.made_in_this_run(world)
        world.role["trust"] = EC2
        assert (
            len([grant for grant in world.judge(world.grant(), world.grant(), patience=5) if grant.unit.refusals]) == 2
        )
        assert world.clock.now == 6

    def test_without_any_the_first_look_counts(self, world: World) -> None:
        self.made_in_this_run(world)
        self.mend_after(world, looks=2)
        assert world.problems() == [NOT_TRUSTED]


class TestChangedRecently:
    """Whether a role may not be in force yet."""

    def changed(self, world: World, seconds: float = 60) -> bool:
        return changed_recently(world.aws.clients(), ROLE_ARN, seconds)

    def test_one_of_long_ago(self, world: World) -> None:
        assert self.changed(world) is False

    def test_one_that_is_not_there(self, world: World) -> None:
        world.aws.iam.roles.clear()
        assert self.changed(world) is False

    @pytest.mark.parametrize(("age", "recent"), [(30, True), (90, False)])
    def test_a_new_one(self, world: World, age: int, recent: bool) -> None:
        world.role["created"] = datetime.now(UTC) - timedelta(seconds=age)
        assert self.changed(world) is recent

    @pytest.mark.parametrize(("age", "recent"), [(30, True), (90, False)])
    def test_one_with_a_new_policy(self, world: World, age: int, recent: bool) -> None:
        world.role["attached"].append(
            world.aws.iam.add_policy("Q", {}, updated=datetime.now(UTC) - timedelta(seconds=age))
        )
        assert self.changed(world) is recent

    def test_one_whose_policy_goes_in_between(self, world: World) -> None:
        world.aws.meanwhile("iam.get_policy", world.aws.iam.policies.clear)
        assert self.changed(world) is False

    @pytest.mark.parametrize("call", ["iam.get_role", "iam.list_attached_role_policies", "iam.get_policy"])
    def test_one_that_may_not_be_looked_at_gets_the_benefit_of_the_doubt(self, world: World, call: str) -> None:
        world.aws.fails(call, "AccessDenied")
        assert self.changed(world) is True

    def test_a_call_that_fails_otherwise(self, world: World) -> None:
        world.aws.fails("iam.get_role", "ServiceFailure")
        with pytest.raises(ApiError):
            self.changed(world)
