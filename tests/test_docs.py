"""The documentation names what there is, and its examples work; `--strict` checks its links."""

import ast
import html
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from jinja2 import nodes
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.base import Config

import mkdocs_instagram
from mkdocs_instagram import errors, messages
from mkdocs_instagram.config import ImagesConfig, InstagramConfig
from mkdocs_instagram.labels import ENGLISH
from mkdocs_instagram.models import Account, Feed, Missing, Shown, User
from mkdocs_instagram.options import NAMES, FeedOptions, check_options
from mkdocs_instagram.render import STYLESHEET, ChildItem, Image, Item

ROOT = Path(__file__).parent.parent
PACKAGE = Path(mkdocs_instagram.__file__).parent
DOCS = ROOT / "example-site" / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTIONS = (DOCS / "guide" / "options.md").read_text(encoding="utf-8")
TEMPLATES = (DOCS / "guide" / "templates.md").read_text(encoding="utf-8")
TROUBLESHOOTING = (DOCS / "guide" / "troubleshooting.md").read_text(encoding="utf-8")

IN_MKDOCS_YML, IN_A_TAG = OPTIONS.split("\n## In a tag\n")
REFUSED = {"token", "access_token"}
SITE_OPTIONS = sorted({name for name, _ in InstagramConfig._schema} - REFUSED)


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, without the indent of a list."""
    found = re.findall(rf"^( *)``` ?{language}\n(.*?)^\1```$", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


SITES = [block for block in blocks(README, "yaml") if re.search(r"^plugins:", block, re.MULTILINE)]


def section(text: str, name: str) -> str:
    """Return what stands under the heading `name`, up to the next heading."""
    found = re.search(rf"^### {re.escape(name)}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading says {name}"
    return found[1]


def default_of(text: str) -> str:
    """Return what the line `Default:` says; "" when it says so in words."""
    found = re.search(r"^Default: (.+)$", text, re.MULTILINE)
    assert found, "no line says the default"
    code = re.fullmatch(r"`(.+)`", found[1])
    return code[1] if code else ""


def checked(given: dict[str, Any]) -> Config:
    config = InstagramConfig()
    config.load_dict(given)
    assert config.validate() == ([], [])
    return config


@pytest.mark.parametrize("name", SITE_OPTIONS)
def test_every_option_of_mkdocs_yml_is_documented_with_its_default(name: str) -> None:
    default = default_of(section(IN_MKDOCS_YML, name))
    if default:
        assert checked({name: yaml.safe_load(default)})[name] == checked({})[name]
    else:
        assert name == "accounts"


@pytest.mark.parametrize("name", sorted({name for name, _ in ImagesConfig._schema} - REFUSED))
def test_every_key_of_images_is_documented_with_its_default(name: str) -> None:
    row = re.search(rf"^\| `{name}` \| `(.+?)` \|", section(IN_MKDOCS_YML, "images"), re.MULTILINE)
    assert row
    assert yaml.safe_load(row[1]) == checked({})["images"][name]


@pytest.mark.parametrize("name", NAMES)
def test_every_feed_option_is_documented_with_its_default(name: str) -> None:
    field = "extra_class" if name == "class" else name
    default = default_of(section(IN_A_TAG, name))
    if default:
        assert check_options({name: yaml.safe_load(default)}) == (
            {field: getattr(FeedOptions(), field)},
            [],
        )
    else:
        assert not getattr(FeedOptions(), field)


@pytest.mark.parametrize("name", [*SITE_OPTIONS, *NAMES])
def test_readme_names_every_option(name: str) -> None:
    assert f"`{name}`" in README


def test_options_page_names_no_option_that_is_not_there() -> None:
    assert re.findall(r"^### (.+)$", IN_A_TAG, re.MULTILINE) == list(NAMES)
    assert sorted(re.findall(r"^### (.+)$", IN_MKDOCS_YML, re.MULTILINE)) == SITE_OPTIONS


def names_in(source: str) -> Iterator[str]:
    """Yield names with dots as `item.media.shortcode`, each also without its last parts."""
    for node in jinja2.Environment(autoescape=True).parse(source).find_all(nodes.Getattr):
        parts: list[str] = []
        inner: nodes.Node = node
        while isinstance(inner, nodes.Getattr):
            parts.insert(0, inner.attr)
            inner = inner.node
        if isinstance(inner, nodes.Name):
            yield ".".join([inner.name, *parts])


BUNDLED = sorted((PACKAGE / "templates" / "instagram").glob("*.html"))


def test_every_template_variable_is_documented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    render = jinja2.Template.render

    def record(template: jinja2.Template, *args: Any, **context: Any) -> str:
        if template.name == "instagram/feed.html":
            given.update(context)
        return render(template, *args, **context)

    monkeypatch.setattr(jinja2.Template, "render", record)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("<!-- instagram -->\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(SITES[0], encoding="utf-8")
    build(load_config(str(tmp_path / "mkdocs.yml")))
    assert {"feed", "items", "user", "options", "page", "config"} <= set(given)
    assert [
        name for name in given if not re.search(rf"^\| `{name}` \|", TEMPLATES, re.MULTILINE)
    ] == []


def test_names_in_templates_are_found() -> None:
    assert list(names_in("{% if item.image.src %}{{ user }}{% endif %}")) == [
        "item.image.src",
        "item.image",
    ]
    assert len(BUNDLED) >= 4


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.name)
def test_whatever_the_bundled_templates_use_is_documented(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    names = (re.sub(r"^(item\.image|child\.image|avatar)\.", "image.", it) for it in names_in(text))
    used = {name for name in names if not name.startswith(("options.", "labels.", "loop."))}
    used -= {"item.media.caption.strip"}  # a method of texts
    classes = set(re.findall(r"mk-ig__\w+(?=[\"\s])", text))
    assert {name for name in used | classes if f"`{name}`" not in TEMPLATES} == set()
    assert f"`overrides/instagram/{path.name}`" in TEMPLATES


@pytest.mark.parametrize(
    "name",
    [
        *(f"item.{name}" for name in Item.__slots__),
        *(f"image.{name}" for name in Image.__slots__),
        *(f"child.{name}" for name in ChildItem.__slots__),
        *ENGLISH,
    ],
)
def test_every_field_of_an_item_is_documented(name: str) -> None:
    assert f"`{name}`" in TEMPLATES


def test_every_property_of_the_stylesheet_is_documented() -> None:
    root = STYLESHEET.read_text(encoding="utf-8").partition("}")[0]
    names = re.findall(r"^\s*(--mk-ig-[\w-]+):", root, re.MULTILINE)
    assert names
    assert [name for name in names if f"`{name}`" not in TEMPLATES] == []


HEADINGS = [
    html.unescape(re.sub(r"\s*\{ #[\w-]+ \}$", "", heading)).replace("\\", "")
    for heading in re.findall(r"^### (.+)$", TROUBLESHOOTING, re.MULTILINE)
]
# These stand within another message, or only where no person ever reads them.
UNTOLD = {"CacheUnusable", "NotAskedYet"}
NEVER_SEEN = {"Nothing was read"}


def first_sentence(node: ast.expr) -> list[str]:
    """Return the words between the placeholders of a message's first sentence."""
    if isinstance(node, ast.BinOp):
        node = node.left
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts)
    sentence = text.removeprefix("feed tag \0: ").partition(". ")[0]
    return [piece.strip(" :.") for piece in sentence.split("\0") if len(piece) > 11]


def raised_texts() -> list[list[str]]:
    """Return the first sentence of each message that one of our exceptions is made with."""
    names = {name for name, _ in inspect.getmembers(errors, inspect.isclass)} - UNTOLD
    calls = (
        node
        for path in sorted(PACKAGE.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    return [
        first_sentence(call.args[0])
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in names | {"InvalidValue"}
    ]


RAISED = [pieces for pieces in raised_texts() if pieces and pieces[0] not in NEVER_SEEN]


def test_messages_are_found() -> None:
    assert len(RAISED) > 30


@pytest.mark.parametrize("pieces", RAISED, ids=lambda pieces: pieces[0][:40])
def test_every_error_is_a_heading_of_troubleshooting(pieces: list[str]) -> None:
    assert any(all(piece in heading for piece in pieces) for heading in HEADINGS), pieces


LEFT_OUT = Shown(
    Account("main"),
    Feed(User("1"), (), datetime(2026, 7, 22, tzinfo=UTC), unfound=("C0001abcDEF",), unknown=1),
    lost=2,
    waiting=2,
    is_avatar_missing=True,
    missing_children=Missing(2, 2),
    missing_videos=Missing(2, 2),
)


@pytest.mark.parametrize(
    "text",
    [
        messages.tell_unfound_pins(["C0001abcDEF"]),
        messages.tell_unusable_cache(Path(".cache/plugin/instagram"), "Permission denied"),
        messages.tell_broken_cache(Path(".cache/plugin/instagram")),
        *(message.text for message in messages._tell_left_out(LEFT_OUT)),
    ],
    ids=lambda text: text[:40],
)
def test_every_warning_is_a_heading_of_troubleshooting(text: str) -> None:
    assert any(text.startswith(heading.rstrip(".")) for heading in HEADINGS), text


def test_readme_has_sites() -> None:
    assert len(SITES) >= 3


@pytest.mark.parametrize("block", SITES)
def test_sites_in_the_readme_are_valid(
    block: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(block, encoding="utf-8")
    load_config(str(tmp_path / "mkdocs.yml"))
    assert caplog.messages == []


PAGES = {path.relative_to(DOCS).as_posix(): path for path in DOCS.rglob("*.md")}


@pytest.mark.parametrize("name", ["README.md", *sorted(PAGES)])
def test_tags_in_the_documentation_are_valid(name: str) -> None:
    text = README if name == "README.md" else PAGES[name].read_text(encoding="utf-8")
    code = "\n".join(blocks(text, "html"))
    for tag in re.findall(
        r"<!--\s*instagram\s+(?:[\w-]+(?=[\s])(?!\s*:))?(.*?)-->", code, re.DOTALL
    ):
        assert check_options(yaml.safe_load(tag) or {})[1] == []


@pytest.mark.parametrize("name", [name for name in sorted(PAGES) if name.startswith("feeds/")])
def test_the_tag_that_is_shown_is_the_one_beside_it(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    pairs = re.findall(
        r'^<div class="pair" markdown>\n\n(.*?)\n\n</div>$', text, re.MULTILINE | re.DOTALL
    )
    for pair in pairs:
        assert re.fullmatch(r"``` html\n(.+)\n```\n\n\1", pair, re.DOTALL), pair
    wide = r"^``` html\n(<!-- instagram[^`]*-->)\n```\n\n(<!-- instagram.*?-->)$"
    beside = re.findall(wide, text, re.MULTILINE | re.DOTALL)
    assert beside or name == "feeds/themes.md"
    assert all(shown == live for shown, live in beside)


def test_the_screenshot_of_the_readme_is_there_and_small() -> None:
    found = re.search(r"!\[.+?\]\((.+?)\)", README)
    assert found
    assert 10_000 < (ROOT / found[1]).stat().st_size < 200_000


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_links_of_the_readme_lead_somewhere(target: str) -> None:
    if target.startswith("#"):
        titles = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
        assert target[1:] in [title.lower().replace(" ", "-") for title in titles]
    elif not target.startswith("https://"):
        base = PACKAGE.parent if target.startswith("mkdocs_instagram/") else ROOT
        assert (base / target).exists()
