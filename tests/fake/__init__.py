"""A fake Instagram for tests, on loopback.

    with FakeInstagram() as fake:
        fake.add_user("IGAAinvented").add_mixed(5)
        subprocess.run([...], env=os.environ | fake.environment())

Every value is invented; shapes follow the recorded answers.
"""

from .answers import (
    Answer,
    Connection,
    Raw,
    Reply,
    close,
    cut,
    drip,
    drip_all,
    endless,
    error,
    gone,
    hang,
    hang_within,
    redirect,
    refused,
    reset,
    text,
    throttled,
    too_large,
)
from .instagram import FakeInstagram, find_modules
from .login import FakeApp
from .records import Kind, Request
from .state import Child, FakeMedia, FakeUser

__all__ = [
    "Answer",
    "Child",
    "Connection",
    "FakeApp",
    "FakeInstagram",
    "FakeMedia",
    "FakeUser",
    "Kind",
    "Raw",
    "Reply",
    "Request",
    "close",
    "cut",
    "drip",
    "drip_all",
    "endless",
    "error",
    "find_modules",
    "gone",
    "hang",
    "hang_within",
    "redirect",
    "refused",
    "reset",
    "text",
    "throttled",
    "too_large",
]
