"""The loopback network: real host names end at the fake, every other name ends nowhere."""

from .sitecustomize import CDN_DOMAINS, is_known, remapped

__all__ = ["CDN_DOMAINS", "is_known", "remapped"]
