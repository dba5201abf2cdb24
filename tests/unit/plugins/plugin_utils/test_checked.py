# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module's task goes through on the controller."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._distribution.options import TASK as DISTRIBUTION
from ansible_collections.mediaops.mediaconnect.plugins.plugin_utils.checked import AWS_OPTIONS, with_whole_paths
from ansible_collections.mediaops.mediaconnect.plugins.plugin_utils.names import variable

PLUGINS = "ansible_collections.mediaops.mediaconnect.plugins"
PLUGIN_FILES = Path(__file__).resolve().parents[4] / "plugins" / "modules"
MODULES = sorted(path.stem for path in PLUGIN_FILES.glob("*.py") if path.stem != "show")  # which asks nothing of AWS
KEY = "0f" * 32


def test_the_common_options_are_those_of_amazon_aws() -> None:
    theirs = aws_argument_spec()
    assert set(AWS_OPTIONS) == set(theirs)
    for name, option in AWS_OPTIONS.items():
        assert set(option.get("aliases", ())) == set(theirs[name].get("aliases", ())), name
        assert option.get("type", "str") in (theirs[name].get("type", "str"), "raw"), name


def action(module: str, **args: Any) -> Any:
    """The action of a module, with these options, whose module is not run."""
    made = importlib.import_module(f"{PLUGINS}.action.{module}").ActionModule
    one = made.__new__(made)
    one._task = SimpleNamespace(args=args, module_defaults=[], resolved_action=f"mediaops.mediaconnect.{module}")
    one._templar = SimpleNamespace(template=lambda value: value)
    one._connection = SimpleNamespace(transport="local")
    return one


@pytest.mark.parametrize("module", MODULES)
def test_every_module_s_options_are_checked(module: str) -> None:
    args = {"region": KEY, "secret_key": KEY, KEY: KEY, "validate_certs": KEY}
    ended = action(module, **args).run(task_vars={})
    assert (ended["failed"], ended["changed"]) == (True, False)
    assert "region looks like a key" in ended["msg"]
    assert "validate_certs must be true or false, but is a text." in ended["msg"]
    assert "secret_key" not in ended["msg"].split(" There are ")[0]
    assert KEY not in str(ended)


def test_what_is_right_is_run_and_logs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setattr(
        NormalAction,
        "run",
        lambda self, tmp, task_vars: seen.update(args=self._task.args, **task_vars) or {"changed": True},
    )
    variables = {"ansible_no_target_syslog": False, "x": 1}
    assert action("key_secrets", secrets=[{"name": "s", "tags": None}], state=None).run(None, variables) == {
        "changed": True
    }
    assert seen == {"args": {"secrets": [{"name": "s"}]}, "ansible_no_target_syslog": True, "x": 1}
    assert variables == {"ansible_no_target_syslog": False, "x": 1}


def test_relative_paths_mean_where_the_user_stands() -> None:
    sources = [{"value_from": {"file": name}} for name in ("key", "/key", "~/key", "$HOME/key", "")]
    given = {"handover_dir": "out", "flows_file": None, "secrets": [*sources, "text"], "role": {"path": "/media/"}}
    whole = with_whole_paths(DISTRIBUTION, given, Path("/here"))
    assert whole["handover_dir"] == "/here/out"
    files = [item["value_from"]["file"] for item in whole["secrets"][:-1]]
    assert files == ["/here/key", "/key", "~/key", "$HOME/key", ""]
    assert (whole["flows_file"], whole["secrets"][-1], whole["role"]) == (None, "text", {"path": "/media/"})


ARN = "arn:aws:mediaconnect:us-west-2:111122223333:flow:1-a-b:Game"
AS_DECLARED = {
    "flow": ARN,
    "entitlements": [{"name": "E", "subscribers": ["777788889999"], "encryption": {"role": "R", "secret": "s"}}],
}


@pytest.mark.parametrize("module", ["entitlements", "distribution"])
@pytest.mark.parametrize(
    "told",
    [
        pytest.param(AS_DECLARED, id="declared"),
        pytest.param(
            {
                "flow_arn": ARN,
                "flow_name": "Game",
                "status": "ACTIVE",
                "entitlements": [
                    {
                        "name": "E",
                        "entitlement_arn": "arn:E",
                        "in_use": True,
                        "subscribers": ["777788889999"],
                        "encryption": {"role_arn": "R", "secret_arn": "s", "algorithm": None},
                        "description": None,
                    }
                ],
            },
            id="a result",
        ),
        pytest.param(
            {
                "FlowArn": ARN,
                "Name": "Game",
                "EgressIp": "203.0.113.10",
                "Entitlements": [
                    {
                        "Name": "E",
                        "EntitlementArn": "arn:E",
                        "Subscribers": ["777788889999"],
                        "Encryption": {"RoleArn": "R", "SecretArn": "s"},
                    }
                ],
            },
            id="the API's names",
        ),
    ],
)
def test_flows_can_be_declared_as_they_were_read(
    monkeypatch: pytest.MonkeyPatch, module: str, told: dict[str, Any]
) -> None:
    monkeypatch.setattr(NormalAction, "run", lambda self, tmp, task_vars: {"args": self._task.args})
    assert action(module, flows=[told]).run(task_vars={}) == {"args": {"flows": [AS_DECLARED]}}


def test_an_option_under_two_names_is_told_by_the_name_of_the_variable() -> None:
    both = action("entitlements", flows=[{"flow": "Game", "flow_arn": KEY}]).run(
        task_vars={"__mediaconnect_caller": "entitlements"}
    )
    assert both["msg"] == "entitlements_flows, item 1 has flow under two names; keep one of them."


@pytest.mark.parametrize(
    ("option", "caller", "expected"),
    [
        ("secrets", "", "secrets"),
        ("role, purge", "", "role, purge"),
        ("secrets", "static_key_encryption", "static_key_encryption_secrets"),
        ("role, purge", "static_key_encryption", "static_key_encryption_purge"),
        ("role, name", "distribute", "static_key_encryption_role_name"),
        ("role, path", "distribute", "role, path"),
        ("wait_timeout", "static_key_encryption", "static_key_encryption_wait_timeout"),
        ("tags", "distribute", "static_key_encryption_tags"),
        ("flows", "distribute", "entitlements_flows"),
        ("flows", "entitlements", "entitlements_flows"),
        ("purge_entitlements", "entitlements", "entitlements_purge"),
    ],
)
def test_what_an_option_is_called_where_it_is_given(option: str, caller: str, expected: str) -> None:
    assert variable(option, caller) == expected


@dataclass(frozen=True)
class Event:
    """ansible-core's own structures are of this kind."""

    msg: str
    events: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Summary:
    event: Event


def test_module_defaults_count_where_a_role_leaves_an_option_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NormalAction, "run", lambda self, tmp, task_vars: {"args": self._task.args})
    one = action("flow_info", aws_profile="mine")
    defaults = {"region": "us-west-2", "profile": "theirs", "flows": ["x"]}
    one._task.module_defaults = [
        {
            "group/mediaops.mediaconnect.aws": {"region": "eu-west-1", "validate_certs": False}
        },  # a block within has its own
        {"group/mediaops.mediaconnect.aws": defaults},
        {"mediaops.mediaconnect.flow_info": {"endpoint_url": "e"}},
    ]
    found = one.run(task_vars={})["args"]
    assert found == {"aws_profile": "mine", "region": "us-west-2", "endpoint_url": "e"}


def test_what_a_module_tells_names_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "The entitlement E of flow F is in use. Set force_in_use: true if that is meant."
    result = {
        "failed": True,
        "msg": said,
        "exception": Summary(Event(said)),
        "warnings": [Summary(Event(said)), said],
        "x": said,
    }
    monkeypatch.setattr(NormalAction, "run", lambda self, tmp, task_vars: dict(result))
    told = said.replace("force_in_use", "mediaconnect_force_in_use")
    options = {"flows": [AS_DECLARED]}
    assert action("entitlements", **options).run(task_vars={"__mediaconnect_caller": "revoke"}) == {
        "failed": True,
        "msg": told,
        "exception": Summary(Event(told)),
        "warnings": [Summary(Event(told)), told],
        "x": said,
    }
    assert action("entitlements", **options).run(task_vars={}) == result


def test_a_message_names_the_variable() -> None:
    args = {"secrets": [{"name": "s", "generate": "maybe"}], "role": {"name": "R", "purge": "maybe"}, "colour": 1}
    ended = action("distribution", **args).run(task_vars={"__mediaconnect_caller": "static_key_encryption"})
    told = ended["msg"]
    assert "static_key_encryption_secrets, item 1, generate must be true or false, but is a text." in told
    assert "static_key_encryption_purge must be true or false, but is a text." in told
    assert told.startswith("The task has an option that does not exist")
