"""Builds of sites with MkDocs."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .process import run
from .world import World

# A plugin's own time is that of its import and of all its events.
HARNESS = """
import functools, importlib, json, sys, time
import mkdocs.commands.build, mkdocs.config.defaults, mkdocs.plugins, mkdocs.structure.files
import babel.support, jinja2.ext
name, module = sys.argv[1:]
spent = {"import": 0.0, "events": 0.0}
began = time.perf_counter()
importlib.import_module(module)
spent["import"] = time.perf_counter() - began
from mkdocs.config import load_config
config = load_config("mkdocs.yml")
plugin = config.plugins[name]
def timed(method):
    @functools.wraps(method)
    def call(*args, **kwargs):
        began = time.perf_counter()
        try:
            return method(*args, **kwargs)
        finally:
            spent["events"] += time.perf_counter() - began
    return call
for methods in config.plugins.events.values():
    methods[:] = [timed(m) if getattr(m, "__self__", None) is plugin else m for m in methods]
mkdocs.commands.build.build(config)
# Not what the parent is told of its child, which begins with the parent's own peak.
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
json.dump({**spent, "peak": peak}, sys.stdout)
"""
OURS = ("instagram", "mkdocs_instagram.plugin")


@dataclass(frozen=True, slots=True)
class Measured:
    """A build, or the medians of several: seconds, requests, bytes received, most MB."""

    own: float
    imported: float
    wall: float
    cpu: float
    peak: float
    requests: int
    sent: int

    def as_row(self) -> dict[str, Any]:
        """Return the row of the report."""
        return {
            "own_seconds": round(self.own, 4),
            "import_seconds": round(self.imported, 4),
            "wall_seconds": round(self.wall, 3),
            "cpu_seconds": round(self.cpu, 3),
            "peak_mb": round(self.peak, 1),
            "requests": self.requests,
            "bytes": self.sent,
        }


def measure_import(module: str) -> float:
    """Return the seconds that an import takes, to compare machines."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return float(run([sys.executable, "-c", code], Path.cwd(), os.environ).told)


def measure(
    world: World,
    times: int,
    *,
    cold: bool = False,
    plugin: tuple[str, str] = OURS,
    environment: Mapping[str, str] | None = None,
) -> Measured:
    """Build the site several times; with `cold`, each time without a cache."""
    command = [sys.executable, "-c", HARNESS, *plugin]
    runs = []
    for _ in range(times):
        if cold:
            world.forget()
        world.fake.clear()
        everything = world.site.whole_environment() | dict(environment or {})
        runs.append(run(command, world.site.folder, everything))
    return find_medians(
        [
            Measured(
                own=it.told["import"] + it.told["events"],
                imported=it.told["import"],
                wall=it.wall,
                cpu=it.cpu,
                peak=it.told["peak"],
                requests=world.fake.count(),
                sent=world.fake.sent,
            )
            for it in runs
        ]
    )


def find_medians(builds: Sequence[Measured]) -> Measured:
    """Return the median of each figure; requests and bytes are those of the last build."""
    seconds = {
        name: statistics.median(getattr(it, name) for it in builds)
        for name in ("own", "imported", "wall", "cpu", "peak")
    }
    return replace(builds[-1], **seconds)
