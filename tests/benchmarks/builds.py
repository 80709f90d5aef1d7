"""Measures builds of sites with MkDocs, and the time of one plugin within them."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .process import run
from .world import World

# A plugin's own time is that of its import and of all its events; MkDocs' is what is left.
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
    """Medians of several builds: seconds, requests, bytes over the line and MB at the most."""

    own: float
    imported: float
    wall: float
    cpu: float
    peak: float
    requests: int
    sent: int

    def as_row(self) -> dict[str, Any]:
        """Return what is written down."""
        return {
            "own_seconds": round(self.own, 4),
            "import_seconds": round(self.imported, 4),
            "wall_seconds": round(self.wall, 3),
            "cpu_seconds": round(self.cpu, 3),
            "peak_mb": round(self.peak, 1),
            "requests": self.requests,
            "bytes": self.sent,
        }


def measure_import(module: str, times: int) -> float:
    """Return the seconds that an import takes: by it, machines can be compared."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    runs = [run([sys.executable, "-c", code], Path.cwd(), os.environ) for _ in range(times)]
    return round(statistics.median(float(it.told) for it in runs), 4)


def measure(
    world: World,
    times: int,
    *,
    cold: bool = False,
    plugin: tuple[str, str] = OURS,
    environment: Mapping[str, str] | None = None,
) -> Measured:
    """Build the site as it is several times; with `cold`, each time from nothing."""
    command = [sys.executable, "-c", HARNESS, *plugin]
    runs = []
    for _ in range(times):
        if cold:
            world.forget()
        world.fake.clear()
        everything = world.site.whole_environment() | dict(environment or {})
        runs.append(run(command, world.site.folder, everything))
    return Measured(
        own=statistics.median(it.told["import"] + it.told["events"] for it in runs),
        imported=statistics.median(it.told["import"] for it in runs),
        wall=statistics.median(it.wall for it in runs),
        cpu=statistics.median(it.cpu for it in runs),
        peak=statistics.median(it.told["peak"] for it in runs),
        requests=world.fake.count(),
        sent=world.fake.sent,
    )
