"""Builds that have a saved feed."""

from __future__ import annotations

import statistics
from typing import Any

from . import builds, rivals
from .world import MANY, TAG, open_world

USUAL = 12


def measure_warm(times: int) -> dict[str, Any]:
    """Return builds without requests, and the time of `import httpx` beside each."""
    with open_world(USUAL) as world:
        world.show(USUAL)
        builds.measure(world, 1)
        warm, httpx = [], []
        for _ in range(times):
            warm.append(builds.measure(world, 1))
            httpx.append(builds.measure_import("httpx"))
        median = builds.find_medians(warm)
        return {
            **median.as_row(),
            "events_seconds": round(median.own - median.imported, 4),
            "import_httpx_seconds": round(statistics.median(httpx), 4),
        }


def measure_pages(count: int) -> dict[str, Any]:
    """Return the time for each of many pages with the same tag."""
    with open_world(USUAL) as world:
        world.show(USUAL)
        builds.measure(world, 1)
        world.site.write({f"p{number}.md": TAG for number in range(count)})
        many = builds.measure(world, 1)
        return {"count": count, "ms_a_page": round(1e3 * many.own / count, 3), **many.as_row()}


def measure_resigned(
    times: int, made: rivals.Files, eleventy: rivals.Eleventy | None
) -> dict[str, Any]:
    """Return builds after every URL was signed again, and with one new post."""
    with open_world(MANY) as world:
        world.show(MANY, max_age=0)
        builds.measure(world, 1)
        again = builds.measure(world, times)
        counts = {kind: world.fake.count(kind) for kind in ("user", "media", "picture")}
        renewed = []
        for _ in range(times):
            world.publish(1, newest=True)
            renewed.append(builds.measure(world, 1))
        new = builds.find_medians(renewed).as_row()
        row: dict[str, Any] = {
            "ours": again.as_row(),
            "requests": counts,
            "new_post": {**new, "pictures": world.fake.count("picture")},
        }
        if eleventy:
            eleventy.build(world, MANY, made, cold=True)
            world.fake.clear()
            row["eleventy_seconds"] = round(eleventy.build(world, MANY, made, cold=False), 3)
            row["eleventy_pictures"] = world.fake.count("picture")
        rivals.measure_privacy(world, MANY, 1)
        rivals.measure_privacy(world, MANY, 1, cold=False)
        row["privacy_pictures"] = world.fake.count("picture")
        return row
