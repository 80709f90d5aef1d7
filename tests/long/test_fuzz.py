"""Answers, captions, tags, cached entries and pictures of any shape: no traceback, no markup.

`--long` runs many more examples, `make fuzz` uses atheris instead of Hypothesis.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fuzzing.answers import show, show_input
from fuzzing.mutation import mutate
from fuzzing.pictures import publish
from fuzzing.seeds import make_pictures, spoil, write_answers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored import Store

from mkdocs_instagram.config.feed_options import FeedOptions
from mkdocs_instagram.config.presets import Presets
from mkdocs_instagram.errors import InstagramError, TagError, Unreachable
from mkdocs_instagram.feed.loader import AccountFeeds
from mkdocs_instagram.feed.pace import Pace
from mkdocs_instagram.feed.paging import MediaSource
from mkdocs_instagram.render.tag import replace_tags

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
NASTY = ("<script>", "-->", "{{ 7*7 }}", '" onload="x', "\u202e", "\ud800", "\x00", "javascript:")
TEXTS = st.one_of(st.text(st.characters()), st.sampled_from(NASTY), st.text("<>&\"'{}%-! a"))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXTS, st.just("1")
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
URLS = st.sampled_from(
    ("https://scontent.cdninstagram.com/v/1.jpg?oh=1", "https://a.fbcdn.net/v/2.mp4")
)
# Mostly of the right type, sometimes of another.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "id": st.one_of(st.from_regex(r"[0-9]{1,18}", fullmatch=True), st.integers()),
    "media_type": st.sampled_from(("IMAGE", "VIDEO", "CAROUSEL_ALBUM", "STORY")),
    "media_product_type": st.sampled_from(("FEED", "REELS")),
    "caption": TEXTS,
    "alt_text": TEXTS,
    "username": st.one_of(TEXTS, st.just("harbour.bakery")),
    "permalink": st.sampled_from(("https://www.instagram.com/reel/C0001abcDEF/", "javascript:1")),
    "shortcode": st.one_of(TEXTS, st.just("C0001abcDEF")),
    "timestamp": st.one_of(TEXTS, st.just("2026-07-22T10:45:00+0000")),
    "like_count": st.integers(),
    "comments_count": st.integers(),
    "media_url": URLS,
    "thumbnail_url": URLS,
    "followers_count": st.integers(),
    "biography": TEXTS,
    "name": TEXTS,
    "profile_picture_url": URLS,
}
NODES = st.fixed_dictionaries(
    {}, optional={name: st.one_of(good, good, VALUES) for name, good in FIELDS.items()}
)
MEDIA = NODES.flatmap(
    lambda node: st.one_of(
        st.just(node),
        st.builds(
            lambda children: {**node, "media_type": "CAROUSEL_ALBUM", "children": children},
            st.one_of(VALUES, st.fixed_dictionaries({"data": st.lists(NODES, max_size=3)})),
        ),
    )
)
BATCHES = st.fixed_dictionaries(
    {"data": st.one_of(st.lists(MEDIA, max_size=4), VALUES)}, optional={"paging": VALUES}
)
ANSWERS = st.one_of(BATCHES, BATCHES, NODES, VALUES, st.fixed_dictionaries({"error": VALUES}))


@pytest.fixture
def examples(request: pytest.FixtureRequest) -> settings:
    """Settings with as many examples as the run has time for."""
    count = 6_000 if request.config.getoption("--long") else 60
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=count < 1000,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def test_any_answer_is_refused_or_becomes_a_page_of_our_own_markup(examples: settings) -> None:
    @examples
    @given(ANSWERS, st.sampled_from((200, 200, 400, 429, 500)), st.integers(0, 4))
    def check(answer: object, status: int, way: int) -> None:
        show(status, json.dumps(answer).encode(), way)

    check()


def test_any_change_of_a_recorded_answer_is_refused_or_becomes_a_page(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    write_answers(tmp_path)
    answers = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    chance = random.Random(7)

    pages = 0
    for _ in range(count := 20_000 if request.config.getoption("--long") else 200):
        data = mutate(chance.choice(answers), 4096, chance, lambda part: spoil(part, chance))
        pages += bool(show_input(data))
    assert pages > count / 4


def test_any_caption_is_text(examples: settings) -> None:
    @examples
    @given(st.lists(TEXTS, max_size=6).map("".join), st.integers(0, 4))
    def check(caption: str, way: int) -> None:
        node = {
            "id": "1",
            "media_type": "IMAGE",
            "media_url": "https://scontent.cdninstagram.com/v/1.jpg",
            "caption": caption,
        }
        show(200, json.dumps({"data": [node]}).encode(), way)

    check()


def test_any_tag_is_read_refused_or_left_alone(examples: settings) -> None:
    @examples
    @given(
        st.lists(
            st.one_of(
                st.text("{}[]:,#'\"\n -!<>&*|"),
                st.sampled_from(("<!-- instagram", "-->", "limit: 3", "post", "columns", "team")),
                st.characters(),
            ),
            max_size=12,
        ).map(" ".join)
    )
    def check(text: str) -> None:
        html = f"<p>before</p><!-- instagram {text} --><p>after</p>"
        try:
            done = replace_tags(html, Presets({}, {"team": {}}), lambda _: "[feed]", lambda _: None)
        except TagError as error:
            done = f"<p>before</p>{error}<p>after</p>"
        assert done.startswith("<p>before</p>")
        assert done.endswith("<p>after</p>")
        assert done.isprintable() or not text.isprintable()

    check()


def _is_down() -> MediaSource:
    raise Unreachable("Down.")


def test_any_entry_of_the_cache_is_read_or_passed_over(examples: settings) -> None:
    listings = st.fixed_dictionaries(
        {},
        optional={
            "user": st.one_of(NODES, VALUES),
            "media": st.one_of(st.lists(MEDIA, max_size=4), VALUES),
            "depth": st.one_of(st.integers(0, 4), VALUES),
            "is_complete": st.one_of(st.booleans(), VALUES),
            "fetched_at": st.one_of(st.just(NOW.isoformat()), VALUES),
            "accepted_as": st.one_of(st.just(""), VALUES),
            "half_answers": st.one_of(st.just(0), VALUES),
            "empty_answers": st.one_of(st.just(0), VALUES),
            "batch_limit": st.one_of(st.just(100), VALUES),
            "withdrawn": VALUES,
            "missing": VALUES,
            "seen": VALUES,
            "until": VALUES,
            "refused": VALUES,
        },
    )

    @examples
    @given(listings, listings, listings, st.booleans())
    def check(listing: Any, found: Any, throttle: Any, is_old: bool) -> None:
        store = Store(
            {"listing/main": listing, "found/main": found, "throttle/main": throttle},
        )
        feeds = AccountFeeds(
            name="main",
            username="",
            max_age=timedelta(hours=1),
            overrides={},
            open_source=_is_down,
            store=store,
            pace=Pace(is_serve=False),
            now=NOW + timedelta(days=is_old),
        )
        for options in (FeedOptions(), FeedOptions(post=("C0001abcDEF",)), FeedOptions(limit=30)):
            try:
                feeds.load(options)
            except InstagramError:
                continue

    check()


def test_any_picture_is_refused_or_becomes_a_bare_one(request: pytest.FixtureRequest) -> None:
    chance = random.Random(5)
    seeds = make_pictures()
    assert all(publish(seed) == 2 for seed in seeds)

    for _ in range(20_000 if request.config.getoption("--long") else 200):
        publish(spoil(chance.choice(seeds), chance))
