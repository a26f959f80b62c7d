"""One page an algorithm: torch and numpy, no files, no printing."""
