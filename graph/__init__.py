"""The graph described once, and every way to start it: here, as programs, from launch files."""
