"""`inject`: the tags of a built site become feeds."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
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

_LOCK_SECONDS = 60
_PAUSE_SECONDS = 0.5
_TRIES = 5
_PAGES = {".html"}
_NAME_IT = "Name the folder into which the generator writes the site, such as `site`."
_NO_TAG = (
    "has a feed tag, so nothing was changed. Write `<!-- instagram -->` into a page, and build the "
    "site again. If the tag is in the sources, the generator or a minifier removes comments. Hugo: "
    "set `markup.goldmark.renderer.unsafe = true`, and with `--minify` also "
    "`minify.tdewolff.html.keepComments = true`. html-minifier: leave out `removeComments`. The "
    "minify plugin of MkDocs: leave out `remove_comments`. Where comments cannot stay, write "
    '`<template data-instagram="limit: 6"></template>`.'
)


def inject_feeds(
    context: Context, folder: Path, *, is_strict: bool, is_quiet: bool, is_watching: bool
) -> None:
    """Put feeds into the pages of a built site; with `is_watching`, each time that it is built.

    Raises:
        Failed: The folder is no built site, has no tag, or a page could not be changed.
    """
    folder = folder.absolute()
    _check_folder(context, folder)
    pace = Pace(is_serve=is_watching)
    injection = partial(_Injection, context, folder, pace, is_quiet=is_quiet)
    with _locking(context):
        if not is_watching:
            injection().run(is_strict=is_strict)
            return
        try:
            _watch(folder, injection)
        except KeyboardInterrupt:
            terminal.say("Stopped.")


def _check_folder(context: Context, folder: Path) -> None:
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise terminal.Failed(f"{folder} {what}. {_NAME_IT}")
    site, real = context.site, folder.resolve()
    sources = [path.resolve() for path in _list_sources(context)]
    inner = [Path.home().resolve(), *sources, *([site.path.resolve()] if site.path else [])]
    if any(path.is_relative_to(real) for path in inner):
        raise terminal.Failed(
            f"{folder} contains more than a built site, so nothing was changed. {_NAME_IT}"
        )
    if any(real.is_relative_to(path) for path in sources):
        raise terminal.Failed(
            f"{folder} is in the sources of the site, so nothing was changed. {_NAME_IT}"
        )


def _list_sources(context: Context) -> list[Path]:
    site = context.site
    folders = (site.file.folders.get(name) for name in ("docs_dir", "custom_dir"))
    return [site.folder / name for name in folders if name]


@contextmanager
def _locking(context: Context) -> Iterator[None]:
    """Wait for another run with the same cache."""
    from filelock import FileLock, Timeout

    context.open_writable_cache()
    lock = FileLock(context.site.cache_dir / "inject.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        terminal.say("Waiting for another run of this command.")
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout:
            raise terminal.Failed(
                f"Another run of this command has not ended after {_LOCK_SECONDS} seconds, so "
                "nothing was changed. Run it again later, or end the other run."
            ) from None
    try:
        yield
    finally:
        lock.release()


def _watch(folder: Path, injection: "partial[_Injection]") -> None:
    """Put feeds into the site now and after each change, once it has ended."""
    seen = None
    while True:
        state = _look(folder)
        time.sleep(_PAUSE_SECONDS)
        if state == seen or state != _look(folder):
            continue
        try:
            injection().run(is_strict=False)
        except terminal.Failed as failure:
            terminal.say(f"{failure.message} Watching for the next change.")
        seen = _look(folder)


def _look(folder: Path) -> frozenset[tuple[str, int, int]]:
    found = []
    for path, name in BuiltSite(folder, "").list_files(_PAGES):
        try:
            state = path.stat()
        except OSError:  # it is just being replaced
            continue
        found.append((name, state.st_mtime_ns, state.st_size))
    return frozenset(found)


class _Injection:
    """One run over all pages."""

    def __init__(self, context: Context, folder: Path, pace: Pace, *, is_quiet: bool) -> None:
        self._context = context
        self._is_quiet = is_quiet
        self._options = context.site.options
        self._site = BuiltSite(folder, self._options.assets_dir)
        self._now = datetime.now(UTC) if pace.is_serve else context.now
        self._session: Session = context.open_session(self._site.publish, pace, self._now)
        self._feeds = self._open_feeds()
        self._tags = 0
        self._warnings = 0
        self._problems: list[str] = []

    def run(self, *, is_strict: bool) -> None:
        """Change all pages with tags.

        Raises:
            Failed: There is no tag, or a page could not be changed; with `is_strict`, there was a
                warning.
        """
        try:
            self._site.check_assets()
            self._site.remove_unfinished()
            pages = [(page, self._render(page)) for page in self._read_pages()]
            changed = sum(self._write(page, data) for page, data in pages)
            self._feeds.finish()
            removed = self._site.remove_unused() if pages and not self._problems else 0
        except (BuildStopped, Unusable) as error:
            raise terminal.Failed(f"{error} Nothing was changed.") from None
        except OSError as error:
            raise terminal.Failed(
                f"{error.filename or self._site.folder} cannot be written: {error.strerror}. Each "
                "page is as it was, or complete."
            ) from None
        finally:
            self._session.close()
        self._report(len(pages), changed, removed, is_strict=is_strict)

    def _report(self, pages: int, changed: int, removed: int, *, is_strict: bool) -> None:
        for text in self._problems:
            terminal.say(text)
        if not self._tags and not self._problems:
            raise terminal.Failed(f"No page in {self._site.folder} {_NO_TAG}")
        if not self._is_quiet or self._problems:
            feeds, added = pluralize(self._tags, "feed"), pluralize(len(self._site.added), "file")
            terminal.say(
                f"{feeds} in {pluralize(pages, 'page')}: {changed} changed. {added} added, "
                f"{removed} removed."
            )
        if self._problems:
            raise terminal.Failed(f"{pluralize(len(self._problems), 'page')} could not be changed.")
        if is_strict and self._warnings:
            raise terminal.Failed(f"{pluralize(self._warnings, 'warning')}, and --strict is set.")

    def _read_pages(self) -> Iterator[BuiltPage]:
        for path, name in self._site.list_files(_PAGES):
            try:
                page = read_page(path, name)
            except Unusable as problem:
                self._problems.append(str(problem))
                continue
            if page:
                yield page

    def _render(self, page: BuiltPage) -> bytes:
        def find_url(name: str) -> str:
            path = f"{self._site.assets_dir}/{name}"
            return page.write_url(path, self._context.site.file.site_url)

        context: dict[str, Any] = {"page": None, "config": {"plugins": ()}}
        location = Location(page.name, find_url, context, page.language)
        return encode_page(page, self._feeds.complete(page.text, location))

    def _write(self, page: BuiltPage, data: bytes) -> bool:
        """Write a page if it changes; if it was changed meanwhile, read it again."""
        for _ in range(_TRIES):
            try:
                if data == page.data:
                    return False
                if write_page(page, data):
                    return True
                again = read_page(page.path, page.name)
            except Unusable as problem:
                self._problems.append(str(problem))
                return False
            if again is None:
                return False
            page, data = again, self._render_again(again)
        self._problems.append(f"{page.name} changes all the time, so it is left as it is.")
        return False

    def _render_again(self, page: BuiltPage) -> bytes:
        self._feeds = self._open_feeds()
        return self._render(page)

    def _open_feeds(self) -> PageFeeds:
        options = self._options
        log = BuildLog(self._session, options, self._now, self._tell)
        return PageFeeds(
            self._session, options, self._open_environment, log, self._site.publish, wrap=self._mark
        )

    def _open_environment(self) -> jinja2.Environment:
        site = self._context.site
        custom = site.file.folders.get("custom_dir")
        folders = [site.folder / custom] if custom else []
        return jinja2.Environment(
            loader=jinja2.FileSystemLoader([*folders, TEMPLATES]), autoescape=True
        )

    def _mark(self, tag: FeedTag, feed: str) -> str:
        self._tags += 1
        return mark_feed(tag.source, feed)

    def _tell(self, message: Message) -> None:
        is_warning = message.level >= logging.WARNING
        self._warnings += is_warning
        if is_warning:
            terminal.say(f"WARNING: {message.text}")
        elif not self._is_quiet:
            terminal.say(message.text)
