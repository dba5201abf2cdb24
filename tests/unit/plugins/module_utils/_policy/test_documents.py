# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documents of a role that MediaConnect assumes: written, and read back into what they mean."""

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import (
    SERVICE,
    Access,
    Trust,
    permissions_document,
    read_access,
    read_trust,
    reads_keys_only,
    trust_document,
)

ACCOUNT = "111122223333"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i"
OTHER_SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:tennis-final-1a2B3c"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
EU_KEY = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d"
API = "arn:aws:execute-api:us-west-2:111122223333:1abcdefghi/*/POST/*"
FLOW = "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:BaseballGame"
EU_FLOW = "arn:aws:mediaconnect:eu-west-1:111122223333:flow:*:TennisFinal"
FOUR_READS = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]


def document(*statements: dict, version: str = "2012-10-17") -> dict:
    return {"Version": version, "Statement": list(statements)}


def allow(action: object = "sts:AssumeRole", **elements: object) -> dict:
    return {"Effect": "Allow", "Action": action, **elements}


def trusting(principal: object = None, **condition: object) -> dict:
    elements = {"Principal": principal or {"Service": SERVICE}}
    if condition:
        elements["Condition"] = condition
    return allow(**elements)


class TestPermissionsDocument:
    def test_is_that_of_the_user_guide(self):
        assert permissions_document(Access(secrets=frozenset({SECRET}))) == document(
            {"Effect": "Allow", "Action": FOUR_READS, "Resource": [SECRET]}
        )

    def test_decrypts_through_secrets_manager_only(self):
        written = permissions_document(Access(frozenset({SECRET}), kms_keys=frozenset({KEY})))
        assert written["Statement"][1] == {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [KEY],
            "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-west-2.amazonaws.com"}},
        }

    def test_decrypts_in_every_region_of_its_keys(self):
        statement = permissions_document(Access(kms_keys=frozenset({KEY, EU_KEY})))["Statement"][0]
        assert statement["Condition"]["StringEquals"]["kms:ViaService"] == [
            "secretsmanager.eu-west-1.amazonaws.com",
            "secretsmanager.us-west-2.amazonaws.com",
        ]

    def test_decrypts_in_any_region_where_a_key_may_be_of_any(self):
        key = "arn:aws:kms:*:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
        assert permissions_document(Access(kms_keys=frozenset({key}))) == document(
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt"],
                "Resource": [key],
                "Condition": {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}},
            }
        )

    def test_invokes_the_speke_apis(self):
        assert permissions_document(Access(speke_apis=frozenset({API}))) == document(
            {"Effect": "Allow", "Action": ["execute-api:Invoke"], "Resource": [API]}
        )

    def test_there_is_none_for_nothing(self):
        assert permissions_document(Access()) is None

    @pytest.mark.parametrize(
        "access",
        [
            Access(frozenset({SECRET})),
            Access(frozenset({SECRET, OTHER_SECRET}), frozenset({KEY, EU_KEY}), frozenset({API})),
            Access(speke_apis=frozenset({API})),
        ],
    )
    def test_is_read_back_as_it_was_written(self, access):
        assert read_access(permissions_document(access), ACCOUNT) == access


class TestAccess:
    @pytest.mark.parametrize("kind", ["secrets", "kms_keys", "speke_apis"])
    def test_is_some_if_there_is_any(self, kind):
        assert Access(**{kind: frozenset({"arn:x"})})
        assert not Access(**{kind: frozenset()})


class TestReadAccess:
    @pytest.mark.parametrize(
        ("statement", "secrets"),
        [
            (allow("secretsmanager:GetSecretValue", Resource=SECRET), {SECRET}),
            (allow(["SecretsManager:getsecretvalue"], Resource=[SECRET]), {SECRET}),
            (allow("secretsmanager:*", Resource=[SECRET, OTHER_SECRET]), {SECRET, OTHER_SECRET}),
            (allow("*", Resource=[SECRET]), {SECRET}),
            (allow("*", Resource="*"), set()),
            (allow("secretsmanager:DescribeSecret", Resource=SECRET), set()),
            ({**allow("secretsmanager:*", Resource=SECRET), "Effect": "Deny"}, set()),
            (allow("secretsmanager:*", Resource=SECRET.replace(ACCOUNT, "444455556666")), set()),
            (allow("secretsmanager:*", NotResource=SECRET), set()),
        ],
    )
    def test_finds_the_secrets_that_can_be_read(self, statement, secrets):
        assert read_access(document(statement), ACCOUNT).secrets == secrets

    @pytest.mark.parametrize("foreign", [None, "not JSON", {}, {"Statement": None}, {"Statement": ["x"]}, []])
    def test_makes_nothing_of_what_is_no_policy(self, foreign):
        assert read_access(foreign, ACCOUNT) == Access()


class TestReadsKeysOnly:
    @pytest.mark.parametrize(
        ("statements", "only"),
        [
            ([allow(FOUR_READS, Resource=SECRET)], True),
            ([allow("secretsmanager:GetSecretValue", Resource=SECRET), allow("kms:Decrypt", Resource=KEY)], True),
            ([allow("execute-api:Invoke", Resource=API)], True),
            ([allow([*FOUR_READS, "kms:Decrypt", "execute-api:Invoke"], Resource="*")], True),
            ([allow(FOUR_READS, NotResource=SECRET)], False),
            ([allow(FOUR_READS, Resource=SECRET), allow("s3:GetObject", Resource="*")], False),
            ([allow(["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"], Resource=SECRET)], False),
            ([{**allow(FOUR_READS, Resource=SECRET), "Effect": "Deny"}], False),
            ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], False),
            ([], False),
        ],
    )
    def test_tells_a_policy_of_ours_from_others(self, statements, only):
        assert reads_keys_only(document(*statements)) is only


class TestTrustDocument:
    def test_is_that_of_the_user_guide(self):
        assert trust_document(ACCOUNT, True, [FLOW]) == document(
            {
                "Effect": "Allow",
                "Principal": {"Service": "mediaconnect.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": FLOW},
                },
            }
        )

    def test_names_several_flows_in_order(self):
        condition = trust_document(ACCOUNT, True, [FLOW, EU_FLOW])["Statement"][0]["Condition"]
        assert condition["ArnLike"] == {"aws:SourceArn": [EU_FLOW, FLOW]}

    def test_without_flows_names_the_account(self):
        condition = trust_document(ACCOUNT, True)["Statement"][0]["Condition"]
        assert condition == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}

    def test_unguarded_has_no_condition(self):
        assert "Condition" not in trust_document(ACCOUNT, False, [FLOW])["Statement"][0]


class TestReadTrust:
    @pytest.mark.parametrize(
        ("statements", "trust"),
        [
            ([], Trust()),
            ([trusting()], Trust(mediaconnect=True, every_flow=True)),
            (
                [trusting(StringEquals={"aws:SourceAccount": ACCOUNT})],
                Trust(mediaconnect=True, guarded=True, every_flow=True),
            ),
            (
                [trusting(ArnLike={"aws:SourceArn": FLOW})],
                Trust(mediaconnect=True, guarded=True, flows={FLOW}),
            ),
            (
                [trusting(StringLike={"AWS:sourcearn": [FLOW, EU_FLOW]})],
                Trust(mediaconnect=True, guarded=True, flows={FLOW, EU_FLOW}),
            ),
            (
                [trusting(ArnEquals={"aws:SourceArn": FLOW}), trusting()],
                Trust(mediaconnect=True, guarded=True, every_flow=True, flows={FLOW}),
            ),
            (
                [trusting(ArnLike={"aws:SourceArn": FLOW.replace(ACCOUNT, "444455556666")})],
                Trust(mediaconnect=True, guarded=True),
            ),
            (
                [trusting({"Service": [SERVICE, "ec2.amazonaws.com"]})],
                Trust(mediaconnect=True, every_flow=True, others={"ec2.amazonaws.com"}),
            ),
            ([trusting({"Service": "ec2.amazonaws.com"})], Trust(others={"ec2.amazonaws.com"})),
            ([trusting("*")], Trust(others={"*"})),
            ([trusting({"AWS": ["111122223333"]})], Trust(others={"111122223333"})),
            (
                [trusting({"Service": "ec2.amazonaws.com"}), trusting(), trusting({"AWS": "111122223333"})],
                Trust(mediaconnect=True, every_flow=True, others={"ec2.amazonaws.com", "111122223333"}),
            ),
            ([trusting(StringEquals="no condition")], Trust(unclear=[trusting(StringEquals="no condition")])),
            (
                [trusting(ArnLikeIfExists={"aws:SourceArn": "x"}), trusting(StringEquals={"aws:PrincipalOrgID": "o"})],
                Trust(
                    unclear=[
                        trusting(ArnLikeIfExists={"aws:SourceArn": "x"}),
                        trusting(StringEquals={"aws:PrincipalOrgID": "o"}),
                    ]
                ),
            ),
            ([{**trusting(), "Effect": "Deny"}], Trust()),
            ([{**trusting(), "Action": "sts:TagSession"}], Trust()),
            ([{**trusting(), "Action": ["sts:*"]}], Trust(mediaconnect=True, every_flow=True)),
        ],
    )
    def test_finds_whom_the_role_trusts(self, statements, trust):
        assert read_trust(document(*statements), ACCOUNT) == trust

    @pytest.mark.parametrize("foreign", [None, "not JSON", {}, {"Statement": {"Effect": "Allow"}}])
    def test_makes_nothing_of_what_is_no_policy(self, foreign):
        assert read_trust(foreign, ACCOUNT) == Trust()
