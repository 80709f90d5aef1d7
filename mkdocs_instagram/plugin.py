"""MkDocs' events, in the order they fire."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel, set_exclusions
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_instagram.config.cache_folder import check_cache_folder, check_snapshot_folders
from mkdocs_instagram.config.documentation import add_link
from mkdocs_instagram.config.site_options import InstagramConfig
from mkdocs_instagram.errors import BuildStopped, OptionError
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.progress import make_progress
from mkdocs_instagram.feed.session import Session, SessionSettings
from mkdocs_instagram.render.build_log import BuildLog
from mkdocs_instagram.render.environment import TEMPLATES
from mkdocs_instagram.render.pages import Location, PageFeeds
from mkdocs_instagram.render.stylesheet import name_stylesheet
from mkdocs_instagram.text import hide_tokens

log = get_plugin_logger(__name__)

MACRO = "instagram_feed"
PDF_PLUGINS = {"to-pdf", "with-pdf"}


class InstagramPlugin(BasePlugin[InstagramConfig]):
    """Shows Instagram feeds where pages have feed tags."""

    def __init__(self) -> None:
        self._pace = Pace(is_serve=False)
        self._started: datetime | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Keep one pace for all rebuilds of `mkdocs serve`, and one time for all other builds.

        MkDocs keeps a plugin that has this event from build to build. static-i18n builds a site
        once for each language: with the same time, its builds share what is fetched.
        """
        self._pace = Pace(is_serve=command == "serve")
        self._started = None if command == "serve" else datetime.now(UTC)

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Put our templates behind the theme's; use no network and open nothing."""
        if str(TEMPLATES) not in config.theme.dirs:
            config.theme.dirs.append(str(TEMPLATES))
        now = self._started or datetime.now(UTC)
        # A configuration that is not a file is taken to be beside its documents.
        path = Path(config.config_file_path or config.docs_dir)
        settings = SessionSettings.of(self.config, path.parent)
        with _stopping_without_traceback():
            folders, is_published = _list_folders(config), partial(_is_published, config)
            check_cache_folder(settings.cache_dir, folders, path, is_published)
            check_snapshot_folders(settings.accounts.values(), folders, path, is_published)
        progress = make_progress(log.info, sys.stderr) if log.isEnabledFor(logging.INFO) else None
        self._site = _Site(config, self.config.assets_dir)
        self._session = Session(
            settings, self._pace, now, progress=progress, publish=self._site.publish
        )
        self._feeds = PageFeeds(
            self._session,
            self.config,
            config.theme.get_env,
            BuildLog(
                self._session,
                self.config,
                now,
                lambda message: log.log(message.level, "%s", hide_tokens(message.text)),
            ),
            self._site.publish,
        )
        return config

    @event_priority(50)
    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Give `instagram_feed()` to pages of mkdocs-macros, before it lists its macros.

        This event fires after every `on_config`, so the order of the plugins does not matter. A
        macro of that name is kept: it is the site's own, or ours when static-i18n builds again.
        """
        macros: Any = config.plugins.get("macros")
        if hasattr(macros, "register_macros") and MACRO not in macros.macros:
            macros.register_macros({MACRO: write_tag})

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the files of the site, to which images are added later.

        Not in `on_files`: after us, static-i18n (-100) gives MkDocs other files there.
        """
        self._site.files = files
        return nav

    @event_priority(50)
    def _on_page_content_before_others(self, /, html: str, *, page: Page, **_: Any) -> str:
        """Replace tags in rendered HTML.

        Before glightbox (0) and privacy (-100), so that they see our images.
        """
        with _stopping_without_traceback():
            return self._feeds.replace(
                html, self._site.locate(page), between_marks=not self.config.search
            )

    @event_priority(-100)
    def _on_page_content_after_print_site(self, /, html: str, *, page: Page, **_: Any) -> str:
        """Prepare the copy that print-site (0) has made of the content for its own page."""
        target = self._site.locate_print_page()
        if target and hasattr(page, "html"):
            page.html = self._feeds.copy(page.html, self._site.locate(page), target)
        return html

    on_page_content = CombinedEvent(
        _on_page_content_before_others, _on_page_content_after_print_site
    )

    def on_env(
        self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files
    ) -> jinja2.Environment:
        """Give `instagram_feed()` to theme templates."""
        env.globals[MACRO] = write_tag
        return env

    @event_priority(100)
    def _on_page_context_before_search(self, /, context: Any, *, page: Page, **_: Any) -> Any:
        """Remove feeds from the page while search plugins (0) read it."""
        page.content = self._feeds.marks.remove(page.content or "")
        return context

    @event_priority(-100)
    def _on_page_context_after_search(self, /, context: Any, *, page: Page, **_: Any) -> Any:
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
            is_printed = not PDF_PLUGINS.isdisjoint(config.plugins)
            return self._feeds.complete(output, self._site.locate(page), is_printed=is_printed)

    @event_priority(50)
    def on_post_template(
        self, output_content: str, *, template_name: str, config: MkDocsConfig
    ) -> str:
        """Replace tags in static templates such as 404.html."""
        if not template_name.endswith(".html"):
            return output_content
        with _stopping_without_traceback():
            return self._feeds.complete(output_content, self._site.locate_template(template_name))

    @event_priority(50)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Log what was used, and clean up the cache.

        Before print-site (0) renders its page, for which there is no other event. All other pages
        are written: our stylesheet is linked only there.
        """
        self._feeds.finish()
        stylesheet = f"{self.config.assets_dir}/{name_stylesheet()}"
        if self._site.locate_print_page() and self._site.files.get_file_from_path(stylesheet):
            config.extra_css.append(stylesheet)

    def on_build_error(self, *, error: Exception) -> None:
        """Close what is open; MkDocs logs the error."""
        if session := getattr(self, "_session", None):
            session.close()


def write_tag(preset: str = "", /, **options: Any) -> Markup:
    """Return a feed tag for a template: `{{ instagram_feed("team", limit=6) }}`.

    The tag is replaced once the page is rendered.
    """
    text = json.dumps(options, default=str, ensure_ascii=False) if options else ""
    # "--" may end a comment too early. YAML reads this escape as "-", but does not join the two
    # escapes that JSON has for an emoji: hence `ensure_ascii=False`.
    text = text.replace("--", "-\\u002d")
    words = " ".join(filter(None, ("instagram", str(preset or ""), text)))
    return Markup(f"<!-- {words} -->")  # noqa: S704 - the site's own template wrote it


class _Site:
    """The files of the site that is built, and their URLs."""

    def __init__(self, config: MkDocsConfig, assets_dir: str) -> None:
        self.files = Files([])
        self._config = config
        self._assets_dir = assets_dir
        self._published: dict[str, File] = {}

    def publish(self, name: str, write: Callable[[Path], bool]) -> bool:
        """Put a file into the site, unless the site has its own; return whether it is there.

        It is written at once, although MkDocs copies other files later: what is in the cache may be
        gone by then. MkDocs finds the file in its place, and does not copy it onto itself.
        """
        if name in self._published:
            return True
        src_uri = f"{self._assets_dir}/{name}"
        file = self.files.get_file_from_path(src_uri)
        if file is None:
            path = Path(self._config.site_dir, src_uri)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not write(path):
                return False
            included = InclusionLevel.INCLUDED
            file = File.generated(self._config, src_uri, abs_src_path=str(path), inclusion=included)
            self.files.append(file)
            # htmlproofer looks in a list of its own, which it fills in `on_files`.
            known = getattr(self._config.plugins.get("htmlproofer"), "files", None)
            if isinstance(known, list):
                known.append(file)
        self._published[name] = file
        return True

    def locate(self, page: Page) -> Location:
        """Return the location of a page."""
        return self._locate(page.file.src_uri, page, lambda file: file.url_relative_to(page.file))

    def locate_template(self, template: str) -> Location:
        """Return the location of a template; 404.html, served at any depth, has absolute URLs."""

        def write_url(file: File) -> str:
            if template != "404.html":
                return file.url_relative_to(template)
            return f"{urlsplit(self._config.site_url or '/').path.rstrip('/')}/{file.url}"

        return self._locate(template, None, write_url)

    def locate_print_page(self) -> Location | None:
        """Return the location of the page that print-site makes of all others, if it does."""
        file = getattr(self._config.plugins.get("print-site"), "print_file", None)
        return file and self._locate(file.src_uri, None, lambda ours: ours.url_relative_to(file))

    def _locate(self, name: str, page: Page | None, write_url: Callable[[File], str]) -> Location:
        # Asked for each page: static-i18n sets the language after our `on_config`.
        theme = self._config.theme
        return Location(
            name,
            lambda file_name: write_url(self._published[file_name]),
            {"page": page, "config": self._config},
            str(theme.get("language") or theme.get("locale") or ""),
        )


def _list_folders(config: MkDocsConfig) -> dict[str, str | None]:
    folders = {"docs_dir": config.docs_dir, "site_dir": config.site_dir}
    return {**folders, "custom_dir": config.theme.custom_dir}


def _is_published(config: MkDocsConfig, src_uri: str) -> bool:
    file = File(src_uri, config.docs_dir, config.site_dir, config.use_directory_urls)
    set_exclusions([file], config)
    return bool(file.inclusion.is_included())


@contextmanager
def _stopping_without_traceback() -> Iterator[None]:
    try:
        yield
    except (BuildStopped, OptionError) as error:
        raise PluginError(add_link(hide_tokens(str(error)))) from None
