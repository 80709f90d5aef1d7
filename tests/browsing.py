"""A real Chromium for tests, sites to open in it, and checks of their pages."""

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from engines import CHROMIUM
from filelock import FileLock
from playwright.sync_api import Browser, Frame, Page, ViewportSize, sync_playwright

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("MK_IG_REQUIRE_BROWSERS"),
    reason="CHROMIUM IS MISSING: install Debian's `chromium` to see pages in a browser",
)

WIDTHS = {"phone": 390, "desktop": 1300}
DESKTOP: ViewportSize = {"width": WIDTHS["desktop"], "height": 900}
THEMES: Mapping[str, Mapping[str, Any]] = {
    "material": {"font": False, "palette": {"scheme": "default"}},
    "mkdocs": {"color_mode": "light", "highlightjs": False},
    "readthedocs": {"highlightjs": False},
}
LAYOUTS: Mapping[str, str] = {
    "grid": "caption: below, show: [type, date, likes, comments], header: true, more: 8",
    "masonry": "caption: overlay",
    "carousel": "caption: below, show: [type, date], header: true",
    "highlight": "more: 7",
    "list": "show: [type, date, likes, comments]",
}
PLACES = """
=== "Seen"

    <!-- instagram {limit: 4, open: viewer} -->

=== "Behind"

    <!-- instagram {limit: 4, open: viewer, layout: highlight} -->

!!! note "In an admonition"

    <!-- instagram {limit: 5, open: viewer, layout: masonry, columns: 3} -->

<div style="display: grid; grid-template-columns: 1fr 1fr; gap: 1rem" markdown>

<div markdown>

<!-- instagram {limit: 3, open: viewer, layout: list} -->

</div>

<div markdown>

<!-- instagram {limit: 3, open: viewer, layout: carousel, header: true} -->

</div>

</div>

| A table | with feeds |
| --- | --- |
| Grid | <!-- instagram {limit: 3, open: viewer} --> |
| Carousel | <!-- instagram {limit: 3, open: viewer, layout: carousel, more: 1} --> |
"""
FILLED = (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12)
PAGES: Mapping[str, str] = {
    "index.md": "<!-- instagram -->",
    "filled.md": "\n\n".join(
        f"<!-- instagram {{limit: {limit}, {options}}} -->"
        for options in ("open: post", "caption: below")
        for limit in FILLED
    ),
    "overlays.md": "\n\n".join(
        f"<!-- instagram {{caption: overlay, show: {show}, {options}}} -->"
        for show in ("[type]", "[date, likes, comments]")
        for options in ("layout: masonry", "columns: {small: 2, medium: 6}", "limit: 2")
    ),
    "texts.md": "\n\n".join(
        f"<!-- instagram {{layout: {layout}, caption: below, columns: 4}} -->"
        for layout in ("grid", "highlight")
    ),
    "places.md": PLACES,
    "columns.md": "\n\n".join(
        f"<!-- instagram {{layout: {layout}, columns: {columns}}} -->"
        for layout in LAYOUTS
        for columns in ("2", "{small: 2, medium: 3, large: 5}")
    ),
    "overlay.md": "<!-- instagram {caption: overlay, limit: 2} -->\n\n"
    "<!-- instagram {caption: overlay, limit: 2, open: none} -->",
    "around.md": "Text.\n\n<!-- instagram {limit: 1} -->\n\n"
    "## A heading\n\n<!-- instagram {limit: 1} -->",
    **{
        f"more-{layout}.md": f"<!-- instagram {{layout: {layout}, more: 4, columns: 4}} -->"
        "\n\nAfter."
        for layout in ("grid", "masonry")
    },
    "far.md": "Far down.\n\n" * 12 + "<!-- instagram {columns: 1, open: viewer, more: 10} -->",
    **{
        f"{layout}.md": "Before.\n\n"
        f"<!-- instagram {{layout: {layout}, open: viewer, {options}}} -->\n\nAfter."
        for layout, options in LAYOUTS.items()
    },
}
"""The pages of the site that the tests open."""
# Chromium heeds the last such list only, so ours also has what Playwright's has: what asks the
# network, or changes how pages load. The first two are hidden pages of the address bar, which take
# three quarters of the time that a new page takes.
DISABLED = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)
EXTENSIONS = ["admonition", "attr_list", "md_in_html", "tables", "pymdownx.superfences"]
TABS = {"pymdownx.tabbed": {"alternate_style": True}}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def handle(self) -> None:
        # A browser does not wait for every picture that it has asked for.
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


class Counting(Quiet):
    """Also notes in `asked` the path of each request."""

    def __init__(self, asked: list[str], *arguments: Any, **options: Any) -> None:
        self._asked = asked
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        self._asked.append(self.path)
        super().do_GET()


@contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", f"--disable-features={','.join(DISABLED)}"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


class Pages:
    """The pages of a browser; each is emptied after a test and used again by the next one.

    For a new page the browser starts a process, which takes longer than most tests of a page.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: dict[tuple[bool, str], Page] = {}

    @contextmanager
    def open(
        self, *, has_scripts: bool, has_motion: bool = True, init_script: str = ""
    ) -> Iterator[Page]:
        """Give a page that is like new; `init_script` runs before the scripts of each page."""
        kind = has_scripts, init_script
        page = self._kept.pop(kind, None) or self._make(*kind)
        page.set_viewport_size(DESKTOP)
        page.emulate_media(
            media="null",
            color_scheme="light",
            reduced_motion="no-preference" if has_motion else "reduce",
        )
        try:
            yield page
            _empty(page)
        except BaseException:
            page.context.close()  # its state is not known
            raise
        self._kept[kind] = page

    def _make(self, has_scripts: bool, init_script: str) -> Page:
        context = self._browser.new_context(java_script_enabled=has_scripts)
        if init_script:
            context.add_init_script(init_script)
        return context.new_page()


def _empty(page: Page) -> None:
    page.unroute_all()
    page.evaluate("location.protocol == 'about:' || (localStorage.clear(), sessionStorage.clear())")
    page.context.clear_cookies()
    page.mouse.move(0, 0)
    page.goto("about:blank")


class DemoSites:
    """A site of the demo account per theme and format, built and served when first asked for.

    Processes with the same folder share the built sites.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._served: dict[tuple[str, str], str] = {}
        self._open = ExitStack()

    def url(self, theme: str, page: str = "index", *, image_format: str = "webp") -> str:
        """Return the URL of a page."""
        kind = theme, image_format
        if kind not in self._served:
            self._served[kind] = self._open.enter_context(serve(self.folder(*kind)))
        return f"{self._served[kind]}{page}.html"

    def folder(self, theme: str, image_format: str = "webp") -> Path:
        """Return the folder of a built site."""
        name = f"{theme}-{image_format}"
        site = self._folder / f"{name}-site"
        with FileLock(self._folder / "lock"):
            if not site.exists():
                images = {"format": image_format}
                cache_dir = self._folder / "cache"
                build_demo(self._folder / name, theme, cache_dir, images=images).rename(site)
        return site

    def close(self) -> None:
        self._open.close()


@contextmanager
def serve(folder: Path, how: Callable[..., Quiet] = Quiet) -> Iterator[str]:
    """Serve a folder on loopback; give its URL."""
    handler = partial(how, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def build_demo(folder: Path, theme: str, cache_dir: Path, **options: object) -> Path:
    """Build a site of the demo account with `PAGES`; returns its folder."""
    docs = folder / "docs"
    docs.mkdir(parents=True)
    for name, text in PAGES.items():
        (docs / name).write_text(f"# {name.title()}\n\n{text}\n", encoding="utf-8")
    plugin = {
        "accounts": {"demo": {"demo": True}},
        "cache_dir": str(cache_dir),
        # Pictures that are links, as those of an account on Instagram are.
        "defaults": {"open": "image"},
        **options,
    }
    config = {
        "site_name": "Quillmoor",
        "theme": {"name": theme, **THEMES[theme]},
        "markdown_extensions": [*EXTENSIONS, TABS],
        "plugins": [{"instagram": plugin}],
        "use_directory_urls": False,
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
        timeout=180,
    )
    return folder / "site"


def set_scheme(page: Page, scheme: str) -> None:
    """Make a page light or dark, as the switches of Material and mkdocs do."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate(
        """scheme => {
            document.body.dataset.mdColorScheme = scheme == "dark" ? "slate" : "default";
            document.documentElement.dataset.bsTheme = scheme;
        }""",
        scheme,
    )


def load_pictures(page: Page | Frame) -> None:
    """Wait until every picture that is laid out is there, decoded."""
    broken = page.evaluate(
        """async () => {
            const broken = [];
            // Another file may be chosen while one is decoded, as the size changes.
            const load = async (image, tries) => image.decode().then(
                () => { image.whole = image.currentSrc; },
                () => tries ? load(image, tries - 1) : broken.push(image.currentSrc));
            const isWhole = image => image.complete && image.whole == image.currentSrc;
            const seen = [...document.images].filter(
                image => image.offsetParent && !isWhole(image));
            for (const image of seen) Object.assign(image, {loading: "eager", decoding: "sync"});
            await Promise.all(seen.map(image => load(image, 5)));
            return broken;
        }"""
    )
    assert broken == []


# Lazy pictures are requested when a frame is drawn; in a carousel, only the visible ones.
ARE_THERE = """
    async () => {
        await new Promise(end => requestAnimationFrame(() => requestAnimationFrame(end)));
        return [...document.images].every(image => {
            const box = image.getBoundingClientRect();
            const edge = image.closest(".mk-ig")?.getBoundingClientRect() ?? box;
            return image.complete || !image.checkVisibility()
                || box.bottom <= 0 || box.top >= innerHeight
                || box.right <= edge.left || box.left >= edge.right;
        });
    }
"""


def scroll_through(page: Page) -> None:
    """Scroll a page from top to bottom, so that lazy pictures load, and wait for them."""
    for top in range(0, page.evaluate("document.documentElement.scrollHeight"), 600):
        page.evaluate("top => window.scrollTo({top, behavior: 'instant'})", top)
        page.wait_for_function(ARE_THERE)


def find_faults(page: Page) -> list[str]:
    """Return what is wrong with the layout: overflow, overlaps, media without size."""
    found: list[str] = page.evaluate(
        """() => {
            const faults = [], root = document.documentElement;
            if (root.scrollWidth > root.clientWidth)
                faults.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
            const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
            for (const feed of document.querySelectorAll(".mk-ig")) {
                if (!feed.checkVisibility()) continue;
                const edge = feed.getBoundingClientRect();
                const strip = feed.querySelector(".mk-ig__items.mk-ig__strip");
                const parts = [...feed.querySelectorAll(".mk-ig__header, .mk-ig__item, summary")]
                    .filter(part => part.checkVisibility({contentVisibilityAuto: true}));
                parts.forEach((part, index) => {
                    const box = part.getBoundingClientRect();
                    const name = part.dataset.media || part.className;
                    if (box.width < 40 || box.height < 16) faults.push(`${name} has no size`);
                    if (!strip && (box.left < edge.left - 1 || box.right > edge.right + 1))
                        faults.push(`${name} sticks out of its feed`);
                    for (const other of parts.slice(index + 1))
                        if (meet(box, other.getBoundingClientRect()))
                            faults.push(`${name} lies over ${other.dataset.media}`);
                });
                for (const inner of feed.querySelectorAll(".mk-ig__frame, .mk-ig__text")) {
                    if (!inner.checkVisibility({contentVisibilityAuto: true})) continue;
                    const box = inner.getBoundingClientRect();
                    const item = inner.closest(".mk-ig__item").getBoundingClientRect();
                    if (box.left < item.left - 1 || box.right > item.right + 1
                        || box.top < item.top - 1 || box.bottom > item.bottom + 1)
                        faults.push(`${inner.className} sticks out of its item`);
                }
            }
            return faults;
        }"""
    )
    return found


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""The rules of axe-core that look at colours."""


def find_violations(page: Page, selector: str = ".mk-ig", rules: Sequence[str] = ()) -> list[str]:
    """Return what axe-core finds, by all of its rules or by these: the rule and the elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(
        """async ([selector, rules]) => {
            const only = rules.length ? {runOnly: rules} : {};
            const {violations} = await axe.run(selector, {resultTypes: ["violations"], ...only});
            return violations.map(rule =>
                `${rule.id}: ${rule.nodes.map(node => node.html.slice(0, 120)).join(" ")}`);
        }""",
        [selector, list(rules)],
    )
    return found


def name_screenshot(name: str) -> Path | None:
    """Return where a screenshot is kept, if the environment names a folder, as it does in CI."""
    folder = os.environ.get("MK_IG_SCREENSHOTS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) / f"{name}.jpg"


def keep_screenshot(page: Page, name: str, *, whole: bool = False) -> None:
    """Save a screenshot of the page where CI keeps them."""
    if path := name_screenshot(name):
        page.screenshot(path=path, type="jpeg", quality=70, full_page=whole)
