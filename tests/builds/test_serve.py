"""`mkdocs serve`, for real: rebuilds follow changed pages, and Instagram gets few requests."""

import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from conftest import TOKEN
from sites import Site

REBUILDS = 8
PATIENCE = 60.0


class Serving:
    """A running `mkdocs serve`."""

    def __init__(self, site: Site) -> None:
        site.write_config()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._site = site
        self._url = f"http://127.0.0.1:{port}/"
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}"],
            cwd=site.folder,
            env=site.whole_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        self.log.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, text: str) -> str:
        """Return the home page once it holds `text`."""
        deadline = time.monotonic() + PATIENCE
        while text not in (page := self._get()):
            assert self.process.poll() is None, "".join(self.log)
            assert time.monotonic() < deadline, "".join(self.log)
            time.sleep(0.02)
        return page

    def _get(self) -> str:
        try:
            with urllib.request.urlopen(self._url, timeout=PATIENCE) as answer:
                return str(answer.read(), "utf-8")
        except OSError:
            return ""

    def count_builds(self) -> int:
        """Return how many builds have begun."""
        return sum("Building documentation" in line for line in self.log)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        self._reader.join(timeout=20)
        assert self.process.stdout
        self.process.stdout.close()
        (self._site.folder / "serve.log").write_text("".join(self.log), encoding="utf-8")


@contextmanager
def serving(site: Site) -> Iterator[Serving]:
    server = Serving(site)
    try:
        yield server
    finally:
        server.stop()


@pytest.mark.works_with("mkdocs serve", "mkdocs")
@pytest.mark.parametrize("max_age", [None, 0])
def test_many_rebuilds_ask_once(site: Site, max_age: int | None) -> None:
    site.fake.add_user(TOKEN).add_mixed(3)
    if max_age is not None:
        site.options["max_age"] = max_age
    started = time.monotonic()

    with serving(site) as server:
        server.wait_for("data-media")
        for number in range(REBUILDS):
            site.write({"index.md": f"# Bread no. {number}\n\n<!-- instagram -->\n"})
            assert server.wait_for(f"Bread no. {number}").count("data-media") == 3

    minutes = timedelta(seconds=time.monotonic() - started) // timedelta(minutes=1)
    assert 1 <= site.fake.count("user") <= 1 + (minutes if max_age == 0 else 0)
    assert site.fake.count("media") == site.fake.count("user")
    assert site.fake.count("picture") == 3
    assert "WARNING" not in "".join(server.log)


def test_a_warm_rebuild_writes_nothing_that_is_watched(site: Site) -> None:
    site.fake.add_user(TOKEN).add_mixed(3)
    site.config["watch"] = ["."]
    site.write({"index.md": "# Bread\n\n<!-- instagram -->\n"})
    assert site.build("--strict").status == 0

    with serving(site) as server:
        server.wait_for("data-media")
        site.write({"index.md": "# Rye\n\n<!-- instagram -->\n"})
        server.wait_for("Rye")
        rebuilt = server.count_builds()
        time.sleep(3)

        assert server.count_builds() == rebuilt <= 3


def test_a_purge_beside_the_server_fails_no_rebuild(site: Site) -> None:
    site.fake.add_user(TOKEN).add_mixed(3)

    with serving(site) as server:
        page = server.wait_for("data-media")
        for number in range(3):
            assert site.command("purge").returncode == 0
            site.write({"index.md": f"# Bread no. {number}\n\n<!-- instagram -->\n"})
            page = server.wait_for(f"Bread no. {number}")

    # Instagram is asked once a minute at most, so that there is nothing to show for a minute.
    assert "mk-ig__empty" in page
    assert site.fake.count("user") == 1
    assert "Traceback" not in "".join(server.log)
