import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_items import parse, render

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.instagram.captions import read_caption
from mkdocs_instagram.render.shortening import fit_caption


@pytest.mark.parametrize(
    ("layout", "length", "shown"),
    [("grid", None, 200), ("list", None, 600), ("list", 80, 80), ("carousel", 300, 300)],
)
def test_a_list_has_room_for_more_of_a_caption(layout: str, length: int | None, shown: int) -> None:
    options = FeedOptions(caption="below", layout=layout, caption_length=length)

    html = render([{"caption": "rye " * 500}], options)

    [caption] = parse(html).findall(".//*[@dir='auto']")
    assert shown - 4 < len(caption.text) <= shown


def test_the_viewer_shows_a_caption_as_it_was_written() -> None:
    written = "Rye\n.\n\u2800\n#bread"

    html = render([{"caption": written}], FeedOptions(caption="below", open="viewer"))

    below, viewer = ("".join(it.itertext()) for it in parse(html).findall(".//*[@dir='auto']"))
    assert below == "Rye\n#bread"
    assert viewer == written


def test_a_caption_of_signs_is_cut_too() -> None:
    assert fit_caption("#" * 20, 5) == "####…"


@settings(database=None, derandomize=True, deadline=None)
@given(st.text(st.sampled_from("#@ab.é\ufeff\u200dパ1& \n"), max_size=40), st.integers(2, 40))
def test_a_cut_leaves_whole_tags_and_mentions(text: str, length: int) -> None:
    whole = [part for part in read_caption(fit_caption(text, 2200)) if part.href]
    cut = fit_caption(text, length)

    assert len(cut) <= length
    found = [part for part in read_caption(cut) if part.href]
    assert found == whole[: len(found)]
