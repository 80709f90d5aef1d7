"""The benchmarks measure what they say; their figures are for people to read."""

import hashlib
import json
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from benchmarks import builds, goals, report, rivals, untouched_pages, visits
from benchmarks.first_builds import KINDS
from benchmarks.plot import draw
from benchmarks.world import SIZE, open_world, photographs


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_builds_are_measured() -> None:
    with open_world(3) as world:
        world.show(3)
        cold = builds.measure(world, 1, cold=True)
        warm = builds.measure(world, 1)

        network = rivals.measure_network(world, 3)

    assert (cold.requests, warm.requests) == (5, 0)
    assert cold.sent > sum(map(len, photographs()[:3])) > 100_000
    assert cold.own > warm.own > warm.imported > 0
    assert cold.wall > cold.own
    assert cold.peak > warm.peak > 20
    assert network > 0


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize(("name", "formats"), [("avif", {"avif", "jpeg"}), ("three", {"webp"})])
def test_the_limit_makes_the_same_bytes(name: str, formats: set[str], tmp_path: Path) -> None:
    with open_world(2) as world:
        world.show(2, KINDS[name].options, **KINDS[name].site)
        builds.measure(world, 1, cold=True)
        files = world.list_pictures()
        digests = {_digest(file.path) for file in files}
        made = sorted({(file.format, file.width) for file in files})

        seconds = rivals.measure_encoding(photographs()[:2], made, tmp_path)

    assert seconds > 0
    assert {kind for kind, _ in made} == formats
    assert name != "three" or [width for _, width in made] == [320, 640, 1080]
    assert digests == {_digest(path) for path in tmp_path.glob("*.jpg-*")}


def test_photographs_differ() -> None:
    assert SIZE == (1080, 1350)
    assert len(set(photographs())) == len(photographs()) == 24


@pytest.mark.parametrize(
    ("tag", "changed"),
    [
        (
            '<img class="mk-ig__img" sizes="auto, 25vw" loading="lazy" decoding="async">',
            '<img class="mk-ig__img" sizes="auto, 25vw" decoding="async" loading="lazy">',
        ),
        (
            '<img class="mk-ig__img off-glb" sizes="25vw" loading="eager" fetchpriority="high">',
            '<img class="mk-ig__img off-glb" sizes="auto, 25vw" loading="lazy">',
        ),
        ('<img class="mk-ig__img" src="a">', '<img class="mk-ig__img" src="a" loading="lazy">'),
        (
            '<source type="image/avif" srcset="a" sizes="25vw">',
            '<source type="image/avif" srcset="a" sizes="auto, 25vw">',
        ),
        ('<img src="b.png" loading="eager">', '<img src="b.png" loading="eager">'),
    ],
)
def test_pictures_of_a_feed_are_all_made_lazy(tag: str, changed: str) -> None:
    assert visits.make_lazy(f"<p>{tag}</p>") == f"<p>{changed}</p>"


WORSE: dict[str, Callable[[dict[str, Any]], None]] = {
    "compared with making three widths": lambda it: it["kinds"]["three"]["ours"].update(
        own_seconds=0.1
    ),
    "bytes of pictures in the site": lambda it: it["kinds"]["three"].update(bytes=1),
    "only encoding the same files": lambda it: it["kinds"]["avif"].update(encoding_seconds=0.1),
    "usual three widths": lambda it: it["kinds"]["three"].update(eleventy_seconds=0.1),
    "eleventy with the same files": lambda it: it["kinds"]["webp"].update(eleventy_seconds=0.1),
    "Memory": lambda it: it["scale"][-1].update(over_mkdocs_mb=101),
    "import httpx": lambda it: it["warm"].update(import_httpx_seconds=0.001),
    "Requests": lambda it: it["warm"].update(requests=1),
    "downloaded again": lambda it: it["resigned"]["requests"].update(picture=1),
    "First view": lambda it: it["visits"]["views"][0]["avif"].update(bytes=10**9),
    "Largest picture": lambda it: it["visits"]["largest"][0]["ours"].update(largest_ms=10**6),
    "HTML": lambda it: it["visits"]["html"]["avif"].update(bytes=12_001),
    "Stylesheet": lambda it: it["visits"].update(stylesheet_gzip_bytes=4501),
    "Scripts": lambda it: it["visits"]["html"]["webp"].update(scripts=1),
}


def test_a_figure_past_its_goal_is_told() -> None:
    found = json.loads(report.JSON.read_text(encoding="utf-8"))
    names = [goal.name for goal in goals.list_goals(found)]

    assert len(names) == len(WORSE)
    for name, spoil in WORSE.items():
        spoilt = deepcopy(found)
        spoil(spoilt)
        goal = next(it for it in goals.list_goals(spoilt) if name in it.name)
        assert goal.cells[-1] == "**no**", goal


def test_a_page_tells_what_was_not_measured() -> None:
    found = json.loads(report.JSON.read_text(encoding="utf-8"))
    for kind in found["kinds"].values():
        kind["eleventy_seconds"] = None
    for row in found["cold"]:
        row |= {"eleventy_seconds": None, "eleventy_three_seconds": None}
    found["visits"] |= {"views": [], "largest": []}
    found["bound"] = None

    page = report.write_page(found, json.loads(report.FORMATS.read_text(encoding="utf-8")))

    assert page.count(goals.NOT_MEASURED) == 4
    assert "Not measured: Chromium is missing." in page
    assert draw(found["cold"]).count("eleventy") == 0


@pytest.mark.parametrize("path", [report.PAGE, report.JSON, report.PLOT], ids=lambda it: it.name)
def test_what_is_published_is_of_the_same_run(path: Path) -> None:
    found = json.loads(report.JSON.read_text(encoding="utf-8"))
    formats = json.loads(report.FORMATS.read_text(encoding="utf-8"))
    written = {
        report.PAGE: report.write_page(found, formats),
        report.JSON: json.dumps(found, indent=1) + "\n",
        report.PLOT: draw(found["cold"]),
    }

    assert path.read_text(encoding="utf-8") == written[path]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_pages_without_a_tag_are_measured(tmp_path: Path) -> None:
    times = untouched_pages.measure(tmp_path, 20)

    assert set(times) == {"reading", "beyond"}
    assert times["reading"] > 0
