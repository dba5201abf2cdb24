# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No example can rot: each YAML block of the pages and each module's EXAMPLES is loaded and checked against the real argument specs,
and each command names a target, playbook or file that exists.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.playbook.task import Task
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

ROOT = Path(__file__).resolve().parents[2]
OURS = "mediaops.mediaconnect"
PLUGINS = f"ansible_collections.{OURS}.plugins"
MODULES = sorted(file.stem for file in (ROOT / "plugins" / "modules").glob("*.py"))
ROLES = sorted(directory.name for directory in (ROOT / "roles").iterdir() if directory.is_dir())
PLAYBOOKS = sorted(file.stem for file in (ROOT / "playbooks").glob("*.yml"))
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "roles/*/README.md", "emulator/README.md", "extensions/**/README.md")
    for page in ROOT.glob(pattern)
    if page.name != "CHANGELOG.md"
)
FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)\n(?P<text>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)
TEMPLATE = re.compile(r"\{\{|\{%")
KEYWORDS = {*Task.fattributes, *Block.fattributes, "with_items", "with_dict", "local_action"}
FRAGMENT_SECTIONS = {
    section[0] for section in yaml.safe_load((ROOT / "changelogs/config.yaml").read_text())["sections"]
}
# Lists of dictionaries that are no Ansible, told by a key: an emulator's seed, requirements, an inventory, an execution environment.
OTHER_KINDS = {"accounts", "collections", "plugin", "all", "version", "dependencies"}


class Loader(yaml.SafeLoader):
    """YAML with Ansible's own tags."""


for tag in ("!vault", "!unsafe"):
    Loader.add_constructor(tag, lambda loader, node: str(node.value))


def blocks(kinds: set[str]) -> Iterator[Any]:
    """The code blocks of these kinds in all pages, as parameters that say where they stand."""
    for page in PAGES:
        text = page.read_text()
        for found in FENCE.finditer(text):
            if found["kind"] in kinds:
                line = text.count("\n", 0, found.start()) + 1
                yield pytest.param(textwrap.dedent(found["text"]), id=f"{page.relative_to(ROOT)}:{line}")


class Stop(Exception):
    """Raised where a module would begin to work."""


def module_validator(name: str) -> ArgumentSpecValidator:
    """The argument spec that a module really gives to AnsibleAWSModule, amazon.aws's common options included."""
    module = importlib.import_module(f"{PLUGINS}.modules.{name}")
    if not hasattr(module, "AnsibleAWSModule"):  # its action plugin does everything
        return ArgumentSpecValidator(yaml.safe_load(module.DOCUMENTATION)["options"])
    with mock.patch.object(module, "AnsibleAWSModule", side_effect=Stop) as made, pytest.raises(Stop):
        module.main()
    given = dict(made.call_args.kwargs)
    spec = {**aws_argument_spec(), **given.pop("argument_spec")}
    rules = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
    return ArgumentSpecValidator(spec, **{rule: given[rule] for rule in rules if rule in given})


def role_options(name: str) -> dict[str, Any]:
    """The options of a role's entry point main."""
    specs = yaml.safe_load((ROOT / "roles" / name / "meta" / "argument_specs.yml").read_text())
    return specs["argument_specs"]["main"].get("options", {})


def sample(spec: dict[str, Any]) -> Any:
    """Some value of the type that an option takes, in place of a template."""
    if spec.get("choices"):
        return spec["choices"][0]
    options = spec.get("options") or {}
    required = {name: sample(option) for name, option in options.items() if option.get("required")}
    kind = spec.get("type", "str")
    if kind == "list":
        return []
    return {"int": 1, "float": 1.0, "bool": True, "dict": required}.get(kind, "text")


def filled(value: Any, spec: dict[str, Any]) -> Any:
    """The value with a sample for every template in it."""
    if isinstance(value, str) and TEMPLATE.search(value):
        return sample(spec)
    options = spec.get("options") or {}
    if isinstance(value, list):
        return [filled(item, {"type": spec.get("elements", "raw"), "options": options}) for item in value]
    if isinstance(value, dict) and options:
        return {name: filled(item, option_of(options, name)) for name, item in value.items()}
    return value


def option_of(options: dict[str, Any], name: str) -> dict[str, Any]:
    """The spec of an option, found by its name or an alias."""
    return next(
        (spec for option, spec in options.items() if name in (option, *(spec.get("aliases") or []))), {"type": "raw"}
    )


def complaints(validator: ArgumentSpecValidator, arguments: dict[str, Any] | None) -> list[str]:
    """What speaks against these arguments."""
    options = validator.argument_spec
    given = {name: filled(value, option_of(options, name)) for name, value in (arguments or {}).items()}
    return validator.validate(given).error_messages


def exists(action: str) -> bool:
    """Whether there is such a module or action; of collections that are not here it cannot be told."""
    namespace, collection, name = action.split(".", 2)
    if (namespace, collection) == ("ansible", "builtin"):
        return any(importlib.util.find_spec(f"ansible.{where}.{name}") for where in ("modules", "plugins.action"))
    if (namespace, collection) == ("amazon", "aws"):
        return importlib.util.find_spec(f"ansible_collections.amazon.aws.plugins.modules.{name}") is not None
    return f"{namespace}.{collection}" != OURS or name in MODULES


def task_complaints(task: dict[str, Any]) -> list[str]:
    """What speaks against a task or block."""
    inner = [one for part in ("block", "rescue", "always") for one in task.get(part, [])]
    if inner:
        return [complaint for one in inner for complaint in task_complaints(one)]
    actions = [key for key in task if key not in KEYWORDS]
    if len(actions) != 1:
        return [f"one module was expected in {task}"]
    (action,) = actions
    if action.count(".") < 2:
        return [f"{action} is no fully qualified name"]
    if not exists(action):
        return [f"{action} does not exist"]
    name = action.rpartition(".")[2]
    if action.startswith(OURS):
        return complaints(module_validator(name), task[action])
    role = (task[action] or {}).get("name", "") if name in {"include_role", "import_role"} else ""
    return variable_complaints(task.get("vars", {}), role.rpartition(".")[2]) if role.startswith(OURS) else []


def play_complaints(play: dict[str, Any]) -> list[str]:
    """What speaks against a play, or an imported playbook."""
    imported = play.get("import_playbook") or play.get("ansible.builtin.import_playbook")
    if imported:
        known = not imported.startswith(OURS) or imported.rpartition(".")[2] in PLAYBOOKS
        return variable_complaints(play.get("vars", {})) if known else [f"there is no playbook {imported}"]
    found = [f"{key} is no keyword of a play" for key in play if key not in Play.fattributes]
    defaults = play.get("module_defaults", {}).get(f"group/{OURS}.aws", {})
    found += complaints(ArgumentSpecValidator(aws_argument_spec()), defaults)
    for part in ("pre_tasks", "tasks", "post_tasks", "handlers"):
        found += [complaint for task in play.get(part, []) for complaint in task_complaints(task)]
    for entry in play.get("roles", []):
        role = entry if isinstance(entry, str) else entry["role"]
        if role.startswith(OURS):
            own = {} if isinstance(entry, str) else {key: value for key, value in entry.items() if key != "role"}
            found += variable_complaints(
                {**play.get("vars", {}), **own.pop("vars", {}), **own}, role.rpartition(".")[2]
            )
    return found


def known_variables() -> set[str]:
    """The names that the playbooks look at."""
    folders = (ROOT / "playbooks", ROOT / "extensions" / "patterns")
    text = "".join(file.read_text() for folder in folders for file in folder.rglob("*.y*ml"))
    return set(re.findall(r"\bmediaconnect_\w+", text))


def variable_complaints(variables: dict[str, Any], role: str = "") -> list[str]:
    """What speaks against a file of variables. Names that only the same file uses are its own business."""
    if role and role not in ROLES:
        return [f"there is no role {role}"]
    specs = {name: spec for each in ROLES for name, spec in role_options(each).items()}
    used = yaml.safe_dump(variables)
    found = [
        f"no role or playbook knows {name}"
        for name in variables
        if name.startswith(("mediaconnect_", *(f"{each}_" for each in ROLES)))
        and name not in specs
        and name not in known_variables()
    ]
    found += [
        f"nothing uses {name}"
        for name in variables
        if name not in specs and name not in known_variables() and not re.search(rf"\{{\{{[^}}]*\b{name}\b", used)
    ]
    given = {name: value for name, value in variables.items() if name in specs}
    return found + complaints(ArgumentSpecValidator(specs), given)


def results() -> Iterator[set[str]]:
    """The keys of what modules return, of what roles and filters leave in facts, and those facts."""
    for module in MODULES:
        yield set(yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").RETURN) or ())
    for file in (ROOT / "roles").glob("*/tasks/*.yml"):
        for task in yaml.safe_load(file.read_text()):
            facts = task.get("ansible.builtin.set_fact", {})
            yield set(facts)
            yield from (set(fact) for fact in facts.values() if isinstance(fact, dict))
    yield set(importlib.import_module(f"{PLUGINS}.filter.key_result").key_result({}))


def all_complaints(data: Any) -> list[str]:
    """What speaks against an example, whatever it is."""
    if isinstance(data, list) and all(isinstance(item, dict) for item in data):
        plays = all({"hosts", "import_playbook", "ansible.builtin.import_playbook"} & item.keys() for item in data)
        check = play_complaints if plays else task_complaints
        return [complaint for item in data for complaint in check(item)]
    if isinstance(data, dict):
        if data.keys() & OTHER_KINDS or data.keys() <= FRAGMENT_SECTIONS | {"release_summary", "trivial"}:
            return []
        return [] if any(data.keys() <= keys for keys in results()) else variable_complaints(data)
    return [f"neither plays, tasks nor variables: {data!r}"]


@pytest.mark.parametrize("text", list(blocks({"yaml", "yml"})))
def test_yaml_in_pages(text: str) -> None:
    assert not [complaint for data in yaml.load_all(text, Loader) for complaint in all_complaints(data)]  # a SafeLoader


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_modules(module: str) -> None:
    documented = importlib.import_module(f"{PLUGINS}.modules.{module}")
    tasks = yaml.safe_load(documented.EXAMPLES)
    assert all(task["name"] for task in tasks)
    assert any(f"{OURS}.{module}" in task for task in tasks)
    assert not all_complaints(tasks)


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file, id=file.name)
        for file in sorted((ROOT / "docs" / "examples").glob("*.y*ml"))
        if not file.name.startswith("_")
    ],
)
def test_example_files(file: Path) -> None:
    assert not all_complaints(yaml.load(file.read_text(), Loader))  # a SafeLoader


def test_a_wrong_example_is_found() -> None:
    """The checks above would be worth nothing if they found nothing."""
    wrong = """
    - mediaops.mediaconnect.entitlements:
        flows: [{flow: BaseballGame, entitlements: [{name: A, subscriber: ["444455556666"]}]}]
    - mediaops.mediaconnect.entitlement: {}
    - ansible.builtin.include_role:
        name: mediaops.mediaconnect.entitlements
      vars: {entitlements_flow: []}
    """
    assert len(all_complaints(yaml.safe_load(wrong))) >= 3


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("text", list(blocks({"console", "bash", "sh", "shell"})))
def test_commands_in_pages(text: str) -> None:
    made = set(re.findall(r"(?m)^(?:\$ )?(?:[A-Z]+=\S+ )*make ([a-z][\w-]*)", text))
    assert made <= targets()
    assert set(re.findall(rf"ansible-playbook {OURS}\.(\w+)", text)) <= set(PLAYBOOKS)
    assert set(re.findall(rf"ansible-doc {OURS}\.(\w+)", text)) <= set(MODULES)
    assert set(re.findall(r"-e (mediaconnect_\w+)=", text)) <= known_variables()
    for path in re.findall(r"(?:@|\s)((?:docs|emulator|tests|playbooks|extensions)/[\w./-]+\.\w+)", text):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_targets_in_sentences(page: Path) -> None:
    assert set(re.findall(r"`make ([a-z][\w-]*)", page.read_text())) <= targets()
