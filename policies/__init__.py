"""What acts and learns: torch and numpy only."""
