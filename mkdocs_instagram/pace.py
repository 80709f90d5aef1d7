"""How often Instagram may be asked for something; performs no I/O."""

from datetime import datetime, timedelta

from .errors import InstagramError, NotAskedYet

SERVE_PAUSE = timedelta(minutes=1)


class Pace:
    """How often an account may be asked: a build always, the rebuilds of `mkdocs serve` seldom.

    It outlives a build. After a failure with a saved feed, `max_age` must pass; where a rebuild
    needs what was never fetched, a minute.
    """

    def __init__(self, *, is_serve: bool) -> None:
        self._is_serve = is_serve
        self._last: dict[str, tuple[datetime, InstagramError | None]] = {}

    def check(self, account: str, now: datetime, pause: timedelta) -> None:
        """Raise what the last attempt raised, or `NotAskedYet`, when another is too early."""
        last, error = self._last.get(account, (None, None))
        if error and last == now:  # the same run, for another language of the site
            raise error
        if self._is_serve and last and timedelta(0) <= now - last < max(pause, SERVE_PAUSE):
            raise error or NotAskedYet("Instagram was asked a moment ago.")

    def note(self, account: str, now: datetime, error: InstagramError | None) -> None:
        """Remember an attempt."""
        self._last[account] = (now, error)
