"""Every layout in every theme, light and dark, on phone and desktop, as a real Chromium shows it.

Without scripts, but where the browser itself measures: layout shift, and axe-core.
"""

from collections.abc import Iterator

import pytest
from browsing import (
    LAYOUTS,
    THEMES,
    WIDTHS,
    DemoSites,
    find_faults,
    find_violations,
    keep_screenshot,
    load_pictures,
    needs_chromium,
    scroll_through,
    set_scheme,
)
from playwright.sync_api import Browser, Page

pytestmark = needs_chromium

VIEWER = ".mk-ig__viewer:popover-open"
# Shifts of a feed and what stands around it; the themes shift their own breadcrumbs and buttons.
SHIFTS = """
    window.shifts = [];
    new PerformanceObserver(list => {
        for (const entry of list.getEntries())
            for (const {node} of entry.sources)
                if (!entry.hadRecentInput && node
                        && document.querySelector(".mk-ig").parentElement.contains(node))
                    window.shifts.push((node.outerHTML ?? node.data).slice(0, 80));
    }).observe({type: "layout-shift", buffered: true});
"""


@pytest.fixture
def still(browser: Browser) -> Iterator[Page]:
    """A page without scripts and motion."""
    with browser.new_context(java_script_enabled=False, reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with scripts, without motion."""
    with browser.new_context(reduced_motion="reduce") as context:
        yield context.new_page()


def set_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_is_whole(demo_sites: DemoSites, still: Page, theme: str, layout: str) -> None:
    still.goto(demo_sites.url(theme, layout))
    for device, width in WIDTHS.items():
        set_width(still, width)
        for scheme in ("light", "dark"):
            set_scheme(still, scheme)
            load_pictures(still)
            name = f"{theme}-{layout}-{scheme}-{device}"
            assert find_faults(still) == []
            keep_screenshot(still, name, whole=True)

            still.locator(".mk-ig__open:visible").nth(2).click()
            load_pictures(still)
            assert is_within(still, VIEWER, width)
            assert is_within(still, f"{VIEWER} .mk-ig__close", width)
            keep_screenshot(still, f"{name}-viewer")
            still.keyboard.press("Escape")
            assert still.locator(VIEWER).count() == 0


def is_within(page: Page, selector: str, width: int) -> bool:
    """Tell whether an element lies in the window, and nothing in it sticks out sideways."""
    element = page.locator(selector)
    box = element.bounding_box()
    assert box
    return (
        0 <= box["x"] <= box["x"] + box["width"] <= width
        and 0 <= box["y"] <= box["y"] + box["height"] <= 900
        and bool(element.evaluate("it => it.scrollWidth <= it.clientWidth"))
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_shifts_and_axe_finds_nothing(
    demo_sites: DemoSites, page: Page, theme: str, layout: str
) -> None:
    page.add_init_script(SHIFTS)
    page.route("**/*.woff*", lambda route: route.abort())  # the theme's own text shifts by these
    for width in WIDTHS.values():
        set_width(page, width)
        page.goto(demo_sites.url(theme, layout))
        scroll_through(page)
        assert page.evaluate("window.shifts") == []

        for scheme in ("light", "dark"):
            set_scheme(page, scheme)
            assert find_violations(page, ".mk-ig") == []
            page.locator(".mk-ig__open:visible").nth(2).click()
            assert find_violations(page, VIEWER) == []
            page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_feeds_in_narrow_places_are_whole(demo_sites: DemoSites, page: Page, theme: str) -> None:
    page.goto(demo_sites.url(theme, "places"))
    for device, width in WIDTHS.items():
        set_width(page, width)
        load_pictures(page)
        keep_screenshot(page, f"{theme}-places-{device}", whole=True)
        assert find_faults(page) == []
    assert find_violations(page) == []

    ids = [it.get_attribute("id") for it in page.locator("[id^=mk-ig]").all()]
    assert len(ids) == 4 + 4 + 5 + 3 * 4
    assert len(set(ids)) == len(ids)
    for opener in page.locator(".mk-ig__open:visible").all():
        opener.click()
        viewer = page.locator(VIEWER)
        assert viewer.get_attribute("id") == opener.get_attribute("popovertarget")
        page.keyboard.press("Escape")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_reads_from_right_to_left(demo_sites: DemoSites, still: Page, layout: str) -> None:
    still.goto(demo_sites.url("mkdocs", layout))
    still.evaluate("document.documentElement.dir = 'rtl'")
    for device, width in WIDTHS.items():
        set_width(still, width)
        load_pictures(still)
        keep_screenshot(still, f"mkdocs-{layout}-rtl-{device}", whole=True)
        assert find_faults(still) == []

    feed = still.locator(".mk-ig").bounding_box()
    first = still.locator(".mk-ig__frame").first.bounding_box()
    assert feed
    assert first
    assert first["x"] + first["width"] == pytest.approx(feed["x"] + feed["width"], abs=1)
    still.locator(".mk-ig__open").first.click()
    load_pictures(still)
    assert is_within(still, VIEWER, WIDTHS["desktop"])
    keep_screenshot(still, f"mkdocs-{layout}-rtl-viewer")


def test_print_shows_every_media_of_a_carousel(demo_sites: DemoSites, still: Page) -> None:
    still.goto(demo_sites.url("mkdocs", "carousel"))
    still.emulate_media(media="print")

    feed = still.locator(".mk-ig").bounding_box()
    boxes = [item.bounding_box() for item in still.locator(".mk-ig__frame").all()]
    assert feed
    assert len(boxes) == 12
    assert all(box and box["x"] + box["width"] <= feed["x"] + feed["width"] + 1 for box in boxes)
