"""The graph described once, and every way to start it. In this process, as programs, from launch
files."""
