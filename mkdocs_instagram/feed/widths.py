"""How wide pictures are in a layout."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from mkdocs_instagram.config.feed_options import Columns, FeedOptions

USUAL = Columns(2, 3, 4)
"""The columns of a masonry and a highlight with `columns: auto`."""

# In CSS pixels, as in instagram.css: the width from which a feed has its small, medium and large
# columns, what is between columns, and what a list and a carousel give a picture.
_STARTS = (0, 480, 720)
_GAP = 8
_LEAST_IN_LIST, _MOST_IN_LIST, _SHARE_IN_LIST = 88, 240, 0.34
_MOST_IN_CAROUSEL, _SHARE_IN_CAROUSEL = 260, 0.42
# Feeds have these widths, on screens with so many pixels for one CSS pixel.
_NARROWEST_FEED, _WIDEST_FEED = 260, 1600
_DENSITY = 2

AVATAR = 80
"""The most CSS pixels of a user's picture."""
AVATAR_NEED = _DENSITY * AVATAR

# These layouts place media by the number of columns, so they need one.
_COUNTED = {"masonry", "highlight"}


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a media in its list; what is behind "Show more" is a list of its own.

    Attributes:
        index: From 0.
        following: How many come after it.
    """

    index: int
    following: int


class Span(NamedTuple):
    """The width of a picture in feeds that are not narrower than `start`.

    It is a share of the feed's width, and so many CSS pixels more, or less if negative.
    """

    start: float
    share: float
    pixels: float


def find_position(options: FeedOptions, index: int, total: int) -> Position:
    """Return the position of the media at `index` of `total`."""
    if options.more is None or total <= options.more:
        return Position(index, total - index - 1)
    if index < options.more:
        return Position(index, options.more - index - 1)
    return Position(index - options.more, total - index - 1)


def count_columns(options: FeedOptions) -> Columns:
    """Return the columns; `None` for as many as fit."""
    needs_number = options.layout in _COUNTED and not options.columns.small
    return USUAL if needs_number else options.columns


def is_large(options: FeedOptions, position: Position, columns: int) -> bool:
    """Tell whether a media takes two columns and two rows: some of a highlight.

    Each large one begins a row. Beside it are two rows of small ones, and below it one row of small
    ones before the next: the order is kept, and only the last row can have empty cells.
    """
    if options.layout != "highlight" or columns == 1:
        return False
    beside = 2 * (columns - 2)
    return position.index % (1 + beside + columns) == 0 and position.following >= beside


def find_need(options: FeedOptions, position: Position) -> float:
    """Return how many pixels the widest file of a media must have that opens no viewer.

    `inf` for the widest there is, which a link to the file shows.
    """
    if options.open == "image":
        return inf
    return find_need_in_layout(options, position)


def find_need_in_layout(options: FeedOptions, position: Position) -> float:
    """Return how many pixels a picture in the layout can need.

    `inf` for a post alone, and with a template of the site's own, which can show it in any width.
    """
    if position == Position(0, 0) or options.template != "feed.html":
        return inf
    spans = list_spans(options, position)
    ends = [span.start for span in spans[1:]] + [_WIDEST_FEED]
    widest = max(span.share * end + span.pixels for span, end in zip(spans, ends, strict=True))
    return _DENSITY * widest


def list_spans(options: FeedOptions, position: Position) -> list[Span]:
    """Return the widths of a picture, for narrow feeds first."""
    spans: list[Span] = []
    for span in _list_spans(options, position):
        if not spans or span[1:] != spans[-1][1:]:
            spans.append(span)
    return spans


def _list_spans(options: FeedOptions, position: Position) -> Iterator[Span]:
    counts = count_columns(options)
    if options.layout == "list":
        yield from _list_spans_beside_text(counts)
    elif counts.small:
        for start, count in zip(_STARTS, counts, strict=True):
            taken = 2 if is_large(options, position, count or 1) else 1
            yield _span_columns(start, count or 1, taken)
    elif options.layout == "carousel":
        yield Span(0, _SHARE_IN_CAROUSEL, 0)
        yield Span(_MOST_IN_CAROUSEL / _SHARE_IN_CAROUSEL, 0, _MOST_IN_CAROUSEL)
    else:
        # Columns of at least 120 pixels, 22 % or 260 pixels, whatever is the second largest. From
        # 1332 pixels on, a picture has from 260 to 327 pixels.
        yield from (_span_columns(0, 2), _span_columns(376, 3), _span_columns(504, 4))
        yield Span(1332, 0, 290)


def _list_spans_beside_text(counts: Columns) -> Iterator[Span]:
    """Yield the widths in a list: about a third of each column, within limits."""
    for start, end, count in zip(_STARTS, (*_STARTS[1:], _WIDEST_FEED), counts, strict=True):
        _, share, pixels = _span_columns(0, count or 1)
        least, most = (
            (limit / _SHARE_IN_LIST - pixels) / share for limit in (_LEAST_IN_LIST, _MOST_IN_LIST)
        )
        if max(start, _NARROWEST_FEED) < least:
            yield Span(start, 0, _LEAST_IN_LIST)
        if start < most and least < end:
            begin = max(start, least) if least > _NARROWEST_FEED else start
            yield Span(begin, _SHARE_IN_LIST * share, _SHARE_IN_LIST * pixels)
        if most < end:
            yield Span(max(most, start), 0, _MOST_IN_LIST)


def _span_columns(start: float, count: int, taken: int = 1) -> Span:
    """Return the width of some of `count` columns, with the gaps between them."""
    return Span(start, taken / count, _GAP * (taken - 1) - _GAP * taken * (count - 1) / count)
