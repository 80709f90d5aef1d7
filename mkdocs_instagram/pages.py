"""The feeds of one build's pages: tags replaced, the stylesheet linked, the log told.

It works on strings and has no outside thing of its own: what MkDocs has (files, the theme's
environment) it asks for through what it is given.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from . import messages
from .environment import is_same_everywhere, make_environment, render_feed
from .errors import BuildStopped, TagError, TokenError
from .items import Item, make_avatar, make_items
from .labels import Labels
from .models import Account, Overrides, Rendition, Shown, Video
from .options import FeedOptions, Presets
from .session import Session
from .stylesheet import STYLESHEET, link_stylesheet, name_stylesheet
from .tag import FeedTag, may_hold_tags, replace_tags
from .text import Message, quote, suggest
from .upkeep import tell_expiry

_MARK = "<!--mk-ig "
_BEGINS = re.compile(rf"{_MARK}(\d+)-->")


class Place(NamedTuple):
    """Where tags stand: a page, or a template such as 404.html.

    Attributes:
        name: What messages call it.
        publish: Puts a file into the site under a name, once, and gives its URL as that place must
            write it.
        context: What the templates get beside the feed: `page` and `config`.
        language: As the theme says it, such as `de` or `pt-BR`; "" when it does not.
    """

    name: str
    publish: Callable[[str, Path], str]
    context: Mapping[str, Any]
    language: str = ""


class Manners(NamedTuple):
    """How the log speaks of failures: the options `on_error` and `max_stale`."""

    on_error: str
    max_stale: timedelta


class PageFeeds:
    """What one build puts into its pages.

    Args:
        session: Gives the feeds.
        presets: The presets and defaults of mkdocs.yml.
        overrides: What mkdocs.yml says of single media.
        labels: The texts of mkdocs.yml.
        manners: How failures are told.
        now: The time of this build, in UTC.
        open_environment: Gives the theme's environment, when the first feed is rendered.
        log: Takes each message.
    """

    def __init__(
        self,
        *,
        session: Session,
        presets: Presets,
        overrides: Overrides,
        labels: Labels,
        manners: Manners,
        now: datetime,
        open_environment: Callable[[], jinja2.Environment],
        log: Callable[[Message], None],
    ) -> None:
        self._session = session
        self._presets = presets
        self._overrides = overrides
        self._labels = labels
        self._manners = manners
        self._now = now
        self._open_environment = open_environment
        self._log = log
        self._environment: jinja2.Environment | None = None
        self._rendered: dict[tuple[FeedOptions, str, str, int], str] = {}
        self._items: dict[tuple[FeedOptions, str, str], list[Item]] = {}
        self._tag_counts: dict[str, int] = {}
        self._styled: set[str] = set()
        self._keeps_apart = False
        self._taken_out: dict[str, str] = {}
        self._told: set[str] = set()

    def replace(self, html: str, place: Place, *, keep_apart: bool = False) -> str:
        """Return `html` with its tags replaced.

        With `keep_apart`, each feed stands in marks by which `take_out` finds it.

        Raises:
            BuildStopped: A tag is wrong, a template is, or `on_error: fail` met a feed with nothing
                to show.
        """
        if not may_hold_tags(html):
            return html

        def replace(tag: FeedTag) -> str:
            number = self._tag_counts[place.name] = tag.number
            shown = self._show(tag, place)
            self._keeps_apart |= keep_apart
            return f"{_MARK}{number}-->{shown}<!--/mk-ig {number}-->" if keep_apart else shown

        def pass_over(text: str) -> None:
            # Seen twice: in the content, and in the whole page.
            hint = suggest(text.removeprefix("instagram").strip(), self._presets.feeds)
            told = f'{place.name}: the comment "{text}" is no feed tag and stays.{hint}'
            self._say_once(logging.INFO, told, told)

        try:
            first = self._tag_counts.get(place.name, 0) + 1
            return replace_tags(html, self._presets, replace, pass_over, first_number=first)
        except TagError as error:
            raise BuildStopped(f"{place.name}, {error}") from None

    def complete(self, html: str, place: Place) -> str:
        """Return a whole page, late tags replaced and the stylesheet linked if it has a feed."""
        html = self.replace(html, place)
        if place.name not in self._styled:
            return html
        return link_stylesheet(html, self._find_stylesheet(place))

    def take_out(self, html: str) -> str:
        """Return a page's content with a short mark in place of each feed kept apart."""
        self._taken_out.clear()
        if not (self._keeps_apart and "!" in html and _MARK in html):
            return html
        rest, kept = html, ""
        while mark := _BEGINS.search(rest):
            feed, end, after = rest[mark.end() :].partition(f"<!--/mk-ig {mark[1]}-->")
            if not end:
                break
            self._taken_out[mark[1]] = feed
            kept, rest = kept + rest[: mark.end()], after
        return kept + rest

    def put_back(self, html: str) -> str:
        """Return the content with the feeds that `take_out` took, where their marks are."""
        if not self._taken_out:
            return html
        return _BEGINS.sub(lambda match: self._taken_out.pop(match[1], ""), html)

    def finish(self) -> None:
        """End a build that went through."""
        if pins := self._session.unfound_pins():
            self._say(logging.WARNING, messages.tell_unfound_pins(pins))
        if summary := messages.tell_totals(self._session.totals):
            self._say(logging.INFO, summary)
        self._session.finish()
        self._session.close()

    def _show(self, tag: FeedTag, place: Place) -> str:
        where = f"{place.name}, feed tag {tag.number}"
        for warning in tag.warnings:
            self._say(logging.WARNING, f"{where}: {warning} It is left out.")
        account = self._find_account(tag)
        shown = self._session.load(tag.options, account)
        self._tell(shown, where)
        self._styled.add(place.name)
        try:
            return self._render(shown, tag, place)
        except jinja2.TemplateNotFound as error:
            raise BuildStopped(
                f"{where}: there is no template {quote(error.name or '')}, which "
                f"instagram/{tag.options.template} needs. Put it under the theme's custom_dir."
            ) from None
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            template = getattr(error, "name", None) or f"instagram/{tag.options.template}"
            raise BuildStopped(
                f"{where}: the template {template} failed: {quote(str(error), 200)}. "
                "Templates stand under instagram/ in the theme's custom_dir."
            ) from None

    def _find_account(self, tag: FeedTag) -> Account:
        name = tag.options.account
        account = self._session.account(name)
        if account is None:
            known = self._session.account_names
            hint = suggest(name, known) or f" Known are {', '.join(known)}."
            raise TagError(f"feed tag {tag.number}: no account is called {quote(name)}.{hint}")
        return account

    def _render(self, shown: Shown, tag: FeedTag, place: Place) -> str:
        if self._environment is None:
            self._environment = make_environment(self._open_environment())

        options, feed_id = tag.options, f"mk-ig-{tag.number}"
        # Only the viewer and the gallery have ids, which the number makes unique in the page.
        number = tag.number if options.open in ("viewer", "image") else 0
        key = options, self._find_stylesheet(place), place.language, number
        if key in self._rendered:
            return self._rendered[key]
        items = self._make_items(shown, options, place)
        avatar = make_avatar(shown, lambda file: self._publish(file, place))
        context = {**place.context, "avatar": avatar, "feed_id": feed_id}
        html = render_feed(
            self._environment,
            shown,
            items,
            options,
            language=place.language,
            labels=self._labels.choose(place.language),
            context=context,
        )
        if is_same_everywhere(self._environment, options.template):
            self._rendered[key] = html
        return html

    def _make_items(self, shown: Shown, options: FeedOptions, place: Place) -> list[Item]:
        """Return the items, made once for all places from which our files have the same URLs."""
        key = options, self._find_stylesheet(place), place.language
        if key not in self._items:
            self._items[key] = make_items(
                shown,
                options,
                self._overrides,
                self._labels.choose(place.language),
                lambda file: self._publish(file, place),
            )
        return self._items[key]

    def _publish(self, file: Rendition | Video, place: Place) -> str:
        return place.publish(file.name, self._session.find_file(file))

    def _find_stylesheet(self, place: Place) -> str:
        return place.publish(name_stylesheet(), STYLESHEET)

    def _tell(self, shown: Shown, where: str) -> None:
        if trouble := self._session.take_cache_trouble():
            self._say(logging.WARNING, trouble)
        for note in self._session.take_notes(shown.account):
            self._say(logging.INFO, f"{where}: {note}")
        self._tell_expiry(shown, where)
        manners = self._manners
        told = messages.tell(
            shown, max_stale=manners.max_stale, on_error=manners.on_error, now=self._now
        )
        if shown.feed is None and manners.on_error == "fail":
            raise BuildStopped(f"{where}: {told[0].text}")
        for message in told:
            key = f"{shown.account.name}: {message.text}"
            self._say_once(message.level, f"{where}: {message.text}", key)

    def _tell_expiry(self, shown: Shown, where: str) -> None:
        trouble = shown.feed.stale_because if shown.feed else shown.error
        if isinstance(trouble, TokenError):
            return  # that says more of the token than its end
        expiry = self._session.find_expiry(shown.account)
        for message in tell_expiry(expiry, shown.account, self._now):
            self._say_once(message.level, f"{where}: {message.text}", message.text)

    def _say_once(self, level: int, text: str, key: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self._say(level, text)

    def _say(self, level: int, text: str) -> None:
        self._log(Message(level, text))
