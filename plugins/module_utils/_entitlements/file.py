# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the declared flows from the task, or from a file on the host that runs the module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._reconcile.arguments import Spec, problems, without_nulls
from .._reconcile.fields import argument_spec
from .._reconcile.model import Refusal
from .options import FLOW, DeclaredFlow, declared_flow

# In a mapping, the list may be under either name, so that a variables file of the playbooks can be used as it is.
FILE_KEYS = ("flows", "entitlements_flows")
# What PyYAML may raise for a scalar that does not fit its tag, such as !!timestamp soon.
YAML_CONSTRUCTORS_RAISE = (ArithmeticError, AttributeError, LookupError, TypeError)


def declared_flows(params: Mapping[str, Any]) -> list[DeclaredFlow]:
    """The flows that the task declares. Raises Refusal."""
    items = _from_file(params["flows_file"]) if params["flows_file"] else params["flows"] or []
    return [declared_flow(item, params["purge_entitlements"]) for item in items]


def _from_file(path: str) -> list[dict[str, Any]]:
    document = _load(path)
    if isinstance(document, dict):
        document = next((document[key] for key in FILE_KEYS if key in document), None)
    if not isinstance(document, list):
        raise Refusal(
            f"The file {path} does not hold a list of flows; give a list, or a mapping with one of {', '.join(FILE_KEYS)}."
        )
    options = argument_spec(FLOW)
    spec: Spec = {"flows": {"type": "list", "elements": "dict", "options": options}}
    try:
        document = without_nulls(options, document)
    except RecursionError as error:  # an alias that contains itself
        raise Refusal(f"The file {path} is not as it should be: {error}.") from error
    wrong = problems(spec, {"flows": document})
    if wrong:
        raise Refusal(f"The file {path} is not as it should be: {' '.join(wrong)}")
    validator = ArgumentSpecValidator(spec)
    try:
        checked = validator.validate({"flows": _unshared(document)})
    except TypeError as error:  # ansible-core does not handle it where an option has suboptions
        raise Refusal(f"The file {path} is not as it should be: there is a value where a mapping belongs.") from error
    except (OverflowError, RecursionError) as error:  # an infinite number, an alias that contains itself
        raise Refusal(f"The file {path} is not as it should be: {error}.") from error
    if checked.error_messages:
        raise Refusal(f"The file {path} is not as it should be: {'; '.join(checked.error_messages)}.")
    return checked.validated_parameters["flows"]


def _unshared(value: Any) -> Any:
    """A copy in which no object occurs twice: the validation fills in what is left out, and YAML's aliases share one object."""
    if isinstance(value, dict):
        return {key: _unshared(item) for key, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def _load(path: str) -> Any:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Refusal(f"The file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"The file {path} cannot be read: it is not a UTF-8 text.") from error
    except ValueError as error:  # a NUL in the path
        raise Refusal(f"The file {path!r} cannot be read: {error}.") from error
    try:
        return json.loads(text) if path.endswith(".json") else _load_yaml(text)
    except RecursionError as error:
        raise Refusal(f"The file {path} cannot be understood: it is nested too deeply.") from error
    except ValueError as error:
        raise Refusal(f"The file {path} cannot be understood: {' '.join(str(error).split())}.") from error


def _load_yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise ValueError("PyYAML is not installed on this host; give a .json file instead") from error
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader) if yaml.__with_libyaml__ else yaml.safe_load(text)
    except (yaml.YAMLError, *YAML_CONSTRUCTORS_RAISE) as error:
        raise ValueError(str(error)) from error
