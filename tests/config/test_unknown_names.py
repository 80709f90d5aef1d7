from typing import Any

import pytest

from mkdocs_instagram.config.feed_options import BY_NAME, NAMES
from mkdocs_instagram.config.site_options import ImagesConfig, InstagramConfig
from mkdocs_instagram.config.unknown_names import SITE_NAMES, suggest_option, suggest_site_option

TOKEN = "IGAA" + "x1Y2z3W4v5" * 15
SITE = InstagramConfig.list_checks()
NESTED = {"defaults": BY_NAME, "images": ImagesConfig.list_checks()}


def test_the_options_of_mkdocs_yml_are_those_of_the_config() -> None:
    assert sorted(SITE_NAMES) == sorted(SITE)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("count", 6, "Write limit: 6."),
        ("count", "9", "Write limit: 9."),
        ("count", "many", "Write limit: 6."),
        ("count", None, "Write limit: 6."),
        ("cols", 3, "Write columns: 3."),
        ("cols", {"mobile": 2}, "Write columns: {small: 2}."),
        ("hashtag", "bread", "Write include: ['#bread']."),
        ("hashtags", ["#bread", "rye"], "Write include: ['#bread', '#rye']."),
        ("tags", "bread, rye", "Write include: ['#bread', '#rye']."),
        ("tag", None, 'Write include: ["#team"].'),
        ("tag", "", 'Write include: ["#team"].'),
        ("keyword", "bread", "Write include: bread."),
        ("lightbox", True, "Write open: viewer."),
        ("slider", True, "Write layout: carousel."),
        ("photo", True, "Write types: [image]."),
        ("photos", 6, "Write limit: 6."),
        ("images", True, "Write types: [image]."),
        (
            "images",
            {"quality": 80},
            "write images: {quality: 80} under `- instagram:` in mkdocs.yml.",
        ),
        ("videos", "file", "write videos: file under `- instagram:` in mkdocs.yml."),
        ("popular", True, "Write sort: likes."),
        ("order", "desc", "Write sort: newest."),
        ("from", "22.7.2026", "Write since: 2026-07-22."),
        ("NewTab", True, "Write new_tab: true."),
        ("caption-length", 80, "Write caption_length: 80."),
        ("heading", TOKEN, 'Write title: "Our bakery".'),
        ("gap", 10, "in a file of `extra_css`."),
        ("user", "harbour.bakery", "write account: main."),
        ("max_age", "2h", "write max_age: 2h under `- instagram:` in mkdocs.yml."),
        ("max-age", "2h", "write max_age: 2h under `- instagram:` in mkdocs.yml."),
        ("ttl", 60, "write max_age: 60 under `- instagram:` in mkdocs.yml."),
        ("accounts", {"a": TOKEN}, "write accounts: … under `- instagram:` in mkdocs.yml."),
        ("demo", True, "write accounts: {demo: {demo: true}} in mkdocs.yml."),
        ("limits", 6, "Did you mean limit?"),
        ("xyzzy", 6, f"Known options: {', '.join(NAMES)}."),
        (True, 6, f"Known options: {', '.join(NAMES)}."),
    ],
)
def test_an_unknown_feed_option_has_a_cure(name: object, value: Any, says: str) -> None:
    cure = suggest_option(name, value, BY_NAME)

    assert cure.startswith(" ")
    assert cure.endswith(says)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("limit", 6, " Write defaults: {limit: 6}."),
        ("caption", True, " Write defaults: {caption: below}."),
        ("slider", True, " Write defaults: {layout: carousel}."),
        ("width", 640, " Write images: {widths: [640]}."),
        ("quality", 80, " Write images: {quality: 80}."),
        ("max-age", "2h", " Write max_age: 2h."),
        ("maxAge", "1 hour", " Write max_age: 1h."),
        ("cache", "1d", " Write max_age: 1d."),
        ("max-age", "soon", " Did you mean max_age?"),
        ("acounts", {"demo": {"demo": True}}, " Did you mean accounts?"),
        ("Accounts", {"demo": {"demo": True}}, " Did you mean accounts?"),
        ("feed", {"team": {"limit": 6}}, " Did you mean feeds?"),
        ("default", {"limit": 6}, " Did you mean defaults?"),
        ("chache_dir", "x", " Did you mean cache_dir?"),
        ("xyzzy", 1, ""),
    ],
)
def test_an_unknown_option_of_mkdocs_yml_has_a_cure(name: str, value: Any, says: str) -> None:
    assert suggest_site_option(name, value, SITE, NESTED) == says


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("width", 640, " Write widths: [640]."),
        ("Quality", "80%", " Write quality: 80."),
        ("formats", "webp", " Did you mean format?"),
        ("limit", 6, ""),
    ],
)
def test_an_unknown_key_of_images_has_a_cure(name: str, value: Any, says: str) -> None:
    assert suggest_site_option(name, value, ImagesConfig.list_checks(), {}) == says
