"""What moves in Chromium, Firefox and WebKit while pictures load: nothing."""

import time
from pathlib import Path

import pytest
from browsing import DemoSites, Quiet, serve
from engines import Engine, Settings

PLACES = """[...document.querySelectorAll(
        ".mk-ig, .mk-ig__item, .mk-ig__frame, .mk-ig__text, .mk-ig__header")].map(it => {
    const box = it.getBoundingClientRect();
    return [box.x, box.y + scrollY, box.width, box.height].map(Math.round).join(" ");
})"""


class Late(Quiet):
    """Serves pages that note where everything is before the first picture comes."""

    def do_GET(self) -> None:  # noqa: N802 - http.server names it
        if not self.path.endswith(".html"):
            time.sleep(0.3 if self.path.endswith(".webp") else 0)
            return super().do_GET()
        page = Path(self.directory, self.path[1:]).read_bytes()
        script = f"<script>window.before = {PLACES}</script></body>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.replace(b"</body>", script.encode()))
        return None


@pytest.mark.parametrize(
    ("name", "width"), [("grid", 390), ("carousel", 390), ("masonry", 1280), ("highlight", 1280)]
)
def test_nothing_moves_when_pictures_come(
    engine: Engine, demo_sites: DemoSites, name: str, width: int
) -> None:
    engine.use(Settings(width, 900))
    with serve(demo_sites.folder("mkdocs"), Late) as url:
        engine.open(f"{url}{name}.html")
        engine.scroll_through()
        engine.run("scrollTo(0, 0)")
        engine.wait_for("scrollY == 0")

    before, after = engine.run(f"return [window.before, {PLACES}]")
    assert len(after) > 24
    assert after == before
