"""Captions that fit below a picture."""

import re

from mkdocs_instagram.instagram.captions import INVISIBLE, Part, read_caption
from mkdocs_instagram.text import shorten

DOTS = ".·•…‥\u2024‧∙⋅・･。｡"
_BLANK = re.compile(rf"[\s{DOTS}{INVISIBLE}\u200c-\u200f\ufe0e\ufe0f]*+")


def is_blank(line: str) -> bool:
    """Tell whether a line has nothing but dots, spaces and invisible characters."""
    return _BLANK.fullmatch(line) is not None


def fit_caption(caption: str, length: int) -> str:
    """Return a caption without blank lines, cut at a word to at most `length` characters.

    A tag or mention is never cut: it is left out. If it is the first word, its sign is.
    """
    lines = [line.rstrip(f" \t{INVISIBLE}") for line in caption.split("\n") if not is_blank(line)]
    text = "\n".join(lines).strip()
    cut = shorten(text, length)
    if cut == text:
        return text
    kept = cut[:-1].rstrip("#@") or cut[:-1]
    found, whole = _list_links(kept), _list_links(text)
    if found != whole[: len(found)]:
        half = found[-1]
        kept = kept[: kept.rindex(half.text)].rstrip() or half.name
    return f"{kept.rstrip()}…"


def _list_links(text: str) -> list[Part]:
    return [part for part in read_caption(text) if part.href]
