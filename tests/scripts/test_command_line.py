# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import subprocess
import sys

import pytest

from scripts import ROOT, Problem, __main__
from scripts.bootstrap import requirement_file
from scripts.checks import stages

MAKEFILE = (ROOT / "Makefile").read_text()
COMMANDS = {command.__name__ for command in __main__.COMMANDS}


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert __main__.main(words) == 1
    return capsys.readouterr().err


def test_the_makefile_calls_commands_and_stages_that_there_are() -> None:
    called = re.findall(r"^\t@\$\(RUN\) (\S+)", MAKEFILE, re.MULTILINE)
    assert called
    assert set(called) <= COMMANDS
    checked = re.findall(r"^\t\$\(CHECK\) (\S+)", MAKEFILE, re.MULTILINE)
    assert set(checked) <= set(stages.STAGES) | set(stages.GROUPS)
    assert {"test", "test-all", "unit", "e2e"} <= set(checked)


def test_the_makefile_asks_for_requirements_that_there_are() -> None:
    for sets in re.findall(r"^\t@\$\(SETUP\)(.*)$", MAKEFILE, re.MULTILINE):
        for name in sets.split():
            assert requirement_file(name).exists()


def test_stages_call_commands_that_there_are() -> None:
    commands = [
        stage.command.removeprefix(stages.SCRIPTS).split()[0]
        for stage in stages.STAGES.values()
        if stage.command.startswith(stages.SCRIPTS)
    ]
    assert commands
    assert set(commands) <= COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_says_what_it_is_for(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        __main__.main([command, "--help"])
    assert stopped.value.code == 0
    assert command in capsys.readouterr().out


def test_what_follows_two_dashes_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    monkeypatch.setattr(stages, "run_checks", lambda names, build, more: given.append((names, more)) or 3)
    assert __main__.main(["check", "unit", "--", "-k", "fingerprint", "--", "--help"]) == 3
    assert given == [(["unit"], ["-k", "fingerprint", "--", "--help"])]


def test_an_unknown_stage_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = told(["check", "unti"], capsys)
    assert sentence.startswith("check: there is no stage called unti: there are lint, test, test-all, unit, ")
    assert sentence.count("\n") == 1


def test_an_unknown_scenario_and_an_unknown_set_are_told(capsys: pytest.CaptureFixture[str], tmp_path: object) -> None:
    assert "there is no scenario called grnat: there are " in told(["molecule", "grnat"], capsys)
    assert "there is no entry called older in matrix.toml: there are oldest, newest." in told(
        ["matrix", "older"], capsys
    )
    with pytest.raises(Problem, match="there is no set of requirements called lnit"):
        requirement_file("lnit")


def test_a_command_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*words: object) -> int:
        raise subprocess.CalledProcessError(2, ["git", "commit", "--message", "two words"], stderr="fatal: no\n")

    monkeypatch.setattr(stages, "run_checks", fail)
    assert told(["check", "unit"], capsys).split("\n") == [
        "fatal: no",
        "check: this failed: git commit --message 'two words'",
        "",
    ]


def test_setup_needs_the_standard_library_alone() -> None:
    """-S: without any site-packages; -I: without the current directory and PYTHONPATH."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import scripts.__main__, scripts.bootstrap"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_stages_are_run_once_and_in_order() -> None:
    assert stages.expand(["ruff", "lint", "unit", "ruff"]) == [*dict.fromkeys(["ruff", *stages.LINT]), "unit"]


def test_the_summary_counts() -> None:
    results = [stages.Result("ruff", 0.26, 0.2, True), stages.Result("end-to-end tests", 100.0, 150.0, False)]
    lines = stages.summary(results, 101.5).splitlines()
    assert lines[-1] == "1 passed, 1 failed"
    assert lines[-3].split() == ["end-to-end", "tests", "100.0", "s", "150.0", "s", "FAILED"]
    assert lines[-2].split() == ["in", "all", "101.5", "s", "150.2", "s"]
