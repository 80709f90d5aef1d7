"""Kinds of options in mkdocs.yml."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from mkdocs.config.base import BaseConfigOption, Config
from mkdocs.config.base import ValidationError as InvalidValue

from mkdocs_instagram.errors import OptionError
from mkdocs_instagram.text import quote

from . import checks
from .cures import suggest_value
from .mappings import suggest_account
from .unknown_names import Checks, suggest_site_option

T = TypeVar("T")


class Map(BaseConfigOption[T]):
    """A mapping, empty by default, with a warning for each unknown key.

    `DictOfItems(SubConfig)` of MkDocs does not warn.

    Attributes:
        schema: The JSON Schema of the mapping.
    """

    def __init__(self, read: Callable[[object, list[str]], T], schema: checks.Schema) -> None:
        super().__init__()
        self.schema = schema
        self._read = read

    def run_validation(self, value: object) -> T:
        """Return the checked mapping."""
        warnings: list[str] = []
        try:
            checked = self._read(value, warnings)
        except OptionError as error:
            raise InvalidValue(str(error)) from None
        # Not before: MkDocs keeps the warnings of a refused value for the next value.
        self.warnings.extend(warnings)
        return checked


class Type(BaseConfigOption[T]):
    """A single value, read by a check; `null` means the default.

    Attributes:
        check: The check.
        schema: The JSON Schema of the value.
    """

    def __init__(self, check: checks.Check, default: Any) -> None:
        super().__init__()
        self.check = check
        self.schema = check.schema
        self.default = default

    def run_validation(self, value: object) -> T:
        """Return the checked value."""
        try:
            checked: T = self.check(self.default if value is None else value)
        except OptionError as error:
            line = suggest_value(self._name, value, self.check.takes, self.schema)
            raise InvalidValue(f"{error}{line}") from None
        return checked


class Choice(Type[str]):
    """One of several words, by default the first."""

    def __init__(self, *choices: str) -> None:
        super().__init__(checks.one_of(*choices), choices[0])


class Forbidden(BaseConfigOption[None]):
    """A token, which must not be in mkdocs.yml; the message does not repeat it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def run_validation(self, value: object) -> None:
        """Refuse any value."""
        if value is not None:
            raise InvalidValue(checks.FORBIDDEN_TEXT.format(name=self._name))


class Options(Config):
    """Options with an error for a token and a warning for an unknown name."""

    token = Forbidden("token")
    """Refused: a token must not be in mkdocs.yml."""
    access_token = Forbidden("access_token")
    """Refused: a token must not be in mkdocs.yml."""

    _nested: ClassVar[Mapping[str, Checks]] = {}

    @classmethod
    def list_checks(cls) -> Checks:
        """Return the check of each option, except refused ones."""
        return {
            name: getattr(option, "check", None)
            for name, option in cls._schema
            if name not in checks.FORBIDDEN
        }

    def validate(self) -> Any:
        """Add a cure to MkDocs' warnings about unknown options, and hide tokens there."""
        failed, warnings = super().validate()
        known = {name for name, _ in self._schema}
        return failed, [
            (name, text) if name in known else (quote(name), self._describe_unknown(name))
            for name, text in warnings
        ]

    def _describe_unknown(self, name: Any) -> str:
        value = self[name]
        cure = suggest_account(name, value) or suggest_site_option(
            name, value, self.list_checks(), self._nested
        )
        return f"Unrecognised configuration name: {quote(name)}. It is ignored.{cure}"
