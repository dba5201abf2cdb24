# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the declared flows from the task, or from a file on the host that runs the module.

Nothing of a file but the names of options is repeated in what is said about it: a key could stand there.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any, Iterable, Mapping, Sequence

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._reconcile.arguments import Spec, problems
from .._reconcile.fields import argument_spec
from .._reconcile.model import Refusal, repeated
from .options import FLOW, DeclaredFlow, declared_flow
from .reading import ENCRYPTION_NAMES, ENTITLEMENT_NAMES, FLOW_NAMES, as_declared

# In a mapping, the list may be under either name, so that a variables file of the playbooks can be used as it is.
FILE_KEYS = ("flows", "entitlements_flows")
OPTIONS = {*FILE_KEYS, *FLOW_NAMES, *ENTITLEMENT_NAMES, *ENCRYPTION_NAMES}
ONE_FLOW = ("flow", "flow_arn", "FlowArn", "flow_name", "Flow")  # of these, a mapping that is one flow has at least one
MAX_BYTES = 128 * 1024 * 1024
MAX_BY_ALIASES = 5_000_000  # values that aliases may add; 1,000 flows with 50 entitlements each have 1.5 million
MAX_DIGITS = 1000
MAX_TOLD = 20
# What PyYAML may raise for a scalar that does not fit its tag, such as !!timestamp soon.
YAML_CONSTRUCTORS_RAISE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class NotUnderstood(Exception):
    """What is wrong with the text of a file, in words that follow "cannot be understood:"."""


def declared_flows(params: Mapping[str, Any]) -> list[DeclaredFlow]:
    """The flows that the task declares. Raises Refusal."""
    items = _from_file(params["flows_file"]) if params["flows_file"] else params["flows"] or []
    return [declared_flow(item, params["purge_entitlements"]) for item in items]


def _from_file(path: str) -> list[dict[str, Any]]:
    document = _listed(path, _load(path))
    options = argument_spec(FLOW)
    spec: Spec = {"flows": {"type": "list", "elements": "dict", "options": options}}
    try:
        document = as_declared(document, "flows")
    except Refusal as refusal:
        raise Refusal(f"The file {path} is not as it should be: {refusal}") from refusal
    wrong = problems(spec, {"flows": document})
    if wrong:
        more = [f"{len(wrong) - MAX_TOLD} more things are wrong."] if len(wrong) > MAX_TOLD else []
        raise Refusal(f"The file {path} is not as it should be: {' '.join([*wrong[:MAX_TOLD], *more])}")
    try:
        checked = ArgumentSpecValidator(spec).validate({"flows": _unshared(document)})
    except TypeError as error:  # ansible-core does not handle it where an option has suboptions
        raise Refusal(f"The file {path} is not as it should be: there is a value where a mapping belongs.") from error
    except RecursionError as error:
        raise Refusal(f"The file {path} is not as it should be: it is nested too deeply.") from error
    if checked.error_messages:
        raise Refusal(
            f"The file {path} is not as it should be: an option has a value that it does not take; correct it."
        )
    return checked.validated_parameters["flows"]


def _listed(path: str, document: Any) -> list[Any]:
    """The list of flows that a document holds."""
    if isinstance(document, dict):
        keys = [key for key in FILE_KEYS if key in document]
        if len(keys) > 1:
            raise Refusal(f"The file {path} has both {' and '.join(keys)}; give one of them.")
        if keys:
            document = document[keys[0]]
        elif any(name in document for name in ONE_FLOW):
            document = [document]
    if not isinstance(document, list):
        raise Refusal(
            f"The file {path} does not hold a list of flows; "
            f"give a list, a mapping with one of {', '.join(FILE_KEYS)}, or one flow with its flow_arn."
        )
    return document


def _unshared(value: Any) -> Any:
    """A copy in which no object occurs twice: the validation fills in what is left out, and YAML's aliases share one object."""
    if isinstance(value, dict):
        return {key: _unshared(item) for key, item in value.items()}
    return [_unshared(item) for item in value] if isinstance(value, list) else value


def _load(path: str) -> Any:
    """What the file holds. Raises Refusal."""
    text = _text(path)
    try:
        return _from_json(text) if path.endswith(".json") else _from_yaml(text)
    except RecursionError as error:
        raise Refusal(f"The file {path} cannot be understood: it is nested too deeply.") from error
    except NotUnderstood as error:
        raise Refusal(f"The file {path} cannot be understood: {error}.") from error


def _text(path: str) -> str:
    """The text of a regular file; anything else, which could block or never end, is not opened."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise Refusal(f"The file {path} cannot be read: it is not a regular file; give one that is JSON or YAML.")
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise Refusal(f"The file {path} cannot be read: it has more than {MAX_BYTES} bytes; divide it.")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Refusal(f"The file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"The file {path} cannot be read: it is not a UTF-8 text.") from error
    except ValueError as error:  # a NUL in the path
        raise Refusal(f"The file {path!r} cannot be read: a path cannot have a NUL in it.") from error


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_mapping)
    except json.JSONDecodeError as error:
        raise NotUnderstood(f"line {error.lineno}, column {error.colno} is not valid JSON") from error
    except ValueError as error:
        raise NotUnderstood("it has a number of too many digits; correct it") from error


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise NotUnderstood(_twice("a mapping", (name for name, dummy in pairs)))
    return mapping


def _twice(where: str, names: Iterable[str]) -> str:
    """What is said of a mapping with the same name twice. A name that is no option is not repeated: it may be a key."""
    name = next(iter(repeated(names)))
    return f"{where} has {f'the option {name}' if name in OPTIONS else 'the same name'} twice; keep one of them"


def _from_yaml(text: str) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise NotUnderstood("PyYAML is not installed on this host; give a .json file instead") from error
    loader = None
    try:
        loader = _loader(yaml)(text)
        return loader.get_single_data()
    except yaml.reader.ReaderError as error:
        raise NotUnderstood("it has a character that YAML does not allow; remove it") from error
    except (yaml.YAMLError, *YAML_CONSTRUCTORS_RAISE) as error:
        mark = getattr(error, "problem_mark", None) or (loader and loader.mark)
        raise NotUnderstood(f"{_place(mark) if mark else 'it'} is not valid YAML") from error


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


def _loader(yaml: Any) -> Any:
    """A loader that refuses names that occur twice and aliases that amount to too much, and that knows where a scalar was wrong.

    It uses libyaml where that is there, but never libyaml's own composer, which deep nesting makes crash.
    """
    parser: tuple[Any, ...] = (yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser)
    if yaml.__with_libyaml__:
        parser = (yaml.cyaml.CParser,)
    rest: tuple[Any, ...] = (yaml.composer.Composer, yaml.constructor.SafeConstructor, yaml.resolver.Resolver)

    class Loader(rest[0], *parser, *rest[1:]):  # type: ignore[misc, valid-type]
        """mark: where the scalar is that was read last."""

        def __init__(self, text: str):
            parser[0].__init__(self, text)
            for base in (*parser[1:], *rest):
                base.__init__(self)
            self.nodes = 0
            self.mark: Any = None

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            node = super().compose_node(parent, index)
            if not isinstance(event, yaml.AliasEvent):
                self.nodes += 1
                node.weight = _weight(node, self.nodes)
            elif not hasattr(node, "weight"):
                raise NotUnderstood(
                    f"the alias at {_place(event.start_mark)} stands for what it is part of; write out what is meant"
                )
            return node

        def construct_scalar(self, node: Any) -> Any:
            self.mark = node.start_mark
            if node.tag.endswith(":int") and len(node.value) > MAX_DIGITS:  # Python would not make a text of it again
                raise NotUnderstood(f"{_place(self.mark)} has a number of too many digits; correct it")
            return super().construct_scalar(node)

    return Loader


def _weight(node: Any, nodes: int) -> int:
    """How many nodes a node is with every alias written out. nodes: how many have been read."""
    children = [] if node.id == "scalar" else node.value
    if node.id == "mapping":
        _refuse_repeated([name for name, dummy in children if name.id == "scalar" and not name.tag.endswith(":merge")])
        children = [child for pair in children for child in pair]
    weight: int = 1 + sum(child.weight for child in children)
    if weight > nodes + MAX_BY_ALIASES:
        raise NotUnderstood(f"its aliases, written out, amount to more than {MAX_BY_ALIASES} values; use fewer of them")
    return weight


def _refuse_repeated(names: Sequence[Any]) -> None:
    texts = [name.value for name in names]
    if len(set(texts)) < len(texts):
        last = [name for name in names if name.value == repeated(texts)[0]][-1]
        raise NotUnderstood(_twice(f"{_place(last.start_mark)}: the mapping", texts))
