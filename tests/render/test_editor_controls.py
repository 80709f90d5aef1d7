"""The controls of the editor: one for each option, whose values a tag can have."""

from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

import mkdocs_instagram
from mkdocs_instagram.config.feed_options import NAMES, Columns, FeedOptions
from mkdocs_instagram.render import editor_controls
from mkdocs_instagram.render.editor_controls import list_controls, write_value

ASSETS = Path(mkdocs_instagram.__file__).parent / "render" / "assets"
KINDS = {
    "account": "list", "limit": "number", "types": "some", "include": "list", "exclude": "list",
    "since": "date", "until": "date", "linked": "switch", "sort": "choice", "post": "list",
    "layout": "choice", "columns": "columns", "ratio": "choice", "header": "switch",
    "caption": "choice", "caption_length": "number", "show": "some", "open": "choice",
    "more": "number", "title": "text", "new_tab": "switch", "class": "text", "template": "text",
}  # fmt: skip


def test_every_option_has_a_control_of_the_right_kind() -> None:
    controls = list_controls(FeedOptions())

    assert [control.name for control in controls] == list(NAMES)
    assert {control.name: control.kind for control in controls} == KINDS


def test_an_option_of_a_new_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        editor_controls._make_control(
            "new", {"markdownDescription": "New.", "type": "object", "properties": {}}, ""
        )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, ""),
        (12, "12"),
        (("image", "reel"), "image, reel"),
        (date(2026, 7, 22), "2026-07-22"),
        (Columns(), "auto"),
        (Columns(2, 2, 2), "2"),
        (Columns(2, 2, 3), "2, 2, 3"),
    ],
)
def test_a_control_has_the_value_as_text(value: object, text: str) -> None:
    assert write_value(value) == text


def test_the_script_is_small_and_writes_no_html() -> None:
    script = (ASSETS / "editor.js").read_text(encoding="utf-8")

    assert len(script.encode()) <= 15_000
    for name in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval", "Function("):
        assert name not in script


def test_the_page_needs_no_style_or_script_inside() -> None:
    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag != "style"
            assert tag != "script" or "src" in dict(attrs)
            assert not any(name == "style" or name.startswith("on") for name, _ in attrs)

    Reader().feed((ASSETS / "editor.html").read_text(encoding="utf-8"))
