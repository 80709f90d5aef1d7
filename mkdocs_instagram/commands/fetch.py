"""`fetch`: feeds are saved without a build."""

from collections.abc import Iterator
from datetime import timedelta

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.feed.messages import describe_feed
from mkdocs_instagram.feed.session import Session
from mkdocs_instagram.text import pluralize, quote

from . import terminal
from .context import Context


def fetch_feeds(context: Context) -> None:
    """Fetch the feeds of `defaults` and of each preset that are not fresh.

    With `is_chosen`, these are `defaults` for that account, and the presets that show it.

    Raises:
        CacheUnusable: Nothing could be saved, and no request was sent.
    """
    context.open_writable_cache()
    for text in context.take_cache_warnings():
        terminal.say(text)
    session = context.open_session()
    failed = []
    try:
        for name, options, account in _list_feeds(context):
            if not _fetch(context, session, name, options, account):
                failed.append(name)
        for text in filter(None, [session.finish(), *session.take_cache_warnings()]):
            terminal.say(text)
    finally:
        session.close()
    if failed:
        raise terminal.Failed(
            f"These feeds could not be fetched completely: {', '.join(failed)}. Everything that "
            "was saved before stays."
        )


def _list_feeds(context: Context) -> Iterator[tuple[str, FeedOptions, Account]]:
    """Yield the name, the options and the account of each feed to fetch."""
    accounts = context.site.accounts
    presets = context.site.options.list_presets()
    for name, feed in {"defaults": {}, **presets.feeds}.items():
        options = FeedOptions(**{**presets.defaults, **feed})
        account = accounts[options.account or next(iter(accounts))]
        if context.is_chosen and name == "defaults":
            account = context.account
        if not context.is_chosen or account == context.account:
            yield name, options, account


def _fetch(
    context: Context, session: Session, name: str, options: FeedOptions, account: Account
) -> bool:
    """Fetch one feed and report it; return whether it is fresh and complete."""
    loaded = session.load(options, account)
    problems = session.take_cache_warnings()
    messages = describe_feed(loaded, max_stale=timedelta(0), on_error="warn", now=context.now)
    texts = [*problems, *session.take_notes(account), *(message.text for message in messages)]
    for text in filter(None, texts):
        terminal.say(f"{name}: {text}")
    if loaded.feed is None:
        return False
    posts = pluralize(len(loaded.feed.items), "post")
    terminal.say(f"{name}: {posts} of {quote(loaded.feed.user.username)}.")
    return not (problems or loaded.feed.stale_because or any(loaded.missing_media))
