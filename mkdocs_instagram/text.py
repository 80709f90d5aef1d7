"""Cleaning, quoting and shortening of texts."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

# C0 and C1 controls except tab and line feed, and the characters that change the direction of text.
_REMOVED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN_LIKE = re.compile(r"IG(?:AA|Q)[A-Za-z0-9_-]{8,}|(?:IG|EAA)[A-Za-z0-9_-]{20,}")
_JOINERS = {"\u200d", "\ufe0e", "\ufe0f"}
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


class Message(NamedTuple):
    """One line for the log; `level` is one of `logging`'s."""

    level: int
    text: str


def clean(text: str) -> str:
    """Return `text` without control characters, and with U+FFFD for each lone surrogate."""
    return _LONE_SURROGATE.sub("\ufffd", _REMOVED.sub("", text))


def quote(value: object, length: int = 60) -> str:
    """Return `value` as one printable line for a message.

    It is cut to `length` characters, and what looks like a token in it is hidden.
    """
    text = value if isinstance(value, str) else repr(value)
    line = " ".join(hide_tokens(clean(text)).split())
    printable = "".join(char for char in line if char.isprintable())
    return printable if len(printable) <= length else printable[: length - 1] + "…"


def hide_tokens(text: str) -> str:
    """Return `text` without what looks like an access token in it."""
    return _TOKEN_LIKE.sub("(hidden)", text)


def looks_like_token(value: str) -> bool:
    """Tell whether some part of `value` looks like an access token."""
    return _TOKEN_LIKE.search(value) is not None


def can_be_token(value: str) -> bool:
    """Tell whether `value` is one word of the characters and the length that tokens have."""
    return re.fullmatch(r"[!-<>-~]{1,1024}", value) is not None


def suggest(name: object, names: Iterable[str]) -> str:
    """Return " Did you mean …?" with the nearest of `names`; "" when none is near."""
    # Imported here to save its time in a build without such a mistake.
    from difflib import get_close_matches

    nearest = get_close_matches(str(name), list(names), n=1)
    return f" Did you mean {nearest[0]}?" if nearest else ""


def shorten(text: str, length: int) -> str:
    """Return `text` cut at a word to at most `length` characters, with "…" where it was cut.

    A text without spaces is cut between whole characters: marks, emoji joiners, skin tones and
    the letters of a flag stay together.
    """
    if len(text) <= length:
        return text
    cut = length - 1
    space = max(text.rfind(char, 0, cut + 1) for char in " \n\t")
    if space > cut // 2:
        return text[:space].rstrip() + "…"
    while cut > 1 and _is_continued(text, cut):
        cut -= 1
    return text[:cut].rstrip() + "…"


def _is_continued(text: str, index: int) -> bool:
    char = text[index]
    return (
        char in _JOINERS
        or text[index - 1] == "\u200d"
        or unicodedata.category(char).startswith("M")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
        or (char in _FLAG_LETTERS and _ends_in_half_flag(text[:index]))
    )


def _ends_in_half_flag(text: str) -> bool:
    return (len(text) - len(text.rstrip(_FLAG_LETTERS))) % 2 == 1


def describe_wait(seconds: float) -> str:
    """Return how long a wait is, such as `about 20 seconds` or `about 1 minute`."""
    if seconds < 59.5:
        return f"about {pluralize(max(1, round(seconds)), 'second')}"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"about {pluralize(minutes, 'minute')}"
    hours = round(minutes / 60)
    if hours < 48:
        return f"about {pluralize(hours, 'hour')}"
    return f"about {pluralize(round(hours / 24), 'day')}"


def pluralize(number: int, unit: str) -> str:
    """Return a number with its unit, such as `1 day` or `2 days`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
