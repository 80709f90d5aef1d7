from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_instagram.config.feed_options import NAMES, Columns
from mkdocs_instagram.config.labels import Labels
from mkdocs_instagram.config.models import Account, MediaOverride
from mkdocs_instagram.config.presets import Presets
from mkdocs_instagram.config.site_options import ImagesConfig, InstagramConfig

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
    assert config.media == {}
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
        feeds={"team": {"account": ("shop",), "include": ["#team"], "columns": 3}, "plain": None},
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
            "team": {"account": ("shop",), "include": ("#team",), "columns": Columns(3, 3, 3)},
            "plain": {},
        },
    )
    assert config.media == {
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
        "labels: unknown label moer is ignored. Did you mean more?"
    )
    assert refuse(labels={"more": 3}) == "labels: more: 3 is not text; put it in quotes."
    assert refuse(labels=["more"]) == ("labels: expected a mapping, such as {more: Show more}.")
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
    "written", ["1w", "-1", -1, "1.5h", 1.5, True, "", "h", "1h30m", "9" * 10, [], TOKEN]
)
def test_a_wrong_duration_says_what_would_be_right(written: object) -> None:
    message = refuse(max_stale=written)

    assert message.startswith("max_stale: ")
    assert "is not a duration: write seconds, or 30m, 1h, 2d." in message
    assert "1Y2z3W4v5" not in message


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"limit": 6},
            (
                "limit: Unrecognised configuration name: limit. It is ignored. "
                "Write defaults: {limit: 6}."
            ),
        ),
        (
            {"demo": True},
            (
                "demo: Unrecognised configuration name: demo. It is ignored. "
                "Write accounts: {demo: {demo: true}}."
            ),
        ),
        (
            {"username": "harbour.bakery"},
            (
                "username: Unrecognised configuration name: username. It is ignored. "
                "Write accounts: {main: {username: harbour.bakery}}."
            ),
        ),
        (
            {"accounts": {"main": {"tokenenv": "SHOP_TOKEN"}}},
            (
                "accounts: main: unknown key tokenenv is ignored. Did you mean token_env? "
                "Known keys: token_env, username, demo, snapshot."
            ),
        ),
        (
            {"media": {"C0001abcDEF": {"hidden": True}}},
            (
                "media: C0001abcDEF: unknown key hidden is ignored. Did you mean hide? "
                "Known keys: alt, link, label, pin, hide."
            ),
        ),
        (
            {"defaults": {"limits": 6}},
            "defaults: unknown option limits is ignored. Did you mean limit?",
        ),
        (
            {"feeds": {"team": {"colums": 3}}},
            "feeds: team: unknown option colums is ignored. Did you mean columns?",
        ),
        (
            {"images": {"width": [320]}},
            (
                "images: Sub-option 'width': Unrecognised configuration name: width. It is "
                "ignored. Write widths: [320]."
            ),
        ),
    ],
    ids=["top", "demo", "username", "accounts", "media", "defaults", "feeds", "images"],
)
def test_an_unknown_key_at_any_depth_is_a_warning(given: dict[str, Any], says: str) -> None:
    assert warn(**given) == [says]


@pytest.mark.parametrize("entry", [{"label": "Shop"}, {"label": "Shop", "link": None}])
def test_a_label_without_a_link_is_a_warning(entry: dict[str, Any]) -> None:
    assert warn(media={"C0001abcDEF": entry}) == [
        (
            "media: C0001abcDEF: label has no link and is ignored. Add the address that it leads "
            "to as link."
        )
    ]


@pytest.mark.parametrize("label", [None, "", " "])
def test_an_empty_label_is_none(label: str | None) -> None:
    media = {"C0001abcDEF": {"link": "https://example.org/", "label": label}}

    assert accept(media=media).media["C0001abcDEF"].label == ""


def test_a_warning_of_a_refused_config_does_not_come_back_later() -> None:
    refuse(accounts={"main": {"unknown": 1, "demo": "yes"}})
    refuse(images={"unknown": 1, "quality": 0})
    refuse(defaults={"unknown": 1, "limit": 0})

    accept(accounts={"main": {"demo": True}})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"accounts": ["main"]}, "accounts: expected a mapping, such as {main: {demo: true}}."),
        (
            {"accounts": {"main": "SHOP_TOKEN"}},
            "accounts: main: expected a mapping, such as {token_env:",
        ),
        ({"accounts": {"a/b": {}}}, "accounts: a/b: the name of an account may only have letters"),
        ({"accounts": {"": {}}}, "the name of an account may only have letters"),
        (
            {"accounts": {"main": {"token_env": "shop_token"}}},
            "accounts: main: token_env: expected the name of an",
        ),
        ({"accounts": {"main": {"token_env": "1TOKEN"}}}, "token_env: expected the name of an"),
        ({"accounts": {"main": {"token_env": "A" * 65}}}, "token_env: expected the name of an"),
        ({"accounts": {"main": {"username": "@harbour"}}}, "username: expected the account's name"),
        (
            {"accounts": {"main": {"username": "https://www.instagram.com/Harbour.bakery/"}}},
            "the account's name on Instagram, without @. Write username: harbour.bakery.",
        ),
        ({"accounts": {"main": {"demo": "yes"}}}, "expected true or false. Write demo: true."),
        ({"accounts": {"demo": True}}, "or {demo: true}. Write accounts: {demo: {demo: true}}."),
        (
            {"accounts": {"username": "harbour.bakery"}},
            "or {demo: true}. Write accounts: {main: {username: harbour.bakery}}.",
        ),
        (
            {"accounts": {"shop": "SHOP_TOKEN"}},
            "or {demo: true}. Write shop: {token_env: SHOP_TOKEN}.",
        ),
        ({"feeds": {"limit": 6}}, "such as {limit: 6, columns: 3}. Write team: {limit: 6}."),
        ({"accounts": {"main": {"demo": True, "token_env": "A"}}}, "an account has one source"),
        ({"defaults": {"limit": 0}}, "defaults: option limit: 0 is not a whole number"),
        ({"defaults": [1]}, "defaults: expected a mapping, such as {limit: 6, columns: 3}"),
        ({"feeds": {"team": {"layout": "gird"}}}, "feeds: team: option layout: gird is not one"),
        ({"feeds": {"team": 6}}, "feeds: team: expected a mapping, such as {limit: 6, columns: 3}"),
        (
            {"defaults": {"account": "shop"}},
            "defaults: no account is called shop. Known accounts: main",
        ),
        (
            {"feeds": {"team": {"account": "shop"}}, "accounts": {"try": {"demo": True}}},
            "feeds: team: no account is called shop. Known accounts: try.",
        ),
        ({"media": {"no code": {}}}, "media: no code: no code is neither a shortcode nor"),
        ({"media": {"C0001abcDEF": {"alt": 5}}}, "media: C0001abcDEF: alt: expected text"),
        ({"media": {"C0001abcDEF": {"pin": "yes"}}}, "pin: expected true or false"),
        ({"media": {"C0001abcDEF": {"link": "javascript:alert(1)"}}}, "link: expected an address"),
        ({"media": {"C0001abcDEF": {"link": "https://a b"}}}, "link: expected an address"),
        ({"on_error": "stop"}, "on_error: stop is not one of warn, ignore, fail."),
        ({"search": "no"}, "search: 'no' is neither true nor false."),
        ({"cache_dir": 5}, "cache_dir: 5 is not text; put it in quotes."),
        ({"assets_dir": "../out"}, "assets_dir: expected a folder inside the site, such as assets"),
        ({"assets_dir": "a/../b"}, "assets_dir: expected a folder inside the site"),
        ({"assets_dir": "/"}, "assets_dir: expected a folder inside the site"),
        ({"assets_dir": "a\\b"}, "assets_dir: expected a folder inside the site"),
        ({"assets_dir": ".hidden"}, "assets_dir: expected a folder inside the site"),
        ({"images": {"widths": []}}, "images: Sub-option 'widths': expected a list of widths"),
        ({"images": {"widths": [15]}}, "15 is not a whole number from 16 to 4096."),
        ({"images": {"widths": [4097]}}, "4097 is not a whole number from 16 to 4096."),
        (
            {"images": {"widths": ["320"]}},
            "images: Sub-option 'widths': '320' is not a whole number",
        ),
        (
            {"images": {"format": "gif"}},
            "images: Sub-option 'format': gif is not one of webp, avif, jpeg.",
        ),
        (
            {"images": {"quality": 0}},
            "images: Sub-option 'quality': 0 is not a whole number from 1 to",
        ),
        ({"images": {"quality": 101}}, "101 is not a whole number from 1 to 100."),
        (
            {"accounts": {"main": {"username": "two words"}}},
            "username: expected the account's name",
        ),
        ({"feeds": 5}, "feeds: expected a mapping, such as {team: {limit: 6}}."),
        ({"media": ["x"]}, "media: expected a mapping, such as {C0001abcDEF: {pin: true}}."),
        ({"media": {"C0001abcDEF": {"pin": 1}}}, "media: C0001abcDEF: pin: expected true or false"),
        ({"media": {"C0001abcDEF": 1}}, "media: C0001abcDEF: expected a mapping, such as {alt:"),
        ({"max_age": "1w"}, "max_age: 1w is not a duration: write seconds, or 30m, 1h, 2d."),
        ({"max_age": -1}, "max_age: -1 is not a duration"),
        ({"max_age": True}, "max_age: true is not a duration"),
        ({"cache_dir": ["x"]}, "cache_dir: [x] is not text"),
        ({"assets_dir": 5}, "assets_dir: expected a folder inside the site"),
        ({"on_error": "warning"}, "not one of warn, ignore, fail. Write on_error: warn."),
        ({"on_error": ["warn"]}, "on_error: [warn] is not one of"),
        ({"search": 1}, "search: 1 is neither true nor false."),
        ({"videos": "mp4"}, "videos: mp4 is not one of poster, file."),
        ({"videos": "files"}, "videos: files is not one of poster, file. Write videos: file."),
        ({"images": ["x"]}, "images: expected a mapping, such as {widths: [320, 640]}."),
        ({"images": {"widths": [320, "640"]}}, "'640' is not a whole number from 16 to 4096."),
        ({"images": {"widths": 320}}, "images: Sub-option 'widths': expected a list of widths"),
        ({"images": {"widths": {320: 1}}}, "expected a list of widths in pixels"),
        ({"images": {"widths": [True]}}, "true is not a whole number from 16 to 4096."),
        (
            {"images": {"format": ["webp"]}},
            "[webp] is not one of webp, avif, jpeg. Write format: webp.",
        ),
        ({"images": {"format": "jpg"}}, "not one of webp, avif, jpeg. Write format: jpeg."),
        (
            {"images": {"quality": "80"}},
            "'80' is not a whole number from 1 to 100. Write quality: 80.",
        ),
        ({"images": {"quality": 80.5}}, "80.5 is not a whole number from 1 to 100."),
        ({"images": {"quality": True}}, "true is not a whole number from 1 to 100."),
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
        lambda token: {"images": token},
        lambda token: {"labels": token},
        lambda token: {"accounts": 5, **token},
    ],
    ids=[
        *("top", "account", "defaults", "feed", "media", "accounts", "feeds", "images", "labels"),
        "beside",
    ],
)
def test_a_token_in_mkdocs_yml_is_refused_and_not_repeated(name: str, place: Any) -> None:
    message = refuse(**place({name: TOKEN}))

    assert "a token must not be in mkdocs.yml" in message
    assert f"Remove {name}, put" in message
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
        {"accounts": {"token_env": TOKEN}},
        {"accounts": {"username": TOKEN}},
        {"accounts": {"main": {"username": f"@{TOKEN}"}}},
        {"feeds": {"title": TOKEN}},
        {"defaults": {"types": [TOKEN, "photo"]}},
        {"defaults": TOKEN},
        {"accounts": {TOKEN: 5}},
        {"media": {TOKEN: 5}},
        {"feeds": {TOKEN: 5}},
        {"max_age": TOKEN},
        {"max_stale": TOKEN},
        {"on_error": TOKEN},
        {"on_error": [TOKEN]},
        {"cache_dir": [TOKEN]},
        {"assets_dir": f"{TOKEN}/.."},
        {"images": TOKEN},
        {"images": {"format": TOKEN}},
        {"images": {"widths": [TOKEN]}},
        {"images": {"widths": TOKEN}},
        {"images": {"quality": TOKEN}},
        {"videos": {TOKEN: 1}},
        {"labels": TOKEN},
        {"labels": {"more": [TOKEN]}},
        {"search": TOKEN},
    ],
    ids=str,
)
def test_a_token_in_a_wrong_place_is_not_repeated(given: dict[str, Any]) -> None:
    message = refuse(**given).upper()

    assert "1Y2Z3W4V5" not in message


@pytest.mark.parametrize(
    "given",
    [
        {TOKEN: 1},
        {"title": TOKEN},
        {"token_env": TOKEN},
        {"username": TOKEN},
        {"hashtag": TOKEN},
        {"defaults": {"heading": TOKEN}},
        {"defaults": {"tag": TOKEN}},
        {"defaults": {"max_age": TOKEN}},
        {"images": {"width": TOKEN}},
        {"images": {TOKEN: 1}},
        {"accounts": {"main": {TOKEN: 1}}},
        {"media": {"C0001abcDEF": {TOKEN: 1}}},
        {"defaults": {TOKEN: 1}},
        {"feeds": {"team": {TOKEN: 1}}},
        {"labels": {TOKEN: "x"}},
    ],
    ids=str,
)
def test_a_token_in_place_of_a_name_is_not_repeated(given: dict[str, Any]) -> None:
    (message,) = warn(**given)

    assert "1Y2z3W4v5" not in message


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"max_aeg": 1},
            (
                "max_aeg: Unrecognised configuration name: max_aeg. It is ignored. "
                "Did you mean max_age?"
            ),
        ),
        ({5: 1}, "5: Unrecognised configuration name: 5. It is ignored."),
        ({"tokens": 1}, "tokens: Unrecognised configuration name: tokens. It is ignored."),
        (
            {"feeds": {"team": {"zzz": 1}}},
            f"feeds: team: unknown option zzz is ignored. Known options: {', '.join(NAMES)}.",
        ),
    ],
    ids=["near", "no text", "near a token", "far"],
)
def test_a_warning_names_the_nearest_option(given: dict[Any, Any], says: str) -> None:
    config = InstagramConfig()
    config.load_dict(given)

    failed, ((key, text),) = config.validate()

    assert failed == []
    assert f"{key}: {text}" == says


@pytest.mark.parametrize("name", [name for name, _ in InstagramConfig._schema])
def test_null_is_the_default_of_every_option(name: str) -> None:
    assert accept(**{name: None}) == accept()


@pytest.mark.parametrize("name", [name for name, _ in ImagesConfig._schema])
def test_null_is_the_default_of_every_option_of_images(name: str) -> None:
    assert accept(images={name: None}) == accept()


@pytest.mark.parametrize(
    ("given", "same"),
    [
        ({"accounts": {"main": None}}, {"accounts": {"main": {}}}),
        (
            {"accounts": {"main": {"token_env": None, "username": None, "demo": None}}},
            {"accounts": {"main": {}}},
        ),
        (
            {"accounts": {"try": {"token_env": None, "demo": True}}},
            {"accounts": {"try": {"demo": True}}},
        ),
        ({"media": {"C0001abcDEF": None}}, {"media": {"C0001abcDEF": {}}}),
        (
            {"media": {"C0001abcDEF": dict.fromkeys(("alt", "link", "pin", "hide"))}},
            {"media": {"C0001abcDEF": {}}},
        ),
        ({"feeds": {"plain": None}}, {"feeds": {"plain": {}}}),
        ({"labels": {"more": None, "de": {"more": None}}}, {"labels": {"de": {}}}),
        ({"labels": {"de": None, False: None}}, {"labels": {"de": {}, "no": {}}}),
    ],
    ids=["account", "its keys", "demo", "post", "its keys", "preset", "labels", "languages"],
)
def test_null_within_a_mapping_is_as_if_nothing_was_said(
    given: dict[str, Any], same: dict[str, Any]
) -> None:
    assert accept(**given) == accept(**same)


def test_null_for_a_feed_option_is_an_error_as_in_a_tag() -> None:
    assert "option include has no value. In YAML an unquoted # starts a comment" in refuse(
        defaults={"include": None}
    )


def test_a_preset_may_not_be_called_defaults() -> None:
    assert refuse(feeds={"defaults": {"limit": 6}}) == (
        "feeds: defaults: the name is taken by the option `defaults`. Rename the preset, or move "
        "its options to `defaults`."
    )


PERMALINK = "https://www.instagram.com/p/C0001abcDEF/"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("C0001abcDEF", PERMALINK),
        (PERMALINK, "C0001abcDEF"),
        (PERMALINK, "https://www.instagram.com/reel/C0001abcDEF/"),
    ],
    ids=["shortcode first", "permalink first", "two permalinks"],
)
def test_two_keys_of_media_for_one_post_are_an_error(first: str, second: str) -> None:
    assert refuse(media={first: {"pin": True}, "C0002abcDEF": None, second: None}) == (
        f"media: {first} and {second} name the same post. Put everything under one of them."
    )


def test_two_keys_of_accounts_for_one_name_are_an_error() -> None:
    assert "1 and 1 name the same account" in refuse(accounts={1: None, "1": None})
    assert "1 and 1 name the same preset" in refuse(feeds={1: None, "1": None})


def test_a_default_is_not_shared() -> None:
    accept().images.widths.append(16)

    assert accept().images.widths == [320, 640, 1080]


def test_the_cache_is_where_mkdocs_yml_is() -> None:
    folder = Path("/site")

    assert accept().locate_cache(folder) == Path("/site/.cache/plugin/instagram")
    assert accept(cache_dir="/cache").locate_cache(folder) == Path("/cache")
    assert accept(cache_dir="x").locate_cache(Path()) == Path.cwd() / "x"


def test_slashes_around_the_folder_in_the_site_are_left_out() -> None:
    assert accept(assets_dir="/assets/feed/").assets_dir == "assets/feed"


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
