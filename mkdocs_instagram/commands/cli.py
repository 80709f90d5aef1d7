"""The commands, their options and help."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import terminal
from .command_line import Group, check_path
from .common_options import list_saved, list_stored, with_context

if TYPE_CHECKING:
    from .context import Context

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


@main.command()
@click.option(
    "--oauth",
    is_flag=True,
    help="Get the token with the app ID and app secret, in place of pasting it.",
)
@with_context
def login(context: "Context", oauth: bool) -> None:
    """Store a token on this computer.

    Paste the token that you generated in the app's dashboard (Instagram, API setup with Instagram
    login, Generate access tokens). It is not shown. With --oauth, log in with a browser instead.
    """
    from .login import log_in

    log_in(context, by_oauth=oauth)


@main.command()
@partial(with_context, list_others=list_stored)
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
@with_context
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
@with_context
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
@click.option(
    "--feed",
    type=click.Path(file_okay=False, path_type=Path),
    callback=check_path,
    metavar="DIR",
    help="Also write each feed as a JSON Feed, with its pictures, to this folder.",
)
@with_context
def fetch(context: "Context", snapshot: Path | None, feed: Path | None) -> None:
    """Fetch feeds and pictures without a build.

    The feed of `defaults` and each preset in `feeds` of mkdocs.yml are fetched, unless they are
    younger than max_age. With --account or --snapshot, only the feeds of one account are fetched.
    """
    if snapshot:
        from .fetch_snapshot import fetch_snapshot

        fetch_snapshot(context, snapshot)
    if feed:
        from .fetch_json import fetch_json_feeds

        fetch_json_feeds(context, feed)
    if not (snapshot or feed):
        from .fetch import fetch_feeds

        fetch_feeds(context)


@main.command()
@click.argument("site", type=click.Path(path_type=Path), callback=check_path)
@click.option("--strict", is_flag=True, help="Exit status 1 if there is a warning.")
@click.option("--quiet", is_flag=True, help="Show warnings and errors only.")
@click.option("--watch", is_flag=True, help="Do it again whenever the generator writes the site.")
@with_context
def inject(context: "Context", site: Path, strict: bool, quiet: bool, watch: bool) -> None:
    """Put feeds into the pages of a site that another generator has built.

    SITE is the folder of the built site. Each `<!-- instagram -->` in its pages becomes a feed, as
    in MkDocs. The comment stays, so that the command can renew the feed later. The options are in
    mkdocs.yml, properdocs.yml, zensical.toml or instagram.yml.
    """
    from .inject import inject_feeds

    inject_feeds(context, site, is_strict=strict, is_quiet=quiet, is_watching=watch)


@main.command()
@click.option("--demo", is_flag=True, help="Show the demo account.")
@with_context
def edit(context: "Context", demo: bool) -> None:
    """Try feeds in the browser, and copy their tags.

    The page shows the saved posts of the account, and has a control for every option. It is served
    on this computer only, until Ctrl+C. No request is sent to Instagram.
    """
    from .edit import edit_feed

    edit_feed(context, is_demo=demo)


@main.command("list")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="Show the newest N posts; all by default."
)
@click.option("--json", "as_json", is_flag=True, help=_JSON.replace("object", "array"))
@with_context
def list_(context: "Context", limit: int | None, as_json: bool) -> None:
    """List the saved posts: shortcode, day, type, caption, and what `media` says.

    The newest is first. No request is sent to Instagram. `media` in mkdocs.yml names posts by these
    shortcodes.
    """
    from .list_posts import list_posts

    list_posts(context, limit=limit, as_json=as_json)


@main.command("import")
@click.argument(
    "exports",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="EXPORT...",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    callback=check_path,
    metavar="DIR",
    help="The folder to write, for `snapshot: DIR` in mkdocs.yml.",
)
@click.option("--videos", is_flag=True, help="Import videos and reels too.")
@click.option("--private-account", is_flag=True, help="Import the posts of a private account too.")
@with_context
def import_(
    context: "Context",
    exports: tuple[Path, ...],
    folder: Path,
    videos: bool,
    private_account: bool,
) -> None:
    """Write the posts of an Instagram data export to a folder.

    EXPORT is the zip from Instagram, in the format JSON, or several zips of one export, or the
    unpacked folder. Only posts and their pictures are read. No request is sent.
    """
    from .import_export import import_export

    import_export(context, exports, folder, has_videos=videos, is_allowed=private_account)


@main.command()
@partial(with_context, list_others=list_saved)
def purge(context: "Context") -> None:
    """Remove everything that is saved for the account.

    This is its feed and profile, with the pictures and videos. The token stays. It may be an
    account that mkdocs.yml no longer names.
    """
    from .purge import purge_account

    purge_account(context)


@main.command()
@click.option("--json", "as_json", is_flag=True, help=_JSON)
@with_context
def doctor(context: "Context", as_json: bool) -> None:
    """Check everything that a feed needs.

    If a check fails, its line says what to do.
    """
    from .doctor import show_checks

    show_checks(context, as_json=as_json)
