"""Redirection of real host names to the fake."""

from .sitecustomize import CDN_DOMAINS, is_known, remapped

__all__ = ["CDN_DOMAINS", "is_known", "remapped"]
