from itertools import pairwise
from math import inf
from typing import Any

import pytest

from mkdocs_instagram.config.feed_options import LAYOUTS, Columns, FeedOptions
from mkdocs_instagram.feed.widths import (
    Position,
    find_need,
    find_need_in_layout,
    find_position,
    list_spans,
)

FIRST, SECOND, ALONE = Position(0, 99), Position(1, 98), Position(0, 0)


def options(layout: str, columns: int | None = None, **given: Any) -> FeedOptions:
    return FeedOptions(layout=layout, columns=Columns(columns, columns, columns), **given)


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


@pytest.mark.parametrize(
    ("layout", "columns", "position", "need"),
    [
        ("grid", None, FIRST, 2 * 327),
        ("grid", 1, FIRST, 2 * 1600),
        ("grid", 2, FIRST, 2 * 796),
        ("grid", 4, FIRST, 2 * 394),
        ("grid", 12, FIRST, 2 * 126),
        ("masonry", None, FIRST, 2 * 394),
        ("carousel", None, FIRST, 2 * 260),
        ("carousel", 1, FIRST, 2 * 1600),
        ("highlight", None, FIRST, 2 * 796),
        ("highlight", None, SECOND, 2 * 394),
        ("highlight", 1, SECOND, 2 * 1600),
        ("list", None, FIRST, 2 * 240),
        ("list", 2, FIRST, 2 * 240),
        *[(layout, None, ALONE, inf) for layout in LAYOUTS],
    ],
)
def test_a_picture_needs_two_pixels_for_each_of_the_widest_feed(
    layout: str, columns: int | None, position: Position, need: float
) -> None:
    asked = options(layout, columns)

    assert find_need(asked, position) == pytest.approx(need, abs=2)
    assert find_need_in_layout(asked, position) == find_need(asked, position)


def test_columns_for_each_width_need_what_the_largest_column_does() -> None:
    asked = FeedOptions(columns=Columns(1, 3, 5))

    assert find_need(asked, FIRST) == 2 * 480


def test_what_opens_a_file_needs_the_widest_but_its_feed_does_not() -> None:
    asked = options("grid", open="image")

    assert find_need(asked, FIRST) == inf
    assert find_need_in_layout(asked, FIRST) == find_need(options("grid"), FIRST)


def test_a_template_of_the_site_may_show_any_width() -> None:
    assert find_need(options("grid", template="mine.html"), FIRST) == inf


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("columns", [None, 1, 2, 3, 12])
def test_spans_begin_at_zero_and_differ(layout: str, columns: int | None) -> None:
    spans = list_spans(options(layout, columns), FIRST)

    starts = [span.start for span in spans]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert all(one[1:] != other[1:] for one, other in pairwise(spans))
