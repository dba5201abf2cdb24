# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read can be declared as it is: the options in what the modules return, and in what the AWS CLI takes and tells. Pure."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._encryption.options import ENCRYPTION
from .._reconcile.fields import api_name, spellings
from .._reconcile.model import ABSENT, Refusal
from .options import ENTITLEMENT, FLOW, TOLD_OF_ENTITLEMENT, TOLD_OF_FLOW

FLOW_NAMES, ENTITLEMENT_NAMES, ENCRYPTION_NAMES = (spellings(table) for table in (FLOW, ENTITLEMENT, ENCRYPTION))
IGNORED_OF_FLOW = {*TOLD_OF_FLOW, *map(api_name, TOLD_OF_FLOW)}
IGNORED_OF_ENTITLEMENT = {*TOLD_OF_ENTITLEMENT, *map(api_name, TOLD_OF_ENTITLEMENT)}
DESCRIBED = {"Flow", "Messages"}  # what DescribeFlow answers
NAMES = ("flow_name", "name", "Name")  # where results and answers have a flow's name


def as_declared(flows: Any, where: str) -> Any:
    """The options of each flow in a list, with those of its entitlements; anything else as it is, for the check of the options.

    where: what the list is called, for messages. Raises Refusal where an option is given under two names.
    """
    return _each(_flow, flows, where)


def _each(read: Callable[[dict[Any, Any], str], Any], items: Any, where: str) -> Any:
    """A list with each mapping in it read; anything else is left as it is, for the check."""
    if not isinstance(items, list):
        return items
    return [
        read(item, f"{where}, item {number}") if isinstance(item, dict) else item
        for number, item in enumerate(items, start=1)
    ]


def _flow(item: dict[Any, Any], where: str) -> dict[Any, Any]:
    """The options of a flow. What is told of flows besides them is ignored, except where somebody wrote flow: nothing that is told has that."""
    if item.keys() <= DESCRIBED and isinstance(item.get("Flow"), dict):
        item = item["Flow"]
    name = None
    if item.get("flow") is None:
        name = next((item[name] for name in NAMES if item.get(name)), None)
        item = {name: value for name, value in item.items() if name not in IGNORED_OF_FLOW}
    options = _by_option(FLOW_NAMES, item, where)
    if name is not None:
        options.setdefault("flow", name)
    if "entitlements" in options:
        options["entitlements"] = _each(_entitlement, options["entitlements"], f"{where}, entitlements")
    return options


def _entitlement(item: dict[Any, Any], where: str) -> dict[Any, Any]:
    """The options of an entitlement. A result of the module that tells of one that is not there any more declares that."""
    known = {name: value for name, value in item.items() if name not in IGNORED_OF_ENTITLEMENT}
    options = _by_option(ENTITLEMENT_NAMES, known, where)
    if item.get("action") == "revoked" or (item.get("action") == "unchanged" and known.keys() == {"name"}):
        options.setdefault("state", ABSENT)
    if isinstance(options.get("encryption"), dict):
        options["encryption"] = _by_option(ENCRYPTION_NAMES, options["encryption"], f"{where}, encryption")
    return options


def _by_option(names: Mapping[str, str], given: Mapping[Any, Any], where: str) -> dict[Any, Any]:
    """What was given under the options' own names, and anything else as it is. Null counts as left out."""
    options: dict[Any, Any] = {}
    for name, value in given.items():
        option = names.get(name)
        if option and value is None:
            continue
        if option and option in options:
            raise Refusal(f"{where} has {option} under two names; keep one of them.")
        options[option or name] = value
    return options
