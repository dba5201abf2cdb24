# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What IAM refuses and moto does not, and what it takes and moto does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.tests.test_emulator_keys import allow, document, trust
from emulator.tests.world import UNCHECKED, refused
from mediaconnect_emulator.client import Emulator

ACCOUNT = "111122223333"


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("{}", id="no statement"),
        pytest.param(document({"Effect": "Allow", "Action": "sts:AssumeRole"}), id="no principal"),
        pytest.param(document({**trust(), "Principal": {"Service": "media connect"}}), id="no service"),
        pytest.param(document({**trust(), "Principal": {"Service": ""}}), id="an empty service"),
        pytest.param(document({**trust(), "Principal": "mediaconnect.amazonaws.com"}), id="a bare service"),
        pytest.param(document({**trust(), "Principal": {}}), id="an empty principal"),
        pytest.param(document({**trust(), "Resource": "*"}), id="a resource"),
        pytest.param(document({**trust(), "Action": "s3:GetObject"}), id="another action"),
        pytest.param(
            document({**trust(), "Condition": {"StringIs": {"aws:SourceAccount": ACCOUNT}}}), id="an unknown condition"
        ),
        pytest.param(document({**trust(), "Conditions": {}}), id="an unknown element"),
    ],
)
def test_a_malformed_trust_policy_is_refused(iam: Any, policy: str) -> None:
    """IAM API Reference: MalformedPolicyDocument, 400."""
    with refused("MalformedPolicyDocument", 400):
        iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=policy)
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    with refused("MalformedPolicyDocument", 400):
        iam.update_assume_role_policy(RoleName="MediaConnect-ASM", PolicyDocument=policy)


def test_policies_have_a_size(iam: Any) -> None:
    """IAM User Guide, quotas: 2,048 characters of trust policy, 6,144 of managed policy."""
    long_trust = document(trust(StringEquals={"aws:SourceAccount": [f"{number:012}" for number in range(150)]}))
    with refused("LimitExceeded", 409):
        iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=long_trust)
    with refused("LimitExceeded", 409):
        iam.create_policy(
            PolicyName="long",
            PolicyDocument=document(allow("s3:*", [f"arn:aws:s3:::bucket-{number}/*" for number in range(250)])),
        )
    spaced = json.dumps(json.loads(document(allow("s3:*", "*"))), indent=3000)
    iam.create_policy(PolicyName="spaced", PolicyDocument=spaced)


def test_an_identity_policy_names_no_principal(iam: Any) -> None:
    with refused("MalformedPolicyDocument", 400):
        iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*", "*", Principal="*")))


def test_role_names_do_not_differ_by_case_alone(iam: Any) -> None:
    """IAM API Reference, CreateRole: "names are not distinguished by case"."""
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    with refused("EntityAlreadyExists", 409):
        iam.create_role(RoleName="mediaconnect-asm", AssumeRolePolicyDocument=document(trust()))


def test_a_policy_is_detached_and_pruned_before_it_is_deleted(iam: Any) -> None:
    """IAM API Reference, DeletePolicy: DeleteConflict, 409."""
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(allow("ec2:*", "*")), SetAsDefault=True)
    iam.detach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    with refused("DeleteConflict", 409):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)


def test_a_role_takes_ten_managed_policies(iam: Any) -> None:
    """IAM User Guide, quotas: 10 managed policies per role."""
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    arns = [
        iam.create_policy(PolicyName=f"p{number}", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
        for number in range(11)
    ]
    for arn in (*arns[:10], arns[0]):
        iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    with refused("LimitExceeded", 409):
        iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arns[10])


def test_policies_of_aws_itself_can_be_attached(iam: Any) -> None:
    iam.create_role(RoleName="MediaConnect-ASM", AssumeRolePolicyDocument=document(trust()))
    arn = "arn:aws:iam::aws:policy/SecretsManagerReadWrite"
    iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName="MediaConnect-ASM")["AttachedPolicies"][0]["PolicyArn"] == arn
    with refused("NoSuchEntity", 404):
        iam.attach_role_policy(RoleName="MediaConnect-ASM", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"AssumeRolePolicyDocument": None}, id="no trust policy"),
        pytest.param({"RoleName": "r" * 65}, id="a long name"),
        pytest.param({"RoleName": "has space"}, id="a space in the name"),
        pytest.param({"Path": "media"}, id="a path without slashes"),
        pytest.param({"Description": "d" * 1001}, id="a long description"),
        pytest.param({"Description": "em\u2014dash"}, id="a character beyond Latin-1 in the description"),
        pytest.param({"MaxSessionDuration": 100}, id="a short session"),
        pytest.param({"Tags": [{"Key": f"k{number}", "Value": ""} for number in range(51)]}, id="51 tags"),
        pytest.param({"Tags": [{"Key": "k", "Value": "v" * 257}]}, id="a long tag value"),
    ],
)
def test_a_role_fits_the_model(iam: Any, change: dict[str, Any]) -> None:
    """IAM's service model: lengths, patterns, bounds; ValidationError, 400."""
    params = {"RoleName": "MediaConnect-ASM", "AssumeRolePolicyDocument": document(trust()), **change}
    with refused("ValidationError", 400):
        iam.create_role(**{name: value for name, value in params.items() if value is not None})
    assert iam.list_roles()["Roles"] == []


def test_the_name_of_a_policy_is_taken_whatever_its_path_and_case(iam: Any) -> None:
    """IAM API Reference, CreatePolicy: "names are not distinguished by case"."""
    text = document(allow("s3:GetObject", "*"))
    iam.create_policy(PolicyName="Keys", Path="/media/", PolicyDocument=text)
    for name in ("Keys", "keys"):
        with refused("EntityAlreadyExists", 409):
            iam.create_policy(PolicyName=name, PolicyDocument=text)


def test_a_permissions_boundary_has_to_be_there(iam: Any) -> None:
    """IAM API Reference, PutRolePermissionsBoundary: NoSuchEntity."""
    none = f"arn:aws:iam::{ACCOUNT}:policy/None"
    with refused("NoSuchEntity", 404):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), PermissionsBoundary=none)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()))
    with refused("NoSuchEntity", 404):
        iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=none)
    made = iam.create_policy(PolicyName="Limit", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=made)
    iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")


@pytest.mark.parametrize("character", ["&", "(", ")", ",", "*"])
def test_tags_of_iam_have_letters_digits_spaces_and_few_others(iam: Any, secrets: Any, character: str) -> None:
    """botocore's model of IAM, tagKeyType and tagValueType; Secrets Manager takes any character."""
    wrong = [{"Key": "owner", "Value": f"Sports {character} Live"}]
    with refused("ValidationError", 400):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), Tags=wrong)
    with refused("ValidationError", 400):
        iam.create_policy(PolicyName="P", PolicyDocument=document(allow("s3:*", "*")), Tags=wrong)
    secrets.create_secret(Name="key", SecretString="x", Tags=wrong)
    right = [{"Key": "Überträger", "Value": "a b_.:/=+-@1"}]
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), Tags=right)


def test_tags_of_iam_that_differ_by_case_are_one(iam: Any) -> None:
    """IAM User Guide, tags: "Tag key values are not case sensitive"."""
    twice = [{"Key": "Owner", "Value": "a"}, {"Key": "owner", "Value": "b"}]
    with refused("InvalidInput", 400):
        iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()), Tags=twice)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()))
    with refused("InvalidInput", 400):
        iam.tag_role(RoleName="R", Tags=twice)


OLDER = "2008-10-17"
READ = allow("s3:GetObject", "*")


def versioned(version: str | None, statement: dict[str, Any]) -> str:
    return json.dumps({**({} if version is None else {"Version": version}), "Statement": [statement]})


@pytest.fixture
def role(iam: Any) -> str:
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()))
    return "R"


class TestPolicyLanguage:
    """IAM User Guide, IAM JSON policy elements and grammar."""

    @pytest.mark.parametrize("version", [OLDER, None])
    def test_trust_and_inline_policies_may_be_of_the_older_version(
        self, iam: Any, role: str, version: str | None
    ) -> None:
        """Version: the older one "might" be seen "on older existing policies"; it is the default."""
        iam.create_role(RoleName="Old", AssumeRolePolicyDocument=versioned(version, trust()))
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=versioned(version, trust()))
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=versioned(version, READ))

    @pytest.mark.parametrize("version", [OLDER, None])
    def test_managed_policies_are_of_the_newest(self, iam: Any, version: str | None) -> None:
        """AWS's sentence, in many public reports: "Policy document must be version 2012-10-17 or greater"."""
        with refused("MalformedPolicyDocument", 400):
            iam.create_policy(PolicyName="p", PolicyDocument=versioned(version, READ))

    @pytest.mark.parametrize("action", ["sts:AssumeRole", "STS:assumerole", ["sts:assumeRole", "sts:TagSession"]])
    def test_action_names_have_no_case(self, iam: Any, role: str, action: Any) -> None:
        """Action: "The prefix and the action name are case insensitive"."""
        iam.create_role(RoleName="Other", AssumeRolePolicyDocument=document({**trust(), "Action": action}))
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=document({**trust(), "Action": action}))

    @pytest.mark.parametrize("value", [3600, 0.5, True, "3600", [3600, "7200"]])
    def test_values_of_conditions_are_strings_numbers_and_booleans(self, iam: Any, role: str, value: Any) -> None:
        """Grammar: "condition_value: string, number or boolean"."""
        condition = {"NumericLessThan": {"aws:MultiFactorAuthAge": value}}
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=document({**READ, "Condition": condition}))
        iam.create_policy(PolicyName="p", PolicyDocument=document({**READ, "Condition": condition}))
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=document({**trust(), "Condition": condition}))

    @pytest.mark.parametrize(
        "element",
        [
            pytest.param({"Condition": [{"StringEquals": {"a": "b"}}]}, id="a list of conditions"),
            pytest.param({"Condition": {"StringEquals": "b"}}, id="a condition without a key"),
            pytest.param({"Condition": {"StringEquals": {"a": {"b": "c"}}}}, id="a value that is a block"),
            pytest.param({"Condition": {"StringEquals": {"a": None}}}, id="a value that is null"),
            pytest.param({"Condition": {"StringIs": {"a": "b"}}}, id="an unknown operator"),
            pytest.param({"Effect": "allow"}, id="an effect in another case"),
        ],
    )
    def test_anything_else_is_malformed(self, iam: Any, role: str, element: dict[str, Any]) -> None:
        with refused("MalformedPolicyDocument", 400):
            iam.create_policy(PolicyName="p", PolicyDocument=document({**READ, **element}))
        with refused("MalformedPolicyDocument", 400):
            iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=document({**READ, **element}))
        with refused("MalformedPolicyDocument", 400):
            iam.create_role(RoleName="Other", AssumeRolePolicyDocument=document({**trust(), **element}))

    def test_versions_and_elements_are_known_ones(self, iam: Any) -> None:
        for wrong in ({"Version": "2015-10-17"}, {"Comment": "keys"}):
            text = json.dumps({"Version": "2012-10-17", "Statement": [READ], **wrong})
            with refused("MalformedPolicyDocument", 400):
                iam.create_policy(PolicyName="p", PolicyDocument=text)


class TestTags:
    """IAM User Guide, tags and quotas."""

    @pytest.fixture(params=["role", "policy"])
    def tag(self, request: pytest.FixtureRequest, iam: Any, role: str) -> Any:
        """Functions that tag, untag and tell the tags of a role or a policy."""
        if request.param == "role":
            call, target, kind = {"RoleName": role}, role, "role"
        else:
            arn = iam.create_policy(PolicyName="P", PolicyDocument=document(READ))["Policy"]["Arn"]
            call, target, kind = {"PolicyArn": arn}, arn, "policy"
        assert target

        def change(tags: dict[str, str] | None = None, remove: list[str] | None = None) -> dict[str, str]:
            if tags:
                pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
                getattr(iam, f"tag_{kind}")(**call, Tags=pairs)
            if remove:
                getattr(iam, f"untag_{kind}")(**call, TagKeys=remove)
            return {tag["Key"]: tag["Value"] for tag in getattr(iam, f"list_{kind}_tags")(**call)["Tags"]}

        return change

    def test_a_key_in_another_case_is_the_same_key(self, tag: Any) -> None:
        """ "it replaces the first tag"."""
        assert tag({"Owner": "a", "event": "x"}) == {"Owner": "a", "event": "x"}
        assert tag({"owner": "b"}) == {"owner": "b", "event": "x"}
        assert tag(remove=["OWNER"]) == {"event": "x"}

    def test_the_prefix_of_aws_is_reserved(self, tag: Any) -> None:
        with refused("InvalidInput", 400):
            tag({"AWS:owner": "a"})

    def test_there_are_fifty_at_most(self, tag: Any) -> None:
        tag({f"k{number}": "" for number in range(30)})
        with refused("LimitExceeded", 409):
            tag({f"j{number}": "" for number in range(21)})
        assert (
            len(tag({**{f"K{number}": "" for number in range(30)}, **{f"j{number}": "" for number in range(20)}})) == 50
        )


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "us-west-2"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")]
)
def test_every_partition_has_its_own_iam(emulator: Emulator, partition: str, region: str) -> None:
    """IAM User Guide, ARNs: partitions; a role, its policies and its boundary are in one of them, as is who asks."""
    iam, sts = (emulator.client(service, region=region, config=UNCHECKED) for service in ("iam", "sts"))
    assert sts.get_caller_identity()["Arn"].split(":")[1] == partition
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=document(trust()))["Role"]["Arn"]
    policy = iam.create_policy(PolicyName="P", PolicyDocument=document(allow("secretsmanager:*", "*")))["Policy"]["Arn"]
    assert (role, policy) == (f"arn:{partition}:iam::{ACCOUNT}:role/R", f"arn:{partition}:iam::{ACCOUNT}:policy/P")
    iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=policy)
    with refused("NoSuchEntity", 404):
        iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=f"arn:aws-iso:iam::{ACCOUNT}:policy/P")
    iam.attach_role_policy(RoleName="R", PolicyArn=policy)
    iam.attach_role_policy(RoleName="R", PolicyArn=f"arn:{partition}:iam::aws:policy/SecretsManagerReadWrite")
    answer = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=["secretsmanager:GetSecretValue"])
    assert answer["EvaluationResults"][0]["EvalDecision"] == "allowed"
    secrets = emulator.client("secretsmanager", region=region)
    secret = secrets.create_secret(Name="key", SecretString="0" * 64)["ARN"]
    flow = f"arn:{partition}:mediaconnect:{region}:{ACCOUNT}:flow:1-a-b:BaseballGame"
    assert emulator.could_read(role, secret, flow, "aes256")["allowed"]


def test_a_seed_has_its_roles_in_the_partition_of_its_regions(emulator: Emulator) -> None:
    made = emulator.seed({"accounts": {ACCOUNT: {"roles": [{"name": "R"}], "regions": {"us-gov-west-1": {}}}}})
    assert made["roles"] == [f"arn:aws-us-gov:iam::{ACCOUNT}:role/R"]
    assert emulator.client("iam", region="us-gov-west-1").get_role(RoleName="R")["Role"]["Arn"] == made["roles"][0]
