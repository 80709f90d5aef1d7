"""The options that all commands have, and the context that they give."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .terminal import Failed

if TYPE_CHECKING:
    from mkdocs_instagram.config.models import Account

    from .context import Context, Runtime, Site


def with_context(
    command: Callable[..., None],
    list_others: "Callable[[Site, Runtime], list[str]]" = lambda *_: [],
) -> Callable[..., None]:
    """Add the common options and the context to a command, and report its errors.

    Modules are imported when a command runs, so that `--help` is quick. `list_others` returns the
    accounts that the command takes although mkdocs.yml does not name them.
    """

    @click.option(
        "--account",
        "name",
        metavar="NAME",
        help="The account's name in the site's options. The default is the first account.",
    )
    @click.option(
        "-f",
        "--config-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The file with the site's options, such as mkdocs.yml, if it is not in this folder.",
    )
    @click.pass_context
    def run(
        click_context: click.Context, /, name: str | None, config_file: Path | None, **options: Any
    ) -> None:
        from mkdocs_instagram import errors

        from .context import MAKE_WRITABLE

        runtime = click_context.obj or _find_runtime()
        try:
            context = _open_context(runtime, name, config_file, list_others)
        except errors.SiteFileError as error:
            raise Failed(str(error)) from None
        except errors.StoreUnusable as error:
            raise Failed(f"{error} {error.cure}") from None
        try:
            command(context, **options)
        except errors.InstagramError as error:
            raise Failed(context.site.name_file(context.describe_error(error))) from None
        except errors.CacheUnusable as error:
            raise Failed(
                f"The cache {context.site.cache_dir} cannot be used: {error}. {MAKE_WRITABLE}"
            ) from None
        except errors.StoreUnusable as error:
            raise Failed(f"{error} {error.cure}") from None
        finally:
            context.close()

    return update_wrapper(run, command)


def _find_runtime() -> "Runtime":
    from mkdocs_instagram.feed.resources import make_client, make_store

    from .context import Runtime

    return Runtime(Path.cwd(), datetime.now(UTC), make_client, make_store)


def list_saved(site: "Site", _runtime: "Runtime") -> list[str]:
    """Return the accounts for which something is saved."""
    from mkdocs_instagram.feed.resources import Resources

    from .context import list_saved_accounts

    with closing(Resources(site.cache_dir)) as resources:
        return list_saved_accounts(resources)


def list_stored(_site: "Site", runtime: "Runtime") -> list[str]:
    """Return the accounts for which a token is stored."""
    return runtime.open_store().names()


def _open_context(
    runtime: "Runtime",
    name: str | None,
    config_file: Path | None,
    list_others: "Callable[[Site, Runtime], list[str]]",
) -> "Context":
    from .context import Context, open_site

    site = open_site(config_file, runtime.folder)
    account = _choose_account(site, name, lambda: list_others(site, runtime))
    return Context(site, account, runtime, is_chosen=name is not None)


def _choose_account(
    site: "Site", name: str | None, list_others: Callable[[], list[str]]
) -> "Account":
    from mkdocs_instagram.config.mappings import check_account_name
    from mkdocs_instagram.config.models import Account
    from mkdocs_instagram.errors import OptionError
    from mkdocs_instagram.text import quote

    if name is None:
        return next(iter(site.accounts.values()))
    if name in site.accounts:
        return site.accounts[name]
    if site.options.accounts and name not in (others := list_others()):
        known = ", ".join(site.accounts)
        unnamed = ", ".join(sorted(set(others) - set(site.accounts)))
        raise click.BadParameter(
            f"{site.path} has no account {quote(name)}. Its accounts: {known}."
            + (f" No longer named there: {unnamed}." if unnamed else ""),
            param_hint="--account",
        )
    try:
        check_account_name(name)
    except OptionError as error:
        raise click.BadParameter(str(error), param_hint="--account") from None
    return Account(name)
