"""The `instagram` entry of mkdocs.yml or properdocs.yml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml_env_tag import construct_env_tag

from mkdocs_instagram.errors import SiteFileError
from mkdocs_instagram.text import quote

NAMES = ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", "properdocs.yaml")
_PLUGIN = "instagram"
_DEEPEST = 20


def find_site_file(folder: Path) -> Path | None:
    """Return the configuration file in a folder; `None` when there is none."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def read_entry(path: Path) -> Mapping[Any, Any]:
    """Return the plugin's options in a configuration file, unchecked; empty when there are none.

    `INHERIT` and `!ENV` work as in MkDocs. Other YAML tags are ignored: no Python object is made.

    Raises:
        SiteFileError: The file cannot be read. Caught by `cli`.
    """
    plugins = _load(path, 0).get("plugins")
    entries = plugins if isinstance(plugins, list) else [plugins]
    for entry in entries:
        if isinstance(entry, dict) and isinstance(options := entry.get(_PLUGIN), dict):
            return options
    return {}


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
