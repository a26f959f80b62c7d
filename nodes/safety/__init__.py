"""The last node before the robot. Decides which wish wins and keeps every motion inside the
limits."""
