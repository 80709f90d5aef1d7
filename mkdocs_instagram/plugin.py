"""MkDocs events in firing order. Its outside thing is mkdocs.

Errors of ours become warnings or `PluginError` here, and only here is logged.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_instagram.config.site_options import InstagramConfig
from mkdocs_instagram.errors import BuildStopped
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.session import Session, SessionSettings
from mkdocs_instagram.render.build_log import BuildLog, ErrorPolicy
from mkdocs_instagram.render.environment import TEMPLATES
from mkdocs_instagram.render.pages import Location, PageFeeds

log = get_plugin_logger(__name__)

MACRO = "instagram_feed"


class InstagramPlugin(BasePlugin[InstagramConfig]):
    """Shows Instagram feeds where pages have feed tags."""

    def __init__(self) -> None:
        self._pace = Pace(is_serve=False)
        self._started: datetime | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Keep one pace for all rebuilds of `mkdocs serve`, and one time for all other builds.

        Having this event makes the plugin outlive them. static-i18n builds a site once for each
        language: of one time, they share what is fetched.
        """
        self._pace = Pace(is_serve=command == "serve")
        self._started = None if command == "serve" else datetime.now(UTC)

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Offer our templates to the theme, behind the user's own; no network, nothing opened."""
        if str(TEMPLATES) not in config.theme.dirs:
            config.theme.dirs.append(str(TEMPLATES))
        now = self._started or datetime.now(UTC)
        settings = SessionSettings.of(self.config, _find_folder(config), os.environ)
        self._session = Session(settings, self._pace, now)
        self._site = _Site(config, self.config.assets_dir)
        self._feeds = PageFeeds(
            session=self._session,
            presets=self.config.list_presets(),
            overrides=self.config.media,
            labels=self.config.labels,
            open_environment=config.theme.get_env,
            log=BuildLog(
                self._session,
                ErrorPolicy(self.config.on_error, timedelta(seconds=self.config.max_stale)),
                now,
                lambda message: log.log(message.level, "%s", message.text),
            ),
        )
        return config

    @event_priority(50)
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Give pages of mkdocs-macros `instagram_feed()`, before it lists what it has.

        After every `on_config`, so that the order of the plugins does not matter; and only once, as
        static-i18n builds a site again with the same objects. A macro of the site's own stays.
        """
        macros: Any = config.plugins.get("macros")
        if hasattr(macros, "register_macros") and MACRO not in macros.macros:
            macros.register_macros({MACRO: write_tag})

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the files, among which images are put later.

        Not in `on_files`: a plugin may give MkDocs others there after us, as static-i18n (-100).
        """
        self._site.files = files
        return nav

    @event_priority(50)
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Replace tags in rendered HTML.

        Before glightbox (0) and privacy (-100), so that they see our images.
        """
        with _stopping_without_traceback():
            return self._feeds.replace(
                html, self._site.place_of(page), keep_apart=not self.config.search
            )

    def on_env(
        self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files
    ) -> jinja2.Environment:
        """Give theme templates `instagram_feed()`; MkDocs copies static files right after."""
        env.globals[MACRO] = write_tag
        self._site.is_copied = True
        return env

    @event_priority(100)
    def _on_page_context_before_search(
        self,
        context: Any,
        *,
        page: Page,
        config: MkDocsConfig,
        nav: Navigation,
    ) -> Any:
        """Remove feeds from the page while search plugins (0) read it."""
        page.content = self._feeds.marks.remove(page.content or "")
        return context

    @event_priority(-100)
    def _on_page_context_after_search(
        self,
        context: Any,
        *,
        page: Page,
        config: MkDocsConfig,
        nav: Navigation,
    ) -> Any:
        """Restore the feeds."""
        page.content = self._feeds.marks.restore(page.content or "")
        return context

    on_page_context = CombinedEvent(_on_page_context_before_search, _on_page_context_after_search)

    @event_priority(50)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Replace tags that only appear now: in excerpts and theme templates.

        Before minify removes comments.
        """
        with _stopping_without_traceback():
            return self._feeds.complete(output, self._site.place_of(page))

    @event_priority(50)
    def on_post_template(
        self, output_content: str, *, template_name: str, config: MkDocsConfig
    ) -> str:
        """Replace tags in static templates such as 404.html."""
        if not template_name.endswith(".html"):
            return output_content
        with _stopping_without_traceback():
            return self._feeds.complete(output_content, self._site.place_of_template(template_name))

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Say what was used, and tidy the cache."""
        self._feeds.finish()

    def on_build_error(self, *, error: Exception) -> None:
        """Close what is open; MkDocs tells the error."""
        if session := getattr(self, "_session", None):
            session.close()


def write_tag(preset: str = "", /, **options: Any) -> Markup:
    """Return a feed tag for a template: `{{ instagram_feed("team", limit=6) }}`.

    The tag is replaced once the page is rendered.
    """
    # In a comment "--" may end it too early; in JSON, which YAML reads, the escape means the same.
    # Not so the two escapes of an emoji, so that characters stand as they are.
    text = json.dumps(options, default=str, ensure_ascii=False) if options else ""
    text = text.replace("--", "-\\u002d")
    words = " ".join(filter(None, ("instagram", preset, text)))
    return Markup(f"<!-- {words} -->")  # noqa: S704 - the site's own template wrote it


class _Site:
    """What a build has of MkDocs: where files are put, and what URLs they have."""

    def __init__(self, config: MkDocsConfig, assets_dir: str) -> None:
        self.files = Files([])
        self.is_copied = False
        self._config = config
        self._assets_dir = assets_dir

    def place_of(self, page: Page) -> Location:
        """Return the place that a page is."""

        def publish(name: str, path: Path) -> str:
            return self._publish(name, path).url_relative_to(page.file)

        context = {"page": page, "config": self._config}
        return Location(page.file.src_uri, publish, context, self._language)

    def place_of_template(self, template: str) -> Location:
        """Return the place that a template is; 404.html, served at any depth, has absolute URLs."""

        def publish(name: str, path: Path) -> str:
            file = self._publish(name, path)
            if template != "404.html":
                return file.url_relative_to(template)
            return f"{urlsplit(self._config.site_url or '/').path.rstrip('/')}/{file.url}"

        context = {"page": None, "config": self._config}
        return Location(template, publish, context, self._language)

    @property
    def _language(self) -> str:
        """What the theme says as late as now: static-i18n sets it after our `on_config`."""
        theme = self._config.theme
        return str(theme.get("language") or theme.get("locale") or "")

    def _publish(self, name: str, path: Path) -> File:
        """Return the file of the site called `name`, put there from `path` if it is new."""
        src_uri = f"{self._assets_dir}/{name}"
        file = self.files.get_file_from_path(src_uri)
        if file is None:
            included = InclusionLevel.INCLUDED
            file = File.generated(self._config, src_uri, abs_src_path=str(path), inclusion=included)
            self.files.append(file)
            if self.is_copied:
                file.copy_file()
        return file


@contextmanager
def _stopping_without_traceback() -> Iterator[None]:
    try:
        yield
    except BuildStopped as error:
        raise PluginError(str(error)) from None


def _find_folder(config: MkDocsConfig) -> Path:
    """Return the folder of mkdocs.yml, beside the documents where the configuration is no file."""
    return Path(config.config_file_path or config.docs_dir).parent
