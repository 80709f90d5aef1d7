"""The `instagram` entry of mkdocs.yml or properdocs.yml, read without either program.

Its outside thing is that file, through yaml. `INHERIT` and `!ENV` work as in MkDocs; other tags
make nothing: neither a Python object nor a call. `config` checks what the entry says.
"""

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
    """Return the site's file in a folder; `None` without one."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def read_entry(path: Path) -> Mapping[Any, Any]:
    """Return what a site's file says of the plugin, unchecked; empty where it says nothing.

    Raises:
        SiteFileError: The file cannot be read.
    """
    return _find_entry(_load(path, 0))


class _Loader(yaml.SafeLoader):
    """Reads `!ENV`, and makes nothing of any other tag."""


def _ignore(*_: object) -> None:
    return None


_Loader.add_constructor("!ENV", construct_env_tag)
_Loader.add_multi_constructor("!", _ignore)
_Loader.add_multi_constructor("tag:yaml.org,2002:python/", _ignore)


def _load(path: Path, depth: int) -> Mapping[Any, Any]:
    """Return a file's mapping, merged into those that it inherits from."""
    try:
        whole = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise SiteFileError(f"{path} cannot be read: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as error:
        # Of words that are none of their type, PyYAML raises all kinds of errors.
        raise SiteFileError(f"{path} is not YAML: {_where(error)}.") from None
    if whole is None:
        return {}
    if not isinstance(whole, dict):
        raise SiteFileError(f"{path} is not a mapping of settings.")
    if not isinstance(parent := whole.get("INHERIT"), str):
        return whole
    if depth >= _DEEPEST:
        raise SiteFileError(f"{path} inherits from itself.")
    return _merge(_load(path.parent / parent, depth + 1), whole)


def _where(error: Exception) -> str:
    """Return what is wrong and in which line, not what stands there: it may be a secret."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"{quote(problem)} (line {mark.line + 1})" if mark else quote(problem)


def _merge(parent: Mapping[Any, Any], child: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return the child's settings on top of the parent's, maps within maps merged as well."""
    merged = dict(parent)
    for key, value in child.items():
        old = merged.get(key)
        merged[key] = (
            _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def _find_entry(whole: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return our options among `plugins`, a list or a map; empty when they say nothing."""
    plugins = whole.get("plugins")
    entries = plugins if isinstance(plugins, list) else [plugins]
    for entry in entries:
        if isinstance(entry, dict) and isinstance(options := entry.get(_PLUGIN), dict):
            return options
    return {}
