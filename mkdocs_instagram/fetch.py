"""`fetch`: feeds and pictures are saved without a build."""

from datetime import timedelta

from . import terminal
from .desk import Desk
from .messages import tell
from .models import Account
from .options import FeedOptions
from .session import Session
from .text import quote


def fetch_feeds(desk: Desk) -> None:
    """Fetch what `defaults` and each preset in `feeds` show, as far as it is not fresh.

    Where the person named an account, only that account's.
    """
    session = desk.open_session(terminal.watch)
    failed = []
    try:
        for name, options in _list_feeds(desk):
            account = session.account(options.account)
            if account is None:
                raise terminal.Failed(f"{name}: no account is called {quote(options.account)}.")
            is_wanted = not desk.is_chosen or account == desk.account
            if is_wanted and not _fetch(desk, session, name, options, account):
                failed.append(name)
        session.finish()
    finally:
        session.close()
    if failed:
        raise terminal.Failed(f"Not fetched: {', '.join(failed)}. What was saved before stays.")


def _list_feeds(desk: Desk) -> list[tuple[str, FeedOptions]]:
    presets = desk.site.presets
    named = {name: {**presets.defaults, **feed} for name, feed in presets.feeds.items()}
    return [
        (name, FeedOptions(**given))
        for name, given in {"defaults": presets.defaults, **named}.items()
    ]


def _fetch(desk: Desk, session: Session, name: str, options: FeedOptions, account: Account) -> bool:
    """Fetch one feed and say what came of it; return whether all of it is there and new."""
    shown = session.show(options, account)
    trouble = session.take_cache_trouble()
    told = [
        message.text
        for message in tell(shown, max_stale=timedelta(0), on_error="warn", now=desk.now)
    ]
    for text in filter(None, [trouble, *session.take_notes(account), *told]):
        terminal.say(f"{name}: {text}")
    if shown.feed is None:
        return False
    terminal.say(f"{name}: {len(shown.feed.items)} media of {quote(shown.feed.user.username)}.")
    return not (trouble or shown.feed.stale_because or shown.lost or shown.waiting)
