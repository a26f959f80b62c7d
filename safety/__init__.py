"""The law: every motion, of the graph and of every learner, passes this filter. Free of ROS."""
