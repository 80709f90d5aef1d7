"""Classes of a layout, and picture widths."""

from dataclasses import dataclass

from mkdocs_instagram.config.feed_options import Columns, FeedOptions

USUAL = Columns(2, 3, 4)
"""About the columns of a grid with `columns: auto`."""

CAPTION, LIST_CAPTION = 200, 600
"""The default of `caption_length`: what fits below a picture, and beside one in a list."""

# Widths of the window, in em, from which a feed is expected to have its medium and large columns.
_MEDIUM, _LARGE = 40, 60
# These layouts place media by the number of columns, so they need one.
_COUNTED = {"masonry", "highlight"}
# From 1.91:1 to 9:16, the limits of Instagram.
_MIN_ROWS, _MAX_ROWS = 6, 21


@dataclass(frozen=True, slots=True)
class Position:
    """The place of a media in its list; what is behind "Show more" is a list of its own.

    Attributes:
        index: From 0.
        following: How many come after it.
    """

    index: int
    following: int


def find_position(options: FeedOptions, index: int, total: int) -> Position:
    """Return the position of the media at `index` of `total`."""
    if options.more is None or total <= options.more:
        return Position(index, total - index - 1)
    if index < options.more:
        return Position(index, options.more - index - 1)
    return Position(index - options.more, total - index - 1)


def list_classes(options: FeedOptions) -> str:
    """Return the classes of the root element."""
    counts = [(size, count) for size, count in _count_columns(options) if count]
    classes = (
        "mk-ig",
        f"mk-ig--{options.layout}",
        _name_masonry(options),
        f"mk-ig--{_find_ratio(options).replace('/', '-')}",
        "mk-ig--text-below" if has_text_below(options) else "",
        "mk-ig--caption-overlay" if is_overlaid(options) else "",
        "mk-ig--columns" if counts else "",
        *(f"mk-ig--{size}{count}" for size, count in counts),
        options.extra_class,
    )
    return " ".join(filter(None, classes))


def has_caption(options: FeedOptions) -> bool:
    """Tell whether captions are shown: a list always has them."""
    return options.caption != "none" or options.layout == "list"


def find_caption_length(options: FeedOptions) -> int:
    """Return how many characters of a caption are shown."""
    return options.caption_length or (LIST_CAPTION if options.layout == "list" else CAPTION)


def is_overlaid(options: FeedOptions) -> bool:
    """Tell whether captions are over the pictures; in a list they are beside them."""
    return options.caption == "overlay" and options.layout != "list"


def has_text_below(options: FeedOptions) -> bool:
    """Tell whether anything is shown below the pictures."""
    is_captioned = has_caption(options) and not is_overlaid(options)
    return is_captioned or bool(set(options.show) - {"type"})


def list_item_classes(options: FeedOptions, position: Position, width: int, height: int) -> str:
    """Return the classes of a media in addition to `mk-ig__item`; "" for most.

    In a masonry, the class is the height of the picture in twelfths of a column's width; in a
    highlight, the classes are the sizes of the container in which the media is large.
    """
    if _name_masonry(options) == "mk-ig--rows":
        rows = min(max(round(12 * height / width), _MIN_ROWS), _MAX_ROWS)
        return f"mk-ig__item--r{rows}"
    if options.layout == "highlight":
        counts = _count_columns(options)
        large = [size for size, count in counts if _is_large(position, count or 1)]
        return " ".join(f"mk-ig__item--{size}" for size in large)
    return ""


def list_sizes(options: FeedOptions, position: Position) -> str:
    """Return the attribute `sizes` of a picture.

    Browsers that know `auto` measure the picture; others estimate it from the window's width.
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
    shares = [
        f"{window}{_estimate_share(options, position, count or 1)}vw"
        for window, count in widths.items()
    ]
    return ", ".join(["auto", *shares])


def _estimate_share(options: FeedOptions, position: Position, columns: int) -> int:
    """Return the picture's part of the width in per cent; in a list, a third of its column."""
    is_large = options.layout == "highlight" and _is_large(position, columns)
    of_column = 200 if is_large else 34 if options.layout == "list" else 100
    return round(of_column / columns)


def _is_large(position: Position, columns: int) -> bool:
    """Tell whether a media of a highlight takes two columns and two rows.

    Each large one begins a row. Beside it are two rows of small ones, and below it one row of small
    ones before the next: the order is kept, and only the last row can have empty cells.
    """
    if columns == 1:
        return False
    beside = 2 * (columns - 2)
    return position.index % (1 + beside + columns) == 0 and position.following >= beside


def _name_masonry(options: FeedOptions) -> str:
    """Return the class of a masonry: in rows, or down the columns as text can have any height."""
    if options.layout != "masonry":
        return ""
    return "mk-ig--flow" if has_text_below(options) else "mk-ig--rows"


def _count_columns(options: FeedOptions) -> tuple[tuple[str, int | None], ...]:
    """Return the columns by size of the container, `s`, `m` and `l`; `None` for as many as fit."""
    needs_number = options.layout in _COUNTED and not options.columns.small
    return tuple(zip("sml", USUAL if needs_number else options.columns, strict=True))


def _find_ratio(options: FeedOptions) -> str:
    if options.layout == "masonry":
        return "original"
    if options.layout == "highlight" and options.ratio == "original":
        return "square"
    return options.ratio
