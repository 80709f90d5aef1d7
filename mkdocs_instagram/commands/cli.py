"""The commands, their options and help."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import terminal
from .command_line import Group, check_path
from .terminal import Failed

if TYPE_CHECKING:
    from mkdocs_instagram.config.models import Account

    from .context import Context, Runtime, Site

_SETTINGS = {"help_option_names": ["-h", "--help"]}
_JSON = "For scripts: print one JSON object on standard output."


@click.group(cls=Group, context_settings=_SETTINGS)
@click.version_option(package_name="mkdocs-instagram")
@click.pass_context
def main(click_context: click.Context) -> None:
    """Manage the tokens and the saved feeds of the MkDocs plugin "instagram".

    Each command works with one account: the first one in mkdocs.yml, or the one that you name with
    --account. Exit status: 0 done, 1 failed, 2 wrong use.
    """
    terminal.apply_no_color(click_context)


def _with_context(
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
        help="The account's name in mkdocs.yml. The default is the first account.",
    )
    @click.option(
        "-f",
        "--config-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The site's mkdocs.yml or properdocs.yml, if it is not in this folder.",
    )
    @click.pass_context
    def with_context(
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
            raise Failed(context.describe_error(error)) from None
        except errors.CacheUnusable as error:
            raise Failed(
                f"The cache {context.site.cache_dir} cannot be used: {error}. {MAKE_WRITABLE}"
            ) from None
        except errors.StoreUnusable as error:
            raise Failed(f"{error} {error.cure}") from None
        finally:
            context.close()

    return update_wrapper(with_context, command)


def _find_runtime() -> "Runtime":
    from mkdocs_instagram.feed.resources import make_client, make_store

    from .context import Runtime

    return Runtime(Path.cwd(), datetime.now(UTC), make_client, make_store)


def _list_saved(site: "Site", _runtime: "Runtime") -> list[str]:
    from mkdocs_instagram.feed.resources import Resources

    from .context import list_saved_accounts

    with closing(Resources(site.cache_dir)) as resources:
        return list_saved_accounts(resources)


def _list_stored(_site: "Site", runtime: "Runtime") -> list[str]:
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


@main.command()
@click.option(
    "--oauth",
    is_flag=True,
    help="Get the token with the app ID and app secret, in place of pasting it.",
)
@_with_context
def login(context: "Context", oauth: bool) -> None:
    """Store a token on this computer.

    Paste the token that you generated in the app's dashboard (Instagram, API setup with Instagram
    login, Generate access tokens). It is not shown. With --oauth, log in with a browser instead.
    """
    from .login import log_in

    log_in(context, by_oauth=oauth)


@main.command()
@partial(_with_context, list_others=_list_stored)
def logout(context: "Context") -> None:
    """Remove the stored token.

    Saved feeds stay. Instagram accepts the token until it expires.
    """
    account = context.account
    if context.store.remove(account.name):
        terminal.say(
            f"Removed the stored token of {account.name}. Instagram accepts it until it expires. "
            "To end it now, remove the app on instagram.com: Settings, Apps and websites."
        )
    else:
        terminal.say(f"No token is stored for {account.name}.")
    if context.is_variable_set:
        terminal.say(f"${account.token_env} is set, and builds use the token in it.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@click.option(
    "--min-days",
    type=click.IntRange(0, 60),
    metavar="N",
    help="Exit status 1 if the token ends in fewer than N days, or if its end is not known.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Ask Instagram whether it accepts the token; exit status 1 if not.",
)
@_with_context
def status(context: "Context", as_json: bool, min_days: int | None, check: bool) -> None:
    """Show the token's source, its days left, and what is saved.

    No request is sent to Instagram, except with --check. To get a mail from cron before the token
    ends, use --min-days.
    """
    from .status import show_status

    show_status(context, as_json=as_json, min_days=min_days, check=check)


@main.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=check_path,
    metavar="FILE",
    help="Write the refreshed token to this file (mode 0600), so that a workflow can store it.",
)
@_with_context
def refresh(context: "Context", output: Path | None) -> None:
    """Extend the token to 60 days from now.

    Instagram refreshes a token that is at least a day old and has not expired. If the refresh
    fails, the old token stays as it is.
    """
    from .refresh import refresh_token

    refresh_token(context, output)


@main.command()
@click.option(
    "--snapshot",
    type=click.Path(file_okay=False, path_type=Path),
    callback=check_path,
    metavar="DIR",
    help="Also write the account's posts and pictures to this folder, to keep them in git.",
)
@_with_context
def fetch(context: "Context", snapshot: Path | None) -> None:
    """Fetch feeds and pictures without a build.

    The feed of `defaults` and each preset in `feeds` of mkdocs.yml are fetched, unless they are
    younger than max_age. With --account or --snapshot, only the feeds of one account are fetched.
    """
    if snapshot:
        from .fetch_snapshot import fetch_snapshot

        fetch_snapshot(context, snapshot)
    else:
        from .fetch import fetch_feeds

        fetch_feeds(context)


@main.command("list")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="Show the newest N posts; all by default."
)
@click.option("--json", "as_json", is_flag=True, help=_JSON.replace("object", "array"))
@_with_context
def list_(context: "Context", limit: int | None, as_json: bool) -> None:
    """List the saved posts: shortcode, day, type, caption, and what `media` says.

    The newest is first. No request is sent to Instagram. `media` in mkdocs.yml names posts by these
    shortcodes.
    """
    from .list_posts import list_posts

    list_posts(context, limit=limit, as_json=as_json)


@main.command()
@partial(_with_context, list_others=_list_saved)
def purge(context: "Context") -> None:
    """Remove everything that is saved for the account.

    This is its feed and profile, with the pictures and videos. The token stays. It may be an
    account that mkdocs.yml no longer names.
    """
    from .purge import purge_account

    purge_account(context)


@main.command()
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@_with_context
def doctor(context: "Context", as_json: bool) -> None:
    """Check everything that a feed needs.

    If a check fails, its line says what to do.
    """
    from .doctor import show_checks

    show_checks(context, as_json=as_json)
