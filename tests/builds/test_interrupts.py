"""Ctrl-C ends builds and commands at once, whatever they wait for, and breaks nothing."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from conftest import TOKEN
from fake import FakeInstagram, FakeUser, Kind, hang
from fake.pictures import with_scans
from PIL import Image
from sites import Site

if os.name != "posix":
    pytest.skip("needs signals of POSIX", allow_module_level=True)

# Imported before the program starts: each decoder takes a minute.
SLOW = """
import pathlib, time
from mkdocs_instagram.cache import encoding
def encode(*_):
    pathlib.Path("decoding").touch()
    time.sleep(60)
encoding.encode = encode
"""
BUILD = "import slow; from mkdocs.__main__ import cli; cli(['build'])"
FETCH = "import slow; from mkdocs_instagram.commands.cli import main; main(['fetch'])"
SERVE = BUILD.replace("['build']", "['serve', '--dev-addr', '127.0.0.1:0']")
PROGRAMS = {"build": BUILD, "serve": SERVE, "fetch": FETCH}
SLOWLY = pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
QUICKLY = pytest.mark.parametrize(
    "program",
    [program.removeprefix("import slow; ") for program in PROGRAMS.values()],
    ids=PROGRAMS,
)


@pytest.fixture
def user(fake: FakeInstagram) -> FakeUser:
    user = fake.add_user(TOKEN)
    user.add_mixed(6)
    return user


def interrupt(site: Site, program: str, has_come: Callable[[], bool]) -> tuple[int, str, float]:
    """Run a program until `has_come`, then press Ctrl-C; return status, output, and the seconds."""
    site.write_config()
    (site.folder / "slow.py").write_text(SLOW, encoding="utf-8")
    environment = site.whole_environment()
    environment["PYTHONPATH"] = os.pathsep.join([str(site.folder), environment["PYTHONPATH"]])
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=site.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not has_come():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        try:
            output, _ = process.communicate(timeout=15)
        finally:
            process.kill()
        return process.returncode, output, time.monotonic() - pressed


def check(site: Site, ended: tuple[int, str, float]) -> None:
    """Check that it ended at once, left nothing half written, and that the next build works."""
    status, output, seconds = ended
    assert status == 1
    assert "Aborted!" in output
    assert "Traceback" not in output
    # Within a second on a quiet machine.
    assert seconds < 5
    assert not list(site.cache.rglob(".new-*"))
    site.fake.heal()
    build = site.build("--strict")
    assert (build.status, build.warnings) == (0, []), build.log
    assert len(build.media()) == 6


@SLOWLY
def test_no_end_waits_for_a_decoder(site: Site, user: FakeUser, program: str) -> None:
    ended = interrupt(site, program, (site.folder / "decoding").exists)

    check(site, ended)


@QUICKLY
def test_no_end_waits_for_a_large_picture(site: Site, user: FakeUser, program: str) -> None:
    """Each takes more than a second, and there are six."""
    large = Image.new("L", (5600, 3500), 200)
    buffer = io.BytesIO()
    large.save(buffer, "JPEG", progressive=True)
    for media in user.listing():
        media.picture = with_scans(buffer.getvalue(), 100)

    def are_decoded() -> bool:
        time.sleep(0.5 if site.fake.count("picture") == 6 else 0)
        return site.fake.count("picture") == 6

    ended = interrupt(site, program, are_decoded)

    for media in user.listing():
        media.picture = None
    check(site, ended)


@QUICKLY
@pytest.mark.parametrize("kind", ["user", "picture"])
def test_no_end_waits_for_the_network(site: Site, user: FakeUser, program: str, kind: Kind) -> None:
    site.fake.fail(kind, hang())

    check(site, interrupt(site, program, lambda: bool(site.fake.count(kind))))
