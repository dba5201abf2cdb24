# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutation testing of the planners: mutmut changes them in one place at a time, and the unit tests have to notice.

The patterns of tests/mutants.toml say which files are pure and so are mutated. Only the tests of a file's room may notice: those below
tests/unit/plugins/module_utils/ROOM. What was found before the time is up is kept in the build directory, and the next run goes on
there as long as no test has changed.

A mutant that no test can notice, because nothing that can be observed has changed, is explained in tests/mutants.toml. Any other
survivor fails the run: it asks for a test, or for simpler code.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import PurePosixPath

from scripts import Problem
from scripts.build import Build

from .explained import FILE, Explained, Told, read
from .room import ALIVE, UNNOTICED, Mutant, Room, rooms


def chosen(there: list[str], planners: list[str]) -> list[str]:
    """The files that are named by their room, their name or both; all without a name."""
    names = {file: {file, file.removesuffix(".py"), *PurePosixPath(file).with_suffix("").parts} for file in there}
    for planner in planners:
        if not any(planner in own for own in names.values()):
            raise Problem(f"no planner is called {planner}: there are {', '.join(names)}.")
    return [file for file, own in names.items() if not planners or own & set(planners)]


def run(every: list[Room], files: list[str], minutes: float) -> tuple[int, list[Mutant]]:
    """Run mutmut in one room after the other; whether it failed, and what is known then."""
    until = time.monotonic() + minutes * 60
    failed, found = 0, []
    for room in every:
        own = [file for file in room.files if file in files]
        if own:
            room.prepare()
            failed = room.run(own, max(0.0, until - time.monotonic()) / 60) or failed
            found += [mutant for file in own for mutant in room.mutants(file)]
    return failed, found


def sort(found: list[Mutant], known: Explained, there: list[str]) -> tuple[list[Mutant], list[Mutant], list[Told]]:
    """The mutants that are explained, those that ought to be, and the explanations that nothing is left for."""
    # A mutant that does not end needs no explanation: the others come first.
    alive = [mutant for mutant in found if mutant.verdict in UNNOTICED]
    alive += [mutant for mutant in found if mutant.verdict in ALIVE and mutant not in alive]
    explained = known.covers([mutant.told for mutant in alive])
    equivalent = [mutant for mutant, yes in zip(alive, explained, strict=True) if yes]
    unexplained = [mutant for mutant in alive if mutant not in equivalent and mutant.verdict in UNNOTICED]
    judged = {mutant.file for mutant in found} - {mutant.file for mutant in found if mutant.verdict == "not run"}
    left = known.left([mutant.told for mutant in alive])
    return equivalent, unexplained, [told for told in left if told.file in judged or told.file not in there]


def judge(build: Build, planners: list[str], minutes: float) -> int:
    """Judge the mutants, tell what is to be done, and sum up for each file."""
    known = read()
    every = rooms(build, known.pure)
    there = [file for room in every for file in room.files]
    failed, found = run(every, chosen(there, planners), minutes)
    equivalent, unexplained, stale = sort(found, known, there)
    print("\n=== mutants ===")
    if unexplained:
        print("Not noticed by any test. Write one, or simplify the code; if nothing could be noticed, say why:")
    for mutant in unexplained:
        plain = mutant.change.plain if mutant.change else ""
        print(f"\n# {mutant.file}:{mutant.line}: {plain} ({mutant.name}, {mutant.verdict})\n{mutant.told.stanza()}")
    if stale:
        print(f"\nNo longer a survivor; {FILE.name} can do without:")
    for told in stale:
        print(f"\n{told.stanza('...')}")
    print()
    counts = {file: Counter[str]() for file in dict.fromkeys(mutant.file for mutant in found)}
    for mutant in found:
        counts[mutant.file]["equivalent" if mutant in equivalent else mutant.verdict] += 1
    for file, counted in counts.items():
        print(f"{file:<26} {', '.join(f'{number} {verdict}' for verdict, number in sorted(counted.items()))}")
    print(
        f"{sum(mutant.verdict != 'not run' for mutant in found)} of {len(found)} mutants judged, "
        f"{len(equivalent)} of them equivalent, {len(unexplained)} not noticed by any test; {build.directory / 'mutants'}"
    )
    return failed or int(bool(unexplained or stale))
