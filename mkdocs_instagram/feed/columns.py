"""How many columns a feed has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mkdocs_instagram.config.feed_options import FeedOptions

STARTS = (0, 480, 720, 900)
"""The CSS pixels from which a feed is small, medium, large and wide, as in instagram.css."""

# With `columns: auto`, for each of these sizes: the columns that suit it, the best first.
CHOICES: Mapping[str, Sequence[Sequence[int]]] = {
    "pictures": ((2, 3), (4, 3, 5), (4, 5, 3, 6), (6, 5, 4, 7, 8)),
    "texts": ((2, 1), (3, 4, 2), (4, 3, 5), (4, 5, 6, 3)),
}
_NEARLY_FULL = 1 / 3


class Counts(NamedTuple):
    """The columns of a feed for each of its sizes."""

    small: int
    medium: int
    large: int
    wide: int


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a media in its list; what is behind "Show more" is a list of its own.

    Attributes:
        number: From 0.
        following: How many come after it.
    """

    number: int
    following: int


ALONE = Position(0, 0)


def find_position(options: FeedOptions, index: int, total: int) -> Position:
    """Return the position of the media at `index` of `total`."""
    if options.more is None or total <= options.more:
        return Position(index, total - index - 1)
    if index < options.more:
        return Position(index, options.more - index - 1)
    return Position(index - options.more, total - index - 1)


def has_text_below(options: FeedOptions) -> bool:
    """Tell whether anything is shown below the pictures, or in a list beside them."""
    if options.layout == "list" or options.caption == "below":
        return True
    return options.caption == "none" and not {"date", "user"}.isdisjoint(options.show)


def is_large(options: FeedOptions, position: Position, columns: int) -> bool:
    """Tell whether a media takes two columns and two rows: some of a highlight.

    Each large one begins a row. Beside it are two rows of small ones, and below it one row of small
    ones before the next: the order is kept, and only the last row can have empty cells.
    """
    if options.layout != "highlight" or columns == 1:
        return False
    beside = 2 * (columns - 2)
    is_alone_below = columns == 2 and position.following == 1
    is_first = position.number % (1 + beside + columns) == 0
    return is_first and position.following >= beside and not is_alone_below


def is_filled(options: FeedOptions) -> bool:
    """Tell whether the number of posts decides on the columns."""
    return not options.columns.small and options.layout in {"grid", "masonry", "highlight"}


def count_columns(options: FeedOptions, total: int, heights: Sequence[int] | None = None) -> Counts:
    """Return the columns of a feed.

    With `auto` they fill the rows of what is shown at first; if several do, also those of what is
    behind "Show more". A masonry ends as level as it can.

    Args:
        options: What the tag asks for.
        total: How many media the feed has.
        heights: Those of the pictures of a masonry, in any unit for columns of equal width. If they
            are not known yet, the fewest columns that it can have are returned.
    """
    small, medium, large = options.columns
    if small and medium and large:
        return Counts(small, medium, large, large)
    if options.layout == "carousel":
        return Counts(2, 3, 3, 5)
    if options.layout == "list":
        return Counts(1, 1, 2, 2) if total > 1 else Counts(1, 1, 1, 1)
    first = min(total, options.more or total) or 1
    lists = [first] if total <= first else [first, total - first]

    def find_gaps(count: int) -> list[float]:
        if options.layout != "masonry" or has_text_below(options):
            return [_measure_last_row(options, length, count) for length in lists]
        if heights is None:
            return [count]
        return [_measure_edge(part, count) for part in (heights[:first], heights[first:]) if part]

    sizes = CHOICES["texts" if has_text_below(options) else "pictures"]
    return Counts(*(_choose(choices, first, find_gaps) for choices in sizes))


def _choose(choices: Sequence[int], total: int, find_gaps: Callable[[int], list[float]]) -> int:
    """Return the columns with the smallest gaps; the first of the best."""
    suitable = [count for count in choices if count <= total]
    return min(suitable, key=find_gaps, default=total)


def _measure_last_row(options: FeedOptions, total: int, count: int) -> float:
    """Return how much of the last row is empty, from 0 to 1; a little is as good as a third."""
    cells = total
    if options.layout == "highlight":
        positions = (Position(index, total - index - 1) for index in range(total))
        cells += 3 * sum(is_large(options, position, count) for position in positions)
    empty = -cells % count / count
    return max(empty, _NEARLY_FULL) if empty else 0


def _measure_edge(heights: Sequence[int], count: int) -> float:
    """Return how uneven a masonry ends: the space below its columns, in pictures a column."""
    columns = [0] * count
    for height in heights:
        columns[columns.index(min(columns))] += height
    return (max(columns) - sum(columns) / count) * len(heights) / sum(heights)
