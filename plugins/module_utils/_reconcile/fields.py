# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a resource as a table, from which the argument spec, the parser, requests, the reading of answers, and the planner work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping, Sequence


def as_it_is(value: Any) -> Any:
    """The form of a value that can be compared as it is."""
    return value


@dataclass(frozen=True)
class Field:
    """One option: a row of the table.

    option: its name in playbooks.
    spec: its entry in the argument spec.
    member: its name in the API's requests and answers; empty where the API has none.
    updatable: whether AWS can change it in place; otherwise it can be set only at creation.
    default: AWS's own default, for when an answer leaves it out.
    form: brings a value into the form that is compared and returned.
    returned_as: its name in results, if that differs from the option's.
    read_as: its names in the API's JSON where member, which is for requests and answers that are made of the table, is empty.
    """

    option: str
    spec: Mapping[str, Any] = field(default_factory=lambda: {"type": "str"})
    member: str = ""
    updatable: bool = True
    default: Any = None
    form: Callable[[Any], Any] = as_it_is
    returned_as: str = ""
    read_as: Sequence[str] = ()

    @property
    def result(self) -> str:
        """Its name in results."""
        return self.returned_as or self.option


Table = Sequence[Field]


def argument_spec(table: Table) -> dict[str, Mapping[str, Any]]:
    """What AnsibleModule takes."""
    return {row.option: row.spec for row in table}


def spellings(table: Table) -> dict[str, str]:
    """The option that a name stands for in a file: its own name, an alias, or its name in the API's JSON."""
    names = {row.option: (row.option, *row.spec.get("aliases", ()), row.member, *row.read_as) for row in table}
    return {name: option for option, several in names.items() for name in several if name}


def api_name(name: str) -> str:
    """A name in the API's spelling: FlowArn for flow_arn."""
    return "".join(part.capitalize() for part in name.split("_"))


def declared_values(table: Table, item: Mapping[str, Any]) -> dict[str, Any]:
    """What an item declares for the API, by result name. Options that were left out are not in it."""
    return {row.result: row.form(item[row.option]) for row in table if row.member and item.get(row.option) is not None}


def from_api(table: Table, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of the API in the form of the result, with AWS's defaults for what it leaves out, so that the two can be compared."""
    return {row.result: row.form(answer.get(row.member) or row.default) for row in table if row.member}


def to_api(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Members of a request, from values by result name. Other values are ignored."""
    return {row.member: values[row.result] for row in table if row.member and row.result in values}


def differing(
    table: Table, wanted: Mapping[str, Any], current: Mapping[str, Any], updatable: bool = True
) -> dict[str, Any]:
    """The wanted values that differ from the current ones, for the rows that AWS can (or, if not updatable, cannot) change in place."""
    rows = (row for row in table if row.member and row.updatable == updatable and row.result in wanted)
    return {row.result: wanted[row.result] for row in rows if wanted[row.result] != current.get(row.result)}


def defaults(table: Table) -> dict[str, Any]:
    """What a new thing has where nothing is declared."""
    return {row.result: row.form(row.default) for row in table if row.member}


def options_of(table: Table, names: Iterable[str], item: Mapping[str, Any]) -> dict[str, Any]:
    """The named options of an item, those that steer what is done and are not members of the API."""
    known = {row.option for row in table}
    return {name: item[name] for name in names if name in known}
