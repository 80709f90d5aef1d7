"""Measures what the plugin costs a build; run by hand: `python tests/benchmarks/bench_build.py`.

Nothing is asserted. Each figure is the plugin's own time, that of its import and all its events,
in a process of its own: the median and the best of several builds.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from fake import FakeInstagram
from sites import Site

TOKEN = "IGAAbenchmarkOnly"
RUNS = 7
PAGES = 1000

HARNESS = """
import functools, json, sys, time
started = time.perf_counter()
import mkdocs.commands.build, mkdocs.config.defaults, mkdocs.plugins, mkdocs.structure.files
import babel.support, jinja2.ext
spent = {"import": 0.0, "events": 0.0}
began = time.perf_counter()
import mkdocs_instagram.plugin as module
spent["import"] = time.perf_counter() - began
from mkdocs.config import load_config
config = load_config("mkdocs.yml")
plugin = config.plugins["instagram"]
def timed(method):
    @functools.wraps(method)
    def call(*args, **kwargs):
        began = time.perf_counter()
        try:
            return method(*args, **kwargs)
        finally:
            spent["events"] += time.perf_counter() - began
    return call
for name, methods in config.plugins.events.items():
    methods[:] = [timed(m) if getattr(m, "__self__", None) is plugin else m for m in methods]
mkdocs.commands.build.build(config)
json.dump(spent, sys.stdout)
"""


def measure(site: Site) -> dict[str, list[float]]:
    """Return the seconds of each run, by what they were spent on."""
    runs = []
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-c", HARNESS],
            cwd=site.folder,
            env=site.whole_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        runs.append(json.loads(done.stdout))
    return {name: [run[name] for run in runs] for name in runs[0]}


def show(what: str, seconds: list[float], per: int = 1, unit: str = "ms") -> None:
    """Print one row."""
    scale = {"ms": 1e3, "µs": 1e6}[unit] / per
    median, best = statistics.median(seconds) * scale, min(seconds) * scale
    print(f"{what:<58}{median:>9.2f} {unit}{best:>9.2f} {unit}")


def main() -> None:
    """Build three sites, warm, and print the table."""
    print(f"{'plugin’s own time, Python ' + sys.version.split()[0]:<58}{'median':>12}{'best':>12}")
    with tempfile.TemporaryDirectory() as folder, FakeInstagram(size=(1080, 1350)) as fake:
        fake.add_user(TOKEN).add_mixed(12)
        site = Site(Path(folder), fake, {"INSTAGRAM_ACCESS_TOKEN": TOKEN})
        site.write({"index.md": "# One\n\n<!-- instagram -->\n"})
        site.build()
        fake.clear()

        warm = measure(site)
        show("warm, one tag of 12 media: import", warm["import"])
        show("warm, one tag of 12 media: events", warm["events"])
        whole = [sum(pair) for pair in zip(warm["import"], warm["events"], strict=True)]
        show("warm, one tag of 12 media: all", whole)

        site.write({f"p{number}.md": "# P\n\n<!-- instagram -->\n" for number in range(PAGES)})
        many = measure(site)
        show(f"the same tag on {PAGES} pages, per page", many["events"], PAGES + 1)

        text = "# P\n\n" + "Plain words about bread. " * 2400
        site.write({f"p{number}.md": text for number in range(PAGES)})
        none = measure(site)
        rest = [all_ - one for all_, one in zip(none["events"], warm["events"], strict=True)]
        show(f"no tag, {len(text) // 1000} kB a page, per page", rest, PAGES, "µs")
        print(f"requests in all of these builds: {fake.count()}")


if __name__ == "__main__":
    main()
