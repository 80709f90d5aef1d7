"""One run of `inject` over all pages."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from mkdocs_instagram.errors import BuildStopped
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.render.build_log import BuildLog
from mkdocs_instagram.render.built_pages import (
    BuiltPage,
    Unusable,
    encode_page,
    mark_feed,
    read_page,
    write_page,
)
from mkdocs_instagram.render.built_site import BuiltSite
from mkdocs_instagram.render.environment import TEMPLATES
from mkdocs_instagram.render.pages import Location, PageFeeds
from mkdocs_instagram.render.tag import FeedTag
from mkdocs_instagram.text import Message, pluralize

from . import terminal
from .context import Context

_TRIES = 5
_NO_PAGE = "has no HTML page, so nothing was changed. Build the site first, or name its folder."
_NO_TAG = (
    "has a feed tag, so nothing was changed. Write `<!-- instagram -->` into a page, and build the "
    "site again. If the tag is in the sources, the generator or a minifier removes comments. Hugo: "
    "set `markup.goldmark.renderer.unsafe = true`, and with `--minify` also "
    "`minify.tdewolff.html.keepComments = true`. html-minifier: leave out `removeComments`. The "
    "minify plugin of MkDocs: leave out `remove_comments`. Where comments cannot stay, write "
    '`<template data-instagram="limit: 6"></template>`.'
)


class Injection:
    """One run over all pages of a built site.

    Args:
        context: The site's options, and the account that is the default.
        folder: The built site, absolute.
        pace: When Instagram was asked, kept from run to run.
        is_quiet: Only warnings and errors are shown.
    """

    def __init__(self, context: Context, folder: Path, pace: Pace, *, is_quiet: bool) -> None:
        self._context = context
        self._is_quiet = is_quiet
        self._options = context.site.options
        self._site = BuiltSite(folder, self._options.assets_dir)
        self._now = datetime.now(UTC) if pace.is_serve else context.now
        self._session: Session = context.open_session(self._site.publish, pace, self._now)
        self._feeds = self._open_feeds()
        self._tags: dict[str, int] = {}
        self._page_count = 0
        self._written: dict[str, tuple[int, int]] = {}
        self._warnings = 0
        self._problems: list[str] = []

    def run(self, *, is_strict: bool) -> dict[str, tuple[int, int]]:
        """Change all pages with tags; return those that were written, with their times and sizes.

        Raises:
            Failed: There is no tag, or a page could not be changed; with `is_strict`, there was a
                warning.
        """
        try:
            self._site.check_assets()
            self._site.remove_unfinished()
            for page, data in self._render_pages():
                self._write(page, data)
            self._feeds.finish()
            removed = self._site.remove_unused() if self._tags and not self._problems else 0
        except (BuildStopped, Unusable) as error:
            self._tidy()
            raise self._fail(f"{error} No page was changed.") from None
        except OSError as error:
            self._tidy()
            raise self._fail(
                f"{error.filename or self._site.folder} cannot be used: {error.strerror}. Each "
                "page is as it was, or complete."
            ) from None
        finally:
            self._session.close()
        self._report(removed)
        if is_strict and self._warnings:
            raise terminal.Failed(f"{pluralize(self._warnings, 'warning')}, and --strict is set.")
        return self._written

    def _tidy(self) -> None:
        """Remove what no page shows."""
        with suppress(OSError):
            self._site.remove_unfinished()
            if not self._written:
                self._site.remove_added()

    def _report(self, removed: int) -> None:
        for text in self._problems:
            terminal.say(text)
        if not self._page_count:
            raise terminal.Failed(f"{self._site.folder} {_NO_PAGE}")
        if not self._tags and not self._problems:
            raise terminal.Failed(f"No page in {self._site.folder} {_NO_TAG}")
        if not self._is_quiet or self._problems:
            feeds = pluralize(sum(self._tags.values()), "feed")
            added = pluralize(len(self._site.added), "file")
            terminal.say(
                f"{feeds} in {pluralize(len(self._tags), 'page')}: {len(self._written)} changed. "
                f"{added} added, {removed} removed."
            )
        if self._problems:
            raise terminal.Failed(f"{pluralize(len(self._problems), 'page')} could not be changed.")

    def _render_pages(self) -> list[tuple[BuiltPage, bytes]]:
        """Return the pages to change, and what they become; of others, only the tags count."""
        pages = []
        for page in self._read_pages():
            data = self._render(page)
            if data != page.data:
                pages.append((page.without_content(), data))
        return pages

    def _read_pages(self) -> Iterator[BuiltPage]:
        for path, name in self._site.list_pages():
            self._page_count += 1
            try:
                page = read_page(path, name)
            except Unusable as problem:
                self._problems.append(str(problem))
                continue
            if page:
                yield page

    def _render(self, page: BuiltPage) -> bytes:
        site_url = self._context.site.file.site_url

        def find_url(name: str) -> str:
            return page.write_url(f"{self._site.assets_dir}/{name}", self._site.folder, site_url)

        count = 0

        def mark(tag: FeedTag, feed: str) -> str:
            nonlocal count
            count += 1
            return mark_feed(tag.source, feed.replace("\n", page.line_end))

        context: dict[str, Any] = {"page": None, "config": {"plugins": ()}}
        location = Location(page.name, find_url, context, page.language)
        text = self._feeds.complete(page.text, location, wrap=mark)
        if count:
            self._tags[page.name] = count
        if page.has_feed and page.name in self._feeds.failed:
            self._tell(Message(logging.WARNING, f"{page.name} keeps the feed that it has."))
            return page.data
        return encode_page(page, text)

    def _write(self, page: BuiltPage, data: bytes) -> None:
        """Write a page; if it was changed meanwhile, render it again."""
        try:
            for _ in range(_TRIES):
                if state := write_page(page, data):
                    self._written[page.name] = state.st_mtime_ns, state.st_size
                    return
                again = read_page(page.path, page.name)
                if again is None:
                    return
                page, data = again, self._render_again(again)
                if data == page.data:
                    return
        except (BuildStopped, Unusable) as problem:
            self._problems.append(self._context.site.name_file(str(problem)))
            return
        self._problems.append(f"{page.name} changes all the time, so it is left as it is.")

    def _render_again(self, page: BuiltPage) -> bytes:
        self._feeds = self._open_feeds()  # which counts the tags of each page
        return self._render(page)

    def _open_feeds(self) -> PageFeeds:
        options = self._options
        log = BuildLog(self._session, options, self._now, self._tell)
        return PageFeeds(self._session, options, self._open_environment, log, self._site.publish)

    def _open_environment(self) -> jinja2.Environment:
        folders = self._context.site.template_folders
        return jinja2.Environment(
            loader=jinja2.FileSystemLoader([*folders, TEMPLATES]), autoescape=True
        )

    def _fail(self, text: str) -> terminal.Failed:
        return terminal.Failed(self._context.site.name_file(text))

    def _tell(self, message: Message) -> None:
        is_warning = message.level >= logging.WARNING
        self._warnings += is_warning
        text = self._context.site.name_file(message.text)
        if is_warning:
            terminal.say(f"WARNING: {text}")
        elif not self._is_quiet:
            terminal.say(text)
