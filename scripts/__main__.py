# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's commands. What follows -- on the command line goes on to the tool that a command runs.

python3 -m scripts [--build DIR] COMMAND ... [-- ARGUMENT ...]
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import ROOT, Problem

OLDEST_PYTHON = (3, 11)


def setup(arguments: argparse.Namespace) -> int:
    """Make the virtual environment and fetch amazon.aws, from nothing but python3 and a package index."""
    from .bootstrap import set_up

    return set_up(arguments.build, arguments.sets)


def install(arguments: argparse.Namespace) -> int:
    """Build the collection and install it beside amazon.aws, unless nothing has changed."""
    from .install import bring_up_to_date

    return bring_up_to_date(arguments.build)


def demo(arguments: argparse.Namespace) -> int:
    """Show the collection at work against the emulator."""
    from .build import Build
    from .demo import show

    return show(Build(arguments.build))


def check(arguments: argparse.Namespace) -> int:
    """Run stages and groups of them, and sum up."""
    from .build import Build
    from .checks.stages import run_checks

    return run_checks(arguments.stages, Build(arguments.build), arguments.more)


def matrix(arguments: argparse.Namespace) -> int:
    """Test with the oldest and the newest supported versions, really installed."""
    from .build import Build
    from .checks.matrix import try_versions

    return try_versions(Build(arguments.build), arguments.entries)


def release(arguments: argparse.Namespace) -> int:
    """Make a release: changelog, version, commit, tag, tarball and checksum. Nothing is pushed or published."""
    from .build import Build
    from .release.make import make_release

    return make_release(Build(arguments.build), arguments.version)


def changelog(arguments: argparse.Namespace) -> int:
    """Check the changelog fragments and CHANGELOG.md."""
    from .build import Build
    from .release.changelog import check_changelog

    return check_changelog(Build(arguments.build))


def coverage(arguments: argparse.Namespace) -> int:
    """Measure by line and branch what the tests run through."""
    from .build import Build
    from .checks.coverage import measure

    return measure(Build(arguments.build), arguments.more)


def docs(arguments: argparse.Namespace) -> int:
    """Build the documentation site."""
    from .build import Build
    from .checks.docs import build_site

    return build_site(Build(arguments.build))


def importer(arguments: argparse.Namespace) -> int:
    """Judge the tarball as Ansible Galaxy does."""
    from .build import Build
    from .checks.importer import judge

    return judge(Build(arguments.build))


def integration(arguments: argparse.Namespace) -> int:
    """Run ansible-test integration against the emulator."""
    from .build import Build
    from .checks.integration import run_targets

    return run_targets(Build(arguments.build), arguments.more)


def molecule(arguments: argparse.Namespace) -> int:
    """Run molecule's scenarios against the emulator."""
    from .build import Build
    from .checks.molecule import run_scenarios

    return run_scenarios(Build(arguments.build), arguments.scenarios)


def mutants(arguments: argparse.Namespace) -> int:
    """Change the planners in one place at a time and see whether the tests notice."""
    from .build import Build
    from .mutants.run import judge

    return judge(Build(arguments.build), arguments.planners, arguments.minutes)


def argument(name: str, **options: Any) -> tuple[str, dict[str, Any]]:
    """One argument of a command, as argparse takes it."""
    return name, options


COMMANDS: dict[Callable[[argparse.Namespace], int], list[tuple[str, dict[str, Any]]]] = {
    setup: [argument("sets", nargs="*", metavar="SET", help="a further tests/requirements-SET.txt, such as lint")],
    install: [],
    demo: [],
    check: [argument("stages", nargs="+", metavar="STAGE", help="a stage or a group of scripts/checks/stages.py")],
    matrix: [argument("entries", nargs="*", metavar="ENTRY", help="an entry of tests/matrix.toml (default: all)")],
    release: [argument("version", help="such as 1.2.3")],
    changelog: [],
    coverage: [],
    docs: [],
    importer: [],
    integration: [],
    molecule: [argument("scenarios", nargs="*", metavar="SCENARIO", help="a scenario (default: all)")],
    mutants: [
        argument("--minutes", type=float, default=30, help="the time after which to stop (default: 30)"),
        argument("planners", nargs="*", metavar="PLANNER", help="such as keys, _roles or _roles/plan (default: all)"),
    ],
}


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line, less what follows --."""
    top = argparse.ArgumentParser(
        prog="python3 -m scripts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument(
        "--build", type=Path, default=ROOT / ".build", metavar="DIR", help="the directory to work in (default: .build)"
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for command, taken in COMMANDS.items():
        one = commands.add_parser(command.__name__, description=command.__doc__, help=command.__doc__)
        one.set_defaults(command=command)
        for name, options in taken:
            one.add_argument(name, **options)
    return top


def main(words: list[str]) -> int:
    """Read the command line, do what it says, and tell of a failure in one sentence."""
    cut = words.index("--") if "--" in words else len(words)
    arguments = parser().parse_args(words[:cut])
    arguments.more = words[cut + 1 :]
    try:
        return arguments.command(arguments)
    except Problem as problem:
        print(f"{arguments.command.__name__}: {problem}", file=sys.stderr)
    except subprocess.CalledProcessError as error:
        sentence = f"{arguments.command.__name__}: this failed: {shlex.join(map(str, error.cmd))}"
        print((error.stderr or "").rstrip(), sentence, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"setup: Python 3.11 or newer is needed and this is {sys.version.split()[0]}: say make PYTHON=python3.12, for example."
        )
    sys.exit(main(sys.argv[1:]))
