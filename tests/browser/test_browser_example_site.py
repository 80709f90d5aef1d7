"""The example site in Chromium: what a stranger sees of it."""

from collections.abc import Iterator

import pytest
from browsing import WIDTHS, Pages, find_faults, needs_chromium, scroll_through, serve
from sites import Build

pytestmark = needs_chromium

SHOWN = ("", "gallery/", "guide/options/", "guide/start/")


@pytest.fixture(scope="module")
def address(example_site: Build) -> Iterator[str]:
    with serve(example_site.site) as address:
        yield address


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_pages_fit_and_load_nothing_from_other_sites(
    address: str, pages: Pages, width: int
) -> None:
    with pages.open(has_scripts=True) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.set_viewport_size({"width": width, "height": 844})
        for path in SHOWN:
            page.goto(address + path)
            scroll_through(page)
            assert find_faults(page) == [], path
            broken = "all => all.filter(it => it.complete && !it.naturalWidth).length"
            assert page.locator("img").evaluate_all(broken) == 0
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_no_page_is_wider_than_a_phone(address: str, example_site: Build, pages: Pages) -> None:
    wide = {}
    with pages.open(has_scripts=True) as page:
        page.set_viewport_size({"width": WIDTHS["phone"], "height": 844})
        for name in example_site.pages:
            page.goto(f"{address}{name}", wait_until="domcontentloaded")
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > WIDTHS["phone"]:
                wide[name] = width
    assert len(example_site.pages) > 15
    assert wide == {}


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_the_button_to_copy_covers_no_code(address: str, pages: Pages, width: int) -> None:
    with pages.open(has_scripts=True) as page:
        page.set_viewport_size({"width": width, "height": 844})
        for path in SHOWN:
            page.goto(address + path)
            buttons = page.locator("pre .md-code__button, pre .md-clipboard")
            buttons.first.wait_for(state="attached")
            covered = buttons.evaluate_all(
                """all => all.map(button => [
                    button.getBoundingClientRect().left,
                    button.closest("pre").querySelector("code").getBoundingClientRect().right,
                ]).filter(([left, right]) => left < right)"""
            )
            assert covered == []


def test_options_in_tags_are_highlighted_as_yaml(address: str, pages: Pages) -> None:
    with pages.open(has_scripts=False) as page:
        page.goto(f"{address}gallery/")
        first = page.locator(".highlight code").first
        assert first.locator(".nt").all_inner_texts() == [
            *["instagram", "header", "limit", "columns", "small", " medium", "ratio", "open"]
        ]
