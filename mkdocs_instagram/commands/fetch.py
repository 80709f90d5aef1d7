"""`fetch`: feeds are saved without a build."""

from collections.abc import Iterator
from datetime import timedelta

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.feed.messages import describe_feed
from mkdocs_instagram.feed.models import LoadedFeed
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
        for name, options, accounts in list_feeds(context):
            loaded = session.load(options, *accounts)
            parts = loaded.list_parts()
            reported = [report_feed(context, session, name, part) for part in parts]
            if not all(reported):
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


def list_feeds(context: Context) -> Iterator[tuple[str, FeedOptions, list[Account]]]:
    """Yield the name, the options and the accounts of each feed to fetch."""
    known = context.site.accounts
    presets = context.site.options.list_presets()
    for name in (None, *presets.feeds):
        options = presets.merge(name)
        accounts = [known[account] for account in options.account or (next(iter(known)),)]
        if context.is_chosen:
            chosen = name is None or context.account in accounts
            accounts = [context.account] if chosen else []
        if accounts:
            yield name or "defaults", options, accounts


def report_feed(context: Context, session: Session, name: str, loaded: LoadedFeed) -> bool:
    """Report what was fetched of an account; return whether it is fresh and complete."""
    problems = session.take_cache_warnings()
    messages = describe_feed(loaded, max_stale=timedelta(0), on_error="warn", now=context.now)
    notes = session.take_notes(loaded.account)
    texts = [*problems, *notes, *(message.text for message in messages)]
    for text in filter(None, texts):
        terminal.say(f"{name}: {text}")
    if loaded.feed is None:
        return False
    posts = pluralize(len(loaded.feed.items), "post")
    terminal.say(f"{name}: {posts} of {quote(loaded.feed.user.username)}.")
    return not (problems or loaded.feed.stale_because or any(loaded.missing_media))
