"""Chooses the media that a feed shows, and how far the account must be read; performs no I/O."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Overrides
from mkdocs_instagram.instagram.models import Media

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def choose(items: Iterable[Media], options: FeedOptions, overrides: Overrides) -> list[Media]:
    """Return what the feed shows of `items`, at most `limit`.

    Hidden ones are out, the others filtered and sorted, pinned first. With `post`, exactly those
    media in the order asked for, whatever the filters.
    """
    visible = [media for media in items if not _is_hidden(media, overrides) and media.picture]
    if options.post:
        by_code = {media.shortcode: media for media in visible}
        return [by_code[code] for code in options.post if code in by_code]
    matching = _sorted([media for media in visible if _matches(media, options)], options)
    pins = pinned(overrides)
    matching.sort(
        key=lambda media: pins.index(media.shortcode) if media.shortcode in pins else len(pins)
    )
    return matching[: options.limit]


def is_answered(items: tuple[Media, ...], options: FeedOptions, overrides: Overrides) -> bool:
    """Tell whether `items`, the newest of an account, are enough for `options`.

    The account goes on behind them. Whether sought shortcodes are among them is another question:
    see `sought`.
    """
    if options.post:
        return True
    if (
        options.since
        and items
        and all(_time(media) < _start(options.since) for media in items[-2:])
    ):
        return True
    return options.sort == "newest" and len(choose(items, options, overrides)) >= options.limit


def sought(options: FeedOptions, overrides: Overrides) -> tuple[str, ...]:
    """Return the shortcodes that the feed cannot do without: its posts, else the pinned ones."""
    codes = options.post or pinned(overrides)
    return tuple(code for code in codes if not (code in overrides and overrides[code].hide))


def pinned(overrides: Overrides) -> tuple[str, ...]:
    """Return the pinned shortcodes in the order of mkdocs.yml."""
    return tuple(code for code, override in overrides.items() if override.pin)


def needs_many(options: FeedOptions) -> bool:
    """Tell whether large batches are worth asking for: filters or an order that must see much."""
    return bool(
        options.types
        or options.include
        or options.exclude
        or options.since
        or options.until
        or options.post
    ) or (options.sort != "newest")


def _is_hidden(media: Media, overrides: Overrides) -> bool:
    return media.shortcode in overrides and overrides[media.shortcode].hide


def _matches(media: Media, options: FeedOptions) -> bool:
    return (
        (not options.types or any(_is_type(media, name) for name in options.types))
        and (options.since is None or _time(media) >= _start(options.since))
        and (
            options.until is None
            or (media.timestamp is not None and media.timestamp.date() <= options.until)
        )
        and (not options.include or any(contains(media.caption, word) for word in options.include))
        and not any(contains(media.caption, word) for word in options.exclude)
    )


def _is_type(media: Media, name: str) -> bool:
    return {
        "image": media.media_type == "IMAGE",
        "video": media.is_video,
        "reel": media.is_reel,
        "carousel": media.is_carousel,
    }[name]


def _time(media: Media) -> datetime:
    return media.timestamp or _EARLIEST


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _sorted(items: list[Media], options: FeedOptions) -> list[Media]:
    newest = sorted(items, key=_time, reverse=True)
    keys: dict[str, Callable[[Media], tuple[float, ...] | bytes | datetime]] = {
        "oldest": _time,
        "likes": lambda media: (-1.0 if media.like_count is None else media.like_count,),
        "comments": lambda media: (-1.0 if media.comments_count is None else media.comments_count,),
        # By digest of the id: stable from build to build, and a new media moves no other.
        "random": lambda media: hashlib.sha256(f"{options.account}{media.id}".encode()).digest(),
    }
    if options.sort == "newest":
        return newest
    return sorted(newest, key=keys[options.sort], reverse=options.sort in {"likes", "comments"})


def contains(caption: str, word: str) -> bool:
    """Tell whether `word` is in `caption`, whatever the case.

    A word ends where its script puts a boundary: "art" is not in "start", while "東京" is in
    "東京タワー". A #tag is matched whole in every script.
    """
    text, sought_word = (_fold(value) for value in (caption, word))
    is_tag = sought_word.startswith("#")
    start = text.find(sought_word)
    while start >= 0:
        end = start + len(sought_word)
        before, after = text[start - 1 : start], text[end : end + 1]
        if _ends(before, sought_word[0], is_tag) and _ends(after, sought_word[-1], is_tag):
            return True
        start = text.find(sought_word, start + 1)
    return False


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def _ends(outside: str, edge: str, is_tag: bool) -> bool:
    """Tell whether a word may end between `edge`, its own last character, and `outside`."""
    if not outside or not _is_word(outside) or not (_is_word(edge) or edge == "#"):
        return True
    return not is_tag and not (_separates_words(edge) and _separates_words(outside))


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char) in {"Mn", "Mc"}


# Scripts written without spaces between words (Unicode Standard Annex 29, section 4).
_UNSEPARATED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def _separates_words(char: str) -> bool:
    return not any(first <= ord(char) <= last for first, last in _UNSEPARATED)
