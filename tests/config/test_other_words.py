import pytest
import yaml

from mkdocs_instagram.config import other_words
from mkdocs_instagram.config.feed_options import BY_NAME
from mkdocs_instagram.config.other_words import (
    find_example,
    find_line,
    find_sentence,
    find_site_option,
    find_value,
    normalize,
)
from mkdocs_instagram.config.site_options import ImagesConfig, InstagramConfig

SITE = {**InstagramConfig.list_checks(), **ImagesConfig.list_checks()}


@pytest.mark.parametrize("line", [*other_words._NAMES, *dict.fromkeys(other_words._LINES.values())])
def test_each_line_can_be_copied(line: str) -> None:
    ((name, value),) = yaml.safe_load(f"{{{line}}}").items()

    assert BY_NAME[name].takes(value)


@pytest.mark.parametrize("name", other_words._VALUES)
def test_each_value_is_one_of_ours_and_no_other_word_is(name: str) -> None:
    check = (BY_NAME | SITE)[name]
    assert check
    for right, words in other_words._VALUES[name].items():
        if (name, right) not in {("columns", size) for size in ("small", "medium", "large")}:
            assert check.takes(yaml.safe_load(right))
        assert not [word for word in words.split() if check.takes(word)]


@pytest.mark.parametrize(
    "words",
    [
        " ".join((*other_words._NAMES.values(), *other_words._SENTENCES.values())),
        *(" ".join(table.values()) for table in other_words._VALUES.values()),
        " ".join(other_words._IN_MKDOCS_YML.values()),
    ],
)
def test_a_word_has_one_meaning(words: str) -> None:
    assert sorted(words.split()) == sorted(set(words.split()))


def test_no_name_is_an_option_of_ours() -> None:
    words = " ".join((*other_words._NAMES.values(), *other_words._SENTENCES.values()))

    assert not {normalize(name) for name in BY_NAME} & set(words.split())
    assert all(name in SITE for name in other_words._IN_MKDOCS_YML)


@pytest.mark.parametrize(
    ("name", "option"),
    [
        *((name, "limit") for name in ("count", "num", "number", "max", "posts", "maxPosts")),
        *((name, "columns") for name in ("cols", "column", "per_row", "perRow", "per-row")),
        *((name, "include") for name in ("hashtag", "hashtags", "tag", "tags", "filter")),
        *((name, "open") for name in ("lightbox", "popup", "modal")),
        *((name, "layout") for name in ("slider", "slideshow", "masonry")),
        *((name, "types") for name in ("photo", "photos", "images", "reels", "media_type")),
        *((name, "sort") for name in ("popular", "top", "order", "sortby", "sort_by")),
        *((name, "caption") for name in ("captions", "show_captions", "showCaption")),
        *((name, "header") for name in ("profile", "show_header", "follow_button")),
    ],
)
def test_the_names_of_other_widgets_are_known(name: str, option: str) -> None:
    assert find_example(name, True).partition(":")[0] == option


@pytest.mark.parametrize("name", ["photos", "images", "posts", "videos"])
def test_a_number_is_a_number_of_posts(name: str) -> None:
    assert find_example(name, 6) == "limit: 6"


def test_some_names_need_a_sentence() -> None:
    assert "--mk-ig-gap" in find_sentence("gutter")
    assert "account: main" in find_sentence("username")
    assert "<!-- instagram team -->" in find_sentence("preset")
    assert "columns: 3" in find_sentence("width")
    assert find_sentence("xyzzy") == find_example("xyzzy", 1) == find_site_option("xyzzy") == ""
    assert find_site_option("ttl") == "max_age"


def test_the_values_of_other_widgets_are_known() -> None:
    assert find_value("layout", " Slider ") == "carousel"
    assert find_value("caption", True) == "below"
    assert find_value("layout", "xyzzy") == find_value("xyzzy", "slider") == ""
    assert find_line("show", ["likes", "caption"]) == "caption: below"
    assert find_line("show", "likes") == ""
