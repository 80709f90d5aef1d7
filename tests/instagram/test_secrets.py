"""Secrets that do not show themselves, and fingerprints."""

import copy
import importlib
import inspect
import json
import pickle
import pkgutil
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mkdocs_instagram
from mkdocs_instagram.commands.status import Status
from mkdocs_instagram.config.models import Account
from mkdocs_instagram.instagram.oauth import App, GrantRequest, refresh_request
from mkdocs_instagram.instagram.secrets import Grant, Secret, Token
from mkdocs_instagram.tokens.store import FoundToken, StoredToken

VALUE = "IGAA" + "x1Y2z3W4v5" * 15
NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
HOLDERS = {
    "a secret": Secret(VALUE),
    "a token": Token(VALUE),
    "a grant": Grant(Token(VALUE), 5183944.0),
    "a stored token": StoredToken("main", Token(VALUE), "1", "b", NOW, NOW, True, "oauth"),
    "a found token": FoundToken(Token(VALUE)),
    "an app": App("1", Secret(VALUE), "https://localhost/"),
    "a request": refresh_request(Token(VALUE)),
    "a status": Status(Account("a"), FoundToken(Token(VALUE)), None, "", None, Path(), None, {}),
    "a list": [Token(VALUE)],
}


def records_with_secrets() -> set[type]:
    """Return each named tuple and dataclass of the package with a field for a secret."""
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(mkdocs_instagram.__path__, "mkdocs_instagram.")
    ]
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
        if re.search(r"\b(\w*Token|Secret|Grant)\b", str(inspect.get_annotations(kind)))
    }


def test_every_record_with_a_secret_is_looked_at() -> None:
    assert records_with_secrets() == {type(holder) for holder in HOLDERS.values()} - {
        Secret,
        Token,
        list,
    }


@pytest.mark.parametrize("holder", HOLDERS.values(), ids=list(HOLDERS))
def test_a_secret_does_not_show_itself(holder: object) -> None:
    shown = f"{holder} {holder!r} {holder!s} {holder!a} {[holder]} %s" % (holder,)

    assert "x1Y2z3W4v5" not in shown
    assert "(hidden)" in shown or isinstance(holder, GrantRequest)  # it leaves the field out


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=list(HOLDERS))
def test_a_secret_is_not_pickled(holder: object, protocol: int) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(holder, protocol)


@pytest.mark.parametrize(
    "show", [json.dumps, copy.copy, copy.deepcopy, lambda token: f"{token:>200}"], ids=range(4)
)
def test_a_secret_is_not_copied_into_other_shapes(show: object) -> None:
    assert callable(show)
    with pytest.raises(TypeError) as caught:
        show(Token(VALUE))

    assert "x1Y2z3W4v5" not in str(caught.value)


def test_a_secret_tells_its_class_but_no_more() -> None:
    assert repr(Secret("word")) == "Secret(hidden)"
    assert repr(Token("word")) == "Token(hidden)"
    assert not hasattr(Token("word"), "__dict__")


@pytest.mark.parametrize(
    ("value", "is_facebook"),
    [(VALUE, False), ("EAAGabc", True), ("EAA", True), ("EA", False), ("eaag", False), ("xEAA", 0)],
)
def test_the_prefix_tells_the_login_product(value: str, is_facebook: bool) -> None:
    assert Token(value).is_facebook is bool(is_facebook)


@pytest.mark.parametrize(
    ("other", "is_same"),
    [(VALUE, True), (VALUE[:-1], False), (VALUE + "x", False), (VALUE.lower(), False), ("é", 0)],
)
def test_secrets_are_the_same_by_every_character(other: str, is_same: bool) -> None:
    assert Token(VALUE).is_same_as(Token(other)) is bool(is_same)
    assert Token(other).is_same_as(Token(VALUE)) is bool(is_same)


def test_a_fingerprint_is_16_digits_of_sha_256_and_stays_what_it_was() -> None:
    # Caches of earlier versions name their notes after it.
    assert Token("IGAAinvented").fingerprint == "dbb7be49e239789a"
    assert Token("IGAAinvented").fingerprint == Token("IGAAinvented").fingerprint
    assert Token("IGAAinvented").fingerprint != Token("IGAAinventee").fingerprint


@pytest.mark.parametrize(
    ("value", "last_four"),
    [("a" * 20 + "WXYZ", "WXYZ"), ("a" * 19 + "WXYZ", ""), ("WXYZ", ""), (VALUE, "W4v5")],
)
def test_four_characters_are_told_of_a_long_token_only(value: str, last_four: str) -> None:
    assert Token(value).last_four == last_four
