"""The last node before the robot: decides which wish wins and keeps every motion inside the limits."""
