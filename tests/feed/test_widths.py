from itertools import pairwise
from math import inf
from typing import Any

import pytest

from mkdocs_instagram.config.feed_options import LAYOUTS, Columns, FeedOptions
from mkdocs_instagram.feed.columns import ALONE, Position, count_columns
from mkdocs_instagram.feed.widths import find_need, find_need_in_layout, list_spans

FIRST, SECOND = Position(0, 99), Position(1, 98)


def options(layout: str, columns: int | None = None, **given: Any) -> FeedOptions:
    return FeedOptions(layout=layout, columns=Columns(columns, columns, columns), **given)


def need_of(asked: FeedOptions, position: Position) -> float:
    return find_need(asked, count_columns(asked, 100), position)


@pytest.mark.parametrize(
    ("layout", "columns", "position", "need"),
    [
        ("grid", None, FIRST, 2 * 314),
        ("grid", 1, FIRST, 2 * 1600),
        ("grid", 2, FIRST, 2 * 796),
        ("grid", 4, FIRST, 2 * 394),
        ("grid", 12, FIRST, 2 * 126),
        ("masonry", None, FIRST, 2 * 394),
        ("carousel", None, FIRST, 2 * 288),
        ("carousel", 1, FIRST, 2 * 1472),
        ("highlight", None, FIRST, 2 * 635),
        ("highlight", None, SECOND, 2 * 314),
        ("highlight", 1, SECOND, 2 * 1600),
        ("list", None, FIRST, 2 * 288),
        ("list", 2, FIRST, 2 * 288),
        *[(layout, None, ALONE, inf) for layout in LAYOUTS],
    ],
)
def test_a_picture_needs_two_pixels_for_each_of_the_widest_feed(
    layout: str, columns: int | None, position: Position, need: float
) -> None:
    asked = options(layout, columns)

    counts = count_columns(asked, 100)
    assert find_need(asked, counts, position) == pytest.approx(need, abs=2)
    assert find_need_in_layout(asked, counts, position) == find_need(asked, counts, position)


def test_columns_for_each_width_need_what_the_largest_column_does() -> None:
    asked = FeedOptions(columns=Columns(1, 3, 5))

    assert need_of(asked, FIRST) == 2 * 480


def test_what_opens_a_file_needs_the_widest_but_its_feed_does_not() -> None:
    asked = options("grid", open="image")

    assert need_of(asked, FIRST) == inf
    in_layout = find_need_in_layout(asked, count_columns(asked, 100), FIRST)
    assert in_layout == need_of(options("grid"), FIRST)


def test_a_template_of_the_site_may_show_any_width() -> None:
    assert need_of(options("grid", template="mine.html"), FIRST) == inf


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("columns", [None, 1, 2, 3, 12])
def test_spans_begin_at_zero_and_differ(layout: str, columns: int | None) -> None:
    asked = options(layout, columns)
    spans = list_spans(asked, count_columns(asked, 100), FIRST)

    starts = [span.start for span in spans]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    assert all(one[1:] != other[1:] for one, other in pairwise(spans))
