"""An Instagram feed in an MkDocs site, fetched at build time."""

__version__ = "0.1.0"
