"""Every layout in every theme, light and dark, on phone and desktop, as a real Chromium shows it.

Without scripts, but where the browser itself measures: layout shift, and axe-core.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from browsing import (
    THEMES,
    WIDTHS,
    build_demo,
    find_faults,
    find_violations,
    keep_screenshot,
    load_pictures,
    needs_chromium,
    scroll_through,
    serve,
    set_scheme,
)
from playwright.sync_api import Browser, Page

pytestmark = needs_chromium

LAYOUTS: Mapping[str, str] = {
    "grid": "caption: below, show: [type, date, likes, comments], header: true, more: 8",
    "masonry": "caption: overlay",
    "carousel": "caption: below, show: [type, date], header: true",
    "highlight": "more: 7",
    "list": "show: [type, date, likes, comments]",
}
SHIFTS = """
    window.shifts = [];
    new PerformanceObserver(list => {
        for (const entry of list.getEntries())
            if (!entry.hadRecentInput)
                window.shifts.push(entry.value + " " + entry.sources.map(source =>
                    source.node?.outerHTML?.slice(0, 80)).join(" "));
    }).observe({type: "layout-shift", buffered: true});
"""

Sites = Mapping[str, str]


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The URL of a site per theme, with a page per layout; built when first asked for."""
    folder = tmp_path_factory.mktemp("layouts")
    with ExitStack() as stack:

        class Built(dict[str, str]):
            def __missing__(self, theme: str) -> str:
                self[theme] = stack.enter_context(serve(build(folder / theme, theme)))
                return self[theme]

        yield Built()


def build(folder: Path, theme: str) -> Path:
    pages = {
        f"{layout}.md": f"# {layout}\n\nBefore.\n\n"
        f"<!-- instagram {{layout: {layout}, open: viewer, {options}}} -->\n\nAfter.\n"
        for layout, options in LAYOUTS.items()
    }
    return build_demo(folder, theme, {"index.md": "# Home\n", **pages}, folder.parent / "cache")


@pytest.fixture
def still(browser: Browser) -> Iterator[Page]:
    """A page without scripts and motion."""
    with browser.new_context(java_script_enabled=False, reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_whole(sites: Sites, still: Page, theme: str, layout: str) -> None:
    still.goto(f"{sites[theme]}{layout}.html")
    for scheme in ("light", "dark"):
        for device, width in WIDTHS.items():
            still.set_viewport_size({"width": width, "height": 900})
            set_scheme(still, scheme)
            load_pictures(still)
            name = f"{theme}-{layout}-{scheme}-{device}"

            assert find_faults(still) == []
            keep_screenshot(still, name, whole=True)

            opener = still.locator(".mk-ig__open:visible").nth(2)
            opener.click()
            viewer = still.locator(".mk-ig__viewer:popover-open")
            load_pictures(still)
            box = viewer.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 900
            assert viewer.evaluate("it => it.scrollWidth <= it.clientWidth")
            assert still.locator(".mk-ig__close:visible").bounding_box()
            keep_screenshot(still, f"{name}-viewer")
            still.keyboard.press("Escape")
            assert viewer.count() == 0


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_shifts_and_axe_finds_nothing(
    sites: Sites, browser: Browser, theme: str, layout: str
) -> None:
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.add_init_script(SHIFTS)
        page.set_viewport_size({"width": WIDTHS["desktop"], "height": 900})
        page.goto(f"{sites[theme]}{layout}.html")
        scroll_through(page)
        assert page.evaluate("window.shifts") == []

        for scheme in ("light", "dark"):
            for width in WIDTHS.values():
                page.set_viewport_size({"width": width, "height": 900})
                set_scheme(page, scheme)
                assert find_violations(page) == []
                page.locator(".mk-ig__open:visible").nth(2).click()
                assert find_violations(page) == []
                page.keyboard.press("Escape")
