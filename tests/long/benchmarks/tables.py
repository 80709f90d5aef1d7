"""The results as tables in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from .goals import list_goals
from .plot import limit_of

MADE = {
    "webp": "WebP, two widths: the default",
    "avif": "AVIF, two widths, and a JPEG",
    "three": "WebP, three widths, as with `open: image`",
}
TIMES = ("largest_ms", "all_ms")


def list_costs(found: dict[str, Any]) -> list[str]:
    """Return the table of what a feed costs."""
    usual, many, visits = found["kinds"]["webp"], found["scale"][-1], found["visits"]
    later, new, html = found["warm"], found["resigned"]["new_post"], visits["html"]["webp"]
    rows = [
        (
            "First build of 24 posts",
            f"{_seconds(usual['ours']['own_seconds'])}, {usual['bytes'] / 1e6:.2f} MB of pictures",
        ),
        (f"First build of {many['shown']} posts", f"{many['own_seconds']:.1f} s"),
        (
            "Later build, nothing new",
            f"{_milliseconds(later['own_seconds'])}, {later['requests']} requests",
        ),
        ("Later build, one new post", _milliseconds(new["own_seconds"])),
        (
            "Page with 12 posts",
            f"{html['bytes'] / 1000:.1f} kB of HTML, {html['scripts']} scripts",
        ),
        *(
            (
                f"Its pictures in the first view, {row['screen']}",
                f"{row['webp']['bytes'] / 1000:.0f} kB",
            )
            for row in visits["views"][:2]
        ),
        ("Stylesheet, compressed", f"{visits['stylesheet_gzip_bytes'] / 1000:.1f} kB"),
    ]
    return _table(("What", "Measured"), rows)


def list_goal_rows(found: dict[str, Any]) -> list[str]:
    """Return the table of goals."""
    rows = [goal.cells for goal in list_goals(found)]
    return _table(("What", "Goal", "Measured", "Met"), rows)


def list_kinds(kinds: dict[str, Any]) -> list[str]:
    """Return the table of first builds that make different files."""
    head = ("Files", "Number", "Bytes", "This plugin", "Only encoding", "eleventy", "Memory")
    rows = []
    for name, kind in kinds.items():
        cells = [MADE[name], f"{kind['files']}", f"{kind['bytes'] / 1e6:.2f} MB"]
        seconds = (
            kind["ours"]["own_seconds"],
            kind["encoding_seconds"],
            kind["eleventy_seconds"],
        )
        rows.append([*cells, *map(_seconds, seconds), f"{kind['ours']['peak_mb']:.0f} MB"])
    return _table(head, rows)


def list_lines(cold: Sequence[dict[str, Any]]) -> list[str]:
    """Return the table of first builds on each line."""
    head = (
        *("Latency", "This plugin", "Only downloading", "Only encoding", "Ratio to the slower"),
        *("eleventy, same files", "eleventy, three widths", "privacy"),
    )
    rows = []
    for row in cold:
        ours = row["ours"]["own_seconds"]
        theirs = ("eleventy_seconds", "eleventy_three_seconds", "privacy_seconds")
        limits = (row["network_seconds"], row["encoding_seconds"])
        ratio = f"{ours / limit_of(row):.2f}"
        rows.append(
            [
                row["line"],
                *map(_seconds, (ours, *limits)),
                ratio,
                *(_seconds(row[name]) for name in theirs),
            ]
        )
    return _table(head, rows)


def list_visits(visits: dict[str, Any]) -> list[str]:
    """Return the tables of what a visitor downloads, and when it is there."""
    if not visits["views"]:
        return ["Not measured: Chromium is missing."]
    views = []
    for row in visits["views"]:
        webp, avif = (f"{row[kind]['bytes'] / 1000:.0f} kB" for kind in ("webp", "avif"))
        ratio = row["avif"]["bytes"] / row["webp"]["bytes"]
        views.append([row["screen"], f"{row['webp']['files']}", webp, avif, f"{ratio:.2f}"])
    times = []
    for row in visits["largest"]:
        name = {"webp": "WebP", "avif": "AVIF"}[row["format"]]
        figures = (row[which][what] for what in TIMES for which in ("lazy", "ours"))
        times.append([row["screen"], name, *(f"{figure / 1000:.2f} s" for figure in figures)])
    head = (
        *("Window", "Format", "Largest, lazy only", "Largest, as it is"),
        *("All in view, lazy only", "All in view, as it is"),
    )
    return [
        *_table(("Window", "Pictures", "WebP", "AVIF", "AVIF / WebP"), views),
        "",
        *_table(head, times),
    ]


def list_formats(formats: dict[str, Any]) -> list[str]:
    """Return the table of formats and qualities."""
    rows: dict[str, list[str]] = {}
    first: dict[int, int] = {}
    for row in formats["rows"]:
        yardstick = first.setdefault(row["width"], row["bytes"])
        cells = [
            f"{row['bytes'] / 1000:.1f} kB",
            f"{row['bytes'] / yardstick:.2f}",
            f"{row['seconds'] * 1000:.0f} ms",
            f"{row['mean']:.1f}, {row['minimum']:.1f}",
        ]
        rows.setdefault(_name_format(row), []).extend(cells)
    each = ("Size", "Of WebP", "Time", "Looks")
    head = ("Format", *(f"{width}: {name}" for width in first for name in each))
    return _table(head, [[name, *cells] for name, cells in rows.items()])


def list_later(found: dict[str, Any]) -> list[str]:
    """Return the table of later builds."""
    warm, again, pages = found["warm"], found["resigned"], found["pages"]
    new = again["new_post"]
    own, imported, events, httpx = (
        _milliseconds(warm[f"{name}_seconds"])
        for name in ("own", "import", "events", "import_httpx")
    )
    counts = ", ".join(f"{count} {kind}" for kind, count in again["requests"].items())
    rows = {
        "No request needed, 12 posts": f"{own}: {imported} for the import, {events} for the "
        f"events. `import httpx` alone takes {httpx} here",
        f"The same feed on {pages['count']} pages": f"{pages['ms_a_page']:.2f} ms per page",
        "Every URL has a new signature, 24 posts": (
            f"{_milliseconds(again['ours']['own_seconds'])}; requests: {counts}"
        ),
        "One new post": f"{_milliseconds(new['own_seconds'])}; {new['requests']} requests, "
        f"{new['pictures']} of them for a picture",
        "Pictures that other tools download again when URLs have new signatures": (
            f"eleventy {again.get('eleventy_pictures', '?')} of 24, "
            f"privacy {again['privacy_pictures']} of 24"
        ),
        "Memory of a build without requests, including MkDocs": f"{warm['peak_mb']:.0f} MB",
    }
    return _table(("Build", "Measured"), rows.items())


def list_scale(rows: Sequence[dict[str, Any]], bound: dict[str, Any] | None) -> list[str]:
    """Return the table of large accounts, and what one sees in it."""
    memory = "Memory beyond MkDocs"
    cells = [
        [
            f"{row['shown']}",
            f"{row['own_seconds']:.1f} s, {row['requests']} requests",
            f"{row['over_mkdocs_mb']:.0f} MB",
            f"{row['warm_own_seconds']:.2f} s",
            f"{row['warm_over_mkdocs_mb']:.0f} MB",
        ]
        for row in rows
    ]
    first, warm = (find_worst(rows, name) for name in ("own_seconds", "warm_own_seconds"))
    return [
        *_table(("Posts", "First build", memory, "Later build", memory), cells),
        "",
        (
            "The time grows in proportion to the number of posts: first builds differ from a "
            f"straight line by at most {first:.0%}, later builds by {warm:.0%}."
        ),
        *_bound_sentences(bound),
    ]


def list_no_tag(found: dict[str, float]) -> list[str]:
    """Return the table of pages without a feed."""
    return _table(("60 kB of content", "µs"), [[what, f"{it}"] for what, it in found.items()])


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


def _name_format(row: dict[str, Any]) -> str:
    kind, options = row["format"].replace("WEBP", "WebP"), row["options"]
    effort = [f", {name} {options[name]}" for name in ("method", "speed") if name in options]
    return f"{kind} {options['quality']}{''.join(effort)}"


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


def _seconds(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.2f} s"


def _milliseconds(figure: float) -> str:
    return f"{1e3 * figure:.0f} ms"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *lines]
