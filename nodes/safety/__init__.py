"""The last node before the robot: decides which wish wins and keeps motion inside the limits."""
