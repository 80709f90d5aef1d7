"""The sentences of a build's log: where, what, what we did instead, what to do; performs no I/O."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from .errors import AppRemoved, InstagramError, NotAskedYet, TokenError, TokenMissing
from .models import Account, Feed, Missing, Shown, Totals, name_command
from .upkeep import WARN_FROM, Expiry

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


class Message(NamedTuple):
    """One entry of the log; `level` is one of logging's."""

    level: int
    text: str


def tell(shown: Shown, *, max_stale: timedelta, on_error: str, now: datetime) -> list[Message]:
    """Return what the log says of one feed; texts begin with "what", the place goes before."""
    if shown.feed is None:
        return _tell_nothing(shown, on_error)
    messages = []
    if shown.feed.is_fetched and not shown.account.demo:
        messages.append(
            _info(f"fetched the feed of {shown.feed.user.username or shown.account.name}.")
        )
    if shown.feed.stale_because:
        messages += _tell_stale(shown, shown.feed, shown.feed.stale_because, max_stale, now)
    return messages + _tell_left_out(shown)


def cure(error: InstagramError, account: Account, *, is_token_stored: bool) -> str:
    """Return what the person can do; for a token, by where it comes from."""
    if error.cure or not isinstance(error, TokenError):
        return error.cure
    login = name_command("login", account.name)
    if isinstance(error, TokenMissing):
        return (
            f"Put a token into ${account.token_env} (in CI: a secret), run `{login}` on your own "
            "computer, or set `demo: true` for the account."
        )
    return replace_token(account, is_token_stored=is_token_stored)


def replace_token(account: Account, *, is_token_stored: bool) -> str:
    """Return the cure of a token that is of no use any more."""
    if is_token_stored:
        return f"Run `{name_command('login', account.name)}` to store a new token."
    return f"Put a new token into ${account.token_env}."


def refresh_token(account: Account, *, is_token_stored: bool) -> str:
    """Return how a token is given another 60 days."""
    refresh = name_command("refresh", account.name)
    if is_token_stored:
        return f"Run `{refresh}`."
    return f"Run `{refresh} --output FILE` and put what it writes into ${account.token_env}."


def tell_expiry(expiry: Expiry | None, account: Account, now: datetime) -> list[Message]:
    """Return what the log says of a token's end, from 10 days before; a guess is no WARNING."""
    if expiry is None or expiry.at - now > WARN_FROM:
        return []
    name = f"stored for {account.name}" if expiry.is_stored else f"in ${account.token_env}"
    what = f"the token {name} {_say_end(expiry, now)}"
    if expiry.at < now and not expiry.is_guess:
        todo = replace_token(account, is_token_stored=expiry.is_stored)
        return [Message(logging.WARNING, f"{what} {todo}")]
    todo = refresh_token(account, is_token_stored=expiry.is_stored)
    if expiry.is_stored or not expiry.is_guess:
        return [Message(logging.WARNING, f"{what} The feed is shown all the same. {todo}")]
    return [] if expiry.at < now else [_info(f"{what} {todo} That tells the true day, too.")]


def _say_end(expiry: Expiry, now: datetime) -> str:
    day, has_ended = f"{expiry.at:%Y-%m-%d}", expiry.at < now
    left = _plural(expiry.days_left(now), "day")
    if expiry.is_guess:
        end = f"may have ended about {day}" if has_ended else f"may end about {day}, in {left}"
        since = "stored" if expiry.is_stored else "first seen here"
        return f"{end}: 60 days after it was {since}."
    return f"ended on {day}." if has_ended else f"ends on {day}, in {left}."


def _tell_nothing(shown: Shown, on_error: str) -> list[Message]:
    if (error := shown.error) is None:
        return []
    level = logging.INFO if on_error == "ignore" else logging.WARNING
    return [
        Message(
            level,
            f"{error.what} Nothing is saved, so the feed is empty. {_cure(error, shown)}".rstrip(),
        )
    ]


def _tell_stale(
    shown: Shown, feed: Feed, error: InstagramError, max_stale: timedelta, now: datetime
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
    return [Message(level, f"{error.what} {instead} {_cure(error, shown)}".rstrip())]


def _cure(error: InstagramError, shown: Shown) -> str:
    return cure(error, shown.account, is_token_stored=shown.is_token_stored)


def _tell_left_out(shown: Shown) -> list[Message]:
    messages = []
    if shown.lost:
        text = f"the pictures of {_count(shown.lost)} could not be had. The feed is shown without. "
        messages.append(Message(logging.WARNING, f"{text}The next builds try again, once an hour."))
    if shown.waiting:
        text = f"time was over before the pictures of {_count(shown.waiting)} were there."
        messages.append(_info(f"{text} They wait for the next build."))
    if shown.is_avatar_missing:
        messages.append(_info("the profile picture could not be had. The header is shown without."))
    messages += _tell_missing(shown.missing_children, "picture", " in carousels", "without")
    messages += _tell_missing(shown.missing_videos, "video", "", "with poster and link")
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


def _tell_missing(missing: Missing, what: str, where: str, instead: str) -> list[Message]:
    messages = []
    if missing.lost:
        lost = f"{_plural(missing.lost, what)}{where}"
        text = f"{lost} could not be had. The viewer is shown {instead}. "
        messages.append(Message(logging.WARNING, f"{text}The next builds try again, once an hour."))
    if missing.waiting:
        waiting = f"{_plural(missing.waiting, what)}{where}"
        messages.append(_info(f"no time was left for {waiting}. The next build goes on."))
    return messages


def tell_unfound_pins(codes: list[str]) -> str:
    """Return the warning about pinned media that no account has."""
    return (
        f"media in mkdocs.yml pins {', '.join(codes)}, which no account shown here has. The feeds "
        "are shown without. Check the shortcode; it is looked for again in a day."
    )


def tell_unusable_cache(folder: Path, reason: str) -> str:
    """Return the warning about a cache folder that cannot be used."""
    return (
        f"the cache folder {folder} cannot be used ({reason}). A temporary one is used: everything "
        "is fetched anew and nothing is kept. Make the folder writable, or set `cache_dir`."
    )


def tell_broken_cache(folder: Path) -> str:
    """Return the warning about a damaged database."""
    return (
        f"the saved feeds in {folder} are damaged. The file is put aside as broken-cache.db and a "
        "new one begun; feeds are fetched anew. Nothing to do, unless it happens again: then look "
        "at the disk."
    )


def tell_totals(totals: Totals) -> str:
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
    return f"{line}, {_plural(videos, 'video')} ({videos - len(totals.fetched_videos)} cached)"


def _info(text: str) -> Message:
    return Message(logging.INFO, text)


def _count(number: int) -> str:
    return f"{number} media"


def _say_age(age: timedelta) -> str:
    if age < _HOUR:
        return _plural(max(0, int(age.total_seconds() // 60)), "minute")
    return _plural(age // _HOUR, "hour") if age < 2 * _DAY else _plural(age // _DAY, "day")


def _plural(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
