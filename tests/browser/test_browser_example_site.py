"""The example site in Chromium: what a stranger sees of it."""

from collections.abc import Iterator

import pytest
from browsing import DESKTOP, WIDTHS, Pages, find_faults, needs_chromium, scroll_through, serve
from playwright.sync_api import Page
from sites import Build

pytestmark = needs_chromium

FEEDS = ("index.html", "gallery/index.html")


@pytest.fixture(scope="module")
def address(example_site: Build) -> Iterator[str]:
    with serve(example_site.site) as address:
        yield address


def find_covered(page: Page) -> list[list[float]]:
    """Return where a button to copy begins before its code ends."""
    buttons = page.locator("pre .md-code__button, pre .md-clipboard")
    if page.locator("pre > code").count():
        buttons.first.wait_for(state="attached")
    found: list[list[float]] = buttons.evaluate_all(
        """all => all.map(button => [
            button.getBoundingClientRect().left,
            button.closest("pre").querySelector("code").getBoundingClientRect().right,
        ]).filter(([left, right]) => left < right)"""
    )
    return found


def test_on_a_phone_nothing_sticks_out_and_no_button_covers_code(
    address: str, example_site: Build, pages: Pages
) -> None:
    names = [name for name in example_site.pages if name != "try/index.html"]
    assert len(names) > 15
    with pages.open(has_scripts=True) as page:
        page.set_viewport_size({"width": WIDTHS["phone"], "height": 844})
        for name in names:
            page.goto(f"{address}{name}", wait_until="domcontentloaded")
            assert find_faults(page) == [], name
            assert find_covered(page) == [], name
        page.goto(f"{address}try/")
        assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS["phone"]


def test_feeds_fill_a_wide_page_and_load_nothing_from_other_sites(
    address: str, pages: Pages
) -> None:
    asked: list[str] = []
    with pages.open(has_scripts=True) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.set_viewport_size(DESKTOP)
        for name in FEEDS:
            page.goto(f"{address}{name}")
            scroll_through(page)
            assert find_faults(page) == [], name
            assert find_covered(page) == [], name
            broken = "all => all.filter(it => it.complete && !it.naturalWidth).length"
            assert page.locator("img").evaluate_all(broken) == 0
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_options_in_tags_are_highlighted_as_yaml(address: str, pages: Pages) -> None:
    with pages.open(has_scripts=False) as page:
        page.goto(f"{address}gallery/")
        first = page.locator(".highlight code").first
        assert first.locator(".nt").all_inner_texts() == [
            *["instagram", "header", "limit", "columns", "small", " medium", "ratio", "open"]
        ]
