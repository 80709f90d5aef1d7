"""Which posts a tag shows."""
