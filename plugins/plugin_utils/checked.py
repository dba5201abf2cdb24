# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module's task goes through on the controller, so that no key that stands in the wrong place gets into an output."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Callable, ClassVar, Iterator, Mapping, Sequence

from ansible.plugins.action.normal import ActionModule as NormalAction

from ..module_utils._reconcile.arguments import Spec, problems, rewritten, without_nulls
from ..module_utils._reconcile.model import Refusal
from .names import retold, variable

# The options and aliases that amazon.aws gives to every module; a test compares them with AnsibleAWSModule.
# They are text here, whatever else they take: amazon.aws checks them.
AWS_OPTIONS: Spec = {
    "access_key": {"type": "raw", "aliases": ["aws_access_key_id", "aws_access_key"]},
    "secret_key": {"type": "raw", "aliases": ["aws_secret_access_key", "aws_secret_key"]},
    "session_token": {"type": "raw", "aliases": ["aws_session_token"]},
    "profile": {"aliases": ["aws_profile"]},
    "region": {"aliases": ["aws_region"]},
    "endpoint_url": {"aliases": ["aws_endpoint_url"]},
    "aws_ca_bundle": {"type": "path"},
    "aws_config": {"type": "dict"},
    "validate_certs": {"type": "bool"},
    "debug_botocore_endpoint_logs": {"type": "bool"},
}
AWS_NAMES = {alias: name for name, option in AWS_OPTIONS.items() for alias in (name, *option.get("aliases", ()))}
GROUP = "group/mediaops.mediaconnect.aws"  # of meta/runtime.yml, as module_defaults name it
TOLD = ("msg", "warnings", "exception")  # where a result has sentences
OPTION = re.compile(r"^(?:role, )?[a-z_]+")


class CheckedAction(NormalAction):
    """Run the module of the same name, if its options are right.

    ansible-core repeats what it refuses, in the message and, where an option does not exist, in `invocation`; and it logs a module's
    options to syslog or the journal, where it masks a key only if the key is spelt there as Python spells it. So the options are
    checked before ansible-core sees them, and the module logs nothing.

    The roles and playbooks say in the task's variables which of them it is, and what is wrong with the variables from which the options are made.

    Relative paths mean the folder in which the user stands. On the controller itself, Ansible would run the module in the playbook's folder.
    """

    spec: ClassVar[Spec] = {}
    exclusive: ClassVar[Sequence[tuple[str, str]]] = ()  # pairs of options, of which one may be given
    required: ClassVar[Sequence[tuple[str, str]]] = ()  # pairs of options, of which one must be given
    readers: ClassVar[Mapping[str, Callable[[Any, str], Any]]] = {}  # of options that may be given in other forms

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The module's result, or a failure that repeats nothing that was given."""
        known = task_vars or {}
        spec = {**AWS_OPTIONS, **self.spec}
        caller = known.get("__mediaconnect_caller", "")
        self._add_defaults()
        try:
            self._read()
            self._task.args = without_nulls(spec, self._task.args)
            wrong = problems(spec, self._task.args)
        except Refusal as refusal:
            wrong = [str(refusal)]
        wrong = [_renamed(one, caller) for one in wrong]
        wrong.extend(self._pairs(caller))
        if caller:
            wrong = [*self._templar.template(known.get("__mediaconnect_wrong", [])), *wrong]
        if wrong:
            return {"failed": True, "changed": False, "msg": " ".join(wrong)}
        if self._connection.transport == "local":
            self._task.args = with_whole_paths(self.spec, self._task.args, Path.cwd())
        result = super().run(tmp, {**known, "ansible_no_target_syslog": True})
        told = {name: _retold(result[name], caller) for name in TOLD if name in result}
        return {**result, **told} if caller else result

    def _add_defaults(self) -> None:
        """Take the connection's options from module_defaults where the task has left them out by omit, as the roles do."""
        declared: dict[str, Any] = {}
        for defaults in self._task.module_defaults or ():
            declared.update(defaults)  # as in ansible-core: the innermost stands, and the module's before the group's
        found: dict[str, Any] = {}
        for where in (GROUP, self._task.resolved_action):
            found.update(self._templar.template(declared.get(where, {})))  # what is omitted there is left out
        given = {AWS_NAMES.get(name) for name in self._task.args}
        self._task.args.update(
            {name: value for name, value in found.items() if name in AWS_NAMES and AWS_NAMES[name] not in given}
        )

    def _read(self) -> None:
        """Bring options that may be given in other forms into their own. Raises Refusal."""
        args = self._task.args
        self._task.args = {
            **args,
            **{name: read(args[name], name) for name, read in self.readers.items() if name in args},
        }

    def _pairs(self, caller: str) -> Iterator[str]:
        given = self._task.args
        for one, other in self.exclusive:
            if one in given and other in given:
                yield f"{variable(one, caller)} and {variable(other, caller)} exclude each other; give one of them."
        for one, other in self.required:
            if one not in given and other not in given:
                yield f"Give one of {variable(one, caller)} and {variable(other, caller)}."


def with_whole_paths(spec: Spec, given: Any, folder: Path) -> Any:
    """The same options, with the relative paths among them taken from a folder. A path that begins with ~ or $ is left to the module."""

    def whole(option: Mapping[str, Any], value: Any) -> Any:
        relative = option.get("type") == "path" and isinstance(value, str) and value and value[0] not in "~$"
        return str(folder / value) if relative else value

    return rewritten(spec, given, whole)


def _retold(value: Any, caller: str) -> Any:
    """What a module tells, in texts, lists and ansible-core's own structures, with the names that the caller can type."""
    if isinstance(value, str):
        return retold(value, caller)
    if isinstance(value, (list, tuple)):
        return type(value)(_retold(one, caller) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        texts = {one.name: getattr(value, one.name) for one in fields(value)}
        return replace(
            value,
            **{name: _retold(one, caller) for name, one in texts.items() if isinstance(one, str) or is_dataclass(one)},
        )
    return value


def _renamed(sentence: str, caller: str) -> str:
    """A sentence that begins with an option, with the variable's name in its place."""
    return OPTION.sub(lambda found: variable(found[0], caller), sentence, count=1)
