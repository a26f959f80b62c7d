"""Plain values that every room shares: what a robot, a task, an action and a policy are."""
