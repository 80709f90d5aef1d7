"""The plugin's options in a site's configuration file."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from yaml_env_tag import construct_env_tag

from mkdocs_instagram.errors import SiteFileError
from mkdocs_instagram.text import clean, quote

ZENSICAL, ALONE = "zensical.toml", ("instagram.yml", "instagram.yaml")
NAMES = ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", "properdocs.yaml", ZENSICAL, *ALONE)
"""The first one of a folder counts. In `ALONE` of other generators, all is the plugin's."""

# `zensical build --clean` empties .cache.
_CACHE_BESIDE_ZENSICAL = ".instagram-cache"
_PLUGIN = "instagram"
_DEEPEST = 20


def find_site_file(folder: Path) -> Path | None:
    """Return the configuration file in a folder; `None` when there is none."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


class SiteFile(NamedTuple):
    """What a configuration file says, unchecked.

    Attributes:
        entry: The plugin's options; empty when there are none.
        plugins: The names in `plugins`.
        folders: `docs_dir`, `site_dir` and the theme's `custom_dir`, by these names; empty where
            that is not known.
        site_url: The site's address; "" if it is not known.
    """

    entry: Mapping[Any, Any]
    folders: Mapping[str, str | None]
    plugins: tuple[str, ...] = ()
    site_url: str = ""

    @property
    def is_plugin_listed(self) -> bool:
        """Whether `plugins` names this plugin."""
        return _PLUGIN in self.plugins


def read_site_file(path: Path) -> SiteFile:
    """Return what a configuration file says of the plugin and of the site's folders.

    `INHERIT` and `!ENV` work as in MkDocs. Other YAML tags are ignored: no Python object is made.

    Raises:
        SiteFileError: The file cannot be read. Caught by `cli`.
    """
    if path.name in ALONE:
        return SiteFile(_load(path, 0), {})
    if path.suffix == ".toml":
        return _read_zensical(path)
    whole = _load(path, 0)
    plugins = whole.get("plugins")
    entries = plugins if isinstance(plugins, list) else [plugins]
    named = [entry for entry in entries if isinstance(entry, dict) and _PLUGIN in entry]
    for entry in named:
        _check_depth(entry, path, is_list=isinstance(plugins, list))
    options = [entry[_PLUGIN] for entry in named]
    return SiteFile(
        next((entry for entry in options if isinstance(entry, dict)), {}),
        _read_folders(whole),
        tuple(clean(str(name)) for entry in entries for name in _list_names(entry)),
        _read_url(whole),
    )


def _read_zensical(path: Path) -> SiteFile:
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8")).get("project")
    except OSError as error:
        raise SiteFileError(f"{path} cannot be read: {error.strerror}.") from None
    except (
        ValueError,
        RecursionError,
    ) as error:  # it may not even be UTF-8
        problem = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it cannot be read"
        raise SiteFileError(f"{path} is not TOML: {quote(problem)}.") from None
    whole = project if isinstance(project, dict) else {}
    plugins = whole.get("plugins")
    tables = plugins if isinstance(plugins, dict) else {}
    entry = tables.get(_PLUGIN)
    return SiteFile(
        {"cache_dir": _CACHE_BESIDE_ZENSICAL, **(entry if isinstance(entry, dict) else {})},
        _read_folders(whole),
        tuple(map(clean, tables)),
        _read_url(whole),
    )


def _read_folders(whole: Mapping[Any, Any]) -> dict[str, str]:
    theme = whole.get("theme")
    folders = {
        "docs_dir": whole.get("docs_dir", "docs"),
        "site_dir": whole.get("site_dir", "site"),
        "custom_dir": theme.get("custom_dir") if isinstance(theme, dict) else None,
    }
    return {name: clean(value) for name, value in folders.items() if isinstance(value, str)}


def _read_url(whole: Mapping[Any, Any]) -> str:
    url = whole.get("site_url")
    return clean(url) if isinstance(url, str) else ""


def _list_names(entry: object) -> Iterable[object]:
    return entry if isinstance(entry, dict) else [entry]


def _check_depth(entry: Mapping[Any, Any], path: Path, *, is_list: bool) -> None:
    """Refuse options beside the plugin's name, of which MkDocs says "Invalid Plugins config"."""
    if is_list and len(entry) > 1:
        names = ", ".join(quote(name) for name in entry if name != _PLUGIN)
        raise SiteFileError(
            f"{path}: in `plugins`, {names} must be under `instagram:`, not beside it. Indent each "
            "option of the plugin by 2 more spaces: by 6 under `  - instagram:`."
        )


class _Loader(yaml.SafeLoader):
    """Reads `!ENV`, and every other tag as `null`."""


def _ignore(*_: object) -> None:
    return None


_Loader.add_constructor("!ENV", construct_env_tag)
_Loader.add_multi_constructor("!", _ignore)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _ignore)


def _load(path: Path, depth: int) -> Mapping[Any, Any]:
    """Return the mapping in a file, merged into those that it inherits."""
    try:
        whole = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise SiteFileError(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # PyYAML raises many types for a value that does not have the type of its tag.
        raise SiteFileError(f"{path} is not YAML: {_describe(error)}.") from None
    if whole is None:
        return {}
    if not isinstance(whole, dict):
        raise SiteFileError(f"{path} is not a mapping of settings.")
    if not isinstance(parent := whole.get("INHERIT"), str):
        return whole
    if depth >= _DEEPEST:
        raise SiteFileError(f"{path} inherits from itself.")
    return _merge(_load(path.parent / parent, depth + 1), whole)


def _describe(error: Exception) -> str:
    """Return the problem and its line, without the text there, which may be a secret."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"{quote(problem)} (line {mark.line + 1})" if mark else quote(problem)


def _merge(parent: Mapping[Any, Any], child: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return the parent's settings with the child's on top, at every depth."""
    merged = dict(parent)
    for key, value in child.items():
        old = merged.get(key)
        merged[key] = (
            _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged
