"""The example site in Chromium, Firefox and WebKit: screenshots to review."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import serve
from engines import Engine, Settings
from sites import Build

FOLDER = os.environ.get("MK_IG_SCREENSHOTS")
SIZES = (Settings(390, 844), Settings(1280, 800))
PAGES = {"home": "", "gallery": "gallery/", "editor": "try/"}

pytestmark = pytest.mark.skipif(not FOLDER, reason="only with MK_IG_SCREENSHOTS, as in CI")


@pytest.fixture(scope="module")
def address(example_site: Build) -> Iterator[str]:
    with serve(example_site.site) as address:
        yield address


@pytest.mark.parametrize("page", PAGES)
def test_the_first_screen_fits(engine: Engine, address: str, page: str) -> None:
    for size in SIZES:
        engine.use(size)
        engine.open(f"{address}{PAGES[page]}")
        engine.wait_for(
            """[...document.images].every(image => {
                const box = image.getBoundingClientRect();
                return image.complete || !image.checkVisibility()
                    || box.top >= innerHeight || box.left >= innerWidth;
            })"""
        )
        assert engine.run("return document.documentElement.scrollWidth") <= size.width
        Path(FOLDER or "").mkdir(parents=True, exist_ok=True)
        engine.screenshot().convert("RGB").save(
            Path(FOLDER or "", f"example-{page}-{size.width}-{engine.name}.jpg"), quality=80
        )
