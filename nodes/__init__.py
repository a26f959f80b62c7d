"""One room per ROS node; node.py speaks ROS, its neighbours decide."""
