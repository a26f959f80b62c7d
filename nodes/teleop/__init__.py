"""A person moves the robot, with the keys of a terminal or a joystick, while the dead-man switch is
held."""
