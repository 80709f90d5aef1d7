"""The editor of feed tags, in place of the page `try.md`."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.config.site_options import load_options
from mkdocs_instagram.feed.saved_feed import load_saved
from mkdocs_instagram.feed.session import SessionSettings
from mkdocs_instagram.render.editor import NEEDED, make_editor

# Not the options of this site: what is copied is for a site that has none yet.
OPTIONS = {"accounts": {"demo": {"demo": True}}, "videos": "file"}


@event_priority(-50)
def on_post_build(config: MkDocsConfig) -> None:
    """Write the editor, after the plugin has finished with its cache."""
    site, options = Path(config.site_dir), load_options(OPTIONS, None)
    target = site / "try" / "index.html"
    if not target.is_file():  # in the sites of the other themes
        return
    folder = Path(config.config_file_path).parent
    cache_dir = config.plugins["instagram"].config.locate_cache(folder)
    settings = SessionSettings.of(options, folder)
    demo = settings.accounts["demo"]

    def publish(name: str, write: Callable[[Path], bool]) -> bool:
        path = site / options.assets_dir / name
        return path.exists() or write(path)

    with closing(Cache(cache_dir)) as cache:
        now = datetime.now(UTC)
        loaded = load_saved(demo, NEEDED, settings, cache, now=now, publish=publish)
    page = make_editor(
        loaded, options, publish, lambda name: f"../{options.assets_dir}/{name}", home="../"
    )
    target.write_text(page, encoding="utf-8")
