from datetime import UTC, datetime
from typing import Any

import pytest

from mkdocs_instagram.config.labels import ENGLISH
from mkdocs_instagram.instagram.models import Media
from mkdocs_instagram.render.captions import make_alt, split_links

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
TAGS = "https://www.instagram.com/explore/tags/"


def links(text: str) -> dict[str, str]:
    """Return the linked parts of a text with their addresses, relative to Instagram's."""
    parts = split_links(text)
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    return {
        part.text: part.href.removeprefix("https://www.instagram.com/")
        for part in parts
        if part.href
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("Rye", {}),
        ("#rye", {"#rye": "explore/tags/rye/"}),
        ("(#rye), #Brot!", {"#rye": "explore/tags/rye/", "#Brot": "explore/tags/Brot/"}),
        ("#rye#brot", {"#rye": "explore/tags/rye/", "#brot": "explore/tags/brot/"}),
        ("#rye.", {"#rye": "explore/tags/rye/"}),
        ("#rye.bread", {"#rye": "explore/tags/rye/"}),
        ("#seven_grains", {"#seven_grains": "explore/tags/seven_grains/"}),
        ("#パン、", {"#パン": "explore/tags/%E3%83%91%E3%83%B3/"}),
        ("#चाय", {"#चाय": "explore/tags/%E0%A4%9A%E0%A4%BE%E0%A4%AF/"}),
        ("#🍞", {"#🍞": "explore/tags/%F0%9F%8D%9E/"}),
        ("# rye #", {}),
        ("#2026", {}),
        ("C#rye", {}),
        ("https://a.example/#rye &#39;", {}),
        ("#" + "x" * 101, {}),
        ("@mill.er", {"@mill.er": "mill.er/"}),
        ("@miller.", {"@miller": "miller/"}),
        ("@miller's", {"@miller": "miller/"}),
        ("@müller", {}),
        ("@" + "x" * 31, {}),
        ("rye@bakery.example", {}),
        ("#rye…", {}),
        ("@miller #rye…", {"@miller": "miller/"}),
        ("#a\ufffdb", {}),
    ],
)
def test_tags_and_mentions_lead_to_instagram(text: str, found: dict[str, str]) -> None:
    assert links(text) == found


@pytest.mark.parametrize(
    ("media", "alt"),
    [
        ({"alt_text": " A dark\n loaf ", "caption": "Rye"}, "A dark loaf"),
        ({"caption": "Rye is back 🍞 #bread @miller"}, "Rye is back 🍞"),
        ({"caption": "Rye\n\nis  back"}, "Rye is back"),
        ({"caption": "#bread#rye @mill.er, and salt"}, ", and salt"),
        ({"caption": "Mail rye@bakery.example"}, "Mail rye@bakery.example"),
        ({"caption": "सुबह #सुबह_की_चाय की चाय"}, "सुबह की चाय"),
        ({"caption": "กาแฟ #กาแฟสด"}, "กาแฟ"),
        ({"caption": "パン #東京タワー、散歩"}, "パン 、散歩"),
        ({"caption": "(#bread) “#rye” rye"}, "() “” rye"),
        ({"caption": "#bread 🍞 @miller"}, "Instagram photo by harbour.bakery, 2026-07-22"),
        ({}, "Instagram photo by harbour.bakery, 2026-07-22"),
        ({"username": ""}, "Instagram photo by, 2026-07-22"),
        ({"timestamp": None}, "Instagram photo by harbour.bakery"),
        ({"caption": "word " * 100}, "word " * 23 + "word…"),
    ],
)
def test_the_alternative_text_is_the_best_there_is(media: dict[str, Any], alt: str) -> None:
    whole = {"username": "harbour.bakery", "timestamp": NOW.replace(day=22), **media}

    assert make_alt(Media("1", "IMAGE", **whole), ENGLISH) == alt
