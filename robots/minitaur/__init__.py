"""Ghost Minitaur: its motors and its legs."""
