"""The log of one build's feeds."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mkdocs_instagram.config.documentation import find_messages
from mkdocs_instagram.errors import BuildStopped, TokenError
from mkdocs_instagram.feed import messages
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.text import Message
from mkdocs_instagram.tokens.expiry import warn_of_expiry

if TYPE_CHECKING:
    from mkdocs_instagram.config.site_options import InstagramConfig


class BuildLog:
    """Writes the messages of one build.

    Args:
        session: Where the feeds come from.
        options: What failures mean: `on_error` and `max_stale`.
        now: The time of this build, in UTC.
        write: Called with each message.
    """

    def __init__(
        self,
        session: Session,
        options: "InstagramConfig",
        now: datetime,
        write: Callable[[Message], None],
    ) -> None:
        self._session = session
        self._options = options
        self._now = now
        self._write = write
        self._written: set[str] = set()
        self._has_warned = False

    def tell(self, message: Message) -> None:
        """Log a message."""
        self._has_warned |= message.level >= logging.WARNING
        self._write(message)

    def warn(self, text: str) -> None:
        """Log a WARNING."""
        self.tell(Message(logging.WARNING, text))

    def describe_feed(self, loaded: LoadedFeed, where: str) -> None:
        """Log how the feed of a tag was loaded; what several tags share is logged for the first.

        Raises:
            BuildStopped: There is nothing to show, and `on_error` is `fail`. Caught by `plugin`.
        """
        self._warn_of_cache()
        for part in loaded.parts:
            self._describe_part(part, f"{where}, account {part.account.name}", of=loaded)
        if not loaded.parts:
            self._describe_part(loaded, where, of=loaded)

    def _describe_part(self, loaded: LoadedFeed, where: str, *, of: LoadedFeed) -> None:
        """Log how the feed of an account was loaded, alone or as a part of another feed."""
        for note in self._session.take_notes(loaded.account):
            self.tell(Message(logging.INFO, f"{where}: {note}"))
        self._describe_expiry(loaded, where)
        on_error = self._options.on_error
        max_stale = timedelta(seconds=self._options.max_stale)
        described = messages.describe_feed(
            loaded,
            max_stale=max_stale,
            on_error=on_error,
            now=self._now,
            is_shown=of.feed is not None,
        )
        if of.feed is None and on_error == "fail":
            raise BuildStopped(f"{where}: {described[0].text}")
        for message in described:
            key = f"{loaded.account.name}: {message.text}"
            self._write_once(message.level, f"{where}: {message.text}", key)

    def describe_build(self, problem: str) -> None:
        """Log what a completed build did not find, and what it used.

        Args:
            problem: Why the cache was not cleaned up; "" if it was.
        """
        self._warn_of_cache()
        if problem:
            text = f"{problem} Nothing to do: the next build tries again."
            self.tell(Message(logging.INFO, text))
        if codes := self._session.list_unfound():
            self.warn(messages.describe_unfound(codes))
        if summary := messages.describe_totals(self._session.totals):
            self.tell(Message(logging.INFO, summary))
        if self._has_warned and (address := find_messages()):
            self.tell(Message(logging.INFO, f"More about the warnings above: {address}"))

    def _warn_of_cache(self) -> None:
        for text in self._session.take_cache_warnings():
            self.warn(text)

    def _describe_expiry(self, loaded: LoadedFeed, where: str) -> None:
        error = loaded.feed.stale_because if loaded.feed else loaded.error
        if isinstance(error, TokenError):
            return  # its message says more about the token
        expiry = self._session.find_expiry(loaded.account)
        for message in warn_of_expiry(expiry, loaded.account, self._now):
            self._write_once(message.level, f"{where}: {message.text}", message.text)

    def _write_once(self, level: int, text: str, key: str) -> None:
        if key not in self._written:
            self._written.add(key)
            self.tell(Message(level, text))
