"""Feed tags in pages become HTML."""
