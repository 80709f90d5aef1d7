"""The plugin's entry in mkdocs.yml, read alike by builds and commands.

Its outside thing is `mkdocs.config`. To add an option, add an attribute to `InstagramConfig`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from mkdocs.config import config_options as c
from mkdocs.config.base import BaseConfigOption, Config
from mkdocs.config.base import ValidationError as InvalidValue

from mkdocs_instagram.errors import OptionError, SiteFileError
from mkdocs_instagram.text import quote, suggest

from . import checks, labels, mappings
from .feed_options import FEED, FEEDS, Presets, check_defaults, check_feeds
from .models import DEFAULT_ACCOUNT, Account

T = TypeVar("T")


class Map(BaseConfigOption[T]):
    """A mapping, empty by default, in which unknown keys are warnings.

    Unlike `DictOfItems(SubConfig)` of MkDocs, which does not mention them.

    Attributes:
        schema: What may be there, in the words of JSON Schema.
    """

    def __init__(self, read: Callable[[object, list[str]], T], schema: checks.Schema) -> None:
        super().__init__()
        self.schema = schema
        self._read = read

    def run_validation(self, value: object) -> T:
        """Return what the mapping says."""
        warnings: list[str] = []
        try:
            checked = self._read(value, warnings)
        except OptionError as error:
            raise InvalidValue(str(error)) from None
        # Only now: MkDocs keeps the warnings of a refused value for the next one.
        self.warnings.extend(warnings)
        return checked


class Type(BaseConfigOption[T]):
    """A single value, read by a check; `null` is the default, and no message repeats a token.

    Attributes:
        schema: What may be there, in the words of JSON Schema.
    """

    def __init__(self, check: checks.Check, default: Any) -> None:
        super().__init__()
        self.schema = check.schema
        self.default = default
        self._check = check

    def run_validation(self, value: object) -> T:
        """Return the checked value."""
        try:
            checked: T = self._check(self.default if value is None else value)
        except OptionError as error:
            raise InvalidValue(str(error)) from None
        return checked


class Choice(Type[str]):
    """One of several words, by default the first."""

    def __init__(self, *choices: str) -> None:
        super().__init__(checks.one_of(*choices), choices[0])


class _Forbidden(BaseConfigOption[None]):
    """A token, which may not stand in mkdocs.yml; the message does not repeat it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def run_validation(self, value: object) -> None:
        """Refuse any value."""
        if value is not None:
            raise InvalidValue(checks.FORBIDDEN_TEXT.format(name=self._name))


class Options(Config):
    """Options among which a token is an error, and an unknown name a warning."""

    token = _Forbidden("token")
    """Refused: a token never stands in mkdocs.yml."""
    access_token = _Forbidden("access_token")
    """Refused: a token never stands in mkdocs.yml."""

    def validate(self) -> Any:
        """Name the nearest option in MkDocs' warnings of unknown ones, and hide tokens there."""
        failed, warnings = super().validate()
        known = {name for name, _ in self._schema}
        return failed, [
            (name, text) if name in known else (quote(name), _describe_unknown(name, known))
            for name, text in warnings
        ]


def _describe_unknown(name: object, known: set[str]) -> str:
    text = f"Unrecognised configuration name: {quote(name)}"
    nearest = suggest(name, sorted(known - checks.FORBIDDEN))
    return f"{text}.{nearest}" if nearest else text


class ImagesConfig(Options):
    """What is made of each picture."""

    widths = Type[list[int]](checks.widths, [320, 640, 1080])
    """Widths in pixels; a picture is never enlarged. Since 0.1.

    ```yaml
    images: {widths: [320, 640]}
    ```
    """
    format = Choice("webp", "jpeg")
    """The files' format. Since 0.1."""
    quality = Type[int](checks.whole(1, 100), 80)
    """From 1 to 100. Since 0.1."""


class _Images(c.SubConfig[ImagesConfig]):
    """The option `images`."""

    def run_validation(self, value: object) -> ImagesConfig:
        """Return the options of pictures."""
        try:
            return super().run_validation(checks.check_mapping(value, "{widths: [320, 640]}"))
        except OptionError as error:
            raise InvalidValue(str(error)) from None
        except InvalidValue:
            self.reset_warnings()  # MkDocs keeps them for the next value
            raise


def _check_labels(value: object, warnings: list[str]) -> labels.Labels:
    checked, unknown = labels.check_labels(checks.check_mapping(value, labels.EXAMPLE))
    warnings.extend(f"{text} It is left out." for text in unknown)
    return checked


class InstagramConfig(Options):
    """The entry `instagram` in the plugins of mkdocs.yml."""

    accounts = Map(mappings.check_accounts, mappings.ACCOUNTS)
    """Sources of media by name; the first is the default of every tag. Since 0.1.

    ```yaml
    accounts:
      main: {token_env: INSTAGRAM_ACCESS_TOKEN, username: harbour.bakery}
      try: {demo: true}
    ```
    """
    defaults = Map(check_defaults, FEED)
    """Feed options for every tag. Since 0.1.

    ```yaml
    defaults: {limit: 9, caption: below}
    ```
    """
    feeds = Map(check_feeds, FEEDS)
    """Feed options by a name that a tag can say. Since 0.1.

    ```yaml
    feeds:
      team: {limit: 6, include: ["#team"]}
    ```
    """
    media = Map(mappings.check_media, mappings.MEDIA)
    """What to do with one media, by shortcode: `alt`, `link`, `pin`, `hide`. Since 0.1.

    ```yaml
    media:
      C0001abcDEF: {alt: "Our stand at the fair", pin: true}
    ```
    """
    max_age = Type[float](checks.duration, "1h")
    """How long a fetched feed is fresh; 0 fetches at every build. Since 0.1.

    ```yaml
    max_age: 30m
    ```
    """
    max_stale = Type[float](checks.duration, "7d")
    """Age from which a saved feed in place of a new one is a WARNING. Since 0.1.

    ```yaml
    max_stale: 2d
    ```
    """
    on_error = Choice("warn", "ignore", "fail")
    """What a feed with nothing to show does: WARNING, INFO, or the end of the build. Since 0.1.

    ```yaml
    on_error: fail
    ```
    """
    cache_dir = Type[str](checks.text, ".cache/plugin/instagram")
    """The folder of saved feeds and images, relative to mkdocs.yml. Since 0.1.

    ```yaml
    cache_dir: .cache/instagram
    ```
    """
    assets_dir = Type[str](checks.folder_in_site, "assets/mk-ig")
    """Where images and the stylesheet land in the site. Since 0.1.

    ```yaml
    assets_dir: assets/feed
    ```
    """
    images = _Images()
    """What is made of each picture. Since 0.1.

    ```yaml
    images: {widths: [320, 640, 1080], format: webp, quality: 80}
    ```
    """
    videos = Choice("poster", "file")
    """Whether the viewer plays videos from the site's own files, where Instagram gives them, or
    shows the poster and a link. Since 0.1.

    ```yaml
    videos: file
    ```
    """
    labels = Map(_check_labels, labels.SCHEMA)
    """The texts that the plugin writes, by name, for all languages or for one. Since 0.1.

    ```yaml
    labels:
      more: Show more
      de: {more: Mehr zeigen}
    ```
    """
    search = Type[bool](checks.switch, default=False)
    """Whether captions are in the site's search index. Since 0.1.

    ```yaml
    search: true
    ```
    """

    def validate(self) -> Any:
        """Check what one option alone cannot: names of accounts."""
        failed, warnings = super().validate()
        if not failed:
            known = {account.name for account in self.list_accounts()}
            presets = {f"feeds: {name}": options for name, options in self.feeds.items()}
            for where, options in {"defaults": self.defaults, **presets}.items():
                if (name := options.get("account")) and name not in known:
                    names = ", ".join(sorted(known))
                    text = f"no account is called {quote(name)}. Known accounts: {names}."
                    failed.append((where, InvalidValue(text)))
        return failed, warnings

    def list_accounts(self) -> list[Account]:
        """Return the accounts, the default one first; one called `main` where none is named."""
        return list(self.accounts.values()) or [Account(DEFAULT_ACCOUNT)]

    def list_presets(self) -> Presets:
        """Return the defaults and named feeds, checked."""
        return Presets(self.defaults, self.feeds)

    def locate_cache(self, folder: Path) -> Path:
        """Return the absolute `cache_dir` of a site whose mkdocs.yml is in `folder`."""
        return (folder / self.cache_dir).absolute()


def load_options(entry: Mapping[Any, Any], path: Path | None) -> InstagramConfig:
    """Return the options of an entry for a command, as a build has them; warnings are the build's.

    Raises:
        SiteFileError: The file at `path` has a value that builds refuse.
    """
    config = InstagramConfig(str(path) if path else None)
    config.load_dict(dict(entry))
    failed, _ = config.validate()
    if failed:
        raise SiteFileError(
            " ".join(f"{path}: plugin 'instagram', {name}: {error}" for name, error in failed)
        )
    return config
