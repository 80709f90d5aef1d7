"""Feed tags in rendered HTML."""

import logging
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import NamedTuple

import yaml

from mkdocs_instagram.config.checks import NO_VALUE_HINT
from mkdocs_instagram.config.cures import suggest_yaml
from mkdocs_instagram.config.feed_options import NAMES, FeedOptions, check_options
from mkdocs_instagram.config.presets import Presets
from mkdocs_instagram.errors import OptionError, TagError
from mkdocs_instagram.text import Message, quote, suggest

# Matches comments and HTML tags one after the other, so that a comment within an ordinary comment
# or an attribute's value is not found. A paragraph that holds only a feed tag is replaced with it,
# because a `p` cannot hold a `div`. Before its first "=", an HTML tag ends at "<": it may be text
# such as "a <b". A quote is closed only where an attribute can end. Nothing is read twice.
_MARKUP = re.compile(
    r"(?P<start><p>\s*)?<!--(?P<text>.*?)(?:-->(?P<end>\s*</p>)?|(?P<never_closed>\Z))"
    r"|</?(?:(?P<raw>script|style|textarea|title|iframe|noembed|noframes|xmp)(?=[\s/>])|[a-z])"
    r"[^<>=]*+(?:=\s*+(?:(?:\"[^\"]*+\"|'[^']*+')(?=[\s/>])|[^\s\"'>][^\s>]*+)?+[^>=]*+)*+",
    re.DOTALL | re.IGNORECASE,
)
_MAYBE = re.compile(r"<!--[\s-]*instagram", re.IGNORECASE)
_RARE = 60  # with more of them, a search for the comment is faster
_WORD = "instagram"
# Text up to another "-->", as Markdown writes it: the first "-->" was part of a value.
_CUT_OFF = re.compile(r"\s*+(?:<p>)?+[^<>]{1,200}?--(?:>|&gt;)\s*(?=</|\Z)")
_CUT_OFF_TEXT = (
    "the tag ended at the first -->, and what follows is shown as text. In a value, write → in "
    "place of -->."
)
_EXAMPLE = "<!-- instagram {limit: 6, types: [image, carousel]} -->"
_TAG = re.compile(
    rf"{_WORD}(?:\s*:|(?=[\s{{])|\Z)(?:\s*[\"']?(?P<preset>\w[\w-]*)[\"']?(?=\s|\Z)(?!\s*:))?"
    r"(?P<space>\s*)(?P<yaml>.*)",
    re.DOTALL | re.IGNORECASE,
)
_LIKE_OPTIONS = rf"(?m:\A\s*(?:\{{|[\"']?[\w-]+[\"']?\s*:)|^[ \t]*(?:{'|'.join(NAMES)})[ \t]*:)"
# What a window shows below a theme's header and a title: so many characters before a tag, and none
# of what is high, or hides what is in it.
_MAX_TEXT_ABOVE, _MAX_MARKUP_ABOVE = 600, 6000
_TALL = r"(?i)<(?:img|video|iframe|table|pre|details)\b"
# In a whole page, the content begins at the first of these that there is.
_CONTENT = (
    r"(?i)<article\b",
    r"(?i)<[a-z]+\b[^>]*\brole\s*=\s*[\"']?main\b",
    r"(?i)<main\b",
    r"(?i)<body\b",
)
_ONE_WORD = re.compile(r"[^\w\s]*+\w[\w-]*+[^\w\s]*+")


class FeedTag(NamedTuple):
    """One tag as written.

    Attributes:
        number: Counted from 1 in its page.
        options: Its options, merged with its preset and the defaults.
        warnings: A sentence for each unknown option.
        source: Its comment.
        is_at_top: It is the first, with little before it.
    """

    number: int
    options: FeedOptions
    warnings: tuple[str, ...]
    source: str = ""
    is_at_top: bool = False


def may_hold_tags(html: str) -> bool:
    """Tell quickly whether it is worth reading every comment.

    Nothing is found faster in a long page than a rare character: "!".
    """
    at = html.find("!")
    for _ in range(_RARE):
        if at < 0:
            return False
        if html.startswith("<!--", at - 1) and _MAYBE.match(html, at - 1):
            return True
        at = html.find("!", at + 1)
    return _MAYBE.search(html) is not None


def replace_tags(
    html: str,
    presets: Presets,
    replace: Callable[[FeedTag], str],
    pass_over: Callable[[Message], None],
    *,
    first_number: int = 1,
) -> str:
    """Return `html` with each tag replaced, in one pass: what `replace` returns is not searched.

    A tag inside code is escaped in rendered HTML, so it is not a comment and stays as it is.

    Args:
        html: A rendered page or fragment.
        presets: The presets and defaults of mkdocs.yml.
        replace: Returns the HTML in place of a tag.
        pass_over: Called with what the log says of each comment that begins like a tag and is not
            one.
        first_number: The number of the first tag.

    Raises:
        TagError: A tag has broken YAML or a wrong value; the text begins with its number. Caught by
            `pages`.
    """
    number, done = first_number, 0
    parts: list[str] = []
    for comment in _find_comments(html):
        text = comment["text"].strip()
        if not text.lstrip("- ").lower().startswith(_WORD):
            continue
        tag = _TAG.fullmatch(text)
        written = _read_tag(tag, presets, number) if tag else None
        if written is None:
            pass_over(_describe_comment(text, tag, presets))
            continue
        written = written._replace(
            source=f"<!--{comment['text']}-->",
            is_at_top=number == 1 and _is_at_top(html, comment.start()),
        )
        number += 1
        if tag and _is_cut_off(comment, tag["yaml"] or "{"):
            written = written._replace(warnings=(*written.warnings, _CUT_OFF_TEXT))
        feed, start, end = replace(written), comment["start"] or "", comment["end"] or ""
        parts += [html[done : comment.start()], feed if start and end else f"{start}{feed}{end}"]
        done = comment.end()
    return "".join((*parts, html[done:]))


def _is_cut_off(comment: re.Match[str], text: str) -> bool:
    """Tell whether a comment seems to end within a value, by the text that follows."""
    is_block = text[0] != "{" and not comment["text"].rstrip(" ").endswith("\n")
    return is_block and _CUT_OFF.match(comment.string, comment.end()) is not None


def _is_at_top(html: str, position: int) -> bool:
    """Tell whether a feed at `position` of a page's content is probably seen without scrolling."""
    above = html[_find_content(html, position) : position]
    if len(above) > _MAX_MARKUP_ABOVE:
        return False
    text = " ".join(re.sub(r"<[^>]*+>", "", above).split())
    return len(text) <= _MAX_TEXT_ABOVE and not re.search(_TALL, above)


def _find_content(html: str, end: int) -> int:
    """Return where the content of a whole page begins before `end`; 0 for a fragment."""
    body = re.compile(_CONTENT[-1]).search(html, 0, end)
    if body is None:
        return 0
    found = (re.compile(pattern).search(html, body.start(), end) for pattern in _CONTENT)
    return next(match.start() for match in found if match)


def _find_comments(html: str) -> Iterator[re.Match[str]]:
    """Yield the closed comments, except those in elements in which HTML has none."""
    at = 0
    unclosed: set[str] = set()
    while match := _MARKUP.search(html, at):
        at, raw = match.end(), (match["raw"] or "").lower()
        if match["text"] is not None and match["never_closed"] is None:
            yield match
        elif raw and not match[0].startswith("</") and raw not in unclosed:
            end = re.compile(rf"</{raw}(?=[\s/>])", re.IGNORECASE).search(html, at)
            if end:
                at = end.start()
            else:
                unclosed.add(raw)


def _read_tag(tag: re.Match[str], presets: Presets, number: int) -> FeedTag | None:
    """Return the tag, or `None` for an ordinary comment that begins with the same word."""
    preset, text = tag["preset"], tag["yaml"]
    given = _load_options(_remove_indent(tag["space"], text), number)
    is_unknown = preset is not None and preset not in presets.feeds
    if given is None or (is_unknown and not text):
        return None
    if is_unknown:
        if not text.startswith("{") and given.keys().isdisjoint(NAMES):
            return None
        raise TagError(f"feed tag {number}: {_describe_preset(preset, presets)}")
    try:
        own, warnings = check_options(given)
        options = presets.merge(preset, own)
    except OptionError as error:
        raise TagError(f"feed tag {number}: {error}") from None
    return FeedTag(number, options, tuple(warnings))


def _describe_comment(text: str, tag: re.Match[str] | None, presets: Presets) -> Message:
    """Return what the log says of a comment that is no tag; one word was probably a preset."""
    comment = f'the comment "{quote(text)}"'
    words = " ".join(filter(None, (tag["preset"], tag["yaml"]))) if tag else ""
    if presets.feeds and _ONE_WORD.fullmatch(words):
        what = _describe_preset(words, presets)
        return Message(logging.WARNING, f"{what} No feed is shown in place of {comment}.")
    instead = "is not a feed tag and stays as it is."
    examples = "<!-- instagram --> or <!-- instagram {limit: 6} -->"
    return Message(logging.INFO, f"{comment} {instead} A tag looks like this: {examples}.")


def _describe_preset(name: str, presets: Presets) -> str:
    known = presets.feeds
    return (
        f"no feed is called {quote(name)}.{suggest(name, known)} Names in `feeds` of mkdocs.yml: "
        f"{', '.join(known) or 'none'}."
    )


def _remove_indent(space: str, text: str) -> str:
    """Return a YAML block without the common indent of its lines, if it begins on a new one."""
    _, line_break, indent = space.rpartition("\n")
    return textwrap.dedent(indent + text) if line_break else text


def _load_options(text: str, number: int) -> dict[object, object] | None:
    """Return the mapping that `text` is, empty for no text; `None` when it is not a mapping."""
    if not text:
        return {}
    try:
        given = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if not re.search(_LIKE_OPTIONS, text):
            return None
        raise TagError(_describe_broken(text, error, number)) from None
    return given if isinstance(given, dict) else None


def _describe_broken(text: str, error: Exception, number: int) -> str:
    mark = getattr(error, "problem_mark", None)
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else text
    problem = getattr(error, "problem", None) or "it cannot be read"
    cure = suggest_yaml(line, problem, NAMES)
    if not cure:
        hint = NO_VALUE_HINT if "#" in text else ""
        cure = f"{hint} Write them like this: {_EXAMPLE}"
    return (
        f"feed tag {number}: its options are not valid YAML: {quote(problem)}, at {quote(line)}."
        f"{cure}"
    )
