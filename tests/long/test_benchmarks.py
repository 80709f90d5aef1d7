"""The benchmarks measure what they say; their figures are for people to read."""

import json
import sys
from pathlib import Path

import pytest
from benchmarks import builds, report, rivals
from benchmarks.__main__ import show
from benchmarks.world import SIZE, open_world, photographs


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_builds_are_measured() -> None:
    with open_world(3) as world:
        show(world, 3)
        cold = builds.measure(world, 1, cold=True)
        warm = builds.measure(world, 1)

        network = rivals.measure_network(world, 3)
        encoding = rivals.measure_encoding(photographs()[:3])

    assert (cold.requests, warm.requests) == (5, 0)
    assert cold.sent > sum(map(len, photographs()[:3])) > 100_000
    assert cold.own > warm.own > warm.imported > 0
    assert cold.wall > cold.own
    assert cold.peak > warm.peak > 20
    assert network > 0
    assert encoding > 0


def test_photographs_differ() -> None:
    assert SIZE == (1080, 1350)
    assert len(set(photographs())) == len(photographs()) == 24


@pytest.mark.parametrize("path", [report.PAGE, report.JSON, report.PLOT], ids=lambda it: it.name)
def test_what_is_published_is_of_the_same_run(path: Path) -> None:
    found = json.loads(report.JSON.read_text(encoding="utf-8"))
    written = {
        report.PAGE: f"{report.HEAD}{report.write_table(found)}\n{report.FOOT}",
        report.JSON: json.dumps(found, indent=1) + "\n",
        report.PLOT: report.draw(found["cold"]),
    }

    assert path.read_text(encoding="utf-8") == written[path]
