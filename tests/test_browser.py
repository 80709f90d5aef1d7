"""Built pages in a real Chromium: what a visitor sees and what the page loads."""

import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from conftest import TOKEN
from fake import FakeInstagram
from playwright.sync_api import Browser, Page, sync_playwright
from sites import Site

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("MK_IG_REQUIRE_CHROMIUM"),
    reason="CHROMIUM IS MISSING: install Debian's `chromium` to see pages in a browser",
)

WIDTHS = {"phone": 390, "desktop": 1300}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def served(site: Site, fake: FakeInstagram) -> Iterator[tuple[Site, str]]:
    """A site whose folder is served on loopback; it is built by the test."""
    fake.add_user(TOKEN).add_mixed(12)
    (site.folder / "site").mkdir()
    handler = partial(_Quiet, directory=str(site.folder / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield site, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def scroll_through(page: Page) -> None:
    """Bring every picture into view, so that lazy ones load."""
    for image in page.locator(".mk-ig__img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_a_feed_is_whole_and_loads_nothing_from_elsewhere(
    served: tuple[Site, str], browser: Browser, theme: str, width: int
) -> None:
    site, url = served
    site.config["theme"] = {"name": theme, **({"font": False} if theme == "material" else {})}
    options = "{caption: below, show: [type, date, likes, comments]}"
    site.write({"index.md": f"# Bread\n\n<!-- instagram {options} -->\n"})
    assert site.build("--strict").status == 0

    # With scripts, though ours has none: without, browsers ignore loading="lazy" and load twice.
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    scroll_through(page)

    ours = [address for address in asked if "mk-ig" in address]
    assert len([address for address in ours if address.endswith(".webp")]) == 12
    assert len([address for address in ours if address.endswith(".css")]) == 1
    assert not [address for address in ours if not address.startswith(url)]
    boxes = [item.bounding_box() for item in page.locator(".mk-ig__frame").all()]
    widths = {round(box["width"]) for box in boxes if box}
    heights = {round(box["height"]) for box in boxes if box}
    assert len(boxes) == 12
    assert len(widths) == 1
    assert max(heights) - min(widths) <= 1, "square frames"
    feed = page.locator(".mk-ig").bounding_box()
    assert feed
    assert all(box and box["x"] + box["width"] <= feed["x"] + feed["width"] + 1 for box in boxes)
    page.close()


@pytest.mark.parametrize(("option", "columns"), [("2", 2), ("{small: 2, medium: 3, large: 5}", 5)])
def test_columns_are_as_many_as_asked_for(
    served: tuple[Site, str], browser: Browser, option: str, columns: int
) -> None:
    site, url = served
    site.write({"index.md": f"<!-- instagram {{columns: {option}}} -->\n"})
    assert site.build("--strict").status == 0

    page = browser.new_page(viewport={"width": 1600, "height": 900}, java_script_enabled=False)
    page.goto(url)

    boxes = [item.bounding_box() for item in page.locator(".mk-ig__item").all()]
    top = min(box["y"] for box in boxes if box)
    assert len([box for box in boxes if box and box["y"] == top]) == columns
    page.close()


def test_every_media_is_reached_by_keyboard(served: tuple[Site, str], browser: Browser) -> None:
    site, url = served
    assert site.build("--strict").status == 0
    page = browser.new_page()
    page.goto(url)

    page.locator(".mk-ig__link").first.focus()
    reached = []
    for _ in range(12):
        reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
        page.keyboard.press("Tab")

    assert len(set(reached)) == 12
    assert all(href.startswith("https://www.instagram.com/") for href in reached)
    page.close()


def test_the_screenshots_are_kept(served: tuple[Site, str], browser: Browser) -> None:
    site, url = served
    site.config["theme"] = {"name": "material", "font": False}
    assert site.build("--strict").status == 0
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.goto(url)
    scroll_through(page)

    picture = page.screenshot(full_page=True)

    if folder := os.environ.get("MK_IG_SCREENSHOTS"):
        (Path(folder) / "feed.png").write_bytes(picture)
    assert picture.startswith(b"\x89PNG")
    page.close()
