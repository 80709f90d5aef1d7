"""What a build saves for the next one."""
