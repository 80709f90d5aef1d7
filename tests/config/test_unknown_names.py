import re
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mkdocs_instagram.config import other_words
from mkdocs_instagram.config.feed_options import BY_NAME, NAMES, check_options
from mkdocs_instagram.config.site_options import ImagesConfig, InstagramConfig
from mkdocs_instagram.config.unknown_names import SITE_NAMES, suggest_option, suggest_site_option
from mkdocs_instagram.errors import OptionError

TOKEN = "IGAA" + "x1Y2z3W4v5" * 15
SITE = InstagramConfig.list_checks()
NESTED = {"defaults": BY_NAME, "images": ImagesConfig.list_checks()}


def test_the_options_of_mkdocs_yml_are_those_of_the_config() -> None:
    assert sorted(SITE_NAMES) == sorted(SITE)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("count", 6, "Write limit: 6."),
        ("count", "9", "Write limit: 9."),
        ("count", "many", "Write limit: 6."),
        ("count", None, "Write limit: 6."),
        ("cols", 3, "Write columns: 3."),
        ("cols", {"mobile": 2}, "Write columns: {small: 2}."),
        ("hashtag", "bread", "Write include: ['#bread']."),
        ("hashtags", ["#bread", "rye"], "Write include: ['#bread', '#rye']."),
        ("tags", "bread, rye", "Write include: ['#bread', '#rye']."),
        ("tag", None, 'Write include: ["#team"].'),
        ("tag", "", 'Write include: ["#team"].'),
        ("keyword", "bread", "Write include: bread."),
        ("lightbox", True, "Write open: viewer."),
        ("slider", True, "Write layout: carousel."),
        ("photo", True, "Write types: [image]."),
        ("photos", 6, "Write limit: 6."),
        ("images", True, "Write types: [image]."),
        (
            "images",
            {"quality": 80},
            "write images: {quality: 80} under `- instagram:` in mkdocs.yml.",
        ),
        ("videos", "file", "write videos: file under `- instagram:` in mkdocs.yml."),
        ("popular", True, "Write sort: likes."),
        ("order", "desc", "Write sort: newest."),
        ("from", "22.7.2026", "Write since: 2026-07-22."),
        ("NewTab", True, "Write new_tab: true."),
        ("caption-length", 80, "Write caption_length: 80."),
        ("heading", TOKEN, 'Write title: "Our bakery".'),
        ("gap", 10, "in a file of `extra_css`."),
        ("user", "harbour.bakery", "write account: main."),
        ("max_age", "2h", "write max_age: 2h under `- instagram:` in mkdocs.yml."),
        ("max-age", "2h", "write max_age: 2h under `- instagram:` in mkdocs.yml."),
        ("ttl", 60, "write max_age: 60 under `- instagram:` in mkdocs.yml."),
        ("accounts", {"a": TOKEN}, "write accounts: … under `- instagram:` in mkdocs.yml."),
        ("demo", True, "write accounts: {demo: {demo: true}} in mkdocs.yml."),
        ("limits", 6, "Did you mean limit?"),
        ("xyzzy", 6, f"Known options: {', '.join(NAMES)}."),
        (True, 6, f"Known options: {', '.join(NAMES)}."),
    ],
)
def test_an_unknown_feed_option_has_a_cure(name: object, value: Any, says: str) -> None:
    cure = suggest_option(name, value, BY_NAME)

    assert cure.startswith(" ")
    assert cure.endswith(says)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("limit", 6, " Write defaults: {limit: 6}."),
        ("caption", True, " Write defaults: {caption: below}."),
        ("slider", True, " Write defaults: {layout: carousel}."),
        ("width", 640, " Write images: {widths: [640]}."),
        ("quality", 80, " Write images: {quality: 80}."),
        ("max-age", "2h", " Write max_age: 2h."),
        ("maxAge", "1 hour", " Write max_age: 1h."),
        ("cache", "1d", " Write max_age: 1d."),
        ("max-age", "soon", " Did you mean max_age?"),
        ("acounts", {"demo": {"demo": True}}, " Did you mean accounts?"),
        ("Accounts", {"demo": {"demo": True}}, " Did you mean accounts?"),
        ("feed", {"team": {"limit": 6}}, " Did you mean feeds?"),
        ("default", {"limit": 6}, " Did you mean defaults?"),
        ("chache_dir", "x", " Did you mean cache_dir?"),
        ("xyzzy", 1, ""),
    ],
)
def test_an_unknown_option_of_mkdocs_yml_has_a_cure(name: str, value: Any, says: str) -> None:
    assert suggest_site_option(name, value, SITE, NESTED) == says


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("width", 640, " Write widths: [640]."),
        ("Quality", "80%", " Write quality: 80."),
        ("formats", "webp", " Did you mean format?"),
        ("limit", 6, ""),
    ],
)
def test_an_unknown_key_of_images_has_a_cure(name: str, value: Any, says: str) -> None:
    assert suggest_site_option(name, value, ImagesConfig.list_checks(), {}) == says


WORDS = sorted({word for words in other_words._NAMES.values() for word in words.split()})
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), st.dates()
)
VALUES = st.recursive(
    SCALARS | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*NAMES, *WORDS]) | SCALARS, VALUES)
def test_whatever_is_typed_each_line_to_write_is_right(name: object, value: object) -> None:
    try:
        _, told = check_options({name: value})
    except OptionError as error:
        told = [str(error)]
    for text in told:
        if line := re.search(r" Write (.+)\.$", text, re.DOTALL):
            assert check_options(yaml.safe_load(f"{{{line[1]}}}"))[1] == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*NAMES, *SITE_NAMES, *WORDS]) | SCALARS, VALUES)
def test_whatever_is_typed_in_mkdocs_yml_is_answered(name: Any, value: object) -> None:
    config = InstagramConfig()
    config.load_dict({name: value})

    failed, warnings = config.validate()

    told = [str(error) for _, error in failed] + [text for _, text in warnings]
    assert all(isinstance(text, str) and "\n" not in text for text in told)
