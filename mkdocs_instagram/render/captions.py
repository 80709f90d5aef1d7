"""Links in captions, and alt texts."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from mkdocs_instagram.instagram.models import Media
from mkdocs_instagram.text import shorten

ALT_LENGTH = 120
MAX_ALT_LENGTH = 1000
MAX_TAG_LENGTH = 100
INSTAGRAM = "https://www.instagram.com"

# Ends at a space or at punctuation except . and _: `\w` lacks the vowel signs of many scripts.
_PUNCTUATION = r"!-\-/:-@\[-^`{-~\u2010-\u2027\u3001-\u3003\u3008-\u3011\uff01-\uff0f\uff1a-\uff20"
_TAG_OR_MENTION = rf"[#@][^\s{_PUNCTUATION}]++"
_TAGS_AND_MENTIONS = re.compile(rf"(?<!\w)(?:{_TAG_OR_MENTION})++")
# Not within a word or an address (rye@bakery.example, /menu#bread), and not cut by `shorten`.
_LINKABLE = re.compile(rf"(?<![\w/&])(?:{_TAG_OR_MENTION})++(?!…)")
_USERNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?")
_IN_TAG = re.compile(r"L|M|N|Sk|So")
_JOINERS = "_\u200c\u200d"


class Part(NamedTuple):
    """A piece of a text.

    Attributes:
        href: The address of a tag or a mention, of checked characters only; "" for other words.
    """

    text: str
    href: str = ""


def split_links(text: str) -> list[Part]:
    """Split a text at its #tags and @mentions, which get their addresses on Instagram.

    The parts together are the text.
    """
    parts, end = [], 0
    for match in _LINKABLE.finditer(text):
        parts.append(Part(text[end : match.start()]))
        parts += _split_run(match[0])
        end = match.end()
    return [part for part in (*parts, Part(text[end:])) if part.text]


def make_alt(media: Media, labels: Mapping[str, str]) -> str:
    """Return the alt text: `alt_text`, else the caption without tags and mentions.

    Without words in both, it says whose post it is and when it was published.
    """
    if media.alt_text.strip():
        return shorten(" ".join(media.alt_text.split()), MAX_ALT_LENGTH)
    caption = " ".join(_TAGS_AND_MENTIONS.sub("", media.caption).split())
    if any(char.isalnum() for char in caption):
        return shorten(caption, ALT_LENGTH)
    author = f"{labels['by']} {media.username}".strip()
    day = media.timestamp.date().isoformat() if media.timestamp else ""
    return ", ".join(filter(None, (author, day)))


def _split_run(run: str) -> Iterator[Part]:
    """Yield the parts of tags and mentions without a space between: #rye#bread@miller."""
    for piece in re.findall(r"[#@][^#@]*", run):
        sign, word = piece[0], piece[1:]
        if sign == "@":
            name = word.rstrip(".")
            href = f"{INSTAGRAM}/{name}/" if _USERNAME.fullmatch(name) else ""
        else:
            name = word.partition(".")[0]
            href = f"{INSTAGRAM}/explore/tags/{quote(name, safe='')}/" if _is_tag(name) else ""
        yield Part(sign + name, href)
        yield Part(word[len(name) :])


def _is_tag(name: str) -> bool:
    """Tell whether a tag can have this name: letters, marks and emoji, and not only digits."""
    return (
        0 < len(name) <= MAX_TAG_LENGTH
        and not name.isdigit()
        and "\ufffd" not in name
        and all(char in _JOINERS or _IN_TAG.match(unicodedata.category(char)) for char in name)
    )
