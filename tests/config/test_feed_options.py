from datetime import date, datetime
from typing import Any

import pytest

from mkdocs_instagram.config.feed_options import CHECKS, NAMES, Columns, FeedOptions, check_options
from mkdocs_instagram.errors import OptionError

TOKEN = "IGAA" + "x1Y2z3W4v5" * 15


def check(name: str, value: object) -> Any:
    """Return the one checked value of an option by its name in YAML."""
    checked, unknown = check_options({name: value})
    assert not unknown
    (result,) = checked.values()
    return result


@pytest.mark.parametrize(
    ("name", "value", "checked"),
    [
        ("account", "shop", ("shop",)),
        ("account", ["main", "shop"], ("main", "shop")),
        ("limit", 1, 1),
        ("limit", 1000, 1000),
        ("types", "all", ()),
        ("types", [], ()),
        ("types", "reel", ("reel",)),
        ("types", ["image", "carousel"], ("image", "carousel")),
        ("include", "#team", ("#team",)),
        ("include", [], ()),
        ("include", ["bread", 2026, " rye "], ("bread", "2026", "rye")),
        ("exclude", ["#ad"], ("#ad",)),
        ("since", date(2026, 7, 1), date(2026, 7, 1)),
        ("since", "2026-07-01", date(2026, 7, 1)),
        ("until", datetime(2026, 7, 1, 23, 59), date(2026, 7, 1)),  # noqa: DTZ001 - as YAML reads it
        ("sort", "random", "random"),
        ("post", "C0001abcDEF", ("C0001abcDEF",)),
        ("post", "https://www.instagram.com/reel/C0002abcDEF/?igsh=x", ("C0002abcDEF",)),
        ("post", ["C0001abcDEF", "https://instagram.com/p/C0001abcDEF"], ("C0001abcDEF",)),
        ("layout", "grid", "grid"),
        ("layout", "masonry", "masonry"),
        ("layout", "carousel", "carousel"),
        ("layout", "highlight", "highlight"),
        ("layout", "list", "list"),
        ("header", True, True),
        ("open", "viewer", "viewer"),
        ("open", "image", "image"),
        ("open", "none", "none"),
        ("more", "none", None),
        ("more", 1, 1),
        ("more", 1000, 1000),
        ("columns", "auto", Columns()),
        ("columns", 3, Columns(3, 3, 3)),
        ("columns", {"small": 1, "medium": 2, "large": 4}, Columns(1, 2, 4)),
        ("columns", {"small": 1, "large": 4}, Columns(1, 1, 4)),
        ("columns", {"medium": 3}, Columns(3, 3, 3)),
        ("columns", {"large": 4}, Columns(4, 4, 4)),
        ("ratio", "4/5", "4/5"),
        ("ratio", "original", "original"),
        ("caption", "overlay", "overlay"),
        ("caption_length", 2200, 2200),
        ("show", [], ()),
        ("show", ["date", "likes", "comments"], ("date", "likes", "comments")),
        ("title", "", ""),
        ("title", "<b>{{ x }}</b>", "<b>{{ x }}</b>"),
        ("title", "\ud83d\x00\u202eBread", "\ufffdBread"),
        ("new_tab", True, True),
        ("class", "  wide  dark ", "wide dark"),
        ("template", "cards/feed.html", "cards/feed.html"),
    ],
)
def test_a_right_value_is_taken(name: str, value: object, checked: object) -> None:
    assert check(name, value) == checked


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("account", "", "is not the name of an account"),
        ("account", 3, "3 is not the name of an account"),
        ("account", [], "the list is empty. At least one account is required."),
        ("account", ["main", 3], "3 is not the name of an account"),
        ("account", ["main", None], "the list has an empty entry."),
        ("account", ["main", "shop", "main"], "main is in the list twice. Write it once."),
        ("limit", 0, "0 is not a whole number from 1 to 1000"),
        ("header", "yes", "'yes' is neither true nor false. Write header: true."),
        ("open", "veiwer", "not one of post, viewer, image, none. Write open: viewer."),
        ("more", 0, "0 is not a whole number from 1 to 1000"),
        ("more", True, "true is not a whole number"),
        ("more", "all", "all is not a whole number"),
        ("limit", 1001, "1001 is not"),
        ("limit", "12", "'12' is not a whole number from 1 to 1000. Write limit: 12."),
        ("limit", True, "true is not a whole number"),
        ("limit", 1.5, "1.5 is not a whole number"),
        ("types", "reels", "Write types: reel."),
        ("types", ["image", "story"], "story is not one of image, video, reel, carousel"),
        ("types", [["image"]], "is not one of"),
        ("types", {"image": True}, "is not one of"),
        ("include", "", "is not a list of words"),
        ("include", ["bread", None], 'write include: ["#team"]'),
        ("include", [["#team"]], "is not a list of words"),
        ("include", {"#team": 1}, "is not a list of words"),
        ("include", True, "is not a list of words"),
        ("since", "yesterday", "yesterday is not a date, such as 2026-07-22"),
        ("since", "2026-02-30", "is not a date"),
        ("since", True, "is not a date"),
        ("until", ["2026-07-01"], "is not a date"),
        ("sort", "newst", "Write sort: newest."),
        ("sort", ["newest"], "is not one of"),
        ("post", "https://example.org/p/C0001abcDEF/", "is neither a shortcode nor a permalink"),
        ("post", "https://www.instagram.com/share/p/C0001abcDEF/", "is a share link"),
        ("post", 12345678901, "in quotes"),
        ("post", ["C0001abcDEF", None], "empty entry"),
        ("post", "../../etc", "is neither"),
        ("layout", "gird", "Write layout: grid."),
        ("columns", 0, "0 is not a whole number from 1 to 12"),
        ("columns", 13, "13 is not"),
        ("columns", "3", "{small: 2, medium: 3, large: 4}"),
        ("columns", {}, "{} must name small, medium or large, and nothing else."),
        ("columns", {"tiny": 1}, "must name small, medium or large"),
        (
            "columns",
            {"small": "2"},
            "'2' is not a whole number from 1 to 12. Write columns: {small: 2}.",
        ),
        ("ratio", 184, "184 is a number: YAML reads 3:4 as a number. Write 3/4 or 4/5."),
        ("ratio", "3:4", "Write ratio: 3/4."),
        ("ratio", True, "is not one of"),
        ("caption", False, "false is not one of none, below, overlay. Write caption: none."),
        ("caption_length", 2201, "is not a whole number"),
        ("show", "dates", "Write show: date."),
        ("title", 2026, "2026 is not text; put it in quotes"),
        ("new_tab", "yes", "is neither true nor false"),
        ("new_tab", 1, "is neither true nor false"),
        ("class", 'x" onclick="alert(1)', "is not a list of CSS classes"),
        ("class", "a\nb", "is not a list of CSS classes"),
        ("class", ["a", "b"], "is not a list of CSS classes"),
        ("template", "../feed.html", "is not the name of a file under instagram/"),
        ("template", "/etc/feed.html", "is not the name"),
        ("template", "feed.html\x00", "is not the name"),
        ("template", "feed.txt", "such as feed.html"),
    ],
)
def test_a_wrong_value_names_the_option_and_what_would_be_right(
    name: str, value: object, says: str
) -> None:
    with pytest.raises(OptionError) as caught:
        check(name, value)

    assert str(caught.value).startswith(f"option {name}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_an_option_without_a_value_explains_the_hash(name: str) -> None:
    with pytest.raises(OptionError, match=rf"option {name} has no value.*unquoted # starts"):
        check_options({name: None})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("limits", "Did you mean limit?"),
        ("colums", "Did you mean columns?"),
        ("Limit", "Write limit: 6."),
        ("extra_class", "Write class: '6'."),
        ("xyzzy", "Known options: account, limit,"),
        (12, "Known options: account, limit,"),
        (None, "Known options: account, limit,"),
    ],
)
def test_an_unknown_option_is_left_out_and_named_with_its_nearest(name: object, hint: str) -> None:
    checked, unknown = check_options({name: 6, "limit": 3})

    assert checked == {"limit": 3}
    (sentence,) = unknown
    assert sentence.startswith(f"unknown option {name} is ignored.")
    assert hint in sentence


@pytest.mark.parametrize("name", ["token", "access_token"])
@pytest.mark.parametrize("value", [TOKEN, None, "$INSTAGRAM_ACCESS_TOKEN"])
def test_a_token_is_no_option_and_is_not_repeated(name: str, value: str | None) -> None:
    with pytest.raises(OptionError, match=r"must not be in mkdocs\.yml") as caught:
        check_options({name: value})

    assert f"Remove {name}, put" in str(caught.value)
    assert "x1Y2z3W4v5" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_no_message_repeats_a_token_in_place_of_a_value(name: str) -> None:
    given: dict[object, object] = {name: {"x": TOKEN}}
    with pytest.raises(OptionError) as caught:
        check_options(given)

    assert "x1Y2z3W4v5" not in str(caught.value)


def test_since_may_not_be_later_than_until() -> None:
    with pytest.raises(OptionError, match="option since: it is later than until"):
        check_options({"since": date(2026, 7, 2), "until": date(2026, 7, 1)})

    day = date(2026, 7, 2)
    assert check_options({"since": day, "until": day}) == ({"since": day, "until": day}, [])


def test_no_options_leave_all_defaults() -> None:
    assert check_options({}) == ({}, [])


def test_each_default_is_a_value_its_own_check_takes() -> None:
    own = {"types": "all", "columns": "auto", "more": "none"}
    unset = {"account", "caption_length", "include", "exclude", "since", "until", "post"}
    defaults = FeedOptions()._asdict()

    for name, (field, check) in CHECKS.items():
        if name not in unset:
            assert check(own.get(name, defaults[field])) == defaults[field], name
