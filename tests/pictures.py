"""Makes the pictures of the README and of the themes: `make pictures`."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import yaml
from browsing import THEMES, load_pictures, open_browser, serve
from PIL import Image
from playwright.sync_api import Browser, ViewportSize

ROOT = Path(__file__).parent.parent
ASSETS = ROOT / "example-site" / "docs" / "assets"
PAGES = ROOT / "tests" / "sites" / "pictures"
QUALITY = 70
# The width of the window, in CSS pixels: Material shows its tabs from 1220 on.
WIDTHS: Mapping[str, int] = {"material": 1240, "mkdocs": 1024, "readthedocs": 1024}


def build(folder: Path, theme: str, cache_dir: Path) -> Path:
    """Build the site of the pictures in a theme; returns its folder."""
    folder.mkdir(parents=True)
    config = {
        "site_name": "Quillmoor Observatory",
        "docs_dir": str(PAGES),
        "theme": {"name": theme, "features": ["navigation.tabs"], **THEMES[theme]},
        "nav": [{"Home": "index.md"}, {"Gallery": "gallery.md"}, {"Visit": "visit.md"}],
        "plugins": [
            "search",
            {
                "instagram": {
                    "accounts": {"main": {"demo": True}},
                    "media": {"DemoParsec4": {"pin": True}, "DemoRedBik5": {"hide": True}},
                    "cache_dir": str(cache_dir),
                }
            },
        ],
    }
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet"],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
        timeout=180,
    )
    return folder / "site"


def picture_theme(browser: Browser, url: str, theme: str) -> Image.Image:
    """Return a picture of the first page of a site."""
    width = WIDTHS[theme]
    size: ViewportSize = {"width": width, "height": width * 3 // 4}
    with browser.new_page(viewport=size, device_scale_factor=1600 / width) as page:
        page.goto(url)
        load_pictures(page)
        shot = Image.open(BytesIO(page.screenshot()))
    return shot.convert("RGB").resize((800, 600), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the pictures into the example site."""
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        folder = Path(name)
        for theme in THEMES:
            with serve(build(folder / theme, theme, folder / "cache")) as url:
                picture = picture_theme(browser, url, theme)
            picture.save(ASSETS / f"theme-{theme}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
