"""Where tokens are, and when they end."""
