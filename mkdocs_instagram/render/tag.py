"""Finds feed tags in rendered HTML and reads what they ask for; performs no I/O.

A tag inside code is escaped in rendered HTML, so it is no comment and stays what it is.
"""

import re
import textwrap
from collections.abc import Callable
from typing import NamedTuple

import yaml

from mkdocs_instagram.config.feed_options import FeedOptions, Presets, check_options
from mkdocs_instagram.errors import OptionError, TagError
from mkdocs_instagram.text import quote

# Comments are taken one after another, so that a tag within an ordinary comment is not seen. Where
# HTML has no comments, none are sought. A paragraph around nothing but a tag goes with it: it may
# hold no `div`.
_COMMENT = re.compile(
    r"<(script|style|textarea|title)\b.*?</\1\s*>"
    r"|(?:<p>\s*)?<!--(?P<text>.*?)(?:-->(?P<end>\s*</p>)?|(?P<never_closed>\Z))",
    re.DOTALL | re.IGNORECASE,
)
_MAYBE = re.compile(r"<!--\s*instagram\b")
_RARE = 60  # of more, a search for the word is faster
_TAG = re.compile(
    r"instagram(?:\s+(?P<preset>[\w-]+)(?=\s|$)(?!\s*:))?(?:(?P<space>\s+)(?P<yaml>.*))?", re.DOTALL
)


class FeedTag(NamedTuple):
    """One tag as written.

    Attributes:
        number: Counted from 1 in its page.
        options: What it asks for, presets and defaults merged in.
        warnings: A sentence for each unknown option.
    """

    number: int
    options: FeedOptions
    warnings: tuple[str, ...]


def may_hold_tags(html: str) -> bool:
    """Tell quickly whether a look at every comment is worth it.

    Nothing is found faster in a long page than a rare character: "!".
    """
    at = html.find("!")
    for _ in range(_RARE):
        if at < 0:
            return False
        if html.startswith("<!--", at - 1) and _MAYBE.match(html, at - 1):
            return True
        at = html.find("!", at + 1)
    return "instagram" in html and _MAYBE.search(html) is not None


def replace_tags(
    html: str,
    presets: Presets,
    replace: Callable[[FeedTag], str],
    pass_over: Callable[[str], None],
    *,
    first_number: int = 1,
) -> str:
    """Return `html` with each tag replaced, in one pass: what `replace` returns is not looked at.

    Args:
        html: A rendered page or fragment.
        presets: The presets and defaults of mkdocs.yml.
        replace: Gives the HTML that stands for a tag.
        pass_over: Is told of each comment that begins like a tag and is none.
        first_number: The number of the first tag.

    Raises:
        TagError: A tag has broken YAML or a wrong value; the text begins with its number.
    """
    number = first_number - 1

    def substitute(match: re.Match[str]) -> str:
        nonlocal number
        text = match["text"]
        if text is None or match["never_closed"] is not None:
            return match[0]
        if not (tag := _TAG.fullmatch(text.strip())):
            return match[0]
        number += 1
        written = _read(tag, presets, number)
        if written is None:
            number -= 1
            pass_over(quote(text))
            return match[0]
        return _around(match, replace(written))

    return _COMMENT.sub(substitute, html)


def _around(match: re.Match[str], html: str) -> str:
    opens, closes = match[0].lower().startswith("<p>"), match["end"] is not None
    if opens and not closes:
        return match[0][: match[0].index("<!--")] + html
    return html + match["end"] if closes and not opens else html


def _read(tag: re.Match[str], presets: Presets, number: int) -> FeedTag | None:
    """Return the tag, or `None` for an ordinary comment that begins with the same word."""
    preset, text = tag["preset"], tag["yaml"] or ""
    given = _load(_without_indent(tag["space"] or "", text), number)
    if given is None or (preset is not None and preset not in presets.feeds):
        if preset is None or not isinstance(given, dict) or not text:
            return None
        known = ", ".join(presets.feeds) or "none"
        raise TagError(
            f"feed tag {number}: no feed is called {quote(preset)}. "
            f"Known in `feeds` of mkdocs.yml: {known}."
        )
    try:
        own, warnings = check_options(given)
    except OptionError as error:
        raise TagError(f"feed tag {number}: {error}") from None
    merged = {**presets.defaults, **(presets.feeds[preset] if preset else {}), **own}
    return FeedTag(number, FeedOptions(**merged), tuple(warnings))


def _without_indent(space: str, text: str) -> str:
    """Return a YAML block that stands on lines of its own without their common indent."""
    _, line_break, indent = space.rpartition("\n")
    return textwrap.dedent(indent + text) if line_break else text


def _load(text: str, number: int) -> dict[object, object] | None:
    """Return the mapping that `text` holds, empty for no text; `None` when it is no mapping."""
    if not text:
        return {}
    try:
        given = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if not re.match(r"\{|[\w-]+\s*:", text):
            return None
        raise TagError(_broken(text, error, number)) from None
    return given if isinstance(given, dict) else None


def _broken(text: str, error: Exception, number: int) -> str:
    mark = getattr(error, "problem_mark", None)
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else text
    problem = getattr(error, "problem", None) or "it cannot be read"
    hint = (
        ' In YAML an unquoted # starts a comment: write include: ["#team"].' if "#" in text else ""
    )
    return (
        f"feed tag {number}: its options are not YAML: {quote(problem)}, at {quote(line)}."
        f"{hint} Right would be: <!-- instagram {{limit: 6, types: [image, carousel]}} -->"
    )
