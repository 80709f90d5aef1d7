"""Root without root's rights, so that tests of foreign files also run in a container."""

import ctypes
import os


def drop_rights() -> None:
    """Give up the capabilities by which root reads and writes anywhere: capset(2)."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()):
        raise OSError("capset")
