"""`fetch`: feeds and pictures are saved without a build."""

from collections.abc import Iterator
from datetime import timedelta

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.feed.messages import tell
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.text import pluralize, quote

from . import terminal
from .context import Context


def fetch_feeds(context: Context) -> None:
    """Fetch what `defaults` and each preset in `feeds` show, as far as it is not fresh.

    Where the person named an account: `defaults` for it, and the presets that show it.

    Raises:
        CacheUnusable: There is nowhere to keep it; nothing was asked.
    """
    context.open_cache()
    session = context.open_session(terminal.watch)
    failed = []
    try:
        for name, options, account in _list_feeds(context):
            if not _fetch(context, session, name, options, account):
                failed.append(name)
        session.finish()
    finally:
        session.close()
    if failed:
        raise terminal.Failed(
            f"These feeds could not be fetched completely: {', '.join(failed)}. Everything that "
            "was saved before stays."
        )


def _list_feeds(context: Context) -> Iterator[tuple[str, FeedOptions, Account]]:
    """Yield what is to be fetched: a name, what it asks for, and of which account."""
    accounts = {account.name: account for account in context.site.options.list_accounts()}
    first = next(iter(accounts))
    presets = context.site.options.list_presets()
    defaults = FeedOptions(**presets.defaults)
    yield (
        "defaults",
        defaults,
        context.account if context.is_chosen else accounts[defaults.account or first],
    )
    for name, feed in presets.feeds.items():
        options = FeedOptions(**{**presets.defaults, **feed})
        account = accounts[options.account or first]
        if not context.is_chosen or account == context.account:
            yield name, options, account


def _fetch(
    context: Context, session: Session, name: str, options: FeedOptions, account: Account
) -> bool:
    """Fetch one feed and say what came of it; return whether all of it is there and new."""
    shown = session.load(options, account)
    trouble = session.take_cache_trouble()
    told = [
        message.text
        for message in tell(shown, max_stale=timedelta(0), on_error="warn", now=context.now)
    ]
    for text in filter(None, [trouble, *session.take_notes(account), *told]):
        terminal.say(f"{name}: {text}")
    if shown.feed is None:
        return False
    posts = pluralize(len(shown.feed.items), "post")
    terminal.say(f"{name}: {posts} of {quote(shown.feed.user.username)}.")
    return not (trouble or shown.feed.stale_because or shown.lost or shown.waiting)
