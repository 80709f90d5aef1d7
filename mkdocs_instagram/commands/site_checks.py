"""What `doctor` checks in mkdocs.yml and in pages."""

import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs_instagram.config.site_file import ALONE, ZENSICAL
from mkdocs_instagram.errors import SnapshotUnusable
from mkdocs_instagram.feed.snapshot import describe_snapshot, read_snapshot

from .context import Context, Site

_TAG = re.compile(r"<!--\s*instagram\b|\binstagram_feed\s*\(", re.IGNORECASE)
_CODE = re.compile(r"^[ \t]*(`{3,}|~{3,}).*?^[ \t]*\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_PAGES = {".md", ".markdown", ".mdown", ".mkdn", ".mkd"}
_NO_SITE = "not checked: there is no mkdocs.yml, zensical.toml or instagram.yml here"
_INJECT = "run `mkdocs-instagram inject SITE` after each build"


class Failure(Exception):
    """A check failed. Caught by `doctor`."""

    def __init__(self, text: str, cure: str) -> None:
        super().__init__(text)
        self.text = text
        self.cure = cure


class Skipped(Exception):
    """A check does not apply, or an earlier one failed. Caught by `doctor`."""


def check_site(context: Context) -> str:
    """Return which site and account is checked."""
    site, account = context.site, context.account
    where = site.path or (
        "there is no mkdocs.yml, zensical.toml or instagram.yml here, so the defaults are used"
    )
    kind = " (the demo)" if account.demo else " (a snapshot)" if account.is_offline else ""
    return f"{where}; the account is {account.name}{kind}"


def check_plugin(context: Context) -> str:
    """Check that the site uses the plugin, and say where it does nothing alone."""
    site = context.site
    if site.path is None:
        raise Skipped(_NO_SITE)
    if site.path.name in ALONE:
        return f"not necessary: {_INJECT}"
    if site.path.suffix == ".toml":
        return f"Zensical runs no plugins: {_INJECT}"
    if not site.file.is_plugin_listed:
        text = f"`plugins` in {site.path} does not name the plugin, so builds show no feed."
        near = next((name for name in site.file.plugins if "instagram" in name.lower()), "")
        if near:
            raise Failure(text, f"Write `instagram` in place of `{near}`.")
        raise Failure(
            text,
            "Write a line `- instagram` under `plugins:`. If there is no `plugins:` yet, write "
            "`plugins: [search, instagram]`.",
        )
    if site.file.entry.get("enabled") is False:
        raise Skipped("`enabled` is false here, so builds show no feed")
    if (site.folder / ZENSICAL).is_file():
        return f"in `plugins`; but {ZENSICAL} is here too, and Zensical runs no plugins: {_INJECT}"
    return "in `plugins`"


def check_options(context: Context) -> str:
    """Check that the plugin knows all options in mkdocs.yml; a wrong value ends a command."""
    if context.site.path is None:
        raise Skipped(_NO_SITE)
    if ignored := context.site.options.ignored:
        raise Failure(" ".join(ignored), "")
    return "the plugin knows them all"


def check_tags(context: Context) -> str:
    """Check that a page or a template of the site has a tag."""
    if context.site.path is None:
        raise Skipped(_NO_SITE)
    if context.site.path.name in ALONE:
        raise Skipped("not checked: only the generator knows its sources")
    for path in _list_sources(context.site):
        if _has_tag(path):
            return f"the first is in {path}"
    raise Skipped("no page and no template has a tag: write <!-- instagram --> into a page")


def check_snapshot(context: Context) -> str:
    """Check that the account's snapshot can be shown."""
    account = context.account
    if not account.snapshot:
        raise Skipped("not checked: the account has none")
    try:
        found = read_snapshot(Path(account.snapshot), account.username)
    except SnapshotUnusable as error:
        raise Failure(error.what, error.cure) from None
    return describe_snapshot(found, context.now)


def _list_sources(site: Site) -> Iterator[Path]:
    for name, suffixes in (("docs_dir", _PAGES), ("custom_dir", {".html"})):
        if folder := site.file.folders.get(name):
            found = (site.folder / folder).rglob("*")
            yield from sorted(path for path in found if path.suffix in suffixes)


def _has_tag(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return False
    return bool(_TAG.search(text) and _TAG.search(_CODE.sub("", text)))
