"""What a robot is: specification, limits, kinematics and the Robot interface."""
