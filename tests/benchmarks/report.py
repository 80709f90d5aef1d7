"""Writes what was measured: a table, JSON, a plot, and the page of `example-site/` with them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "example-site" / "docs"
PAGE = DOCS / "guide" / "speed.md"
JSON = DOCS / "assets" / "benchmarks.json"
PLOT = DOCS / "assets" / "benchmarks.svg"
HEAD = """\
# How fast it is

Measured by `make bench`, in one run on one machine, with an Instagram that the tests bring along,
and the latency and bandwidth that the table names. Seconds differ from machine to machine; compare
the ratios. Each figure is the plugin's own: the import and all its events, without MkDocs. All
figures are in [benchmarks.json](../assets/benchmarks.json).

![Seconds of a first build by latency, beside others](../assets/benchmarks.svg)

"""
FOOT = """
* **The limits**: a program that only downloads the pictures, six at once, and one that only decodes
  and encodes them, a picture on each processor; what they import does not count. No build can be
  much faster than the slower one: all it can share out better are the last pictures. Nor can it
  begin to encode before two answers came, one after the other: the list of media, and a picture.
* **eleventy**: eleventy-fetch and eleventy-img make the same three widths of WebP, with libvips.
  Encoding is as fast there as here; what differs is the second build.
* **privacy**: Material for MkDocs' plugin downloads the same pictures and encodes none.
"""
COLD_HEAD = (
    *("Latency", "Ours", "Network limit", "Encoding limit", "Ours / limit"),
    *("eleventy", "eleventy / ours", "privacy"),
)
COLOURS = {"ours": "#b5446e", "limit": "#8a8f98", "eleventy": "#3b7ea1", "privacy": "#6a994e"}
NAMES = {
    "ours": "mkdocs-instagram",
    "limit": "the limit",
    "eleventy": "eleventy",
    "privacy": "privacy",
}


def describe_machine(eleventy: str) -> dict[str, str]:
    """Return what was measured where, and when."""
    packages = ("mkdocs", "mkdocs-material", "httpx", "Pillow", "diskcache", "Jinja2")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in packages),
        "eleventy": eleventy or "not measured: npm or Node.js is missing",
    }


def write_table(found: dict[str, Any]) -> str:
    """Return the tables as Markdown."""
    machine = found["machine"]
    return "\n".join(
        [
            f"{machine['machine']}; Python {machine['python']}; {machine['packages']}.",
            f"Eleventy: {machine['eleventy']}. {machine['date']}.",
            "",
            "## A first build of 24 pictures, three widths each",
            "",
            *_table(
                COLD_HEAD,
                [_cold_cells(row) for row in found["cold"]],
            ),
            "",
            "## Afterwards",
            "",
            *_table(("Build", "Measured"), _later_rows(found)),
            "",
            "## Large accounts",
            "",
            *_table(
                ("Shown", "First build", "Memory over MkDocs", "Warm build", "Memory over MkDocs"),
                [_scale_cells(row) for row in found["scale"]],
            ),
            "",
            _fit_sentence(found["scale"]),
            *_bound_sentences(found["bound"]),
            "",
            "## A page without a feed",
            "",
            *_table(("60 kB of content", "µs"), found["no_tag"].items()),
        ]
    )


def publish(found: dict[str, Any]) -> None:
    """Write page, figures and plot into `example-site/`."""
    PAGE.write_text(f"{HEAD}{write_table(found)}\n{FOOT}", encoding="utf-8")
    JSON.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    PLOT.write_text(draw(found["cold"]), encoding="utf-8")
    print(f"written: {PAGE.name}, {JSON.name}, {PLOT.name}", file=sys.stderr)


def limit_of(row: dict[str, Any]) -> float:
    """Return the seconds that no build can beat."""
    return float(max(row["network_seconds"], row["encoding_seconds"]))


def find_worst(rows: Sequence[dict[str, Any]], name: str) -> float:
    """Return the worst distance of a figure from the straight line over the media shown.

    0.1 is 10 %.
    """
    shown, figures = [it["shown"] for it in rows], [it[name] for it in rows]
    slope, start = statistics.linear_regression(shown, figures)
    distances = (
        abs(figure / (slope * count + start) - 1)
        for count, figure in zip(shown, figures, strict=True)
    )
    return float(max(distances))


def draw(rows: Sequence[dict[str, Any]]) -> str:
    """Return an SVG of bars: a group for each line, a bar for each program."""
    bars = [(row["line"], name, seconds) for row in rows for name, seconds in _bars(row)]
    scale = 460 / max(seconds for *_, seconds in bars)
    parts, top, last = [], 8, None
    for line, name, seconds in bars:
        if line != last:
            top += 14
            parts.append(f'<text x="8" y="{top + 14}" font-weight="bold">{line}</text>')
            last = line
        parts += [
            f'<text x="258" y="{top + 14}" text-anchor="end">{NAMES[name]}</text>',
            (
                f'<rect x="266" y="{top + 2}" width="{seconds * scale:.1f}" height="16" '
                f'fill="{COLOURS[name]}"/>'
            ),
            f'<text x="{272 + seconds * scale:.1f}" y="{top + 14}">{seconds:.2f} s</text>',
        ]
        top += 22
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 790 {top + 8}" role="img" '
        'aria-label="Seconds of a first build" font-family="system-ui, sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _bars(row: dict[str, Any]) -> list[tuple[str, float]]:
    seconds = {
        "ours": row["ours"]["own_seconds"],
        "limit": limit_of(row),
        "eleventy": row["eleventy_seconds"],
        "privacy": row["privacy_seconds"],
    }
    return [(name, value) for name, value in seconds.items() if value is not None]


def _cold_cells(row: dict[str, Any]) -> list[str]:
    ours, eleventy = row["ours"]["own_seconds"], row["eleventy_seconds"]
    return [
        row["line"],
        f"{ours:.2f} s",
        f"{row['network_seconds']:.2f} s",
        f"{row['encoding_seconds']:.2f} s",
        f"{ours / limit_of(row):.2f}",
        f"{eleventy:.2f} s" if eleventy else "",
        f"{eleventy / ours:.2f}" if eleventy else "",
        f"{row['privacy_seconds']:.2f} s",
    ]


def _later_rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    warm, again, pages = found["warm"], found["resigned"], found["pages"]
    new = again["new_post"]
    counts = ", ".join(f"{count} {kind}" for kind, count in again["requests"].items())
    return [
        (
            "Nothing to ask, 12 media",
            (
                f"{1e3 * warm['own_seconds']:.0f} ms: {1e3 * warm['import_seconds']:.0f} import, "
                f"{1e3 * warm['events_seconds']:.0f} events; {warm['requests']} requests. "
                f"`import httpx` alone takes {1e3 * found['import_httpx_seconds']:.0f} ms here"
            ),
        ),
        (
            f"The same feed on {pages['count']} pages",
            f"{pages['ms_a_page']:.2f} ms a page",
        ),
        (
            "Every URL signed anew, 24 media",
            f"{1e3 * again['ours']['own_seconds']:.0f} ms; requests: {counts}",
        ),
        (
            "One new post",
            (
                f"{1e3 * new['own_seconds']:.0f} ms; {new['requests']} requests, "
                f"{new['pictures']} of them for a picture"
            ),
        ),
        (
            "Pictures that others download again when URLs are signed anew",
            (
                f"eleventy {again.get('eleventy_pictures', '?')} of 24, "
                f"privacy {again['privacy_pictures']} of 24"
            ),
        ),
        (
            "What a page with 12 media weighs",
            (
                f"{warm['html_bytes'] / 1000:.1f} kB of HTML, "
                f"{warm['stylesheet_gzip_bytes'] / 1000:.1f} kB of CSS (gzip), "
                f"{warm['scripts']} scripts"
            ),
        ),
        ("Memory of a warm build, MkDocs included", f"{warm['peak_mb']:.0f} MB"),
    ]


def _scale_cells(row: dict[str, Any]) -> list[str]:
    return [
        f"{row['shown']}",
        f"{row['own_seconds']:.1f} s, {row['requests']} requests",
        f"{row['over_mkdocs_mb']:.0f} MB",
        f"{row['warm_own_seconds']:.2f} s",
        f"{row['warm_over_mkdocs_mb']:.0f} MB",
    ]


def _fit_sentence(rows: Sequence[dict[str, Any]]) -> str:
    first, warm = (find_worst(rows, name) for name in ("own_seconds", "warm_own_seconds"))
    return (
        f"From a straight line the first builds are {first:.0%} off at the most, the warm ones "
        f"{warm:.0%}."
    )


def _bound_sentences(bound: dict[str, Any] | None) -> list[str]:
    if bound is None:
        return []
    first, second = bound["builds"]
    sentence = (
        f"{bound['limit']} media at {bound['line']} are more than the two minutes that downloads "
        f"have: the first build took {first['own_seconds']:.0f} s and shows {first['shown']}, the "
        f"second took {second['own_seconds']:.0f} s and shows {second['shown']}."
    )
    return ["", sentence]


def _table(head: Sequence[str], rows: Any) -> list[str]:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines]
