"""The tries of one call."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import stamina

T = TypeVar("T")


async def retry(call: Callable[[], Awaitable[T]], on: Any) -> T:
    """Return what `call` returns; after an exception that fits `on`, try again, twice at most."""
    async for attempt in stamina.retry_context(
        on=on, attempts=3, timeout=None, wait_initial=0.5, wait_max=4.0, wait_jitter=0.5
    ):
        with attempt:
            return await call()
    raise AssertionError("stamina raises what the last attempt raised")
