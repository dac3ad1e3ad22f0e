"""`python -m benchmarks [row ...]`: measure the rows, print the table, and fail if a figure is over its bar."""

import argparse
import json
import os
import platform
import sys
import traceback
from pathlib import Path

from benchmarks.rows import ROWS, Figure, Plan, table
from benchmarks.server import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="row", help=f"one or more of {', '.join(ROWS)}; default: all")
    parser.add_argument("--app", type=Path, default=ROOT / "dashboard.py", help="app under test")
    parser.add_argument("--moves", type=int, default=45, help="slider moves a row, at least 30")
    parser.add_argument("--seconds", type=int, default=30, help="how long 30 sessions move sliders")
    parser.add_argument("--reruns", type=int, default=500, help="how many reruns the memory is measured over")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    options = parser.parse_args()
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    # The load is bounded, whatever the options say.
    plan = Plan(
        options.app.resolve(),
        min(options.moves, 300),
        min(options.seconds, 120),
        min(options.reruns, 5000),
    )

    figures: list[Figure] = []
    for name, measure in ROWS.items():
        if options.rows and name not in options.rows:
            continue
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            figures += measure(plan)
        except Exception as failure:  # the other rows go on
            traceback.print_exc()
            reason = str(failure).splitlines()[0] if str(failure) else type(failure).__name__
            figures.append(Figure(name, None, None, detail=reason))
    print(table(figures))
    print(f"{os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}")
    if options.json:
        record = [figure.record() for figure in figures]
        options.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return int(any(figure.verdict in ("over", "missing") for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
