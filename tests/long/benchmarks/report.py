"""The tables, JSON, plot and page of the results."""

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

DOCS = Path(__file__).parents[3] / "example-site" / "docs"
PAGE = DOCS / "guide" / "speed.md"
JSON = DOCS / "assets" / "benchmarks.json"
PLOT = DOCS / "assets" / "benchmarks.svg"
HEAD = """\
# How fast it is

`make bench` measured these numbers in one run on one machine. It used a copy of Instagram that is
part of the tests, with the latency and bandwidth in the table. Seconds depend on the machine, so
compare the ratios. Times include only the plugin: its import and all its events, without MkDocs.
All numbers are in [benchmarks.json](../assets/benchmarks.json).

![Seconds of a first build at each latency, compared with other tools](../assets/benchmarks.svg)

"""
FOOT = """
* **The limits** are two programs: one only downloads the pictures, six at a time, and one only
  decodes and encodes them, one picture on each processor. Their imports are not counted. No build
  can be much faster than the slower program: it can only distribute the last pictures better. A
  build also cannot begin to encode before it has two answers, one after the other: the list of
  posts and a picture.
* **eleventy**: eleventy-fetch and eleventy-img make the same three widths of WebP, with libvips.
  Both tools encode equally fast. The difference is the second build.
* **privacy**: this plugin of Material for MkDocs downloads the same pictures and does not encode
  them.
"""
COLD_HEAD = (
    *("Latency", "This plugin", "Network limit", "Encoding limit", "Ratio to the limit"),
    *("eleventy", "eleventy / this plugin", "privacy"),
)
COLOURS = {"ours": "#b5446e", "limit": "#8a8f98", "eleventy": "#3b7ea1", "privacy": "#6a994e"}
NAMES = {
    "ours": "mkdocs-instagram",
    "limit": "the limit",
    "eleventy": "eleventy",
    "privacy": "privacy",
}


def describe_machine(eleventy: str) -> dict[str, str]:
    """Return where and when the numbers were measured."""
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
            "## First build: 24 pictures in three widths",
            "",
            *_table(
                COLD_HEAD,
                [_cold_cells(row) for row in found["cold"]],
            ),
            "",
            "## Later builds",
            "",
            *_table(("Build", "Measured"), _later_rows(found)),
            "",
            "## Large accounts",
            "",
            *_table(
                (
                    "Posts",
                    "First build",
                    "Memory beyond MkDocs",
                    "Later build",
                    "Memory beyond MkDocs",
                ),
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
    """Return the seconds that every build needs at least."""
    return float(max(row["network_seconds"], row["encoding_seconds"]))


def find_worst(rows: Sequence[dict[str, Any]], name: str) -> float:
    """Return the largest difference of a figure from a straight line over the media shown.

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
            "No request needed, 12 posts",
            (
                f"{1e3 * warm['own_seconds']:.0f} ms: {1e3 * warm['import_seconds']:.0f} for the "
                f"import, {1e3 * warm['events_seconds']:.0f} for the events; {warm['requests']} "
                "requests. "
                f"`import httpx` alone takes {1e3 * found['import_httpx_seconds']:.0f} ms here"
            ),
        ),
        (
            f"The same feed on {pages['count']} pages",
            f"{pages['ms_a_page']:.2f} ms per page",
        ),
        (
            "Every URL has a new signature, 24 posts",
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
            "Pictures that other tools download again when URLs have new signatures",
            (
                f"eleventy {again.get('eleventy_pictures', '?')} of 24, "
                f"privacy {again['privacy_pictures']} of 24"
            ),
        ),
        (
            "Size of a page with 12 posts",
            (
                f"{warm['html_bytes'] / 1000:.1f} kB of HTML, "
                f"{warm['stylesheet_gzip_bytes'] / 1000:.1f} kB of CSS (gzip), "
                f"{warm['scripts']} scripts"
            ),
        ),
        ("Memory of a build without requests, including MkDocs", f"{warm['peak_mb']:.0f} MB"),
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
        "The time grows in proportion to the number of posts: first builds differ from a straight "
        f"line by at most {first:.0%}, later builds by {warm:.0%}."
    )


def _bound_sentences(bound: dict[str, Any] | None) -> list[str]:
    if bound is None:
        return []
    first, second = bound["builds"]
    sentence = (
        f"{bound['limit']} posts at {bound['line']} need more than the two minutes that a build "
        f"spends on downloads: the first build took {first['own_seconds']:.0f} s and shows "
        f"{first['shown']}, the second took {second['own_seconds']:.0f} s and shows "
        f"{second['shown']}."
    )
    return ["", sentence]


def _table(head: Sequence[str], rows: Any) -> list[str]:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines]
