"""Serves the built example site on this computer, for `make demo`."""

import errno
import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parent / "site"
TRIES = 20


class Server(ThreadingHTTPServer):
    """A server that shares its port with no other, as some versions of Python would let it."""

    allow_reuse_address = sys.platform != "win32"  # there, it would share the port too
    allow_reuse_port = False


class Handler(SimpleHTTPRequestHandler):
    """Answers with the site's files."""

    def handle(self) -> None:
        """Let a browser end a connection when it likes."""
        with suppress(ConnectionError):
            super().handle()


def open_server(port: int) -> Server:
    """Return a server at this port or, if it is in use, at the next that is free."""
    last = min(port + TRIES, 65536) - 1
    for number in range(port, last + 1):
        try:
            return Server(("127.0.0.1", number), partial(Handler, directory=str(SITE)))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                sys.exit(f"Port {number}: {error.strerror}. Try another: make demo PORT=8000")
            say(f"Port {number} is in use.")
    sys.exit(f"No port from {port} to {last} is free. Try another: make demo PORT=9000")


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(port: str) -> None:
    """Serve the site until Ctrl+C."""
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        sys.exit(f"{port} is not a port: write a number from 1 to 65535, as in make demo PORT=8000")
    with suppress(KeyboardInterrupt), open_server(int(port)) as server:
        say(f"\nThe example site is at http://127.0.0.1:{server.server_port}/ (stop with Ctrl+C)\n")
        server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
