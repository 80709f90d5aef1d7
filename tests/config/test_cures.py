from datetime import date
from typing import Any

import pytest
import yaml
from conftest import TOKEN

from mkdocs_instagram.config.cures import (
    mend,
    show,
    suggest_line,
    suggest_template,
    suggest_value,
    suggest_yaml,
    write_option,
)
from mkdocs_instagram.config.feed_options import BY_NAME, NAMES
from mkdocs_instagram.config.site_options import ImagesConfig, InstagramConfig

SITE = {**InstagramConfig.list_checks(), **ImagesConfig.list_checks()}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (6, "6"),
        ("6", "'6'"),
        (True, "true"),
        ("true", "'true'"),
        ("", "''"),
        (None, "null"),
        ("photo", "photo"),
        ("two words", "two words"),
        ("image, video", "'image, video'"),
        ("https://example.org/", "https://example.org/"),
        ("a: b", "'a: b'"),
        (["photo", "6"], "[photo, '6']"),
        ({"small": 2}, "{small: 2}"),
        (date(2026, 7, 22), "2026-07-22"),
        (1.5, "1.5"),
    ],
)
def test_a_value_is_shown_as_it_is_typed(value: object, shown: str) -> None:
    assert show(value) == shown
    assert yaml.safe_load(shown) == value


def test_what_yaml_cannot_write_is_shown_too() -> None:
    assert show({1, 2}.__class__) == "<class 'set'>"
    endless: list[Any] = []
    endless.append(endless)
    assert show(endless) == "&id001 [*id001]"
    assert show(TOKEN) == "(hidden)"
    assert len(show("x" * 500)) == 60


MENDED = [
    ("limit", "6", "limit: 6"),
    ("limit", " 6 ", "limit: 6"),
    ("limit", 6.0, "limit: 6"),
    ("limit", [6], "limit: 6"),
    ("limit", "all", "limit: 1000"),
    ("limit", 0, ""),
    ("limit", -6, ""),
    ("limit", 1001, ""),
    ("limit", 6.5, ""),
    ("limit", None, ""),
    ("limit", {"a": 1}, ""),
    ("header", "yes", "header: true"),
    ("header", "Off", "header: false"),
    ("header", 1, ""),
    ("title", 2026, "title: '2026'"),
    ("layout", "Grid", "layout: grid"),
    ("layout", "gird", "layout: grid"),
    ("layout", ["grid"], "layout: grid"),
    ("layout", "slider", "layout: carousel"),
    ("types", "photo", "types: image"),
    ("types", ["photos", "Video"], "types: [image, video]"),
    ("types", ["photo", "image"], "types: [image]"),
    ("types", "image video", "types: [image, video]"),
    ("types", "image and reels", "types: [image, reel]"),
    ("types", ["image", "story"], ""),
    ("sort", "popular", "sort: likes"),
    ("show", "likes, date", "show: [likes, date]"),
    ("show", ["likes", "caption"], "caption: below"),
    ("caption", True, "caption: below"),
    ("caption", False, "caption: none"),
    ("open", "lightbox", "open: viewer"),
    ("open", "_blank", "new_tab: true"),
    ("more", False, "more: none"),
    ("columns", "3", "columns: 3"),
    ("columns", {"mobile": "1", "desktop": 4}, "columns: {small: 1, large: 4}"),
    ("columns", {"mobile": 1, "phone": 2}, "columns: {small: 2}"),
    ("ratio", "1:1", "ratio: square"),
    ("since", "2026/7/1", "since: 2026-07-01"),
    ("since", "1.7.2026", "since: 2026-07-01"),
    ("since", "31.2.2026", ""),
    ("since", "7/1/2026", ""),
    ("template", "cards", "template: cards.html"),
    ("template", "../cards", ""),
    ("post", "https://example.org/", ""),
    ("include", [["#team"]], "include: ['#team']"),
    ("include", ["bread", None], ""),
    ("max_age", "1 hour", "max_age: 1h"),
    ("max_age", "30 minutes", "max_age: 30m"),
    ("max_age", "2 weeks", "max_age: 14d"),
    ("max_age", "soon", ""),
    ("widths", 640, "widths: [640]"),
    ("widths", "320, 640", "widths: [320, 640]"),
    ("widths", ["320px", 640], "widths: [320, 640]"),
    ("quality", "80%", "quality: 80"),
    ("format", "JPG", "format: jpeg"),
    ("videos", True, "videos: file"),
    ("on_error", "warning", "on_error: warn"),
    ("search", "no", "search: false"),
]


@pytest.mark.parametrize(("name", "value", "line"), MENDED)
def test_a_wrong_value_is_mended_if_its_meaning_is_clear(
    name: str, value: object, line: str
) -> None:
    check = (BY_NAME | SITE)[name]
    assert check
    assert not check.takes(value)
    assert mend(name, value, check.takes, check.schema) == line
    cure = suggest_value(name, value, check.takes, check.schema)
    assert cure == (f" Write {line}." if line else "")


@pytest.mark.parametrize("line", [line for _, _, line in MENDED if line])
def test_each_line_is_right(line: str) -> None:
    ((name, value),) = yaml.safe_load(f"{{{line}}}").items()

    check = (BY_NAME | SITE)[name]
    assert check
    assert check.takes(value)


def test_no_line_holds_a_token_or_is_cut() -> None:
    assert write_option("title", TOKEN) == ""
    assert write_option("title", "x" * 100) == ""
    assert suggest_line("title", TOKEN) == ""
    assert suggest_line("title", "News") == " Write title: News."
    for check in BY_NAME.values():
        assert TOKEN not in mend("title", [TOKEN, {TOKEN: TOKEN}], check.takes, check.schema)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("overrides/instagram/cards.html", "Write template: cards.html."),
        ("instagram/cards.html", "Write template: cards.html."),
        ("overrides/cards.html", "Write template: cards.html."),
        ("docs/overrides/instagram/team/cards.html", "Write template: team/cards.html."),
        ("cards.html", ""),
    ],
)
def test_the_folders_of_a_template_are_left_out(name: str, says: str) -> None:
    assert suggest_template(name).endswith(says)
    assert bool(suggest_template(name)) == bool(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title: Our bakery: news", " Write title: 'Our bakery: news'."),
        ("{title: Our bakery: news, limit: 3}", " Write title: 'Our bakery: news'."),
        ("{limit: 3, title: It's new: bread}", " Write title: 'It''s new: bread'."),
        ("limit: 3 columns: 2", " Write <!-- instagram {limit: 3, columns: 2} -->"),
        ("limit: 3, columns: 2", " Write <!-- instagram {limit: 3, columns: 2} -->"),
        ("{limit: 3 columns: 2}", " Write <!-- instagram {limit: 3, columns: 2} -->"),
        ('title: "Bread', " A quotation mark has no partner."),
        ("{limit: 6, types: [image}", ""),
        (f"title: {TOKEN}: x", ""),
        (f"limit: 3 title: {TOKEN}", ""),
    ],
)
def test_broken_yaml_is_mended_if_its_meaning_is_clear(text: str, says: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        yaml.safe_load(text)

    cure = suggest_yaml(text, caught.value.problem or "", NAMES)

    assert cure.startswith(says)
    assert bool(cure) == bool(says)
