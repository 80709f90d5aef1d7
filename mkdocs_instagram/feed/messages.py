"""The messages about feeds in a build's log."""

import logging
from datetime import datetime, timedelta

from mkdocs_instagram.config.models import Account, name_command
from mkdocs_instagram.errors import (
    AppRemoved,
    InstagramError,
    NotAskedYet,
    TokenError,
    TokenMissing,
)
from mkdocs_instagram.text import Message, pluralize, quote
from mkdocs_instagram.tokens.expiry import advise_replacing

from .models import EmptyReason, Feed, LoadedFeed, MissingCount, Totals

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_MOST_NAMED = 5


def describe_feed(
    loaded: LoadedFeed,
    *,
    max_stale: timedelta,
    on_error: str,
    now: datetime,
    is_shown: bool = False,
) -> list[Message]:
    """Return what the log says of the feed of one account; each text follows the name of a place.

    With `is_shown`, the tag shows posts even if this account has none.
    """
    feed = loaded.feed
    if feed is None:
        return _describe_nothing(loaded, on_error, is_shown=is_shown)
    messages = []
    if feed.is_fetched:
        messages.append(_info(f"fetched the feed of {feed.user.username or loaded.account.name}."))
    if feed.stale_because:
        messages += _describe_stale(loaded, feed, feed.stale_because, max_stale, now)
    return messages + _describe_left_out(loaded) + _describe_empty(feed)


def find_cure(error: InstagramError, account: Account, *, is_token_stored: bool) -> str:
    """Return what the person can do; for a token, it depends on where the token is from."""
    if error.cure or not isinstance(error, TokenError):
        return error.cure
    if isinstance(error, TokenMissing):
        login = name_command("login", account.name)
        return (
            f"Put a token into ${account.token_env} (in CI: a secret), run `{login}` on your own "
            f"computer, or write `accounts: {{{account.name}: {{demo: true}}}}` in mkdocs.yml to "
            "see the demo."
        )
    return advise_replacing(account, is_token_stored=is_token_stored)


def _describe_nothing(loaded: LoadedFeed, on_error: str, *, is_shown: bool) -> list[Message]:
    if loaded.error is None:
        return []
    level = logging.INFO if on_error == "ignore" else logging.WARNING
    result = "the feed is shown without its posts" if is_shown else "the feed is empty"
    return [_describe_failure(level, loaded, loaded.error, f"Nothing is saved, so {result}.")]


def _describe_stale(
    loaded: LoadedFeed, feed: Feed, error: InstagramError, max_stale: timedelta, now: datetime
) -> list[Message]:
    if isinstance(error, NotAskedYet):
        return []
    age = now - feed.fetched_at
    level = logging.WARNING if error.needs_person or age > max_stale else logging.INFO
    instead = f"Showing the feed saved {_describe_age(age)} ago."
    if feed.snapshot:
        instead = f"Showing the snapshot {feed.snapshot} of {feed.fetched_at:%Y-%m-%d} instead."
        if isinstance(error, TokenMissing):  # which is what a snapshot is for
            return [_info(f"{error.what} {instead}")]
    if feed.is_fetched:
        instead = "Showing what was fetched before this failure, and what was saved earlier."
    if isinstance(error, AppRemoved) and error.kept_until:
        instead += f" It is shown until {error.kept_until:%Y-%m-%d}, then removed permanently."
    return [_describe_failure(level, loaded, error, instead)]


def _describe_failure(
    level: int, loaded: LoadedFeed, error: InstagramError, instead: str
) -> Message:
    cure = find_cure(error, loaded.account, is_token_stored=loaded.is_token_stored)
    return Message(level, f"{error.what} {instead} {cure}".rstrip())


def _describe_left_out(loaded: LoadedFeed) -> list[Message]:
    messages = []
    missing = loaded.missing_media
    if missing.lost:
        what = f"the pictures of {pluralize(missing.lost, 'post')}"
        instead = "The feed is shown without such posts."
        messages.append(_warn_of_lost(what, instead, loaded.obstacle))
    if missing.unsaved:
        what = f"the pictures of {pluralize(missing.unsaved, 'post')}"
        messages.append(_warn_of_unsaved(what, "The feed is shown without such posts."))
    if missing.waiting:
        posts = pluralize(missing.waiting, "post")
        text = f"the time for downloads was over before the pictures of {posts} were there."
        messages.append(_info(f"{text} The next build downloads them."))
    if loaded.missing_avatar.waiting:
        messages.append(
            _info("no time was left for the profile picture. The next build downloads it.")
        )
    elif any(loaded.missing_avatar):
        text = "the profile picture could not be downloaded. The header is shown without it."
        messages.append(_info(text))
    messages += _describe_missing(
        loaded.missing_children,
        "picture",
        " in carousels",
        instead="The viewer is shown without such pictures.",
        obstacle=loaded.obstacle,
    )
    messages += _describe_missing(
        loaded.missing_videos,
        "video",
        "",
        instead="The viewer shows a poster and a link instead.",
        obstacle=loaded.obstacle,
    )
    if loaded.feed and loaded.feed.unfound:
        text = (
            f"the account has no post {', '.join(loaded.feed.unfound)}. The feed is shown without "
            "such posts. Check the shortcode in `post`. A build searches again after a day."
        )
        messages.append(Message(logging.WARNING, text))
    return messages + (_describe_lacking(loaded.feed) if loaded.feed else [])


def _describe_lacking(feed: Feed) -> list[Message]:
    lacking = feed.lacking
    known = [media for media in lacking if media.is_known]
    messages = []
    if known:
        codes = ", ".join(media.shortcode or media.id for media in known[:_MOST_NAMED])
        more = ", …" if len(known) > _MOST_NAMED else ""
        posts = pluralize(len(known), "post")
        what = f"Instagram sent no picture of {posts}"
        cure = "The next builds ask again. If this stays, hide them in `media`."
        if feed.snapshot:
            what = f"The snapshot {feed.snapshot} has no picture of {posts}"
            cure = "Write the snapshot again, or commit all of its files."
        text = f"{what} ({codes}{more}). The feed is shown without such posts. {cure}"
        messages.append(Message(logging.WARNING, text))
    if unknown := len(lacking) - len(known):
        posts = pluralize(unknown, "post")
        messages.append(_info(f"left out {posts} of an unknown type without a picture."))
    return messages


def _describe_empty(feed: Feed) -> list[Message]:
    """Return why nothing was chosen for a feed, unless another message says it."""
    reason = feed.empty_because
    if reason is None or feed.unfound or feed.lacking:
        return []
    return [_info(_explain_empty(reason, feed.user.media_count or 0))]


def _explain_empty(reason: EmptyReason, expected: int) -> str:
    if reason.options.post:
        return (
            f"none of the posts in `post` ({', '.join(reason.options.post)}) can be shown, so the "
            "feed is empty. The account does not have them, or `media` hides them."
        )
    if not reason.posts and reason.hidden:
        return f"`media` hides {pluralize(reason.hidden, 'post')}, so the feed is empty."
    if not reason.posts:
        counted = f" Instagram counts {expected}, but sends none." if expected else ""
        return f"the account has no posts, so the feed is empty.{counted}"
    left = [f"{_quote_filter(reason, name)} leaves {count}" for name, count in reason.left.items()]
    instead = f"of {pluralize(reason.posts, 'post')}, so the feed is empty."
    read = "All posts of the account were read."
    if reason.read_to:
        read = f"The account was read back to {reason.read_to:%Y-%m-%d}."
    if len(left) == 1:
        return f"{_quote_filter(reason, next(iter(reason.left)))} leaves none {instead} {read}"
    return f"the filters leave none {instead} Each alone: {', '.join(left)}. {read}"


def _quote_filter(reason: EmptyReason, name: str) -> str:
    value = getattr(reason.options, name)
    if value is True:
        return f"`{name}: true`"
    words = ", ".join(value) if isinstance(value, tuple) else value.isoformat()
    return f"`{name}: {quote(words)}`"


def _describe_missing(
    missing: MissingCount, unit: str, where: str, *, instead: str, obstacle: InstagramError | None
) -> list[Message]:
    messages = []
    if missing.lost:
        what = f"{pluralize(missing.lost, unit)}{where}"
        messages.append(_warn_of_lost(what, instead, obstacle))
    if missing.unsaved:
        messages.append(_warn_of_unsaved(f"{pluralize(missing.unsaved, unit)}{where}", instead))
    if missing.waiting:
        what = f"{pluralize(missing.waiting, unit)}{where}"
        messages.append(_info(f"no time was left for {what}. The next build goes on."))
    return messages


def _warn_of_lost(what: str, instead: str, obstacle: InstagramError | None) -> Message:
    text = f"{what} could not be downloaded."
    if obstacle:
        return Message(logging.WARNING, f"{text} {obstacle.what} {instead} {obstacle.cure}")
    return Message(logging.WARNING, f"{text} {instead} The next builds try again, once an hour.")


def _warn_of_unsaved(what: str, instead: str) -> Message:
    text = (
        f"{what} could be downloaded, but saved neither in the cache folder nor in a temporary "
        f"one. {instead} Make room on the disk, or set `cache_dir` and TMPDIR to other folders."
    )
    return Message(logging.WARNING, text)


def describe_unfound(codes: list[str]) -> str:
    """Return the warning about media that mkdocs.yml names and no account has."""
    return (
        f"`media` in mkdocs.yml names {', '.join(codes)}, but no account in this build has such a "
        "post. The feeds are shown without such posts. Check the shortcode. A build searches again "
        "after a day."
    )


def describe_totals(totals: Totals) -> str:
    """Return the last line of a build's log; "" when no feed was shown."""
    if not totals.media:
        return ""
    posts, fetched = len(totals.media), len(totals.media & totals.fetched)
    images, videos = len(totals.images), len(totals.videos)
    saved_videos = len(totals.videos - totals.fetched_videos)
    line = (
        f"{pluralize(posts, 'post')} ({posts - fetched} cached, {fetched} fetched), "
        f"{pluralize(images, 'image')} ({len(totals.images - totals.encoded)} cached)"
    )
    if not videos:
        return line
    return f"{line}, {pluralize(videos, 'video')} ({saved_videos} cached)"


def _info(text: str) -> Message:
    return Message(logging.INFO, text)


def _describe_age(age: timedelta) -> str:
    if age < _MINUTE:
        return "less than a minute"
    if age < _HOUR:
        return pluralize(age // _MINUTE, "minute")
    return pluralize(age // _HOUR, "hour") if age < 2 * _DAY else pluralize(age // _DAY, "day")
