"""Options of the plugin in mkdocs.yml."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from mkdocs.config import config_options as c
from mkdocs.config.base import ValidationError as InvalidValue

from mkdocs_instagram.errors import OptionError, SiteFileError
from mkdocs_instagram.text import hide_tokens, quote

from . import checks, labels, mappings
from .feed_options import BY_NAME
from .models import DEFAULT_ACCOUNT, Account
from .option_types import Choice, Map, Options, Type
from .presets import FEED, FEEDS, Presets, check_defaults, check_feeds


class ImagesConfig(Options):
    """The option `images`."""

    widths = Type[list[int]](checks.widths, [320, 640, 1080])
    """Widths that image files may have, in pixels; a build makes those that a page can show.

    No picture is enlarged. Since 0.1.

    ```yaml
    images: {widths: [320, 640]}
    ```
    """
    format = Choice("webp", "avif", "jpeg")
    """Format of the image files; `avif` comes with a JPEG for older browsers. Since 0.1."""
    quality = Type[int | None](checks.quality, None)
    """Quality of the image files, from 1 to 100.

    By default 80 for WebP, 60 for AVIF and 75 for JPEG. Since 0.1.
    """


class _Images(c.SubConfig[ImagesConfig]):
    """The option `images`, with a message of ours when it is not a mapping."""

    def run_validation(self, value: object) -> ImagesConfig:
        """Return the checked options."""
        try:
            return super().run_validation(checks.check_mapping(value, "{widths: [320, 640]}"))
        except OptionError as error:
            raise InvalidValue(str(error)) from None
        except InvalidValue:
            self.reset_warnings()  # MkDocs keeps them for the next value.
            raise


def _check_labels(value: object, warnings: list[str]) -> labels.Labels:
    checked, unknown = labels.check_labels(checks.check_mapping(value, labels.EXAMPLE))
    warnings.extend(unknown)
    return checked


class InstagramConfig(Options):
    """Options of the plugin `instagram`."""

    _nested: ClassVar = {"defaults": BY_NAME, "images": ImagesConfig.list_checks()}

    accounts = Map(mappings.check_accounts, mappings.ACCOUNTS)
    """Instagram accounts by name; a feed shows the first one by default. Since 0.1.

    ```yaml
    accounts:
      main: {token_env: INSTAGRAM_ACCESS_TOKEN, username: harbour.bakery}
      shop: {snapshot: shop-feed}
      try: {demo: true}
    ```
    """
    defaults = Map(check_defaults, FEED)
    """Feed options for every feed. Since 0.1.

    ```yaml
    defaults: {limit: 9, caption: below}
    ```
    """
    feeds = Map(check_feeds, FEEDS)
    """Feed options by a name that a tag can use. Since 0.1.

    ```yaml
    feeds:
      team: {limit: 6, include: ["#team"]}
    ```
    """
    media = Map(mappings.check_media, mappings.MEDIA)
    """Changes to single posts, by shortcode: `alt`, `link`, `pin`, `hide`. Since 0.1.

    ```yaml
    media:
      C0001abcDEF: {alt: "Our stand at the fair", pin: true}
    ```
    """
    max_age = Type[float](checks.duration, "1h")
    """How long a saved feed is used without asking Instagram; 0 asks at every build. Since 0.1.

    ```yaml
    max_age: 30m
    ```
    """
    max_stale = Type[float](checks.duration, "7d")
    """Age at which a saved feed that cannot be updated is a WARNING. Since 0.1.

    ```yaml
    max_stale: 2d
    ```
    """
    on_error = Choice("warn", "ignore", "fail")
    """What a feed with nothing to show causes: a WARNING, an INFO, or a failed build. Since 0.1.

    ```yaml
    on_error: fail
    ```
    """
    cache_dir = Type[str](checks.folder, ".cache/plugin/instagram")
    """Folder of saved feeds and images, relative to mkdocs.yml, outside the site. Since 0.1.

    ```yaml
    cache_dir: .cache/instagram
    ```
    """
    assets_dir = Type[str](checks.folder_in_site, "assets/mk-ig")
    """Folder of the images and the stylesheet in the site. Since 0.1.

    ```yaml
    assets_dir: assets/feed
    ```
    """
    images = _Images()
    """Widths, format and quality of the image files. Since 0.1.

    ```yaml
    images: {widths: [320, 640, 1080], format: avif}
    ```
    """
    videos = Choice("poster", "file")
    """Whether the viewer plays videos from files in the site, if Instagram offers them, or shows a
    picture and a link. Since 0.1.

    ```yaml
    videos: file
    ```
    """
    labels = Map(_check_labels, labels.SCHEMA)
    """Texts of the plugin by name, for all languages or for one. Since 0.1.

    ```yaml
    labels:
      more: Show more
      de: {more: Mehr zeigen}
    ```
    """
    search = Type[bool](checks.switch, default=False)
    """Whether the search of the site finds captions. Since 0.1.

    ```yaml
    search: true
    ```
    """

    ignored: Sequence[str] = ()

    def validate(self) -> Any:
        """Check that `defaults` and each preset make a feed; hide tokens in all messages."""
        failed, warnings = super().validate()
        if not failed:
            for name in (None, *self.feeds):
                try:
                    self._check_preset(name)
                except OptionError as error:
                    where = f"feeds: {name}" if name else "defaults"
                    failed.append((where, InvalidValue(str(error))))
        return (
            [(hide_tokens(name), InvalidValue(hide_tokens(str(error)))) for name, error in failed],
            [(hide_tokens(name), hide_tokens(text)) for name, text in warnings],
        )

    def _check_preset(self, preset: str | None) -> None:
        known = {account.name for account in self.list_accounts()}
        for name in self.list_presets().merge(preset).account:
            if name not in known:
                names = ", ".join(sorted(known))
                raise OptionError(f"no account is called {quote(name)}. Known accounts: {names}.")

    def list_accounts(self) -> list[Account]:
        """Return the accounts, the default one first; without `accounts`, one called `main`."""
        return list(self.accounts.values()) or [Account(DEFAULT_ACCOUNT)]

    def list_presets(self) -> Presets:
        """Return the options `defaults` and `feeds`."""
        return Presets(self.defaults, self.feeds)

    def locate_cache(self, folder: Path) -> Path:
        """Return the absolute `cache_dir` of a site with mkdocs.yml in `folder`."""
        return (folder / self.cache_dir).absolute()


def load_options(entry: Mapping[Any, Any], path: Path | None) -> InstagramConfig:
    """Return the options for a command, checked as in a build, with the warnings in `ignored`.

    Raises:
        SiteFileError: The file at `path` has a wrong value. Caught by `cli`.
    """
    config = InstagramConfig(str(path) if path else None)
    # As MkDocs does, which reads `enabled` itself.
    config.load_dict({name: value for name, value in entry.items() if name != "enabled"})
    failed, warnings = config.validate()
    if failed:
        # Messages name the file of most sites.
        texts = [
            (name, str(error).replace("mkdocs.yml", path.name if path else ""))
            for name, error in failed
        ]
        raise SiteFileError(
            " ".join(f"{path}: plugin 'instagram', {name}: {text}" for name, text in texts)
        )
    config.ignored = [f"{name}: {text}" for name, text in warnings]
    return config
