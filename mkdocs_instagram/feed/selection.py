"""The choice of media for a feed."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.models import Overrides
from mkdocs_instagram.instagram.captions import read_caption
from mkdocs_instagram.instagram.models import Media

from .models import REACH, EmptyReason

_FILTERS = ("types", "include", "exclude", "since", "until", "linked")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


def choose_media(items: Iterable[Media], options: FeedOptions, overrides: Overrides) -> list[Media]:
    """Return the media of `items` that the feed shows, at most `limit`.

    Hidden ones are left out, the others are filtered and sorted, pinned ones come first. With
    `post`, exactly those media come in the order asked for, and no filter applies.
    """
    wanted = _list_wanted((media for media in items if media.picture), options, overrides)
    return wanted if options.post else wanted[: options.limit]


def list_lacking(items: Iterable[Media], options: FeedOptions, overrides: Overrides) -> list[Media]:
    """Return the media that the feed would show if their pictures had an address."""
    shown, lacking = 0, []
    for media in _list_wanted(items, options, overrides):
        if not options.post and shown == options.limit:
            break
        if media.picture:
            shown += 1
        else:
            lacking.append(media)
    return lacking


def explain_empty(
    items: list[Media], options: FeedOptions, overrides: Overrides, read_to: datetime | None
) -> EmptyReason:
    """Return why the feed shows none of `items`."""
    visible = [media for media in items if not _is_hidden(media.shortcode, overrides)]
    left = {}
    for name in _FILTERS:
        if value := getattr(options, name):
            alone = FeedOptions()._replace(**{name: value})
            left[name] = sum(_matches(media, alone, overrides) for media in visible)
    return EmptyReason(options, len(visible), len(items) - len(visible), left, read_to)


def _list_wanted(items: Iterable[Media], options: FeedOptions, overrides: Overrides) -> list[Media]:
    visible = [media for media in items if not _is_hidden(media.shortcode, overrides)]
    if options.post:
        by_code = {media.shortcode: media for media in visible}
        return [by_code[code] for code in options.post if code in by_code]
    matching = _sort([media for media in visible if _matches(media, options, overrides)], options)
    pins = {code: index for index, code in enumerate(list_pinned(overrides))}
    return sorted(matching, key=lambda media: pins.get(media.shortcode, len(pins)))


def is_answered(items: tuple[Media, ...], options: FeedOptions, overrides: Overrides) -> bool:
    """Tell whether `items`, the newest of an account, are enough for `options`.

    Older media exist. Whether required shortcodes are among `items` is not checked here.
    """
    if options.post or options.linked:
        return True
    if options.since and items:
        start = _start(options.since)
        if all(_time(media) < start for media in items[-2:]):
            return True
    return (
        options.sort == "newest" and len(choose_media(items, options, overrides)) >= options.limit
    )


def list_required(options: FeedOptions, overrides: Overrides) -> tuple[str, ...]:
    """Return the shortcodes that the feed must have: those in `post`, else the pinned ones.

    With `linked`, those with a link.
    """
    codes = options.post or list_pinned(overrides)
    if options.linked and not options.post:
        codes = tuple(code for code, override in overrides.items() if override.link)
    return tuple(code for code in codes if not _is_hidden(code, overrides))


def list_pinned(overrides: Overrides) -> tuple[str, ...]:
    """Return the pinned shortcodes in the order of mkdocs.yml."""
    return tuple(code for code, override in overrides.items() if override.pin)


def needs_large_batches(options: FeedOptions) -> bool:
    """Tell whether a feed must see many media: it has filters, or another order than newest."""
    has_filter = any(getattr(options, name) for name in _FILTERS)
    return has_filter or bool(options.post) or options.sort != "newest"


def _is_hidden(code: str, overrides: Overrides) -> bool:
    return code in overrides and overrides[code].hide


def _matches(media: Media, options: FeedOptions, overrides: Overrides) -> bool:
    return (
        (not options.linked or _has_link(media.shortcode, overrides))
        and (not options.types or not list_types(media).isdisjoint(options.types))
        and (options.since is None or _time(media) >= _start(options.since))
        and (
            options.until is None
            or (media.timestamp is not None and media.timestamp.date() <= options.until)
        )
        and (
            not options.include
            or any(contains_word(media.caption, word) for word in options.include)
        )
        and not any(contains_word(media.caption, word) for word in options.exclude)
    )


def _has_link(code: str, overrides: Overrides) -> bool:
    return code in overrides and bool(overrides[code].link)


def list_types(media: Media) -> set[str]:
    """Return the values of the option `types` that show a media."""
    answers = {
        "image": media.media_type == "IMAGE",
        "video": media.is_video,
        "reel": media.is_reel,
        "carousel": media.is_carousel,
    }
    return {name for name, is_right in answers.items() if is_right}


def _time(media: Media) -> datetime:
    return media.timestamp or _EARLIEST


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _sort(items: list[Media], options: FeedOptions) -> list[Media]:
    newest = sorted(items, key=_time, reverse=True)
    keys: dict[str, Callable[[Media], tuple[float, ...] | bytes | datetime]] = {
        "oldest": _time,
        "likes": lambda media: (-1.0 if media.like_count is None else media.like_count,),
        "comments": lambda media: (-1.0 if media.comments_count is None else media.comments_count,),
        # By digest of the id: stable from build to build, and a new media moves no other.
        "random": lambda media: hashlib.sha256(
            f"{' '.join(options.account)}{media.id}".encode()
        ).digest(),
    }
    if options.sort == "newest":
        return newest
    return sorted(newest, key=keys[options.sort], reverse=options.sort in {"likes", "comments"})


def contains_word(caption: str, word: str) -> bool:
    """Tell whether `word` is in `caption`, in upper or lower case.

    A word ends where its script has a boundary: "art" is not in "start", but "東京" is in
    "東京タワー". A #tag or @mention must be one of the caption, as a whole.
    """
    word = _fold(word)
    text, links = read_words(caption)
    if [part.text for part in read_caption(word) if part.href] == [word]:
        return word in links
    is_tag = word.startswith("#")
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        before, after = text[start - 1 : start], text[end : end + 1]
        if _ends(before, word[0], is_tag) and _ends(after, word[-1], is_tag):
            return True
        start = text.find(word, start + 1)
    return False


@lru_cache(REACH)
def read_words(caption: str) -> tuple[str, frozenset[str]]:
    """Return a caption, and its tags and mentions, without the differences of upper case."""
    links = (part.text for part in read_caption(caption) if part.href)
    return _fold(caption), frozenset(map(_fold, links))


def _fold(text: str) -> str:
    """Return a text in which capital and small letters, also full-width ones, are the same."""
    compatible = unicodedata.normalize("NFKC", text)
    folded = unicodedata.normalize("NFKC", compatible.casefold())
    # The capitals of Turkish: i and a dot above is that of i, and I that of dotless i.
    return folded.replace("i\u0307", "i").replace("\u0131", "i")


def _ends(outside: str, edge: str, is_tag: bool) -> bool:
    """Tell whether a word may end between `edge`, its last character, and `outside`."""
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
