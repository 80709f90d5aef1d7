"""Nothing that a theme's template or a hook can reach prints the environment or a token."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import reach
from conftest import LEAK, PIECES, TOKEN
from fake import FakeInstagram, FakeUser, error
from sites import Build, Site
from stored import stored_token

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
PLANTED = "harbour-9f81c3-planted"
OURS = {"InstagramPlugin", "Session", "SessionSettings", "AccountTokens", "Resources"}
HELD = (
    "._session",
    "._session._settings",
    "._session._tokens",
    "._session._tokens._found",
    "._session._resources",
    "._session._resources.client",
)


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(2)
    return user


def build_and_look(site: Site, **options: Any) -> tuple[Build, dict[str, list[str]]]:
    """Build with the hook `reach`; return what it found in all that the plugin holds."""
    site.config["hooks"] = [reach.__file__]
    site.environment |= {"PLANTED": PLANTED, "REACH_SECRETS": json.dumps([PLANTED, *PIECES])}
    build = site.build(**options)
    return build, json.loads((site.folder / "reach.json").read_text(encoding="utf-8"))


def keep_in_store(site: Site, _: FakeUser) -> None:
    site.store.put(stored_token(site.environment.pop("INSTAGRAM_ACCESS_TOKEN"), NOW))


def repeat_token(site: Site, _: FakeUser) -> None:
    site.environment["INSTAGRAM_ACCESS_TOKEN"] = f"{TOKEN} {TOKEN}"


CASES: dict[str, tuple[Callable[[Site, FakeUser], object], int]] = {
    "in the environment": (lambda *_: None, 2),
    "in the store": (keep_in_store, 2),
    "never sent": (repeat_token, 0),
    "refused": (lambda site, _: site.fake.fail("user", error(190)), 0),
}


@pytest.mark.parametrize(("prepare", "shown"), CASES.values(), ids=list(CASES))
def test_no_object_of_a_build_prints_a_secret(
    site: Site, user: FakeUser, prepare: Callable[[Site, FakeUser], object], shown: int
) -> None:
    prepare(site, user)

    build, found = build_and_look(site)

    assert len(build.media()) == shown
    assert found["leaks"] == []
    assert set(found["classes"]) >= OURS
    assert ("TokenStore" in found["classes"]) == (prepare is keep_in_store)


def test_a_theme_that_prints_what_the_plugin_holds_prints_no_secret(
    site: Site, user: FakeUser
) -> None:
    theme = site.folder / "theme"
    theme.mkdir()
    held = "".join(
        f"{{% set it = config.plugins['instagram']{name} %}}{{{{ it }}}} {{{{ it.__dict__ }}}}"
        for name in ("", *HELD)
    )
    text = (
        "{% extends 'base.html' %}{% block content %}" + held + "{{ page.content }}{% endblock %}"
    )
    (theme / "main.html").write_text(text, encoding="utf-8")
    site.config["theme"] = {"name": "mkdocs", "custom_dir": "theme"}
    site.environment["PLANTED"] = PLANTED

    build = site.build()

    assert len(build.media()) == 2
    assert "SessionSettings" in build.html()
    assert PLANTED not in build.html()
    assert not LEAK.search(build.html().encode())
