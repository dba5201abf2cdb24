# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the entitlements module side by side with other ways, under MediaConnect's documented request rates.

    python -m tests.benchmarks [--only WORD] [--one-by-one N] [--json FILE] [--markdown FILE]

Prints a Markdown table. The floor is what the token buckets alone cost for the module's calls; ratios are of one run.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mediaconnect_emulator.client import Emulator
from tests.benchmarks.estate import declared, drifted, revoked, seed
from tests.benchmarks.ways import Measured, Ways

BURST, DESCRIBE_RATE, OTHER_RATE = 30, 30, 5
SIZES = [(1, 50, False), (20, 50, False), (200, 50, True), (1000, 50, True)]


@dataclasses.dataclass
class Row:
    """One line of the table."""

    case: str
    size: str
    module: Measured
    floor: float
    boto3: Measured | None = None
    cli: float | None = None
    loop: float | None = None

    def cells(self) -> list[str]:
        calls = ", ".join(f"{count} {name}" for name, count in sorted(self.module.calls.items()))
        return [
            self.case,
            self.size,
            calls,
            str(self.module.throttled),
            f"{self.module.seconds:.1f}",
            f"{self.floor:.1f}",
            f"{self.module.megabytes:.0f}",
            f"{self.boto3.seconds:.1f}" if self.boto3 else "",
            _ratio(self.cli, self.module.seconds),
            _ratio(self.loop, self.module.seconds),
        ]


HEADER = [
    "case",
    "flows x entitlements",
    "calls",
    "429s",
    "s",
    "floor, s",
    "MB",
    "boto3, s",
    "CLI loop, s (ratio)",
    "module loop, s (ratio)",
]


def _ratio(seconds: float | None, ours: float) -> str:
    return "" if seconds is None else f"{seconds:.0f} ({seconds / ours:.0f}x)"


def floor(measured: Measured, reads: int) -> float:
    """Seconds that the buckets cost: first `reads` DescribeFlow, then the writes; looks after writes fit in between."""
    writes = sum(count for name, count in measured.calls.items() if name.endswith(("Entitlements", "Entitlement")))
    return max(0.0, (reads - BURST) / DESCRIBE_RATE) + max(0.0, (writes - BURST) / OTHER_RATE)


class Benchmark:
    """All cases against one emulator. one_by_one: how many entitlements the slow ways really do; the rest is computed."""

    def __init__(self, emulator: Emulator, ways: Ways, one_by_one: int):
        self.emulator, self.ways, self.one_by_one = emulator, ways, one_by_one

    def fresh(self, flows: int) -> None:
        self.emulator.reset()
        self.emulator.seed(seed(flows))

    def rested(self, run: Callable[[], Measured]) -> Measured:
        """A run that starts with full buckets."""
        self.emulator.settings(rate_limits=False)
        self.emulator.settings(rate_limits=True)
        time.sleep(BURST / OTHER_RATE)
        return run()

    def rows(self, flows: int, entitlements: int, by_file: bool) -> list[Row]:
        estate = declared(flows, entitlements)
        size = f"{flows} x {entitlements}" + (" by file" if by_file else "")
        slow = flows * entitlements <= 1000
        self.fresh(flows)
        bare = self.rested(lambda: self.ways.boto3(estate, "grant"))
        self.fresh(flows)
        granted = self.rested(lambda: self.ways.module(estate, by_file))
        rows = [Row("first grant", size, granted, floor(granted, flows), bare)]
        again = self.rested(lambda: self.ways.module(estate, by_file))
        bare = self.rested(lambda: self.ways.boto3(estate, "read"))
        rows.append(Row("no-op", size, again, floor(again, flows), bare))
        if slow:
            rows[0].cli = self.scaled(estate, lambda part: self.ways.cli(part, "grant"), fresh=flows)
            rows[0].loop = self.scaled(estate, self.ways.one_by_one, fresh=flows)
            rows[1].cli = self.scaled(estate, lambda part: self.ways.cli(part, "read"))
            rows[1].loop = self.scaled(estate, self.ways.one_by_one)
        if (flows, entitlements) == (20, 50):
            self.fresh(flows)
            self.emulator.settings(rate_limits=False)
            self.ways.module(estate, by_file)
            for case, changed in (("10 % drift", drifted(estate, 0.1)), ("revoke all", revoked(estate))):
                measured = self.rested(lambda changed=changed: self.ways.module(changed, by_file))
                rows.append(Row(case, size, measured, floor(measured, flows)))
        return rows

    def large(self, flows: int, entitlements: int) -> list[Row]:
        """A no-op over many flows, for the memory that it takes. To grant them first would take AWS's rates too long."""
        estate = declared(flows, entitlements, encrypted=False)
        self.emulator.reset()
        self.emulator.seed(seed(flows, estate[0]["entitlements"]))
        measured = self.rested(lambda: self.ways.module(estate, by_file=True))
        return [Row("no-op", f"{flows} x {entitlements} by file", measured, floor(measured, flows))]

    def scaled(
        self, estate: list[dict[str, Any]], way: Callable[[list[dict[str, Any]]], Measured], fresh: int = 0
    ) -> float:
        """Seconds for the whole estate, from a part of it."""
        part = [{**estate[0], "entitlements": estate[0]["entitlements"][: self.one_by_one]}]
        if fresh:
            self.fresh(fresh)
        whole = sum(len(flow["entitlements"]) for flow in estate)
        return self.rested(lambda: way(part)).seconds * whole / len(part[0]["entitlements"])


def markdown(rows: list[Row]) -> str:
    lines = [HEADER, ["---"] * len(HEADER), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="only sizes that begin with this, such as '20 x'")
    parser.add_argument(
        "--one-by-one", type=int, default=10, help="entitlements that the slow ways really do (default: 10)"
    )
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--markdown", type=Path, help="write the table here, too")
    arguments = parser.parse_args()
    rows: list[Row] = []
    with Emulator.start() as emulator, tempfile.TemporaryDirectory(prefix="bench-") as directory:
        benchmark = Benchmark(emulator, Ways(emulator, Path(directory)), arguments.one_by_one)
        for flows, entitlements, by_file in SIZES:
            if f"{flows} x {entitlements}".startswith(arguments.only):
                print(f"{flows} x {entitlements} ...", file=sys.stderr, flush=True)
                rows += benchmark.rows(flows, entitlements, by_file)
        if "5000 x 10".startswith(arguments.only):
            print("5000 x 10 ...", file=sys.stderr, flush=True)
            rows += benchmark.large(5000, 10)
    text = (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}. CLI and module loops: computed from "
        f"{arguments.one_by_one} entitlements.\n\n{markdown(rows)}\n"
    )
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text, encoding="utf-8")
    if arguments.json:
        arguments.json.write_text(json.dumps([dataclasses.asdict(row) for row in rows], indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
