"""The documentation is complete, and its examples work; `--strict` checks its links."""

import ast
import html
import inspect
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import jinja2
import pytest
import yaml
from click.testing import CliRunner
from jinja2 import nodes
from markdown.extensions.toc import slugify
from mkdocs.commands.build import build
from mkdocs.commands.new import new
from mkdocs.config import load_config
from mkdocs.config.base import Config
from mkdocs.utils.yaml import yaml_load
from test_architecture import ORDER

import mkdocs_instagram
from mkdocs_instagram import errors
from mkdocs_instagram.cache import problems
from mkdocs_instagram.commands import cli
from mkdocs_instagram.commands.context import Runtime
from mkdocs_instagram.config import permalinks
from mkdocs_instagram.config.feed_options import LAYOUTS, NAMES, FeedOptions, check_options
from mkdocs_instagram.config.labels import ENGLISH
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.config.site_options import ImagesConfig, InstagramConfig
from mkdocs_instagram.feed import messages
from mkdocs_instagram.feed.models import EmptyReason, Feed, LoadedFeed, MissingCount
from mkdocs_instagram.instagram import oauth
from mkdocs_instagram.instagram.client import Client
from mkdocs_instagram.instagram.models import Media, User
from mkdocs_instagram.render.items import ChildItem, Image, Item
from mkdocs_instagram.render.stylesheet import STYLESHEET
from mkdocs_instagram.tokens import expiry as upkeep
from mkdocs_instagram.tokens import validation
from mkdocs_instagram.tokens.expiry import LIFE, WARN_FROM, Expiry
from mkdocs_instagram.tokens.store import TokenStore

ROOT = Path(__file__).parent.parent
PACKAGE = Path(mkdocs_instagram.__file__).parent
DOCS = ROOT / "example-site" / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTIONS = (DOCS / "guide" / "options.md").read_text(encoding="utf-8")
TEMPLATES = (DOCS / "guide" / "templates.md").read_text(encoding="utf-8")
TROUBLESHOOTING = (DOCS / "guide" / "troubleshooting.md").read_text(encoding="utf-8")
COMMANDS = (DOCS / "guide" / "commands.md").read_text(encoding="utf-8")
TOKEN = (DOCS / "guide" / "token.md").read_text(encoding="utf-8")
CI = (DOCS / "guide" / "ci.md").read_text(encoding="utf-8")

IN_A_TAG, IN_MKDOCS_YML = OPTIONS.split("\n## In mkdocs.yml\n")
REFUSED = {"token", "access_token"}
SITE_OPTIONS = sorted({name for name, _ in InstagramConfig._schema} - REFUSED)


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, without the indent of a list."""
    found = re.findall(rf"^( *)``` ?{language}\n(.*?)^\1```$", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


SITES = [block for block in blocks(README, "yaml") if re.search(r"^plugins:", block, re.MULTILINE)]


def section(text: str, name: str, level: int = 3) -> str:
    """Return the text under the heading `name`, up to the next heading."""
    heading = rf"^{'#' * level} {re.escape(name)}\n"
    found = re.search(rf"{heading}(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no heading says {name}"
    return found[1]


def default_of(text: str) -> str:
    """Return the value in the line `Default:`; "" when it is described in words."""
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


BUNDLED = sorted((PACKAGE / "render" / "templates" / "instagram").glob("*.html"))


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
    assert f"\n| `{path.name}` |" in TEMPLATES


def test_the_first_override_of_the_page_on_templates_works(tmp_path: Path) -> None:
    titled = re.findall(
        r"^``` \w+ title=\"(.+?)\"\n(.*?)^```$", TEMPLATES, re.MULTILINE | re.DOTALL
    )
    for name, text in [*titled[:2], ("docs/index.md", "<!-- instagram {limit: 2} -->\n")]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (tmp_path / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write(SITES[0])
    build(load_config(str(tmp_path / "mkdocs.yml")))
    built = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")

    assert [name for name, _ in titled[:2]] == ["mkdocs.yml", "overrides/instagram/item.html"]
    assert len(re.findall(r"<small>\w+ \d+, \d{4}</small>", built)) == 2


@pytest.mark.parametrize(
    "name",
    [
        *(f"item.{name}" for name in Item._fields),
        *(f"image.{name}" for name in Image._fields),
        *(f"child.{name}" for name in ChildItem._fields),
        *ENGLISH,
    ],
)
def test_every_field_of_an_item_is_documented(name: str) -> None:
    assert f"`{name}`" in TEMPLATES


def test_every_property_of_the_stylesheet_is_documented() -> None:
    root = STYLESHEET.read_text(encoding="utf-8").partition("}")[0]
    names = re.findall(r"[{;]\s*(--mk-ig-[\w-]+):", root)
    assert names
    assert [name for name in names if f"`{name}`" not in TEMPLATES] == []


HEADINGS = [
    html.unescape(re.sub(r"\s*\{ #[\w-]+ \}$", "", heading)).replace("\\", "")
    for heading in re.findall(r"^### (.+)$", TROUBLESHOOTING, re.MULTILINE)
]
# These are part of another message, or are never shown to a person.
UNTOLD = {"CacheUnusable", "NotAskedYet"}
NEVER_SEEN = {"Nothing was read", "The token stays as it was"}


def first_sentence(node: ast.expr) -> list[str]:
    """Return the words between the placeholders of a message's first sentence."""
    if isinstance(node, ast.IfExp):
        node = node.body
    if isinstance(node, ast.BinOp):
        node = node.left
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in parts)
    sentence = text.removeprefix("feed tag \0: ").partition(". ")[0]
    return [piece.strip(" :.") for piece in sentence.split("\0") if len(piece) > 11]


def raised_texts() -> list[list[str]]:
    """Return the first sentence of each message that one of our exceptions is made with."""
    names = {name for name, _ in inspect.getmembers(errors, inspect.isclass)} - UNTOLD
    names |= {"InvalidValue", "Failed", "Unusable"}
    calls = (
        node
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args
    )
    return [
        first_sentence(call.args[0])
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in names
    ]


RAISED = [pieces for pieces in raised_texts() if pieces and pieces[0] not in NEVER_SEEN]


def test_messages_are_found() -> None:
    assert len(RAISED) > 30


@pytest.mark.parametrize("pieces", RAISED, ids=lambda pieces: pieces[0][:40])
def test_every_error_is_a_heading_of_troubleshooting(pieces: list[str]) -> None:
    assert any(all(piece in heading for piece in pieces) for heading in HEADINGS), pieces


@pytest.mark.parametrize(
    "text",
    [
        *(what for _, what, _ in oauth._LOGIN_ERRORS),
        "The token's end is not known.",
    ],
    ids=lambda text: text[:40],
)
def test_every_trouble_with_a_login_is_told_in_troubleshooting(text: str) -> None:
    assert any(text == heading for heading in HEADINGS) or f"`{text}`" in TROUBLESHOOTING.replace(
        "\n", " "
    )


@pytest.mark.parametrize("what", [what for _, what, _ in validation._MISTAKES])
def test_every_mistake_around_a_token_is_a_heading(what: str) -> None:
    assert f"The environment variable INSTAGRAM_ACCESS_TOKEN {what}" in HEADINGS


@pytest.mark.parametrize("first", ["share", "stories", "harbour.bakery", ""])
def test_every_mistake_in_the_address_of_a_post_is_a_heading(first: str) -> None:
    what = permalinks._describe_mistake(first).partition(". ")[0]
    assert any(what.partition(", in quotes")[0] in heading for heading in HEADINGS)


DAY_OF_THE_END = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("is_guess", [False, True], ids=["told", "guessed"])
@pytest.mark.parametrize("is_stored", [False, True], ids=["environment", "store"])
@pytest.mark.parametrize("days", [9, -1])
def test_every_word_on_a_token_s_end_is_a_heading(
    *, days: int, is_stored: bool, is_guess: bool
) -> None:
    expiry = Expiry(DAY_OF_THE_END, is_guess=is_guess, is_stored=is_stored)
    told = upkeep.warn_of_expiry(expiry, Account("main"), DAY_OF_THE_END - timedelta(days=days))
    for message in told:
        assert any(message.text.startswith(heading) for heading in HEADINGS)
    assert bool(told) != (is_guess and not is_stored and days < 0)


LEFT_OUT = LoadedFeed(
    Account("main"),
    Feed(
        User("1"),
        (),
        datetime(2026, 7, 22, tzinfo=UTC),
        unfound=("C0001abcDEF",),
        lacking=(Media("1", "NEW"), Media("2", "VIDEO", shortcode="C0002abcDEF")),
    ),
    missing_media=MissingCount(2, 2),
    missing_avatar=MissingCount(1),
    missing_children=MissingCount(2, 2),
    missing_videos=MissingCount(2, 2),
)


TEAM = FeedOptions(include=("#team",))
EMPTY = [
    EmptyReason(TEAM, 37, 0, {"include": 0}, None),
    EmptyReason(TEAM._replace(types=("reel",)), 37, 0, {"types": 3, "include": 0}, None),
    EmptyReason(TEAM, 0, 0, {}, None),
    EmptyReason(TEAM, 0, 2, {}, None),
    EmptyReason(FeedOptions(post=("C0001abcDEF",)), 37, 0, {}, None),
]


@pytest.mark.parametrize(
    "text",
    [
        messages.describe_unfound(["C0001abcDEF"]),
        problems.describe_problem(
            Path(".cache/plugin/instagram"), PermissionError(13, "Permission denied")
        ),
        problems.describe_broken_cache(Path(".cache/plugin/instagram")),
        *(message.text for message in messages._describe_left_out(LEFT_OUT)),
        *(messages._explain_empty(reason, 0) for reason in EMPTY),
    ],
    ids=lambda text: text[:40],
)
def test_every_warning_is_a_heading_of_troubleshooting(text: str) -> None:
    assert any(text.startswith(heading.rstrip(".")) for heading in HEADINGS), text


NAMES_OF_COMMANDS = sorted(cli.main.commands)
IN_COMMON = {"--account", "--config-file", "-f", "--help", "-h"}


def options_of(command: str) -> set[str]:
    context = click.Context(cli.main)
    params = cli.main.commands[command].get_params(context)
    options = (param for param in params if isinstance(param, click.Option))
    return {name for option in options for name in option.opts} | IN_COMMON


def rows_of(text: str) -> list[str]:
    """Return the code that the rows of its tables begin with."""
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


@pytest.mark.parametrize("command", NAMES_OF_COMMANDS)
def test_every_command_is_documented_with_its_options(command: str) -> None:
    text = section(COMMANDS, command, level=2)
    documented = {row.partition(" ")[0] for row in rows_of(text) if row.startswith("-")}

    assert documented == options_of(command) - IN_COMMON - {"-h"}
    assert f"| `{command}` |" in README
    assert f"| [`{command}`](#{command}) |" in COMMANDS


def test_the_options_that_all_commands_have_are_documented() -> None:
    text = section(COMMANDS, "What all have in common", level=2)

    assert all(f"`{name}" in text for name in IN_COMMON)
    assert "`mkdocs-instagram --version`" in text


def test_commands_page_names_no_command_that_is_not_there() -> None:
    assert sorted(re.findall(r"^## ([a-z]+)$", COMMANDS, re.MULTILINE)) == NAMES_OF_COMMANDS


def run_for_the_demo(folder: Path, *arguments: str) -> dict[str, Any]:
    (folder / "mkdocs.yml").write_text(SITES[0], encoding="utf-8")
    store = TokenStore(folder / "config")
    outside = Runtime(folder, datetime(2026, 7, 23, tzinfo=UTC), Client, lambda: store)
    return dict(json.loads(CliRunner().invoke(cli.main, arguments, obj=outside).stdout))


def test_every_key_of_the_status_is_documented(tmp_path: Path) -> None:
    known = run_for_the_demo(tmp_path, "status", "--json", "--check")
    rows = rows_of(section(COMMANDS, "status", level=2))

    assert [row for row in rows if not row.startswith("-")] == list(known)


def test_every_check_of_the_doctor_and_its_keys_are_documented(tmp_path: Path) -> None:
    known = run_for_the_demo(tmp_path, "doctor", "--json")
    (checks,) = known.values()
    rows = rows_of(section(COMMANDS, "doctor", level=2))

    assert rows == ["--json", *(check["name"] for check in checks), *checks[0]]
    assert f"`{next(iter(known))}`" in section(COMMANDS, "doctor", level=2)


INVOCATION = re.compile(r"(?<!--with )mkdocs-instagram ([a-z]+)((?: -[^`\n|>]*)?)")


@pytest.mark.parametrize(
    "name", ["README", "commands", "token", "ci", "troubleshooting", "start", "generators"]
)
def test_invocations_in_the_documentation_are_valid(name: str) -> None:
    text = README if name == "README" else (DOCS / f"guide/{name}.md").read_text(encoding="utf-8")
    inline = [code.replace("\n", " ") for code in re.findall(r"`(mkdocs-instagram[^`]*)`", text)]
    code = "\n".join([*inline, *blocks(text, "sh"), *blocks(text, "yaml")])
    found = INVOCATION.findall(code)
    assert found
    for command, arguments in found:
        assert command in NAMES_OF_COMMANDS
        given = {word for word in arguments.split() if word.startswith("-")}
        assert given <= options_of(command)


def test_the_days_of_a_token_s_life_are_documented() -> None:
    assert f"lives for {LIFE.days} days" in TOKEN
    assert f"From {WARN_FROM.days} days before the end" in TOKEN


RECIPES: list[Any] = [yaml_load(block) for block in blocks(CI, "yaml")]
WORKFLOWS: dict[str, dict[Any, Any]] = {
    recipe["name"]: recipe for recipe in RECIPES if isinstance(recipe, dict) and "name" in recipe
}
(GITLAB,) = (recipe for recipe in RECIPES if isinstance(recipe, dict) and "image" in recipe)
# The job of this name that is shown without a workflow uses no action of ours.
(OWN_BUILD,) = (recipe["build"] for recipe in RECIPES if list(recipe) == ["build"])
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
REFRESH = WORKFLOWS["Token"]["jobs"]["refresh"]["steps"]


def jobs_in_ci() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the jobs of all workflows, and jobs that are shown without a workflow."""
    for recipe in RECIPES:
        if isinstance(recipe, dict) and recipe is not GITLAB:
            for name, job in (recipe.get("jobs") or recipe).items():
                if isinstance(job, dict) and "steps" in job:
                    yield name, job


def all_steps() -> list[dict[str, Any]]:
    lists = [recipe for recipe in RECIPES if isinstance(recipe, list)]
    lists += [yaml.safe_load(block) for block in blocks(README, "yaml") if "- uses:" in block]
    return [
        step for steps in [*lists, *(job["steps"] for _, job in jobs_in_ci())] for step in steps
    ]


def is_our_action(step: dict[str, Any]) -> bool:
    return str(step.get("uses", "")).startswith("OWNER/mkdocs-instagram@")


def names_a_secret(value: Any) -> bool:
    return "secrets." in json.dumps(value)


def find_step(word: str) -> int:
    (index,) = (i for i, step in enumerate(REFRESH) if word in json.dumps(step))
    return index


def test_recipes_are_found() -> None:
    assert list(WORKFLOWS) == ["Site", "Snapshot", "Token", "Rebuild"]
    assert len(list(jobs_in_ci())) == 8
    assert len(all_steps()) > 25


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_least_permissions_and_runs_on_a_schedule(name: str) -> None:
    workflow = WORKFLOWS[name]
    triggers = workflow[True]  # YAML 1.1 reads `on` as true

    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert triggers["schedule"]
    assert "pull_request_target" not in triggers


def test_only_the_jobs_that_publish_or_open_a_pull_request_may_write() -> None:
    written = {name: job["permissions"] for name, job in jobs_in_ci() if job.get("permissions")}

    assert written == {
        "deploy": {"pages": "write", "id-token": "write"},
        "snapshot": {"contents": "write", "pull-requests": "write"},
    }


def test_no_job_runs_for_ever() -> None:
    assert all(0 < job["timeout-minutes"] <= 15 for _, job in jobs_in_ci())
    assert {GITLAB[name]["extends"] for name in ("pages", "refresh", "check")} == {".build"}
    assert GITLAB[".build"]["timeout"] == "15 minutes"


def test_jobs_that_save_the_cache_run_one_after_the_other() -> None:
    saving = [
        job.get("concurrency", {}).get("group", "")
        for _, job in jobs_in_ci()
        if any(
            is_our_action(step) or step.get("uses", "").startswith("actions/cache/save@")
            for step in job["steps"]
        )
    ]
    assert saving == [
        "",
        "${{ github.ref == 'refs/heads/main' && 'instagram-cache' || github.run_id }}",
        "instagram-cache",
    ]
    assert WORKFLOWS["Site"]["concurrency"]["group"] == "site-${{ github.ref }}"
    assert GITLAB["pages"]["resource_group"] == GITLAB["refresh"]["resource_group"]
    assert "resource_group" not in GITLAB["check"], "it only reads the cache"


def test_secrets_reach_only_the_steps_that_need_them_and_no_command_line() -> None:
    for step in all_steps():
        given = {"env", "with"} if is_our_action(step) else {"env"}
        assert not names_a_secret({key: value for key, value in step.items() if key not in given})
        assert "${{" not in step.get("run", "")
        assert not names_a_secret(step) or "run" in step or is_our_action(step)
    for _, job in jobs_in_ci():
        assert not names_a_secret({key: value for key, value in job.items() if key != "steps"})


def test_no_recipe_prints_a_token() -> None:
    scripts = [step["run"] for step in all_steps() if "run" in step]
    for job in GITLAB.values():
        if isinstance(job, dict):
            parts = ("before_script", "script", "after_script")
            scripts += [line for part in parts for line in job.get(part, [])]
    assert len(scripts) > 10
    for script in scripts:
        assert "INSTAGRAM_ACCESS_TOKEN" not in re.sub(
            r"gh secret set INSTAGRAM_ACCESS_TOKEN <|/variables/INSTAGRAM_ACCESS_TOKEN\"$",
            "",
            script,
        )
        assert not re.search(r"\b(echo|cat|tee|env|set -x|printenv)\b|--verbose", script)
        assert "printf" not in script or re.match(r"printf '[^']*' \"\$\w+\" \| curl ", script)
        assert "curl" not in script or "--output /dev/null" in script


def test_the_token_is_refreshed_every_week_and_never_for_a_pull_request() -> None:
    triggers = WORKFLOWS["Token"][True]
    (entry,) = triggers["schedule"]

    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", entry["cron"])
    assert set(triggers) == {"schedule", "workflow_dispatch"}
    assert WORKFLOWS["Token"]["jobs"]["refresh"]["if"] == "github.ref == 'refs/heads/main'"


def test_the_refreshed_token_is_stored_before_anything_else_and_from_its_file() -> None:
    words = ["cache/restore", "gh secret list", "refresh --output", "gh secret set", "cache/save"]
    (output,) = re.findall(r"--output (\S+)$", REFRESH[find_step("refresh --output")]["run"])

    assert [find_step(word) for word in words] == sorted(find_step(word) for word in words)
    assert find_step("gh secret set") == find_step("refresh --output") + 1
    assert REFRESH[find_step("gh secret set")]["run"].endswith(f" < {output}")
    assert output.startswith('"$RUNNER_TEMP/')


def test_the_steps_of_a_refresh_get_one_secret_each() -> None:
    for word, name in (
        ("refresh --output", "INSTAGRAM_ACCESS_TOKEN"),
        ("gh secret list", "GH_TOKEN"),
        ("gh secret set", "GH_TOKEN"),
    ):
        given = REFRESH[find_step(word)]["env"]
        assert [key for key, value in given.items() if names_a_secret(value)] == [name]


def test_refresh_and_builds_share_a_cache() -> None:
    def caches(steps: list[dict[str, Any]]) -> list[Any]:
        return [step["with"] for step in steps if "actions/cache" in step.get("uses", "")]

    ours = caches(REFRESH)
    assert ours == caches(OWN_BUILD["steps"])
    assert [given["path"] for given in ours] == [".cache", ".cache"]
    of_the_action = caches(ACTION["runs"]["steps"])
    assert len({given.pop("path") for given in of_the_action}) == 1
    assert [{**given, "path": ".cache"} for given in of_the_action] == ours


def test_recipes_use_the_action_of_this_version_with_inputs_that_it_has() -> None:
    ours = [step for step in all_steps() if is_our_action(step)]

    assert len(ours) >= 2
    for step in ours:
        assert step["uses"] == f"OWNER/mkdocs-instagram@v{mkdocs_instagram.__version__}"
        assert step["with"].keys() <= ACTION["inputs"].keys()


def test_every_input_of_the_action_is_documented_with_its_default() -> None:
    text = section(CI, "What the action does")
    rows = re.findall(r"^\| `([\w-]+)` \| (?:`(.+?)`)?", text, re.MULTILINE)

    assert rows == [(name, it["default"]) for name, it in ACTION["inputs"].items()]


def test_every_warning_of_the_action_is_documented() -> None:
    script = (ROOT / ".github" / "scripts" / "refresh_tokens.py").read_text(encoding="utf-8")
    warnings = [
        first_sentence(call.args[0])
        for call in ast.walk(ast.parse(script))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "warn"
    ]
    rows = rows_of(section(CI, "Keep the token alive"))

    assert len(warnings) == len(rows) == 5
    for pieces in warnings:
        said = [piece.partition(";")[0].replace("`", "") for piece in pieces]
        assert any(all(piece in row for piece in said) for row in rows), said


def test_gitlab_refreshes_in_a_schedule_of_its_own_with_the_cache_of_the_builds() -> None:
    refresh, pages = GITLAB["refresh"], GITLAB["pages"]

    assert refresh["extends"] == pages["extends"] == ".build"
    assert "cache" not in refresh
    assert "artifacts" not in refresh
    assert pages["rules"][0] == {"if": '$TASK == "refresh"', "when": "never"}
    assert [rule["if"].startswith('$TASK == "refresh"') for rule in refresh["rules"]] == [True]


def test_contributing_names_every_folder_of_the_package() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tree = text.partition("mkdocs_instagram/\n")[2].partition("```")[0]

    assert re.findall(r"^  (\w+)", tree, re.MULTILINE) == [
        name for level in ORDER for name in level
    ]


def test_contributing_names_modules_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = "|".join(name for level in ORDER for name in level)
    named = re.findall(rf"`((?:{rooms})/[\w/]+)(?:\.py)?`", text)

    assert len(named) > 20
    assert all((PACKAGE / f"{name}.py").is_file() for name in named)


def test_five_minutes_make_a_site_with_a_feed(tmp_path: Path) -> None:
    text = section(README, "Five minutes", level=2)
    (entry,), (tag,) = blocks(text, "yaml"), blocks(text, "html")
    lines = [
        shlex.split(line, comments=True)
        for code in blocks(text, "sh")
        for line in code.splitlines()
    ]
    uvx = ["uvx", "--with", "mkdocs-instagram"]
    assert lines == [
        ["pip", "install", "mkdocs-instagram"],
        ["mkdocs", "new", "."],
        [*uvx, "mkdocs", "new", "."],
        [*uvx, "mkdocs", "serve"],
    ]

    new(str(tmp_path))
    (tmp_path / "mkdocs.yml").write_text(entry, encoding="utf-8")
    with (tmp_path / "docs" / "index.md").open("a", encoding="utf-8") as page:
        page.write(tag)
    build(load_config(str(tmp_path / "mkdocs.yml"), strict=True))
    built = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "`docs/index.md`" in text
    assert built.count('class="mk-ig__viewer"') == built.count(" data-media=") == 12


def test_sizes_in_the_readme_are_the_measured_ones() -> None:
    speed = (DOCS / "guide" / "speed.md").read_text(encoding="utf-8")
    (html,) = re.findall(r"^\| HTML of 12 posts, .+? \| ([\d.]+)", speed, re.MULTILINE)
    (stylesheet,) = re.findall(r"^\| Stylesheet, \w+, kB \| .+? \| ([\d.]+)", speed, re.MULTILINE)
    (pictures,) = re.findall(r"^\| 1280 pixels, 1× \| 12 \| (\d+ kB)", speed, re.MULTILINE)

    said = " ".join(README.split())
    assert f"{html} kB of HTML, a stylesheet of {stylesheet} kB (compressed), {pictures} of" in said


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


@pytest.mark.parametrize("path", sorted((DOCS / "guide").glob("*.md")), ids=lambda path: path.stem)
def test_a_page_of_the_guide_begins_with_its_answer(path: Path) -> None:
    text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    before, *rest = re.split(r"^(?: *``` |\| |\* |1\. )", text, maxsplit=1, flags=re.MULTILINE)

    assert rest, "there is no code, table or list"
    assert len(before.split()) <= 40


@pytest.mark.parametrize("name", ["README.md", *sorted(PAGES)])
def test_tags_in_the_documentation_are_valid(name: str) -> None:
    text = README if name == "README.md" else PAGES[name].read_text(encoding="utf-8")
    code = "\n".join(blocks(text, "html"))
    for tag in re.findall(
        r"<!--\s*instagram\s+(?:[\w-]+(?=[\s])(?!\s*:))?(.*?)-->", code, re.DOTALL
    ):
        assert check_options(yaml.safe_load(tag) or {})[1] == []


def test_each_feed_of_the_gallery_is_the_tag_above_it() -> None:
    text = PAGES["gallery.md"].read_text(encoding="utf-8")
    tags = re.findall(r"^<!-- instagram\n.*?^-->\n", text, re.MULTILINE | re.DOTALL)
    shown = blocks(text, "html")
    assert len(shown) == 10
    assert tags == [tag for tag in shown for _ in range(2)]
    used = [yaml.safe_load(tag[len("<!-- instagram") : -len("-->\n")]) for tag in shown]
    assert {options.get("layout", "grid") for options in used} == set(LAYOUTS)


def test_the_screenshot_of_the_readme_is_there_and_small() -> None:
    found = re.search(r"^!\[.+?\]\((.+?)\)", README, re.MULTILINE)
    assert found
    assert 10_000 < (ROOT / found[1]).stat().st_size < 200_000


def anchors_of(text: str) -> list[str]:
    """Return the anchors of the headings of a page."""
    headings = re.findall(r"^#+ (.+?)(?: \{ #([\w-]+) \})?$", text, re.MULTILINE)
    return [anchor or slugify(title, "-") for title, anchor in headings]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)]+)\)", README))))
def test_links_of_the_readme_lead_somewhere(target: str) -> None:
    if target.startswith("#"):
        titles = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
        assert target[1:] in [title.lower().replace(" ", "-") for title in titles]
    elif target.startswith("../../"):  # on GitHub, from README.md to a page of the repository
        assert re.fullmatch(r"../../actions/workflows/ci\.yml(/badge\.svg)?", target)
    elif not target.startswith("https://"):
        path, _, anchor = target.partition("#")
        base = PACKAGE.parent if path.startswith("mkdocs_instagram/") else ROOT
        assert (base / path).exists()
        assert not anchor or anchor in anchors_of((base / path).read_text(encoding="utf-8"))


def test_scanners_are_told_that_the_advisory_of_diskcache_does_not_affect_us() -> None:
    path = ".vex/mkdocs-instagram.openvex.json"
    statement = json.loads((ROOT / path).read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert statement["@context"] == "https://openvex.dev/ns/v0.2.0"
    assert {"@id", "author", "timestamp", "version"} < statement.keys()
    assert datetime.fromisoformat(statement["timestamp"]).tzinfo
    (said,) = statement["statements"]
    (product,) = said["products"]
    (part,) = product["subcomponents"]
    assert product["@id"] == product["identifiers"]["purl"] == f"pkg:pypi/{project['name']}"
    assert part["@id"] == part["identifiers"]["purl"] == "pkg:pypi/diskcache"
    assert any(requirement.startswith("diskcache>=") for requirement in project["dependencies"])
    assert said["vulnerability"]["name"] in security
    assert said["status"] == "not_affected"
    # One of the five that OpenVEX knows.
    assert said["justification"] == "vulnerable_code_not_in_execute_path"
    assert "own Disk" in said["impact_statement"]
    assert security.count(f"--vex {path}") == 2
