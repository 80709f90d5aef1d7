"""How a feed is laid out: its classes, and what each picture takes of the width; performs no I/O.

The stylesheet does the rest.
"""

from dataclasses import dataclass

from mkdocs_instagram.config.feed_options import Columns, FeedOptions

USUAL = Columns(2, 3, 4)
"""The columns of a grid that has as many as fit, about."""

# Widths of the window, in em, from which a feed is taken to have its medium and large columns.
_MEDIUM, _LARGE = 40, 60
# These place media by the number of columns, so they need one.
_COUNTED = {"masonry", "highlight"}
# From 1.91:1 to 9:16, which are the bounds of Instagram.
_MIN_ROWS, _MAX_ROWS = 6, 21


@dataclass(frozen=True, slots=True)
class Position:
    """Where a media stands in its list: what is behind "Show more" is a list of its own.

    Attributes:
        index: From 0.
        following: How many come after it.
    """

    index: int
    following: int


def find_position(options: FeedOptions, index: int, total: int) -> Position:
    """Return where the media at `index` of `total` stands."""
    if options.more is None or total <= options.more:
        return Position(index, total - index - 1)
    if index < options.more:
        return Position(index, options.more - index - 1)
    return Position(index - options.more, total - index - 1)


def list_classes(options: FeedOptions) -> str:
    """Return the classes of the root element."""
    columns = _columns(options)
    sizes = {"s": columns.small, "m": columns.medium, "l": columns.large}
    return " ".join(
        filter(
            None,
            (
                "mk-ig",
                f"mk-ig--{options.layout}",
                _masonry(options),
                f"mk-ig--{_ratio(options).replace('/', '-')}",
                "mk-ig--text-below" if has_text_below(options) else "",
                "mk-ig--caption-overlay" if is_overlaid(options) else "",
                "mk-ig--columns" if columns.small else "",
                *(f"mk-ig--{size}{count}" for size, count in sizes.items() if count),
                options.extra_class,
            ),
        )
    )


def has_caption(options: FeedOptions) -> bool:
    """Tell whether captions are shown: a list always has them."""
    return options.caption != "none" or options.layout == "list"


def is_overlaid(options: FeedOptions) -> bool:
    """Tell whether captions lie over the pictures; in a list they stand beside them."""
    return options.caption == "overlay" and options.layout != "list"


def has_text_below(options: FeedOptions) -> bool:
    """Tell whether more than type and overlaid caption is shown: it stands below the pictures."""
    is_captioned = has_caption(options) and not is_overlaid(options)
    return is_captioned or bool(set(options.show) - {"type"})


def list_item_classes(options: FeedOptions, position: Position, width: int, height: int) -> str:
    """Return the classes of a media beside `mk-ig__item`; "" for most.

    In a masonry one tells the height of the picture, which has `width` and `height`, in twelfths of
    a column's width; in a highlight they tell in which sizes of the container it is large.
    """
    if _masonry(options) == "mk-ig--rows":
        rows = min(max(round(12 * height / width), _MIN_ROWS), _MAX_ROWS)
        return f"mk-ig__item--r{rows}"
    if options.layout == "highlight":
        columns = _columns(options)
        sizes = {"s": columns.small, "m": columns.medium, "l": columns.large}
        large = [size for size, count in sizes.items() if _is_large(position, count or 1)]
        return " ".join(f"mk-ig__item--{size}" for size in large)
    return ""


def list_sizes(options: FeedOptions, position: Position) -> str:
    """Return the width of a picture for `sizes`.

    Browsers that know `auto` measure it; for others it is an estimate by the window's width.
    """
    if options.layout == "list" and not options.columns.small:
        return f"auto, (min-width: {_MEDIUM}em) 15em, 33vw"
    if options.layout == "carousel" and not options.columns.small:
        return f"auto, (min-width: {_MEDIUM}em) 260px, 42vw"
    columns = options.columns if options.columns.small else USUAL
    widths = {
        f"(min-width: {_LARGE}em) ": columns.large,
        f"(min-width: {_MEDIUM}em) ": columns.medium,
        "": columns.small,
    }
    shares = [f"{size}{_share(options, position, count or 1)}vw" for size, count in widths.items()]
    return ", ".join(["auto", *shares])


def _share(options: FeedOptions, position: Position, columns: int) -> int:
    """Return the part of the width, in per cent: of a list's column, the picture has a third."""
    is_large = options.layout == "highlight" and _is_large(position, columns)
    of_column = 200 if is_large else 34 if options.layout == "list" else 100
    return round(of_column / columns)


def _is_large(position: Position, columns: int) -> bool:
    """Tell whether a media of a highlight takes two columns and rows.

    Each such one begins a row. Beside it stand small ones in two rows, and under it one row of
    small ones before the next: the order is kept and no cell stays empty, but at the end.
    """
    if columns == 1:
        return False
    beside = 2 * (columns - 2)
    return position.index % (1 + beside + columns) == 0 and position.following >= beside


def _masonry(options: FeedOptions) -> str:
    """Return how a masonry is made: in rows, or flowing down columns as text has any height."""
    if options.layout != "masonry":
        return ""
    return "mk-ig--flow" if has_text_below(options) else "mk-ig--rows"


def _columns(options: FeedOptions) -> Columns:
    is_counted = options.layout in _COUNTED and not options.columns.small
    return USUAL if is_counted else options.columns


def _ratio(options: FeedOptions) -> str:
    if options.layout == "masonry":
        return "original"
    if options.layout == "highlight" and options.ratio == "original":
        return "square"
    return options.ratio
