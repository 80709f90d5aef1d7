from datetime import date, timedelta
from typing import Any

import pytest

from mkdocs_instagram.config import InstagramConfig
from mkdocs_instagram.labels import Labels
from mkdocs_instagram.models import Account, MediaOverride
from mkdocs_instagram.options import Columns
from mkdocs_instagram.tag import Presets

TOKEN = "IGAA" + "x1Y2z3W4v5" * 15


def load(**given: Any) -> tuple[InstagramConfig, list[str], list[str]]:
    """Return the options as MkDocs loads them, the errors and the warnings."""
    config = InstagramConfig()
    config.load_dict(given)
    failed, warnings = config.validate()
    return (
        config,
        [f"{key}: {error}" for key, error in failed],
        [f"{key}: {text}" for key, text in warnings],
    )


def accept(**given: Any) -> InstagramConfig:
    config, failed, warnings = load(**given)
    assert (failed, warnings) == ([], [])
    return config


def refuse(**given: Any) -> str:
    _, failed, _ = load(**given)
    (message,) = failed
    return message


def warn(**given: Any) -> list[str]:
    _, failed, warnings = load(**given)
    assert failed == []
    return warnings


def test_no_options_are_enough() -> None:
    config = accept()

    assert config.list_accounts() == [Account("main", "INSTAGRAM_ACCESS_TOKEN")]
    assert config.list_presets() == Presets({}, {})
    assert config.list_overrides() == {}
    assert (config.max_age, config.max_stale) == (3600.0, 604800.0)
    assert (config.on_error, config.search) == ("warn", False)
    assert (config.videos, config.labels) == ("poster", Labels())
    assert config.images.widths == [320, 640, 1080]


def test_every_option_is_taken() -> None:
    config = accept(
        accounts={
            "main": {"token_env": "INSTAGRAM_ACCESS_TOKEN", "username": "harbour.bakery"},
            "shop": {"token_env": "SHOP_TOKEN"},
            "try": {"demo": True},
        },
        defaults={"limit": 9, "since": date(2026, 7, 1)},
        feeds={"team": {"account": "shop", "include": ["#team"], "columns": 3}, "plain": None},
        media={
            "C0001abcDEF": {"alt": "Our stand at the fair", "pin": True},
            "https://www.instagram.com/p/C0002abcDEF/": {"hide": True},
            "C0003abcDEF": {"link": "https://example.org/shop?a=1#b"},
        },
        max_age="30m",
        max_stale="2d",
        on_error="fail",
        cache_dir="../cache",
        assets_dir="assets/feed/",
        images={"widths": [16, 4096], "format": "jpeg", "quality": 1},
        search=True,
        videos="file",
        labels={"more": "All", "de": {"more": "Alle"}},
    )

    assert config.list_accounts() == [
        Account("main", "INSTAGRAM_ACCESS_TOKEN", "harbour.bakery"),
        Account("shop", "SHOP_TOKEN"),
        Account("try", demo=True),
    ]
    assert config.list_presets() == Presets(
        {"limit": 9, "since": date(2026, 7, 1)},
        {
            "team": {"account": "shop", "include": ("#team",), "columns": Columns(3, 3, 3)},
            "plain": {},
        },
    )
    assert config.list_overrides() == {
        "C0001abcDEF": MediaOverride(alt="Our stand at the fair", pin=True),
        "C0002abcDEF": MediaOverride(hide=True),
        "C0003abcDEF": MediaOverride(link="https://example.org/shop?a=1#b"),
    }
    assert config.images.format == "jpeg"
    assert config.videos == "file"
    assert config.labels == Labels({"more": "All"}, {"de": {"more": "Alle"}})


@pytest.mark.parametrize("name", ["accounts", "feeds", "media", "defaults"])
def test_a_map_left_empty_is_no_map(name: str) -> None:
    assert accept(**{name: None})[name] == {}


def test_labels_are_checked() -> None:
    assert accept(labels=None).labels == Labels()
    assert warn(labels={"moer": "All", "de": {"x": "y"}})[0] == (
        "labels: unknown label moer. Did you mean more? It is left out."
    )
    assert refuse(labels={"more": 3}) == "labels: more: 3 is not a text; put it in quotes."
    assert refuse(labels=["more"]) == ("labels: a map is wanted here, such as {more: Show more}.")
    assert TOKEN not in refuse(labels={"token": TOKEN})


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (0, 0.0),
        (90, 90.0),
        ("90", 90.0),
        ("90s", 90.0),
        ("30m", 1800.0),
        ("1h", 3600.0),
        ("2d", 172800.0),
        (" 2 d ", 172800.0),
        ("999999999d", 999999999 * 86400.0),
    ],
)
def test_a_duration_is_seconds_or_has_a_unit(written: object, seconds: float) -> None:
    config = accept(max_age=written)

    assert config.max_age == seconds
    assert timedelta(seconds=config.max_age).total_seconds() == seconds


@pytest.mark.parametrize(
    "written", ["1w", "-1", -1, "1.5h", 1.5, True, "", "h", "1h30m", "9" * 10, [], None, TOKEN]
)
def test_a_wrong_duration_says_what_would_be_right(written: object) -> None:
    message = refuse(max_stale=written)

    assert message.startswith("max_stale: ")
    assert message.endswith("is no duration: write seconds, or 30m, 1h, 2d.")
    assert "1Y2z3W4v5" not in message


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"limit": 6}, "limit: Unrecognised configuration name: limit"),
        (
            {"accounts": {"main": {"tokenenv": "SHOP_TOKEN"}}},
            "accounts: main: unknown key tokenenv. Known are token_env, username, demo.",
        ),
        (
            {"media": {"C0001abcDEF": {"hidden": True}}},
            "media: C0001abcDEF: unknown key hidden. Known are alt, link, pin, hide.",
        ),
        ({"defaults": {"limits": 6}}, "defaults: unknown option limits. Did you mean limit?"),
        (
            {"feeds": {"team": {"colums": 3}}},
            "feeds: team: unknown option colums. Did you mean columns?",
        ),
        (
            {"images": {"width": [320]}},
            "images: Sub-option 'width': Unrecognised configuration name: width",
        ),
    ],
    ids=["top", "accounts", "media", "defaults", "feeds", "images"],
)
def test_an_unknown_key_at_any_depth_is_a_warning(given: dict[str, Any], says: str) -> None:
    assert warn(**given) == [says]


def test_a_warning_of_a_refused_config_does_not_come_back_later() -> None:
    refuse(accounts={"main": {"unknown": 1, "demo": "yes"}})

    accept(accounts={"main": {"demo": True}})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"accounts": ["main"]}, "accounts: ['main'] is not a map of names."),
        ({"accounts": {"main": "SHOP_TOKEN"}}, "a map is wanted here, such as {token_env:"),
        ({"accounts": {"a/b": {}}}, "accounts: a/b: a name of an account is letters"),
        ({"accounts": {"": {}}}, "a name of an account is letters"),
        ({"accounts": {"main": {"token_env": "shop_token"}}}, "token_env wants the name of an"),
        ({"accounts": {"main": {"token_env": "1TOKEN"}}}, "token_env wants the name"),
        ({"accounts": {"main": {"token_env": "A" * 65}}}, "token_env wants the name"),
        ({"accounts": {"main": {"token_env": None}}}, "token_env wants the name"),
        ({"accounts": {"main": {"username": "@harbour"}}}, "username wants the account's name"),
        ({"accounts": {"main": {"demo": "yes"}}}, "demo wants true or false"),
        ({"accounts": {"main": {"demo": True, "token_env": "A"}}}, "an account has one source"),
        ({"defaults": {"limit": 0}}, "defaults: option limit: 0 is not a whole number"),
        ({"defaults": [1]}, "a map is wanted here, such as {limit: 6, columns: 3}"),
        ({"feeds": {"team": {"layout": "gird"}}}, "feeds: team: option layout: gird is none"),
        ({"feeds": {"team": 6}}, "feeds: team: a map is wanted here"),
        ({"defaults": {"account": "shop"}}, "defaults: no account is called shop. Known are main"),
        (
            {"feeds": {"team": {"account": "shop"}}, "accounts": {"try": {"demo": True}}},
            "feeds: team: no account is called shop. Known are try.",
        ),
        ({"media": {"no code": {}}}, "media: no code: no code is neither a shortcode nor"),
        ({"media": {"C0001abcDEF": {"alt": 5}}}, "media: C0001abcDEF: alt wants a text"),
        ({"media": {"C0001abcDEF": {"pin": "yes"}}}, "pin wants true or false"),
        ({"media": {"C0001abcDEF": {"link": "javascript:alert(1)"}}}, "link wants an address"),
        ({"media": {"C0001abcDEF": {"link": "https://a b"}}}, "link wants an address"),
        ({"on_error": "stop"}, "on_error: Expected one of: ('warn', 'ignore', 'fail')"),
        ({"search": "no"}, "search: Expected type"),
        ({"cache_dir": 5}, "cache_dir: Expected type"),
        ({"assets_dir": "../out"}, "assets_dir: a folder inside the site is wanted"),
        ({"assets_dir": "a/../b"}, "assets_dir: a folder inside"),
        ({"assets_dir": "/"}, "assets_dir: a folder inside"),
        ({"assets_dir": "a\\b"}, "assets_dir: a folder inside"),
        ({"assets_dir": ".hidden"}, "assets_dir: a folder inside"),
        ({"images": {"widths": []}}, "images: Sub-option 'widths': a list of widths from 16"),
        ({"images": {"widths": [15]}}, "a list of widths from 16 to 4096 pixels"),
        ({"images": {"widths": [4097]}}, "a list of widths"),
        ({"images": {"widths": ["320"]}}, "images: Sub-option 'widths': Expected type"),
        ({"images": {"format": "gif"}}, "images: Sub-option 'format': Expected one of"),
        ({"images": {"quality": 0}}, "images: Sub-option 'quality': a number from 1 to 100"),
        ({"images": {"quality": 101}}, "a number from 1 to 100"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_place(given: dict[str, Any], says: str) -> None:
    assert says in refuse(**given)


@pytest.mark.parametrize("name", ["token", "access_token"])
@pytest.mark.parametrize(
    "place",
    [
        lambda token: token,
        lambda token: {"accounts": {"main": token}},
        lambda token: {"defaults": token},
        lambda token: {"feeds": {"team": token}},
        lambda token: {"media": {"C0001abcDEF": token}},
        lambda token: {"accounts": token},
        lambda token: {"feeds": token},
    ],
    ids=["top", "account", "defaults", "feed", "media", "accounts", "feeds"],
)
def test_a_token_in_mkdocs_yml_is_refused_and_not_repeated(name: str, place: Any) -> None:
    message = refuse(**place({name: TOKEN}))

    assert "a token never stands in mkdocs.yml" in message
    assert f"Take {name} out" in message
    assert "1Y2z3W4v5" not in message


@pytest.mark.parametrize(
    "given",
    [
        {"accounts": {"main": {"token_env": TOKEN}}},
        {"accounts": {"main": {"token_env": "IGAA" + "X1Y2Z3W4V5" * 6}}},
        {"accounts": {"main": TOKEN}},
        {"accounts": TOKEN},
        {"accounts": {"main": {"username": TOKEN}}},
        {"media": {"C0001abcDEF": {"pin": TOKEN}}},
        {"defaults": {"limit": TOKEN}},
        {"defaults": TOKEN},
    ],
)
def test_a_token_in_a_wrong_place_is_not_repeated(given: dict[str, Any]) -> None:
    message = refuse(**given).upper()

    assert "1Y2Z3W4V5" not in message


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "_X1",
        "IG_ACCESS_TOKEN_OF_THE_BAKERY",
        "CONFIG_INSTAGRAM_ACCESS_TOKEN",
        "ORIGINAL_HARBOUR_BAKERY_TOKEN",
        "T" * 64,
    ],
)
def test_a_name_of_a_variable_is_no_token(name: str) -> None:
    (account,) = accept(accounts={"main": {"token_env": name}}).list_accounts()

    assert account.token_env == name
