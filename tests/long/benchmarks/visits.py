"""What visitors get: the bytes of a page, and when its pictures are there, in Chromium."""

import gzip
import re
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import rcssmin
from browsing import Quiet, open_browser, serve
from engines.installed import CHROMIUM
from playwright.sync_api import Browser, Page

from . import builds
from .first_builds import KINDS
from .later_builds import USUAL
from .world import open_world

FORMATS = ("webp", "avif")
LATENCY = 100  # ms
MEGABITS = 4
LAZY = "lazy.html"

# After the page is idle: what was downloaded, and what the window shows.
COUNT = """
    () => {
        const files = performance.getEntriesByType("resource")
            .filter(it => it.name.includes("/assets/mk-ig/") && !it.name.endsWith(".css"));
        return {
            files: files.length,
            bytes: files.reduce((sum, it) => sum + it.encodedBodySize, 0),
        };
    }
"""
TIME = """
    async () => {
        const largest = await new Promise(found => new PerformanceObserver(
            list => found(list.getEntries().at(-1))
        ).observe({type: "largest-contentful-paint", buffered: true}));
        const seen = [...document.images].filter(image => {
            const box = image.getBoundingClientRect();
            return box.width && box.top < innerHeight && box.bottom > 0;
        });
        const ends = seen.flatMap(image => performance.getEntriesByName(image.currentSrc))
            .map(it => it.responseEnd);
        return {
            largest: largest.startTime,
            is_picture: largest.element?.className.includes("mk-ig__img") ?? false,
            all: Math.max(...ends),
        };
    }
"""


class Screen(NamedTuple):
    """A window in CSS pixels, and the pixels of its screen for one of them."""

    width: int
    height: int
    density: int

    @property
    def name(self) -> str:
        """Its name in a table."""
        return f"{self.width} pixels, {self.density}×"


PHONE, DESKTOP = Screen(390, 844, 2), Screen(1280, 800, 1)
SCREENS = (PHONE._replace(density=1), PHONE, DESKTOP, DESKTOP._replace(density=2))


class Server(Quiet):
    """Compresses text, as web servers do, and keeps connections open."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # the browser is closed
            super().handle()

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        path = Path(self.translate_path(self.path))
        if path.suffix not in {".html", ".css", ".js"} or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes())
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def measure(times: int) -> dict[str, Any]:
    """Return the size of a page with `USUAL` posts, and what Chromium downloads of it, and when.

    The page begins with the feed, and has the theme Material.
    """
    found: dict[str, Any] = {
        "latency_ms": LATENCY,
        "megabits": MEGABITS,
        "views": [],
        "largest": [],
    }
    with ExitStack() as opened:
        sites = {name: opened.enter_context(_build(name)) for name in FORMATS}
        stylesheet = next(sites["webp"].glob("assets/mk-ig/*.css"))
        found["stylesheet_gzip_bytes"] = len(
            gzip.compress(rcssmin.cssmin(stylesheet.read_bytes()))  # as in a wheel
        )
        found["html"] = {name: measure_html(site) for name, site in sites.items()}
        if not CHROMIUM:
            return found
        browser = opened.enter_context(open_browser())
        urls = {name: opened.enter_context(serve(site, Server)) for name, site in sites.items()}
        found["views"] = [
            {
                "screen": screen.name,
                **{name: _visit(browser, screen, url, COUNT) for name, url in urls.items()},
            }
            for screen in SCREENS
        ]
        found["largest"] = [
            {
                "screen": screen.name,
                "format": name,
                **_measure_largest(browser, screen, url, times),
            }
            for screen in (PHONE, DESKTOP)
            for name, url in urls.items()
        ]
    return found


def measure_html(site: Path) -> dict[str, int]:
    """Return what a feed adds to an empty page."""
    page, empty = ((site / name / "index.html").read_bytes() for name in ("", "empty"))
    scripts = page.count(b"<script") - empty.count(b"<script")
    return {"bytes": len(page) - len(empty), "scripts": scripts}


def make_lazy(html: str) -> str:
    """Return a page whose feed has only lazy pictures, none more urgent than another."""

    def change(found: re.Match[str]) -> str:
        bare = re.sub(r' (?:loading|fetchpriority)="[^"]*"', "", found[0])
        # Only lazy pictures have these sizes.
        bare = re.sub(r' sizes="(?!auto)', ' sizes="auto, ', bare)
        return f'{bare.removesuffix(">")} loading="lazy">' if bare.startswith("<img") else bare

    return re.sub(r'<(?:img class="mk-ig__img|source type="image/avif")[^>]*>', change, html)


@contextmanager
def _build(name: str) -> Iterator[Path]:
    """Give a built site; its page is there a second time, with lazy pictures only."""
    with open_world(USUAL, is_enlarged=False) as world:
        world.site.config = {"theme": {"name": "material", "font": False}}
        world.site.write({"empty.md": "# One\n"})
        world.show(USUAL, KINDS[name].options, **KINDS[name].site)
        builds.measure(world, 1)
        page = world.built / "index.html"
        (world.built / LAZY).write_text(make_lazy(page.read_text()), encoding="utf-8")
        yield world.built


def _measure_largest(browser: Browser, screen: Screen, url: str, times: int) -> dict[str, Any]:
    """Return the milliseconds until the largest picture, and all that one sees, are there."""
    runs: dict[str, list[Any]] = {"lazy": [], "ours": []}
    for _ in range(times):  # in turns
        for name, page in (("lazy", LAZY), ("ours", "")):
            runs[name].append(_visit(browser, screen, f"{url}{page}", TIME, is_slow=True))
    return {
        name: {
            "largest_ms": round(statistics.median(it["largest"] for it in told)),
            "all_ms": round(statistics.median(it["all"] for it in told)),
            "is_picture": all(it["is_picture"] for it in told),
        }
        for name, told in runs.items()
    }


def _visit(
    browser: Browser, screen: Screen, url: str, question: str, *, is_slow: bool = False
) -> Any:
    """Return what a page tells that was opened without a cache and is idle."""
    with browser.new_context(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.density,
    ) as context:
        page = context.new_page()
        if is_slow:
            _slow_down(page)
        page.goto(url, wait_until="networkidle")
        return page.evaluate(question)


def _slow_down(page: Page) -> None:
    speed = MEGABITS * 1e6 / 8
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": speed,
            "uploadThroughput": speed,
        },
    )
