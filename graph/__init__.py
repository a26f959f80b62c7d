"""The graph described once, and every way to start it: in this process, as programs, from launch files."""
