# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pattern declares for AWX: awx.awx takes it, applying it twice changes nothing, and the surveys ask what the playbooks take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx.controller import Controller
from tests.awx.definitions import PATTERN, definitions, inventory
from tests.e2e.sandbox import ROOT

BUILDER = Path(sys.executable).parent / "ansible-builder"
COLLECTIONS = os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".build" / "collections")).split(os.pathsep)
ROOTS = [Path(root) for root in [*COLLECTIONS, str(Path(sys.prefix).parent / "dependencies")]]
AWX = [root for root in ROOTS if (root / "ansible_collections" / "awx" / "awx").exists()]
needs_awx = pytest.mark.skipif(not AWX, reason="awx.awx is not part of the `ansible` package of this Python")
SURVEY_TYPES = {"text": str, "textarea": str, "multiplechoice": str, "integer": (int, str)}
HOSTS_ONLY = {"mediaconnect_region"}  # a survey asks for a host, and that has its Region


def by_name(kind: str) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in definitions()[kind]}


def surveys() -> dict[str, dict[str, Any]]:
    templates = by_name("controller_templates")
    return {name: template["survey_spec"] for name, template in templates.items() if "survey_spec" in template}


def questions(survey: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {question["variable"]: question for question in survey["spec"]}


def tasks() -> list[tuple[str, dict[str, str], str]]:
    """The tasks of apply.yml: module, arguments, and the name of the list that it goes through."""
    found = []
    for task in yaml.safe_load((PATTERN / "tasks" / "apply.yml").read_text()):
        (module,) = set(task) - {"name", "loop", "loop_control"}
        found.append((module.removeprefix("awx.awx."), task[module], task["loop"].strip("{ }")))
    return found


def apply(awx: Controller) -> list[dict[str, Any]]:
    """Do what apply.yml does, in its order, by the modules of awx.awx."""
    calls = [(module, item) for module, __, kind in tasks() for item in definitions()[kind]]
    done = subprocess.run(
        [sys.executable, "-m", "tests.awx.modules"],
        env={
            "PYTHONPATH": os.pathsep.join([str(AWX[0]), str(ROOT)]),
            "CONTROLLER_HOST": awx.url,
            "CONTROLLER_OAUTH_TOKEN": "token",
            "SSL_CERT_FILE": os.devnull,  # reading the system's at every request takes most of the time
        },
        cwd=ROOT,
        input=json.dumps(calls),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))


@needs_awx
def test_applying_it_twice_changes_nothing() -> None:
    with Controller() as awx:
        first = apply(awx)
        assert [result for result in first if result.get("failed")] == []
        assert (
            len([result for result in first if not result["changed"]]) == 1
        )  # the project was synchronised when it was made
        assert awx.tied("job_templates", "MediaConnect - Distribute", "credentials") == [
            "MediaConnect AWS",
            "MediaConnect static key",
        ]
        assert awx.tied("job_templates", "MediaConnect - Grant", "credentials") == ["MediaConnect AWS"]
        grant = awx.named("job_templates", "MediaConnect - Grant")
        assert awx.surveys[str(grant["id"])] == surveys()["MediaConnect - Grant"]
        kind = awx.named("credential_types", "MediaConnect static key")
        assert kind["injectors"] == {"env": {"MEDIACONNECT_STATIC_KEY": "{{ static_key }}"}}
        nodes = {node["identifier"]: node for node in awx.items["workflow_job_template_nodes"]}
        after = awx.ties[f"workflow_job_template_nodes/{nodes['distribute']['id']}/success_nodes"]
        assert sorted(after) == sorted(nodes[name]["id"] for name in ("hand-over", "check-drift"))

        awx.writes.clear()
        # An approval is written again by every run of awx.awx, which cannot see that it is there.
        approvals = [node["id"] for node in nodes.values() if node["identifier"] == "approve"]
        assert len([result for result in apply(awx) if result["changed"]]) == len(approvals) == 1
        updates = [write for write in awx.writes if write.startswith("PATCH workflow_") or write.endswith("/update")]
        assert awx.writes == updates


def test_the_playbook_hands_on_all_that_is_declared() -> None:
    found = definitions()
    assert {kind for __, __, kind in tasks()} == set(found)
    for __, arguments, kind in tasks():
        assert set(arguments) == {name for item in found[kind] for name in item}
        for name, value in arguments.items():
            everywhere = all(name in item for item in found[kind])
            assert value == (f"{{{{ item.{name} }}}}" if everywhere else f"{{{{ item.{name} | default(omit) }}}}")


def test_job_templates_are_what_awx_accepts() -> None:
    found = definitions()
    for template in found["controller_templates"]:
        playbook = template["playbook"]
        assert (ROOT / playbook).is_file(), "a playbook must be a file of the project"
        assert template["inventory"] == found["controller_inventories"][0]["name"]
        assert template["project"] == found["controller_projects"][0]["name"]
        assert set(template.get("credentials", [])) <= {item["name"] for item in found["controller_credentials"]}
        assert template.get("survey_enabled", False) is ("survey_spec" in template)
    (source,) = found["controller_inventory_sources"]
    assert (ROOT / source["source_path"]).is_file()


def test_the_catalogue_entry_agrees() -> None:
    """meta/pattern.json, which Galaxy and automation controller's catalogue read, names the same templates with the same surveys."""
    entry = json.loads((PATTERN / "meta" / "pattern.json").read_text())
    assert entry["name"] == PATTERN.name
    found = by_name("controller_templates")
    for template in entry["aap_resources"]["controller_job_templates"]:
        declared = found[template["name"]]
        assert template["description"] == declared["description"]
        assert declared["playbook"].endswith(f"/playbooks/{template['playbook']}")
        assert template.get("survey") == declared.get("survey_spec")


def test_the_key_is_asked_for_by_nobody() -> None:
    (kind,) = definitions()["controller_credential_types"]
    assert kind["kind"] in ("cloud", "net")
    for entry in kind["inputs"]["fields"]:
        assert entry["id"].isidentifier()
        assert entry["secret"] is True
        assert entry["type"] == "string"
    assert not [name for name in kind["injectors"]["env"] if name.startswith("ANSIBLE_")]
    assert "extra_vars" not in kind["injectors"]
    for survey in surveys().values():
        assert not [question for question in survey["spec"] if question["type"] == "password"]
    for credential in definitions()["controller_credentials"]:
        assert "inputs" not in credential


def test_what_runs_unattended_needs_no_answer() -> None:
    """A schedule or a workflow's node on a template with a required question would need that answer in its extra_data."""
    templates = by_name("controller_templates")
    nodes = [
        node["unified_job_template"]["name"]
        for flow in by_name("controller_workflows").values()
        for node in flow["workflow_nodes"]
        if node["unified_job_template"]["type"] == "job_template"
    ]
    schedules = [schedule["unified_job_template"] for schedule in definitions()["controller_schedules"]]
    for name in [*nodes, *schedules]:
        required = [
            question for question in templates[name].get("survey_spec", {}).get("spec", []) if question["required"]
        ]
        assert not required
    for schedule in definitions()["controller_schedules"]:
        assert "INTERVAL=" in schedule["rrule"]
    assert templates[schedules[0]]["job_type"] == "check"


@pytest.mark.parametrize("name", ["MediaConnect - Grant", "MediaConnect - Revoke"])
def test_a_survey_has_awxs_form(name: str) -> None:
    survey = surveys()[name]
    assert set(survey) == {"name", "description", "spec"}
    assert len(questions(survey)) == len(survey["spec"])
    for question in survey["spec"]:
        assert {"type", "question_name", "variable", "required", "default"} <= set(question)
        assert isinstance(question["required"], bool)
        assert isinstance(question["default"], SURVEY_TYPES[question["type"]])
        if question["type"] == "multiplechoice":
            # AWX refuses an empty answer here, and its pages want a default.
            assert question["default"] in question["choices"]
            assert all(isinstance(choice, str) for choice in question["choices"])
        else:
            assert question["type"] != "integer" or question["default"] == "" or isinstance(question["default"], int)
            assert isinstance(question["min"], int)
            assert isinstance(question["max"], int)
            assert question["min"] == 0 or question["required"], "AWX would refuse an empty answer"


@pytest.mark.parametrize("name", ["grant", "revoke"])
def test_a_survey_asks_what_its_playbook_takes(name: str) -> None:
    declared = yaml.safe_load((ROOT / "playbooks" / "vars" / f"{name}.yml").read_text())["__mediaconnect_variables"]
    asked = questions(surveys()[f"MediaConnect - {name.capitalize()}"])
    assert set(asked) == set(declared) - HOSTS_ONLY
    for variable, question in asked.items():
        spec = declared[variable]
        assert question["required"] or not spec.get("required", False)
        if variable == "mediaconnect_hosts":
            assert question["choices"] == list(inventory())
        elif "choices" in spec:
            assert sorted(question["choices"]) == sorted(spec["choices"])
        elif spec["type"] == "bool":
            assert sorted(question["choices"]) == ["false", "true"]
        else:
            assert question["type"] == {"list": "textarea", "int": "integer"}.get(spec["type"], "text")


@pytest.mark.parametrize(("engine", "written"), [("podman", "Containerfile"), ("docker", "Dockerfile")])
@pytest.mark.skipif(not BUILDER.exists(), reason="ansible-builder is not installed")
def test_ansible_builder_makes_a_build_context(tmp_path: Path, engine: str, written: str) -> None:
    """Only the context is made, not the image: an engine need only be there, since what the file is called depends on it."""
    file = ROOT / "execution-environment.yml"
    engines = tmp_path / "bin"
    engines.mkdir()
    (engines / engine).write_text("#!/bin/sh\nexit 1\n")
    (engines / engine).chmod(0o755)
    command = [str(BUILDER), "create", "--file", str(file), "--context", str(tmp_path / "context")]
    environment = os.environ | {"PATH": str(engines)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    galaxy = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text())
    pinned = {collection["name"]: collection["version"] for collection in galaxy["collections"]}
    assert set(pinned) == {"amazon.aws", "mediaops.mediaconnect"}
    assert all(version[0].isdigit() for version in pinned.values())
    container = (tmp_path / "context" / written).read_text()
    assert yaml.safe_load(file.read_text())["dependencies"]["ansible_core"]["package_pip"] in container


@pytest.mark.skipif(not BUILDER.exists(), reason="ansible-builder is not installed")
def test_ansible_builder_finds_what_the_collection_needs() -> None:
    (root,) = (root for root in COLLECTIONS if Path(root, "ansible_collections", "mediaops", "mediaconnect").exists())
    command = [str(BUILDER), "introspect", "--sanitize", root]
    told = yaml.safe_load(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    ours = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert {line.split("#")[0].strip() for line in told["python"]} >= set(ours)
