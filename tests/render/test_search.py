"""Feeds are removed from a page's content, and restored where they were."""

from mkdocs_instagram.render.search import FeedMarks


def test_what_is_removed_is_restored_in_its_place() -> None:
    marks = FeedMarks()
    html = f"<p>a</p>{marks.wrap('<div>one</div>', 1)}<p>b</p>{marks.wrap('<div>two</div>', 2)}"

    rest = marks.remove(html)

    assert "one" not in rest
    assert "two" not in rest
    assert "<p>a</p>" in rest
    restored = marks.restore(rest)
    assert restored.index("one") < restored.index("<p>b</p>") < restored.index("two")


def test_a_mark_without_its_end_removes_nothing() -> None:
    marks = FeedMarks()
    html = marks.wrap("<div>one</div>", 1).replace("<!--/mk-ig 1-->", "")

    assert marks.remove(html) == html
    assert marks.restore(html) == html


def test_a_page_without_marks_stays_as_it_is() -> None:
    marks = FeedMarks()
    marks.remove(marks.wrap("<div>one</div>", 1))

    assert marks.remove("<p>Rye!</p>") == "<p>Rye!</p>"
    assert marks.restore("<!--mk-ig 1-->") == "<!--mk-ig 1-->"
