"""ROS plumbing written once: parameters, running, quality of service, conversions."""
