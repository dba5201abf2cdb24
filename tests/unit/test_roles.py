# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role says of its variables is what it does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._entitlements.options import FLOW
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._reconcile.fields import Table, argument_spec
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._secrets.options import SECRET

ROLES = sorted((Path(__file__).resolve().parents[2] / "roles").iterdir())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_the_documented_defaults_are_the_real_ones(role: Path) -> None:
    options: dict[str, Any] = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text())["argument_specs"][
        "main"
    ]["options"]
    defaults: dict[str, Any] = yaml.safe_load((role / "defaults" / "main.yml").read_text())
    assert set(defaults) <= set(options)
    plain = {name: value for name, value in defaults.items() if "{{" not in str(value)}
    assert {name: option["default"] for name, option in options.items() if "default" in option} == plain


@pytest.mark.parametrize(
    ("role", "variable", "table"),
    [
        ("static_key_encryption", "static_key_encryption_secrets", SECRET),
        ("entitlements", "entitlements_flows", FLOW),
    ],
)
def test_a_role_takes_what_its_module_takes(role: str, variable: str, table: Table) -> None:
    (path,) = (path for path in ROLES if path.name == role)
    options = yaml.safe_load((path / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    theirs = names({"options": argument_spec(table)}, lambda one: one.get("aliases", []))
    told = names(options[variable], lambda one: ALIAS.findall(str(one["description"])))
    assert told == {name: aliases for name, aliases in theirs.items() if name not in OF_THE_ROLE}


# The role says it for all secrets at once.
OF_THE_ROLE = {"force_in_use"}


ALIAS = re.compile(r"Its alias is C\((\w+)\)")


def names(option: Mapping[str, Any], aliases: Callable[[Mapping[str, Any]], list[str]]) -> dict[str, list[str]]:
    """The aliases of the options of an option, and of theirs, by their names with a dot."""
    found = option.get("options", {})
    below = {f"{name}.{inner}": have for name, one in found.items() for inner, have in names(one, aliases).items()}
    return {**{name: list(aliases(one)) for name, one in found.items()}, **below}
