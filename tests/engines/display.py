"""A screen in memory: Xvfb."""

import ctypes
import os
import struct
from pathlib import Path

from PIL import Image

from . import processes


class Display:
    """A screen that a program draws on and a test reads.

    `width` and `height` are the screen's, in pixels.
    """

    def __init__(self, home: Path, width: int, height: int) -> None:
        reading, writing = os.pipe()
        screen = ("-screen", "0", f"{width}x{height}x24", "-fbdir", str(home))
        self._process = processes.start(
            ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", *screen], home, kept=[writing]
        )
        os.close(writing)
        with os.fdopen(reading) as file:
            self.name = f":{file.readline().strip()}"
        self._pixels = home / "Xvfb_screen0"

    def crop(self, left: int, top: int, right: int, bottom: int) -> Image.Image:
        """Return a part of the screen."""
        data = self._pixels.read_bytes()
        # The format is that of `xwd`: a header of 32-bit numbers, colours of 12 bytes, pixels.
        header = struct.unpack(">25I", data[:100])
        size, width, height, line, colours = (header[at] for at in (0, 4, 5, 12, 19))
        pixels = data[size + 12 * colours :]
        whole = Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX", line)
        return whole.crop((left, top, right, bottom))

    def focus_largest_window(self) -> None:
        """Give the keyboard to a window, as a window manager would.

        Without this, nothing in its page matches `:focus`.
        """
        xlib = ctypes.CDLL("libX11.so.6")
        xlib.XOpenDisplay.restype = ctypes.c_void_p
        xlib.XDefaultRootWindow.restype = ctypes.c_ulong
        opened = ctypes.c_void_p(xlib.XOpenDisplay(self.name.encode()))
        root = ctypes.c_ulong(xlib.XDefaultRootWindow(opened))
        windows, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        ignored = ctypes.byref(ctypes.c_ulong())
        xlib.XQueryTree(opened, root, ignored, ignored, ctypes.byref(windows), ctypes.byref(count))

        def measure(window: int) -> int:
            width, height = ctypes.c_uint(), ctypes.c_uint()
            sides = ctypes.byref(width), ctypes.byref(height)
            place = (ctypes.c_ulong(window), *[ignored] * 3, *sides, *[ignored] * 2)
            xlib.XGetGeometry(opened, *place)
            return width.value * height.value

        largest = max(windows[: count.value], key=measure)
        xlib.XSetInputFocus(opened, ctypes.c_ulong(largest), 1, 0)
        xlib.XCloseDisplay(opened)

    def close(self) -> None:
        processes.end(self._process)
