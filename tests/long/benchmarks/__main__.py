"""Measure everything, print the table, and write the page in `example-site/`.

make bench
make bench BENCH_ARGS=--quick    (once each, fewer media, and nothing is written)
make bench BENCH_ARGS=--page     (writes the page again, from the figures of the last run)
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from . import events, first_builds, large_accounts, later_builds, report, rivals, visits
from .world import Line

LINES = (Line(0.05), Line(0.2), Line(0.05, 20))
BEGAN = time.monotonic()
SLOW = Line(0.05, 3)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        prog="make bench BENCH_ARGS=...",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="once each; nothing is written")
    parser.add_argument("--page", action="store_true", help="measure nothing; write the page")
    chosen = parser.parse_args()
    formats = json.loads(report.FORMATS.read_text(encoding="utf-8"))
    if chosen.page:
        report.publish(json.loads(report.JSON.read_text(encoding="utf-8")), formats)
        return
    found = measure(is_quick=chosen.quick)
    print(report.write_page(found, formats))
    if not chosen.quick:
        report.publish(found, formats)


def measure(*, is_quick: bool) -> dict[str, Any]:
    """Return all figures."""
    times = 1 if is_quick else 5
    with tempfile.TemporaryDirectory() as folder:
        eleventy = rivals.open_eleventy(Path(folder))
        say("first builds of each format")
        kinds = first_builds.measure_kinds(times, eleventy)
        made = {name: kind["made"] for name, kind in kinds.items()}
        cold = []
        for line in LINES[:1] if is_quick else LINES:
            say(f"first builds, {line.name}")
            cold.append(first_builds.measure_line(line, 1 if is_quick else 3, made, eleventy))
        say("later builds")
        resigned = later_builds.measure_resigned(times, made["webp"], eleventy)
        machine = report.describe_machine(eleventy.versions if eleventy else "")
    found: dict[str, Any] = {
        "machine": machine,
        "kinds": kinds,
        "cold": cold,
        "resigned": resigned,
    }
    say("later builds, import of httpx, many pages")
    found["warm"] = later_builds.measure_warm(3 if is_quick else 9)
    found["pages"] = later_builds.measure_pages(100 if is_quick else 1000)
    say("visits")
    found["visits"] = visits.measure(times)
    say("pages without a feed")
    found["no_tag"] = {what: round(1e6 * it, 1) for what, it in events.measure_all().items()}
    say("large accounts")
    account, shown = (200, (10, 20)) if is_quick else (10_000, (100, 250, 500))
    found["scale"] = large_accounts.measure_scale(account, shown)
    found["bound"] = None if is_quick else large_accounts.measure_bound(SLOW, 400)
    return found


def say(text: str) -> None:
    """Print what is being measured, after how many seconds."""
    print(f"{time.monotonic() - BEGAN:4.0f} s: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
