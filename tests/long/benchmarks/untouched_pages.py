"""How long `inject` takes for pages without a tag, beside reading them.

python untouched_pages.py [pages]
"""

import sys
import tempfile
import time
from pathlib import Path

from mkdocs_instagram.render.built_pages import read_page
from mkdocs_instagram.render.built_site import BuiltSite

# 37 kB, as a page of Material for MkDocs.
_LINE = "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p><!-- a comment -->\n"
PAGE = f"<html><body>{_LINE * 50}{'<p>' + 'x' * 35000}<a href='https://www.instagram.com/'>Us</a></body></html>"


def measure(folder: Path, count: int) -> dict[str, float]:
    """Write so many pages, and return microseconds for a page: to read it, and beyond."""
    for number in range(count):
        path = folder / str(number % 50) / f"{number}.html"
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAGE, encoding="utf-8")
    paths = sorted(folder.rglob("*.html"))
    began = time.perf_counter()
    for path in paths:
        path.read_bytes()
    read = time.perf_counter()
    site = BuiltSite(folder, "assets")
    site.remove_unfinished()
    found = [read_page(path, name) for path, name in site.list_pages()]
    ended = time.perf_counter()
    assert found == [None] * count
    reading = (read - began) / count * 1e6
    return {"reading": reading, "beyond": (ended - read) / count * 1e6 - reading}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        pages = int(sys.argv[1]) if sys.argv[1:] else 5000
        for name, microseconds in measure(Path(temporary), pages).items():
            print(f"{name}: {microseconds:.0f} µs a page")
