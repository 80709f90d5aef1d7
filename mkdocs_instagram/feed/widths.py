"""How wide pictures are in a layout."""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from mkdocs_instagram.config.feed_options import FeedOptions

from .columns import ALONE, STARTS, Counts, Position, is_filled, is_large

# In CSS pixels, as in instagram.css: what is between columns, a post alone, what a list gives a
# picture; and the share of a carousel in which its columns are, as the next post looks in.
_GAP = 8
_MOST_ALONE = 470
_LEAST_IN_LIST, _MOST_IN_LIST, _SHARE_IN_LIST = 88, 288, 0.4
_SHARE_IN_CAROUSEL = 0.92
# Feeds have these widths, on screens with so many pixels for one CSS pixel.
_NARROWEST_FEED, _WIDEST_FEED = 260, 1600
_DENSITY = 2

AVATAR = 80
"""The most CSS pixels of a user's picture."""
AVATAR_NEED = _DENSITY * AVATAR


class Span(NamedTuple):
    """The width of a picture in feeds that are not narrower than `start`.

    It is a share of the feed's width, and so many CSS pixels more, or less if negative.
    """

    start: float
    share: float
    pixels: float


def find_need(options: FeedOptions, counts: Counts, position: Position) -> float:
    """Return how many pixels the widest file of a media must have that opens no viewer.

    `inf` for the widest there is, which a link to the file shows.
    """
    if options.open == "image":
        return inf
    return find_need_in_layout(options, counts, position)


def find_need_in_layout(options: FeedOptions, counts: Counts, position: Position) -> float:
    """Return how many pixels a picture in the layout can need.

    `inf` for a post alone, and with a template of the site's own, which can show it in any width.
    """
    if position == ALONE or options.template != "feed.html":
        return inf
    spans = list_spans(options, counts, position)
    ends = [span.start for span in spans[1:]] + [_WIDEST_FEED]
    widest = max(span.share * end + span.pixels for span, end in zip(spans, ends, strict=True))
    return _DENSITY * widest


def list_spans(options: FeedOptions, counts: Counts, position: Position) -> list[Span]:
    """Return the widths of a picture, for narrow feeds first."""
    spans: list[Span] = []
    for start, end, count in zip(STARTS, (*STARTS[1:], _WIDEST_FEED), counts, strict=True):
        for span in _list_spans(options, position, start, count):
            if span.start < end and (not spans or span[1:] != spans[-1][1:]):
                spans.append(span)
    return spans


def _list_spans(
    options: FeedOptions, position: Position, start: float, count: int
) -> Iterator[Span]:
    """Yield the widths from `start` on, if the feed had so many columns however wide it is."""
    if options.layout == "carousel":
        yield Span(start, _SHARE_IN_CAROUSEL / count, _GAP / count - _GAP)
        return
    taken = 2 if is_large(options, position, count) else 1
    share, pixels = taken / count, _GAP * taken / count - _GAP
    if options.layout == "list":
        share, pixels = _SHARE_IN_LIST * share, _SHARE_IN_LIST * pixels
        yield from _limit(Span(start, share, pixels), _LEAST_IN_LIST, _MOST_IN_LIST)
    elif is_filled(options) and count == 1:
        yield from _limit(Span(start, share, pixels), 0, _MOST_ALONE)
    else:
        yield Span(start, share, pixels)


def _limit(span: Span, least: float, most: float) -> Iterator[Span]:
    """Yield a span from which neither less nor more pixels come."""
    enough, too_much = ((limit - span.pixels) / span.share for limit in (least, most))
    if max(span.start, _NARROWEST_FEED) < enough:
        yield Span(span.start, 0, least)
        span = span._replace(start=enough)
    if span.start < too_much:
        yield span
    yield Span(max(span.start, too_much), 0, most)
