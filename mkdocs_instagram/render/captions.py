"""What becomes of a media's words: links of tags and mentions, the alt text; performs no I/O."""

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

# Up to a space or punctuation other than . and _: `\w` lacks the vowel signs of many scripts.
_PUNCTUATION = r"!-\-/:-@\[-^`{-~\u2010-\u2027\u3001-\u3003\u3008-\u3011\uff01-\uff0f\uff1a-\uff20"
_TAG_OR_MENTION = rf"[#@][^\s{_PUNCTUATION}]++"
_TAGS_AND_MENTIONS = re.compile(rf"(?<!\w)(?:{_TAG_OR_MENTION})++")
# Neither within a word or an address (rye@bakery.example, /menu#bread), nor cut off by `shorten`.
_LINKABLE = re.compile(rf"(?<![\w/&])(?:{_TAG_OR_MENTION})++(?!…)")
_USERNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._]{0,28}[A-Za-z0-9_])?")
_IN_TAG = re.compile(r"L|M|N|Sk|So")
_JOINERS = "_\u200c\u200d"


class Part(NamedTuple):
    """A piece of a text.

    Attributes:
        href: Where a tag or a mention leads, made of checked characters; "" for other words.
    """

    text: str
    href: str = ""


def split_links(text: str) -> list[Part]:
    """Return a text in parts, its #tags and @mentions apart and with their addresses on Instagram.

    The parts together are the text.
    """
    parts, end = [], 0
    for found in _LINKABLE.finditer(text):
        parts.append(Part(text[end : found.start()]))
        parts += _split_run(found[0])
        end = found.end()
    return [part for part in (*parts, Part(text[end:])) if part.text]


def make_alt(media: Media, labels: Mapping[str, str]) -> str:
    """Return the text for who cannot see the picture.

    It is `alt_text`, else the caption without tags and mentions, else who and when.
    """
    if media.alt_text.strip():
        return shorten(" ".join(media.alt_text.split()), MAX_ALT_LENGTH)
    caption = " ".join(_TAGS_AND_MENTIONS.sub("", media.caption).split())
    if any(char.isalnum() for char in caption):
        return shorten(caption, ALT_LENGTH)
    who = f"{labels['by']} {media.username}".strip()
    when = media.timestamp.date().isoformat() if media.timestamp else ""
    return ", ".join(filter(None, (who, when)))


def _split_run(run: str) -> Iterator[Part]:
    """Yield the parts of tags and mentions that touch: #rye#bread@miller."""
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
    """Tell whether Instagram takes a name for a tag: letters, marks, emoji, not digits alone."""
    return (
        0 < len(name) <= MAX_TAG_LENGTH
        and not name.isdigit()
        and "\ufffd" not in name
        and all(char in _JOINERS or _IN_TAG.match(unicodedata.category(char)) for char in name)
    )
