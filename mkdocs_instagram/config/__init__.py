"""The options in mkdocs.yml and in tags."""
