"""Other programs at the same work.

eleventy-fetch and eleventy-img are installed by npm into a temporary folder; without npm they are
left out. The privacy plugin of Material for MkDocs gets the same pictures as `<img>` in a page.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from mkdocs_instagram.instagram import graph

from . import builds
from .process import run
from .world import TOKEN, World

Files = Sequence[tuple[str, int]]
"""Format and width of each file that is made of a picture."""
HERE = Path(__file__).parent
PACKAGES = ("@11ty/eleventy-fetch", "@11ty/eleventy-img")
PRIVACY_SITE = """
site_name: Harbour Bakery
theme: {name: material, font: false}
plugins: [{privacy: {assets_exclude: [unpkg.com/*]}}]
"""
PRIVACY = ("material/privacy", "material.plugins.privacy.plugin")


def list_urls(world: World, limit: int) -> dict[str, list[str]]:
    """Return the URLs of the API calls, and of the pictures of the newest media."""
    requests = [graph.user_request(), graph.media_request(limit)]
    return {
        "api": [
            f"https://{graph.HOST}{it.path}?{urlencode({**it.params, 'access_token': TOKEN})}"
            for it in requests
        ],
        "pictures": [world.fake.cdn.image_url(it) for it in world.user.listing()[:limit]],
    }


def measure_network(world: World, limit: int) -> float:
    """Return the seconds of the downloads alone, with as many connections as we use."""
    return _limit("network", list_urls(world, limit), world.site.whole_environment())


def measure_encoding(pictures: Sequence[bytes], files: Files, folder: Path) -> float:
    """Return the seconds of decoding and encoding alone, on all processors.

    Args:
        pictures: The bytes of the originals.
        files: What to make of each.
        folder: Gets originals and files.
    """
    paths = [folder / f"{number}.jpg" for number in range(len(pictures))]
    for path, data in zip(paths, pictures, strict=True):
        path.write_bytes(data)
    wanted = {"pictures": [str(path) for path in paths], "files": files}
    return _limit("encode", wanted, os.environ)


def _limit(what: str, wanted: Any, environment: Mapping[str, str]) -> float:
    command = [sys.executable, str(HERE / "limits.py"), what]
    return float(run(command, Path.cwd(), environment, wanted).told["seconds"])


class Eleventy:
    """Two npm packages in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
        subprocess.run([*npm, *PACKAGES], check=True, stdout=subprocess.DEVNULL)

    @property
    def versions(self) -> str:
        """Their names and versions, and that of Node.js."""
        found = []
        for package in PACKAGES:
            path = self._folder / "node_modules" / package / "package.json"
            found.append(f"{package} {json.loads(path.read_text())['version']}")
        node = subprocess.run(["node", "--version"], capture_output=True, check=True, text=True)
        return f"{', '.join(found)}, Node.js {node.stdout.strip().lstrip('v')}"

    def build(self, world: World, limit: int, files: Files, *, cold: bool) -> float:
        """Make `files` of each picture and return the seconds, imports included."""
        if cold:
            for name in (".cache", "img"):
                shutil.rmtree(self._folder / name, ignore_errors=True)
        environment = world.site.whole_environment()
        environment["NODE_EXTRA_CA_CERTS"] = str(world.fake.ca_file)
        command = ["node", str(HERE / "eleventy.mjs"), str(world.fake.port)]
        kinds = {kind: [width for other, width in files if other == kind] for kind, _ in files}
        wanted = {**list_urls(world, limit), "files": kinds}
        done = run(command, self._folder, environment, wanted)
        return float(done.told["seconds"])


def open_eleventy(folder: Path) -> Eleventy | None:
    """Return eleventy's packages; `None` without Node.js and npm."""
    return Eleventy(folder) if shutil.which("npm") and shutil.which("node") else None


def measure_privacy(world: World, limit: int, times: int, *, cold: bool = True) -> builds.Measured:
    """Measure the privacy plugin with the same pictures; it downloads them and encodes none."""
    pictures = list_urls(world, limit)["pictures"]
    images = "".join(f'<img src="{url}" alt="">\n' for url in pictures)
    world.site.write({"index.md": f"# One\n\n{images}"})
    (world.site.folder / "mkdocs.yml").write_text(PRIVACY_SITE, encoding="utf-8")
    trust = {"REQUESTS_CA_BUNDLE": str(world.fake.ca_file)}
    return builds.measure(world, times, cold=cold, plugin=PRIVACY, environment=trust)
