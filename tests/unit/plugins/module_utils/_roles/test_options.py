# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A trust role's options: read, filled in, refused."""

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import (
    Declared,
    declare,
    is_alias,
    role_arn,
)

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
            ({"name": "arn:x:arn:aws:iam::111122223333:role/R"}, "is no ARN of a role"),
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
            ("flows", "X-Games", "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:X-Games"),
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

    @pytest.mark.parametrize(
        ("kms_key", "alias"),
        [
            ("alias/video", True),
            ("arn:aws:kms:us-west-2:111122223333:alias/video", True),
            ("arn:aws:kms:us-west-2:111122223333:key/1a2b", False),
            ("1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d", False),
        ],
    )
    def test_tells_an_alias_from_a_key(self, kms_key, alias):
        assert is_alias(kms_key) is alias

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
            ("flows", "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-a:", "is no ARN of a flow"),
            ("flows", "arn:aws:mediaconnect::111122223333:flow:1-a:A", "is no ARN of a flow"),
            ("flows", "arn:aws-cn:mediaconnect:us-west-2:111122223333:flow:1-a:A", "lies in partition aws-cn"),
            ("kms_keys", "alias/", "is no KMS key"),
            *[
                (option, arn, "is no ")
                for option, resource in (
                    ("secrets", "secretsmanager:us-west-2:111122223333:secret:a-abcdef"),
                    ("kms_keys", "kms:us-west-2:111122223333:key/1a"),
                    ("speke_apis", "execute-api:us-west-2:111122223333:1abcdefghi"),
                    ("flows", "mediaconnect:us-west-2:111122223333:flow:1-a:A"),
                )
                for arn in (f"arn:x arn:aws:{resource}", f"arn:aws:{resource}\n,x")
            ],
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
            ("/media/Boundary", "arn:aws:iam::111122223333:policy/media/Boundary"),
            ("XBoundary", "arn:aws:iam::111122223333:policy/XBoundary"),
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

    @pytest.mark.parametrize(
        "options",
        [
            {"name": "x" * 64},
            {"path": "/" + "x" * 510 + "/"},
            {"secrets": ["x" * 512]},
            {"policy_name": "x" * 128},
            {"description": "x" * 1000},
            {"max_session_duration": 3600},
            {"max_session_duration": 43200},
            {"tags": {"x": "y"}},
            {"tags": {"x" * 128: "y" * 256}},
            {"tags": {str(number): "" for number in range(50)}},
        ],
    )
    def test_are_taken_up_to_their_limits(self, options):
        declared = declaring(**options)
        assert {option: getattr(declared, option) for option in options} == options


class TestTheWholeOfIt:
    def test_every_option_has_its_place(self):
        given = {
            "name": "R",
            "state": "absent",
            "secrets": ["game"],
            "kms_keys": ["alias/video"],
            "speke_apis": ["1abcdefghi"],
            "flows": ["BaseballGame"],
            "policy_name": "P",
            "confused_deputy_protection": True,
            "purge": False,
            "purge_policies": True,
            "path": "/media/",
            "description": "d",
            "permissions_boundary": "B",
            "max_session_duration": 7200,
            "tags": {"a": "b"},
            "purge_tags": False,
            "allow_shared_policy": True,
            "force_in_use": True,
        }
        meant = {
            "account": ACCOUNT,
            "partition": "aws",
            "region": "us-west-2",
            "speke_apis": ["arn:aws:execute-api:us-west-2:111122223333:1abcdefghi/*/POST/*"],
            "flows": ["arn:aws:mediaconnect:us-west-2:111122223333:flow:*:BaseballGame"],
            "permissions_boundary": "arn:aws:iam::111122223333:policy/B",
        }
        assert declaring(**given) == Declared(**{**given, **meant})

    def test_the_policy_is_named_after_the_role(self):
        assert declaring(name="R").derived_policy_name == "SecretsManagerForMediaConnect-R"


# Whole sentences, less the "The role MediaConnect-ASM: " with which those of an option begin.
SECRET, FLOW = (
    "arn:aws:secretsmanager:us-west-2:111122223333:secret:",
    "arn:aws:mediaconnect:us-west-2:111122223333:flow:",
)
SECRET_ARN = "is no full ARN of a secret: that ends in a hyphen and the six characters that Secrets Manager chose."
FLOW_NAME = "is no usable name of a flow: in a policy the characters *, ?, $ and : mean something else."
POLICY_NAME = "is no name of a policy: IAM takes up to 128 letters, digits and _+=,.@- (the name, not the ARN)."
TAG_LIMITS = "is too long: AWS takes keys of 1 to 128 characters and values of up to 256."


class TestSentences:
    @pytest.mark.parametrize(
        ("name", "path", "sentence"),
        [
            ("a b", None, "'a b' is no name of a role: IAM takes up to 64 letters, digits and _+=,.@-."),
            (
                "arn:aws:iam::111122223333:user/R",
                None,
                "'arn:aws:iam::111122223333:user/R' is no ARN of a role; give the role's name or ARN.",
            ),
            (
                "arn:aws:iam::444455556666:role/R",
                None,
                "The role arn:aws:iam::444455556666:role/R lies in account 444455556666, "
                "but the credentials belong to account 111122223333.",
            ),
            (
                "arn:aws-cn:iam::111122223333:role/R",
                None,
                "The role arn:aws-cn:iam::111122223333:role/R lies in partition aws-cn, "
                "but the credentials belong to account 111122223333.",
            ),
            (
                "MediaConnectAccessRole",
                None,
                "The role name MediaConnectAccessRole is reserved by MediaConnect; "
                "use another one, such as MediaConnect-ASM.",
            ),
            (
                "R",
                "media",
                "The role R: 'media' is no path; it begins and ends with a slash, such as /media/.",
            ),
            (
                "arn:aws:iam::111122223333:role/a/R",
                "/b/",
                "The role arn:aws:iam::111122223333:role/a/R lies under the path /a/, and path says /b/; leave path out.",
            ),
        ],
    )
    def test_of_the_name(self, name, path, sentence):
        assert refusal(name=name, path=path) == sentence

    @pytest.mark.parametrize(
        ("option", "given", "sentence"),
        [
            ("secrets", " ", "secrets holds an empty item; remove it."),
            ("kms_keys", " ", "kms_keys holds an empty item; remove it."),
            ("speke_apis", " ", "speke_apis holds an empty item; remove it."),
            ("flows", " ", "flows holds an empty item; remove it."),
            (
                "secrets",
                "a b",
                "'a b' is no name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@-.",
            ),
            ("secrets", f"{SECRET}a", f"{SECRET}a {SECRET_ARN} Or give its name."),
            (
                "secrets",
                "arn:aws:secretsmanager:us-west-2:444455556666:secret:a-abcdef",
                "the secret arn:aws:secretsmanager:us-west-2:444455556666:secret:a-abcdef lies in account 444455556666, "
                "and MediaConnect reads only secrets of the role's own account, 111122223333.",
            ),
            (
                "kms_keys",
                "+arn:aws:kms:us-west-2:111122223333:key/1a2b",
                "'+arn:aws:kms:us-west-2:111122223333:key/1a2b' is no KMS key: "
                "give its id, its ARN, or an alias such as alias/video.",
            ),
            (
                "speke_apis",
                "a/b",
                "'a/b' is no API of API Gateway: give its id, or an ARN such as "
                "arn:aws:execute-api:us-west-2:111122223333:1abcdefghi/*/POST/*.",
            ),
            ("flows", f"{FLOW}A", f"{FLOW}A is no ARN of a flow; give a flow's name or ARN."),
            (
                "flows",
                "arn:aws:iot:us-west-2:111122223333:flow:1-a:A",
                "arn:aws:iot:us-west-2:111122223333:flow:1-a:A is no ARN of a flow; give a flow's name or ARN.",
            ),
            (
                "flows",
                "arn:aws:mediaconnect:us-west-2:444455556666:flow:1-a:A",
                "the flow arn:aws:mediaconnect:us-west-2:444455556666:flow:1-a:A lies in account 444455556666; "
                "a role serves the flows of its own account, 111122223333.",
            ),
            ("flows", "A:B", f"'A:B' {FLOW_NAME}"),
            ("flows", f"{FLOW}1-a:A:B", f"'A:B' {FLOW_NAME}"),
        ],
    )
    def test_of_an_item(self, option, given, sentence):
        assert refusal(**{option: [given]}) == f"The role MediaConnect-ASM: {sentence}"

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (
                {"permissions_boundary": "a b"},
                "permissions_boundary 'arn:aws:iam::111122223333:policy/a b' is no managed policy; give its name or ARN.",
            ),
            (
                {"permissions_boundary": "arn:aws:iam::444455556666:policy/B"},
                "the permissions boundary arn:aws:iam::444455556666:policy/B lies in account 444455556666; "
                "it must be of the role's own account, 111122223333.",
            ),
            ({"policy_name": "a b"}, f"'a b' {POLICY_NAME}"),
            (
                {"description": "x" * 1001},
                "its description is too long or not in Latin script: IAM takes 1000 characters of Latin-1.",
            ),
            ({"max_session_duration": 3599}, "max_session_duration is 3599; IAM takes 3600 to 43200 seconds."),
            ({"max_session_duration": 43201}, "max_session_duration is 43201; IAM takes 3600 to 43200 seconds."),
            (
                {"flows": ["A"], "confused_deputy_protection": False},
                "flows are conditions that confused_deputy_protection: false switches off; drop one of the two.",
            ),
            ({"tags": {"AWS:x": "y"}}, "the tag AWS:x begins with aws:, which AWS reserves."),
            ({"tags": {"": "y"}}, f"the tag '' {TAG_LIMITS}"),
            ({"tags": {"x" * 129: "y"}}, f"the tag '{'x' * 129}' {TAG_LIMITS}"),
            ({"tags": {"x": "y" * 257}}, f"the tag 'x' {TAG_LIMITS}"),
            ({"tags": {str(number): "" for number in range(51)}}, "it has 51 tags, and IAM takes 50."),
        ],
    )
    def test_of_an_option(self, options, sentence):
        assert refusal(**options) == f"The role MediaConnect-ASM: {sentence}"

    def test_of_all_that_is_wrong(self):
        assert refusal(name="R", flows=["A:B", ""], policy_name="a b") == (
            f"The role R: flows holds an empty item; remove it. The role R: 'A:B' {FLOW_NAME} "
            f"The role R: 'a b' {POLICY_NAME}"
        )
