"""The schema for editors."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schema
import yaml
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from mkdocs_instagram.config.checks import duration
from mkdocs_instagram.config.feed_options import NAMES, check_options
from mkdocs_instagram.config.option_types import Choice, Options, Type
from mkdocs_instagram.config.site_options import InstagramConfig
from mkdocs_instagram.errors import OptionError

ROOT = Path(__file__).parent.parent
VALIDATOR = Draft7Validator(schema.make_schema())


class Loader(yaml.SafeLoader):
    """Reads YAML as editors do: a date is text, and `!ENV` is its default."""


def _as_text(_: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


def _default(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)[-1]
    return str(node.value)


Loader.add_multi_constructor("!", _default)
Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def is_valid(entry: object) -> bool:
    return bool(VALIDATOR.is_valid(entry))


def entries(text: str) -> list[Any]:
    """Return the entries of the plugin in mkdocs.yml."""
    plugins = yaml.load(text, Loader).get("plugins", [])  # noqa: S506 - a safe loader
    return [it for it in plugins if "instagram" in ([it] if isinstance(it, str) else it)]


def test_the_schema_is_what_the_config_classes_say(*, regenerate: bool) -> None:
    made = schema.write(schema.make_schema())
    if regenerate:
        schema.PATH.write_text(made, encoding="utf-8")

    assert schema.PATH.read_text(encoding="utf-8") == made
    Draft7Validator.check_schema(json.loads(made))


def test_every_option_is_there_with_a_title() -> None:
    made = schema.make_schema()
    options = made["oneOf"][1]["properties"]["instagram"]["properties"]
    feed = made["definitions"]["feed"]["properties"]
    assert set(options) == {*InstagramConfig()} - {"token", "access_token"} | {"enabled"}
    assert tuple(feed) == NAMES
    assert all(3 < len(it["title"]) < 130 for it in (*options.values(), *feed.values()))


def test_options_of_other_generators_have_the_same_schema() -> None:
    guide = (ROOT / "example-site/docs/guide/generators.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"^``` \w+ title=\"(.*?)\"\n((?:.*\n)*?)```$", guide, re.MULTILINE))
    alone, table = blocks["instagram.yml"], blocks["zensical.toml"]
    tables = tomllib.loads(table)["project"]["plugins"]

    assert is_valid({"instagram": yaml.safe_load(alone)})
    assert is_valid(tables)
    assert not is_valid({"instagram": {"limit": 6}})


class NewOptions(Options):
    """Options that do not exist yet."""

    level = Choice("low", "high")
    """How high it is; the rest is not in the title. Since 9.1."""
    wait = Type[float](duration, "5m")
    """How long it waits."""


def test_a_new_option_is_found_by_itself() -> None:
    assert schema._object(NewOptions)["properties"] == {
        "level": {
            "title": "How high it is",
            "markdownDescription": "How high it is; the rest is not in the title.",
            "enum": ["low", "high"],
            "default": "low",
        },
        "wait": {
            "title": "How long it waits",
            "markdownDescription": "How long it waits.",
            **duration.schema,
            "default": "5m",
        },
    }


EXAMPLES = [
    ROOT / "README.md",
    ROOT / "example-site" / "mkdocs.yml",
    *sorted((ROOT / "example-site" / "docs" / "guide").glob("*.md")),
]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_are_valid(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^( *)``` ?yaml[^\n]*\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    sources = [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in blocks]
    if path.suffix == ".yml":
        sources = [text]
    found = [
        entry
        for it in sources
        if re.search(r"^plugins:", it, re.MULTILINE)
        for entry in entries(it)
    ]
    if path.name == "options.md":  # Most of its examples are without `plugins`.
        parts = [it for it in sources if not re.search(r"^plugins:", it, re.MULTILINE)]
        found += [{"instagram": yaml.load(it, Loader)} for it in parts]  # noqa: S506

    assert [error.message for entry in found for error in VALIDATOR.iter_errors(entry)] == []
    if path.name in ("README.md", "mkdocs.yml", "options.md"):
        assert found


@pytest.mark.parametrize(
    "entry",
    [
        "instagramm",
        {"instagram": {"max_aeg": 3600}},
        {"instagram": {"max_age": "soon"}},
        {"instagram": {"token": "IGAAinvented"}},
        {"instagram": {"accounts": {"main": {"access_token": "IGAAinvented"}}}},
        {"instagram": {"accounts": {"main": {"token_env": "lower"}}}},
        {"instagram": {"defaults": {"layout": "gird"}}},
        {"instagram": {"feeds": {"team": {"limit": 0}}}},
        {"instagram": {"media": {"C0001": {"pin": "yes"}}}},
        {"instagram": {"labels": {"more": 3}}},
        {"instagram": {"images": {"format": "png"}}},
        {"instagram": {"images": {"quality": 0}}},
        {"instagram": {"images": {"widths": [320, 5000]}}},
        {"instagram": {}, "search": {}},
    ],
    ids=str,
)
def test_mistakes_are_not_valid(entry: object) -> None:
    assert not is_valid(entry)


VALUES: list[Any] = [
    *(True, False, 0, 1, 3, 12, 13, 100, 1000, 1001, 2200, 2201, -1, 1.5),
    *("", "none", "all", "auto", "post", "viewer", "image", "grid", "masonry", "carousel", "list"),
    *("highlight", "below", "overlay", "newest", "oldest", "likes", "comments", "random", "date"),
    *("type", "square", "4/5", "3/4", "3:4", "original", "reel", "video", "small", "two words"),
    *("feed.html", "feed.htm", "a/b.html", "../feed.html", "C0001abcDEF", "2026-07-22", "main"),
    *([], ["image", "reel"], ["date", "likes"], ["#team", "bread"], ["C0001abcDEF"], [1], [[]]),
    *({}, {"small": 2}, {"small": 2, "large": 4}, {"tiny": 1}, {"small": 0}),
]
# The schema accepts more here, as a pattern would explain less than the message does.
LAX = {"post", "since", "until"}


@pytest.mark.parametrize("name", NAMES)
def test_editor_and_plugin_agree_on_every_value(name: str) -> None:
    differing = []
    for value in VALUES:
        try:
            check_options({name: value})
            is_taken = True
        except OptionError:
            is_taken = False
        says = is_valid({"instagram": {"defaults": {name: value}}})
        if says != is_taken and not (says and name in LAX):
            differing.append((value, is_taken, says))

    assert differing == []


@pytest.mark.parametrize("name", ["accounts", "media", "labels"])
def test_maps_have_the_keys_that_the_plugin_knows(name: str) -> None:
    config = InstagramConfig()
    within = {"accounts": "main", "media": "C0001abcDEF"}.get(name)
    entry = {"zzz": "x"}
    config.load_dict({name: {within: entry} if within else entry})
    (_, warning) = config.validate()[1][0]
    known = re.findall(r"Known \w+: ([^.]*)\.", str(warning))[0].split(", ")

    made = schema.make_schema()["oneOf"][1]["properties"]["instagram"]["properties"][name]
    assert set((made["additionalProperties"] if within else made)["properties"]) == set(known)


def test_the_schema_of_a_whole_site_in_the_documentation_finds_mistakes() -> None:
    text = (ROOT / "example-site/docs/guide/plugins.md").read_text(encoding="utf-8")
    found = re.search(
        r"^``` json title=\"mkdocs.schema.json\"\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    assert found
    ours = Resource.from_contents(schema.make_schema())
    validator = Draft7Validator(
        json.loads(found[1]), registry=Registry().with_resource("schema.json", ours)
    )

    def is_good(*plugins: object) -> bool:
        return bool(validator.is_valid({"site_name": "Q", "plugins": list(plugins)}))

    assert is_good("search", "instagram")
    assert is_good({"search": {"lang": "en"}}, {"instagram": {"max_age": "2h"}})
    assert not is_good("search", {"instagram": {"max_aeg": "2h"}})


def test_dates_are_read_as_texts_by_editors() -> None:
    assert is_valid(entries("plugins: [{instagram: {defaults: {since: 2026-07-22}}}]")[0])
    assert check_options({"since": date(2026, 7, 22)})[1] == []
