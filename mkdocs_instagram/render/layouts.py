"""Classes of a layout, and the sizes of its pictures."""

from collections.abc import Sequence

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.feed.columns import (
    Counts,
    Position,
    count_columns,
    has_text_below,
    is_filled,
    is_large,
)
from mkdocs_instagram.feed.widths import Span, list_spans

CAPTION, LIST_CAPTION = 200, 600
"""The default of `caption_length`: what fits below a picture, and beside one in a list."""

# In CSS pixels: most pages leave so much of a window beside a feed.
_BESIDE = 32
# From 1.91:1 to 9:16, the limits of Instagram.
_MIN_ROWS, _MAX_ROWS = 6, 21
_MOST_AT_ONCE = 4
# Every number of columns is a sum of these, so that the stylesheet needs few classes.
_PARTS = (1, 2, 4, 8)


def find_columns(options: FeedOptions, shapes: Sequence[tuple[int, int]]) -> Counts:
    """Return the columns of a feed; `shapes` are the widths and heights of all its pictures."""
    return count_columns(options, len(shapes), [count_rows(*shape) for shape in shapes])


def list_classes(options: FeedOptions, counts: Counts) -> str:
    """Return the classes of the root element."""
    classes = (
        "mk-ig",
        f"mk-ig--{options.layout}",
        _name_masonry(options),
        f"mk-ig--{_find_ratio(options).replace('/', '-')}",
        "mk-ig--text-below" if has_text_below(options) else "",
        "mk-ig--caption-overlay" if is_overlaid(options) else "",
        "mk-ig--auto" if is_filled(options) else "",
        "mk-ig--alone" if is_filled(options) and counts.wide == 1 else "",
        *(
            f"mk-ig--{size}{part}"
            for size, count in zip("smlx", counts, strict=True)
            for part in _PARTS
            if count & part
        ),
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


def list_item_classes(
    options: FeedOptions, counts: Counts, position: Position, width: int, height: int
) -> str:
    """Return the classes of a media in addition to `mk-ig__item`; "" for most.

    In a masonry, they are the height of the picture in twelfths of a column's width: the half of
    it, and whether that is one too few. In a highlight, they are the sizes of the container in
    which the media is large.
    """
    if _name_masonry(options) == "mk-ig--rows":
        half, odd = divmod(count_rows(width, height), 2)
        return f"mk-ig__item--r{half}{' mk-ig__item--odd' if odd else ''}"
    sizes = zip("smlx", counts, strict=True)
    large = [size for size, count in sizes if is_large(options, position, count)]
    return " ".join(f"mk-ig__item--{size}" for size in large)


def list_sizes(options: FeedOptions, counts: Counts, position: Position) -> str:
    """Return the attribute `sizes` of a picture.

    Browsers that know `auto` measure the picture; the others get its width in a feed that is as
    wide as the window.
    """
    spans = reversed(list_spans(options, counts, position))
    return ", ".join(["auto", *map(_describe_span, spans)])


def count_first(options: FeedOptions, counts: Counts) -> int:
    """Return how many pictures are loaded at once in a feed that is seen without scrolling.

    They are those of the first row in a large window, which are two rows on most phones.
    """
    if options.layout == "carousel":
        return 0
    return min(counts.large, _MOST_AT_ONCE)


def _describe_span(span: Span) -> str:
    # The em of a window is 16 pixels.
    window = f"(min-width: {(span.start + _BESIDE) / 16:.4g}em) " if span.start else ""
    pixels = round(span.pixels - span.share * _BESIDE)
    if not span.share:
        return f"{window}{pixels}px"
    return f"{window}calc({100 * span.share:.3g}vw - {-pixels}px)"


def _name_masonry(options: FeedOptions) -> str:
    """Return the class of a masonry: in rows, or down the columns as text can have any height."""
    if options.layout != "masonry":
        return ""
    return "mk-ig--flow" if has_text_below(options) else "mk-ig--rows"


def count_rows(width: int, height: int) -> int:
    """Return the height of a picture in a masonry, in twelfths of a column's width."""
    return min(max(round(12 * height / width), _MIN_ROWS), _MAX_ROWS)


def _find_ratio(options: FeedOptions) -> str:
    if options.layout == "masonry":
        return "original"
    if options.layout == "highlight" and options.ratio == "original":
        return "square"
    return options.ratio
