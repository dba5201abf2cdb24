# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check options against an argument spec, and say what is wrong without repeating anything that was given.

ansible-core's own check repeats what it refuses. A key that stands in the wrong place, or in the wrong shape, would be in the output.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, Callable, Iterator, Mapping, Sequence

from ansible.module_utils.common.validation import check_type_bool, check_type_dict, check_type_int, check_type_list

Spec = Mapping[str, Mapping[str, Any]]

KEY_DIGITS = re.compile(r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})")  # AES with 128, 192 and 256 bits
# Options that take what looks like a key. The vector is not secret; what value holds is checked with its algorithm.
NOT_CHECKED_FOR_KEYS = ("constant_initialization_vector", "value")
LEFT_OUT = object()  # what `rewritten` does not keep
BELONGS = "A key belongs in the value of a secret, or where value_from points to."


def _whole_number(value: Any) -> int:
    """What ansible-core takes for a whole number, except true and false, which it takes for 1 and 0."""
    if isinstance(value, bool):
        raise TypeError
    return check_type_int(value)


CONVERSIONS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "bool": ("true or false", check_type_bool),
    "int": ("a whole number", _whole_number),
    "list": ("a list", check_type_list),
    "dict": ("a dictionary", check_type_dict),
}
KINDS = {
    dict: "a dictionary",
    list: "a list",
    tuple: "a list",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


def looks_like_a_key(value: Any) -> bool:
    """Whether a text has as many hexadecimal digits as a key, and nothing else."""
    return isinstance(value, str) and KEY_DIGITS.fullmatch(value.strip()) is not None


def problems(spec: Spec, given: Any, where: str = "") -> list[str]:
    """What is wrong with options, one sentence each.

    given: the options by name. where: what they belong to, such as "secrets, item 2".
    """
    unknown, known = _names(spec, given)
    wrong = [_unknown(name, spec, where) for name in unknown]
    for name, option in spec.items():
        for value in known.get(name, ()):
            wrong.extend(_wrong(option, value, name, _path(where, name)))
        if option.get("required") and name not in known:
            wrong.append(f"{_path(where, name)} is missing.")
    return wrong


def without_nulls(spec: Spec, given: Any) -> Any:
    """The same options less those that are null, which count as left out. ansible-core refuses them where an option has a default."""
    return rewritten(spec, given, lambda dummy, value: LEFT_OUT if value is None else value)


def rewritten(spec: Spec, given: Any, rewrite: Callable[[Mapping[str, Any], Any], Any]) -> Any:
    """The same options, each with what rewrite(its spec, its value) returns, on all levels. What is no option is left as it is."""
    if isinstance(given, (list, tuple)):
        return [rewritten(spec, item, rewrite) for item in given]
    if not isinstance(given, Mapping):
        return given
    names = _by_alias(spec)
    kept = {}
    for name, value in given.items():
        option = spec.get(names.get(name) or name)
        if option:
            value = rewrite(option, value)
            value = rewritten(option["options"], value, rewrite) if "options" in option else value
        if value is not LEFT_OUT:
            kept[name] = value
    return kept


def _by_alias(spec: Spec) -> dict[str, str]:
    return {alias: name for name, option in spec.items() for alias in option.get("aliases", ())}


def _names(spec: Spec, given: Mapping[Any, Any]) -> tuple[list[Any], dict[str, list[Any]]]:
    """The names that are unknown, and what was given for the known ones, by their names and aliases. Null counts as left out."""
    names = _by_alias(spec)
    unknown: list[Any] = []
    known: dict[str, list[Any]] = {}
    for name, value in given.items():
        name = names.get(name, name)
        if name not in spec:
            unknown.append(name)
        elif value is not None:
            known.setdefault(name, []).append(value)
    return unknown, known


def _unknown(name: Any, spec: Spec, where: str) -> str:
    """The name is repeated only if it resembles that of an option: anything else may be a key."""
    here = f"{where} has" if where else "The task has"
    inside = [option for option, one in spec.items() if name in one.get("options", {})]
    if inside:
        return f"{here} the option {name}, which belongs in {_listed(inside, 'or')}."
    near = get_close_matches(str(name).lower(), spec, n=1) or [
        one for one in spec if str(name).lower() in one.split("_")
    ]
    if near:
        return f"{here} the option {name}, which does not exist; {near[0]} is probably meant."
    return f"{here} an option that does not exist, and whose name is not shown here because it could be a key. There are {_listed(sorted(spec), 'and')}."


def _wrong(option: Mapping[str, Any], value: Any, name: str, where: str) -> list[str]:
    """What is wrong with the value of one option, or with one item of a list."""
    if option.get("type", "str") in ("str", "path"):
        return _wrong_text(option, value, name, where)
    if option["type"] not in CONVERSIONS:
        return []
    called, convert = CONVERSIONS[option["type"]]
    try:
        converted = convert(value)
    except (TypeError, ValueError, OverflowError):
        return [f"{where} must be {called}, but is {_kind(value)}{_advice(option, value, where)}."]
    if option["type"] == "dict" and any(looks_like_a_key(one) for one in converted):
        return [f"{where} has a name that looks like a key, and is not shown. {BELONGS}"]
    if option["type"] == "list":
        return list(_wrong_items(option, converted, name, where))
    return problems(option["options"], converted, where) if "options" in option else []


def _wrong_text(option: Mapping[str, Any], value: Any, name: str, where: str) -> list[str]:
    choices = option.get("choices")
    if isinstance(value, (dict, list, tuple)):
        return [f"{where} must be a text, but is {_kind(value)}."]
    if choices and str(value) not in choices:
        return [f"{where} must be {_listed(choices, 'or')}."]
    if looks_like_a_key(value) and name not in NOT_CHECKED_FOR_KEYS:
        return [f"{where} looks like a key, and is not shown. {BELONGS}"]
    return []


def _wrong_items(option: Mapping[str, Any], items: Sequence[Any], name: str, where: str) -> Iterator[str]:
    element = {"type": "raw"} | {
        name: option[of]
        for name, of in (("type", "elements"), ("options", "options"), ("choices", "choices"))
        if of in option
    }
    for number, item in enumerate(items, start=1):
        yield from _wrong(element, item, name, f"{where}, item {number}")


def _advice(option: Mapping[str, Any], value: Any, where: str) -> str:
    if option["type"] == "dict" and isinstance(value, (list, tuple)) and ", item " in where:
        return "; a variable that holds a list of them is given as it is, without a hyphen before it"
    if option["type"] == "dict" and option.get("options"):
        return f" instead of its options {_listed(sorted(option['options']), 'and')}"
    return ""


def _kind(value: Any) -> str:
    return next(
        (called for kind, called in KINDS.items() if isinstance(value, kind)),
        "a text" if isinstance(value, str) else "something else",
    )


def _path(where: str, name: str) -> str:
    return f"{where}, {name}" if where else name


def _listed(names: Sequence[str], word: str) -> str:
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)
