# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The language of IAM policies: what a document says, whether two say the same, how long one is, what a pattern covers."""

from __future__ import annotations

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.documents import SERVICE, trust_document
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._policy.language import (
    allowing,
    allows,
    covers,
    matches,
    same_meaning,
    size,
    statements,
    strings,
    without_covered,
)

ACCOUNT = "111122223333"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i"
OTHER_SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:tennis-final-1a2B3c"
FLOW = "arn:aws:mediaconnect:us-west-2:111122223333:flow:*:BaseballGame"
EU_FLOW = "arn:aws:mediaconnect:eu-west-1:111122223333:flow:*:TennisFinal"
FOUR_READS = [
    "secretsmanager:GetResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:DescribeSecret",
    "secretsmanager:ListSecretVersionIds",
]


def document(*content: dict, version: str = "2012-10-17") -> dict:
    return {"Version": version, "Statement": list(content)}


def allow(action: object = "sts:AssumeRole", **elements: object) -> dict:
    return {"Effect": "Allow", "Action": action, **elements}


def trusting(principal: object = None, **condition: object) -> dict:
    elements = {"Principal": principal or {"Service": SERVICE}}
    if condition:
        elements["Condition"] = condition
    return allow(**elements)


class TestReading:
    @pytest.mark.parametrize(
        ("value", "texts"),
        [("a", ["a"]), (["a", "b"], ["a", "b"]), (["a", 1, None], ["a"]), ([], []), (None, []), ({"a": "b"}, [])],
    )
    def test_one_text_or_a_list_of_them(self, value, texts):
        assert strings(value) == texts

    @pytest.mark.parametrize(
        ("written", "found"),
        [
            (document(allow()), [allow()]),
            ({"Statement": allow()}, [allow()]),
            (document(allow(), allow("s3:*")), [allow(), allow("s3:*")]),
            ({"Statement": ["no statement", allow(), None]}, [allow()]),
            ({"Statement": None}, []),
            ({}, []),
            ([allow()], []),
            ("not JSON", []),
            (None, []),
        ],
    )
    def test_statements(self, written, found):
        assert statements(written) == found

    def test_statements_that_allow(self):
        denying, odd = {**allow(), "Effect": "Deny"}, {"Action": "*"}
        assert list(allowing(document(denying, allow(), odd, allow("s3:*")))) == [allow(), allow("s3:*")]

    @pytest.mark.parametrize(
        ("actions", "found"),
        [
            ("kms:Decrypt", True),
            ("KMS:decrypt", True),
            (["s3:*", "kms:Decrypt"], True),
            ("kms:*", True),
            ("*", True),
            ("kms:Encrypt", False),
            ("kms:Decrypt?", False),
            ([], False),
            (None, False),
        ],
    )
    def test_whether_a_statement_has_an_action(self, actions, found):
        assert allows({"Action": actions}, "kms:Decrypt") is found

    def test_what_is_not_an_action_is_not_one_that_is_allowed(self):
        assert not allows({"NotAction": "kms:Decrypt"}, "kms:Encrypt")


GUIDE = document(allow(FOUR_READS, Resource=[SECRET, OTHER_SECRET]))
TRUST = trust_document(ACCOUNT, True, [FLOW])


class TestSameMeaning:
    @pytest.mark.parametrize(
        "written_otherwise",
        [
            document(allow(FOUR_READS[::-1], Resource=[OTHER_SECRET, SECRET])),
            document(allow([*FOUR_READS, FOUR_READS[0]], Resource=[SECRET, OTHER_SECRET])),
            document(allow([action.lower() for action in FOUR_READS], Resource=[SECRET, OTHER_SECRET])),
            document(allow(FOUR_READS, Resource=[SECRET, OTHER_SECRET], Sid="ReadKeys")),
            document(allow(FOUR_READS, Resource=[SECRET, OTHER_SECRET], Condition={})),
            document(*GUIDE["Statement"], *GUIDE["Statement"]),
            document(*GUIDE["Statement"], dict(reversed(GUIDE["Statement"][0].items()))),
            {"Version": "2012-10-17", "Id": "x", "Statement": GUIDE["Statement"][0]},
        ],
    )
    def test_overlooks_how_it_is_written(self, written_otherwise):
        assert same_meaning(written_otherwise, GUIDE)
        assert same_meaning(GUIDE, written_otherwise)

    @pytest.mark.parametrize(
        "written_otherwise",
        [
            document(
                trusting(
                    {"Service": [SERVICE]},
                    StringEquals={"AWS:sourceaccount": [ACCOUNT]},
                    ArnLike={"aws:sourceArn": [FLOW]},
                )
            ),
            document(trusting(StringEquals={"aws:SourceAccount": int(ACCOUNT)}, ArnLike={"aws:SourceArn": FLOW})),
        ],
    )
    def test_overlooks_how_conditions_are_written(self, written_otherwise):
        assert same_meaning(written_otherwise, TRUST)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"Statement": GUIDE["Statement"]}, document(*GUIDE["Statement"], version="2008-10-17")),
            (
                document({"Effect": "Deny", "NotAction": "S3:getObject", "Resource": "*"}),
                document({"Effect": "Deny", "NotAction": ["s3:GetObject"], "Resource": "*"}),
            ),
            (
                document({"Effect": "Deny", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "*"}),
                document({"Effect": "Deny", "NotPrincipal": {"AWS": [ACCOUNT]}, "Action": "*"}),
            ),
            (document(trusting("*")), document(trusting({"AWS": "*"}))),
            (
                document(trusting(StringEquals={"aws:SourceAccount": [1, "2", True]})),
                document(trusting(StringEquals={"aws:SourceAccount": ["1", "2", "true"]})),
            ),
            (document(allow(Resource={"a": "1", "b": "2"})), document(allow(Resource={"b": "2", "a": "1"}))),
        ],
    )
    def test_overlooks_how_what_others_wrote_is_written(self, one, other):
        for pair in ((one, other), (other, one)):
            assert same_meaning(*pair)

    @pytest.mark.parametrize("condition", ["x", {"StringEquals": "x"}])
    def test_compares_even_what_is_no_condition(self, condition):
        one = document(allow(Condition=condition))
        assert same_meaning(one, one)
        assert not same_meaning(one, document(allow(Condition="y")))
        assert not same_meaning(one, document(allow(Condition={"StringEquals": "y"})))

    @pytest.mark.parametrize(
        "different",
        [
            document(allow(FOUR_READS, Resource=[SECRET])),
            document(allow(FOUR_READS[:3], Resource=[SECRET, OTHER_SECRET])),
            document(allow(FOUR_READS, Resource="*")),
            document(allow(FOUR_READS, Resource=[SECRET.lower(), OTHER_SECRET])),
            document(*GUIDE["Statement"], allow("s3:*", Resource="*")),
            document(*GUIDE["Statement"], version="2008-10-17"),
            {"Statement": GUIDE["Statement"]},
            {**GUIDE, "Statement": []},
            document({**GUIDE["Statement"][0], "Effect": "Deny"}),
            document(
                allow(FOUR_READS, Resource=[SECRET, OTHER_SECRET], Condition={"Bool": {"aws:SecureTransport": True}})
            ),
            {},
            None,
            "not JSON",
        ],
    )
    def test_sees_every_other_difference(self, different):
        assert not same_meaning(different, GUIDE)
        assert not same_meaning(GUIDE, different)

    @pytest.mark.parametrize(
        "different",
        [
            trust_document(ACCOUNT, True),
            trust_document(ACCOUNT, False),
            trust_document("444455556666", True, [FLOW]),
            trust_document(ACCOUNT, True, [FLOW, EU_FLOW]),
            document(trusting({"Service": "ec2.amazonaws.com"}, **TRUST["Statement"][0]["Condition"])),
            document(trusting({"Service": [SERVICE, "ec2.amazonaws.com"]}, **TRUST["Statement"][0]["Condition"])),
            document(trusting("*", **TRUST["Statement"][0]["Condition"])),
            document(trusting({"AWS": SERVICE}, **TRUST["Statement"][0]["Condition"])),
            document(trusting(StringLike={"aws:SourceAccount": ACCOUNT}, ArnLike={"aws:SourceArn": FLOW})),
        ],
    )
    def test_sees_every_difference_of_trust(self, different):
        assert not same_meaning(different, TRUST)


class TestSize:
    def test_leaves_white_space_out(self):
        text = document(allow("a:b c", Resource="x y"))
        assert size(text) == len(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:bc","Resource":"xy"}]}'
        )


class TestWithoutCovered:
    @pytest.mark.parametrize(
        ("patterns", "left"),
        [
            ({FLOW, EU_FLOW}, {FLOW, EU_FLOW}),
            (
                {FLOW, "arn:aws:mediaconnect:us-west-2:111122223333:flow:*"},
                {"arn:aws:mediaconnect:us-west-2:111122223333:flow:*"},
            ),
            (
                {EU_FLOW, "arn:aws:mediaconnect:us-west-2:111122223333:flow:*"},
                {EU_FLOW, "arn:aws:mediaconnect:us-west-2:111122223333:flow:*"},
            ),
            ({FLOW, EU_FLOW, "arn:aws:mediaconnect:*:111122223333:*"}, {"arn:aws:mediaconnect:*:111122223333:*"}),
            ({FLOW.replace("*", "1-23-abc"), FLOW}, {FLOW}),
            ({FLOW, FLOW.replace("*", "**"), FLOW.replace("*", "***")}, {FLOW.replace("*", "***")}),
            ({FLOW + "??", FLOW + "*s"}, {FLOW + "??", FLOW + "*s"}),
            (set(), set()),
        ],
    )
    def test_drops_what_another_covers(self, patterns, left):
        assert without_covered(patterns) == left

    def test_takes_brackets_as_they_are(self):
        names = {FLOW + "[ab]", FLOW + "a"}
        assert without_covered(names) == names


class TestCovers:
    @pytest.mark.parametrize(
        ("pattern", "arn", "covered"),
        [
            (FLOW, FLOW, True),
            (FLOW, FLOW.replace("*", "1-23-abc"), True),
            ("arn:aws:mediaconnect:us-west-2:111122223333:*", FLOW, True),
            ("arn:*:*:*:*:*", FLOW, True),
            # a star stays within its part, but for the last one
            ("arn:aws:media*:BaseballGame", FLOW, False),
            ("arn:aws:mediaconnect:*:flow:1:BaseballGame", FLOW, False),
            (EU_FLOW, FLOW, False),
            (FLOW.replace("*", "1-23-abc"), FLOW, False),
        ],
    )
    def test_compares_part_by_part(self, pattern, arn, covered):
        assert covers(pattern, arn) is covered


class TestMatches:
    @pytest.mark.parametrize(
        ("pattern", "text", "match"),
        [
            ("a*c", "abbc", True),
            ("a*c", "ac", True),
            ("a*c", "a\nc", True),
            ("a?c", "abc", True),
            ("a?c", "a\nc", True),
            ("a?c", "ac", False),
            ("a.c", "abc", False),
            ("abc", "abcd", False),
            # a pattern that stands for less
            ("a*", "a?", True),
            ("a*", "a*b", True),
            ("a?", "a*", False),
            ("a?", "a?", True),
        ],
    )
    def test_stars_and_question_marks_stand_for_any_character(self, pattern, text, match):
        assert matches(pattern, text) is match
