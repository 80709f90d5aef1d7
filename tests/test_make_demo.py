"""The server of `make demo`."""

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script, beside a site of one page."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<h1>Quillmoor</h1>", encoding="utf-8")
    return Path(shutil.copy(ROOT / "example-site" / "serve.py", tmp_path))


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def serve(script: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run the script; yield it, and its lines up to the one with the address."""
    process = subprocess.Popen(
        [sys.executable, str(script), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        lines: list[str] = []
        while not lines or "http" not in lines[-1]:
            lines.append(process.stdout.readline().strip() if process.stdout else "")
            assert process.poll() is None or lines[-1], process.communicate()
        yield process, [line for line in lines if line]
    finally:
        process.kill()
        process.communicate()


def read_port(line: str) -> int:
    sentence = r"The example site is at http://127\.0\.0\.1:(\d+)/ \(stop with Ctrl\+C\)"
    found = re.fullmatch(sentence, line)
    assert found, line
    return int(found[1])


def test_a_port_in_use_is_named_and_the_next_one_serves(script: Path) -> None:
    with serve(script, find_free_port()) as (_, lines):
        port = read_port(lines[-1])
        with serve(script, port) as (_, (*used, last)):
            assert used
            assert used == [f"Port {port + number} is in use." for number in range(len(used))]
            assert read_port(last) == port + len(used)
            with urlopen(f"http://127.0.0.1:{port + len(used)}/", timeout=10) as answer:
                assert b"Quillmoor" in answer.read()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal there")
def test_ctrl_c_ends_the_server_without_a_traceback(script: Path) -> None:
    with serve(script, find_free_port()) as (process, _):
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)

    assert process.returncode == 0
    assert errors == ""


def test_only_this_computer_is_served(script: Path) -> None:
    with serve(script, find_free_port()) as (_, lines), socket.socket() as client:
        client.settimeout(2)
        # 127.0.0.2 is this computer too, and is served by what listens at all addresses.
        assert client.connect_ex(("127.0.0.2", read_port(lines[-1]))) != 0


@pytest.mark.parametrize("port", ["0", "65536", "-1", "abc", "٨٠", ""])
def test_what_is_no_port_is_answered_with_a_sentence(port: str, script: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(script), port],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )

    assert done.returncode == 1
    assert done.stderr == (
        f"{port} is not a port: write a number from 1 to 65535, as in make demo PORT=8000\n"
    )


def test_when_no_port_is_free_the_last_line_says_so(script: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import serve; serve.TRIES = 1; serve.main('{port}')"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=script.parent,
            capture_output=True,
            check=False,
            text=True,
        )

    assert done.returncode == 1
    assert done.stdout == f"Port {port} is in use.\n"
    assert done.stderr == (
        f"No port from {port} to {port} is free. Try another: make demo PORT=9000\n"
    )


def test_make_demo_runs_the_script() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert '\n\t@.venv/bin/python example-site/serve.py "$(PORT)"\n' in makefile
