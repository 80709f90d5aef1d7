import logging
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from goldens import check, list_cases

from mkdocs_instagram.config.feed_options import FeedOptions, check_options
from mkdocs_instagram.config.presets import Presets
from mkdocs_instagram.errors import TagError
from mkdocs_instagram.plugin import write_tag
from mkdocs_instagram.render.tag import FeedTag, may_hold_tags, replace_tags

NO_PRESETS = Presets({}, {})


def run(case: dict[str, Any]) -> dict[str, Any]:
    """Return the tags in the case's `html`, their messages, and the HTML with the tags replaced.

    `defaults` and `feeds` are as in mkdocs.yml; `stands_for_tag` replaces each tag.
    """
    found: list[dict[str, Any]] = []
    warnings: list[str] = []
    passed_over: list[str] = []

    def replace(tag: FeedTag) -> str:
        found.append({"number": tag.number, **_describe(tag.options)})
        warnings.extend(tag.warnings)
        return str(case.get("stands_for_tag", f"[feed {tag.number}]"))

    try:
        html = replace_tags(
            case["html"],
            _presets(case),
            replace,
            lambda message: passed_over.append(
                f"{logging.getLevelName(message.level)}: {message.text}"
            ),
        )
    except TagError as error:
        return {"error": str(error)}
    told = {"warnings": warnings, "passed_over": passed_over}
    return {"tags": found, **{name: lines for name, lines in told.items() if lines}, "html": html}


def _presets(case: dict[str, Any]) -> Presets:
    defaults, _ = check_options(case.get("defaults", {}))
    feeds = {name: check_options(given)[0] for name, given in case.get("feeds", {}).items()}
    return Presets(defaults, feeds)


def _describe(options: FeedOptions) -> dict[str, Any]:
    """Return the options that differ from their defaults, as YAML can write them."""
    given = options._asdict() | {"columns": options.columns._asdict()}
    changed = {
        name: given[name]
        for name, default in FeedOptions()._asdict().items()
        if getattr(options, name) != default
    }
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()
    }


@pytest.mark.parametrize("path", list_cases("tag"))
def test_tags_of_rendered_html(path: Path, regenerate: bool) -> None:
    check(path, run, regenerate=regenerate)


def test_numbers_go_on_where_the_caller_says() -> None:
    html = "<!-- instagram --><!-- instagram -->"

    replaced = replace_tags(
        html, NO_PRESETS, lambda tag: f"[{tag.number}]", lambda _: None, first_number=3
    )

    assert replaced == "[3][4]"


@pytest.mark.parametrize(
    ("above", "is_at_top"),
    [
        ("", True),
        ("<h1 id='photos'>Photos</h1>\n<p>Our week.</p>\n<ul><li>", True),
        (f"<p title='{'x' * 2000}'>" + "word \n  " * 120, True),
        ("word " * 121, False),
        ("<br>" * 1600, False),
        ("<p><img alt='' src='a.webp'></p>", False),
        ("<TABLE><tr><td>", False),
        ("<pre>x</pre>", False),
        ("<details><summary>More</summary>", False),
        ("<!-- instagram -->", False),
    ],
)
def test_only_the_first_tag_can_be_at_the_top(above: str, is_at_top: bool) -> None:
    found: list[FeedTag] = []

    def replace(tag: FeedTag) -> str:
        found.append(tag)
        return ""

    replace_tags(f"{above}<!-- instagram -->", NO_PRESETS, replace, lambda _: None)

    assert found[-1].is_at_top is is_at_top


@pytest.mark.parametrize(
    ("html", "may_hold"),
    [
        ("<p>Follow us on instagram</p>", False),
        ("<p>&lt;!-- instagram --&gt;</p>", False),
        ("<!-- note: instagram -->", False),
        ("<!-- instagrammer -->", True),
        ("<!-- Instagram -->", True),
        ("<!--INSTAGRAM team-->", True),
        ("<!-- instagram_feed() -->", True),
        ("<!--- instagram --->", True),
        ("<!-- insta -->", False),
        ("<!--instagram-->", True),
        ("<!--\n  instagram\n-->", True),
        ("<!-- instagram of last year -->", True),
        ("!" * 500 + "<!-- instagram -->", True),
        ("<!-- a -->" * 500 + "<!-- instagram -->", True),
        ("<!-- a -->" * 500 + "<!-- Instagram -->", True),
        ("!" * 500 + "instagram", False),
        ("-" * 3, False),
        ("!", False),
    ],
)
def test_pages_without_a_tag_are_told_quickly(html: str, may_hold: bool) -> None:
    assert may_hold_tags(html) is may_hold


@pytest.mark.parametrize(
    "title",
    [
        "Bread 🍞",
        "a --> b",
        "<!-- x ---- y",
        '"quoted" \\ {limit: 3}',
        "#team: 'x'",
        "東京",
        "a\nb",
        "",
    ],
)
def test_a_tag_that_a_template_writes_is_read_back(title: str) -> None:
    found: list[FeedTag] = []
    html = str(write_tag("team", title=title, limit=3, since=date(2026, 7, 1)))

    def replace(tag: FeedTag) -> str:
        found.append(tag)
        return "[feed]"

    replaced = replace_tags(html, Presets({}, {"team": {}}), replace, lambda _: None)

    assert replaced == "[feed]"
    (tag,) = found
    assert (tag.options.title, tag.options.limit) == (title, 3)
    assert tag.options.since == date(2026, 7, 1)


@pytest.mark.parametrize(
    "html",
    [
        "<!--" * 20_000,
        "<!-- instagram " * 20_000,
        "<p>" * 20_000 + "<!-- -->",
        "<!-- instagram" + " " * 20_000 + "a" + " " * 20_000 + "b" + " " * 20_000 + "-->",
        "<!-- instagram " + "a " * 20_000 + "-->",
        "<!-- instagram " + "a: " * 20_000 + "<!---->",
        "<!-- instagram [a" + "-" * 20_000 + "\t] -->",
        "<!--" + "- " * 20_000 + "instagram" + " :" * 20_000 + "-->",
        "<title>" * 20_000 + "<!-- -->",
        '<a b="' * 20_001 + "<!-- instagram -->",
        "<a b='<a' " * 20_000 + "<!-- instagram -->",
        "<a b=c" * 20_000 + "<!-- instagram -->",
        "<a" + " = " * 20_000 + "<!-- instagram -->",
    ],
    ids=[
        "comments",
        "tags",
        "paragraphs",
        "spaces",
        "words",
        "keys",
        "dashes",
        "colons",
        "titles",
        "quotes",
        "values",
        "attributes",
        "signs",
    ],
)
def test_look_alikes_stay_and_cost_no_time(html: str) -> None:
    began = time.process_time()
    try:
        replaced = replace_tags(html, Presets({}, {"team": {}}), lambda _: "[feed]", lambda _: None)
    except TagError:
        replaced = html

    assert replaced == html
    assert time.process_time() - began < 2
