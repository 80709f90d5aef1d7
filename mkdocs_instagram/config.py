"""The plugin's entry in mkdocs.yml.

Its outside thing is `mkdocs.config`. Maps are checked here rather than by `DictOfItems(SubConfig)`,
which says nothing of unknown keys.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mkdocs.config import config_options as c
from mkdocs.config.base import BaseConfigOption, Config
from mkdocs.config.base import ValidationError as InvalidValue

from .errors import OptionError
from .labels import Labels, check_labels
from .models import Account, MediaOverride
from .options import FORBIDDEN, FORBIDDEN_TEXT, check_options, check_shortcode
from .tag import Presets
from .text import clean, looks_like_token, quote

_TOKEN_ENV = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_NAME = re.compile(r"[\w-]{1,64}")
_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")
_DURATION = re.compile(r"(\d{1,9})\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(BaseConfigOption[float]):
    """Seconds, or a number with s, m, h or d; read as seconds."""

    def __init__(self, default: str) -> None:
        super().__init__()
        self.default = default

    def run_validation(self, value: object) -> float:
        """Return the seconds."""
        match = None if isinstance(value, bool | float) else _DURATION.fullmatch(str(value).strip())
        if match is None:
            raise InvalidValue(f"{quote(value)} is no duration: write seconds, or 30m, 1h, 2d.")
        return float(int(match[1]) * _SECONDS[match[2]])


class _Map(BaseConfigOption[dict[str, Any]]):
    """A map whose entries are checked one by one, with unknown keys named as warnings."""

    def __init__(self, check_entry: "Callable[[str, object, list[str]], Any]") -> None:
        super().__init__()
        self.default = {}
        self._check_entry = check_entry

    def run_validation(self, value: object) -> dict[str, Any]:
        """Return the checked entries by name."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise InvalidValue(f"{quote(value)} is not a map of names.")
        checked = {}
        warnings: list[str] = []
        for name, entry in value.items():
            try:
                checked[str(name)] = self._check_entry(_no_token(name), entry, warnings)
            except OptionError as error:
                raise InvalidValue(f"{quote(name)}: {error}") from None
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
            return _check_feed("", value, self.warnings)
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
            labels, unknown = check_labels(_mapping(value, "{more: Show more}"))
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


def _no_token(key: object) -> str:
    """Return a key as text.

    Raises:
        OptionError: It is one under which only a token can stand.
    """
    if key in FORBIDDEN:
        raise OptionError(FORBIDDEN_TEXT.format(name=key))
    return str(key)


def _check_account(name: str, entry: object, warnings: list[str]) -> Account:
    if not _NAME.fullmatch(name):
        raise OptionError("a name of an account is letters, digits, - and _.")
    given = _mapping(entry, "{token_env: INSTAGRAM_ACCESS_TOKEN} or {demo: true}")
    checks: dict[str, Callable[[Any], bool]] = {
        "token_env": lambda value: (
            isinstance(value, str)
            and bool(_TOKEN_ENV.fullmatch(value))
            and ("_" in value or not looks_like_token(value))
        ),
        "username": lambda value: isinstance(value, str) and bool(_USERNAME.fullmatch(value)),
        "demo": lambda value: isinstance(value, bool),
    }
    _check_keys(given, checks, warnings, name)
    if "token_env" in given and given.get("demo"):
        raise OptionError("an account has one source: token_env or demo.")
    return Account(name, **{key: given[key] for key in checks if key in given})


_RIGHT = {
    "token_env": "the name of an environment variable (A-Z, 0-9, _), never the token itself",
    "username": "the account's name on Instagram, without @",
    "demo": "true or false",
    "alt": "a text",
    "link": "an address that begins with https:// or http://",
    "pin": "true or false",
    "hide": "true or false",
}


def _check_media(name: str, entry: object, warnings: list[str]) -> MediaOverride:
    given = _mapping(entry, '{alt: "What it shows", pin: true}')
    checks: dict[str, Callable[[Any], bool]] = {
        "alt": lambda value: isinstance(value, str),
        "link": lambda value: (
            isinstance(value, str) and bool(re.fullmatch(r"https?://[^\s\\]+", value))
        ),
        "pin": lambda value: isinstance(value, bool),
        "hide": lambda value: isinstance(value, bool),
    }
    check_shortcode(name)
    _check_keys(given, checks, warnings, name)
    known = {key: given[key] for key in checks if key in given}
    return MediaOverride(**{**known, "alt": clean(known.get("alt", ""))})


def _check_keys(
    given: Mapping[str, Any],
    checks: Mapping[str, Callable[[Any], bool]],
    warnings: list[str],
    name: str,
) -> None:
    """Raise for a wrong value without repeating it: what stands here by mistake may be a token."""
    for key, value in given.items():
        if _no_token(key) not in checks:
            warnings.append(
                f"{quote(name)}: unknown key {quote(key)}. Known are {', '.join(checks)}."
            )
        elif not checks[key](value):
            raise OptionError(f"{key} wants {_RIGHT[key]}.")


def _check_feed(name: str, entry: object, warnings: list[str]) -> dict[str, Any]:
    checked, unknown = check_options(_mapping(entry, "{limit: 6, columns: 3}"))
    warnings.extend(f"{quote(name)}: {text}" if name else text for text in unknown)
    return checked


def _mapping(value: object, example: str) -> dict[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise OptionError(f"a map is wanted here, such as {example}.")
    return value


class ImagesConfig(Config):
    """What is made of each picture."""

    widths = c.ListOfItems(c.Type(int), default=[320, 640, 1080])
    """Widths in pixels; a picture is never enlarged. Since 0.1.

    ```yaml
    images: {widths: [320, 640]}
    ```
    """
    format = c.Choice(("webp", "jpeg"), default="webp")
    """The files' format. Since 0.1."""
    quality = c.Type(int, default=80)
    """From 1 to 100. Since 0.1."""
    token = _Forbidden("token")
    """Refused: a token never stands in mkdocs.yml."""
    access_token = _Forbidden("access_token")
    """Refused: a token never stands in mkdocs.yml."""

    def validate(self) -> Any:
        """Check the numbers as well as their types."""
        failed, warnings = super().validate()
        if not failed:
            if not self.widths or not all(16 <= width <= 4096 for width in self.widths):
                failed.append(
                    ("widths", InvalidValue("a list of widths from 16 to 4096 pixels is wanted."))
                )
            if not 1 <= self.quality <= 100:
                failed.append(("quality", InvalidValue("a number from 1 to 100 is wanted.")))
        return failed, warnings


class InstagramConfig(Config):
    """The entry `instagram` in the plugins of mkdocs.yml."""

    accounts = _Map(_check_account)
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
    feeds = _Map(_check_feed)
    """Feed options by a name that a tag can say. Since 0.1.

    ```yaml
    feeds:
      team: {limit: 6, include: ["#team"]}
    ```
    """
    media = _Map(_check_media)
    """What to do with one media, by shortcode: `alt`, `link`, `pin`, `hide`. Since 0.1.

    ```yaml
    media:
      C0001abcDEF: {alt: "Our stand at the fair", pin: true}
    ```
    """
    max_age = Duration(default="1h")
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
    cache_dir = c.Type(str, default=".cache/plugin/instagram")
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
    videos = c.Choice(("poster", "file"), default="poster")
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
        return list(self.accounts.values()) or [Account("main")]

    def list_overrides(self) -> dict[str, MediaOverride]:
        """Return the media overrides by shortcode, be it written bare or as a permalink."""
        return {check_shortcode(name): override for name, override in self.media.items()}

    def list_presets(self) -> Presets:
        """Return the defaults and named feeds, checked."""
        return Presets(self.defaults, self.feeds)
