"""Instagram's API, and the demo account."""
