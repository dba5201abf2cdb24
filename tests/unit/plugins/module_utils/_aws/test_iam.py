# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The IAM calls: what is asked, what is made of the answer, what becomes of an error."""

from __future__ import annotations

from unittest.mock import MagicMock

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws import iam
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._aws.errors import ApiError

POLICY_ARN = "arn:aws:iam::111122223333:policy/P"
DOCUMENT = {"Version": "2012-10-17", "Statement": []}
COMPACT = '{"Version":"2012-10-17","Statement":[]}'
NO_SUCH_ENTITY = "NoSuchEntity"
INSTANCE_PROFILE = {
    "Path": "/",
    "InstanceProfileName": "I",
    "InstanceProfileId": "AIPAEXAMPLEEXAMPLE12",
    "Arn": "arn:aws:iam::111122223333:instance-profile/I",
    "CreateDate": "2026-01-01T00:00:00Z",
    "Roles": [],
}


@pytest.fixture
def client():
    return boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def stub(client):
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture(autouse=True)
def sleep(monkeypatch):
    slept = MagicMock()
    monkeypatch.setattr("time.sleep", slept)
    return slept


def role(**fields):
    return {
        "Path": "/",
        "RoleName": "R",
        "RoleId": "AROAEXAMPLEEXAMPLE12",
        "Arn": "arn:aws:iam::111122223333:role/R",
        "CreateDate": "2026-01-01T00:00:00Z",
        **fields,
    }


READS = [
    (iam.get_role, ("R",), "get_role", {"RoleName": "R"}, {"Role": role()}, role()),
    (
        iam.list_attached_policies,
        ("R",),
        "list_attached_role_policies",
        {"RoleName": "R"},
        {"AttachedPolicies": [{"PolicyName": "P", "PolicyArn": POLICY_ARN}]},
        [{"PolicyName": "P", "PolicyArn": POLICY_ARN}],
    ),
    (iam.list_inline_policies, ("R",), "list_role_policies", {"RoleName": "R"}, {"PolicyNames": ["a"]}, ["a"]),
    (
        iam.get_inline_policy,
        ("R", "a"),
        "get_role_policy",
        {"RoleName": "R", "PolicyName": "a"},
        {"RoleName": "R", "PolicyName": "a", "PolicyDocument": COMPACT},
        DOCUMENT,
    ),
    (
        iam.list_instance_profiles,
        ("R",),
        "list_instance_profiles_for_role",
        {"RoleName": "R"},
        {"InstanceProfiles": [INSTANCE_PROFILE]},
        ["I"],
    ),
    (
        iam.get_policy,
        (POLICY_ARN,),
        "get_policy",
        {"PolicyArn": POLICY_ARN},
        {"Policy": {"PolicyName": "P"}},
        {"PolicyName": "P"},
    ),
    (
        iam.get_policy_document,
        (POLICY_ARN, "v2"),
        "get_policy_version",
        {"PolicyArn": POLICY_ARN, "VersionId": "v2"},
        {"PolicyVersion": {"Document": COMPACT}},
        DOCUMENT,
    ),
    (
        iam.list_policy_versions,
        (POLICY_ARN,),
        "list_policy_versions",
        {"PolicyArn": POLICY_ARN},
        {"Versions": [{"VersionId": "v1", "IsDefaultVersion": True}]},
        [{"VersionId": "v1", "IsDefaultVersion": True}],
    ),
    (
        iam.list_policy_users,
        (POLICY_ARN,),
        "list_entities_for_policy",
        {"PolicyArn": POLICY_ARN},
        {
            "PolicyRoles": [{"RoleName": "R"}],
            "PolicyUsers": [{"UserName": "jane"}],
            "PolicyGroups": [{"GroupName": "Ops"}],
        },
        ["role R", "user jane", "group Ops"],
    ),
]

WRITES = [
    (iam.update_role, ("R", "", 3600), "update_role", {"RoleName": "R", "Description": "", "MaxSessionDuration": 3600}),
    (
        iam.update_trust_policy,
        ("R", DOCUMENT),
        "update_assume_role_policy",
        {"RoleName": "R", "PolicyDocument": COMPACT},
    ),
    (
        iam.put_permissions_boundary,
        ("R", POLICY_ARN),
        "put_role_permissions_boundary",
        {"RoleName": "R", "PermissionsBoundary": POLICY_ARN},
    ),
    (iam.delete_permissions_boundary, ("R",), "delete_role_permissions_boundary", {"RoleName": "R"}),
    (iam.tag_role, ("R", {"a": "b"}), "tag_role", {"RoleName": "R", "Tags": [{"Key": "a", "Value": "b"}]}),
    (iam.untag_role, ("R", ["a"]), "untag_role", {"RoleName": "R", "TagKeys": ["a"]}),
    (iam.delete_role, ("R",), "delete_role", {"RoleName": "R"}),
    (iam.attach_policy, ("R", POLICY_ARN), "attach_role_policy", {"RoleName": "R", "PolicyArn": POLICY_ARN}),
    (iam.detach_policy, ("R", POLICY_ARN), "detach_role_policy", {"RoleName": "R", "PolicyArn": POLICY_ARN}),
    (iam.delete_inline_policy, ("R", "a"), "delete_role_policy", {"RoleName": "R", "PolicyName": "a"}),
    (
        iam.remove_from_instance_profile,
        ("R", "I"),
        "remove_role_from_instance_profile",
        {"RoleName": "R", "InstanceProfileName": "I"},
    ),
    (
        iam.delete_policy_version,
        (POLICY_ARN, "v1"),
        "delete_policy_version",
        {"PolicyArn": POLICY_ARN, "VersionId": "v1"},
    ),
    (
        iam.tag_policy,
        (POLICY_ARN, {"a": "b"}),
        "tag_policy",
        {"PolicyArn": POLICY_ARN, "Tags": [{"Key": "a", "Value": "b"}]},
    ),
    (iam.untag_policy, (POLICY_ARN, ["a"]), "untag_policy", {"PolicyArn": POLICY_ARN, "TagKeys": ["a"]}),
    (iam.delete_policy, (POLICY_ARN,), "delete_policy", {"PolicyArn": POLICY_ARN}),
]

# What is to go may be gone already, and what is to be read need not be there.
QUIET_WHEN_MISSING = [
    *(call[:3] for call in READS if call[0] is not iam.list_policy_versions),
    *(call[:3] for call in WRITES if call[2].startswith(("delete_", "detach_", "remove_"))),
]


@pytest.mark.parametrize(("function", "arguments", "method", "request_", "answer", "result"), READS)
def test_reads(client, stub, function, arguments, method, request_, answer, result):
    stub.add_response(method, answer, request_)
    assert function(client, *arguments) == result


@pytest.mark.parametrize(("function", "arguments", "method", "request_"), WRITES)
def test_writes(client, stub, function, arguments, method, request_):
    stub.add_response(method, {}, request_)
    assert function(client, *arguments) is None


@pytest.mark.parametrize(("function", "arguments", "method"), QUIET_WHEN_MISSING)
def test_what_is_missing_is_none(client, stub, function, arguments, method):
    stub.add_client_error(method, NO_SUCH_ENTITY)
    assert function(client, *arguments) is None


@pytest.mark.parametrize(("function", "arguments", "method"), [call[:3] for call in [*READS, *WRITES]])
def test_an_error_names_the_action_that_is_needed(client, stub, function, arguments, method):
    stub.add_client_error(method, "AccessDenied", "not authorized")
    with pytest.raises(ApiError) as failed:
        function(client, *arguments)
    assert failed.value.denied
    operation = "".join(word.capitalize() for word in method.split("_"))
    assert failed.value.sentence().endswith(f"AccessDenied: not authorized (the caller needs iam:{operation})")
    assert failed.value.sentence().startswith("Could not ")
    assert "{" not in failed.value.sentence()


def test_lists_are_read_to_the_end(client, stub):
    policies = [{"PolicyName": name, "PolicyArn": f"arn:aws:iam::111122223333:policy/{name}"} for name in "ab"]
    method = "list_attached_role_policies"
    stub.add_response(method, {"AttachedPolicies": policies[:1], "IsTruncated": True, "Marker": "m"}, {"RoleName": "R"})
    stub.add_response(method, {"AttachedPolicies": policies[1:]}, {"RoleName": "R", "Marker": "m"})
    assert iam.list_attached_policies(client, "R") == policies


@pytest.mark.parametrize(
    ("function", "method", "answer"),
    [
        (iam.list_attached_policies, "list_attached_role_policies", "AttachedPolicies"),
        (iam.list_inline_policies, "list_role_policies", "PolicyNames"),
        (iam.list_instance_profiles, "list_instance_profiles_for_role", "InstanceProfiles"),
    ],
)
def test_a_role_that_has_none_of_them(client, stub, function, method, answer):
    stub.add_response(method, {answer: []}, {"RoleName": "R"})
    assert function(client, "R") == []


class TestSimulate:
    ROLE, SECRET = "arn:aws:iam::111122223333:role/R", "arn:aws:secretsmanager:us-west-2:111122223333:secret:s-7g8H9i"

    def test_tells_what_is_decided(self, client, stub):
        sent = {"PolicySourceArn": self.ROLE, "ActionNames": ["a:One", "a:Two", "a:Six"], "ResourceArns": [self.SECRET]}
        decisions = zip(sent["ActionNames"], ("allowed", "implicitDeny", "explicitDeny"), strict=True)
        results = [{"EvalActionName": name, "EvalDecision": decision} for name, decision in decisions]
        stub.add_response("simulate_principal_policy", {"EvaluationResults": results}, sent)
        assert iam.simulate(client, self.ROLE, sent["ActionNames"], self.SECRET) == {
            "a:One": "allowed",
            "a:Two": "implicitDeny",
            "a:Six": "explicitDeny",
        }

    def test_an_error_names_the_role_and_the_resource(self, client, stub):
        stub.add_client_error("simulate_principal_policy", "AccessDenied", "no")
        with pytest.raises(ApiError) as failed:
            iam.simulate(client, self.ROLE, ["a:One"], self.SECRET)
        assert failed.value.sentence() == (
            f"Could not simulate what {self.ROLE} may do with {self.SECRET}: "
            "AccessDenied: no (the caller needs iam:SimulatePrincipalPolicy)"
        )


class TestCreate:
    def test_role(self, client, stub):
        sent = {
            "RoleName": "R",
            "AssumeRolePolicyDocument": COMPACT,
            "Path": "/",
            "Description": "d",
            "Tags": [{"Key": "a", "Value": "b"}],
        }
        stub.add_response("create_role", {"Role": role()}, sent)
        assert iam.create_role(client, "R", DOCUMENT, {"a": "b"}, Path="/", Description="d") == role()

    def test_policy(self, client, stub):
        stub.add_response(
            "create_policy",
            {"Policy": {"Arn": POLICY_ARN}},
            {"PolicyName": "P", "PolicyDocument": COMPACT, "Path": "/"},
        )
        assert iam.create_policy(client, "P", DOCUMENT, None, Path="/") == {"Arn": POLICY_ARN}

    def test_policy_version_becomes_the_default(self, client, stub):
        sent = {"PolicyArn": POLICY_ARN, "PolicyDocument": COMPACT, "SetAsDefault": True}
        stub.add_response("create_policy_version", {"PolicyVersion": {"VersionId": "v7"}}, sent)
        assert iam.create_policy_version(client, POLICY_ARN, DOCUMENT) == "v7"


class TestRetries:
    def test_what_iam_tells_to_try_again_is_tried_again(self, client, stub, sleep):
        stub.add_client_error("tag_role", "ConcurrentModification")
        stub.add_response("tag_role", {})
        iam.tag_role(client, "R", {"a": "b"})
        assert sleep.call_count == 1

    def test_but_not_for_ever(self, client, stub, sleep):
        for _dummy in range(6):
            stub.add_client_error("tag_role", "ConcurrentModification")
        with pytest.raises(ApiError):
            iam.tag_role(client, "R", {"a": "b"})

    def test_a_new_policy_may_not_be_known_everywhere_yet(self, client, stub, sleep):
        stub.add_client_error("attach_role_policy", NO_SUCH_ENTITY)
        stub.add_response("attach_role_policy", {})
        iam.attach_policy(client, "R", POLICY_ARN)
        assert sleep.call_count == 1

    @pytest.mark.parametrize("code", ["Throttling", "ServiceUnavailable", "AccessDenied"])
    def test_the_rest_is_botocores_business(self, code, sleep):
        client = MagicMock()
        client.tag_role.side_effect = ClientError({"Error": {"Code": code}}, "TagRole")
        with pytest.raises(ApiError):
            iam.tag_role(client, "R", {"a": "b"})
        assert client.tag_role.call_count == 1


class TestWait:
    @pytest.mark.parametrize(
        ("wait", "waiter", "arguments"),
        [
            (iam.wait_until_role_exists, "role_exists", {"RoleName": "R"}),
            (iam.wait_until_policy_exists, "policy_exists", {"PolicyArn": "R"}),
        ],
    )
    @pytest.mark.parametrize(("timeout", "attempts"), [(120, 120), (1, 1), (0, 1)])
    def test_polls_every_second(self, wait, waiter, arguments, timeout, attempts):
        client = MagicMock()
        wait(client, "R", timeout)
        client.get_waiter.assert_called_once_with(waiter)
        expected = {"WaiterConfig": {"Delay": 1, "MaxAttempts": attempts}, **arguments}
        client.get_waiter.return_value.wait.assert_called_once_with(**expected)

    def test_says_what_did_not_come(self, client, stub):
        for _dummy in range(2):
            stub.add_client_error("get_role", NO_SUCH_ENTITY, http_status_code=404)
        with pytest.raises(ApiError) as failed:
            iam.wait_until_role_exists(client, "R", 2)
        assert failed.value.sentence().startswith("Could not see the new role R within 2 seconds: ")
