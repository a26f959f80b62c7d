"""Brings robot and scene back to where an episode can begin, as any other source of motion. By
proposals."""
