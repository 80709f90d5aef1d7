"""The goals, and whether a run met them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

NOT_MEASURED = "not measured"


class Goal(NamedTuple):
    """A goal, and what was measured, in words.

    Attributes:
        is_met: `None` if it was not measured.
    """

    name: str
    wanted: str
    measured: str
    is_met: bool | None

    @property
    def cells(self) -> tuple[str, ...]:
        """Its row in a table."""
        answer = {True: "yes", False: "**no**", None: ""}[self.is_met]
        return self.name, self.wanted, self.measured, answer


def list_goals(found: dict[str, Any]) -> list[Goal]:
    """Return all goals, with what was found."""
    return [
        *_first_builds(found),
        *_memory(found),
        *_later_builds(found),
        *_visits(found["visits"]),
    ]


def _first_builds(found: dict[str, Any]) -> Iterator[Goal]:
    usual, avif, three = (found["kinds"][kind] for kind in ("webp", "avif", "three"))
    seconds = usual["ours"]["own_seconds"]
    yield _at_most(
        "First build of 24 posts: time, compared with making three widths",
        0.5,
        [seconds / three["ours"]["own_seconds"]],
    )
    yield _at_most(
        "The same: bytes of pictures in the site", 0.5, [usual["bytes"] / three["bytes"]]
    )
    yield _at_most(
        "First build, compared with only encoding the same files",
        1.2,
        [kind["ours"]["own_seconds"] / kind["encoding_seconds"] for kind in (usual, avif)],
    )
    yield _at_least(
        "eleventy with its usual three widths, compared with a first build",
        2,
        [three["eleventy_seconds"] / seconds] if three["eleventy_seconds"] else [],
    )
    yield _at_least(
        "eleventy with the same files, compared with a first build",
        1,
        [
            kind["eleventy_seconds"] / kind["ours"]["own_seconds"]
            for kind in (usual, avif)
            if kind["eleventy_seconds"]
        ],
    )


def _memory(found: dict[str, Any]) -> Iterator[Goal]:
    row = found["scale"][-1]
    yield _at_most(
        f"Memory of a first build of {row['shown']} posts, beyond MkDocs, MB",
        100,
        [row["over_mkdocs_mb"]],
        digits=0,
    )


def _later_builds(found: dict[str, Any]) -> Iterator[Goal]:
    warm, again = found["warm"], found["resigned"]
    yield _at_most(
        "Later build, compared with `import httpx`",
        1,
        [warm["own_seconds"] / warm["import_httpx_seconds"]],
    )
    yield _exactly("Requests of a build while the saved feed is fresh", 0, warm["requests"])
    yield _exactly(
        "Pictures downloaded again when URLs have new signatures",
        0,
        again["requests"]["picture"],
    )


def _visits(visits: dict[str, Any]) -> Iterator[Goal]:
    yield _at_most(
        "First view: bytes of pictures as AVIF, compared with WebP",
        0.8,
        [row["avif"]["bytes"] / row["webp"]["bytes"] for row in visits["views"]],
    )
    yield _at_most(
        "Largest picture at 4 Mbit/s, 100 ms: time, compared with lazy pictures only",
        1,
        [row["ours"]["largest_ms"] / row["lazy"]["largest_ms"] for row in visits["largest"]],
    )
    html = [page["bytes"] / 1000 for page in visits["html"].values()]
    yield _at_most("HTML of 12 posts, WebP and AVIF, kB", 12, html, digits=1)
    yield _at_most(
        "Stylesheet, compressed, kB", 4.5, [visits["stylesheet_gzip_bytes"] / 1000], digits=1
    )
    yield _exactly("Scripts", 0, max(page["scripts"] for page in visits["html"].values()))


def _at_most(name: str, bound: float, figures: Sequence[float], *, digits: int = 2) -> Goal:
    is_met = max(figures) <= bound if figures else None
    return Goal(name, f"≤ {bound}", _write(figures, digits), is_met)


def _at_least(name: str, bound: float, figures: Sequence[float]) -> Goal:
    is_met = min(figures) >= bound if figures else None
    return Goal(name, f"≥ {bound}", _write(figures, 2), is_met)


def _exactly(name: str, wanted: int, figure: int) -> Goal:
    return Goal(name, f"{wanted}", f"{figure}", figure == wanted)


def _write(figures: Sequence[float], digits: int) -> str:
    """Return the least and the greatest."""
    texts = [f"{figure:.{digits}f}" for figure in (min(figures), max(figures))] if figures else []
    return "–".join(dict.fromkeys(texts)) or NOT_MEASURED
