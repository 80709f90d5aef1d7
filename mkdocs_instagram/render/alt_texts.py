"""Alt texts of media."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime

from mkdocs_instagram.instagram.captions import INVISIBLE, Part, read_caption
from mkdocs_instagram.instagram.models import Media
from mkdocs_instagram.text import shorten

from .shortening import DOTS, is_blank

ALT_LENGTH = 120
MAX_ALT_LENGTH = 1000

_SHOWN_AS_SPACE = "\u2800\u3164"
_UNSEEN = str.maketrans({char: " " if char in _SHOWN_AS_SPACE else None for char in INVISIBLE})
_ENDS_OF_SENTENCES = ".!?…。\uff01\uff1f｡।\u06d4؟"
# What is between the tags of a wall, or leads to it.
_BETWEEN = "|/~*\u2013\u2014-•·\u2024‧∙⋅・･"
_SEPARATORS = f" \t,;:\u060c\u3001\uff0c\uff1a\uff1b{_BETWEEN}"
_LONE_DOT = re.compile(rf"(?![…‥])[{DOTS}]")
_LONE_SIGN = re.compile(r"[#@|~*_\u2013\u2014-]+")


def make_alt(media: Media) -> str:
    """Return `alt_text`, or else the words of the caption; "" without words in both."""
    if media.alt_text.strip():
        return shorten(" ".join(media.alt_text.split()), MAX_ALT_LENGTH)
    lines = (_read_line(line) for line in media.caption.splitlines() if not is_blank(line))
    sentence = " ".join(filter(None, lines))
    return shorten(sentence, ALT_LENGTH) if any(map(str.isalnum, sentence)) else ""


def describe_media(
    media: Media,
    username: str,
    labels: Mapping[str, str],
    write_date: Callable[[datetime], str],
) -> str:
    """Return what a media is, whose it is, and when it was published."""
    what = labels[media.type_name]
    if media.children:
        what = labels["carousel_of"].replace("{count}", str(len(media.children)))
    if username:
        what = f"{what} {labels['by']} {username}"
    return f"{what}, {write_date(media.timestamp)}" if media.timestamp else what


def _read_line(line: str) -> str:
    """Return a line as a sentence: without walls of tags, and without the signs of other tags."""
    seen = (part._replace(text=part.text.translate(_UNSEEN)) for part in read_caption(line))
    parts = [part for part in seen if part.text]
    if not any(_has_word(part) for part in parts if not part.href):
        text = "" if any(part.href for part in parts) else "".join(part.text for part in parts)
        return " ".join(text.split()) if any(map(_is_picture, text)) else ""
    walls = _find_walls(parts)
    pieces = [""]
    for index, part in enumerate(parts):
        if index in walls:
            pieces += [] if index - 1 in walls else [""]
        else:
            pieces[-1] = _add(pieces[-1], part, parts[index - 1] if index else Part(""))
    sentence = pieces[0]
    for piece in pieces[1:]:
        sentence = _join(sentence, piece)
    return _remove_lone_signs(sentence)


def _find_walls(parts: list[Part]) -> set[int]:
    """Return the indices of the parts of a line that are walls of tags."""
    walls: set[int] = set()
    runs = _find_runs(parts)
    for run in runs:
        is_last = run is runs[-1] and not any(map(_has_word, parts[run[-1] + 1 :]))
        before = parts[run[0] - 1].text if run[0] else ""
        is_within = not _ends_sentence(before)
        names = 0
        # The names that a sentence ends with are not of the wall behind it.
        while is_within and names < len(run) and parts[run[names]].kind == "mention":
            names += 1
        wall = run[names:]
        has_tag = any(parts[index].kind == "tag" for index in wall)
        is_long = len(wall) >= 3 and (has_tag or is_last)
        if is_long or (is_last and has_tag and (len(wall) > 1 or names or not is_within)):
            walls.update(range(wall[0], wall[-1] + 1))
    return walls


def _find_runs(parts: list[Part]) -> list[list[int]]:
    """Return the indices of tags and mentions, together where no word or comma is between them."""
    runs: list[list[int]] = []
    for index, part in enumerate(parts):
        if not part.href:
            continue
        between = parts[runs[-1][-1] + 1 : index] if runs else []
        if runs and all(_separates(part) for part in between):
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _separates(part: Part) -> bool:
    return part.kind == "text" and all(
        char.isspace() or char in f"{_BETWEEN}." or _is_picture(char) for char in part.text
    )


def _ends_sentence(text: str) -> bool:
    text = text.rstrip()
    return not text or text[-1] in f"{_ENDS_OF_SENTENCES}{DOTS}" or _is_picture(text[-1])


def _is_picture(char: str) -> bool:
    """Tell whether a character is an emoji or a sign such as ♪, or the end of one."""
    return (
        unicodedata.category(char) == "So"
        or char in "\u200d\ufe0f\u20e3"
        or ("\U0001f3fb" <= char <= "\U0001f3ff")
    )


def _has_word(part: Part) -> bool:
    return any(map(str.isalnum, part.text))


def _add(sentence: str, part: Part, previous: Part) -> str:
    """Return a sentence with one more part; a tag or mention gives its name only."""
    if part.href:
        sentence = sentence.rstrip("#@")
        touches = previous.href or sentence[-1:].isdigit()
        return f"{sentence} {part.name}" if touches else sentence + part.name
    is_lone = bool(previous.href) and re.match(r"[#@]+(?!\w)", part.text)
    return sentence + (part.text.lstrip("#@") if is_lone else part.text)


def _join(before: str, after: str) -> str:
    """Return two pieces of a sentence without what a wall left between them."""
    before, after = before.rstrip(_SEPARATORS), after.lstrip(_SEPARATORS)
    while _opens(before[-1:]) and _closes(after[:1]):
        before, after = before[:-1].rstrip(_SEPARATORS), after[1:].lstrip(_SEPARATORS)
    if after[:1] and after[0] in _ENDS_OF_SENTENCES:
        return before + after if before[-1:].isalnum() else f"{before} {after[1:]}"
    return before + after if _opens(before[-1:]) else f"{before} {after}"


def _opens(char: str) -> bool:
    """Tell whether a character, or none, is an opening bracket or quotation mark."""
    return bool(char) and unicodedata.category(char) in {"Ps", "Pi"}


def _closes(char: str) -> bool:
    # German closes with the mark that opens in English.
    return bool(char) and unicodedata.category(char) in {"Pe", "Pf", "Pi"}


def _remove_lone_signs(sentence: str) -> str:
    words = [word for word in sentence.split() if not _LONE_DOT.fullmatch(word)]
    while words and _LONE_SIGN.fullmatch(words[0]):
        words.pop(0)
    while words and _LONE_SIGN.fullmatch(words[-1]):
        words.pop()
    return " ".join(words)
