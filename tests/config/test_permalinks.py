from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_instagram.config.permalinks import check_shortcode
from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.instagram.graph import is_shortcode

CODE = "C0001abcDEF"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f" {CODE}\n",
        f"'{CODE}'",
        f"\u200b{CODE}\ufeff",
        f"https://www.instagram.com/p/{CODE}/",
        f"https://www.instagram.com/p/{CODE}",
        f"http://instagram.com/reel/{CODE}",
        f"https://www.instagram.com/p/{CODE}/?img_index=2#x",
        f"https://www.instagram.com/p/{CODE}/?igsh=MzRlODBiNWFlZA==",
        f"https://www.instagram.com/p/{CODE}/?utm_source=x&amp;igsh=y",
        f"https://www.instagram.com/p/{CODE}/?utm_source=https://example.org/share/p/x",
        f"www.instagram.com/p/{CODE}/",
        f"m.instagram.com/p/{CODE}/",
        f"instagram.com/p/{CODE}",
        f"instagr.am/p/{CODE}",
        f"https://instagr.am/p/{CODE}/",
        f"//www.instagram.com/p/{CODE}/",
        f"/p/{CODE}/",
        f"p/{CODE}",
        f"https://www.instagram.com/reels/{CODE}/",
        f"https://www.instagram.com/tv/{CODE}/",
        f"https://www.instagram.com/p/{CODE}/embed/",
        f"https://www.instagram.com/p/{CODE}/embed/captioned/?cr=1",
        f"https://www.instagram.com/p/{CODE}/c/17900000000000001/",
        f"https://www.instagram.com/harbour.bakery/p/{CODE}/",
        f"https://www.instagram.com/harbour.bakery/reel/{CODE}/?igsh=x",
        f"https://www.instagram.com//p//{CODE}//",
        f"HTTPS://WWW.INSTAGRAM.COM/p/{CODE}/",
        f"Instagram.com/p/{CODE}/",
        f"<https://www.instagram.com/p/{CODE}/>",
        f"  https://www.instagram.com/p/{CODE}/ \u00a0",
    ],
)
def test_the_address_of_a_post_is_taken_as_people_paste_it(text: str) -> None:
    assert check_shortcode(text) == CODE


SHARED = "is a share link, which does not contain the shortcode. Open it in a browser"
STORY = "is the address of a story, and feeds have only posts and reels. Write"
PROFILE = "is the address of a profile, not of a post. Open the post in a browser"
NEITHER = "is neither a shortcode nor a permalink: write the part after /p/ or /reel/"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("https://www.instagram.com/share/p/BAx1yZ2abc", SHARED),
        ("https://www.instagram.com/share/reel/BAx1yZ2abc/?igsh=x", SHARED),
        ("instagram.com/share/BAx1yZ2abc", SHARED),
        ("https://www.instagram.com/share/", SHARED),
        ("https://www.instagram.com/stories/harbour.bakery/1/", STORY),
        ("https://www.instagram.com/stories/highlights/17900000000000001/", STORY),
        ("https://www.instagram.com/s/aGlnaGxpZ2h0", STORY),
        ("https://www.instagram.com/harbour.bakery", PROFILE),
        ("instagram.com/harbour.bakery/?igsh=x", PROFILE),
        ("https://www.instagram.com/harbour.bakery/reels/", PROFILE),
        ("https://www.instagram.com/harbour.bakery/tagged/", PROFILE),
        ("https://www.instagram.com/", NEITHER),
        ("https://www.instagram.com/explore/tags/bread/", NEITHER),
        ("https://www.instagram.com/reels/", NEITHER),
        ("https://www.instagram.com/reels/audio/17900000000000001/", NEITHER),
        ("https://www.instagram.com/p/abc/", NEITHER),
        ("https://www.instagram.com/p/C0001abcDE!/", NEITHER),
        (f"https://www.instagram.com/p/{CODE}, and more", NEITHER),
        (f"https://www.instagram.com/p/{'x' * 65}/", NEITHER),
        (f"https://example.org/p/{CODE}/", NEITHER),
        (f"https://instagram.com.example.org/p/{CODE}/", NEITHER),
        (f"https://www.instagram.com@example.org/p/{CODE}/", NEITHER),
        (f"https://example.org/instagram.com/p/{CODE}/", NEITHER),
        (f"javascript:/p/{CODE}", NEITHER),
        ("C001", NEITHER),
        ("C0001 abcDEF", NEITHER),
        ("C0001abcDÉF", NEITHER),
        ("../../etc", NEITHER),
        ("", NEITHER),
        ("?", NEITHER),
        (12345678901, NEITHER),
        (None, NEITHER),
    ],
)
def test_any_other_text_is_refused_with_what_to_write(value: object, says: str) -> None:
    with pytest.raises(OptionError) as caught:
        check_shortcode(value)

    assert says in str(caught.value)


@given(st.text() | st.from_regex(r"(?:https?://)?[\w.]*instagram\.com[/\w.?#&;%-]*"))
@settings(max_examples=100, deadline=None)
def test_whatever_is_typed_gives_a_shortcode_or_an_error(text: str) -> None:
    with suppress(OptionError):
        assert is_shortcode(check_shortcode(text))
