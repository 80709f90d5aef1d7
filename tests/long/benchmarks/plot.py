"""The plot of first builds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

COLOURS = {
    "ours": "#b5446e",
    "limit": "#8a8f98",
    "eleventy": "#3b7ea1",
    "three": "#8fbcd4",
    "privacy": "#6a994e",
}
NAMES = {
    "ours": "mkdocs-instagram",
    "limit": "the limit",
    "eleventy": "eleventy, the same files",
    "three": "eleventy, three widths",
    "privacy": "privacy",
}


def limit_of(row: dict[str, Any]) -> float:
    """Return the seconds that every build needs at least."""
    return float(max(row["network_seconds"], row["encoding_seconds"]))


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
        "three": row["eleventy_three_seconds"],
        "privacy": row["privacy_seconds"],
    }
    return [(name, value) for name, value in seconds.items() if value is not None]
