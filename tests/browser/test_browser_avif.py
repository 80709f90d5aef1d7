"""Pages with `format: avif` in a real Chromium."""

from collections.abc import Iterator

import pytest
from browsing import (
    LAYOUTS,
    WIDTHS,
    DemoSites,
    build_demo,
    find_faults,
    needs_chromium,
    scroll_through,
    serve,
)
from playwright.sync_api import Browser, Page

pytestmark = needs_chromium

BOXES = """all => all.map(it => {
    const box = it.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height].map(Math.round);
})"""


@pytest.fixture(scope="module")
def avif_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a site that differs from `demo_sites` in nothing but the format."""
    folder = tmp_path_factory.mktemp("avif")
    site = build_demo(folder, "mkdocs", folder / "cache", images={"format": "avif"})
    with serve(site) as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1300, "height": 900}) as context:
        yield context.new_page()


@pytest.mark.parametrize("name", ["index", *LAYOUTS])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_a_page_looks_like_one_with_webp_and_loads_only_avif(
    avif_site: str, demo_sites: DemoSites, page: Page, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(demo_sites.url("mkdocs", name))
    scroll_through(page)
    boxes = page.locator(".mk-ig__img, .mk-ig__avatar").evaluate_all(BOXES)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{avif_site}{name}.html")
    scroll_through(page)

    assert page.locator(".mk-ig__img, .mk-ig__avatar").evaluate_all(BOXES) == boxes
    pictures = [url for url in asked if "mk-ig" in url and not url.endswith(".css")]
    assert len(pictures) == len(set(pictures)) > 0
    assert {url.rpartition(".")[2] for url in pictures} == {"avif"}
    assert find_faults(page) == []
    assert len(page.locator(".mk-ig").first.evaluate("it => it.outerHTML").encode()) <= (
        12_000 if name == "index" else 100_000
    )


def test_a_picture_takes_the_file_that_fits_its_place(avif_site: str, page: Page) -> None:
    """A `source` without `auto` would count as the estimate for the window."""
    page.goto(f"{avif_site}index.html")
    scroll_through(page)

    images = page.locator(".mk-ig__img")
    shown = images.evaluate_all("all => all.map(it => [it.width, it.naturalWidth])")
    assert len(shown) == 12
    for laid_out, natural in shown:
        assert natural == pytest.approx(laid_out, abs=1), "measured, not estimated"


def test_the_viewer_shows_the_widest_file(avif_site: str, page: Page) -> None:
    page.goto(f"{avif_site}grid.html")
    page.locator(".mk-ig__open").first.click()

    image = page.locator(".mk-ig__viewer:popover-open .mk-ig__img").first
    image.evaluate("it => it.decode()")
    box, stage = image.bounding_box(), page.locator(".mk-ig__stage:visible").bounding_box()
    assert box
    assert stage
    assert box["width"] == pytest.approx(stage["width"], abs=1)
    assert str(image.evaluate("it => it.currentSrc")).endswith(".avif")
