"""Keeps signed addresses out of the log."""

import logging

THREAD = "mkdocs-instagram"
"""The name of the thread that sends all requests."""

_LOGGERS = (
    "httpx",
    "httpcore",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
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
