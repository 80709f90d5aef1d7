import pytest

from mkdocs_instagram.config.feed_options import LAYOUTS, Columns, FeedOptions
from mkdocs_instagram.feed.widths import Position
from mkdocs_instagram.render.layouts import list_classes, list_item_classes, list_sizes

FIRST = Position(0, 99)


def options(layout: str, columns: int | None = None, **given: object) -> FeedOptions:
    return FeedOptions(layout=layout, columns=Columns(columns, columns, columns), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("columns", range(1, 13))
@pytest.mark.parametrize("total", [1, 2, 5, 12, 40])
def test_a_highlight_fills_every_row_but_the_last(columns: int, total: int) -> None:
    large = [
        "mk-ig__item--s" in list_item_classes(options("highlight", columns), position, 1, 1)
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
    [(100, 100, 12), (1080, 1350, 15), (3, 4, 16), (9, 16, 21), (1080, 566, 6), (9, 90, 21)],
)
def test_a_masonry_knows_the_height_of_its_pictures(width: int, height: int, rows: int) -> None:
    masonry = options("masonry")

    assert list_item_classes(masonry, FIRST, width, height) == f"mk-ig__item--r{rows}"
    assert "mk-ig--rows" in list_classes(masonry).split()


def test_a_masonry_with_text_flows() -> None:
    masonry = options("masonry", show=("date",))

    assert list_item_classes(masonry, FIRST, 1, 1) == ""
    assert "mk-ig--flow" in list_classes(masonry).split()


@pytest.mark.parametrize(
    ("layout", "columns", "sizes"),
    [
        (
            "grid",
            None,
            (
                "auto, (min-width: 85.25em) 290px, (min-width: 33.5em) calc(25vw - 14px), "
                "(min-width: 25.5em) calc(33.3vw - 16px), calc(50vw - 20px)"
            ),
        ),
        ("grid", 1, "auto, calc(100vw - 32px)"),
        ("grid", 2, "auto, calc(50vw - 20px)"),
        ("highlight", 4, "auto, calc(50vw - 20px)"),
        ("carousel", None, "auto, (min-width: 40.69em) 260px, calc(42vw - 13px)"),
        ("list", None, "auto, (min-width: 46.12em) 240px, calc(34vw - 11px)"),
        (
            "list",
            2,
            "auto, (min-width: 90.74em) 240px, (min-width: 34.85em) calc(17vw - 7px), 88px",
        ),
    ],
)
def test_sizes_tell_what_a_picture_takes(layout: str, columns: int | None, sizes: str) -> None:
    assert list_sizes(options(layout, columns), FIRST) == sizes


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_root_says_its_layout(layout: str) -> None:
    classes = list_classes(options(layout, extra_class="mine")).split()

    assert classes[:2] == ["mk-ig", f"mk-ig--{layout}"]
    assert classes[-1] == "mine"
