"""How often Instagram may be asked."""

from datetime import datetime, timedelta

from mkdocs_instagram.cache.keys import EntryStore, read_moment, throttle_key
from mkdocs_instagram.errors import AppRemoved, InstagramError, NotAskedYet, RateLimited
from mkdocs_instagram.text import describe_wait

from .app_removal import forget_removal, note_removal

SERVE_PAUSE = timedelta(minutes=1)
_LONGEST_THROTTLE = timedelta(days=1)


class Pace:
    """The last attempts of all accounts; it outlives a build.

    A build may always ask. A rebuild of `mkdocs serve` must wait after the last attempt: for
    `max_age`, or for a minute if what it needs was never fetched.
    """

    def __init__(self, *, is_serve: bool) -> None:
        self.is_serve = is_serve
        self._last: dict[str, tuple[datetime, InstagramError | None]] = {}

    def check(self, account: str, now: datetime, pause: timedelta) -> None:
        """Raise the error of the last attempt, or `NotAskedYet`, if another is too early."""
        last, error = self._last.get(account, (None, None))
        if error and last == now:  # the same run, for another language of the site
            raise error
        if self.is_serve and last and timedelta(0) <= now - last < max(pause, SERVE_PAUSE):
            raise error or NotAskedYet("Instagram was asked a moment ago.")

    def note(self, account: str, now: datetime, error: InstagramError | None) -> None:
        """Remember an attempt."""
        self._last[account] = (now, error)


class Attempts:
    """The attempts of one build to ask Instagram about one account.

    Args:
        account: The account's name in mkdocs.yml.
        store: Remembers throttling and removals of the app.
        pace: Shared by the rebuilds of `mkdocs serve`.
        now: The time of this build, in UTC.

    Attributes:
        error: Why the account is not asked again in this build; `None` while it may be.
    """

    def __init__(self, account: str, store: EntryStore, pace: Pace, now: datetime) -> None:
        self._account = account
        self._store = store
        self._pace = pace
        self._now = now
        self.error: InstagramError | None = None

    def check(self, pause: timedelta) -> None:
        """Check that Instagram may be asked for the first time in this build.

        Raises:
            InstagramError: It is too soon after the last time, or Instagram throttles the app.
                Caught by `loader`.
        """
        self._pace.check(self._account, self._now, pause)
        entry = self._store.get(throttle_key(self._account))
        until = read_moment(entry.get("until")) if entry else None
        if until and self._now < until <= self._now + _LONGEST_THROTTLE:
            seconds = (until - self._now).total_seconds()
            self.error = RateLimited(
                "Instagram throttled this app, so it is not asked again for "
                f"{describe_wait(seconds)}.",
                code=None,
                retry_after=seconds,
            )
            raise self.error

    def note_success(self) -> None:
        """Remember that a call succeeded."""
        self._pace.note(self._account, self._now, None)
        forget_removal(self._account, self._store)

    def note_failure(self, error: InstagramError, *, has_saved: bool) -> InstagramError:
        """Remember a failure; return it, with what happens to a saved feed if there is one."""
        if isinstance(error, AppRemoved) and has_saved:
            error = note_removal(error, self._account, self._store)
        self.error = error
        self._pace.note(self._account, self._now, error)
        if isinstance(error, RateLimited):
            until = self._now + timedelta(seconds=error.retry_after)
            self._store.put(throttle_key(self._account), {"until": until.isoformat()})
        return error
