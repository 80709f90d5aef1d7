"""The commands of `mkdocs-instagram`."""
