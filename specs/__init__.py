"""Plain values that every room shares: what a robot, a task, an observation, an action and a policy are."""
