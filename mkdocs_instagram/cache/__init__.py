"""What one build saves for the next."""
