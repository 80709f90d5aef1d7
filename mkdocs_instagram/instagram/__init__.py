"""The API of Instagram, and the demo account."""
