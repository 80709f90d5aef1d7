"""Feeds in sites that other programs have built: which pages change, how, and what is refused."""

import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import TOKEN
from fake import FakeInstagram, FakeUser
from shell import DAY, Done, Shell

from mkdocs_instagram.commands import inject as inject_module
from mkdocs_instagram.errors import CacheUnusable
from mkdocs_instagram.render import built_pages
from mkdocs_instagram.render.built_site import BuiltSite

PAGE = "<!doctype html><html lang='de'><head><title>x</title></head><body>{}</body></html>"
TAG = "<!-- instagram {limit: 2} -->"


class Site:
    """A folder `site` beside an instagram.yml, and the command on it."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.folder = shell.folder / "site"
        self.folder.mkdir()
        self.configure(accounts={"try": {"demo": True}}, defaults={"open": "none"})

    def configure(self, **options: Any) -> None:
        """Write instagram.yml. Pictures are small: making them is most of a run's time."""
        images = {"widths": [64], **options.pop("images", {})}
        text = yaml.safe_dump({**options, "images": images})
        (self.shell.folder / "instagram.yml").write_text(text, encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def inject(self, *arguments: str) -> Done:
        return self.shell.run("inject", str(self.folder), *arguments)

    def files(self) -> dict[str, tuple[bytes, int]]:
        """The bytes and the time of each file."""
        return {
            path.relative_to(self.folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in self.folder.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def site(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.chdir(tmp_path)
    return Site(Shell(tmp_path, fake))


def codes(page: Path) -> list[str]:
    return re.findall(r'data-media="([^"]*)"', page.read_text(encoding="utf-8"))


def test_tags_become_feeds_with_files_of_the_site(site: Site) -> None:
    home = site.write("index.html", PAGE.format(f"<p>{TAG}</p>"))
    deep = site.write("a/b/index.html", PAGE.format(f"{TAG} and <!-- instagram {{limit: 1}} -->"))

    done = site.inject()

    assert done.status == 0, done.err
    assert "3 feeds in 2 pages: 2 changed." in done.err
    assert len(codes(home)) == 2
    assert len(codes(deep)) == 3
    for page in (home, deep):
        html = page.read_text(encoding="utf-8")
        links = re.findall(r'(?:src|href)="([^":]*assets/[^"]*)"', html)
        assert len(links) > 2
        assert all((page.parent / link).is_file() for link in links)
        assert html.count("<link ") == 1
    assert TAG in home.read_text(encoding="utf-8")
    assert "<p><!--" not in home.read_text(encoding="utf-8")
    assert "2026" not in done.out


@pytest.mark.skipif(os.name != "posix", reason="on Windows there is always a home folder")
def test_no_home_folder_is_needed(site: Site, homeless: None) -> None:
    site.write("index.html", PAGE.format(TAG))

    assert site.inject().status == 0


def test_a_second_run_changes_no_byte_and_no_time(site: Site) -> None:
    site.write("index.html", PAGE.format(TAG))
    site.write("plain.html", PAGE.format("<!-- a comment -->"))
    assert site.inject().status == 0
    before = site.files()

    done = site.inject("--strict")

    assert done.status == 0
    assert "1 feed in 1 page: 0 changed. 0 files added, 0 removed." in done.err
    assert site.files() == before


def test_a_later_run_renews_feed_and_files_and_removes_the_old_ones(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.write("index.html", PAGE.format(TAG))
    feed = site.write("feed.xml", "<rss/>")
    foreign = site.write("assets/mk-ig/logo.png", b"x")
    assert site.inject().status == 0
    first = {name for name in site.files() if name.endswith(".webp")}
    kept = next(iter(first))
    feed.write_text(f'<rss><img src="/{kept}"></rss>', encoding="utf-8")
    site.configure(
        accounts={"try": {"demo": True}}, defaults={"open": "none"}, images={"quality": 40}
    )

    done = site.inject()

    second = {name for name in site.files() if name.endswith(".webp")}
    assert done.status == 0
    assert first & second == {kept}
    assert f"{len(second) - 1} files added, {len(first) - 1} removed." in done.err
    assert foreign.read_bytes() == b"x"
    assert codes(page) == codes(page)[:2]
    assert page.read_text(encoding="utf-8").count("<link ") == 1


def test_pages_keep_mode_encoding_and_line_ends(site: Site) -> None:
    text = "<meta charset=iso-8859-1>\r\n<p>Grüße</p>\r\n<!-- instagram {limit: 12} -->\r\n"
    page = site.write("index.html", text.encode("latin-1"))
    page.chmod(0o640)

    assert site.inject().status == 0

    assert stat.S_IMODE(page.stat().st_mode) == 0o640
    data = page.read_bytes()
    assert "Grüße".encode("latin-1") in data
    assert data.count(b"\n") == data.count(b"\r\n") > 10
    assert b"&#" in data  # captions in other scripts
    before = site.files()
    assert site.inject().status == 0
    assert site.files() == before


def test_a_byte_order_mark_stays(site: Site) -> None:
    page = site.write("index.html", b"\xef\xbb\xbf" + PAGE.format(TAG).encode())

    assert site.inject().status == 0

    assert page.read_bytes().startswith(b"\xef\xbb\xbf<!doctype")


def test_an_element_in_place_of_the_comment_is_a_tag_too(site: Site) -> None:
    forms = [
        '<template data-instagram="{limit: 1, title: &quot;A&quot;}"></template>',
        "<template data-instagram='limit: 1'></template>",
        "<template data-instagram=try></template>",
        "<TEMPLATE data-instagram> </TEMPLATE>",
    ]
    site.configure(
        accounts={"try": {"demo": True}},
        defaults={"limit": 1, "open": "none"},
        feeds={"try": {"limit": 3}},
    )
    page = site.write("index.html", PAGE.format("".join(f"<p>{form}</p>" for form in forms)))

    assert site.inject().status == 0

    assert len(codes(page)) == 1 + 1 + 3 + 1
    assert 'aria-label="A"' in page.read_text(encoding="utf-8")
    assert "<template" not in page.read_text(encoding="utf-8")


def test_templates_of_other_programs_stay(site: Site) -> None:
    page = site.write("index.html", PAGE.format('<template id="x"><p></p></template>' + TAG))

    assert site.inject().status == 0

    assert '<template id="x"><p></p></template>' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "head", "url"),
    [
        ("404.html", "", "/assets/"),
        ("sub/404.html", "", "../assets/"),
        ("a/index.html", '<base href="/docs/">', '"assets/'),
        ("a/index.html", "<base href='../'>", '"assets/'),
        ("a/index.html", '<base href="https://example.org/docs/">', '"assets/'),
    ],
)
def test_urls_lead_to_the_files_from_every_page(site: Site, name: str, head: str, url: str) -> None:
    page = site.write(name, f"<html><head>{head}</head><body>{TAG}</body></html>")

    assert site.inject().status == 0

    assert f'href="{url.strip(chr(34))}' in page.read_text(encoding="utf-8")


def test_404_knows_the_folder_of_the_site(site: Site) -> None:
    (site.shell.folder / "instagram.yml").unlink()
    (site.shell.folder / "zensical.toml").write_text(
        '[project]\nsite_url = "https://example.org/docs/"\n'
        "[project.plugins.instagram]\naccounts = {try = {demo = true}}\n",
        encoding="utf-8",
    )
    page = site.write("404.html", PAGE.format(TAG))

    assert site.inject().status == 0

    assert 'href="/docs/assets/mk-ig/' in page.read_text(encoding="utf-8")
    assert (site.shell.folder / ".instagram-cache").is_dir()
    assert not (site.shell.folder / ".cache").exists()


@pytest.mark.parametrize("text", ["<title>x<p>{}", "{}", "<html><body>{}</body></html>"])
def test_pages_without_a_head_are_styled(site: Site, text: str) -> None:
    page = site.write("index.html", text.format(TAG))

    assert site.inject().status == 0
    once = page.read_bytes()
    assert once.index(b"<link ") < once.index(b'<div class="mk-ig')
    assert site.inject().status == 0
    assert page.read_bytes() == once


def test_tags_in_code_and_hidden_folders_and_links_are_left_alone(
    site: Site, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "page.html").write_text(PAGE.format(TAG), encoding="utf-8")
    site.write(".git/page.html", PAGE.format(TAG))
    site.write("index.html", PAGE.format(TAG + "<code>&lt;!-- instagram --&gt;</code>"))
    (site.folder / "page.html").symlink_to(outside / "page.html")
    (site.folder / "folder").symlink_to(outside)

    assert "1 feed in 1 page" in site.inject().err

    assert (outside / "page.html").read_text(encoding="utf-8") == PAGE.format(TAG)
    assert (site.folder / ".git/page.html").read_text(encoding="utf-8") == PAGE.format(TAG)


def test_a_site_without_a_tag_says_who_may_have_removed_it(site: Site) -> None:
    site.write("index.html", PAGE.format("<p></p>"))

    done = site.inject()

    assert done.status == 1
    assert f"No page in {site.folder} has a feed tag, so nothing was changed." in done.err
    for name in ("Hugo", "--minify", "html-minifier", "remove_comments", "data-instagram"):
        assert name in done.err


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("<!-- instagram {limit: 0} -->", "b.html, feed tag 1: option limit: 0 is not a whole"),
        ("<!-- instagram {limit: 3, -->", "b.html, feed tag 1: its options are not valid YAML"),
        ("<!-- instagram {template: no.html} -->", "there is no template instagram/no.html"),
    ],
)
def test_a_wrong_tag_changes_no_page(site: Site, tag: str, text: str) -> None:
    site.write("a.html", PAGE.format(TAG))
    site.write("b.html", PAGE.format(tag))
    before = {name: site.files()[name] for name in ("a.html", "b.html")}

    done = site.inject()

    assert done.status == 1
    assert text in done.err
    assert "No page was changed." in done.err
    assert {name: site.files()[name] for name in before} == before


def test_warnings_fail_with_strict_only(site: Site) -> None:
    site.write("index.html", PAGE.format("<!-- instagram {limit: 1, limits: 3} -->"))

    assert site.inject().status == 0
    done = site.inject("--strict")

    assert done.status == 1
    assert "WARNING: index.html, feed tag 1: unknown option limits is ignored." in done.err
    assert "1 warning, and --strict is set." in done.err


def test_quiet_says_nothing_when_all_is_well(site: Site) -> None:
    site.write("index.html", PAGE.format(TAG))

    assert site.inject("--quiet").err == ""


def make_file(site: Site) -> None:
    site.folder.rmdir()
    site.folder.write_text("", encoding="utf-8")


@pytest.mark.parametrize(
    ("prepare", "text"),
    [
        (lambda site: site.folder.rmdir(), "does not exist."),
        (make_file, "is not a folder."),
        (
            lambda site: (site.folder / "mkdocs.yml").write_text("docs_dir: ."),
            "contains more than a built site",
        ),
    ],
)
def test_what_is_no_built_site_is_refused(
    site: Site, prepare: Callable[[Site], object], text: str
) -> None:
    prepare(site)
    config = site.folder / "mkdocs.yml"

    done = site.inject(*(["-f", str(config)] if config.is_file() else []))

    assert done.status == 1
    assert text in done.err
    assert "Name the folder into which the generator writes the site" in done.err


@pytest.mark.parametrize("name", ["docs", "docs/deep"])
def test_the_sources_are_refused(site: Site, name: str) -> None:
    site.shell.configure(accounts={"try": {"demo": True}})
    folder = site.shell.folder / name
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(PAGE.format(TAG), encoding="utf-8")

    done = site.shell.run("inject", str(folder))

    assert done.status == 1
    assert "so nothing was changed" in done.err
    assert (folder / "page.html").read_text(encoding="utf-8") == PAGE.format(TAG)


def test_the_home_folder_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(site.folder / "ada"))

    assert "contains more than a built site" in site.inject().err


def test_pages_that_cannot_be_changed_are_named_and_the_others_change(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built_pages, "MAX_BYTES", 10_000)
    site.write("large.html", PAGE.format(TAG + "x" * 10_000))
    site.write("large-without.html", PAGE.format("x" * 20_000))
    site.write("latin.html", PAGE.format(TAG).encode() + "Grüße".encode("latin-1"))
    good = site.write("good.html", PAGE.format(TAG))
    before = site.files()

    done = site.inject()

    assert done.status == 1
    assert "large.html has a feed tag and more than" in done.err
    assert "latin.html is not text in utf-8, so it is left as it is. Build it in UTF-8." in done.err
    assert "2 pages could not be changed." in done.err
    assert len(codes(good)) == 2
    after = site.files()
    assert all(after[name] == before[name] for name in before if name != "good.html")


def test_a_full_disk_leaves_each_page_as_it_was_or_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [site.write(f"{number}.html", PAGE.format(TAG)) for number in range(4)]
    real, written = Path.chmod, []

    def fill(*arguments: Any) -> None:
        written.append(arguments)
        if len(written) > 2:
            raise OSError(28, "No space left on device")
        real(*arguments)

    monkeypatch.setattr(Path, "chmod", fill)
    done = site.inject()
    monkeypatch.undo()

    assert done.status == 1
    assert "2.html cannot be written, and is as it was: No space left on device." in done.err
    assert [len(codes(page)) for page in pages] == [2, 2, 0, 0]
    assert [path.name for path in site.folder.glob(".*")] == []


def test_a_page_that_changes_meanwhile_is_read_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.write("index.html", PAGE.format(TAG))
    real, calls = built_pages.write_page, []

    def write(*arguments: Any) -> os.stat_result | None:
        calls.append(arguments)
        if len(calls) == 1:
            page.write_text(PAGE.format("New text " + TAG), encoding="utf-8")
        return real(*arguments)

    monkeypatch.setattr("mkdocs_instagram.commands.injection.write_page", write)

    assert site.inject().status == 0
    assert "New text <!--" in page.read_text(encoding="utf-8")
    assert len(codes(page)) == 2


def test_an_assets_folder_that_leads_out_of_the_site_is_refused(site: Site, tmp_path: Path) -> None:
    site.write("index.html", PAGE.format(TAG))
    (tmp_path / "elsewhere").mkdir()
    (site.folder / "assets").symlink_to(tmp_path / "elsewhere")

    done = site.inject()

    assert done.status == 1
    assert "is a link, or not a folder" in done.err
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_another_run_is_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(inject_module, "_LOCK_SECONDS", 0.1)
    site.write("index.html", PAGE.format(TAG))
    site.shell.cache.mkdir(parents=True)

    with FileLock(site.shell.cache / "inject.lock"):
        done = site.inject()

    assert done.status == 1
    assert "Waiting for another run of this command." in done.err
    assert "Another run of this command has not ended" in done.err
    assert site.inject().status == 0


def test_what_a_killed_run_left_is_removed(site: Site) -> None:
    site.write("index.html", PAGE.format(TAG))
    left = site.write(f"a/.x{built_pages.UNFINISHED}", "half")

    assert site.inject().status == 0
    assert not left.exists()


def test_watching_renders_again_when_the_site_is_written(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.write("index.html", PAGE.format("no tag yet"))
    monkeypatch.setattr(inject_module, "_PAUSE_SECONDS", 0.01)
    texts = iter([PAGE.format(TAG), PAGE.format("Later: " + TAG), None])
    rounds = []

    def sleep(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) % 8 == 0:
            text = next(texts)
            if text is None:
                raise KeyboardInterrupt
            page.write_text(text, encoding="utf-8")

    monkeypatch.setattr("mkdocs_instagram.commands.inject.time.sleep", sleep)

    done = site.inject("--watch")

    assert done.status == 0
    assert "has a feed tag" in done.err
    assert done.err.count("1 feed in 1 page: 1 changed.") == 2
    assert done.err.endswith("Stopped.")
    assert "Later: <!--" in page.read_text(encoding="utf-8")


def test_watching_sees_what_is_written_during_a_run(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.write("index.html", PAGE.format(TAG))
    monkeypatch.setattr(inject_module, "_PAUSE_SECONDS", 0.01)
    real = built_pages.write_page
    rounds: list[float] = []
    written: list[str] = []

    def write(old: built_pages.BuiltPage, data: bytes) -> os.stat_result | None:
        state = real(old, data)
        if not written:
            page.write_text(PAGE.format("Later: " + TAG), encoding="utf-8")
        written.append(old.name)
        return state

    def sleep(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) == 8:
            raise KeyboardInterrupt

    monkeypatch.setattr("mkdocs_instagram.commands.injection.write_page", write)
    monkeypatch.setattr("mkdocs_instagram.commands.inject.time.sleep", sleep)

    assert site.inject("--watch").status == 0
    assert "Later: <!--" in page.read_text(encoding="utf-8")
    assert len(codes(page)) == 2


def test_the_saved_feed_is_shown_without_network(
    site: Site, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    user: FakeUser = fake.add_user(TOKEN)
    user.add_mixed(3)
    site.configure(accounts={"main": {}})
    page = site.write("index.html", PAGE.format(TAG))
    site.shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
    with fake.remapped():
        assert site.inject("--strict").status == 0
        first = codes(page)
        user.add_media(newest=True)
        site.shell.now += DAY
        del fake.users[TOKEN]
        done = site.inject()

        assert done.status == 0
        assert codes(page) == first
        assert "WARNING: index.html, feed tag 1: " in done.err
        fake.users[TOKEN] = user
        site.shell.now += DAY
        assert site.inject().status == 0

    assert codes(page) == [media.shortcode for media in user.listing()][:2]


def test_a_page_keeps_its_feed_if_nothing_is_saved_and_nothing_can_be_fetched(
    site: Site, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    fake.add_user(TOKEN).add_mixed(3)
    site.configure(accounts={"main": {}})
    page = site.write("index.html", PAGE.format(TAG))
    site.shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
    with fake.remapped():
        assert site.inject("--strict").status == 0
        before = site.files()
        shutil.rmtree(site.shell.cache)
        del fake.users[TOKEN]
        done = site.inject()

    assert done.status == 0
    assert "WARNING: index.html keeps the feed that it has." in done.err
    assert site.files() == before
    assert len(codes(page)) == 2


def test_the_first_row_is_loaded_at_once_if_the_content_begins_with_the_feed(site: Site) -> None:
    menu = "<nav>" + "<a href='/'>A page of this site</a>" * 400 + "<img src='logo.svg'></nav>"
    pages = {
        "article.html": f"<main>{menu}<article><h1>A</h1>{TAG}</article></main>",
        "role.html": f'{menu}<div class="body" role="main">{TAG}</div>',
        "main.html": f"{menu}<main>{TAG}</main>",
        "low.html": f"{menu}<main>{'A long text. ' * 100}{TAG}</main>",
        "second.html": f"<article>{'A long text. ' * 100}</article><article>{TAG}</article>",
    }
    for name, text in pages.items():
        site.write(name, PAGE.format(text))

    assert site.inject().status == 0

    lazy = {name: 'loading="lazy"' in first_image(site.folder / name) for name in pages}
    assert lazy == dict.fromkeys(pages, False) | {"low.html": True, "second.html": True}


def first_image(page: Path) -> str:
    first, *_ = re.findall(r"<img [^>]*mk-ig__img[^>]*>", page.read_text(encoding="utf-8"))
    return str(first)


def test_line_ends_outside_of_feeds_stay_as_they_are(site: Site) -> None:
    page = site.write("index.html", f"<p>a\r\nb\nc\r\n{TAG}\r\n<pre>\n\n</pre>")

    assert site.inject().status == 0

    data = page.read_bytes()
    assert data.startswith(b"<p>a\r\nb\nc\r\n")
    assert data.endswith(b"\r\n<pre>\n\n</pre>")


def test_xhtml_in_an_old_encoding(site: Site) -> None:
    page = site.write(
        "index.htm",
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><base href=''/></head><body>Grüße {TAG}</body></html>".encode("latin-1"),
    )

    assert site.inject().status == 0
    assert len(codes_of(page, "latin-1")) == 2


def codes_of(page: Path, encoding: str) -> list[str]:
    return re.findall(r'data-media="([^"]*)"', page.read_text(encoding=encoding))


def test_an_element_in_a_comment_or_script_is_text(site: Site) -> None:
    form = "<template data-instagram></template>"
    texts = f"<!-- {form} --><script>a = '{form}'</script><textarea>{form}</textarea>"
    page = site.write("index.html", PAGE.format(f"{texts}{form}"))

    assert site.inject().status == 0
    html = page.read_text(encoding="utf-8")
    assert texts in html
    assert html.count("<!-- instagram -->") == 1


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<link href="/docs/style.css">', "/docs/assets/"),
        ("<script src=/a/b/style.css?v=1></script>", "/a/b/assets/"),
        ('<a href="//example.org/style.css">', "/assets/"),
        ('<link href="/docs/gone.css"><link href="/style.css">', "/assets/"),
    ],
)
def test_404_without_site_url_has_addresses_as_its_other_files(
    site: Site, link: str, url: str
) -> None:
    site.write("style.css", "")
    page = site.write("404.html", PAGE.format(link + TAG))

    assert site.inject().status == 0
    assert f'href="{url}mk-ig/' in page.read_text(encoding="utf-8")


def test_a_cache_in_the_site_is_refused(site: Site) -> None:
    (site.shell.folder / "instagram.yml").unlink()
    page = site.shell.folder / "index.html"
    page.write_text(PAGE.format(TAG), encoding="utf-8")

    done = site.shell.run("inject", str(site.shell.folder))

    assert done.status == 1
    assert f"would be in {site.shell.folder}, so nothing was changed." in done.err
    assert page.read_text(encoding="utf-8") == PAGE.format(TAG)


def test_a_folder_without_pages_is_told(site: Site) -> None:
    site.write("style.css", "")

    done = site.inject()

    assert done.status == 1
    assert f"{site.folder} has no HTML page, so nothing was changed." in done.err


def test_a_wrong_tag_leaves_no_file(site: Site) -> None:
    site.write("a.html", PAGE.format(TAG))
    site.write("b.html", PAGE.format("<!-- instagram {limit: 0} -->"))

    assert site.inject().status == 1
    assert set(site.files()) == {"a.html", "b.html"}


def test_messages_name_the_file_of_the_site(site: Site) -> None:
    site.write("index.html", PAGE.format("<!-- instagram {template: no.html} -->"))

    assert "Create it in the folder of instagram.yml." in site.inject().err

    site.configure(accounts={"a": {"demo": True}}, defaults={"account": 3})
    assert "is not the name of an account in instagram.yml." in site.inject().err

    site.configure(accounts={"a": {"demo": True}}, feeds={"team": {"limit": 1}})
    site.write("index.html", PAGE.format("<!-- instagram teem -->"))
    assert "Names in `feeds` of instagram.yml: team." in site.inject().err


def test_templates_are_beside_instagram_yml(site: Site) -> None:
    folder = site.shell.folder / "instagram"
    folder.mkdir()
    (folder / "item.html").write_text("<b>{{ item.media.shortcode }}{{ page.title }}</b>")
    page = site.write("index.html", PAGE.format(TAG))

    assert site.inject("--strict").status == 0
    assert page.read_text(encoding="utf-8").count("<b>Demo") == 2


def test_an_account_can_be_chosen(site: Site) -> None:
    site.configure(
        accounts={"first": {}, "try": {"demo": True}}, feeds={"one": {"account": "first"}}
    )
    page = site.write("index.html", PAGE.format(TAG))

    assert site.inject("--account", "try", "--strict").status == 0
    assert len(codes(page)) == 2


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_a_cache_that_cannot_be_written_does_not_keep_feeds_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise CacheUnusable("Permission denied")

    monkeypatch.setattr("mkdocs_instagram.commands.context.Context.open_writable_cache", refuse)
    page = site.write("index.html", PAGE.format(TAG))

    assert site.inject().status == 0
    assert len(codes(page)) == 2


def test_a_page_that_vanishes_is_no_problem(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    page = site.write("index.html", PAGE.format(TAG))
    gone = site.write("old.html", PAGE.format(TAG))
    real = built_pages.write_page

    def write(old: built_pages.BuiltPage, data: bytes) -> os.stat_result | None:
        gone.unlink(missing_ok=True)
        return real(old, data)

    monkeypatch.setattr("mkdocs_instagram.commands.injection.write_page", write)

    assert site.inject().status == 0
    assert len(codes(page)) == 2
    assert not gone.exists()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["instagram.yml"], "plugin: not necessary: run `mkdocs-instagram inject SITE`"),
        (["zensical.toml"], "plugin: Zensical runs no plugins: run `mkdocs-instagram inject SITE`"),
        (
            ["mkdocs.yml", "zensical.toml"],
            "plugin: in `plugins`; but zensical.toml is here too, and Zensical runs no plugins:",
        ),
    ],
)
def test_doctor_says_where_the_plugin_alone_does_nothing(
    tmp_path: Path, fake: FakeInstagram, names: list[str], expected: str
) -> None:
    texts = {
        "instagram.yml": "accounts: {try: {demo: true}}",
        "zensical.toml": "[project.plugins.instagram]\naccounts = {try = {demo = true}}\n",
        "mkdocs.yml": "plugins: [{instagram: {accounts: {try: {demo: true}}}}]",
    }
    for name in names:
        (tmp_path / name).write_text(texts[name], encoding="utf-8")

    done = Shell(tmp_path, fake).run("doctor")

    assert done.status == 0
    assert f"✓ {expected}" in done.out
    assert "mkdocs.yml" in done.out or names != ["mkdocs.yml", "zensical.toml"]


def test_a_disk_that_is_full_before_the_first_page_leaves_no_file(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.write("index.html", PAGE.format(TAG))

    def fill(path: Path) -> bool:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    real = BuiltSite.publish
    monkeypatch.setattr(
        BuiltSite,
        "publish",
        lambda self, name, write: real(self, name, fill if name.endswith(".css") else write),
    )

    done = site.inject()

    assert done.status == 1
    assert f"{site.folder} cannot be used: No space left on device." in done.err
    assert set(site.files()) == {"index.html"}
    assert page.read_text(encoding="utf-8") == PAGE.format(TAG)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_what_is_no_file_is_left_alone(site: Site) -> None:
    site.write("index.html", PAGE.format(TAG))
    os.mkfifo(site.folder / "pipe.html")

    assert site.inject("--strict").status == 0


def test_a_page_that_cannot_be_read_is_named_and_the_others_change(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.write("index.html", PAGE.format(TAG))
    other = site.write("a/other.html", PAGE.format(TAG))
    real = Path.read_bytes

    def read(path: Path) -> bytes:
        if path == other:  # root may read everything
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)

    done = site.inject()

    assert done.status == 1
    assert "a/other.html cannot be read: Permission denied." in done.err
    assert len(codes(page)) == 2


def test_a_folder_that_cannot_be_read_stops_the_command(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = site.write("index.html", PAGE.format(TAG))
    other = site.write("a/other.html", PAGE.format(TAG))
    real = os.scandir

    def scan(path: str) -> Any:
        if path == str(other.parent):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr("mkdocs_instagram.render.built_site.os.scandir", scan)

    done = site.inject()

    assert done.status == 1
    assert f"{other.parent} cannot be used: Permission denied. Each page is" in done.err
    assert page.read_text(encoding="utf-8") == PAGE.format(TAG)


def test_pictures_can_be_read_by_the_web_server(site: Site) -> None:
    page = site.write("index.html", PAGE.format(TAG))
    page.chmod(0o644)
    before = os.umask(0o022)
    try:
        assert site.inject().status == 0
    finally:
        os.umask(before)

    assert all(
        stat.S_IMODE(path.stat().st_mode) == 0o644
        for path in site.folder.rglob("*")
        if path.is_file()
    )
