"""The entry in mkdocs.yml, checked."""
