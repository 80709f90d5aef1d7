"""First builds: nothing is saved yet."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from . import builds, rivals
from .world import MANY, Line, World, open_world, photographs


class Kind(NamedTuple):
    """What a build makes of each picture: options of the feed and of the site."""

    options: dict[str, Any]
    site: dict[str, Any]


KINDS = {
    "webp": Kind({}, {}),
    "avif": Kind({}, {"images": {"format": "avif"}}),
    # A link to the picture needs the widest: the files that each grid had before 0.2.
    "three": Kind({"open": "image"}, {}),
}


def measure_kinds(times: int, eleventy: rivals.Eleventy | None) -> dict[str, Any]:
    """Return first builds that make different files, the limit of each, and eleventy's times."""
    with open_world(MANY) as world:
        found = {name: _look_at_files(world, kind) for name, kind in KINDS.items()}
        runs: dict[str, list[_Turn]] = {name: [] for name in KINDS}
        for _ in range(times):  # in turns: the speed of a machine varies
            for name, kind in KINDS.items():
                world.show(MANY, kind.options, **kind.site)
                runs[name].append(_take_turn(world, found[name]["made"], eleventy))
        return {name: {**found[name], **_find_medians(runs[name])} for name in KINDS}


def measure_line(
    line: Line, times: int, made: dict[str, rivals.Files], eleventy: rivals.Eleventy | None
) -> dict[str, Any]:
    """Return first builds of the usual grid on a line, the limits, and other programs' times.

    Args:
        line: The line to Instagram.
        times: The number of turns.
        made: The files that a build makes of each picture, for each of `KINDS`.
        eleventy: Makes the same files, and then those of three widths.
    """
    with open_world(MANY) as world:
        world.show(MANY)
        builds.measure(world, 1)  # to compile modules and make certificates
        world.set_line(line)
        turns, network, theirs, privacy = [], [], [], []
        for _ in range(times):
            world.show(MANY)
            turns.append(_take_turn(world, made["webp"], eleventy))
            network.append(rivals.measure_network(world, MANY))
            if eleventy:
                theirs.append(eleventy.build(world, MANY, made["three"], cold=True))
            privacy.append(rivals.measure_privacy(world, MANY, 1).own)
        return {
            "line": line.name,
            **_find_medians(turns),
            "network_seconds": round(statistics.median(network), 3),
            "eleventy_three_seconds": round(statistics.median(theirs), 3) if theirs else None,
            "privacy_seconds": round(statistics.median(privacy), 3),
        }


class _Turn(NamedTuple):
    """A build, and the seconds of the limit and of eleventy beside it."""

    ours: builds.Measured
    encoding: float
    eleventy: float | None


def _take_turn(world: World, made: rivals.Files, eleventy: rivals.Eleventy | None) -> _Turn:
    ours = builds.measure(world, 1, cold=True)
    with tempfile.TemporaryDirectory() as folder:
        encoding = rivals.measure_encoding(photographs()[:MANY], made, Path(folder))
    theirs = eleventy.build(world, MANY, made, cold=True) if eleventy else None
    return _Turn(ours, encoding, theirs)


def _find_medians(turns: list[_Turn]) -> dict[str, Any]:
    theirs = [turn.eleventy for turn in turns if turn.eleventy is not None]
    return {
        "ours": builds.find_medians([turn.ours for turn in turns]).as_row(),
        "encoding_seconds": round(statistics.median(turn.encoding for turn in turns), 3),
        "eleventy_seconds": round(statistics.median(theirs), 3) if theirs else None,
    }


def _look_at_files(world: World, kind: Kind) -> dict[str, Any]:
    """Return what a build makes of each picture, and the number and bytes of all its files."""
    world.show(MANY, kind.options, **kind.site)
    builds.measure(world, 1, cold=True)
    files = world.list_pictures()
    return {
        "made": sorted({(file.format, file.width) for file in files}),
        "files": len(files),
        "bytes": sum(file.size for file in files),
    }
