"""Chromium, Firefox and WebKit, driven in one way."""

from .chromium import Chromium
from .engine import Engine, Settings
from .firefox import Firefox
from .installed import CHROMIUM, find_missing
from .webkit import WebKit

__all__ = ["CHROMIUM", "Chromium", "Engine", "Firefox", "Settings", "WebKit", "find_missing"]
