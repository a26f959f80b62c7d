"""Brings robot and scene back to where an episode can begin, by proposals like anybody."""
