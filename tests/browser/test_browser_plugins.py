"""Pages of sites with other plugins, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import needs_chromium, serve
from compatibility import THEMES, DemoSite
from conftest import TOKEN
from fake import FakeInstagram
from playwright.sync_api import Browser, Dialog, Page, Route, expect
from sites import Site

pytestmark = needs_chromium

SITE_URL = "https://quillmoor.example.org/docs/"
HOSTILE = "Rye <img src=x onerror=alert(1)> &lt;b&gt; \" ' --> {{ 7*191 }}\nsecond line"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1300, "height": 900}) as context:
        yield context.new_page()


@pytest.mark.works_with("Material: navigation.instant, in a browser", "mkdocs-material")
def test_feed_and_viewer_work_after_an_instant_navigation(tmp_path: Path, page: Page) -> None:
    site = DemoSite(tmp_path, before=["search"])
    site.config["theme"] = {**THEMES["material"], "features": ["navigation.instant"]}
    tag = "<!-- instagram {limit: 2, open: viewer, caption: below} -->"
    site.write(
        {"docs/index.md": "# Home\n\n[To the feed](feed.md)", "docs/feed.md": f"# Feed\n\n{tag}"}
    )
    build = site.build("--strict")
    assert build.status == 0, build.log

    answer_from(build.site, page)
    page.goto(SITE_URL)
    page.wait_for_load_state("networkidle")
    page.evaluate("window.isStillThere = true")
    page.get_by_role("link", name="To the feed").click()
    expect(page.locator(".mk-ig__item")).to_have_count(2)

    assert page.evaluate("window.isStillThere"), "the page was loaded anew"
    expect(page.locator(".mk-ig__items")).to_have_css("display", "grid")
    page.locator(".mk-ig__open").first.click()
    expect(page.locator(".mk-ig__viewer:popover-open")).to_be_visible()
    page.keyboard.press("Escape")
    page.go_back()
    expect(page.locator(".mk-ig")).to_have_count(0)
    assert page.evaluate("window.isStillThere")


def answer_from(folder: Path, page: Page) -> None:
    """Serve a built site to a page under the site's own URL, which the sitemap names."""

    def answer(route: Route) -> None:
        path = folder / urlsplit(route.request.url).path.removeprefix("/docs/")
        route.fulfill(path=path / "index.html" if path.is_dir() else path)

    page.route(f"{SITE_URL}**", answer)


@pytest.mark.works_with("glightbox, in a browser", "mkdocs-glightbox")
@pytest.mark.parametrize("start", ["", "."])
def test_a_lightbox_shows_hostile_captions_as_text(
    site: Site, fake: FakeInstagram, page: Page, start: str
) -> None:
    user = fake.add_user(TOKEN)
    for number in (1, 2, 3):
        user.add_media(caption=f"{start}{HOSTILE} {number}", alt_text=HOSTILE)
    site.after = [{"glightbox": {"auto_caption": True}}]
    tags = ("<!-- instagram {open: image} -->", "<!-- instagram {limit: 1, open: none} -->")
    site.write({"index.md": "\n\n".join(tags)})
    build = site.build("--strict")
    assert build.status == 0, build.log

    with serve(build.site) as url:
        dialogs: list[str] = []

        def note(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", note)
        page.goto(url)
        assert page.locator("a.glightbox").count() == 3
        page.locator("a.glightbox").first.click()
        slide = page.locator(".gslide.current")
        shown = slide.locator(".gslide-desc").inner_text()
        page.wait_for_timeout(300)

        assert shown.replace("\n", " ").startswith(f"{start}{HOSTILE}".replace("\n", " "))
        assert "\n" in shown
        assert slide.locator(".gslide-title").inner_text().startswith("Photo, ")
        assert page.locator(".gslide").count() == 3, "one gallery"
        page.keyboard.press("ArrowRight")
        expect(page.locator(".gslide").nth(1)).to_have_class("gslide loaded current")
        assert dialogs == []
        assert page.locator(".gslide-desc img").count() == 0
