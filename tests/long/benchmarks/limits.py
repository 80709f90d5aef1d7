"""The limits of this machine, for any program.

    python limits.py network: download every URL, six at once
    python limits.py encode: decode every picture and encode its files, on all processors

Standard input has the URLs, or the pictures and their files, as JSON; the seconds are printed.
"""

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PARALLEL = 6
# As the plugin: a test compares the bytes.
OPTIONS = {
    "webp": {"quality": 80, "method": 2},
    "avif": {"quality": 60, "speed": 8, "max_threads": 1},
    "jpeg": {"quality": 75, "optimize": True, "progressive": True},
}


def main() -> None:
    """Do the work and print its seconds, without those of the imports."""
    what, wanted = sys.argv[1], json.load(sys.stdin)
    seconds = asyncio.run(download(wanted)) if what == "network" else encode(**wanted)
    json.dump({"seconds": seconds}, sys.stdout)


async def download(urls: dict[str, list[str]]) -> float:
    """Return the seconds to ask the API, all calls at once, and to download the pictures."""
    import httpx

    places = asyncio.Semaphore(PARALLEL)
    async with httpx.AsyncClient(timeout=60) as client:

        async def get(url: str) -> None:
            async with places:
                (await client.get(url)).raise_for_status()

        began = time.perf_counter()
        await asyncio.gather(*map(get, urls["api"]))
        await asyncio.gather(*map(get, urls["pictures"]))
        return time.perf_counter() - began


def encode(pictures: Sequence[str], files: Sequence[tuple[str, int]]) -> float:
    """Return the seconds to make the same files, of a format and a width each, of all pictures."""
    from PIL import Image

    def make(path: str) -> None:
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        for kind, width in sorted(files, key=lambda file: -file[1]):
            if width != image.width:
                size = (width, round(image.height * width / image.width))
                image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            buffer = io.BytesIO()
            image.save(buffer, kind, **OPTIONS[kind])
            Path(f"{path}-{width}.{kind}").write_bytes(buffer.getvalue())

    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(make, pictures))
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
