"""Pages with `format: avif` in a real Chromium, and what three engines fetch."""

from collections.abc import Iterator
from functools import partial

import pytest
from browsing import (
    LAYOUTS,
    WIDTHS,
    Counting,
    DemoSites,
    find_faults,
    needs_chromium,
    scroll_through,
    serve,
)
from engines import Engine, Settings
from playwright.sync_api import Browser, Page

BOXES = """all => all.map(it => {
    const box = it.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height].map(Math.round);
})"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1300, "height": 900}) as context:
        yield context.new_page()


@needs_chromium
@pytest.mark.parametrize("name", ["index", *LAYOUTS])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_a_page_looks_like_one_with_webp_and_loads_only_avif(
    demo_sites: DemoSites, page: Page, name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(demo_sites.url("mkdocs", name))
    scroll_through(page)
    boxes = page.locator(".mk-ig__img, .mk-ig__avatar").evaluate_all(BOXES)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(demo_sites.url("mkdocs", name, image_format="avif"))
    scroll_through(page)

    assert page.locator(".mk-ig__img, .mk-ig__avatar").evaluate_all(BOXES) == boxes
    pictures = [url for url in asked if "mk-ig" in url and not url.endswith(".css")]
    assert len(pictures) == len(set(pictures)) > 0
    assert {url.rpartition(".")[2] for url in pictures} == {"avif"}
    assert find_faults(page) == []
    assert len(page.locator(".mk-ig").first.evaluate("it => it.outerHTML").encode()) <= (
        12_000 if name == "index" else 100_000
    )


@needs_chromium
def test_a_picture_takes_the_file_that_fits_its_place(demo_sites: DemoSites, page: Page) -> None:
    """A `source` without `auto` would count as the estimate for the window."""
    page.goto(demo_sites.url("mkdocs", "index", image_format="avif"))
    scroll_through(page)

    images = page.locator(".mk-ig__img")
    shown = images.evaluate_all("all => all.map(it => [it.width, it.naturalWidth, it.loading])")
    assert len(shown) == 12
    for laid_out, natural, loading in shown:
        # What is loaded at once is not laid out yet: its width is an estimate.
        tolerance = 1 if loading == "lazy" else 0.1 * laid_out
        assert natural == pytest.approx(laid_out, abs=tolerance)


@needs_chromium
def test_the_viewer_shows_the_widest_file(demo_sites: DemoSites, page: Page) -> None:
    page.goto(demo_sites.url("mkdocs", "grid", image_format="avif"))
    page.locator(".mk-ig__open").first.click()

    image = page.locator(".mk-ig__viewer:popover-open .mk-ig__img").first
    image.evaluate("it => it.decode()")
    box, stage = image.bounding_box(), page.locator(".mk-ig__stage:visible").bounding_box()
    assert box
    assert stage
    assert box["width"] == pytest.approx(stage["width"], abs=1)
    assert str(image.evaluate("it => it.currentSrc")).endswith(".avif")


@pytest.mark.parametrize("scale", [1, 2])
def test_each_picture_is_fetched_once_and_as_avif(
    engine: Engine, demo_sites: DemoSites, scale: int
) -> None:
    for width in WIDTHS.values():
        asked: list[str] = []
        engine.use(Settings(width, 900, scale=scale))
        with serve(demo_sites.folder("mkdocs", "avif"), partial(Counting, asked)) as url:
            engine.open(f"{url}index.html")
            engine.scroll_through()

        pictures = [path for path in asked if "mk-ig" in path and not path.endswith(".css")]
        assert len(pictures) == len(set(pictures)) == 12
        assert {path.rpartition(".")[2] for path in pictures} == {"avif"}
