"""What the log says of one build's feeds, each thing once."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from mkdocs_instagram.errors import BuildStopped, TokenError
from mkdocs_instagram.feed import messages
from mkdocs_instagram.feed.models import LoadedFeed
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.text import Message
from mkdocs_instagram.tokens.expiry import tell_expiry


class ErrorPolicy(NamedTuple):
    """What failures mean: the options `on_error` and `max_stale`."""

    on_error: str
    max_stale: timedelta


class BuildLog:
    """Writes the messages of one build.

    Args:
        session: Knows what its accounts and its cache have to say.
        policy: What failures mean.
        now: The time of this build, in UTC.
        write: Takes each message.
    """

    def __init__(
        self,
        session: Session,
        policy: ErrorPolicy,
        now: datetime,
        write: Callable[[Message], None],
    ) -> None:
        self._session = session
        self._policy = policy
        self._now = now
        self._write = write
        self._written: set[str] = set()

    def info(self, text: str) -> None:
        """Log a text at INFO, unless it was logged before."""
        self._write_once(logging.INFO, text, text)

    def warn(self, text: str) -> None:
        """Log a WARNING."""
        self._write(Message(logging.WARNING, text))

    def describe_feed(self, shown: LoadedFeed, where: str) -> None:
        """Log what became of the feed of a tag; the same of several tags is logged for the first.

        Raises:
            BuildStopped: There is nothing to show, and `on_error` is `fail`.
        """
        if trouble := self._session.take_cache_trouble():
            self.warn(trouble)
        for note in self._session.take_notes(shown.account):
            self._write(Message(logging.INFO, f"{where}: {note}"))
        self._describe_end_of_token(shown, where)
        told = messages.tell(
            shown,
            max_stale=self._policy.max_stale,
            on_error=self._policy.on_error,
            now=self._now,
        )
        if shown.feed is None and self._policy.on_error == "fail":
            raise BuildStopped(f"{where}: {told[0].text}")
        for message in told:
            key = f"{shown.account.name}: {message.text}"
            self._write_once(message.level, f"{where}: {message.text}", key)

    def _describe_end_of_token(self, shown: LoadedFeed, where: str) -> None:
        trouble = shown.feed.stale_because if shown.feed else shown.error
        if isinstance(trouble, TokenError):
            return  # that says more of the token than its end
        expiry = self._session.find_expiry(shown.account)
        for message in tell_expiry(expiry, shown.account, self._now):
            self._write_once(message.level, f"{where}: {message.text}", message.text)

    def describe_build(self) -> None:
        """Log what a build that went through lacked and used."""
        if pins := self._session.unfound_pins():
            self.warn(messages.tell_unfound_pins(pins))
        if summary := messages.tell_totals(self._session.totals):
            self._write(Message(logging.INFO, summary))

    def _write_once(self, level: int, text: str, key: str) -> None:
        if key not in self._written:
            self._written.add(key)
            self._write(Message(level, text))
