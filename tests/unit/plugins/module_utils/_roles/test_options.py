# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A trust role's options: read, filled in, refused."""

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._roles.options import (
    DeclaredRole,
    declare,
    is_alias,
    name_and_path,
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
# A prefix of all sentences about an option.
THE_ROLE = "The role MediaConnect-ASM: "


def declaring(**options):
    return declare({**OPTIONS, **options}, ACCOUNT, "aws", "us-west-2")


def refusal(**options) -> str:
    with pytest.raises(Refusal) as refused:
        declaring(**options)
    return str(refused.value)


LONGEST = "a_+=,.@-9" + "x" * 55


@pytest.mark.parametrize(
    ("options", "name", "path", "arn"),
    [
        ({}, "MediaConnect-ASM", None, "role/MediaConnect-ASM"),
        ({"path": "/media/"}, "MediaConnect-ASM", "/media/", "role/media/MediaConnect-ASM"),
        ({"name": "arn:aws:iam::111122223333:role/R"}, "R", "/", "role/R"),
        ({"name": "arn:aws:iam::111122223333:role/a/b/R"}, "R", "/a/b/", "role/a/b/R"),
        ({"name": "arn:aws:iam::111122223333:role/a/R", "path": "/a/"}, "R", "/a/", "role/a/R"),
        ({"name": LONGEST}, LONGEST, None, f"role/{LONGEST}"),
    ],
)
def test_a_role_is_given_by_name_or_arn(options, name, path, arn):
    declared = declaring(**options)
    assert (declared.name, declared.fields.get("path")) == (name, path)
    assert role_arn(declared) == f"arn:aws:iam::111122223333:{arn}"
    assert name_and_path({**OPTIONS, **options}) == (name, path)


NAME = "is not a valid name of a role: IAM takes up to 64 letters, digits and _+=,.@-."
ROLE_ARN = "is not a valid ARN of a role; give the role's name or ARN."
RESERVED = "is reserved by MediaConnect; use another one, such as MediaConnect-ASM."
PATH = "is not a valid path; it begins and ends with a slash, such as /media/."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": ""}, f"'' {NAME}"),
        ({"name": "x" * 65}, f"'{'x' * 65}' {NAME}"),
        ({"name": "Media Connect"}, f"'Media Connect' {NAME}"),
        ({"name": "Rôle"}, f"'Rôle' {NAME}"),
        ({"name": "media/R"}, f"'media/R' {NAME}"),
        ({"name": "MediaConnectAccessRole"}, f"The role name MediaConnectAccessRole {RESERVED}"),
        ({"name": "MEDIACONNECTaccessrole"}, f"The role name MEDIACONNECTaccessrole {RESERVED}"),
        (
            {"name": "arn:aws:iam::111122223333:role/MediaConnectAccessRole"},
            f"The role name MediaConnectAccessRole {RESERVED}",
        ),
        *[
            ({"name": f"arn:{arn}"}, f"'arn:{arn}' {ROLE_ARN}")
            for arn in (
                "aws:iam::111122223333:user/R",
                "aws:iam::111122223333:role",
                "x:arn:aws:iam::111122223333:role/R",
            )
        ],
        *[
            (
                {"name": f"arn:{partition}:iam::{account}:role/R"},
                f"The role arn:{partition}:iam::{account}:role/R lies in {owner}, "
                "but the credentials belong to account 111122223333.",
            )
            for partition, account, owner in (
                ("aws", "444455556666", "account 444455556666"),
                ("aws-cn", "111122223333", "partition aws-cn"),
            )
        ],
        (
            {"name": "arn:aws:iam::111122223333:role/a/R", "path": "/b/"},
            "The role arn:aws:iam::111122223333:role/a/R lies under the path /a/, and path says /b/; leave path out.",
        ),
        *[({"path": path}, f"{THE_ROLE}'{path}' {PATH}") for path in ("media", "/media", "/" + "x" * 511 + "/")],
    ],
)
def test_a_role_is_refused(options, sentence):
    assert refusal(**options) == sentence


# Option, item, and what is meant by it: itself, where nothing is said.
ITEMS = [
    ("secrets", "2018-12-01_baseball-game-source", None),
    ("secrets", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b-7g8H9i", None),
    ("secrets", "arn:aws:secretsmanager:us-west-2:111122223333:secret:game-??????", None),
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
    ("kms_keys", "arn:aws:kms:eu-west-1:444455556666:key/1a2b", None),
    ("kms_keys", "alias/video", None),
    ("kms_keys", "arn:aws:kms:us-west-2:111122223333:alias/video", None),
    ("speke_apis", "1abcdefghi", "arn:aws:execute-api:us-west-2:111122223333:1abcdefghi/*/POST/*"),
    ("speke_apis", "arn:aws:execute-api:eu-west-1:444455556666:1abcdefghi/EkeStage/POST/*", None),
    ("flows", "BaseballGame", "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:BaseballGame"),
    ("flows", "X-Games", "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:X-Games"),
    ("flows", " Baseball Game ", "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:Baseball Game"),
    (
        "flows",
        "arn:aws:mediaconnect:eu-west-1:111122223333:flow:1-23aBC45dEF67hiJ8-12AbC34DE5fG:BaseballGame",
        "arn:aws:mediaconnect:eu-west-1:111122223333:flow:*:BaseballGame",
    ),
    ("flows", "arn:aws:mediaconnect:eu-west-1:111122223333:flow:*:BaseballGame", None),
]
SECRET, FLOW = (
    "arn:aws:secretsmanager:us-west-2:111122223333:secret:",
    "arn:aws:mediaconnect:us-west-2:111122223333:flow:",
)
EMPTY = "holds an empty item; remove it."
SECRET_NAME = "is not a valid name of a secret: Secrets Manager takes up to 512 letters, digits and /_+=.@-."
SECRET_ARN = "is not a full ARN of a secret: that ends in a hyphen and the six characters that Secrets Manager chose. Or give its name."
KMS_KEY = "is not a valid KMS key: give its id, its ARN, or an alias such as alias/video."
SPEKE_API = (
    "is not a valid API of API Gateway: give its id, or an ARN such as "
    "arn:aws:execute-api:us-west-2:111122223333:1abcdefghi/*/POST/*."
)
FLOW_ARN = "is not a valid ARN of a flow; give a flow's name or ARN."
FLOW_NAME = "is not a usable name of a flow: in a policy the characters *, ?, $ and : mean something else."
BAD_ITEMS = [
    *[
        (option, item, f"{option} {EMPTY}")
        for option in ("secrets", "kms_keys", "speke_apis", "flows")
        for item in ("", "  ")
    ],
    *[("secrets", name, f"'{name}' {SECRET_NAME}") for name in ("baseball game", "*", "x" * 513)],
    *[
        ("secrets", arn, f"{arn} {SECRET_ARN}")
        for arn in (
            f"{SECRET}baseball",
            f"{SECRET}*",
            f"{SECRET}a-????",
            f"{SECRET}${{aws:username}}-abcdef",
            "arn:aws:secretsmanager::111122223333:secret:a-abcdef",
            "arn:aws:iam::111122223333:role/R",
            f"arn:x {SECRET}a-abcdef",
            f"{SECRET}a-abcdef\n,x",
        )
    ],
    (
        "secrets",
        "arn:aws:secretsmanager:us-west-2:444455556666:secret:a-abcdef",
        "the secret arn:aws:secretsmanager:us-west-2:444455556666:secret:a-abcdef lies in account 444455556666, "
        "and MediaConnect reads only secrets of the role's own account, 111122223333.",
    ),
    *[
        ("kms_keys", key, f"'{key}' {KMS_KEY}")
        for key in (
            "video",
            "alias/",
            "arn:aws:kms:us-west-2:111122223333:key/*",
            "arn:aws:kms::111122223333:key/1a",
            "arn:aws:kms:us-west-2::key/1a",
            "arn:aws-cn:kms:us-west-2:111122223333:key/1a",
            "arn:aws:s3:us-west-2:111122223333:key/a",
            "+arn:aws:kms:us-west-2:111122223333:key/1a2b",
            "arn:x arn:aws:kms:us-west-2:111122223333:key/1a",
            "arn:aws:kms:us-west-2:111122223333:key/1a\n,x",
        )
    ],
    *[
        ("speke_apis", api, f"'{api}' {SPEKE_API}")
        for api in (
            "a/b",
            "https://1abcdefghi.execute-api.us-west-2.amazonaws.com/EkeStage",
            "arn:aws:execute-api:us-west-2:111122223333:*",
            "arn:x arn:aws:execute-api:us-west-2:111122223333:1abcdefghi",
            "arn:aws:execute-api:us-west-2:111122223333:1abcdefghi\n,x",
        )
    ],
    *[
        ("flows", arn, f"{arn} {FLOW_ARN}")
        for arn in (
            f"{FLOW}A",
            f"{FLOW}1-a:",
            "arn:aws:mediaconnect:*:111122223333:flow:*:A",
            "arn:aws:mediaconnect::111122223333:flow:1-a:A",
            "arn:aws:mediaconnect:us-west-2:111122223333:entitlement:1-a:A",
            "arn:aws:iot:us-west-2:111122223333:flow:1-a:A",
            f"arn:x {FLOW}1-a:A",
            f"{FLOW}1-a:A\n,x",
        )
    ],
    *[
        (
            "flows",
            f"arn:{partition}:mediaconnect:us-west-2:{account}:flow:1-a:A",
            f"the flow arn:{partition}:mediaconnect:us-west-2:{account}:flow:1-a:A lies in {owner}; "
            "a role serves the flows of its own account, 111122223333.",
        )
        for partition, account, owner in (
            ("aws", "444455556666", "account 444455556666"),
            ("aws-cn", "111122223333", "partition aws-cn"),
        )
    ],
    *[("flows", name, f"'{name}' {FLOW_NAME}") for name in ("Base*", "Base?ball", "${aws:username}", "A:B")],
    ("flows", f"{FLOW}*:*", f"'*' {FLOW_NAME}"),
    ("flows", f"{FLOW}1-a:A:B", f"'A:B' {FLOW_NAME}"),
]


class TestWhatItServes:
    @pytest.mark.parametrize(("option", "given", "meant"), ITEMS)
    def test_is_given_by_name_or_arn(self, option, given, meant):
        assert getattr(declaring(**{option: [given]}), option) == [meant or given]

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

    @pytest.mark.parametrize(("option", "given", "sentence"), BAD_ITEMS)
    def test_is_refused(self, option, given, sentence):
        assert refusal(**{option: [given]}) == f"{THE_ROLE}{sentence}"


BOUNDARY = "is not a valid managed policy; give its name or ARN."
POLICY_NAME = (
    "is not a valid name of a policy: IAM takes up to 128 letters, digits and _+=,.@- (the name, not the ARN)."
)
DESCRIPTION = "its description is too long or not in Latin script: IAM takes 1000 characters of Latin-1."
TAG_LIMITS = "is too long: AWS takes keys of 1 to 128 characters and values of up to 256."


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
        ("options", "sentence"),
        [
            (
                {"permissions_boundary": "arn:aws:iam::444455556666:policy/B"},
                "the permissions boundary arn:aws:iam::444455556666:policy/B lies in account 444455556666; "
                "it must be of the role's own account, 111122223333.",
            ),
            (
                {"permissions_boundary": "arn:aws:iam::111122223333:role/B"},
                f"permissions_boundary 'arn:aws:iam::111122223333:role/B' {BOUNDARY}",
            ),
            (
                {"permissions_boundary": "a b"},
                f"permissions_boundary 'arn:aws:iam::111122223333:policy/a b' {BOUNDARY}",
            ),
            ({"policy_name": ""}, f"'' {POLICY_NAME}"),
            ({"policy_name": "a b"}, f"'a b' {POLICY_NAME}"),
            (
                {"policy_name": "arn:aws:iam::111122223333:policy/P"},
                f"'arn:aws:iam::111122223333:policy/P' {POLICY_NAME}",
            ),
            ({"policy_name": "x" * 129}, f"'{'x' * 129}' {POLICY_NAME}"),
            ({"description": "x" * 1001}, DESCRIPTION),
            ({"description": "\u653e\u9001"}, DESCRIPTION),
            ({"max_session_duration": 3599}, "max_session_duration is 3599; IAM takes 3600 to 43200 seconds."),
            ({"max_session_duration": 43201}, "max_session_duration is 43201; IAM takes 3600 to 43200 seconds."),
            (
                {"flows": ["A"], "confused_deputy_protection": False},
                "flows are conditions that confused_deputy_protection: false switches off; drop one of the two.",
            ),
            ({"tags": {"": "y"}}, f"the tag '' {TAG_LIMITS}"),
            ({"tags": {"x" * 129: "y"}}, f"the tag '{'x' * 129}' {TAG_LIMITS}"),
            ({"tags": {"x": "y" * 257}}, f"the tag 'x' {TAG_LIMITS}"),
            ({"tags": {str(number): "" for number in range(51)}}, "it has 51 tags, and AWS takes 50."),
        ],
    )
    def test_are_refused(self, options, sentence):
        assert refusal(**options) == f"{THE_ROLE}{sentence}"

    @pytest.mark.parametrize(
        "options",
        [
            {"name": "x" * 64},
            {"secrets": ["x" * 512]},
            {"policy_name": "x" * 128},
            {"flows": [], "confused_deputy_protection": False},
            {"tags": {"x": "y"}},
            {"tags": {"x" * 128: "y" * 256}},
            {"tags": {str(number): "" for number in range(50)}},
        ],
    )
    def test_are_taken_up_to_their_limits(self, options):
        declared = declaring(**options)
        assert {option: getattr(declared, option) for option in options} == options

    @pytest.mark.parametrize(
        "options",
        [
            {"path": "/"},
            {"path": "/" + "x" * 510 + "/"},
            {"description": ""},
            {"description": "x" * 1000},
            {"max_session_duration": 3600},
            {"max_session_duration": 43200},
        ],
    )
    def test_fields_that_iam_keeps_are_taken_up_to_their_limits(self, options):
        assert declaring(**options).fields == options


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
            "permissions_boundary": "B",
            "tags": {"a": "b"},
            "purge_tags": False,
            "allow_shared_policy": True,
            "force_in_use": True,
        }
        fields = {"path": "/media/", "description": "d", "max_session_duration": 7200}
        meant = {
            "account": ACCOUNT,
            "partition": "aws",
            "region": "us-west-2",
            "speke_apis": ["arn:aws:execute-api:us-west-2:111122223333:1abcdefghi/*/POST/*"],
            "flows": ["arn:aws:mediaconnect:us-west-2:111122223333:flow:*:BaseballGame"],
            "permissions_boundary": "arn:aws:iam::111122223333:policy/B",
        }
        assert declaring(**given, **fields) == DeclaredRole(**{**given, **meant}, fields=fields)

    def test_what_is_left_out_has_the_defaults_of_the_class(self):
        assert declaring(name="R") == DeclaredRole("R", ACCOUNT, "aws", "us-west-2")

    def test_the_policy_is_named_after_the_role(self):
        assert declaring(name="R").derived_policy_name == "SecretsManagerForMediaConnect-R"

    def test_all_that_is_wrong_is_told_at_once(self):
        assert refusal(name="R", flows=["A:B", ""], policy_name="a b", max_session_duration=1) == (
            f"The role R: flows holds an empty item; remove it. The role R: 'A:B' {FLOW_NAME} "
            f"The role R: 'a b' {POLICY_NAME} The role R: max_session_duration is 1; IAM takes 3600 to 43200 seconds."
        )
