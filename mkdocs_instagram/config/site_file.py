"""The `instagram` entry of mkdocs.yml or properdocs.yml."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from yaml_env_tag import construct_env_tag

from mkdocs_instagram.errors import SiteFileError
from mkdocs_instagram.text import clean, quote

NAMES = ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", "properdocs.yaml")
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
        folders: `docs_dir`, `site_dir` and the theme's `custom_dir`, by these names.
    """

    entry: Mapping[Any, Any]
    folders: Mapping[str, str | None]
    plugins: tuple[str, ...] = ()

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
    whole = _load(path, 0)
    plugins = whole.get("plugins")
    entries = plugins if isinstance(plugins, list) else [plugins]
    named = [entry for entry in entries if isinstance(entry, dict) and _PLUGIN in entry]
    for entry in named:
        _check_depth(entry, path, is_list=isinstance(plugins, list))
    options = [entry[_PLUGIN] for entry in named]
    theme = whole.get("theme")
    folders = {
        "docs_dir": whole.get("docs_dir", "docs"),
        "site_dir": whole.get("site_dir", "site"),
        "custom_dir": theme.get("custom_dir") if isinstance(theme, dict) else None,
    }
    return SiteFile(
        next((entry for entry in options if isinstance(entry, dict)), {}),
        {name: clean(value) for name, value in folders.items() if isinstance(value, str)},
        tuple(clean(str(name)) for entry in entries for name in _list_names(entry)),
    )


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
