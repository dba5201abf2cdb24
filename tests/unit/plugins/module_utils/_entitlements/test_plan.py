# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan of a flow says and carries, in full: users read the sentences, and the calls are made from the actions."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Action, Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.entitlement import declared_flow, validate
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flow_planner import plan
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.flows import (
    FlowUnit,
    Names,
    Observed,
    Options,
    names_to_look_up,
    observed_flow,
    refuse_repeated,
    resolve_flow,
    substitute_known,
    tags_differ,
)

ACCOUNT, ALICE, BOB, CAROL = "111122223333", "123456789012", "444455556666", "777788889999"
PREFIX = f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}"
FLOW_ARN = f"{PREFIX}:flow:1-id:Game"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/MediaConnect-ASM"
SECRET_ARN = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:game-AbCdEf"
STATIC = {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": SECRET_ARN}
E = "entitlement E of flow Game"


def arn(name: str) -> str:
    return f"{PREFIX}:entitlement:1-id:{name}"


def has(name: str = "E", **fields: Any) -> dict[str, Any]:
    """An entitlement as AWS has it."""
    return {
        "name": name,
        "entitlement_arn": arn(name),
        "subscribers": [ALICE],
        "description": "d",
        "data_transfer_subscriber_fee_percent": 15,
        "entitlement_status": "ENABLED",
        "encryption": None,
        "in_use": False,
        **fields,
    }


def planning(*declared: dict[str, Any], aws: Any = (), flow: dict[str, Any] | None = None, **options: Any) -> FlowUnit:
    purge = options.pop("purge", False)
    item = {"flow": "Game", "purge_entitlements": purge, "entitlements": [{"name": "E", **one} for one in declared]}
    observed = Observed(FLOW_ARN, "Game", "ACTIVE", entitlements={one["name"]: one for one in aws})
    for field, value in (flow or {}).items():
        setattr(observed, field, value)
    return plan(declared_flow(item, purge_entitlements=False), observed, Names(), Options(**options))


def test_every_action_with_all_that_it_carries() -> None:
    unit = planning(
        {"name": "new", "subscribers": [ALICE], "encryption": STATIC},
        {"name": "tags", "tags": {"b": "2"}},
        {"name": "text", "description": "other", "subscribers": [ALICE, BOB]},
        {"name": "fee", "data_transfer_subscriber_fee_percent": 1},
        {"name": "gone", "state": "absent"},
        aws=[has(name, tags={"a": "1"}) for name in ("text", "fee", "gone", "tags", "other")],
        allow_replacement=True,
        warn_shared=False,
        purge=True,
    )
    text = {"description": "other", "subscribers": [ALICE, BOB]}
    gone = [arn("fee"), arn("gone"), arn("other")]
    assert unit.actions == [
        Action(
            "update",
            "change description, subscribers of entitlement text of flow Game",
            {"name": "text", "arn": arn("text"), "changes": text},
        ),
        Action("revoke", "revoke entitlement fee of flow Game", {"name": "fee", "arn": arn("fee")}),
        Action("revoke", "revoke entitlement gone of flow Game", {"name": "gone", "arn": arn("gone")}),
        Action("revoke", "revoke entitlement other of flow Game", {"name": "other", "arn": arn("other")}),
        Action("wait", "wait until what was revoked is gone from flow Game", {"arns": gone}),
        Action("grant", "grant new, fee on flow Game", {"names": ["new", "fee"]}),
        Action(
            "tag",
            "change the tags of entitlement tags of flow Game",
            {"name": "tags", "arn": arn("tags"), "to_set": {"b": "2"}, "to_remove": ["a"]},
        ),
        Action("look", "see what MediaConnect reports of flow Game", {}),
    ]
    befores = {name: item.before and item.before["name"] for name, item in unit.items.items()}
    assert befores == {"new": None, **{name: name for name in ("tags", "text", "fee", "gone", "other")}}


@pytest.mark.parametrize(("given", "adds"), [({}, False), ({"purge_subscribers": False}, True)])
def test_a_grant_remembers_whether_subscribers_are_only_added(given: dict[str, Any], adds: bool) -> None:
    assert planning({"subscribers": [ALICE], **given}).items["E"].adds is adds


def test_a_flow_that_could_not_be_read_keeps_the_words_of_the_error() -> None:
    assert planning(flow={"error": ".NET is down at X..."}).failure == "flow Game: .NET is down at X."


def test_tags_that_were_not_read_are_none() -> None:
    unit = planning({"tags": {"a": "1"}}, aws=[has()])
    assert [action.params["to_set"] for action in unit.actions] == [{"a": "1"}]


# What is declared, what AWS has, the task's options, and each sentence.
REFUSALS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], list[str]]] = {
    "being deleted": (
        {},
        [has()],
        {"flow": {"status": "DELETING"}},
        ["The flow Game is being deleted; nothing can be granted on it."],
    ),
    "CDI": (
        {},
        [has()],
        {"flow": {"protocol": "cdi"}},
        ["The flow Game is a CDI flow; MediaConnect grants entitlements on transport stream flows only."],
    ),
    "no subscribers": (
        {},
        [],
        {},
        [f"The {E} does not exist yet and has no subscribers; give at least one account id."],
    ),
    "full": (
        {"subscribers": [ALICE]},
        [has(f"old{number}") for number in range(50)],
        {},
        [
            "The flow Game would have 51 entitlements, but MediaConnect allows 50 per flow and does not raise that; revoke some first, "
            "or set purge_entitlements: true to revoke what is not declared."
        ],
    ),
    "another account's role and secret": (
        {
            "encryption": {
                **STATIC,
                "role_arn": ROLE_ARN.replace(ACCOUNT, BOB),
                "secret_arn": SECRET_ARN.replace(ACCOUNT, BOB),
            }
        },
        [has()],
        {},
        [
            f"The {E} names {wrong.replace(ACCOUNT, BOB)}, which is not in the flow's account {ACCOUNT}; MediaConnect takes roles and "
            "secrets of the same account only."
            for wrong in (ROLE_ARN, SECRET_ARN)
        ],
    ),
    "names that are not there": (
        {"encryption": {"role": "R", "secret": "S", "algorithm": "aes128"}},
        [has()],
        {},
        [
            f"The {E} names the role R, which does not exist; create it first or correct the name.",
            f"The {E} names the secret S, which does not exist in us-west-2; create it first or correct the name.",
        ],
    ),
    "half an encryption": (
        {"encryption": {"key_type": "static-key"}},
        [has()],
        {},
        [f"The encryption of the {E} lacks role, secret, algorithm; key_type static-key needs it."],
    ),
    "another fee": (
        {"data_transfer_subscriber_fee_percent": 10},
        [has(subscribers=[ALICE, BOB])],
        {},
        [
            f"The {E} cannot be changed in place (data_transfer_subscriber_fee_percent is 15 and would be 10): it would be revoked and "
            f"granted again, the stream of {ALICE}, {BOB} would stop, and the subscriber's flow would have to be started again by hand. "
            "Set allow_replacement: true if that is meant, or declare what AWS has."
        ],
    ),
    "revoking what is in use": (
        {"state": "absent"},
        [has(subscribers=[ALICE, BOB], in_use=True)],
        {},
        [
            f"The {E} is in use; revoking it would make the picture of account {ALICE}, {BOB} go dark. "
            "Set force_in_use: true if that is meant."
        ],
    ),
    "removing two of three": (
        {"subscribers": [ALICE]},
        [has(subscribers=[ALICE, BOB, CAROL], in_use=True)],
        {},
        [
            f"The {E} is in use; removing the subscriber {BOB}, {CAROL} would make the picture of account {BOB}, {CAROL} go dark. "
            "Set force_in_use: true if that is meant."
        ],
    ),
    **{
        f"reserved tags of {case}": (
            {"subscribers": [ALICE], "tags": {"aws:y": "1", "aws:x": "1", "mine": "1"}, **given},
            aws,
            {"allow_replacement": True},
            [f"The {E} has the tag aws:x, aws:y; names that begin with aws: are reserved by AWS."],
        )
        for case, given, aws in (
            ("a new one", {}, []),
            ("one that exists", {}, [has(tags={})]),
            ("one that is replaced", {"data_transfer_subscriber_fee_percent": 1}, [has(tags={})]),
        )
    },
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal(case: str) -> None:
    given, aws, options, sentences = REFUSALS[case]
    assert planning(given, aws=aws, **options).refusals == sentences


WARNINGS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any], list[str]]] = {
    "replaced": (
        {"data_transfer_subscriber_fee_percent": 10},
        [has(subscribers=[ALICE, BOB])],
        {"allow_replacement": True, "warn_shared": False},
        [f"The {E} is revoked and granted again: {ALICE}, {BOB} must start the flow that uses it again."],
    ),
    "subscribers removed": (
        {"subscribers": [ALICE]},
        [has(subscribers=[ALICE, BOB, CAROL])],
        {},
        [f"The {E} loses the subscriber {BOB}, {CAROL}: the content becomes unavailable there at once."],
    ),
    "shared": (
        {"subscribers": [ALICE, BOB]},
        [],
        {},
        [
            f"The {E} has 2 subscribers, but an entitlement can be used only once; grant one entitlement per subscriber, "
            "or set warn_shared: false."
        ],
    ),
    "the own account": (
        {"subscribers": [ACCOUNT]},
        [],
        {},
        [f"The {E} has this very account, {ACCOUNT}, as a subscriber; entitlements are for other accounts."],
    ),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_warning(case: str) -> None:
    given, aws, options, sentences = WARNINGS[case]
    assert planning(given, aws=aws, **options).warnings == sentences


SHORT = (
    "account ids have 12 digits, without hyphens; put it in quotation marks if it begins with a zero, which YAML drops"
)
MISDECLARED: dict[str, tuple[str, dict[str, Any], str]] = {
    "blank flow": (" ", {}, "A flow has an empty name; give the flow's name or ARN."),
    "short account id": (
        "Game",
        {"subscribers": ["1"]},
        f"The {E} has the subscriber 1, which is no account id: {SHORT}.",
    ),
    **{
        f"account id {account}": (
            "Game",
            {"subscribers": [account]},
            f"The {E} has the subscriber {account}, which is no account id: account ids have 12 digits, without hyphens.",
        )
        for account in ("1-2", "1234567890123", "٤٤٤٤٥٥٥٥٦٦٦٦")
    },
    "an ARN of a flow, in messages": (
        FLOW_ARN,
        {"subscribers": []},
        f"The {E} has an empty list of subscribers; give at least one account id, or state: absent to revoke it.",
    ),
    "misplaced secret": (
        "Game",
        {"encryption": {"key_type": "speke", "secret": "S"}},
        f"The {E} has secret, which is not valid with key_type speke; leave it out or change key_type.",
    ),
    "ARN that is something else of Secrets Manager": (
        "Game",
        {"encryption": {"secret": SECRET_ARN.replace(":secret:", ":policy:")}},
        f"The {E} has the secret {SECRET_ARN.replace(':secret:', ':policy:')}, which is not the ARN of a secret; give the secret's name or ARN.",
    ),
    "ARN of a reserved role under a path": (
        "Game",
        {"encryption": {"role": f"arn:aws:iam::{ACCOUNT}:role/a/b/MediaConnectAccessRole"}},
        f"The {E} names the role arn:aws:iam::{ACCOUNT}:role/a/b/MediaConnectAccessRole, whose name is reserved by MediaConnect; "
        "use another role, such as MediaConnect-ASM.",
    ),
    "two things": (
        "Game",
        {"subscribers": ["1"], "data_transfer_subscriber_fee_percent": 101},
        f"The {E} has data_transfer_subscriber_fee_percent 101; give 0 to 100. "
        f"The {E} has the subscriber 1, which is no account id: {SHORT}.",
    ),
}


@pytest.mark.parametrize("case", MISDECLARED)
def test_misdeclared(case: str) -> None:
    name, given, sentence = MISDECLARED[case]
    item = {"flow": name, "purge_entitlements": None, "entitlements": [{"name": "E", **given}] if given else []}
    with pytest.raises(Refusal) as refused:
        validate([declared_flow(item, purge_entitlements=False)], "us-west-2", check_mode=False)
    assert str(refused.value) == sentence


def test_a_name_with_a_colon_is_not_cut() -> None:
    item = {
        "flow": "a:b:c:d:e:f:g:h:Game",
        "purge_entitlements": None,
        "entitlements": [{"name": "E", "subscribers": []}],
    }
    with pytest.raises(Refusal, match="E of flow a:b:c:d:e:f:g:h:Game has an empty list"):
        validate([declared_flow(item, purge_entitlements=False)], "us-west-2", check_mode=False)


def test_what_is_left_out_of_speke_is_not_wrong() -> None:
    """It may stand in AWS; the planner tells what is missing."""
    item = {
        "flow": "Game",
        "purge_entitlements": None,
        "entitlements": [{"name": "E", "encryption": {"key_type": "speke"}}],
    }
    validate([declared_flow(item, purge_entitlements=False)], "us-west-2", check_mode=False)


SEEN = {"FlowArn": FLOW_ARN, "Name": "Game", "Status": "ACTIVE"}


@pytest.mark.parametrize(
    ("source", "protocol"),
    [
        ({}, ""),
        ({"Source": {}}, ""),
        ({"Source": {"Transport": {}}}, ""),
        ({"Source": {"Transport": {"Protocol": "cdi"}}}, "cdi"),
    ],
)
def test_a_flow_as_the_planner_sees_it(source: dict[str, Any], protocol: str) -> None:
    assert observed_flow({**SEEN, **source}) == Observed(FLOW_ARN, "Game", "ACTIVE", None, protocol, {})


@pytest.mark.parametrize(
    ("current", "declared", "purge_tags", "differ"),
    [
        ({"a": "1"}, {"a": "1"}, True, False),
        ({"a": "1"}, {"a": "2"}, True, True),
        ({}, {"a": "1"}, False, True),
        ({"a": "1", "b": "2"}, {"a": "1"}, True, True),
        ({"a": "1", "b": "2"}, {"a": "1"}, False, False),
    ],
)
def test_whether_tags_differ(current: dict[str, str], declared: dict[str, str], purge_tags: bool, differ: bool) -> None:
    assert tags_differ(current, declared, purge_tags) is differ


class TestNames:
    def test_of_flows(self) -> None:
        with pytest.raises(Refusal) as refused:
            resolve_flow("Game", {}, "us-west-2")
        assert str(refused.value) == "There is no flow Game in us-west-2; check the name, the Region and the account."
        with pytest.raises(Refusal) as refused:
            refuse_repeated(["arn:a", "arn:b", "arn:b", "arn:a"])
        assert str(refused.value) == (
            "The flow arn:b, arn:a is declared more than once, by name and by ARN; declare it once."
        )

    def test_none_is_known_of_a_kind(self) -> None:
        item = {
            "flow": "Game",
            "purge_entitlements": None,
            "entitlements": [{"name": "E", "encryption": {"role": "R"}}],
        }
        flow = declared_flow(item, purge_entitlements=False)
        substitute_known([flow], Names())
        assert flow.entitlements[0].encryption == {"key_type": "static-key", "role_arn": "R"}

    def test_only_those_of_what_is_to_be_encrypted_are_looked_up(self) -> None:
        encryption = {"role": "R", "secret": "S"}
        entitlements = [
            {"name": "gone", "state": "absent", "encryption": encryption},
            {"name": "open"},
            {"name": "unencrypted", "encryption": {}},
            {"name": "E", "encryption": {"role": "R"}},
        ]
        item = {"flow": "Game", "purge_entitlements": None, "entitlements": entitlements}
        flow = declared_flow(item, purge_entitlements=False)
        assert names_to_look_up(flow, Observed(FLOW_ARN, "Game")) == {("role_arn", "R")}
