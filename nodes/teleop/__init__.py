"""A person moves the robot, by keys or joystick, while the dead-man switch is held."""
