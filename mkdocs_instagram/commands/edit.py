"""`edit`: a page in the browser that writes feed tags."""

from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from mkdocs_instagram.cache.cache import Cache
from mkdocs_instagram.config.models import Account, name_command
from mkdocs_instagram.feed.saved_feed import load_saved
from mkdocs_instagram.feed.session import SessionSettings
from mkdocs_instagram.render.editor import NEEDED, make_editor

from . import terminal
from .context import Context

_PAGE = "index.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".jpg": "image/jpeg",
    ".mp4": "video/mp4",
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def edit_feed(context: Context, *, is_demo: bool) -> None:
    """Serve the editor on this computer until Ctrl+C.

    Raises:
        Failed: Nothing of the account is saved.
        SnapshotUnusable: The account's snapshot cannot be read.
    """
    account = Account("demo", demo=True) if is_demo else context.account
    with TemporaryDirectory() as name:
        folder = Path(name)
        # The site's cache is not for what no build shows.
        cache = None if is_demo else context.find_cache()
        if cache:
            files = _write_files(context, account, cache, folder)
        else:
            with closing(Cache(folder / "cache")) as cache:
                files = _write_files(context, account, cache, folder)
        for text in context.take_cache_warnings():
            terminal.say(text)
        with open_server(files) as server:
            url = f"http://127.0.0.1:{server.server_port}/"
            terminal.say(f"The editor of {account.name} is at this address, until Ctrl+C:")
            terminal.say_unbroken(url)
            terminal.open_browser(url)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                terminal.say("Stopped.")


def open_server(files: Mapping[str, Path]) -> ThreadingHTTPServer:
    """Return a server, on 127.0.0.1 only, of these files by name; "" is the page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, files))
    server.daemon_threads = True
    return server


def _write_files(context: Context, account: Account, cache: Cache, folder: Path) -> dict[str, Path]:
    """Write the page and its files; return their paths by name."""
    files: dict[str, Path] = {}

    def publish(name: str, write: Callable[[Path], bool]) -> bool:
        if name not in files and not write(folder / name):
            return False
        files[name] = folder / name
        return True

    site = context.site
    settings = SessionSettings.of(site.options, site.folder)
    with closing(context.make_progress()) as progress:
        loaded = load_saved(
            account,
            NEEDED,
            settings,
            cache,
            now=context.now,
            publish=publish,
            progress=progress,
        )
    if loaded is None or loaded.feed is None or not loaded.feed.items:
        command = name_command("fetch", account.name)
        raise terminal.Failed(
            f"No post of {account.name} is saved, so there is nothing to show. Run `{command}`, "
            "or add --demo for the demo account."
        )
    others = list(site.accounts)[1:]
    page = make_editor(loaded, site.options, publish, str, is_default=account.name not in others)
    (folder / _PAGE).write_text(page, encoding="utf-8")
    return {**files, "": folder / _PAGE}


class _Handler(BaseHTTPRequestHandler):
    """Answers with one of some files."""

    def __init__(self, files: Mapping[str, Path], *connection: object) -> None:
        self._files = files
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        # Another name for this computer is of a page that wants to read this one (DNS rebinding).
        port = self.connection.getsockname()[1]
        if self.headers.get("Host") not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = self._files.get(self.path.partition("?")[0].removeprefix("/"))
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        data = path.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES[path.suffix])
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle(self) -> None:
        # A browser does not wait for every picture that it has asked for.
        with suppress(ConnectionError):
            super().handle()

    def end_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def version_string(self) -> str:
        return "mkdocs-instagram"

    def log_message(self, *_: object) -> None:
        """Keep the terminal quiet."""
