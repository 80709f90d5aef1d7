"""The plugin's entry as commands read it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mkdocs_instagram.commands.context import Site, open_site
from mkdocs_instagram.config.feed_options import Columns
from mkdocs_instagram.config.models import Account, MediaOverride
from mkdocs_instagram.config.presets import Presets
from mkdocs_instagram.config.site_file import NAMES, find_site_file, read_site_file
from mkdocs_instagram.config.site_options import InstagramConfig
from mkdocs_instagram.errors import SiteFileError

TOKEN = "IGAA" + "x1Y2z3W4v5" * 15


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "mkdocs.yml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def read(path: Path) -> InstagramConfig:
    return open_site(path, Path("/nowhere")).options


def as_in_a_build(options: dict[str, Any]) -> InstagramConfig:
    config = InstagramConfig()
    config.load_dict(options)
    assert config.validate()[0] == []
    return config


def entry(options: dict[str, Any]) -> str:
    """Return a configuration file with these options."""
    return yaml.safe_dump({"site_name": "Bread", "plugins": ["search", {"instagram": options}]})


def refuse(path: Path) -> str:
    with pytest.raises(SiteFileError) as caught:
        read(path)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


class TestFinding:
    @pytest.mark.parametrize("name", NAMES)
    def test_each_program_has_its_names(self, write: Callable[..., Path], name: str) -> None:
        path = write("", name)

        assert find_site_file(path.parent) == path

    def test_mkdocs_yml_comes_first(self, write: Callable[..., Path]) -> None:
        write("", "properdocs.yml")
        path = write("")

        assert find_site_file(path.parent) == path

    def test_a_folder_of_that_name_is_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "mkdocs.yml").mkdir()

        assert find_site_file(tmp_path) is None
        assert find_site_file(tmp_path / "missing") is None

    def test_properdocs_yml_is_read_alike(self, write: Callable[..., Path]) -> None:
        path = write(entry({"max_age": "2d"}), "properdocs.yml")

        assert read(path).max_age == 172800.0


class TestDefaults:
    @pytest.mark.parametrize(
        "text",
        [
            None,
            "",
            "site_name: Bread",
            "plugins:",
            "plugins: [instagram]",
            "plugins: [search, {instagram: }]",
            "plugins: {instagram: }",
            "plugins: {search: , instagram: {}}",
            "plugins: instagram",
            "plugins: [{search: {}}]",
        ],
    )
    def test_without_options_of_ours_they_are_those_of_the_build(
        self, write: Callable[..., Path], tmp_path: Path, text: str | None
    ) -> None:
        path = None if text is None else write(text)

        site = open_site(path, tmp_path)

        assert site == Site(path, tmp_path, as_in_a_build({}))
        assert site.cache_dir == tmp_path / ".cache/plugin/instagram"
        assert path is None or read_site_file(path).entry == {}

    def test_a_file_in_the_folder_is_found(
        self, write: Callable[..., Path], tmp_path: Path
    ) -> None:
        path = write(entry({"max_age": 5}))

        assert open_site(None, tmp_path) == Site(path, tmp_path, as_in_a_build({"max_age": 5}))


ALL = {
    "accounts": {
        "main": {"token_env": "INSTAGRAM_ACCESS_TOKEN", "username": "harbour.bakery"},
        "shop": {"token_env": "SHOP_TOKEN"},
        "try": {"demo": True},
    },
    "defaults": {"limit": 9, "caption": "below"},
    "feeds": {"team": {"account": "shop", "columns": 3}, "plain": None},
    "media": {
        "C0001abcDEF": {"alt": "Our stand", "pin": True},
        "https://www.instagram.com/p/C0002abcDEF/": {"hide": True},
    },
    "max_age": "30m",
    "cache_dir": "../cache",
    "images": {"widths": [1080, 320, 320], "format": "jpeg", "quality": 1},
    "videos": "file",
    "max_stale": "2d",
    "on_error": "fail",
    "unknown": [1],
}


def test_the_entry_is_given_as_it_is_written(write: Callable[..., Path]) -> None:
    assert read_site_file(write(entry(ALL))).entry == ALL


def test_every_option_is_read_as_in_a_build(write: Callable[..., Path]) -> None:
    options = read(write(entry(ALL)))

    assert options == as_in_a_build(ALL)
    assert options.accounts == {
        "main": Account("main", "INSTAGRAM_ACCESS_TOKEN", "harbour.bakery"),
        "shop": Account("shop", "SHOP_TOKEN"),
        "try": Account("try", demo=True),
    }
    assert list(options.accounts) == ["main", "shop", "try"]
    assert options.list_presets() == Presets(
        {"limit": 9, "caption": "below"},
        {"team": {"account": ("shop",), "columns": Columns(3, 3, 3)}, "plain": {}},
    )
    assert options.media == {
        "C0001abcDEF": MediaOverride(alt="Our stand", pin=True),
        "C0002abcDEF": MediaOverride(hide=True),
    }
    assert (options.max_age, options.cache_dir) == (1800.0, "../cache")
    assert options.images.widths == [1080, 320, 320]
    assert (options.images.format, options.images.quality) == ("jpeg", 1)
    assert (options.videos, options.max_stale, options.on_error) == ("file", 172800.0, "fail")


def test_plugins_may_be_a_map(write: Callable[..., Path]) -> None:
    path = write(yaml.safe_dump({"plugins": {"search": None, "instagram": {"max_age": 5}}}))

    assert read(path).max_age == 5.0


def test_options_beside_the_name_of_the_plugin_are_refused(write: Callable[..., Path]) -> None:
    path = write("plugins:\n  - instagram:\n    limit: 6\n    max_age: 1h\n")

    assert refuse(path) == (
        f"{path}: in `plugins`, limit, max_age must be under `instagram:`, not beside it. Indent "
        "each option of the plugin by 2 more spaces: by 6 under `  - instagram:`."
    )
    assert "1Y2z3W4v5" not in refuse(write(f"plugins:\n  - instagram:\n    {TOKEN}: 6\n"))
    assert read(write("plugins:\n  search:\n  instagram:\n")) == as_in_a_build({})


def test_the_entry_may_stand_behind_a_bare_one(write: Callable[..., Path]) -> None:
    path = write(yaml.safe_dump({"plugins": ["instagram", {"instagram": {"max_age": 5}}]}))

    assert read(path).max_age == 5.0


@pytest.mark.parametrize(
    ("written", "where"),
    [("cache", "{}/cache"), ("../cache", "{}/../cache"), ("/var/cache/ig", "/var/cache/ig")],
)
def test_the_cache_lies_beside_the_file_from_wherever_a_command_runs(
    write: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    written: str,
    where: str,
) -> None:
    write(entry({"cache_dir": written}), "site/mkdocs.yml")
    monkeypatch.chdir(tmp_path)

    site = open_site(Path("site/mkdocs.yml"), tmp_path)

    assert site.cache_dir == Path(where.format(tmp_path / "site"))
    assert site.cache_dir.is_absolute()


def test_a_file_without_a_folder_has_its_cache_here(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(entry({}))
    monkeypatch.chdir(tmp_path)

    site = open_site(Path("mkdocs.yml"), Path("/nowhere"))

    assert site.cache_dir == tmp_path / ".cache/plugin/instagram"


class TestInherit:
    def test_maps_are_merged_at_every_depth_and_the_child_wins(
        self, write: Callable[..., Path]
    ) -> None:
        base = {"instagram": {"max_age": "1d", "cache_dir": "x", "images": {"quality": 5}}}
        write(yaml.safe_dump({"plugins": base}), "base/base.yml")
        child = {"instagram": {"max_age": 7, "images": {"format": "jpeg"}}}
        path = write(yaml.safe_dump({"INHERIT": "base/base.yml", "plugins": child}))

        site = open_site(path, Path("/nowhere"))

        images = site.options.images
        assert (site.options.max_age, images.format, images.quality) == (7.0, "jpeg", 5)
        # Relative to the site's file, not to the inherited one, as in a build.
        assert site.cache_dir == path.parent / "x"

    def test_a_list_takes_the_place_of_a_list(self, write: Callable[..., Path]) -> None:
        write(entry({"max_age": 5, "cache_dir": "x"}), "base.yml")
        path = write(
            yaml.safe_dump({"INHERIT": "base.yml", "plugins": [{"instagram": {"max_age": 7}}]})
        )

        options = read(path)

        assert options.max_age == 7.0
        assert options.cache_dir == ".cache/plugin/instagram"

    @pytest.mark.parametrize("plugins", [None, "search", []])
    def test_what_is_no_map_takes_the_place_of_a_map(
        self, write: Callable[..., Path], plugins: object
    ) -> None:
        write(yaml.safe_dump({"plugins": {"instagram": {"max_age": 5}}}), "base.yml")

        assert read(write(yaml.safe_dump({"INHERIT": "base.yml", "plugins": plugins}))).max_age

    def test_parents_have_parents_relative_to_themselves(self, write: Callable[..., Path]) -> None:
        write(entry({"max_age": 5}), "a/top.yml")
        write("INHERIT: ../a/top.yml", "b/middle.yml")

        assert read(write("INHERIT: b/middle.yml\nsite_name: Bread")).max_age == 5.0

    def test_the_way_to_the_parent_may_come_from_the_environment(
        self, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BASE", "base.yml")
        write(entry({"max_age": 5}), "base.yml")

        assert read(write("INHERIT: !ENV BASE")).max_age == 5.0

    @pytest.mark.parametrize("names", [["mkdocs.yml"], ["a.yml", "mkdocs.yml"]])
    def test_a_circle_is_told(self, write: Callable[..., Path], names: list[str]) -> None:
        for name, parent in zip(["mkdocs.yml", *names], names, strict=False):
            write(f"INHERIT: {parent}", name)

        assert "inherits from itself" in refuse(write(f"INHERIT: {names[0]}"))

    def test_a_long_line_of_parents_is_read(self, write: Callable[..., Path]) -> None:
        write(entry({"max_age": 5}), "0.yml")
        for number in range(1, 20):
            write(f"INHERIT: {number - 1}.yml", f"{number}.yml")

        assert read(write("INHERIT: 19.yml")).max_age == 5.0

    def test_a_parent_that_is_not_there_is_told(self, write: Callable[..., Path]) -> None:
        message = refuse(write("INHERIT: missing.yml"))

        assert "missing.yml cannot be read: No such file or directory." in message

    def test_a_broken_parent_is_told_by_its_name(self, write: Callable[..., Path]) -> None:
        write("a: [", "base.yml")

        assert "base.yml is not YAML" in refuse(write("INHERIT: base.yml"))

    def test_a_token_in_a_parent_is_refused(self, write: Callable[..., Path]) -> None:
        write(yaml.safe_dump({"plugins": {"instagram": {"token": TOKEN}}}), "base.yml")

        assert "1Y2z3W4v5" not in refuse(write("INHERIT: base.yml"))


class TestTags:
    @pytest.mark.parametrize(
        ("written", "value", "seconds"),
        [
            ("!ENV AGE", "90", 90.0),
            ("!ENV AGE", "2d", 172800.0),
            ("!ENV [AGE]", "30m", 1800.0),
            ("!ENV [NOT_SET_HERE, AGE, 9]", "5", 5.0),
            ("!ENV [AGE, 7]", None, 7.0),
            ("!ENV [AGE, 1h]", None, 3600.0),
            ("!ENV [AGE, 7]", "8", 8.0),
            # Without a value, it is the default.
            ("!ENV AGE", None, 3600.0),
        ],
    )
    def test_env_reads_a_variable_in_the_type_that_it_looks_like(
        self,
        write: Callable[..., Path],
        monkeypatch: pytest.MonkeyPatch,
        written: str,
        value: str | None,
        seconds: float,
    ) -> None:
        if value is None:
            monkeypatch.delenv("AGE", raising=False)
        else:
            monkeypatch.setenv("AGE", value)

        assert read(write(f"plugins: [{{instagram: {{max_age: {written}}}}}]")).max_age == seconds

    def test_env_works_for_each_type(
        self, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("IS_DEMO", "true")
        monkeypatch.setenv("QUALITY", "75")
        path = write(
            "plugins:\n- instagram:\n    accounts: {try: {demo: !ENV [IS_DEMO, false]}}\n"
            "    images: {quality: !ENV QUALITY, format: !ENV [NOT_SET_HERE, jpeg]}\n"
        )

        options = read(path)

        assert options.accounts["try"].demo
        assert (options.images.quality, options.images.format) == (75, "jpeg")

    def test_a_token_that_env_puts_in_a_wrong_place_is_not_repeated(
        self, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SHOP_TOKEN", TOKEN)
        path = write("plugins: [{instagram: {accounts: {main: {token_env: !ENV SHOP_TOKEN}}}}]")

        assert "1Y2z3W4v5" not in refuse(path)

    @pytest.mark.parametrize(
        "tagged",
        [
            "!!python/name:materialx.emoji.twemoji",
            "!!python/object/apply:os.mkdir [{}]",
            "!!python/object/new:os.mkdir [{}]",
            "!!python/object/apply:builtins.open [{}, w]",
            "!!python/module:antigravity",
            "!!python/tuple [1, 2]",
            "!relative $config_dir",
            "!relative",
            "!mine {{a: 1}}",
            "!<tag:yaml.org,2002:python/object/apply:os.mkdir> [{}]",
        ],
    )
    def test_other_tags_are_nothing_and_run_nothing(
        self, write: Callable[..., Path], tmp_path: Path, tagged: str
    ) -> None:
        marker = tmp_path / "made"
        path = write(
            f"markdown_extensions:\n- x: {{y: {tagged.format(marker)} }}\n"
            f"z: {tagged.format(marker)}\n" + entry({"max_age": 5})
        )

        assert read(path).max_age == 5.0
        assert not marker.exists()

    def test_a_tag_in_our_entry_is_as_if_nothing_was_said(self, write: Callable[..., Path]) -> None:
        path = write("plugins: [{instagram: {max_age: !!python/name:os.getcwd , feeds: !x y}}]")

        assert read(path).max_age == 3600.0

    def test_python_tags_of_the_test_would_run_with_another_loader(self, tmp_path: Path) -> None:
        yaml.unsafe_load(f"!!python/object/apply:os.mkdir [{tmp_path / 'made'}]")

        assert (tmp_path / "made").is_dir()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"accounts": ["main"]}, "accounts: expected a mapping, such as {main: {demo: true}}."),
    ({"accounts": {"main": "SHOP_TOKEN"}}, "accounts: main: expected a mapping"),
    ({"accounts": {"a/b": {}}}, "accounts: a/b: the name of an account"),
    (
        {"accounts": {"main": {"token_env": "shop_token"}}},
        "accounts: main: token_env: expected the",
    ),
    (
        {"accounts": {"main": {"demo": True, "token_env": "A"}}},
        "accounts: main: an account has one",
    ),
    ({"accounts": {"main": {"demo": "yes"}}}, "accounts: main: demo: expected true or"),
    ({"defaults": {"limit": 0}}, "defaults: option limit: 0 is not a whole number"),
    ({"defaults": [1]}, "defaults: expected a mapping"),
    ({"feeds": {"team": {"layout": "gird"}}}, "feeds: team: option layout: gird is not one"),
    ({"feeds": 5}, "feeds: expected a mapping, such as {team: {limit: 6}}."),
    ({"media": {"no code": {}}}, "media: no code: no code is neither a shortcode nor"),
    ({"media": {"C0001abcDEF": {"pin": 1}}}, "media: C0001abcDEF: pin: expected true or false"),
    ({"max_age": "1w"}, "max_age: 1w is not a duration: write seconds, or 30m, 1h, 2d."),
    ({"max_age": -1}, "max_age: -1 is not a duration"),
    ({"max_age": True}, "max_age: true is not a duration"),
    ({"cache_dir": 5}, "cache_dir: 5 is not text; put it in quotes."),
    ({"cache_dir": ["x"]}, "cache_dir: [x] is not text; put it in quotes."),
    ({"videos": "mp4"}, "videos: mp4 is not one of poster, file."),
    ({"images": ["x"]}, "images: expected a mapping"),
    ({"images": {"widths": []}}, "images: Sub-option 'widths': expected a list of"),
    ({"images": {"widths": [15]}}, "images: Sub-option 'widths': 15 is not a whole"),
    ({"images": {"widths": [4097]}}, "images: Sub-option 'widths': 4097 is not a"),
    ({"images": {"widths": [320, "640"]}}, "images: Sub-option 'widths': '640' is not"),
    ({"images": {"widths": 320}}, "images: Sub-option 'widths': expected a list of"),
    ({"images": {"widths": {320: 1}}}, "images: Sub-option 'widths': expected a list"),
    ({"images": {"widths": [True]}}, "images: Sub-option 'widths': true is not a whole"),
    (
        {"images": {"format": "gif"}},
        "images: Sub-option 'format': gif is not one of webp, avif, jpeg.",
    ),
    ({"images": {"format": ["webp"]}}, "images: Sub-option 'format': [webp] is not one of"),
    ({"images": {"quality": 0}}, "images: Sub-option 'quality': 0 is not a whole number"),
    ({"images": {"quality": 101}}, "images: Sub-option 'quality': 101 is not a whole"),
    ({"images": {"quality": "80"}}, "images: Sub-option 'quality': '80' is not a whole"),
    ({"images": {"quality": 80.5}}, "images: Sub-option 'quality': 80.5 is not a"),
    ({"on_error": "stop"}, "on_error: stop is not one of warn, ignore, fail."),
    ({"assets_dir": "../out"}, "assets_dir: expected a folder inside the site"),
    (
        {"defaults": {"account": "shop"}},
        "defaults: no account is called shop. Known accounts: main.",
    ),
    ({"feeds": {"team": {"account": "shop"}}}, "feeds: team: no account is called shop. Known"),
    ({"feeds": {"defaults": None}}, "feeds: defaults: the name is taken by the option"),
]


@pytest.mark.parametrize(("options", "says"), WRONG, ids=range(len(WRONG)))
def test_what_the_build_refuses_is_refused_by_file_and_option(
    write: Callable[..., Path], options: dict[str, Any], says: str
) -> None:
    path = write(entry(options))
    config = InstagramConfig()
    config.load_dict(options)

    message = refuse(path)

    assert message.startswith(f"{path}: plugin 'instagram', {says}")
    ((name, error),) = config.validate()[0]
    assert message == f"{path}: plugin 'instagram', {name}: {error}"


def test_everything_that_is_known_to_be_wrong_is_told(write: Callable[..., Path]) -> None:
    path = write(entry({"feeds": {name: {"account": name} for name in ("shop", "team")}}))

    assert refuse(path) == (
        f"{path}: plugin 'instagram', feeds: shop: no account is called shop. "
        f"Known accounts: main. {path}: plugin 'instagram', feeds: team: no account is called "
        "team. Known accounts: main."
    )


RIGHT: list[dict[str, Any]] = [
    {"accounts": None},
    {"defaults": None, "feeds": None, "media": None},
    {"cache_dir": None},
    {"images": {}},
    {"images": {"widths": [16, 4096]}},
    {"images": {"format": None, "quality": None}},
    {"images": {"quality": 100}},
    {"max_age": None, "max_stale": None, "on_error": None, "videos": None, "search": None},
    {"max_age": 0},
    {"max_age": " 2 d "},
    {"accounts": {"main": None}},
    {"accounts": {"main": {"surprise": 1}}, "defaults": {"limits": 1}},
]


@pytest.mark.parametrize("options", RIGHT, ids=range(len(RIGHT)))
def test_what_the_build_takes_is_taken_alike(
    write: Callable[..., Path], options: dict[str, Any]
) -> None:
    path = write(entry(options))

    site = open_site(path, Path("/nowhere"))

    assert site == Site(path, path.parent, as_in_a_build(options))
    assert site.cache_dir == path.parent / site.options.cache_dir


@pytest.mark.parametrize("name", ["token", "access_token"])
@pytest.mark.parametrize(
    "place",
    [
        lambda token: token,
        lambda token: {"accounts": {"main": token}},
        lambda token: {"accounts": token},
        lambda token: {"defaults": token},
        lambda token: {"feeds": {"team": token}},
        lambda token: {"media": {"C0001abcDEF": token}},
        lambda token: {"images": token},
    ],
    ids=["top", "account", "accounts", "defaults", "feed", "media", "images"],
)
def test_a_token_in_the_file_is_refused_and_not_repeated(
    write: Callable[..., Path], name: str, place: Any
) -> None:
    message = refuse(write(entry(place({name: TOKEN}))))

    assert "a token must not be in mkdocs.yml" in message
    assert f"Remove {name}, put" in message
    assert "1Y2z3W4v5" not in message


@pytest.mark.parametrize(
    "options",
    [
        {"accounts": {"main": {"token_env": TOKEN}}},
        {"accounts": {"main": TOKEN}},
        {"accounts": TOKEN},
        {"accounts": {TOKEN: {}}},
        {"accounts": {"main": {"username": TOKEN}}},
        {"max_age": TOKEN},
        {"cache_dir": [TOKEN]},
        {"images": TOKEN},
        {"images": {"format": TOKEN}},
        {"defaults": {"limit": TOKEN}},
    ],
    ids=range(10),
)
def test_a_token_in_a_wrong_place_is_not_repeated(
    write: Callable[..., Path], options: dict[str, Any]
) -> None:
    assert "1Y2z3W4v5" not in refuse(write(entry(options)))


class TestBroken:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            (f"a: 1\nb: [{TOKEN}\nc: 2\n", 3),
            (f"a: 1\n\tb: {TOKEN}\n", 2),
            (f"a: 1\nb: {TOKEN}: {TOKEN}\n", 2),
            (f"a: 1\nb: 2\nc: *{TOKEN}\n", 3),
            (f"a: 'b\n{TOKEN}", 2),
            (f"a: %{TOKEN}\n", 1),
            (f"a: !!{TOKEN} b\n", 1),
            (f"a: !ENV {{{TOKEN}: 1}}\n", 1),
            (f"a: 1\n? [{TOKEN}]\n: 2\n", 2),
            (f"a: 1\n--- {TOKEN}\nb: 2\n", 2),
        ],
        ids=range(10),
    )
    def test_yaml_that_is_none_is_told_by_its_line_not_its_content(
        self, write: Callable[..., Path], text: str, line: int
    ) -> None:
        path = write(text)

        message = refuse(path)

        assert message.startswith(f"{path} is not YAML: ")
        assert message.endswith(f"(line {line}).")
        assert "1Y2z3W4v5" not in message
        assert "None" not in message

    @pytest.mark.parametrize(
        "text",
        [
            "a: 2026-13-45\n",
            f"a: !!int {TOKEN}\n",
            "a: !!int ''\n",
            f"a: !!float {TOKEN}\n",
            f"a: !!bool {TOKEN}\n",
            f"a: !!timestamp {TOKEN}\n",
            f"a: !!binary {TOKEN}é\n",
            f"a: !!map {TOKEN}\n",
            "[" * 400,
            "a: \x00",
        ],
        ids=range(10),
    )
    def test_values_that_are_none_are_told_without_a_traceback(
        self, write: Callable[..., Path], text: str
    ) -> None:
        message = refuse(write(text))

        assert "is not YAML" in message
        assert "1Y2z3W4v5" not in message

    def test_bytes_that_are_no_text_are_told(self, tmp_path: Path) -> None:
        path = tmp_path / "mkdocs.yml"
        path.write_bytes(b"a: \xff\xfe\xfa\n")

        assert "is not YAML" in refuse(path)

    @pytest.mark.parametrize("text", ["- a", "5", "word", f"'{TOKEN}'"])
    def test_a_file_that_is_no_map_is_told(self, write: Callable[..., Path], text: str) -> None:
        path = write(text)

        assert refuse(path) == f"{path} is not a mapping of settings."

    def test_a_file_that_cannot_be_read_is_told(self, tmp_path: Path) -> None:
        assert "cannot be read: Is a directory." in refuse(tmp_path)
        assert "cannot be read: No such file" in refuse(tmp_path / "missing.yml")

    @settings(
        max_examples=25,
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.dates(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
            max_leaves=6,
        ),
        st.sampled_from([*ALL, "token"]),
    )
    def test_whatever_an_option_holds_it_is_read_or_refused(
        self, tmp_path: Path, value: object, name: str
    ) -> None:
        path = tmp_path / "mkdocs.yml"
        path.write_text(entry({name: value}), encoding="utf-8")

        try:
            read(path)
        except SiteFileError as error:
            refused = str(error)
        else:
            return
        assert refused.startswith(f"{path}: ")
        assert refused.isprintable()


def test_the_working_folder_is_not_changed(write: Callable[..., Path]) -> None:
    before = os.getcwd()  # noqa: PTH109 - as the process sees it

    read(write(entry(ALL)))

    assert os.getcwd() == before  # noqa: PTH109
