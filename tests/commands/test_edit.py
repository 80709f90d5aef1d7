"""`edit`: what it serves, to whom, and that it asks Instagram nothing."""

import http.client
import re
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import TOKEN
from fake import FakeInstagram
from shell import DAY, Shell

from mkdocs_instagram.commands.edit import open_server

SMALL = {"widths": [32]}


@pytest.fixture
def shell(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    with fake.remapped():
        yield Shell(tmp_path, fake)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The page, as somebody sees it before Ctrl+C."""
    seen: list[str] = []

    def serve(server: ThreadingHTTPServer) -> None:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        seen.append(ask(server)[1].decode())
        thread.join()
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadingHTTPServer, "serve_forever", serve)
    return seen


def ask(
    server: ThreadingHTTPServer, path: str = "/", host: str = ""
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def codes(page: str) -> set[str]:
    return set(re.findall(r'data-media="([^"]+)"', page))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    for name in ("index.html", "a.webp", "secret.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    files = {"": tmp_path / "index.html", "a.webp": tmp_path / "a.webp"}
    with open_server(files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_demo_needs_no_site_and_leaves_nothing_behind(shell: Shell, pages: list[str]) -> None:
    done = shell.run("edit", "--demo")

    assert done.status == 0
    assert re.search(r"http://127\.0\.0\.1:\d+/", done.err)
    assert done.err.endswith("Stopped.")
    assert "DemoGalaxy1" in codes(pages[0])
    assert list(shell.folder.iterdir()) == []


def test_saved_posts_are_shown_without_a_request(
    shell: Shell, fake: FakeInstagram, pages: list[str]
) -> None:
    shell.environment = {"INSTAGRAM_ACCESS_TOKEN": TOKEN}
    fake.add_user(TOKEN).add_mixed(4)
    shell.run("fetch")
    asked = len(fake.requests)
    shell.now += 30 * DAY

    done = shell.run("edit")

    assert done.status == 0
    assert len(codes(pages[0])) == 4
    assert len(fake.requests) == asked
    assert TOKEN not in pages[0]


def test_pictures_that_are_not_saved_are_left_to_the_next_build(
    shell: Shell, fake: FakeInstagram, pages: list[str]
) -> None:
    shell.environment = {"INSTAGRAM_ACCESS_TOKEN": TOKEN}
    fake.add_user(TOKEN).add_mixed(4)
    shell.run("fetch")
    shell.run("edit")
    shell.configure(defaults={"open": "viewer"})
    shell.run("fetch")
    shell.run("edit")

    before, after = (page.count('class="mk-ig__position"') for page in pages)
    assert before == 0
    assert after > 1


def test_without_saved_posts_it_says_what_to_do(shell: Shell) -> None:
    done = shell.run("edit")

    assert done.status == 1
    assert "No post of main is saved, so there is nothing to show." in done.err
    assert "Run `mkdocs-instagram fetch`, or add --demo" in done.err


def test_what_defaults_say_is_not_in_the_tag(shell: Shell, pages: list[str]) -> None:
    defaults = {"limit": 5, "caption": "below"}
    shell.configure(accounts={"try": {"demo": True}}, defaults=defaults, images=SMALL)

    shell.run("edit")

    assert 'data-option="limit" data-kind="number" data-base="5"' in pages[0]
    assert 'data-option="caption" data-kind="choice" data-base="below"' in pages[0]


def test_the_tag_names_an_account_that_is_not_the_first(shell: Shell, pages: list[str]) -> None:
    shell.configure(accounts={"main": {}, "try": {"demo": True}}, images=SMALL)

    shell.run("edit", "--account", "try")
    shell.run("edit", "--demo")

    assert "&#34;account&#34;: &#34;try&#34;" in pages[0]
    assert "&#34;account&#34;: &#34;&#34;" in pages[1]


def test_the_server_has_its_page_and_files_and_nothing_else(server: ThreadingHTTPServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert ask(server)[1] == b"index.html"
    answer, body = ask(server, "/a.webp?x")
    assert (answer.headers["Content-Type"], body) == ("image/webp", b"a.webp")
    for path in ("/secret.txt", "/index.html", "/../secret.txt", "/%2e%2e/secret.txt"):
        assert ask(server, path)[0].status == 404, path


def test_scripts_and_files_are_the_page_s_own(server: ThreadingHTTPServer) -> None:
    headers = ask(server)[0].headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example:{}", "[::1]:{}"]
)
def test_another_name_for_this_computer_is_refused(server: ThreadingHTTPServer, host: str) -> None:
    answer, body = ask(server, host=host.format(server.server_port))

    assert answer.status == 421
    assert b"index.html" not in body
