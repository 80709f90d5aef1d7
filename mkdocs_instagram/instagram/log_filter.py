"""Keeps signed addresses out of the log."""

import logging

THREAD = "mkdocs-instagram"
"""The name of the thread that sends all requests."""

_PARTS = ("connection", "http11", "http2", "proxy", "socks")
_LOGGERS = (
    # A program can put httpx2 in httpx's place (`httpx2.alias_httpx()`).
    *("httpx", "httpcore", "httpx2", "httpcore2"),
    *(f"{library}.{part}" for library in ("httpcore", "httpcore2") for part in _PARTS),
    "stamina",
)


class _OtherThreads(logging.Filter):
    """Drops what our thread logs: httpx logs each URL at INFO, httpcore its parts at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether another thread logs the record."""
        return record.threadName != THREAD


_OTHER_THREADS = _OtherThreads()


def silence_url_logs() -> None:
    """Drop what the libraries log in our thread; what a site's other plugins log stays."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_OTHER_THREADS)
