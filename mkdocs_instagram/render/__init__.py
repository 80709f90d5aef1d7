"""From tags in pages to HTML."""
