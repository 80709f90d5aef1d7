"""Where the cache and snapshots may be."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from mkdocs_instagram.errors import OptionError

from .models import Account


def check_cache_folder(
    cache: Path,
    folders: Mapping[str, str | None],
    config_file: Path,
    is_published: Callable[[str], bool] = lambda _: False,
) -> None:
    """Refuse a cache that MkDocs would publish, or that contains a folder of the site.

    Args:
        cache: An absolute path.
        folders: The site's `docs_dir`, `site_dir` and `custom_dir` by these names, relative to
            `config_file`.
        config_file: The site's mkdocs.yml.
        is_published: Tells whether `exclude_docs` includes a file again that is in a folder whose
            name begins with a dot; commands do not ask.

    Raises:
        OptionError: The text is the whole message. Caught by `plugin` and `commands.context`.
    """
    found = _find_relation(cache, "cache.db", folders, config_file, is_published)
    if found:
        raise OptionError(
            f"{config_file}: plugin 'instagram', cache_dir: {cache} {found}. What is saved there "
            "is not for the site: hidden posts are saved too. Nothing was done. Set cache_dir to a "
            "folder outside docs_dir, site_dir and custom_dir, such as .cache/plugin/instagram."
        )


def check_snapshot_folders(
    accounts: Iterable[Account],
    folders: Mapping[str, str | None],
    config_file: Path,
    is_published: Callable[[str], bool] = lambda _: False,
) -> None:
    """Refuse a snapshot that MkDocs would publish or remove; see `check_cache_folder`.

    Raises:
        OptionError: The text is the whole message. Caught by `plugin` and `commands.context`.
    """
    for account in accounts:
        folder = Path(account.snapshot)
        found = account.snapshot and _find_relation(
            folder, "media.json", folders, config_file, is_published
        )
        if found:
            raise OptionError(
                f"{config_file}: plugin 'instagram', accounts: {account.name}: the snapshot "
                f"{folder} {found}. There MkDocs publishes all its posts, also those that no feed "
                "shows, or removes it. Nothing was done. Move the snapshot outside docs_dir, "
                "site_dir and custom_dir, for example to instagram-feed beside mkdocs.yml."
            )


def find_site_folder(path: Path, folders: Mapping[str, str | None], config_file: Path) -> str:
    """Return which folder of the site a file or folder is in, or "" if that is well."""
    return _find_relation(path, "", folders, config_file, lambda _: True)


def _find_relation(
    folder: Path,
    file: str,
    folders: Mapping[str, str | None],
    config_file: Path,
    is_published: Callable[[str], bool],
) -> str:
    """Return how a folder with a file lies to one of the site; "" if that is well."""
    for name, value in folders.items():
        other = config_file.parent / (value or "")
        # A link counts both where it is and where it leads to: MkDocs follows it.
        ways = [(ours, theirs) for ours in _spell(folder) for theirs in _spell(other)]
        relations = [
            _relate(ours, theirs, name, file, is_published) for ours, theirs in ways if value
        ]
        if relation := next(filter(None, relations), ""):
            return f"{relation} {name}, {_spell(other)[0]}"
    return ""


def _spell(path: Path) -> tuple[Path, Path]:
    """Return an absolute path as it is written, and without links."""
    return Path(os.path.abspath(path)), Path(os.path.realpath(path))  # noqa: PTH100 - no links


def _relate(
    ours: Path, folder: Path, name: str, file: str, is_published: Callable[[str], bool]
) -> str:
    """Return how a folder with a file lies to a folder of the site; "" if that is well.

    MkDocs publishes no file from a folder whose name begins with a dot. With `docs_dir: .`, the
    default is in such a folder. But the site is published with all that is in it.
    """
    if ours == folder:
        return "is"
    if ours in folder.parents:
        return "contains"
    if folder not in ours.parents:
        return ""
    inner = ours.relative_to(folder) / file
    is_hidden = name != "site_dir" and any(part.startswith(".") for part in inner.parts)
    if not is_hidden or (name == "docs_dir" and is_published(inner.as_posix())):
        return "is inside"
    return ""
