"""The page of the results, its figures and its plot."""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import tables
from .plot import draw

DOCS = Path(__file__).parents[3] / "example-site" / "docs"
PAGE = DOCS / "guide" / "speed.md"
JSON = DOCS / "assets" / "benchmarks.json"
FORMATS = DOCS / "assets" / "formats.json"
"""Written by `tests/long/formats.py`."""
PLOT = DOCS / "assets" / "benchmarks.svg"
TEXT = """\
# How fast it is

A first build takes about as long as encoding its pictures. Later builds encode nothing, and
download only what is new. A page gets only files that it can show.

{costs}

`make bench` measured these numbers in one run on one machine. It used a copy of Instagram that is
part of the tests. Seconds depend on the machine, so compare the ratios. Times include only the
plugin: its import and all its events, without MkDocs.

## Goals

{goals}

Where two numbers are given, they are the lowest and the highest of what the tables below compare.

## First build

Of 24 posts in a grid, without latency:

{kinds}

The same grid in WebP on slower lines:

![Seconds of a first build at each latency, compared with other tools](../assets/benchmarks.svg)

{lines}

* **Only downloading** and **only encoding** are two programs: one downloads the pictures, six at a
  time, and one decodes them and encodes the same files, one picture on each processor. Their
  imports are not counted. No build can be much faster than the slower program. A build also cannot
  begin to encode before it has two answers, one after the other: the list of posts and a picture.
* **eleventy**: eleventy-fetch and eleventy-img make the same files, with libvips, or the three
  widths 320, 640 and 1080 in WebP. For AVIF, they use the same speed of the same encoder, which is
  not their default.
* **Memory** is the most that the build needs, including MkDocs.
* **privacy**: this plugin of Material for MkDocs downloads the same pictures and does not encode
  them.

## What a visitor gets

A page of Material for MkDocs that begins with a feed of 12 posts, opened in Chromium without a
cache. First, the pictures that it downloads before anybody scrolls:

{visits}

The line of the second table has {megabits} Mbit/s and a latency of {latency} ms. *Largest* is the
Largest Contentful Paint. *Lazy only* is the same page with `loading="lazy"` for all pictures of the
feed.

The feed adds {webp_html} of HTML with WebP and {avif_html} with AVIF.

## Formats

{count} photographs, 640 and 320 pixels wide: the mean size and processor time of a file. *Looks* is
SSIMULACRA2, mean and minimum: 70 is high quality, 90 cannot be told from the original. The encoders
are those of {packages}.

{formats}

The plugin uses WebP 80 with method 2, AVIF 60 with speed 8, and JPEG 75. WebP is the default: it
needs fewer files, and with AVIF, a browser that does not know it gets only the JPEG.

## Later builds

{later}

## Large accounts

{scale}

## A page without a feed

{no_tag}

## The machine

{machine}
All numbers are in [benchmarks.json](../assets/benchmarks.json) and
[formats.json](../assets/formats.json).
"""


def describe_machine(eleventy: str) -> dict[str, str]:
    """Return where and when the numbers were measured."""
    packages = ("mkdocs", "mkdocs-material", "httpx", "Pillow", "diskcache", "Jinja2")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in packages),
        "eleventy": eleventy or "not measured: npm or Node.js is missing",
    }


def write_page(found: dict[str, Any], formats: dict[str, Any]) -> str:
    """Return the page."""
    machine, visits = found["machine"], found["visits"]
    parts = {
        "costs": tables.list_costs(found),
        "goals": tables.list_goal_rows(found),
        "kinds": tables.list_kinds(found["kinds"]),
        "lines": tables.list_lines(found["cold"]),
        "visits": tables.list_visits(visits),
        "formats": tables.list_formats(formats),
        "later": tables.list_later(found),
        "scale": tables.list_scale(found["scale"], found["bound"]),
        "no_tag": tables.list_no_tag(found["no_tag"]),
        "machine": [
            f"{machine['machine']}; Python {machine['python']}; {machine['packages']}.",
            f"Eleventy: {machine['eleventy']}. {machine['date']}.",
        ],
    }
    return TEXT.format(
        **{name: "\n".join(lines) for name, lines in parts.items()},
        megabits=visits["megabits"],
        latency=visits["latency_ms"],
        webp_html=f"{visits['html']['webp']['bytes'] / 1000:.1f} kB",
        avif_html=f"{visits['html']['avif']['bytes'] / 1000:.1f} kB",
        count=formats["pictures"],
        packages=formats["packages"],
    )


def publish(found: dict[str, Any], formats: dict[str, Any]) -> None:
    """Write page, figures and plot into `example-site/`."""
    PAGE.write_text(write_page(found, formats), encoding="utf-8")
    JSON.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    PLOT.write_text(draw(found["cold"]), encoding="utf-8")
    print(f"written: {PAGE.name}, {JSON.name}, {PLOT.name}", file=sys.stderr)
