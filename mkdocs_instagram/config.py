"""The plugin's entry in mkdocs.yml.

Its outside thing is `mkdocs.config`. Maps are checked here rather than by `DictOfItems(SubConfig)`,
which says nothing of unknown keys.
"""

import re
from typing import Any

from mkdocs.config import config_options as c
from mkdocs.config.base import BaseConfigOption, Config
from mkdocs.config.base import ValidationError as InvalidValue

from . import checks
from .errors import OptionError
from .labels import Labels, check_labels
from .models import DEFAULT_ACCOUNT, Account, MediaOverride
from .options import FORBIDDEN_TEXT, check_shortcode
from .tag import Presets
from .text import quote


class Duration(BaseConfigOption[float]):
    """Seconds, or a number with s, m, h or d; read as seconds."""

    def __init__(self, default: str) -> None:
        super().__init__()
        self.default = default

    def run_validation(self, value: object) -> float:
        """Return the seconds."""
        try:
            return checks.check_duration(value)
        except OptionError as error:
            raise InvalidValue(str(error)) from None


class _Map(BaseConfigOption[dict[str, Any]]):
    """A map whose entries are checked one by one, with unknown keys named as warnings."""

    def __init__(self, check_entry: checks.CheckEntry) -> None:
        super().__init__()
        self.default = {}
        self._check_entry = check_entry

    def run_validation(self, value: object) -> dict[str, Any]:
        """Return the checked entries by name."""
        warnings: list[str] = []
        try:
            checked = checks.check_map(value, self._check_entry, warnings)
        except OptionError as error:
            raise InvalidValue(str(error)) from None
        # Only now: MkDocs keeps the warnings of a refused value for the next one.
        self.warnings.extend(warnings)
        return checked


class _Feed(BaseConfigOption[dict[str, Any]]):
    """Feed options, checked as in a tag."""

    def __init__(self) -> None:
        super().__init__()
        self.default = {}

    def run_validation(self, value: object) -> dict[str, Any]:
        """Return the checked values by field of `FeedOptions`."""
        try:
            return checks.check_feed("", value, self.warnings)
        except OptionError as error:
            raise InvalidValue(str(error)) from None


class _Labels(BaseConfigOption[Labels]):
    """Texts by name, checked."""

    def __init__(self) -> None:
        super().__init__()
        self.default = {}

    def run_validation(self, value: object) -> Labels:
        """Return the labels."""
        try:
            labels, unknown = check_labels(checks.check_mapping(value, "{more: Show more}"))
        except OptionError as error:
            raise InvalidValue(str(error)) from None
        self.warnings.extend(f"{text} It is left out." for text in unknown)
        return labels


class _Forbidden(BaseConfigOption[None]):
    """A token, which may not stand in mkdocs.yml; the message does not repeat it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def run_validation(self, value: object) -> None:
        """Refuse any value."""
        if value is not None:
            raise InvalidValue(FORBIDDEN_TEXT.format(name=self._name))


class ImagesConfig(Config):
    """What is made of each picture."""

    widths = c.ListOfItems(c.Type(int), default=checks.DEFAULTS["images"]["widths"])
    """Widths in pixels; a picture is never enlarged. Since 0.1.

    ```yaml
    images: {widths: [320, 640]}
    ```
    """
    format = c.Choice(checks.FORMATS, default=checks.DEFAULTS["images"]["format"])
    """The files' format. Since 0.1."""
    quality = c.Type(int, default=checks.DEFAULTS["images"]["quality"])
    """From 1 to 100. Since 0.1."""
    token = _Forbidden("token")
    """Refused: a token never stands in mkdocs.yml."""
    access_token = _Forbidden("access_token")
    """Refused: a token never stands in mkdocs.yml."""

    def validate(self) -> Any:
        """Check the numbers as well as their types."""
        failed, warnings = super().validate()
        if not failed:
            for name, check in (("widths", checks.check_widths), ("quality", checks.check_quality)):
                try:
                    check(self[name])
                except OptionError as error:
                    failed.append((name, InvalidValue(str(error))))
        return failed, warnings


class InstagramConfig(Config):
    """The entry `instagram` in the plugins of mkdocs.yml."""

    accounts = _Map(checks.check_account)
    """Sources of media by name; the first is the default of every tag. Since 0.1.

    ```yaml
    accounts:
      main: {token_env: INSTAGRAM_ACCESS_TOKEN, username: harbour.bakery}
      try: {demo: true}
    ```
    """
    defaults = _Feed()
    """Feed options for every tag. Since 0.1.

    ```yaml
    defaults: {limit: 9, caption: below}
    ```
    """
    feeds = _Map(checks.check_feed)
    """Feed options by a name that a tag can say. Since 0.1.

    ```yaml
    feeds:
      team: {limit: 6, include: ["#team"]}
    ```
    """
    media = _Map(checks.check_media)
    """What to do with one media, by shortcode: `alt`, `link`, `pin`, `hide`. Since 0.1.

    ```yaml
    media:
      C0001abcDEF: {alt: "Our stand at the fair", pin: true}
    ```
    """
    max_age = Duration(default=checks.DEFAULTS["max_age"])
    """How long a fetched feed is fresh; 0 fetches at every build. Since 0.1.

    ```yaml
    max_age: 30m
    ```
    """
    max_stale = Duration(default="7d")
    """Age from which a saved feed in place of a new one is a WARNING. Since 0.1.

    ```yaml
    max_stale: 2d
    ```
    """
    on_error = c.Choice(("warn", "ignore", "fail"), default="warn")
    """What a feed with nothing to show does: WARNING, INFO, or the end of the build. Since 0.1.

    ```yaml
    on_error: fail
    ```
    """
    cache_dir = c.Type(str, default=checks.DEFAULTS["cache_dir"])
    """The folder of saved feeds and images, relative to mkdocs.yml. Since 0.1.

    ```yaml
    cache_dir: .cache/instagram
    ```
    """
    assets_dir = c.Type(str, default="assets/mk-ig")
    """Where images and the stylesheet land in the site. Since 0.1.

    ```yaml
    assets_dir: assets/feed
    ```
    """
    images = c.SubConfig(ImagesConfig)
    """What is made of each picture. Since 0.1.

    ```yaml
    images: {widths: [320, 640, 1080], format: webp, quality: 80}
    ```
    """
    videos = c.Choice(checks.VIDEOS, default=checks.VIDEOS[0])
    """Whether the viewer plays videos from the site's own files, where Instagram gives them, or
    shows the poster and a link. Since 0.1.

    ```yaml
    videos: file
    ```
    """
    labels = _Labels()
    """The texts that the plugin writes, by name, for all languages or for one. Since 0.1.

    ```yaml
    labels:
      more: Show more
      de: {more: Mehr zeigen}
    ```
    """
    search = c.Type(bool, default=False)
    """Whether captions are in the site's search index. Since 0.1.

    ```yaml
    search: true
    ```
    """
    token = _Forbidden("token")
    """Refused: a token never stands in mkdocs.yml."""
    access_token = _Forbidden("access_token")
    """Refused: a token never stands in mkdocs.yml."""

    def validate(self) -> Any:
        """Check what one option alone cannot: names of accounts, and the folder in the site."""
        failed, warnings = super().validate()
        if not failed:
            known = {account.name for account in self.list_accounts()}
            for where, options in {"defaults": self.defaults, **self.feeds}.items():
                if (name := options.get("account")) and name not in known:
                    text = (
                        f"no account is called {quote(name)}. Known are {', '.join(sorted(known))}."
                    )
                    failed.append(
                        (
                            "defaults" if where == "defaults" else f"feeds: {where}",
                            InvalidValue(text),
                        )
                    )
            if not re.fullmatch(r"(?!\.)[\w.-]+(?:/(?!\.)[\w.-]+)*", self.assets_dir.strip("/")):
                text = "a folder inside the site is wanted, such as assets/mk-ig."
                failed.append(("assets_dir", InvalidValue(text)))
        return failed, warnings

    def list_accounts(self) -> list[Account]:
        """Return the accounts, the default one first; one called `main` where none is named."""
        return list(self.accounts.values()) or [Account(DEFAULT_ACCOUNT)]

    def list_overrides(self) -> dict[str, MediaOverride]:
        """Return the media overrides by shortcode, be it written bare or as a permalink."""
        return {check_shortcode(name): override for name, override in self.media.items()}

    def list_presets(self) -> Presets:
        """Return the defaults and named feeds, checked."""
        return Presets(self.defaults, self.feeds)
