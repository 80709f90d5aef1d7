"""What `status` and `doctor` say of a snapshot."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import snapshots
from conftest import TOKEN
from fake import FakeInstagram
from shell import Shell

from mkdocs_instagram.feed.snapshot import read_snapshot


@pytest.fixture
def shell(tmp_path: Path, fake: FakeInstagram, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setenv("SSL_CERT_FILE", str(fake.ca_file))
    shell = Shell(tmp_path, fake)
    snapshots.write(tmp_path / "feed", snapshots.invent_posts(3))
    shell.configure(accounts={"main": {"snapshot": "feed"}})
    with fake.remapped():
        yield shell


def test_status_tells_the_age_of_a_snapshot(shell: Shell) -> None:
    done = shell.run("status")

    assert done.status == 0
    assert "not needed: this is a snapshot" in done.out
    assert "feed, 3 posts, changed 2026-07-01 09:00 UTC, about 22 days ago" in done.out
    status = json.loads(shell.run("status", "--json").out)
    assert status["snapshot"] == str(shell.folder / "feed")
    assert status["snapshot_written_at"] == "2026-07-01T09:00:00+00:00"
    assert status["snapshot_media"] == 3


def test_status_says_what_is_wrong_with_it(shell: Shell) -> None:
    (shell.folder / "feed" / "snapshot.json").unlink()

    assert "is not complete: it has no snapshot.json. Write it with" in shell.run("status").out
    assert json.loads(shell.run("status", "--json").out)["snapshot_media"] is None


def test_status_has_no_such_keys_without_one(shell: Shell) -> None:
    shell.configure(accounts={"try": {"demo": True}})

    assert "snapshot" not in shell.run("status", "--json").out


def test_doctor_checks_the_snapshot_and_no_token(shell: Shell) -> None:
    done = shell.run("doctor", "--json")

    checks = {check["name"]: check for check in json.loads(done.out)["checks"]}
    assert checks["snapshot"]["state"] == "ok"
    assert "3 posts, changed 2026-07-01" in checks["snapshot"]["text"]
    assert checks["token"]["text"] == "not checked: a snapshot needs no token and no network"
    assert "the account is main (a snapshot)" in checks["site"]["text"]
    assert shell.fake.count() == 0


def test_doctor_fails_for_a_snapshot_that_cannot_be_shown(shell: Shell) -> None:
    (shell.folder / "feed" / "media.json").write_text("[]", encoding="utf-8")

    done = shell.run("doctor", "--json")

    assert done.status == 1
    checks = {check["name"]: check for check in json.loads(done.out)["checks"]}
    assert checks["snapshot"]["state"] == "failed"
    assert checks["snapshot"]["cure"].startswith("Write it with")


@pytest.mark.parametrize("command", ["login", "refresh"])
def test_a_snapshot_alone_has_no_token(shell: Shell, command: str) -> None:
    done = shell.run(command)

    assert done.status == 1
    assert "The account main is a snapshot, which has no token and needs none." in done.err


def test_purge_removes_what_was_made_of_a_snapshot_and_leaves_the_folder(shell: Shell) -> None:
    before = sorted(path.name for path in (shell.folder / "feed").rglob("*"))
    assert shell.run("fetch").status == 0
    assert list(shell.cache.rglob("*"))

    done = shell.run("purge")

    assert done.status == 0, done.err
    assert "Removed 6 files of the snapshot of main. The folder" in done.err
    assert sorted(path.name for path in (shell.folder / "feed").rglob("*")) == before


def test_list_shows_a_snapshot_where_nothing_is_saved(shell: Shell) -> None:
    shell.configure(accounts={"main": {"token_env": "SHOP_TOKEN", "snapshot": "feed"}})

    assert [row[:11] for row in shell.run("list").raw.splitlines()][-3:] == [
        "S0000abcDEF",
        "S0001abcDEF",
        "S0002abcDEF",
    ]


@pytest.mark.parametrize("token", [{}, {"token_env": "INSTAGRAM_ACCESS_TOKEN"}])
def test_fetch_writes_what_instagram_has_over_a_snapshot(
    shell: Shell, token: dict[str, str]
) -> None:
    user = shell.fake.add_user(TOKEN, username="harbour.bakery")
    user.fields["user_id"] = snapshots.USER.user_id
    user.add_mixed(2)
    user.fields["media_count"] = 2
    shell.environment["INSTAGRAM_ACCESS_TOKEN"] = TOKEN
    shell.configure(accounts={"main": {**token, "snapshot": "feed"}})

    done = shell.run("fetch", "--snapshot", str(shell.folder / "feed"))

    assert done.status == 0, done.err
    items = read_snapshot(shell.folder / "feed").items
    assert [media.shortcode for media in items] == [media.shortcode for media in user.media]
