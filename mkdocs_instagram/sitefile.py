"""The `instagram` entry of mkdocs.yml or properdocs.yml, read without either program.

Its outside thing is that file, through yaml. `INHERIT` and `!ENV` work as in MkDocs; other tags
make nothing: neither a Python object nor a call. Only what the commands need is checked; the build
checks the rest.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from yaml_env_tag import construct_env_tag

from . import checks
from .errors import OptionError, SiteFileError
from .models import DEFAULT_ACCOUNT, Account, MediaOverride
from .options import FORBIDDEN, FORBIDDEN_TEXT, check_shortcode
from .tag import Presets
from .text import quote

T = TypeVar("T")

NAMES = ("mkdocs.yml", "mkdocs.yaml", "properdocs.yml", "properdocs.yaml")
_PLUGIN = "instagram"
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class SiteFile:
    """What the commands know of a site; the defaults where it has no entry of ours.

    Attributes:
        path: `None` without a file.
        names_accounts: The file says which accounts there are.
        accounts: By name, the default one first.
        max_age: Seconds.
        cache_dir: Absolute.
        widths, format, quality: The option `images`.
        host_videos: The option `videos` is `file`.
    """

    path: Path | None
    names_accounts: bool
    accounts: Mapping[str, Account]
    presets: Presets
    overrides: Mapping[str, MediaOverride] = field(repr=False)
    max_age: float
    cache_dir: Path
    widths: tuple[int, ...]
    format: str
    quality: int
    host_videos: bool


def find_site_file(folder: Path) -> Path | None:
    """Return the site's file in a folder; `None` without one."""
    return next((folder / name for name in NAMES if (folder / name).is_file()), None)


def read_site_file(path: Path | None, folder: Path) -> SiteFile:
    """Read a site's entry.

    Args:
        path: The file; `None` for the defaults.
        folder: Where the cache lies without a file.

    Raises:
        SiteFileError: The file cannot be read, or the entry is wrong.
    """
    given = _find_entry(_load(path, 0)) if path else {}
    reader = _Reader(path, given)
    images = {**checks.DEFAULTS["images"], **reader.read("images", _check_images, {})}
    accounts = reader.read("accounts", _map_of(checks.check_account), {})
    overrides = reader.read("media", _map_of(checks.check_media), {})
    cache_dir = reader.read("cache_dir", _check_text, checks.DEFAULTS["cache_dir"])
    return SiteFile(
        path=path,
        names_accounts=bool(accounts),
        accounts=accounts or {DEFAULT_ACCOUNT: Account(DEFAULT_ACCOUNT)},
        presets=Presets(
            reader.read("defaults", lambda value: checks.check_feed("", value, []), {}),
            reader.read("feeds", _map_of(checks.check_feed), {}),
        ),
        overrides={check_shortcode(name): override for name, override in overrides.items()},
        max_age=reader.read("max_age", checks.check_duration, checks.DEFAULTS["max_age"]),
        cache_dir=((path.parent if path else folder) / cache_dir).absolute(),
        widths=reader.check("images", _check_widths, images["widths"]),
        format=reader.check("images", _check_format, images["format"]),
        quality=reader.check("images", _check_quality, images["quality"]),
        host_videos=reader.read("videos", _check_videos, checks.VIDEOS[0]) == "file",
    )


class _Reader:
    """Reads options of the entry, and says where a wrong one stands."""

    def __init__(self, path: Path | None, given: Mapping[Any, Any]) -> None:
        self._path = path
        self._given = given
        for name in FORBIDDEN & given.keys():
            raise SiteFileError(f"{path}: {FORBIDDEN_TEXT.format(name=name)}")

    def read(self, name: str, check: Callable[[Any], T], default: Any) -> T:
        value = self._given.get(name)
        return self.check(name, check, default if value is None else value)

    def check(self, name: str, check: Callable[[Any], T], value: Any) -> T:
        try:
            return check(value)
        except OptionError as error:
            raise SiteFileError(f"{self._path}: plugin 'instagram', {name}: {error}") from None


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
        raise SiteFileError(f"{path} is no map of settings.")
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


def _map_of(check_entry: checks.CheckEntry) -> Callable[[Any], dict[str, Any]]:
    return lambda value: checks.check_map(value, check_entry, [])


def _check_images(value: object) -> dict[str, Any]:
    given = checks.check_mapping(value, "{widths: [320, 640]}")
    for name in FORBIDDEN & given.keys():
        raise OptionError(FORBIDDEN_TEXT.format(name=name))
    return {name: kept for name, kept in given.items() if kept is not None}


def _check_text(value: object) -> str:
    if not isinstance(value, str):
        raise OptionError(f"{quote(value)} is not a text.")
    return value


def _check_widths(value: object) -> tuple[int, ...]:
    is_list = isinstance(value, list) and all(isinstance(width, int) for width in value)
    widths: list[int] = value if isinstance(value, list) and is_list else []
    checks.check_widths(widths)
    return tuple(sorted(set(widths)))


def _check_format(value: object) -> str:
    return _one_of(checks.FORMATS, value, "format: ")


def _check_videos(value: object) -> str:
    return _one_of(checks.VIDEOS, value)


def _one_of(choices: Sequence[str], value: object, which: str = "") -> str:
    if value not in choices or not isinstance(value, str):
        raise OptionError(f"{which}{quote(value)} is none of {', '.join(choices)}.")
    return value


def _check_quality(value: object) -> int:
    quality = value if isinstance(value, int) and not isinstance(value, bool) else 0
    checks.check_quality(quality)
    return quality
