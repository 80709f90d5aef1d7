"""The sentences of a build's log."""

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
from mkdocs_instagram.text import Message, pluralize
from mkdocs_instagram.tokens.expiry import advise_replacing

from .models import Feed, LoadedFeed, MissingCount, Totals

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def describe_feed(
    shown: LoadedFeed, *, max_stale: timedelta, on_error: str, now: datetime
) -> list[Message]:
    """Return what the log says of one feed; texts begin with "what", the place goes before."""
    if shown.feed is None:
        return _describe_nothing(shown, on_error)
    messages = []
    if shown.feed.is_fetched and not shown.account.demo:
        messages.append(
            _info(f"fetched the feed of {shown.feed.user.username or shown.account.name}.")
        )
    if shown.feed.stale_because:
        messages += _describe_stale(shown, shown.feed, shown.feed.stale_because, max_stale, now)
    return messages + _describe_left_out(shown)


def find_cure(error: InstagramError, account: Account, *, is_token_stored: bool) -> str:
    """Return what the person can do; for a token, by where it comes from."""
    if error.cure or not isinstance(error, TokenError):
        return error.cure
    login = name_command("login", account.name)
    if isinstance(error, TokenMissing):
        return (
            f"Put a token into ${account.token_env} (in CI: a secret), run `{login}` on your own "
            "computer, or set `demo: true` for the account."
        )
    return advise_replacing(account, is_token_stored=is_token_stored)


def _describe_nothing(shown: LoadedFeed, on_error: str) -> list[Message]:
    if (error := shown.error) is None:
        return []
    level = logging.INFO if on_error == "ignore" else logging.WARNING
    text = f"{error.what} Nothing is saved, so the feed is empty. {_find_cure(error, shown)}"
    return [Message(level, text.rstrip())]


def _describe_stale(
    shown: LoadedFeed, feed: Feed, error: InstagramError, max_stale: timedelta, now: datetime
) -> list[Message]:
    if isinstance(error, NotAskedYet):
        return []
    age = now - feed.fetched_at
    level = logging.WARNING if error.needs_person or age > max_stale else logging.INFO
    instead = f"Showing the feed saved {_say_age(age)} ago."
    if feed.is_fetched:
        instead = "Showing what was fetched before that, and what was saved earlier."
    if isinstance(error, AppRemoved) and error.kept_until:
        instead += f" It is shown until {error.kept_until:%Y-%m-%d}, then removed for good."
    return [Message(level, f"{error.what} {instead} {_find_cure(error, shown)}".rstrip())]


def _find_cure(error: InstagramError, shown: LoadedFeed) -> str:
    return find_cure(error, shown.account, is_token_stored=shown.is_token_stored)


def _describe_left_out(shown: LoadedFeed) -> list[Message]:
    messages = []
    missing = shown.missing_media
    if missing.lost:
        text = (
            f"the pictures of {_count(missing.lost)} could not be had. The feed is shown without. "
        )
        messages.append(Message(logging.WARNING, f"{text}The next builds try again, once an hour."))
    if missing.waiting:
        text = f"time was over before the pictures of {_count(missing.waiting)} were there."
        messages.append(_info(f"{text} They wait for the next build."))
    if shown.is_avatar_missing:
        messages.append(_info("the profile picture could not be had. The header is shown without."))
    messages += _describe_missing(shown.missing_children, "picture", " in carousels", "without")
    messages += _describe_missing(shown.missing_videos, "video", "", "with poster and link")
    if shown.feed and shown.feed.unfound:
        codes = ", ".join(shown.feed.unfound)
        text = (
            f"the account has no media {codes}. The feed is shown without. "
            "Check the shortcode in `post`; it is looked for again in a day."
        )
        messages.append(Message(logging.WARNING, text))
    if shown.feed and shown.feed.unknown:
        text = f"{_count(shown.feed.unknown)} of an unknown type without a picture left out."
        messages.append(_info(text))
    return messages


def _describe_missing(missing: MissingCount, what: str, where: str, instead: str) -> list[Message]:
    messages = []
    if missing.lost:
        lost = f"{pluralize(missing.lost, what)}{where}"
        text = f"{lost} could not be had. The viewer is shown {instead}. "
        messages.append(Message(logging.WARNING, f"{text}The next builds try again, once an hour."))
    if missing.waiting:
        waiting = f"{pluralize(missing.waiting, what)}{where}"
        messages.append(_info(f"no time was left for {waiting}. The next build goes on."))
    return messages


def describe_unfound_pins(codes: list[str]) -> str:
    """Return the warning about pinned media that no account has."""
    return (
        f"media in mkdocs.yml pins {', '.join(codes)}, which no account shown here has. The feeds "
        "are shown without. Check the shortcode; it is looked for again in a day."
    )


def describe_totals(totals: Totals) -> str:
    """Return the closing line of a build; "" when no feed was shown."""
    if not totals.media:
        return ""
    media, fetched = len(totals.media), len(totals.media & totals.fetched)
    images = len(totals.images)
    line = (
        f"{media} media ({media - fetched} cached, {fetched} fetched), "
        f"{images} images ({images - totals.encoded} cached)"
    )
    if not totals.videos:
        return line
    videos = len(totals.videos)
    return f"{line}, {pluralize(videos, 'video')} ({videos - len(totals.fetched_videos)} cached)"


def _info(text: str) -> Message:
    return Message(logging.INFO, text)


def _count(number: int) -> str:
    return f"{number} media"


def _say_age(age: timedelta) -> str:
    if age < _HOUR:
        return pluralize(max(0, int(age.total_seconds() // 60)), "minute")
    return pluralize(age // _HOUR, "hour") if age < 2 * _DAY else pluralize(age // _DAY, "day")
