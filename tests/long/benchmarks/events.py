"""The time that pages without a tag take.

Every event of a page is called as MkDocs does, with our plugin, and with one that has the same
events, all empty. The pages are 60 kB of content in 20 kB of theme; some contain what slows down a
search for tags. Times are processor time.
"""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, CombinedEvent, PluginCollection
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_instagram.plugin import InstagramPlugin

PAGES = 200
ROUNDS = 25
LINE = "<p>Plain words about bread, and <a href='#rye'>some more</a> about rye.</p>\n"
CONTENT = LINE * (60_000 // len(LINE))
THEME = "<li class='nav__item'><a class='nav__link' href='../'>Another page</a></li>\n" * 260
CONTENTS = {
    "plain words": CONTENT,
    "with 40 exclamation marks": CONTENT.replace("rye.", "rye!", 40),
    "with 400 exclamation marks": CONTENT.replace("rye.", "rye!", 400),
    "with 100 comments": CONTENT.replace("</p>", "</p><!-- a comment -->", 100),
    "with 100 times the word instagram": CONTENT.replace("bread", "instagram", 100),
}


class Nothing(Config):
    """No options."""


class Empty(BasePlugin[Nothing]):
    """Has our events, all of them empty."""

    def on_page_content(self, html: str, **_: Any) -> str:
        return html

    def _on_page_context(self: Any, /, context: Any, **_: Any) -> Any:
        return context

    on_page_context = CombinedEvent(_on_page_context, _on_page_context)

    def on_post_page(self, output: str, **_: Any) -> str:
        return output


def load(folder: Path) -> MkDocsConfig:
    """Return the config of a site with our plugin, as at the start of a build."""
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(
        "site_name: Bench\nplugins: [{instagram: {accounts: {demo: {demo: true}}}}]\n"
    )
    config = load_config(str(folder / "mkdocs.yml"))
    config.plugins.on_startup(command="build", dirty=False)
    return config.plugins.on_config(config)


def measure(plugins: PluginCollection, config: MkDocsConfig, content: str) -> list[float]:
    """Return the seconds per page of each round."""
    files, nav = Files([]), Navigation([], [])
    page = Page("Bench", File("bench.md", config.docs_dir, config.site_dir, True), config)
    context: Any = {}
    rounds = []
    for _ in range(ROUNDS):
        spent = 0.0
        for _ in range(PAGES):
            html = f"{content}\n"  # a new string, as Markdown and templates return
            output = f"<!doctype html><head></head>{THEME}{html}"
            began = time.thread_time()
            page.content = plugins.on_page_content(html, page=page, config=config, files=files)
            plugins.on_page_context(context, page=page, config=config, nav=nav)
            plugins.on_post_page(output, page=page, config=config)
            spent += time.thread_time() - began
        rounds.append(spent / PAGES)
    return rounds


def measure_all() -> dict[str, float]:
    """Return the median of each kind of page, with and without a feed on another page."""
    empty = PluginCollection()
    empty["empty"] = Empty()
    with tempfile.TemporaryDirectory() as folder:
        config = load(Path(folder))
        ours = PluginCollection({})
        ours["instagram"] = plugin = config.plugins["instagram"]
        assert isinstance(plugin, InstagramPlugin)
        found = {"empty events": measure(empty, config, CONTENT)}
        for what, content in CONTENTS.items():
            found[what] = measure(ours, config, content)
        plugin._feeds.marks.wrap("", 1)  # as after a page that has a feed
        found["plain words, and a feed on another page"] = measure(ours, config, CONTENT)
    return {what: statistics.median(seconds) for what, seconds in found.items()}
