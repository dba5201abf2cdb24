# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A trust role's options: read, filled in, refused."""

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import declare, role_arn

ACCOUNT = "111122223333"
OPTIONS = {
    "name": "MediaConnect-ASM",
    "state": "present",
    "secrets": None,
    "kms_keys": None,
    "speke_apis": None,
    "flows": None,
    "policy_name": None,
    "confused_deputy_protection": None,
    "purge": True,
    "purge_policies": False,
    "path": None,
    "description": None,
    "permissions_boundary": None,
    "max_session_duration": None,
    "tags": None,
    "purge_tags": True,
    "allow_shared_policy": False,
    "force_in_use": False,
}


def declaring(**options):
    return declare({**OPTIONS, **options}, ACCOUNT, "aws", "us-west-2")


def refusal(**options) -> str:
    with pytest.raises(Refusal) as refused:
        declaring(**options)
    return str(refused.value)


class TestRole:
    @pytest.mark.parametrize(
        ("options", "name", "path", "arn"),
        [
            ({}, "MediaConnect-ASM", None, "arn:aws:iam::111122223333:role/MediaConnect-ASM"),
            (
                {"path": "/media/"},
                "MediaConnect-ASM",
                "/media/",
                "arn:aws:iam::111122223333:role/media/MediaConnect-ASM",
            ),
            ({"name": "arn:aws:iam::111122223333:role/R"}, "R", "/", "arn:aws:iam::111122223333:role/R"),
            ({"name": "arn:aws:iam::111122223333:role/a/b/R"}, "R", "/a/b/", "arn:aws:iam::111122223333:role/a/b/R"),
            (
                {"name": "arn:aws:iam::111122223333:role/a/R", "path": "/a/"},
                "R",
                "/a/",
                "arn:aws:iam::111122223333:role/a/R",
            ),
            (
                {"name": "a_+=,.@-9" + "x" * 55},
                "a_+=,.@-9" + "x" * 55,
                None,
                "arn:aws:iam::111122223333:role/a_+=,.@-9" + "x" * 55,
            ),
        ],
    )
    def test_is_given_by_name_or_arn(self, options, name, path, arn):
        declared = declaring(**options)
        assert (declared.name, declared.path, role_arn(declared)) == (name, path, arn)

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"name": ""}, "'' is no name of a role"),
            ({"name": "x" * 65}, "is no name of a role: IAM takes up to 64"),
            ({"name": "Media Connect"}, "'Media Connect' is no name of a role"),
            ({"name": "Rôle"}, "is no name of a role"),
            ({"name": "media/R"}, "is no name of a role"),
            ({"name": "MediaConnectAccessRole"}, "The role name MediaConnectAccessRole is reserved by MediaConnect"),
            ({"name": "MEDIACONNECTaccessrole"}, "is reserved"),
            ({"name": "arn:aws:iam::111122223333:role/MediaConnectAccessRole"}, "is reserved"),
            (
                {"name": "arn:aws:iam::444455556666:role/R"},
                "lies in account 444455556666, but the credentials belong to account 111122223333",
            ),
            ({"name": "arn:aws-cn:iam::111122223333:role/R"}, "lies in partition aws-cn"),
            ({"name": "arn:aws:iam::111122223333:user/R"}, "is no ARN of a role"),
            ({"name": "arn:aws:iam::111122223333:role"}, "is no ARN of a role"),
            (
                {"name": "arn:aws:iam::111122223333:role/a/R", "path": "/b/"},
                "lies under the path /a/, and path says /b/",
            ),
            ({"path": "media"}, "The role MediaConnect-ASM: 'media' is no path"),
            ({"path": "/media"}, "is no path"),
            ({"path": "/" + "x" * 511 + "/"}, "is no path"),
        ],
    )
    def test_is_refused(self, options, reason):
        assert reason in refusal(**options)


class TestWhatItServes:
    @pytest.mark.parametrize(
        ("option", "given", "meant"),
        [
            ("secrets", "2018-12-01_baseball-game-source", "2018-12-01_baseball-game-source"),
            (
                "secrets",
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-7g8H9i",
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-7g8H9i",
            ),
            (
                "secrets",
                "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-??????",
                "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-??????",
            ),
            (
                "kms_keys",
                "1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d",
                "arn:aws:kms:us-west-2:111122223333:key/1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d",
            ),
            (
                "kms_keys",
                "mrk-1234abcd12ab34cd56ef1234567890ab",
                "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
            ),
            ("kms_keys", "arn:aws:kms:eu-west-1:444455556666:key/1a2b", "arn:aws:kms:eu-west-1:444455556666:key/1a2b"),
            ("kms_keys", "alias/video", "alias/video"),
            (
                "kms_keys",
                "arn:aws:kms:us-west-2:111122223333:alias/video",
                "arn:aws:kms:us-west-2:111122223333:alias/video",
            ),
            ("speke_apis", "1abcdefghi", "arn:aws:execute-api:us-west-2:111122223333:1abcdefghi/*/POST/*"),
            (
                "speke_apis",
                "arn:aws:execute-api:eu-west-1:444455556666:1abcdefghi/EkeStage/POST/*",
                "arn:aws:execute-api:eu-west-1:444455556666:1abcdefghi/EkeStage/POST/*",
            ),
            ("flows", "BaseballGame", "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:BaseballGame"),
            ("flows", " Baseball Game ", "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:Baseball Game"),
            (
                "flows",
                "arn:aws:mediaconnect:eu-west-1:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame",
                "arn:aws:mediaconnect:eu-west-1:111122223333:flow:*:BaseballGame",
            ),
            (
                "flows",
                "arn:aws:mediaconnect:eu-west-1:111122223333:flow:*:BaseballGame",
                "arn:aws:mediaconnect:eu-west-1:111122223333:flow:*:BaseballGame",
            ),
        ],
    )
    def test_is_given_by_name_or_arn(self, option, given, meant):
        assert getattr(declaring(**{option: [given]}), option) == [meant]

    def test_has_no_order_and_no_repetition(self):
        assert declaring(flows=["b", "a", "b"]).flows == declaring(flows=["a", "b"]).flows

    @pytest.mark.parametrize("option", ["secrets", "kms_keys", "speke_apis", "flows"])
    def test_left_out_is_not_empty(self, option):
        assert getattr(declaring(), option) is None
        assert getattr(declaring(**{option: []}), option) == []

    @pytest.mark.parametrize(
        ("option", "given", "reason"),
        [
            ("secrets", "baseball game", "'baseball game' is no name of a secret"),
            ("secrets", "*", "is no name of a secret"),
            ("secrets", "arn:aws:secretsmanager:us-west-2:111122223333:secret:baseball", "is no full ARN of a secret"),
            ("secrets", "arn:aws:secretsmanager:us-west-2:111122223333:secret:*", "is no full ARN of a secret"),
            ("secrets", "arn:aws:secretsmanager:us-west-2:111122223333:secret:a-????", "is no full ARN of a secret"),
            (
                "secrets",
                "arn:aws:secretsmanager:us-west-2:111122223333:secret:${aws:username}-abcdef",
                "is no full ARN of a secret",
            ),
            (
                "secrets",
                "arn:aws:secretsmanager:us-west-2:444455556666:secret:a-abcdef",
                "lies in account 444455556666",
            ),
            ("secrets", "arn:aws:secretsmanager::111122223333:secret:a-abcdef", "is no full ARN of a secret"),
            ("secrets", "arn:aws:iam::111122223333:role/R", "is no full ARN of a secret"),
            ("secrets", "", "secrets holds an empty item"),
            ("kms_keys", "video", "'video' is no KMS key"),
            ("kms_keys", "arn:aws:kms:us-west-2:111122223333:key/*", "is no KMS key"),
            ("kms_keys", "arn:aws:s3:us-west-2:111122223333:key/a", "is no KMS key"),
            (
                "speke_apis",
                "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/EkeStage",
                "is no API of API Gateway",
            ),
            ("speke_apis", "arn:aws:execute-api:us-west-2:111122223333:*", "is no API of API Gateway"),
            ("flows", "Base*", "'Base*' is no usable name of a flow"),
            ("flows", "Base?ball", "is no usable name"),
            ("flows", "${aws:username}", "is no usable name"),
            ("flows", "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:*", "'*' is no usable name"),
            ("flows", "arn:aws:mediaconnect:*:111122223333:flow:*:A", "is no ARN of a flow"),
            ("flows", "arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-a:A", "is no ARN of a flow"),
            ("flows", "arn:aws:mediaconnect:us-west-2:444455556666:flow:1-a:A", "lies in account 444455556666"),
            ("flows", "  ", "flows holds an empty item"),
        ],
    )
    def test_is_refused(self, option, given, reason):
        sentence = refusal(**{option: [given]})
        assert reason in sentence
        assert sentence.startswith("The role MediaConnect-ASM: ")

    def test_is_refused_all_at_once(self):
        sentence = refusal(secrets=["a b"], flows=["*"], max_session_duration=1)
        assert sentence.count("The role MediaConnect-ASM: ") == 3

    def test_flows_without_protection_are_refused(self):
        assert "drop one of the two" in refusal(flows=["A"], confused_deputy_protection=False)
        assert declaring(flows=[], confused_deputy_protection=False).flows == []


class TestOtherOptions:
    @pytest.mark.parametrize(
        ("given", "meant"),
        [
            (None, None),
            ("", ""),
            ("MediaBoundary", "arn:aws:iam::111122223333:policy/MediaBoundary"),
            ("media/Boundary", "arn:aws:iam::111122223333:policy/media/Boundary"),
            ("arn:aws:iam::111122223333:policy/MediaBoundary", "arn:aws:iam::111122223333:policy/MediaBoundary"),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ],
    )
    def test_permissions_boundary_is_given_by_name_or_arn(self, given, meant):
        assert declaring(permissions_boundary=given).permissions_boundary == meant

    def test_tags_become_strings(self):
        assert declaring(tags={1: 2, "empty": None, "flag": True}).tags == {"1": "2", "empty": "", "flag": "True"}

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"permissions_boundary": "arn:aws:iam::444455556666:policy/B"}, "lies in account 444455556666"),
            ({"permissions_boundary": "arn:aws:iam::111122223333:role/B"}, "is no managed policy"),
            ({"permissions_boundary": "a b"}, "is no managed policy"),
            ({"policy_name": ""}, "'' is no name of a policy"),
            ({"policy_name": "arn:aws:iam::111122223333:policy/P"}, "(the name, not the ARN)"),
            ({"policy_name": "x" * 129}, "is no name of a policy"),
            ({"description": "x" * 1001}, "its description is too long"),
            ({"description": "\u653e\u9001"}, "not in Latin script"),
            ({"max_session_duration": 3599}, "max_session_duration is 3599; IAM takes 3600 to 43200 seconds"),
            ({"max_session_duration": 43201}, "max_session_duration is 43201"),
            ({"tags": {"aws:x": "y"}}, "the tag aws:x begins with aws:"),
            ({"tags": {"": "y"}}, "the tag '' is too long"),
            ({"tags": {"x" * 129: "y"}}, "is too long"),
            ({"tags": {"x": "y" * 257}}, "is too long"),
            ({"tags": {str(number): "" for number in range(51)}}, "it has 51 tags, and IAM takes 50"),
        ],
    )
    def test_are_refused(self, options, reason):
        assert reason in refusal(**options)
