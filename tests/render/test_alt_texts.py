import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from goldens import check, list_cases
from invented import SCRIPTS, Script, invent
from test_items import USER, make_theme, parse, render

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.labels import ENGLISH
from mkdocs_instagram.feed.selection import contains_word
from mkdocs_instagram.instagram.captions import read_caption
from mkdocs_instagram.instagram.models import Child, Media
from mkdocs_instagram.render.alt_texts import describe_media, make_alt

DAY = datetime(2026, 7, 22, 12, tzinfo=UTC)


def write_day(day: datetime) -> str:
    return day.date().isoformat()


def make(caption: str = "", **given: Any) -> Media:
    return Media("1", **{"media_type": "IMAGE", "caption": caption, "timestamp": DAY, **given})


def find_alts(html: str) -> list[str]:
    return [image.get("alt") for image in parse(html).iter("img")]


def run(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a page has of each caption, and which `words` find it with `include`."""
    options = FeedOptions(**{"caption": "below", "open": "none", **case.get("options", {})})
    nodes = [{"id": str(i), "caption": caption} for i, caption in enumerate(case["captions"])]
    page = parse(render(nodes, options))
    items = page.findall(".//*[@role='listitem']")
    return [
        {
            "alt": item.find(".//img").get("alt"),
            "below": "".join(item.find(".//*[@dir='auto']").itertext()),
            "links": {link.text: link.get("href") for link in item.iter("a")},
            **(
                {"found by": [word for word in case["words"] if contains_word(caption, word)]}
                if "words" in case
                else {}
            ),
        }
        for caption, item in zip(case["captions"], items, strict=True)
    ]


@pytest.mark.parametrize("path", list_cases("caption"))
def test_captions_become_alt_texts_links_and_finds(path: Path, regenerate: bool) -> None:
    check(path, run, regenerate=regenerate)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_no_link_is_missed_or_wrong_in_invented_captions(script: Script) -> None:
    captions = list(invent(script))

    assert [links(it.caption) for it in captions] == [it.links for it in captions]
    assert [make_alt(make(it.caption)) for it in captions] == [it.alt for it in captions]
    for it in captions:
        assert all(contains_word(it.caption, link.swapcase()) for link in it.links)
        assert not any(contains_word(it.caption, link[:-1]) for link in it.links)
        assert not re.search(
            r"[#@](?!\w|\ufe0f)(?<!C#)(?!39)|\(\s*\)|\s[.•]\s|\u200b|\ufeff", it.alt
        )


def test_there_are_two_hundred_invented_captions() -> None:
    assert sum(len(list(invent(script))) for script in SCRIPTS) == 204


def links(caption: str) -> list[str]:
    return [part.text for part in read_caption(caption) if part.href]


@pytest.mark.parametrize(
    ("media", "alt"),
    [
        ({"alt_text": " A dark\n #loaf ", "caption": "Rye"}, "A dark #loaf"),
        ({"caption": "Rye is back 🍞\n\n and  salt"}, "Rye is back 🍞 and salt"),
        ({"caption": "word " * 100}, "word " * 23 + "word…"),
        ({"caption": "🍞 ✨ !"}, ""),
        ({"caption": "#bread 🍞 @miller"}, ""),
        (
            {"caption": "Our #rye\u200bbread and #salt\ufeff#oats here"},
            "Our ryebread and salt oats here",
        ),
        ({"caption": "Rye\n---\n🍞 ★ 🍞\n~"}, "Rye 🍞 ★ 🍞"),
        ({"caption": ".\n\u2800\n•"}, ""),
        ({}, ""),
    ],
)
def test_the_alt_text_is_what_instagram_has_or_the_words_of_the_caption(
    media: dict[str, Any], alt: str
) -> None:
    assert make_alt(make(**media)) == alt


@pytest.mark.parametrize(
    ("media", "text"),
    [
        ({}, "Photo by miller, 2026-07-22"),
        ({"media_type": "VIDEO"}, "Video by miller, 2026-07-22"),
        ({"media_type": "VIDEO", "kind": "reel"}, "Reel by miller, 2026-07-22"),
        (
            {"media_type": "CAROUSEL_ALBUM", "children": (Child("2", "IMAGE"),) * 3},
            "Album of 3 by miller, 2026-07-22",
        ),
        ({"media_type": "CAROUSEL_ALBUM"}, "Carousel by miller, 2026-07-22"),
        ({"timestamp": None}, "Photo by miller"),
    ],
)
def test_a_media_without_words_is_described(media: dict[str, Any], text: str) -> None:
    assert describe_media(make(**media), "miller", ENGLISH, write_day) == text


def test_a_media_of_an_unknown_user_is_described_without_a_name() -> None:
    assert describe_media(make(), "", ENGLISH, write_day) == "Photo, 2026-07-22"


def test_the_words_of_a_description_are_labels() -> None:
    labels = {**ENGLISH, "by": "von", "carousel_of": "{count} Bilder", "image": "Foto"}
    album = make(media_type="CAROUSEL_ALBUM", children=(Child("2", "IMAGE"),) * 2)

    texts = [describe_media(it, "miller", labels, write_day) for it in (make(), album)]

    assert texts == ["Foto von miller, 2026-07-22", "2 Bilder von miller, 2026-07-22"]


def test_a_media_without_a_username_has_that_of_the_account() -> None:
    [alt] = find_alts(render([{"username": None}]))

    assert alt == "Photo by harbour.bakery, Jul 22, 2026"
    [alt] = find_alts(render([{"username": None}], user={**USER, "username": None}))
    assert alt == "Photo, Jul 22, 2026"


def test_the_date_is_written_as_in_the_page() -> None:
    macro = "{% macro date(day, language) %}<b>{{ day.day }}</b> &amp; {{ language }}{% endmacro %}"

    assert find_alts(render([{}], language="de")) == ["Photo by harbour.bakery, 22.07.2026"]
    [alt] = find_alts(render([{}], language="de", theme=make_theme(formats=macro)))
    assert alt == "Photo by harbour.bakery, 22 & de"
