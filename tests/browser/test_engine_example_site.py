"""The example site in Chromium, Firefox and WebKit: screenshots to review."""

from collections.abc import Iterator

import pytest
from browsing import name_screenshot, serve
from engines import Engine, Settings
from sites import Build

SIZES = (Settings(390, 844), Settings(1280, 800))
PAGES = {"home": "", "gallery": "gallery/", "editor": "try/"}


@pytest.fixture(scope="module")
def address(example_site: Build) -> Iterator[str]:
    with serve(example_site.site) as address:
        yield address


@pytest.mark.skipif(not name_screenshot(""), reason="only with MK_IG_SCREENSHOTS, as in CI")
@pytest.mark.parametrize("page", PAGES)
def test_the_first_screen_fits(engine: Engine, address: str, page: str) -> None:
    for size in SIZES:
        engine.use(size)
        engine.open(f"{address}{PAGES[page]}")
        engine.wait_for_pictures()
        assert engine.run("return document.documentElement.scrollWidth") <= size.width
        if path := name_screenshot(f"example-{page}-{size.width}-{engine.name}"):
            engine.screenshot().convert("RGB").save(path, quality=80)
