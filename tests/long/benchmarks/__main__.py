"""Measure everything, print the table, and write the page in `example-site/`.

make bench
make bench BENCH_ARGS=--quick    (once each, fewer media, and nothing is written)
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from mkdocs_instagram.render.stylesheet import STYLESHEET

from . import builds, events, report, rivals
from .world import Line, World, open_world, photographs

LINES = (Line(), Line(0.05), Line(0.2), Line(0.05, 20))
TAG = "# One\n\n<!-- instagram -->\n"
COLD = 24
WARM = 12
PAGES = 1000
ACCOUNT = 10_000
SHOWN = (100, 250, 500)
SLOW = Line(0.05, 3)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="make bench BENCH_ARGS=...", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="once each; nothing is written")
    quick = parser.parse_args().quick
    times = 1 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        eleventy = rivals.open_eleventy(Path(folder))
        found: dict[str, Any] = {
            "machine": report.describe_machine(eleventy.versions if eleventy else ""),
            "cold": [
                measure_cold(line, times, eleventy) for line in (LINES[:2] if quick else LINES)
            ],
            "resigned": measure_resigned(times, eleventy),
        }
    found |= {
        "import_httpx_seconds": builds.measure_import("httpx", 9),
        "warm": measure_warm(3 if quick else 9),
        "pages": measure_pages(100 if quick else PAGES),
        "no_tag": {what: round(1e6 * it, 1) for what, it in events.measure_all().items()},
        "scale": measure_scale(*((200, (10, 20)) if quick else (ACCOUNT, SHOWN))),
        "bound": None if quick else measure_bound(SLOW, SHOWN[-1]),
    }
    print(report.write_table(found))
    if not quick:
        report.publish(found)


def say(text: str) -> None:
    """Print what is being measured."""
    print(text, file=sys.stderr, flush=True)


def measure_cold(line: Line, times: int, eleventy: rivals.Eleventy | None) -> dict[str, Any]:
    """Return a first build of `COLD` media, the limits, and other programs' times."""
    say(f"cold, {line.name}")
    with open_world(COLD) as world:
        show(world, COLD)
        builds.measure(world, 1)  # to compile modules and make certificates
        world.set_line(line)
        ours, network, encoding, theirs = [], [], [], []
        for _ in range(times):  # by turns: the speed of a machine varies
            ours.append(builds.measure(world, 1, cold=True))
            network.append(rivals.measure_network(world, COLD))
            encoding.append(rivals.measure_encoding(photographs()[:COLD]))
            if eleventy:
                theirs.append(eleventy.build(world, COLD, cold=True))
        return {
            "line": line.name,
            "ours": builds.find_medians(ours).as_row(),
            "network_seconds": round(statistics.median(network), 3),
            "encoding_seconds": round(statistics.median(encoding), 3),
            "eleventy_seconds": round(statistics.median(theirs), 3) if theirs else None,
            "privacy_seconds": round(rivals.measure_privacy(world, COLD, times).own, 3),
        }


def measure_resigned(times: int, eleventy: rivals.Eleventy | None) -> dict[str, Any]:
    """Return builds after every URL was signed again, and with one new post."""
    say("refresh")
    with open_world(COLD) as world:
        show(world, COLD, max_age=0)
        builds.measure(world, 1)
        again = builds.measure(world, times)
        counts = {kind: world.fake.count(kind) for kind in ("user", "media", "picture")}
        renewed = []
        for _ in range(times):
            world.publish(1, newest=True)
            renewed.append(builds.measure(world, 1))
        row: dict[str, Any] = {
            "ours": again.as_row(),
            "requests": counts,
            "new_post": {
                **builds.find_medians(renewed).as_row(),
                "pictures": world.fake.count("picture"),
            },
        }
        if eleventy:
            eleventy.build(world, COLD, cold=True)
            world.fake.clear()
            row["eleventy_seconds"] = round(eleventy.build(world, COLD, cold=False), 3)
            row["eleventy_pictures"] = world.fake.count("picture")
        rivals.measure_privacy(world, COLD, 1)
        rivals.measure_privacy(world, COLD, 1, cold=False)
        row["privacy_pictures"] = world.fake.count("picture")
        return row


def measure_warm(times: int) -> dict[str, Any]:
    """Return builds without requests, and the size of a page with a feed."""
    say("warm")
    with open_world(WARM) as world:
        show(world, WARM)
        world.site.write({"empty.md": "# One\n"})
        builds.measure(world, 1)
        warm = builds.measure(world, times)
        site = world.site.folder / "site"
        page, empty = (site / name / "index.html" for name in ("", "empty"))
        feed = page.stat().st_size - empty.stat().st_size
        return {
            **warm.as_row(),
            "events_seconds": round(warm.own - warm.imported, 4),
            "html_bytes": feed,
            "stylesheet_gzip_bytes": len(gzip.compress(STYLESHEET.read_bytes())),
            "scripts": page.read_text().count("<script") - empty.read_text().count("<script"),
            "picture_bytes": sum(it.stat().st_size for it in site.rglob("*.webp")),
        }


def measure_pages(count: int) -> dict[str, Any]:
    """Return the time for each of many pages with the same tag."""
    say(f"{count} pages")
    with open_world(WARM) as world:
        show(world, WARM)
        builds.measure(world, 1)
        world.site.write({f"p{number}.md": TAG for number in range(count)})
        many = builds.measure(world, 1)
        return {"count": count, "ms_a_page": round(1e3 * many.own / count, 3), **many.as_row()}


def measure_scale(account: int, shown: tuple[int, ...]) -> list[dict[str, Any]]:
    """Return first builds that show more and more of a large account."""
    rows = []
    with open_world(account) as world:
        world.site.write_config()
        world.site.write({"index.md": "# One\n"})
        base = builds.measure(world, 1)
        for limit in shown:
            say(f"{limit} of {account} media")
            show(world, limit)
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
        show(world, limit)
        for number in (1, 2):
            say(f"{limit} media, {line.name}, build {number}")
            build = builds.measure(world, 1)
            page = (world.site.folder / "site" / "index.html").read_text()
            rows.append({"shown": page.count('role="listitem"'), **build.as_row()})
    return {"line": line.name, "limit": limit, "builds": rows}


def show(world: World, limit: int, **options: Any) -> None:
    """Give the site's page a feed of `limit` media."""
    more = {"more": 24} if limit > COLD else {}
    world.site.options = {"defaults": {"limit": limit, **more}, **options}
    world.site.write_config()
    world.site.write({"index.md": TAG})


if __name__ == "__main__":
    main()
