"""Where the cache folder may be."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from mkdocs_instagram.errors import OptionError


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
    for name, value in folders.items():
        folder = config_file.parent / (value or "")
        # A link counts both where it is and where it leads to: MkDocs follows it.
        ways = [(ours, theirs) for ours in _spell(cache) for theirs in _spell(folder)]
        relations = [_relate(ours, theirs, name, is_published) for ours, theirs in ways if value]
        if relation := next(filter(None, relations), ""):
            raise OptionError(
                f"{config_file}: plugin 'instagram', cache_dir: {cache} {relation} {name}, "
                f"{_spell(folder)[0]}. What is saved there is not for the site: hidden posts are "
                "saved too. Nothing was done. Set cache_dir to a folder outside docs_dir, site_dir "
                "and custom_dir, such as .cache/plugin/instagram."
            )


def _spell(path: Path) -> tuple[Path, Path]:
    """Return an absolute path as it is written, and without links."""
    return Path(os.path.abspath(path)), Path(os.path.realpath(path))  # noqa: PTH100 - no links


def _relate(cache: Path, folder: Path, name: str, is_published: Callable[[str], bool]) -> str:
    """Return how the cache lies to a folder of the site; "" if that is well.

    MkDocs publishes no file from a folder whose name begins with a dot. With `docs_dir: .`, the
    default is in such a folder. But the site is published with all that is in it.
    """
    if cache == folder:
        return "is"
    if cache in folder.parents:
        return "contains"
    if folder not in cache.parents:
        return ""
    inner = cache.relative_to(folder) / "cache.db"
    is_hidden = name != "site_dir" and any(part.startswith(".") for part in inner.parts)
    if not is_hidden or (name == "docs_dir" and is_published(inner.as_posix())):
        return "is inside"
    return ""
