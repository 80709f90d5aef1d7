"""Feeds of hundreds of posts."""

from __future__ import annotations

from typing import Any

from . import builds
from .world import Line, open_world


def measure_scale(account: int, shown: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return first builds that show more and more of a large account."""
    rows = []
    with open_world(account) as world:
        world.site.write_config()
        world.site.write({"index.md": "# One\n"})
        base = builds.measure(world, 1)
        for limit in shown:
            world.show(limit)
            cold = builds.measure(world, 1, cold=True)
            warm = builds.measure(world, 1)
            rows.append(
                {
                    "shown": limit,
                    **cold.as_row(),
                    "over_mkdocs_mb": round(cold.peak - base.peak, 1),
                    "warm_own_seconds": round(warm.own, 3),
                    "warm_over_mkdocs_mb": round(warm.peak - base.peak, 1),
                }
            )
    return rows


def measure_bound(line: Line, limit: int) -> dict[str, Any]:
    """Return builds on a line so slow that the time for downloads runs out in the first one."""
    rows = []
    with open_world(limit) as world:
        world.set_line(line)
        world.show(limit)
        for _ in range(2):
            build = builds.measure(world, 1)
            page = (world.built / "index.html").read_text()
            rows.append({"shown": page.count('role="listitem"'), **build.as_row()})
    return {"line": line.name, "limit": limit, "builds": rows}
