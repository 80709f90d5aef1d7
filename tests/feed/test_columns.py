from typing import Any

import pytest

from mkdocs_instagram.config.feed_options import LAYOUTS, Columns, FeedOptions
from mkdocs_instagram.feed.columns import (
    Position,
    count_columns,
    find_position,
    has_text_below,
    is_large,
)

# The least and the most columns for small, medium, large and wide feeds.
PICTURES = ((2, 3), (3, 5), (3, 6), (4, 8))
TEXTS = ((1, 2), (2, 4), (3, 5), (3, 6))


@pytest.mark.parametrize(
    ("index", "more", "position"),
    [
        (0, None, Position(0, 9)),
        (9, None, Position(9, 0)),
        (3, 4, Position(3, 0)),
        (4, 4, Position(0, 5)),
        (9, 4, Position(5, 0)),
        (9, 10, Position(9, 0)),
    ],
)
def test_what_is_behind_show_more_is_a_list_of_its_own(
    index: int, more: int | None, position: Position
) -> None:
    assert find_position(FeedOptions(more=more), index, 10) == position


def count_empty(options: FeedOptions, total: int, columns: int) -> int:
    """Return the empty cells in the last row."""
    positions = [Position(index, total - index - 1) for index in range(total)]
    cells = sum(4 if is_large(options, position, columns) else 1 for position in positions)
    return -cells % columns


@pytest.mark.parametrize("total", range(1, 61))
@pytest.mark.parametrize(
    ("layout", "caption", "bounds"),
    [
        ("grid", "none", PICTURES),
        ("grid", "below", TEXTS),
        ("highlight", "none", PICTURES),
        ("masonry", "below", TEXTS),
    ],
)
def test_columns_suit_the_width_and_fill_the_last_row(
    layout: str, caption: str, bounds: tuple[tuple[int, int], ...], total: int
) -> None:
    options = FeedOptions(layout=layout, caption=caption)

    counts = count_columns(options, total)

    for count, (least, most) in zip(counts, bounds, strict=True):
        assert min(least, total) <= count <= min(most, total)
        others = range(min(least, total), min(most, total) + 1)
        possible = min(count_empty(options, total, other) / other for other in others)
        empty = count_empty(options, total, count) / count
        assert empty == possible or empty <= max(possible, 1 / 3)


@pytest.mark.parametrize(
    ("total", "counts"),
    [
        (1, (1, 1, 1, 1)),
        (2, (2, 2, 2, 2)),
        (3, (3, 3, 3, 3)),
        (4, (2, 4, 4, 4)),
        (5, (3, 5, 5, 5)),
        (6, (2, 3, 3, 6)),
        (7, (2, 4, 4, 7)),
        (8, (2, 4, 4, 4)),
        (9, (3, 3, 3, 5)),
        (10, (2, 5, 5, 5)),
        (12, (2, 4, 4, 6)),
        (24, (2, 4, 4, 6)),
    ],
)
def test_a_grid_has_columns_that_divide_its_posts(
    total: int, counts: tuple[int, int, int, int]
) -> None:
    assert count_columns(FeedOptions(), total) == counts


def test_posts_with_text_are_wider() -> None:
    assert count_columns(FeedOptions(caption="below"), 12) == (2, 3, 4, 4)
    assert count_columns(FeedOptions(show=("date",)), 3) == (1, 3, 3, 3)


def test_what_is_shown_at_first_decides_before_what_is_behind_show_more() -> None:
    assert count_columns(FeedOptions(more=6), 14) == count_columns(FeedOptions(), 6)
    assert count_columns(FeedOptions(more=12), 15) == (3, 3, 3, 4)
    assert count_columns(FeedOptions(more=20), 12) == count_columns(FeedOptions(), 12)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_columns_are_as_many_as_asked_for(layout: str) -> None:
    options = FeedOptions(layout=layout, columns=Columns(1, 3, 5))

    assert count_columns(options, 1) == count_columns(options, 7) == (1, 3, 5, 5)


@pytest.mark.parametrize("total", [1, 12])
def test_a_carousel_does_not_ask_how_many_there_are(total: int) -> None:
    assert count_columns(FeedOptions(layout="carousel"), total) == (2, 3, 3, 5)


def test_a_list_has_two_columns_where_there_is_room() -> None:
    assert count_columns(FeedOptions(layout="list"), 1) == (1, 1, 1, 1)
    assert count_columns(FeedOptions(layout="list"), 7) == (1, 1, 2, 2)


def test_a_masonry_ends_as_level_as_it_can() -> None:
    masonry = FeedOptions(layout="masonry")

    # Three columns have the same height.
    assert count_columns(masonry, 5, [24, 12, 12, 12, 12])[1] == 3
    assert count_columns(masonry, 8, 8 * [12])[1:3] == (4, 4)
    assert count_columns(masonry, 10, 10 * [12])[1:3] == (5, 5)


@pytest.mark.parametrize("total", [1, 2, 3, 7, 12, 40])
def test_a_masonry_has_no_fewer_columns_than_thought_before_its_pictures_are_there(
    total: int,
) -> None:
    masonry = FeedOptions(layout="masonry")
    fewest = count_columns(masonry, total)

    for flat in range(6, 22):
        known = count_columns(masonry, total, [flat, *(total - 1) * [15]])
        assert all(a <= b for a, b in zip(fewest, known, strict=True))


@pytest.mark.parametrize(
    ("given", "has_text"),
    [
        ({}, False),
        ({"show": ("likes", "comments", "type")}, False),
        ({"show": ("date",)}, True),
        ({"show": ("date",), "caption": "overlay"}, False),
        ({"caption": "below"}, True),
        ({"layout": "list"}, True),
    ],
)
def test_counts_are_over_the_picture_and_the_date_is_below(
    given: dict[str, Any], has_text: bool
) -> None:
    assert has_text_below(FeedOptions(**given)) == has_text
