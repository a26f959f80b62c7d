"""What a person watching the graph wants to know."""
