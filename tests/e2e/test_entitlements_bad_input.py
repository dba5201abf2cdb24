# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two thousand generated declarations that are wrong: each is refused in words, whatever else is right in them."""

from __future__ import annotations

import json
import re
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._encryption.resolve import References
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import (
    FLOW as FLOW_OPTIONS,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import (
    DeclaredFlow,
    Options,
    declared_flow,
    validate,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.plan import (
    changed_uses,
    dark_refusal,
    plan,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.state import (
    ObservedFlow,
    refuse_repeated,
    resolve_flow,
)
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import argument_spec
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.model import Refusal
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.dark import losses
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._streams.world import World
from mediaconnect_emulator.client import Emulator
from tests.e2e.entitlement_runs import (
    ACCOUNT,
    ALICE,
    BOB,
    FLOW,
    FLOW_ARN,
    REGION,
    ROLE,
    ROLE_ARN,
    SPEKE,
    STATIC,
    Aws,
    Module,
    keys_and_role,
)

SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:game-AbCdEf"
# What the flow has: one entitlement that somebody uses, with a fee and a key.
HELD, FEE = "Held", 15


def text(**options: Any) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), **options)


def outside(*choices: str) -> st.SearchStrategy[str]:
    return text(max_size=12).filter(lambda word: word.strip() not in choices)


@st.composite
def digits(draw: Any) -> Any:
    """An account id that is none, as YAML may type it."""
    wrong = draw(st.integers(1, 10**11 - 1) | st.integers(10**12, 10**14))
    return draw(st.sampled_from([wrong, str(wrong), f"{wrong:011}", f"4444-5555-{wrong % 10000:04}"]))


not_an_id = digits() | text(max_size=13).filter(
    lambda word: not (len(word.strip()) == 12 and word.strip().isascii() and word.strip().isdigit())
)
no_name = text(max_size=70).filter(lambda word: not re.fullmatch("[A-Za-z0-9_-]{1,64}", word))
no_mapping = st.integers() | st.lists(st.integers(), min_size=1, max_size=2) | st.just("no mapping")
# Of a number where an option with options of its own belongs ansible-core itself makes a traceback (2.19 and 2.21).
no_encryption = st.sampled_from(["no mapping", [], "aes256"])
unknown_option = st.text("abcdefghijk_", min_size=1, max_size=12).map(lambda word: f"x_{word}")

# An option of a new entitlement, and what it cannot be.
WRONG_OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "name": no_name,
    "subscribers": st.just([])
    | st.lists(not_an_id, min_size=1, max_size=3)
    | st.tuples(st.just(ALICE), not_an_id).map(list)
    | st.just({"account": 1}),
    "data_transfer_subscriber_fee_percent": st.integers(max_value=-1)
    | st.integers(min_value=101)
    | st.sampled_from([0.5, "much", [15], {"fee": 15}, "", "15%"]),
    "description": text(min_size=1025, max_size=1030),
    "entitlement_status": outside("ENABLED", "DISABLED"),
    "state": outside("present", "absent"),
    "purge_subscribers": st.sampled_from(["perhaps", 2, [], "of course"]),
    "tags": st.lists(st.integers(), min_size=51, max_size=60, unique=True).map(
        lambda keys: {str(key): "" for key in keys}
    )
    | text(min_size=129, max_size=140).map(lambda key: {key: "long"})
    | text(min_size=257, max_size=260).map(lambda value: {"key": value})
    | text(max_size=9).map(lambda key: {f"aws:{key}": "reserved"})
    | st.just({"": "nameless"})
    | no_mapping,
    "remove_subscribers": st.lists(not_an_id, min_size=1, max_size=2) | st.just([BOB]),  # beside subscribers
}
# An option of a static key, or of SPEKE, and what it cannot be.
WRONG_ENCRYPTION: dict[str, st.SearchStrategy[Any]] = {
    "key_type": outside("static-key", "speke"),
    "algorithm": outside("aes128", "aes192", "aes256"),
    "role": st.sampled_from(["", "nosuch", "MediaConnectAccessRole", "mediaconnectACCESSrole", SECRET_ARN])
    | text(max_size=30).map(lambda name: f"arn:aws:iam:{name}")
    | st.just(ROLE_ARN.replace(ACCOUNT, BOB)),
    "url": st.just(SPEKE["url"].replace(REGION, "eu-west-1")),
    "region": outside("", REGION),
    "constant_initialization_vector": st.text("0123456789abcdef", min_size=1, max_size=40).filter(
        lambda v: len(v) != 32
    )
    | st.text("ghijklmnop", min_size=32, max_size=32),
}
WRONG_STATIC = {
    "secret": st.sampled_from(
        ["", "nosuch", ROLE_ARN, SECRET_ARN.replace(REGION, "eu-west-1"), SECRET_ARN.replace(ACCOUNT, BOB)]
    )
    | text(max_size=30).map(lambda name: f"arn:aws:secretsmanager:{name}"),
    "device_id": text(min_size=1, max_size=9),
    "resource_id": text(min_size=1, max_size=9),
}
WRONG_FLOWS = st.one_of(
    st.sampled_from(["", " ", "NoSuchGame", FLOW.lower(), ROLE_ARN, FLOW_ARN.replace(REGION, "eu-west-1"), "arn:"]),
    text(max_size=30).map(lambda rest: f"arn:aws:mediaconnect:{rest}"),
    text(max_size=30).filter(lambda name: name != FLOW),
)


@st.composite
def wrong_encryption(draw: Any) -> dict[str, Any]:
    base = draw(st.sampled_from([STATIC, SPEKE]))
    wrong = {**WRONG_ENCRYPTION, **(WRONG_STATIC if base is STATIC else {"secret": st.just("game")})}
    option = draw(st.sampled_from(list(wrong)))
    value = draw(wrong[option])
    if option in ("url", "region", "constant_initialization_vector") and draw(st.booleans()):
        base = SPEKE
    return {**base, option: value}


GOOD = {"name": "New", "subscribers": [ALICE]}
WRONG_HELD = st.one_of(
    st.sampled_from(
        [
            {"state": "absent"},
            {"entitlement_status": "DISABLED"},
            {"subscribers": [BOB]},
            {"remove_subscribers": [ALICE]},
            {"encryption": {}},
        ]
    ),
    st.integers(0, 100).filter(lambda fee: fee != FEE).map(lambda fee: {"data_transfer_subscriber_fee_percent": fee}),
)
# Entitlements of which one is wrong.
wrong_entitlements = st.one_of(
    st.sampled_from(list(WRONG_OPTIONS)).flatmap(
        lambda option: WRONG_OPTIONS[option].map(lambda value: [{**GOOD, option: value}])
    ),
    (wrong_encryption() | no_encryption).map(lambda encryption: [{**GOOD, "encryption": encryption}]),
    unknown_option.map(lambda option: [{**GOOD, option: 1}]),
    unknown_option.map(lambda option: [{**GOOD, "encryption": {**STATIC, option: 1}}]),
    text(max_size=5).map(lambda description: [GOOD, {**GOOD, "description": description}]),
    WRONG_HELD.map(lambda spoiled: [{"name": HELD, **spoiled}]),
    text(max_size=9).map(lambda description: [{"name": "New", "description": description}]),  # without subscribers
    (st.integers() | st.lists(st.integers(), max_size=2) | st.just("no mapping")).map(lambda odd: [odd]),
)


@st.composite
def wrong_flows(draw: Any) -> list[dict[str, Any]]:
    """What a task may declare, with one thing wrong, and right things beside it."""
    right = {"flow": FLOW, "entitlements": [{"name": "Right", "subscribers": [ALICE]}]}
    kind = draw(
        st.sampled_from(["entitlements", "entitlements", "entitlements", "flow", "twice", "unknown", "none", "type"])
    )
    if kind == "entitlements":
        return [{"flow": draw(st.sampled_from([FLOW, FLOW_ARN])), "entitlements": draw(wrong_entitlements)}]
    if kind == "flow":
        return [right, {"flow": draw(WRONG_FLOWS), "entitlements": []}]
    if kind == "twice":
        return [right, {"flow": draw(st.sampled_from([FLOW, FLOW_ARN]))}]
    if kind == "unknown":
        return [{**right, draw(unknown_option): 1}]
    if kind == "none":
        return [right, {"entitlements": []}]
    return [
        {**right, "entitlements": draw(st.integers() | st.just({"name": "E"}) | st.lists(st.integers(), min_size=1))}
    ]


def refusals(flows: list[dict[str, Any]]) -> list[str]:
    """What the module says before it changes anything, without looking at AWS."""
    spec = {"flows": {"type": "list", "elements": "dict", "options": argument_spec(FLOW_OPTIONS)}}
    checked = ArgumentSpecValidator(spec).validate({"flows": json.loads(json.dumps(flows))})
    if checked.error_messages:
        return [f"{message}." for message in checked.error_messages]
    declared = [declared_flow(item, purge_entitlements=False) for item in checked.validated_parameters["flows"]]
    names = References(looked_up={"role_arn": {ROLE: ROLE_ARN}, "secret_arn": {"game": SECRET_ARN}})
    held = {
        "name": HELD,
        "entitlement_arn": f"arn:aws:mediaconnect:{REGION}:{ACCOUNT}:entitlement:1:{HELD}",
        "subscribers": [ALICE],
        "description": "",
        "data_transfer_subscriber_fee_percent": FEE,
        "entitlement_status": "ENABLED",
        "encryption": {"key_type": "static-key", "algorithm": "aes256", "role_arn": ROLE_ARN, "secret_arn": SECRET_ARN},
        "in_use": True,
    }
    observed = ObservedFlow(FLOW_ARN, FLOW, "ACTIVE", entitlements={HELD: held}, watching={HELD: (ALICE,)})
    try:
        validate(declared, REGION)
        arns = [
            flow.flow if flow.flow.startswith("arn:") else resolve_flow(flow.flow, {FLOW: [FLOW_ARN]}, REGION)
            for flow in declared
        ]
        refuse_repeated(arns)
        if set(arns) - {FLOW_ARN}:
            return ["There is no such flow."]  # as DescribeFlow would say
        return [refusal for flow in declared for refusal in planned(flow, observed, names)]
    except Refusal as refusal:
        return [str(refusal)]


def planned(flow: DeclaredFlow, observed: ObservedFlow, names: References) -> list[str]:
    """What the planner refuses, and what would go dark."""
    unit = plan(flow, observed, names, Options())
    pairs = [pair for pair in changed_uses(unit) if not unit.refusals or pair[1] is None]
    before = World({use.key: use for use, dummy in pairs})
    after = World({later.key: later for dummy, later in pairs if later})
    return [*unit.refusals, *(dark_refusal(unit, loss) for loss in losses(before, after))]


@settings(deadline=None, max_examples=2000, suppress_health_check=list(HealthCheck))
@given(wrong_flows())
def test_two_thousand_are_refused_in_words(flows: list[dict[str, Any]]) -> None:
    said = refusals(flows)
    assert said
    for sentence in said:
        assert sentence.endswith(".")
        assert len(sentence.split()) > 3


def test_what_is_right_is_not_refused() -> None:
    assert (
        refusals([{"flow": FLOW, "entitlements": [{"name": "Right", "subscribers": [ALICE], "encryption": STATIC}]}])
        == []
    )


def test_sixty_through_the_module_change_nothing(emulator: Emulator) -> None:
    aws = Aws(emulator)
    aws.seed(**keys_and_role())
    encryption = {"Algorithm": "aes256", "RoleArn": ROLE_ARN}
    encryption["SecretArn"] = emulator.client("secretsmanager").describe_secret(SecretId="game")["ARN"]
    aws.grant(HELD, DataTransferSubscriberFeePercent=FEE, Encryption=encryption)
    aws.use(HELD)
    before = aws.flow()
    tasks: list[list[dict[str, Any]]] = []

    @settings(deadline=None, max_examples=60, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(wrong_flows())
    def collect(flows: list[dict[str, Any]]) -> None:
        tasks.append(flows)

    collect()
    results = Module(emulator).each(tasks)
    assert len(results) >= 50
    for flows, call in zip(tasks, results, strict=True):
        assert call.result.get("failed"), flows
        assert len(call.message.split()) > 3, call.message
        assert "exception" not in call.result, call.result
    assert emulator.calls(writes_only=True) == []
    assert aws.flow() == before
