"""Real builds against the fake Instagram, seen by the page, the log and the exit status."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import count

import html5lib
import pytest
from conftest import OTHER_TOKEN, TOKEN
from fake import FakeInstagram, FakeUser, error, text, throttled
from sites import Site

NOW = datetime(2026, 7, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN, username="harbour.bakery")
    user.add_mixed(12)
    return user


def codes(user: FakeUser) -> list[str]:
    return [media.shortcode for media in user.listing()]


def test_one_call_each_and_one_download_per_picture(site: Site, user: FakeUser) -> None:
    build = site.build("--strict")

    assert build.status == 0, build.log
    assert build.media() == codes(user)
    counts = {kind: site.fake.count(kind) for kind in ("user", "media", "picture", "video", "node")}
    assert counts == {"user": 1, "media": 1, "picture": 12, "video": 0, "node": 0}
    html = build.html()
    assert html.count("<img ") == 12
    assert "<script" not in html[html.index('<div class="mk-ig') : html.index("<footer")]
    assert "cdninstagram" not in html


def test_second_build_asks_nothing_and_is_identical(site: Site, user: FakeUser) -> None:
    first = site.build()
    files = first.files()
    site.fake.clear()

    second = site.build("--strict")

    assert second.status == 0
    assert site.fake.count() == 0
    assert second.files() == files
    assert "12 posts (12 cached, 0 fetched), 24 images (24 cached)" in second.log


def test_one_new_media_costs_two_calls_and_one_download(site: Site, user: FakeUser) -> None:
    site.build(now=NOW)
    site.fake.clear()
    newest = user.add_media(caption="Just out of the oven", newest=True)

    build = site.build(now=NOW + 2 * HOUR)

    assert build.media() == [newest.shortcode, *codes(user)[1:12]]
    assert site.fake.count() == 3
    assert site.fake.count("picture") == 1


def test_filters_page_on_and_stop_as_soon_as_enough_is_found(
    site: Site, fake: FakeInstagram
) -> None:
    user = fake.add_user(TOKEN)
    wanted = [*range(0, 240, 24), 300, 399]
    for index in range(400):
        user.add_media(caption="Loaf #rare" if index in wanted else "Loaf #rarest")
    site.write({"index.md": '<!-- instagram {limit: 10, include: ["#rare"]} -->'})

    build = site.build()

    assert build.media() == [codes(user)[index] for index in wanted[:10]]
    batches = [request for request in fake.requests if request.kind == "media"]
    assert len(batches) == 3
    assert ["after" in request.params for request in batches] == [False, True, True]
    assert fake.count("picture") == 10


def test_a_site_without_tags_asks_nothing_and_imports_nothing(site: Site, user: FakeUser) -> None:
    site.write({"index.md": "# Bread\n\nNo feed here.\n\n`<!-- instagram -->`\n"})

    build = site.build("--strict", python=["-X", "importtime"])

    assert build.status == 0
    assert site.fake.count() == 0
    imported = {line.rpartition("|")[2].strip() for line in build.log.splitlines()}
    assert "mkdocs_instagram.render.pages" in imported
    assert not imported & {"httpx", "PIL", "PIL.Image", "diskcache", "stamina"}
    assert not site.cache.exists()


def test_a_warm_build_imports_neither_httpx_nor_pillow(site: Site, user: FakeUser) -> None:
    site.build()

    build = site.build(python=["-X", "importtime"])

    imported = {line.rpartition("|")[2].strip() for line in build.log.splitlines()}
    assert "mkdocs_instagram.cache.cache" in imported
    assert not imported & {"diskcache", "httpx", "PIL.Image"}


@pytest.mark.parametrize(
    ("age", "is_strict_ok", "level"),
    [(2 * DAY, True, "INFO"), (8 * DAY, False, "WARNING")],
)
def test_an_outage_shows_the_saved_feed_and_warns_only_past_max_stale(
    site: Site, user: FakeUser, *, age: timedelta, is_strict_ok: bool, level: str
) -> None:
    files = site.build(now=NOW).files()
    site.fake.fail("media", text(502, "<html>Bad gateway</html>"))

    build = site.build("--strict", now=NOW + age)

    assert (build.status == 0) is is_strict_ok
    told = (
        "index.md, feed tag 1: Instagram gave no usable answer (HTTP 502). Showing the feed saved "
    )
    assert any(line.startswith(told) for line in build.lines(level)), build.log
    assert build.files() == files


@pytest.mark.parametrize(
    ("on_error", "status", "level"), [("warn", 1, "WARNING"), ("ignore", 0, "INFO")]
)
def test_nothing_to_show_leaves_a_valid_page(
    site: Site, user: FakeUser, on_error: str, status: int, level: str
) -> None:
    site.options["on_error"] = on_error
    site.fake.fail("user", error(190, subcode=463))

    strict, normal = site.build("--strict"), site.build()

    assert strict.status == status
    assert normal.status == 0
    assert "mk-ig__empty" in normal.html()
    (line,) = (line for line in normal.lines(level) if "refused" in line)
    assert "Put a new token into $INSTAGRAM_ACCESS_TOKEN." in line


def test_on_error_fail_stops_the_build_without_a_traceback(site: Site, user: FakeUser) -> None:
    site.options["on_error"] = "fail"
    site.fake.fail("user", error(190, subcode=463))

    build = site.build()

    assert build.status == 1
    assert "index.md, feed tag 1: Instagram refused the token" in build.log
    assert "Traceback" not in build.log


def test_a_refused_token_always_warns_and_keeps_the_feed(site: Site, user: FakeUser) -> None:
    shown = site.build(now=NOW).media()
    site.fake.fail("user", error(190, subcode=460))

    build = site.build(now=NOW + 2 * HOUR)

    assert build.media() == shown
    (warning,) = build.warnings
    assert "the password was changed" in warning
    assert "Showing the feed saved 2 hours ago. Put a new token into $INSTAGRAM_ACCESS_TOKEN." in (
        warning
    )


def test_no_token_shows_the_saved_feed_with_an_info(site: Site, user: FakeUser) -> None:
    shown = site.build(now=NOW).media()
    site.fake.clear()

    build = site.build("--strict", now=NOW + 2 * HOUR, environment={"INSTAGRAM_ACCESS_TOKEN": " "})

    assert build.status == 0
    assert build.media() == shown
    assert site.fake.count() == 0
    assert any("INSTAGRAM_ACCESS_TOKEN is unset or empty" in line for line in build.lines("INFO"))


def test_throttling_is_remembered_across_builds(site: Site, user: FakeUser) -> None:
    shown = site.build(now=NOW).media()
    site.fake.fail("media", throttled(4, minutes=90), times=1)

    site.build(now=NOW + 2 * HOUR)
    site.fake.clear()
    held = site.build(now=NOW + 3 * HOUR)

    assert site.fake.count() == 0
    assert held.media() == shown
    assert "so it is not asked again for about 30 minutes." in " ".join(held.lines("INFO"))

    site.build(now=NOW + 4 * HOUR)
    assert site.fake.count("media") == 1


def test_an_unknown_field_is_asked_again_without_and_said(site: Site, user: FakeUser) -> None:
    site.fake.unknown_fields.add("alt_text")

    build = site.build("--strict")

    assert build.status == 0
    assert len(build.media()) == 12
    assert site.fake.count("media") == 2
    assert any("alt_text" in line for line in build.lines("INFO"))


def test_an_empty_answer_is_believed_on_the_third_build(site: Site, user: FakeUser) -> None:
    shown = site.build(now=NOW).media()
    for media in list(user.media):
        user.remove(media.shortcode)
    user.fields["media_count"] = 12

    builds = [site.build(now=NOW + hours * HOUR) for hours in (2, 4, 6)]

    assert [build.media() for build in builds] == [shown, shown, []]


def test_an_empty_account_that_says_so_is_believed_at_once(site: Site, user: FakeUser) -> None:
    site.build(now=NOW)
    for media in list(user.media):
        user.remove(media.shortcode)
    user.fields["media_count"] = 0

    assert site.build(now=NOW + 2 * HOUR).media() == []


def test_a_removed_media_is_gone_from_the_next_build(site: Site, user: FakeUser) -> None:
    gone = site.build(now=NOW).media()[3]
    user.remove(gone)

    build = site.build(now=NOW + 2 * HOUR)

    assert gone not in build.media()
    assert len(build.media()) == 11


def test_half_an_answer_neither_empties_a_feed_nor_costs_a_download(
    site: Site, user: FakeUser
) -> None:
    site.fake.graph.batch_cap = 5
    site.write({"index.md": "<!-- instagram {limit: 50} -->\n"})
    whole = site.build(now=NOW).media()
    for path in (site.cache / "media").rglob("*/*"):
        os.utime(path, (1, 1))
    batches = count(1)
    site.fake.alter["media"] = lambda body: body if next(batches) % 2 else {"data": []}
    site.fake.clear()

    for hours in (2, 4):
        build = site.build("--strict", now=NOW + hours * HOUR)
        assert build.media() == whole
        assert any(
            "only 5 posts, without 7 that it sent before" in line for line in build.lines("INFO")
        )
    site.fake.heal()

    assert site.build("--strict", now=NOW + 6 * HOUR).media() == whole
    assert site.fake.count("picture") == 0


def test_a_batch_that_is_too_large_is_not_asked_for_by_the_next_build(
    site: Site, user: FakeUser
) -> None:
    site.fake.graph.largest_limit = 50
    site.write({"index.md": "<!-- instagram {limit: 30} -->\n"})

    def limits(now: datetime) -> list[str]:
        site.fake.clear()
        assert len(site.build("--strict", now=now).media()) == 12
        return [it.params["limit"] for it in site.fake.requests if it.kind == "media"]

    assert limits(NOW) == ["100", "100", "50"]
    assert limits(NOW + 2 * HOUR) == ["50"]


def test_one_lost_picture_costs_one_media(site: Site, user: FakeUser) -> None:
    site.fake.fail("picture", text(404, "gone"), times=1)

    build = site.build()

    assert len(build.media()) == 11
    assert any("the pictures of 1 post could not be downloaded" in line for line in build.warnings)


def test_expired_urls_are_listed_anew_once(site: Site, user: FakeUser) -> None:
    site.fake.fail("picture", text(403, "URL signature expired"), times=3)

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert len(build.media()) == 12
    assert site.fake.count("media") == 2
    assert site.fake.count("picture") == 15


def test_two_accounts_show_each_their_own(site: Site, user: FakeUser) -> None:
    other = site.fake.add_user(OTHER_TOKEN, username="harbour.shop")
    other.add_media(shortcode="ShopMedia01")
    site.options["accounts"] = {"main": {}, "shop": {"token_env": "SHOP_TOKEN"}}
    site.write({"index.md": "<!-- instagram -->\n\n<!-- instagram account: shop -->\n"})

    build = site.build("--strict", environment={"SHOP_TOKEN": OTHER_TOKEN})

    assert build.media() == [*codes(user), "ShopMedia01"]


def test_another_users_token_is_refused_and_the_feed_stays(site: Site, user: FakeUser) -> None:
    shown = site.build(now=NOW).media()
    site.fake.add_user(OTHER_TOKEN, username="somebody.else").add_media(shortcode="Strangers01")

    build = site.build(now=NOW + 2 * HOUR, environment={"INSTAGRAM_ACCESS_TOKEN": OTHER_TOKEN})

    assert build.media() == shown
    (warning,) = build.warnings
    assert "belongs to somebody.else, but this feed is harbour.bakery's" in warning
    assert "username:" in warning

    site.options["accounts"] = {"main": {"username": "somebody.else"}}
    changed = site.build(
        "--strict", now=NOW + 4 * HOUR, environment={"INSTAGRAM_ACCESS_TOKEN": OTHER_TOKEN}
    )
    assert changed.media() == ["Strangers01"]


def test_a_feed_saved_under_another_username_is_not_shown(site: Site, user: FakeUser) -> None:
    site.build(now=NOW)
    site.options["accounts"] = {"main": {"username": "somebody.else"}}

    build = site.build(now=NOW + HOUR / 2)

    assert build.media() == []
    assert any("belongs to harbour.bakery" in line for line in build.warnings)


def test_filters_that_leave_nothing_say_so_once(site: Site, user: FakeUser) -> None:
    tag = "<!-- instagram {include: zzz, types: image} -->\n"
    site.write({"index.md": tag, "other.md": f"{tag}\n<!-- instagram until: 2001-01-01 -->\n"})

    build = site.build("--strict")
    cached = site.build("--strict")

    assert build.status == 0, build.log
    assert "mk-ig__empty" in build.html() == cached.html()
    told = [line for line in build.lines("INFO") if "so the feed is empty" in line]
    assert told == [line for line in cached.lines("INFO") if "so the feed is empty" in line]
    assert told == [
        (
            "index.md, feed tag 1: the filters leave none of 12 posts, so the feed is empty. Each "
            "alone: `types: image` leaves 3, `include: zzz` leaves 0. All posts of the account "
            "were read."
        ),
        (
            "other.md, feed tag 2: `until: 2001-01-01` leaves none of 12 posts, so the feed is "
            "empty. All posts of the account were read."
        ),
    ]


def test_filters_say_how_far_the_account_was_read(site: Site, fake: FakeInstagram) -> None:
    user = fake.add_user(TOKEN)
    for _ in range(130):
        user.add_media(caption="bread")
    since = user.listing()[40].posted.date()
    site.write({"index.md": f"<!-- instagram {{since: {since}, include: zzz}} -->"})

    build = site.build()

    (told,) = [line for line in build.lines("INFO") if "so the feed is empty" in line]
    assert "leave none of 100 posts" in told
    read_to = user.listing()[99].posted.date()
    assert told.endswith(f"The account was read back to {read_to}.")


def test_an_account_without_posts_says_so(site: Site, fake: FakeInstagram) -> None:
    fake.add_user(TOKEN)

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert "mk-ig__empty" in build.html()
    assert "index.md, feed tag 1: the account has no posts, so the feed is empty." in build.lines(
        "INFO"
    )


@pytest.mark.parametrize("sort", ["oldest", "likes"])
def test_other_orders_look_at_every_media(site: Site, fake: FakeInstagram, sort: str) -> None:
    user = fake.add_user(TOKEN)
    for index in range(130):
        user.add_media(like_count=(index * 37) % 131)
    site.write({"index.md": f"<!-- instagram {{limit: 5, sort: {sort}}} -->"})

    build = site.build()

    key = {"oldest": lambda m: m.posted, "likes": lambda m: -m.fields["like_count"]}[sort]
    assert build.media() == [media.shortcode for media in sorted(user.media, key=key)[:5]]
    assert fake.count("media") == 2


def test_an_old_pinned_media_is_found_then_not_looked_for_again(
    site: Site, fake: FakeInstagram
) -> None:
    user = fake.add_user(TOKEN)
    for _ in range(230):
        user.add_media()
    pinned = codes(user)[220]
    site.options["media"] = {pinned: {"pin": True, "alt": "Our first loaf"}}

    first = site.build(now=NOW)
    assert first.media() == [pinned, *codes(user)[:11]]
    assert 'alt="Our first loaf"' in first.html()
    assert fake.count("media") == 3

    fake.clear()
    later = site.build(now=NOW + 2 * HOUR)
    assert later.media() == first.media()
    assert fake.count("media") == 1
    assert fake.count("picture") == 0


def test_a_post_that_does_not_exist_warns_once_a_day(site: Site, user: FakeUser) -> None:
    here = codes(user)[5]
    site.write({"index.md": f"<!-- instagram post: [{here}, NoSuchCode1] -->"})

    builds = [site.build(now=NOW + age) for age in (timedelta(0), 2 * HOUR, DAY + HOUR)]

    assert [build.media() for build in builds] == [[here]] * 3
    assert [len(build.warnings) for build in builds] == [1, 0, 1]
    assert "NoSuchCode1" in builds[0].warnings[0]


def test_a_small_original_is_never_enlarged(site: Site, fake: FakeInstagram) -> None:
    fake.add_user(TOKEN).add_media(size=(500, 400))

    html = site.build().html()

    assert 'width="500" height="400"' in html
    assert " 500w" in html
    assert " 320w" in html
    assert " 640w" not in html


def test_a_hidden_media_is_neither_downloaded_nor_written(site: Site, user: FakeUser) -> None:
    hidden = user.add_media(caption="Secret recipe", newest=True)
    site.options["media"] = {hidden.shortcode: {"hide": True}}

    build = site.build()

    assert hidden.shortcode not in build.html()
    assert "Secret recipe" not in build.html()
    assert len(build.media()) == 12
    assert site.fake.count("picture") == 12


def test_a_file_that_no_entry_names_is_gone_after_a_day(site: Site, user: FakeUser) -> None:
    site.build(now=NOW)
    stray = site.cache / "media" / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left by a build that was killed")
    os.utime(stray, (NOW.timestamp(), NOW.timestamp()))

    site.build(now=NOW + 12 * HOUR)
    assert stray.exists()
    site.build(now=NOW + 2 * DAY)
    assert not stray.exists()


def test_pictures_of_removed_media_leave_the_cache(site: Site, user: FakeUser) -> None:
    site.build(now=NOW)
    before = sum(1 for path in (site.cache / "media").rglob("*") if path.is_file())
    for code in codes(user)[:3]:
        user.remove(code)
    for path in (site.cache / "media").rglob("*"):
        if path.is_file():
            os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    site.build(now=NOW + 2 * DAY)

    after = sum(1 for path in (site.cache / "media").rglob("*") if path.is_file())
    assert after == before - 9


def saved_files(site: Site) -> int:
    return sum(1 for path in (site.cache / "media").rglob("*") if path.is_file())


def test_renditions_of_settings_that_no_build_has_used_for_a_week_go(
    site: Site, user: FakeUser
) -> None:
    counts = []
    for hours, quality in enumerate((80, 75, 70, 65)):
        site.options["images"] = {"quality": quality}
        assert site.build(now=NOW + hours * HOUR).status == 0
        counts.append(saved_files(site))
    assert counts == [36, 60, 84, 108]

    for days in (6, 8):
        assert site.build("--strict", now=NOW + days * DAY).status == 0
        counts.append(saved_files(site))

    assert counts[4:] == [108, 36]
    assert site.fake.count("picture") == 12


def test_an_account_that_no_build_has_used_for_30_days_goes(
    site: Site, user: FakeUser, fake: FakeInstagram
) -> None:
    fake.add_user(OTHER_TOKEN, username="tide.books").add_mixed(2)
    site.environment["SHOP_TOKEN"] = OTHER_TOKEN
    shop = {"shop": {"token_env": "SHOP_TOKEN"}}
    site.options["accounts"] = {"main": {}, **shop}
    site.write({"shop.md": "<!-- instagram {account: shop} -->\n"})
    site.build(now=NOW)
    assert saved_files(site) == 36 + 6
    site.options["accounts"] = {"main": {}}
    site.write({"shop.md": "Closed\n"})

    counts = []
    for days in (1, 29, 31):
        assert site.build("--strict", now=NOW + days * DAY).status == 0
        counts.append(saved_files(site))

    assert counts == [42, 42, 36]


HOSTILE = (
    "<script>alert(1)</script> {{ 7*191 }} {% raw %} <!-- instagram --> \\g<0> \\1 "
    "a\x00b \ud83d <img src=x onerror=alert(1)> &amp; {: .x } [link](javascript:alert(1)) "
    "\u202eevil\u202c <!--mk-ig 1--> --> `code` **bold** :smile: [TOC]"
)


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
@pytest.mark.parametrize("macros", ["", "before", "after"])
def test_hostile_captions_are_shown_as_text(
    site: Site, fake: FakeInstagram, theme: str, macros: str
) -> None:
    user = fake.add_user(TOKEN, name="<b>{{ 7*191 }}</b>")
    user.add_media(caption=HOSTILE, alt_text=f'" onload="x {HOSTILE}')
    site.config["theme"] = {"name": theme, **({"font": False} if theme == "material" else {})}
    site.before = ["search", *(["macros"] if macros == "before" else [])]
    site.after = ["macros"] if macros == "after" else []
    site.write(
        {"index.md": "# Bread\n\n<!-- instagram {caption: below, caption_length: 2200} -->\n"}
    )

    build = site.build("--strict")

    assert build.status == 0, build.log
    document = html5lib.parse(build.html(), namespaceHTMLElements=False)
    (caption,) = document.iterfind(".//div[@class='mk-ig__caption']")
    (image,) = document.iterfind(".//img[@class='mk-ig__img']")
    text = HOSTILE.replace("\x00", "").replace("\u202e", "").replace("\u202c", "")
    shown = text.replace("\ud83d", "\ufffd")
    assert caption.text == shown
    assert not list(caption)
    assert image.get("alt") == " ".join(f'" onload="x {shown}'.split())
    assert image.get("onload") is None
    assert "1337" not in build.html()


def test_alt_texts_are_words_of_the_caption_or_a_description_in_the_pages_language(
    site: Site, fake: FakeInstagram
) -> None:
    user = fake.add_user(TOKEN, username="harbour.bakery")
    for caption in ("Work by @one, @two at #İstanbul'da !\n.\n.\n#rye #bread", "#rye#Oven"):
        user.add_media(caption=caption, timestamp=NOW - DAY)
    site.config["theme"] = {"name": "mkdocs", "locale": "de"}
    site.options["labels"] = {"de": {"by": "von", "image": "Foto"}}
    tags = ("#istanbul", "#oven", "#ov")
    site.write({f"{tag[1:]}.md": f'<!-- instagram {{include: ["{tag}"]}} -->' for tag in tags})

    build = site.build("--strict")

    assert build.status == 0, build.log
    pages = [build.html(f"{tag[1:]}/index.html") for tag in tags]
    alts = [re.findall(r'mk-ig__img".*? alt="(.*?)"', page) for page in pages]
    day = "Foto von harbour.bakery, 22.07.2026"
    assert alts == [["Work by one, two at İstanbul&#39;da !"], [day], []]


def test_captions_stay_out_of_the_search_index_unless_asked_for(site: Site, user: FakeUser) -> None:
    user.add_media(caption="Zwetschgendatschi <img src=x onerror=alert(1)>", newest=True)
    site.write({"index.md": "# Bread\n\nBefore <!-- instagram caption: below --> after.\n"})
    for theme in ("mkdocs", "material"):
        site.config["theme"] = {"name": theme, **({"font": False} if theme == "material" else {})}
        for search in (False, True):
            site.before = ["search"]
            site.options["search"] = search
            build = site.build("--strict")
            index = (build.site / "search" / "search_index.json").read_text(encoding="utf-8")
            assert "Before" in index
            assert "after" in index
            assert ("Zwetschgendatschi" in index) is search
            # MkDocs' search escapes what it shows; Material's escapes what is in its index.
            assert theme == "mkdocs" or "<img src=x" not in index
            assert "Zwetschgendatschi" in build.html()
            assert "<!--mk-ig" not in build.html()


@pytest.mark.parametrize("use_directory_urls", [True, False])
def test_urls_are_right_from_every_depth(
    site: Site, user: FakeUser, *, use_directory_urls: bool
) -> None:
    site.config["use_directory_urls"] = use_directory_urls
    tag = "<!-- instagram limit: 2 -->"
    site.write({"index.md": tag, "a/b/deep.md": tag, "a/index.md": tag})

    build = site.build("--strict")

    feeds = {page: html for page, html in build.pages.items() if "mk-ig__img" in html}
    assert len(feeds) == 3
    for page, html in feeds.items():
        links = re.findall(r'<link rel="stylesheet" href="([^"]*mk-ig[^"]*)"', html)
        sources = re.findall(r'class="mk-ig__img" src="([^"]*)"', html)
        candidates = [
            url.split()[0]
            for srcset in re.findall(r'srcset="([^"]*)"', html)
            for url in srcset.split(", ")
        ]
        assert len(links) == 1
        assert len(sources) == 2
        for url in (*links, *sources, *candidates):
            assert ((build.site / page).parent / url).resolve().is_file(), f"{page}: {url}"


def test_theme_templates_call_the_function_and_404_has_absolute_urls(
    site: Site, user: FakeUser
) -> None:
    overrides = site.folder / "overrides"
    overrides.mkdir()
    (overrides / "main.html").write_text(
        '{% extends "base.html" %}{% block footer %}'
        "{{ instagram_feed(limit=3) if instagram_feed is defined }}{% endblock %}",
        encoding="utf-8",
    )
    site.config |= {
        "theme": {"name": "material", "font": False, "custom_dir": "overrides"},
        "site_url": "https://bakery.example/docs/",
    }
    site.write({"index.md": "# Bread", "about.md": f"# About\n\n{'Rye and more rye. ' * 40}"})

    build = site.build("--strict")

    assert build.media() == build.media("about/index.html") == codes(user)[:3]
    assert "eager" not in build.html("about/index.html"), "a footer is far down"
    assert len(build.media("404.html")) == 3
    assert 'src="/docs/assets/mk-ig/' in build.html("404.html")
    sources = re.findall(r'class="mk-ig__img" src="([^"]*)"', build.html("about/index.html"))
    assert all((build.site / "about" / source).resolve().is_file() for source in sources)


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_a_tag_in_the_head_of_a_page_is_text(site: Site, user: FakeUser, theme: str) -> None:
    text = "How to write <!-- instagram {limit: 1} --> in a page"
    (site.folder / "overrides").mkdir()
    (site.folder / "overrides" / "main.html").write_text(
        '{% extends "base.html" %}{% block htmltitle %}'
        "{% set text = page and page.meta.description %}<title>{{ text }}</title>"
        "<meta property='og:description' content='{{ text }}'>{% endblock %}",
        encoding="utf-8",
    )
    site.config["theme"] = {"name": theme, "custom_dir": "overrides"}
    site.config["site_description"] = text
    site.write({"index.md": f"---\ndescription: '{text}'\n---\n# Bread\n\n<!-- instagram -->\n"})

    build = site.build("--strict")

    assert build.warnings == []
    assert build.media() == codes(user)
    head = html5lib.parse(build.html(), namespaceHTMLElements=False).find("head")
    assert head is not None
    assert head.findtext("title") == text
    shown = {meta.get("content") for meta in head.iter("meta") if "instagram" in str(meta.attrib)}
    assert shown == {text}
    assert head.find("link[@rel='stylesheet']") is not None


def test_a_users_template_wins_and_a_broken_one_is_told(site: Site, user: FakeUser) -> None:
    folder = site.folder / "overrides" / "instagram"
    folder.mkdir(parents=True)
    site.config["theme"] = {"name": "mkdocs", "custom_dir": "overrides"}
    template = folder / "item.html"
    template.write_text("<b class='own'>{{ item.media.caption }}</b>", encoding="utf-8")
    user.add_media(caption="<i>crust</i>", newest=True)

    build = site.build("--strict")
    assert build.html().count("class='own'") == 12
    assert "&lt;i&gt;crust&lt;/i&gt;" in build.html()

    template.write_text("{{ item.media.caption", encoding="utf-8")
    broken = site.build()
    assert broken.status == 1
    assert "index.md, feed tag 1: the template instagram/item.html failed" in broken.log
    assert "Traceback" not in broken.log


@pytest.mark.parametrize("name", ["item.html", "part.html"])
def test_a_users_template_may_differ_from_page_to_page(
    site: Site, user: FakeUser, name: str
) -> None:
    folder = site.folder / "overrides" / "instagram"
    folder.mkdir(parents=True)
    site.config["theme"] = {"name": "mkdocs", "custom_dir": "overrides"}
    (folder / "item.html").write_text("{% include 'instagram/part.html' %}", encoding="utf-8")
    (folder / name).write_text("<b class='own'>{{ page.title }}</b>", encoding="utf-8")
    pages = ("rye", "oat")
    site.write({f"{page}.md": f"# {page}\n\n<!-- instagram -->\n" for page in pages})

    build = site.build("--strict")

    for page in pages:
        assert build.html(f"{page}/index.html").count(f"<b class='own'>{page}</b>") == 12


def test_a_cache_of_zeros_is_put_aside_and_begun_anew(site: Site, user: FakeUser) -> None:
    site.build()
    (site.cache / "cache.db").write_bytes(bytes(40960))
    for path in site.cache.glob("cache.db-*"):
        path.unlink()
    site.fake.clear()

    build = site.build()

    assert build.status == 0
    assert len(build.media()) == 12
    (warning,) = build.warnings
    assert "renamed to broken-cache.db" in warning
    assert (site.cache / "broken-cache.db").read_bytes() == bytes(40960)
    site.fake.clear()
    again = site.build("--strict")
    assert again.status == 0
    assert site.fake.count() == 0


def test_an_unwritable_cache_is_a_temporary_one(site: Site, user: FakeUser) -> None:
    site.cache.parent.mkdir(parents=True)
    site.cache.write_text("a file where the folder should be", encoding="utf-8")

    build = site.build()

    assert build.status == 0
    assert len(build.media()) == 12
    (warning,) = build.warnings
    assert "it is not a folder" in warning
    assert "kept in a temporary folder" in warning
    assert site.cache.read_text(encoding="utf-8") == "a file where the folder should be"


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_the_cache_folder_is_private_and_ignores_itself(site: Site, user: FakeUser) -> None:
    site.build()

    assert site.cache.stat().st_mode & 0o777 == 0o700
    assert (site.cache / ".gitignore").read_text(encoding="utf-8") == "*\n"


WRONG = {
    "<!-- instagram {limit: 0} -->": "option limit: 0 is not a whole number from 1 to 1000",
    "<!-- instagram {limit: many} -->": "option limit: many is not a whole number",
    "<!-- instagram {account: mian} -->": "no account is called mian. Did you mean main?",
    "<!-- instagram {limit: [6} -->": "its options are not valid YAML",
    "<!-- instagram\n    limit: 9\n  caption: [below\n-->": "its options are not valid YAML",
    "<!-- instagram\ninclude: #team\n-->": "option include has no value. In YAML an unquoted #",
    "<!-- instagram ratio: 3:4 -->": "Write 3/4 or 4/5",
    "<!-- instagram {post: 'not a code!'} -->": "neither a shortcode nor a permalink",
    "<!-- instagram post: instagram.com/share/p/C0001abcDEF -->": "is a share link, which does not",
    f"<!-- instagram {{token: {TOKEN}}} -->": "a token must not be in mkdocs.yml or a page",
}


@pytest.mark.parametrize("tag", WRONG, ids=list(WRONG.values()))
def test_a_wrong_tag_stops_the_build_and_says_where(site: Site, user: FakeUser, tag: str) -> None:
    site.options["accounts"] = {"main": {}}
    (site.folder / "docs" / "index.md").unlink()
    site.config["docs_dir"] = "docs"
    site.write({"about.md": f"<!-- instagram limit: 1 -->\n\n{tag}\n"})

    build = site.build()
    (site.folder / "docs" / "about.md").unlink()

    assert build.status == 1
    assert "about.md, feed tag 2: " in build.log
    assert WRONG[tag] in build.log
    assert "Traceback" not in build.log


def test_posts_are_found_by_their_addresses_as_people_paste_them(
    site: Site, user: FakeUser
) -> None:
    first, second, third, *_ = codes(user)
    posts = [
        f"m.instagram.com/p/{second}/embed/?igsh=x&amp;y=z",
        f"<https://instagr.am/harbour.bakery/reel/{first}/>",
        f"/p/{third}",
    ]
    site.write({"index.md": f"<!-- instagram {json.dumps({'post': posts})} -->"})
    site.options["media"] = {f"www.instagram.com/p/{third}/": {"hide": True}}

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert build.media() == [second, first]


def test_a_share_link_is_refused_before_any_request(site: Site, user: FakeUser) -> None:
    link = "https://www.instagram.com/share/p/BAx1yZ2abc"
    site.write({"index.md": f"<!-- instagram post: {link} -->"})

    build = site.build()

    assert (build.status, site.fake.count()) == (1, 0)
    assert f"index.md, feed tag 1: option post: {link} is a share link" in build.log
    assert "Open it in a browser, and write the address that the browser then shows." in build.log


def test_an_unknown_option_warns_and_names_the_nearest(site: Site, user: FakeUser) -> None:
    site.write({"index.md": "<!-- instagram {limits: 3} -->"})

    build = site.build()

    assert build.warnings == [
        "index.md, feed tag 1: unknown option limits is ignored. Did you mean limit?"
    ]
    assert len(build.media()) == 12


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f"{TOKEN}\nsecond line", "contains several lines or words"),
        ("caf\u00e9" * 20, "contains characters that no token has, or is too long"),
    ],
)
def test_a_malformed_token_is_not_sent(site: Site, user: FakeUser, value: str, said: str) -> None:
    build = site.build(environment={"INSTAGRAM_ACCESS_TOKEN": value})

    assert build.status == 0
    assert site.fake.count() == 0
    (warning,) = build.warnings
    assert said in warning
    assert "Put a new token into $INSTAGRAM_ACCESS_TOKEN." in warning


@pytest.mark.parametrize("around", ['"{}"', "'{}'", '"{}', "Bearer {}"])
def test_a_token_with_something_around_it_is_not_sent_and_the_cure_fits(
    site: Site, user: FakeUser, around: str
) -> None:
    build = site.build(environment={"INSTAGRAM_ACCESS_TOKEN": around.format(TOKEN)})

    assert build.status == 0
    assert site.fake.count() == 0
    (warning,) = build.warnings
    assert "environment variable INSTAGRAM_ACCESS_TOKEN" in warning
    assert ("Keep only the token" if "Bearer" in around else "Remove them") in warning
    assert "Put a new token" not in warning


def test_white_space_around_a_token_is_dropped(site: Site, user: FakeUser) -> None:
    build = site.build("--strict", environment={"INSTAGRAM_ACCESS_TOKEN": f" {TOKEN}\r\n"})

    assert build.status == 0
    assert len(build.media()) == 12


@pytest.mark.parametrize(
    "options",
    [
        {"token": TOKEN},
        {"access_token": TOKEN},
        {"accounts": {"main": {"token": TOKEN}}},
        {"accounts": {"main": {"token_env": TOKEN}}},
        {"accounts": {"token": TOKEN}},
        {"defaults": {"token": TOKEN}},
        {"feeds": {"team": {"access_token": TOKEN}}},
    ],
)
def test_a_token_in_the_config_stops_the_build_unrepeated(
    site: Site, options: dict[str, object]
) -> None:
    site.options |= options

    build = site.build("--verbose")

    assert build.status == 1
    assert "Traceback" not in build.log
    is_variable = "token_env" in str(options)
    said = "never the token itself" if is_variable else "a token must not be in mkdocs.yml"
    assert said in build.log


def test_a_build_within_a_running_event_loop_works(site: Site, user: FakeUser) -> None:
    script = (
        "import asyncio\n"
        "from mkdocs.commands.build import build\n"
        "from mkdocs.config import load_config\n"
        "async def main():\n"
        "    build(load_config('mkdocs.yml'))\n"
        "asyncio.run(main())\n"
    )
    site.write_config()

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=site.folder,
        env=site.whole_environment(),
        check=False,
        timeout=60,
    )

    assert done.returncode == 0
    assert len(re.findall("data-media", (site.folder / "site/index.html").read_text())) == 12


def test_the_same_failure_of_two_accounts_is_told_of_each(site: Site, user: FakeUser) -> None:
    site.options["accounts"] = {"main": {}, "shop": {}}
    site.write({"index.md": "<!-- instagram -->\n\n<!-- instagram account: shop -->\n"})
    site.fake.fail("user", error(190, subcode=463))

    build = site.build()

    assert [line.partition(":")[0] for line in build.warnings] == [
        "index.md, feed tag 1",
        "index.md, feed tag 2",
    ]


def test_a_misspelt_preset_alone_is_a_warning(site: Site, user: FakeUser) -> None:
    site.options["feeds"] = {"team": {"limit": 3}}
    site.write({"index.md": "<!-- instagram teem -->\n\n<!-- instagram is where we post -->\n"})

    build = site.build("--strict")

    assert (build.status, build.media()) == (1, [])
    assert build.warnings == [
        (
            "index.md: no feed is called teem. Did you mean team? Names in `feeds` of mkdocs.yml: "
            'team. No feed is shown in place of the comment "instagram teem".'
        )
    ]
    assert build.lines("INFO")[0] == (
        'index.md: the comment "instagram is where we post" is not a feed tag and stays as it is. '
        "A tag looks like this: <!-- instagram --> or <!-- instagram {limit: 6} -->."
    )


def test_a_misspelt_preset_in_a_template_is_told_for_the_first_page_only(
    site: Site, user: FakeUser
) -> None:
    site.options["feeds"] = {"team": {"limit": 3}}
    site.config["theme"] = {"name": "mkdocs", "custom_dir": "overrides"}
    footer = (
        "{% block footer %}{{ instagram_feed('teem') }}<!-- Instagram icon, small -->{% endblock %}"
    )
    (site.folder / "overrides").mkdir()
    template = site.folder / "overrides" / "main.html"
    template.write_text(f"{{% extends 'base.html' %}}{footer}", encoding="utf-8")
    site.write(
        {
            "index.md": "<!-- instagram teem -->\n",
            "other.md": "Words\n",
            "third.md": "<!-- instagram teem -->\n",
        }
    )

    build = site.build()

    assert [line.partition(":")[0] for line in build.warnings] == ["index.md", "third.md"]
    (told,) = build.lines("INFO")
    assert told.startswith('index.md: the comment "Instagram icon, small" is not a feed tag')


def test_a_tag_is_found_in_any_case_and_with_a_colon(site: Site, user: FakeUser) -> None:
    site.write({"index.md": "<!-- Instagram {limit: 2} -->\n\n<!-- INSTAGRAM: limit: 3 -->\n"})

    build = site.build("--strict")

    assert build.status == 0, build.log
    assert len(build.media()) == 5


def test_pictures_that_a_setting_kept_away_come_with_the_next_build(
    site: Site, user: FakeUser
) -> None:
    site.build()
    shutil.rmtree(site.cache / "media")

    ca = site.folder / "ca.pem"
    build = site.build("--strict", environment={"SSL_CERT_FILE": str(ca)})

    assert (build.status, build.media()) == (1, [])
    (warning,) = build.warnings
    assert warning == (
        "index.md, feed tag 1: the pictures of 12 posts could not be downloaded. The certificates "
        f"that SSL_CERT_FILE names cannot be read: {ca} does not exist. The feed is shown without "
        "such posts. Set SSL_CERT_FILE to a file of certificates in PEM format, or unset it."
    )
    assert len(site.build("--strict").media()) == 12
