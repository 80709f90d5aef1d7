import pytest

from mkdocs_instagram.config.feed_options import LAYOUTS, Columns, FeedOptions
from mkdocs_instagram.feed.columns import Counts, Position, count_columns
from mkdocs_instagram.render.layouts import (
    find_columns,
    list_classes,
    list_item_classes,
    list_sizes,
)

FIRST = Position(0, 99)
COUNTS = Counts(2, 3, 4, 4)


def options(layout: str, columns: int | None = None, **given: object) -> FeedOptions:
    return FeedOptions(layout=layout, columns=Columns(columns, columns, columns), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("columns", range(1, 13))
@pytest.mark.parametrize("total", [1, 2, 5, 12, 40])
def test_a_highlight_fills_every_row_but_the_last(columns: int, total: int) -> None:
    asked = options("highlight", columns)
    large = [
        "mk-ig__item--s" in list_item_classes(asked, Counts(*4 * [columns]), position, 1, 1)
        for position in (Position(index, total - index - 1) for index in range(total))
    ]

    rows = place(large, columns)

    assert all(len(row) == columns for row in rows[:-1])


def place(large: list[bool], columns: int) -> list[set[int]]:
    """Return the cells taken in each row, in a grid that places items in order."""
    rows: list[set[int]] = []
    start = (0, 0)
    for size in (2 if one else 1 for one in large):
        row, column = start
        while not fits(rows, row, column, size, columns):
            row, column = (row, column + 1) if column + size < columns else (row + 1, 0)
        start = (row, column)
        while len(rows) < row + size:
            rows.append(set())
        for taken in rows[row : row + size]:
            taken.update(range(column, column + size))
    return rows


def fits(rows: list[set[int]], row: int, column: int, size: int, columns: int) -> bool:
    wanted = set(range(column, column + size))
    return column + size <= columns and not any(wanted & taken for taken in rows[row : row + size])


@pytest.mark.parametrize(
    ("width", "height", "rows"),
    [
        (100, 100, "6"),
        (1080, 1350, "7 odd"),
        (3, 4, "8"),
        (9, 16, "10 odd"),
        (1080, 566, "3"),
        (9, 90, "10 odd"),
    ],
)
def test_a_masonry_knows_the_height_of_its_pictures(width: int, height: int, rows: str) -> None:
    masonry = options("masonry")
    classes = f"mk-ig__item--r{rows.replace(' ', ' mk-ig__item--')}"

    assert list_item_classes(masonry, COUNTS, FIRST, width, height) == classes
    assert "mk-ig--rows" in list_classes(masonry, COUNTS).split()


def test_a_masonry_with_text_flows() -> None:
    masonry = options("masonry", show=("date",))

    assert list_item_classes(masonry, COUNTS, FIRST, 1, 1) == ""
    assert "mk-ig--flow" in list_classes(masonry, COUNTS).split()


@pytest.mark.parametrize(
    ("layout", "columns", "sizes"),
    [
        (
            "grid",
            None,
            (
                "auto, (min-width: 58.25em) calc(20vw - 13px), (min-width: 32em) "
                "calc(25vw - 14px), calc(50vw - 20px)"
            ),
        ),
        ("grid", 1, "auto, calc(100vw - 32px)"),
        ("grid", 2, "auto, calc(50vw - 20px)"),
        ("highlight", 4, "auto, calc(50vw - 20px)"),
        (
            "carousel",
            None,
            (
                "auto, (min-width: 58.25em) calc(18.4vw - 12px), (min-width: 32em) "
                "calc(30.7vw - 15px), calc(46vw - 19px)"
            ),
        ),
        (
            "list",
            None,
            (
                "auto, (min-width: 92.5em) 288px, (min-width: 47em) calc(20vw - 8px), "
                "calc(40vw - 13px)"
            ),
        ),
        ("list", 2, "auto, (min-width: 92.5em) 288px, (min-width: 30em) calc(20vw - 8px), 88px"),
    ],
)
def test_sizes_tell_what_a_picture_takes(layout: str, columns: int | None, sizes: str) -> None:
    asked = options(layout, columns)

    assert list_sizes(asked, count_columns(asked, 100), FIRST) == sizes


@pytest.mark.parametrize(
    ("total", "sizes"),
    [
        (1, "auto, (min-width: 31.38em) 470px, calc(100vw - 32px)"),
        (2, "auto, calc(50vw - 20px)"),
    ],
)
def test_one_post_is_not_as_wide_as_the_feed(total: int, sizes: str) -> None:
    assert list_sizes(options("grid"), count_columns(options("grid"), total), FIRST) == sizes


@pytest.mark.parametrize(
    ("layout", "total", "classes"),
    [
        (
            "grid",
            12,
            (
                "mk-ig mk-ig--grid mk-ig--square mk-ig--auto "
                "mk-ig--s2 mk-ig--m4 mk-ig--l4 mk-ig--x2 mk-ig--x4"
            ),
        ),
        (
            "grid",
            4,
            "mk-ig mk-ig--grid mk-ig--square mk-ig--auto mk-ig--s2 mk-ig--m4 mk-ig--l4 mk-ig--x4",
        ),
        (
            "grid",
            1,
            (
                "mk-ig mk-ig--grid mk-ig--square mk-ig--auto mk-ig--alone "
                "mk-ig--s1 mk-ig--m1 mk-ig--l1 mk-ig--x1"
            ),
        ),
        (
            "carousel",
            1,
            (
                "mk-ig mk-ig--carousel mk-ig--square "
                "mk-ig--s2 mk-ig--m1 mk-ig--m2 mk-ig--l1 mk-ig--l2 mk-ig--x1 mk-ig--x4"
            ),
        ),
    ],
)
def test_the_root_says_its_columns(layout: str, total: int, classes: str) -> None:
    asked = options(layout)

    assert list_classes(asked, find_columns(asked, total * [(1, 1)])) == classes


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_root_says_its_layout(layout: str) -> None:
    classes = list_classes(options(layout, extra_class="mine"), COUNTS).split()

    assert classes[:2] == ["mk-ig", f"mk-ig--{layout}"]
    assert classes[-1] == "mine"
